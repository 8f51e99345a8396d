"""Contracting authorities: public buyers and bodies that give grants."""

from typing import Annotated

from shared.invitations import Members
from shared.reference.text import words_of
from shared.types import Name


class Authority(Members):
    """A public buyer. Its users read its own contracts; each accepted a facilitator's or a colleague's invitation."""

    name: Annotated[str, Name(200, min_length=2)]
    name_key: str


def authority_key(name: str) -> str:
    """One authority per name and territory, whatever its accents and hyphens."""
    return words_of(name) or name.casefold()
