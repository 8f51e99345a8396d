"""Somebody went to apply elsewhere: an offer of a feed whose employer recruits on another site. Counted, and asked after."""

from datetime import datetime, timedelta

from services.offers.domain.errors import AlreadyAnswered
from shared.domain import Aggregate
from shared.kept_enum import StoredEnum

ASKED_AFTER = timedelta(days=7)
"""What became of it is asked once, when an answer may have come."""


class ClickOutcome(StoredEnum):
    """What became of it, as the person says."""

    NOT_APPLIED = "not_applied"
    NO_REPLY = "no_reply"
    REFUSED = "refused"
    INTERVIEW = "interview"
    HIRED = "hired"


class Click(Aggregate):
    """A person's way to an offer that is answered elsewhere; one for each person and offer (``slot``)."""

    offer_id: str
    profile_id: str
    offer_title: str
    partner: str
    acted_by: str | None = None
    asked_at: datetime | None = None
    outcome: ClickOutcome | None = None
    answered_at: datetime | None = None
    slot: str | None = None

    def ask(self, now: datetime) -> bool:
        """Whether it is to be asked after now: once, a week later, of somebody who has not said."""
        if self.asked_at is not None or self.outcome is not None or now < self.created_at + ASKED_AFTER:
            return False
        self.asked_at = now
        self.touch(now)
        return True

    def tell(self, outcome: ClickOutcome, now: datetime) -> None:
        """What became of it; an interview may still become a hire, a hire stays.

        Raises:
            AlreadyAnswered: somebody was hired.
        """
        if self.outcome is ClickOutcome.HIRED and outcome is not ClickOutcome.HIRED:
            raise AlreadyAnswered("Une embauche est déjà déclarée pour cette offre.", allowed=[])
        if self.outcome is outcome:
            return
        self.outcome, self.answered_at = outcome, now
        self.touch(now)

    def forget_person(self, now: datetime) -> None:
        """What remains is a figure."""
        self.profile_id, self.slot, self.acted_by = "erased", None, None
        self.touch(now)
