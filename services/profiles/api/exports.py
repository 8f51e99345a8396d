"""Everything about somebody from all services, as one archive."""

from datetime import datetime
from typing import Annotated

from fastapi import Body
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from services.profiles.api import examples
from services.profiles.api.cv_files import SAFE
from services.profiles.commands import exports as commands
from services.profiles.context import Context, Ctx
from services.profiles.domain.consent import Heard
from services.profiles.domain.export import Export, ExportState, sentence
from shared import civil
from shared.domain import Entity
from shared.http import Caller, IdempotentRoute, Located, resource

router = resource("/v1/profiles/{profile_id}/exports", "rights", route_class=IdempotentRoute)


class ExportAsked(Entity):
    """Who asks for somebody else says how they heard that the person wants it."""

    heard: Heard | None = Field(default=None, description="Counsellors: how the person asked. The person: absent")


class ExportView(BaseModel):
    """How far an export is."""

    id: str
    profile_id: str
    state: ExportState
    said: str = Field(description="The same as a French sentence, to be shown")
    requested_at: datetime
    acted_by: str
    on_behalf_of: str | None
    heard: Heard | None
    arrived: dict[str, datetime] = Field(description="When each service's part was whole")
    missing: tuple[str, ...] = Field(description="Services that have not answered yet")
    done: int = Field(description="Parts that are there, of `parts`; the profile's own is there from the beginning")
    parts: int
    ready_at: datetime | None
    expires_at: datetime = Field(description="What is not ready, or was not fetched, is gone then")
    size: int | None = Field(description="Bytes of the archive")
    sha256: str | None

    @classmethod
    def of(cls, export: Export, context: Context) -> "ExportView":
        state = commands.state_of(context, export)
        taken = (
            "id", "profile_id", "acted_by", "on_behalf_of", "heard", "arrived", "missing", "ready_at", "expires_at",
            "size", "sha256",
        )  # fmt: skip
        return cls(
            state=state,
            said=sentence(export, state),
            requested_at=export.created_at,
            done=1 + len(export.arrived),
            parts=1 + len(export.arrived) + len(export.missing),
            **{name: getattr(export, name) for name in taken},
        )


class ExportsView(BaseModel):
    """The latest exports."""

    items: list[ExportView]


@router.post("", status_code=201, summary="Ask for everything about the person, from all services")
async def request_export(
    profile_id: str,
    body: Annotated[ExportAsked, Body(openapi_examples=examples.EXPORT)],
    caller: Caller,
    context: Ctx,
    located: Located,
) -> ExportView:
    """The person, or a counsellor who accompanies them and says how they heard the demand. One at a time; three a day.

    Poll `Location` until `state` is `ready`, then fetch `archive`.
    """
    export = await commands.request(context, caller, profile_id, body.heard)
    located(f"/v1/profiles/{profile_id}/exports/{export.id}")
    return ExportView.of(export, context)


@router.get("", summary="Exports that were asked for")
async def list_exports(profile_id: str, caller: Caller, context: Ctx) -> ExportsView:
    """The newest first: the person sees all, a counsellor those that they asked for."""
    found = await commands.of_person(context, caller, profile_id)
    return ExportsView(items=[ExportView.of(one, context) for one in found])


@router.get("/{export_id}", summary="How far an export is")
async def read_export(profile_id: str, export_id: str, caller: Caller, context: Ctx) -> ExportView:
    """`late` names the services that have not answered in their time; it becomes `ready` when they do."""
    export, _ = await commands.one_of(context, caller, profile_id, export_id)
    return ExportView.of(export, context)


@router.get(
    "/{export_id}/archive",
    summary="The archive: a page to read, JSON for each service, the files",
    response_class=StreamingResponse,
    responses={200: {"content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}}}},
)
async def fetch_export(profile_id: str, export_id: str, caller: Caller, context: Ctx) -> StreamingResponse:
    """ZIP. That it was fetched stands in the profile's journal."""
    export, chunks = await commands.fetch(context, caller, profile_id, export_id)
    asked_on = civil.today(export.territory, export.created_at)
    named = {
        "Content-Disposition": f'attachment; filename="mes-donnees-{asked_on}.zip"',
        "Content-Length": str(export.size),
    }
    return StreamingResponse(chunks, media_type="application/zip", headers=SAFE | named)


@router.delete("/{export_id}", status_code=204, summary="Take an export back: nothing of it is kept")
async def erase_export(profile_id: str, export_id: str, caller: Caller, context: Ctx) -> None:
    """Also while it is being made."""
    await commands.take_back(context, caller, profile_id, export_id)
