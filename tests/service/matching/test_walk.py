"""Decisions on a random walk beside what the engine hears: one recommendation a pair, told once as it comes and goes."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from tests.service.matching.house import House
from tests.service.matching.rooms import application_state, offer_state, profile_state
from tests.support import eventually

STAFF = {"role": "counsellor", "subject": "counsellor-1"}
LIVE = ("created", "seen")
PEOPLE, OFFERS = ("a", "b"), ("one", "two", "three")
STEPS = 40


@dataclass
class Walk:
    house: House
    chance: Random
    here: dict[str, bool] = field(default_factory=lambda: dict.fromkeys(PEOPLE, True))
    open: dict[str, bool] = field(default_factory=lambda: dict.fromkeys(OFFERS, True))
    applied: set[tuple[str, str]] = field(default_factory=set)
    dismissed: set[tuple[str, str]] = field(default_factory=set)
    """Pairs that somebody said no to and nobody added since."""

    def __post_init__(self) -> None:
        self.rooms = self.house.rooms
        self.people = {name: profile_state(name) for name in PEOPLE}
        self.offers = {name: offer_state(name, self.rooms.clock) for name in OFFERS}

    async def begin(self) -> None:
        await self.rooms.hear(
            *map(self.rooms.offer, self.offers.values()), *map(self.rooms.profile, self.people.values())
        )

    async def rows(self) -> list[dict[str, Any]]:
        return await self.rooms.rows("recommendations")

    def pair(self, row: dict[str, Any]) -> tuple[str, str]:
        return row["profile_id"], row["offer_id"]

    async def some(self) -> dict[str, Any]:
        return self.chance.choice(await self.rows())

    async def sees(self) -> None:
        row = await self.some()
        name = next(one for one, state in self.people.items() if state.profile_id == row["profile_id"])
        answer = await self.house.post(f"/v1/recommendations/{row['_id']}/seen", subject=f"user-{name}")
        assert answer.status_code == 200
        assert answer.json()["status"] == ("seen" if row["status"] in LIVE else row["status"])

    async def dismisses(self) -> None:
        row = await self.some()
        answer = await self.house.post(f"/v1/recommendations/{row['_id']}/dismiss", {"reason": "Trop loin"}, **STAFF)
        may = row["status"] in (*LIVE, "dismissed")
        assert answer.status_code == (200 if may else 409), answer.text
        if may:
            self.dismissed.add(self.pair(row))

    async def pins(self) -> None:
        row = await self.some()
        answer = await self.house.post(f"/v1/recommendations/{row['_id']}/pin", {"reason": "Il y tient"}, **STAFF)
        assert answer.status_code == (200 if row["status"] in LIVE else 409), answer.text

    async def adds(self) -> None:
        who, what = self.chance.choice(PEOPLE), self.chance.choice(OFFERS)
        person, offer = self.people[who].profile_id, self.offers[what].offer_id
        body = {"offer_id": offer, "reason": "Bien pour elle"}
        answer = await self.house.post(f"/v1/profiles/{person}/recommendations", body, **STAFF)
        may = self.here[who] and self.open[what] and (person, offer) not in self.applied
        assert answer.status_code == (201 if may else 409), (answer.text, may)
        if may:
            self.dismissed.discard((person, offer))

    async def applies(self) -> None:
        who, what = self.chance.choice(PEOPLE), self.chance.choice(OFFERS)
        if not (self.here[who] and self.open[what]):
            return
        person, offer = self.people[who].profile_id, self.offers[what].offer_id
        self.applied.add((person, offer))
        await self.rooms.hear(self.rooms.application(application_state(person, offer, self.rooms.clock)))

    async def opens(self) -> None:
        what = self.chance.choice(OFFERS)
        self.open[what] = not self.open[what]
        changed = self.offers[what].model_copy(update={"positions_open": int(self.open[what])})
        await self.rooms.hear(self.rooms.offer(changed))

    async def pauses(self) -> None:
        who = self.chance.choice(PEOPLE)
        self.here[who] = not self.here[who]
        await self.rooms.hear(self.rooms.profile(self.people[who].model_copy(update={"active": self.here[who]})))

    async def settled(self) -> bool:
        rows = await self.rows()
        live = {row["_id"] for row in rows if row["status"] in LIVE}
        return await self.rooms.live() == await self.rooms.expected() and await self.rooms.told() == live

    async def holds(self) -> None:
        await eventually(self.settled)
        people = {state.profile_id: self.here[name] for name, state in self.people.items()}
        offers = {state.offer_id: self.open[name] for name, state in self.offers.items()}
        for row in await self.rows():
            pair, live = self.pair(row), row["status"] in LIVE
            assert not (live and pair in self.applied), "what somebody applied to is no recommendation"
            assert not (live and pair in self.dismissed), "who said no is asked no more"
            assert not live or (people[pair[0]] and offers[pair[1]]), "nobody is there, or nothing is open"
        told: defaultdict[str, list[tuple[int, bool]]] = defaultdict(list)
        for event in await self.rooms.rows("outbox"):
            told[event["subject"]].append((event["sequence"], event["type"].startswith("recommendation-created")))
        for steps in told.values():
            steps.sort()
            assert len({at for at, _ in steps}) == len(steps), "two events of one number"
            assert [came for _, came in steps] == [at % 2 == 0 for at in range(len(steps))], "come, gone, come …"


@pytest.mark.parametrize("seed", range(3))
async def test_what_people_decide_and_what_is_heard_come_to_one_state(house: House, seed: int) -> None:
    walk = Walk(house, Random(seed))
    await walk.begin()
    steps = [
        walk.sees,
        *[walk.dismisses] * 2,
        *[walk.pins] * 2,
        *[walk.adds] * 3,
        walk.applies,
        *[walk.opens] * 2,
        *[walk.pauses] * 2,
    ]
    for _ in range(STEPS):
        house.rooms.clock.advance(timedelta(minutes=1))
        await walk.chance.choice(steps)()
        await walk.holds()
