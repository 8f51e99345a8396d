"""What every route does before its endpoint: count the caller's requests, bound the body, refuse what nobody may write, know a
repeated request again.
"""

import re
from collections.abc import Callable, Coroutine
from functools import cached_property
from typing import Any

from fastapi import Request
from fastapi.routing import APIRoute
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import Scope

from shared.auth import Principal, Unauthenticated
from shared.errors import NotFound
from shared.http.bodies import BoundedRequest
from shared.http.callers import verified
from shared.http.limits import MARK, Limiter
from shared.http.personal import ROW_BY_ROW, refuse_nir

# No id or token of ours has other characters; what has is answered without being looked up, or repeated.
_ID = re.compile(r"[!-~]{1,500}")

_READING = frozenset({"GET", "HEAD"})

Handle = Callable[[Request], Coroutine[Any, Any, Response]]


class BoundedRoute(APIRoute):
    """Route class of routers; ``make_app`` takes no other."""

    @cached_property
    def _beginning(self) -> str:
        return self.path.partition("{")[0]

    @cached_property
    def _slashes(self) -> int:
        return self.path.count("/")

    @cached_property
    def _open_ended(self) -> bool:
        return ":path}" in self.path

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        # The framework asks route after route: how the path begins and how many parts it has tells nearly all of them, for a
        # tenth of a pattern.
        if scope["type"] == "http" and not scope.get("root_path"):
            path: str = scope["path"]
            if not path.startswith(self._beginning) or (not self._open_ended and path.count("/") != self._slashes):
                return Match.NONE, {}
        return super().matches(scope)

    def get_route_handler(self) -> Handle:
        handle = super().get_route_handler()
        extra = self.openapi_extra or {}
        costly = extra.get(MARK) == "costly"
        whole = not extra.items() >= ROW_BY_ROW.items()

        async def serve(request: Request) -> Response:
            limiter: Limiter = request.app.state.limiter
            try:
                principal = await verified(request)
            except Unauthenticated:
                await limiter.count(request, None)
                raise
            await limiter.count(request, principal, costly=costly)
            if not all(_ID.fullmatch(str(value)) for value in request.path_params.values()):
                raise NotFound("There is nothing under this address.")
            bounded = BoundedRequest(request.scope, request.receive)
            # Who has no token leaves nothing, and is told first to get one; what only reads leaves nothing either, and its body
            # is read by nobody.
            if principal is not None and whole and request.method not in _READING:
                await refuse_nir(bounded)
            return await self.answer(bounded, principal, handle)

        return serve

    async def answer(self, request: Request, principal: Principal | None, handle: Handle) -> Response:
        """Serve a request that was let in."""
        return await handle(request)
