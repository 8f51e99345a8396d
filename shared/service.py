"""What a service is made of, and how its parts run: API, worker, or both in one process."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

from fastapi import FastAPI
from pymongo.errors import PyMongoError

from shared import metrics, telemetry
from shared.auth import TokenVerifier
from shared.clock import Clock, SystemClock
from shared.ending import begun, end
from shared.failing import Failing
from shared.http.app import make_app
from shared.ids import IdFactory, new_id
from shared.logs import get_logger
from shared.parts import Job, Parts, Resync, Runtime
from shared.release import RELEASE
from shared.settings import Settings
from shared.store import CollectionSpec, Store
from shared.worker import Worker

__all__ = ["Job", "Parts", "Resync", "Runtime", "Service", "build_app"]

START_SECONDS = 5.0

_log = get_logger()


@dataclass(frozen=True)
class Service:
    """A service as its package declares it in ``app.py``."""

    name: str
    title: str
    description: str
    settings: type[Settings]
    collections: Sequence[CollectionSpec]
    compose: Callable[[Runtime], Parts]

    def runtime(self, settings: Settings, clock: Clock | None = None, ids: IdFactory = new_id) -> Runtime:
        """Connect this service's own database; nothing is sent yet."""
        clock = clock or SystemClock()
        store = Store(
            settings.mongodb_url,
            f"{settings.database_prefix}_{self.name}",
            clock,
            self.collections,
            driver=settings.mongodb_driver,
            max_record_bytes=settings.kafka_max_record_bytes,
            access=settings.mongodb_access,
        )
        instance = f"{socket.gethostname()}-{os.getpid()}-{new_id()[-6:]}"
        return Runtime(settings, store, clock, ids, instance)


def build_app(
    service: Service, settings: Settings, *, api: bool = True, worker: bool = False, runtime: Runtime | None = None
) -> FastAPI:
    """The ASGI app of a service: its resources (``api``), its consumers, relay and jobs (``worker``), or both.

    The start does not wait for Kafka: writes are accepted while it is down, and the worker connects when it is there. It
    waits a little for MongoDB, then opens the port and says in readiness what it waits for.
    """
    run = runtime or service.runtime(settings)
    metrics.BUILD.labels(service.name, RELEASE).set(1)
    telemetry.begin(service.name, settings)
    parts = service.compose(run)
    workers = Worker(service.name, run, parts) if worker else None
    verifier = TokenVerifier(settings)
    failing = Failing()

    waits = True

    async def ready() -> dict[str, str]:
        checks = {"mongodb": "ok"}
        if waits:
            checks["start"] = "collections and indexes are not prepared yet"
        try:
            async with asyncio.timeout(3.0):
                await run.store.ping()
        except (PyMongoError, TimeoutError) as error:
            checks["mongodb"] = type(error).__name__
        if api:
            checks |= {name: state() for name, state in parts.api_health.items()} | failing.complaints()
            checks["keys"] = await verifier.keys.state()
        if workers is not None:
            checks |= workers.health()
        return checks

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        tasks: list[asyncio.Task[None]] = []

        async def begin() -> None:
            await _when_mongodb_answers(run.store, service)
            if api:
                for name, start in ((f"api background {n}", start) for n, start in enumerate(parts.api_background)):
                    tasks.append(begun(name, partial(failing.keep, name, start)))
            if workers is not None:
                await workers.start()
            nonlocal waits
            waits = False

        # A database that stays away must not keep the port closed: liveness would have the process killed for it.
        starting = begun("start", begin)
        await asyncio.wait({starting}, timeout=START_SECONDS)
        if starting.done():
            starting.result()
        try:
            yield
        finally:
            await end([starting])
            await end(tasks)
            if workers is not None:
                await workers.stop()
            await run.store.close()

    app = make_app(
        service=service.name,
        title=service.title,
        description=service.description,
        settings=settings,
        routers=parts.routers if api else (),
        ready=ready,
        lifespan=lifespan,
        body_limits=parts.body_limits,
    )
    app.state.context = parts.context
    app.state.still_accompanies = parts.still_accompanies
    app.state.still_shown = parts.still_shown
    app.state.store = run.store
    app.state.verifier = verifier
    app.state.worker = workers
    return app


async def _when_mongodb_answers(store: Store, service: Service) -> None:
    """Create collections and indexes; a database that is not there yet is waited for, as an orchestrator expects."""
    while True:
        try:
            await store.prepare(service.collections)
            return
        except PyMongoError as error:
            _log.warning("waiting_for_mongodb", error=type(error).__name__)
            await asyncio.sleep(1.0)
