"""An event that Kafka would refuse for its size is refused where it would be stored."""

import pytest

from shared.contracts.topics import OFFERS
from shared.errors import EventTooLarge
from shared.kafka.envelope import outbox_size
from shared.kafka.resync import resync
from shared.store import Work
from shared.store.sizes import largest_field
from tests.service.shared.sample import Context, make_service, offer_state
from tests.support import Running, Stack


def _publish(running: Running, **changes: object) -> Work:
    work = Work()
    now = running.runtime.clock.now()
    work.insert("things", {"_id": "beside"})
    work.publish(OFFERS, "offer-updated.v1", key="o1", data=offer_state("o1", **changes), sequence=1, time=now)
    return work


LARGE = [
    ("reserved_publics", {"reserved_publics": ["disability"] * 140_000}),
    ("licences", {"licences": ["B"] * 400_000}),
    ("skills", {"skills": [{"code": "c" * 60, "label": "é" * 250}] * 2_000}),
    ("shifts", {"shifts": [{"weekday": 1, "start": "08:00", "end": "12:00"}] * 30_000}),
]


@pytest.mark.parametrize(("field", "changes"), LARGE, ids=[field for field, _ in LARGE])
async def test_an_event_too_large_is_refused_with_its_field_and_nothing_is_stored(
    stack: Stack, field: str, changes: dict[str, object]
) -> None:
    async with stack.running(make_service(consume=False)) as running:
        with pytest.raises(EventTooLarge) as refused:
            await running.store.commit(_publish(running, **changes))
        assert [error.field for error in refused.value.errors] == [field]
        assert refused.value.status == 422
        for collection in ("things", "outbox"):
            assert await running.store.collection(collection).count_documents({}) == 0


async def test_the_whole_record_counts_with_key_and_headers(stack: Stack) -> None:
    async with stack.running(make_service(consume=False)) as running:
        size = outbox_size(_publish(running).outbox[0], running.store.database.name)
        assert size > len(_publish(running).outbox[0]["data"])
        running.store.max_record_bytes = size - 1
        with pytest.raises(EventTooLarge):
            await running.store.commit(_publish(running))
        running.store.max_record_bytes = size
        assert await running.store.commit(_publish(running))


async def test_the_refusal_is_a_problem_that_names_the_field(stack: Stack) -> None:
    async with stack.running(make_service(consume=False)) as running:
        running.store.max_record_bytes = 600
        answer = await running.client.post("/v1/things", json={"title": "x" * 50}, headers=stack.token("manager"))
    assert answer.status_code == 422
    assert answer.json()["code"] == "event-too-large"
    assert answer.json()["errors"][0]["field"] == "title"


async def test_a_resync_leaves_out_what_is_too_large_and_goes_on(stack: Stack) -> None:
    async with stack.running(make_service(consume=False)) as running:
        context: Context = running.app.state.context
        await context.create("short")
        long = await context.create("x" * 300)
        running.store.max_record_bytes = (
            outbox_size(
                await running.store.collection("outbox").find_one({"key": long.id}), running.store.database.name
            )
            - 1
        )
        await running.store.collection("outbox").delete_many({})
        too_large: list[str] = []
        sources = running.service.compose(running.runtime).resync
        assert [done async for _, done in resync(running.store, sources, too_large)] == [1]
        assert too_large == [long.id]
        assert await running.store.collection("outbox").count_documents({}) == 1


@pytest.mark.parametrize("data", [None, b"", b"{}", b"[1, 2]", b"null"])
def test_where_no_field_is_large_it_is_the_id(data: bytes | None) -> None:
    assert largest_field(data) == "id"
