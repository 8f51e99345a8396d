"""Contracting authorities: public buyers and bodies that give grants."""

from pydantic import Field

from shared.domain import Aggregate
from shared.reference.text import folded


class Authority(Aggregate):
    """A public buyer. ``id`` is the organisation that its users' tokens name."""

    name: str = Field(min_length=2, max_length=200)
    name_key: str


def authority_key(name: str) -> str:
    """One authority per name and territory, whatever its accents and hyphens."""
    return folded(name) or name.casefold()
