"""By what a row without a reference is known again when its table comes back. Pure."""

import hashlib
from collections.abc import Mapping

from services.offers.domain.imports.sheets.titles import Column
from shared.reference.text import words_of

IDENTITY = (
    Column.TITLE, Column.OCCUPATION, Column.EMPLOYER, Column.SIRET, Column.PLACE, Column.ADDRESS, Column.POSTCODE,
    Column.COMMUNE_CODE, Column.CONTRACT, Column.DURATION, Column.HOURS, Column.STARTS_ON,
)  # fmt: skip
"""What an offer without a reference is known by."""


def mark_of(values: Mapping[Column, str]) -> str:
    """The same for the same offer; behind a sign that no reference begins with."""
    known = "|".join(words_of(values.get(column, "")) for column in IDENTITY)
    return "~" + hashlib.blake2b(known.encode(), digest_size=12).hexdigest()
