"""Offers that clauses desks wish for: heard in any order, made once, with one call, reserved."""

import asyncio
from typing import Any

import httpx
import pytest

from services.offers.commands import clause_requests
from services.offers.domain.clause_request import RequestStatus
from shared.contracts.events.clauses import OfferRequestState
from shared.contracts.topics import OFFER_REQUESTS, OFFERS
from shared.kafka.envelope import Event
from shared.store import Work
from tests.service.offers.support import REQUEST, SIRET, Desk, a_request, wish

CONFIRM = f"/v1/clause-requests/{REQUEST}/confirm"


def event(sequence: int, state: OfferRequestState | None) -> Event[OfferRequestState]:
    type_ = "offer-requested.v1" if state is None or state.wanted else "offer-request-withdrawn.v1"
    now = a_request().created_at
    return Event(f"event-{sequence}", type_, OFFER_REQUESTS, REQUEST, REQUEST, sequence, now, state, None)


async def hear(desk: Desk, sequence: int, state: OfferRequestState | None) -> None:
    await clause_requests.hear(desk.running.app.state.context, event(sequence, state))


async def open_now(desk: Desk, status: str = "open", **who: dict[str, str]) -> list[dict[str, Any]]:
    headers = who.get("who", desk.facilitator)
    answer = await desk.client.get("/v1/clause-requests", params={"status": status}, headers=headers)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def refused(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["errors"][0]["field"]


async def test_one_call_makes_a_reserved_offer_and_a_second_the_same(desk: Desk) -> None:
    await desk.company()
    await hear(desk, 1, wish(contractor_ids=[SIRET]))
    [asked] = await open_now(desk)
    assert (asked["positions"], asked["missing_hours"]) == (2, "595.00")
    body = {"title": "Manœuvre du bâtiment (H/F)", "occupation_code": "F1704", "duration_months": 4}
    answers = await asyncio.gather(*(desk.post(CONFIRM, desk.facilitator, body) for _ in range(3)))
    assert {(answer.status_code, answer.json()["id"]) for answer in answers} == {(200, REQUEST)}
    offer = (await desk.client.get(f"/v1/offers/{REQUEST}")).json()
    assert (offer["reserved_publics"], offer["positions_total"], offer["status"]) == (["clause"], 2, "published")
    told = [row["type"] for row in await desk.events(OFFERS.name)]
    assert told == ["offer-created.v1"]
    assert [one["decided_by"] for one in await open_now(desk, "confirmed")] == ["facilitator-1"]
    # A wish that is taken back later leaves the offer to people.
    await hear(desk, 2, wish(wanted=False))
    assert [one["id"] for one in await open_now(desk, "confirmed")] == [REQUEST]


async def test_what_the_desk_does_not_say_is_asked_for_before_anything_is_made(desk: Desk) -> None:
    company = await desk.company()
    await hear(desk, 1, wish(commune_code=None))
    assert refused(await desk.post(CONFIRM, desk.facilitator, {})) == (422, "company_id")
    assert refused(await desk.post(CONFIRM, desk.facilitator, {"company_id": "nobody"})) == (422, "company_id")
    whose = {"company_id": company}
    assert refused(await desk.post(CONFIRM, desk.facilitator, whose)) == (422, "commune_code")
    unlawful = whose | {"commune_code": "23096", "title": "Vendeuse, moins de 30 ans"}
    assert (await desk.post(CONFIRM, desk.facilitator, unlawful)).status_code == 422
    assert [one["status"] for one in await open_now(desk)] == ["open"]
    assert await desk.store.collection("offers").count_documents({}) == 0
    made = await desk.post(CONFIRM, desk.manager, whose | {"commune_code": "23096"})
    assert made.json()["title"] == "Emploi d'insertion : Réhabilitation de l'école"


async def test_half_of_it_done_is_finished_by_saying_it_again(desk: Desk) -> None:
    company = await desk.company()
    request = a_request()
    request.confirm("facilitator-1", request.created_at)
    context = desk.running.app.state.context
    work = Work(context.new_id)
    context.clause_requests.save(work, request)
    await context.store.commit(work)
    made = await desk.post(CONFIRM, desk.facilitator, {"company_id": company})
    assert (made.status_code, made.json()["status"]) == (200, "published")


@pytest.mark.parametrize("order", [(1, 2), (2, 1), (1, 2, 1, 2)], ids=str)
async def test_a_wish_that_is_taken_back_is_gone_in_whatever_order_it_is_heard(
    desk: Desk, order: tuple[int, ...]
) -> None:
    for sequence in order:
        await hear(desk, sequence, wish(wanted=sequence == 1))
    assert await open_now(desk) == []
    answer = await desk.post(CONFIRM, desk.facilitator, {})
    assert answer.status_code in (409, 422)
    await hear(desk, 3, wish(positions=4))
    assert [one["positions"] for one in await open_now(desk)] == [4]
    await hear(desk, 4, None)
    assert await open_now(desk) == []


async def test_a_wish_is_the_territorys_and_no_employers(desk: Desk) -> None:
    await hear(desk, 1, wish())
    far = desk.stack.token("facilitator", subject="far", territories=["41"])
    assert await open_now(desk, who=far) == []
    for who, status in ((far, 404), (desk.foreign_manager, 404), (desk.employer, 403), (desk.counsellor, 403)):
        assert (await desk.post(CONFIRM, who, {})).status_code == status
    declined = await desk.post(f"/v1/clause-requests/{REQUEST}/decline", desk.facilitator, {"reason": "GEIQ"})
    assert declined.json()["status"] == RequestStatus.DECLINED
    again = await desk.post(f"/v1/clause-requests/{REQUEST}/decline", desk.facilitator, {"reason": "GEIQ"})
    assert again.status_code == 409


async def test_who_merely_claims_a_contractor_s_number_gets_none_of_its_posts(desk: Desk) -> None:
    claimed = {"name": "Faux titulaire", "siret": SIRET, "territory": "23"}
    assert (await desk.post("/v1/companies", desk.other_employer, claimed)).status_code == 201
    await hear(desk, 1, wish(contractor_ids=[SIRET]))
    body = {"title": "Manœuvre du bâtiment (H/F)", "occupation_code": "F1704", "duration_months": 4}
    assert refused(await desk.post(CONFIRM, desk.facilitator, body)) == (422, "company_id")
    assert await desk.store.collection("offers").count_documents({}) == 0
