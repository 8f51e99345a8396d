"""Engines in containers, for a machine that has a Docker engine (``BROKER=testcontainers``)."""

import importlib.util
import shutil
import subprocess
from abc import abstractmethod
from typing import Any, Self

from pymongo import MongoClient

from deploy.local.engine import EngineMissing
from deploy.local.process import Startable

# testcontainers' Kafka module drives Confluent's image (Kafka 3.9); Apache's own has other start scripts.
_KAFKA_IMAGE = "confluentinc/cp-kafka:7.9.0"
_MONGO_IMAGE = "mongo:7.0"


def docker_answers(timeout: float = 2.0) -> bool:
    """Whether a Docker engine answers within ``timeout`` seconds; never waits longer."""
    docker = shutil.which("docker")
    if docker is None:
        return False
    try:
        asked = subprocess.run(
            [docker, "info", "--format", "{{.ServerVersion}}"], capture_output=True, timeout=timeout, check=False
        )
    except subprocess.TimeoutExpired:
        return False
    return asked.returncode == 0 and bool(asked.stdout.strip())


def require_docker() -> None:
    """Check that containers can be started from here.

    Raises:
        EngineMissing: no Docker engine answers, or testcontainers (a development dependency) is not installed.
    """
    if importlib.util.find_spec("testcontainers") is None:
        raise EngineMissing("BROKER=testcontainers needs the development dependencies: run it through make test.")
    if not docker_answers():
        raise EngineMissing(
            "BROKER=testcontainers needs a Docker engine, and none answered within 2 s. "
            "Leave BROKER out to use the embedded engines, or set KAFKA_BOOTSTRAP_SERVERS and MONGODB_URL."
        )


class _Contained(Startable):
    """One container, removed on stop; testcontainers' own reaper removes it when this process is killed."""

    def __init__(self) -> None:
        self._container: Any = None

    def start(self) -> Self:
        """Start it and wait until it serves.

        Raises:
            EngineMissing: without a Docker engine.
        """
        require_docker()
        try:
            self._run()
        except BaseException:
            self.stop()
            raise
        return self

    @abstractmethod
    def _run(self) -> None: ...

    def stop(self) -> None:
        """Remove it."""
        if self._container is not None:
            self._container.stop()


class ContainerKafka(_Contained):
    """Kafka in a container; ``bootstrap`` is its address once started."""

    name = "Kafka (container)"
    bootstrap = ""

    def _run(self) -> None:
        from testcontainers.community.kafka import KafkaContainer

        self._container = KafkaContainer(image=_KAFKA_IMAGE).with_kraft()
        self._container.with_env("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false")
        self._container.with_env("KAFKA_GROUP_MIN_SESSION_TIMEOUT_MS", "500")
        self._container.start()
        self.bootstrap = str(self._container.get_bootstrap_server())


class ContainerMongo(_Contained):
    """mongod in a container as a one-member replica set, which testcontainers' own module does not offer."""

    name = "MongoDB (container)"
    url = ""

    def _run(self) -> None:
        from testcontainers.core.container import DockerContainer

        self._container = DockerContainer(_MONGO_IMAGE).with_exposed_ports(27017)
        self._container.with_command("--replSet rs0 --bind_ip_all --wiredTigerCacheSizeGB 0.5")
        self._container.start()
        host, port = self._container.get_container_host_ip(), self._container.get_exposed_port(27017)
        # The member's own address is the container's: only a direct connection reaches it from here.
        self.url = f"mongodb://{host}:{port}/?directConnection=true"
        client: MongoClient[dict[str, Any]] = MongoClient(self.url, serverSelectionTimeoutMS=30_000)
        try:
            # A driver's write waits for the election; the set needs no more than to be initiated.
            member = {"_id": 0, "host": "127.0.0.1:27017"}
            client.admin.command("replSetInitiate", {"_id": "rs0", "members": [member]})
        finally:
            client.close()
