"""Sets of an enumeration's members as bits, in the order in which the enumeration declares them, and back."""

from collections.abc import Iterable
from enum import StrEnum
from functools import cache, lru_cache


def mask(members: Iterable[str], universe: type[StrEnum]) -> int:
    """The set as bits.

    A value that this release does not know has no bit. What that means is said where it is asked: a person may hold a
    licence more than we know, an offer that needs one cannot be matched (``OfferFacts.beyond``).
    """
    bits = 0
    for member in members:
        bits |= _bit_of(universe).get(member, 0)
    return bits


def unknown(members: Iterable[str], universe: type[StrEnum]) -> bool:
    """Whether a newer release has put values here that this one does not know."""
    return any(member not in _bit_of(universe) for member in members)


@cache
def _bit_of(universe: type[StrEnum]) -> dict[str, int]:
    return {member: 1 << index for index, member in enumerate(universe)}


@lru_cache(maxsize=4_096)
def names(bits: int, universe: type[StrEnum]) -> tuple[str, ...]:
    """The members whose bit is set, as their values."""
    return tuple(member.value for index, member in enumerate(universe) if bits >> index & 1)
