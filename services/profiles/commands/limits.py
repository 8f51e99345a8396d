"""Reading and saying functional limits: the person, and the counsellors who accompany them; no manager's business."""

from services.profiles.access import load
from services.profiles.commands.saving import commit
from services.profiles.context import Context
from services.profiles.domain.journal import Action, Actor
from services.profiles.domain.limits import FunctionalLimit
from services.profiles.domain.profile import Profile
from shared.auth import Principal, Role
from shared.errors import Forbidden

FIELD = "functional_limits"
"""As the journal calls them."""


def knows_limits(principal: Principal, profile: Profile, actor: Actor) -> bool:
    """Whether the caller may know what work must not ask of the person, and that anything was ever said of it."""
    accompanies = principal.subject in profile.counsellor_ids
    return actor.role == Role.SEEKER or (accompanies and principal.is_staff_of(profile.territory, Role.COUNSELLOR))


async def limits_of(context: Context, principal: Principal, profile_id: str) -> tuple[Profile, Actor]:
    """The profile with its limits, and the side on which the caller stands.

    Raises:
        ProfileUnknown: none of the caller's business.
        Forbidden: staff who do not accompany the person themselves.
    """
    profile, actor = await load(context.store, principal, profile_id)
    if not knows_limits(principal, profile, actor):
        raise Forbidden(
            "C'est entre la personne et les conseillers qui l'accompagnent.", needs=["seeker", "counsellor"]
        )
    own = actor.role == Role.SEEKER
    return profile, actor if own else Actor(user_id=principal.subject, role=Role.COUNSELLOR)


async def say_limits(
    context: Context, principal: Principal, profile_id: str, limits: tuple[FunctionalLimit, ...]
) -> Profile:
    """These are all of them. Nobody else is told; the same again changes nothing.

    Raises:
        ProfileUnknown, Forbidden: see ``limits_of``.
    """

    async def once() -> Profile:
        profile, actor = await limits_of(context, principal, profile_id)
        if profile.say_limits(limits, context.clock.now()):
            await commit(context, profile, actor, Action.UPDATED, fields=(FIELD,))
        return profile

    return await context.store.retry_conflicts(once)
