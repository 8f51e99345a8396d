"""The local stack: engines, topics and indexes, the five services, kept running until it is stopped."""

import asyncio
import json
import os
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from deploy.local.apache import ApacheKafka
from deploy.local.containers import ContainerKafka, ContainerMongo
from deploy.local.embedded import EmbeddedBroker
from deploy.local.engine import Engine
from deploy.local.engines import BrokerKind, Engines, broker_for, chosen_broker, mongo_for
from deploy.local.identity import PORT as IDENTITY_PORT
from deploy.local.identity import IdentityKind, Keycloak, chosen_identity, local_accounts
from deploy.local.lock import FolderLock
from deploy.local.mongo import Mongod
from deploy.local.ports import PortClaims
from deploy.local.process import LocalStackError, Obstructed, Process, Startable, StartFailed
from deploy.local.services import ROOT, MailSink, ServiceProcess, ServiceSpec, bassin_services
from deploy.local.supervisor import Supervisor
from shared.auth.local import ensure_local_keys

DATA = Path(".bassin/data")
RUN_DIR = Path(".bassin")
STACK_FILE = "stack.json"
_PUBLIC_URLS = {
    "offers": "BASSIN_PUBLIC_URL",
    "profiles": "BASSIN_PROFILES_PUBLIC_URL",
    "notifications": "BASSIN_NOTIFICATIONS_PUBLIC_URL",
    "clauses": "BASSIN_CLAUSES_PUBLIC_URL",
}
"""Settings with the address under which people reach a service."""
INIT = (sys.executable, "-m", "deploy.init")

_MAIL_PORT = 8025
_ONE_SHOT_SECONDS = 300.0


class _Server(Protocol):
    def start(self) -> object: ...


@dataclass(frozen=True)
class Row:
    """One line of the table: a process or a server, where it is and how it is."""

    name: str
    url: str
    state: str
    pid: int | None


class LocalStack(Startable):
    """Everything that ``make up`` runs, as a context manager (``with`` or ``async with``).

    Args:
        data: folder of the databases, keys and mails, kept between runs; one stack at a time.
        run_dir: folder of ``logs/`` and ``stack.json``; one stack at a time.
        broker: kind of broker; what the environment asks for when None.
        identity: who signs tokens; what the environment asks for when None.
        services: what to start beside the engines.
        init: command that creates topics and indexes.
        environment: further variables for every service.
        say: receives sentences about ports, deaths and restarts.
    """

    def __init__(
        self,
        data: Path = DATA,
        run_dir: Path = RUN_DIR,
        *,
        broker: BrokerKind | None = None,
        identity: IdentityKind | None = None,
        services: Sequence[ServiceSpec] | None = None,
        init: Sequence[str] = INIT,
        environment: Mapping[str, str] | None = None,
        say: Callable[[str], None] = print,
    ) -> None:
        self.data = data.resolve()
        self.run_dir = run_dir.resolve()
        self.logs = self.run_dir / "logs"
        self.keys = self.data / "keys"
        self.mail_dir = self.data / "mail"
        self.broker = broker or chosen_broker()
        self.identity = identity or chosen_identity()
        self._specs = tuple(bassin_services() if services is None else services)
        self._init = tuple(init)
        self._given_environment = dict(environment or {})
        self._say = say
        self._locks = [FolderLock(self.data, "data folder"), FolderLock(self.run_dir, "run folder")]
        self._ports = PortClaims()
        self._supervisor = Supervisor(say, self._is_back)
        self._units: list[Engine] = []
        self._mongo: Mongod | ContainerMongo | None = None
        self._kafka: EmbeddedBroker | ApacheKafka | ContainerKafka | None = None
        self._mail = MailSink(self.mail_dir, self.logs / "mail.log")
        self.keycloak: Keycloak | None = None
        self._services: dict[str, ServiceProcess] = {}
        self._one_shots: list[Process] = []
        self._one_shots_lock = threading.Lock()
        self._written = threading.Lock()
        self._running = False

    # -- what it is -----------------------------------------------------------------------------------------------

    @property
    def urls(self) -> dict[str, str]:
        """Base address per service."""
        return {name: service.url for name, service in self._services.items()}

    @property
    def mongodb_url(self) -> str:
        """Connection string of the MongoDB in use."""
        return self._mongo.url if self._mongo else os.environ["MONGODB_URL"]

    @property
    def kafka_bootstrap_servers(self) -> str:
        """Addresses of the Kafka in use."""
        return self._kafka.bootstrap if self._kafka else os.environ["KAFKA_BOOTSTRAP_SERVERS"]

    @property
    def environment(self) -> dict[str, str]:
        """Variables with which a service, or a one-shot command, works in this stack."""
        engines = Engines(self.mongodb_url, self.kafka_bootstrap_servers, self.broker)
        return {
            **engines.environment,
            "PYTHONPATH": str(ROOT),
            "BASSIN_ENVIRONMENT": "local",
            "BASSIN_JWKS": self.keycloak.discovery if self.keycloak else str(self.keys / "jwks.json"),
            "BASSIN_SMTP_HOST": "127.0.0.1",
            "BASSIN_SMTP_PORT": str(self._mail.port),
            # Ports move when others hold them: links in messages follow.
            **{variable: self.urls[name] for name, variable in _PUBLIC_URLS.items() if name in self._services},
            **self._identity_environment(),
            **self._given_environment,
        }

    def rows(self) -> list[Row]:
        """The state of everything, services first."""
        rows = [Row(name, service.url, self._state(service), service.pid) for name, service in self._services.items()]
        rows.append(Row("Mail", self._mail.url, self._state(self._mail), self._mail.pid))
        if self.keycloak is not None:
            rows.append(Row("Keycloak", self.keycloak.url, self._state(self.keycloak), self.keycloak.pid))
        rows.extend(self._engine_rows(self._mongo, "MongoDB", "MONGODB_URL"))
        rows.extend(self._engine_rows(self._kafka, "Kafka", "KAFKA_BOOTSTRAP_SERVERS"))
        return rows

    def restarts(self, name: str) -> int:
        """How often the process ``name`` (a service, "MongoDB", "Kafka (embedded)" …) was started again."""
        return self._supervisor.restarts[name]

    # -- what it does ---------------------------------------------------------------------------------------------

    def start(self) -> Self:
        """Start everything and wait until every service is ready.

        Raises:
            FolderInUse: another stack runs on a folder.
            EngineMissing: an engine cannot run here; the message names the alternatives.
            StartFailed: something ended or did not become ready; the end of its log is told.
            Obstructed: something of this machine has to be mended first: no room on a disk, files of somebody else.
        """
        taken: list[FolderLock] = []
        try:
            for lock in self._locks:
                taken.append(lock.acquire())
        except LocalStackError:
            for lock in taken:
                lock.release()
            raise
        self._running = True
        try:
            self._start()
        except OSError as error:
            self.stop()
            raise Obstructed(f"{error.filename or 'A file of the stack'} cannot be used ({error.strerror}).") from error
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """End everything in order: services, then engines; what does not end within 5 s is killed."""
        if not self._running:
            return
        with self._one_shots_lock:
            self._running = False
        self._end_one_shots()
        engines = [unit for unit in self._units if not isinstance(unit, ServiceProcess)]
        self._supervisor.stop([unit for unit in self._units if isinstance(unit, ServiceProcess)], engines)
        for container in (self._mongo, self._kafka):
            if isinstance(container, ContainerMongo | ContainerKafka):
                container.stop()
        (self.run_dir / STACK_FILE).unlink(missing_ok=True)
        self._ports.release()
        for lock in self._locks:
            lock.release()

    def kill(self, name: str) -> None:
        """SIGKILL a service, as a crash would; the supervisor starts it again. See :meth:`wait_ready`."""
        self._supervisor.expect_end(name)
        self._services[name].kill()

    def wait_ready(self, name: str, timeout: float = ServiceProcess.start_timeout) -> None:
        """Wait until the process ``name`` answers again after :meth:`kill`.

        Raises:
            StartFailed: not within ``timeout`` seconds.
        """
        if not self._supervisor.wait_ready(name, timeout):
            raise StartFailed(f"{name} was not ready again within {timeout:.0f} s; see {self.logs / name}.log.")

    def run(self, name: str, command: Sequence[str]) -> None:
        """Run a one-shot command in this stack's environment; its output goes to ``logs/<name>.log``.

        Raises:
            StartFailed: it ended with another code than 0, or not within five minutes.
        """
        process = Process(name, command, log=self.logs / f"{name}.log", env=self.environment, cwd=ROOT)
        with self._one_shots_lock:
            if not self._running:
                raise StartFailed(f"{name} was not run: the stack is being stopped.")
            process.start()
            self._one_shots.append(process)
        code = process.wait(_ONE_SHOT_SECONDS)
        if code is None:
            process.kill()
            raise StartFailed(f"{name} did not end within {_ONE_SHOT_SECONDS:.0f} s; see {process.log}.")
        if code != 0:
            raise StartFailed(f"{name} ended with code {code}. The end of {process.log}:\n{process.tail()}")

    # -- how ------------------------------------------------------------------------------------------------------

    def _start(self) -> None:
        self._keep_last_logs()
        existing = bool(os.environ.get("MONGODB_URL"))
        self._mongo = None if existing else mongo_for(self.data / "mongo", self.logs)
        self._kafka = (
            None if self.broker is BrokerKind.EXTERNAL else broker_for(self.broker, self.data / "kafka", self.logs)
        )
        empty = isinstance(self._mongo, ContainerMongo) or (isinstance(self._mongo, Mongod) and self._mongo.fresh)
        ensure_local_keys(self.keys)
        if self.identity is IdentityKind.KEYCLOAK:
            self.keycloak = self._keycloak()
        servers = (self._mongo, self._kafka, self._mail, self.keycloak)
        self._start_together([server for server in servers if server is not None])
        for spec in self._specs:
            self._services[spec.name] = self._place(spec)
        self.run("init", self._init)
        self._start_together(list(self._services.values()))
        for unit in self._units:
            self._supervisor.watch(unit)
        if self.broker is BrokerKind.EMBEDDED and not empty:
            self._publish_again()
        self._write()

    def _place(self, spec: ServiceSpec) -> ServiceProcess:
        port = self._ports.choose(spec.port)
        if port != spec.port:
            self._say(f"Port {spec.port} is in use: {spec.name} listens on {port} instead.")
        return ServiceProcess(spec, port, lambda: self.environment, self.logs / f"{spec.name}.log")

    def _identity_environment(self) -> dict[str, str]:
        """With Keycloak, accepted invitations become roles there."""
        if self.keycloak is None:
            return {}
        realm = self.keycloak.discovery.partition("/.well-known")[0]
        return {"BASSIN_IDENTITY_REALM": realm, "BASSIN_IDENTITY_SECRET": self.keycloak.secret}

    def _keycloak(self) -> Keycloak:
        """With the realm's mails going to the sink: its port is kept by the realm, so it is the same at each start."""
        self._mail.port = self._ports.choose(_MAIL_PORT)
        port = self._ports.choose(IDENTITY_PORT)
        if port != IDENTITY_PORT:
            self._say(f"Port {IDENTITY_PORT} is in use: Keycloak listens on {port} instead.")
        realm = {"BASSIN_SMTP_HOST": "127.0.0.1", "BASSIN_SMTP_PORT": str(self._mail.port)}
        return Keycloak(self.data / "keycloak", self.logs / "keycloak.log", realm, port, local_accounts())

    def _start_together(self, servers: Sequence[_Server]) -> None:
        for server in servers:
            parts = server.nodes if isinstance(server, ApacheKafka) else [server]
            self._units.extend(part for part in parts if isinstance(part, Engine))
        with ThreadPoolExecutor(len(servers) or 1) as pool:
            try:
                for started in as_completed([pool.submit(server.start) for server in servers]):
                    started.result()
            except BaseException:
                # The pool waits for the other starts, which end at once when their processes do.
                for unit in self._units:
                    unit.kill()
                raise

    def _publish_again(self) -> None:
        """Have every owner publish its state: the embedded broker has forgotten it."""
        commands = [spec for spec in self._specs if spec.resync]
        if commands:
            self._say("Publishing the stored state again: the embedded broker keeps nothing.")
            with ThreadPoolExecutor(2) as pool:
                try:
                    for done in [pool.submit(self.run, f"{spec.name}-resync", spec.resync) for spec in commands]:
                        done.result()
                except BaseException:
                    pool.shutdown(wait=False, cancel_futures=True)
                    self._end_one_shots()
                    raise

    def _end_one_shots(self) -> None:
        for process in self._one_shots:
            process.kill()

    def _is_back(self, unit: Engine) -> None:
        try:
            self._write()
            if isinstance(unit, EmbeddedBroker):
                self._refill()
        except (LocalStackError, OSError) as error:
            if self._running:
                self._say(str(error))

    def _refill(self) -> None:
        """Bring an embedded broker that lost everything back to the state of the databases.

        The services start anew: a consumer that goes on at the position it had would pass over the first records of a
        topic that was filled again.
        """
        self.run("init", self._init)
        for name in self._services:
            self._supervisor.expect_end(name)
        with ThreadPoolExecutor(len(self._services) or 1) as pool:
            list(pool.map(Engine.stop, self._services.values()))
        for name in self._services:
            self.wait_ready(name)
        self._publish_again()

    def _state(self, unit: Engine) -> str:
        if self._supervisor.is_ready(unit.name):
            return "ready"
        return "starting" if unit.pid is not None else "down" if unit in self._units else "waiting"

    def _engine_rows(self, engine: Any, name: str, variable: str) -> list[Row]:
        if engine is None:
            return [Row(name, os.environ.get(variable, ""), "existing server", None)]
        if isinstance(engine, Mongod):
            return [Row(engine.name, engine.url, self._state(engine), engine.pid)]
        if isinstance(engine, EmbeddedBroker):
            return [Row(engine.name, engine.bootstrap, self._state(engine), engine.pid)]
        if isinstance(engine, ApacheKafka):
            return [Row(n.name, f"127.0.0.1:{n.port}", self._state(n), n.pid) for n in engine.nodes]
        return [Row(engine.name, getattr(engine, "url", "") or getattr(engine, "bootstrap", ""), "container", None)]

    def _keep_last_logs(self) -> None:
        """Each run writes its own logs; those of the run before are kept beside them."""
        self.logs.mkdir(parents=True, exist_ok=True)
        for log in self.logs.glob("*.log"):
            log.replace(log.with_suffix(".log.1"))

    def _write(self) -> None:
        """Tell ``make token`` and others where everything is."""
        with self._written:
            if not self._running:
                return
            told = {
                "pid": os.getpid(),
                "services": {row.name: asdict(row) for row in self.rows() if row.name in self._services},
                "mongodb_url": self.mongodb_url,
                "kafka_bootstrap_servers": self.kafka_bootstrap_servers,
                "broker": self.broker.value,
                "identity": self.keycloak.url if self.keycloak else "",
                "keys": str(self.keys),
                "jwks": str(self.keys / "jwks.json"),
                "mail_dir": str(self.mail_dir),
                "environment": self.environment,
            }
            unfinished = self.run_dir / f".{STACK_FILE}.part"
            unfinished.write_text(json.dumps(told, indent=2) + "\n")
            unfinished.replace(self.run_dir / STACK_FILE)

    async def __aenter__(self) -> Self:
        return await asyncio.to_thread(self.start)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self.stop)
