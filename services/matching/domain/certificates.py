"""Certificates as bits, out of the events: which are held and until when, which an offer needs.

Cards are bits of ``Ask``, categories of CACES those of ``shared.reference.caces``. What runs out is one set of both: categories
below, cards from ``OF_CARDS`` on.
"""

from datetime import date

from services.matching.domain.bits import mask
from shared.contracts.events.offers import OfferState
from shared.contracts.events.profiles import ProfileState
from shared.contracts.vocabulary import Card
from shared.reference import caces
from shared.reference.demands import Ask, Demands

CARDS = mask(Card, Ask)
"""The bits of what a person can be said to hold: they come first among what a text may ask."""
A_CACES = mask((Ask.CACES,), Ask)
A_CARE = mask((Ask.CARE,), Ask)
OF_CARDS = 32
"""Where ``CARDS`` begin in a set that has categories of CACES as well."""
_NO_END = date.max.toordinal()


def certificates_held(state: ProfileState) -> tuple[int, int, tuple[tuple[int, int], ...]]:
    """``cards``, ``caces`` and ``runs_out`` of a profile (``ProfileFacts``).

    Of what somebody holds several times, the one that is valid longest counts.
    """
    if not state.cards and not state.certificates:
        return 0, 0, ()
    cards = mask({*state.cards, *(one.card for one in state.certificates)}, Ask)
    exact = any(one.card is Card.CACES for one in state.certificates)
    held = caces.EVERY if Card.CACES in state.cards and not exact else 0
    last: dict[int, int] = {}
    for one in state.certificates:
        if one.card is Card.CACES:
            bits = caces.EVERY if one.caces is None else caces.held_by(one.caces)
            held |= bits
        else:
            bits = mask((one.card,), Ask) << OF_CARDS
        day = one.valid_until.toordinal() if one.valid_until else _NO_END
        for bit in (1 << at for at in range(bits.bit_length()) if bits >> at & 1):
            last[bit] = max(day, last.get(bit, 0))
    days: dict[int, int] = {}
    for bit, day in last.items():
        if day != _NO_END:
            days[day] = days.get(day, 0) | bit
    return cards, held, tuple(sorted(days.items()))


def caces_needed(state: OfferState, read: Demands) -> tuple[int, int, int]:
    """``caces``, ``caces_any`` and ``caces_families`` of an offer (``OfferFacts``): by its field, else by what its text names."""
    codes = state.caces or read.caces
    one_of = 0 if state.caces else caces.bits_of(read.caces_one_of)
    if state.caces_one_is_enough and len(codes) > 1:
        return 0, caces.bits_of(codes) | one_of, 0
    families = sum(1 << at for at, family in enumerate(caces.WHOLE) if family in codes)
    return caces.bits_of(one for one in codes if one not in caces.WHOLE), one_of, families
