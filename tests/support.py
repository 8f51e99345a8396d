"""What tests of every kind share: running a service in process, tokens, waiting for a condition."""

import asyncio
import importlib
import inspect
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import httpx
from aiokafka.admin import AIOKafkaAdminClient
from fastapi import FastAPI

from shared.auth.local import local_token
from shared.clock import Clock
from shared.kafka.topics import create_topics
from shared.service import Runtime, Service, build_app
from shared.settings import Settings, load_settings
from shared.store import CollectionSpec, Store
from shared.store.bundles import rows_of
from shared.store.driver import Driver
from tests.databases import Databases


async def eventually(condition: Callable[[], Awaitable[Any]] | Callable[[], Any], seconds: float = 20.0) -> Any:
    """The first truthy value of ``condition``; fails after ``seconds``. For what another task does in its own time."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if inspect.isawaitable(value):  # Motor hands out futures
            value = await value
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"still not so after {seconds} s: {value!r}")
        await asyncio.sleep(0.01)


async def outbox_rows(store: Store, topic: str | None = None) -> list[dict[str, Any]]:
    """Events that a service has to publish, oldest first, however many a commit put together."""
    documents = [document async for document in store.collection("outbox").find({})]
    rows = sorted((row for document in documents for row in rows_of(document)), key=lambda row: row["_id"])
    return [row for row in rows if topic in (None, row["topic"])]


@dataclass
class Running:
    """A service that runs in this process."""

    service: Service
    app: FastAPI
    runtime: Runtime
    client: httpx.AsyncClient

    @property
    def store(self) -> Any:
        return self.runtime.store


_SETTINGS: dict[Any, Settings] = {}


def _settings(kind: type[Settings], values: dict[str, Any]) -> Settings:
    """Settings of the same values are read once: looking for seventy variables takes longer than starting a service."""
    variables = tuple((name, value) for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST")
    key = (kind, repr(sorted(values.items())), variables)
    if key not in _SETTINGS:
        _SETTINGS[key] = load_settings(kind, **values)
    return _SETTINGS[key].model_copy()


_DOCUMENTS: dict[str, dict[str, Any]] = {}


def _share_document(service: str | Service, app: FastAPI) -> None:
    """A service's document follows from its code: one is made in a process, which takes a second or two, for all its apps."""
    if isinstance(service, str):
        made = app.openapi

        def openapi() -> dict[str, Any]:
            if service not in _DOCUMENTS:
                _DOCUMENTS[service] = made()
            return _DOCUMENTS[service]

        app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way of changing the document


@dataclass(frozen=True)
class Stack:
    """One test's own world on the shared engines: databases that are empty at its start, topics with a prefix of their own.

    ``databases`` are those that are emptied between tests; without them whoever makes the world drops its databases.
    """

    environment: dict[str, str]
    keys: Path
    database_prefix: str
    world: str = ""
    databases: Databases | None = None
    topics: list[str] = field(default_factory=list)

    @property
    def prefix(self) -> str:
        """Before the names of this test's databases, for whoever opens some by name: it may write to any of them."""
        if self.databases is not None:
            self.databases.use()
        return self.database_prefix

    @property
    def topic_prefix(self) -> str:
        """Before the names of this test's topics: its own also where the databases are shared with other tests."""
        return f"{self.world or self.database_prefix}."

    @property
    def driver(self) -> Driver:
        """Who speaks with MongoDB in this run (BASSIN_MONGODB_DRIVER)."""
        return load_settings(Settings).mongodb_driver

    def settings(self, service: Service, **overrides: Any) -> Settings:
        """Settings of ``service`` in this world."""
        if self.databases is not None:
            self.databases.use(f"{self.database_prefix}_{service.name}")
        values: dict[str, Any] = {
            "environment": "test",
            "MONGODB_URL": self.environment["MONGODB_URL"],
            "KAFKA_BOOTSTRAP_SERVERS": self.environment["KAFKA_BOOTSTRAP_SERVERS"],
            "kafka_idempotence": self.environment.get("BASSIN_KAFKA_IDEMPOTENCE", "true"),
            "kafka_fetch_max_wait_ms": self.environment.get("BASSIN_KAFKA_FETCH_MAX_WAIT_MS", "500"),
            "kafka_session_timeout_ms": self.environment.get("BASSIN_KAFKA_SESSION_TIMEOUT_MS", "6000"),
            "database_prefix": self.database_prefix,
            "topic_prefix": self.topic_prefix,
            "jwks": str(self.keys / "jwks.json"),
            "retry_base_seconds": 0.02,
            "relay_poll_seconds": 0.2,
        }
        return _settings(service.settings, values | overrides)

    async def prepare(self, store: Store, specs: Sequence[CollectionSpec]) -> None:
        """Collections and indexes of a service's database, made or asked for once in a process."""
        await (Store.prepare(store, specs) if self.databases is None else self.databases.prepare(store, specs))

    def token(
        self,
        *roles: str,
        subject: str = "someone",
        territories: Iterable[str] = ("23",),
        organisation: str | None = None,
        email: str | None = None,
    ) -> dict[str, str]:
        """An Authorization header."""
        token = local_token(self.keys, roles, subject, territories=territories, organisation=organisation, email=email)
        return {"Authorization": f"Bearer {token}"}

    async def create_topics(self) -> None:
        """The manifest's topics, with this world's prefix. Needed before anything with a worker runs."""
        kafka: dict[str, Any] = {"KAFKA_BOOTSTRAP_SERVERS": self.environment["KAFKA_BOOTSTRAP_SERVERS"]}
        self.topics.extend(await create_topics(load_settings(Settings, topic_prefix=self.topic_prefix, **kafka)))

    async def delete_topics(self) -> None:
        """Remove what :meth:`create_topics` made. Every client of the broker hears of all topics that there are: with those of
        fifty worlds each start took half a second, and the broker most of a core.
        """
        if not self.topics:
            return
        admin = AIOKafkaAdminClient(bootstrap_servers=self.environment["KAFKA_BOOTSTRAP_SERVERS"].split(","))
        await admin.start()
        try:
            await admin.delete_topics(self.topics)
        finally:
            await admin.close()
        self.topics.clear()

    @asynccontextmanager
    async def running(
        self, service: str | Service, *, clock: Clock | None = None, worker: bool = False, **overrides: Any
    ) -> AsyncIterator[Running]:
        """Run a service (by name, or one made for the test) with an HTTP client; ``worker`` starts its Kafka side too."""
        chosen = importlib.import_module(f"services.{service}.app").SERVICE if isinstance(service, str) else service
        settings = self.settings(chosen, **overrides)
        runtime = chosen.runtime(settings, clock=clock)
        if settings.mongodb_url == self.environment["MONGODB_URL"]:
            runtime.store.prepare = partial(self.prepare, runtime.store)  # type: ignore[method-assign]  # once is enough
        app = build_app(chosen, settings, worker=worker, runtime=runtime)
        _share_document(service, app)
        if worker:
            await self.create_topics()
        async with app.router.lifespan_context(app):
            if worker:
                await eventually(lambda: app.state.worker.health()["kafka"] == "ok")
            transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://test", timeout=30.0) as client:
                yield Running(chosen, app, runtime, client)
