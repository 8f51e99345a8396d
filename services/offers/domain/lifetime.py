"""What an offer keeps of its life: its state, its confirmations, its end, and the history of it."""

from datetime import datetime, timedelta

from pydantic import Field

from services.offers.domain.actors import Actor
from services.offers.domain.company import CompanyStatus
from services.offers.domain.life import COMMANDS, LifePolicy, Outcome, Reason, step_of, steps_of
from services.offers.domain.visibility import Verdict, may_show
from shared.contracts.vocabulary import OfferStatus
from shared.domain import Aggregate, Entity
from shared.errors import transition_refused


class LifeEntry(Entity):
    """One line of an offer's history, kept for ever."""

    at: datetime
    by: str
    what: str
    note: str = Field(default="", max_length=500)


class WithLife(Aggregate):
    """What an offer is made of where time and people act on it.

    ``held``: a manager took it out of sight, which stays so through every other state until a manager shows it again.
    """

    status: OfferStatus = OfferStatus.DRAFT
    published_at: datetime | None = None
    confirmed_at: datetime | None = None
    confirm_by: datetime | None = None
    reminders_sent: tuple[int, ...] = ()
    suspended_because: Reason | None = None
    held: bool = False
    ended_at: datetime | None = None
    outcome: Outcome | None = None
    history: tuple[LifeEntry, ...] = ()

    def reminded(self, day: int, by: Actor, now: datetime) -> None:
        """Remember that the reminder of ``day`` was asked for."""
        self.reminders_sent += (day,)
        self._note(now, by, "reminded", f"day {day}")
        self.touch(now)

    # Inside

    def _check(self, command: str) -> None:
        if command not in COMMANDS[self.status]:
            raise transition_refused("cette offre", self.status, step_of(command), steps_of(self.status))

    def _verdict(self, company: CompanyStatus | None, by: Actor) -> Verdict:
        return may_show(company, by, held=self.held, published_before=self.published_at is not None)

    def _renew(self, now: datetime, policy: LifePolicy) -> datetime:
        """Returns until when it is online without another confirmation."""
        self.confirmed_at, self.reminders_sent = now, ()
        self.confirm_by = until = now + timedelta(days=policy.confirm_days)
        return until

    def _end(self, status: OfferStatus, now: datetime) -> None:
        self.status = status
        self.ended_at = self.ended_at or now
        self.suspended_because = None

    def _note(self, now: datetime, by: Actor, what: str, note: str = "") -> None:
        self.history += (LifeEntry(at=now, by=by.id, what=what, note=note[:500]),)

    def _tell(self, event_type: str, now: datetime) -> None:
        if self.published_at is None:
            self.touch(now)
        else:
            self.record(event_type, now)
