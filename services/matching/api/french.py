"""Counterfactuals and reasons in plain French, for the person who reads them."""

from collections.abc import Callable, Mapping
from typing import Any

from services.matching.domain.reasons import Reason
from shared import reasons as shared_reasons

_CHANGES: dict[str, Callable[[str], str]] = {
    "range": lambda km: f"Avec {km} km de plus",
    "licence": lambda licence: f"Avec le permis {licence}",
    "licence_and_vehicle": lambda licence: f"Avec le permis {licence} et un véhicule",
    "vehicle": lambda _: "Avec un véhicule",
    "schedule": lambda slot: {
        "early": "En acceptant de commencer avant 7 h",
        "late": "En acceptant de finir après 19 h",
        "night": "En acceptant le travail de nuit",
        "weekend": "En acceptant le travail le week-end",
    }[slot],
    "hours": lambda _: "En acceptant tous les temps de travail",
    "contracts": lambda _: "En acceptant tous les types de contrat",
}


def sentence(reason: Mapping[str, str]) -> str:
    """The sentence of a reason; the bare code for one that only another version knows."""
    return shared_reasons.sentence(reason) or reason["code"]


def told(reasons: Any) -> list[Reason]:
    """Reasons with their sentence as ``text``."""
    return [{**reason, "text": sentence(reason)} for reason in reasons]


def change_sentence(code: str, argument: str, added: int) -> str:
    """«Avec 10 km de plus : 12 offres»."""
    return f"{_CHANGES[code](argument)} : {added} offre{'s' if added > 1 else ''}"
