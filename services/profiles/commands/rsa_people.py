"""People of the département's list who are not on the platform: invited, recognised, or forgotten."""

from datetime import date, datetime

from services.profiles import access
from services.profiles.commands import saving
from services.profiles.commands.statuses import Book, book_of
from services.profiles.context import Context
from services.profiles.domain.details import ProfileDetails
from services.profiles.domain.errors import RsaListRefused, RsaPersonUnknown
from services.profiles.domain.journal import Action, Actor
from services.profiles.domain.profile import Profile
from services.profiles.domain.rsa_list import Listed, RsaDecision, RsaPerson
from services.profiles.domain.rules import checked
from services.profiles.domain.status import RSA, Age, Source, Status, StatusGiven, standing
from shared import civil
from shared.auth import Principal, Role
from shared.errors import refused_field
from shared.store import Work

BY_LIST = "Liste du département"


def record_listed(
    context: Context, book: Book, profile: Profile, listed: Listed, as_of: date, actor: Actor, now: datetime
) -> bool:
    """What the list says of somebody, with the book's next writing; False when it is known already.

    A paper that somebody saw stays what it is, and learns the reference. What ended after the list's day stays ended.
    """
    today = civil.today(profile.territory, now)
    status = standing(book.all, today).get(RSA)
    if status is None:
        if any(one.category == RSA and one.ended_on is not None and one.ended_on > as_of for one in book.all):
            return False
        book.put(_of_list(context, (profile.id, profile.territory), profile.age, listed, as_of, actor, now))
        return True
    referred = listed.reference in (None, status.reference)
    if status.source is Source.PAPER:
        if not referred:
            status.refer(listed.reference, now)
            book.put(status)
        return not referred
    same = referred and listed.since in (None, status.since)
    if status.source is Source.DEPARTMENT_LIST and same and not status.brought:
        return False
    made = _of_list(context, (profile.id, profile.territory), profile.age, listed, as_of, actor, now)
    status.correct(actor.user_id, made.id, BY_LIST, now)
    book.put(status)
    book.put(made)
    return True


def _of_list(
    context: Context, key: tuple[str, str], age: Age, listed: Listed, as_of: date, actor: Actor, now: datetime
) -> Status:
    given = StatusGiven(category=RSA, since=listed.since, as_of=as_of, source=Source.DEPARTMENT_LIST)
    return Status.enter(context.new_id(), key, given, age, actor, civil.today(key[1], now), now, listed.reference)


async def register(
    context: Context,
    principal: Principal,
    person_id: str,
    *,
    email: str | None,
    phone: str | None,
    consents_to_messages: bool,
) -> Profile:
    """A counsellor or manager makes the profile of somebody of the list, who leaves it with the same commit.

    Raises:
        RsaPersonUnknown: nobody of the caller's territories.
        ProfileRefused: a number that nobody is reached by, an age that is not taken.
    """

    async def once() -> Profile:
        person = await load(context, principal, person_id)
        now, where = context.clock.now(), person.territory
        role = Role.MANAGER if principal.is_staff_of(where, Role.MANAGER) else Role.COUNSELLOR
        actor = Actor(user_id=principal.subject, role=role)
        said = ProfileDetails(
            first_name=person.first_name,
            last_name=person.last_name,
            birth_date=person.birth_date,
            email=email,
            phone=phone,
            consents_to_messages=consents_to_messages,
        )
        details = checked(said, where, civil.today(where, now))
        id, age = context.new_id(), Age(details.birth_date)
        book = Book(context, (id, where), [])
        book.put(_of_list(context, (id, where), age, person.listed, person.as_of, actor, now))
        counsellors = (principal.subject,) if role is Role.COUNSELLOR else ()
        profile = Profile.register(
            id, where, details, None, owner_id=None, counsellor_ids=counsellors, now=now, statuses=book.all
        )
        work = Work(context.new_id)
        book.write(work)
        _leaves(work, person)
        await saving.commit(context, profile, actor, Action.CREATED, work=work)
        return profile

    return await context.store.retry_conflicts(once)


async def decide(context: Context, principal: Principal, person_id: str, profile_id: str | None) -> RsaDecision:
    """It is this profile, or none of those (they wait to be invited). Kept: the next list is read by it.

    Raises:
        RsaPersonUnknown, ProfileUnknown: none of the caller's business.
        RsaListRefused: a profile of another territory.
    """

    async def once() -> RsaDecision:
        person = await load(context, principal, person_id)
        now = context.clock.now()
        before = await context.rsa_decisions.find(person.id)
        decision = before or RsaDecision(
            id=person.id, territory=person.territory, created_at=now, updated_at=now, decided_by=principal.subject
        )
        decision.profile_id, decision.decided_by = profile_id, principal.subject
        decision.touch(now)
        work = Work(context.new_id)
        context.rsa_decisions.save(work, decision)
        if profile_id is None:
            person.candidates = ()
            person.touch(now)
            context.rsa_people.save(work, person)
            await context.store.commit(work)
            return decision
        profile, actor = await access.load(context.store, principal, profile_id)
        if profile.territory != person.territory or actor.role == Role.SEEKER:
            message = "Ce profil est d'un autre département que la liste."
            raise refused_field(RsaListRefused, "profile_id", "territory", message)
        book = await book_of(context, profile, now)
        record_listed(context, book, profile, person.listed, person.as_of, actor, now)
        profile.take_statuses(book.all, now)
        book.write(work, profile)
        _leaves(work, person)
        await saving.commit(context, profile, actor, Action.STATUS_RECORDED, work=work)
        return decision

    return await context.store.retry_conflicts(once)


async def forget(context: Context, principal: Principal, person_id: str) -> None:
    """They asked not to be kept: erased now, and passed over in later lists. What stays is a hash.

    Raises:
        RsaPersonUnknown: nobody of the caller's territories.
    """

    async def once() -> None:
        person = await load(context, principal, person_id)
        await _not_kept(context, person.id, person.territory, principal.subject, person)

    await context.store.retry_conflicts(once)


async def forget_again(context: Context, person_id: str, territory: str, by: str) -> bool:
    """After a restore: whether the copy had brought them back, or the word of who asked not to be kept was lost with it."""

    async def once() -> bool:
        person = await context.rsa_people.find(person_id)
        known = await context.rsa_decisions.find(person_id)
        if person is None and known is not None and known.objected:
            return False
        await _not_kept(context, person_id, territory, by, person)
        return True

    return await context.store.retry_conflicts(once)


async def _not_kept(context: Context, id: str, territory: str, by: str, person: RsaPerson | None) -> None:
    """Raises VersionConflict: somebody decided otherwise meanwhile."""
    now = context.clock.now()
    before = await context.rsa_decisions.find(id)
    decision = before or RsaDecision(id=id, territory=territory, created_at=now, updated_at=now, decided_by=by)
    decision.objected, decision.profile_id = True, None
    decision.touch(now)
    work = Work(context.new_id)
    context.rsa_decisions.save(work, decision)
    if person is not None:
        _leaves(work, person)
    await context.store.commit(work)


async def load(context: Context, principal: Principal, person_id: str) -> RsaPerson:
    """Somebody of the list, for counsellors and managers of the territory.

    Raises:
        RsaPersonUnknown: one answer for all others.
    """
    found = await context.rsa_people.find(person_id)
    staff = found is not None and principal.is_staff_of(found.territory, Role.COUNSELLOR, Role.MANAGER)
    if found is None or not staff or found.expires_at <= context.clock.now():
        raise RsaPersonUnknown("Personne de la liste que vous puissiez voir.", id=person_id)
    return found


def _leaves(work: Work, person: RsaPerson) -> None:
    work.touch("rsa_people", person.id, person.loaded_version)
    work.delete("rsa_people", {"_id": person.id})


async def purge(context: Context) -> int:
    """Whose time is over. Returns how many."""
    gone = await context.store.collection("rsa_people").delete_many({"expires_at": {"$lte": context.clock.now()}})
    return int(gone.deleted_count)
