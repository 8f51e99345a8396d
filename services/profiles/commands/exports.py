"""Commands on exports: ask every service, take in what comes, make the archive, give it out, let go of it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

from services.profiles import access
from services.profiles.commands.cv_files import note
from services.profiles.context import Context
from services.profiles.cv.store import content_of_file, cv_of
from services.profiles.domain.consent import Heard, unheard
from services.profiles.domain.errors import ExportRefused, ExportRunning, ExportUnknown, TooManyExports
from services.profiles.domain.export import A_DAY, OTHERS, WAITED_FOR, Export, ExportState, told_when_ready
from services.profiles.domain.journal import Action, Actor
from services.profiles.domain.profile import Profile
from services.profiles.exports import store as kept
from services.profiles.exports.archive import File, Made, make
from services.profiles.holdings import HOLDINGS
from shared import civil
from shared.allowance import ALLOWANCES, allowance_of
from shared.auth import Principal, Role
from shared.contracts.events.offers import NoticeState
from shared.contracts.events.rights import ExportPart, RightsQuestion
from shared.contracts.topics import RIGHTS, STAFF_NOTICES
from shared.contracts.vocabulary import Notice
from shared.errors import AlreadyExists, Forbidden, NotFound, VersionConflict, refused
from shared.ids import derived_id
from shared.items import each
from shared.logs import get_logger
from shared.rights.answering import EXPORT_REQUESTED
from shared.rights.holdings import Whose, documents_of
from shared.rights.packing import to_json
from shared.rights.sealing import new_pair
from shared.store import Work

_log = get_logger()


async def request(context: Context, principal: Principal, profile_id: str, heard: Heard | None) -> Export:
    """Ask all services. The person's own demand, or one that who accompanies them says how they heard.

    Raises:
        ProfileUnknown, Forbidden: nothing that the caller may ask.
        ExportRefused: a demand that nobody says how it was heard.
        ExportRunning, TooManyExports: one is being made; more than a day's.
    """

    async def once() -> Export:
        profile, actor = await _may_ask(context, principal, profile_id)
        own = actor.role == Role.SEEKER
        if not own and heard is None:
            raise refused(ExportRefused, [unheard("a fait cette demande")])
        now = context.clock.now()
        allowance = await allowance_of(context.store, "exports", profile.id, profile.territory, now)
        running = await context.exports.first({"running": profile.id})
        if running is not None:
            raise _running(running.id)
        sentence = "Déjà {count} exports ont été demandés en un jour : réessayez demain."
        allowance.take(A_DAY, TooManyExports, sentence, now)
        private, public = new_pair()
        export = Export(
            id=context.new_id(),
            territory=profile.territory,
            version=1,
            created_at=now,
            updated_at=now,
            profile_id=profile.id,
            acted_by=actor.user_id,
            role=Role(actor.role),
            on_behalf_of=None if own else profile.id,
            heard=None if own else heard,
            public_key=public,
            private_key=private,
            expires_at=now + WAITED_FOR,
            running=profile.id,
        )
        work = Work(context.new_id)
        context.exports.save(work, export)
        work.save(ALLOWANCES.name, allowance)
        # Who is erased meanwhile asks for nothing.
        work.touch("profiles", profile.id, profile.loaded_version)
        note(context, work, profile, actor, Action.EXPORT_REQUESTED)
        question = RightsQuestion(
            request_id=export.id,
            profile_id=profile.id,
            territory=profile.territory,
            owner_id=profile.owner_id,
            public_key=public,
        )
        work.publish(RIGHTS, EXPORT_REQUESTED, key=export.id, data=question, sequence=1, time=now)
        try:
            await context.store.commit(work)
        except AlreadyExists as taken:
            if "running" in taken.extra.get("unique", ()):
                raise _running(None) from None
            raise
        return export

    return await context.store.retry_conflicts(once)


def _running(export_id: str | None) -> ExportRunning:
    named: dict[str, Any] = {} if export_id is None else {"export_id": export_id}
    return ExportRunning("Un export est déjà en préparation pour cette personne.", **named)


async def take(context: Context, part: ExportPart) -> None:
    """A piece of what a service keeps. Of an export that is over, or of a person who was erased, nothing is taken."""
    export = await context.exports.find(part.request_id)
    if export is None or part.service not in export.missing or export.ended_at is not None:
        return
    if not await kept.keep_part(context.store, part, export.profile_id):
        return

    async def once() -> None:
        current = await context.exports.find(part.request_id)
        if current is not None and current.arrive(part.service, context.clock.now()):
            work = Work(context.new_id)
            context.exports.save(work, current)
            await context.store.commit(work)

    await context.store.retry_conflicts(once)
    if await context.exports.find(part.request_id) is None:
        # Erased while the piece was kept: the erasure had not seen it.
        await context.store.collection(kept.PARTS).delete_many({"export_id": part.request_id})


async def make_complete(context: Context) -> int:
    """Make the archives for which everybody has answered."""

    async def one(export_id: str) -> bool:
        return await _assemble(context, export_id)

    return await each("exports", await kept.complete(context.store, OTHERS), one)


async def _assemble(context: Context, export_id: str) -> bool:
    export = await context.exports.find(export_id)
    profile = None if export is None else await context.profiles.find(export.profile_id)
    if export is None or profile is None or export.private_key is None:
        return False
    now = context.clock.now()
    parts = {"profiles": await _own(context, profile)}
    for service in OTHERS:
        content = await kept.opened(context.store, export.id, service, export.private_key)
        if content is None:
            await _ask_again(context, export, profile, service)
            return False
        parts[service] = content
    at = civil.local(profile.territory, now)
    made = await asyncio.to_thread(make, parts, await _files(context, profile), profile.details.first_name, at)
    try:
        await _write(context, export, profile, made)
    except (VersionConflict, NotFound):
        # It was taken back, or the person erased, in between: what was written of it goes.
        await context.store.collection(kept.CHUNKS).delete_many({"export_id": export.id})
        return False
    finally:
        made.content.close()
    _log.info("export_made", export_id=export.id, bytes=made.size)
    return True


async def _own(context: Context, profile: Profile) -> bytes:
    whose = Whose(profile.id, profile.owner_id)
    kinds = [kind.as_plain() async for kind in documents_of(context.store, HOLDINGS, whose)]
    return to_json({"service": "profiles", "made_at": context.clock.now(), "kinds": kinds})


async def _files(context: Context, profile: Profile) -> list[File]:
    file = await cv_of(context.store, profile.id)
    content = None if file is None else await content_of_file(context.store, file)
    return [] if file is None or content is None else [File(file.name, content)]


async def _ask_again(context: Context, export: Export, profile: Profile, service: str) -> None:
    """What came cannot be opened: as if it had not come."""
    _log.warning("export_part_unusable", export_id=export.id, service=service)
    export.arrived = {name: at for name, at in export.arrived.items() if name != service}
    export.touch(context.clock.now())
    work = Work(context.new_id)
    context.exports.save(work, export)
    work.delete(kept.PARTS, {"export_id": export.id, "service": service})
    question = RightsQuestion(
        request_id=export.id,
        profile_id=export.profile_id,
        territory=export.territory,
        owner_id=profile.owner_id,
        public_key=export.public_key,
    )
    work.publish(
        RIGHTS, EXPORT_REQUESTED, key=export.id, data=question, sequence=export.version, time=context.clock.now()
    )
    await context.store.commit(work)


async def _write(context: Context, export: Export, profile: Profile, made: Made) -> None:
    """Chunk by chunk, each commit only while the export stands as it was read; the last says that it is ready."""
    size = kept.CHUNK_BYTES
    count = max(1, -(-made.size // size))
    for first in range(0, count, kept.AT_ONCE):
        chunks = [made.content.read(size) for _ in range(min(kept.AT_ONCE, count - first))]
        work = Work(context.new_id)
        work.touch(kept.EXPORTS, export.id, export.loaded_version)
        if not first:
            # One that was cut short may have been longer: nothing of it goes out behind this one.
            kept.forget_archive(work, export.id)
        kept.put_chunks(work, export.id, export.profile_id, first, chunks)
        await context.store.commit(work)
    older = await context.exports.many({"profile_id": export.profile_id, "ended_at": None, "_id": {"$ne": export.id}})
    now = context.clock.now()
    export.finish(made.size, made.sha256, now)
    work = Work(context.new_id)
    context.exports.save(work, export)
    kept.forget_parts(work, export.id)
    for one in older:
        _end(context, work, one)
    _tell(work, export, profile, now)
    await context.store.commit(work)


def _tell(work: Work, export: Export, profile: Profile, now: datetime) -> None:
    """That it is there and until when, and nothing of what is in it. Its id is the export's: twice is once."""
    until = civil.local(profile.territory, export.expires_at)
    notice = NoticeState(
        notice_id=derived_id("export-ready", export.id),
        territory=profile.territory,
        recipients=told_when_ready(export, profile),
        template=Notice.EXPORT_READY,
        params={"date": f"{until:%d/%m/%Y}", "profile_id": profile.id, "export_id": export.id},
        about=profile.id,
    )
    work.publish(STAFF_NOTICES, "notice-requested.v1", key=notice.notice_id, data=notice, sequence=1, time=now)


async def let_go(context: Context) -> int:
    """Archives and keys whose time is over."""

    async def one(export_id: str) -> bool:
        async def once() -> bool:
            export = await context.exports.find(export_id)
            if export is None or export.ended_at is not None:
                return False
            work = Work(context.new_id)
            _end(context, work, export)
            await context.store.commit(work)
            return True

        return await context.store.retry_conflicts(once)

    return await each("old-exports", await kept.due(context.store, context.clock.now()), one)


async def end_all(context: Context, work: Work, profile_id: str) -> None:
    """With ``work``: nothing is fetched of what was asked for until now."""
    for export in await context.exports.many({"profile_id": profile_id, "ended_at": None}):
        _end(context, work, export)


def _end(context: Context, work: Work, export: Export) -> None:
    export.end(context.clock.now())
    context.exports.save(work, export)
    kept.forget_parts(work, export.id)
    kept.forget_archive(work, export.id)


async def of_person(context: Context, principal: Principal, profile_id: str) -> list[Export]:
    """Exports that the caller may know of, the newest first.

    Raises:
        ProfileUnknown, Forbidden: as ``request``.
    """
    profile, actor = await _may_ask(context, principal, profile_id)
    whose = {} if actor.role == Role.SEEKER else {"acted_by": actor.user_id}
    return await context.exports.many({"profile_id": profile.id, **whose}, sort=[("_id", -1)], limit=50)


async def one_of(context: Context, principal: Principal, profile_id: str, export_id: str) -> tuple[Export, Actor]:
    """An export that the caller may fetch: the person any of theirs, who accompanies them those that they asked for.

    Raises:
        ProfileUnknown, Forbidden, ExportUnknown: see the names.
    """
    profile, actor = await _may_ask(context, principal, profile_id)
    export = await context.exports.find(export_id)
    mine = actor.role == Role.SEEKER or (export is not None and export.acted_by == actor.user_id)
    if export is None or export.profile_id != profile.id or not mine:
        raise ExportUnknown("Cet export n'existe pas, ou n'est pas à vous.", id=export_id)
    return export, actor


async def fetch(
    context: Context, principal: Principal, profile_id: str, export_id: str
) -> tuple[Export, AsyncIterator[bytes]]:
    """The archive; that it was fetched, and by whom, is noted first.

    Raises:
        ExportNotReady: it is being made, or was let go of.
    """
    export, actor = await one_of(context, principal, profile_id, export_id)
    export.must_be_ready(context.clock.now())
    profile = await context.profiles.load(export.profile_id)
    work = Work(context.new_id)
    work.touch(kept.EXPORTS, export.id, export.loaded_version)
    note(context, work, profile, actor, Action.EXPORT_FETCHED)
    await context.store.commit(work)
    return export, kept.chunks_of(context.store, export.id)


async def take_back(context: Context, principal: Principal, profile_id: str, export_id: str) -> None:
    """Nothing of it is kept any more; twice is once."""

    async def once() -> None:
        export, _ = await one_of(context, principal, profile_id, export_id)
        if export.ended_at is not None:
            return
        work = Work(context.new_id)
        _end(context, work, export)
        await context.store.commit(work)

    await context.store.retry_conflicts(once)


def state_of(context: Context, export: Export) -> ExportState:
    """How far it is now."""
    patience = timedelta(minutes=context.settings.export_patience_minutes)
    return export.state(context.clock.now(), patience)


async def _may_ask(context: Context, principal: Principal, profile_id: str) -> tuple[Profile, Actor]:
    """The person, or a counsellor who accompanies them: it is everything, from all services.

    Raises:
        ProfileUnknown: none of the caller's business.
        Forbidden: a manager, and a counsellor who does not accompany them.
    """
    profile, actor = await access.load(context.store, principal, profile_id)
    if actor.role == Role.SEEKER:
        return profile, actor
    accompanies = principal.subject in profile.counsellor_ids
    if accompanies and principal.is_staff_of(profile.territory, Role.COUNSELLOR):
        return profile, Actor(user_id=principal.subject, role=Role.COUNSELLOR)
    raise Forbidden(
        "L'export est remis à la personne, ou à qui l'accompagne et à sa demande.", needs=["seeker", "counsellor"]
    )
