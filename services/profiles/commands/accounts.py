"""The account that a person opens after a counsellor had made their profile: invited by a link, theirs once they accept it."""

from datetime import timedelta

from services.profiles.access import load
from services.profiles.commands.saving import commit
from services.profiles.commands.staff import accompanies
from services.profiles.context import Context
from services.profiles.domain.errors import InvitationUnknown, ProfileExists
from services.profiles.domain.journal import Action, Actor
from services.profiles.domain.profile import Profile
from services.profiles.store import forget_old_invitations
from shared.auth import Principal, Role
from shared.errors import Forbidden
from shared.invitations import Invitation, LinkRefused
from shared.invitations.inviting import INVITATION_DAYS
from shared.invitations.links import sign, verify
from shared.types import address_key

PURPOSE = "own-profile"
_STAFF = [Role.COUNSELLOR.value, Role.MANAGER.value]


async def invite(
    context: Context, principal: Principal, profile_id: str, user_id: str | None, email: str | None
) -> tuple[Profile, Invitation, str]:
    """A link that the counsellor hands to the person, in place of an earlier one. It says nothing of whom it names: whether there
    is such an account, and whether it has a profile, is told to the account itself.

    Raises:
        ProfileUnknown, AccountLinked: see the names.
        Forbidden: the caller is not staff.
    """
    now = context.clock.now()
    invitation = Invitation(
        id=context.new_id(),
        by=principal.subject,
        user_id=user_id,
        email=None if email is None else address_key(email),
        created_at=now,
        expires_at=now + timedelta(days=INVITATION_DAYS),
    )

    async def once() -> Profile:
        profile, actor = await _as_staff(context, principal, profile_id)
        profile.invite_account(invitation, now)
        await commit(context, profile, actor, Action.ACCOUNT_INVITED, fields=("owner_id",), concerns=user_id)
        return profile

    profile = await context.store.retry_conflicts(once)
    subject = f"{profile.id}:{invitation.id}"
    token = sign(await context.link_key.read(), PURPOSE, subject, invitation.expires_at)
    page = f"{context.settings.profiles_public_url.rstrip('/')}/v1/account-invitations/"
    return profile, invitation, (context.settings.invitation_page or page) + token


async def revoke(context: Context, principal: Principal, profile_id: str) -> None:
    """The open link works no longer.

    Raises:
        ProfileUnknown, Forbidden: as for ``invite``.
        InvitationUnknown: none is open.
    """

    async def once() -> None:
        profile, actor = await _as_staff(context, principal, profile_id)
        open_one = profile.account_invitation
        profile.invite_account(None, context.clock.now())
        if open_one is None:
            raise InvitationUnknown("No invitation of an account is open.")
        await commit(context, profile, actor, Action.ACCOUNT_INVITED)

    await context.store.retry_conflicts(once)


async def invited(context: Context, token: str, caller: Principal) -> tuple[Profile, Invitation]:
    """What a link gives to the caller.

    Raises:
        LinkRefused: cut, forged, used, replaced, too old, for another account or of who has left: one answer for all.
    """
    now = context.clock.now()
    subject = verify(await context.link_key.read(), PURPOSE, token, now)
    profile_id, _, invitation_id = subject.rpartition(":")
    profile = await context.profiles.find(profile_id)
    found = None if profile is None else profile.account_invitation
    meant = found is not None and found.id == invitation_id and found.is_for(caller.subject, caller.email)
    if profile is None or found is None or not meant or found.expires_at <= now or await _left(context, profile, found):
        raise LinkRefused("Cette invitation n'est plus valable.")
    return profile, found


async def _left(context: Context, profile: Profile, invitation: Invitation) -> bool:
    """Whether who made the link works there no more: a link that is theirs to hand out would let them back in."""
    return await accompanies(context, profile.territory, invitation.by) is False


async def accept(context: Context, token: str, caller: Principal) -> Profile:
    """The profile is the caller's from now on.

    Raises:
        LinkRefused: as ``invited``.
        ProfileExists: the account has another one, which the refusal names.
    """

    async def once() -> Profile:
        profile, _ = await invited(context, token, caller)
        other = await context.profiles.first({"owner_id": caller.subject})
        if other is not None:
            raise ProfileExists("Votre compte a déjà un profil.", profile_id=other.id)
        profile.link_account(caller.subject, context.clock.now())
        actor = Actor(user_id=caller.subject, role=Role.SEEKER)
        await commit(context, profile, actor, Action.ACCOUNT_LINKED, fields=("owner_id",), concerns=caller.subject)
        return profile

    return await context.store.retry_conflicts(once)


async def forget_expired(context: Context) -> None:
    """Addresses of links that nobody took in time leave."""
    await forget_old_invitations(context.store, context.clock.now())


async def _as_staff(context: Context, principal: Principal, profile_id: str) -> tuple[Profile, Actor]:
    profile, actor = await load(context.store, principal, profile_id)
    if actor.role == Role.SEEKER:
        raise Forbidden("Counsellors and managers invite the person's account.", needs=_STAFF)
    return profile, actor
