"""Exact amounts: hours and euros with two decimals, percentages; months of the calendar."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Annotated

from pydantic import StringConstraints

from shared import civil
from shared.refusals import shaped

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


def two_places(value: Decimal) -> Decimal:
    """12.5 as 12.50; an amount with more decimals is rounded half up."""
    return value.quantize(CENT, ROUND_HALF_UP)


def whole_hours(value: Decimal) -> Decimal:
    """Down to the whole hour, as CLAUSES.md's worked example does (833.33 → 833)."""
    return value.quantize(Decimal(1), ROUND_FLOOR).quantize(CENT)


def at_least(value: Decimal) -> Decimal:
    """Up to the cent: a share that is a minimum must not be missed by rounding."""
    return value.quantize(CENT, ROUND_CEILING)


# Patterns name the digits: ``\d`` would take those of every script, and «20٢٦-03» would be another month than «2026-03».
CommuneCode = Annotated[
    str,
    StringConstraints(
        pattern=shaped(r"^([0-9]{2}|2[AB])[0-9]{3}$", "Un code de commune (INSEE) a cinq signes, par exemple 23096.")
    ),
]
"""INSEE code of a commune; whether it is one of today is asked of the gazetteer (``Context.check_commune``)."""

Month = Annotated[
    str,
    StringConstraints(
        pattern=shaped(r"^20[0-9]{2}-(0[1-9]|1[0-2])$", "Un mois s'écrit année-mois, par exemple 2026-03.")
    ),
]


def month_of(day: date) -> str:
    """``2026-03``."""
    return f"{day.year:04}-{day.month:02}"


def in_hours(value: Decimal) -> str:
    """As people read it: «220 h», «7,25 h», «1 234,50 h»."""
    return f"{value:,.2f}".removesuffix(".00").replace(",", "\u202f").replace(".", ",") + " h"


def months_worked(months: Sequence[str]) -> str:
    """When hours were worked, in words: «en mars 2026», «de mars à avril 2026», «d'août 2025 à mars 2026»."""
    first, last = civil.month_in_words(months[0]), civil.month_in_words(months[-1])
    if first == last:
        return f"en {first}"
    if first[-4:] == last[-4:]:
        first = first[:-5]
    of = "d'" if first[0] in "ao" else "de "
    return f"{of}{first} à {last}"


def first_day(month: str) -> date:
    """The first day of ``YYYY-MM``."""
    return date(int(month[:4]), int(month[5:]), 1)


def last_day(month: str) -> date:
    """The last day of ``YYYY-MM``."""
    year, number = int(month[:4]), int(month[5:])
    return date(year, number, monthrange(year, number)[1])


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the month's last."""
    count = day.year * 12 + day.month - 1 + months
    month = f"{count // 12:04}-{count % 12 + 1:02}"
    end = last_day(month)
    return end if day.day > end.day else end.replace(day=day.day)
