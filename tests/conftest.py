"""Fixtures of all tests: real engines, started once, and a world of its own for each test."""

import gc
import os
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings
from pymongo import MongoClient

from deploy.local.engines import Engines
from shared.auth.local import ensure_local_keys
from shared.clock import HandClock
from shared.ids import new_id
from tests.databases import Databases
from tests.logs import keep_no_logger
from tests.support import Stack

pytest_plugins = ["tests.engines"]
keep_no_logger()


# What the collection makes (modules, models, routes) stays until the end. Looking for garbage in it again and again took a
# quarter of the collection in each process, and went on while the tests ran.
def pytest_collection() -> None:
    gc.disable()


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()


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


@pytest.fixture(scope="session")
def databases(engine_environment: dict[str, str]) -> Iterator[Databases]:
    """Where this process's tests may write."""
    with MongoClient[dict[str, object]](engine_environment["MONGODB_URL"]) as client:
        made = Databases(client, "t" + new_id().replace("-", "")[-12:])
        yield made
        made.drop()


@pytest.fixture
async def stack(engine_environment: dict[str, str], local_keys: Path, databases: Databases) -> AsyncIterator[Stack]:
    """This test's own world: empty databases, and topics that nobody else reads."""
    world = "w" + new_id().replace("-", "")[-12:]
    stack = Stack(engine_environment, local_keys, databases.prefix, world, databases)
    yield stack
    await stack.delete_topics()
    databases.empty()
