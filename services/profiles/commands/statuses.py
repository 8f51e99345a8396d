"""Commands on statuses. Each changes the profile with the same commit: what they open is derived there, and told."""

from collections.abc import Sequence
from datetime import date, datetime

from pymongo import ASCENDING

from services.profiles import access
from services.profiles.commands.saving import commit
from services.profiles.context import Context
from services.profiles.domain.errors import ProfileRefused, StaffOnly, StatusStands, StatusUnknown
from services.profiles.domain.journal import Action, Actor
from services.profiles.domain.profile import Profile
from services.profiles.domain.status import (
    JOB_SEEKER,
    SHORT,
    Age,
    Said,
    ShortStatuses,
    Source,
    Status,
    StatusCorrection,
    StatusEnd,
    StatusGiven,
    by_word,
    diagnosed,
    field_of,
    flags_of,
    label_of,
    moved,
    named,
    short_form,
    standing,
)
from shared import civil
from shared.auth import Principal, Role
from shared.contracts.vocabulary import ReservedPublic
from shared.errors import FieldError, Forbidden, refused_field
from shared.http import forget_answers
from shared.reference.publics import Diagnosis
from shared.store import Find, Work

_DIAGNOSES = frozenset(Diagnosis)


class Book:
    """The statuses of one person within one command: what stands, and what is to be written of it."""

    def __init__(self, context: Context, profile: tuple[str, str], stored: Sequence[Status]) -> None:
        """``profile``: its id and territory."""
        self._context, self._profile = context, profile
        self.all = list(stored)
        self._written: dict[str, Status] = {}

    @property
    def changed(self) -> bool:
        """Whether there is anything to write."""
        return bool(self._written)

    def put(self, status: Status) -> None:
        """A new record, or one that has changed."""
        if all(one is not status for one in self.all):
            self.all.append(status)
        self._written[status.id] = status

    def drop(self, ids: set[str]) -> None:
        """As if they had never been."""
        self.all = [one for one in self.all if one.id not in ids]
        for id in ids:
            self._written.pop(id, None)

    def find(self, status_id: str) -> Status:
        """Raises StatusUnknown: no such one of this person, or one that was corrected."""
        found = next((one for one in self.all if one.id == status_id and one.replaced_by is None), None)
        if found is None:
            raise StatusUnknown("Ce statut n'existe pas, ou vous ne pouvez pas le voir.", id=status_id)
        return found

    def refuse_second(self, category: str, day: date, besides: Status | None = None) -> None:
        """Raises StatusStands where another record of the category stands."""
        other = standing([one for one in self.all if one is not besides], day).get(category)
        if other is not None:
            message = f"«{label_of(category)}» est déjà enregistré : corrigez ce statut, ou mettez-y fin."
            raise StatusStands(message, status_id=other.id)

    def short(self, now: datetime) -> ShortStatuses:
        """What stands today, in the short form."""
        return short_form(self.all, civil.today(self._profile[1], now))

    def say(self, said: Said, actor: Actor, age: Age, now: datetime) -> bool:
        """Take over the short form; False when nothing is different.

        Raises:
            ProfileRefused: a registration in the future; a public that a recorded status opens, and that would be taken away.
            StaffOnly: the person themselves would change what staff recorded.
        """
        today, before = civil.today(self._profile[1], now), len(self._written)
        if said.statuses is not None:
            day = said.statuses.registered_on
            if day is not None and day > today:
                message = "La date d'inscription est dans le futur."
                raise refused_field(ProfileRefused, "statuses.registered_on", "in-the-future", message)
            self._make({*SHORT.values(), JOB_SEEKER}, named(said.statuses), actor, today, now)
        if said.publics is not None:
            wanted = self._diagnoses(said.publics, age, today)
            self._make({one.value for one in Diagnosis}, wanted, actor, today, now)
        return len(self._written) > before

    def _diagnoses(self, publics: Sequence[ReservedPublic], age: Age, today: date) -> dict[str, date | None]:
        opened, _ = flags_of([one for one in self.all if one.category not in _DIAGNOSES], age, today)
        if set(opened) - set(publics):
            message = "Ce public découle d'un statut enregistré : corrigez ce statut, ou mettez-y fin."
            raise refused_field(ProfileRefused, "reserved_eligible", "from-status", message)
        known = standing(self.all, today)
        return {
            code: since
            for code, since in diagnosed(publics).items()
            if code in known or Diagnosis(code).opens not in opened
        }

    def _make(self, codes: set[str], wanted: dict[str, date | None], actor: Actor, today: date, now: datetime) -> None:
        known = standing(self.all, today)
        own = actor.role == Role.SEEKER
        source = Source.PERSON if own else Source.STAFF
        for code in sorted(codes):
            stands = known.get(code)
            same = code in wanted if stands else code not in wanted
            if same and not (code == JOB_SEEKER and stands is not None and stands.since != wanted[code]):
                continue
            if own and stands is not None and stands.source is not Source.PERSON:
                message = "Un conseiller a enregistré ce statut : lui seul le corrige ou y met fin."
                raise StaffOnly(message, errors=[FieldError(field_of(code), "staff-only", message)])
            made = None
            if code in wanted:
                new_id = self._context.new_id()
                made = by_word(new_id, self._profile, code, wanted[code], source, actor, today, now)
                self.put(made)
            if stands is not None:
                if made is None:
                    stands.end(today, actor.user_id, None, today, now)
                else:
                    stands.correct(actor.user_id, made.id, None, now)
                self.put(stands)

    def write(self, work: Work, profile: Profile | None = None) -> None:
        """With the commit that saves the profile; what it said itself is moved."""
        if profile is not None:
            profile.earlier = None
        for status in self._written.values():
            self._context.statuses.save(work, status)


async def book_of(context: Context, profile: Profile, now: datetime) -> Book:
    """All records of somebody, with what their profile still says itself."""
    return made_book(context, profile, await context.statuses.many({"profile_id": profile.id}), now)


async def load_with_book(context: Context, principal: Principal, profile_id: str) -> tuple[Profile, Book]:
    """The profile and all its records, asked together. Raises ProfileUnknown as ``access.load``."""
    profiles, statuses = context.profiles, context.statuses
    found, stored = await context.store.find_all(
        profiles.by_id(profile_id), Find(statuses.collection, {"profile_id": profile_id}, sort=[("_id", ASCENDING)])
    )
    profile, _ = access.side_of(principal, profiles.made(found), profile_id)
    return profile, made_book(context, profile, statuses.all_made(stored), context.clock.now())


def made_book(context: Context, profile: Profile, stored: Sequence[Status], now: datetime) -> Book:
    """As ``book_of``, of records that were read already."""
    book = Book(context, (profile.id, profile.territory), stored)
    if profile.earlier is not None:
        ids = [context.new_id() for _ in range(len(SHORT) + len(Diagnosis) + 1)]
        today = civil.today(profile.territory, now)
        for one in moved(profile.earlier, stored, (profile.id, profile.territory), ids, profile.created_at, today):
            book.put(one)
    return book


async def record(context: Context, principal: Principal, profile_id: str, given: StatusGiven) -> Status:
    """A counsellor or manager saw, or heard, that it is so.

    Raises:
        ProfileUnknown, Forbidden: none of the caller's business; the person themselves does not record it.
        StatusRefused, StatusStands: see the fields; one of the category stands already.
    """

    async def once() -> Status:
        profile, actor, book, today, now = await _begin(context, principal, profile_id)
        key = (profile.id, profile.territory)
        made = Status.enter(context.new_id(), key, given, profile.age, actor, today, now)
        book.refuse_second(made.category, today)
        book.put(made)
        await _save(context, profile, actor, book, Action.STATUS_RECORDED, now)
        return made

    return await context.store.retry_conflicts(once)


async def correct(
    context: Context, principal: Principal, profile_id: str, status_id: str, given: StatusCorrection
) -> Status:
    """Another record takes the place of a wrong one, which is kept with the reason.

    Raises:
        ProfileUnknown, Forbidden, StatusUnknown, StatusRefused, StatusStands: as ``record``; no such record.
    """

    async def once() -> Status:
        profile, actor, book, today, now = await _begin(context, principal, profile_id)
        wrong = book.find(status_id)
        said = StatusGiven(**{name: getattr(given, name) for name in StatusGiven.model_fields})
        key = (profile.id, profile.territory)
        made = Status.enter(context.new_id(), key, said, profile.age, actor, today, now, wrong.reference)
        book.refuse_second(made.category, today, wrong)
        wrong.correct(actor.user_id, made.id, given.reason, now)
        book.put(wrong)
        book.put(made)
        await _save(context, profile, actor, book, Action.STATUS_CORRECTED, now)
        return made

    return await context.store.retry_conflicts(once)


async def end(context: Context, principal: Principal, profile_id: str, status_id: str, given: StatusEnd) -> Status:
    """It is no longer so from a day on. Said again, the later word counts.

    Raises:
        ProfileUnknown, Forbidden, StatusUnknown, StatusRefused: as ``record``; no such record.
    """

    async def once() -> Status:
        profile, actor, book, today, now = await _begin(context, principal, profile_id)
        found = book.find(status_id)
        found.end(given.on, actor.user_id, given.reason, today, now)
        book.put(found)
        await _save(context, profile, actor, book, Action.STATUS_ENDED, now)
        return found

    return await context.store.retry_conflicts(once)


async def remove(context: Context, principal: Principal, profile_id: str, status_id: str) -> None:
    """It was never so (another person's paper): nothing of it is kept but that something was removed.

    Raises:
        ProfileUnknown, Forbidden, StatusUnknown: as ``record``; no such record.
    """

    async def once() -> set[str]:
        profile, actor, book, _, now = await _begin(context, principal, profile_id)
        found = book.find(status_id)
        gone = {found.id}
        while before := {one.id for one in book.all if one.replaced_by in gone} - gone:
            gone |= before
        book.drop(gone)
        await _save(context, profile, actor, book, Action.STATUS_REMOVED, now, gone)
        return gone

    # Nor what was answered when it was recorded, kept for a repeated request.
    await forget_answers(context.store, *sorted(await context.store.retry_conflicts(once)))


async def _begin(
    context: Context, principal: Principal, profile_id: str
) -> tuple[Profile, Actor, Book, date, datetime]:
    profile, actor = await access.load(context.store, principal, profile_id)
    if actor.role == Role.SEEKER:
        raise Forbidden(
            "Seuls les conseillers et les gestionnaires enregistrent les statuts.", needs=["counsellor", "manager"]
        )
    now = context.clock.now()
    return profile, actor, await book_of(context, profile, now), civil.today(profile.territory, now), now


async def _save(
    context: Context,
    profile: Profile,
    actor: Actor,
    book: Book,
    action: Action,
    now: datetime,
    gone: set[str] | frozenset[str] = frozenset(),
) -> None:
    profile.take_statuses(book.all, now)
    work = Work(context.new_id)
    book.write(work, profile)
    for id in sorted(gone):
        work.delete("statuses", {"_id": id})
    await commit(context, profile, actor, action, work=work)
