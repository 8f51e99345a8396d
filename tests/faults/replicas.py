"""A replica set of three real mongods on loopback, of which one may step down or be killed."""

import os
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.errors import AutoReconnect, ConnectionFailure, OperationFailure

from deploy.local.mongo import REPLICA_SET, Mongod

ELECTION_MS = 1_000
"""How long the others wait for a primary that is silent; 10 s by default, which a test would wait each time."""
SECONDS = 60.0


class Member(Mongod):
    """One of several: who is a member is said once, to all of them."""

    def _answers(self) -> bool:
        client: MongoClient[dict[str, Any]] = MongoClient(
            "127.0.0.1", self.port, directConnection=True, serverSelectionTimeoutMS=500
        )
        try:
            client.admin.command("ping")
        except ConnectionFailure:
            return False
        finally:
            client.close()
        return True


class Replicas:
    """Three members; ``url`` names them all."""

    def __init__(self, folder: Path) -> None:
        self.members = [Member(folder / f"member-{n}", cache_gb=0.25) for n in range(3)]

    @property
    def url(self) -> str:
        addresses = ",".join(f"127.0.0.1:{one.port}" for one in self.members)
        return f"mongodb://{addresses}/?replicaSet={REPLICA_SET}"

    def start(self) -> None:
        for member in self.members:
            member.start()
        config = {
            "_id": REPLICA_SET,
            "settings": {"electionTimeoutMillis": ELECTION_MS, "catchUpTimeoutMillis": 2_000},
            "members": [{"_id": n, "host": f"127.0.0.1:{one.port}"} for n, one in enumerate(self.members)],
        }
        with _direct(self.members[0]) as client:
            client.admin.command("replSetInitiate", config)
        self.primary()

    def stop(self) -> None:
        for member in self.members:
            member.kill()

    def primary(self) -> Member:
        """Whoever is, as soon as there is one that the others follow."""
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            for member in self.members:
                if _leads(member):
                    return member
            time.sleep(0.05)
        raise AssertionError("nobody was elected")

    def step_down(self) -> None:
        """The primary gives its place to another, and does not take it back for some seconds."""
        before = self.primary()
        deadline = time.monotonic() + SECONDS
        while self.primary() is before:
            assert time.monotonic() < deadline, "it keeps its place"
            # It closes its connections; or nobody has caught up yet.
            with suppress(AutoReconnect, OperationFailure), _direct(before) as client:
                client.admin.command("replSetStepDown", 5, secondaryCatchUpPeriodSecs=4)
            time.sleep(0.1)

    def kill_primary(self) -> Member:
        """As the machine's death would; returns who is dead."""
        dead = self.primary()
        dead.kill()
        self.primary()
        return dead

    def freeze_primary(self) -> Member:
        """As where its machine is gone: it closes no connection, and answers nothing; returns who it is."""
        frozen = self.primary()
        assert frozen.pid is not None
        os.kill(frozen.pid, signal.SIGSTOP)
        deadline = time.monotonic() + SECONDS
        while not any(_leads(one) for one in self.members if one is not frozen):
            assert time.monotonic() < deadline, "nobody was elected"
            time.sleep(0.05)
        return frozen


def thaw(member: Member) -> None:
    """It goes on where it was, and takes itself for the primary until it hears of the other."""
    assert member.pid is not None
    os.kill(member.pid, signal.SIGCONT)


def _leads(member: Member) -> bool:
    if member.pid is None:
        return False
    try:
        with _direct(member) as client:
            return bool(client.admin.command("hello").get("isWritablePrimary"))
    except ConnectionFailure:
        return False


@contextmanager
def _direct(member: Member) -> Iterator[MongoClient[dict[str, Any]]]:
    with MongoClient[dict[str, Any]](
        "127.0.0.1", member.port, directConnection=True, serverSelectionTimeoutMS=1_000
    ) as client:
        yield client


@contextmanager
def replicas() -> Iterator[Replicas]:
    """Three members on a disk in memory, until the block ends."""
    with tempfile.TemporaryDirectory(prefix="bassin-replicas-", dir="/dev/shm", ignore_cleanup_errors=True) as folder:
        made = Replicas(Path(folder))
        try:
            made.start()
            yield made
        finally:
            made.stop()
