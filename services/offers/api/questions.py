"""Questions of people to an employer, one click each."""

from datetime import datetime
from typing import Annotated

from fastapi import Depends
from pydantic import BaseModel

from services.offers.commands import questions
from services.offers.context import Ctx
from shared.auth import Principal, Role
from shared.http import require, resource

router = resource("/v1/offers", "offers")

Asking = Annotated[Principal, Depends(require(Role.SEEKER, Role.COUNSELLOR, Role.MANAGER))]


class ScheduleRequest(BaseModel):
    """The employer was asked when the work is; only the first time sends something."""

    offer_id: str
    asked_at: datetime


@router.post("/{offer_id}/schedule-request", status_code=202, summary="Ask the employer when the work is")
async def ask_for_schedule(offer_id: str, context: Ctx, principal: Asking) -> ScheduleRequest:
    """For an offer that does not say all of its schedule, be it only the week-end. The employer is told once, never who asked."""
    return ScheduleRequest(offer_id=offer_id, asked_at=await questions.ask_for_schedule(context, offer_id))
