"""A read model is made anew from its topics beside the running one, and nothing is lost on the way."""

from collections.abc import AsyncGenerator, AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from services.matching.app import SERVICE as MATCHING
from services.matching.index.referential import shipped_structure
from services.notifications.app import SERVICE as NOTIFICATIONS
from services.notifications.consumers import READ_MODELS
from services.notifications.store import COLLECTIONS
from services.profiles.app import SERVICE as PROFILES
from shared.cli import make_cli
from shared.clock import HandClock
from shared.contracts.topics import OFFERS
from shared.kafka import rebuild as rebuilding
from shared.kafka.rebuild import Progress, RebuildRuns, rebuild
from tests.service.matching.publishing import publish
from tests.service.matching.rooms import Rooms, offer_state, profile_state
from tests.service.notifications.builders import contact, erased, event, offer
from tests.support import Running, Stack, eventually

MODELS = {model.collection: model for model in READ_MODELS}
SPECS = {spec.name: spec for spec in COLLECTIONS}


@pytest.fixture
async def notifications(stack: Stack) -> AsyncIterator[Running]:
    async with stack.running("notifications", worker=True) as running:
        yield running


async def rebuilt(running: Running, name: str, during: Any = None) -> Progress:
    """Rebuild and return the end of it; ``during`` is done once, when the first records have been read."""
    runtime = running.runtime
    steps = []
    async for step in rebuild(runtime.store, runtime.settings, runtime.clock, MODELS[name], SPECS[name], "an operator"):
        steps.append(step)
        if during is not None:
            await during()
            during = None
    return steps[-1]


async def at_version(running: Running, collection: str, versions: dict[str, int]) -> bool:
    stored = {d["_id"]: d["version"] async for d in running.store.collection(collection).find({})}
    return all(stored.get(id) == version for id, version in versions.items())


async def test_a_field_that_was_not_kept_is_filled_and_indexes_are_there(notifications: Running) -> None:
    settings, offers = notifications.runtime.settings, notifications.store.collection("offers")
    await publish(settings, [offer(f"offer-{number}") for number in range(20)])
    await eventually(lambda: at_version(notifications, "offers", {f"offer-{number}": 1 for number in range(20)}))
    before = {document["_id"]: document async for document in offers.find({})}
    # As a release would have left them that did not know the place, and one that the topic has no more.
    await offers.update_many({}, {"$unset": {"place": ""}})
    await offers.insert_one({"_id": "long-gone", "version": 4, "title": "Maçon"})
    progress = await rebuilt(notifications, "offers")
    assert {document["_id"]: document async for document in offers.find({"_id": {"$ne": "long-gone"}})} == before
    assert await offers.find_one({"_id": "long-gone"}) == {"_id": "long-gone", "version": 4, "title": "Maçon"}
    assert (progress.read, progress.rebuilt, progress.carried) == (20, 20, 1)
    assert [name for name in await notifications.store.database.list_collection_names() if "__" in name] == []


async def test_erasures_and_what_we_learned_ourselves_survive(notifications: Running) -> None:
    settings, contacts = notifications.runtime.settings, notifications.store.collection("contacts")
    await publish(settings, [contact("kept"), contact("gone", sequence=3), erased("gone", sequence=4)])
    await eventually(lambda: at_version(notifications, "contacts", {"profiles:kept": 1, "profiles:gone": 4}))
    await contacts.update_one({"_id": "profiles:kept"}, {"$set": {"refused_address": "old@exemple.fr"}})
    gone = await contacts.find_one({"_id": "profiles:gone"})
    await rebuilt(notifications, "contacts")
    kept = await contacts.find_one({"_id": "profiles:kept"})
    assert kept is not None
    assert kept["refused_address"] == "old@exemple.fr"
    assert await contacts.find_one({"_id": "profiles:gone"}) == gone
    # And an old state of the erased person that comes again brings nothing back.
    await publish(settings, [contact("gone", sequence=3), contact("later")])
    await eventually(lambda: at_version(notifications, "contacts", {"profiles:later": 1}))
    assert await contacts.find_one({"_id": "profiles:gone"}) == gone


async def test_what_is_heard_while_it_is_rebuilt_is_in_the_new_one(notifications: Running) -> None:
    settings = notifications.runtime.settings
    await publish(settings, [offer("one"), offer("two")])
    await eventually(lambda: at_version(notifications, "offers", {"one": 1, "two": 1}))

    async def meanwhile() -> None:
        await publish(settings, [offer("one", sequence=2, title="Nouveau titre"), offer("three")])
        await eventually(lambda: at_version(notifications, "offers", {"one": 2, "three": 1}))

    await rebuilt(notifications, "offers", meanwhile)
    await eventually(lambda: at_version(notifications, "offers", {"one": 2, "two": 1, "three": 1}))
    one = await notifications.store.collection("offers").find_one({"_id": "one"})
    assert one is not None
    assert one["title"] == "Nouveau titre"


async def test_what_is_erased_or_learned_while_it_is_carried_over_is_in_the_new_one(
    notifications: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And it is there as soon as it has switched: it is killed right after."""
    settings, contacts = notifications.runtime.settings, notifications.store.collection("contacts")
    await publish(settings, [contact("kept"), contact("gone", sequence=3)])
    await eventually(lambda: at_version(notifications, "contacts", {"profiles:kept": 1, "profiles:gone": 3}))
    carry_over, switch = rebuilding._carry_over, rebuilding._switch
    marks: list[Any] = []

    async def then_erased(*arguments: Any) -> int:
        carried: int = await carry_over(*arguments)
        if not marks:
            await publish(settings, [erased("gone", sequence=4), contact("kept", sequence=2, first_name="Zoé")])
            await eventually(lambda: at_version(notifications, "contacts", {"profiles:kept": 2, "profiles:gone": 4}))
            await contacts.update_one({"_id": "profiles:kept"}, {"$set": {"refused_address": "old@exemple.fr"}})
            marks.append(await contacts.find_one({"_id": "profiles:gone"}))
        return carried

    async def then_killed(*arguments: Any) -> None:
        await switch(*arguments)
        raise RuntimeError("killed")

    monkeypatch.setattr(rebuilding, "_carry_over", then_erased)
    monkeypatch.setattr(rebuilding, "_switch", then_killed)
    with pytest.raises(RuntimeError):
        await rebuilt(notifications, "contacts")
    kept = await contacts.find_one({"_id": "profiles:kept"})
    assert kept is not None
    assert (kept["version"], kept["first_name"], kept["refused_address"]) == (2, "Zoé", "old@exemple.fr")
    assert await contacts.find_one({"_id": "profiles:gone"}) == marks[0]


@pytest.mark.parametrize(("name", "key"), [("contacts", "profiles:gone"), ("offers", "gone")])
async def test_who_is_erased_in_the_moment_before_it_switches_lives_in_no_new_one(
    notifications: Running, monkeypatch: pytest.MonkeyPatch, name: str, key: str
) -> None:
    settings, rows = notifications.runtime.settings, notifications.store.collection(name)
    state: Any = contact if name == "contacts" else offer
    await publish(settings, [state("kept"), state("gone", sequence=3)])
    await eventually(lambda: at_version(notifications, name, {key: 3}))
    switch = rebuilding._switch

    async def erased_before(*arguments: Any) -> None:
        offer_gone = event(OFFERS, "offer-withdrawn", "gone", None, sequence=4)
        await publish(settings, [erased("gone", sequence=4) if name == "contacts" else offer_gone])
        await eventually(lambda: at_version(notifications, name, {key: 4}))
        await switch(*arguments)

    monkeypatch.setattr(rebuilding, "_switch", erased_before)
    await rebuilt(notifications, name)
    assert [row["_id"] async for row in rows.find({})] == [key.replace("gone", "kept")]


async def test_two_at_once_are_refused_and_one_that_was_killed_leaves_the_running_one(notifications: Running) -> None:
    runtime = notifications.runtime
    await publish(runtime.settings, [offer("one")])
    await eventually(lambda: at_version(notifications, "offers", {"one": 1}))
    first = rebuild(runtime.store, runtime.settings, runtime.clock, MODELS["offers"], SPECS["offers"], "first")
    await anext(first)
    second = rebuild(runtime.store, runtime.settings, runtime.clock, MODELS["offers"], SPECS["offers"], "second")
    with pytest.raises(RebuildRuns):
        await anext(second)
    assert isinstance(first, AsyncGenerator)
    await first.aclose()
    assert await at_version(notifications, "offers", {"one": 1})
    await rebuilt(notifications, "offers")
    assert await at_version(notifications, "offers", {"one": 1})


async def test_one_that_stood_still_puts_nothing_of_anothers_in_the_running_ones_place(notifications: Running) -> None:
    """Its lease lapsed and a second one has begun: what lies beside the running one is the second's, and half of it."""
    runtime = notifications.runtime
    await publish(runtime.settings, [offer("one"), offer("two")])
    await eventually(lambda: at_version(notifications, "offers", {"one": 1, "two": 1}))
    first = rebuild(runtime.store, runtime.settings, runtime.clock, MODELS["offers"], SPECS["offers"], "first")
    await anext(first)
    lapsed = {"$set": {"until": datetime(2026, 1, 1, tzinfo=UTC)}}
    await runtime.store.collection("leases").update_one({"_id": "rebuild:offers"}, lapsed)
    second = rebuild(runtime.store, runtime.settings, runtime.clock, MODELS["offers"], SPECS["offers"], "second")
    await anext(second)
    await runtime.store.collection("offers__rebuilt").delete_many({})
    with pytest.raises(RebuildRuns):
        async for _ in first:
            pass
    assert await at_version(notifications, "offers", {"one": 1, "two": 1})
    assert isinstance(second, AsyncGenerator)
    await second.aclose()


async def test_matching_goes_on_with_what_was_rebuilt(stack: Stack, clock: HandClock) -> None:
    async with stack.running(MATCHING, clock=clock, worker=True) as running:
        runtime, settings = running.runtime, running.runtime.settings
        rooms = Rooms(running.store, clock, shipped_structure(), settings)
        await publish(settings, [rooms.offer(offer_state("one", clock)), rooms.profile(profile_state("a"))])

        async def recommended(count: int) -> bool:
            return await running.store.collection("recommendations").count_documents({"status": "created"}) == count

        await eventually(lambda: recommended(1))
        specs = {spec.name: spec for spec in MATCHING.collections}
        for model in MATCHING.compose(runtime).read_models:
            before = [document async for document in running.store.collection(model.collection).find({})]
            async for _ in rebuild(running.store, settings, clock, model, specs[model.collection], "an operator"):
                pass
            assert [document async for document in running.store.collection(model.collection).find({})] == before
        await publish(settings, [rooms.profile(profile_state("b"))])
        await eventually(lambda: recommended(2))


@pytest.mark.parametrize("service", [NOTIFICATIONS, MATCHING, PROFILES], ids=["notifications", "matching", "profiles"])
def test_every_read_model_is_a_collection_of_its_service_and_has_the_command(service: Any, stack: Stack) -> None:
    runtime = service.runtime(stack.settings(service))
    names = {model.collection for model in service.compose(runtime).read_models}
    assert names
    assert names <= {spec.name for spec in service.collections}
    known = {command.name or command.callback.__name__ for command in make_cli(service).registered_commands}
    assert "rebuild" in known
