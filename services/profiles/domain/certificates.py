"""Which certificates somebody holds: kinds as they are ticked, and those that they say exactly, until when they are valid."""

from collections.abc import Sequence
from datetime import date

from shared.contracts.events.profiles import Certificate
from shared.contracts.vocabulary import Caces, Card


def kinds_of(cards: Sequence[Card], certificates: Sequence[Certificate]) -> tuple[Card, ...]:
    """All kinds that are said, valid or not."""
    return tuple(dict.fromkeys((*cards, *(one.card for one in certificates))))


def valid_kinds(cards: Sequence[Card], certificates: Sequence[Certificate], today: date) -> tuple[Card, ...]:
    """The kinds of which something is valid; one that is only ticked is."""
    exact = {one.card for one in certificates}
    valid = {one.card for one in certificates if _valid(one, today)}
    return tuple(card for card in kinds_of(cards, certificates) if card not in exact or card in valid)


def valid_caces(certificates: Sequence[Certificate], today: date) -> tuple[Caces, ...]:
    """The CACES of which it is said which, and that are valid."""
    return tuple(one.caces for one in certificates if one.caces is not None and _valid(one, today))


def _valid(one: Certificate, today: date) -> bool:
    return one.valid_until is None or one.valid_until >= today
