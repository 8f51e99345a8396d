"""Counterfactuals and reasons in plain French, for the person who reads them."""

from collections.abc import Callable, Mapping
from typing import Any

from services.matching.domain.counterfactuals import SAID_OF
from services.matching.domain.reasons import Reason
from shared import reasons as shared_reasons

_CHANGES: dict[str, Callable[[str], str]] = {
    "range": lambda km: f"Avec {km} km de plus",
    "licence": lambda licence: f"Avec le permis {licence}",
    "licence_and_vehicle": lambda licence: f"Avec le permis {licence} et un véhicule",
    "vehicle": lambda _: "Avec un véhicule",
    "certificate": lambda which: f"Avec {shared_reasons.certificate_in_words(which)}",
    "certificate_renewed": lambda which: f"En renouvelant {shared_reasons.certificate_in_words(which)}",
    "schedule": lambda slot: {
        "early": "En acceptant de commencer avant 7 h",
        "late": "En acceptant de finir après 19 h",
        "night": "En acceptant le travail de nuit",
        "weekend": "En acceptant le travail le week-end",
    }[slot],
    "occupation": lambda label: f"En cherchant un emploi de ce métier, {label}",
    "hours": lambda _: "En acceptant tous les temps de travail",
    "contracts": lambda _: "En acceptant tous les types de contrat",
}


def sentence(reason: Mapping[str, str]) -> str:
    """The sentence of a reason; the bare code for one that only another version knows."""
    return shared_reasons.sentence(reason) or reason["code"]


def told(reasons: Any) -> list[Reason]:
    """Reasons with their sentence as ``text``."""
    return [{**reason, "text": sentence(reason)} for reason in reasons]


def told_to_employer(reasons: Any) -> list[Reason]:
    """The same, said of the person to the employer of the offer."""
    return [{**reason, "text": shared_reasons.sentence_to_employer(reason) or reason["code"]} for reason in reasons]


def change_sentence(code: str, argument: str, added: int) -> str:
    """«Avec 10 km de plus : 12 offres»; beyond what is counted «plus de 50»."""
    return f"{_CHANGES[code](argument)} : {_offers(added)}"


def answer_sentence(possible: int, added: int) -> str:
    """«Avec cette réponse : 14 offres, dont 3 de plus qu’aujourd’hui»; beyond what is counted «plus de 50»."""
    sentence = f"Avec cette réponse : {_offers(possible)}"
    if not added:
        return sentence
    return f"{sentence}, dont {_counted(added)} de plus qu’aujourd’hui"


def _offers(count: int) -> str:
    if not count:
        return "aucune offre"
    return f"{_counted(count)} offre{'s' if count > 1 else ''}"


def _counted(count: int) -> str:
    return f"plus de {SAID_OF}" if count > SAID_OF else str(count)
