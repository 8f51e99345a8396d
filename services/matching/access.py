"""Who may see or decide what: the person, those who accompany them, managers of the territory, the offer's employer."""

from collections.abc import Sequence
from typing import Any

from services.matching.domain.life import NotThis, Overruling
from services.matching.store import by_id, one_by_id, recommendation_id
from shared.auth import Principal, Role
from shared.clock import Clock
from shared.contracts.vocabulary import OfferStatus
from shared.errors import Forbidden, NotFound
from shared.http import because_accompanied
from shared.store import Store

_OUT_OF_SIGHT = (OfferStatus.SUSPENDED, OfferStatus.ARCHIVED)


class ProfileUnknown(NotFound):
    """No such profile, or none of the caller's business: a stranger learns nothing."""

    code = "profile-unknown"


class OfferUnknown(NotFound):
    """No such offer."""

    code = "offer-unknown"


def acts_for(principal: Principal, profile: dict[str, Any]) -> Role | None:
    """The side on which the caller stands to a profile; None for a stranger. Staff who have a profile are the person there."""
    if profile["owner_id"] == principal.subject:
        return Role.SEEKER if principal.has(Role.SEEKER) else None
    if principal.is_staff_of(profile["territory"], Role.MANAGER):
        return Role.MANAGER
    accompanies = principal.subject in profile["counsellor_ids"] or not profile["counsellor_ids"]
    if principal.is_staff_of(profile["territory"], Role.COUNSELLOR) and accompanies:
        return Role.COUNSELLOR
    return None


async def profile_for(store: Store, principal: Principal, profile_id: str) -> tuple[dict[str, Any], Role]:
    """The profile as matching knows it, and the caller's side.

    Raises:
        ProfileUnknown: no such profile, or none of the caller's business.
    """
    return side_of(principal, await one_by_id(store, "profiles", profile_id), profile_id)


def side_of(principal: Principal, profile: dict[str, Any] | None, profile_id: str) -> tuple[dict[str, Any], Role]:
    """As ``profile_for``, of what was found under the id."""
    side = acts_for(principal, profile) if profile is not None and profile.get("facts") else None
    if profile is None or side is None:
        raise profile_unknown(profile_id)
    # Of managers too: the person may move to another territory.
    because_accompanied(str(profile["_id"]))
    return profile, side


async def still_accompanies(store: Store, principal: Principal, profile_ids: Sequence[str]) -> bool:
    """Whether the caller may act for all of these people now."""
    found = await by_id(store, "profiles", profile_ids)
    return len(found) == len(profile_ids) and all(
        profile.get("facts") and acts_for(principal, profile) is not None for profile in found.values()
    )


def profile_unknown(profile_id: str) -> ProfileUnknown:
    """One sentence for whom nobody knows, or not any more, and for who is not the caller's to know."""
    return ProfileUnknown(
        "Ce profil n'existe pas, ou vous ne pouvez pas le voir (un nouveau est connu après un instant).",
        id=profile_id,
    )


def offer_unknown(offer_id: str) -> OfferUnknown:
    """One sentence for what does not exist and for what is not the caller's to know."""
    return OfferUnknown("Cette offre n'existe pas (une nouvelle offre est connue après un instant).", id=offer_id)


async def offer_known(store: Store, offer_id: str) -> dict[str, Any]:
    """The offer as matching knows it, whoever asks.

    Raises:
        OfferUnknown: no such offer has been published.
    """
    offer = await one_by_id(store, "offers", offer_id)
    if offer is None or not offer.get("facts"):
        raise offer_unknown(offer_id)
    return offer


async def offer_seen(
    store: Store, principal: Principal, offer_id: str, profile_id: str | None = None
) -> dict[str, Any]:
    """The offer, for staff and the people they speak for. What is out of sight, a moderator's no perhaps, is there for staff
    of its territory, and for whom it was recommended to (``profile_id``) while it was shown.

    Raises:
        OfferUnknown: no such offer has been published, or none that the caller may know of.
    """
    offer = await offer_known(store, offer_id)
    if offer["status"] not in _OUT_OF_SIGHT or principal.is_staff_of(offer["territory"], Role.COUNSELLOR, Role.MANAGER):
        return offer
    told = [] if profile_id is None else [recommendation_id(profile_id, offer_id)]
    if not await by_id(store, "recommendations", told, {"_id": 1}):
        raise offer_unknown(offer_id)
    return offer


def staff(side: Role) -> bool:
    """Whether somebody acts for the person rather than the person themselves."""
    return side in (Role.COUNSELLOR, Role.MANAGER)


def must_be_staff(side: Role) -> None:
    """Raises Forbidden for the person themselves, whatever else their token lets them do for others."""
    if not staff(side):
        raise Forbidden(
            "Cela revient à qui accompagne la personne : pour vous-même, demandez-le à votre conseiller.",
            needs=[Role.COUNSELLOR.value, Role.MANAGER.value],
        )


def territory_scope(principal: Principal, territory: str | None) -> dict[str, Any]:
    """The caller's territories as a query, or the one asked for.

    Raises:
        Forbidden: a territory that the token does not name.
    """
    if territory is not None:
        principal.require_territory(territory)
        return {"territory": territory}
    if not principal.territories:
        raise Forbidden("Votre compte ne travaille pour aucun territoire.")
    return {"territory": {"$in": sorted(principal.territories)}}


def overruling(
    principal: Principal, profile_id: str, reason: str, clock: Clock, why: NotThis | None = None
) -> Overruling:
    """The record of who decided what for whom."""
    return Overruling(
        acted_by=principal.subject,
        on_behalf_of=profile_id,
        reason=reason,
        at=clock.now(),
        kind_of_no=why.value if why else None,
    )
