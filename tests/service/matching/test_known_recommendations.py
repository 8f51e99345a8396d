"""What a worker knows of the recommendations that it stored itself, and what follows of which event."""

from collections.abc import Iterable
from typing import Any

import pytest

from services.matching.engine import effects, memory
from services.matching.store import by_id, recommendation_id
from shared.contracts.vocabulary import OfferStatus
from tests.service.matching.rooms import GUERET, Rooms, offer_state, profile_state
from tests.service.matching.test_engine import assert_settled


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The recommendations that were read before they were changed."""
    found: list[str] = []

    async def noted(store: Any, collection: str, ids: Iterable[str], fields: Any) -> dict[str, dict[str, Any]]:
        found.extend(ids := list(ids))
        return await by_id(store, collection, ids, fields)

    monkeypatch.setattr(effects, "by_id", noted)
    return found


@pytest.fixture
def following(rooms: Rooms) -> list[int | None]:
    """Of each event in its order: that of which recommendation's event it says to come next."""
    found: list[int | None] = []

    def noted(documents: Iterable[Any], after: dict[str, int]) -> None:
        found.extend(after.get(row["_id"]) for document in documents for row in document.get("rows", [document]))

    rooms.store.on_commit.append(noted)
    return found


async def recommended(rooms: Rooms) -> tuple[Any, Any, str]:
    await rooms.start(following=False)
    offer, person = offer_state("one", rooms.clock), profile_state("a")
    await rooms.hear(rooms.profile(person), rooms.offer(offer))
    return offer, person, recommendation_id(person.profile_id, offer.offer_id)


async def closed(rooms: Rooms, offer: Any) -> None:
    await rooms.hear(rooms.offer(offer.model_copy(update={"status": OfferStatus.FILLED, "positions_open": 0})))


async def moves(rooms: Rooms, person: Any, degrees: float) -> None:
    """The farther away, the less an offer is worth."""
    point = GUERET.model_copy(update={"lat": GUERET.lat + degrees})
    await rooms.hear(rooms.profile(person.model_copy(update={"point": point})))


async def test_what_the_worker_stored_itself_is_not_read_to_be_withdrawn(rooms: Rooms, asked: list[str]) -> None:
    offer, _, id = await recommended(rooms)
    await closed(rooms, offer)
    assert asked == []
    [row] = await rooms.rows("recommendations")
    assert (row["_id"], row["status"], row["version"]) == (id, "withdrawn", 2)
    await rooms.hear(rooms.offer(offer))
    assert asked == []
    [row] = await rooms.rows("recommendations")
    assert (row["status"], row["version"], row["withdrawn_because"]) == ("created", 3, None)
    await assert_settled(rooms)


async def comes(rooms: Rooms, offer: Any, name: str) -> str:
    """Somebody else for the offer; the id of its recommendation to them."""
    person = profile_state(name)
    await rooms.hear(rooms.profile(person))
    return recommendation_id(person.profile_id, offer.offer_id)


async def test_what_is_new_of_an_offer_that_the_worker_placed_first_is_not_looked_for(
    rooms: Rooms, asked: list[str]
) -> None:
    offer, _, id = await recommended(rooms)
    later = await comes(rooms, offer, "b")
    assert asked == []
    assert {row["_id"]: row["version"] for row in await rooms.rows("recommendations")} == {id: 1, later: 1}
    await assert_settled(rooms)
    [engine] = rooms.engines
    engine.doubt()
    last = await comes(rooms, offer, "c")
    assert asked == [last], "a worker that begins anew knows nothing of what was"
    await assert_settled(rooms)


async def test_what_was_made_by_hand_meanwhile_is_found_and_gone_on_with(rooms: Rooms, asked: list[str]) -> None:
    offer, _, id = await recommended(rooms)
    person = profile_state("b")
    theirs = recommendation_id(person.profile_id, offer.offer_id)
    [made] = await rooms.rows("recommendations")
    others = {"_id": theirs, "profile_id": person.profile_id, "status": "withdrawn", "version": 7}
    await rooms.store.collection("recommendations").insert_one({**made, **others})
    await rooms.hear(rooms.profile(person))
    assert theirs in asked
    rows = {row["_id"]: (row["status"], row["version"]) for row in await rooms.rows("recommendations")}
    assert rows == {id: ("created", 1), theirs: ("created", 8)}
    await assert_settled(rooms)


async def test_of_an_offer_of_which_something_is_forgotten_all_is_looked_for(
    rooms: Rooms, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "MOST_STORED", 1)
    offer, _, id = await recommended(rooms)
    later = await comes(rooms, offer, "b")
    assert asked == []
    await closed(rooms, offer)
    await rooms.hear(rooms.offer(offer))
    last = await comes(rooms, offer, "c")
    assert asked.count(last) == 1
    assert {row["_id"] for row in await rooms.rows("recommendations")} == {id, later, last}
    await assert_settled(rooms)


async def test_what_somebody_changed_meanwhile_is_read_and_gone_on_with(rooms: Rooms, asked: list[str]) -> None:
    offer, _, id = await recommended(rooms)
    seen = {"status": "seen", "seen_at": rooms.clock.now(), "version": 2}
    await rooms.store.collection("recommendations").update_one({"_id": id}, {"$set": seen})
    await closed(rooms, offer)
    assert asked == [id]
    [row] = await rooms.rows("recommendations")
    assert (row["status"], row["version"]) == ("withdrawn", 3)
    await rooms.hear(rooms.offer(offer))
    [row] = await rooms.rows("recommendations")
    # It comes back as they saw it.
    assert (row["status"], row["version"], row["seen_at"]) == ("seen", 4, seen["seen_at"])
    assert asked == [id]
    await assert_settled(rooms)


async def test_nothing_is_kept_of_who_was_erased_or_of_an_offer_that_was(rooms: Rooms) -> None:
    offer, person, id = await recommended(rooms)
    [engine] = rooms.engines
    other = profile_state("b")
    await rooms.hear(rooms.profile(other))
    others = recommendation_id(other.profile_id, offer.offer_id)
    assert engine.memory.stored(id) is not None
    await rooms.hear(rooms.profile(None, person.profile_id))
    assert engine.memory.stored(id) is None
    assert engine.memory.stored(others) is not None
    await rooms.hear(rooms.offer_gone(offer.offer_id))
    assert engine.memory.stored(others) is None


async def test_what_follows_a_new_score_comes_after_the_event_that_was_told_last(
    rooms: Rooms, following: list[int | None], asked: list[str]
) -> None:
    offer, person, _ = await recommended(rooms)
    for version, degrees in ((2, 0.05), (3, 0.1)):
        await moves(rooms, person, degrees)
        [row] = await rooms.rows("recommendations")
        assert row["version"] == version  # of which no event told
    await closed(rooms, offer)
    assert following == [0, 1]
    assert asked == []


async def test_where_others_changed_a_recommendation_it_is_not_known_which_event_was_the_last(
    rooms: Rooms, following: list[int | None]
) -> None:
    offer, person, id = await recommended(rooms)
    await moves(rooms, person, 0.05)
    await rooms.store.collection("recommendations").update_one(
        {"_id": id}, {"$set": {"pinned": False}, "$inc": {"version": 1}}
    )
    await closed(rooms, offer)
    [row] = await rooms.rows("recommendations")
    assert row["version"] == 4
    assert following == [0, 3]
