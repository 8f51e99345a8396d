"""The seam at which the MongoDB driver is exchanged: the only module that imports motor.

Motor is deprecated in favour of PyMongo's own asynchronous API (critical fixes end in May 2027). Both give the same services:
``BASSIN_MONGODB_DRIVER`` chooses, and the tests pass on either. Where the two differ in what must be awaited, the difference
ends here, in ``reading`` and in ``transacting``; everything else of the project knows only the names of these three.
"""

import enum
import inspect
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast

from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorCollection, AsyncIOMotorDatabase
from pymongo import AsyncMongoClient, monitoring

from shared import metrics

Client = AsyncIOMotorClient[dict[str, Any]]
Database = AsyncIOMotorDatabase[dict[str, Any]]
Collection = AsyncIOMotorCollection[dict[str, Any]]
Session = Any  # AsyncIOMotorClientSession or AsyncClientSession; the stubs of the first are incomplete


class _Pool(monitoring.ConnectionPoolListener):
    """Counts connections; called from the driver's threads, so it does nothing else."""

    def connection_created(self, event: monitoring.ConnectionCreatedEvent) -> None:
        metrics.MONGODB_CONNECTIONS.labels("open").inc()

    def connection_closed(self, event: monitoring.ConnectionClosedEvent) -> None:
        metrics.MONGODB_CONNECTIONS.labels("open").dec()

    def connection_checked_out(self, event: monitoring.ConnectionCheckedOutEvent) -> None:
        _IN_USE.inc()

    def connection_checked_in(self, event: monitoring.ConnectionCheckedInEvent) -> None:
        _IN_USE.dec()

    def connection_check_out_failed(self, event: monitoring.ConnectionCheckOutFailedEvent) -> None:
        metrics.MONGODB_CHECKOUT_FAILURES.labels(str(event.reason)).inc()

    def pool_created(self, event: monitoring.PoolCreatedEvent) -> None: ...
    def pool_ready(self, event: monitoring.PoolReadyEvent) -> None: ...
    def pool_cleared(self, event: monitoring.PoolClearedEvent) -> None: ...
    def pool_closed(self, event: monitoring.PoolClosedEvent) -> None: ...
    def connection_ready(self, event: monitoring.ConnectionReadyEvent) -> None: ...
    def connection_check_out_started(self, event: monitoring.ConnectionCheckOutStartedEvent) -> None: ...


_IN_USE = metrics.MONGODB_CONNECTIONS.labels("in_use")
_POOL = _Pool()


class Driver(enum.StrEnum):
    """Who speaks with MongoDB."""

    MOTOR = "motor"
    PYMONGO = "pymongo"


@dataclass(frozen=True)
class Access:
    """Account and encryption beside the address; empty: what the address says. ``ca_file`` turns TLS on."""

    username: str = ""
    password: str = field(default="", repr=False)
    auth_source: str = "admin"
    ca_file: str = ""

    @property
    def options(self) -> dict[str, Any]:
        """As the drivers take it."""
        options: dict[str, Any] = {}
        if self.username:
            options |= {"username": self.username, "password": self.password, "authSource": self.auth_source}
        if self.ca_file:
            options |= {"tls": True, "tlsCAFile": self.ca_file}
        return options


def connect(url: str, driver: Driver = Driver.MOTOR, access: Access | None = None) -> Client:
    """A client whose reads and writes are durable: majority on both sides, aware datetimes.

    Server selection ends after 5 s, so that a request gets an answer while MongoDB is away. A server that says nothing any
    more (its machine is gone, its disk hangs) is given up after the other two together; by the driver's own figures those
    whose request was under way, and who came meanwhile, waited for half a minute though another member had long been elected.
    An installation on a slow line says in its address what it wants of the three.
    """
    options: dict[str, Any] = {
        "tz_aware": True,
        "w": "majority",
        "readConcernLevel": "majority",
        "retryWrites": True,
        **_waits(url),
        "appname": "bassin",
        **(access or Access()).options,
    }
    options["event_listeners"] = [_POOL]
    if driver is Driver.PYMONGO:
        return cast(Client, AsyncMongoClient(url, **options))
    return AsyncIOMotorClient(url, **options)


def _waits(url: str) -> dict[str, int]:
    said = {option.partition("=")[0].lower() for option in url.partition("?")[2].split("&")}
    usual = {"serverSelectionTimeoutMS": 5_000, "heartbeatFrequencyMS": 4_000, "connectTimeoutMS": 4_000}
    return {name: milliseconds for name, milliseconds in usual.items() if name.lower() not in said}


def by_threads(handle: Any) -> bool:
    """Whether what is asked of a client or a collection goes by way of a thread: Motor's does, and is handed over as a whole."""
    return isinstance(handle, (AsyncIOMotorCollection, AsyncIOMotorClient))


@asynccontextmanager
async def session_of(client: Client, *, snapshot: bool = False) -> AsyncIterator[Session]:
    """A session, ended with the block (Motor awaits its beginning, PyMongo does not)."""
    started: Any = client.start_session(snapshot=snapshot) if snapshot else client.start_session()
    async with await started if inspect.isawaitable(started) else started as session:
        yield session


async def close(client: Client) -> None:
    """Release the connections."""
    closed: Any = cast(Any, client).close()
    if inspect.isawaitable(closed):
        await closed
