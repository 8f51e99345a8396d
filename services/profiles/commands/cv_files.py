"""Commands on a CV that is sent as a file."""

from services.profiles import access
from services.profiles.context import Context
from services.profiles.cv.store import CvFile, content_of_file, cv_of, forget_cv, put_cv
from services.profiles.cv.uploads.reading import read_file, safe_name
from services.profiles.domain.errors import CvUnknown
from services.profiles.domain.journal import Action, Actor, JournalEntry
from services.profiles.domain.profile import Profile
from shared.auth import Principal
from shared.http import forget_answers
from shared.store import Work


async def keep(context: Context, principal: Principal, profile_id: str, name: str, content: bytes) -> CvFile:
    """Look at a file and keep it in the place of the one before. Nothing of a refused one is kept.

    Raises:
        ProfileUnknown: none of the caller's business.
        CvRefused: naming the rule.
    """
    profile, _ = await access.load(context.store, principal, profile_id)
    read = await read_file(content, share=profile.id)
    shown = safe_name(name, read.kind)

    async def once() -> CvFile:
        profile, actor = await access.load(context.store, principal, profile_id)
        file = CvFile(
            id=context.new_id(),
            profile_id=profile.id,
            name=shown,
            kind=read.kind,
            size=len(content),
            pages=read.pages,
            text=read.text,
            uploaded_at=context.clock.now(),
            uploaded_by=actor.user_id,
        )
        work = Work(context.new_id)
        put_cv(work, file, content)
        # Who is erased meanwhile has no file.
        work.touch("profiles", profile.id, profile.loaded_version)
        note(context, work, profile, actor, Action.CV_FILE_KEPT)
        await context.store.commit(work)
        return file

    return await context.store.retry_conflicts(once)


async def described(context: Context, principal: Principal, profile_id: str) -> CvFile:
    """What is known of the file.

    Raises:
        ProfileUnknown, CvUnknown: none of the caller's business; there is none.
    """
    await access.load(context.store, principal, profile_id)
    file = await cv_of(context.store, profile_id)
    if file is None:
        raise CvUnknown("Ce profil n'a pas de CV en fichier.", id=profile_id)
    return file


async def opened(context: Context, principal: Principal, profile_id: str) -> tuple[CvFile, bytes]:
    """The file with its bytes.

    Raises:
        ProfileUnknown, CvUnknown: as ``described``.
    """
    for _ in range(3):
        file = await described(context, principal, profile_id)
        content = await content_of_file(context.store, file)
        if content is not None:
            return file, content
    raise CvUnknown("Ce CV est en train d'être remplacé.", id=profile_id)


async def forget(context: Context, principal: Principal, profile_id: str) -> None:
    """Take it back.

    Raises:
        ProfileUnknown, CvUnknown: as ``described``.
    """

    async def once() -> str:
        profile, actor = await access.load(context.store, principal, profile_id)
        file = await described(context, principal, profile_id)
        work = Work(context.new_id)
        forget_cv(work, profile.id)
        work.touch("profiles", profile.id, profile.loaded_version)
        note(context, work, profile, actor, Action.CV_FILE_REMOVED)
        await context.store.commit(work)
        return file.id

    # Its name is in what was answered when it was sent, kept for a repeated request.
    await forget_answers(context.store, await context.store.retry_conflicts(once))


def note(context: Context, work: Work, profile: Profile, actor: Actor, action: Action) -> None:
    """A line in the profile's journal, of the same commit."""
    entry = JournalEntry(
        id=context.new_id(),
        profile_id=profile.id,
        territory=profile.territory,
        at=context.clock.now(),
        action=action,
        acted_by=actor.user_id,
        role=actor.role,
        on_behalf_of=None if actor.user_id == profile.owner_id else profile.id,
    )
    document = entry.model_dump()
    work.insert("journal", {"_id": document.pop("id"), **document})
