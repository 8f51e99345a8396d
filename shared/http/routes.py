"""What every route does before its endpoint: count the caller's requests, bound the body, refuse one of another kind and what
nobody may write, know a repeated request again.
"""

import re
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

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
        asked = dict(_asked(self.dependant))

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
                    _refuse_unmeant(request, asked)
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


def _asked(dependant: Dependant) -> Iterator[tuple[str, bool]]:
    """The parameters of the query that a route and what it depends on know, and whether each may come several times."""
    for field in dependant.query_params:
        kind = field.field_info.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            for name, member in kind.model_fields.items():
                yield member.alias or name, _comes_several_times(member.annotation)
        else:
            yield field.alias, _comes_several_times(kind)
    for one in dependant.dependencies:
        yield from _asked(one)


def _comes_several_times(annotation: Any) -> bool:
    """Whether FastAPI gathers all values of a parameter of this type: a list, a set, a tuple, or one of them among others."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _comes_several_times(get_args(annotation)[0])
    if origin in (Union, UnionType):
        return any(map(_comes_several_times, get_args(annotation)))
    kind = origin or annotation
    return (
        isinstance(kind, type) and issubclass(kind, (Sequence, set, frozenset)) and not issubclass(kind, (str, bytes))
    )


def _refuse_unmeant(request: Request, asked: Mapping[str, bool]) -> None:
    """A mistyped ``preview`` would import for real, and of ``preview=true&preview=false`` nobody knows which was meant. What only
    reads takes any parameter: links get marks on their way.

    Raises:
        RequestValidationError: with each parameter that this write does not know, or has one value of and was given several.
    """
    times = Counter(name for name, _ in request.query_params.multi_items())
    wrong = [
        {"type": "extra_forbidden" if name not in asked else "multiple_argument_values", "loc": ("query", name)}
        for name, count in times.items()
        if name not in asked or (count > 1 and not asked[name])
    ]
    if wrong:
        raise RequestValidationError(wrong)
