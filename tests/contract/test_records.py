"""Nothing a record holds may lose it or a neighbour of its fetch: applied, passed over or in the dead letters, in order."""

import hashlib
from typing import Any

import pytest

from deploy.local.engines import BrokerKind
from shared.contracts.topics import OFFERS, dead_letter_topic
from shared.kafka import consumer, wire
from shared.kafka.deadletters import FIRST_BYTES
from shared.kafka.sequences import on_wire
from tests.contract.kafka_records import NO_TEXT, Raw, envelope, offer, produce, tombstone
from tests.contract.test_delivery import reading
from tests.service.shared.sample import Context, make_service
from tests.support import Running, Stack, eventually

ODD_HEADERS: dict[str, Any] = {
    "null": [("x-null", None)],
    "binary": [("x-trace", b"\xff\xfe\x00")],
    "empty-name": [("", b"x")],
    "nul-name": [("a\x00b", b"x")],
    "dollar-name": [("$where.x", b"x")],
    "twice": [("x", b"1"), ("x", b"2"), ("x", None)],
    "name-no-text": [(NO_TEXT, b"x")],
    "reply-to": [("reply_to", b"\xff"), ("content-type", None), ("correlation_id", b"\xff")],
    "forged-letter": [("kafka_dlt-original-topic", b"x"), ("kafka_dlt-id", None)],
    "many": [(f"x-{number}", b"y") for number in range(2_000)],
    "bad-correlation": [("ce_correlationid", b"\xff\xff"), ("traceparent", None)],
}


BATCH = pytest.mark.parametrize("batch", [False, True], ids=["single", "batch"])


@BATCH
async def test_headers_that_nobody_reads_harm_neither_the_record_nor_its_neighbours(stack: Stack, batch: bool) -> None:
    async with stack.running(make_service(batch=batch), worker=True) as running:
        context: Context = running.app.state.context
        names = [name for odd in ODD_HEADERS for name in (odd, f"after-{odd}")]
        await produce(stack, OFFERS.name, [offer(name, extra=ODD_HEADERS.get(name)) for name in names])
        await eventually(lambda: len(context.seen) == len(names))
        assert [event.key for event in context.seen] == names
        # What comes later is read too: the partition did not stand still.
        await produce(stack, OFFERS.name, [offer("later")])
        await eventually(lambda: context.seen[-1].key == "later")
        assert await _letters(running, 0)


BAD = {
    "null-id": offer("bad", ce_id=None, extra=[("ce_id", None)]),
    "binary-type": offer("bad", ce_type=b"\xff\xfe"),
    "binary-time": offer("bad", ce_time=b"\x80"),
    "time-without-zone": offer("bad", ce_time=b"2026-01-01T00:00:00"),
    "time-at-the-end": offer("bad", ce_time=b"9999-12-31T23:59:59-14:00"),
    "time-at-the-beginning": offer("bad", ce_time=b"0001-01-01T00:00:00+14:00"),
    "subject-of-another": offer("bad", ce_subject=b"somebody-else"),
    "key-of-another": Raw(b"bad", offer("other").value, envelope()),
    "no-key": Raw(None, offer("bad").value, envelope()),
    "empty-key": Raw(b"", offer("bad").value, envelope()),
    "blank-key": Raw(b" ", offer("bad").value, envelope()),
    "binary-key": Raw(b"\xff\xfe\xfd", offer("bad").value, envelope()),
    "long-key": Raw(b"k" * 100_000, offer("bad").value, envelope()),
    "empty-value": Raw(b"bad", b"", envelope()),
    "binary-value": Raw(b"bad", bytes(range(256)), envelope()),
    "deep-value": Raw(b"bad", b"[" * 200_000, envelope()),
    "nul-in-a-text": Raw(b"bad", (offer("bad").value or b"").replace(b'"title":"', b'"title":"a\\u0000'), envelope()),
    "nul-behind-a-backslash": Raw(
        b"bad", (offer("bad").value or b"").replace(b'"title":"', b'"title":"\\\\\\u0000'), envelope()
    ),
    "number-too-long": Raw(b"bad", b'{"positions_total": ' + b"9" * 10_000 + b"}", envelope()),
    "sequence-2**63-1": offer("bad", 2**63 - 1),
    "sequence-2**63": offer("bad", 2**63),
    "sequence-10**9": offer("bad", 10**9),
    "sequence-2**53": offer("bad", 2**53),
    "sequence-zero": offer("bad", 0),
    "sequence-negative": offer("bad", -5),
    "sequence-digits-of-another-script": offer("bad", "٣"),
    "sequence-5000-digits": offer("bad", "9" * 5_000),
    "sequence-with-underscore": offer("bad", "1_0"),
    "sequence-far-epoch": offer("bad", on_wire(1_000, 1)),
    "no-headers": Raw(b"bad", offer("bad").value, []),
}


async def test_who_writes_how_nul_is_written_has_written_no_nul(stack: Stack) -> None:
    async with stack.running(make_service(batch=True), worker=True) as running:
        context: Context = running.app.state.context
        value = (offer("o").value or b"").replace(b'"title":"', b'"title":"\\\\u0000 ')
        await produce(stack, OFFERS.name, [Raw(b"o", value, envelope())])
        await eventually(lambda: len(context.seen) == 1)
        assert context.seen[0].state.title.startswith("\\u0000 ")


@BATCH
async def test_what_cannot_be_applied_is_a_dead_letter_and_its_neighbours_are_applied(
    stack: Stack, broker_kind: BrokerKind, batch: bool
) -> None:
    async with stack.running(make_service(batch=batch), worker=True) as running:
        context: Context = running.app.state.context
        # Apache Kafka itself refuses records without a key on compacted topics.
        sent = {name: bad for name, bad in BAD.items() if bad.key is not None or broker_kind is BrokerKind.EMBEDDED}
        records = [record for name, bad in sent.items() for record in (bad, offer(f"after-{name}"))]
        await produce(stack, OFFERS.name, [offer("before"), *records, offer("bad", 2)])
        await eventually(lambda: len(context.seen) == len(sent) + 2)
        assert [event.key for event in context.seen] == ["before", *(f"after-{name}" for name in sent), "bad"]
        letters = running.store.collection("dead_letters").find({}).sort("offset", 1)
        kept = [(letter["key"], letter["value"], letter["headers"]) async for letter in letters]
        assert kept == [(bad.key, bad.value, [list(header) for header in bad.headers]) for bad in sent.values()]
        async with reading(stack, dead_letter_topic("matching", OFFERS)) as announced:
            await eventually(lambda: len(announced) == len(sent))
            assert [record.key for record in announced] == [bad.key for bad in sent.values()]


SECRETS = [
    offer("bad", ce_sequence=b"camille@example.org"),
    offer("bad", ce_time=b"camille@example.org"),
    offer("bad", ce_subject=b"camille@example.org"),
    offer("bad", ce_id=b"camille@example.org\xff"),
    Raw(b"camille@example.org", offer("bad").value, envelope()),
    Raw(b"bad", b'{"offer_id": "camille@example.org", "skills": [{"camille@example.org": 1}]}', envelope()),
    Raw(b"bad", b'{"camille@example.org": ', envelope()),
]


async def test_the_reason_of_a_dead_letter_quotes_nothing_of_the_record(stack: Stack) -> None:
    async with stack.running(make_service(batch=True), worker=True) as running:
        await produce(stack, OFFERS.name, SECRETS)
        async with reading(stack, dead_letter_topic("matching", OFFERS)) as records:
            await eventually(lambda: len(records) == len(SECRETS))
        assert all(b"camille" not in dict(record.headers)["kafka_dlt-exception-message"] for record in records)
        reasons = [letter["reason"] async for letter in running.store.collection("dead_letters").find({})]
        assert len(reasons) == len(SECRETS)
        assert all("camille" not in reason for reason in reasons)


async def test_good_ones_between_bad_ones_reset_the_count_in_the_order_of_the_records(stack: Stack) -> None:
    async with stack.running(make_service(batch=True), worker=True, max_consecutive_dead_letters=3) as running:
        context: Context = running.app.state.context
        records = []
        for number in range(60):
            records += [offer(f"o{number}"), Raw(b"bad", b"{", envelope())]
        await produce(stack, OFFERS.name, records)
        await eventually(lambda: len(context.seen) == 60)
        await eventually(lambda: _letters(running, 60))
        assert not any(consumer.halted for consumer in running.app.state.worker.consumers)


async def test_order_holds_while_the_next_are_read_ahead(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumer, "AT_ONCE", 4)
    async with stack.running(make_service(batch=True), worker=True) as running:
        context: Context = running.app.state.context
        bad = range(9, 50, 10)
        records = [offer(f"o{at % 3}", at + 1) for at in range(50)]
        for at in bad:
            records[at] = Raw(b"bad", b"{", envelope())
        await produce(stack, OFFERS.name, records)
        await eventually(lambda: _letters(running, len(bad)))
        good = [at + 1 for at in range(50) if at not in bad]
        await eventually(lambda: len(context.seen) == len(good))
        assert [event.sequence for event in context.seen] == good


async def _letters(running: Running, count: int) -> bool:
    return bool(await running.store.collection("dead_letters").count_documents({}) == count)


LARGE = {
    "value": Raw(b"bad", b"[" + b"x" * 1_046_000, envelope()),
    "header": Raw(b"bad", b"{", [*envelope(), ("x", b"y" * 1_040_000)]),
    "key": Raw(b"k" * 1_000_000, b"{", envelope()),
    "headers": Raw(b"bad", b"{", [*envelope(), *((f"x-{number}", b"y" * 900) for number in range(1_100))]),
}


async def test_a_dead_letter_that_is_too_large_is_cut_and_holds_up_nobody(stack: Stack) -> None:
    async with stack.running(make_service(batch=True), worker=True) as running:
        context: Context = running.app.state.context
        for record in (*LARGE.values(), offer("after")):
            await produce(stack, OFFERS.name, [record])  # together they would be a batch that Kafka does not take
        await eventually(lambda: len(context.seen) == 1)
        async with reading(stack, dead_letter_topic("matching", OFFERS)) as announced:
            await eventually(lambda: len(announced) == len(LARGE))
        for number, (record, large) in enumerate(zip(announced, LARGE.values(), strict=True)):
            told = dict(record.headers)
            assert told["kafka_dlt-cut-sha256"].decode() == hashlib.sha256(large.value or b"").hexdigest()
            assert int(told["kafka_dlt-cut-size"]) > 950_000
            assert told["kafka_dlt-cut-first-bytes"] == (large.value or b"")[:FIRST_BYTES]
            assert told["kafka_dlt-original-offset"] == str(number).encode()
        # The database has them whole.
        letters = running.store.collection("dead_letters").find({}).sort("offset", 1)
        kept = [(letter["key"], letter["value"], letter["cut"]) async for letter in letters]
        assert kept == [(large.key, large.value, False) for large in LARGE.values()]


async def test_every_compression_that_kafka_knows_is_read(stack: Stack) -> None:
    async with stack.running(make_service(batch=True), worker=True) as running:
        context: Context = running.app.state.context
        for compression in ("gzip", "snappy", "lz4", "zstd"):
            records = [offer(f"{compression}-{number}") for number in range(5)]
            await produce(stack, OFFERS.name, records, compression=compression)
        await eventually(lambda: len(context.seen) == 20)


async def test_a_batch_that_unpacks_to_more_than_anybody_sends_is_one_dead_letter(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "MOST_UNPACKED", 200_000)
    bomb = Raw(b"o", b" " * 300_000, envelope())
    async with stack.running(make_service(batch=True), worker=True) as running:
        context: Context = running.app.state.context
        for compression in ("gzip", "lz4", "zstd"):
            await produce(stack, OFFERS.name, [bomb], compression=compression)
            await produce(stack, OFFERS.name, [offer(f"after-{compression}")], compression=compression)
        await eventually(lambda: len(context.seen) == 3)
        letters = [letter async for letter in running.store.collection("dead_letters").find({})]
        assert [letter["key"] for letter in letters] == [None] * 3
        assert [len(letter["value"]) for letter in letters] == [61] * 3


async def test_a_batch_that_cannot_be_unpacked_is_one_dead_letter_and_the_next_is_read(
    stack: Stack, broker_kind: BrokerKind
) -> None:
    if broker_kind is not BrokerKind.EMBEDDED:
        pytest.skip("Apache Kafka unpacks what producers send, and refuses it")
    async with stack.running(make_service(batch=True), worker=True) as running:
        context: Context = running.app.state.context
        # The name lies in the packed bytes as it is: what replaces it breaks their inner checksum.
        await produce(stack, OFFERS.name, [offer("o", extra=[(NO_TEXT, b"x")])], compression="lz4")
        await produce(stack, OFFERS.name, [offer("after")])
        await eventually(lambda: len(context.seen) == 1)
        (letter,) = [letter async for letter in running.store.collection("dead_letters").find({})]
        assert letter["key"] is None
        assert len(letter["value"]) == 61, "its head; in packed bytes no erasure finds anybody"


async def test_a_null_value_is_an_erasure_whatever_its_type_and_sequence_say(stack: Stack) -> None:
    sequences: list[int | str] = [1, 0, -3, 2**63 - 1, 10**12, "nonsense"]
    async with stack.running(make_service(batch=True), worker=True) as running:
        context: Context = running.app.state.context
        records = []
        for sequence in sequences:
            for kind in (b"offer-updated.v1", b"nonsense"):
                key = f"{sequence}-{kind.decode()}"
                records += [offer(key, 7), tombstone(key, sequence, ce_type=kind)]
        await produce(stack, OFFERS.name, records)
        await eventually(lambda: len(context.seen) == len(records))
        for state, erasure in zip(context.seen[::2], context.seen[1::2], strict=True):
            assert (state.key, state.data is None) == (erasure.key, False)
            assert erasure.data is None
            assert erasure.beats(7)
            assert erasure.leaves(7) == 7


async def test_a_redelivered_erasure_is_told_from_a_new_one(stack: Stack) -> None:
    async with stack.running(make_service(batch=True), worker=True) as running:
        context: Context = running.app.state.context
        old, back = tombstone("o", 8, ce_id=b"erasure-1"), offer("o", 9)
        await produce(stack, OFFERS.name, [old, back, old, tombstone("o", 8, ce_id=b"erasure-2")])
        await eventually(lambda: len(context.seen) == 3)
        # The sample counts each event id once; what the handler saw of the second delivery is in the count of calls.
        assert [(event.id, event.repeated) for event in context.seen if event.data is None] == [
            ("erasure-1", False),
            ("erasure-2", False),
        ]
        repeated = next(event for event in context.offered if event.repeated)
        assert repeated.id == "erasure-1"
        assert not repeated.beats(9)
        assert repeated.beats(8)


async def test_the_erasure_of_a_key_that_no_state_can_have_is_not_tried_again(stack: Stack) -> None:
    async with stack.running(make_service(batch=True), worker=True) as running:
        context: Context = running.app.state.context
        await produce(stack, OFFERS.name, [tombstone("é" * 150), tombstone("x" * 81), offer("o1")])
        await eventually(lambda: [event.key for event in context.seen] == ["o1"])
        letters = await running.store.collection("dead_letters").find({}).to_list(None)
        assert [letter["reason"] for letter in letters] == ["envelope: key is not usable"] * 2
