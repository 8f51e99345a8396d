"""Who may be named as somebody's counsellor."""

from collections.abc import Iterable

from services.profiles.access import actor_for
from services.profiles.commands.staff import accompanies
from services.profiles.context import Context
from services.profiles.domain.errors import CounsellorRefused
from shared.auth import Principal
from shared.errors import refused_field


async def check_named(
    context: Context,
    principal: Principal,
    territory: str,
    owner_id: str | None,
    named: Iterable[str],
    field: str = "counsellor_id",
) -> None:
    """That nobody is named who is known not to accompany people there: the person themselves, a person whom the caller reads, an
    account whose role was taken back, or one that left its contact points there as no counsellor. The caller's own token says
    what they are. Roles are the identity provider's, so an account of which nothing is known here is taken at the word of who
    names it.

    Raises:
        CounsellorRefused: with ``field``.
    """
    for id in named:
        if id == owner_id:
            raise refused_field(CounsellorRefused, field, "oneself", "Personne ne s'accompagne soi-même.")
        if id != principal.subject and not await _may_be(context, principal, territory, id):
            message = f"Le compte {id} n'accompagne personne dans le département {territory} : vérifiez l'identifiant."
            raise refused_field(CounsellorRefused, field, "no-counsellor", message)


async def _may_be(context: Context, principal: Principal, territory: str, id: str) -> bool:
    invited = await accompanies(context, territory, id)
    if invited is not None:
        return invited
    contact = await context.contacts.find(id)
    if contact is not None and contact.territory == territory and not contact.staff:
        return False
    profile = await context.profiles.find(id)
    # Whether there is somebody of whom they may know nothing is nobody's to find out here.
    return profile is None or actor_for(principal, profile) is None
