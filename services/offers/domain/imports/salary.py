"""Pay as France Travail writes it, in euros an hour."""

import re

from shared.contracts.events.offers import Salary
from shared.reference.text import unaccented

HOURS_A_MONTH = 151.67
"""A month of 35 hours a week: what a monthly or yearly pay is divided by."""

_PERIOD = re.compile(r"\b(horaire|mensuel|annuel|cachet)\b")
_AMOUNT = re.compile(r"(\d[\d  ]*(?:[.,]\d+)?)\s*(?:euros?|€)")
_DIVISOR = {"horaire": 1.0, "mensuel": HOURS_A_MONTH, "annuel": 12 * HOURS_A_MONTH}
# Outside, it is a slip of the pen: a month's pay said to be hourly, a year's said to be monthly.
LIKELY = (4.0, 150.0)


def read_salary(label: str | None, comment: str | None = None) -> tuple[Salary, str | None]:
    """``Mensuel de 1800.0 Euros à 2000.0 Euros sur 12.0 mois`` → 11.87–13.19; and what was wrong with it, if anything."""
    text = " — ".join(part.strip() for part in (label, comment) if part and len(part.strip()) > 2)[:200] or None
    if not label:
        return Salary(text=text), None
    plain = unaccented(label)
    period = _PERIOD.search(plain)
    amounts = [float(found.replace(" ", "").replace(" ", "").replace(",", ".")) for found in _AMOUNT.findall(plain)]
    if period is None or period[1] not in _DIVISOR or not amounts:
        return Salary(text=text), None
    hourly = sorted(round(amount / _DIVISOR[period[1]], 2) for amount in amounts[:2] if amount > 0)
    if not hourly:
        return Salary(text=text), None
    if hourly[0] < LIKELY[0] or hourly[-1] > LIKELY[1]:
        return Salary(text=text), f"{hourly[0]:.2f}–{hourly[-1]:.2f} € de l'heure n'est pas vraisemblable"
    return Salary(hourly_min=hourly[0], hourly_max=hourly[-1], text=text), None
