"""The HTTP face of a service: health, metrics, docs, limits, and its resources."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from functools import lru_cache

from fastapi import APIRouter, FastAPI, Request
from fastapi.middleware.cors import CORSMiddleware
from prometheus_client import Counter, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared import metrics, telemetry
from shared.http import documentation
from shared.http.dispatch import Dispatcher
from shared.http.limits import Limiter
from shared.http.openapi import LICENCE, SERVERS, complete
from shared.http.origins import ASKED, METHODS, TOLD
from shared.http.pages import cursor_key
from shared.http.problems import install, of_http, problem
from shared.http.refused import too_large, too_slow
from shared.http.resources import operation_name
from shared.http.routes import BoundedRoute
from shared.http.slashes import Slashes
from shared.ids import new_id
from shared.logs import bind_contextvars, clear_contextvars, get_logger
from shared.settings import Settings
from shared.store import correlation_id

_log = get_logger()

# Slower than any line that people have; a body at this pace still comes in whole.
_SLOWEST_BYTES_A_SECOND = 50_000

HealthCheck = Callable[[], Awaitable[dict[str, str]]]
Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


class _App(FastAPI):
    """FastAPI, of which a request meets only what it needs."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or self.middleware_stack is None:
            await super().__call__(scope, receive, send)
            return
        scope["app"] = self
        await self.middleware_stack(scope, receive, send)

    def build_middleware_stack(self) -> ASGIApp:
        around, self.user_middleware = self.user_middleware, []
        try:
            otherwise = super().build_middleware_stack()
        finally:
            self.user_middleware = around
        app: ASGIApp = Dispatcher(self.routes, self.exception_handlers, self.router, otherwise)
        for cls, args, kwargs in reversed(around):
            app = cls(app, *args, **kwargs)
        return app


def make_app(
    *,
    service: str = "",
    title: str,
    description: str,
    settings: Settings,
    routers: Sequence[APIRouter],
    ready: HealthCheck,
    lifespan: Lifespan,
    body_limits: Mapping[str, int],
    version: str = "1.0.0",
) -> FastAPI:
    """Build the app.

    ``ready`` returns a state per dependency; any that is not ``ok`` makes readiness 503. ``body_limits`` are the bytes
    that single paths take where that is more than the setting (an import).
    """
    app = _App(
        title=title,
        description=description,
        version=version,
        license_info=LICENCE,
        servers=SERVERS,
        lifespan=lifespan,
        openapi_url=None,  # ``shared.http.documentation`` serves it
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        # Traces are ``shared.telemetry``'s; the framework's own look for somebody who wants them at each request.
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.cursor_key = cursor_key(settings)
    app.state.limiter = Limiter(settings)
    install(app)
    for router in routers:
        for route in router.routes:
            if not isinstance(route, BoundedRoute) or route.unique_id != operation_name(route):
                raise TypeError(f"{route} is not bounded: make its router with shared.http.resource")
        # As they are: including a router would make each of its routes, and their serialisers, a second time.
        app.router.routes.extend(router.routes)
    app.state.ready = ready
    app.router.routes.extend(_OPERATIONS.routes)
    app.router.routes.extend(documentation.router.routes)
    app.router.default = Slashes(app.router.routes, app.router.default)
    complete(app)
    app.add_middleware(
        RequestScope,
        service=service,
        max_body_bytes=settings.max_body_bytes,
        body_limits=body_limits,
        body_idle_seconds=settings.body_idle_seconds,
    )
    if settings.cors_origins:
        # Outermost: a browser shows no program an error that does not say whose it may be.
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(settings.cors_origins),
            allow_methods=METHODS,
            allow_headers=ASKED,
            expose_headers=TOLD,
        )
    return app


# One for all apps: FastAPI works each route out anew, which takes longer than all else that an app is made of.
_OPERATIONS = APIRouter(include_in_schema=False)


@_OPERATIONS.api_route("/health/live", methods=["GET", "HEAD"])
async def _live() -> dict[str, str]:
    return {"status": "ok"}


@_OPERATIONS.api_route("/health/ready", methods=["GET", "HEAD"])
async def _readiness(request: Request) -> Response:
    ready: HealthCheck = request.app.state.ready
    checks = await ready()
    good = all(state == "ok" for state in checks.values())
    return JSONResponse({"status": "ok" if good else "unavailable", "checks": checks}, status_code=200 if good else 503)


@_OPERATIONS.get("/metrics")
async def _prometheus() -> Response:
    return Response(generate_latest(metrics.REGISTRY), media_type=CONTENT_TYPE_LATEST)


def _route(scope: Scope) -> str:
    return getattr(scope.get("route"), "path", "(none)")


@lru_cache(maxsize=1_000)
def _counted(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    """Where such answers are counted: the library makes texts of the labels and looks for them behind a lock."""
    return metrics.HTTP_REQUESTS.labels(method, route, str(status)), metrics.HTTP_SECONDS.labels(method, route)


HUNG_UP = 499
"""What is counted where the caller went before the answer, as nginx does."""
_NOT_KEPT = ((b"cache-control", b"no-store"),)


class RequestScope:
    """Outermost: request id, correlation, body limit, access log without query or body, metrics by route template."""

    def __init__(
        self, app: ASGIApp, service: str, max_body_bytes: int, body_limits: Mapping[str, int], body_idle_seconds: float
    ) -> None:
        self._app = app
        self._service = service
        self._idle = body_idle_seconds
        self._max = max_body_bytes
        self._limits = body_limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers: dict[bytes, bytes] = dict(scope["headers"])
        given = headers.get(b"x-request-id", b"").decode("ascii", "ignore")
        request_id = given if 8 <= len(given) <= 80 and given.replace("-", "").isalnum() else new_id()
        scope.setdefault("state", {})["request_id"] = request_id
        clear_contextvars()
        bind_contextvars(request_id=request_id)
        token = correlation_id.set(request_id)
        # Whoever shows a token is told what is theirs: many sit at a computer that others use after them.
        private = b"authorization" in headers
        started, began = time.perf_counter(), telemetry.now()
        status = 500
        begun = False

        async def answer(message: Message) -> None:
            nonlocal status, begun
            if message["type"] == "http.response.start":
                begun = True
                status = message["status"]
                quota: dict[str, str] = scope["state"].get("rate_limit", {})
                said = message.get("headers", ())
                message["headers"] = [
                    *said,
                    *(() if not private or any(name == b"cache-control" for name, _ in said) else _NOT_KEPT),
                    (b"x-request-id", request_id.encode()),
                    *((name.lower().encode(), value.encode()) for name, value in quota.items()),
                ]
            await send(message)

        try:
            limited = await self._limited(scope, headers, receive, answer)
            if limited is not None:
                await self._app(scope, limited, answer)
        except ClientDisconnect:
            # Whoever hung up while their body was coming hears no answer; it is no fault of ours, and alerts count those.
            status = HUNG_UP
        except Exception as error:
            # Nobody else sees it: the framework's own handler would answer and raise on, and the server log it again.
            _log.error("unexpected_error", method=scope["method"], route=_route(scope), exc_info=error)
            if not begun:
                status = 500
                sentence = "Quelque chose s'est mal passé de notre côté : réessayez, et si cela se répète, signalez-le."
                response = problem(500, "internal", sentence, request=Request(scope))
                await response(scope, receive, answer)
        finally:
            correlation_id.reset(token)
            route = _route(scope)
            elapsed = time.perf_counter() - started
            answers, seconds = _counted(scope["method"], route, status)
            answers.inc()
            seconds.observe(elapsed)
            if not route.startswith(("/health", "/metrics")):
                telemetry.request(self._service, request_id, scope["method"], route, status, began)
                _log.info("http", method=scope["method"], route=route, status=status, ms=round(elapsed * 1000, 1))

    async def _limited(self, scope: Scope, headers: dict[bytes, bytes], receive: Receive, send: Send) -> Receive | None:
        """``receive`` with the limit on it, or None after answering 413 to an honest Content-Length."""
        declared = headers.get(b"content-length", b"0")
        limit = self._limits.get(scope["path"], self._max)
        if declared.isdigit() and int(declared) > limit:
            response = of_http(too_large(limit), Request(scope))
            await response(scope, receive, send)
            return None
        seen = 0
        complete = False
        # Whoever sends a body byte by byte holds a connection, not more: the whole has its time as well.
        last = time.monotonic() + self._idle * 4 + limit / _SLOWEST_BYTES_A_SECOND

        async def counted() -> Message:
            nonlocal seen, complete
            if complete:
                return await receive()
            try:
                async with asyncio.timeout(min(self._idle, last - time.monotonic())):
                    message = await receive()
            except TimeoutError:
                raise too_slow() from None
            if message["type"] == "http.request":
                complete = not message.get("more_body", False)
                seen += len(message.get("body", b""))
                if seen > limit:
                    raise too_large(limit)
            return message

        return counted
