"""An offer of a feed is never applied to into nowhere: where it is answered is said, the way counted, the outcome asked."""

import json
from datetime import timedelta
from typing import Any

import pytest

from services.offers.commands import clicks, people
from shared.clock import HandClock
from tests.service.offers.support import SIRET, Desk, offer_body

NOTICES = "offers.notices.v1"
URL = "https://candidat.example.org/offres/4711"


async def fed(desk: Desk, **changes: Any) -> str:
    """An offer of a partner's feed, shown."""
    body = offer_body("x", title="Affûteur de scies (H/F)", apply_url=URL, **changes)
    del body["company_id"]
    row = {"external_id": "r-1", "company": {"name": "Scierie du Lointain"}, **body}
    answer = await desk.post("/v1/imports", desk.partner, [row])
    assert answer.status_code < 300, answer.text
    found = await desk.store.collection("offers").find_one({"feed.external_id": "r-1"})
    assert found is not None
    assert found["status"] == "published"
    id: str = found["_id"]
    return id


async def asked(desk: Desk) -> list[dict[str, Any]]:
    notices = [json.loads(row["data"]) for row in await desk.events(NOTICES)]
    return [notice for notice in notices if notice["template"] == "outcome_asked"]


@pytest.mark.parametrize("who", ["seeker", "counsellor"])
async def test_it_is_refused_with_where_to_apply(desk: Desk, who: str) -> None:
    await desk.person()
    offer = await fed(desk)
    body = {"profile_id": "p-sam"}
    refused = await desk.apply(offer, getattr(desk, who), **body)
    assert (refused.status_code, refused.json()["code"]) == (409, "apply-elsewhere")
    told = refused.json()
    assert (told["apply_url"], told["partner"], told["external_id"]) == (URL, "feed-one", "r-1")
    invited = await desk.post(f"/v1/offers/{offer}/invitations", desk.manager, body)
    assert invited.json()["code"] == "apply-elsewhere"
    assert await desk.store.collection("applications").count_documents({}) == 0


@pytest.mark.parametrize(("url", "here"), [(URL, False), (None, False), (None, True)])
async def test_search_engines_are_told_that_one_applies_at_once_only_where_one_does(
    desk: Desk, url: str | None, here: bool
) -> None:
    # Neither has Saint-Denis one postcode, nor does an unknown one stand there as null.
    offer = await fed(desk, place={"commune_code": "97411"})
    await desk.store.collection("offers").update_one({"_id": offer}, {"$set": {"content.apply_url": url}})
    if here:
        found = await desk.store.collection("offers").find_one({"_id": offer}) or {}
        await desk.store.collection("companies").update_one(
            {"_id": found["company"]["id"]}, {"$set": {"users": ["e-9"]}}, upsert=True
        )
    posting = (await desk.client.get(f"/v1/offers/{offer}/jobposting")).json()
    assert posting["directApply"] is here
    assert "postalCode" not in posting["jobLocation"]["address"]


async def test_the_way_is_counted_once_and_asked_after_once(desk: Desk, clock: HandClock) -> None:
    await desk.person()
    offer = await fed(desk)
    path = f"/v1/offers/{offer}/clicks"
    first = await desk.post(path, desk.seeker, {})
    assert (first.status_code, first.json()["apply_url"]) == (200, URL)
    again = await desk.post(path, desk.counsellor, {"profile_id": "p-sam"})
    assert again.json()["id"] == first.json()["id"]
    assert (await desk.client.get(path, headers=desk.manager)).json()["clicks"] == 1
    assert (await desk.client.get(path, headers=desk.seeker)).status_code in (403, 404)
    context = desk.running.app.state.context
    diary = []
    for day in range(1, 20):
        clock.advance(timedelta(days=1))
        if await clicks.ask(context):
            diary.append(day)
    assert diary == [7]
    [notice] = await asked(desk)
    assert (notice["recipients"], notice["params"]["offer_title"]) == (["p-sam"], "Affûteur de scies (H/F)")
    outcome = f"/v1/clicks/{notice['params']['click_id']}/outcome"
    assert (await desk.post(outcome, desk.seeker, {"outcome": "interview"})).json()["outcome"] == "interview"
    assert (await desk.post(outcome, desk.counsellor, {"outcome": "hired"})).json()["outcome"] == "hired"
    assert (await desk.post(outcome, desk.seeker, {"outcome": "refused"})).json()["code"] == "already-answered"
    for stranger in (desk.employer, desk.partner, desk.foreign_manager):
        assert (await desk.post(outcome, stranger, {"outcome": "refused"})).status_code == 404
    counted = (await desk.client.get(path, headers=desk.manager)).json()
    assert (counted["clicks"], counted["outcomes"]) == (1, {"hired": 1})


async def test_who_may_not_apply_yet_is_shown_no_way_round(desk: Desk) -> None:
    await desk.person(may_apply=False)
    path = f"/v1/offers/{await fed(desk)}/clicks"
    for headers, body in ((desk.seeker, {}), (desk.counsellor, {"profile_id": "p-sam"})):
        refused = await desk.post(path, headers, body)
        assert (refused.status_code, refused.json()["code"]) == (409, "applications-held")
        assert URL not in refused.text
    assert await desk.store.collection("clicks").count_documents({}) == 0


async def test_who_has_said_is_not_asked(desk: Desk, clock: HandClock) -> None:
    await desk.person()
    made = (await desk.post(f"/v1/offers/{await fed(desk)}/clicks", desk.seeker, {})).json()
    await desk.post(f"/v1/clicks/{made['id']}/outcome", desk.seeker, {"outcome": "no_reply"})
    clock.advance(timedelta(days=8))
    assert await clicks.ask(desk.running.app.state.context) == 0


async def test_where_the_employer_is_here_one_applies_here(desk: Desk) -> None:
    """A feed names an employer by the number of a company whose users are here."""
    await desk.person()
    own = await desk.offer(await desk.company())
    refused = await desk.post(f"/v1/offers/{own}/clicks", desk.seeker, {})
    assert (refused.status_code, refused.json()["code"]) == (409, "answered-here")
    body = offer_body("x", title="Affûteur de scies (H/F)")
    del body["company_id"]
    row = {"external_id": "r-2", "company": {"name": "Scierie de la Gartempe", "siret": SIRET}, **body}
    await desk.post("/v1/imports", desk.partner, [row])
    found = await desk.store.collection("offers").find_one({"feed.external_id": "r-2"})
    assert found is not None
    assert (await desk.apply(found["_id"])).status_code == 201


async def test_an_erased_persons_clicks_are_figures(desk: Desk) -> None:
    await desk.person()
    offer = await fed(desk)
    await desk.post(f"/v1/offers/{offer}/clicks", desk.seeker, {}, extra={"Idempotency-Key": "k-1"})
    for _ in range(2):
        await people.erase(desk.running.app.state.context, "p-sam")
    for name in ("clicks", "idempotency"):
        assert "p-sam" not in str([row async for row in desk.store.collection(name).find({})])
    assert (await desk.client.get(f"/v1/offers/{offer}/clicks", headers=desk.manager)).json()["clicks"] == 1
