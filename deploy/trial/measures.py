"""What the trial does with the running installation, each with its figures. Bounds are those of issue 10."""

import asyncio
import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from deploy.access.acls import partner_user
from deploy.access.vault import Vault
from deploy.trial.engine import Failed, Project, cpu_seconds, memory_mb, run, state
from deploy.trial.people import Visitors
from shared.contracts.topics import OFFERS, PROFILES, SERVICES
from shared.kafka.connection import connection_arguments
from shared.kafka.reading import admin_of
from shared.settings import Settings, load_settings

Figures = dict[str, Any]

APIS = [f"{name}-api" for name in SERVICES]
WORKERS = [f"{name}-worker" for name in SERVICES]
PARTNER = "trial"


def health_cost(project: Project, times: int = 3) -> Figures:
    """Processor time of the health checks as they are run at rest: each executed some times, at 30 s in between."""
    cores = 0.0
    for container in project.containers():
        test = state(container).get("Health")
        if test is None:
            continue
        command = json.loads(run("docker", "inspect", "--format", "{{json .Config.Healthcheck.Test}}", container))
        if command[0] != "CMD":
            raise Failed(f"a health check is not in exec form: {command}")
        before, began = cpu_seconds(container), time.monotonic()
        for _ in range(times):
            run("docker", "exec", container, *command[1:], seconds=60, check=False)
        busy, idle_for = cpu_seconds(container) - before, time.monotonic() - began
        time.sleep(idle_for)
        idle = cpu_seconds(container) - before - busy
        cores += max(0.0, busy - idle) / times / 30
    return {"health_check_cores": round(cores, 3)}


def at_rest(project: Project, seconds: float) -> Figures:
    """Processor and memory of everything while nobody does anything."""
    containers = project.containers()
    before = {one: cpu_seconds(one) for one in containers}
    began = time.monotonic()
    time.sleep(seconds)
    used = sum(cpu_seconds(one) - before[one] for one in containers) / (time.monotonic() - began)
    memory = {name.removeprefix(f"{project.name}-"): memory_mb(one) for one, name in sorted(containers.items())}
    return {"cores_at_rest": round(used, 3), "memory_mb": memory, "memory_mb_sum": sum(memory.values())}


async def doors(visitors: Visitors) -> Figures:
    """What is open to the outside, and what is not."""
    closed = ["/metrics", "/health/ready"]
    closed += [f"/{name}{path}" for name in SERVICES for path in ("/metrics", "/health/live", "/docs", "/openapi.json")]
    answers = {path: await visitors.status(path) for path in closed}
    opened = {path: await visitors.status(path) for path in ("/docs", "/openapi.json", "/offers/v1/communes?q=gueret")}
    async with visitors.client() as client:
        whole = (await client.get("/openapi.json")).json()
    return {
        "closed_paths_open": [path for path, status in answers.items() if status != 404],
        "open_paths_closed": [path for path, status in opened.items() if status != 200],
        "merged_paths": len(whole["paths"]),
    }


def partner_settings(vault: Vault, address: str, **changes: Any) -> Settings:
    """As a partner on the host connects: TLS and its own account."""
    values: dict[str, Any] = {
        "environment": "test",
        "KAFKA_BOOTSTRAP_SERVERS": address,
        "kafka_security_protocol": "SASL_SSL",
        "kafka_ca_file": str(vault.folder / "ca.pem"),
        "kafka_username": partner_user(PARTNER),
        "kafka_password": vault.read(f"partners/{PARTNER}"),
    }
    return load_settings(Settings, **(values | changes))


async def locks(project: Project, vault: Vault, address: str) -> Figures:
    """A partner gets offers and no profiles; strangers get nothing; a service's account ends at its own database."""
    settings = partner_settings(vault, address)
    async with admin_of(settings) as admin:
        seen = set(await admin.list_topics())
    strangers = {}
    for name, changes in {
        "wrong password": {"kafka_password": "x" * 20},
        "no TLS": {"kafka_security_protocol": "SASL_PLAINTEXT", "kafka_ca_file": ""},
    }.items():
        strangers[name] = await _reaches(partner_settings(vault, address, **changes))
    (offers,) = list(project.containers("offers-api"))[:1]
    intruder = (
        "import os, pymongo, sys\n"
        "client = pymongo.MongoClient(os.environ['MONGODB_URL'], username=os.environ['BASSIN_MONGODB_USERNAME'],\n"
        "    password=open(os.environ['BASSIN_MONGODB_PASSWORD_FILE']).read(), authSource='admin')\n"
        "client.bassin_offers.offers.find_one()\n"
        "for attempt in (lambda: client.bassin_profiles.profiles.find_one(), lambda: client.bassin_profiles.x.insert_one({})):\n"
        "    try: attempt()\n"
        "    except pymongo.errors.OperationFailure: continue\n"
        "    sys.exit(3)\n"
    )
    try:
        run("docker", "exec", offers, "python", "-c", intruder, seconds=60)
        foreign = False
    except Failed:
        foreign = True
    return {
        "partner_reads_offers": await _records(settings, OFFERS.name) > 0,
        "partner_sees_profiles": PROFILES.name in seen,
        "strangers_let_in": [name for name, entered in strangers.items() if entered],
        "service_reads_foreign_database": foreign,
    }


async def _reaches(settings: Settings) -> bool:
    consumer = AIOKafkaConsumer(**connection_arguments(settings), request_timeout_ms=4_000)
    try:
        await consumer.start()
    except (KafkaError, OSError):
        return False
    finally:
        await consumer.stop()
    return True


async def _records(settings: Settings, topic: str) -> int:
    consumer = AIOKafkaConsumer(**connection_arguments(settings))
    try:
        await consumer.start()
        partitions = [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic) or ()]
        if not partitions:
            async with admin_of(settings) as admin:
                (told,) = await admin.describe_topics([topic])
            partitions = [TopicPartition(topic, one["partition"]) for one in told["partitions"]]
        consumer.assign(partitions)
        return sum((await consumer.end_offsets(partitions)).values())
    finally:
        await consumer.stop()


async def kafka_restart(project: Project, vault: Vault, address: str) -> Figures:
    """Kafka is killed twice, alone and with its workers running: how long until it serves, and what the workers say meanwhile.

    What a start takes is the machine's and the JVM's. What the workers add to it is theirs: without a pause between their
    attempts to connect it took five times as long.
    """
    (kafka,) = project.containers("kafka")
    settings = partner_settings(vault, address)
    workers = list(project.containers(*WORKERS))
    run("docker", "pause", *workers, seconds=60)
    try:
        _, alone = await _until_it_serves(kafka, settings)
    finally:
        run("docker", "unpause", *workers, seconds=60)
    await asyncio.to_thread(project.await_ready, WORKERS, 120)
    lines_before = {name: len(project.logs(name).splitlines()) for name in WORKERS}
    began = time.monotonic()
    restarted_by_engine, served = await _until_it_serves(kafka, settings)
    await asyncio.to_thread(project.await_ready, WORKERS, 120)
    ready = time.monotonic() - began
    lines = sum(len(project.logs(name).splitlines()) - lines_before[name] for name in WORKERS)
    return {
        "kafka_alone_serves_after_seconds": round(alone, 1),
        "kafka_serves_after_seconds": round(served, 1),
        "times_as_long_as_alone": round(served / alone, 2),
        "workers_ready_after_seconds": round(ready, 1),
        "log_lines_of_workers": lines,
        "restarted_by": "the engine" if restarted_by_engine else "docker restart",
    }


async def _until_it_serves(kafka: str, settings: Settings) -> tuple[bool, float]:
    """Kill Kafka; whether the engine restarted it, and the seconds until a partner reads again."""
    began = time.monotonic()
    restarted_by_engine = _kill(kafka)
    while not await _serves(settings):
        if time.monotonic() - began > 180:
            raise Failed("Kafka does not serve after 180 s")
        await asyncio.sleep(0.25)
    return restarted_by_engine, time.monotonic() - began


def _kill(container: str) -> bool:
    """Kill as a crash would, so that the engine's restart policy is what brings it back; else restart it.

    The engine may be elsewhere (another machine's, a virtual one's), and its number of a process somebody else's here: only
    a process that the kernel counts to this container is killed.
    """
    pid = int(state(container)["Pid"])
    try:
        # A handle: the number may become another's between the look and the signal.
        process = os.pidfd_open(pid)
    except (OSError, AttributeError):
        process = None
    if process is not None:
        try:
            if belongs(Path(f"/proc/{pid}/cgroup").read_text(), container):
                signal.pidfd_send_signal(process, signal.SIGKILL)
                return True
        except OSError:
            pass  # it has ended meanwhile
        finally:
            os.close(process)
    run("docker", "restart", "-t", "30", container)
    return False


def belongs(cgroups: str, container: str) -> bool:
    """Whether /proc/PID/cgroup names this container (its whole id): ``/docker/ID`` or ``/system.slice/docker-ID.scope``."""
    parts = [part for line in cgroups.splitlines() for part in line.split(":", 2)[-1].split("/")]
    return container in [part.removeprefix("docker-").removesuffix(".scope") for part in parts]


async def _serves(settings: Settings) -> bool:
    try:
        async with asyncio.timeout(5):
            return await _records(settings, OFFERS.name) >= 0
    except (KafkaError, OSError, TimeoutError):
        return False


async def under_load(
    visitors: Visitors, rate: float, action: Callable[[], Figures], *, settle: float = 3.0
) -> tuple[Figures, Figures]:
    """Deposit offers while ``action`` runs in a thread; what became of them, and what the action measured."""
    stop = asyncio.Event()
    deposits = asyncio.create_task(visitors.deposit(stop, rate))
    try:
        await asyncio.sleep(settle)
        measured = await asyncio.to_thread(action)
        await asyncio.sleep(settle)
    finally:
        stop.set()
        found = await deposits
    return measured, {
        "sent": found.sent,
        "statuses": {str(status): count for status, count in sorted(found.statuses.items())},
        "answers_5xx": found.failures,
        "broken_connections": dict(found.broken),
        "acknowledged": len(found.acknowledged),
        "lost": await visitors.lost(found.acknowledged),
        "longest_seconds": round(found.longest, 2),
    }


def upgrade(project: Project, *services: str) -> Figures:
    """``deploy/upgrade.sh`` as operators run it."""
    environment = project.environment | {"COMPOSE": " ".join(["docker", "compose", *project.files])}
    before = {service: sorted(project.containers(service)) for service in services}
    began = time.monotonic()
    run("deploy/upgrade.sh", *services, environment=environment, seconds=900)
    seconds = round(time.monotonic() - began, 1)
    after = {service: sorted(project.containers(service)) for service in services}
    return {
        "seconds": seconds,
        "replicas_before": {service: len(ids) for service, ids in before.items()},
        "replicas_after": {service: len(ids) for service, ids in after.items()},
        "replaced": all(not set(before[service]) & set(after[service]) for service in services),
    }


def stop(project: Project) -> Figures:
    """Stop every container by itself: seconds and exit codes."""
    slowest, codes = 0.0, {}
    for container, name in sorted(project.containers().items(), key=lambda one: "kafka" in one[1] or "mongo" in one[1]):
        began = time.monotonic()
        run("docker", "stop", "--time", "30", container, seconds=60)
        slowest = max(slowest, time.monotonic() - began)
        code = state(container)["ExitCode"]
        if code != 0:
            codes[name.removeprefix(f"{project.name}-")] = code
    return {"slowest_stop_seconds": round(slowest, 1), "exit_codes_not_0": codes}


def json_lines(project: Project) -> Figures:
    """Lines of the services and of the gateway that are no JSON object."""
    bad = 0
    total = 0
    for line in project.logs(*APIS, *WORKERS, "gateway").splitlines():
        total += 1
        bad += not (line.startswith("{") and line.endswith("}"))
    return {"log_lines": total, "log_lines_that_are_no_json": bad}
