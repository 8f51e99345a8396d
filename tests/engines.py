"""Real engines for the tests: one MongoDB and one broker per session, shared by all of pytest-xdist's workers.

``BROKER`` chooses the broker (embedded, apache, testcontainers); MONGODB_URL and KAFKA_BOOTSTRAP_SERVERS name servers
that exist. A bench uses ``running_engines()`` directly. Load it with ``pytest_plugins = ["tests.engines"]``.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from deploy.local.engines import ApacheKafka, BrokerKind, EngineMissing, Engines, chosen_broker, running_engines
from deploy.local.secured import SecuredKafka

__all__ = [
    "Engines",
    "apache_kafka",
    "broker_kind",
    "engines",
    "kafka_bootstrap",
    "mongo_url",
    "running_engines",
    "secured_kafka",
]

_STACK = pytest.StashKey[ExitStack]()
_ENGINES = pytest.StashKey[Engines]()


# Where what is written is in memory: each commit of a test waits until MongoDB's journal is on its disk.
_IN_MEMORY = Path("/dev/shm")
_ROOM = 4_000_000_000
"""Bytes; a whole run leaves less than a quarter of that."""


@contextmanager
def _running() -> Iterator[Engines]:
    room = shutil.disk_usage(_IN_MEMORY) if os.access(_IN_MEMORY, os.W_OK) else None
    # Runs that were killed leave their folder: they must not fill the memory.
    roomy = room is not None and room.used < _ROOM < room.free
    with (
        tempfile.TemporaryDirectory(
            prefix="bassin-tests-", dir=_IN_MEMORY if roomy else None, ignore_cleanup_errors=True
        ) as home,
        running_engines(Path(home)) as engines,
    ):
        yield engines


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Before a worker of pytest-xdist starts: the controller owns the engines, since it outlives every worker."""
    config: pytest.Config = node.config
    if _STACK not in config.stash:
        config.stash[_STACK] = ExitStack()
        # Without a Docker engine each worker finds that out for itself and skips with the reason.
        with suppress(EngineMissing):
            config.stash[_ENGINES] = config.stash[_STACK].enter_context(_running())
    shared = config.stash.get(_ENGINES, None)
    if shared is None:
        return
    node.workerinput["bassin_engines"] = (shared.mongodb_url, shared.kafka_bootstrap_servers, shared.broker.value)


def pytest_unconfigure(config: pytest.Config) -> None:
    """End what the controller started."""
    if _STACK in config.stash:
        config.stash[_STACK].close()


@pytest.fixture(scope="session")
def engines(request: pytest.FixtureRequest) -> Iterator[Engines]:
    """Addresses of the running engines; started at the first use when there is no pytest-xdist."""
    handed_down = getattr(request.config, "workerinput", {}).get("bassin_engines")
    if handed_down is not None:
        mongodb_url, kafka_bootstrap_servers, broker = handed_down
        yield Engines(mongodb_url, kafka_bootstrap_servers, BrokerKind(broker))
        return
    with ExitStack() as stack:
        try:
            started = stack.enter_context(_running())
        except EngineMissing as missing:
            if chosen_broker() is not BrokerKind.TESTCONTAINERS:
                raise
            pytest.skip(str(missing))
        yield started


@pytest.fixture(scope="session")
def mongo_url(engines: Engines) -> str:
    """Connection string of a replica set's primary."""
    return engines.mongodb_url


@pytest.fixture(scope="session")
def kafka_bootstrap(engines: Engines) -> str:
    """Value for KAFKA_BOOTSTRAP_SERVERS."""
    return engines.kafka_bootstrap_servers


@pytest.fixture(scope="session")
def broker_kind(engines: Engines) -> BrokerKind:
    """Which broker ``kafka_bootstrap`` is."""
    return engines.broker


@pytest.fixture(scope="session")
def secured_kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecuredKafka]:
    """An Apache Kafka with users, ACLs and a TLS door, as the compose file has it; skips unless BROKER=apache."""
    if chosen_broker() is not BrokerKind.APACHE:
        pytest.skip("needs Apache Kafka: run with BROKER=apache (Java 17 and Maven)")
    with SecuredKafka(tmp_path_factory.mktemp("secured-kafka")) as broker:
        yield broker


@pytest.fixture(scope="session")
def apache_kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApacheKafka]:
    """An Apache Kafka of this worker alone, which a test may kill and restart; skips unless BROKER=apache."""
    if chosen_broker() is not BrokerKind.APACHE:
        pytest.skip("needs Apache Kafka: run with BROKER=apache (Java 17 and Maven)")
    folder: Path = tmp_path_factory.mktemp("apache-kafka")
    with ApacheKafka(folder) as broker:
        yield broker
