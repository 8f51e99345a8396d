"""A hire: its terms, one that only the person's side told of, and the questions that follow it after months."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Annotated

from pydantic import Field

from services.offers.domain.actors import Actor
from services.offers.domain.unseen import PartlyRead
from shared import civil
from shared.contracts.vocabulary import ContractKind
from shared.domain import Entity
from shared.errors import NotFound, Refused, refused_field
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


class WithHire(PartlyRead):
    """The part of an application that a hire is: who told of it, its terms, and whether the person is still there later."""

    hire_proposal: HireProposal | None = None
    hire: HireTerms | None = None
    hired_at: datetime | None = None
    follow_ups: tuple[FollowUp, ...] = ()

    def follow_up(self, month: int, still_there: bool, note: str, by: Actor, now: datetime) -> None:
        """Record whether the person is still in the job.

        Raises:
            NotFound: no follow-up is planned for this month.
            Refused: it is not due yet.
        """
        planned = {one.month: one for one in self.follow_ups}
        if month not in planned:
            raise NotFound(f"Aucun suivi n'est prévu au mois {month}.", planned=sorted(planned))
        if civil.today(self.territory, now) < planned[month].due_on:
            raise refused_field(
                Refused, "month", "not_due", f"Le suivi à {month} mois est prévu le {planned[month].due_on:%d/%m/%Y}."
            )
        done = {"still_there": still_there, "note": note, "recorded_by": by.id, "recorded_at": now}
        self.follow_ups = tuple(one.model_copy(update=done) if one.month == month else one for one in self.follow_ups)
        self.touch_unseen(now)

    def due_follow_ups(self, today: date) -> list[FollowUp]:
        """Follow-ups that are due and that nobody was asked for."""
        return [f for f in self.follow_ups if f.due_on <= today and f.still_there is None and f.asked_at is None]

    def asked(self, months: list[int], now: datetime) -> None:
        """Remember that these follow-ups were asked for."""
        self.follow_ups = tuple(
            f.model_copy(update={"asked_at": now}) if f.month in months else f for f in self.follow_ups
        )
        self.touch_unseen(now)

    def _hired(self, hire: HireTerms, months: Iterable[int], now: datetime) -> None:
        self.hire, self.hired_at = hire, now
        self.follow_ups = tuple(FollowUp(month=month, due_on=months_after(hire.starts_on, month)) for month in months)

    def _forget_follow_ups(self) -> None:
        """Who recorded may be the person themselves; there is nobody to ask after any more."""
        unsaid = {"note": "", "recorded_by": None}
        self.follow_ups = tuple(one.model_copy(update=unsaid) for one in self.follow_ups if one.still_there is not None)
