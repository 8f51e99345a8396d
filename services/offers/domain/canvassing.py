"""The log of canvassing: how the département met an employer. Notes speak of people, so they are mended and erased."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from services.offers.domain.errors import LogFull
from services.offers.domain.unseen import PartlyRead
from shared import civil
from shared.domain import Entity
from shared.errors import NotFound
from shared.kept_enum import StoredEnum
from shared.types import CivilDate, Distinct, Identifier, Prose

MOST_ENTRIES = 1_000
"""Visits and calls of one employer that are kept: one a week for twenty years."""


class CanvassingKind(StoredEnum):
    """How the département met an employer."""

    VISIT = "visit"
    CALL = "call"
    EMAIL = "email"
    EVENT = "event"


class CanvassingOutcome(StoredEnum):
    """What came of it."""

    OFFER_COLLECTED = "offer_collected"
    TO_CALL_BACK = "to_call_back"
    NO_NEED = "no_need"
    NOT_REACHED = "not_reached"
    REFUSED = "refused"


class CanvassingDetails(Entity):
    """A visit or a call and what came of it."""

    kind: CanvassingKind
    on: CivilDate
    outcome: CanvassingOutcome
    note: Annotated[str, Prose(2_000, blank=True)] = ""
    call_back_on: CivilDate | None = None
    offer_ids: Annotated[tuple[Identifier, ...], Distinct(100)] = ()


class Canvassing(CanvassingDetails):
    """A contact with an employer, by whom and what came of it; read by staff only."""

    id: str
    by: str
    recorded_at: datetime
    version: int = Field(default=1, description="Of this entry, as its ETag; one more with each mending")
    mended_by: str | None = None
    mended_at: datetime | None = None

    def kept_from(self, day: date, at_most: date, place: str) -> bool:
        """Whether it was written after that day at ``place``, or speaks of a call later than that and was written after
        ``at_most``.
        """
        written = civil.today(place, self.recorded_at)
        return written > day or (written > at_most and self.call_back_on is not None and self.call_back_on > day)

    def mended(self, details: CanvassingDetails, by: str, now: datetime) -> "Canvassing":
        """With what was wrong put right; what it said before is not kept."""
        told = {"version": self.version + 1, "mended_by": by, "mended_at": now}
        return self.model_copy(update={**dict(details), **told})


class CanvassingErased(Entity):
    """That an entry was erased: by whom and when, and nothing of what it said."""

    id: str
    by: str
    at: datetime


class WithCanvassing(PartlyRead):
    """The part of an employer that its log is, which only managers read."""

    canvassing: tuple[Canvassing, ...] = ()
    canvassing_erased: tuple[CanvassingErased, ...] = ()

    def log(self, entry: Canvassing, now: datetime) -> None:
        """Append to the canvassing log.

        Raises:
            LogFull: it holds as many entries as there may be.
        """
        if len(self.canvassing) >= MOST_ENTRIES:
            raise LogFull(
                "Le journal de cette entreprise est plein : effacez-en des contacts anciens.", limit=MOST_ENTRIES
            )
        self.canvassing += (entry,)
        self.touch_unseen(now)

    def logged(self, entry_id: str) -> Canvassing:
        """An entry of the log. Raises NotFound."""
        found = next((one for one in self.canvassing if one.id == entry_id), None)
        if found is None:
            raise NotFound("Cette note de prospection n'existe pas.", id=entry_id)
        return found

    def mend(self, entry_id: str, details: CanvassingDetails, by: str, now: datetime) -> Canvassing:
        """Put an entry right. Raises NotFound."""
        made = self.logged(entry_id).mended(details, by, now)
        self.canvassing = tuple(made if one.id == entry_id else one for one in self.canvassing)
        self.touch_unseen(now)
        return made

    def erase_entry(self, entry_id: str, by: str, now: datetime) -> None:
        """Erase an entry; that it was there stays. Raises NotFound, the second time, too."""
        self.logged(entry_id)
        self.canvassing = tuple(one for one in self.canvassing if one.id != entry_id)
        mark = CanvassingErased(id=entry_id, by=by, at=now)
        self.canvassing_erased = (*self.canvassing_erased, mark)[-MOST_ENTRIES:]
        self.touch_unseen(now)
