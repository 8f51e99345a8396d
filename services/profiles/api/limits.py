"""Functional limits, apart from the profile: managers read that one."""

from typing import Annotated

from fastapi import Body

from services.profiles.api import examples
from services.profiles.commands import limits as commands
from services.profiles.context import Ctx
from services.profiles.domain.limits import FunctionalLimits
from services.profiles.store import location
from shared.http import Caller, Located, resource

router = resource("/v1/profiles/{profile_id}/functional-limits", "profiles")


@router.get("", summary="What work must not ask of the person: they and who accompanies them")
async def read_limits(profile_id: str, caller: Caller, context: Ctx) -> FunctionalLimits:
    """The functional need, never the cause. Offers are not compared with it."""
    profile, _ = await commands.limits_of(context, caller, profile_id)
    return FunctionalLimits(limits=profile.functional_limits)


@router.put("", summary="Say all of what work must not ask of the person")
async def say_limits(
    profile_id: str,
    body: Annotated[FunctionalLimits, Body(openapi_examples=examples.LIMITS)],
    caller: Caller,
    context: Ctx,
    located: Located,
) -> FunctionalLimits:
    """Replaces what was said; an empty list takes it back. No event tells of it."""
    profile = await commands.say_limits(context, caller, profile_id, body.limits)
    # Erasure finds the answers kept for repeated requests by this header.
    located(location(profile.id))
    return FunctionalLimits(limits=profile.functional_limits)
