"""Commands on transfers: a person's file goes from one territory's desk to another's, which takes it or does not."""

from typing import Any

from pymongo import UpdateMany

from services.profiles import access
from services.profiles.commands.saving import commit
from services.profiles.context import Context
from services.profiles.domain.errors import TransferRefused, TransferUnknown
from services.profiles.domain.journal import Action, Actor
from services.profiles.domain.profile import Profile
from services.profiles.domain.transfer import TransferGiven
from services.profiles.watching import WATCHES
from shared.auth import Principal, Role
from shared.contracts.events.offers import NoticeState
from shared.contracts.topics import STAFF_NOTICES
from shared.contracts.vocabulary import Notice
from shared.errors import refused_field
from shared.http import Cursor
from shared.ids import derived_id
from shared.store import Work


async def ask(context: Context, principal: Principal, profile_id: str, given: TransferGiven) -> Profile:
    """By the person, or who acts for them, in place of an earlier one to another desk; asking the same desk twice is once. The
    managers of the other desk are told, as far as they came by invitation; all of them find it in their list.

    Raises:
        ProfileUnknown: none of the caller's business.
        TransferRefused: see the fields.
    """

    async def once() -> Profile:
        profile, actor = await access.load(context.store, principal, profile_id)
        now = context.clock.now()
        asked = given.asked(profile.territory, actor.user_id, Role(actor.role), now)
        if profile.transfer is not None and profile.transfer.to == asked.to:
            return profile
        profile.ask_transfer(asked, now)
        desk = await context.staff.find(given.to)
        managers = () if desk is None else desk.with_role(Role.MANAGER)
        work = Work(context.new_id)
        # In the name of who is to decide: the other desk knows nothing of the person yet.
        _tell(work, profile, managers, "asked", territory=given.to)
        await commit(context, profile, actor, Action.TRANSFER_ASKED, fields=("transfer",), work=work)
        return profile

    return await context.store.retry_conflicts(once)


async def take_back(context: Context, principal: Principal, profile_id: str) -> None:
    """By whoever may ask for it; twice is once.

    Raises:
        ProfileUnknown: none of the caller's business.
    """

    async def once() -> None:
        profile, actor = await access.load(context.store, principal, profile_id)
        if profile.transfer is not None:
            profile.ask_transfer(None, context.clock.now())
            await commit(context, profile, actor, Action.TRANSFER_ASKED, fields=("transfer",))

    await context.store.retry_conflicts(once)


async def waiting(context: Context, principal: Principal, cursor: Cursor) -> list[Profile]:
    """Files that wait for the caller's desks, by id; one more than the page holds."""
    query: dict[str, Any] = {"transfer.to": {"$in": sorted(principal.territories)}}
    if cursor.after is not None:
        query["_id"] = {"$gt": str(cursor.after[0])}
    return await context.profiles.many(query, limit=cursor.limit + 1)


async def accept(context: Context, principal: Principal, profile_id: str, counsellor_id: str | None) -> Profile:
    """The file is this desk's from now on. ``counsellor_id``: who accompanies there; else nobody yet, and every counsellor of the
    territory finds the person among those.

    Raises:
        TransferUnknown: nobody asks the caller's desk for it.
    """

    async def once() -> Profile:
        profile, actor = await _for_the_other_desk(context, principal, profile_id)
        before, left, now = profile.territory, profile.counsellor_ids, context.clock.now()
        if counsellor_id is not None and counsellor_id == profile.owner_id:
            raise refused_field(TransferRefused, "counsellor_id", "oneself", "Personne ne s'accompagne soi-même.")
        profile.move((counsellor_id,) if counsellor_id else (), now)
        work = Work(context.new_id)
        # The number that the former département knew them by is somebody else's in this one's list.
        moved = {"$set": {"territory": profile.territory, "reference": None}, "$inc": {"version": 1}}
        work.bulk("statuses", [UpdateMany({"profile_id": profile.id}, moved)])
        work.update(WATCHES, {"_id": profile.id}, {"$set": {"territory": profile.territory}})
        _tell(work, profile, (profile.id, *profile.counsellor_ids), "arrived", named=True)
        _tell(work, profile, left, "left", territory=before)
        fields = ("territory", "counsellor_ids")
        await commit(context, profile, actor, Action.TRANSFERRED, fields=fields, concerns=counsellor_id, work=work)
        return profile

    return await context.store.retry_conflicts(once)


async def refuse(context: Context, principal: Principal, profile_id: str) -> None:
    """The file stays where it is; the person and who accompanies them are told.

    Raises:
        TransferUnknown: nobody asks the caller's desk for it.
    """

    async def once() -> None:
        profile, actor = await _for_the_other_desk(context, principal, profile_id)
        profile.ask_transfer(None, context.clock.now())
        work = Work(context.new_id)
        _tell(work, profile, (profile.id, *profile.counsellor_ids), "refused", named=True)
        await commit(context, profile, actor, Action.TRANSFER_REFUSED, fields=("transfer",), work=work)

    await context.store.retry_conflicts(once)


async def _for_the_other_desk(context: Context, principal: Principal, profile_id: str) -> tuple[Profile, Actor]:
    profile = await context.profiles.find(profile_id)
    asked = None if profile is None else profile.transfer
    if profile is None or asked is None or not principal.is_staff_of(asked.to, Role.MANAGER):
        raise TransferUnknown(f"Personne ne vous demande de prendre le dossier {profile_id}.", id=profile_id)
    return profile, Actor(user_id=principal.subject, role=Role.MANAGER)


def _tell(
    work: Work, profile: Profile, whom: tuple[str, ...], side: str, *, territory: str | None = None, named: bool = False
) -> None:
    """``named``: staff among them read the first name of whom they accompany."""
    if not whom:
        return
    notice = NoticeState(
        notice_id=derived_id("transfer", profile.id, str(profile.version), side),
        territory=territory or profile.territory,
        recipients=whom,
        template=Notice.PROFILE_TRANSFER,
        params={"side": side, **({"profile_id": profile.id} if named else {})},
        about=profile.id,
    )
    now = profile.updated_at
    work.publish(STAFF_NOTICES, "notice-requested.v1", key=notice.notice_id, data=notice, sequence=1, time=now)
