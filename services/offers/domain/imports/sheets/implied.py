"""The contract that the titles of a table imply where no column says one. Pure."""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from services.offers.domain.imports.sheets.header import SheetColumn
from services.offers.domain.imports.sheets.titles import CONTRACT_NAMED, Column
from shared.reference.text import unaccented

_LENDS = re.compile(r"\b(?:entreprise|societe) utilisatrice")
"""What only temporary work knows (labour code L1251-1)."""
_LENT = (re.compile(r"\bclients?\b"), re.compile(r"\bmissions?\b"))
"""A client's mission is an agency's as well."""
_OF_A_SEASON = re.compile(r"\b(?:emplois?|postes?|jobs?|contrats?) (?:de |d'|d')?(?:saison\w*|ete|hiver)\b")


class Implied(NamedTuple):
    """``contract``: as its column would say it; ``note``: what the sender is told of it, in French."""

    contract: str
    note: str


def contract_of_titles(columns: Sequence[SheetColumn], titles: Sequence[str]) -> Implied | None:
    """What the titles imply of every row. ``titles``: as the line of titles holds them, ``columns``: as they are read."""
    if _of_an_agency([one.title for one in columns]):
        return Implied("Intérim", "Les colonnes sont celles d'une agence d'emploi : le contrat est lu comme «intérim».")
    if any(_OF_A_SEASON.search(unaccented(title)) for title in titles):
        return Implied("Saisonnier", "Les emplois sont dits de saison : le contrat est lu comme «saisonnier».")
    if (titled := _in_titles(columns)) is not None:
        return Implied(titled[0], f"Le titre de la colonne {titled[1]} dit le contrat : il est lu comme «{titled[0]}».")
    return None


def _in_titles(columns: Sequence[SheetColumn]) -> tuple[str, str] | None:
    """The one contract that the titles of posts and of their number name, and the column: «Poste CDDI», «Nb intérimaires»."""
    named = [
        (found[0], one.name)
        for one in columns
        if one.column in (Column.TITLE, Column.OCCUPATION, Column.POSITIONS)
        and len(found := CONTRACT_NAMED.findall(one.title)) == 1
    ]
    return named[0] if len({contract for contract, _ in named}) == 1 else None


def formerly_otherwise(
    otherwise: Mapping[Column, str], columns: Sequence[SheetColumn], titles: Sequence[str]
) -> Mapping[Column, str]:
    """``otherwise`` as it was when ``SheetColumn.formerly`` were all that was read."""
    if Column.CONTRACT in {*(one.formerly for one in columns), *otherwise}:
        return otherwise
    plain = [unaccented(title) for title in titles]
    if any(map(_LENDS.search, plain)):
        return {**otherwise, Column.CONTRACT: "Intérim"}
    if any(map(_OF_A_SEASON.search, plain)):
        return {**otherwise, Column.CONTRACT: "Saisonnier"}
    return otherwise


def _of_an_agency(titles: Sequence[str]) -> bool:
    plain = unaccented(" | ".join(titles))
    return _LENDS.search(plain) is not None or all(word.search(plain) for word in _LENT)
