"""A database restored from an older copy is brought back into step: its events win, what it lost and who was erased stay so."""

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from services.profiles.app import compose
from shared.contracts.topics import CONTACTS, OFFERS, PROFILES
from shared.kafka.envelope import Event
from shared.kafka.epoch import Restored, restore_step
from shared.kafka.heard import Heard
from shared.kafka.sequences import on_wire
from tests.contract.test_delivery import headers_of, reading
from tests.service.profiles.builders import a_body
from tests.service.shared.sample import make_service
from tests.support import Running, Stack, eventually

COUNSELLOR = "counsellor-1"
_CHANGES = itertools.count()


@asynccontextmanager
async def both(stack: Stack) -> AsyncIterator[tuple[Running, Running]]:
    async with stack.running("profiles", worker=True) as profiles, stack.running("offers", worker=True) as offers:
        yield profiles, offers


async def copy_of(running: Running) -> dict[str, list[dict[str, Any]]]:
    database = running.store.database
    return {name: await database[name].find({}).to_list(None) for name in await database.list_collection_names()}


async def restore(running: Running, copy: dict[str, list[dict[str, Any]]]) -> None:
    """As an operator would: every collection as it was, the mechanisms' own included."""
    for name in await running.store.database.list_collection_names():
        if name == "leases":
            continue  # the running relay's, renewed while we are here
        await running.store.collection(name).delete_many({})
        if copy.get(name):
            await running.store.collection(name).insert_many(copy[name])


async def registered(running: Running, who: dict[str, str], **changes: Any) -> str:
    answer = await running.client.post("/v1/profiles", json=a_body(**changes), headers=who)
    assert answer.status_code == 201
    return str(answer.json()["id"])


async def changed(running: Running, id: str, who: dict[str, str], times: int) -> None:
    for _ in range(times):
        vehicle = next(_CHANGES) % 2 == 0
        answer = await running.client.patch(
            f"/v1/profiles/{id}", json={"vehicle": vehicle}, headers=who | {"If-Match": "*"}
        )
        assert answer.status_code == 200


async def person(offers: Running, id: str) -> Any:
    return await offers.store.collection("people").find_one({"_id": id})


async def at(offers: Running, id: str, sequence: int) -> bool:
    found = await person(offers, id)
    return found is not None and found["sequence"] == sequence


async def is_erased(offers: Running, id: str) -> bool:
    return bool((await person(offers, id) or {}).get("erased"))


async def bring_into_step(profiles: Running, stack: Stack) -> Restored:
    done = Restored()
    settings = stack.settings(profiles.service)
    sources = compose(profiles.runtime).resync
    async for _ in restore_step(profiles.runtime.store, settings, sources, done):
        pass
    return done


async def test_a_restored_older_database_wins_again_with_a_new_epoch(stack: Stack) -> None:
    who = stack.token("counsellor", subject=COUNSELLOR)
    async with both(stack) as (profiles, offers):
        kept = await registered(profiles, who)
        erased = await registered(profiles, who, email="b@example.org")
        await eventually(lambda: at(offers, erased, 1))
        copy = await copy_of(profiles)
        lost = await registered(profiles, who, email="c@example.org")
        await changed(profiles, kept, who, 4)
        assert (await profiles.client.delete(f"/v1/profiles/{erased}", headers=who)).status_code == 204
        await eventually(lambda: at(offers, kept, 5))
        await eventually(lambda: at(offers, lost, 1))
        await eventually(lambda: is_erased(offers, erased))

        await restore(profiles, copy)
        # Versions went back: what is changed now is older than what was heard, until the new epoch.
        await changed(profiles, kept, who, 1)
        async with reading(stack, PROFILES.name) as records:
            await eventually(lambda: [r for r in records if r.key.decode() == kept and r.value][5:])
        assert await at(offers, kept, 5)

        done = await bring_into_step(profiles, stack)
        assert (done.epoch, done.lost, done.erased_since) == (1, 2, [erased])  # lost: a profile and its contact
        await eventually(lambda: at(offers, kept, on_wire(1, 2)))
        await eventually(lambda: is_erased(offers, lost))
        await changed(profiles, kept, who, 1)
        await eventually(lambda: at(offers, kept, on_wire(1, 3)))
        assert await is_erased(offers, erased)
        assert await offers.store.collection("dead_letters").count_documents({}) == 0


async def test_an_invitation_that_is_over_is_not_brought_back_by_an_older_copy(stack: Stack) -> None:
    """Its address was forgotten when it was accepted; there is no erasure to repeat for it, and its link opens nothing."""
    manager = stack.token("manager", subject="paul")
    async with stack.running("profiles", worker=True) as profiles, reading(stack, CONTACTS.name) as records:
        body = {"role": "counsellor", "email": "lea@example.org"}
        made = await profiles.client.post("/v1/staff/23/invitations", json=body, headers=manager)
        link = made.json()["link"]
        path = link[link.index("/v1/") :] + "/acceptance"

        async def published() -> bool:
            return await profiles.store.collection("outbox").count_documents({}) == 0

        await eventually(published)
        copy = await copy_of(profiles)
        lea = stack.token(subject="lea", territories=(), email="lea@example.org")
        assert (await profiles.client.post(path, headers=lea)).status_code == 200
        await eventually(lambda: [record for record in records if not record.value])
        await restore(profiles, copy)
        assert (await bring_into_step(profiles, stack)).erased_since == []
        assert await profiles.store.collection("guests").count_documents({}) == 0
        assert (await profiles.client.post(path, headers=lea)).status_code == 422


async def test_an_epoch_that_was_lost_with_the_database_is_found_on_the_topics(stack: Stack) -> None:
    who = stack.token("counsellor", subject=COUNSELLOR)
    async with both(stack) as (profiles, offers):
        id = await registered(profiles, who)
        await eventually(lambda: at(offers, id, 1))
        copy = await copy_of(profiles)
        await changed(profiles, id, who, 2)
        await bring_into_step(profiles, stack)
        await eventually(lambda: at(offers, id, on_wire(1, 3)))
        await restore(profiles, copy)
        assert (await bring_into_step(profiles, stack)).epoch == 2
        await eventually(lambda: at(offers, id, on_wire(2, 1)))


async def test_nothing_changes_on_the_wire_while_no_database_was_restored(stack: Stack) -> None:
    who = stack.token("counsellor", subject=COUNSELLOR)
    async with stack.running("profiles", worker=True) as profiles, reading(stack, PROFILES.name) as records:
        id = await registered(profiles, who)
        await changed(profiles, id, who, 2)
        await eventually(lambda: len(records) == 3)
        assert [headers_of(record)["ce_sequence"] for record in records] == ["1", "2", "3"]


async def test_of_two_workers_the_one_that_is_behind_takes_no_epoch_back(stack: Stack) -> None:
    async with stack.running(make_service(consume=False)) as running:
        ahead, behind = (Heard(running.store, OFFERS, running.runtime.clock) for _ in range(2))
        at = running.runtime.clock.now()
        for worker, epoch in ((ahead, 3), (behind, 2)):
            event: Event[Any] = Event("e", "t", OFFERS, "o", "o", on_wire(epoch, 1), at, None, None)
            assert worker.is_news(event)
            await worker.note_epoch(event)
        restarted = Heard(running.store, OFFERS, running.runtime.clock)
        await restarted.load()
        assert restarted.epoch == 3
