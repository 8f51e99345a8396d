"""Commands on interviews: proposed, moved, called off, answered to, reminded of; and who is told with what for a calendar."""

from services.offers.commands.members import commit
from services.offers.context import Context
from services.offers.domain.actors import SYSTEM, Actor, Party, Side
from services.offers.domain.application import Application
from services.offers.domain.company import CompanyStatus
from services.offers.domain.errors import CompanySuspended, TooManyMessages, UnusablePlace
from services.offers.domain.interview import (
    Interview,
    InterviewDetails,
    InterviewStatus,
    News,
    Way,
    checked,
    required_place,
)
from shared import civil
from shared.allowance import allowance_of
from shared.contracts.events.offers import Appointment
from shared.contracts.vocabulary import ApplicationStatus, Notice
from shared.errors import NotFound, refused_field
from shared.items import each
from shared.store import Work


async def acted_on(context: Context, application_id: str, by: Actor) -> Application:
    """An application as it is now, for somebody who was let act on it a moment ago.

    Raises:
        NotFound: there is none, or its person was erased since: nobody says anything more on their side.
    """
    application = await context.applications.load(application_id)
    if application.person is None and by.side is Side.PERSON:
        raise NotFound("Cette candidature n'existe pas.", id=application_id)
    return application


async def propose(
    context: Context,
    application_id: str,
    details: InterviewDetails,
    by: Actor,
    *,
    commune_code: str | None = None,
    prefix: str = "",
    open_day: bool = False,
) -> Application:
    """A day and an hour, or others for an interview that is still to come. Everybody concerned is told.

    ``open_day``: the day and the hour may be missing, where no interview stands that would lose its own.

    Raises:
        InterviewRefused, UnusablePlace: see the fields.
        TransitionRefused, WrongParty: see ``Application.advance``.
        TooManyChanges: people were told so often that nobody follows.
        CompanySuspended: nobody is sent there.
    """

    async def once() -> Application:
        application = await acted_on(context, application_id, by)
        now = context.clock.now()
        company = await context.companies.find(application.company_id)
        if company is not None and by.party is Party.EMPLOYER:
            company.check_acts(by.id)
        if company is not None and company.status is CompanyStatus.SUSPENDED:
            # Where people would be sent, and what they would be told in its name, is why it was suspended; a manager who
            # wants an interview there approves it again.
            raise CompanySuspended(
                "Cette entreprise est suspendue : aucun entretien n'y est fixé.", company_id=company.id
            )
        offer = await context.offers.find(application.offer_id)
        where = commune_code or (offer.locality if offer is not None else application.territory)
        if commune_code is not None and context.communes.get(commune_code) is None:
            raise refused_field(
                UnusablePlace,
                f"{prefix}commune_code",
                "commune_unknown",
                "Ce code de commune n'existe pas.",
            )
        coming = application.interview_to_come(now)
        timeless = open_day and coming is None
        said = checked(details, application.territory, now, prefix, timeless=timeless)
        if said.way is Way.ON_SITE and not said.place:
            commune = context.communes.get(commune_code) if commune_code else None
            place = commune.name if commune else offer.content.place.name if offer is not None else ""
            said = said.model_copy(update={"place": place})
            if said.at is not None:
                required_place(said, prefix)
        zone = civil.zone_of(where).key
        work = Work(context.new_id)
        if company is not None:
            # One that is suspended meanwhile calls off what stands: this would come after it.
            work.touch("companies", company.id, company.loaded_version)
        if coming is not None:
            if not application.move_interview(said, zone, by, now):
                return application
        else:
            made = Interview(id=context.new_id(), zone=zone, **said.model_dump())
            application.propose_interview(made, by, now, context.rules)
        await take_message(context, work, application, by)
        await save(context, application, work)
        return application

    return await context.store.retry_conflicts(once)


async def cancel(context: Context, application_id: str, by: Actor) -> Application:
    """The employer calls it off; the application goes on.

    Raises:
        NoInterview, WrongParty: see ``Application.cancel_interview``.
    """

    async def once() -> Application:
        application = await acted_on(context, application_id, by)
        await check_recruits(context, application.company_id, by, ends=True)
        application.cancel_interview(by, context.clock.now())
        await save(context, application)
        return application

    return await context.store.retry_conflicts(once)


async def check_recruits(context: Context, company_id: str, by: Actor, *, ends: bool = False) -> None:
    """Whether the caller's side may act, asked again with each attempt: a suspended employer's users may only end what they
    began (``ends``), and who was removed meanwhile does nothing any more.

    Raises:
        NotFound: they act for it no longer.
        CompanySuspended: nothing more is done in its name, but by managers.
    """
    if by.party is not Party.EMPLOYER:
        return
    company = await context.companies.load(company_id)
    company.check_acts(by.id)
    if company.status is CompanyStatus.SUSPENDED and not ends:
        sentence = "Cette entreprise est suspendue : elle peut refuser une candidature ou annuler un entretien."
        raise CompanySuspended(sentence, company_id=company.id)


async def call_off(context: Context, company_id: str) -> int:
    """Call off what is to come at an employer that was suspended, so that nobody travels for nothing; returns how many.

    An approval does not bring them back: the hour may be taken, so the employer proposes anew.
    """

    async def one(application_id: str) -> bool:
        async def once() -> bool:
            application = await context.applications.load(application_id)
            company = await context.companies.load(company_id)
            if company.status is not CompanyStatus.SUSPENDED:
                return False
            if not application.call_off(SYSTEM, context.clock.now()):
                return False
            await save(context, application)
            return True

        return await context.store.retry_conflicts(once)

    standing = {"at": {"$gt": context.clock.now()}, "status": {"$ne": InterviewStatus.CANCELLED.value}}
    ids = await context.applications.ids({"company_id": company_id, "interviews": {"$elemMatch": standing}})
    return await each("interviews-of-suspended", ids, one)


async def answer(
    context: Context, application_id: str, by: Actor, *, sequence: int, confirmed: bool, wish: str
) -> Application:
    """The person comes, or asks for another time; the employer is told.

    Raises:
        NoInterview, InterviewMoved, WrongParty: see ``Application.answer_interview``.
    """

    async def once() -> Application:
        application = await acted_on(context, application_id, by)
        application.answer_interview(sequence, confirmed, wish, by, context.clock.now())
        if application.news:
            work = Work(context.new_id)
            await take_message(context, work, application, by)
            await save(context, application, work)
        return application

    return await context.store.retry_conflicts(once)


async def remind(context: Context) -> int:
    """Remind of what is to come tomorrow, once; returns how many were reminded."""
    now = context.clock.now()

    async def one(application_id: str) -> bool:
        async def once() -> bool:
            application = await context.applications.load(application_id)
            if not application.remind_of_interview(now):
                return False
            told = bool(application.news)
            await save(context, application)
            return told

        return await context.store.retry_conflicts(once)

    return await each(
        "interview-reminders", await context.applications.ids({"remind_at": {"$type": "date", "$lte": now}}), one
    )


async def save(context: Context, application: Application, work: Work | None = None) -> None:
    """The application, and what there is to tell of its interviews."""
    work = work or Work(context.new_id)
    await tell(context, work, application)
    context.applications.save(work, application)
    await commit(context, work)


async def take_message(context: Context, work: Work, application: Application, by: Actor) -> None:
    """Count what somebody does that the other side is told of at once. Calling off and ending are always free: each
    needs something that was counted.

    Raises:
        TooManyMessages: this side told enough of this application for a day.
    """
    now, whose = context.clock.now(), f"{application.id}:{by.side}"
    allowance = await allowance_of(context.store, "messages", whose, application.territory, now)
    sentence = "{count} messages sont partis pour cette candidature depuis hier : reprenez demain."
    allowance.take(context.rules.messages_per_application_a_day, TooManyMessages, sentence, now)
    context.allowances.save(work, allowance)


async def tell(context: Context, work: Work, application: Application) -> None:
    """Ask for the messages about interviews with the commit of ``work``: to the person and who accompanies them, and to
    those who recruit wherever it was not their own act.
    """
    if not application.news:
        return
    company = await context.companies.find(application.company_id)
    recruiters = company.users if company is not None else ()
    name = company.card().name if company is not None else ""
    suspended = company is not None and company.status is CompanyStatus.SUSPENDED
    someone = await context.people.find(application.profile_id) or {}
    person = application.profile_id
    for news in application.news:
        # Whoever is hired needs no word that the interview falls away.
        if news.notice is Notice.INTERVIEW_CANCELLED and application.status is ApplicationStatus.HIRED:
            continue
        facts = _facts(application, news, name, suspended)
        if news.notice is not Notice.INTERVIEW_ANSWERED and someone and not someone.get("erased"):
            whom = [person, *someone.get("counsellor_ids", ())]
            told = facts | {"side": "person", "profile_id": person}
            context.notify(
                work,
                application.territory,
                whom,
                news.notice,
                told,
                about=application.person,
                appointment=appointment(application, news.interview, name),
            )
        if news.by is not Party.EMPLOYER and news.notice is not Notice.INTERVIEW_REMINDER:
            context.notify(
                work,
                application.territory,
                recruiters,
                news.notice,
                facts | {"side": "employer"},
                about=application.person,
                appointment=appointment(application, news.interview, name),
            )


def appointment(application: Application, interview: Interview, company: str) -> Appointment:
    """The interview for a calendar. It names the employer and the offer, never the person: calendars are shared."""
    if interview.at is None or interview.ends_at is None:
        raise ValueError("an interview without a time is no appointment")
    lines = [
        f"Demandez {interview.contact}." if interview.contact else "",
        f"Téléphone : {interview.phone}" if interview.phone else "",
        f"À apporter : {interview.to_bring}" if interview.to_bring else "",
    ]
    return Appointment(
        uid=f"{interview.id}@{application.id}.bassin",
        sequence=interview.sequence,
        starts_at=interview.at,
        ends_at=interview.ends_at,
        zone=interview.zone,
        summary=(f"Entretien : {application.offer_title}" + (f" ({company})" if company else ""))[:300],
        location=interview.video_url or interview.place or ("Par téléphone" if interview.way is Way.PHONE else ""),
        description="\n".join(line for line in lines if line),
        cancelled=interview.status is InterviewStatus.CANCELLED,
        tentative=interview.status in (InterviewStatus.PROPOSED, InterviewStatus.OTHER_TIME),
    )


_WHEN = ("offer_id", "offer_title", "date", "time")
_WHERE = ("company", "way", "place", "phone", "video_url", "contact", "to_bring")
_TELLS = {
    Notice.INTERVIEW_PROPOSED: (*_WHEN, *_WHERE),
    Notice.INTERVIEW_MOVED: (*_WHEN, *_WHERE),
    Notice.INTERVIEW_REMINDER: (*_WHEN, *_WHERE),
    Notice.INTERVIEW_CANCELLED: (*_WHEN, "company", "ended", "suspended"),
    Notice.INTERVIEW_ANSWERED: (*_WHEN, "answer", "wished"),
}
"""What each text says, and no more goes out: a message is kept in inboxes for months, and in mailboxes for good. So what the
person wished in their own words is read where it stands, by whoever recruits there then.
"""


def _facts(application: Application, news: News, company: str, suspended: bool) -> dict[str, str]:
    interview = news.interview
    assert interview.at is not None
    there = interview.at.astimezone(civil.zone_named(interview.zone))
    known = {
        "application_id": application.id,
        "offer_id": application.offer_id,
        "offer_title": application.offer_title,
        "company": company,
        "date": f"{there:%d/%m/%Y}",
        "time": f"{there:%H:%M}",
        "way": interview.way.value,
        "place": interview.place,
        "phone": interview.phone or "",
        "video_url": interview.video_url or "",
        "contact": interview.contact,
        "to_bring": interview.to_bring,
        "answer": interview.status.value,
        "wished": "yes" if interview.wish else "",
        "ended": "" if application.open else application.status.value,
        "suspended": "yes" if suspended else "",
    }
    return {name: known[name] for name in ("application_id", *_TELLS[news.notice])}
