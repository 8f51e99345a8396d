"""Rows that say themselves that nobody is looked for any more, and how surely. Pure."""

import re
from enum import StrEnum

from services.offers.domain.imports.sheets.rows import SheetRow
from services.offers.domain.imports.sheets.titles import Column
from shared.reference.text import unaccented

_OVER = re.compile(
    r"\b(?:pourvue?s?|annulee?s?|clos(?:es?)?|cloturee?s?|terminee?s?|retiree?s?|suspendue?s?|expiree?s?|archivee?s?|fermee?s?|inactive?s?"
    r"|refusee?s?|abandonnee?s?)\b"
)
_NOT_OVER = re.compile(r"\b(?:non|pas|pas encore|a etre|partiellement) (?:encore )?(?:pourvu|clos|expire)")
_OF_A_POST = re.compile(r"(?:(?:le )?poste )?(?:est )?(?:deja )?pourvue?")
_OF_THE_OFFER = re.compile(
    r"(?:l'?offre |offre |l'?annonce |annonce )(?:est )?(?:deja )?pourvue"
    r"|(?:(?:tous )?(?:les )?postes )?(?:sont )?(?:deja )?(?:tous )?pourvus"
    r"|(?:(?:l'?offre|offre|l'?annonce|annonce|(?:le )?poste|(?:le )?recrutement) )?(?:est )?(?:clos|close|cloturee?)"
)
_SIGNS = " .!✓✔"


class Ends(StrEnum):
    """What a row says beyond doubt, with nothing beside it, that it is over: its one post, or the offer with all its posts."""

    POST = "post"
    OFFER = "offer"


def is_over(row: SheetRow) -> bool:
    """Whether the row itself says that nobody is looked for any more."""
    said = unaccented(row.values.get(Column.STATUS, ""))
    return _OVER.search(said) is not None and not _NOT_OVER.search(said)


def ends(row: SheetRow) -> Ends | None:
    """What it ends, be the table complete or not. None for any other word («suspendu», «terminé», «pourvu sous réserve», «pourvu
    à 50 %»), and for a row that has no reference of its own: another may be like it.
    """
    said = unaccented(row.values.get(Column.STATUS, "")).strip(_SIGNS)
    if not row.referenced:
        return None
    if _OF_THE_OFFER.fullmatch(said):
        return Ends.OFFER
    return Ends.POST if _OF_A_POST.fullmatch(said) else None
