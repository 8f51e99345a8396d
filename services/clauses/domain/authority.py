"""Contracting authorities: public buyers and bodies that give grants."""

from typing import Annotated

from shared.domain import Aggregate
from shared.reference.text import words_of
from shared.types import Name


class Authority(Aggregate):
    """A public buyer. ``id`` is the organisation that its users' tokens name."""

    name: Annotated[str, Name(200, min_length=2)]
    name_key: str


def authority_key(name: str) -> str:
    """One authority per name and territory, whatever its accents and hyphens."""
    return words_of(name) or name.casefold()
