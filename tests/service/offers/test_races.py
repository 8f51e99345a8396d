"""Two at once: what is checked before it is written holds all the same."""

import asyncio
from collections import Counter
from typing import Any

import pytest
from pymongo import MongoClient

from services.offers.commands import checking, waiting
from services.offers.domain.linter import Draft, Finding, forbidden
from shared.clock import HandClock
from tests.service.offers.support import Desk, offer_body
from tests.support import Stack


@pytest.mark.parametrize("way", ["close", "withdraw", "fill", "suspend"])
async def test_no_application_is_left_on_an_offer_that_ended_meanwhile(desk: Desk, stack: Stack, way: str) -> None:
    offer = await desk.offer(await desk.company())
    people = 12
    for number in range(people):
        await desk.person(f"p-{number}", owner=f"s-{number}")
    bodies = {"close": {"outcome": "cancelled"}, "withdraw": {}, "fill": {"count": 1}, "suspend": {}}

    async def end() -> int:
        # In the midst of those who apply, wherever that is on this machine.
        await desk.client.get(f"/v1/offers/{offer}")
        return int((await desk.post(f"/v1/offers/{offer}/{way}", desk.employer, bodies[way])).status_code)

    applying = [desk.apply(offer, stack.token("seeker", subject=f"s-{number}")) for number in range(people)]
    answers: list[Any] = await asyncio.gather(*applying[: people // 2], end(), *applying[people // 2 :])
    assert answers.pop(people // 2) == 200
    codes = Counter(answer.status_code for answer in answers)
    assert set(codes) <= {201, 409}
    rows = [row["status"] async for row in desk.store.collection("applications").find({})]
    assert len(rows) == codes[201]
    # A suspended offer has not ended: who applied in time waits; an ended one has answered everybody.
    assert set(rows) <= ({"submitted"} if way == "suspend" else {"refused"})
    assert (await desk.apply(offer, stack.token("seeker", subject="s-0"))).status_code == 409


async def test_the_limit_of_a_day_holds_for_many_at_once(stack: Stack, clock: HandClock) -> None:
    async with stack.running("offers", clock=clock, applications_per_day=5) as running:
        desk = Desk(stack, running)
        await desk.person()
        company = await desk.company()
        offers = [await desk.offer(company, title=f"Poste numéro {number} (H/F)") for number in range(9)]
        answers = await asyncio.gather(*(desk.apply(one) for one in offers))
        assert Counter(answer.status_code for answer in answers) == {201: 5, 429: 4}
        assert await desk.store.collection("applications").count_documents({}) == 5
        assert {answer.json().get("limit") for answer in answers if answer.status_code == 429} == {5}


async def test_hires_recorded_at_once_are_all_recorded(desk: Desk) -> None:
    offer = await desk.offer(await desk.company(), positions_total=5)
    answers = await asyncio.gather(*(desk.post(f"/v1/offers/{offer}/fill", desk.employer, {}) for _ in range(8)))
    # Nobody is told of a conflict: three came too late.
    codes = Counter(answer.status_code for answer in answers)
    assert codes[200] == 5
    assert set(codes) <= {200, 409, 422}
    own = (await desk.client.get(f"/v1/offers/{offer}", headers=desk.employer)).json()
    assert (own["positions_filled"], own["status"]) == (5, "filled")


async def test_steps_of_one_application_at_once_are_one_after_the_other(desk: Desk) -> None:
    await desk.person()
    offer = await desk.offer(await desk.company(), positions_total=3)
    made = (await desk.apply(offer)).json()
    step = {"to": "hired", "hire": {"contract_kind": "cdi", "starts_on": "2026-03-16"}}
    path = f"/v1/applications/{made['id']}/advance"
    answers = await asyncio.gather(*(desk.post(path, desk.employer, step) for _ in range(4)))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 3}
    own = (await desk.client.get(f"/v1/offers/{offer}", headers=desk.employer)).json()
    assert own["positions_filled"] == 1


async def test_look_alikes_that_go_live_at_once_are_shown_once(desk: Desk) -> None:
    company = await desk.company()
    deposited = await desk.offer(company, publish=False)
    collected = (await desk.post("/v1/offers", desk.manager, offer_body(company, source="collected"))).json()["id"]
    answers = await asyncio.gather(
        desk.post(f"/v1/offers/{deposited}/publish", desk.employer),
        desk.post(f"/v1/offers/{collected}/publish", desk.manager),
    )
    assert [answer.status_code for answer in answers] == [200, 200]
    assert [item["id"] for item in (await desk.client.get("/v1/offers")).json()["items"]] == [deposited]


async def test_who_is_removed_from_the_employer_while_they_publish_publishes_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer = await desk.offer(await desk.company(), publish=False)
    linted: list[str] = []

    def meanwhile(draft: Draft) -> tuple[Finding, ...]:
        if not linted:
            with MongoClient[dict[str, Any]](desk.stack.environment["MONGODB_URL"]) as others:
                removed = {"$set": {"users": ["somebody-else"]}, "$inc": {"version": 1}}
                others[desk.store.database.name]["companies"].update_one({}, removed)
        linted.append(offer)
        return forbidden(draft)

    monkeypatch.setattr(checking, "forbidden", meanwhile)
    answer = await desk.post(f"/v1/offers/{offer}/publish", desk.employer)
    assert (answer.status_code, linted) == (404, [offer]), answer.text
    own = (await desk.client.get(f"/v1/offers/{offer}", headers=desk.manager)).json()
    assert own["status"] == "draft"


async def test_one_siret_registered_at_once_is_one_company(desk: Desk, stack: Stack) -> None:
    body = {"name": "Scierie", "siret": "73282932000074", "territory": "23"}
    accounts = [stack.token("employer", subject=f"boss-{number}") for number in range(5)]
    answers = await asyncio.gather(*(desk.post("/v1/companies", one, body) for one in accounts))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 4}
    assert await desk.store.collection("contacts").count_documents({}) == 1


async def test_an_answer_that_a_crash_cut_off_is_given_later(desk: Desk) -> None:
    await desk.person()
    offer = await desk.offer(await desk.company())
    made = (await desk.apply(offer)).json()
    kept = await desk.store.collection("applications").find_one({"_id": made["id"]})
    await desk.post(f"/v1/offers/{offer}/close", desk.employer, {"outcome": "filled_elsewhere"})
    # As if it had come between the end's look at who waits and its commit, and the service had died then.
    await desk.store.collection("applications").replace_one({"_id": made["id"]}, kept)
    context = desk.running.app.state.context
    assert await waiting.left_behind(context) == 1
    assert await waiting.left_behind(context) == 0
    answered = (await desk.client.get(f"/v1/applications/{made['id']}", headers=desk.seeker)).json()
    assert (answered["status"], answered["refusal_reason"]) == ("refused", "position_filled")
