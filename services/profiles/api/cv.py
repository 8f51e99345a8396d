"""The CV made from the profile: a page in three layouts, with or without name, and what did not fit on it."""

from typing import Annotated

from fastapi import Query, Response
from pydantic import BaseModel, Field

from services.profiles import access
from services.profiles.context import Ctx
from services.profiles.cv.printing import print_cv
from services.profiles.domain.resume import Layout
from shared import civil
from shared.errors import FieldError
from shared.http import BoundedRoute, Caller, IfNoneMatch, resource

router = resource("/v1/profiles/{profile_id}", "cv", route_class=BoundedRoute)


class CvNote(BaseModel):
    """Something that the page does not say as the profile does."""

    field: str = Field(description="Of the profile")
    rule: str = Field(description="`shortened`, or `no-font`: characters printed as □")
    message: str

    @classmethod
    def of(cls, note: FieldError) -> "CvNote":
        return cls(field=note.field, rule=note.rule, message=note.message)


class CvCheck(BaseModel):
    """What a CV leaves out."""

    layout: Layout
    anonymous: bool
    complete: bool
    notes: list[CvNote]


Chosen = Annotated[Layout, Query(description="How it is laid out; all three say the same")]
Anonymous = Annotated[bool, Query(description="Without name and contact points, in its texts as well")]


@router.get(
    "/cv.pdf",
    summary="The CV on one page of A4: tagged, its text can be selected and read aloud",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}}, 304: {}},
)
async def read_cv(
    profile_id: str,
    caller: Caller,
    context: Ctx,
    copies: IfNoneMatch,
    layout: Chosen = Layout.CLASSIC,
    anonymous: Anonymous = False,
) -> Response:
    profile, _ = await access.load(context.store, caller, profile_id)
    today = civil.today(profile.territory, context.clock.now())
    # The day is in it because «disponible» depends on it.
    etag = f'"{profile.version}-{today:%Y%m%d}"'
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    if copies.hold(etag):
        return Response(status_code=304, headers=headers)
    made = await print_cv(profile, context.occupations, today, layout, anonymous=anonymous)
    name = "cv-sans-nom" if anonymous else "cv"
    headers |= {
        "Content-Disposition": f'attachment; filename="{name}.pdf"',
        "X-Content-Type-Options": "nosniff",
    }
    return Response(made.pdf, media_type="application/pdf", headers=headers)


@router.get("/cv", summary="What the CV on one page would leave out, and why")
async def check_cv(
    profile_id: str,
    caller: Caller,
    context: Ctx,
    layout: Chosen = Layout.CLASSIC,
    anonymous: Anonymous = False,
) -> CvCheck:
    profile, _ = await access.load(context.store, caller, profile_id)
    today = civil.today(profile.territory, context.clock.now())
    made = await print_cv(profile, context.occupations, today, layout, anonymous=anonymous)
    return CvCheck(
        layout=layout, anonymous=anonymous, complete=not made.notes, notes=[CvNote.of(note) for note in made.notes]
    )
