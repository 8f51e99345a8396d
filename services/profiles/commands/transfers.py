"""Commands on transfers: a person's file goes from one territory's desk to another's, which takes it or does not."""

from datetime import datetime
from typing import Any

from pymongo import UpdateMany

from services.profiles import access
from services.profiles.commands.counsellors import check_named
from services.profiles.commands.guardians import BY_THE_CALENDAR
from services.profiles.commands.saving import commit
from services.profiles.context import Context
from services.profiles.domain.errors import TransferUnknown
from services.profiles.domain.journal import Action, Actor
from services.profiles.domain.profile import Profile
from services.profiles.domain.transfer import REMIND_EVERY, TransferGiven
from services.profiles.store import WATCHES
from shared.auth import Principal, Role
from shared.contracts.events.offers import NoticeState
from shared.contracts.topics import PROFILES, STAFF_NOTICES
from shared.contracts.vocabulary import Notice
from shared.http import Cursor
from shared.ids import derived_id
from shared.items import each
from shared.store import TEXT, Work


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
        work = Work(context.new_id)
        await _tell_desk(context, work, profile, given.to, "asked")
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
        CounsellorRefused: an account that is known to accompany nobody there.
    """

    async def once() -> Profile:
        profile, actor = await _for_the_other_desk(context, principal, profile_id)
        before, left, now = profile.territory, profile.counsellor_ids, context.clock.now()
        chosen = (counsellor_id,) if counsellor_id else ()
        assert profile.transfer is not None
        await check_named(context, principal, profile.transfer.to, profile.owner_id, chosen)
        profile.move(chosen, now)
        work = Work(context.new_id)
        # The number that the former département knew them by is somebody else's in this one's list.
        moved = {"$set": {"territory": profile.territory, "reference": None, "brought": True}, "$inc": {"version": 1}}
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


async def look(context: Context) -> int:
    """Demands that another desk has left unanswered: its managers are told again, and after two months the demand ends, which
    the person and who accompanies them are told. Returns how many were told of.
    """
    due = {"transfer.to": TEXT, "transfer.asked_at": {"$lte": context.clock.now() - REMIND_EVERY}}

    async def one(profile_id: str) -> int:
        return await context.store.retry_conflicts(lambda: _look_at(context, profile_id, context.clock.now()))

    return await each("transfers", await context.profiles.ids(due), one)


async def _look_at(context: Context, profile_id: str, now: datetime) -> int:
    profile = await context.profiles.find(profile_id)
    asked = None if profile is None else profile.transfer
    if profile is None or asked is None:
        return 0
    work, actor = Work(context.new_id), Actor(user_id=BY_THE_CALENDAR, role=BY_THE_CALENDAR)
    if now >= asked.expires_at:
        profile.ask_transfer(None, now)
        _tell(work, profile, (profile.id, *profile.counsellor_ids), "expired", named=True)
        await commit(context, profile, actor, Action.TRANSFER_EXPIRED, fields=("transfer",), work=work)
        return 1
    if not asked.remind(now):
        return 0
    profile.ask_transfer(asked.model_copy(update={"reminded_at": now}), now)
    await _tell_desk(context, work, profile, asked.to, "waiting")
    work.save("profiles", profile, PROFILES)
    await context.store.commit(work)
    return 1


async def _tell_desk(context: Context, work: Work, profile: Profile, territory: str, side: str) -> None:
    """The managers that came by invitation; in the name of who is to decide, who knows nothing of the person yet."""
    desk = await context.staff.find(territory)
    managers = () if desk is None else desk.with_role(Role.MANAGER)
    _tell(work, profile, managers, side, territory=territory)


async def _for_the_other_desk(context: Context, principal: Principal, profile_id: str) -> tuple[Profile, Actor]:
    profile = await context.profiles.find(profile_id)
    asked = None if profile is None else profile.transfer
    if profile is None or asked is None or not principal.is_staff_of(asked.to, Role.MANAGER):
        raise TransferUnknown("Personne ne vous demande de prendre ce dossier.", id=profile_id)
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
