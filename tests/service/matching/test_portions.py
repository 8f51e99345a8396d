"""Many changes are stored in portions of one transaction each; the next is made while the one before it is being stored."""

import asyncio
from typing import Any

import pytest

from services.matching.engine import effects
from services.matching.engine.effects import Change, Effects
from shared.errors import VersionConflict
from shared.store import Work
from tests.service.matching.rooms import Rooms, offer_state, profile_state
from tests.service.matching.test_engine import a_life_of_changes, assert_settled, hear_all
from tests.support import eventually

OFFERS = 3


@pytest.fixture(autouse=True)
def an_offer_a_portion(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(effects, "PAIRS_AT_ONCE", 1)


class Storing:
    """Holds the first portion's commit until the second portion is made; then refuses it, where that is wanted."""

    def __init__(self, rooms: Rooms, monkeypatch: pytest.MonkeyPatch, *, refuse: bool = False) -> None:
        self.made = self.stored = 0
        self.refused = False
        self._ahead = asyncio.Event()
        self._refuse, self._commit, self._write = refuse, rooms.store.commit, Effects.write
        monkeypatch.setattr(rooms.store, "commit", self.commit)
        storing = self

        async def write(self: Effects, work: Work, portion: list[Change], *, first: bool = False) -> None:
            await storing._write(self, work, portion, first=first)
            storing.made += bool(portion)
            if storing.made == 2:
                storing._ahead.set()

        monkeypatch.setattr(Effects, "write", write)

    async def commit(self, work: Work) -> Any:
        if any(write.collection == "places" for write in work.writes):
            await asyncio.wait_for(self._ahead.wait(), 5)
            if self._refuse and not self.refused:
                self.refused = True
                raise VersionConflict("somebody got ahead")
            self.stored += 1
        return await self._commit(work)


async def a_person_and_offers(rooms: Rooms) -> str:
    await rooms.start(following=False)
    person = profile_state("a")
    await rooms.hear(rooms.profile(person))
    return person.profile_id


async def hear_offers(rooms: Rooms) -> None:
    await rooms.hear(*(rooms.offer(offer_state(str(at), rooms.clock)) for at in range(OFFERS)))


async def test_a_portion_is_made_while_the_one_before_it_is_being_stored(
    rooms: Rooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_person_and_offers(rooms)
    storing = Storing(rooms, monkeypatch)
    await hear_offers(rooms)
    assert (storing.made, storing.stored) == (OFFERS, OFFERS)
    await assert_settled(rooms)


async def test_what_was_made_behind_a_portion_that_is_refused_is_made_anew(
    rooms: Rooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_person_and_offers(rooms)
    storing = Storing(rooms, monkeypatch, refuse=True)
    await hear_offers(rooms)
    assert storing.refused
    assert (storing.made, storing.stored) == (2 + OFFERS, OFFERS)
    await assert_settled(rooms)
    assert [row["version"] for row in await rooms.rows("recommendations")] == [1] * OFFERS
    assert len(await rooms.rows("outbox")) == OFFERS


async def test_workers_that_overtake_each_other_between_portions_end_at_the_stable_allocation(rooms: Rooms) -> None:
    await rooms.start(2)
    await hear_all(rooms, a_life_of_changes(rooms, 3))
    expected = await rooms.expected()

    async def same() -> bool:
        return await rooms.live() == expected

    await eventually(same, 60)
    await assert_settled(rooms)


async def test_who_is_erased_is_withdrawn_from_all_offers_whatever_the_size_of_a_portion(rooms: Rooms) -> None:
    person = await a_person_and_offers(rooms)
    await hear_offers(rooms)
    made = {row["_id"] for row in await rooms.rows("recommendations", {"profile_id": person})}
    assert len(made) == OFFERS
    await rooms.hear(rooms.profile(None, person))
    withdrawn = {row["subject"] for row in await rooms.rows("outbox") if row["type"] == "recommendation-withdrawn.v1"}
    assert withdrawn == made
    assert not await rooms.rows("recommendations", {"profile_id": person})
