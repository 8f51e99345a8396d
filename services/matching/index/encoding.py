"""Facts as fixed-width rows, so that one comparison of bits answers most of the constraints.

An offer *needs* bits and a profile *lacks* bits: a pair passes when no needed bit is lacking. Rows are self-contained
(nothing is numbered per process but skills), so they are also what the read model keeps for a fast restore.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.matching.domain.facts import MAX_WISHES, AskedSkill, OfferFacts, ProfileFacts, Wish
from services.matching.domain.scale import SCALE
from services.matching.index.layout import BRANCH, INLINE_SKILLS, MONTH_BITS, SPANS

Ints = NDArray[np.int32]
Rows = NDArray[Any]

NO_PLACE = (0, 0, 0)
"""The centre of the Earth: farther from every place than anybody's range."""


def occupation_number(code: str | None) -> int:
    """A number of 1 to 140,000 for a ROME code, 0 for none."""
    return 0 if code is None else (ord(code[0]) - 65) * 10_000 + int(code[1:]) + 1


@lru_cache(maxsize=8_192)
def occupation_code(number: int) -> str:
    """The ROME code of a number."""
    return f"{chr(65 + (number - 1) // 10_000)}{(number - 1) % 10_000:04d}"


def branch_posting(number: int) -> int:
    """Posting of a whole branch (the first three characters of the code): −2 for A00, −3 for A01 …"""
    return -2 - (number - 1) // BRANCH


BRANCHES = tuple(range(branch_posting(140_000), -1))
"""Postings of all branches."""


def territory_number(code: str) -> int:
    """At most three letters or digits as a number below 46,656."""
    return int(code, 36)


@lru_cache(maxsize=512)
def territory_code(number: int) -> str:
    """The way back; départements have two characters at least."""
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[rest] + digits
    return digits.rjust(2, "0")


def lacking(profile: ProfileFacts) -> int:
    """The bits that the profile lacks."""
    spans = SPANS
    bits = spans["inactive"].put(not profile.active)
    bits |= spans["early"].put(not profile.early) | spans["late"].put(not profile.late)
    bits |= spans["night"].put(not profile.night) | spans["weekend"].put(not profile.weekend)
    bits |= spans["vehicle"].put(not profile.vehicle) | spans["licences"].put(~profile.licences)
    bits |= spans["kinds"].put(~profile.kinds) | spans["contracts"].put(~profile.contracts)
    if profile.french:
        higher = spans["french"].mask >> profile.french << profile.french
        bits |= spans["french_stated"].put(1) | spans["french"].put(higher)
    return bits


def needed(offer: OfferFacts) -> int:
    """The bits that the offer needs: always the first, which inactive profiles and empty rows lack."""
    spans = SPANS
    bits = spans["inactive"].put(1)
    bits |= spans["early"].put(offer.early) | spans["late"].put(offer.late)
    bits |= spans["night"].put(offer.night) | spans["weekend"].put(offer.weekend)
    bits |= spans["vehicle"].put(offer.vehicle) | spans["licences"].put(offer.licences)
    bits |= spans["kinds"].put(offer.kind) | spans["contracts"].put(offer.contract)
    if offer.french:
        bits |= spans["french"].put(1 << offer.french - 1)
    return bits


def skill_bit(number: int) -> int:
    """Where a sketch shows a skill. Numbers given one after the other, as to an offer's skills, do not share it."""
    return 1 << SPANS["skills"].first + number % SPANS["skills"].width


def skill_sketch(numbers: Iterable[int]) -> int:
    """Bits beside those that a profile lacks: without the bit of a skill it surely has not got the skill."""
    bits = 0
    for number in numbers:
        if number:
            bits |= skill_bit(number)
    return bits


def skill_sketches(numbers: Ints) -> NDArray[np.uint64]:
    """The same for many rows of skill numbers."""
    first, width = SPANS["skills"].first, SPANS["skills"].width
    bits = np.zeros(len(numbers), np.uint64)
    for column in numbers.T:
        bits |= np.where(column == 0, 0, np.uint64(1) << (first + column % width).astype(np.uint64))
    return bits


class SkillNumbers:
    """Skills numbered as they come, from 1; 0 is no skill."""

    def __init__(self) -> None:
        self._numbers: dict[int, int] = {}
        self._keys: list[int] = [0]

    def __len__(self) -> int:
        return len(self._keys)

    def number(self, key: int) -> int:
        """The number of a skill key, new if need be."""
        found = self._numbers.get(key)
        if found is None:
            found = self._numbers[key] = len(self._keys)
            self._keys.append(key)
        return found

    def key(self, number: int) -> int:
        """The way back."""
        return self._keys[number]

    def numbers(self, keys: NDArray[np.int64]) -> Ints:
        """The numbers of many keys at once; key 0 stays 0."""
        different, inverse = np.unique(keys, return_inverse=True)
        table = np.array([self.number(key) if key else 0 for key in different.tolist()], np.int32)
        result: Ints = table[inverse].reshape(keys.shape)
        return result


def profile_geo(profile: ProfileFacts) -> tuple[int, int, int, int]:
    """x, y, z and reach in decimetres; a reach below zero marks a profile without a place."""
    if profile.position is None:
        return (*NO_PLACE, -profile.reach_dm)
    return (*profile.position, profile.reach_dm)


def profile_row(profile: ProfileFacts, skills: SkillNumbers) -> tuple[tuple[object, ...], list[int]]:
    """The row of ``PROFILE_ROW`` and the numbers of the skills that it has no room for."""
    numbers = [skills.number(key) for key in profile.skills]
    wishes = [occupation_number(wish.code) << MONTH_BITS | wish.months for wish in profile.wishes]
    inline, more = numbers[:INLINE_SKILLS], numbers[INLINE_SKILLS:]
    row = (
        wishes + [0] * (MAX_WISHES - len(wishes)),
        inline + [0] * (INLINE_SKILLS - len(inline)),
        profile.from_day,
        profile.wage_floor,
        profile.minutes_min,
        profile.minutes_max,
        profile.wished_minutes,
        profile.wished_contracts,
        territory_number(profile.territory),
        profile.reserved,
        1 if more else 0,
    )
    return row, more


def row_profile(
    profile_id: str, lacks: int, geo: tuple[int, int, int, int], row: Any, more: list[int], skills: SkillNumbers
) -> ProfileFacts:
    """The facts that made this row: nothing is lost on the way."""
    spans = SPANS
    stated = spans["french_stated"].take(lacks)
    french = spans["french"].width - spans["french"].take(lacks).bit_count() if stated else 0
    held = [number for number in row["skills"].tolist() if number] + more
    named = (int(wish) for wish in row["wishes"].tolist() if wish)
    return ProfileFacts(
        profile_id=profile_id,
        territory=territory_code(int(row["territory"])),
        active=not spans["inactive"].take(lacks),
        position=None if geo[3] < 0 else geo[:3],
        reach_dm=abs(geo[3]),
        licences=~spans["licences"].take(lacks) & spans["licences"].mask,
        vehicle=not spans["vehicle"].take(lacks),
        early=not spans["early"].take(lacks),
        late=not spans["late"].take(lacks),
        night=not spans["night"].take(lacks),
        weekend=not spans["weekend"].take(lacks),
        minutes_min=int(row["minutes_min"]),
        minutes_max=int(row["minutes_max"]),
        from_day=int(row["from_day"]),
        kinds=~spans["kinds"].take(lacks) & spans["kinds"].mask,
        contracts=~spans["contracts"].take(lacks) & spans["contracts"].mask,
        wished_contracts=int(row["wished_contracts"]),
        wished_minutes=int(row["wished_minutes"]),
        wage_floor=int(row["wage_floor"]),
        french=french,
        reserved=int(row["reserved"]),
        wishes=tuple(Wish(occupation_code(wish >> MONTH_BITS), wish & (1 << MONTH_BITS) - 1) for wish in named),
        skills=tuple(sorted(skills.key(number) for number in held)),
    )


def asked_weight(offer_skills: tuple[AskedSkill, ...], required: int, wished: int) -> int:
    """Sum of the weights of the asked skills."""
    return sum(required if skill.required else wished for skill in offer_skills)


def offer_row(offer: OfferFacts, skills: SkillNumbers, required: int, wished: int) -> tuple[tuple[object, ...], Any]:
    """The row of ``OFFER_ROW`` and (numbers, weights) of the skills that it has no room for."""
    inline, more = offer.skills[:INLINE_SKILLS], offer.skills[INLINE_SKILLS:]
    numbers = [skills.number(skill.key) for skill in inline]
    row = (
        numbers + [0] * (INLINE_SKILLS - len(numbers)),
        occupation_number(offer.occupation),
        offer.starts_day,
        offer.apply_by_day,
        offer.confirmed_day,
        offer.wage,
        offer.minutes,
        offer.months,
        min(offer.reply, SCALE),
        asked_weight(offer.skills, required, wished),
        offer.contract,
        territory_number(offer.territory),
        offer.schedule_known,
        sum(1 << index for index, skill in enumerate(inline) if skill.required),
        offer.reserved,
        1 if more else 0,
    )
    rest = [(skills.number(skill.key), required if skill.required else wished) for skill in more]
    return row, rest
