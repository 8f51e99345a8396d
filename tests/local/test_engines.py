"""The engines are real: they elect, commit, deliver, forget or remember, and never outlive their starter."""

import os
import resource
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from pymongo import MongoClient

from deploy.local import apache, embedded, libraries, mongo
from deploy.local.engines import (
    ApacheKafka,
    BrokerKind,
    EmbeddedBroker,
    EngineMissing,
    LocalStackError,
    Mongod,
    StartFailed,
    broker_environment,
    chosen_broker,
    running_engines,
)
from deploy.local.process import Process, can_leash, end_leftover, free_port, port_is_free
from tests.local.waiting import alive, until

MARK = {"_id": "mark"}


@pytest.fixture
def mongod(tmp_path: Path) -> Iterator[Mongod]:
    with Mongod(tmp_path / "mongo") as server:
        yield server


def write_in_transaction(url: str, document: dict[str, Any]) -> None:
    with MongoClient[dict[str, Any]](url) as client, client.start_session() as session:
        collection = client["engines"]["things"]
        session.with_transaction(lambda running: collection.insert_one(document, session=running))


def read(url: str, document: dict[str, Any]) -> dict[str, Any] | None:
    with MongoClient[dict[str, Any]](url) as client:
        return client["engines"]["things"].find_one(document)


async def create_topic(bootstrap: str, topic: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(topic, 2, 1)])
    finally:
        await admin.close()


async def topics(bootstrap: str) -> set[str]:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        return set(await admin.list_topics())
    finally:
        await admin.close()


async def send(bootstrap: str, topic: str, value: bytes) -> None:
    async with AIOKafkaProducer(bootstrap_servers=bootstrap) as producer:
        await producer.send_and_wait(topic, value, key=b"key")


async def receive(bootstrap: str, topic: str) -> bytes:
    async with AIOKafkaConsumer(
        topic, bootstrap_servers=bootstrap, auto_offset_reset="earliest", group_id=None, fetch_max_wait_ms=5
    ) as consumer:
        return bytes((await consumer.getone()).value)


def test_mongod_commits_a_transaction_and_keeps_it_on_another_port(tmp_path: Path) -> None:
    with Mongod(tmp_path / "mongo") as first:
        assert first.log.parent == tmp_path / "mongo"
        write_in_transaction(first.url, dict(MARK))
    second = Mongod(tmp_path / "mongo")
    assert not second.fresh
    with second:
        assert second.port != first.port
        assert read(second.url, MARK) == MARK
        write_in_transaction(second.url, {"_id": "after the move"})


def test_mongod_comes_back_on_its_port_after_a_kill(mongod: Mongod) -> None:
    url = mongod.url
    write_in_transaction(url, dict(MARK))
    mongod.kill()
    assert mongod.pid is None
    mongod.restart()
    assert mongod.url == url
    assert read(url, MARK) == MARK


async def test_embedded_broker_delivers_and_forgets() -> None:
    with EmbeddedBroker() as broker:
        await create_topic(broker.bootstrap, "things")
        await send(broker.bootstrap, "things", b"one")
        assert await receive(broker.bootstrap, "things") == b"one"
        bootstrap = broker.bootstrap
        broker.restart()
        assert broker.bootstrap == bootstrap
        # Why the local stack re-publishes: this broker keeps nothing. One that does would make resync needless.
        assert await topics(bootstrap) == set()


@pytest.mark.apache
async def test_apache_kafka_keeps_records_over_a_kill(apache_kafka: ApacheKafka) -> None:
    await create_topic(apache_kafka.bootstrap, "kept")
    await send(apache_kafka.bootstrap, "kept", b"one")
    apache_kafka.kill()
    apache_kafka.restart()
    assert await receive(apache_kafka.bootstrap, "kept") == b"one"


def test_no_folder_gives_a_cluster_an_id_that_is_taken_for_an_option() -> None:
    ids = {apache.cluster_id(Path(f"/somewhere/{number}")) for number in range(500)}
    assert len(ids) == 500
    assert {len(one) for one in ids} == {22}
    assert not any(one.startswith("-") for one in ids)


async def test_the_session_has_engines_that_commit_and_deliver(engine_environment: dict[str, str]) -> None:
    write_in_transaction(engine_environment["MONGODB_URL"], {"_id": os.urandom(8)})
    kafka_bootstrap = engine_environment["KAFKA_BOOTSTRAP_SERVERS"]
    topic = f"shared-{os.urandom(4).hex()}"
    await create_topic(kafka_bootstrap, topic)
    await send(kafka_bootstrap, topic, b"one")
    assert await receive(kafka_bootstrap, topic) == b"one"


@pytest.mark.skipif(not can_leash(), reason="only Linux can tie a child's life to its parent's")
def test_nothing_is_left_when_the_parent_is_killed(tmp_path: Path) -> None:
    parent = subprocess.Popen(
        [
            sys.executable,
            "-c",
            textwrap.dedent(
                """
                import sys, threading
                from pathlib import Path
                from deploy.local.engines import EmbeddedBroker, Mongod
                mongod, broker = Mongod(Path(sys.argv[1])).start(), EmbeddedBroker().start()
                print(mongod.pid, broker.pid, flush=True)
                threading.Event().wait()
                """
            ),
            str(tmp_path / "mongo"),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    with parent.stdout as output:
        children = [int(pid) for pid in output.readline().split()]
    assert len(children) == 2
    assert all(alive(pid) for pid in children)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    until(lambda: not any(alive(pid) for pid in children), "the engines end with their parent")
    # Started at once again on the same folder: the killed mongod's lock is no obstacle.
    with Mongod(tmp_path / "mongo") as again:
        write_in_transaction(again.url, dict(MARK))


@pytest.mark.skipif(not can_leash(), reason="only what is started on Linux is told more than the login's limits")
def test_mongodb_may_open_more_files_than_a_login_begins_with(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    told = Process("told", ["sh", "-c", "ulimit -Sn"], log=tmp_path / "told.log")
    resource.setrlimit(resource.RLIMIT_NOFILE, (1024, hard))
    try:
        told.start()
        told.wait()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert told.tail() == str(min(hard, 65_536) if hard != resource.RLIM_INFINITY else 65_536)


def test_a_leftover_is_ended_by_its_pid_file(tmp_path: Path) -> None:
    leftover = subprocess.Popen(["sleep", "600"])
    pidfile = tmp_path / "engine.pid"
    pidfile.write_text(str(leftover.pid))
    end_leftover(pidfile, "mongod")
    assert leftover.poll() is None, "a pid that now is another program is left alone"
    pidfile.write_text(str(leftover.pid))
    end_leftover(pidfile, "sleep")
    assert leftover.wait(5) == -signal.SIGKILL
    assert not pidfile.exists()


def test_an_engine_that_cannot_start_says_why(tmp_path: Path) -> None:
    with pytest.raises(StartFailed, match=r"MongoDB ended with code \d+ while starting.*mongod\.log[\s\S]*cacheSizeGB"):
        Mongod(tmp_path / "mongo", cache_gb=-1).start()


def test_a_server_is_lent_the_libraries_that_the_machine_lacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server, lent = tmp_path / "server", tmp_path / "lent"
    server.write_text(
        """#!/bin/sh
        for name in libcurl.so.4 libssl.so.3 "$ALSO"; do
            [ -z "$name" ] || [ -e "${LD_LIBRARY_PATH%%:*}/$name" ] || {
                echo "$0: error while loading shared libraries: $name: cannot open shared object file" >&2; exit 127; }
        done
        """
    )
    server.chmod(0o755)
    environment = libraries.environment_for(server, lent)
    assert sorted(link.name for link in lent.iterdir()) == ["libcurl.so.4", "libssl.so.3"]
    # What is lent is what mongod wants: with all of it before the machine's own, it loads.
    subprocess.run([mongo.mongod_binary(), "--version"], env=os.environ | environment, check=True, capture_output=True)
    monkeypatch.setenv("ALSO", "libnothing.so.1")
    with pytest.raises(libraries.LibraryMissing, match=r"libnothing\.so\.1: cannot"):
        libraries.environment_for(server, lent)


def test_a_port_in_use_is_not_taken_for_ones_own(tmp_path: Path, mongod: Mongod) -> None:
    with pytest.raises(StartFailed, match=rf"port {mongod.port} is used by another process"):
        Mongod(tmp_path / "other", port=mongod.port).start()


def test_two_free_ports_differ_and_a_listener_takes_one(mongod: Mongod) -> None:
    assert port_is_free(free_port())
    assert not port_is_free(mongod.port)


def test_a_platform_without_wheels_is_told_the_alternatives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.setattr("shutil.which", lambda name, path=None: None)
    with pytest.raises(EngineMissing, match=r"MONGODB_URL.*docker compose up"):
        mongo.mongod_binary()
    with pytest.raises(EngineMissing, match=r"KAFKA_BOOTSTRAP_SERVERS.*BROKER=apache.*docker compose up"):
        embedded.tansu_binary()
    with pytest.raises(EngineMissing, match=r"Java 17.*KAFKA_BOOTSTRAP_SERVERS"):
        apache.java_binary()


def test_the_environment_chooses_the_broker() -> None:
    assert chosen_broker({}) is BrokerKind.EMBEDDED
    assert chosen_broker({"BROKER": "apache"}) is BrokerKind.APACHE
    assert chosen_broker({"BROKER": "apache", "KAFKA_BOOTSTRAP_SERVERS": "kafka:9092"}) is BrokerKind.EXTERNAL
    with pytest.raises(LocalStackError, match="BROKER=rabbit is not known; it is one of embedded, apache"):
        chosen_broker({"BROKER": "rabbit"})
    assert broker_environment(BrokerKind.EMBEDDED)["BASSIN_KAFKA_IDEMPOTENCE"] == "false"
    assert broker_environment(BrokerKind.APACHE) == {}


def test_existing_servers_are_used_and_none_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONGODB_URL", "mongodb://elsewhere/?replicaSet=rs0")
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "elsewhere:9092")
    with running_engines() as engines:
        assert engines.broker is BrokerKind.EXTERNAL
        assert engines.mongod is None
        assert engines.kafka is None
        assert engines.environment == {
            "MONGODB_URL": "mongodb://elsewhere/?replicaSet=rs0",
            "KAFKA_BOOTSTRAP_SERVERS": "elsewhere:9092",
        }
