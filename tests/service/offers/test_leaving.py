"""Who leaves an employer: the last one too, when nothing waits for them; what was mailed to them works no more."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest

from services.offers.commands import life, offers
from services.offers.domain.life import Outcome
from services.offers.migrations import COMPANY_STEPS
from shared.clock import HandClock
from shared.store.migrations import upgraded
from tests.service.offers.support import SIRET, Desk
from tests.service.offers.test_members import invited

OTHER = {"email": "r@scierie.example"}
OTHER_SIRET = "44306184100047"


async def leaves(desk: Desk, company: str, user: str = "boss") -> Any:
    return await desk.client.delete(f"/v1/companies/{company}/users/{user}", headers=desk.employer)


async def ends(desk: Desk, company: str, who: dict[str, str] | None = None) -> Any:
    return await desk.post(f"/v1/companies/{company}/closure", who or desk.employer)


async def link_for(desk: Desk, user: str) -> str:
    """The last confirmation link that was sent to an account."""
    told = [json.loads(row["data"]) for row in await desk.events("offers.notices.v1")]
    link = next(one["link"] for one in reversed(told) if one["recipients"] == [user] and one.get("link"))
    return str(link[link.index("/v1/") :])


async def test_the_last_one_leaves_when_nothing_waits_for_them(desk: Desk) -> None:
    company = await desk.company()
    await desk.person()
    await desk.offer(company, publish=False)
    offer = await desk.offer(company, title="Cariste (H/F)")
    assert (await desk.apply(offer)).status_code == 201
    refused = await leaves(desk, company)
    assert (refused.status_code, refused.json()["code"]) == (409, "last-user")
    assert (refused.json()["offers"], refused.json()["applications"]) == (1, 1)
    assert "fermez ou retirez vos offres en cours (1)" in refused.json()["detail"]
    assert refused.json()["allowed"] == ["invite", "closure"]
    closed = await desk.post(f"/v1/offers/{offer}/close", desk.employer, {"outcome": "cancelled"})
    assert closed.status_code == 200, closed.text
    # Closing answered who applied.
    assert (await leaves(desk, company)).status_code == 204
    assert (await leaves(desk, company)).status_code == 404
    for path in ("", "/offers", "/invitations"):
        assert (await desk.client.get(f"/v1/companies/{company}{path}", headers=desk.employer)).status_code == 404
    told = json.loads((await desk.events("offers.companies.v1"))[-1]["data"])
    assert told["user_ids"] == []
    # A manager lets somebody act for it again.
    asked = await desk.post(f"/v1/companies/{company}/invitations", desk.manager, {"user_id": "rival"})
    link = str(asked.json()["link"])
    joined = await desk.post(f"{link[link.index('/v1/') :]}/acceptance", desk.other_employer, {"contact": OTHER})
    assert joined.json()["users"] == ["rival"]


async def test_a_successor_takes_over_what_waits(desk: Desk) -> None:
    company = await desk.company()
    await desk.offer(company)
    path = await invited(desk, company)
    await desk.post(f"{path}/acceptance", desk.other_employer, {"contact": OTHER})
    assert (await leaves(desk, company)).status_code == 204


async def test_everything_ends_at_once_and_who_applied_is_told(desk: Desk) -> None:
    company = await desk.company()
    await desk.person()
    draft = await desk.offer(company, publish=False)
    offer = await desk.offer(company, title="Cariste (H/F)")
    application = (await desk.apply(offer)).json()["id"]
    assert (await ends(desk, company, desk.other_employer)).status_code == 404
    assert (await ends(desk, company)).status_code == 204
    states = {row["_id"]: row["status"] async for row in desk.store.collection("offers").find({})}
    assert states == {draft: "withdrawn", offer: "closed"}
    answered = await desk.client.get(f"/v1/applications/{application}", headers=desk.seeker)
    assert answered.json()["status"] in ("obsolete", "refused")
    assert (await ends(desk, company)).status_code == 404
    assert (await ends(desk, company, desk.manager)).status_code == 204


async def test_what_ends_meanwhile_has_ended_and_is_in_nobodys_way(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    company = await desk.company()
    filled, other = await desk.offer(company), await desk.offer(company, title="Cariste (H/F)")
    close = offers.close

    async def closed_before(context: Any, offer_id: str, by: Any, outcome: Outcome) -> Any:
        if offer_id == filled:
            await close(context, offer_id, by, Outcome.FILLED_ELSEWHERE)
        return await close(context, offer_id, by, outcome)

    monkeypatch.setattr(offers, "close", closed_before)
    assert (await ends(desk, company)).status_code == 204
    outcomes = {row["_id"]: row["outcome"] async for row in desk.store.collection("offers").find({})}
    assert outcomes == {filled: "filled_elsewhere", other: "cancelled"}


async def test_nobody_ends_it_over_others_heads(desk: Desk) -> None:
    company = await desk.company()
    offer = await desk.offer(company)
    path = await invited(desk, company)
    await desk.post(f"{path}/acceptance", desk.other_employer, {"contact": OTHER})
    for who in (desk.employer, desk.manager):
        refused = await ends(desk, company, who)
        assert (refused.status_code, refused.json()["code"]) == (409, "company-shared")
    assert (await desk.client.get(f"/v1/offers/{offer}")).status_code == 200


async def test_who_publishes_while_the_last_one_leaves_leaves_nothing_unanswered(desk: Desk) -> None:
    for number in range(4):
        company = await desk.company(siret=None, private_employer=True, name=f"Famille {number}")
        offer = await desk.offer(company, publish=False, title=f"Garde d'enfants {number} (H/F)")
        _, gone = await asyncio.gather(desk.post(f"/v1/offers/{offer}/publish", desk.employer), leaves(desk, company))
        found = await desk.store.collection("companies").find_one({"_id": company}) or {}
        shown = (await desk.client.get(f"/v1/offers/{offer}")).status_code == 200
        assert bool(found["users"]) is (gone.status_code != 204)
        assert not (shown and not found["users"])
        contact = await desk.store.collection("contacts").find_one({"_id": "boss"}) or {}
        assert (company in contact["company_ids"]) is bool(found["users"])


async def test_a_mailed_link_works_for_who_acts_for_the_employer_only(desk: Desk, clock: HandClock) -> None:
    company = await desk.company()
    offer = await desk.offer(company)
    path = await invited(desk, company)
    await desk.post(f"{path}/acceptance", desk.other_employer, {"contact": OTHER})
    clock.advance(timedelta(days=11))
    await life.run(desk.running.app.state.context)
    mine, theirs = await link_for(desk, "boss"), await link_for(desk, "rival")
    assert mine != theirs
    assert (await leaves(desk, company)).status_code == 204
    for method in ("GET", "POST"):
        refused = await desk.client.request(method, mine)
        assert (refused.status_code, "Connectez-vous" in refused.text) == (422, True), method
    assert (await desk.client.get(f"/v1/offers/{offer}")).json()["confirmed_on"] == "2026-03-02"
    assert (await desk.client.post(theirs)).status_code == 200
    assert (await desk.client.get(f"/v1/offers/{offer}")).json()["confirmed_on"] == "2026-03-13"


async def test_who_deposited_an_offer_and_left_is_told_nothing_of_it(desk: Desk) -> None:
    company = await desk.company()
    offer = await desk.offer(company)
    filled = await desk.post(f"/v1/offers/{offer}/fill", desk.employer, {"count": 1, "through_us": False})
    assert filled.status_code == 200, filled.text
    assert (await leaves(desk, company)).status_code == 204
    assert (await desk.post(f"/v1/offers/{offer}/reopen", desk.manager, {"count": 1})).status_code == 200
    await desk.person()
    before = len(await desk.events("offers.notices.v1"))
    assert (await desk.apply(offer)).status_code == 201
    assert all(
        "boss" not in json.loads(row["data"])["recipients"] for row in (await desk.events("offers.notices.v1"))[before:]
    )


async def registers(desk: Desk, who: dict[str, str], **other: Any) -> Any:
    body = {"name": "Scierie de la Gartempe", "siret": SIRET, "territory": "23"} | other
    return await desk.post("/v1/companies", who, body)


async def test_a_number_that_nobody_looked_at_goes_free_with_the_last_one(desk: Desk) -> None:
    claimed = (await registers(desk, desk.employer)).json()["id"]
    told = await registers(desk, desk.other_employer)
    assert (told.status_code, told.json()["code"]) == (409, "company-known")
    assert "l'un de ses utilisateurs" in told.json()["detail"]
    assert (await leaves(desk, claimed)).status_code == 204
    real = await registers(desk, desk.other_employer)
    assert real.status_code == 201, real.text
    # A manager who approves the one that was left gives nobody's number away.
    refused = await desk.post(f"/v1/companies/{claimed}/approve", desk.manager)
    assert (refused.status_code, refused.json()["code"]) == (409, "company-known")
    assert (await desk.post(f"/v1/companies/{real.json()['id']}/approve", desk.manager)).status_code == 200


async def test_a_number_that_a_manager_looked_at_stays_and_who_comes_is_sent_to_a_manager(desk: Desk) -> None:
    company = (await registers(desk, desk.employer)).json()["id"]
    assert (await desk.post(f"/v1/companies/{company}/approve", desk.manager)).status_code == 200
    # A new number waits for a look, as a new company's does.
    changed = await desk.client.patch(
        f"/v1/companies/{company}", json={"siret": OTHER_SIRET}, headers=desk.employer | {"If-Match": "*"}
    )
    assert changed.json()["status"] == "pending", changed.text
    assert (await leaves(desk, company)).status_code == 204
    assert (await registers(desk, desk.other_employer, siret=OTHER_SIRET)).status_code == 201
    # The one under which its offers are known waits for nobody else.
    assert (await registers(desk, desk.other_employer)).json()["code"] == "company-known"

    third = "55210055400013"
    suspended = (await registers(desk, desk.employer, siret=third)).json()["id"]
    assert (await desk.post(f"/v1/companies/{suspended}/suspend", desk.manager)).status_code == 200
    assert (await leaves(desk, suspended)).status_code == 204
    told = await registers(desk, desk.other_employer, siret=third)
    assert (told.status_code, told.json()["code"]) == (409, "company-known")
    assert "utilisateurs" not in told.json()["detail"]
    assert "gestionnaire" in told.json()["detail"]


async def test_a_number_that_went_free_is_held_again_once_a_manager_looks_at_it(desk: Desk) -> None:
    company = (await registers(desk, desk.employer)).json()["id"]
    assert (await leaves(desk, company)).status_code == 204
    assert (await desk.post(f"/v1/companies/{company}/approve", desk.manager)).status_code == 200
    assert (await registers(desk, desk.other_employer)).status_code == 409


def test_what_the_release_before_left_holding_a_number_lets_go_of_it() -> None:
    left = {"status": "pending", "users": [], "siret": SIRET, "vetted": None, "_schema": 2}
    for kept in ({"users": ["boss"]}, {"status": "suspended"}, {"vetted": {"siret": SIRET}}):
        assert upgraded(left | kept, COMPANY_STEPS)["siret"] == SIRET, kept
    assert upgraded(left, COMPANY_STEPS)["siret"] is None
