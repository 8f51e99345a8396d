"""The local stack: everything starts, what dies comes back, nothing is left, and a folder has one stack."""

import json
import os
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from urllib.request import urlopen

import pytest
from pymongo import MongoClient

from deploy.local import reload
from deploy.local.engines import BrokerKind, StartFailed
from deploy.local.lock import FolderInUse
from deploy.local.ports import PortClaims
from deploy.local.process import can_leash, free_port
from deploy.local.runner import LocalStack
from deploy.local.services import ServiceSpec
from tests.local.waiting import alive, until

FAKE = (sys.executable, "-m", "tests.local.fake_service")
NAMES = ("offers", "clauses")

pytestmark = pytest.mark.usefixtures("own_engines")


@pytest.fixture
def own_engines(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests start and kill engines: servers that exist are not theirs to touch."""
    for variable in ("MONGODB_URL", "KAFKA_BOOTSTRAP_SERVERS", "BROKER"):
        monkeypatch.delenv(variable, raising=False)


def fake(name: str, port: int | None = None, command: str = "all") -> ServiceSpec:
    return ServiceSpec(name, port or free_port(), (*FAKE, command, name), (*FAKE, "resync", name))


@dataclass
class Here:
    """A folder with stacks of fake services."""

    folder: Path
    said: list[str] = field(default_factory=list)

    @property
    def diary(self) -> list[str]:
        return (self.folder / "diary").read_text().splitlines()

    @property
    def told(self) -> dict[str, object]:
        return dict(json.loads((self.folder / "stack.json").read_text()))

    def stack(
        self, *specs: ServiceSpec, run_dir: Path | None = None, broker: BrokerKind = BrokerKind.EMBEDDED
    ) -> LocalStack:
        return LocalStack(
            self.folder / "data",
            run_dir or self.folder,
            broker=broker,
            services=specs or [fake(name) for name in NAMES],
            init=(*FAKE, "init", "-"),
            environment={"DIARY": str(self.folder / "diary")},
            say=self.said.append,
        )


@pytest.fixture
def here(tmp_path: Path) -> Here:
    return Here(tmp_path)


@pytest.fixture
def stack(here: Here) -> Iterator[LocalStack]:
    with here.stack() as running:
        yield running


def pids(stack: LocalStack) -> dict[str, int]:
    return {row.name: row.pid for row in stack.rows() if row.pid is not None}


def test_everything_is_ready_and_told(here: Here, stack: LocalStack) -> None:
    assert [(row.name, row.state) for row in stack.rows()] == [
        ("offers", "ready"),
        ("clauses", "ready"),
        ("Mail", "ready"),
        ("MongoDB", "ready"),
        ("Kafka (embedded)", "ready"),
    ]
    assert here.diary[0] == "init -", "topics and indexes are there before a service asks for them"
    assert not [line for line in here.diary if line.startswith("resync")], "an empty database has nothing to publish"
    assert here.told["jwks"] == str(here.folder / "data" / "keys" / "jwks.json")
    assert here.told["environment"] == stack.environment
    with urlopen(f"{stack.urls['offers']}/environment", timeout=5) as answer:
        environment = json.load(answer)
    assert environment["MONGODB_URL"] == stack.mongodb_url
    assert environment["KAFKA_BOOTSTRAP_SERVERS"] == stack.kafka_bootstrap_servers
    assert environment["BASSIN_ENVIRONMENT"] == "local"
    assert environment["BASSIN_KAFKA_IDEMPOTENCE"] == "false"
    assert environment["BASSIN_PUBLIC_URL"] == stack.urls["offers"]
    assert Path(environment["BASSIN_JWKS"]).exists()


def test_links_in_messages_follow_the_ports_that_services_got(here: Here) -> None:
    with here.stack(fake("offers"), fake("notifications")) as running:
        assert running.environment["BASSIN_PUBLIC_URL"] == running.urls["offers"]
        assert running.environment["BASSIN_NOTIFICATIONS_PUBLIC_URL"] == running.urls["notifications"]


def test_a_killed_service_comes_back_and_this_is_said(here: Here, stack: LocalStack) -> None:
    before = pids(stack)
    stack.kill("offers")
    stack.wait_ready("offers")
    after = pids(stack)
    assert after["offers"] != before["offers"]
    assert {name: pid for name, pid in after.items() if name != "offers"} == {
        name: pid for name, pid in before.items() if name != "offers"
    }
    assert stack.restarts("offers") == 1
    until(lambda: len(here.said) == 2, "death and return are said")
    assert here.said[0] == "offers ended (SIGKILL); starting it again in 0.2 s."
    assert here.said[1] == f"offers is ready again (pid {after['offers']})."


def test_a_killed_mongod_comes_back_with_its_data(stack: LocalStack) -> None:
    with MongoClient[dict[str, object]](stack.mongodb_url) as client:
        client["runner"]["things"].insert_one({"_id": "kept"})
        os.kill(pids(stack)["MongoDB"], signal.SIGKILL)
        until(lambda: stack.restarts("MongoDB") == 1, "mongod is started again")
        assert client["runner"]["things"].find_one({"_id": "kept"}) is not None


def test_a_killed_embedded_broker_is_filled_again(here: Here, stack: LocalStack) -> None:
    services = {name: pids(stack)[name] for name in NAMES}
    os.kill(pids(stack)["Kafka (embedded)"], signal.SIGKILL)
    until(lambda: here.diary.count("resync clauses") == 1, "the owners publish their state again")
    until(lambda: here.diary.count("resync offers") == 1, "the owners publish their state again")
    assert here.diary.count("init -") == 2
    # A consumer that went on at its old position would pass over the first records of the refilled topic.
    assert all(pids(stack)[name] != services[name] for name in NAMES)


def test_stopping_does_not_wait_for_a_refill(here: Here) -> None:
    with here.stack(*[replace(fake(name), resync=(*FAKE, "forever", name)) for name in NAMES]) as stack:
        running = pids(stack)
        os.kill(running["Kafka (embedded)"], signal.SIGKILL)
        until(lambda: "forever clauses" in here.diary, "the refill has begun")
        began = time.monotonic()
    assert time.monotonic() - began < 5
    assert pids(stack) == {}


def test_the_next_run_has_the_data_and_publishes_it(here: Here) -> None:
    with here.stack() as first, MongoClient[dict[str, object]](first.mongodb_url) as client:
        client["runner"]["things"].insert_one({"_id": "kept"})
        running = pids(first)
    assert not any(alive(pid) for pid in running.values())
    assert not (here.folder / "stack.json").exists()
    with here.stack() as second, MongoClient[dict[str, object]](second.mongodb_url) as client:
        assert client["runner"]["things"].find_one({"_id": "kept"}) is not None
        assert sorted(line for line in here.diary if line.startswith("resync")) == ["resync clauses", "resync offers"]
    assert (here.folder / "logs" / "offers.log").exists()
    assert (here.folder / "logs" / "offers.log.1").exists(), "the run before keeps its log"


def test_a_second_start_on_the_same_folder_refuses(here: Here, stack: LocalStack, tmp_path: Path) -> None:
    sentence = rf"data folder {here.folder / 'data'} is in use by a stack that is running \(pid {os.getpid()}\)"
    with pytest.raises(FolderInUse, match=sentence):
        here.stack(run_dir=tmp_path / "elsewhere").start()
    assert all(row.state == "ready" for row in stack.rows()), "the refusal leaves the running stack alone"


def test_a_port_that_is_taken_is_replaced_and_this_is_said(here: Here) -> None:
    with socket.create_server(("127.0.0.1", free_port())) as taken:
        port = taken.getsockname()[1]
        with here.stack(fake("offers", port)) as stack:
            assert stack.urls["offers"] != f"http://127.0.0.1:{port}"
            actual = stack.urls["offers"].rpartition(":")[2]
            assert here.said == [f"Port {port} is in use: offers listens on {actual} instead."]


def test_a_service_that_cannot_start_ends_everything_with_its_last_words(here: Here) -> None:
    stack = here.stack(fake("offers"), fake("clauses", command="broken"))
    with pytest.raises(StartFailed, match=r"clauses ended with code 1[\s\S]*BASSIN_HOST is not usable"):
        stack.start()
    assert pids(stack) == {}
    with here.stack():
        pass


def _restarted(stack: LocalStack, name: str) -> bool:
    return stack.restarts(name) == 1


@pytest.mark.apache
@pytest.mark.skipif(os.environ.get("BROKER") != "apache", reason="needs BROKER=apache (Java 17 and Maven)")
def test_apache_kafka_in_the_stack_keeps_what_it_has(here: Here) -> None:
    for _ in range(2):
        with here.stack(broker=BrokerKind.APACHE) as stack:
            assert [row.name for row in stack.rows()] == [*NAMES, "Mail", "MongoDB", "Kafka"]
            assert "BASSIN_KAFKA_IDEMPOTENCE" not in stack.environment
            os.kill(pids(stack)["Kafka"], signal.SIGKILL)
            until(partial(_restarted, stack, "Kafka"), "Kafka is started again")
    assert not [line for line in here.diary if line.startswith("resync")], "this broker forgets nothing"


PARENT = """
    import sys, threading
    from pathlib import Path
    from deploy.local import __main__ as command, runner
    from tests.local.test_runner import FAKE, NAMES, fake

    runner.bassin_services = lambda: tuple(fake(name) for name in NAMES)
    command.LocalStack.__init__.__kwdefaults__["init"] = (*FAKE, "init", "-")
    sys.argv = ["local", "up", "--data", sys.argv[1] + "/data", "--run-dir", sys.argv[1]]
    command.app()
"""


def start_parent(here: Here) -> tuple[subprocess.Popen[str], list[int]]:
    environment = {**os.environ, "DIARY": str(here.folder / "diary")}
    argv = [sys.executable, "-c", textwrap.dedent(PARENT), str(here.folder)]
    parent = subprocess.Popen(argv, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert parent.stdout is not None
    shown = ""
    while "Ctrl-C stops everything" not in shown:
        line = parent.stdout.readline()
        assert line, f"it ended: {shown}"
        shown += line
    assert "ready" in shown
    children = Path(f"/proc/{parent.pid}/task")
    found = [int(pid) for task in children.iterdir() for pid in (task / "children").read_text().split()]
    assert len(found) == 5
    return parent, found


@pytest.mark.skipif(not can_leash(), reason="only Linux can tie a child's life to its parent's")
def test_nothing_is_left_when_the_runner_is_killed_and_it_starts_again(here: Here) -> None:
    parent, children = start_parent(here)
    parent.kill()
    parent.communicate()
    until(lambda: not any(alive(pid) for pid in children), "services and engines end with their runner")
    with here.stack() as stack:
        assert all(row.state == "ready" for row in stack.rows())


@pytest.mark.skipif(not can_leash(), reason="reads /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_and_sigterm_stop_everything(here: Here, number: signal.Signals) -> None:
    parent, children = start_parent(here)
    parent.send_signal(number)
    output, _ = parent.communicate(timeout=15)
    assert parent.returncode == 0, output
    assert "Everything is stopped." in output
    assert not any(alive(pid) for pid in children)
    assert not (here.folder / "stack.json").exists()


def test_two_stacks_that_start_together_do_not_choose_the_same_port(tmp_path: Path) -> None:
    wanted = free_port()
    first, second = PortClaims(tmp_path), PortClaims(tmp_path)
    assert first.choose(wanted) == wanted
    other = second.choose(wanted)
    assert other != wanted
    first.release()
    assert PortClaims(tmp_path).choose(wanted) == wanted


def test_links_in_messages_name_the_ports_that_were_chosen(here: Here) -> None:
    with (
        here.stack(fake("offers"), fake("notifications")) as stack,
        urlopen(f"{stack.urls['offers']}/environment") as answer,
    ):
        environment = json.load(answer)
        assert environment["BASSIN_NOTIFICATIONS_PUBLIC_URL"] == stack.urls["notifications"]


def test_a_service_starts_anew_when_its_code_changes(
    stack: LocalStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "checkout"
    for folder in ("services/offers", "services/clauses", "shared"):
        (root / folder).mkdir(parents=True)
    monkeypatch.setattr(reload, "ROOT", root)
    before = pids(stack)
    ended = threading.Event()
    said: list[str] = []
    watching = threading.Thread(target=reload.reload_on_change, args=(stack, "offers", ended, said.append))
    watching.start()
    try:

        def saved() -> bool:
            """Files are saved until the watcher, which takes a moment to begin, has seen one."""
            (root / "services/clauses/other.py").write_text("# another service's")
            (root / "services/offers/notes.txt").write_text("no code")
            (root / "services/offers/rule.py").write_text(f"# {len(said)}")
            return bool(said)

        until(saved, "a change is noticed")
        until(lambda: stack.restarts("offers") >= 1, "the service starts anew")
    finally:
        ended.set()
        watching.join()
    assert all(line == "services/offers/rule.py changed: offers starts anew." for line in said)
    assert pids(stack)["clauses"] == before["clauses"]
    stack.wait_ready("offers")
