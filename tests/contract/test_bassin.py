"""The operators' command: one look at everything, dead letters of all services, and the proof of an erasure."""

import asyncio
import gc
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import KafkaError
from pymongo.errors import AutoReconnect
from typer.testing import CliRunner

from deploy.backup.command import HalfRestored
from deploy.local.process import free_port
from deploy.operate import command, proof
from deploy.operate.command import app
from deploy.operate.status import status_of
from deploy.operate.where import service_of
from shared.contracts.topics import OFFERS, SERVICES
from shared.ids import new_id
from shared.kafka.reading import lag_of, positions_of
from shared.settings import Settings, load_settings
from tests.contract.kafka_records import Raw, envelope, offer, produce, tombstone
from tests.contract.test_delivery import reading
from tests.service.shared.sample import Context, make_service
from tests.support import Running, Stack, eventually

PERSON = "0197a0c0-0000-7000-8000-000000000042"


@pytest.fixture
def bassin(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """The command with this test's servers, as a shell would call it."""
    variables = {
        **stack.environment,
        "BASSIN_ENVIRONMENT": "test",
        "BASSIN_DATABASE_PREFIX": stack.prefix,
        "BASSIN_TOPIC_PREFIX": stack.topic_prefix,
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    async def call(*arguments: str) -> Any:
        return await asyncio.to_thread(CliRunner().invoke, app, list(arguments))

    return call


async def test_status_counts_what_waits_and_names_who_leads(stack: Stack) -> None:
    async with stack.running(make_service(), worker=True, retry_attempts=1) as running:
        context: Context = running.app.state.context
        await produce(stack, OFFERS.name, [offer("o1"), Raw(b"o2", b"{", envelope())])
        await eventually(lambda: context.seen and running.store.collection("dead_letters").count_documents({}))

        async def settled() -> Any:
            found = await status_of("matching", stack.settings(running.service), running.runtime)
            return found if found.lag and not found.lag[OFFERS.name] and found.leader != "nobody" else None

        found = await eventually(settled)
        assert (found.outbox, found.stuck, found.parked, found.problems) == (0, 0, 0, [])
        assert found.letters == {OFFERS.name: 1}
        assert found.leader == running.runtime.instance
        assert found.releases == ("development",)


async def test_what_cannot_be_asked_is_said(stack: Stack) -> None:
    service = service_of("clauses")
    settings = stack.settings(
        service,
        KAFKA_BOOTSTRAP_SERVERS="127.0.0.1:1",
        MONGODB_URL="mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=100",
    )
    runtime = service.runtime(settings)
    found = await status_of("clauses", settings, runtime)
    assert [problem.split(":")[0] for problem in found.problems] == ["MongoDB", "Kafka"]
    assert (found.lag, found.outbox) == (None, None)
    await runtime.store.close()


async def test_dead_letters_of_all_services_and_a_redrive_to_the_one_that_failed(
    stack: Stack, bassin: Callable[..., Any]
) -> None:
    async with stack.running(make_service(), worker=True, retry_attempts=1) as running:
        context: Context = running.app.state.context
        context.poison |= {"o1", "o2"}
        await produce(stack, OFFERS.name, [offer("o1"), offer("o2")])
        await eventually(lambda: _count(running, 2))
        # Another service has the same record among its own: it is not to be touched.
        other = service_of("notifications").runtime(stack.settings(service_of("notifications")))
        letters = await running.store.collection("dead_letters").find({}).sort("offset", 1).to_list(None)
        await other.store.collection("dead_letters").insert_one(letters[0] | {"_id": "elsewhere"})
        listed = await bassin("dead-letters", "list")
        assert [listed.output.count(name) for name in ("matching", "notifications")] == [2, 1]
        shown = await bassin("dead-letters", "show", letters[0]["_id"])
        assert "service: matching" in shown.output
        assert "Maçon" not in shown.output
        context.poison.clear()
        async with reading(stack, OFFERS.name) as records:
            await eventually(lambda: len(records) == 2)
            done = await bassin("dead-letters", "redrive", letters[0]["_id"])
            assert "matching: 1 dead letters sent back" in done.output, done.output
            await eventually(lambda: len(context.seen) == 1)
            assert len(records) == 2, "nothing went back to the topic that others read"
        assert await other.store.collection("dead_letters").count_documents({}) == 1
        await bassin("dead-letters", "discard", "--service", "matching", "--all")
        assert await running.store.collection("dead_letters").count_documents({}) == 0
        assert await other.store.collection("dead_letters").count_documents({}) == 1
        for wrong in (("dead-letters", "redrive"), ("dead-letters", "discard", "nothing"), ("resync", "nobody")):
            refused = await bassin(*wrong)
            assert refused.exit_code != 0
        await other.store.close()


async def _count(running: Running, wanted: int) -> bool:
    return bool(await running.store.collection("dead_letters").count_documents({}) == wanted)


async def test_the_proof_of_an_erasure_finds_what_is_left(stack: Stack, bassin: Callable[..., Any]) -> None:
    await stack.create_topics()
    profiles = service_of("profiles").runtime(stack.settings(service_of("profiles")))
    database = profiles.store.database
    await database["profiles"].insert_one({"_id": PERSON, "first_name": "Zébulonne"})
    await database["journal"].insert_one({"_id": new_id(), "about": {"deep": [f"x {PERSON} y"]}})
    await database["erasures"].insert_one({"_id": PERSON, "at": profiles.clock.now()})
    records = [Raw(PERSON.encode(), b'{"of": "them"}', envelope()), tombstone(PERSON)]
    await produce(stack, OFFERS.name, [*records, Raw(b"other", PERSON.encode(), envelope())])
    refused = await bassin("erase", PERSON, "--look")
    assert refused.exit_code == 1
    told = refused.output
    assert "LEFT: 1 documents of profiles.profiles" in told
    assert "LEFT: 1 documents of profiles.journal" in told
    assert f"LEFT: 1 records on {OFFERS.name}" in told
    assert "kept on purpose: 1 marks of the erasure in profiles.erasures" in told
    assert f"goes by itself: 1 older records on {OFFERS.name}" in told
    assert "Zébulonne" not in told
    for name in ("profiles", "journal"):
        await database[name].delete_many({})
    found = proof.Left()
    await proof.look_in_database("profiles", profiles, PERSON, found)
    assert not found.documents
    assert (await bassin("erase", "ab")).exit_code != 0
    await profiles.store.close()


async def test_what_an_erasure_in_another_partition_does_not_reach_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """A topic that was given more partitions: compaction looks at one partition's own records."""

    async def records(_: Settings, name: str) -> AsyncIterator[Any]:
        for partition, value in ((0, b"of them"), (0, None), (1, b"of them"), (2, None)) if name == OFFERS.name else ():
            yield SimpleNamespace(partition=partition, key=PERSON.encode(), value=value, headers=[])

    monkeypatch.setattr(proof, "_records", records)
    found = proof.Left()
    await proof.look_in_topics(load_settings(Settings), PERSON, found)
    assert found.records == {OFFERS.name: 1}
    assert found.going == {OFFERS.name: 1}


async def test_help_teaches_every_command(bassin: Callable[..., Any]) -> None:
    top = await bassin("--help")
    assert "Begin with" in top.output
    for name in (
        "status",
        "trace",
        "dead-letters",
        "resync",
        "rebuild",
        "migrate",
        "erase",
        "reference",
        "access",
        "backup",
    ):
        shown = await bassin(name, "--help")
        assert shown.exit_code == 0
        assert len(shown.output) > 200
    assert set(SERVICES) >= {"offers", "profiles"}


def ended(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *typed: str) -> tuple[object, str]:
    """Exit code and what was said, as a shell gets them."""
    monkeypatch.setattr(sys, "argv", ["bassin", *typed])
    with pytest.raises(SystemExit) as exit:
        command.run()
    return exit.value.code, capsys.readouterr().err


def test_what_is_typed_wrongly_ends_with_a_sentence_in_every_group_of_commands(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "text").write_text("no dump at all")
    (tmp_path / "ca.pem").touch()
    for typed, sentence in (
        (("backup", "verify", str(tmp_path / "nothing")), "there is no file"),
        (("backup", "verify", str(tmp_path / "text")), "is no dump"),
        (("backup", "restore", str(tmp_path / "text")), "--erasures"),
        (("access", "partner", str(tmp_path), "../kafka_admin"), "name"),
        (("access", "secrets", str(tmp_path), "--host", "emploi.creuse.fr"), "ca.key"),
        (("access", "remove-partner", "cap-emploi"), "BASSIN_ACCESS_SECRETS"),
        (("resync", "nobody"), "There is no service nobody"),
        (("dead-letters", "list", "--service", "nobody"), "There is no service nobody"),
    ):
        code, said = ended(capsys, monkeypatch, *typed)
        assert (code, said.count("\n")) == (2, 1), (typed, said)
        assert said.startswith("bassin: ")
        assert sentence in said


def test_a_restore_that_broke_off_in_the_middle_says_what_to_do(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise HalfRestored(AutoReconnect("mongodb://user:password@host"))

    monkeypatch.setattr(command, "app", broken)
    code, said = ended(capsys, monkeypatch)
    assert code == 1
    assert "run the same command again with --replace" in said
    assert "password" not in said


async def test_who_cannot_read_kafka_leaves_no_reader_behind() -> None:
    settings = load_settings(Settings, environment="test", KAFKA_BOOTSTRAP_SERVERS=f"127.0.0.1:{free_port()}")
    untold: list[str] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: untold.append(context["message"]))
    for ask in (lag_of, positions_of):
        with pytest.raises(KafkaError):
            await ask(settings, "bassin-status", [TopicPartition("offers.offers.v1", 0)])
    gc.collect()
    assert untold == []
