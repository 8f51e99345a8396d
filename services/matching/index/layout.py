"""Where each thing stands in a row, derived from the enumerations: a new value moves what follows, nothing overlaps.

What does not fit fails here, when the module is imported, with a sentence, and not one day as a licence that is no
constraint any more. ``LAYOUT`` is stored with packed rows: rows of another layout are made anew from the facts.
"""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from services.matching.domain.certificates import CARDS, OF_CARDS
from services.matching.domain.facts import MAX_WISHES
from shared.contracts.vocabulary import Caces, ContractKind, FrenchLevel, Licence, OpportunityKind, ReservedPublic
from shared.reference.caces import EVERY, FAMILIES
from shared.reference.demands import Ask

WORD = 64
"""Bits of the word that says what an offer needs and a profile lacks."""
INLINE_SKILLS = 12
"""Skills kept in the row; the rare longer lists continue beside it."""
MONTH_BITS = 10
LEFT, POINTED = 1 << MONTH_BITS, 2 << MONTH_BITS
NOT_SOUGHT = LEFT | POINTED
OCCUPATION_AT = MONTH_BITS + 2
"""A wish is ``occupation << 12 | pointed << 11 | left << 10 | months``: at most 720 months; ``left``: practised and not sought
any more; ``pointed``: nobody named it, the skills point to it, and it is worked out where a row is laid (``domain.pointing``)."""
OCCUPATION_CODES = 140_001
"""Numbers of ROME codes: A0000 is 1, N9999 is 140,000; 0 is «none named»."""
MOST_OCCUPATIONS = 2_047
"""Codes of which a referential knows anything; the official ROME 4.60 has 1,584."""
FRESH = 731
"""Ages in days of which the freshness is told apart: configurations lose it after two years at most."""
BRANCH = 100
"""Occupations of a branch (the first three characters of the code) have neighbouring numbers, so many at most."""


class LayoutTooNarrow(TypeError):
    """An enumeration has outgrown its place in the rows; the message says what to widen."""


@dataclass(frozen=True, slots=True)
class Span:
    """Neighbouring bits of a word."""

    first: int
    width: int

    @property
    def mask(self) -> int:
        """As many ones as there are bits."""
        return (1 << self.width) - 1

    def put(self, bits: int) -> int:
        """These bits, in their place of the word."""
        return (bits & self.mask) << self.first

    def take(self, word: int) -> int:
        """The way back."""
        return word >> self.first & self.mask


def lay_out(widths: Mapping[str, int], word: int = WORD) -> dict[str, Span]:
    """Spans one after the other.

    Raises:
        LayoutTooNarrow: the word has no room for all of them.
    """
    spans, first = {}, 0
    for name, width in widths.items():
        spans[name] = Span(first, width)
        first += width
    if first > word:
        raise LayoutTooNarrow(
            f"{', '.join(f'{name} {width}' for name, width in widths.items())}: {first} bits, but a row has a word of {word}. "
            "Give it a second word before the enumerations grow."
        )
    return spans


def narrowest(bits: int, of: str) -> str:
    """The smallest unsigned type that holds a set of so many members.

    Raises:
        LayoutTooNarrow: more than 64.
    """
    for size in (1, 2, 4, 8):
        if bits <= size * 8:
            return f"<u{size}"
    raise LayoutTooNarrow(f"{of} has {bits} values: a set of them does not fit the 64 bits of a column.")


SPANS = lay_out(
    {
        "inactive": 1,
        "early": 1,
        "late": 1,
        "night": 1,
        "weekend": 1,
        "vehicle": 1,
        "licences": len(Licence),
        "kinds": len(OpportunityKind),
        "contracts": len(ContractKind),
        "french": len(FrenchLevel),
        "french_stated": 1,  # never needed: tells the highest level from «not stated», which lack the same
    }
)
SCHEDULE = sum(SPANS[name].put(1) for name in ("early", "late", "night", "weekend"))
"""Bits of a schedule that somebody refuses."""

DAY_BITS = 22
"""A last day and the certificates that run out after it are one number: ``certificates << 22 | day``."""

if (
    EVERY.bit_length() > OF_CARDS
    or DAY_BITS + OF_CARDS + CARDS.bit_length() > WORD - 1
    or date.max.toordinal() >> DAY_BITS
):
    raise LayoutTooNarrow("Certificates and the day when they run out do not fit one number any more.")

if OCCUPATION_CODES << OCCUPATION_AT >= 1 << 32:
    raise LayoutTooNarrow("A wish (occupation and months) does not fit 32 bits any more.")

PROFILE_ROW = np.dtype(
    [
        ("wishes", "<u4", (MAX_WISHES,)),
        ("skills", "<i4", (INLINE_SKILLS,)),
        ("from_day", "<i4"),
        ("wage_floor", "<i4"),
        ("minutes_min", "<i2"),
        ("minutes_max", "<i2"),
        ("wished_minutes", "<i2"),
        ("wished_contracts", narrowest(len(ContractKind), "ContractKind")),
        ("territory", "<u2"),
        ("reserved", narrowest(len(ReservedPublic), "ReservedPublic")),
        ("level", "u1"),
        ("held", narrowest(len(Ask), "Ask")),
        ("caces", narrowest(EVERY.bit_length(), "Caces")),
    ]
)
OFFER_ROW = np.dtype(
    [
        ("skills", "<i4", (INLINE_SKILLS,)),
        ("occupation", "<u4"),
        ("also", "<u4"),
        ("doubted", "u1"),
        ("starts_day", "<i4"),
        ("apply_by_day", "<i4"),
        ("confirmed_day", "<i4"),
        ("wage", "<i4"),
        ("minutes", "<i2"),
        ("months", "<i2"),
        ("reply", "<i2"),
        ("asked_weight", "<i2"),
        ("contract", narrowest(len(ContractKind), "ContractKind")),
        ("territory", "<u2"),
        ("schedule_known", "u1"),
        ("required", narrowest(INLINE_SKILLS, "INLINE_SKILLS")),
        ("reserved", narrowest(len(ReservedPublic), "ReservedPublic")),
        ("rung", "u1"),
        ("level", "u1"),
        ("asks", narrowest(len(Ask), "Ask")),
        ("caces", narrowest(EVERY.bit_length(), "Caces")),
        ("caces_any", narrowest(EVERY.bit_length(), "Caces")),
        ("caces_families", narrowest(len(FAMILIES), "Caces")),
        ("or_level", "u1"),
        ("or_months", "<i2"),
    ]
)


def stamp(*parts: Any) -> int:
    """A number that changes with any of the parts."""
    return zlib.crc32(repr(parts).encode())


LAYOUT = stamp(
    PROFILE_ROW.descr,
    (MONTH_BITS, OCCUPATION_AT),
    sorted((name, span.first, span.width) for name, span in SPANS.items()),
    *(
        [member.value for member in each]
        for each in (Licence, OpportunityKind, ContractKind, FrenchLevel, ReservedPublic, Ask, Caces)
    ),
)
"""Of the rows that profiles are packed into: columns, positions, and the values that the bits stand for."""
