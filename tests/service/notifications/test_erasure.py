"""Erasure wins over any sequence, what is older does not come back, and each effect carries its own event's correlation."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.notifications.commands.forgetting import forget_again
from shared.clock import HandClock
from shared.ids import new_id
from shared.kafka.envelope import Event
from tests.service.notifications.builders import application, contact, erased, offer, recommended, taken_back
from tests.service.notifications.conftest import Rooms, rooms_of
from tests.support import Stack


@pytest.mark.parametrize("sequence", [0, 3, 900_000])
async def test_a_contact_is_erased_whatever_the_sequence(rooms: Rooms, sequence: int) -> None:
    await rooms.hear(contact(sequence=900_000))
    await rooms.hear(erased(sequence=sequence))
    (marker,) = await rooms.rows("contacts")
    assert "email" not in marker
    assert marker["version"] == 900_000
    await rooms.hear(contact(sequence=900_000), contact(sequence=5))
    (marker,) = await rooms.rows("contacts")
    assert "email" not in marker


def _gone(state: Event[Any], sequence: int) -> Event[Any]:
    return replace(state, id=f"erasure-{sequence}", data=None, sequence=sequence)


@pytest.mark.parametrize("sequence", [0, 3, 7])
async def test_offers_and_applications_do_not_come_back_after_their_erasure(rooms: Rooms, sequence: int) -> None:
    states = [offer(sequence=7), application("interview", sequence=7)]
    await rooms.hear(*states)
    await rooms.hear(*(_gone(state, sequence) for state in states))
    await rooms.hear(*states, offer(sequence=2), application("seen", sequence=2))
    for collection in ("offers", "applications"):
        (row,) = await rooms.rows(collection)
        assert set(row) == {"_id", "version", "erased_at"}
        assert row["version"] == 7


async def test_a_redelivered_erasure_leaves_what_came_after_it(rooms: Rooms) -> None:
    gone = _gone(offer(), 8)
    await rooms.hear(offer(sequence=7), gone)
    await rooms.hear(offer(sequence=9))
    await rooms.hear(replace(gone, repeated=True))
    (row,) = await rooms.rows("offers")
    assert row["version"] == 9
    assert row["title"] == "Aide à domicile"


async def test_contact_points_that_were_left_anew_stay_when_their_end_is_delivered_again(rooms: Rooms) -> None:
    gone = taken_back("counsellor-1", sequence=2)
    left = {"kind": "user", "owner_id": "counsellor-1", "counsellor_ids": (), "staff": True}
    await rooms.hear(contact("counsellor-1", **left), gone)
    await rooms.hear(contact("counsellor-1", sequence=3, email="anew@example.org", **left))
    await rooms.hear(replace(gone, repeated=True))
    (row,) = await rooms.rows("contacts", subject_id="counsellor-1")
    assert (row["version"], row["email"]) == (3, "anew@example.org")


async def test_deliveries_of_a_batch_carry_each_its_own_correlation(stack: Stack, clock: HandClock) -> None:
    async with rooms_of(stack, clock, inbox_deliveries=True) as rooms:
        await rooms.hear(contact(), offer())
        events = [recommended(f"rec-{number}") for number in range(3)]
        events[1] = replace(events[1], correlation_id="request-of-one")
        await rooms.hear(*events)
        boxed = {row["_id"]: row["items"][0]["ref"] for row in await rooms.rows("notifications", channel="inbox")}
        traced = {boxed[row["key"]]: row["correlation_id"] for row in await rooms.rows("outbox") if row["key"] in boxed}
    assert traced == {event.subject: event.correlation for event in events}


@pytest.mark.parametrize("again", [False, True], ids=["at once", "swept"])
async def test_nothing_stays_that_speaks_of_who_was_erased_whoever_it_is_for(rooms: Rooms, again: bool) -> None:
    """Also what an effect wrote that had read the contact just before."""
    store = rooms.store
    if again:
        await rooms.hear(erased())
    speaks: dict[str, dict[str, Any]] = {
        f"{whose} {name}": {name: f"{whose}-1"}
        for whose in ("profile", "other")
        for name in ("subject_id", "box", "about", "concerns")
    }
    await store.collection("notifications").insert_many([{"_id": id, **row} for id, row in speaks.items()])
    await store.collection("waiting").insert_many([{"_id": id, "matter": row} for id, row in speaks.items()])
    for whose in ("profile-1", "other-1"):
        await store.collection("preferences").insert_one({"_id": whose})
        await store.collection("applications").insert_one({"_id": f"of {whose}", "profile_id": whose})
    if again:
        await forget_again(store, new_id, rooms.clock.now() - timedelta(hours=1))
    else:
        await rooms.hear(erased())
    left = {name: {row["_id"] for row in await rooms.rows(name)} for name in ("notifications", "waiting")}
    others = {id for id in speaks if id.startswith("other")}
    # What waits has no box yet.
    assert left == {"notifications": others, "waiting": others | {"profile box"}}
    assert [row["_id"] for row in await rooms.rows("preferences")] == ["other-1"]
    assert [row["_id"] for row in await rooms.rows("applications")] == ["of other-1"]
