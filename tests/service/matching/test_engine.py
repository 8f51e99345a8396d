"""The engine on a real database: what is stored and told is the stable allocation, whatever happened before."""

import asyncio
import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from deploy.demo.world import World
from services.matching.engine.facts_stored import profile_from
from services.matching.engine.stored import unpack
from services.matching.engine.stream import follow
from services.matching.store import recommendation_id
from shared.contracts.events.profiles import OccupationWish
from shared.contracts.vocabulary import ApplicationStatus, ContractKind, OfferStatus
from shared.kafka.envelope import Event
from shared.kafka.errors import Permanent
from shared.kafka.sequences import on_wire
from shared.rights.erasing import ERASURE_REPORTED
from tests.service.matching.rooms import (
    Rooms,
    application_state,
    offer_state,
    profile_state,
)
from tests.support import eventually


async def statuses(rooms: Rooms) -> dict[tuple[str, str], str]:
    return {(row["profile_id"], row["offer_id"]): row["status"] for row in await rooms.rows("recommendations")}


async def assert_settled(rooms: Rooms) -> None:
    assert await rooms.live() == await rooms.expected()
    places = {(profile_id, row["_id"]) for row in await rooms.rows("places") for profile_id, _ in row["admitted"]}
    assert places == await rooms.live()
    live = await rooms.rows("recommendations", {"status": {"$in": ["created", "seen"]}})
    assert await rooms.told() == {row["_id"] for row in live}


def a_life_of_changes(rooms: Rooms, seed: int) -> list[Event[Any]]:
    """A département's offers and people, then changes, erasures, closings and applications in a random order."""
    world = World.build("23", offers=40, profiles=160, seed=seed, now=rooms.clock.now())
    order = random.Random(seed)
    profiles, offers = list(world.profiles()), list(world.offers())
    events = [rooms.offer(offer) for offer in offers] + [rooms.profile(profile) for profile in profiles]
    order.shuffle(events)
    for profile in order.sample(profiles, 60):
        events.append(rooms.profile(profile.model_copy(update={"point": order.choice(profiles).point})))
    for profile in order.sample(profiles, 10):
        events.append(rooms.profile(profile.model_copy(update={"active": False})))
    for profile in order.sample(profiles, 5):
        events.append(rooms.profile(None, profile.profile_id))
    for offer in order.sample(offers, 8):
        events.append(rooms.offer(offer.model_copy(update={"status": OfferStatus.FILLED, "positions_open": 0})))
    for offer in order.sample(offers, 8):
        events.append(rooms.offer(offer.model_copy(update={"positions_total": 3, "positions_open": 3})))
    for profile, offer in zip(order.sample(profiles, 30), order.choices(offers, k=30), strict=True):
        events.append(rooms.application(application_state(profile.profile_id, offer.offer_id, rooms.clock)))
    return events


async def hear_all(rooms: Rooms, events: list[Event[Any]], size: int = 40) -> None:
    for at in range(0, len(events), size):
        await rooms.hear(*events[at : at + size])


async def test_what_is_stored_is_the_stable_allocation(rooms: Rooms) -> None:
    await rooms.start()
    await hear_all(rooms, a_life_of_changes(rooms, 1))
    await assert_settled(rooms)
    assert len(await rooms.live()) > 40


@pytest.mark.parametrize("workers", [2, 3])
async def test_the_result_does_not_depend_on_the_number_of_workers(rooms: Rooms, workers: int) -> None:
    await rooms.start(workers)
    await hear_all(rooms, a_life_of_changes(rooms, 1))
    expected = await rooms.expected()

    async def same() -> bool:
        return await rooms.live() == expected

    await eventually(same, 60)
    await assert_settled(rooms)


async def test_partitions_that_move_to_another_worker_lose_and_double_nothing(rooms: Rooms) -> None:
    await rooms.start(2)
    events = a_life_of_changes(rooms, 2)
    await hear_all(rooms, events[:150])
    first, second = rooms.engines
    first.assign([0])
    second.assign([1, 2, 3, 4, 5])
    await first.look()
    await second.look()

    rooms.shares = lambda partition: 0 if partition == 0 else 1
    await hear_all(rooms, events[150:])
    expected = await rooms.expected()

    async def same() -> bool:
        return await rooms.live() == expected

    await eventually(same, 60)
    await assert_settled(rooms)


async def test_a_new_offers_recommendation_that_somebody_made_meanwhile_is_gone_on_with(rooms: Rooms) -> None:
    await rooms.start(following=False)
    offer, person = offer_state("one", rooms.clock), profile_state("a")
    await rooms.hear(rooms.profile(person))
    pair = {"profile_id": person.profile_id, "offer_id": offer.offer_id}
    id = recommendation_id(person.profile_id, offer.offer_id)
    ended = {"version": 4, "status": "withdrawn", "seen_at": None, "told_score": None, "created_at": rooms.clock.now()}
    await rooms.store.collection("recommendations").insert_one({"_id": id, **pair, **ended})
    await rooms.hear(rooms.offer(offer))
    ((made, version, status),) = [
        (row["_id"], row["version"], row["status"]) for row in await rooms.rows("recommendations")
    ]
    assert (made, version, status) == (id, 5, "created")
    await assert_settled(rooms)


async def test_what_the_stream_brings_back_to_its_worker_settles_nothing_but_a_shard_that_was_given(
    rooms: Rooms,
) -> None:
    await rooms.start(2, following=False)
    first, second = rooms.engines
    await first.look()
    second.assign([])
    person = profile_state("a")
    first.assign(range(6))
    rooms.shares = lambda partition: 0
    await rooms.hear(rooms.profile(person), rooms.offer(offer_state("one", rooms.clock)))
    ((offer),) = await rooms.rows("offers")
    waiting = first.pause()
    await first.take([("offers", offer)])
    assert first.pause() < waiting  # nothing was heard

    # The other worker is given everybody, while a second offer that nobody has settled with is stored already.
    later = offer_state("two", rooms.clock)
    first.assign([])
    await first.look()
    await rooms.hear(rooms.offer(later))
    second.assign(range(6))
    documents = [("offers", row) for row in await rooms.rows("offers")]
    await second.take(documents)
    await second.take(documents)
    await assert_settled(rooms)
    assert len(await rooms.live()) == 2


async def test_a_worker_that_comes_back_finds_what_it_left(rooms: Rooms) -> None:
    await rooms.start()
    events = a_life_of_changes(rooms, 3)
    await hear_all(rooms, events[:170])
    await rooms.stop()
    await rooms.start()
    await hear_all(rooms, events[170:])
    await assert_settled(rooms)


async def test_what_comes_after_a_restore_is_taken_like_anything_before(rooms: Rooms) -> None:
    """A new epoch's sequences are long: every profile was a dead letter, so nobody's changes reached matching."""
    await rooms.start()
    events = a_life_of_changes(rooms, 3)
    await hear_all(rooms, events[:170])
    await hear_all(rooms, [replace(one, sequence=on_wire(1, one.sequence)) for one in events[:240]])
    await rooms.stop()
    await rooms.start()
    await hear_all(rooms, [replace(one, sequence=on_wire(1, one.sequence)) for one in events[200:]])
    await assert_settled(rooms)
    assert {one["version"] >> 44 for one in await rooms.rows("profiles", {"facts": {"$exists": True}})} == {1}


async def test_a_worker_whose_stream_broke_learns_what_it_missed(rooms: Rooms) -> None:
    await rooms.start()
    offer, person = offer_state("one", rooms.clock), profile_state("a")
    await rooms.hear(rooms.offer(offer), rooms.profile(person))
    assert len(await rooms.live()) == 1
    (engine,) = rooms.engines
    await rooms.stop()
    dismissed = {"profile_id": person.profile_id, "offer_id": offer.offer_id, "kind": "dismissed"}
    await rooms.store.collection("overrides").insert_one({"_id": "one", **dismissed})
    follower = asyncio.create_task(follow(engine))

    async def gone() -> bool:
        return not await rooms.live()

    await eventually(gone)
    follower.cancel()
    await asyncio.gather(follower, return_exceptions=True)


async def test_who_accompanies_somebody_is_written_beside_the_facts(rooms: Rooms) -> None:
    await rooms.start()
    person = profile_state("a", counsellor_ids=("one",))
    await rooms.hear(rooms.offer(offer_state("one", rooms.clock)), rooms.profile(person))
    (before,) = await rooms.rows("profiles")
    told = await rooms.rows("outbox")
    await rooms.hear(rooms.profile(person.model_copy(update={"counsellor_ids": ("two",)})))
    (after,) = await rooms.rows("profiles")
    assert after == before | {"version": 2, "counsellor_ids": ["two"]}
    assert await rooms.rows("outbox") == told

    await rooms.stop()
    await rooms.start()
    (engine,) = rooms.engines
    assert engine.memory.profile_version(person.profile_id) == 2
    moved = person.model_copy(update={"active": False})
    rooms.versions[person.profile_id] = 1
    await rooms.hear(rooms.profile(moved))
    assert await rooms.rows("profiles") == [after]


async def test_what_another_worker_stored_meanwhile_does_not_stay_beside_a_part(rooms: Rooms) -> None:
    await rooms.start(2)
    slow, quick = rooms.engines
    for engine in rooms.engines:
        engine.assign(range(6))
    rooms.shares = lambda partition: 0
    person = profile_state("a", counsellor_ids=("one",))
    await rooms.hear(rooms.offer(offer_state("one", rooms.clock)), rooms.profile(person))
    await quick.look()
    rooms.shares = lambda partition: 1
    await rooms.hear(rooms.profile(person.model_copy(update={"active": False})))

    # To the first worker, which has not heard that they left, only the counsellor is another.
    rooms.shares = lambda partition: 0
    await rooms.hear(rooms.profile(person.model_copy(update={"counsellor_ids": ("two",)})))
    (stored,) = await rooms.rows("profiles")
    assert (stored["version"], stored["counsellor_ids"], stored["active"]) == (3, ["two"], True)
    assert profile_from(stored["facts"]).active
    assert unpack([stored["packed"]])["bits"][0] & 1 == 0
    assert slow.memory.profile_version(person.profile_id) == 3


async def test_redelivered_and_older_events_change_nothing(rooms: Rooms) -> None:
    await rooms.start()
    events = a_life_of_changes(rooms, 4)
    await hear_all(rooms, events)

    async def told() -> int:
        # An erasure that comes again is proved again: the report of before may never have been written.
        return len([row for row in await rooms.rows("outbox") if row["type"] != ERASURE_REPORTED])

    before, told_before = await rooms.live(), await told()
    random.Random(4).shuffle(events)
    await hear_all(rooms, events)
    assert await rooms.live() == before
    assert await told() == told_before


async def test_an_application_ends_the_recommendation_and_takes_a_place_of_the_exposure(rooms: Rooms) -> None:
    await rooms.start()
    offer = offer_state("one", rooms.clock)
    people = [profile_state(f"p{n:02d}") for n in range(22)]
    await rooms.hear(rooms.offer(offer), *(rooms.profile(one) for one in people))
    assert len(await rooms.live()) == 20
    applicant = next(iter(sorted(await rooms.live())))[0]
    await rooms.hear(rooms.application(application_state(applicant, offer.offer_id, rooms.clock)))
    assert (await statuses(rooms))[applicant, offer.offer_id] == "applied"
    # Twenty places, one of them taken up by the application.
    assert len(await rooms.live()) == 19
    await assert_settled(rooms)
    closed = application_state(applicant, offer.offer_id, rooms.clock, status=ApplicationStatus.REFUSED)
    await rooms.hear(rooms.application(closed))
    assert len(await rooms.live()) == 20
    assert (applicant, offer.offer_id) not in await rooms.live()
    await assert_settled(rooms)


async def test_an_offer_that_closes_is_withdrawn_from_everybody_and_says_why(rooms: Rooms) -> None:
    await rooms.start()
    offer = offer_state("one", rooms.clock)
    await rooms.hear(rooms.offer(offer), rooms.profile(profile_state("a")), rooms.profile(profile_state("b")))
    await rooms.hear(rooms.offer(offer.model_copy(update={"status": OfferStatus.CLOSED})))
    found = await rooms.rows("recommendations")
    assert [(row["status"], row["withdrawn_because"]) for row in found] == [("withdrawn", "offer_closed")] * 2
    assert await rooms.told() == set()


async def test_a_constraint_that_fails_after_a_change_withdraws(rooms: Rooms) -> None:
    await rooms.start()
    person = profile_state("a")
    await rooms.hear(rooms.offer(offer_state("one", rooms.clock)), rooms.profile(person))
    await rooms.hear(rooms.profile(person.model_copy(update={"contract_kinds": (ContractKind.CDD,)})))
    assert [(row["status"], row["withdrawn_because"]) for row in await rooms.rows("recommendations")] == [
        ("withdrawn", "constraint")
    ]
    await rooms.hear(rooms.profile(person))
    created = [row for row in await rooms.rows("outbox") if row["type"] == "recommendation-created.v1"]
    assert [b'"material":true' in row["data"] for row in created] == [True, False]
    await assert_settled(rooms)


async def test_somebody_erased_leaves_no_trace(rooms: Rooms) -> None:
    await rooms.start()
    offer, person = offer_state("one", rooms.clock), profile_state("a")
    await rooms.hear(rooms.offer(offer), rooms.profile(person))
    await rooms.hear(rooms.application(application_state(person.profile_id, offer.offer_id, rooms.clock)))
    await rooms.hear(rooms.profile(None, person.profile_id))
    for collection in ("recommendations", "overrides"):
        assert await rooms.rows(collection) == []
    assert all("profile_id" not in row for row in await rooms.rows("applications"))
    assert [set(row) for row in await rooms.rows("profiles")] == [{"_id", "version", "partition", "active"}]
    await rooms.hear(replace(rooms.profile(person), sequence=1))
    assert [set(row) for row in await rooms.rows("profiles")] == [{"_id", "version", "partition", "active"}]


async def test_time_closes_offers_widens_their_exposure_and_ages_them(rooms: Rooms) -> None:
    await rooms.start()
    shown = offer_state("shown", rooms.clock)
    closing = offer_state("closing", rooms.clock, apply_by=rooms.clock.now().date() + timedelta(days=2))
    people = [profile_state(f"p{n:02d}") for n in range(35)]
    await rooms.hear(rooms.offer(shown), rooms.offer(closing), *(rooms.profile(one) for one in people))
    assert len(await rooms.live()) == 40
    rooms.clock.advance(timedelta(days=8))
    await rooms.engines[0].look()
    assert {offer for _, offer in await rooms.live()} == {shown.offer_id}
    # Nobody applied for a week: one step more, half as many people again.
    assert len(await rooms.live()) == 30
    await assert_settled(rooms)


async def test_a_profile_without_a_place_is_recommended_offers_of_its_territory_and_told_so(rooms: Rooms) -> None:
    await rooms.start()
    here, there = offer_state("here", rooms.clock), offer_state("there", rooms.clock, territory="87")
    await rooms.hear(rooms.offer(here), rooms.offer(there), rooms.profile(profile_state("a", point=None)))
    (found,) = await rooms.rows("recommendations")
    assert found["offer_id"] == here.offer_id
    assert {"code": "distance_unknown", "whose": "person"} in found["reasons"]


async def test_an_event_that_contradicts_itself_is_refused_for_good(rooms: Rooms) -> None:
    await rooms.start()
    wrong = rooms.offer(offer_state("one", rooms.clock, positions_open=3, positions_total=1))
    with pytest.raises(Permanent, match="contradiction"):
        await rooms.hear(wrong)


async def test_an_occupation_that_nobody_knows_matches_itself_only(rooms: Rooms) -> None:
    await rooms.start()
    odd = offer_state("odd", rooms.clock, occupation_code="N9999")
    usual = offer_state("usual", rooms.clock)
    await rooms.hear(
        rooms.offer(odd),
        rooms.offer(usual),
        rooms.profile(profile_state("a", occupations=(OccupationWish(code="N9999"),))),
    )
    assert {offer for _, offer in await rooms.live()} == {odd.offer_id}
    assert rooms.engines[0].memory.unknown_occupations == {"N9999"}


async def test_a_burst_tells_nothing_that_does_not_stay(rooms: Rooms) -> None:
    rooms.settings = rooms.settings.model_copy(update={"settle_within_seconds": 60.0, "calm_seconds": 10.0})
    await rooms.start(following=False)
    world = World.build("23", offers=80, profiles=400, seed=7, now=rooms.clock.now())
    events = [rooms.offer(offer) for offer in world.offers()] + [rooms.profile(one) for one in world.profiles()]
    random.Random(7).shuffle(events)
    for at in range(0, len(events), 100):
        await rooms.hear(*events[at : at + 100], settle=False)
    assert len(await rooms.rows("profiles")) == 400, "what was heard is stored before it is settled"
    (engine,) = rooms.engines
    assert engine.unsettled.is_set()
    assert engine.pause() > 0
    await engine.settle()
    assert not engine.unsettled.is_set()
    live = await rooms.live()
    assert len(live) > 300
    told = [row for row in await rooms.rows("outbox") if row["type"].startswith("recommendation-")]
    assert len(told) <= 1.3 * len(live)
    await assert_settled(rooms)


async def test_a_burst_that_a_crash_cuts_short_is_settled_by_the_next_start(rooms: Rooms) -> None:
    rooms.settings = rooms.settings.model_copy(update={"settle_within_seconds": 60.0, "calm_seconds": 10.0})
    await rooms.start(following=False)
    events = a_life_of_changes(rooms, 5)
    for at in range(0, len(events), 40):
        await rooms.hear(*events[at : at + 40], settle=False)
    # The worker dies with everything heard and nothing settled but its first batch.
    await rooms.stop()
    await rooms.start()
    await rooms.engines[0].settle()
    await assert_settled(rooms)


async def test_a_new_counsellor_writes_no_recommendation_and_tells_nothing(rooms: Rooms) -> None:
    await rooms.start()
    person = profile_state("a")
    await rooms.hear(rooms.offer(offer_state("one", rooms.clock)), rooms.profile(person))
    before, told, places = [await rooms.rows(name) for name in ("recommendations", "outbox", "places")]
    assert before
    await rooms.hear(rooms.profile(person.model_copy(update={"counsellor_ids": ("counsellor-2",)})))
    assert [await rooms.rows(name) for name in ("recommendations", "outbox", "places")] == [before, told, places]
    (stored,) = await rooms.rows("profiles")
    assert stored["counsellor_ids"] == ["counsellor-2"]
