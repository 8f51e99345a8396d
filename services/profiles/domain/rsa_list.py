"""The département's list of RSA recipients: what was imported, who waits to be invited, and what a person decided.

Of people who are not on the platform the least is kept that a counsellor needs to invite them, for a bounded time.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Self

from services.profiles.domain.text import name_key
from shared.domain import Aggregate, Entity


@dataclass(frozen=True)
class Listed:
    """Somebody as the list has them. ``name_key`` and ``birth_date`` are the second key, where the reference is not known."""

    last_name: str
    first_name: str
    birth_date: date | None
    reference: str | None
    since: date | None

    @property
    def name_key(self) -> str:
        """As profiles are sorted by."""
        return name_key(self.last_name, self.first_name)

    @property
    def key(self) -> str:
        """What tells them apart within a territory."""
        return f"ref:{self.reference}" if self.reference else f"who:{self.name_key}|{self.birth_date}"


class Outcome(StrEnum):
    """What becomes of a line. ``passed_over``: they asked not to be listed."""

    RECORDED = "recorded"
    UNCHANGED = "unchanged"
    AMBIGUOUS = "ambiguous"
    WAITING = "waiting"
    PASSED_OVER = "passed_over"
    REFUSED = "refused"


class Counts(Entity):
    """Of an import."""

    recorded: int = 0
    unchanged: int = 0
    ambiguous: int = 0
    waiting: int = 0
    passed_over: int = 0
    refused: int = 0
    ended: int = 0


class RsaList(Aggregate):
    """The last list of a territory: which day it speaks of, and what came of it; no name. Its id is the territory."""

    as_of: date
    complete: bool
    digest: str
    counts: Counts
    imported_by: str


class RsaPerson(Aggregate):
    """Somebody of the list who is on the platform under no profile, or perhaps under one of ``candidates``."""

    last_name: str
    first_name: str
    name_key: str
    birth_date: date | None = None
    reference: str | None = None
    since: date | None = None
    as_of: date
    candidates: tuple[str, ...] = ()
    expires_at: datetime

    @classmethod
    def waiting(
        cls,
        before: Self | None,
        key: tuple[str, str],
        listed: Listed,
        as_of: date,
        candidates: tuple[str, ...],
        expires_at: datetime,
        now: datetime,
    ) -> Self:
        """As the list has them now; ``key``: the hash and the territory. The same again changes nothing."""
        said: dict[str, Any] = {
            "last_name": listed.last_name,
            "first_name": listed.first_name,
            "name_key": listed.name_key,
            "birth_date": listed.birth_date,
            "reference": listed.reference,
            "since": listed.since,
            "as_of": as_of,
            "candidates": candidates,
            "expires_at": expires_at,
        }
        kept = before or cls(id=key[0], territory=key[1], created_at=now, updated_at=now, **said)
        if before is None or any(getattr(kept, name) != value for name, value in said.items()):
            for name, value in said.items():
                setattr(kept, name, value)
            kept.touch(now)
        return kept

    @property
    def listed(self) -> Listed:
        """As the list has them."""
        return Listed(self.last_name, self.first_name, self.birth_date, self.reference, self.since)


class RsaDecision(Aggregate):
    """What somebody decided of a key: it is this profile, it is none of those, or nothing is to be kept of them.

    ``id`` is a hash of the key: it names nobody, and outlives the names.
    """

    profile_id: str | None = None
    objected: bool = False
    decided_by: str


def hashed(territory: str, key: str) -> str:
    """The id of a person of a list."""
    return hashlib.blake2b(f"{territory}\x1f{key}".encode(), digest_size=16).hexdigest()


@dataclass(frozen=True)
class Known:
    """A profile that may be meant."""

    profile_id: str
    name_key: str
    birth_date: date | None
    birth_year: int | None
    references: frozenset[str]


@dataclass(frozen=True)
class Found:
    """The profile of a line, or those that may be it."""

    profile_id: str | None = None
    candidates: tuple[str, ...] = ()


def match(listed: Listed, known: Sequence[Known]) -> Found:
    """By the reference, else by name and date of birth; every doubt is a person's to decide.

    A doubt: several are meant; the reference is somebody's whose name and birth are others'; the same name and a birth that
    is not known, or another reference.
    """
    named = [one for one in known if listed.reference is not None and listed.reference in one.references]
    if named:
        certain = [one for one in named if one.name_key == listed.name_key or _born(one, listed)]
        if len(named) == 1 and certain:
            return Found(certain[0].profile_id)
        return Found(candidates=_ids(named))
    same = [one for one in known if one.name_key == listed.name_key]
    exact = [one for one in same if _born(one, listed)]
    if len(exact) == 1 and (listed.reference is None or not exact[0].references):
        return Found(exact[0].profile_id)
    if exact:
        return Found(candidates=_ids(exact))
    return Found(candidates=_ids(one for one in same if _may_be(one, listed)))


def _born(one: Known, listed: Listed) -> bool:
    return listed.birth_date is not None and one.birth_date == listed.birth_date


def _may_be(one: Known, listed: Listed) -> bool:
    if listed.birth_date is None or one.birth_date is None:
        return listed.birth_date is None or one.birth_year in (None, listed.birth_date.year)
    return False


def _ids(known: Iterable[Known]) -> tuple[str, ...]:
    return tuple(sorted(one.profile_id for one in known))[:20]
