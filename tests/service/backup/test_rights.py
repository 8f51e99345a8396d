"""What the rights that the Kubernetes manifests give are enough for, and for what not: a mongod that asks for accounts."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError
from typer.testing import CliRunner

from deploy.backup.command import HalfRestored, app
from deploy.backup.dumping import Database, databases
from deploy.backup.files import Unusable
from deploy.k8s.mongodb import BACKUP, INIT, replica_set
from deploy.local.mongo import Mongod
from deploy.local.process import Process
from shared.store.bell import BELL
from shared.store.driver import Collection
from tests.service.backup.test_backup import contents, dumped, restored
from tests.support import Stack

PASSWORD = "p"


class Guarded(Mongod):
    """Asks everybody for an account, as the replica set of the manifests does."""

    def _program(self) -> Process:
        plain = super()._program()
        key = self.data_dir / "key"
        key.touch(mode=0o600)
        key.write_text("a2V5" * 8)
        key.chmod(0o400)
        return Process(self.name, [*plain.argv, "--keyFile", str(key)], log=self.log, env=plain.env)

    def as_user(self, name: str) -> str:
        return self.url.replace("//", f"//{name}:{PASSWORD}@") + "&authSource=admin"


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    folder = tmp_path_factory.mktemp("guarded")
    with Mongod(folder, cache_gb=0.25) as open_to_all:
        client: MongoClient[dict[str, Any]] = MongoClient(open_to_all.url)
        for user in replica_set()["spec"]["users"]:
            roles = [{"role": role["name"], "db": role["db"]} for role in user["roles"]]
            client.admin.command("createUser", user["name"], pwd=PASSWORD, roles=roles)
        client.close()
    with Guarded(folder, open_to_all.port, cache_gb=0.25) as mongod:
        yield mongod


@asynccontextmanager
async def connected(mongod: Guarded, user: str) -> AsyncIterator[list[Database]]:
    """Two of the five, as in ``test_backup``."""
    async with databases(environment="test", MONGODB_URL=mongod.as_user(user), database_prefix="bassin") as five:
        yield [one for one in five if one.service.name in ("profiles", "clauses")]


async def test_a_reader_dumps_and_is_refused_before_a_restore_touches_anything(
    guarded: Guarded, tmp_path: Path
) -> None:
    async with connected(guarded, INIT) as writing, connected(guarded, BACKUP) as reading:
        for database in writing:
            await database.store.prepare(database.service.collections)
        profiles = next(one.store.collection("profiles") for one in writing if one.service.name == "profiles")
        await profiles.insert_one({"_id": "before"})
        path = await dumped(reading, tmp_path / "a.dump")
        await profiles.insert_one({"_id": "after"})
        now = await contents(writing)
        with pytest.raises(Unusable, match="may not write to bassin_"):
            await restored(reading, path)
        assert await contents(writing) == now
        done = await restored(writing, path)
        assert done.documents
        assert await profiles.distinct("_id") == ["before"]
        for database in writing:
            names = await database.store.database.list_collection_names()
            assert not [name for name in names if name.startswith("restoring.")]


@pytest.mark.parametrize("lost", [None, "nothing is there", "a ring made it"])
async def test_a_service_hears_its_bell_with_its_own_rights_and_nobody_elses(
    guarded: Guarded, lost: str | None
) -> None:
    """Also where it has to be made anew, or to become again what it is."""
    async with databases(
        environment="test", MONGODB_URL=guarded.as_user("bassin-clauses"), database_prefix="bassin"
    ) as five:
        stores = {one.service.name: one.store for one in five}
        own = stores["clauses"]
        await own.prepare(next(one.service.collections for one in five if one.service.name == "clauses"))
        if lost is not None:
            await own.database.drop_collection(BELL)
        if lost == "a ring made it":
            own.bell.ring(["before"])
            await own.bell.rung()
        async with own.bell.heard(5.0) as batches:
            assert await anext(batches) == []
            own.bell.ring(["a"])
            assert await anext(batches) == [["a"]]
        for other in ("profiles", "matching"):
            with pytest.raises(OperationFailure, match="not authorized"):
                await stores[other].collection(BELL).insert_one({"documents": []})
            with pytest.raises(OperationFailure, match="not authorized"):
                async with stores[other].bell.heard(1.0) as batches:
                    await anext(batches)


async def test_an_exchange_that_breaks_off_says_so_and_is_completed_with_replace(
    stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MONGODB_URL", stack.environment["MONGODB_URL"])
    monkeypatch.setenv("BASSIN_DATABASE_PREFIX", stack.prefix)
    path = tmp_path / "a.dump"
    async with databases(
        environment="test", MONGODB_URL=stack.environment["MONGODB_URL"], database_prefix=stack.prefix
    ) as five:
        stores = {one.service.name: one.store for one in five}
        offers: Collection = stores["offers"].collection("offers")
        profiles: Collection = stores["profiles"].collection("profiles")
        await offers.insert_one({"_id": "an offer"})
        await profiles.insert_one({"_id": "a person"})
        await dumped(five, path)
        for name in ("offers", "profiles"):
            await stores[name].client.drop_database(stores[name].database.name)
        # What no renaming replaces: the server refuses in the middle of the exchange, after the offers are there.
        await stores["profiles"].database.create_collection("profiles", viewOn="nothing", pipeline=[])

        def run(*more: str) -> BaseException | None:
            return CliRunner().invoke(app, ["restore", str(path), "--without-erasures", *more]).exception

        broken = await asyncio.to_thread(run)
        assert isinstance(broken, HalfRestored)
        assert isinstance(broken.__cause__, PyMongoError)
        assert await offers.distinct("_id") == ["an offer"]
        await profiles.drop()
        await stores["profiles"].database.drop_collection("system.views")
        refused = await asyncio.to_thread(run)
        assert isinstance(refused, Unusable)
        assert "--replace" in str(refused)
        assert await asyncio.to_thread(run, "--replace") is None
        assert await profiles.distinct("_id") == ["a person"]
