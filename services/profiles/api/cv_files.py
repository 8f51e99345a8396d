"""A CV that is sent as a file: PDF, DOCX or ODT; given back as it came, never shown in a page."""

from datetime import datetime
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Query, Request, Response
from pydantic import BaseModel, Field

from services.profiles import access
from services.profiles.commands import cv_files as commands
from services.profiles.context import Ctx
from services.profiles.cv.store import CvFile
from services.profiles.cv.uploads.kinds import MAX_BYTES, MEDIA_TYPES, Kind
from services.profiles.cv.uploads.reading import ascii_name
from services.profiles.store import location
from shared.http import BoundedRoute, Caller, Located, named_file, resource
from shared.types import Identifier

sending = resource("/v1/cv-files", "cv")
router = resource("/v1/profiles/{profile_id}/cv", "cv", route_class=BoundedRoute)

UPLOAD_PATH = "/v1/cv-files"
UPLOAD_BYTES = MAX_BYTES + 64 * 1024
"""The file and the form around it."""
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": f"The file as the field `file` of a form: PDF, DOCX or ODT, {MAX_BYTES // 2**20} MB at most.",
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}
FILE_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in MEDIA_TYPES.values()}}
}
SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store",
}
"""Whatever a browser thinks of the bytes: it saves them, and runs nothing."""


class CvFileView(BaseModel):
    """What is known of the file."""

    id: str = Field(description="Of this file; one that takes its place has another")
    profile_id: str
    name: str = Field(description="Cleaned, with the extension of what the file is")
    kind: Kind
    size: int = Field(description="Bytes")
    pages: int | None = Field(description="Of a PDF")
    words: int = Field(description="Words that were read in it; 0 when it is a picture of a CV")
    uploaded_at: datetime
    uploaded_by: str

    @classmethod
    def of(cls, file: CvFile) -> "CvFileView":
        taken = ("id", "profile_id", "name", "kind", "size", "pages", "uploaded_at", "uploaded_by")
        return cls(words=len(file.text.split()), **{name: getattr(file, name) for name in taken})


@sending.post("", status_code=201, summary="Send a CV; it takes the place of the one before", openapi_extra=_BODY)
async def send_cv_file(
    request: Request,
    located: Located,
    caller: Caller,
    context: Ctx,
    profile_id: Annotated[Identifier, Query(description="Whose CV it is")],
) -> CvFileView:
    """The kind is told by the bytes. A file with a program, another file or a link to elsewhere in it is refused."""
    # A stranger's file is not even read.
    await access.load(context.store, caller, profile_id)
    name, content = await named_file(request, "file")
    file = await commands.keep(context, caller, profile_id, name, content)
    # Erasure finds the answers kept for repeated requests by this header.
    located(location(profile_id))
    return CvFileView.of(file)


@router.get("/file/about", summary="What is known of the CV that was sent")
async def read_cv_file_about(profile_id: str, caller: Caller, context: Ctx) -> CvFileView:
    return CvFileView.of(await commands.described(context, caller, profile_id))


@router.get("/file", summary="The CV as it was sent, to be saved", response_class=Response, responses=FILE_ANSWERS)
async def read_cv_file(profile_id: str, caller: Caller, context: Ctx) -> Response:
    file, content = await commands.opened(context, caller, profile_id)
    return to_be_saved(file.name, MEDIA_TYPES[file.kind], content)


def to_be_saved(name: str, media_type: str, content: bytes) -> Response:
    """An answer that browsers save under that name and never show."""
    shown = f"attachment; filename=\"{ascii_name(name)}\"; filename*=UTF-8''{quote(name, safe='')}"
    return Response(content, media_type=media_type, headers=SAFE | {"Content-Disposition": shown})


@router.delete("/file", status_code=204, summary="Take the CV that was sent back: nothing of it is kept")
async def erase_cv_file(profile_id: str, caller: Caller, context: Ctx) -> None:
    await commands.forget(context, caller, profile_id)
