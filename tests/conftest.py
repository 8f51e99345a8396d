"""Fixtures of all tests: real engines, started once, and a world of its own for each test."""

import os
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings
from pymongo import MongoClient

from deploy.local.engines import Engines
from shared.auth.local import ensure_local_keys
from shared.clock import HandClock
from shared.ids import new_id
from tests.support import Stack

pytest_plugins = ["tests.engines"]

# The same walks at every run: a red build says that the change broke something. HYPOTHESIS_PROFILE=explore looks further.
settings.register_profile("bassin", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None, max_examples=500)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "bassin"))


@pytest.fixture(scope="session")
def engine_environment(engines: Engines) -> dict[str, str]:
    """Variables with which a service reaches this session's MongoDB and Kafka (``BROKER`` chooses which)."""
    with MongoClient[dict[str, object]](engines.mongodb_url) as client:
        # Tests move a clock of their own; MongoDB would purge by the machine's what they have just written.
        client.admin.command("setParameter", 1, ttlMonitorEnabled=False)
    return engines.environment


@pytest.fixture(scope="session")
def local_keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with this session's signing key."""
    folder = tmp_path_factory.mktemp("keys")
    ensure_local_keys(folder)
    return folder


@pytest.fixture
def clock() -> HandClock:
    """A clock that the test moves: Monday 2 March 2026, 8:00 UTC."""
    return HandClock(datetime(2026, 3, 2, 8, 0, tzinfo=UTC))


@dataclass(frozen=True)
class Databases:
    """This process's databases. They are emptied between tests, not dropped: making collections and indexes took most of
    the time of a test that needs a service.
    """

    client: MongoClient[dict[str, object]]
    prefix: str

    def names(self) -> list[str]:
        return [name for name in self.client.list_database_names() if name.startswith(self.prefix)]

    def empty(self) -> None:
        for database in map(self.client.get_database, self.names()):
            # A test uses one of them, mostly: one question for each of the others.
            if database.command("dbStats")["objects"]:
                for collection in database.list_collection_names():
                    database[collection].delete_many({})


@pytest.fixture(scope="session")
def databases(engine_environment: dict[str, str]) -> Iterator[Databases]:
    """Where this process's tests may write."""
    with MongoClient[dict[str, object]](engine_environment["MONGODB_URL"]) as client:
        made = Databases(client, "t" + new_id().replace("-", "")[-12:])
        yield made
        for name in made.names():
            client.drop_database(name)


@pytest.fixture
async def stack(engine_environment: dict[str, str], local_keys: Path, databases: Databases) -> AsyncIterator[Stack]:
    """This test's own world: empty databases, and topics that nobody else reads."""
    stack = Stack(engine_environment, local_keys, databases.prefix, "w" + new_id().replace("-", "")[-12:])
    yield stack
    await stack.delete_topics()
    databases.empty()
