"""The Docker engine and Compose, as the trial uses them: a project of its own, and nothing of anybody else's."""

import http.client
import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
LEAST_COMPOSE = (2, 24)
BASES = {"PYTHON_IMAGE": "python:3.12-slim", "NGINX_IMAGE": "nginx:1.28-alpine"}
ENGINES = ("apache/kafka:4.1.0", "mongo:7.0")


class NoEngine(Exception):
    """The trial cannot run here; the message is a sentence that says why."""


class Failed(Exception):
    """A command of the trial failed; the message is the end of what it said."""


def run(*command: str, environment: dict[str, str] | None = None, seconds: float = 600, check: bool = True) -> str:
    """Run a command and return what it wrote.

    Raises:
        Failed: it ended with another code than 0 (``check``), or not in time.
    """
    try:
        done = subprocess.run(
            command,
            env=environment,
            cwd=ROOT,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=seconds,
        )
    except subprocess.TimeoutExpired:
        raise Failed(f"{' '.join(command[:6])} took more than {seconds:.0f} s") from None
    if check and done.returncode != 0:
        raise Failed(f"{' '.join(command[:8])}: {done.stdout[-2000:]}")
    return done.stdout


def engine_or_reason() -> str:
    """The engine's version.

    Raises:
        NoEngine: no docker, no daemon, no Compose, or base images that cannot be had here.
    """
    if shutil.which("docker") is None:
        raise NoEngine("no docker here")
    try:
        version = run("docker", "version", "--format", "{{.Server.Version}}", seconds=20).strip()
    except Failed:
        raise NoEngine("no Docker engine answers here") from None
    try:
        told = run("docker", "compose", "version", "--short", seconds=20).strip().lstrip("v")
    except Failed:
        raise NoEngine("docker has no compose plugin here") from None
    numbers = tuple(int(part) for part in told.split("-")[0].split(".")[:2] if part.isdigit())
    # A build from sources calls itself "dev".
    if numbers and numbers < LEAST_COMPOSE:
        raise NoEngine(f"Compose {told} is older than {'.'.join(map(str, LEAST_COMPOSE))}")
    for image in (*BASES.values(), *ENGINES):
        if not has_or_pulls(image):
            raise NoEngine(f"the image {image} is not here and cannot be pulled")
    return version


def has_or_pulls(name: str) -> bool:
    """Whether the engine has this image, or could fetch it now."""
    for command, seconds in ((("image", "inspect"), 20), (("pull", "-q"), 300)):
        try:
            run("docker", *command, name, seconds=seconds)
        except Failed:
            continue
        return True
    return False


class Project:
    """One Compose project with its own name, networks, volumes, secrets and ports."""

    def __init__(self, name: str, folder: Path, variables: dict[str, str]) -> None:
        self.name = name
        self.folder = folder
        self.environment = os.environ | variables | {"COMPOSE_PROJECT_NAME": name, "COMPOSE_DISABLE_ENV_FILE": "1"}

    @property
    def files(self) -> list[str]:
        """The product's compose file, and what the trial lays over it."""
        return ["-f", str(ROOT / "docker-compose.yml"), "-f", str(ROOT / "deploy" / "trial" / "compose.yml")]

    def compose(self, *arguments: str, seconds: float = 600, check: bool = True) -> str:
        """``docker compose`` of this project."""
        return run(
            "docker", "compose", *self.files, *arguments, environment=self.environment, seconds=seconds, check=check
        )

    def containers(self, *services: str, all: bool = False) -> dict[str, str]:
        """Names of the project's containers by id."""
        shown = '{{.ID}} {{.Names}} {{.Label "com.docker.compose.service"}}'
        own = f"label=com.docker.compose.project={self.name}"
        every = ["-a"] if all else []
        told = run("docker", "ps", *every, "--no-trunc", "--filter", own, "--format", shown, seconds=60)
        rows = [line.split() for line in told.splitlines()]
        return {row[0]: row[1] for row in rows if not services or row[2] in services}

    def ready(self, container: str, port: int) -> bool:
        """Whether the process in this container says that it is ready."""
        try:
            run("docker", "exec", container, "python", "-ISE", "/app/deploy/health.py", str(port), seconds=15)
        except Failed:
            return False
        return True

    def await_ready(self, services: Sequence[str], seconds: float) -> float:
        """Wait until every replica of these services is ready; returns how long it took.

        Raises:
            Failed: one is not after ``seconds``.
        """
        began = time.monotonic()
        for service in services:
            port = 8000 if service.endswith("-api") else 8100
            while True:
                containers = self.containers(service)
                if containers and all(self.ready(one, port) for one in containers):
                    break
                if time.monotonic() - began > seconds:
                    raise Failed(f"{service} is not ready after {seconds:.0f} s: {self.logs(service)[-1500:]}")
                time.sleep(0.5)
        return time.monotonic() - began

    def logs(self, *services: str) -> str:
        """What the containers of these services said, without their names before it."""
        return self.compose("logs", "--no-log-prefix", *services, seconds=120, check=False)

    def kept(self) -> str:
        """All that there is to look at before it is taken away: how each container stands, and what it said, whoever it is."""
        every = ("--profile", "*")
        shown = (("ps", "-a"), ("logs", "--no-color", "--timestamps"))
        return "\n".join(self._said(*every, *command) for command in shown)

    def _said(self, *arguments: str) -> str:
        try:
            return self.compose(*arguments, seconds=120, check=False)
        except Failed as failure:
            return str(failure)

    def down(self) -> None:
        """Take everything of the project away, volumes too."""
        self.compose("--profile", "*", "down", "-v", "--remove-orphans", "--timeout", "15", check=False)


def cpu_seconds(container: str) -> float:
    """Processor time that a container and what was executed in it used so far."""
    return float(_stats(container)["cpu_stats"]["cpu_usage"]["total_usage"]) / 1e9


def memory_mb(container: str) -> int:
    """Memory of a container without the page cache, in MB."""
    used = _stats(container)["memory_stats"]
    return int((used["usage"] - used.get("stats", {}).get("total_inactive_file", 0)) / 1e6)


def _stats(container: str) -> dict[str, Any]:
    found: dict[str, Any] = _engine(f"/containers/{container}/stats?stream=false&one-shot=true")
    return found


def state(container: str) -> dict[str, Any]:
    """The engine's view of a container: exit code, pid, health."""
    found: dict[str, Any] = _engine(f"/containers/{container}/json")["State"]
    return found


class _Unix(http.client.HTTPConnection):
    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(30)
        self.sock.connect(os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock").removeprefix("unix://"))


def _engine(path: str) -> Any:
    connection = _Unix("localhost")
    try:
        connection.request("GET", path)
        return json.loads(connection.getresponse().read())
    finally:
        connection.close()
