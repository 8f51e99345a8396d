"""Who calls an endpoint."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from shared.auth import Principal, Role, TokenVerifier, Unauthenticated
from shared.errors import Forbidden

bearer = HTTPBearer(auto_error=False, bearerFormat="JWT", description="A token with roles, territories and audience")


async def optional_caller(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)] = None
) -> Principal | None:
    """The caller, or None without a token. A token that does not hold is refused even where none is needed."""
    # Asked by the route before the endpoint's own dependencies: the signature is checked once.
    if hasattr(request.state, "principal"):
        found: Principal | None = request.state.principal
        return found
    if credentials is None:
        if request.headers.get("authorization"):
            raise Unauthenticated("The Authorization header must be: Bearer <token>.")
        request.state.principal = None
        return None
    verifier: TokenVerifier = request.app.state.verifier
    principal = await verifier.verify(credentials.credentials)
    request.state.principal = principal
    return principal


OptionalCaller = Annotated[Principal | None, Depends(optional_caller)]


async def caller(principal: OptionalCaller) -> Principal:
    """The caller; 401 without a token."""
    if principal is None:
        raise Unauthenticated("This needs a bearer token.")
    return principal


Caller = Annotated[Principal, Depends(caller)]


def require(*roles: Role) -> Callable[[Principal], Awaitable[Principal]]:
    """A dependency that wants one of ``roles``: ``caller: Annotated[Principal, Depends(require(Role.MANAGER))]``."""

    async def check(principal: Caller) -> Principal:
        if not principal.has(*roles):
            raise Forbidden(
                "Your role does not give this.", needs=[role.value for role in roles], has=sorted(principal.roles)
            )
        return principal

    return check
