"""An address with a slash too many or too few is sent on to the one that is meant.

The framework does so with a whole address, made of the scheme and host that this process sees: behind a proxy that ends TLS it
sent clients, and their tokens, to an address without it, and whoever asked for another host to that one.
"""

from collections.abc import Sequence

from starlette.responses import RedirectResponse
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Receive, Scope, Send


class Slashes:
    """Asked where no route matches; ``otherwise`` answers what is nowhere."""

    def __init__(self, routes: Sequence[BaseRoute], otherwise: ASGIApp) -> None:
        self._routes = routes
        self._otherwise = otherwise

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        meant = path.rstrip("/") if path.endswith("/") else path + "/"
        if scope["type"] != "http" or path == "/" or not self._leads_somewhere(dict(scope) | {"path": meant}):
            await self._otherwise(scope, receive, send)
            return
        query = scope["query_string"].decode("latin-1")
        # Of the same scheme and host, whatever they are to the client.
        response = RedirectResponse(f"{meant}?{query}" if query else meant)
        await response(scope, receive, send)

    def _leads_somewhere(self, scope: Scope) -> bool:
        return any(route.matches(scope)[0] is not Match.NONE for route in self._routes)
