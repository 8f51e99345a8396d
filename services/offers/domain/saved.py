"""What a person keeps: offers to come back to, and searches that tell them of new offers."""

from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Any

from shared import civil
from shared.domain import Aggregate
from shared.kept_enum import StoredEnum
from shared.types import Name

MOST_OFFERS = 200
MOST_SEARCHES = 20
DAILY_AT = time(7)
"""By the clocks of the person's territory: before the day begins."""
OVERLAP = timedelta(days=2)
"""What was told is remembered, so looking further back doubles nothing: an offer may be shown after its publication."""


class Alert(StoredEnum):
    """When new offers are told. ``immediate``: within some minutes, those of that time together."""

    NONE = "none"
    DAILY = "daily"
    IMMEDIATE = "immediate"


class SavedOffer(Aggregate):
    """An offer that somebody keeps; one for each person and offer (``slot``)."""

    profile_id: str
    offer_id: str
    offer_title: str
    slot: str


class SavedSearch(Aggregate):
    """A search that somebody keeps. ``asked`` is what is asked, as ``queries.asked`` reads it; ``next_at``: when to look;
    ``news_from``: what was published before is no news.
    """

    profile_id: str
    name: Annotated[str, Name(80)]
    asked: dict[str, Any]
    alert: Alert
    news_from: datetime
    checked_at: datetime
    next_at: datetime | None = None
    acted_by: str | None = None

    def plan(self, now: datetime, pause: timedelta) -> None:
        """When to look again."""
        if self.alert is Alert.NONE:
            self.next_at = None
        elif self.alert is Alert.IMMEDIATE:
            self.next_at = now + pause
        else:
            day = civil.today(self.territory, now)
            at = datetime.combine(day, DAILY_AT, tzinfo=civil.zone_of(self.territory))
            if at <= now:
                at = datetime.combine(day + timedelta(days=1), DAILY_AT, tzinfo=civil.zone_of(self.territory))
            self.next_at = at.astimezone(UTC)

    @property
    def since(self) -> datetime:
        """Offers published after this are new, unless they were told."""
        return max(self.news_from, self.checked_at - OVERLAP)

    def checked(self, now: datetime, pause: timedelta) -> None:
        """It was looked at now."""
        self.checked_at = now
        self.plan(now, pause)
        self.touch(now)
