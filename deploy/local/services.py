"""The processes of the local stack that are ours: the five services and the SMTP sink."""

import http.client
import smtplib
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.local.engine import Engine
from deploy.local.process import Process
from shared.contracts.topics import SERVICES

ROOT = Path(__file__).resolve().parents[2]

# The ports that README.md and docker-compose.yml name as well.
DEFAULT_PORTS = {name: 8001 + number for number, name in enumerate(SERVICES)}


@dataclass(frozen=True)
class ServiceSpec:
    """How a service is started: its command, its usual port, and the command that publishes its state again."""

    name: str
    port: int
    command: tuple[str, ...]
    resync: tuple[str, ...] = ()


def bassin_services() -> tuple[ServiceSpec, ...]:
    """The five services, each as one process (api and worker)."""
    return tuple(
        ServiceSpec(
            name,
            port,
            (sys.executable, "-m", f"services.{name}", "all"),
            (sys.executable, "-m", f"services.{name}", "resync"),
        )
        for name, port in DEFAULT_PORTS.items()
    )


class ServiceProcess(Engine):
    """A service; ready when ``GET /health/ready`` answers 200. ``environment`` is asked at every start."""

    # Five of them load their code at the same time: 10 s on two idle cores, a minute beside a whole run of the tests.
    start_timeout = 240.0

    def __init__(self, spec: ServiceSpec, port: int, environment: Callable[[], Mapping[str, str]], log: Path) -> None:
        super().__init__(port)
        self.name = spec.name
        self.spec = spec
        self.log = log
        self._environment = environment

    @property
    def url(self) -> str:
        """Base address."""
        return f"http://127.0.0.1:{self.port}"

    def _program(self) -> Process:
        environment = {**self._environment(), "BASSIN_HOST": "127.0.0.1", "BASSIN_PORT": str(self.port)}
        return Process(self.name, self.spec.command, log=self.log, env=environment, cwd=ROOT)

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("GET", "/health/ready")
            return connection.getresponse().status == http.client.OK
        except http.client.HTTPException:
            return False
        finally:
            connection.close()


class MailSink(Engine):
    """The SMTP server that keeps mails as files in ``folder``."""

    name = "Mail"

    def __init__(self, folder: Path, log: Path, port: int | None = None) -> None:
        super().__init__(port)
        self.folder = folder
        self.log = log

    @property
    def url(self) -> str:
        """Where mails are handed in."""
        return f"smtp://127.0.0.1:{self.port}"

    def _program(self) -> Process:
        argv = [sys.executable, "-m", "deploy.local.smtp", "--port", str(self.port), "--dir", str(self.folder)]
        return Process(self.name, argv, log=self.log, env={"PYTHONPATH": str(ROOT)}, cwd=ROOT)

    def _answers(self) -> bool:
        with smtplib.SMTP("127.0.0.1", self.port, timeout=2):
            return True
