"""A hire: its terms, one that only the person's side told of, and the questions that follow it after months."""

from datetime import date, datetime, timedelta
from typing import Annotated

from pydantic import Field

from shared.contracts.vocabulary import ContractKind
from shared.domain import Entity
from shared.errors import Refused, refused_field
from shared.types import CivilDate, Prose

_NEAR = timedelta(days=366)


class FollowUp(Entity):
    """Still there after so many months? ``still_there`` is None until somebody asked."""

    month: int
    due_on: date
    still_there: bool | None = None
    note: Annotated[str, Prose(500, blank=True)] = ""
    recorded_by: str | None = None
    recorded_at: datetime | None = None
    asked_at: datetime | None = None


class HireTerms(Entity):
    """What was agreed. Durations in months; absent for an open-ended contract."""

    contract_kind: ContractKind
    duration_months: float | None = Field(default=None, ge=0, le=120)
    starts_on: CivilDate
    weekly_hours: float | None = Field(default=None, ge=0, le=60)

    def check(self, today: date) -> None:
        """Raises Refused for a first day that is a slip of the pen: people are asked after by it, one to six months later."""
        if abs(self.starts_on - today) > _NEAR:
            message = "Une embauche commence un an au plus avant ou après le jour où elle est notée."
            raise refused_field(Refused, "hire.starts_on", "too_far", message)


class HireProposal(Entity):
    """A hire that only the person's side has told of: it counts from ``confirm_by`` on, unless the employer says otherwise."""

    terms: HireTerms
    by: str
    at: datetime
    confirm_by: datetime


def months_after(day: date, months: int) -> date:
    """The same day so many months later; the last day of a shorter month."""
    index = day.month - 1 + months
    year, month = day.year + index // 12, index % 12 + 1
    following = date(year + month // 12, month % 12 + 1, 1)
    return min(date(year, month, 1) + timedelta(days=day.day - 1), following - timedelta(days=1))
