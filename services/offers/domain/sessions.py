"""The sessions of an agenda event, and the places that are left in them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from services.offers.domain.registration import HOLDS_A_PLACE, Registration
from shared.domain import Aggregate, Entity
from shared.errors import Refused, refused_field
from shared.types import Identifier, Instant, Name


class Session(Entity):
    """A slot of an event. ``places`` absent: no limit."""

    id: Identifier
    starts_at: Instant
    ends_at: Instant
    places: int | None = Field(default=None, ge=1, le=10_000)
    label: Annotated[str, Name(100, blank=True)] = ""

    @model_validator(mode="after")
    def _in_order(self) -> "Session":
        if self.ends_at <= self.starts_at:
            raise PydanticCustomError("after_start", "Une séance finit après avoir commencé.")
        return self


class WithSessions(Aggregate):
    """When people can come, and who comes when."""

    sessions: tuple[Session, ...] = Field(min_length=1, max_length=200)
    registrations: tuple[Registration, ...] = ()

    @property
    def places(self) -> int | None:
        """Places of all sessions; None as soon as one has no limit."""
        known = [session.places for session in self.sessions if session.places is not None]
        return sum(known) if len(known) == len(self.sessions) else None

    def places_left(self, now: datetime) -> int | None:
        """Places that nobody holds, over the sessions to come; None as soon as one of them has no limit."""
        left = [self.left_in(session) for session in self.to_come(now)]
        known = [places for places in left if places is not None]
        return sum(known) if len(known) == len(left) else None

    def left_in(self, session: Session) -> int | None:
        """Places left in a session; None: no limit."""
        if session.places is None:
            return None
        held = sum(r.session_id == session.id and r.status in HOLDS_A_PLACE for r in self.registrations)
        return max(0, session.places - held)

    def to_come(self, after: datetime) -> list[Session]:
        """Sessions that begin after an instant, the soonest first."""
        return sorted((one for one in self.sessions if one.starts_at > after), key=lambda one: (one.starts_at, one.id))

    def next_session(self, after: datetime) -> Session | None:
        """The soonest session with a place, else the soonest, to wait for one; None when all have begun."""
        coming = self.to_come(after)
        return next((one for one in coming if self.left_in(one) != 0), coming[0] if coming else None)

    def session(self, session_id: str) -> Session:
        """A session by id."""
        for session in self.sessions:
            if session.id == session_id:
                return session
        raise refused_field(Refused, "session_id", "unknown", "Cet événement n'a pas cette session.")


def span(sessions: Iterable[Session]) -> tuple[datetime, datetime]:
    """From the first start to the last end."""
    listed = list(sessions)
    return min(session.starts_at for session in listed), max(session.ends_at for session in listed)
