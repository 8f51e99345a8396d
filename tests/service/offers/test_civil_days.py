"""Days and hours of offers and of the agenda are those of the place, not of Paris."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from services.offers.commands import life
from services.offers.domain.canvassing import Canvassing, CanvassingKind, CanvassingOutcome
from shared.clock import HandClock
from tests.service.offers.support import Desk
from tests.support import Stack

# A commune of each: Saint-Denis (Réunion), Cayenne, Basse-Terre (Guadeloupe), Guéret.
PLACES = {"974": "97411", "973": "97302", "971": "97105", "23": "23096"}


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


@pytest.mark.parametrize(
    ("territory", "midnight"),
    # The night from the 10th to the 11th: 20:00 UTC in Réunion, 03:00 in Guyane, 04:00 in Guadeloupe, 23:00 in Paris.
    [("974", "2026-03-10T20:00"), ("973", "2026-03-11T03:00"), ("971", "2026-03-11T04:00"), ("23", "2026-03-10T23:00")],
)
async def test_a_day_of_the_statistics_is_the_day_that_people_there_lived(
    desk: Desk, stack: Stack, clock: HandClock, territory: str, midnight: str
) -> None:
    manager = stack.token("manager", subject="far-chief", territories=[territory])
    night = datetime.fromisoformat(midnight).replace(tzinfo=UTC)
    clock.set(night - timedelta(seconds=1))
    company = await desk.company()
    for at in (night - timedelta(seconds=1), night):
        clock.set(at)
        await desk.offer(company, place={"commune_code": PLACES[territory]})

    async def figures(**params: str) -> dict[str, Any]:
        answer = await desk.client.get("/v1/statistics", params=params, headers=manager)
        found: dict[str, Any] = answer.json()
        return found

    for day in ("2026-03-10", "2026-03-11"):
        whole = await figures(territory=territory, start=day, end=day)
        # The day that has begun there counts what is open now, the one that is over what was.
        expected = (1, 1 if day == "2026-03-10" else 2)
        assert (whole["total"]["offers"], whole["total"]["positions_active"]) == expected
    # Nobody names a day or a territory: up to today, where the manager's people live.
    whole = await figures()
    assert (whole["end"], whole["total"]["offers"]) == ("2026-03-11", 2)


@pytest.mark.parametrize(
    ("territory", "midnight"),
    [("974", "2026-12-31T20:00"), ("973", "2027-01-01T03:00"), ("971", "2027-01-01T04:00"), ("23", "2026-12-31T23:00")],
)
async def test_nobody_applies_after_the_last_day_though_nobody_has_closed_the_offer_yet(
    desk: Desk, clock: HandClock, territory: str, midnight: str
) -> None:
    end = datetime.fromisoformat(midnight).replace(tzinfo=UTC)
    clock.set(end - timedelta(days=3))
    changes: dict[str, Any] = {"place": {"commune_code": PLACES[territory]}, "apply_by": "2026-12-31"}
    offer = await desk.offer(await desk.company(), starts_on="2027-02-01", **changes)
    await desk.person(territory=territory)
    clock.set(end)
    late = await desk.apply(offer)
    assert (late.status_code, late.json()["code"]) == (409, "offer-not-open")
    clock.set(end - timedelta(seconds=1))
    assert (await desk.apply(offer)).status_code == 201


@pytest.mark.parametrize(
    ("territory", "confirmed", "until"),
    [
        ("974", "2026-03-10T20:00", "2026-03-26"),
        ("973", "2026-03-11T02:59", "2026-03-25"),
        ("23", "2026-03-10T22:59", "2026-03-25"),
    ],
)
async def test_the_history_says_until_which_day_of_the_place_an_offer_is_confirmed(
    desk: Desk, clock: HandClock, territory: str, confirmed: str, until: str
) -> None:
    offer = await desk.offer(await desk.company(), place={"commune_code": PLACES[territory]})
    clock.set(datetime.fromisoformat(confirmed).replace(tzinfo=UTC))
    assert (await desk.post(f"/v1/offers/{offer}/confirm", desk.employer)).status_code == 200
    history = (await desk.client.get(f"/v1/offers/{offer}", headers=desk.employer)).json()["history"]
    assert history[-1]["note"] == f"until {until}"


def test_a_note_of_a_visit_is_as_old_as_the_day_there_on_which_it_was_written() -> None:
    # Both were written on 11 March where the employer is, which is another day in Greenwich.
    for territory, at in (("974", "2026-03-10T21:00"), ("973", "2026-03-12T02:00")):
        written = datetime.fromisoformat(at).replace(tzinfo=UTC)
        note = Canvassing(
            id="n", by="chief", recorded_at=written, kind=CanvassingKind.VISIT, on=date(2026, 3, 11),
            outcome=CanvassingOutcome.NO_NEED,
        )  # fmt: skip
        kept = [note.kept_from(date(2026, 3, day), date(2020, 1, 1), territory) for day in (10, 11)]
        assert kept == [True, False]
