"""How many hours a contract owes: by hand with a reason, or by one of four formulas with its inputs kept."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from services.clauses.domain.amounts import at_least, whole_hours
from services.clauses.domain.errors import SizingRefused
from shared.domain import Entity
from shared.errors import refused_field
from shared.kept_enum import StoredEnum
from shared.types import MOST_HOURS, Euros, HourlyRate, Hours, Line, Percent


class Manual(Entity):
    """Entered by hand; the reason is asked for because no formula explains the number."""

    rule: Literal["manual"]
    hours: Hours
    reason: Annotated[str, Line(500, min_length=3)]


class LabourShare(Entity):
    """amount x labour share x effort / hourly cost, floored to whole hours. 1,000,000 x 50 % x 5 % / 30 = 833 h."""

    rule: Literal["labour_share"]
    amount: Euros
    labour_share_percent: Percent = Field(description="Share of labour in the amount, e.g. 50")
    effort_percent: Percent = Field(description="Share of the labour that goes to insertion, e.g. 5")
    hourly_cost: HourlyRate = Field(description="Euros an hour, e.g. 30")


class Operation(StoredEnum):
    """Operations of urban renewal, with the least share of hours that the ANRU's charter asks for."""

    WORKS = "works"
    URBAN_MANAGEMENT = "urban_management"


LEAST_PERCENT = {Operation.WORKS: Decimal(5), Operation.URBAN_MANAGEMENT: Decimal(10)}
"""ANRU, charte nationale d'insertion: at least 5 % of the hours of works, 10 % in urban management."""


class WorkHoursShare(Entity):
    """A share of all hours worked. 20,000 h of works x 5 % = 1,000 h."""

    rule: Literal["work_hours_share"]
    operation: Operation = Operation.WORKS
    work_hours: Hours
    percent: Percent | None = Field(default=None, description="Absent: the least that the operation asks for")


class InvoiceIndexed(Entity):
    """One hour per full ``euros_per_hour`` above the trigger. 3,000,000 with the defaults = 150 h."""

    rule: Literal["invoice_indexed"]
    amount: Euros
    trigger: Euros = Decimal("2700000.00")
    euros_per_hour: Annotated[Decimal, Field(ge=1, le=1_000_000, max_digits=9, decimal_places=2)] = Decimal("2000.00")


class Step(Entity):
    """Contracts below ``below`` euros owe ``hours``; the last step has no upper end."""

    below: Euros | None
    hours: Hours


DEFAULT_STEPS = (
    Step(below=Decimal(100_000), hours=Decimal(150)),
    Step(below=Decimal(200_000), hours=Decimal(300)),
    Step(below=Decimal(400_000), hours=Decimal(450)),
    Step(below=None, hours=Decimal(900)),
)


class Steps(Entity):
    """By steps of the amount: 150 / 300 / 450 / 900 h for < 100 k / < 200 k / < 400 k / from 400 k euros."""

    rule: Literal["steps"]
    amount: Euros
    steps: tuple[Step, ...] = Field(default=DEFAULT_STEPS, min_length=1, max_length=20)


Sizing = Annotated[Manual | LabourShare | WorkHoursShare | InvoiceIndexed | Steps, Field(discriminator="rule")]


def hours_owed(sizing: Manual | LabourShare | WorkHoursShare | InvoiceIndexed | Steps) -> Decimal:
    """The objective in hours.

    Raises:
        SizingRefused: a share below the least one, steps that do not rise or do not end, or more hours than any
            contract has.
    """
    owed = _owed(sizing)
    if owed > MOST_HOURS:
        message = f"Cette formule donne {owed:,.0f} heures : vérifiez le montant.".replace(",", "\u202f")
        raise refused_field(SizingRefused, "objective", "implausible", message)
    return owed


def _owed(sizing: Manual | LabourShare | WorkHoursShare | InvoiceIndexed | Steps) -> Decimal:
    match sizing:
        case Manual():
            return sizing.hours
        case LabourShare():
            labour = sizing.amount * sizing.labour_share_percent / 100
            return whole_hours(labour * sizing.effort_percent / 100 / sizing.hourly_cost)
        case WorkHoursShare():
            return _share(sizing)
        case InvoiceIndexed():
            above = max(Decimal(0), sizing.amount - sizing.trigger)
            return whole_hours(above / sizing.euros_per_hour)
        case Steps():
            return _step(sizing)


def _share(sizing: WorkHoursShare) -> Decimal:
    least = LEAST_PERCENT[sizing.operation]
    percent = least if sizing.percent is None else sizing.percent
    if percent < least:
        message = f"Cette opération demande au moins {least} % des heures."
        raise refused_field(SizingRefused, "objective.percent", "below-least", message)
    return at_least(sizing.work_hours * percent / 100)


def _step(sizing: Steps) -> Decimal:
    *bounded, last = sizing.steps
    ends = [step.below for step in bounded]
    rising = [end for end in ends if end is not None]
    if last.below is not None or len(rising) != len(ends) or rising != sorted(set(rising)):
        message = "Les seuils montent, et le dernier palier n'a pas de fin."
        raise refused_field(SizingRefused, "objective.steps", "not-rising", message)
    return next((step.hours for step in bounded if step.below is not None and sizing.amount < step.below), last.hours)
