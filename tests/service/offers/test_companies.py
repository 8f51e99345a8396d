"""Companies over HTTP: canvassing, details, moderation that a crash cut short."""

import json

from services.offers.commands import companies
from tests.service.offers.support import SIRET, Desk, offer_body


async def test_the_canvassing_log_is_for_managers(desk: Desk) -> None:
    company = await desk.company()
    path = f"/v1/companies/{company}/canvassing"
    visit = {"kind": "visit", "on": "2026-03-01", "outcome": "offer_collected", "note": "Deux postes au printemps"}
    assert (await desk.post(path, desk.manager, visit)).status_code == 201
    assert (await desk.post(path, desk.employer, visit)).status_code == 403
    assert (await desk.client.get(path, headers=desk.employer)).status_code == 403
    log = (await desk.client.get(path, headers=desk.manager)).json()["items"]
    assert [(entry["by"], entry["outcome"]) for entry in log] == [("chief", "offer_collected")]
    assert "Deux postes" not in (await desk.client.get(f"/v1/companies/{company}", headers=desk.employer)).text


async def test_a_changed_name_is_shown_on_live_offers(desk: Desk) -> None:
    company = await desk.company()
    offer = await desk.offer(company)
    wrong = await desk.client.patch(
        f"/v1/companies/{company}", headers={**desk.employer, "If-Match": "*"}, json={"name": ""}
    )
    assert wrong.json()["errors"][0]["field"] == "name"
    dear = {"contacts": [{"name": "Standard", "phone": "05 55 52 00 00"}, {"name": "Infos", "phone": "08 99 12 34 56"}]}
    costly = await desk.client.patch(f"/v1/companies/{company}", headers={**desk.employer, "If-Match": "*"}, json=dear)
    assert [(e["field"], e["rule"]) for e in costly.json()["errors"]] == [("contacts.1.phone", "implausible-phone")]
    changed = await desk.client.patch(
        f"/v1/companies/{company}", headers={**desk.employer, "If-Match": "*"}, json={"name": "Scieries réunies"}
    )
    assert changed.status_code == 200, changed.text
    await desk.post(f"/v1/companies/{company}/approve", desk.manager)
    assert (await desk.client.get(f"/v1/offers/{offer}")).json()["company"]["name"] == "Scieries réunies"
    assert [item["id"] for item in (await desk.client.get("/v1/offers?q=scieries")).json()["items"]] == [offer]


async def test_a_moderation_that_a_crash_cut_short_is_finished(desk: Desk) -> None:
    company = await desk.company(approved=False)
    offer = await desk.offer(company)
    # The company's own commit went through, its offers' did not.
    await desk.store.collection("companies").update_one({"_id": company}, {"$set": {"status": "approved"}})
    context = desk.running.app.state.context
    assert await companies.settle(context) == 1
    assert await companies.settle(context) == 0
    assert (await desk.client.get(f"/v1/offers/{offer}")).json()["status"] == "published"


async def test_a_manager_collects_an_offer_and_reads_the_list(desk: Desk) -> None:
    made = await desk.post(
        "/v1/companies", desk.manager, {"name": "Ferme des Combes", "private_employer": True, "territory": "23"}
    )
    assert (made.status_code, made.json()["status"]) == (201, "approved")
    missing = await desk.post("/v1/companies", desk.manager, {"name": "Ferme", "territory": "23"})
    assert missing.json()["errors"][0]["rule"] == "siret_required"
    found = await desk.client.get("/v1/companies", headers=desk.manager, params={"q": "ferme des"})
    assert [one["name"] for one in found.json()["items"]] == ["Ferme des Combes"]
    assert (await desk.client.get("/v1/companies", headers=desk.employer)).json()["items"] == []


async def test_a_foreign_company_answers_like_one_that_does_not_exist(desk: Desk) -> None:
    company = await desk.company()
    calls = [
        ("GET", "", None), ("PATCH", "", {"name": "X"}), ("POST", "/approve", {}), ("POST", "/suspend", {}),
        ("POST", "/verification", {"publics": []}), ("POST", "/invitations", {}), ("GET", "/invitations", None),
        ("DELETE", "/invitations/x", None), ("PUT", "/contact", {}), ("DELETE", "/users/boss", None),
        ("GET", "/offers", None), ("GET", "/canvassing", None),
        ("POST", "/canvassing", {"kind": "visit", "on": "2026-03-01", "outcome": "no_need"}),
    ]  # fmt: skip
    for headers in (desk.other_employer, desk.seeker, desk.counsellor, desk.foreign_manager):
        for method, path, body in calls:
            answers = []
            for id in (company, "01961d3e-0000-7000-8000-000000000009"):
                answer = await desk.client.request(
                    method, f"/v1/companies/{id}{path}", headers={**headers, "If-Match": "*"}, json=body
                )
                answers.append((answer.status_code, answer.text.replace(id, "ID")))
            assert answers[0][0] in (403, 404), (method, path)
            status = [code for code, _ in answers]
            assert status[0] == status[1], (method, path, answers)
            codes = [json.loads(text)["code"] for _, text in answers]
            assert codes[0] == codes[1]


async def test_nobody_learns_where_the_house_of_a_household_is(desk: Desk) -> None:
    """It looks for somebody who helps an old or handicapped person: the commune is enough, whoever reads, by whatever face."""
    house = {"name": "Mme Aubrun", "private_employer": True, "territory": "23"}
    company = (await desk.post("/v1/companies", desk.manager, house)).json()["id"]
    where = {"commune_code": "23096", "point": {"lat": 46.173456, "lon": 1.876543}, "name": "12 rue des Tilleuls"}
    made = await desk.post("/v1/offers", desk.manager, offer_body(company, place=where))
    assert made.status_code == 201, made.text
    offer = made.json()["id"]
    assert (await desk.post(f"/v1/offers/{offer}/publish", desk.manager, {})).status_code == 200
    other = where | {"name": "14 rue des Tilleuls", "point": {"lat": 46.168, "lon": 1.871234}}
    change = {**desk.manager, "If-Match": "*"}
    assert (await desk.client.patch(f"/v1/offers/{offer}", json={"place": other}, headers=change)).status_code == 200
    faces = [f"/v1/offers/{offer}", f"/v1/offers/{offer}/jobposting"]
    told = [(await desk.client.get(face)).text for face in faces]
    told += [str(row["data"]) for row in await desk.events()]
    told += [str(row) async for row in desk.store.collection("offers").find({})]
    for text in told:
        assert not any(word in text for word in ("Tilleuls", "173456", "1.871234"))
    assert (await desk.client.get(faces[0])).json()["place"]["point"] == {"lat": 46.17, "lon": 1.87}
    # A company stands at its door.
    firm = await desk.company()
    shop = await desk.post("/v1/offers", desk.employer, offer_body(firm, place=where))
    assert shop.json()["place"]["point"] == where["point"]


async def test_a_number_that_was_looked_at_is_held_while_another_waits_for_the_next_look(desk: Desk) -> None:
    other = "35600000049837"
    company = await desk.company()
    place = f"/v1/companies/{company}"
    changed = await desk.client.patch(place, json={"siret": other}, headers={**desk.employer, "If-Match": "*"})
    assert (changed.status_code, changed.json()["status"]) == (200, "pending")
    # Its offers and feeds go on under the old one: nobody else gets them.
    thief = {"name": "Scierie de la Gartempe SARL", "siret": SIRET, "territory": "23"}
    taken = await desk.post("/v1/companies", desk.other_employer, thief)
    assert (taken.status_code, taken.json()["code"]) == (409, "company-known")
    for number in (SIRET, other):
        listed = await desk.client.get("/v1/companies", params={"q": number}, headers=desk.manager)
        assert [one["id"] for one in listed.json()["items"]] == [company]
    # The new one is only claimed: whose it is registers, and the manager who looks at both lets one have it.
    theirs = await desk.post("/v1/companies", desk.other_employer, thief | {"siret": other})
    assert theirs.status_code == 201
    refused = await desk.post(f"{place}/approve", desk.manager)
    assert (refused.status_code, refused.json()["code"]) == (409, "company-known")
    back = await desk.client.patch(place, json={"siret": SIRET}, headers={**desk.employer, "If-Match": "*"})
    assert (back.status_code, back.json()["status"]) == (200, "approved")
    again = await desk.client.patch(place, json={"siret": other}, headers={**desk.employer, "If-Match": "*"})
    assert (again.status_code, again.json()["code"]) == (409, "company-known")
    # Looked at, it is the one that is held, and the old one is free.
    rival = f"/v1/companies/{theirs.json()['id']}"
    assert (await desk.post(f"{rival}/approve", desk.manager)).status_code == 200
    third = "55210055400013"
    headers = {**desk.manager, "If-Match": "*"}
    assert (await desk.client.patch(rival, json={"siret": third}, headers=headers)).status_code == 200
    free = await desk.client.patch(place, json={"siret": other}, headers={**desk.employer, "If-Match": "*"})
    assert free.status_code == 200
