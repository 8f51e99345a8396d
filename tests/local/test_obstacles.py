"""What somebody has to mend is said in a sentence, once; then the stack refuses to start, or waits and goes on."""

import json
import os
import shutil
import signal
import subprocess
import threading
from pathlib import Path
from typing import NamedTuple, Self

import pytest
from pymongo import MongoClient
from typer.testing import CliRunner

from deploy.local import __main__ as command
from deploy.local import mongo
from deploy.local.engine import Engine
from deploy.local.lock import FolderLock
from deploy.local.mongo import Mongod
from deploy.local.process import Obstructed, Process, StartFailed
from deploy.local.room import refusal
from deploy.local.supervisor import Supervisor
from tests.local.test_runner import Here, here, own_engines, pids
from tests.local.waiting import until

__all__ = ["here", "own_engines"]

pytestmark = pytest.mark.usefixtures("own_engines")


class Usage(NamedTuple):
    total: int
    used: int
    free: int


class Disk:
    """Every disk of this machine, as full as a test wants it."""

    def __init__(self) -> None:
        self.free_mb = 10_000
        self.looks = 0

    def usage(self, path: Path) -> Usage:
        self.looks += 1
        return Usage(0, 0, self.free_mb * 1_000_000)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    full = Disk()
    monkeypatch.setattr(shutil, "disk_usage", full.usage)
    return full


def test_a_full_disk_is_said_once_and_mongodb_comes_back_with_everything(here: Here, disk: Disk) -> None:
    with here.stack() as stack, MongoClient[dict[str, object]](stack.mongodb_url) as client:
        client["obstacles"]["things"].insert_one({"_id": "kept"})
        disk.free_mb = 7
        os.kill(pids(stack)["MongoDB"], signal.SIGABRT)
        folder = here.folder / "data" / "mongo"
        until(lambda: len(here.said) == 2, "it is said")
        assert here.said == [
            "MongoDB ended (SIGABRT); starting it again in 0.2 s.",
            f"MongoDB cannot run. The disk of {folder} has 7 MB free, and 100 are needed: make room there. "
            "It is tried again until it runs.",
        ]
        disk.free_mb, disk.looks = 6, 0
        until(lambda: disk.looks >= 2, "it is tried again")
        assert len(here.said) == 2, "said once"
        disk.free_mb = 10_000
        until(lambda: stack.restarts("MongoDB") == 1, "it runs again by itself")
        assert client["obstacles"]["things"].find_one({"_id": "kept"}) is not None


def test_a_start_on_a_full_disk_is_refused_with_what_is_needed(here: Here, disk: Disk) -> None:
    disk.free_mb = 300
    with pytest.raises(Obstructed, match=r"MongoDB cannot run\. The disk of .* has 300 MB free, and 400 are needed"):
        here.stack().start()
    disk.free_mb = 10_000
    with here.stack():
        pass


def test_a_stack_without_its_files_says_which(here: Here) -> None:
    (here.folder / "logs").write_text("a file where a folder belongs")
    with pytest.raises(Obstructed, match=r"logs cannot be used \(File exists\)"):
        here.stack().start()
    with pytest.raises(Obstructed, match=r"The run folder .*logs cannot be used \(File exists\)"):
        FolderLock(here.folder / "logs", "run folder").acquire()


def test_a_stack_that_was_killed_is_not_taken_for_running(tmp_path: Path) -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    (tmp_path / "stack.json").write_text(json.dumps({"pid": gone.pid, "keys": str(tmp_path), "identity": ""}))
    asked = CliRunner().invoke(command.app, ["token", "--role", "employer", "--run-dir", str(tmp_path)])
    assert asked.exit_code == 1
    assert "No local stack is running here" in asked.output


class Ended(Engine):
    """A server that has ended, and whose start meets a full disk the first time."""

    name = "it"

    def __init__(self) -> None:
        super().__init__(1)
        self.starts = 0
        self.stopped = threading.Event()

    def _program(self) -> Process:
        raise AssertionError("this one starts by itself")

    def _answers(self) -> bool:
        return True

    def wait(self, timeout: float | None = None) -> int | None:
        if self.starts:
            self.stopped.wait()
        return 1

    def start(self) -> Self:
        self.starts += 1
        if self.starts == 1:
            raise OSError(28, "No space left on device", "/a/log")
        return self

    def stop(self) -> None:
        self.stopped.set()


def test_whoever_watches_a_server_survives_what_its_start_meets() -> None:
    said: list[str] = []
    unit, supervisor = Ended(), Supervisor(said.append, lambda unit: None)
    supervisor.watch(unit)
    until(lambda: supervisor.restarts["it"] == 1, "it is started again")
    supervisor.stop([unit])
    assert said[1] == "[Errno 28] No space left on device: '/a/log' It is tried again until it runs."


def test_files_of_somebody_else_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refusal(tmp_path / "not" / "there", 1) == ""
    theirs = tmp_path / "mongod.lock"
    theirs.touch()
    access = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: path != theirs and access(path, mode))
    assert refusal(tmp_path, 1).startswith(f"{theirs} cannot be read and written by user {os.getuid()} (it belongs to ")


def test_data_of_another_version_are_told_from_other_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = tmp_path / "mongod"
    monkeypatch.setattr(mongo, "mongod_binary", lambda: server)
    for code, error, sentence in (
        (62, Obstructed, r"MongoDB cannot run\. .*data was last used by another version"),
        (14, StartFailed, r"MongoDB ended with code 14 while starting"),
    ):
        server.write_text(f'#!/bin/sh\n[ "$1" = --version ] || exit {code}\n')
        server.chmod(0o755)
        with pytest.raises(error, match=sentence):
            Mongod(tmp_path / "data").start()
