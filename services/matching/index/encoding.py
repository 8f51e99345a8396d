"""Facts as fixed-width rows, so that one comparison of bits answers most of the constraints.

An offer *needs* bits and a profile *lacks* bits: a pair passes when no needed bit is lacking. Rows are self-contained
(nothing is numbered per process but skills), so they are also what the read model keeps for a fast restore.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.matching.domain.certificates import CARDS
from services.matching.domain.facts import MAX_WISHES, OfferFacts, ProfileFacts, Wish
from services.matching.domain.scale import SCALE
from services.matching.index.layout import BRANCH, DAY_BITS, INLINE_SKILLS, LEFT, OCCUPATION_AT, POINTED, SPANS

Ints = NDArray[np.int32]
Rows = NDArray[Any]

_ZEROS = (0,) * max(MAX_WISHES, INLINE_SKILLS)
_INLINE = (1 << INLINE_SKILLS) - 1
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


INACTIVE, _VEHICLE = SPANS["inactive"].put(1), SPANS["vehicle"].put(1)
_EARLY, _LATE, _NIGHT, _WEEKEND = (SPANS[name].put(1) for name in ("early", "late", "night", "weekend"))
_LICENCES, _KINDS, _CONTRACTS, _FRENCH = (SPANS[name] for name in ("licences", "kinds", "contracts", "french"))
_FRENCH_STATED = SPANS["french_stated"].put(1)
REFUSALS = np.uint64(_EARLY | _LATE | _NIGHT | _WEEKEND | _KINDS.put(-1) | _CONTRACTS.put(-1))
"""Bits that somebody lacks who would not take the work, whatever they can do."""


def lacking(profile: ProfileFacts) -> int:
    """The bits that the profile lacks."""
    bits = 0 if profile.active else INACTIVE
    bits |= (0 if profile.early else _EARLY) | (0 if profile.late else _LATE)
    bits |= (0 if profile.night else _NIGHT) | (0 if profile.weekend else _WEEKEND)
    bits |= 0 if profile.vehicle else _VEHICLE
    bits |= _LICENCES.put(~profile.licences) | _KINDS.put(~profile.kinds) | _CONTRACTS.put(~profile.contracts)
    if profile.french:
        bits |= _FRENCH_STATED | _FRENCH.put(-1 << profile.french)
    return bits


def needed(offer: OfferFacts) -> int:
    """The bits that the offer needs: always the first, which inactive profiles and empty rows lack."""
    bits = INACTIVE
    bits |= (_EARLY if offer.early else 0) | (_LATE if offer.late else 0)
    bits |= (_NIGHT if offer.night else 0) | (_WEEKEND if offer.weekend else 0)
    bits |= _VEHICLE if offer.vehicle else 0
    bits |= _LICENCES.put(offer.licences) | _KINDS.put(offer.kind) | _CONTRACTS.put(offer.contract)
    if offer.french:
        bits |= _FRENCH.put(1 << offer.french - 1)
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


def pointed_wish(code: str) -> int:
    """An occupation that skills point to, in the place of a wish."""
    return occupation_number(code) << OCCUPATION_AT | POINTED


def profile_row(
    profile: ProfileFacts, skills: SkillNumbers, pointed: Sequence[str] = ()
) -> tuple[tuple[int, ...], list[int]]:
    """The numbers of a ``PROFILE_ROW``, and those that it has no room for: further skills, and when certificates run out.

    ``pointed``: the occupations that the skills of who names none point to; what is stored has none.
    """
    numbers = [skills.number(key) for key in profile.skills]
    wishes = [
        occupation_number(wish.code) << OCCUPATION_AT | (0 if wish.sought else LEFT) | wish.months
        for wish in profile.wishes
    ] or [pointed_wish(code) for code in pointed]
    inline, more = numbers[:INLINE_SKILLS], numbers[INLINE_SKILLS:]
    row = (
        *wishes,
        *_ZEROS[len(wishes) : MAX_WISHES],
        *inline,
        *_ZEROS[len(inline) : INLINE_SKILLS],
        profile.from_day,
        profile.wage_floor,
        profile.minutes_min,
        profile.minutes_max,
        profile.wished_minutes,
        profile.wished_contracts,
        territory_number(profile.territory),
        profile.reserved,
        profile.level,
        profile.held,
        profile.caces,
    )
    # Below zero, as no skill is.
    return row, more + [-(certificates << DAY_BITS | day) for day, certificates in profile.runs_out]


def row_profile(
    profile_id: str, lacks: int, geo: tuple[int, int, int, int], row: Any, more: list[int], skills: SkillNumbers
) -> ProfileFacts:
    """The facts that made this row: nothing is lost on the way."""
    french = _FRENCH.width - _FRENCH.take(lacks).bit_count() if lacks & _FRENCH_STATED else 0
    held = [number for number in (*row["skills"].tolist(), *more) if number > 0]
    ends = (-number for number in more if number < 0)
    named = (int(wish) for wish in row["wishes"].tolist() if wish and not wish & POINTED)
    return ProfileFacts(
        profile_id=profile_id,
        territory=territory_code(int(row["territory"])),
        active=not lacks & INACTIVE,
        position=None if geo[3] < 0 else geo[:3],
        reach_dm=abs(geo[3]),
        licences=~_LICENCES.take(lacks) & _LICENCES.mask,
        vehicle=not lacks & _VEHICLE,
        early=not lacks & _EARLY,
        late=not lacks & _LATE,
        night=not lacks & _NIGHT,
        weekend=not lacks & _WEEKEND,
        minutes_min=int(row["minutes_min"]),
        minutes_max=int(row["minutes_max"]),
        from_day=int(row["from_day"]),
        kinds=~_KINDS.take(lacks) & _KINDS.mask,
        contracts=~_CONTRACTS.take(lacks) & _CONTRACTS.mask,
        wished_contracts=int(row["wished_contracts"]),
        wished_minutes=int(row["wished_minutes"]),
        wage_floor=int(row["wage_floor"]),
        french=french,
        reserved=int(row["reserved"]),
        wishes=tuple(
            Wish(occupation_code(wish >> OCCUPATION_AT), wish & LEFT - 1, sought=not wish & LEFT) for wish in named
        ),
        skills=tuple(sorted(skills.key(number) for number in held)),
        level=int(row["level"]),
        cards=int(row["held"]) & CARDS,
        caces=int(row["caces"]),
        runs_out=tuple((end & (1 << DAY_BITS) - 1, end >> DAY_BITS) for end in ends),
    )


def offer_row(
    offer: OfferFacts, skills: SkillNumbers, required: int, wished: int
) -> tuple[tuple[int, ...], list[tuple[int, int]]]:
    """The numbers of an ``OFFER_ROW``, and (number, weight) of the skills that it has no room for."""
    inline, more = offer.skills[:INLINE_SKILLS], offer.skills[INLINE_SKILLS:]
    must, weight = 0, wished * len(offer.skills)
    for index, skill in enumerate(offer.skills):
        if skill.required:
            must |= 1 << index
            weight += required - wished
    row = (
        *[skills.number(skill.key) for skill in inline],
        *_ZEROS[len(inline) : INLINE_SKILLS],
        occupation_number(offer.occupation),
        occupation_number(offer.also),
        offer.doubted,
        offer.starts_day,
        offer.apply_by_day,
        offer.confirmed_day,
        offer.wage,
        offer.minutes,
        offer.months,
        min(offer.reply, SCALE),
        weight,
        offer.contract,
        territory_number(offer.territory),
        offer.schedule_known,
        must & _INLINE,
        offer.reserved,
        offer.rung,
        offer.level,
        offer.asks,
        offer.caces,
        offer.caces_any,
        offer.caces_families,
        offer.or_level,
        offer.or_months,
    )
    rest = [(skills.number(skill.key), required if skill.required else wished) for skill in more]
    return row, rest
