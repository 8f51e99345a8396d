"""Statuses on a random walk: whatever is recorded and taken back, one of a category stands, and what they open is told."""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from services.profiles.commands import guardians
from services.profiles.domain.status import Age, Status, flags_of, short_form
from shared import civil
from shared.clock import HandClock
from shared.store import decode
from tests.service.profiles.builders import a_body, outbox
from tests.support import Running, Stack

BORN = date(2000, 3, 20)
PAPERS = {
    "rsa": "caf_statement",
    "disabled_worker": "disability_decision",
    "under_26_unqualified": "school_record",
    "iae_diagnosis": None,
}
STEPS = 40


@dataclass
class Walk:
    profiles: Running
    who: dict[str, str]
    seeker: dict[str, str]
    where: str
    clock: HandClock
    chance: Random
    worked: int = 0

    def day(self, *, ahead: bool = False) -> str | None:
        some = [None, *range(-40, 1)] if not ahead else [None, *range(-10, 30)]
        days = self.chance.choice(some)
        return None if days is None else str(civil.today("23", self.clock.now()) + timedelta(days=days))

    def given(self) -> dict[str, Any]:
        category = self.chance.choice(sorted(PAPERS))
        said: dict[str, Any] = {"category": category, "since": self.day(), "until": self.day(ahead=True)}
        if PAPERS[category] is None:
            return said | {"source": "staff"}
        return said | self.chance.choice([{"evidence": PAPERS[category]}, {"source": "person"}])

    async def sends(self, method: str, path: str, body: Any, who: dict[str, str] | None = None) -> None:
        answer = await self.profiles.client.request(method, f"{self.where}{path}", json=body, headers=who or self.who)
        assert answer.status_code in (200, 201, 204, 403, 404, 409, 412, 422), answer.text
        self.worked += answer.status_code < 400

    async def some(self) -> str:
        rows = [row["_id"] async for row in self.profiles.store.collection("statuses").find({}).sort("_id", 1)]
        return self.chance.choice(rows or ["none"])

    async def records(self) -> None:
        await self.sends("POST", "/statuses", self.given())

    async def corrects(self) -> None:
        await self.sends("POST", f"/statuses/{await self.some()}/correction", self.given() | {"reason": "Mal lu"})

    async def ends(self) -> None:
        await self.sends("POST", f"/statuses/{await self.some()}/end", {"on": self.day() or "2026-03-01"})

    async def removes(self) -> None:
        await self.sends("DELETE", f"/statuses/{await self.some()}", None)

    async def says(self) -> None:
        who = self.chance.choice([self.who, self.seeker])
        read = await self.profiles.client.get(self.where, headers=who)
        flags = {"rsa_recipient": self.chance.random() < 0.5, "disabled_worker": self.chance.random() < 0.5}
        await self.sends("PATCH", "", {"statuses": flags}, who | {"If-Match": read.headers["etag"]})

    async def sleeps(self) -> None:
        self.clock.advance(timedelta(days=self.chance.choice([1, 1, 3, 10])))
        await guardians.look_again(self.profiles.app.state.context)

    async def holds(self) -> None:
        today = civil.today("23", self.clock.now())
        rows = self.profiles.store.collection("statuses").find({}).sort("_id", 1)
        records = [Status.restore(decode(row)) async for row in rows]
        stand = [one.category for one in records if one.stands_on(today)]
        assert len(stand) == len(set(stand)), "two of one category stand"
        left = {one.id for one in records}
        assert all(one.replaced_by in left for one in records if one.replaced_by is not None)
        flags, _ = flags_of(records, Age(BORN), today)
        read = (await self.profiles.client.get(self.where, headers=self.who)).json()
        assert set(read["reserved_eligible"]) == set(flags)
        assert read["statuses"] == json.loads(short_form(records, today).model_dump_json())
        told = [json.loads(row["data"]) for row in await outbox(self.profiles, "profiles.profiles.v1")]
        assert set(told[-1]["reserved_eligible"]) == set(flags), "what others hear"


@pytest.mark.parametrize("seed", range(2))
async def test_what_stands_is_what_is_told(profiles: Running, stack: Stack, clock: HandClock, seed: int) -> None:
    seeker, counsellor = stack.token("seeker", subject="seeker-1"), stack.token("counsellor", subject="counsellor-1")
    made = await profiles.client.post(
        "/v1/profiles", json=a_body(birth_year=None, birth_date=str(BORN)), headers=seeker
    )
    walk = Walk(profiles, counsellor, seeker, made.headers["location"], clock, Random(seed))
    steps = [*[walk.records] * 3, walk.corrects, *[walk.ends] * 2, walk.removes, walk.says, walk.sleeps]
    for _ in range(STEPS):
        await walk.chance.choice(steps)()
        await walk.holds()
    assert walk.worked > STEPS // 4
