"""Saving a profile: with its events, and the line of its journal that says who changed what."""

from pymongo import UpdateMany

from services.profiles.context import Context
from services.profiles.domain.agreements import Tick
from services.profiles.domain.errors import ProfileExists
from services.profiles.domain.journal import Action, Actor, JournalEntry
from services.profiles.domain.profile import Profile
from services.profiles.store import POOL_CONTACTS, put_profile
from shared.auth import Role
from shared.contracts.events.offers import NoticeState
from shared.contracts.topics import STAFF_NOTICES
from shared.contracts.vocabulary import Notice
from shared.errors import AlreadyExists
from shared.http import because_accompanied
from shared.ids import derived_id
from shared.store import Work

BY_WITHHOLDING = "withheld"
"""Who took back what employers were let read, where the person's age did."""


async def commit(
    context: Context,
    profile: Profile,
    actor: Actor,
    action: Action,
    *,
    fields: tuple[str, ...] = (),
    concerns: str | None = None,
    reason: str | None = None,
    work: Work | None = None,
) -> None:
    """Save a profile with its events and the line of its journal, and with what is in ``work`` already.

    Raises:
        ProfileExists: the account has another one.
    """
    work = work or Work(context.new_id)
    put(context, work, profile, actor, action, fields=fields, concerns=concerns, reason=reason)
    try:
        await context.store.commit(work)
    except AlreadyExists as taken:
        if "owner_id" in taken.extra.get("unique", ()):
            raise ProfileExists("Ce compte a déjà un profil.") from None
        raise


def put(
    context: Context,
    work: Work,
    profile: Profile,
    actor: Actor,
    action: Action,
    *,
    fields: tuple[str, ...] = (),
    concerns: str | None = None,
    reason: str | None = None,
) -> None:
    """As ``commit``, with the commit of ``work``."""
    because_accompanied(profile.id)  # whoever has just made the profile was let act for nobody before
    own = actor.role == Role.SEEKER or actor.user_id == profile.owner_id
    behalf = None if own else profile.id
    ticked = [tick.value for tick in Tick] if action is Action.CREATED else fields
    profile.note_ticks(ticked, actor.user_id, behalf)
    if profile.left_sight:
        _out_of_sight(work, profile, actor)
    entry = JournalEntry(
        id=context.new_id(),
        profile_id=profile.id,
        territory=profile.territory,
        at=profile.updated_at,
        action=action,
        acted_by=actor.user_id,
        role=actor.role,
        on_behalf_of=behalf,
        fields=fields,
        concerns=concerns,
        reason=reason,
    )
    put_profile(work, profile, entry)


def _out_of_sight(work: Work, profile: Profile, actor: Actor) -> None:
    """Employers read nothing more of the person, also when what their age asks for comes back; their open applications are
    offers' to withdraw, which hears ``may_apply``. The person and who accompanies them are told that, never why: the profile
    says it.
    """
    now = profile.updated_at
    revoked = {"revoked_at": now, "revoked_by": BY_WITHHOLDING, "updated_at": now}
    standing = {"profile_id": profile.id, "revoked_at": None}
    work.bulk("disclosures", [UpdateMany(standing, {"$set": revoked, "$inc": {"version": 1}})])
    work.delete(POOL_CONTACTS, {"profile_id": profile.id})
    notice = NoticeState(
        notice_id=derived_id("withheld", profile.id, str(profile.version)),
        territory=profile.territory,
        recipients=(profile.id, *(one for one in profile.counsellor_ids if one != actor.user_id)),
        template=Notice.PROFILE_WITHHELD,
        params={"profile_id": profile.id},
        about=profile.id,
    )
    work.publish(STAFF_NOTICES, "notice-requested.v1", key=notice.notice_id, data=notice, sequence=1, time=now)
