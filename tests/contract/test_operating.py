"""Operators list, show, redrive, drop and erase dead letters, and erasure proves that nothing is left."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from typer.testing import CliRunner

from shared.cli import make_cli
from shared.contracts.topics import OFFERS, dead_letter_topic
from shared.kafka.about import concerns
from shared.kafka.envelope import Event
from shared.kafka.erasing import erase, forget_stuck
from shared.kafka.heard import Heard
from shared.kafka.redrive import hand_back
from tests.contract.kafka_records import Raw, envelope, offer, produce, tombstone
from tests.contract.test_delivery import reading
from tests.service.shared.sample import Context, make_service
from tests.support import Running, Stack, eventually

PERSON = "0197a0c0-0000-7000-8000-000000000001"

ABOUT = {
    "key": Raw(PERSON.encode(), b"{", envelope()),
    "header": Raw(b"k1", b"{", [*envelope(), ("x-about", f"see {PERSON}".encode())]),
    "value": Raw(b"k2", b'{"recipients": ["' + PERSON.encode() + b'"]', envelope()),
    "escaped": Raw(b"k3", b'{"a": [{"b": "' + b"".join(b"\\u%04x" % ord(c) for c in PERSON) + b'"}]}', envelope()),
    "binary": Raw(b"k4", b"\xff\xfe" + PERSON.encode() + b"\x00", envelope()),
    "large": Raw(PERSON.encode(), b"[" + b"x" * 950_000, envelope()),
}
OTHERS = [Raw(b"k5", b'{"a": "somebody else"}', envelope()), Raw(b"k6", b"{", envelope())]


async def _letters(running: Running) -> list[dict[str, Any]]:
    return list(await running.store.collection("dead_letters").find({}).sort("offset", 1).to_list(None))


async def test_erasure_reaches_dead_letters_and_proves_it(stack: Stack) -> None:
    async with stack.running(make_service(batch=True), worker=True) as running:
        await produce(stack, OFFERS.name, [*ABOUT.values(), *OTHERS])
        await eventually(lambda: running.store.collection("dead_letters").count_documents({}))
        async with reading(stack, dead_letter_topic("matching", OFFERS)) as records:
            await eventually(lambda: len(records) == len(ABOUT) + len(OTHERS))
        done = await erase(running.runtime.store, stack.settings(running.service), "matching", PERSON)
        assert (done.dead_letters, done.announcements, done.left) == (len(ABOUT), len(ABOUT), 0)
        assert [letter["key"] for letter in await _letters(running)] == [b"k5", b"k6"]
        again = await erase(running.runtime.store, stack.settings(running.service), "matching", PERSON)
        assert (again.dead_letters, again.announcements, again.left) == (0, 0, 0)
        # The topic takes what comes later.
        await produce(stack, OFFERS.name, [Raw(b"later", b"{", envelope())])
        async with reading(stack, dead_letter_topic("matching", OFFERS)) as records:
            await eventually(lambda: [record for record in records if record.key == b"later"])
            assert not any(concerns(PERSON, r.key, r.value, r.headers) for r in records)


async def test_a_tombstone_takes_along_what_could_not_be_applied_before_it(stack: Stack) -> None:
    """Of its own key, whatever that is (a household's offer, the address of an account); what comes under it later is kept."""
    async with stack.running(make_service(batch=True), worker=True) as running:
        await produce(stack, OFFERS.name, [Raw(b"account-1", b'{"a": "Mme Aubrun"', envelope()), *OTHERS])
        await eventually(lambda: running.store.collection("dead_letters").count_documents({"key": b"account-1"}))
        await produce(stack, OFFERS.name, [tombstone("account-1", sequence=9)])

        async def gone() -> bool:
            return b"account-1" not in [letter["key"] for letter in await _letters(running)]

        await eventually(gone)
        await eventually(lambda: running.store.collection("dead_letters").count_documents({"key": b"k6"}))
        assert {letter["key"] for letter in await _letters(running)} == {b"k5", b"k6"}
        await produce(stack, OFFERS.name, [Raw(b"account-1", b"{", envelope())])
        await eventually(lambda: running.store.collection("dead_letters").count_documents({"key": b"account-1"}))


async def test_a_tombstone_that_is_applied_late_takes_nothing_along_that_came_after_it(stack: Stack) -> None:
    """One that had failed and is tried again: what the account left since then waits in the dead letters as it did."""
    async with stack.running(make_service(batch=True)) as running:
        letters = running.store.collection("dead_letters")
        heard = Heard(running.store, OFFERS, running.runtime.clock)
        at = datetime(2026, 11, 30, 10, tzinfo=UTC)
        late = Event("e-1", "t", OFFERS, "account-1", "account-1", 9, at, None, None, partition=0, offset=7)
        ms = int(at.timestamp() * 1_000)
        places = {
            "before": (0, 6, ms),
            "after": (0, 8, ms),
            "of a lost topic": (0, 90, ms - 1),
            "elsewhere": (1, 8, ms),
        }
        for name, (partition, offset, timestamp) in places.items():
            row = {"_id": name, "topic": OFFERS.name, "key": b"account-1", "partition": partition}
            await letters.insert_one(row | {"offset": offset, "timestamp": timestamp})
        await heard.remember([late])
        assert [row["_id"] async for row in letters.find({})] == ["after"]
        # Sent again by a relay that died, it lies behind what the account left since then.
        await heard.remember([replace(late, offset=20, repeated=True)])
        assert [row["_id"] async for row in letters.find({})] == ["after"]


async def test_what_comes_after_an_erasure_and_cannot_be_applied_is_not_kept(stack: Stack) -> None:
    async with stack.running(make_service(batch=True), worker=True) as running:
        await forget_stuck(running.store, PERSON)
        await produce(stack, OFFERS.name, [*ABOUT.values(), *OTHERS])
        async with reading(stack, dead_letter_topic("matching", OFFERS)) as records:
            await eventually(lambda: len(records) == len(OTHERS))
            assert not any(concerns(PERSON, r.key, r.value, r.headers) for r in records)
        assert [letter["key"] for letter in await _letters(running)] == [b"k5", b"k6"]


async def test_a_letter_of_somebody_erased_since_is_not_applied_again(stack: Stack) -> None:
    async with stack.running(make_service(batch=True), worker=True) as running:
        context: Context = running.app.state.context
        context.poison |= {PERSON, "o2"}
        await produce(stack, OFFERS.name, [offer(PERSON), tombstone(PERSON), offer("o2")])
        await eventually(lambda: _count(running, 3))
        kept = [letter for letter in await _letters(running) if letter["key"] == PERSON.encode()]
        await forget_stuck(running.store, PERSON)
        # As releases before this one left them.
        await running.store.collection("dead_letters").insert_many(kept)
        context.poison.clear()
        context.offered.clear()
        await hand_back(running.store, {}, running.runtime.clock.now())
        await eventually(lambda: _count(running, 0))
        # What erases has nothing to be forgotten, and goes on.
        assert [(event.key, event.data is None) for event in context.offered] == [(PERSON, True), ("o2", False)]


async def test_a_redrive_reaches_its_own_consumer_and_goes_back_to_no_topic(stack: Stack) -> None:
    async with stack.running(make_service(batch=True), worker=True, retry_attempts=1) as running:
        context: Context = running.app.state.context
        context.poison |= {"o1", "o2"}
        await produce(stack, OFFERS.name, [offer("o1"), offer("o2")])
        await eventually(lambda: _count(running, 2))
        context.poison.discard("o1")
        now = running.runtime.clock.now()
        assert await hand_back(running.store, {}, now) == 2
        await eventually(lambda: [event.key for event in context.seen] == ["o1"])

        async def the_other_failed_again() -> bool:
            # Its letter stays, unchanged, until the second try has failed as well.
            return [(letter["key"], letter["times"]) for letter in await _letters(running)] == [(b"o2", 2)]

        await eventually(the_other_failed_again)
        await eventually(lambda: _none_waits(running))
        async with reading(stack, OFFERS.name) as records:
            await eventually(lambda: len(records) == 2)
            assert [record.key for record in records] == [b"o1", b"o2"]


async def _count(running: Running, count: int) -> bool:
    return bool(await running.store.collection("dead_letters").count_documents({}) == count)


async def _none_waits(running: Running) -> bool:
    return bool(await running.store.collection("dead_letters").count_documents({"redrive_at": {"$exists": True}}) == 0)


async def _run(stack: Stack, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> Any:
    """The command line as an operator runs it, with this world's settings."""
    service = make_service(batch=True)
    settings = stack.settings(service)
    monkeypatch.setattr("shared.cli.load_settings", lambda *_: settings)
    monkeypatch.setattr("shared.cli.configure_logs", lambda *_: None)
    return await asyncio.to_thread(CliRunner().invoke, make_cli(service), list(arguments))


async def test_the_command_line_lists_shows_drops_and_erases(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    async with stack.running(make_service(batch=True), worker=True) as running:
        await produce(stack, OFFERS.name, [ABOUT["value"], *OTHERS])
        await eventually(lambda: _count(running, 3))
        first, second, _ = await _letters(running)
        listed = await _run(stack, monkeypatch, "dead-letters", "list")
        assert all(letter["_id"] in listed.output for letter in (first, second))
        assert PERSON not in listed.output
        shown = await _run(stack, monkeypatch, "dead-letters", "show", first["_id"])
        assert "reason: contract: (whole): json_invalid" in shown.output
        assert PERSON not in shown.output
        content = await _run(stack, monkeypatch, "dead-letters", "show", first["_id"], "--value")
        assert PERSON in content.output
        dropped = await _run(stack, monkeypatch, "dead-letters", "drop", second["_id"])
        assert "1 dead letters dropped" in dropped.output
        erased = await _run(stack, monkeypatch, "dead-letters", "erase", "--subject", PERSON)
        assert (erased.exit_code, "1 dead letters" in erased.output, "0 are left" in erased.output) == (0, True, True)
        assert await _count(running, 1)
        nothing = await _run(stack, monkeypatch, "outbox", "list")
        assert "nothing is stuck" in nothing.output
