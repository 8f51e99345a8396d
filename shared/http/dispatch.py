"""From a path to its route and back with an answer, without what FastAPI's way there passes through.

A table by method, number of parts and first part leaves two or three patterns to try of a hundred routes. What it does not find
(documents, health, a wrong method, nothing) and routes without a plan (``plans``) go FastAPI's way. HEAD is
answered as GET is, and its body is not sent: a stream is not begun.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.http.bodies import BoundedRequest
from shared.http.problems import of_http
from shared.http.refused import not_allowed
from shared.http.routes import BoundedRoute

Handler = Callable[..., Any]


class Table:
    """Routes by their address. Among those that match, the first that was declared is it, as with the framework."""

    def __init__(self, routes: Iterable[BaseRoute]) -> None:
        self._places: dict[tuple[str, int, str], list[BoundedRoute]] = {}
        self._methods: set[str] = set()
        for route in routes:
            if not isinstance(route, BoundedRoute):
                continue
            head = _head(route.path)
            if ":path}" in route.path or "{" in head:
                raise TypeError(f"{route.path}: a route of ours begins with two words and has a number of parts")
            self._methods |= route.methods or set()
            for method in route.methods or ():
                self._places.setdefault((method, route.path.count("/"), head), []).append(route)

    def find(self, method: str, path: str) -> tuple[BoundedRoute, dict[str, Any]] | None:
        """The route and its path's parameters."""
        for route in self._places.get((method, path.count("/"), _head(path)), ()):
            match = route.path_regex.match(path)
            if match is not None:
                found = match.groupdict()
                for name, value in found.items():
                    found[name] = route.param_convertors[name].convert(value.replace(_WITHIN, "/"))
                return route, found
        return None

    def allowed(self, path: str) -> list[str]:
        """The methods of an address, whichever of its routes has them; none where there is no address."""
        found = {method for method in self._methods if self.find(method, path) is not None}
        return sorted(found | ({"HEAD"} if "GET" in found else set()))


def _head(path: str) -> str:
    """The first two parts: ``/v1/offers`` of ``/v1/offers/{offer_id}/publish``."""
    return "/".join(path.split("/", 3)[:3])


_WITHIN = "\ud800"
"""A stroke that is a part's own, while its place is looked up: half of a pair, which no address decodes to."""


def _path(scope: Scope) -> str:
    """The address, with ``_WITHIN`` for each stroke that was sent as ``%2F``: of ``2026/042`` the server has made two parts."""
    raw: bytes = scope.get("raw_path") or b""
    path: str = scope["path"]
    if b"%2f" not in raw.lower():
        return path
    return "/".join(unquote(part).replace("/", _WITHIN) for part in raw.partition(b"?")[0].decode("latin-1").split("/"))


class Dispatcher:
    """Serves the routes that have a plan, and turns what they raise into problems; the rest is ``otherwise``'s."""

    def __init__(
        self, routes: Sequence[BaseRoute], handlers: Mapping[Any, Handler], router: Any, otherwise: ASGIApp
    ) -> None:
        self._table = Table(routes)
        self._handlers = handlers
        self._router = router
        self._otherwise = otherwise

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = None
        if scope["type"] == "http" and not scope.get("root_path"):
            asked: str = scope["method"]
            path = _path(scope)
            found = self._table.find("GET" if asked == "HEAD" else asked, path)
            if found is None and (allowed := self._table.allowed(path)):
                # The framework names the methods of the first of its routes alone.
                await of_http(not_allowed(allowed), Request(scope))(scope, receive, send)
                return
        serve = None if found is None else found[0].serve
        if found is None or serve is None:
            await self._otherwise(scope, receive, send)
            return
        route, parameters = found
        scope["route"], scope["endpoint"], scope["path_params"] = route, route.endpoint, parameters
        scope["router"] = self._router
        request = BoundedRequest(scope, receive)
        try:
            response = await serve(request)
        except Exception as error:
            handler = self._handler(error)
            if handler is None:
                raise
            response = await handler(request, error)
        if scope["method"] == "HEAD":
            await send({"type": "http.response.start", "status": response.status_code, "headers": response.raw_headers})
            await send({"type": "http.response.body", "body": b""})
            return
        await response(scope, receive, send)

    def _handler(self, error: Exception) -> Handler | None:
        if isinstance(error, HTTPException) and error.status_code in self._handlers:
            return self._handlers[error.status_code]
        for kind in type(error).__mro__:
            if kind in self._handlers:
                return self._handlers[kind]
        return None
