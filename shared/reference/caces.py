"""CACES: which categories there are, which of them one holds or needs, and their older names.

The Cnam's recommendations of 2020 replaced those before it, whose certificates ran out with 2024 (works machines: run out by
the end of 2029); adverts go on naming them. R372m to R482: arrêté of 24 March 2006, article 9-1, as it stood from 27 December
2021, and the order of the two lists for 9 and 10; category 5 (finishers) became none. R389 to R489 and R386 to R486: by the
machines that each category names in both (R389 6 and R489 7 move machines and do no work with them). A certificate is valid
for 5 years, for works machines (R482) 10.
"""

from collections.abc import Iterable, Mapping
from functools import cache

from shared.contracts.vocabulary import Caces

_TOLD_APART = tuple(one for one in Caces if "-" in one or one is Caces.R490)
_SAME: Mapping[Caces, Caces] = {Caces.R482_B3: Caces.R482_B2}
"""Machines that bore and machines on rails: so few that one bit stands for both, and all fit 32."""
_INCLUDES: Mapping[Caces, Caces] = {Caces.R489_1B: Caces.R489_1A}
"""Who may drive the one may drive the other (R489, annex 1)."""
_BITS: dict[str, int] = {one: 1 << at for at, one in enumerate(each for each in _TOLD_APART if each not in _SAME)}
_BITS |= {one: _BITS[same] for one, same in _SAME.items()}
EVERY = sum(set(_BITS.values()))
"""All categories: of somebody who has a CACES, and nobody knows which, none is known to be lacking."""
WHOLE = tuple(one for one in Caces if "-" not in one and one is not Caces.R490)
"""Recommendations that have several categories: to name one of these alone does not say which."""
FAMILIES = tuple(sum({bit for one, bit in _BITS.items() if one.partition("-")[0] == family}) for family in WHOLE)
"""The categories of each of these."""
_BITS |= dict(zip(WHOLE, FAMILIES, strict=True))

RENAMED: Mapping[str, Mapping[str, Caces]] = {
    "R372": {
        "1": Caces.R482_A,
        "2": Caces.R482_B1,
        "3": Caces.R482_C2,
        "4": Caces.R482_C1,
        "6": Caces.R482_C3,
        "7": Caces.R482_D,
        "8": Caces.R482_E,
        "9": Caces.R482_F,
        "10": Caces.R482_G,
    },
    "R389": {
        "1": Caces.R489_1A,
        "3": Caces.R489_3,
        "4": Caces.R489_4,
        "5": Caces.R489_5,
        "6": Caces.R489_7,
    },
    "R386": {
        "1A": Caces.R486_A,
        "3A": Caces.R486_A,
        "1B": Caces.R486_B,
        "3B": Caces.R486_B,
    },
}
"""Categories of the recommendations before 2020, by what they are called today."""
SUCCESSORS: Mapping[str, Caces] = {
    "R372": Caces.R482,
    "R377": Caces.R487,
    "R383": Caces.R483,
    "R386": Caces.R486,
    "R389": Caces.R489,
    "R390": Caces.R490,
}


def bits_of(codes: Iterable[str]) -> int:
    """Categories as bits; a recommendation alone is all of its categories. What this release does not know has none."""
    bits = 0
    for code in codes:
        bits |= _BITS.get(code, 0)
    return bits


def held_by(code: Caces) -> int:
    """What somebody holds who says that they hold this one, as bits."""
    return _BITS[code] | (_BITS[_INCLUDES[code]] if code in _INCLUDES else 0)


@cache
def codes_of(bits: int) -> tuple[Caces, ...]:
    """The way back: recommendations of which all categories are there, categories of the others."""
    whole = {family: mask for family, mask in zip(WHOLE, FAMILIES, strict=True) if bits & mask == mask}
    rest = bits & ~sum(whole.values())
    return tuple(
        one for one in Caces if one in whole or (one in _TOLD_APART and one not in _SAME and rest & _BITS[one])
    )


def open_part(bits: int) -> int:
    """The categories of which it is not known whether they are held: of recommendations that are said without any."""
    return sum(mask for mask in FAMILIES if bits & mask == mask)


def in_words(codes: Iterable[str], last: str = "et") -> str:
    """«R489 catégories 1A, 3 et 5, R486 catégorie B», as people write it."""
    families: dict[str, list[str]] = {}
    for code in codes:
        family, _, category = code.partition("-")
        families.setdefault(family, []).extend([category] if category else [])
    return ", ".join(f"{family}{_categories(found, last)}" for family, found in families.items())


def _categories(found: list[str], last: str) -> str:
    if not found:
        return ""
    if len(found) == 1:
        return f" catégorie {found[0]}"
    return f" catégories {', '.join(found[:-1])} {last} {found[-1]}"
