"""Moderation holds: whatever makes an offer visible asks the company's state and the verdict on the offer."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.offers.commands import companies, life
from shared.clock import HandClock
from tests.service.offers.support import SIRET, Desk, offer_body

NOTICES = "offers.notices.v1"
MARK = "Texte que personne ne doit plus lire"


async def patch(desk: Desk, company: str, **changes: Any) -> httpx.Response:
    answer: httpx.Response = await desk.client.patch(
        f"/v1/companies/{company}", headers={**desk.employer, "If-Match": "*"}, json=changes
    )
    return answer


async def found(desk: Desk) -> list[str]:
    return [item["id"] for item in (await desk.client.get("/v1/offers")).json()["items"]]


async def link_of(desk: Desk) -> str:
    """The path of the last signed link that was sent."""
    links = [json.loads(row["data"])["link"] for row in await desk.events(NOTICES)]
    link = next(link for link in reversed(links) if link)
    return str(link[link.index("/v1/") :])


def own_row(**changes: Any) -> dict[str, Any]:
    """A row of a partner's feed in our own format."""
    body = offer_body("x", title="Affûteur de scies (H/F)", **changes)
    del body["company_id"]
    return {"external_id": "r-1", "company": {"name": "Scierie de la Gartempe", "siret": SIRET}, **body}


async def confirm(desk: Desk, offer: str) -> httpx.Response:
    return await desk.post(f"/v1/offers/{offer}/confirm", desk.employer)


async def resume(desk: Desk, offer: str) -> httpx.Response:
    return await desk.post(f"/v1/offers/{offer}/resume", desk.employer)


async def fill_and_reopen(desk: Desk, offer: str) -> httpx.Response:
    await desk.post(f"/v1/offers/{offer}/fill", desk.employer, {"count": 1})
    return await desk.post(f"/v1/offers/{offer}/reopen", desk.employer, {"count": 1})


async def by_link(desk: Desk, offer: str) -> httpx.Response:
    answer: httpx.Response = await desk.client.post(await link_of(desk))
    return answer


WAYS: list[Callable[[Desk, str], Awaitable[httpx.Response]]] = [confirm, resume, fill_and_reopen, by_link]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
@pytest.mark.parametrize("whom", ["offer", "company"])
async def test_no_way_of_the_employer_brings_back_what_a_manager_took_away(
    desk: Desk, clock: HandClock, way: Callable[[Desk, str], Awaitable[httpx.Response]], whom: str
) -> None:
    company = await desk.company()
    offer = await desk.offer(company, description=f"{MARK}, en binôme avec une équipe de quatre personnes.")
    clock.advance(timedelta(days=11))
    await life.run(desk.running.app.state.context)
    path = f"/v1/{'offers' if whom == 'offer' else 'companies'}/{offer if whom == 'offer' else company}/suspend"
    assert (await desk.post(path, desk.manager, {"reason": "Plainte"})).status_code == 200
    answer = await way(desk, offer)
    assert answer.status_code == 403, answer.text
    assert await found(desk) == []
    # A day later neither: nothing that time does shows it.
    clock.advance(timedelta(days=1))
    await life.run(desk.running.app.state.context)
    await companies.settle(desk.running.app.state.context)
    assert await found(desk) == []
    for headers in ({}, desk.seeker, desk.other_employer, desk.foreign_manager):
        assert (await desk.client.get(f"/v1/offers/{offer}", headers=headers)).status_code == 404
        assert MARK not in (await desk.client.get(f"/v1/offers/{offer}/jobposting", headers=headers)).text
        assert (await desk.post(f"/v1/offers/{offer}/close", headers, {"outcome": "cancelled"})).status_code in (
            401,
            404,
        )
    for headers in (desk.employer, desk.manager):
        assert MARK in (await desk.client.get(f"/v1/offers/{offer}", headers=headers)).text


async def test_a_suspended_company_shows_nothing_until_it_is_approved_again(desk: Desk) -> None:
    company = await desk.company()
    live = await desk.offer(company)
    paused = await desk.offer(company, title="Conducteur de scie (H/F)")
    await desk.post(f"/v1/offers/{paused}/suspend", desk.employer)
    held = await desk.offer(company, title="Affûteur (H/F)")
    await desk.post(f"/v1/offers/{held}/suspend", desk.manager, {"reason": "Texte"})
    ended = await desk.offer(company, title="Manutentionnaire (H/F)")
    await desk.post(f"/v1/offers/{ended}/close", desk.employer, {"outcome": "cancelled"})
    draft = await desk.offer(company, title="Cariste (H/F)", publish=False)
    assert (await desk.client.get(f"/v1/offers/{ended}")).status_code == 200
    await desk.post(f"/v1/companies/{company}/suspend", desk.manager, {"reason": "Plaintes"})
    assert (await desk.client.get(f"/v1/offers/{ended}")).status_code == 404
    for offer, headers in ((paused, desk.employer), (live, desk.manager), (held, desk.manager)):
        assert (await desk.post(f"/v1/offers/{offer}/confirm", headers)).json()["code"] == "company-suspended"
    assert (await desk.post(f"/v1/offers/{draft}/publish", desk.employer)).json()["code"] == "company-suspended"
    rows = await desk.client.post("/v1/imports", headers=desk.partner, json=[own_row()])
    assert [row["errors"][0]["rule"] for row in rows.json()["rows"]] == ["company-suspended"]
    assert await found(desk) == []
    await desk.post(f"/v1/companies/{company}/approve", desk.manager)
    # What the employer took away stays so, and what a manager said about one text is not undone by the company's approval.
    assert await found(desk) == [live]
    # A card that is as it was is no change that anybody is told of.
    told = [row["type"] for row in await desk.events() if row["key"] == live]
    assert told == ["offer-created.v1", "offer-suspended.v1", "offer-resumed.v1"]


async def test_a_feed_does_not_bring_back_what_moderation_took_away(desk: Desk, clock: HandClock) -> None:
    company = await desk.company()
    first = (await desk.client.post("/v1/imports", headers=desk.partner, json=[own_row()])).json()["rows"][0]
    assert (await desk.client.get(f"/v1/offers/{first['offer_id']}")).json()["company"]["id"] == company
    await desk.post(f"/v1/companies/{company}/suspend", desk.manager)
    clock.advance(timedelta(days=2))
    again = (await desk.client.post("/v1/imports", headers=desk.partner, json=[own_row(positions_total=3)])).json()
    assert again["rows"][0]["change"] == "kept"
    assert await found(desk) == []
    await desk.post(f"/v1/companies/{company}/approve", desk.manager)
    assert await found(desk) == [first["offer_id"]]
    await desk.post(f"/v1/offers/{first['offer_id']}/suspend", desk.manager)
    await desk.client.post("/v1/imports", headers=desk.partner, json=[own_row(positions_total=4)])
    assert await found(desk) == []


async def test_publishing_while_the_company_is_suspended_leaves_nothing_visible(desk: Desk) -> None:
    company = await desk.company()
    drafts = [await desk.offer(company, title=f"Poste numéro {n} (H/F)", publish=False) for n in range(6)]
    await asyncio.gather(
        *(desk.post(f"/v1/offers/{one}/publish", desk.employer) for one in drafts),
        desk.post(f"/v1/companies/{company}/suspend", desk.manager),
    )
    assert await found(desk) == []
    states = await desk.store.collection("offers").distinct("status")
    assert set(states) <= {"draft", "suspended"}


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Préfecture de la Creuse"},
        {"siret": "35600000049837"},
        {"iae_kind": "ESAT"},
        {"siret": None, "private_employer": True},
        {"name": "Préfecture de la Creuse", "siret": "35600000049837", "iae_kind": "ESAT"},
    ],
)
async def test_a_changed_identity_waits_for_a_manager_and_the_offers_go_on_under_the_old_one(
    desk: Desk, change: dict[str, Any]
) -> None:
    company = await desk.company()
    offer = await desk.offer(company)
    shown = (await desk.client.get(f"/v1/offers/{offer}")).json()["company"]
    changed = await patch(desk, company, **change)
    assert (changed.status_code, changed.json()["status"]) == (200, "pending"), changed.text
    assert (await desk.client.get(f"/v1/offers/{offer}")).json()["company"] == shown
    assert await found(desk) == [offer]
    # What is there goes on, what is new waits.
    assert (await confirm(desk, offer)).status_code == 200
    new = await desk.offer(company, title="Affûteur (H/F)")
    assert (await desk.client.get(f"/v1/offers/{new}")).status_code == 404
    await desk.post(f"/v1/companies/{company}/approve", desk.manager)
    after = (await desk.client.get(f"/v1/offers/{offer}")).json()["company"]
    expected = {**shown, "name": change.get("name", shown["name"]), "iae_kind": change.get("iae_kind")}
    assert after == expected
    assert sorted(await found(desk)) == sorted([offer, new])


async def test_what_is_no_identity_needs_no_approval_and_back_to_the_old_one_neither(desk: Desk) -> None:
    company = await desk.company()
    assert (await patch(desk, company, presentation="Depuis 1950.")).json()["status"] == "approved"
    assert (await patch(desk, company, name="Scieries réunies")).json()["status"] == "pending"
    assert (await patch(desk, company, name="Scierie de la Gartempe")).json()["status"] == "approved"
    by_manager = await desk.client.patch(
        f"/v1/companies/{company}", headers={**desk.manager, "If-Match": "*"}, json={"name": "Scieries réunies"}
    )
    assert by_manager.json()["status"] == "approved"
    await desk.post(f"/v1/companies/{company}/suspend", desk.manager)
    assert (await patch(desk, company, name="Autre nom")).json()["status"] == "suspended"


async def test_a_company_that_waits_for_its_first_approval_borrows_no_name_on_what_a_manager_let_through(
    desk: Desk,
) -> None:
    company = await desk.company(approved=False)
    offer = await desk.offer(company)
    assert (await desk.post(f"/v1/offers/{offer}/publish", desk.manager)).json()["status"] == "published"
    await patch(desk, company, name="Préfecture de la Creuse")
    assert (await desk.client.get(f"/v1/offers/{offer}")).json()["company"]["name"] == "Scierie de la Gartempe"


async def test_a_claimed_siret_gets_nobodys_offers(desk: Desk) -> None:
    # Pending: nobody looked at it. Approved under another number: nobody looked at this one.
    await desk.company(approved=False)
    row = (await desk.client.post("/v1/imports", headers=desk.partner, json=[own_row()])).json()["rows"][0]
    shown = (await desk.client.get(f"/v1/offers/{row['offer_id']}")).json()
    mine = (await desk.client.get("/v1/companies", headers=desk.employer)).json()["items"][0]["id"]
    assert shown["company"]["id"] != mine
    assert (
        await desk.post(f"/v1/offers/{row['offer_id']}/close", desk.employer, {"outcome": "cancelled"})
    ).status_code == 403


async def test_a_look_alike_is_proposed_and_hides_nobody(desk: Desk) -> None:
    company = await desk.company()
    victim = await desk.offer(company, title="Maçon (H/F)")
    thief = {"name": "Scierie de la Gartempe SARL", "siret": "35600000049837", "territory": "23"}
    mine = (await desk.post("/v1/companies", desk.other_employer, thief)).json()["id"]
    await desk.post(f"/v1/companies/{mine}/approve", desk.manager)
    body = offer_body(mine, title="MAÇON - CDI")
    copy = (await desk.post("/v1/offers", desk.other_employer, body)).json()["id"]
    await desk.post(f"/v1/offers/{copy}/publish", desk.other_employer)
    imported = (
        await desk.client.post(
            "/v1/imports",
            headers=desk.partner,
            json=[
                {**own_row(), "external_id": "r-2", "title": "Maçon H/F", "company": {"name": "Scierie de la Gartempe"}}
            ],
        )
    ).json()["rows"][0]
    assert imported["duplicate_of"] is None
    assert sorted(await found(desk)) == sorted([victim, copy, imported["offer_id"]])
    await desk.person()
    assert (await desk.apply(victim)).status_code == 201

    assert (await desk.client.get("/v1/duplicates", headers=desk.employer)).status_code == 403
    assert (await desk.client.get("/v1/duplicates", headers=desk.foreign_manager)).json()["items"] == []
    pairs = (await desk.client.get("/v1/duplicates", headers=desk.manager)).json()["items"]
    assert {(one["offer"]["id"], one["canonical"]["id"]) for one in pairs} == {
        (imported["offer_id"], victim), (imported["offer_id"], copy),
    }  # fmt: skip
    ours = next(one["id"] for one in pairs if one["canonical"]["id"] == victim)
    theirs = next(one["id"] for one in pairs if one["canonical"]["id"] == copy)
    assert (await desk.post(f"/v1/duplicates/{ours}/accept", desk.foreign_manager)).status_code == 404
    refused = await desk.post(f"/v1/duplicates/{theirs}/refuse", desk.manager)
    assert refused.json()["status"] == "refused"
    accepted = await desk.post(f"/v1/duplicates/{ours}/accept", desk.manager)
    assert (accepted.status_code, accepted.json()["status"]) == (200, "accepted")
    assert sorted(await found(desk)) == sorted([victim, copy])
    assert (await desk.post(f"/v1/duplicates/{ours}/refuse", desk.manager)).status_code == 409
    await desk.post(f"/v1/offers/{victim}/close", desk.employer, {"outcome": "cancelled"})
    # The refused pair is not asked again, and what was hidden is back.
    assert sorted(await found(desk)) == sorted([imported["offer_id"], copy])
    assert (await desk.client.get("/v1/duplicates", headers=desk.manager)).json()["items"] == []


async def test_one_company_is_linked_by_itself_and_one_siret_in_two_feeds_too(desk: Desk) -> None:
    company = await desk.company()
    own = await desk.offer(company, title="Affûteur de scies - CDI")
    row = (await desk.client.post("/v1/imports", headers=desk.partner, json=[own_row()])).json()["rows"][0]
    assert row["duplicate_of"] == own
    assert (await desk.client.get("/v1/duplicates", headers=desk.manager)).json()["items"] == []
    # No registered company has this number: two partners name it.
    other = {"name": "Ferme des Combes", "siret": "35600000049837"}
    first = [{**own_row(), "external_id": "f-1", "title": "Vacher (H/F)", "company": other}]
    second = [{**first[0], "company": {**other, "name": "EARL LES COMBES"}, "title": "VACHER"}]
    one = (await desk.client.post("/v1/imports", headers=desk.partner, json=first)).json()["rows"][0]
    two = (
        await desk.client.post("/v1/imports", headers=desk.manager, params={"partner": "feed-two"}, json=second)
    ).json()["rows"][0]
    assert two["duplicate_of"] == one["offer_id"]


async def test_a_company_whose_own_offers_are_look_alikes_is_suspended_with_all_of_them(desk: Desk) -> None:
    company = await desk.company()
    first = await desk.offer(company, title="Affûteur de scies - CDI")
    [row] = (await desk.client.post("/v1/imports", headers=desk.partner, json=[own_row()])).json()["rows"]
    second, third = row["offer_id"], await desk.offer(company, title="Affûteur (H/F)")
    assert row["duplicate_of"] == first
    assert (await desk.post(f"/v1/offers/{third}/link", desk.manager, {"canonical_offer_id": first})).status_code == 200
    assert await found(desk) == [first]
    suspended = await desk.post(f"/v1/companies/{company}/suspend", desk.manager, {"reason": "Annonces trompeuses"})
    assert suspended.status_code == 200, suspended.text
    assert await found(desk) == []
    for offer in (first, second, third):
        shown = await desk.client.get(f"/v1/offers/{offer}", headers=desk.manager)
        assert shown.json()["status"] == "suspended", shown.text
    assert (await desk.post(f"/v1/companies/{company}/approve", desk.manager)).status_code == 200
    # One of them is shown again, with the others behind it, and the next takes its place.
    assert await found(desk) == [first]
    await desk.post(f"/v1/offers/{first}/close", desk.employer, {"outcome": "cancelled"})
    assert await found(desk) == [second]


async def test_an_offer_is_not_hidden_behind_one_that_nobody_sees(desk: Desk) -> None:
    company = await desk.company()
    one = await desk.offer(company)
    other = await desk.offer(company, title="Affûteur (H/F)")
    assert (await desk.post(f"/v1/offers/{one}/link", desk.manager, {"canonical_offer_id": other})).status_code == 200
    back = await desk.post(f"/v1/offers/{other}/link", desk.manager, {"canonical_offer_id": one})
    assert (back.status_code, back.json()["code"]) == (409, "duplicate-unusable")
    assert await found(desk) == [other]
    itself = await desk.post(f"/v1/offers/{other}/link", desk.manager, {"canonical_offer_id": other})
    assert (itself.status_code, [error["field"] for error in itself.json()["errors"]]) == (422, ["canonical_offer_id"])
    told = len(await desk.events())
    again = await desk.post(f"/v1/offers/{one}/link", desk.manager, {"canonical_offer_id": other})
    assert (again.status_code, len(await desk.events())) == (200, told)


async def test_only_a_verified_structure_or_a_manager_reserves_an_offer(desk: Desk) -> None:
    company = await desk.company(iae_kind="ACI")
    for public in ("disability", "clause", "iae"):
        refused = await desk.post("/v1/offers", desk.employer, offer_body(company, reserved_publics=[public]))
        assert (refused.status_code, refused.json()["code"]) == (422, "reserving-not-verified")
        assert [error["field"] for error in refused.json()["errors"]] == ["reserved_publics"]
    offer = await desk.offer(company)
    sneaky = await desk.client.patch(
        f"/v1/offers/{offer}", headers={**desk.employer, "If-Match": "*"}, json={"reserved_publics": ["disability"]}
    )
    assert sneaky.status_code == 422
    path = f"/v1/companies/{company}/verification"
    assert (await desk.post(path, desk.employer, {"publics": ["iae"]})).status_code == 403
    verified = await desk.post(path, desk.manager, {"publics": ["iae"], "reason": "Convention vue"})
    assert verified.json()["verified_publics"] == ["iae"]
    assert (
        await desk.post("/v1/offers", desk.employer, offer_body(company, reserved_publics=["iae"]))
    ).status_code == 201
    mixed = await desk.post("/v1/offers", desk.employer, offer_body(company, reserved_publics=["iae", "disability"]))
    assert mixed.status_code == 422
    # What a manager reserved stays so while the employer changes the rest.
    by_manager = await desk.post("/v1/offers", desk.manager, offer_body(company, reserved_publics=["disability"]))
    changed = await desk.client.patch(
        f"/v1/offers/{by_manager.json()['id']}", headers={**desk.employer, "If-Match": "*"}, json={"weekly_hours": 30}
    )
    assert (changed.status_code, changed.json()["reserved_publics"]) == (200, ["disability"])
    await patch(desk, company, iae_kind="EA")
    gone = await desk.post("/v1/offers", desk.employer, offer_body(company, reserved_publics=["iae"]))
    assert gone.status_code == 422
