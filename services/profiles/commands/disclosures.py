"""Commands on disclosures: what would be shown, the agreement to it, taking it back, and an employer's reading."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.profiles import access, store
from services.profiles.context import Context
from services.profiles.cv.store import CvFile, cv_of
from services.profiles.domain.disclosure import (
    ContactPoint,
    CvChoice,
    CvKind,
    Disclosure,
    Heard,
    Matter,
    Relay,
    State,
    check,
)
from services.profiles.domain.errors import DisclosureUnknown, ProfileWithheld, TooManyDisclosures
from services.profiles.domain.profile import Profile
from services.profiles.domain.staff import Staff
from services.profiles.domain.withheld import WITHHELD_TEXT
from shared import civil
from shared.allowance import ALLOWANCES, allowance_of
from shared.auth import Principal, Role
from shared.employers import acts_for_company
from shared.errors import AlreadyExists, VersionConflict
from shared.store import Work

MOST_A_DAY = 100
"""Of one person; nobody applies to so many offers by hand."""


@dataclass(frozen=True)
class Shown:
    """What the employer reads of the person, as it is now."""

    first_name: str
    last_name: str
    email: str | None = None
    phone: str | None = None
    counsellor: Relay | None = None


async def relay_of(context: Context, profile: Profile) -> Relay | None:
    """The first of those who accompany the person that lets employers call or write; None when nobody does.

    Who was invited to work there must do so still; of others only their own token said, when they left their contact points.
    """
    staff = await context.store.find_one(Staff, "staff", {"_id": profile.territory})
    for id in profile.counsellor_ids:
        contact = await context.contacts.find(id)
        if contact is None or not contact.staff or not contact.details.relays_employers:
            continue
        if staff is not None and staff.accompanies(id) is False:
            continue
        details = contact.details
        if details.email or details.phone:
            return Relay(first_name=details.first_name, email=details.email, phone=details.phone)
    return None


async def shown(context: Context, profile: Profile, contacts: Sequence[ContactPoint]) -> Shown:
    """The name, and the contact points among ``contacts`` that are known now."""
    details = profile.details
    return Shown(
        first_name=details.first_name,
        last_name=details.last_name,
        email=details.email if ContactPoint.EMAIL in contacts else None,
        phone=details.phone if ContactPoint.PHONE in contacts else None,
        counsellor=await relay_of(context, profile) if ContactPoint.COUNSELLOR in contacts else None,
    )


async def give(
    context: Context,
    principal: Principal,
    profile_id: str,
    *,
    company_id: str,
    offer_id: str,
    contacts: tuple[ContactPoint, ...] | None,
    cv: CvChoice,
    text_version: str,
    heard: Heard | None,
) -> Disclosure:
    """The person agrees, or who acts for them says that they did. Nothing is shown before an application carries it.

    ``contacts``: None when nobody said, which is who passes messages on, where somebody does.

    Raises:
        ProfileUnknown: none of the caller's business.
        DisclosureRefused: see the fields.
        ProfileWithheld: their age asks for something first.
        TooManyDisclosures: more than anybody needs in a day.
    """

    async def once() -> Disclosure:
        profile, actor = await access.load(context.store, principal, profile_id)
        check_in_sight(profile)
        role = Role(actor.role)
        relay, file = await relay_of(context, profile), await cv_of(context.store, profile.id)
        kept = None if file is None else file.id
        ticked = contacts if contacts is not None else _by_default(relay)
        check(profile, relay, ticked, text_version, role, heard, cv=cv, kept_file=kept)
        now = context.clock.now()
        allowance = await allowance_of(context.store, "disclosures", profile.id, profile.territory, now)
        allowance.take(MOST_A_DAY, TooManyDisclosures, "{count} accords depuis hier : reprenez demain.", now)
        disclosure = Disclosure(
            id=context.new_id(),
            territory=profile.territory,
            version=1,
            created_at=now,
            updated_at=now,
            profile_id=profile.id,
            company_id=company_id,
            offer_id=offer_id,
            contacts=ticked,
            cv=cv.settled(),
            text_version=text_version,
            acted_by=actor.user_id,
            role=role,
            on_behalf_of=None if role is Role.SEEKER else profile.id,
            heard=None if role is Role.SEEKER else heard,
        )
        work = Work(context.new_id)
        context.disclosures.save(work, disclosure)
        work.save(ALLOWANCES.name, allowance)
        # Who is erased meanwhile has agreed to nothing.
        work.touch("profiles", profile.id, profile.loaded_version)
        try:
            await context.store.commit(work)
        except AlreadyExists:
            raise VersionConflict("Deux accords ont été donnés en même temps : réessayez.", id=profile.id) from None
        return disclosure

    return await context.store.retry_conflicts(once)


def _by_default(relay: Relay | None) -> tuple[ContactPoint, ...]:
    """Nobody's own number goes out unticked; without a relay the employer answers over the platform, which reaches everybody."""
    return (ContactPoint.COUNSELLOR,) if relay is not None else ()


async def revoke(context: Context, principal: Principal, profile_id: str, disclosure_id: str) -> None:
    """The employer reads nothing any more, from now on. The application stays: withdrawing it is another decision.

    Raises:
        ProfileUnknown, DisclosureUnknown: none of the caller's business, or no such one of this person.
    """

    async def once() -> None:
        profile, _ = await access.load(context.store, principal, profile_id)
        mine = {"_id": disclosure_id, "profile_id": profile.id}
        disclosure = await context.disclosures.first(mine)
        if disclosure is None:
            raise unknown(disclosure_id)
        if disclosure.revoke(principal.subject, context.clock.now()):
            work = Work(context.new_id)
            context.disclosures.save(work, disclosure)
            await context.store.commit(work)

    await context.store.retry_conflicts(once)


async def read(context: Context, principal: Principal, disclosure_id: str) -> tuple[Disclosure, Shown, CvKind]:
    """What an employer's user may read now, and which CV there is beside it. That they did is written before they get it.

    Raises:
        DisclosureUnknown: as ``readable``.
    """

    async def once() -> tuple[Disclosure, Shown, CvKind]:
        disclosure, profile = await readable(context, principal, disclosure_id)
        await trace(context, principal, disclosure, Matter.PERSON)
        choice, _ = await chosen_cv(context, disclosure)
        return disclosure, await shown(context, profile, disclosure.contacts), choice.kind

    return await context.store.retry_conflicts(once)


async def readable(context: Context, principal: Principal, disclosure_id: str) -> tuple[Disclosure, Profile]:
    """The disclosure and whose it is, for an employer's user: whatever is read by it is decided here.

    Raises:
        DisclosureUnknown: unless an application that goes on carries it, to a company that a manager looked at and that the
            caller acts for. Which of these fails is nobody's to learn.
    """
    disclosure = await context.disclosures.find(disclosure_id)
    if disclosure is None or not await _may_read(context, principal, disclosure):
        raise unknown(disclosure_id)
    profile = await context.profiles.find(disclosure.profile_id)
    if profile is None or not profile.in_sight:
        raise unknown(disclosure_id)
    return disclosure, profile


def check_in_sight(profile: Profile) -> None:
    """Raises ProfileWithheld where the person's age lets nothing be shown or sent to employers."""
    if profile.withheld is not None:
        raise ProfileWithheld(WITHHELD_TEXT[profile.withheld], withheld=profile.withheld.value, allowed=[])


async def trace(context: Context, principal: Principal, disclosure: Disclosure, what: Matter) -> None:
    """Note the reading. Who is erased, or takes it back, meanwhile has not been read: that is a conflict."""
    now = context.clock.now()
    work = Work(context.new_id)
    day = civil.today(disclosure.territory, now)
    store.trace_reading(work, disclosure, what, principal.subject, day, now)
    work.touch("disclosures", disclosure.id, disclosure.loaded_version)
    await context.store.commit(work)


async def chosen_cv(context: Context, disclosure: Disclosure) -> tuple[CvChoice, CvFile | None]:
    """The CV that a disclosure shows now, and the file where it is one."""
    file = await cv_of(context.store, disclosure.profile_id) if disclosure.cv.kind is CvKind.FILE else None
    return disclosure.cv_now(None if file is None else file.id), file


async def _may_read(context: Context, principal: Principal, disclosure: Disclosure) -> bool:
    if not principal.has(Role.EMPLOYER):
        return False
    if not await acts_for_company(context.store, principal.subject, disclosure.company_id):
        return False
    carriers = await store.carriers(context.store, [disclosure.id])
    return disclosure.state(carriers.get(disclosure.id, ()), context.clock.now()) is State.SHOWN


def unknown(disclosure_id: str) -> DisclosureUnknown:
    """The one answer to everybody who may not read, whatever the reason."""
    return DisclosureUnknown(
        "Cet accord n'existe pas, ou vous ne pouvez pas le lire (une candidature est connue après un instant).",
        id=disclosure_id,
    )
