"""Who calls an endpoint."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Annotated

from fastapi import Depends, Request
from fastapi.dependencies.models import Dependant
from fastapi.openapi.models import HTTPBearer as HTTPBearerModel
from fastapi.security.base import SecurityBase

from shared.auth import Principal, Role, TokenVerifier, Unauthenticated
from shared.errors import Forbidden


async def verified(request: Request) -> Principal | None:
    """The caller, or None without a token: asked by the route, once, before anything else of the request.

    Raises:
        Unauthenticated: a token that does not hold is refused even where none is needed.
    """
    given = request.headers.getlist("authorization")
    if len(given) > 1:
        # A proxy may have judged by another of them than we would.
        raise Unauthenticated("Il faut un seul en-tête Authorization.")
    principal = None
    if given and given[0]:
        scheme, _, token = given[0].partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer" or not token:
            raise Unauthenticated("L'en-tête Authorization s'écrit : Bearer <token>.")
        verifier: TokenVerifier = request.app.state.verifier
        principal = await verifier.verify(token)
    request.state.principal = principal
    return principal


def no_token() -> Unauthenticated:
    """The refusal of a request that needs a token and has none."""
    return Unauthenticated("Connectez-vous : cette demande a besoin d'un jeton (Authorization: Bearer).")


class _Caller(SecurityBase):
    """What the route found, as one dependency: each that stands behind another costs a good part of a small answer."""

    def __init__(self, *, needed: bool) -> None:
        self.model = HTTPBearerModel(bearerFormat="JWT", description="A token with roles, territories and audience")
        self.scheme_name = "HTTPBearer"
        self.needed = needed

    async def __call__(self, request: Request) -> Principal | None:
        principal: Principal | None = request.state.principal
        if principal is None and self.needed:
            raise no_token()
        return principal


def token_needed(dependant: Dependant) -> bool | None:
    """Whether who calls this needs a token; None where it asks for none, and looks at none."""
    if isinstance(dependant.call, _Caller):
        return dependant.call.needed
    found = {token_needed(one) for one in dependant.dependencies} - {None}
    return any(found) if found else None


caller = _Caller(needed=True)
OptionalCaller = Annotated[Principal | None, Depends(_Caller(needed=False))]
"""The caller, or None without a token."""
Caller = Annotated[Principal, Depends(caller)]
"""The caller; 401 without a token."""


def role_missing(needed: Iterable[Role], held: Iterable[Role]) -> Forbidden:
    """The refusal of who has none of the roles that an operation is for."""
    needs = [role.value for role in needed]
    return Forbidden("Votre rôle ne donne pas cet accès.", needs=needs, has=sorted(role.value for role in held))


def require(*roles: Role) -> Callable[[Principal], Awaitable[Principal]]:
    """A dependency that wants one of ``roles``: ``caller: Annotated[Principal, Depends(require(Role.MANAGER))]``."""

    async def check(principal: Caller) -> Principal:
        if not principal.has(*roles):
            raise role_missing(roles, principal.roles)
        return principal

    return check
