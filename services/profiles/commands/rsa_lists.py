"""The département's list of RSA recipients: all of it or nothing, the same twice is once, and a report line by line."""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from services.profiles.commands import saving
from services.profiles.commands.rsa_people import record_listed
from services.profiles.commands.statuses import Book, made_book
from services.profiles.context import Context
from services.profiles.domain.errors import RsaListEndsMost, RsaListOutdated, RsaListRefused
from services.profiles.domain.journal import Action, Actor
from services.profiles.domain.profile import Profile
from services.profiles.domain.rsa_list import (
    Counts,
    Found,
    Known,
    Listed,
    Outcome,
    RsaDecision,
    RsaList,
    RsaPerson,
    hashed,
    match,
    may_be_called,
)
from services.profiles.domain.status import RSA, Source, Status, standing
from services.profiles.rsa.lines import ListedLine, holds_people, read_list
from shared import civil
from shared.auth import Principal, Role
from shared.errors import AlreadyExists, FieldError, VersionConflict, refused_field
from shared.store import TEXT, Work
from shared.tables import MAX_ROWS, UnreadableSheet, read_sheet

_IN_PARTS = (
    f"Une liste complète a {MAX_ROWS} lignes au plus : au-delà, envoyez-la en plusieurs fichiers, sans la dire complète ; "
    "ceux qui n'y sont plus se closent alors un à un."
)
_MANY = 10
"""So many who leave at once are looked at; of a handful more may leave than stay."""
KEPT = timedelta(days=90)
"""From the day of the list: three monthly lists. Who was not invited by then is on the next one, or should not be kept."""


@dataclass(frozen=True)
class LineResult:
    """A line of the report: numbers and ids, nothing of what stands in it."""

    number: int
    outcome: Outcome
    errors: Sequence[FieldError] = ()
    profile_id: str | None = None
    person_id: str | None = None
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True)
class ListResult:
    """The report. ``ended``: profiles of who has left the list."""

    lines: list[LineResult]
    ended: list[str]
    counts: Counts
    notes: list[str]
    applied: bool


async def read_and_take(
    context: Context,
    principal: Principal,
    territory: str,
    content: bytes,
    as_of: date,
    *,
    complete: bool,
    preview: bool,
    ends: int | None = None,
) -> ListResult:
    """Take a list over, or with ``preview`` say what would come of it. One refused line refuses all. ``ends``: how many leave
    with it, said by who has read the preview; needed where more leave than stay, as with a file that was filtered or cut.

    Raises:
        Forbidden: another territory than the manager's.
        RsaListRefused: the file cannot be read, or speaks of a day that has not come.
        RsaListOutdated: a later one was taken before.
        RsaListEndsMost: nobody has said that so many leave.
    """
    principal.require_territory(territory)
    today = civil.today(territory, context.clock.now())
    if as_of > today:
        raise refused_field(RsaListRefused, "query.as_of", "in-the-future", "Ce jour n'est pas encore venu.")
    try:
        sheet = await asyncio.to_thread(read_sheet, content, holds_people)
        lines = await asyncio.to_thread(read_list, sheet, today)
    except UnreadableSheet as unreadable:
        whole = complete and unreadable.rule == "too-many-rows"
        message = _IN_PARTS if whole else unreadable.message
        raise refused_field(RsaListRefused, "file", unreadable.rule, message) from None
    digest = hashlib.sha256(content).hexdigest()

    async def once() -> ListResult:
        last = await context.rsa_lists.find(territory)
        if last is not None and as_of < last.as_of:
            message = f"La liste du {civil.day_in_words(last.as_of)} a déjà été importée : celle-ci est plus ancienne."
            raise RsaListOutdated(message, as_of=last.as_of.isoformat(), allowed=[])
        taking = Taking(context, principal, territory, as_of, complete=complete)
        await taking.look_up(lines)
        results = [taking.take(line) for line in lines]
        refused = any(one.outcome is Outcome.REFUSED for one in results)
        ended = [] if refused else taking.leave()
        counts = _counts(results, ended)
        applied = not preview and not refused
        if applied and ends != len(ended) and _MANY <= len(ended) > counts.recorded + counts.unchanged:
            stays = counts.recorded + counts.unchanged
            message = (
                f"{len(ended)} personnes quitteraient la liste, {stays} y restent : le fichier est-il entier ? "
                f"Si oui, renvoyez-le avec ends={len(ended)}."
            )
            raise RsaListEndsMost(message, ended=len(ended), allowed=[])
        if applied:
            work = taking.work()
            if last is None or (last.digest, last.as_of, last.complete) != (digest, as_of, complete) or not work.empty:
                _remember(context, work, last, territory, as_of, digest, counts, principal.subject, complete=complete)
                try:
                    await context.store.commit(work)
                except AlreadyExists:
                    raise VersionConflict("Une autre liste arrive en même temps : réessayez.", id=territory) from None
        return ListResult(results, ended, counts, sheet.notes, applied)

    return await context.store.retry_conflicts(once)


def _counts(results: Sequence[LineResult], ended: Sequence[str]) -> Counts:
    outcomes = [one.outcome for one in results]
    return Counts(**{kind.value: outcomes.count(kind) for kind in Outcome}, ended=len(ended))


def _remember(
    context: Context,
    work: Work,
    last: RsaList | None,
    territory: str,
    as_of: date,
    digest: str,
    counts: Counts,
    by: str,
    *,
    complete: bool,
) -> None:
    now = context.clock.now()
    said: dict[str, Any] = {
        "as_of": as_of, "complete": complete, "digest": digest, "counts": counts, "imported_by": by
    }  # fmt: skip
    kept = last or RsaList(id=territory, territory=territory, created_at=now, updated_at=now, **said)
    for name, value in said.items():
        setattr(kept, name, value)
    kept.touch(now)
    context.rsa_lists.save(work, kept)


class Taking:
    """One list on its way into a territory: what is known, what each line means, and what is to be written."""

    def __init__(self, context: Context, principal: Principal, territory: str, as_of: date, *, complete: bool) -> None:
        self._context, self._territory, self._as_of, self._complete = context, territory, as_of, complete
        self._actor = Actor(user_id=principal.subject, role=Role.MANAGER)
        self._now = context.clock.now()
        self._today = civil.today(territory, self._now)
        self._by_name: dict[str, list[Known]] = {}
        self._by_birth: dict[date, list[Known]] = {}
        self._by_reference: dict[str, list[Known]] = {}
        self._decided: dict[str, RsaDecision] = {}
        self._people: dict[str, RsaPerson] = {}
        self._profiles: dict[str, Profile] = {}
        self._books: dict[str, Book] = {}
        self._meant: dict[str, int] = {}
        self._doubted: set[str] = set()
        self._seen: set[str] = set()
        self._waiting: dict[str, RsaPerson] = {}
        self._action: dict[str, Action] = {}

    async def look_up(self, lines: Sequence[ListedLine]) -> None:
        """Everybody whom a line may mean, with their statuses, in as many questions as there are collections."""
        context = self._context
        listed = [line.listed for line in lines if line.listed is not None]
        ids = [hashed(self._territory, one.key) for one in listed]
        self._decided = {one.id: one for one in await context.rsa_decisions.many({"_id": {"$in": ids}})}
        self._people = {one.id: one for one in await context.rsa_people.many({"territory": self._territory})}
        of_list = {"territory": self._territory, "category": RSA, "reference": TEXT}
        references: dict[str, set[str]] = {}
        for status in await context.statuses.many(of_list):
            if status.replaced_by is None and status.reference is not None:
                references.setdefault(status.profile_id, set()).add(status.reference)
        decided = {one.profile_id for one in self._decided.values() if one.profile_id is not None}
        if self._complete:
            # A list may have no references: whom it names no more is found by what an earlier one said.
            decided |= await self._by_earlier_lists()
        decided |= await self._born_and_called_alike(listed)
        named = [
            {"name_key": {"$in": sorted({one.name_key for one in listed})}},
            {"_id": {"$in": sorted(decided | set(references))}},
        ]
        for profile in await context.profiles.many({"territory": self._territory, "$or": named}):
            self._profiles[profile.id] = profile
            details, mine = profile.details, frozenset(references.get(profile.id, ()))
            born = details.birth_date
            known = Known(profile.id, profile.name_key, born, details.birth_year, mine, details.first_name)
            self._by_name.setdefault(known.name_key, []).append(known)
            if born is not None:
                self._by_birth.setdefault(born, []).append(known)
            for reference in mine:
                self._by_reference.setdefault(reference, []).append(known)
        stored: dict[str, list[Status]] = {}
        for status in await context.statuses.many({"profile_id": {"$in": sorted(self._profiles)}}):
            stored.setdefault(status.profile_id, []).append(status)
        for profile in self._profiles.values():
            self._books[profile.id] = made_book(context, profile, stored.get(profile.id, []), self._now)

    async def _born_and_called_alike(self, listed: Sequence[Listed]) -> set[str]:
        """Who was born on a line's day and may be called as it says. Half a territory may share its days with a long list, so
        only names are read of them."""
        by_day: dict[str, list[Listed]] = {}
        for one in listed:
            if one.birth_date is not None:
                by_day.setdefault(one.birth_date.isoformat(), []).append(one)
        query = {"territory": self._territory, "details.birth_date": {"$in": sorted(by_day)}}
        wanted = {"name_key": 1, "details.first_name": 1, "details.birth_date": 1}
        found = set()
        async for row in self._context.store.collection("profiles").find(query, wanted):
            details = row["details"]
            if any(may_be_called(row["name_key"], details["first_name"], one) for one in by_day[details["birth_date"]]):
                found.add(row["_id"])
        return found

    async def _by_earlier_lists(self) -> set[str]:
        """Whose record says that they receive it by a list, whether or not that had a number for them."""
        said = {"territory": self._territory, "category": RSA, "source": Source.DEPARTMENT_LIST.value, "ended_on": None}
        found = self._context.store.collection("statuses").find(
            {**said, "replaced_by": None}, {"profile_id": 1, "brought": 1}
        )
        return {row["profile_id"] async for row in found if not row.get("brought")}

    def take(self, line: ListedLine) -> LineResult:
        """What becomes of a line."""
        if line.errors or line.listed is None:
            return LineResult(line.number, Outcome.REFUSED, line.errors)
        listed, id = line.listed, hashed(self._territory, line.listed.key)
        self._seen.add(id)
        decided = self._decided.get(id)
        if decided is not None and decided.objected:
            return LineResult(line.number, Outcome.PASSED_OVER)
        found = self._found(listed, decided)
        if found.profile_id is not None:
            if found.profile_id in self._meant:
                message = f"La ligne {self._meant[found.profile_id]} désigne la même personne de la plateforme."
                return LineResult(line.number, Outcome.REFUSED, [FieldError("line", "same-person", message)])
            self._meant[found.profile_id] = line.number
            outcome = Outcome.RECORDED if self._record(found.profile_id, listed) else Outcome.UNCHANGED
            return LineResult(line.number, outcome, profile_id=found.profile_id)
        self._doubted.update(found.candidates)
        self._wait(id, listed, found.candidates)
        outcome = Outcome.AMBIGUOUS if found.candidates else Outcome.WAITING
        return LineResult(line.number, outcome, person_id=id, candidates=found.candidates)

    def _found(self, listed: Listed, decided: RsaDecision | None) -> Found:
        if decided is not None:
            return Found(decided.profile_id if decided.profile_id in self._profiles else None)
        near = [*self._by_name.get(listed.name_key, ())]
        if listed.birth_date is not None:
            near += self._by_birth.get(listed.birth_date, ())
        if listed.reference is not None:
            near += self._by_reference.get(listed.reference, ())
        return match(listed, list(dict.fromkeys(near)))

    def _record(self, profile_id: str, listed: Listed) -> bool:
        book, profile = self._books[profile_id], self._profiles[profile_id]
        recorded = record_listed(self._context, book, profile, listed, self._as_of, self._actor, self._now)
        if recorded:
            self._action[profile_id] = Action.STATUS_RECORDED
        return recorded

    def _wait(self, id: str, listed: Listed, candidates: tuple[str, ...]) -> None:
        expires = civil.end_of(self._territory, self._as_of) + KEPT
        if expires <= self._now:
            return
        self._waiting[id] = RsaPerson.waiting(
            self._people.get(id), (id, self._territory), listed, self._as_of, candidates, expires, self._now
        )

    def leave(self) -> list[str]:
        """A complete list: whoever an earlier one had, and this has not, receives it no longer."""
        if not self._complete:
            return []
        gone = []
        for profile_id, book in sorted(self._books.items()):
            status = standing(book.all, self._today).get(RSA)
            if status is None or profile_id in self._meant or profile_id in self._doubted:
                continue
            listed = status.source is Source.DEPARTMENT_LIST or status.reference is not None
            later = status.as_of > self._as_of or (status.since is not None and status.since > self._as_of)
            if listed and not later and not status.brought:
                status.end(self._as_of, self._actor.user_id, None, self._today, self._now)
                book.put(status)
                self._action[profile_id] = Action.STATUS_ENDED
                gone.append(profile_id)
        return gone

    def work(self) -> Work:
        """All that is to be written."""
        work = Work(self._context.new_id)
        for profile_id, action in sorted(self._action.items()):
            profile, book = self._profiles[profile_id], self._books[profile_id]
            profile.take_statuses(book.all, self._now)
            book.write(work, profile)
            saving.put(self._context, work, profile, self._actor, action)
        for person in self._waiting.values():
            if person.version != person.loaded_version:
                self._context.rsa_people.save(work, person)
        for id in self._people:
            # Found, left, or asked not to be kept.
            if id not in self._waiting and (self._complete or id in self._seen):
                work.delete("rsa_people", {"_id": id})
        return work
