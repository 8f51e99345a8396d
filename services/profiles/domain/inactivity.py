"""Somebody of whom nothing is heard any more: warned after so many months, erased after some more.

An act is the person's own, or of a counsellor for them: what the journal names, an agreement, an answer, an application, a
message that was read. What the platform does by itself, and what a manager imports, is none. Who has something under way (an open
application, a hire, a place at a workshop, an employment under a clause) is not erased, however long nothing is heard.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

FRESH = timedelta(days=1)
"""Older answers are asked for anew before anybody is erased."""
PATIENCE = timedelta(days=2)
"""After this a service that has not answered is asked again; nobody is warned or erased meanwhile."""
MORE_TIME = timedelta(days=30)
"""Until the next look at somebody who has something under way; and at the least between the warning and the erasure."""
LONGEST_POSTPONEMENT = timedelta(days=366)


@dataclass(frozen=True)
class Policy:
    """After how many months somebody is warned and erased."""

    warn_months: int
    erase_months: int


class Answer(BaseModel):
    """What a service said of somebody's being under way."""

    model_config = ConfigDict(extra="ignore")

    running: tuple[str, ...] = ()
    last_act_at: datetime | None = None


class Watch(BaseModel):
    """How it stands with somebody of whom little is heard."""

    model_config = ConfigDict(extra="ignore")

    profile_id: str
    territory: str
    last_act_at: datetime | None = None
    request_id: str | None = None
    asked_at: datetime | None = None
    answers: dict[str, Answer] = Field(default_factory=dict)
    warned_at: datetime | None = None
    postponed_until: datetime | None = None
    kept_because: tuple[str, ...] = ()


class Do(StrEnum):
    """What is due."""

    NOTHING = "nothing"
    ASK = "ask"
    WARN = "warn"
    ERASE = "erase"


@dataclass(frozen=True)
class Step:
    """What is due now, and when the next look is. ``active``: they were heard of, and are not warned any more."""

    do: Do
    look_at: datetime
    last_act_at: datetime
    kept_because: tuple[str, ...] = ()
    active: bool = False


def later(instant: datetime, months: int) -> datetime:
    """The same day so many calendar months later, or the last of that month."""
    years, month = divmod(instant.month - 1 + months, 12)
    year, month = instant.year + years, month + 1
    return instant.replace(year=year, month=month, day=min(instant.day, monthrange(year, month)[1]))


def next_step(watch: Watch, own: datetime, others: tuple[str, ...], policy: Policy, now: datetime) -> Step:
    """``own``: the last act that profiles knows of; ``others``: the services that are to answer before anything is done."""
    known = [one.last_act_at for one in watch.answers.values() if one.last_act_at is not None]
    last = max([own, *known, *([watch.last_act_at] if watch.last_act_at else [])])
    warn_on = later(last, policy.warn_months)
    if now < warn_on:
        return Step(Do.NOTHING, warn_on, last, active=True)
    if watch.postponed_until is not None and now < watch.postponed_until:
        return Step(Do.NOTHING, watch.postponed_until, last)
    if watch.asked_at is None or now - watch.asked_at >= PATIENCE:
        return Step(Do.ASK, now + PATIENCE, last)
    if set(others) - set(watch.answers):
        return Step(Do.NOTHING, watch.asked_at + PATIENCE, last)
    running = tuple(sorted({code for one in watch.answers.values() for code in one.running}))
    if running:
        return Step(Do.NOTHING, now + MORE_TIME, last, kept_because=running)
    erase_on = erased_on(watch.warned_at or now, last, policy)
    if watch.warned_at is None:
        return Step(Do.WARN, erase_on, last)
    if now < erase_on:
        return Step(Do.NOTHING, erase_on, last)
    if now - watch.asked_at >= FRESH:
        return Step(Do.ASK, now + PATIENCE, last)
    return Step(Do.ERASE, now + PATIENCE, last)


def erased_on(warned_at: datetime, last: datetime, policy: Policy) -> datetime:
    """When somebody who was warned is erased."""
    return max(later(last, policy.erase_months), warned_at + MORE_TIME)
