"""What differs from contract to contract, in versions: a month is judged by the rules that held in it.

Nothing of it is a constant of the law: desks and buyers agree on it contract by contract (CCAP, convention).
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import Field, StringConstraints, field_validator

from services.clauses.domain.amounts import Month, last_day, two_places
from services.clauses.domain.eligibility import EligibilityRule, Validity
from services.clauses.domain.errors import RulesRefused
from shared import civil
from shared.domain import Entity, Value
from shared.errors import refused_field
from shared.refusals import shaped
from shared.types import Distinct, Euros

DayOfYear = Annotated[
    str,
    StringConstraints(
        pattern=shaped(
            r"^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$", "Un jour de l'année s'écrit mois-jour, par exemple 03-31."
        )
    ),
]
"""``MM-DD``; the 29th to 31st of a shorter month is its last day."""


class Penalties(Value):
    """What the contract lets the buyer ask for. Computed on request only, never applied by itself."""

    per_missing_hour: Euros | None = Field(default=None, description="Euros for each hour of the objective not done")
    per_day_without_evidence: Euros | None = Field(default=None, description="Euros for each day that evidence is late")


class Rules(Value):
    """The rule set of a contract."""

    eligibility: EligibilityRule = EligibilityRule.EACH_MONTH
    validity: Validity = Validity()
    employments_required: bool = Field(
        default=False, description="Hours are declared on a recorded employment only (employment_id)"
    )
    pools_hours: bool = Field(
        default=False, description="Hours of one employment and month may be declared on several contracts that pool"
    )
    reporting_days: Annotated[tuple[DayOfYear, ...], Distinct(24)] = Field(
        default=("03-31", "06-30", "09-30", "12-31"), description="MM-DD at which a period of reporting ends"
    )
    due_day: Annotated[int, Field(ge=1, le=28)] = Field(
        default=15, description="Day of the next month until which the period's hours are declared"
    )
    silent_weeks: Annotated[int, Field(ge=1, le=52)] = Field(
        default=6, description="After so many weeks without hours of a participant the facilitator is told"
    )
    due_notice_days: Annotated[int, Field(ge=0, le=60)] = Field(
        default=10, description="So many days before hours are due, a contractor that did not declare them is told"
    )
    shortfall_percent: Annotated[int, Field(ge=1, le=100)] = Field(
        default=10, description="A forecast so many per cent of the objective below it is told"
    )
    ending_weeks: Annotated[int, Field(ge=1, le=52)] = Field(
        default=8, description="So many weeks before a participant's eligibility ends the facilitator is told"
    )
    penalties: Penalties = Penalties()

    @field_validator("reporting_days")
    @classmethod
    def _in_order(cls, days: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(sorted(days))


class RuleSet(Entity):
    """A version of the rules, for months from ``since`` on."""

    number: int
    since: Month | None = Field(description="First month that it is applied to; null: from the beginning")
    rules: Rules
    reason: str
    by: str
    at: datetime


UNCHECKED = Rules(eligibility=EligibilityRule.UNCHECKED)
"""Of contracts that were recorded before there were rule sets: their desks checked on paper, and nothing they declared
then may be refused now."""


def rules_in(versions: tuple[RuleSet, ...], month: str) -> Rules:
    """The rules of a month: of the latest version that had begun."""
    begun = [one for one in versions if one.since is None or one.since <= month]
    return begun[-1].rules if begun else UNCHECKED


def next_version(
    versions: tuple[RuleSet, ...], since: str, rules: Rules, reason: str, by: str, at: datetime
) -> tuple[RuleSet, ...]:
    """The versions with another one at their end.

    Raises:
        RulesRefused: it would begin before the latest one, which would change what months were judged by.
    """
    latest = versions[-1].since if versions else None
    if latest is not None and since < latest:
        begun = civil.month_in_words(latest)
        message = f"Les règles en vigueur valent depuis {begun} : les nouvelles ne peuvent pas commencer avant."
        raise refused_field(RulesRefused, "since", "before-latest", message)
    return (*versions, RuleSet(number=len(versions) + 1, since=since, rules=rules, reason=reason, by=by, at=at))


def due_dates(rules: Rules, starts_on: date, ends_on: date) -> list[tuple[date, date]]:
    """(end of a reporting period, day until which it is due) over the contract; its last day ends a period as well."""
    ends = {ends_on}
    for year in range(starts_on.year, ends_on.year + 1):
        for day in rules.reporting_days:
            month = f"{year:04}-{day[:2]}"
            end = min(last_day(month).day, int(day[3:]))
            ends.add(date(year, int(day[:2]), end))
    inside = sorted(one for one in ends if starts_on <= one <= ends_on)
    return [(one, _due(one, rules.due_day)) for one in inside]


def _due(end: date, day: int) -> date:
    return date(end.year + (end.month == 12), end.month % 12 + 1, day)


def penalties_of(rules: Rules, missing_hours: Decimal, days_without_evidence: int) -> Decimal:
    """Euros that the contract would let the buyer ask for."""
    one, other = rules.penalties.per_missing_hour, rules.penalties.per_day_without_evidence
    amount = (one or Decimal(0)) * missing_hours + (other or Decimal(0)) * days_without_evidence
    return two_places(amount)
