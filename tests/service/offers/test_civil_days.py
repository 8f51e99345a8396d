"""Days and hours of offers and of the agenda are those of the place, not of Paris."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.offers.commands import life
from shared.clock import HandClock
from tests.service.offers.support import Desk
from tests.support import Stack

# A commune of each: Saint-Denis (Réunion), Cayenne, Guéret.
PLACES = {"974": "97411", "973": "97302", "23": "23096"}


@pytest.mark.parametrize(
    ("territory", "date", "time"),
    [("974", "10/03/2026", "09:00"), ("973", "10/03/2026", "02:00"), ("23", "10/03/2026", "06:00")],
)
async def test_messages_about_a_session_tell_the_hour_of_the_place(
    desk: Desk, stack: Stack, territory: str, date: str, time: str
) -> None:
    manager = stack.token("manager", subject="far-chief", territories=[territory])
    counsellor = stack.token("counsellor", subject="far-coach", territories=[territory])
    await desk.person(territory=territory, counsellor_ids=["far-coach"])
    session = {"starts_at": "2026-03-10T05:00:00Z", "ends_at": "2026-03-10T07:00:00Z"}
    body = {"kind": "workshop", "title": "Atelier CV", "place": {"commune_code": PLACES[territory]}}
    planned = await desk.post("/v1/agenda", manager, body | {"sessions": [session]})
    agenda = planned.json()["id"]
    assert (await desk.post(f"/v1/agenda/{agenda}/publish", manager)).status_code == 200
    path = f"/v1/agenda/{agenda}/registrations"
    assert (await desk.post(path, counsellor, {"profile_id": "p-sam"})).status_code == 201
    notice = [json.loads(row["data"]) for row in await desk.events("offers.notices.v1")][-1]
    assert (notice["params"]["date"], notice["params"]["time"]) == (date, time)


@pytest.mark.parametrize(
    ("territory", "last_hour"),
    # 12 March ends at 20:00 UTC in Réunion, at 03:00 the next day in Guyane, at 23:00 in Paris.
    [("974", "2026-03-12T20:00"), ("973", "2026-03-13T03:00"), ("23", "2026-03-12T23:00")],
)
async def test_a_last_day_to_apply_ends_at_the_midnight_of_the_place(
    desk: Desk, clock: HandClock, territory: str, last_hour: str
) -> None:
    company = await desk.company()
    changes: dict[str, Any] = {"place": {"commune_code": PLACES[territory]}, "apply_by": "2026-03-12"}
    offer = await desk.offer(company, **changes)
    end = datetime.fromisoformat(last_hour).replace(tzinfo=UTC)
    clock.set(end - timedelta(seconds=1))
    await life.run(desk.running.app.state.context)
    assert (await desk.client.get(f"/v1/offers/{offer}")).json()["status"] == "published"
    posting = (await desk.client.get(f"/v1/offers/{offer}/jobposting")).json()
    assert datetime.fromisoformat(posting["validThrough"]) == end - timedelta(seconds=1)
    clock.set(end)
    await life.run(desk.running.app.state.context)
    assert (await desk.client.get(f"/v1/offers/{offer}")).json()["status"] == "closed"


async def test_a_day_of_the_statistics_is_the_day_that_people_there_lived(
    desk: Desk, stack: Stack, clock: HandClock
) -> None:
    manager = stack.token("manager", subject="far-chief", territories=["973", "974"])
    clock.set(datetime(2026, 3, 10, 22, 0, tzinfo=UTC))
    company = await desk.company()
    for territory in ("973", "974"):
        await desk.offer(company, place={"commune_code": PLACES[territory]})

    async def offers(territory: str, day: str) -> int:
        params = {"territory": territory, "start": day, "end": day}
        answer = await desk.client.get("/v1/statistics", params=params, headers=manager)
        found: int = answer.json()["total"]["offers"]
        return found

    # 22:00 UTC: still the 10th in Guyane (19:00), the 11th already in Réunion (02:00).
    assert (await offers("973", "2026-03-10"), await offers("973", "2026-03-11")) == (1, 0)
    assert (await offers("974", "2026-03-10"), await offers("974", "2026-03-11")) == (0, 1)
