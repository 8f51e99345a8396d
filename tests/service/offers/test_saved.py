"""Offers and searches that people keep: new offers that match are told, once each, at the times that were chosen."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.offers.commands import people, saved
from services.offers.domain.saved import MOST_SEARCHES
from shared import metrics
from shared.clock import HandClock
from tests.service.offers.support import Desk

NOTICES = "offers.notices.v1"


async def keep(desk: Desk, headers: dict[str, str] | None = None, **changes: Any) -> Any:
    body = {
        "name": "Entretien à Guéret",
        "search": {"q": "agent d'entretien", "commune": "23096"},
        "alert": "immediate",
    }
    return await desk.post("/v1/saved-searches", headers or desk.seeker, body | changes)


async def alerts(desk: Desk) -> list[dict[str, Any]]:
    notices = [json.loads(row["data"]) for row in await desk.events(NOTICES)]
    return [notice for notice in notices if notice["template"] == "search_alert"]


async def look(desk: Desk) -> int:
    return await saved.alert(desk.running.app.state.context)


async def test_new_offers_that_match_are_told_once_each(desk: Desk, clock: HandClock) -> None:
    await desk.person()
    company = await desk.company()
    await desk.offer(company)  # there before the search: no news
    assert (await keep(desk)).status_code == 201
    clock.advance(timedelta(minutes=1))
    near = await desk.offer(company, title="Agent d'entretien du matin (H/F)")
    await desk.offer(company, title="Agent d'entretien lointain (H/F)", place={"commune_code": "41018"})
    await desk.offer(company, title="Soudeur (H/F)", occupation_code="H2913", description="Soudure à l'arc en atelier.")
    assert await look(desk) == 0  # not due yet: those of some minutes come together
    clock.advance(timedelta(minutes=10))
    assert await look(desk) == 1
    [first] = await alerts(desk)
    assert (first["recipients"], first["params"]["count"]) == (["p-sam"], "1")
    assert first["params"]["offers"].startswith("Agent d'entretien du matin (H/F) – Scierie de la Gartempe – Guéret")
    # Confirmed again, it is no news; nor at any later look.
    await desk.post(f"/v1/offers/{near}/confirm", desk.employer)
    for _ in range(3):
        clock.advance(timedelta(minutes=10))
        assert await look(desk) == 0
    await desk.offer(company, title="Agent d'entretien du soir (H/F)")
    clock.advance(timedelta(minutes=10))
    assert await look(desk) == 1
    assert "du soir" in (await alerts(desk))[1]["params"]["offers"]


async def test_little_that_matches_is_not_made_up_for(desk: Desk, clock: HandClock) -> None:
    """The public search shows offers that meet a part of the words where few meet all; an alert does not."""
    await desk.person()
    company = await desk.company()
    await keep(desk, search={"q": "agent d'entretien piscine"})
    clock.advance(timedelta(minutes=1))
    await desk.offer(company)
    clock.advance(timedelta(minutes=10))
    assert len((await desk.client.get("/v1/offers", params={"q": "agent d'entretien piscine"})).json()["items"]) == 1
    assert await look(desk) == 0


async def test_daily_is_at_seven_by_the_clocks_of_the_territory(desk: Desk, clock: HandClock) -> None:
    await desk.person(territory="974")
    company = await desk.company()
    made = (await keep(desk, alert="daily", search={"occupation": ["K2204"]})).json()
    assert made["next_at"] == "2026-03-03T03:00:00Z"
    clock.advance(timedelta(hours=1))
    for number in range(12):
        await desk.offer(company, title=f"Agent d'entretien numéro {number} (H/F)")
    clock.set(datetime(2026, 3, 3, 2, 59, tzinfo=UTC))
    assert await look(desk) == 0
    clock.set(datetime(2026, 3, 3, 3, 0, tzinfo=UTC))
    assert await look(desk) == 1
    [notice] = await alerts(desk)
    assert (notice["params"]["count"], notice["params"]["others"]) == ("12", "2")
    assert len(notice["params"]["offers"].splitlines()) == 10
    # Whoever sends it can leave out those that end before it goes.
    ids = notice["params"]["offer_ids"].splitlines()
    shown = {one["id"] for one in (await desk.client.get("/v1/offers", params={"limit": 50})).json()["items"]}
    assert len(ids) == 12
    assert set(ids) <= shown
    [kept] = (await desk.client.get("/v1/saved-searches", headers=desk.seeker)).json()["items"]
    assert kept["next_at"] == "2026-03-04T03:00:00Z"


async def test_an_alert_that_was_off_tells_nothing_of_that_time(desk: Desk, clock: HandClock) -> None:
    await desk.person()
    company = await desk.company()
    id = (await keep(desk, alert="none")).json()["id"]
    clock.advance(timedelta(minutes=1))
    await desk.offer(company)
    path = f"/v1/saved-searches/{id}"
    on = await desk.client.patch(path, json={"alert": "immediate"}, headers=desk.counsellor)
    assert on.status_code == 200
    clock.advance(timedelta(minutes=20))
    assert await look(desk) == 0
    for stranger in (desk.employer, desk.foreign_manager):
        assert (await desk.client.delete(path, headers=stranger)).status_code == 404
    assert (await desk.client.delete(path, headers=desk.seeker)).status_code == 204
    assert (await desk.client.get("/v1/saved-searches", headers=desk.seeker)).json()["items"] == []


@pytest.mark.parametrize(
    "later", [{"kind": ["later"]}, {"contract_kind": ["later"]}, {"moment": ["later"]}, {"working_time": "later"}]
)
async def test_a_search_that_a_later_release_kept_is_listed_and_told_nothing_of(
    desk: Desk, clock: HandClock, later: dict[str, Any]
) -> None:
    await desk.person()
    company = await desk.company()
    id = (await keep(desk, alert="immediate")).json()["id"]
    searches = desk.running.store.collection("saved_searches")
    await searches.update_one({"_id": id}, {"$set": {f"asked.{name}": value for name, value in later.items()}})
    clock.advance(timedelta(minutes=1))
    await desk.offer(company)
    clock.advance(timedelta(minutes=20))
    assert await look(desk) == 0
    [kept] = (await desk.client.get("/v1/saved-searches", headers=desk.seeker)).json()["items"]
    assert kept["search"].items() >= later.items()
    off = await desk.client.patch(f"/v1/saved-searches/{id}", json={"alert": "none"}, headers=desk.seeker)
    assert off.status_code == 200, off.text
    assert (await searches.find_one({"_id": id}))["asked"].items() >= later.items()


async def test_an_offer_reserved_to_others_is_not_told(desk: Desk, clock: HandClock) -> None:
    await desk.person()
    company = await desk.company()
    await desk.post(f"/v1/companies/{company}/verification", desk.manager, {"publics": ["clause"]})
    await keep(desk)
    clock.advance(timedelta(minutes=1))
    await desk.offer(company, title="Agent d'entretien en insertion (H/F)", reserved_publics=["clause"])
    clock.advance(timedelta(minutes=10))
    assert await look(desk) == 0
    await desk.person(reserved_eligible=["clause"])
    clock.advance(timedelta(minutes=10))
    assert await look(desk) == 1


async def test_who_may_not_apply_yet_is_told_of_no_offer(desk: Desk, clock: HandClock) -> None:
    await desk.person(may_apply=False)
    company = await desk.company()
    await keep(desk)
    clock.advance(timedelta(minutes=1))
    await desk.offer(company)
    clock.advance(timedelta(minutes=10))
    assert await look(desk) == 0
    assert await alerts(desk) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"search": {}}, "search"),
        ({"search": {"radius_km": 20}}, "search"),
        ({"search": {"commune": "99999"}}, "search.commune"),
        ({"search": {"near": "46.1,1.8"}}, "search.near"),
        ({"name": "www.example.org/x"}, "name"),
        ({"alert": "hourly"}, "alert"),
    ],
    ids=str,
)
async def test_what_cannot_be_asked_is_refused_by_its_field(desk: Desk, changes: Any, field: str) -> None:
    await desk.person()
    refused = await keep(desk, **changes)
    assert refused.status_code == 422, refused.text
    assert [error["field"] for error in refused.json()["errors"]] == [field]


async def test_offers_are_kept_once_and_shown_as_they_stand(desk: Desk) -> None:
    await desk.person()
    offer = await desk.offer(await desk.company())
    path = f"/v1/saved-offers/{offer}"
    for headers, params in ((desk.seeker, {}), (desk.counsellor, {"profile_id": "p-sam"})):
        assert (await desk.client.put(path, headers=headers, params=params)).status_code == 200
    assert (await desk.client.put(path, headers=desk.employer)).status_code == 404
    assert (await desk.client.put("/v1/saved-offers/nothing", headers=desk.seeker)).status_code == 404

    async def listed() -> list[tuple[str, Any]]:
        items = (await desk.client.get("/v1/saved-offers", headers=desk.seeker)).json()["items"]
        return [(one["offer_id"], one["status"]) for one in items]

    assert await listed() == [(offer, "published")]
    await desk.post(f"/v1/offers/{offer}/close", desk.employer, {"outcome": "cancelled"})
    assert await listed() == [(offer, "closed")]
    for _ in range(2):
        assert (await desk.client.delete(path, headers=desk.seeker)).status_code == 204
    assert await listed() == []


async def test_nothing_kept_is_left_of_an_erased_person(desk: Desk, clock: HandClock) -> None:
    await desk.person()
    company = await desk.company()
    await keep(desk)
    clock.advance(timedelta(minutes=1))
    offer = await desk.offer(company)
    await desk.client.put(f"/v1/saved-offers/{offer}", headers=desk.seeker)
    clock.advance(timedelta(minutes=10))
    assert await look(desk) == 1
    for _ in range(2):
        await people.erase(desk.running.app.state.context, "p-sam")
    for name in ("saved_offers", "saved_searches", "told_offers"):
        assert await desk.store.collection(name).count_documents({}) == 0
    assert await look(desk) == 0


async def test_a_list_is_full_for_many_at_once_as_well(desk: Desk) -> None:
    await desk.person()
    for number in range(MOST_SEARCHES - 2):
        assert (await keep(desk, name=f"Recherche {number}")).status_code == 201
    answers = await asyncio.gather(*(keep(desk, name=f"Encore {number}") for number in range(12)))
    assert sorted(answer.status_code for answer in answers) == [201, 201, *[429] * 10]
    assert await desk.store.collection("saved_searches").count_documents({}) == MOST_SEARCHES


async def test_a_search_that_cannot_be_read_any_more_stops_no_other(desk: Desk, clock: HandClock) -> None:
    await desk.person()
    company = await desk.company()
    ids = [(await keep(desk, name=f"Recherche {number}")).json()["id"] for number in range(3)]
    # As a release that took another shape would have left it.
    await desk.store.collection("saved_searches").update_one({"_id": ids[0]}, {"$set": {"asked": {"q": ["x"]}}})
    clock.advance(timedelta(minutes=1))
    await desk.offer(company)
    clock.advance(timedelta(minutes=10))
    failed = metrics.JOB_ITEMS_FAILED.labels("search-alerts")
    before = failed._value.get()
    assert await look(desk) == 2
    assert failed._value.get() == before + 1
