"""A household that employs somebody is erased: nothing of its name or words is left, and others keep what is theirs."""

import json
from typing import Any

import pytest

from services.offers.app import SERVICE
from services.offers.commands import forgetting
from shared.clock import HandClock
from tests.service.offers.interviewing import propose
from tests.service.offers.support import Desk
from tests.support import outbox_rows

NAME = "Mme Zebulonne Aubrun"
MARKS = ("Zebulonne", "impasse des Lilas", "Mot-de-la-famille", "boss", "zebulonne@example.org", "+33612345678")
HOUSEHOLD = {
    "name": NAME,
    "siret": None,
    "private_employer": True,
    "presentation": "Mot-de-la-famille",
    "places": [{"name": "impasse des Lilas", "commune_code": "23193"}],
    "contacts": [{"name": "Zebulonne", "phone": "+33612345678"}],
    "contact": {"first_name": "Zebulonne", "email": "zebulonne@example.org"},
}
TEXT = {
    "title": "Aide à domicile chez Zebulonne",
    "description": "Mot-de-la-famille : accompagner une personne âgée chez elle, la toilette, le repas, quelques courses.",
    "place": {"commune_code": "23193", "name": "impasse des Lilas"},
}


async def kept(desk: Desk) -> dict[str, str]:
    """Every document as text, by collection; what is to be published leaves with the relay."""
    return {name: str(rows) for name, rows in (await desk.everything()).items() if name != "outbox"}


async def household(desk: Desk) -> tuple[str, list[str], str]:
    """Three offers, one of them a draft, with somebody who applied, is to come on Monday, and was written to."""
    await desk.person()
    company = await desk.company(**HOUSEHOLD)
    offers = [await desk.offer(company, **TEXT | {"title": f"{TEXT['title']}, n° {number}"}) for number in range(2)]
    offers.append(await desk.offer(company, publish=False, **TEXT))
    key = {"Idempotency-Key": "once"}
    applied = (await desk.apply(offers[0], message="Lettre de Sam")).json()["id"]
    await desk.post(
        f"/v1/offers/{offers[1]}/invitations", desk.employer, {"profile_id": "p-sam", "message": "Mot-de-la-famille"}
    )
    await propose(desk, applied, place="impasse des Lilas", contact="Zebulonne", phone="+33612345678")
    await desk.post(f"/v1/applications/{applied}/feedback", desk.employer, {"result": "positive"}, extra=key)
    note = {"kind": "call", "on": "2026-03-02", "outcome": "no_need", "note": "Zebulonne rappelle"}
    noted = await desk.post(f"/v1/companies/{company}/canvassing", desk.manager, note, extra=key)
    assert noted.status_code == 201, noted.text
    for offer in offers[:2]:
        saved = await desk.client.put(f"/v1/saved-offers/{offer}", headers=desk.seeker)
        assert saved.status_code in (200, 201), saved.text
    said = {"to": "interview", "reason": "Venez chez Zebulonne"}
    assert (await desk.post(f"/v1/applications/{applied}/advance", desk.employer, said)).status_code == 200
    await desk.post(f"/v1/companies/{company}/invitations", desk.employer, {"label": "Fils de Zebulonne"})
    return company, offers, applied


@pytest.mark.parametrize("who", ["employer", "manager"])
async def test_nothing_of_the_household_is_left_and_figures_stay(desk: Desk, who: str) -> None:
    company, offers, applied = await household(desk)
    before = await kept(desk)
    assert all(any(mark in text for text in before.values()) for mark in MARKS)
    by = getattr(desk, who)
    assert (await desk.client.delete(f"/v1/companies/{company}", headers=by)).status_code == 204
    after = await kept(desk)
    # Of the account that is reached no longer its id stays, so that its next state is newer than the last.
    del after["contacts"]
    assert [(name, mark) for name, text in after.items() for mark in MARKS if mark in text] == []
    contact = await desk.store.collection("contacts").find_one({"_id": "boss"})
    assert contact is not None
    assert (contact["company_ids"], contact["email"], contact["first_name"]) == ([], None, None)

    # Nobody finds it, whatever link they have; nothing brings it back.
    assert (await desk.client.get("/v1/offers")).json()["items"] == []
    assert (await desk.client.get(f"/v1/offers/{offers[0]}")).status_code == 404
    assert (await desk.client.get(f"/v1/companies/{company}", headers=desk.employer)).status_code == 404
    for path, body in (("approve", {}), ("invitations", {"label": "x"})):
        refused = await desk.post(f"/v1/companies/{company}/{path}", desk.manager, body)
        assert refused.status_code == 409, path
    changed = await desk.client.patch(
        f"/v1/companies/{company}", json={"name": NAME}, headers=desk.manager | {"If-Match": "*"}
    )
    assert changed.status_code == 409
    again = await desk.client.delete(f"/v1/companies/{company}", headers=desk.manager)
    assert again.status_code == 204

    # Who applied keeps what is theirs, and was told as ever.
    mine = (await desk.client.get(f"/v1/applications/{applied}", headers=desk.seeker)).json()
    assert (mine["status"], mine["message"], mine["offer_title"]) == ("refused", "Lettre de Sam", "Offre effacée")
    saved = (await desk.client.get("/v1/saved-offers", headers=desk.seeker)).json()["items"]
    assert [one["title"] for one in saved] == ["Offre effacée"] * 2
    told = [json.loads(row["data"]) for row in await outbox_rows(desk.store, "offers.notices.v1")]
    assert "interview_cancelled" in {one["template"] for one in told}
    figures = [row async for row in desk.store.collection("offers").find({"published_at": {"$ne": None}})]
    assert {(row["content"]["occupation_code"], row["content"]["place"]["commune_code"]) for row in figures} == {
        ("K2204", "23193")
    }
    assert all("point" not in row["content"]["place"] or row["content"]["place"]["point"] is None for row in figures)
    events = await desk.events("offers.offers.v1")
    last = {row["key"]: row["data"] for row in events}
    assert last == dict.fromkeys(offers[:2])
    assert [row["data"] for row in await desk.events("offers.companies.v1")][-1] is None
    # A resync publishes none of it again.
    for resync in SERVICE.compose(desk.running.runtime).resync:
        if resync.collection in ("offers", "companies"):
            rows = [resync.model.restore(row) async for row in desk.store.collection(resync.collection).find({})]
            assert [resync.event_type(row) for row in rows] == [None] * len(rows)


async def test_a_business_closes_and_is_not_erased_and_who_is_one_of_two_asks_a_manager(
    desk: Desk, clock: HandClock
) -> None:
    business = await desk.company()
    refused = await desk.client.delete(f"/v1/companies/{business}", headers=desk.employer)
    assert (refused.status_code, refused.json()["code"]) == (409, "company-not-a-person")
    # One that had a number when a manager looked at it does not become a person by leaving it out.
    path = f"/v1/companies/{business}"
    posing = {"siret": None, "private_employer": True}
    assert (await desk.client.patch(path, json=posing, headers=desk.employer | {"If-Match": "*"})).status_code == 200
    assert (await desk.client.delete(path, headers=desk.employer)).json()["code"] == "company-not-a-person"

    shared = await desk.company(**HOUSEHOLD)
    await desk.store.collection("companies").update_one({"_id": shared}, {"$push": {"users": "rival"}})
    one_of_two = await desk.client.delete(f"/v1/companies/{shared}", headers=desk.employer)
    assert (one_of_two.status_code, one_of_two.json()["code"]) == (409, "company-shared")
    assert (await desk.client.delete(f"/v1/companies/{shared}", headers=desk.foreign_manager)).status_code == 404
    assert (await desk.client.delete(f"/v1/companies/{shared}", headers=desk.manager)).status_code == 204


async def test_what_broke_off_goes_on_when_asked_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    company, _, _ = await household(desk)
    commit, done = desk.store.commit, 0

    async def breaks(work: Any) -> Any:
        nonlocal done
        done += 1
        if done == 5:
            raise RuntimeError("killed")
        return await commit(work)

    monkeypatch.setattr(desk.store, "commit", breaks)
    assert (await desk.client.delete(f"/v1/companies/{company}", headers=desk.employer)).status_code == 500
    monkeypatch.setattr(desk.store, "commit", commit)
    assert (await desk.client.delete(f"/v1/companies/{company}", headers=desk.employer)).status_code == 204
    after = await kept(desk)
    assert [name for name, text in after.items() if "Zebulonne" in text or "Mot-de-la-famille" in text] == []


async def test_a_process_that_dies_after_the_erasure_leaves_no_kept_answer(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    company, _, _ = await household(desk)
    await desk.store.collection("idempotency").insert_one({"_id": "served now", "at": desk.store.clock.now()})
    assert "Zebulonne" in (await kept(desk))["idempotency"]

    async def dies(*_: object) -> None:
        raise RuntimeError("killed")

    for name in ("forget_answers", "forget_answers_to", "forget_stuck"):
        monkeypatch.setattr(forgetting, name, dies)
    assert (await desk.client.delete(f"/v1/companies/{company}", headers=desk.employer)).status_code == 500
    monkeypatch.undo()
    # Nobody of it comes back to ask again, and for a manager it is erased.
    assert (await desk.client.delete(f"/v1/companies/{company}", headers=desk.manager)).status_code == 204
    rows = await desk.store.collection("idempotency").find({}).to_list(None)
    assert [(row["_id"], row.get("untold")) for row in rows if "answer" not in row and not row.get("committed")] == [
        ("served now", True)
    ]
    others = [row for row in rows if "answer" in row]
    assert [mark for mark in (*MARKS, company) if mark in str(others)] == []
