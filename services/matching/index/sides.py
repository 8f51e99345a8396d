"""Offers and profiles as the records of an index, or of whoever asks one."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from services.matching.domain.affinity import REQUIRED_WEIGHT, WISHED_WEIGHT
from services.matching.domain.facts import OfferFacts, ProfileFacts
from services.matching.index.encoding import (
    NO_PLACE,
    SkillNumbers,
    lacking,
    needed,
    offer_row,
    profile_geo,
    profile_row,
)
from services.matching.index.kernel import Rules
from services.matching.index.layout import NOT_SOUGHT, OCCUPATION_AT, OFFER_ROW, PROFILE_ROW
from services.matching.index.postings import Sight, sight
from services.matching.index.rows import SEEN, Sides, SlottedRows, part
from services.matching.index.skills import WEIGHT_BITS

_WISHES, _TERRITORY = part(PROFILE_ROW, "wishes"), part(PROFILE_ROW, "territory")
_OCCUPATIONS = part(OFFER_ROW, "occupation", "also", "doubted")


class FoundBy(NamedTuple):
    """What decides in which postings a profile stands, and what they tell of it."""

    sight: Sight
    geo: tuple[int, ...]
    wishes: tuple[int, ...]
    territory: int


def seeks(wishes: Iterable[int]) -> bool:
    """Whether any occupation of a row is sought."""
    return any(wish and not wish & NOT_SOUGHT for wish in wishes)


class Profiles(SlottedRows):
    """Records of profiles; the first reach below zero marks one without a place."""

    def __init__(self, rules: Rules, capacity: int = 0, skills: SkillNumbers | None = None) -> None:
        super().__init__(rules, PROFILE_ROW, capacity, skills or SkillNumbers())

    def lay(self, slot: int, profile: ProfileFacts) -> bool:
        """Put the facts of a profile into a slot; whether others stood there."""
        row, more = profile_row(profile, self.skills, self.rules.affinities.pointed(profile))
        return self._lay(slot, profile_geo(profile), lacking(profile), row, more)

    def wishes(self, slot: int) -> tuple[int, ...]:
        """Numbers of the occupations that a profile names; none where it seeks none of them, so that any work may be theirs."""
        named = [wish for wish in self._read(_WISHES, slot) if wish]
        return tuple([wish >> OCCUPATION_AT for wish in named]) if seeks(named) else ()

    def _found_by(self, slot: int) -> FoundBy:
        bits, *geo = self._read(SEEN, slot)
        return FoundBy(sight(bits, *geo), tuple(geo), self._read(_WISHES, slot), self._read(_TERRITORY, slot)[0])

    def _sides(self, asking: SlottedRows, slot: int) -> Sides:
        return asking.table, slot, asking.more.numbers, self.table, -1, self.more.numbers


class Offers(SlottedRows):
    """Records of offers; instead of a reach 0, or −1 for one without a place."""

    def __init__(self, rules: Rules, capacity: int = 0, skills: SkillNumbers | None = None) -> None:
        super().__init__(rules, OFFER_ROW, capacity, skills or SkillNumbers())

    def lay(self, slot: int, offer: OfferFacts) -> bool:
        """Put the facts of an offer into a slot; whether others stood there."""
        row, more = offer_row(offer, self.skills, REQUIRED_WEIGHT, WISHED_WEIGHT)
        geo = (*offer.position, 0) if offer.position else (*NO_PLACE, -1)
        return self._lay(slot, geo, needed(offer), row, _asked(more))

    def occupations(self, slot: int) -> tuple[int, ...]:
        """Number of the occupation that an offer declares, and of that of its text; 0: none."""
        return self._read(_OCCUPATIONS, slot)

    def _sides(self, asking: SlottedRows, slot: int) -> Sides:
        return self.table, -1, self.more.numbers, asking.table, slot, asking.more.numbers


def _asked(more: Sequence[tuple[int, int]]) -> list[int]:
    return [number << WEIGHT_BITS | weight for number, weight in more]
