"""Commands on applications: apply, introduce, invite, and each step towards an outcome."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from services.offers.commands import interviews
from services.offers.commands.admission import check_may_apply, check_open, check_read, eligible
from services.offers.commands.members import commit
from services.offers.commands.offers import answer_late, put
from services.offers.context import Context
from services.offers.domain.actors import SYSTEM, Actor, Party
from services.offers.domain.application import Application, slot_of
from services.offers.domain.application_rules import OPEN
from services.offers.domain.errors import (
    AlreadyApplied,
    DisclosureUsed,
    NotReservedFor,
    TooManyApplications,
    TooManyInvitations,
    profile_unknown,
)
from services.offers.domain.interview import Feedback
from services.offers.domain.life import COMMANDS, ENDED
from services.offers.domain.offer import Offer
from shared import civil
from shared.aliases import profile_of
from shared.allowance import allowance_of
from shared.contracts.vocabulary import ApplicationOrigin, ApplicationStatus, Notice
from shared.errors import AlreadyExists, Refused, VersionConflict, refused_field
from shared.store import Work

_ATTEMPTS = 30
"""Of one person or offer, many at once: each of them but one has to come again."""


async def submit(
    context: Context,
    offer_id: str,
    profile_id: str,
    by: Actor,
    message: str = "",
    recommendation_id: str | None = None,
    obsolete_others: bool = False,
    disclosure_id: str | None = None,
) -> Application:
    """An application of the person, by themselves or by who accompanies them.

    It conflicts with every change of the offer (one that ends meanwhile takes no application) and with every other
    application of the person (the limit of a day holds).

    Raises:
        OfferNotOpen: not published or no open position.
        ApplyElsewhere: of a feed, and nobody recruits for its employer here.
        AlreadyApplied: they have one already (409 names it).
        ApplicationsHeld: their age asks for something first.
        NotReservedFor: a reserved offer, and the profile lacks the flag.
        TooManyApplications: more than a person sends by hand in a day.
        AgreementMissing: nothing says what the employer will read of them.
        DisclosureUsed: what they agreed to show goes with another application.
    """

    async def once() -> Application:
        offer = await context.offers.load(offer_id)
        someone = await context.people.find(profile_id)
        if someone is None or someone.get("erased"):
            raise profile_unknown(profile_id)
        check_open(offer, context.clock.now())
        check_may_apply(someone)
        await check_read(context, offer)
        if not eligible(offer, someone):
            raise NotReservedFor("Cette offre est réservée à des publics dont ce profil ne fait pas partie.")
        now = context.clock.now()
        allowance = await allowance_of(context.store, "applications", profile_id, offer.territory, now)
        if allowance.closed:
            raise profile_unknown(profile_id)
        allowance.take(
            context.rules.per_person_a_day,
            TooManyApplications,
            "{count} candidatures depuis hier : reprenez demain.",
            now,
        )
        helped = by.party is not Party.SEEKER
        application = _application(
            context, offer, profile_id, ApplicationOrigin.COUNSELLOR if helped else ApplicationOrigin.SEEKER, message
        )
        application.acted_by = by.id if helped else None
        application.on_behalf_of = profile_id if helped else None
        application.recommendation_id = recommendation_id
        application.obsolete_others = obsolete_others
        application.disclosure_id = disclosure_id
        await _refuse_used(context, application, disclosure_id)
        application.submit(by, now)
        work = Work(context.new_id)
        context.applications.save(work, application)
        context.applications.counts(work, application, 1)
        context.allowances.save(work, allowance)
        work.touch("offers", offer.id, offer.loaded_version)
        await _tell_employer(context, work, offer, application)
        try:
            await context.store.commit(work)
        except AlreadyExists as taken:
            if "slot" in taken.extra.get("unique", ()):
                raise await _already(context, offer.id, profile_id) from None
            raise VersionConflict("Une autre candidature de cette personne est en cours d'envoi : réessayez.") from None
        return application

    return await context.store.retry_conflicts(once, _ATTEMPTS)


async def invite(context: Context, offer_id: str, name: str, by: Actor, message: str) -> datetime:
    """An employer invites somebody to apply, who is told if they show themselves to employers and may apply. ``name``: as the
    candidates of the offer have it, or the profile's id.

    Nothing that the employer can see depends on who was named: not the answer, not the limit, not what the offer shows
    later. They learn of it when the person accepts. Returns when it was sent.

    Raises:
        OfferNotOpen, TooManyInvitations, CompanySuspended: about the offer and its employer alone.
    """

    async def once() -> datetime:
        offer = await context.offers.load(offer_id)
        check_open(offer, context.clock.now())
        await check_read(context, offer)
        await interviews.check_recruits(context, offer.company.id, by)
        now = context.clock.now()
        allowance = await allowance_of(context.store, "invitations", offer.id, offer.territory, now)
        allowance.take(
            context.rules.invitations_per_offer_a_day,
            TooManyInvitations,
            "{count} personnes ont été invitées à cette offre depuis hier.",
            now,
        )
        company = await context.companies.find(offer.company.id)
        profile_id = profile_of(None if company is None else company.alias_key, offer.id, name) or name
        someone = await context.people.find(profile_id)
        # Who applied, or said no, is not asked again.
        before = await context.applications.first({"offer_id": offer.id, "profile_id": profile_id})
        theirs = await allowance_of(context.store, "applications", profile_id, offer.territory, now)
        work = Work(context.new_id)
        context.allowances.save(work, allowance)
        work.touch("offers", offer.id, offer.loaded_version)
        if someone is not None and before is None and not theirs.closed and _reachable(offer, someone):
            application = _application(context, offer, profile_id, ApplicationOrigin.EMPLOYER, message)
            application.submit(Actor(by.id, Party.EMPLOYER), now)
            context.applications.save(work, application)
            theirs.touch(now)
            context.allowances.save(work, theirs)
        await commit(context, work)
        return now

    return await context.store.retry_conflicts(once, _ATTEMPTS)


def _reachable(offer: Offer, someone: dict[str, Any]) -> bool:
    shows = someone.get("visible_to_employers") and someone.get("active") and not someone.get("erased")
    return bool(shows) and eligible(offer, someone)


def _application(
    context: Context, offer: Offer, profile_id: str, origin: ApplicationOrigin, message: str
) -> Application:
    now = context.clock.now()
    invited = origin is ApplicationOrigin.EMPLOYER
    return Application(
        id=context.new_id(),
        territory=offer.territory,
        created_at=now,
        updated_at=now,
        offer_id=offer.id,
        company_id=offer.company.id,
        profile_id=profile_id,
        offer_title=offer.content.title,
        origin=origin,
        status=ApplicationStatus.INVITED if invited else ApplicationStatus.SUBMITTED,
        message=message,
        submitted_at=now,
    )


async def _already(context: Context, offer_id: str, profile_id: str) -> AlreadyApplied:
    known = await context.applications.first({"slot": slot_of(offer_id, profile_id)})
    return AlreadyApplied(
        "Il y a déjà une candidature à cette offre.",
        application_id=known.id if known else None,
        application_status=known.status.value if known else None,
    )


async def _tell_employer(context: Context, work: Work, offer: Offer, application: Application) -> None:
    company = await context.companies.find(offer.company.id)
    params = {"application_id": application.id, "offer_id": offer.id, "offer_title": offer.content.title}
    told = offer.told_of(company)
    context.notify(work, offer.territory, told, Notice.APPLICATION_RECEIVED, params, about=application.person)


async def advance(
    context: Context, application_id: str, to: ApplicationStatus, by: Actor, **details: Any
) -> Application:
    """Take a step; a hire fills a position (the last one ends the offer), and frees the person where they said so."""

    async def once() -> Application:
        application = await interviews.acted_on(context, application_id, by)
        await take_step(context, application, to, by, **details)
        return application

    return await context.store.retry_conflicts(once)


async def take_step(
    context: Context, application: Application, to: ApplicationStatus, by: Actor, **details: Any
) -> None:
    """As ``advance``, on an application as it was loaded.

    Raises:
        CompanySuspended: its users may say no, and nothing else.
    """
    now = context.clock.now()
    before, proposed = application.status, application.hire_proposal is not None
    await interviews.check_recruits(context, application.company_id, by, ends=to is ApplicationStatus.REFUSED)
    await _refuse_used(context, application, details.get("disclosure_id"))
    application.advance(to, by, now, policy=context.rules, **details)
    work = Work(context.new_id)
    if by.party is not Party.SYSTEM and application.open:
        await interviews.take_message(context, work, application, by)
    context.applications.save(work, application)
    if before is ApplicationStatus.INVITED and to is ApplicationStatus.SUBMITTED:
        await _accepted(context, work, application)
    offer = None
    if application.status is ApplicationStatus.HIRED:
        offer = await context.offers.find(application.offer_id)
        if offer is not None and offer.positions_open and "fill" in COMMANDS[offer.status]:
            offer.fill(1, by, now, through_us=True)
            await put(context, work, offer, keep=application.id)
        # One employer's word alone ends no application to another: the person's side has said yes, or says so with ``accept``.
        if application.obsolete_others and (proposed or application.accepted_at is not None):
            await _free(context, work, application)
    await interviews.tell(context, work, application)
    if application.hire_proposal is not None:
        await _tell_of_hire(context, work, application, Notice.HIRE_PROPOSED)
    elif application.status is ApplicationStatus.HIRED and by.party is Party.SYSTEM:
        await _tell_of_hire(context, work, application, Notice.HIRE_RECORDED)
    await commit(context, work)
    if offer is not None and offer.status in ENDED:
        await answer_late(context, offer)


async def _accepted(context: Context, work: Work, application: Application) -> None:
    """An invitation that is accepted is an application like any other from here on: the offer must still take it."""
    offer = await context.offers.load(application.offer_id)
    check_open(offer, context.clock.now())
    check_may_apply(await context.people.find(application.profile_id) or {})
    await check_read(context, offer)
    work.touch("offers", offer.id, offer.loaded_version)
    context.applications.counts(work, application, 1)
    await _tell_employer(context, work, offer, application)


async def _tell_of_hire(context: Context, work: Work, application: Application, template: Notice) -> None:
    """Tell the employer of a hire that they did not record themselves."""
    company = await context.companies.find(application.company_id)
    params = {
        "application_id": application.id,
        "offer_id": application.offer_id,
        "offer_title": application.offer_title,
    }
    if application.hire_proposal is not None:
        offer = await context.offers.find(application.offer_id)
        where, until = offer.locality if offer else application.territory, application.hire_proposal.confirm_by
        params["confirm_by"] = f"{civil.local(where, until):%d/%m/%Y}"
    users = company.users if company else ()
    context.notify(work, application.territory, users, template, params, about=application.person)


async def disclose(context: Context, application_id: str, disclosure_id: str, by: Actor) -> Application:
    """What the person shows of themselves with this application, from now on.

    Raises:
        TransitionRefused, WrongParty: see ``Application.disclose``.
        DisclosureUsed: it goes with another application.
    """

    async def once() -> Application:
        application = await interviews.acted_on(context, application_id, by)
        if application.disclosure_id == disclosure_id:
            return application
        await _refuse_used(context, application, disclosure_id)
        application.disclose(disclosure_id, by, context.clock.now())
        work = Work(context.new_id)
        context.applications.save(work, application)
        await context.store.commit(work)
        return application

    return await context.store.retry_conflicts(once)


async def _refuse_used(context: Context, application: Application, disclosure_id: str | None) -> None:
    """A disclosure ends with its application: another one that carried it would show nothing, and not say so. Sent twice by the
    same person to the same offer, it is said to be there already.
    """
    if disclosure_id is None:
        return
    # Profiles keeps agreements; what is the id of something else is none for certain, and would show nobody.
    others = {application.profile_id, application.offer_id, application.company_id, application.recommendation_id}
    if disclosure_id in others | {application.id}:
        sentence = "Ce n'est pas un accord : envoyez l'identifiant du reçu de ce que la personne accepte de montrer."
        raise refused_field(Refused, "disclosure_id", "no-agreement", sentence)
    carries = {"profile_id": application.profile_id, "disclosure_id": disclosure_id, "_id": {"$ne": application.id}}
    other = await context.applications.first(carries)
    if other is not None and other.slot == slot_of(application.offer_id, application.profile_id):
        raise await _already(context, application.offer_id, application.profile_id)
    if other is not None:
        raise DisclosureUsed("Cet accord vaut pour une autre candidature.", application_id=other.id)


async def accept(context: Context, application_id: str, by: Actor, *, obsolete_others: bool) -> Application:
    """The seeker accepts; other open applications become obsolete where they say so."""

    async def once() -> Application:
        application = await interviews.acted_on(context, application_id, by)
        application.accept(by, context.clock.now(), obsolete_others=obsolete_others)
        work = Work(context.new_id)
        context.applications.save(work, application)
        if application.obsolete_others:
            await _free(context, work, application)
        await context.store.commit(work)
        return application

    return await context.store.retry_conflicts(once)


async def _free(context: Context, work: Work, application: Application) -> None:
    others = await context.applications.many(
        {
            "profile_id": application.profile_id,
            "_id": {"$ne": application.id},
            "status": {"$in": [state.value for state in OPEN]},
        }
    )
    already = {save.aggregate.id for save in work.saves}
    for other in others:
        if other.id not in already:
            other.advance(ApplicationStatus.OBSOLETE, SYSTEM, context.clock.now(), policy=context.rules)
            context.applications.save(work, other)
            await interviews.tell(context, work, other)


async def feedback(context: Context, application_id: str, given: Feedback) -> Application:
    """How an interview went."""
    by = Actor(given.by, given.party)
    return await _change(context, application_id, by, lambda one, now: one.add_feedback(given, now))


async def follow_up(
    context: Context, application_id: str, month: int, by: Actor, *, still_there: bool, note: str
) -> Application:
    """Whether the person is still in the job."""
    return await _change(context, application_id, by, lambda one, now: one.follow_up(month, still_there, note, by, now))


async def _change(
    context: Context, application_id: str, by: Actor, decide: Callable[[Application, datetime], None]
) -> Application:
    async def once() -> Application:
        application = await interviews.acted_on(context, application_id, by)
        await interviews.check_recruits(context, application.company_id, by)
        decide(application, context.clock.now())
        work = Work(context.new_id)
        context.applications.save(work, application)
        await context.store.commit(work)
        return application

    return await context.store.retry_conflicts(once)
