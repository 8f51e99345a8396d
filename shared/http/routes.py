"""What every route does before its endpoint: count the caller's requests, bound the body, refuse one of another kind and what
nobody may write, know a repeated request again.
"""

import re
from collections.abc import Callable, Collection, Coroutine, Iterator
from typing import Any

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.responses import Response

from shared.auth import Principal, Unauthenticated
from shared.http.bodies import BoundedRequest
from shared.http.callers import no_token, token_needed, verified
from shared.http.kinds import Kinds
from shared.http.limits import MARK, Limiter
from shared.http.personal import ROW_BY_ROW, refuse_nir
from shared.http.plans import plan_of
from shared.http.problems import nothing_here
from shared.once import made_once

# No id or token of ours has other characters; what has is answered without being looked up, or repeated.
_ID = re.compile(r"[!-~]{1,500}")

_READING = frozenset({"GET", "HEAD"})

Handle = Callable[[Request], Coroutine[Any, Any, Response]]


class BoundedRoute(APIRoute):
    """Route class of routers; ``make_app`` takes no other."""

    @made_once
    def serve(self) -> Handle | None:
        """The answer to a request for this route; None where FastAPI has to make it (``plans``)."""
        plan = plan_of(self)
        return None if plan is None else self._serving(plan.serve)

    def get_route_handler(self) -> Handle:
        return self._serving(super().get_route_handler())

    def _serving(self, handle: Handle) -> Handle:
        extra = self.openapi_extra or {}
        costly = extra.get(MARK) == "costly"
        kinds = Kinds(self)
        whole = not extra.items() >= ROW_BY_ROW.items()
        asks_token = token_needed(self.dependant) is True
        asked = frozenset(_asked(self.dependant))

        async def serve(request: Request) -> Response:
            limiter: Limiter = request.app.state.limiter
            try:
                principal = await verified(request)
            except Unauthenticated:
                await limiter.count(request, None)
                raise
            await limiter.count(request, principal, costly=costly)
            if principal is None and asks_token:
                raise no_token()
            for value in request.path_params.values():
                if not _ID.fullmatch(str(value)):
                    raise nothing_here()
            bounded = request if isinstance(request, BoundedRequest) else BoundedRequest(request.scope, request.receive)
            if request.method not in _READING:
                if request.scope["query_string"]:
                    _refuse_unknown(request, asked)
                await kinds.check(bounded)
            # Who has no token leaves nothing, and is told first to get one; what only reads leaves nothing either, and its body
            # is read by nobody.
            if principal is not None and whole and request.method not in _READING:
                await refuse_nir(bounded)
            return await self.answer(bounded, principal, handle)

        return serve

    async def answer(self, request: Request, principal: Principal | None, handle: Handle) -> Response:
        """Serve a request that was let in."""
        return await handle(request)


def _asked(dependant: Dependant) -> Iterator[str]:
    """The parameters of the query that a route and what it depends on know."""
    for field in dependant.query_params:
        kind = field.field_info.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from (one.alias or name for name, one in kind.model_fields.items())
        else:
            yield field.alias
    for one in dependant.dependencies:
        yield from _asked(one)


def _refuse_unknown(request: Request, asked: Collection[str]) -> None:
    """A mistyped ``preview`` would import for real. What only reads takes any parameter: links get marks on their way.

    Raises:
        RequestValidationError: with each parameter that this write does not know.
    """
    unknown = [name for name in request.query_params if name not in asked]
    if unknown:
        raise RequestValidationError([{"type": "extra_forbidden", "loc": ("query", name)} for name in unknown])
