"""Commands on guardians' consents, and what a day of the calendar changes of people."""

from services.profiles import access
from services.profiles.commands.saving import commit
from services.profiles.commands.statuses import book_of
from services.profiles.context import Context
from services.profiles.domain.errors import GuardianConsentUnknown
from services.profiles.domain.guardian import GuardianConsent, GuardianConsentGiven
from services.profiles.domain.journal import Action, Actor
from services.profiles.domain.profile import Profile
from shared import civil
from shared.auth import Principal, Role
from shared.errors import Forbidden
from shared.items import each
from shared.store import TEXT, Work

BY_THE_CALENDAR = "calendar"
"""Who acted, in the journal, where nobody did."""


async def record(
    context: Context, principal: Principal, profile_id: str, given: GuardianConsentGiven
) -> GuardianConsent:
    """A counsellor or manager heard that a guardian agrees. A later one takes the place of an earlier.

    Raises:
        ProfileUnknown: none of the caller's business.
        Forbidden: the person themselves does not say it.
        GuardianConsentRefused: see the fields.
    """

    async def once() -> GuardianConsent:
        profile, actor = await _for_staff(context, principal, profile_id)
        now = context.clock.now()
        today = civil.today(profile.territory, now)
        consent = GuardianConsent.heard_from(context.new_id(), profile, given, actor, today, now)
        work = Work(context.new_id)
        context.guardian_consents.save(work, consent)
        profile.hold_consent(consent.id, now)
        action = Action.GUARDIAN_CONSENT_RECORDED
        await commit(context, profile, actor, action, work=work)
        return consent

    return await context.store.retry_conflicts(once)


async def revoke(context: Context, principal: Principal, profile_id: str, consent_id: str) -> None:
    """A guardian took it back: from now on nothing is matched or sent, whoever else agreed (each parent is taken to act with the
    other, code civil 372-2, until one says no): who has parental authority is asked anew. Open applications are withdrawn and
    agreements with employers end; a new consent brings back offers, and none of these. Twice is once.

    Raises:
        ProfileUnknown, GuardianConsentUnknown, Forbidden: as ``record``; no such one of this person.
    """

    async def once() -> None:
        profile, actor = await _for_staff(context, principal, profile_id)
        consent = await context.guardian_consents.first({"_id": consent_id, "profile_id": profile.id})
        if consent is None:
            raise GuardianConsentUnknown("Cet accord n'existe pas, ou vous ne pouvez pas le voir.", id=consent_id)
        now = context.clock.now()
        if not consent.revoke(actor.user_id, now):
            return
        work = Work(context.new_id)
        context.guardian_consents.save(work, consent)
        ended = profile.hold_consent(None, now)
        await commit(context, profile, actor, Action.GUARDIAN_CONSENT_REVOKED, fields=ended, work=work)

    await context.store.retry_conflicts(once)


async def _for_staff(context: Context, principal: Principal, profile_id: str) -> tuple[Profile, Actor]:
    profile, actor = await access.load(context.store, principal, profile_id)
    if actor.role == Role.SEEKER:
        raise Forbidden("C'est un conseiller qui note l'accord d'un parent ou tuteur.", needs=["counsellor", "manager"])
    return profile, actor


async def look_again(context: Context) -> int:
    """Everybody of whom the calendar has decided something since, by the day of their own territory. Returns how many."""
    last = civil.latest_today(context.clock.now()).isoformat()

    async def one(profile_id: str) -> int:
        async def once() -> int:
            profile = await context.profiles.find(profile_id)
            now = context.clock.now()
            due = None if profile is None else profile.next_change_on
            if profile is None or due is None or due > civil.today(profile.territory, now):
                return 0
            book = await book_of(context, profile, now)
            profile.take_statuses(book.all, now)
            work = Work(context.new_id)
            book.write(work, profile)
            actor = Actor(user_id=BY_THE_CALENDAR, role=BY_THE_CALENDAR)
            await commit(context, profile, actor, Action.CALENDAR, work=work)
            return 1

        return await context.store.retry_conflicts(once)

    return await each("calendar", await context.profiles.ids({"next_change_on": TEXT | {"$lte": last}}), one)
