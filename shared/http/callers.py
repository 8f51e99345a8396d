"""Who calls an endpoint."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Request
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
        raise Unauthenticated("There must be one Authorization header.")
    principal = None
    if given and given[0]:
        scheme, _, token = given[0].partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer" or not token:
            raise Unauthenticated("The Authorization header must be: Bearer <token>.")
        verifier: TokenVerifier = request.app.state.verifier
        principal = await verifier.verify(token)
    request.state.principal = principal
    return principal


class _Caller(SecurityBase):
    """What the route found, as one dependency: each that stands behind another costs a good part of a small answer."""

    def __init__(self, *, needed: bool) -> None:
        self.model = HTTPBearerModel(bearerFormat="JWT", description="A token with roles, territories and audience")
        self.scheme_name = "HTTPBearer"
        self._needed = needed

    async def __call__(self, request: Request) -> Principal | None:
        principal: Principal | None = request.state.principal
        if principal is None and self._needed:
            raise Unauthenticated("This needs a bearer token.")
        return principal


caller = _Caller(needed=True)
OptionalCaller = Annotated[Principal | None, Depends(_Caller(needed=False))]
"""The caller, or None without a token."""
Caller = Annotated[Principal, Depends(caller)]
"""The caller; 401 without a token."""


def require(*roles: Role) -> Callable[[Principal], Awaitable[Principal]]:
    """A dependency that wants one of ``roles``: ``caller: Annotated[Principal, Depends(require(Role.MANAGER))]``."""

    async def check(principal: Caller) -> Principal:
        if not principal.has(*roles):
            raise Forbidden(
                "Votre rôle ne donne pas cet accès.", needs=[role.value for role in roles], has=sorted(principal.roles)
            )
        return principal

    return check
