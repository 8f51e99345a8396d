"""The CV that goes with an application: as it would be shown, and as an employer's user reads it."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.profiles import access
from services.profiles.commands.disclosures import chosen_cv, readable, shown, trace, unknown
from services.profiles.context import Context
from services.profiles.cv.content import lines_of_reach
from services.profiles.cv.printing import print_cv
from services.profiles.cv.store import CvFile, content_of_file
from services.profiles.cv.uploads.kinds import MEDIA_TYPES, Kind
from services.profiles.domain.disclosure import ContactPoint, CvChoice, CvKind, Disclosure, Matter
from services.profiles.domain.profile import Profile
from services.profiles.domain.resume import Layout
from shared import civil
from shared.auth import Principal

_MADE = "cv.pdf"


@dataclass(frozen=True)
class Document:
    """A file to be saved."""

    name: str
    media_type: str
    content: bytes


async def preview(
    context: Context, principal: Principal, profile_id: str, contacts: Sequence[ContactPoint], layout: Layout
) -> Document:
    """The CV made from the profile as an employer would read it, for the person and who acts for them.

    Raises:
        ProfileUnknown: none of the caller's business.
        CvNotMade: the typesetter did not come to an end.
    """
    profile, _ = await access.load(context.store, principal, profile_id)
    return await _made(context, principal, profile, contacts, layout)


async def read(context: Context, principal: Principal, disclosure_id: str) -> Document:
    """The chosen CV, for whom the disclosure is. That they read it is written before they get it.

    Raises:
        DisclosureUnknown: as ``disclosures.readable``; no CV was chosen, or the chosen file is there no more.
        CvNotMade: the typesetter did not come to an end.
    """
    disclosure, profile, choice, file = await _offered(context, principal, disclosure_id)
    if choice.kind is CvKind.MADE:
        layout = choice.layout or Layout.CLASSIC
        document = await _made(context, principal, profile, disclosure.contacts, layout)
    else:
        content = None if file is None else await content_of_file(context.store, file)
        if file is None or content is None:
            raise unknown(disclosure_id)
        document = Document(file.name, MEDIA_TYPES[file.kind], content)

    async def once() -> None:
        # Setting a page takes its time: what ended meanwhile is not read.
        again, _, still, _ = await _offered(context, principal, disclosure_id)
        if still != choice:
            raise unknown(disclosure_id)
        await trace(context, principal, again, Matter.CV)

    await context.store.retry_conflicts(once)
    return document


async def _offered(
    context: Context, principal: Principal, disclosure_id: str
) -> tuple[Disclosure, Profile, CvChoice, CvFile | None]:
    disclosure, profile = await readable(context, principal, disclosure_id)
    choice, file = await chosen_cv(context, disclosure)
    if choice.kind is CvKind.NONE:
        raise unknown(disclosure_id)
    return disclosure, profile, choice, file


async def _made(
    context: Context, principal: Principal, profile: Profile, contacts: Sequence[ContactPoint], layout: Layout
) -> Document:
    said = await shown(context, profile, contacts)
    reached = lines_of_reach(profile.home, said.phone, said.email, said.counsellor)
    today = civil.today(profile.territory, context.clock.now())
    # The reader's turn: who asks often waits for themselves, and keeps no person from their own CV.
    made = await print_cv(profile, context.occupations, today, layout, reached=reached, share=principal.subject)
    return Document(_MADE, MEDIA_TYPES[Kind.PDF], made.pdf)
