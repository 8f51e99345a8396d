"""Commands on those of whom little is heard: look at them, warn, erase, postpone, say that they are there."""

from datetime import date, datetime, timedelta

from services.profiles import access
from services.profiles.commands.cv_files import note
from services.profiles.commands.profiles import erase_one
from services.profiles.commands.watching import put_step
from services.profiles.context import Context
from services.profiles.domain.errors import PostponementRefused
from services.profiles.domain.export import OTHERS
from services.profiles.domain.inactivity import LONGEST_POSTPONEMENT, Do, Policy, Step, Watch, later, next_step
from services.profiles.domain.journal import Action
from services.profiles.domain.profile import Profile
from services.profiles.queries.watching import last_act, to_look_at, watch_of
from services.profiles.store import WATCHES
from shared import civil
from shared.auth import Principal, Role
from shared.contracts.events.offers import NoticeState
from shared.contracts.events.rights import RightsQuestion
from shared.contracts.topics import RIGHTS, STAFF_NOTICES
from shared.contracts.vocabulary import Notice
from shared.errors import Forbidden, refused_field
from shared.ids import derived_id
from shared.items import each
from shared.logs import get_logger
from shared.rights.answering import STANDING_ASKED
from shared.store import Work

BY_ITSELF = "inactivity"
"""Who erased, in the marks."""

_log = get_logger()


def policy_of(context: Context) -> Policy:
    """As this installation has it."""
    return Policy(context.settings.inactive_warn_months, context.settings.inactive_erase_months)


async def look(context: Context) -> int:
    """Look at everybody who is due; returns how many were erased."""
    now = context.clock.now()
    old = later(now, -policy_of(context).warn_months)
    ids = dict.fromkeys(await to_look_at(context.store, old, now))

    async def one(profile_id: str) -> bool:
        return await context.store.retry_conflicts(lambda: _look_at(context, profile_id))

    return await each("inactivity", ids, one)


async def _look_at(context: Context, profile_id: str) -> bool:
    profile = await context.profiles.find(profile_id)
    if profile is None:
        await context.store.collection(WATCHES).delete_one({"_id": profile_id})
        return False
    watch, now = await watch_of(context.store, profile), context.clock.now()
    step = next_step(watch, await last_act(context.store, profile), OTHERS, policy_of(context), now)
    if step.do is Do.ERASE:
        # The profile is as it was read, or it conflicts and is looked at anew: nobody who just came back is erased.
        await erase_one(context, profile, BY_ITSELF)
        _log.info("inactive_erased", territory=profile.territory)
        return True
    work = Work(context.new_id)
    if step.do is Do.ASK:
        _ask(context, work, profile, step, now)
    elif step.do is Do.WARN:
        _warn(work, profile, watch, step, now)
    else:
        put_step(work, profile, step)
    # Who is erased meanwhile is watched no more.
    work.touch("profiles", profile.id, profile.loaded_version)
    await context.store.commit(work)
    return False


def _ask(context: Context, work: Work, profile: Profile, step: Step, now: datetime) -> None:
    request_id = context.new_id()
    put_step(work, profile, step, request_id=request_id, asked_at=now, answers={})
    question = RightsQuestion(
        request_id=request_id, profile_id=profile.id, territory=profile.territory, owner_id=profile.owner_id
    )
    work.publish(RIGHTS, STANDING_ASKED, key=request_id, data=question, sequence=1, time=now)


def _warn(work: Work, profile: Profile, watch: Watch, step: Step, now: datetime) -> None:
    """Over the way that reaches the person, or their counsellor's list: notifications knows which. Once for each silence, and
    once more after each postponement."""
    put_step(work, profile, step, warned_at=now)
    silence = [f"{at.isoformat()}" for at in (step.last_act_at, watch.postponed_until) if at is not None]
    notice = NoticeState(
        notice_id=derived_id("inactivity", profile.id, *silence),
        territory=profile.territory,
        recipients=(profile.id,),
        template=Notice.INACTIVITY_WARNING,
        params={"date": f"{civil.local(profile.territory, step.look_at):%d/%m/%Y}"},
        about=profile.id,
    )
    work.publish(STAFF_NOTICES, "notice-requested.v1", key=notice.notice_id, data=notice, sequence=1, time=now)


async def say_present(context: Context, principal: Principal, profile_id: str) -> tuple[Watch, datetime]:
    """The person says that they are there, or a counsellor who heard from them. An act: all begins anew.

    Raises:
        ProfileUnknown: none of the caller's business.
        Forbidden: a manager, who does not speak for anybody.
    """

    async def once() -> None:
        profile, actor = await access.load(context.store, principal, profile_id)
        if actor.role == Role.MANAGER:
            raise Forbidden("La personne, ou qui l'accompagne, dit qu'elle est là.", needs=["seeker", "counsellor"])
        work = Work(context.new_id)
        work.touch("profiles", profile.id, profile.loaded_version)
        note(context, work, profile, actor, Action.PRESENT)
        work.update(WATCHES, {"_id": profile.id}, {"$set": {"warned_at": None, "look_at": context.clock.now()}})
        await context.store.commit(work)

    await context.store.retry_conflicts(once)
    return await standing(context, principal, profile_id)


async def postpone(context: Context, principal: Principal, profile_id: str, until: date) -> tuple[Watch, datetime]:
    """Who accompanies the person asks for more time without having heard from them: no act, one year at most.

    Raises:
        ProfileUnknown: none of the caller's business.
        Forbidden: the person, who says that they are there instead.
        PostponementRefused: a day that is past, or too far.
    """
    profile, actor = await access.load(context.store, principal, profile_id)
    if actor.role == Role.SEEKER:
        raise Forbidden("Dites plutôt que vous êtes là.", needs=["counsellor", "manager"])
    now = context.clock.now()
    last = civil.end_of(profile.territory, until) - timedelta(seconds=1)
    if not now < last <= now + LONGEST_POSTPONEMENT:
        message = "Choisissez un jour à venir, dans un an au plus."
        raise refused_field(PostponementRefused, "until", "range", message)
    work = Work(context.new_id)
    work.touch("profiles", profile.id, profile.loaded_version)
    note(context, work, profile, actor, Action.INACTIVITY_POSTPONED)
    fields = {"territory": profile.territory, "postponed_until": last, "postponed_by": actor.user_id, "look_at": last}
    fields |= {"warned_at": None}
    work.update(WATCHES, {"_id": profile.id}, {"$set": fields}, upsert=True)
    await context.store.commit(work)
    return await standing(context, principal, profile_id)


async def standing(context: Context, principal: Principal, profile_id: str) -> tuple[Watch, datetime]:
    """How it stands with somebody, and when they or their counsellor last did something.

    Raises:
        ProfileUnknown: none of the caller's business.
    """
    profile, _ = await access.load(context.store, principal, profile_id)
    watch = await watch_of(context.store, profile)
    own = await last_act(context.store, profile)
    return watch, max(own, watch.last_act_at or own)
