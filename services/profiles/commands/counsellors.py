"""Who may be named as somebody's counsellor."""

from collections.abc import Iterable

from services.profiles.commands.staff import accompanies
from services.profiles.context import Context
from services.profiles.domain.errors import CounsellorRefused
from services.profiles.store import names_a_profile
from shared.errors import refused_field


async def check_named(
    context: Context, territory: str, owner_id: str | None, named: Iterable[str], field: str = "counsellor_id"
) -> None:
    """That nobody is named who is known not to accompany people there: the person themselves, somebody else's profile, an
    account whose role was taken back, or one that left its contact points there as no counsellor. Roles are the identity
    provider's, so an account of which nothing is known here is taken at the word of who names it.

    Raises:
        CounsellorRefused: with ``field``.
    """
    for id in named:
        if id == owner_id:
            raise refused_field(CounsellorRefused, field, "oneself", "Personne ne s'accompagne soi-même.")
        invited = await accompanies(context, territory, id)
        contact = None if invited else await context.contacts.find(id)
        other = contact is not None and contact.territory == territory and not contact.staff
        if invited is False or (not invited and (other or await names_a_profile(context.store, id))):
            message = f"Le compte {id} n'accompagne personne dans le département {territory} : vérifiez l'identifiant."
            raise refused_field(CounsellorRefused, field, "no-counsellor", message)
