"""Guided entry: what to ask next, in small steps that a front follows or a counsellor reads out on the phone.

A step names fields of ``PATCH /v1/profiles/{id}``, so that each is answered by one small request. Nothing is obligatory: a step
that is passed over stays missing and is never asked why. What a step may bring is counted by matching, not guessed here.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum

from services.profiles.domain.details import Schedule
from services.profiles.domain.profile import Profile
from services.profiles.domain.resume import Resume
from shared.contracts.vocabulary import Card, ContractKind, FrenchLevel, Licence, TravelMeans


class StepState(StrEnum):
    """``missing``: nothing is said yet; ``skipped``: the caller passes it over this time."""

    DONE = "done"
    MISSING = "missing"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Asked:
    """One step. ``values``: what may be answered, by field, where the answers are counted; ``done``: whether it is said.

    ``counted_by``: the query by which matching counts what an answer would bring (RFC 6570, the variable is the answer's field);
    None where it compares the answer with nothing, or takes silence for «anything».
    """

    id: str
    question: str
    why: str
    fields: tuple[str, ...]
    done: Callable[[Profile], bool]
    values: dict[str, tuple[str, ...]]
    helps_matching: bool = True
    counted_by: str | None = None


@dataclass(frozen=True)
class Stood:
    """A step as it stands for somebody."""

    asked: Asked
    state: StepState


def _of(kind: type[StrEnum]) -> tuple[str, ...]:
    return tuple(one.value for one in kind)


def _said(*names: str) -> Callable[[Profile], bool]:
    return lambda profile: any(getattr(profile.details, name) for name in names)


_YES_NO = ("true", "false")

STEPS = (
    Asked(
        "occupations",
        "Quels métiers cherchez-vous ? Lesquels avez-vous faits, combien de temps, et lesquels ne cherchez-vous plus ?",
        "Les offres des métiers que vous cherchez et des métiers proches vous sont proposées. Un métier que vous ne cherchez "
        "plus compte comme expérience et n'est pas proposé ; la raison n'est pas demandée.",
        ("occupations",),
        _said("occupations"),
        {},
        counted_by="counterfactuals/answer?occupation={code}",
    ),
    Asked(
        "place",
        "Dans quelle commune habitez-vous, ou dormez-vous en ce moment ?",
        "La distance se compte depuis cette commune ; l'adresse n'est pas nécessaire. Sans logement : la commune où vous êtes le "
        "plus souvent, ou celle où vous recevez votre courrier.",
        ("place",),
        lambda profile: profile.home is not None,
        {},
        counted_by="counterfactuals/answer?commune={commune_code}",
    ),
    Asked(
        "travel",
        "Comment vous déplacez-vous, et jusqu'à quelle distance ?",
        "Seules les offres que vous pouvez rejoindre vous sont proposées.",
        ("travel",),
        _said("travel"),
        {"travel.means": _of(TravelMeans)},
        counted_by="counterfactuals/answer?range_km={range_km}",
    ),
    Asked(
        "licences",
        "Avez-vous un permis, ou en préparez-vous un ? Avez-vous un véhicule pour travailler ?",
        "Certaines offres demandent un permis ou un véhicule.",
        ("licences", "licences_in_preparation", "vehicle"),
        _said("licences", "licences_in_preparation", "vehicle"),
        {"licences": _of(Licence), "vehicle": _YES_NO},
        counted_by="counterfactuals",
    ),
    Asked(
        "availability",
        "Quels horaires pouvez-vous prendre : tôt, tard, la nuit, le week-end, et combien d'heures ?",
        "Ce que vous ne pouvez pas prendre n'est pas proposé. La raison n'est pas demandée.",
        ("availability",),
        lambda profile: profile.details.availability != Schedule(),
        {f"availability.{name}": _YES_NO for name in ("early", "late", "night", "weekend")},
    ),
    Asked(
        "skills",
        "Que savez-vous faire ?",
        "Vos compétences rapprochent des offres de métiers que vous n'avez pas encore faits.",
        ("skills",),
        _said("skills"),
        {},
    ),
    Asked(
        "qualification",
        "Quel est votre diplôme le plus élevé ? Avez-vous des certificats, un CACES ? Lesquels, et jusqu'à quand ?",
        "Certaines offres demandent un niveau ou un certificat.",
        ("qualification_level", "cards", "certificates"),
        _said("qualification_level", "cards", "certificates"),
        {"qualification_level": tuple(map(str, range(1, 9))), "cards": _of(Card)},
    ),
    Asked(
        "french",
        "Comment parlez-vous français ?",
        "Certaines offres demandent un niveau ; beaucoup n'en demandent pas.",
        ("french_level",),
        _said("french_level"),
        {"french_level": _of(FrenchLevel)},
    ),
    Asked(
        "contracts",
        "Quels contrats acceptez-vous ?",
        "Sans réponse, tous vous sont proposés.",
        ("contract_kinds",),
        _said("contract_kinds"),
        {"contract_kinds": _of(ContractKind)},
    ),
    Asked(
        "contact",
        "Comment vous joindre : téléphone, e-mail, ou par la personne qui vous accompagne ? Voulez-vous des messages ?",
        "Pour vous prévenir d'une offre ou d'un rendez-vous. Ni e-mail ni smartphone ne sont nécessaires.",
        ("phone", "email", "channels", "consents_to_messages"),
        _said("phone", "email", "channels"),
        {"consents_to_messages": _YES_NO},
        helps_matching=False,
    ),
    Asked(
        "cv",
        "Voulez-vous un CV ? Quels emplois, diplômes et langues y mettre ?",
        "Le CV se fait de vos réponses, sur une page.",
        ("cv",),
        lambda profile: profile.details.cv != Resume(),
        {},
        helps_matching=False,
    ),
)


def steps_of(profile: Profile, skipped: Collection[str] = ()) -> list[Stood]:
    """Every step, in the order in which one asks."""
    found = []
    for asked in STEPS:
        open_state = StepState.SKIPPED if asked.id in skipped else StepState.MISSING
        found.append(Stood(asked, StepState.DONE if asked.done(profile) else open_state))
    return found


def next_of(steps: Collection[Stood]) -> str | None:
    """The first that is missing; None when there is none left to ask."""
    return next((one.asked.id for one in steps if one.state is StepState.MISSING), None)
