"""Commands on the pool of CVs: enter and leave it; search it; ask somebody; answer; know who said yes."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import uuid4

from services.profiles import access
from services.profiles.commands import pool_traces
from services.profiles.commands.cv_files import note
from services.profiles.commands.disclosures import Shown, check_in_sight, relay_of, shown
from services.profiles.context import Context
from services.profiles.domain.certificates import valid_caces, valid_kinds
from services.profiles.domain.consent import ContactPoint, Heard
from services.profiles.domain.disclosure import check
from services.profiles.domain.errors import PoolLimit, PoolRefused, PoolUnknown
from services.profiles.domain.journal import Action
from services.profiles.domain.pool import (
    TEXT_VERSION,
    ContactState,
    Known,
    PoolCard,
    PoolConsent,
    PoolContact,
    PoolPerson,
    Share,
)
from services.profiles.domain.profile import Profile
from services.profiles.queries import pool
from services.profiles.store import POOL_CONTACTS
from shared import civil
from shared.allowance import ALLOWANCES, Allowance, allowance_of
from shared.auth import Principal, Role
from shared.contracts.events.offers import NoticeState
from shared.contracts.topics import STAFF_NOTICES
from shared.contracts.vocabulary import Notice
from shared.employers import accounts_of, acts_for_company
from shared.errors import AlreadyExists, VersionConflict, refused_field
from shared.geo import STEPS_KM, distance_km, step_of
from shared.http import Cursor
from shared.ids import derived_id
from shared.reference.communes import Commune
from shared.store import Work

MOST_ANSWERS_A_DAY = 5
"""Yes after a no to one question: the employer is told of each."""


async def enter(
    context: Context, principal: Principal, profile_id: str, text_version: str, heard: Heard | None
) -> Profile:
    """The person agrees to be found without name, or who acts for them says that they did. Twice is once.

    Raises:
        ProfileUnknown: none of the caller's business.
        PoolRefused: the text has changed; it is not said how the agreement was heard.
        ProfileWithheld: their age asks for something first.
    """

    async def once() -> Profile:
        profile, actor = await access.load(context.store, principal, profile_id)
        role = Role(actor.role)
        check(profile, None, (), text_version, role, heard, current=TEXT_VERSION, kind=PoolRefused)
        check_in_sight(profile)
        if profile.pool is not None:
            return profile
        now = context.clock.now()
        own = role is Role.SEEKER
        consent = PoolConsent(
            # Of no time: it would tell when somebody came, and a list by it who came together.
            pseudonym=str(uuid4()),
            text_version=text_version,
            given_at=now,
            acted_by=actor.user_id,
            on_behalf_of=None if own else profile.id,
            heard=None if own else heard,
        )
        profile.enter_pool(consent, now)
        work = Work(context.new_id)
        work.save("profiles", profile)
        note(context, work, profile, actor, Action.POOL_ENTERED)
        await context.store.commit(work)
        return profile

    return await context.store.retry_conflicts(once)


async def leave(context: Context, principal: Principal, profile_id: str) -> None:
    """Out at once: nobody finds the person, and who was told their name reads it no more. What was read stays traced.

    Raises:
        ProfileUnknown: none of the caller's business.
    """

    async def once() -> None:
        profile, actor = await access.load(context.store, principal, profile_id)
        if profile.pool is None:
            return
        profile.leave_pool(context.clock.now())
        work = Work(context.new_id)
        work.save("profiles", profile)
        work.delete(POOL_CONTACTS, {"profile_id": profile.id})
        note(context, work, profile, actor, Action.POOL_LEFT)
        await context.store.commit(work)

    await context.store.retry_conflicts(once)


async def search(
    context: Context,
    principal: Principal,
    company_id: str,
    cursor: Cursor,
    *,
    occupations: Sequence[str],
    skills: Sequence[str],
    commune_code: str | None,
    within_km: int | None,
    available_by: date | None,
) -> tuple[list[PoolPerson], Commune | None]:
    """People for a post, counted and traced before they are shown; one more than the page holds.

    Who leaves the pool after the last look at it (the answer is only put into words then) was shown before they left.

    Raises:
        PoolUnknown: the caller acts for no such employer, or no manager has looked at it.
        PoolRefused: see the fields.
        PoolLimit: more than a day's share.
    """
    await _must_act_for(context, principal, company_id)
    centre = None if commune_code is None else context.communes.get(commune_code)
    if commune_code is not None and centre is None:
        message = "Aucune commune n'a ce code."
        raise refused_field(PoolRefused, "query.commune", "unknown-commune", message)
    if within_km is not None and within_km not in STEPS_KM:
        message = f"Choisissez une de ces distances : {', '.join(map(str, STEPS_KM))} km."
        raise refused_field(PoolRefused, "query.within_km", "distance", message)
    if within_km is not None and centre is None:
        message = "Une distance se compte depuis une commune : dites laquelle."
        raise refused_field(PoolRefused, "query.within_km", "distance", message)
    if own := [skill for skill in skills if skill not in context.occupations.skill_labels]:
        # What people wrote in their own words is not shown, and not found out by asking for it either.
        message = "On cherche parmi les compétences du référentiel."
        raise refused_field(PoolRefused, f"query.skill.{skills.index(own[0])}", "unknown-skill", message)
    now = context.clock.now()
    day = civil.today(None, now)
    # Who is free says no more than that: since when is not found out by asking for ever earlier days.
    free_by = None if available_by is None else max(available_by, day)
    for of, whom, share in _shares(context, principal, company_id):
        # What an account is refused is not counted against its colleagues.
        if await pool_traces.count_search(context.store, of, whom, day, now) > share.searches:
            raise PoolLimit("Assez de recherches pour aujourd'hui : reprenez demain.", limit=share.searches)
    near = None if centre is None or within_km is None else communes_within(context.communes, centre, within_km)

    async def once() -> list[PoolPerson]:
        found = await pool.search(
            context.store, cursor, occupations=occupations, skills=skills, communes=near, available_by=free_by
        )
        page = found[: cursor.limit]
        before = await pool.read_before(context.store, page, company_id, principal.subject, day)
        work = Work(context.new_id)
        news = [len({one.id for one in page} - known) for known in (before.account, before.company)]
        sentence = "{count} personnes montrées depuis hier : demandez une page plus courte, ou reprenez demain."
        for (of, whom, share), times in zip(_shares(context, principal, company_id), news, strict=True):
            allowance = await allowance_of(context.store, f"pool-people-{of}", whom, "", now)
            allowance.take(share.people, PoolLimit, sentence, now, times)
            if times:
                work.save(ALLOWANCES.name, allowance)
        pool_traces.trace(work, page, company_id, principal.subject, day, now, before.both)
        await _commit(context, work, company_id)
        return found

    return await context.store.retry_conflicts(once), centre


def card_of(context: Context, person: PoolPerson, centre: Commune | None) -> PoolCard:
    """What is shown: only what the referential knows, since own words may name anybody."""
    labels = context.occupations.skill_labels
    known = ((months, context.occupations.get(code)) for code, months in person.wishes)
    place = None if person.commune_code is None else context.communes.get(person.commune_code)
    begins = person.available_from
    today = civil.today(None, context.clock.now())
    return PoolCard(
        pseudonym=person.pseudonym,
        occupations=[Known(one.code, one.label, months) for months, one in known if one is not None],
        skills=[labels[code] for code in person.skills if code in labels],
        qualification_level=person.qualification_level,
        licences=person.licences,
        vehicle=person.vehicle,
        cards=valid_kinds(person.cards, person.certificates, today),
        caces=valid_caces(person.certificates, today),
        available_from=begins if begins and begins > today else None,
        weekly_hours=person.weekly_hours,
        within_km=None
        if centre is None or place is None
        else step_of(distance_km(centre.lat, centre.lon, place.lat, place.lon)),
    )


async def ask(context: Context, principal: Principal, company_id: str, pseudonym: str, message: str) -> PoolContact:
    """An employer asks to know who it is. Once for each employer and person; asking again is the same question.

    Raises:
        PoolUnknown: nobody of the pool, or none of the caller's employers.
        PoolLimit: more questions than a day's share.
    """
    await _must_act_for(context, principal, company_id)

    async def once() -> PoolContact:
        profile = await pool.in_pool(context.store, pseudonym)
        if profile is None:
            raise _unknown()
        id = derived_id("pool-contact", company_id, pseudonym)
        before = await context.store.find_one(PoolContact, POOL_CONTACTS, {"_id": id})
        if before is not None:
            return before
        now = context.clock.now()
        taken: list[Allowance] = []
        for of, whom, share in _shares(context, principal, company_id):
            allowance = await allowance_of(context.store, f"pool-questions-{of}", whom, profile.territory, now)
            allowance.take(share.questions, PoolLimit, "{count} demandes depuis hier : reprenez demain.", now)
            taken.append(allowance)
        contact = PoolContact(
            id=id,
            territory=profile.territory,
            version=1,
            created_at=now,
            updated_at=now,
            profile_id=profile.id,
            pseudonym=pseudonym,
            company_id=company_id,
            asked_by=principal.subject,
            message=message,
        )
        work = Work(context.new_id)
        work.save(POOL_CONTACTS, contact)
        for allowance in taken:
            work.save(ALLOWANCES.name, allowance)
        _tell(context, work, contact, (profile.id,), {"side": "person"})
        # Who leaves meanwhile was not asked.
        work.touch("profiles", profile.id, profile.loaded_version)
        await _commit(context, work, id)
        return contact

    return await context.store.retry_conflicts(once)


async def answer(
    context: Context,
    principal: Principal,
    profile_id: str,
    contact_id: str,
    *,
    accept: bool,
    contacts: tuple[ContactPoint, ...],
    heard: Heard | None,
) -> PoolContact:
    """The person says yes or no to one employer; a later word takes the place of an earlier one.

    Raises:
        ProfileUnknown, PoolUnknown: none of the caller's business; no such question.
        PoolRefused: a contact point that there is not; it is not said how the answer was heard.
        PoolLimit: said yes and no again and again.
    """

    async def once() -> PoolContact:
        profile, actor = await access.load(context.store, principal, profile_id)
        mine = {"_id": contact_id, "profile_id": profile.id}
        contact = await context.store.find_one(PoolContact, POOL_CONTACTS, mine)
        if contact is None or profile.pool is None or contact.pseudonym != profile.pool.pseudonym:
            raise _unknown()
        if accept:
            check_in_sight(profile)
        role = Role(actor.role)
        shown_points = contacts if accept else ()
        relay = await relay_of(context, profile)
        check(profile, relay, shown_points, TEXT_VERSION, role, heard, current=TEXT_VERSION, kind=PoolRefused)
        said, before = None if role is Role.SEEKER else heard, contact.state
        contact.answer(
            accept=accept, contacts=contacts, by=actor.user_id, role=role, heard=said, now=context.clock.now()
        )
        work = Work(context.new_id)
        work.save(POOL_CONTACTS, contact)
        work.touch("profiles", profile.id, profile.loaded_version)
        if contact.state is not before:
            if accept:
                # Each change is told to the employer; a no is always free, and needs a yes to come again.
                allowance = await allowance_of(
                    context.store, "pool-answers", contact.id, profile.territory, contact.updated_at
                )
                sentence = "Vous avez déjà accepté {count} fois depuis hier : reprenez demain."
                allowance.take(MOST_ANSWERS_A_DAY, PoolLimit, sentence, contact.updated_at)
                work.save(ALLOWANCES.name, allowance)
            told = {"side": "employer", "accepted": "yes" if accept else "no"}
            acting = await accounts_of(context.store, contact.company_id)
            # Who asked may have left the employer since: then it is for those who are there.
            whom = (contact.asked_by,) if contact.asked_by in acting else acting
            _tell(context, work, contact, whom, told)
        await _commit(context, work, contact.id)
        return contact

    return await context.store.retry_conflicts(once)


async def questions(
    context: Context, principal: Principal, company_id: str, state: ContactState | None, cursor: Cursor
) -> list[PoolContact]:
    """What an employer asked, by whichever of its users, the newest first; one more than the page holds. Nobody is read by it:
    who it is, after a yes, is told by ``read_contact`` alone, which is traced.

    Raises:
        PoolUnknown: the caller acts for no such employer, or no manager has looked at it.
    """
    await _must_act_for(context, principal, company_id)
    return await pool.questions_of(context.store, company_id, state, cursor)


async def read_contact(context: Context, principal: Principal, contact_id: str) -> tuple[PoolContact, Shown | None]:
    """What became of a question: who it is only after their yes, and while they are in the pool. The reading is traced.

    Raises:
        PoolUnknown: no question of an employer that the caller acts for, or the person has left.
    """

    async def once() -> tuple[PoolContact, Shown | None]:
        contact = await context.store.find_one(PoolContact, POOL_CONTACTS, {"_id": contact_id})
        if contact is None:
            raise _unknown()
        await _must_act_for(context, principal, contact.company_id)
        profile = await pool.in_pool(context.store, contact.pseudonym)
        if profile is None:
            raise _unknown()
        if contact.state is not ContactState.ACCEPTED:
            return contact, None
        now = context.clock.now()
        work = Work(context.new_id)
        pool_traces.trace(work, [profile], contact.company_id, principal.subject, civil.today(None, now), now)
        await _commit(context, work, contact_id)
        return contact, await shown(context, profile, contact.contacts)

    return await context.store.retry_conflicts(once)


def _shares(context: Context, principal: Principal, company_id: str) -> tuple[tuple[str, str, Share], ...]:
    """Whose days are counted, the account's before its employer's."""
    settings = context.settings
    return ("account", principal.subject, settings.pool_account), ("company", company_id, settings.pool_company)


async def _commit(context: Context, work: Work, id: str) -> None:
    try:
        await context.store.commit(work)
    except AlreadyExists:
        # The same by somebody else of the employer, or the first two of a day.
        raise VersionConflict("Cela vient d'être demandé : réessayez.", id=id) from None


def _tell(context: Context, work: Work, contact: PoolContact, whom: tuple[str, ...], params: dict[str, str]) -> None:
    """To be told with the change, if to anybody. It names nobody and no employer: who is told reads the rest here."""
    if not whom:
        return
    notice = NoticeState(
        notice_id=context.new_id(),
        territory=contact.territory,
        recipients=whom,
        template=Notice.POOL_CONTACT,
        params={"contact_id": contact.id, **params},
        about=contact.profile_id,
    )
    now = context.clock.now()
    work.publish(STAFF_NOTICES, "notice-requested.v1", key=notice.notice_id, data=notice, sequence=1, time=now)


async def _must_act_for(context: Context, principal: Principal, company_id: str) -> None:
    if not principal.has(Role.EMPLOYER) or not await acts_for_company(context.store, principal.subject, company_id):
        raise _unknown()


def communes_within(communes: Iterable[Commune], centre: Commune, within_km: int) -> list[str]:
    """Codes of the communes that are so near."""
    return [
        one.code
        for one in communes
        if abs(one.lat - centre.lat) < 1 and distance_km(centre.lat, centre.lon, one.lat, one.lon) <= within_km
    ]


def _unknown() -> PoolUnknown:
    return PoolUnknown("Rien dans le vivier que vous puissiez voir.")
