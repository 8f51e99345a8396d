"""The territory that something new belongs to."""

from shared.auth.principal import Principal
from shared.errors import Refused, refused_field


class TerritoryRequired(Refused):
    """Neither the token nor the body says which territory this belongs to."""

    code = "territory-required"


def territory_of(principal: Principal, given: str | None, *, bound: bool = True) -> str:
    """As given, else the token's only one. Not ``bound``: the caller belongs to none, and any may be given (a seeker).

    Raises:
        TerritoryRequired: the token names none or several, and none was given.
        Forbidden: the token names others.
    """
    if given is not None:
        if bound:
            principal.require_territory(given)
        return given
    if len(principal.territories) == 1:
        return next(iter(principal.territories))
    message = "Indiquez le département (territory), par exemple 23."
    raise refused_field(TerritoryRequired, "territory", "required", message)
