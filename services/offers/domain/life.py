"""What time does to an offer: the 15-day confirmation, its reminders, suspension and archiving."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple

from shared.contracts.vocabulary import OfferStatus
from shared.kept_enum import Otherwise, StoredEnum, no_steps


@dataclass(frozen=True)
class LifePolicy:
    """Job 23 brings the state of each offer up to date every 15 days. Days count from the last confirmation."""

    confirm_days: int = 15
    reminder_days: tuple[int, ...] = (11, 14)
    archive_days: int = 60

    def __post_init__(self) -> None:
        rising = list(self.reminder_days) == sorted(set(self.reminder_days))
        if not rising or not all(0 < day < self.confirm_days for day in self.reminder_days):
            raise ValueError("reminders must rise and come before the suspension")
        if self.archive_days <= self.confirm_days:
            raise ValueError("an offer is archived after it was suspended, not before")


class Step(StrEnum):
    """What is due."""

    REMIND = "remind"
    SUSPEND = "suspend"
    EXPIRE = "expire"
    ARCHIVE = "archive"


class Due(NamedTuple):
    """A step; ``day`` names the reminder."""

    step: Step
    day: int = 0


class Reason(StoredEnum):
    """Why an offer is suspended. ``moderation`` is lifted by a manager only, ``company`` by the company's approval."""

    UNCONFIRMED = "unconfirmed"
    EMPLOYER = "employer"
    MODERATION = "moderation"
    COMPANY = "company"


class Outcome(StoredEnum):
    """How a closed offer ended; the first three are asked of the employer."""

    FILLED_THROUGH_US = "filled_through_us"
    FILLED_ELSEWHERE = "filled_elsewhere"
    CANCELLED = "cancelled"
    APPLY_BY_PASSED = "apply_by_passed"
    VANISHED_FROM_FEED = "vanished_from_feed"


NOT_SHOWN_YET = (OfferStatus.DRAFT, OfferStatus.PENDING)
"""Of an offer that was never published."""
RETURNS = frozenset({Outcome.APPLY_BY_PASSED, Outcome.VANISHED_FROM_FEED})
"""Ends that time brought: a feed that delivers the offer again brings it back."""

ASKED_OUTCOMES = (Outcome.FILLED_THROUGH_US, Outcome.FILLED_ELSEWHERE, Outcome.CANCELLED)

COMMANDS: dict[OfferStatus, frozenset[str]] = Otherwise(
    {
        OfferStatus.DRAFT: frozenset({"publish", "revise", "withdraw"}),
        OfferStatus.PENDING: frozenset({"approve", "send_back", "revise", "withdraw"}),
        OfferStatus.PUBLISHED: frozenset({"confirm", "revise", "suspend", "hold", "fill", "close", "withdraw"}),
        OfferStatus.SUSPENDED: frozenset({"confirm", "revise", "hold", "fill", "close", "withdraw", "archive"}),
        OfferStatus.FILLED: frozenset({"reopen", "hold", "close", "withdraw", "archive"}),
        OfferStatus.CLOSED: frozenset({"archive"}),
        OfferStatus.WITHDRAWN: frozenset({"archive"}),
        OfferStatus.ARCHIVED: frozenset(),
    },
    no_steps,
)
"""Which commands each state allows."""

_ASKED_BY = {"approve": "publish", "send_back": "send-back", "revise": "change", "hold": "suspend"}
"""Commands that are asked for by another name: the operation's."""


def step_of(command: str) -> str:
    """The operation by which a command is asked for: ``POST /v1/offers/{id}/<step>``, or ``change`` for PATCH."""
    return _ASKED_BY.get(command, command)


def steps_of(status: OfferStatus) -> frozenset[str]:
    """The operations that a state allows, as a 409 lists them: what a manager alone may hold is no step for others."""
    steps = frozenset(step_of(command) for command in COMMANDS[status] - {"hold"})
    return steps | {"resume"} if "confirm" in steps else steps


ENDED = frozenset({OfferStatus.FILLED, OfferStatus.CLOSED, OfferStatus.WITHDRAWN, OfferStatus.ARCHIVED})


def due_reminder(age: timedelta, sent: tuple[int, ...], policy: LifePolicy) -> int | None:
    """The latest reminder that is due and was not sent; earlier ones that were missed are passed over."""
    reached = [day for day in policy.reminder_days if age >= timedelta(days=day)]
    if not reached or (sent and max(sent) >= reached[-1]):
        return None
    return reached[-1]
