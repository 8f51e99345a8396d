"""Dumps and restores of the five databases in process; ``tests/recovery`` loses a whole installation and brings it back."""

import hashlib
import json
import zipfile
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyrage
import pytest
from typer.testing import CliRunner

from deploy.backup.archive import Archive
from deploy.backup.command import NotAllErased, app, dumps_before
from deploy.backup.dumping import Database, databases, dump
from deploy.backup.files import Unusable, private, settle
from deploy.backup.lists import read_list, write_list
from deploy.backup.restoring import Done, load, refuse_unfit, replay
from services.profiles.commands.erasures import erasures
from shared.clock import SystemClock
from shared.rights.erasures import Erasure
from shared.store import Lease
from tests.databases import Databases
from tests.service.profiles.builders import a_body
from tests.support import Running, Stack

Documents = dict[str, list[dict[str, Any]]]


@asynccontextmanager
async def connected(stack: Stack, *services: str) -> AsyncIterator[list[Database]]:
    """Two of the five: more collections would only take longer. The command's test has them all."""
    async with databases(
        environment="test", MONGODB_URL=stack.environment["MONGODB_URL"], database_prefix=stack.prefix
    ) as five:
        all_of_them = [one for one in five if one.service.name in (services or ("profiles", "clauses"))]
        for database in all_of_them:
            await database.store.prepare(database.service.collections)
        yield all_of_them


async def dumped(all_of_them: list[Database], path: Path) -> Path:
    async for _ in dump(all_of_them, path):
        pass
    return path


async def restored(all_of_them: list[Database], path: Path, *, replace: bool = True) -> Done:
    done = Done()
    with Archive(path) as archive:
        await refuse_unfit(archive, all_of_them, None, replace=replace)
        async for _ in load(archive, all_of_them, done):
            pass
    return done


async def contents(all_of_them: list[Database]) -> Documents:
    found = {}
    for database in all_of_them:
        for spec in database.specs:
            rows = await database.store.collection(spec.name).find({}).sort("_id", 1).to_list(None)
            found[f"{database.service.name}.{spec.name}"] = rows
    return found


def profiles_of(all_of_them: list[Database]) -> Database:
    return next(one for one in all_of_them if one.service.name == "profiles")


async def registered(profiles: Running, stack: Stack, **changes: Any) -> str:
    answer = await profiles.client.post("/v1/profiles", json=a_body(**changes), headers=stack.token("counsellor"))
    assert answer.status_code == 201
    return str(answer.json()["id"])


async def test_a_restore_brings_back_every_document_and_every_index(stack: Stack, tmp_path: Path) -> None:
    async with stack.running("profiles") as profiles, connected(stack) as all_of_them:
        kept = await registered(profiles, stack)
        secrets = all_of_them[0].store.collection("secrets")
        await secrets.insert_one({"_id": "links", "value": "not for a dump"})
        before = await contents(all_of_them)
        path = await dumped(all_of_them, tmp_path / "a.dump")
        assert b"not for a dump" not in path.read_bytes()
        with zipfile.ZipFile(path) as archive:
            assert not [name for name in archive.namelist() if "secrets" in name or "leases" in name]

        await registered(profiles, stack, email="late@example.org")
        await profiles.store.collection("profiles").delete_one({"_id": kept})
        indexes = await profiles.store.collection("profiles").index_information()
        done = await restored(all_of_them, path)
        assert await contents(all_of_them) == before
        assert done.documents == sum(map(len, before.values()))
        assert await profiles.store.collection("profiles").index_information() == indexes
        assert [name for name in await profiles.store.database.list_collection_names() if "restoring" in name] == []
        assert await secrets.count_documents({}) == 1, "keys that sign links are the installation's own"


async def test_whoever_is_on_the_list_is_erased_again(stack: Stack, tmp_path: Path) -> None:
    who = stack.token("counsellor")
    async with stack.running("profiles") as profiles, connected(stack) as all_of_them:
        stays = await registered(profiles, stack)
        leaves = await registered(profiles, stack, email="b@example.org")
        contact = {"email": "paul@example.org", "channels": ["email"], "consents_to_messages": True}
        for _ in range(2):
            answer = await profiles.client.put("/v1/contacts/me", json=contact, headers=who)
            assert answer.is_success, answer.text
        path = await dumped(all_of_them, tmp_path / "a.dump")
        assert (await profiles.client.delete(f"/v1/profiles/{leaves}", headers=who)).status_code == 204
        assert (await profiles.client.delete("/v1/contacts/me", headers=who)).status_code == 204
        now = SystemClock().now()
        listed = write_list(tmp_path / "list", [e async for e in erasures(profiles_of(all_of_them).store)], now)
        assert set(listed.erasures) == {leaves, "someone"}

        await restored(all_of_them, path)
        assert (await profiles.client.get(f"/v1/profiles/{leaves}", headers=who)).status_code == 200
        await profiles.store.collection("outbox").delete_many({})
        for again in (True, False):
            done = Done()
            async for _ in replay(all_of_them, read_list(tmp_path / "list"), done):
                pass
            assert (sorted(done.erased_again) == sorted([leaves, "someone"])) is again
        assert (await profiles.client.get(f"/v1/profiles/{leaves}", headers=who)).status_code == 404
        assert (await profiles.client.get("/v1/contacts/me", headers=who)).status_code == 404
        assert (await profiles.client.get(f"/v1/profiles/{stays}", headers=who)).status_code == 200
        rows = await profiles.store.collection("outbox").find({}).to_list(None)
        told = [row for document in rows for row in document.get("rows", [document])]
        assert {(row["topic"].rpartition(".")[0], row["key"], row["data"]) for row in told} >= {
            ("profiles.profiles", leaves, None),
            ("profiles.contacts", leaves, None),
            ("profiles.contacts", "someone", None),
        }
        # An account may come back, and is not forgotten a second time.
        assert (await profiles.client.put("/v1/contacts/me", json=contact, headers=who)).status_code in (200, 201)
        async for _ in replay(all_of_them, read_list(tmp_path / "list"), Done()):
            raise AssertionError("they came back after their erasure")
        assert (await profiles.client.get("/v1/contacts/me", headers=who)).status_code == 200


def damaged(path: Path) -> Iterator[tuple[str, bytes]]:
    """What becomes of files: cut short, a bit turned, something else, from another release."""
    whole = path.read_bytes()
    for share in (0.0, 0.3, 0.9, 0.999):
        yield f"cut at {share}", whole[: int(len(whole) * share)]
    yield "something else", b"PK\x05\x06" + bytes(18)
    yield "text", b"no dump at all\n" * 100

    def rewritten(name: str, change: Any) -> bytes:
        target = path.with_name("changed")
        with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
            for item in old.namelist():
                content = old.read(item)
                changed = change(content) if item == name else content
                if changed is not None:
                    new.writestr(item, changed)
        return target.read_bytes()

    def told(**changes: Any) -> Any:
        def change(content: bytes) -> bytes:
            manifest = json.loads(content)
            for dotted, value in changes.items():
                place = manifest
                *parts, last = dotted.split("__")
                for part in parts:
                    place = place[part]
                place[last] = value
            return json.dumps(manifest).encode()

        return change

    yield "a document lost", rewritten("profiles/profiles.bson", lambda content: b"")
    yield "a file lost", rewritten("profiles/profiles.bson", lambda content: None)
    yield "a byte turned", rewritten("profiles/profiles.bson", lambda c: c[:-20] + bytes([c[-20] ^ 1]) + c[-19:])
    yield "an impossible length", rewritten("profiles/profiles.bson", lambda c: b"\xff\xff\xff\x7f" + c[4:])
    yield "no manifest", rewritten("manifest.json", lambda content: None)
    yield "manifest cut", rewritten("manifest.json", lambda content: content[: len(content) // 2])
    yield "another format", rewritten("manifest.json", told(format=99))
    yield "a newer shape", rewritten("manifest.json", told(databases__profiles__profiles__schema_number=99))
    newer = {"documents": 0, "bytes": 0, "sha256": "", "schema_number": 1}
    yield "a newer collection", rewritten("manifest.json", told(databases__profiles__novelties=newer))


async def test_a_dump_that_cannot_be_used_changes_nothing(stack: Stack, tmp_path: Path) -> None:
    async with stack.running("profiles") as profiles, connected(stack) as all_of_them:
        await registered(profiles, stack)
        path = await dumped(all_of_them, tmp_path / "a.dump")
        await registered(profiles, stack, email="late@example.org")
        before = await contents(all_of_them)
        for what, content in damaged(path):
            bad = tmp_path / "bad.dump"
            bad.write_bytes(content)
            with pytest.raises(Unusable) as refused:
                await restored(all_of_them, bad)
            assert str(refused.value).endswith("."), what
            assert await contents(all_of_them) == before, what


async def test_a_restore_refuses_what_would_lose_something(stack: Stack, tmp_path: Path) -> None:
    async with stack.running("profiles") as profiles, connected(stack) as all_of_them:
        await registered(profiles, stack)
        path = await dumped(all_of_them, tmp_path / "a.dump")
        with pytest.raises(Unusable, match="not empty"):
            await restored(all_of_them, path, replace=False)
        old = write_list(tmp_path / "list", [], SystemClock().now() - timedelta(days=1))
        with Archive(path) as archive, pytest.raises(Unusable, match="older than the dump"):
            await refuse_unfit(archive, all_of_them, old, replace=True)
        lease = Lease(profiles.store, "relay", "somebody", 30.0)
        assert await lease.acquire() is not None
        with pytest.raises(Unusable, match="profiles is running"):
            await restored(all_of_them, path)
        await lease.release()
        await restored(all_of_them, path)


async def test_a_dump_that_breaks_off_leaves_no_file(stack: Stack, tmp_path: Path) -> None:
    async with connected(stack) as all_of_them:
        steps = dump(all_of_them, tmp_path / "a.dump")
        await anext(steps)
        assert isinstance(steps, AsyncGenerator)
        await steps.aclose()
        assert list(tmp_path.iterdir()) == []


def test_a_list_that_was_cut_or_changed_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list"
    line = {"id": "p1", "territory": "23", "at": "2026-11-01T00:00:00Z", "by_role": "seeker"}
    write_list(path, [Erasure.model_validate(line)], SystemClock().now())
    write_list(path, [], SystemClock().now())
    assert set(read_list(path).erasures) == {"p1"}, "what it has stays in it"
    whole = path.read_text()
    for text in ("", whole.splitlines()[0], whole.splitlines()[1], whole.replace("p1", "p2"), "{}\n" + whole):
        path.write_text(text)
        with pytest.raises(Unusable):
            read_list(path)
        with pytest.raises(Unusable):
            write_list(path, [], SystemClock().now())


def of_a_newer_release(path: Path) -> Path:
    """A list as a later release leaves it: a kind that this one does not know, and a field."""
    end = write_list(path, [], SystemClock().now())
    at = end.as_of.isoformat()
    more = {"id": "p1", "territory": "23", "at": at, "by_role": "seeker", "why": "asked"}
    lines = [json.dumps(one) for one in ({"id": "c-7", "kind": "consent", "at": at}, more)]
    sha256 = hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()
    last = json.dumps({"as_of": at, "erasures": len(lines), "sha256": sha256})
    path.write_text("".join(f"{line}\n" for line in (*lines, last)))
    return path


def test_what_a_newer_release_wrote_stays_on_the_list_and_is_named(tmp_path: Path) -> None:
    """After a step back the list stopped growing: every five minutes it was «no list of erasures, or was cut short»."""
    path = of_a_newer_release(tmp_path / "list")
    erased = Erasure(id="p2", territory="23", at=SystemClock().now(), by_role="seeker")
    for _ in range(2):
        write_list(path, [erased], SystemClock().now())
        found = read_list(path)
        assert (set(found.erasures), found.unknown) == ({"p2"}, ["consent c-7", "subject p1"])
    path.write_text(path.read_text().replace("c-7", "c-8"))
    with pytest.raises(Unusable, match="not the list that was written"):
        read_list(path)


def test_only_old_dumps_of_its_own_naming_are_removed(tmp_path: Path) -> None:
    names = (
        "bassin-20261101T020000Z.dump",
        "bassin-20261101T020000Z.age",
        "bassin-20261128T020000Z.dump",
        "erasures.jsonl",
    )
    left = (
        "bassin-20261101T030000Z.dump.x_1y2z.part",
        "bassin-20261101T030000Z.dump.part",
        "bassin-20261101T030000Z.age.plain",
        "bassin-20261101T030000Z.age.plain.part",
    )
    for name in (*names, *left, "bassin-20261101T020000Z.dump.bak", "mine.dump"):
        (tmp_path / name).touch()
    old = dumps_before(tmp_path, datetime(2026, 11, 20, tzinfo=UTC))
    assert {path.name for path in old} == {*names[:2], *left}, "of one that was killed nothing stays, either"


def test_what_lies_in_the_place_of_a_new_file_gets_nothing_of_it(tmp_path: Path) -> None:
    elsewhere, part, path = tmp_path / "elsewhere", tmp_path / "list.part", tmp_path / "list"
    elsewhere.write_text("mine")
    erasure = Erasure(id="p1", territory="23", at=SystemClock().now(), by_role="seeker")
    for leads_elsewhere in (True, False):
        if leads_elsewhere:
            part.symlink_to(elsewhere)
        else:
            part.unlink()
            part.write_text("open to all")
            part.chmod(0o666)
        write_list(path, [erasure], SystemClock().now())
        assert path.stat().st_mode & 0o777 == 0o600
        assert not path.is_symlink()
        assert elsewhere.read_text() == "mine"


def test_two_runs_at_once_write_a_file_each(tmp_path: Path) -> None:
    late, early = private(tmp_path / "list"), private(tmp_path / "list")
    late.write(b"half of")
    early.write(b"whole")
    settle(early)
    Path(early.name).replace(tmp_path / "list")
    late.write(b" it")
    settle(late)
    assert (tmp_path / "list").read_bytes() == b"whole"
    Path(late.name).replace(tmp_path / "list")
    assert (tmp_path / "list").read_bytes() == b"half of it"
    assert [path.name for path in tmp_path.iterdir()] == ["list"]


async def test_of_an_encrypted_dump_nothing_in_clear_has_a_name(stack: Stack, tmp_path: Path) -> None:
    keys = [pyrage.x25519.Identity.generate().to_public()]
    async with connected(stack) as all_of_them:
        async for _ in dump(all_of_them, tmp_path / "a.age", keys):
            assert list(tmp_path.iterdir()) == [], "a process that is killed here leaves nothing to read"
    assert [path.name for path in tmp_path.iterdir()] == ["a.age"]
    assert (tmp_path / "a.age").read_bytes().startswith(b"age-encryption.org")


def test_the_command_encrypts_for_a_public_key_and_opens_with_the_private_one(
    stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MONGODB_URL", stack.environment["MONGODB_URL"])
    monkeypatch.setenv("BASSIN_DATABASE_PREFIX", stack.prefix)
    mine, other = (pyrage.x25519.Identity.generate() for _ in range(2))
    for name, identity in (("mine", mine), ("other", other)):
        (tmp_path / name).write_text(f"# an age identity\n{identity}\n")
    path = tmp_path / "a.age"

    def run(*arguments: str) -> Any:
        return CliRunner().invoke(app, list(arguments))

    assert run("dump", str(path), "--recipient", str(mine.to_public())).exit_code == 0
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.age", "mine", "other"]
    assert b"profiles" not in path.read_bytes()
    assert run("verify", str(path), "--identity", str(tmp_path / "mine")).exit_code == 0
    for arguments in (
        ("verify", str(path)),
        ("verify", str(path), "--identity", str(tmp_path / "other")),
        ("dump", str(path)),
        ("dump", str(tmp_path / "b"), "--recipient", "age1nonsense"),
        ("verify", str(tmp_path / "absent")),
        ("restore", str(path), "--identity", str(tmp_path / "mine")),
    ):
        result = run(*arguments)
        assert isinstance(result.exception, Unusable), (arguments, result.output)
    assert run("restore", str(path), "--identity", str(tmp_path / "mine"), "--without-erasures").exit_code == 0
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.age", "mine", "other"]
    # What this release cannot erase again is named, after everything else is there.
    of_a_newer_release(tmp_path / "list")
    assert run("erasures", str(tmp_path / "list")).exit_code == 0
    result = run("restore", str(path), "--identity", str(tmp_path / "mine"), "--erasures", str(tmp_path / "list"))
    assert isinstance(result.exception, NotAllErased)
    assert "consent c-7" in str(result.exception)


def test_one_database_alone_comes_back_and_the_others_stay_as_they_are(
    stack: Stack, databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MONGODB_URL", stack.environment["MONGODB_URL"])
    monkeypatch.setenv("BASSIN_DATABASE_PREFIX", stack.prefix)
    path, client = str(tmp_path / "a.dump"), databases.client
    matching, clauses = (client[f"{stack.prefix}_{name}"] for name in ("matching", "clauses"))
    for database in (matching, clauses):
        database["audit"].insert_one({"_id": "before"})

    def run(*arguments: str) -> Any:
        return CliRunner().invoke(app, list(arguments))

    assert run("dump", path).exit_code == 0
    for database in (matching, clauses):
        database["audit"].insert_one({"_id": "since"})
    for arguments, said in (
        (("--only", "housing"), "there is no service housing"),
        (("--only", "matching", "--drop-queued"), "matching sends no messages"),
        (("--only", "clauses"), "say either --erasures LIST or --without-erasures"),
        (("--only", "matching"), "is not empty"),
    ):
        result = run("restore", path, *arguments)
        assert isinstance(result.exception, Unusable)
        assert said in str(result.exception)
    result = run("restore", path, "--only", "matching", "--replace")
    assert result.exit_code == 0, result.output
    assert "python -m services.matching rehear --since 20" in result.output
    assert [row["_id"] for row in matching["audit"].find()] == ["before"]
    assert [row["_id"] for row in clauses["audit"].find().sort("_id", 1)] == ["before", "since"]
    monkeypatch.setattr("deploy.backup.command.LONGEST", timedelta())
    result = run("restore", path, "--only", "matching", "--replace")
    assert "Restore all five" in str(result.exception)
