"""One database alone was restored: its consumers hear again what others have said since, once in effect, erasures among it."""

from datetime import timedelta
from typing import Any

import pytest

from shared.cli import rehear_service
from shared.clock import SystemClock
from shared.contracts.topics import OFFERS, RECOMMENDATIONS
from shared.kafka.epoch import Restored, restore_step
from shared.kafka.rehear import LONGEST
from shared.kafka.sequences import on_wire
from shared.settings import ConfigurationError
from tests.contract.kafka_records import offer as record
from tests.contract.kafka_records import produce, tombstone
from tests.contract.test_epoch import copy_of, restore
from tests.service.matching.publishing import publish
from tests.service.notifications.builders import contact, erased
from tests.service.shared.sample import make_service
from tests.support import Running, Stack, eventually


async def at_rest(running: Running) -> bool:
    """Every group has its partitions, and has applied all that there is."""
    return not any([await one.lag() is None or await one.lag() for one in running.app.state.worker.consumers])


async def rows(running: Running, collection: str) -> dict[str, dict[str, Any]]:
    return {one["_id"]: one async for one in running.store.collection(collection).find({})}


async def test_who_was_erased_since_the_copy_is_erased_again_and_nothing_is_done_twice(stack: Stack) -> None:
    """Kafka knows that the tombstone was read, so it would never be told again: she was matched, and told of offers."""
    async with stack.running("notifications", worker=True) as running:
        settings = running.runtime.settings
        await publish(settings, [contact("stays"), contact("leaves")])

        async def known() -> bool:
            return len(await rows(running, "contacts")) == 2 and await at_rest(running)

        await eventually(known)
        copy, made_at = await copy_of(running), SystemClock().now()
        await publish(settings, [erased("leaves", sequence=2), contact("comes"), contact("stays", sequence=2)])

        async def gone() -> bool:
            return (await rows(running, "contacts")).get("profiles:stays", {}).get("version") == 2

        await eventually(gone)
        now = await rows(running, "contacts")
        assert "erased_at" in now["profiles:leaves"]

    service = running.service
    async with stack.running(service) as running:
        await restore(running, copy)
        assert "erased_at" not in (await rows(running, "contacts"))["profiles:leaves"]
        await rehear_service(service, settings, made_at)
    async with stack.running(service, worker=True) as running:

        async def again() -> bool:
            found = await rows(running, "contacts")
            return {id: (one["version"], "erased_at" in one) for id, one in found.items()} == {
                id: (one["version"], "erased_at" in one) for id, one in now.items()
            }

        await eventually(again)


async def test_only_what_the_copy_lacks_has_an_effect(stack: Stack) -> None:
    service = make_service()
    async with stack.running(service, worker=True) as running:
        settings = running.runtime.settings
        await produce(stack, OFFERS.name, [record("o1"), record("o2")])
        await eventually(lambda: _counted(running, {"o1": 1, "o2": 1}))
        copy, made_at = await copy_of(running), SystemClock().now()
        await produce(stack, OFFERS.name, [record("o1", 2), tombstone("o3")])
        await eventually(lambda: _counted(running, {"o1": 2, "o2": 1, "o3": 1}))
        with pytest.raises(ConfigurationError, match=r"a worker of matching runs .*: stop them first"):
            await rehear_service(service, settings, made_at)
    for since in (made_at + timedelta(days=1), made_at - LONGEST):
        with pytest.raises(ConfigurationError, match="within the last 30 days"):
            await rehear_service(service, settings, since)
    async with stack.running(service) as running:
        await restore(running, copy)
    # Of the two that are heard again though the copy has them nothing comes twice.
    await rehear_service(service, settings, made_at)
    async with stack.running(service, worker=True) as running:
        await eventually(lambda: _counted(running, {"o1": 2, "o2": 1, "o3": 1}))


async def _counted(running: Running, wanted: dict[str, int]) -> bool:
    return {id: one["count"] for id, one in (await rows(running, "counters")).items()} == wanted


async def test_the_epoch_of_a_service_without_states_is_found_on_its_topics(stack: Stack) -> None:
    """Matching publishes no state anew: restored from one copy twice it was twice in the same epoch."""
    service = make_service(consume=False)
    async with stack.running(service) as running:
        await stack.create_topics()
        settings = running.runtime.settings
        await produce(stack, RECOMMENDATIONS.name, [record("p-1", on_wire(3, 1), ce_type=b"recommendation-created.v1")])
        done = Restored()
        async for _ in restore_step(running.store, settings, [], done, [RECOMMENDATIONS]):
            pass
        assert done.epoch == 4
