"""Facts as JSON, as the read model and every recommendation keep them: sets by name, so that an enumeration may grow.

«All kinds» and «all contracts» are kept as such: who accepts everything accepts what a later release adds.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from operator import attrgetter
from typing import Any

import orjson

from services.matching.domain.bits import mask, names, unknown
from services.matching.domain.certificates import A_CACES, OF_CARDS
from services.matching.domain.facts import ALL_CONTRACTS, ALL_KINDS, AskedSkill, OfferFacts, ProfileFacts, Wish, level
from services.matching.domain.geometry import Position
from shared.contracts.vocabulary import ContractKind, FrenchLevel, Licence, OpportunityKind, ReservedPublic
from shared.reference import caces
from shared.reference.demands import Ask

_OF_PROFILE: Mapping[str, type[StrEnum]] = {
    "licences": Licence,
    "kinds": OpportunityKind,
    "contracts": ContractKind,
    "wished_contracts": ContractKind,
    "reserved": ReservedPublic,
}
_OF_OFFER: Mapping[str, type[StrEnum]] = {
    "kind": OpportunityKind,
    "contract": ContractKind,
    "licences": Licence,
    "reserved": ReservedPublic,
}
_EVERYTHING = {"kinds": ALL_KINDS, "contracts": ALL_CONTRACTS}
_LEVELS = tuple(FrenchLevel)
_PROFILE_FIELDS, _OFFER_FIELDS = attrgetter(*ProfileFacts.__slots__), attrgetter(*OfferFacts.__slots__)

# The first release kept sets as bits, in the order that its enumerations had. They never change any more.
_FIRST: Mapping[type[StrEnum], tuple[str, ...]] = {
    Licence: ("AM", "A", "B", "BE", "C", "CE", "D"),
    OpportunityKind: (
        "job", "apprenticeship", "training", "immersion", "volunteering", "iae_post", "urgent_mission",
    ),
    ContractKind: (
        "cdi", "cdd", "temporary", "seasonal", "apprenticeship", "professionalisation", "cddi", "training", "immersion",
        "volunteering", "self_employed", "other",
    ),
    ReservedPublic: ("clause", "iae", "disability"),
}  # fmt: skip
_FIRST_LEVELS = ("A1", "A2", "B1", "B2", "C1", "C2")


def facts_bytes(facts: ProfileFacts | OfferFacts) -> bytes:
    """Facts as JSON, to read one pair again or to replay it."""
    of_profile = isinstance(facts, ProfileFacts)
    fields = dict(zip(facts.__slots__, (_PROFILE_FIELDS if of_profile else _OFFER_FIELDS)(facts), strict=True))
    sets = _OF_PROFILE if of_profile else _OF_OFFER
    for name, universe in sets.items():
        fields[name] = None if fields[name] == _EVERYTHING.get(name) else names(fields[name], universe)
    fields["french"] = _LEVELS[facts.french - 1] if facts.french else None
    of_text = "cards" if of_profile else "asks"
    fields[of_text] = names(fields[of_text], Ask)
    if isinstance(facts, ProfileFacts):
        fields["wishes"] = [_wish(wish) for wish in facts.wishes]
        fields["caces"] = caces.codes_of(facts.caces)
        fields["runs_out"] = [(day, _certificates(held)) for day, held in facts.runs_out]
    else:
        for name in ("caces", "caces_any"):
            fields[name] = caces.codes_of(fields[name])
        fields["caces_families"] = [one for at, one in enumerate(caces.WHOLE) if fields["caces_families"] >> at & 1]
    return orjson.dumps(fields)


def profile_from(data: bytes) -> ProfileFacts:
    """The way back. What only a newer release knows of a person (a licence, an eligibility) is left out."""
    fields: dict[str, Any] = orjson.loads(data)
    for name, universe in _OF_PROFILE.items():
        stored = _by_name(fields[name], universe, everything=name in _EVERYTHING)
        fields[name] = _EVERYTHING[name] if stored is None else mask(stored, universe)
    fields["french"] = level(_level(fields["french"]))
    fields["cards"] = mask(fields.get("cards", ()), Ask)
    # Before it was said which: somebody with a CACES may have any.
    fields["caces"] = (
        caces.bits_of(fields["caces"]) if "caces" in fields else caces.EVERY if fields["cards"] & A_CACES else 0
    )
    fields["runs_out"] = tuple((day, _of_certificates(named)) for day, named in fields.get("runs_out", ()))
    fields["wishes"] = tuple(Wish(**wish) for wish in fields["wishes"])
    fields["skills"] = tuple(fields["skills"])
    fields["position"] = tuple(fields["position"]) if fields["position"] else None
    return ProfileFacts(**fields)


def place_of(data: bytes) -> Position | None:
    """Where the one of these facts is: for a list, which shows nothing else of them."""
    found = orjson.loads(data)["position"]
    return tuple(found) if found else None


def offer_from(data: bytes) -> OfferFacts:
    """The way back. An offer that needs what only a newer release knows is ``beyond``."""
    fields: dict[str, Any] = orjson.loads(data)
    for name, universe in _OF_OFFER.items():
        stored = _by_name(fields[name], universe)
        fields["beyond"] = fields.get("beyond", False) or unknown(stored or (), universe)
        fields[name] = mask(stored or (), universe)
    french = _level(fields["french"])
    fields["french"] = level(french)
    fields["beyond"] = fields["beyond"] or (french is not None and not fields["french"])
    if "schedule_known" not in fields:
        # The first release took what was not said for «no»; a flag that is set was said by somebody.
        fields["schedule_known"] = any(fields[name] for name in ("early", "late", "night", "weekend"))
    fields["unsaid"] = tuple(fields.get("unsaid", ()))
    fields["asks"] = mask(fields.get("asks", ()), Ask)
    for name in ("caces", "caces_any"):
        fields[name] = caces.bits_of(fields.get(name, ()))
    named = fields.get("caces_families", ())
    fields["caces_families"] = sum(1 << at for at, one in enumerate(caces.WHOLE) if one in named)
    fields["said"] = tuple((what, words) for what, words in fields.get("said", ()))
    fields["skills"] = tuple(AskedSkill(**skill) for skill in fields["skills"])
    fields["position"] = tuple(fields["position"]) if fields["position"] else None
    return OfferFacts(**fields)


def _wish(wish: Wish) -> dict[str, Any]:
    """As earlier releases wrote and read it where nothing else is to be said."""
    said = {"code": wish.code, "months": wish.months}
    return said if wish.sought else said | {"sought": False}


def _certificates(bits: int) -> list[str]:
    return [*caces.codes_of(bits & caces.EVERY), *names(bits >> OF_CARDS, Ask)]


def _of_certificates(named: Sequence[str]) -> int:
    return caces.bits_of(named) | mask(named, Ask) << OF_CARDS


def _by_name(stored: Any, universe: type[StrEnum], *, everything: bool = False) -> list[str] | None:
    """Stored names, or those of the first release's bits; None stands for everything."""
    if not isinstance(stored, int):
        return stored if stored is None else list(stored)
    values = _FIRST[universe]
    if everything and stored == (1 << len(values)) - 1:
        return None
    return [value for at, value in enumerate(values) if stored >> at & 1]


def _level(stored: str | int | None) -> str | None:
    if isinstance(stored, int):
        return _FIRST_LEVELS[stored - 1] if stored else None
    return stored
