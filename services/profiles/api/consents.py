"""What somebody agreed to, listed and taken back one by one."""

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel

from services.profiles.commands import consents as commands
from services.profiles.context import Ctx
from services.profiles.domain.agreements import Consent, Elsewhere
from services.profiles.domain.consent import Heard
from shared.http import BoundedRoute, Caller, resource

router = resource("/v1/profiles/{profile_id}/consents", "rights", route_class=BoundedRoute)


class ConsentsView(BaseModel):
    """All of it. ``elsewhere``: what other services keep, and where."""

    items: list[Consent]
    elsewhere: list[Elsewhere]


@router.get("", summary="Everything that the person agreed to: words, date, recipient, purpose, how to take it back")
async def list_consents(profile_id: str, caller: Caller, context: Ctx) -> ConsentsView:
    """Also what has ended. Saying no to any of it but `matching` changes no recommendation."""
    found, elsewhere = await commands.of_person(context, caller, profile_id)
    return ConsentsView(items=found, elsewhere=elsewhere)


@router.delete("/{consent_id}", status_code=204, summary="Take one agreement back; all others stay")
async def revoke_consent(
    profile_id: str,
    consent_id: str,
    caller: Caller,
    context: Ctx,
    heard: Annotated[Heard | None, Query(description="Staff, for `pool_contact`: how the person said so")] = None,
) -> None:
    """`consent_id` as the list shows it. At once; twice is once."""
    await commands.revoke(context, caller, profile_id, consent_id, heard)
