"""People of whom nothing is heard: who was warned, who is there after all, who gets more time."""

from datetime import datetime
from typing import Annotated

from fastapi import Body, Depends
from pydantic import BaseModel, Field

from services.profiles import access
from services.profiles.api import examples
from services.profiles.commands import inactivity as commands
from services.profiles.context import Context, Ctx
from services.profiles.domain.inactivity import Watch, erased_on
from services.profiles.queries import watching
from shared.auth import Principal, Role
from shared.domain import Entity
from shared.http import BoundedRoute, Caller, Page, PageQuery, require, resource
from shared.types import CivilDate

router = resource("/v1/profiles/{profile_id}", "rights", route_class=BoundedRoute)
lists = resource("/v1/inactive-profiles", "rights", route_class=BoundedRoute)

Staff = Annotated[Principal, Depends(require(Role.COUNSELLOR, Role.MANAGER))]


class Postponement(Entity):
    """More time for somebody who was not heard from."""

    until: CivilDate = Field(description="Last day of it, in a year at most")


class InactivityView(BaseModel):
    """How it stands with somebody."""

    profile_id: str
    last_act_at: datetime = Field(description="Of the person, or of a counsellor for them")
    warned_at: datetime | None
    erased_on: datetime | None = Field(description="When they are erased if nothing is heard; null: not warned")
    postponed_until: datetime | None
    kept_because: tuple[str, ...] = Field(
        description="What is under way: `application`, `hire`, `registration`, `employment`"
    )

    @classmethod
    def of(cls, watch: Watch, last: datetime, context: Context) -> "InactivityView":
        warned = watch.warned_at
        return cls(
            profile_id=watch.profile_id,
            last_act_at=last,
            warned_at=warned,
            erased_on=None if warned is None else erased_on(warned, last, commands.policy_of(context)),
            postponed_until=watch.postponed_until,
            kept_because=watch.kept_because,
        )


@router.get("/inactivity", summary="When something was last heard, whether a warning was sent, and what follows")
async def read_inactivity(profile_id: str, caller: Caller, context: Ctx) -> InactivityView:
    """`last_act_at` is what profiles knows; the other services are asked before anybody is warned."""
    return InactivityView.of(*await commands.standing(context, caller, profile_id), context)


@router.post("/presence", summary="The person is there: everything stays as it is")
async def say_present(profile_id: str, caller: Caller, context: Ctx) -> InactivityView:
    """Said by the person, or by a counsellor who heard from them."""
    return InactivityView.of(*await commands.say_present(context, caller, profile_id), context)


@router.put("/inactivity", summary="More time for somebody who was not heard from (who accompanies them, managers)")
async def postpone_erasure(
    profile_id: str,
    body: Annotated[Postponement, Body(openapi_examples=examples.POSTPONEMENT)],
    caller: Caller,
    context: Ctx,
) -> InactivityView:
    """Until then nobody is warned or erased. Afterwards they are warned anew, and have a month."""
    return InactivityView.of(*await commands.postpone(context, caller, profile_id, body.until), context)


@lists.get("", summary="Whom to call: people who were warned that they will be erased")
async def list_inactive(caller: Staff, context: Ctx, page: PageQuery) -> Page[InactivityView]:
    """A counsellor's own people; a manager's territories."""
    territories = sorted(caller.territories)
    query: dict[str, object] = {"territory": {"$in": territories}}
    if not access.is_manager(caller):
        query["_id"] = {"$in": await watching.accompanied(context.store, caller.subject, territories)}
    rows = page.page(await watching.warned(context.store, query, page), lambda row: (row["_id"],))
    found = []
    for row in rows.items:
        watch = Watch.model_validate({**row, "profile_id": row["_id"]})
        found.append(InactivityView.of(watch, row["last_act_at"], context))
    return Page(items=found, next_cursor=rows.next_cursor)
