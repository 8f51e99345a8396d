"""Staff accounts: invited by a manager of the territory, accepted by the account, given by the identity provider."""

from services.profiles.context import Context
from services.profiles.domain.contact import CONTACT
from services.profiles.domain.errors import StaffUnknown
from services.profiles.domain.staff import Grant, GrantState, Staff, check_role
from shared.auth import Principal, Role
from shared.auth.provider import IdentityProvider, ProviderRefused
from shared.contracts.topics import CONTACTS, STAFF_NOTICES
from shared.contracts.vocabulary import Notice
from shared.errors import Forbidden
from shared.http import forget_answers_to
from shared.invitations import Invitation, Inviting, Letter
from shared.invitations.views import InvitationInput
from shared.store import Work

_AS = {
    Role.COUNSELLOR: "Vous êtes invité à accompagner des personnes dans ce département, comme conseiller.",
    Role.MANAGER: "Vous êtes invité à gérer la plateforme de ce département.",
    Role.FACILITATOR: "Vous êtes invité à suivre les clauses sociales de ce département, comme facilitateur.",
}


def inviting(context: Context) -> Inviting[Staff]:
    """Invitations to work for a territory. One that nobody was invited to yet is made by the first invitation."""

    async def load(territory: str) -> Staff:
        found = await context.staff.find(territory)
        now = context.clock.now()
        return found or Staff(id=territory, territory=territory, created_at=now, updated_at=now)

    def save(work: Work, staff: Staff) -> None:
        context.staff.save(work, staff)

    return Inviting(
        store=context.store,
        clock=context.clock,
        new_id=context.new_id,
        key=context.link_key,
        purpose="join-staff",
        page=f"{context.settings.profiles_public_url.rstrip('/')}/v1/staff-invitations/",
        mailed_page=context.settings.invitation_page,
        load=load,
        save=save,
        contacts=CONTACTS,
        notices=STAFF_NOTICES,
    )


async def accompanies(context: Context, territory: str, user_id: str) -> bool | None:
    """Whether an account accompanies people there by a role that stands; None for one that nobody invited."""
    staff = await context.staff.find(territory)
    return None if staff is None else staff.accompanies(user_id)


def for_managers(caller: Principal, territory: str) -> None:
    """Raises Forbidden unless the caller manages this territory."""
    if not caller.has(Role.MANAGER):
        raise Forbidden("Seul un gestionnaire peut le faire.", needs=[Role.MANAGER.value])
    caller.require_territory(territory)


async def invite(
    context: Context, caller: Principal, territory: str, role: Role, body: InvitationInput
) -> tuple[Invitation, str]:
    """Told to whom it names.

    Raises:
        NoSuchRole: nobody is invited to this role.
        TooManyUsers: too many links are open.
    """
    check_role(role)
    return await inviting(context).invite(
        territory,
        caller.subject,
        label=body.label,
        user_id=body.user_id,
        email=body.email,
        role=role.value,
        letter=Letter(Notice.INVITED, f"Département {territory}", _AS[role]),
    )


async def remove(context: Context, territory: str, user_id: str) -> None:
    """Every role that an account has here by invitation is taken back, and no letter names anybody to it any more: its token
    ends by itself, a mailbox does not. Raises StaffUnknown for anybody else.
    """
    desk = inviting(context)

    async def once() -> None:
        staff = await desk.load(territory)
        if user_id not in staff.users:
            raise StaffUnknown("Aucun compte de cet identifiant ne travaille ici sur invitation.", user_id=user_id)
        now = context.clock.now()
        staff.remove_user(user_id, now)
        work = Work(context.new_id)
        contact = await context.contacts.find(user_id)
        here = contact is not None and contact.territory == territory and contact.staff
        if contact is not None and here and staff.accompanies(user_id) is False:
            contact.staff = False
            contact.record(CONTACT, now)
            context.contacts.save(work, contact)
        await desk.commit(work, staff)

    await context.store.retry_conflicts(once)
    await forget_answers_to(context.store, user_id)


async def tell_provider(context: Context) -> int:
    """Give and take what was decided; repeating it changes nothing more. Returns how many roles were told.

    Raises:
        ProviderAway: it cannot be reached; the job comes back later and later.
    """
    if context.provider is None:
        return 0
    told = 0
    due = {"grants.state": {"$in": [GrantState.PENDING.value, GrantState.WITHDRAWING.value]}}
    for staff in await context.staff.many(due):
        for grant in staff.due():
            state, reason = await _tell(context.provider, staff.territory, grant)
            told += await _written(context, staff.id, grant, state, reason)
    return told


async def _tell(provider: IdentityProvider, territory: str, grant: Grant) -> tuple[GrantState | None, str]:
    if grant.state is GrantState.WITHDRAWING:
        try:
            await provider.take(grant.user_id, grant.role, territory)
        except ProviderRefused as refused:
            return GrantState.WITHDRAWING, refused.code  # the account still has the role: tried again with the next run
        return None, ""
    try:
        await provider.give(grant.user_id, grant.role, territory)
    except ProviderRefused as refused:
        return GrantState.REFUSED, refused.code
    return GrantState.GIVEN, ""


async def _written(context: Context, territory: str, grant: Grant, state: GrantState | None, reason: str) -> bool:
    desk = inviting(context)

    async def once() -> bool:
        staff = await desk.load(territory)
        # Removed while it was being given: the next run takes it back.
        changed = staff.told(grant, state, reason, context.clock.now())
        if changed:
            await desk.commit(Work(context.new_id), staff)
        return changed

    return await context.store.retry_conflicts(once)
