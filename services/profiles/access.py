"""Who may act for whom: the person themselves, those who accompany them, managers of the territory."""

from collections.abc import Sequence
from typing import Any

from services.profiles.domain.errors import ProfileUnknown
from services.profiles.domain.journal import Actor
from services.profiles.domain.profile import Profile
from services.profiles.handles import Profiles
from shared.auth import Principal, Role, territory_of
from shared.errors import Forbidden
from shared.http import because_accompanied
from shared.store import Store


def actor_for(principal: Principal, profile: Profile) -> Actor | None:
    """The caller as staff or as the person; None for a stranger.

    A counsellor sees the people that they accompany and those of the territory that nobody accompanies yet. Whoever manages the
    desk as well acts as their counsellor for those: what they do for them is heard of the person. Staff who have a profile are
    the person there: nobody records their own statuses, or reads a CV as who accompanies themselves.
    """
    if profile.owner_id == principal.subject:
        return Actor(user_id=principal.subject, role=Role.SEEKER) if principal.has(Role.SEEKER) else None
    counsels = principal.is_staff_of(profile.territory, Role.COUNSELLOR)
    if counsels and principal.subject in profile.counsellor_ids:
        return Actor(user_id=principal.subject, role=Role.COUNSELLOR)
    if principal.is_staff_of(profile.territory, Role.MANAGER):
        return Actor(user_id=principal.subject, role=Role.MANAGER)
    return Actor(user_id=principal.subject, role=Role.COUNSELLOR) if counsels and not profile.counsellor_ids else None


async def load(store: Store, principal: Principal, profile_id: str) -> tuple[Profile, Actor]:
    """The profile and the caller's side.

    Raises:
        ProfileUnknown: no such profile, or none of the caller's business (a stranger learns nothing).
    """
    return side_of(principal, await Profiles(store).find(profile_id), profile_id)


def side_of(principal: Principal, profile: Profile | None, profile_id: str) -> tuple[Profile, Actor]:
    """As ``load``, of what was found under the id."""
    actor = actor_for(principal, profile) if profile is not None else None
    if profile is None or actor is None:
        raise ProfileUnknown("Ce profil n'existe pas, ou vous ne pouvez pas le voir.", id=profile_id)
    because_accompanied(profile.id)
    return profile, actor


async def still_accompanies(store: Store, principal: Principal, profile_ids: Sequence[str]) -> bool:
    """Whether the caller may act for all of these people now."""
    found = await Profiles(store).many({"_id": {"$in": list(profile_ids)}})
    return len(found) == len(profile_ids) and all(actor_for(principal, profile) is not None for profile in found)


async def own(store: Store, principal: Principal) -> Profile:
    """The caller's own profile.

    Raises:
        ProfileUnknown: the account has none yet.
    """
    profile = await Profiles(store).first({"owner_id": principal.subject})
    if profile is None:
        raise ProfileUnknown("Votre compte n'a pas encore de profil : créez-le d'abord.")
    return profile


def is_staff(principal: Principal) -> bool:
    """Whether the caller serves other people."""
    return principal.has(Role.COUNSELLOR, Role.MANAGER)


def is_manager(principal: Principal) -> bool:
    """Whether the caller sees everybody of their territories."""
    return principal.has(Role.MANAGER)


def chosen_territory(principal: Principal, given: str | None) -> str:
    """The territory of something new (``shared.auth.territory_of``): a person without a territory of their own chooses any."""
    return territory_of(principal, given, bound=bool(principal.territories) or is_staff(principal))


def scope_of(
    principal: Principal, territory: str | None, counsellor_id: str | None, unassigned: bool
) -> dict[str, Any]:
    """What of the caseload the caller may list: managers all of their territories, counsellors their own people.

    Raises:
        Forbidden: a territory or a colleague's people.
    """
    if territory is not None:
        principal.require_territory(territory)
    scope: dict[str, Any] = {"territory": territory or {"$in": sorted(principal.territories)}}
    if counsellor_id == "me":
        counsellor_id = principal.subject
    if unassigned:
        return scope | {"counsellor_ids": []}
    if principal.has(Role.MANAGER):
        return scope | ({"counsellor_ids": counsellor_id} if counsellor_id else {})
    if counsellor_id not in (None, principal.subject):
        raise Forbidden("Un conseiller voit qui il accompagne, et qui n'est accompagné de personne.")
    return scope | {"counsellor_ids": principal.subject}
