"""A cell of a table as its program shows it."""

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

Value = str | int | float | bool | Decimal | date | datetime | time | timedelta | None


@dataclass(frozen=True)
class Cell:
    """A cell with what is odd about it."""

    value: Value = None
    merged: bool = False
    formula: bool = False
    """Calculated: ``value`` is what the program had last, None where it never calculated."""
    hidden: bool = False
    """In a column that the program does not show."""
    percent: bool = False
    """Shown as a percentage: 0.5 is seen as «50 %»."""

    @property
    def text(self) -> str:
        """As people read it, on one line."""
        return "" if self.value is None else " ".join(unicodedata.normalize("NFKC", str(self.value)).split())
