"""The minimum wage (SMIC): the one place where its amounts are kept. A new decree is a line here.

Gross euros an hour from a day on, as the decrees under L3231-5 to L3231-11 of the labour code set it. Mayotte has its own.
"""

from datetime import date
from typing import NamedTuple

MAYOTTE = "976"


class MinimumWage(NamedTuple):
    """What an hour pays at least ``since`` a day; ``source``: the decree."""

    since: date
    hourly: float
    hourly_mayotte: float
    source: str

    def at(self, commune_code: str | None) -> float:
        """What holds in a commune."""
        return self.hourly_mayotte if (commune_code or "").startswith(MAYOTTE) else self.hourly


RATES = (
    MinimumWage(date(2026, 1, 1), 12.02, 9.33, "Décret du 17 décembre 2025 portant relèvement du SMIC"),
    MinimumWage(date(2024, 11, 1), 11.88, 8.98, "Décret du 23 octobre 2024 portant relèvement du SMIC"),
)
"""The newest first."""

APPRENTICE_SHARE = 0.27
"""The least of an apprentice: the first year, under eighteen (D6222-26)."""
PROFESSIONALISATION_SHARE = 0.55
"""The least of a «contrat de professionnalisation»: under twenty-one, without the baccalaureate (D6325-15)."""


def minimum_wage(day: date) -> MinimumWage:
    """The rate of a day; before the oldest one that is kept, that one."""
    return next((rate for rate in RATES if rate.since <= day), RATES[-1])
