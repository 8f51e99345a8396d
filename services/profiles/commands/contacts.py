"""Commands on the contact points of accounts that are not seekers."""

from services.profiles.access import chosen_territory
from services.profiles.commands.staff import accompanies
from services.profiles.context import Context
from services.profiles.domain.contact import CONTACT, ContactDetails, UserContact, checked
from services.profiles.domain.errors import ContactInProfile, ContactUnknown
from services.profiles.store import erase_contact, last_version, names_a_profile
from shared.auth import Principal, Role
from shared.errors import AlreadyExists, VersionConflict
from shared.store import Work


async def leave(
    context: Context, principal: Principal, details: ContactDetails, territory: str | None
) -> tuple[UserContact, bool]:
    """Keep how the caller is reached; True when it is the first time.

    Raises:
        ContactInProfile: a seeker's contact points are in the profile; an id that is a profile's is nobody else's.
        ContactRefused, TerritoryRequired: see the fields.
    """
    if principal.roles == {Role.SEEKER}:
        raise ContactInProfile("Vos coordonnées sont dans votre profil : modifiez-les là.", allowed=[])

    if await names_a_profile(context.store, principal.subject):
        # Messages to that id, its inbox and its erasure are the person's.
        raise ContactInProfile("Cet identifiant est celui d'un profil.", allowed=[])

    async def once() -> tuple[UserContact, bool]:
        contact = await context.contacts.find(principal.subject)
        where = (
            contact.territory if contact is not None and territory is None else chosen_territory(principal, territory)
        )
        # A token says so for some minutes after the role was taken back.
        staff = (
            principal.has(Role.COUNSELLOR, Role.MANAGER)
            and await accompanies(context, where, principal.subject) is not False
        )
        new = checked(details, where)
        now = context.clock.now()
        first = contact is None
        if contact is None:
            contact = UserContact(
                id=principal.subject,
                territory=where,
                version=await last_version(context.store, principal.subject),
                created_at=now,
                updated_at=now,
                details=new,
            )
        elif (contact.details, contact.territory, contact.staff) == (new, where, staff):
            return contact, False
        contact.details, contact.territory, contact.staff = new, where, staff
        contact.record(CONTACT, now)
        work = Work(context.new_id)
        context.contacts.save(work, contact)
        try:
            await context.store.commit(work)
        except AlreadyExists:
            raise VersionConflict("Cela vient d'être enregistré : réessayez.", id=contact.id) from None
        return contact, first

    return await context.store.retry_conflicts(once)


async def read(context: Context, principal: Principal) -> UserContact:
    """The caller's contact points.

    Raises:
        ContactUnknown: none were left.
    """
    contact = await context.contacts.find(principal.subject)
    if contact is None:
        raise ContactUnknown("Votre compte n'a laissé ni adresse ni numéro.")
    return contact


async def erase(context: Context, principal: Principal) -> None:
    """Forget the caller's contact points, here and at notifications.

    Raises:
        ContactUnknown: there are none.
    """

    async def once() -> None:
        contact = await read(context, principal)
        work = Work(context.new_id)
        erase_contact(work, contact, context.clock.now())
        await context.store.commit(work)

    await context.store.retry_conflicts(once)
