"""Apache Kafka itself (KRaft) on the JVM, from Maven Central's artifacts: one process per broker, no container."""

import base64
import hashlib
import subprocess
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Self

from deploy.local import jvm
from deploy.local.engine import Engine, wait_until
from deploy.local.jvm import FAST_START
from deploy.local.process import Process, Startable, StartFailed, free_port
from deploy.local.room import refusal
from deploy.local.wire import broker_count

_HERE = Path(__file__).parent / "kafka"
_POM = _HERE / "pom.xml"
_ROOM_MB = 50
_ALTERNATIVES = (
    "Leave BROKER out to use the embedded broker, set KAFKA_BOOTSTRAP_SERVERS to a broker that exists, "
    "or start everything with: docker compose up."
)


def java_binary() -> str:
    """The ``java`` to run.

    Raises:
        EngineMissing: when there is none, or it is too old.
    """
    return jvm.java_binary("BROKER=apache", _ALTERNATIVES)


def kafka_jars() -> Path:
    """Folder of the server's jars (fetched in 5 s).

    Raises:
        EngineMissing: when Maven is missing or cannot fetch them.
    """
    return jvm.from_maven(_POM, "kafka", "copy-dependencies", "BROKER=apache", _ALTERNATIVES)


def cluster_id(folder: Path) -> str:
    """One id for all nodes, derived from their folder: 16 bytes in Kafka's own spelling, which never begins with a dash (its
    tools would take that for an option).
    """
    first, *others = hashlib.sha256(str(folder.resolve()).encode()).digest()[:16]
    return base64.urlsafe_b64encode(bytes([first & 0x7F, *others])).decode().rstrip("=")


class KafkaNode(Engine):
    """One broker (and controller) of a cluster; made by :class:`ApacheKafka`."""

    def __init__(self, name: str, folder: Path, port: int, java_options: Sequence[str], log: Path) -> None:
        super().__init__(port)
        self.name = name
        self.properties = folder / "server.properties"
        self.log = log
        self._java_options = java_options

    def obstacle(self) -> str:
        """No room, or files that it may not touch."""
        return refusal(self.properties.parent, _ROOM_MB)

    def _program(self) -> Process:
        return Process(self.name, self.java("kafka.Kafka", str(self.properties)), log=self.log)

    def java(self, main: str, *arguments: str) -> list[str]:
        """Command line of one of the server's main classes."""
        logging = f"-Dlog4j2.configurationFile={_HERE / 'log4j2.yaml'}"
        return [java_binary(), *self._java_options, logging, "-cp", f"{kafka_jars()}/*", main, *arguments]

    def _answers(self) -> bool:
        return broker_count("127.0.0.1", self.port) >= 1


class ApacheKafka(Startable):
    """A Kafka cluster on loopback: every node is broker and controller.

    Args:
        data_dir: topics and metadata, kept between starts, on other ports as well.
        brokers: number of nodes, each a JVM of its own.
        port: port of the first node; free ones when None.
        java_options: options of each JVM.
        logs: folder of ``kafka-<node>.log``; the data folder when None.
    """

    name = "Kafka"

    def __init__(
        self,
        data_dir: Path,
        brokers: int = 1,
        port: int | None = None,
        *,
        java_options: Sequence[str] = FAST_START,
        logs: Path | None = None,
    ) -> None:
        self.data_dir = data_dir
        ports = [port or free_port(), *(free_port() for _ in range(brokers - 1))]
        self._controllers = {node: free_port() for node in range(1, brokers + 1)}
        self.nodes = [
            KafkaNode(
                "Kafka" if brokers == 1 else f"Kafka {number}",
                data_dir / f"node-{number}",
                node_port,
                java_options,
                (logs or data_dir) / f"kafka-{number}.log",
            )
            for number, node_port in enumerate(ports, 1)
        ]

    @property
    def bootstrap(self) -> str:
        """Value for KAFKA_BOOTSTRAP_SERVERS: every node."""
        return ",".join(f"127.0.0.1:{node.port}" for node in self.nodes)

    def start(self) -> Self:
        """Format new folders, start every node, wait until all are registered.

        Raises:
            EngineMissing: no Java 17, no Maven.
            StartFailed: a node ended or did not answer; the end of its log is told.
        """
        java_binary()
        kafka_jars()
        try:
            self._each(self._prepare)
            self._each(KafkaNode.start)
            self._each(self._await_cluster)
        except BaseException:
            self.kill()
            raise
        return self

    def stop(self) -> None:
        """End every node in order."""
        self._each(KafkaNode.stop)

    def kill(self, broker: int | None = None) -> None:
        """SIGKILL one node (1 is the first), or all."""
        for node in self.nodes if broker is None else [self.nodes[broker - 1]]:
            node.kill()

    def restart(self, broker: int | None = None) -> Self:
        """Start one node, or all, again on the same ports and data, after a kill if it still runs."""
        self.kill(broker)
        self._each(KafkaNode.start, self.nodes if broker is None else [self.nodes[broker - 1]])
        return self

    def _each(self, action: Callable[[KafkaNode], object], nodes: Sequence[KafkaNode] | None = None) -> None:
        chosen = self.nodes if nodes is None else nodes
        with ThreadPoolExecutor(len(chosen)) as pool:
            for done in [pool.submit(action, node) for node in chosen]:
                done.result()

    def _prepare(self, node: KafkaNode) -> None:
        folder = node.properties.parent
        folder.mkdir(parents=True, exist_ok=True)
        node.properties.write_text(self._settings(node))
        if (folder / "data" / "meta.properties").exists():
            return
        format_tool = node.java(
            "kafka.tools.StorageTool", "format", "-t", cluster_id(self.data_dir), "-c", str(node.properties)
        )
        done = subprocess.run(format_tool, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise StartFailed(f"Kafka's storage could not be formatted: {done.stdout}{done.stderr}")

    def _await_cluster(self, node: KafkaNode) -> None:
        """A node serves as soon as it knows one broker; topics with copies need all of them."""
        process = node.process
        wait_until(lambda: broker_count("127.0.0.1", node.port) >= len(self.nodes), process, node.start_timeout)

    def _settings(self, node: KafkaNode) -> str:
        number = self.nodes.index(node) + 1
        copies = min(3, len(self.nodes))
        voters = ",".join(f"{n}@127.0.0.1:{port}" for n, port in self._controllers.items())
        settings = {
            "process.roles": "broker,controller",
            "node.id": number,
            "controller.quorum.voters": voters,
            "listeners": f"PLAINTEXT://127.0.0.1:{node.port},CONTROLLER://127.0.0.1:{self._controllers[number]}",
            "advertised.listeners": f"PLAINTEXT://127.0.0.1:{node.port}",
            "controller.listener.names": "CONTROLLER",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "inter.broker.listener.name": "PLAINTEXT",
            "log.dirs": node.properties.parent / "data",
            "auto.create.topics.enable": "false",
            "offsets.topic.replication.factor": copies,
            "offsets.topic.num.partitions": 4,
            "transaction.state.log.replication.factor": copies,
            "transaction.state.log.min.isr": max(1, copies - 1),
            "transaction.state.log.num.partitions": 4,
            "share.coordinator.state.topic.replication.factor": copies,
            "share.coordinator.state.topic.min.isr": max(1, copies - 1),
            "group.initial.rebalance.delay.ms": 0,
            # A failover test waits for a dead member's session; Kafka's own minimum is 6 s.
            "group.min.session.timeout.ms": 500,
            # A broker that was killed may register again once its last registration has run out (9 s by default).
            "broker.heartbeat.interval.ms": 500,
            "broker.session.timeout.ms": 3000,
        }
        return "".join(f"{key}={value}\n" for key, value in settings.items())
