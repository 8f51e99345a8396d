"""One import is a handful of items for anybody, however many offers it brings."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from services.notifications.domain.notification import MOST_ITEMS, Item
from services.notifications.store import put_groups, stored_groups
from shared.clock import HandClock
from shared.errors import VersionConflict
from shared.store import Work
from tests.bench.watching import told_by
from tests.service.notifications.builders import contact, offer, recommended, withdrawn
from tests.service.notifications.conftest import Rooms
from tests.support import Running, Stack

MANY = 81


@pytest.fixture
async def api(stack: Stack, clock: HandClock, rooms: Rooms) -> AsyncIterator[Running]:
    async with stack.running("notifications", clock=clock) as running:
        yield running


async def arrive(rooms: Rooms, numbers: range) -> None:
    await rooms.hear(*(offer(f"offer-{n}", title=f"Poste {n}") for n in numbers))
    for at in range(numbers.start, numbers.stop, 20):  # as a consumer drains them
        batch = range(at, min(at + 20, numbers.stop))
        await rooms.hear(*(recommended(f"rec-{n}", offer_id=f"offer-{n}") for n in batch))


async def test_an_import_is_a_handful_of_items_with_every_offer_in_them(
    api: Running, stack: Stack, rooms: Rooms
) -> None:
    await rooms.hear(contact(channels=("inbox", "counsellor")))
    await arrive(rooms, range(MANY))
    for who in (stack.token("seeker", subject="user-1"), stack.token("counsellor", subject="counsellor-1")):
        page = (await api.client.get("/v1/inbox?limit=100", headers=who)).json()
        assert (len(page["items"]), page["unread"]) == (6, 6)
        group = page["items"][0]
        assert len(group["offers"]) == MANY - 5
        told = {one["recommendation_id"] for one in group["offers"]}
        told |= {item["recommendation_id"] for item in page["items"][1:]}
        assert told == {f"rec-{n}" for n in range(MANY)}
        assert group["title"].endswith("76 nouvelles offres pour vous")
        assert group["text"].count("\n") == 10
        assert group["text"].endswith("… et 66 autres")
        # Whom to tell is said once, above the list.
        assert "À dire à" not in group["text"] + "".join(one["title"] for one in group["offers"])
    counsellor = (await api.client.get("/v1/inbox", headers=stack.token("counsellor", subject="counsellor-1"))).json()
    assert counsellor["items"][0]["title"].startswith("À dire à Nadia : 76 nouvelles offres")


async def test_a_counsellor_of_many_has_one_item_a_person_beyond_the_handful(rooms: Rooms) -> None:
    people = [f"profile-{n}" for n in range(9)]
    await rooms.hear(*(contact(person, owner_id=None, channels=("counsellor",)) for person in people))
    await rooms.hear(*(offer(f"offer-{n}") for n in range(4)))
    for n in range(4):
        of_each = (recommended(f"rec-{n}-{one}", offer_id=f"offer-{n}", profile_id=one) for one in people)
        await rooms.hear(*of_each)
    rows = await rooms.rows("notifications", box="counsellor-1")
    assert [row["grouped"] for row in rows].count(False) == 5
    assert sorted(row["subject_id"] for row in rows if row["grouped"]) == people
    assert sum(len(row["items"]) for row in rows) == 36


async def test_withdrawn_offers_leave_the_group(api: Running, stack: Stack, rooms: Rooms) -> None:
    await rooms.hear(contact())
    await arrive(rooms, range(8))
    who = stack.token("seeker", subject="user-1")
    await rooms.hear(withdrawn("rec-6", offer_id="offer-6"), recommended("rec-8", offer_id="offer-0", sequence=1))
    group = (await api.client.get("/v1/inbox", headers=who)).json()["items"][0]
    assert [one["recommendation_id"] for one in group["offers"]] == ["rec-5", "rec-7", "rec-8"]
    await rooms.hear(*(withdrawn(f"rec-{n}", offer_id=f"offer-{n}") for n in (5, 7, 8)))
    page = (await api.client.get("/v1/inbox", headers=who)).json()
    assert (page["items"][0]["current"], page["items"][0]["offers"], page["unread"]) == (False, [], 5)


async def test_what_comes_after_the_group_was_read_is_a_group_of_its_own(
    api: Running, stack: Stack, rooms: Rooms
) -> None:
    await rooms.hear(contact())
    await arrive(rooms, range(7))
    who = stack.token("seeker", subject="user-1")
    group = (await api.client.get("/v1/inbox", headers=who)).json()["items"][0]
    assert (await api.client.post(f"/v1/inbox/{group['id']}/read", headers=who)).json()["read"]
    await arrive(rooms, range(7, 9))
    items = (await api.client.get("/v1/inbox", headers=who)).json()["items"]
    assert [len(item["offers"]) for item in items[:2]] == [2, 2]
    assert [item["read"] for item in items[:2]] == [False, True]


async def test_another_day_has_a_handful_of_its_own(rooms: Rooms) -> None:
    await rooms.hear(contact())
    await arrive(rooms, range(7))
    rooms.clock.advance(timedelta(hours=2))
    await arrive(rooms, range(7, 10))
    rows = await rooms.rows("notifications", box="profile-1")
    assert [row["grouped"] for row in rows].count(False) == 8


async def test_the_same_recommendations_again_add_nothing_to_the_group(rooms: Rooms) -> None:
    await rooms.hear(contact())
    await rooms.hear(*(offer(f"offer-{n}") for n in range(8)))
    events = [recommended(f"rec-{n}", offer_id=f"offer-{n}") for n in range(8)]
    await rooms.hear(*events)
    await rooms.hear(*events)
    [group] = [row for row in await rooms.rows("notifications", box="profile-1") if row["grouped"]]
    assert len(group["items"]) == 3


async def a_group(rooms: Rooms) -> dict[str, Any]:
    [group] = [row for row in await rooms.rows("notifications", box="profile-1") if row["grouped"]]
    return group


async def test_a_group_that_grows_is_neither_read_nor_written_as_a_whole(rooms: Rooms) -> None:
    """It grows by each offer of a day: written as a whole it would cost as much as all that it has."""
    await rooms.hear(contact())
    await arrive(rooms, range(7))
    group = await a_group(rooms)
    marked = {"$set": {"items.0.title": "Écrit par un autre", "left_alone": True}}
    await rooms.store.collection("notifications").update_one({"_id": group["_id"]}, marked)
    await arrive(rooms, range(7, 9))
    grown = await a_group(rooms)
    assert (grown["_id"], grown["version"]) == (group["_id"], group["version"] + 1)
    assert [one["ref"] for one in grown["items"]] == ["rec-5", "rec-6", "rec-7", "rec-8"]
    assert (grown["items"][0]["title"], grown["left_alone"]) == ("Écrit par un autre", True)


async def test_an_offer_leaves_its_group_without_what_else_is_in_it_being_read(rooms: Rooms) -> None:
    await rooms.hear(contact())
    await arrive(rooms, range(8))
    group = await a_group(rooms)
    unreadable = {"ref": "rec-5", "title": {"of": "a release to come"}}
    changed = {"$set": {"items.0": unreadable}}
    await rooms.store.collection("notifications").update_one({"_id": group["_id"]}, changed)
    await rooms.hear(withdrawn("rec-6", offer_id="offer-6"))
    left = await a_group(rooms)
    assert (left["_id"], left["version"], left["current"]) == (group["_id"], group["version"] + 1, True)
    assert left["items"] == [unreadable, group["items"][2]]


async def test_one_batch_takes_offers_out_of_a_group_and_adds_others(rooms: Rooms) -> None:
    await rooms.hear(contact(), *(offer(f"offer-{n}") for n in range(8, 10)))
    await arrive(rooms, range(8))
    group = await a_group(rooms)
    earlier = rooms.clock.now() - timedelta(minutes=1)
    new = (recommended(f"rec-{n}", offer_id=f"offer-{n}", caused_by=f"cause-{n}", caused_at=earlier) for n in (8, 9))
    gone = (withdrawn(f"rec-{n}", offer_id=f"offer-{n}") for n in (5, 7))
    async with rooms.store.watch([], collection="notifications") as batches:
        await rooms.hear(*gone, *new)
        change: dict[str, Any] = {}
        while not change:
            change = next((one for one in await anext(batches) if one["documentKey"]["_id"] == group["_id"]), {})
    assert {"offer-8", "offer-9"} <= set(told_by(change["updateDescription"]["updatedFields"]))
    changed = await a_group(rooms)
    assert (changed["_id"], changed["version"]) == (group["_id"], group["version"] + 1)
    assert [one["ref"] for one in changed["items"]] == ["rec-6", "rec-8", "rec-9"]
    assert (changed["caused_by"], changed["caused_at"]) == ("cause-8", earlier)


async def test_a_group_that_loses_all_is_over_and_the_next_offer_begins_another(rooms: Rooms) -> None:
    await rooms.hear(contact(), offer("offer-7"))
    await arrive(rooms, range(7))
    group = await a_group(rooms)
    gone = (withdrawn(f"rec-{n}", offer_id=f"offer-{n}") for n in (5, 6))
    await rooms.hear(*gone, recommended("rec-7", offer_id="offer-7"))
    rows = {row["_id"]: row for row in await rooms.rows("notifications", box="profile-1") if row["grouped"]}
    over = rows.pop(group["_id"])
    assert (over["items"], over["current"]) == ([], False)
    [begun] = rows.values()
    assert ([one["ref"] for one in begun["items"]], begun["current"]) == (["rec-7"], True)


async def test_a_full_group_that_loses_an_offer_takes_another(rooms: Rooms) -> None:
    await rooms.hear(contact(), offer("offer-7"))
    await arrive(rooms, range(7))
    group = await a_group(rooms)
    full = group["items"] + [{"title": "x", "text": "", "ref": "y"}] * (MOST_ITEMS - len(group["items"]))
    await rooms.store.collection("notifications").update_one({"_id": group["_id"]}, {"$set": {"items": full}})
    await rooms.hear(withdrawn("rec-5", offer_id="offer-5"), recommended("rec-7", offer_id="offer-7"))
    changed = await a_group(rooms)
    assert (len(changed["items"]), changed["items"][-1]["ref"]) == (MOST_ITEMS, "rec-7")


async def test_a_group_that_changed_meanwhile_takes_nothing(rooms: Rooms) -> None:
    await rooms.hear(contact())
    await arrive(rooms, range(7))
    group = await a_group(rooms)
    [read] = stored_groups([{**group, "size": 2}])
    read.added.append(Item(title="Poste 7", text="", ref="rec-7"))
    await rooms.store.collection("notifications").update_one({"_id": group["_id"]}, {"$inc": {"version": 1}})
    work = Work()
    put_groups(work, [read], rooms.clock.now())
    with pytest.raises(VersionConflict):
        await rooms.store.commit(work)
    assert len((await a_group(rooms))["items"]) == 2


@pytest.mark.parametrize("change", [{"_schema": 99}, {"items": [{"title": "x", "text": "", "ref": "y"}] * MOST_ITEMS}])
async def test_a_group_of_another_shape_or_a_full_one_is_left_for_a_new_one(
    rooms: Rooms, change: dict[str, Any]
) -> None:
    await rooms.hear(contact())
    await arrive(rooms, range(7))
    group = await a_group(rooms)
    await rooms.store.collection("notifications").update_one({"_id": group["_id"]}, {"$set": change})
    await arrive(rooms, range(7, 8))
    rows = [row for row in await rooms.rows("notifications", box="profile-1") if row["grouped"]]
    [new] = [row for row in rows if row["_id"] != group["_id"]]
    assert [one["ref"] for one in new["items"]] == ["rec-7"]
