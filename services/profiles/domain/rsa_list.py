"""The département's list of RSA recipients: what was imported, who waits to be invited, and what a person decided.

Of people who are not on the platform the least is kept that a counsellor needs to invite them, for a bounded time.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final, Self

from rapidfuzz import fuzz

from services.profiles.domain.text import letters_of, name_key
from shared.domain import Aggregate, Entity
from shared.reference.text import words_of

_ALIKE: Final = 88.0
"""Likeness (0-100) of two names from which on one may be the other, of people born on one day: «BEN ALI MOHAMED», «Ben Ali
Mohammed» 96; «Martin Léa», «Martin Hugo», who may be twins, 63."""


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
    first_name: str = ""


@dataclass(frozen=True)
class Found:
    """The profile of a line, or those that may be it."""

    profile_id: str | None = None
    candidates: tuple[str, ...] = ()


def match(listed: Listed, known: Sequence[Known]) -> Found:
    """By the reference, else by name and date of birth; every doubt is a person's to decide.

    A doubt: several are meant; the reference is somebody's whose name and birth are others'; the same name and a birth that
    is not known, or another reference; the same birth and a name that may be the same («MARIE» for Marie-Claude, a name by
    marriage, a slip of the pen).
    """
    named = [one for one in known if listed.reference is not None and listed.reference in one.references]
    if named:
        certain = [one for one in named if _same_name(one, listed) or _born(one, listed)]
        if len(named) == 1 and certain:
            return Found(certain[0].profile_id)
        return Found(candidates=_ids(named))
    same = [one for one in known if _same_name(one, listed)]
    exact = [one for one in same if _born(one, listed)]
    if len(exact) == 1 and (listed.reference is None or not exact[0].references):
        return Found(exact[0].profile_id)
    if exact:
        return Found(candidates=_ids(exact))
    perhaps = [one for one in same if _may_be(one, listed)]
    return Found(candidates=_ids({*perhaps, *(one for one in known if _born_alike(one, listed))}))


def may_be_called(key: str, first_name: str, listed: Listed) -> bool:
    """Whether somebody of this name key and first name, born on the same day, may be who is listed."""
    words, others = set(key.split()), set(listed.name_key.split())
    if len(words & others) > 1 and (words <= others or others <= words):
        return True
    first, other = words_of(first_name).split()[:1], words_of(listed.first_name).split()[:1]
    same_first = bool(first) and first == other
    return same_first or fuzz.ratio(letters_of(key), letters_of(listed.name_key)) >= _ALIKE


def _same_name(one: Known, listed: Listed) -> bool:
    return letters_of(one.name_key) == letters_of(listed.name_key)


def _born_alike(one: Known, listed: Listed) -> bool:
    """Born on that day, and perhaps called so. Whom an earlier list knew by a number, and called otherwise, is somebody else."""
    numbered = listed.reference is not None and bool(one.references)
    return not numbered and _born(one, listed) and may_be_called(one.name_key, one.first_name, listed)


def _born(one: Known, listed: Listed) -> bool:
    return listed.birth_date is not None and one.birth_date == listed.birth_date


def _may_be(one: Known, listed: Listed) -> bool:
    if listed.birth_date is None or one.birth_date is None:
        return listed.birth_date is None or one.birth_year in (None, listed.birth_date.year)
    return False


def _ids(known: Iterable[Known]) -> tuple[str, ...]:
    return tuple(sorted(one.profile_id for one in known))[:20]
