"""The account that a person opens after a counsellor had made their profile: invited by a link, theirs once they accept it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.profiles.access import load
from services.profiles.commands import limits
from services.profiles.commands.exports import end_all
from services.profiles.commands.saving import commit
from services.profiles.commands.staff import accompanies
from services.profiles.context import Context
from services.profiles.domain.errors import InvitationUnknown, ProfileExists
from services.profiles.domain.journal import AccountEnd, Action, Actor
from services.profiles.domain.profile import Profile
from services.profiles.store import POOL_CONTACTS, AccountActs, acts_of_account, forget_old_invitations
from shared.auth import Principal, Role
from shared.contracts.events.offers import NoticeState
from shared.contracts.topics import STAFF_NOTICES
from shared.contracts.vocabulary import Notice
from shared.errors import Forbidden
from shared.http import forget_answers_to, forget_answers_with
from shared.ids import derived_id
from shared.invitations import Invitation, LinkRefused
from shared.invitations.inviting import INVITATION_DAYS
from shared.invitations.links import sign, verify
from shared.rights.erasures import Erasure
from shared.store import Work
from shared.types import address_key

PURPOSE = "own-profile"
BY_REMOVAL = "account-removed"
"""Who took back what a wrong account had agreed to."""
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
            raise InvitationUnknown("Aucune invitation de compte n'est ouverte.")
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


@dataclass(frozen=True)
class Removed:
    """What became of it: ``changed`` and ``actions`` are what the account did here, ``emptied`` and ``ended`` what of that is
    undone."""

    profile_id: str
    account_id: str
    reason: AccountEnd
    changed: tuple[str, ...]
    actions: tuple[str, ...]
    emptied: tuple[str, ...]
    ended: int


async def remove(context: Context, principal: Principal, profile_id: str, reason: AccountEnd) -> Removed:
    """The account is not the profile's any more, at once here and elsewhere with the next events; the profile stays. Its holder
    may say so, and who may see the profile. What a wrong account had put there of itself goes as well (``_strange``), what it had
    agreed to in the person's name ends. The person is told.

    Raises:
        ProfileUnknown: none of the caller's business; after they left it themselves, too.
        NoAccount: none is linked.
    """

    async def once() -> Removed:
        profile, actor = await load(context.store, principal, profile_id)
        account = profile.owner_id or ""
        untold = () if limits.knows_limits(principal, profile, actor) else (limits.FIELD,)
        did, emptied, ended = await _take_off(context, profile, actor, reason)
        left = tuple(name for name in emptied if name != "owner_id")
        changed = tuple(name for name in did.fields if name not in untold)
        return Removed(profile.id, account, reason, changed, did.actions, left, ended)

    removed = await context.store.retry_conflicts(once)
    await forget_answers_to(context.store, removed.account_id)
    if removed.emptied:
        # What is empty now was answered to others as well.
        await forget_answers_with(context.store, removed.profile_id)
    return removed


async def take_off_again(context: Context, removed: Erasure) -> bool:
    """After a restore, in the name of who did it: whether the copy had brought the account back to the profile."""

    async def once() -> bool:
        profile = await context.profiles.find(removed.of or "")
        if removed.linked or profile is None or profile.owner_id != removed.id:
            return False
        actor = Actor(user_id=removed.by or "", role=removed.by_role or Role.MANAGER.value)
        await _take_off(context, profile, actor, AccountEnd(removed.reason or AccountEnd.ON_REQUEST))
        return True

    found = await context.store.retry_conflicts(once)
    if found:
        await forget_answers_to(context.store, removed.id)
    return found


async def _take_off(
    context: Context, profile: Profile, actor: Actor, reason: AccountEnd
) -> tuple[AccountActs, tuple[str, ...], int]:
    """What the account did, which fields it leaves empty, how many agreements end."""
    now, account = context.clock.now(), profile.owner_id or ""
    did = await acts_of_account(context.store, profile.id, account)
    strange = _strange(profile, account, did) if reason is AccountEnd.WRONG_ACCOUNT else frozenset()
    emptied = profile.unlink_account(now, strange)
    work = Work(context.new_id)
    ended = 0
    if reason is AccountEnd.WRONG_ACCOUNT and did.linked:
        ended = await _end_agreements(context, work, profile, account, whole_pool="pool" in strange)
    await end_all(context, work, profile.id)
    _tell(work, profile, now)
    action = Action.ACCOUNT_REMOVED
    await commit(context, profile, actor, action, fields=emptied, concerns=account, reason=reason.value, work=work)
    return did, emptied, ended


def _strange(profile: Profile, account: str, did: AccountActs) -> frozenset[str]:
    """Fields in which an account that is somebody else's put its own contact points, or agreed and asked in the person's place.
    Nothing of a profile that it made itself.
    """
    if not did.linked:
        return frozenset()
    agreed = {name for name, tick in profile.ticks.items() if (tick.acted_by, tick.on_behalf_of) == (account, None)}
    pool = profile.pool
    entered = pool is not None and (pool.acted_by, pool.on_behalf_of) == (account, None)
    moving = profile.transfer is not None and profile.transfer.asked_by == account
    return did.reached_by | agreed | {name for name, own in (("pool", entered), ("transfer", moving)) if own}


async def _end_agreements(context: Context, work: Work, profile: Profile, account: str, *, whole_pool: bool) -> int:
    """What the account let employers read of the person they read no more."""
    given = {"profile_id": profile.id, "acted_by": account, "on_behalf_of": None, "revoked_at": None}
    found = await context.disclosures.many(given)
    for disclosure in found:
        disclosure.revoke(BY_REMOVAL, context.clock.now())
        context.disclosures.save(work, disclosure)
    work.delete(POOL_CONTACTS, {"profile_id": profile.id} | ({} if whole_pool else {"answered_by": account}))
    return len(found)


def _tell(work: Work, profile: Profile, now: datetime) -> None:
    """Over what reaches the person now. It says nothing of them: a message that overtakes the change reads so elsewhere, too."""
    notice = NoticeState(
        notice_id=derived_id("account-removed", profile.id, str(profile.version)),
        territory=profile.territory,
        recipients=(profile.id,),
        template=Notice.ACCOUNT_REMOVED,
        params={},
        about=profile.id,
    )
    work.publish(STAFF_NOTICES, "notice-requested.v1", key=notice.notice_id, data=notice, sequence=1, time=now)


async def forget_expired(context: Context) -> None:
    """Addresses of links that nobody took in time leave."""
    await forget_old_invitations(context.store, context.clock.now())


async def _as_staff(context: Context, principal: Principal, profile_id: str) -> tuple[Profile, Actor]:
    profile, actor = await load(context.store, principal, profile_id)
    if actor.role == Role.SEEKER:
        raise Forbidden("Seuls les conseillers et les gestionnaires invitent le compte de la personne.", needs=_STAFF)
    return profile, actor
