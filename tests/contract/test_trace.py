"""One event is found wherever it is, with what it caused, and nothing of its content is shown."""

import io
from typing import Any

import pytest
from rich.console import Console

from deploy.operate.trace import finding
from deploy.operate.trace.finding import find
from deploy.operate.trace.sightings import begun
from deploy.operate.trace.telling import show
from deploy.operate.where import service_of
from services.notifications.domain.matter import Category
from services.notifications.domain.notification import Status
from shared.contracts.topics import OFFERS
from shared.contracts.vocabulary import Channel
from shared.correlation import because
from shared.ids import new_id
from shared.kafka.envelope import Event
from shared.parts import Runtime
from shared.service import Service
from shared.store import Work
from tests.contract.kafka_records import Raw, envelope, offer, produce, tombstone
from tests.service.shared.sample import Context, make_service, offer_state
from tests.support import Running, Stack, eventually

SECRET = "Un titre que personne ne doit lire"


class Following(Context):
    """Each offer makes a contract, whose event follows from the offer's."""

    async def apply(self, event: Event[Any]) -> None:
        await super().apply(event)
        if event.data is not None and event.subject.startswith("follow"):
            await self.create(SECRET)


def following() -> Service:
    sample = make_service()

    def compose(runtime: Runtime) -> Any:
        parts = sample.compose(runtime)
        context = Following(runtime)
        subscription = type(parts.subscriptions[0])(OFFERS, context.apply)
        return type(parts)(context=context, routers=(), subscriptions=[subscription])

    return Service("matching", "Sample", "A sample service", sample.settings, sample.collections, compose)


async def traced(stack: Stack, running: Running, id: str, **others: Runtime) -> tuple[bool, str]:
    """What ``bassin trace`` prints."""
    found = await find(stack.settings(running.service), {"matching": running.runtime, **others}, id)
    out = io.StringIO()
    # As the command makes it; nothing is cut where the output goes to a file.
    good = show(found, id, Console(file=out, soft_wrap=True, highlight=False, markup=False))
    return good, out.getvalue()


async def test_from_the_request_to_what_followed(stack: Stack) -> None:
    request, id = new_id(), new_id()
    headers = {"ce_id": id.encode(), "ce_correlationid": request.encode()}
    async with stack.running(following(), worker=True) as running:
        await produce(stack, OFFERS.name, [offer("follow-1", **headers), offer("other")])

        context: Context = running.app.state.context
        await eventually(lambda: len(context.seen) == 2)
        await eventually(lambda: _published(running))
        await running.app.state.worker.consumers[0].finish()
        _, text = await traced(stack, running, id)
        assert "clauses.contracts.v1" in text
        assert "matching: read (partition 0, offset 0" in text
        assert text.count("published: ") == 2
        lines = text.splitlines()
        assert lines[0].startswith(f"begun by {request}")
        assert next(line for line in lines if id in line).strip(" ├─└│").startswith("offer-updated.v1")
        assert "notifications: not read: the group has no position" in text
        # The effect hangs below its cause, and asked for itself shows the same chain.
        effect = next(line for line in lines if "contract-created.v1" in line)
        assert len(effect) - len(effect.lstrip(" │├└─")) > len(lines[1]) - len(lines[1].lstrip(" │├└─"))
        effect_id = effect.split()[-1]
        (_, from_effect), (_, from_request) = (
            await traced(stack, running, effect_id),
            await traced(stack, running, request),
        )
        assert [line.replace("  ← this one", "") for line in from_effect.splitlines()] == [
            line.replace("  ← this one", "") for line in lines
        ]
        assert id in from_request
        assert effect_id in from_request
        assert "other" not in text
        assert SECRET not in text + from_request + from_effect


async def test_dead_letters_erasures_and_what_waits(stack: Stack) -> None:
    bad, gone, parked = new_id(), new_id(), new_id()
    async with stack.running(following(), worker=True, retry_attempts=1) as running:
        nonsense = Raw(b"o1", SECRET.encode(), envelope(ce_id=bad.encode()))
        await produce(stack, OFFERS.name, [nonsense, tombstone("o2", ce_id=gone.encode())])
        await eventually(lambda: running.store.collection("dead_letters").count_documents({}))
        _, text = await traced(stack, running, bad)
        assert "matching: dead letter" in text
        assert "Permanent: contract" in text
        assert SECRET not in text
        await eventually(lambda: running.store.collection("erasures_heard").count_documents({}))
        assert "erasure of o2" in (await traced(stack, running, gone))[1]

        # An outbox without a running relay: of another service, in a bundle, and one that an operator set aside.
        other = service_of("offers").runtime(stack.settings(service_of("offers")))
        work = Work(new_id)
        with because(parked):
            for number in range(2):
                state = offer_state(f"o{number}", title=SECRET)
                work.publish(
                    OFFERS, "offer-created.v1", key=f"o{number}", data=state, sequence=1, time=other.clock.now()
                )
        await other.store.commit(work)
        row = work.outbox[0] | {"_id": parked, "since": other.clock.now(), "error": "X", "tries": 1}
        await other.store.collection("outbox_parked").insert_one(row)
        _, text = await traced(stack, running, work.outbox[1]["_id"], offers=other)
        assert text.count("waits to be published in the outbox of offers") == 2
        assert "parked by an operator in the outbox of offers" in text
        assert SECRET not in text
        await other.store.close()


async def test_a_document_that_names_its_cause_is_shown_by_id(stack: Stack) -> None:
    id = new_id()
    async with stack.running(following(), worker=True) as running, stack.running("notifications") as told:
        await produce(stack, OFFERS.name, [offer("o1", ce_id=id.encode())])
        document = {
            "_id": "n1",
            "caused_by": id,
            "channel": Channel.EMAIL.value,
            "status": Status.QUEUED.value,
            "category": Category.OFFERS.value,
            "items": [{"title": SECRET}],
        }
        await told.store.collection("notifications").insert_one(document)
        _, text = await traced(stack, running, id, notifications=told.runtime)
        assert "kept: notifications.notifications n1 email queued" in text
        assert SECRET not in text


async def test_what_is_not_there_is_said(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    async with stack.running(following(), worker=True) as running:
        good, text = await traced(stack, running, new_id())
        assert not good
        assert text.startswith("Nothing was found of ")

        async def away(*_: Any, **__: Any) -> Any:
            raise ConnectionRefusedError

        monkeypatch.setattr(finding, "partitions_of", away)
        monkeypatch.setattr(finding, "records_of", _nobody)
        good, text = await traced(stack, running, new_id())
        assert not good
        assert "not searched: the topics: Kafka does not answer (ConnectionRefusedError)" in text


async def _nobody(*_: Any, **__: Any) -> Any:
    raise ConnectionRefusedError
    yield


async def _published(running: Running) -> bool:
    return bool(running.app.state.context.seen) and not await running.store.collection("outbox").count_documents({})


def test_where_reading_begins_is_never_after_the_event() -> None:
    assert begun("0197a0c0-0000-7000-8000-000000000001", "0197a0c1-0000-7000-8000-000000000001") == begun(
        "0197a0c0-0000-7000-8000-000000000001"
    )
    # Ids that callers chose say nothing about their time: everything is read.
    assert begun("my-request-1") is None
    assert begun("7d444840-9dc0-11d1-b245-5ffdce74fad2") is None
