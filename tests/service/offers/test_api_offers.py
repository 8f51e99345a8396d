"""Companies and offers over HTTP on a real MongoDB."""

from typing import Any

import pytest

from tests.service.offers.support import SIRET, Desk, offer_body

OFFERS = "offers.offers.v1"


async def test_an_offer_is_private_until_published_and_then_found(desk: Desk) -> None:
    company = await desk.company()
    offer = await desk.offer(company, publish=False)
    assert (await desk.client.get(f"/v1/offers/{offer}")).status_code == 404
    assert await desk.events(OFFERS) == []

    published = await desk.post(f"/v1/offers/{offer}/publish", desk.employer)
    assert published.json()["status"] == "published"
    assert [event["type"] for event in await desk.events(OFFERS)] == ["offer-created.v1"]

    seen = (await desk.client.get(f"/v1/offers/{offer}")).json()
    assert seen["confirmed_on"] == "2026-03-02"
    assert seen["occupation_label"]
    assert "history" not in seen
    found = (await desk.client.get("/v1/offers", params={"commune": "23096", "q": "agents entretien"})).json()
    assert [item["id"] for item in found["items"]] == [offer]
    assert found["items"][0]["distance_km"] == 0.0


async def test_an_unvetted_company_waits_and_approval_publishes(desk: Desk) -> None:
    company = await desk.company(approved=False)
    offer = await desk.offer(company, publish=False)
    answer = await desk.post(f"/v1/offers/{offer}/publish", desk.employer)
    assert answer.json()["status"] == "pending"
    again = await desk.post(f"/v1/offers/{offer}/publish", desk.employer)
    assert (again.status_code, again.json()["code"]) == (403, "wrong-party")
    queue = await desk.client.get("/v1/moderation/offers", headers=desk.manager)
    assert [item["id"] for item in queue.json()["items"]] == [offer]

    await desk.post(f"/v1/companies/{company}/approve", desk.manager)
    assert (await desk.client.get(f"/v1/offers/{offer}")).json()["status"] == "published"

    await desk.post(f"/v1/companies/{company}/suspend", desk.manager, {"reason": "Plaintes"})
    assert (await desk.client.get("/v1/offers")).json()["items"] == []
    refused = await desk.post(f"/v1/offers/{offer}/confirm", desk.employer)
    assert refused.status_code == 403


async def test_siret_is_checked_and_unique(desk: Desk) -> None:
    wrong = await desk.post("/v1/companies", desk.employer, {"name": "X", "siret": "73282932000075", "territory": "23"})
    assert wrong.status_code == 422
    assert wrong.json()["errors"][0] == {
        "field": "siret",
        "rule": "siret_checksum",
        "message": "La clé de contrôle de ce SIRET est fausse.",
    }
    # An establishment of La Poste: Luhn fails, the digits' sum is a multiple of 5.
    poste = {"name": "La Poste Guéret", "siret": "356 000 000 49837", "territory": "23"}
    assert (await desk.post("/v1/companies", desk.employer, poste)).json()["siret"] == "35600000049837"
    await desk.company()
    again = await desk.post("/v1/companies", desk.other_employer, {"name": "Copie", "siret": SIRET, "territory": "23"})
    assert (again.status_code, again.json()["code"]) == (409, "company-known")


@pytest.mark.parametrize(
    ("change", "field", "rule"),
    [
        ({"place": {"point": {"lat": 1.87, "lon": 46.17}}}, "place.point", "point_swapped"),
        ({"place": {"point": {"lat": 0.0, "lon": 0.0}}}, "place.point", "point_outside_france"),
        ({"place": {"commune_code": "99999"}}, "place.commune_code", "commune_unknown"),
        (
            {"place": {"commune_code": "23096", "point": {"lat": 48.85, "lon": 2.35}}},
            "place.point",
            "point_far_from_commune",
        ),
        ({"place": {}}, "place", "place_required"),
        ({"description": "Nous recherchons une personne de moins de 30 ans."}, "description", "age_limit"),
        ({"kind": "volunteering", "contract_kind": "cdi"}, "contract_kind", "contract_of_kind"),
        ({"unknown": 1}, "unknown", "extra-forbidden"),
        ({"weekly_hours": True}, "weekly_hours", "number-type"),
        ({"shifts": [{"weekday": 9, "start": "08:00", "end": "12:00"}]}, "shifts.0.weekday", "less-than-equal"),
    ],
)
async def test_a_refusal_names_the_field_and_the_rule(
    desk: Desk, change: dict[str, Any], field: str, rule: str
) -> None:
    company = await desk.company()
    answer = await desk.post("/v1/offers", desk.employer, offer_body(company, **change))
    assert answer.status_code == 422, answer.text
    assert (field, rule) in [(error["field"], error["rule"]) for error in answer.json()["errors"]]


async def test_patch_needs_the_version_that_was_read(desk: Desk) -> None:
    company = await desk.company()
    offer = await desk.offer(company)
    path = f"/v1/offers/{offer}"
    assert (await desk.client.patch(path, headers=desk.employer, json={"weekly_hours": 30})).status_code == 428
    etag = (await desk.client.get(path, headers=desk.employer)).headers["etag"]
    changed = await desk.client.patch(path, headers={**desk.employer, "If-Match": etag}, json={"weekly_hours": 30})
    assert changed.status_code == 200, changed.text
    assert changed.json()["weekly_hours"] == 30
    lost = await desk.client.patch(path, headers={**desk.employer, "If-Match": etag}, json={"weekly_hours": 31})
    assert (lost.status_code, lost.json()["code"]) == (412, "version-conflict")
    assert [event["type"] for event in await desk.events(OFFERS)] == ["offer-created.v1", "offer-updated.v1"]


async def test_strangers_change_nothing(desk: Desk) -> None:
    company = await desk.company()
    offer = await desk.offer(company)
    for headers in (desk.other_employer, desk.foreign_manager, desk.seeker):
        assert (await desk.post(f"/v1/offers/{offer}/close", headers, {"outcome": "cancelled"})).status_code == 403
        # As for a company that does not exist.
        assert (await desk.client.get(f"/v1/companies/{company}", headers=headers)).status_code == 404
    assert (await desk.post("/v1/offers", {}, offer_body(company))).status_code == 401


async def test_a_forbidden_transition_is_409_with_the_allowed_ones(desk: Desk) -> None:
    company = await desk.company()
    offer = await desk.offer(company)
    await desk.post(f"/v1/offers/{offer}/close", desk.employer, {"outcome": "filled_through_us"})
    answer = await desk.post(f"/v1/offers/{offer}/confirm", desk.employer)
    assert answer.status_code == 409
    assert answer.json()["allowed"] == ["archive"]
    assert (await desk.client.get("/v1/offers")).json()["items"] == []
    assert (await desk.client.get(f"/v1/offers/{offer}")).json()["outcome"] == "filled_through_us"


async def test_an_idempotency_key_deposits_once(desk: Desk) -> None:
    company = await desk.company()
    key = {"Idempotency-Key": "deposit-1"}
    first = await desk.post("/v1/offers", desk.employer, offer_body(company), extra=key)
    second = await desk.post("/v1/offers", desk.employer, offer_body(company), extra=key)
    assert first.json()["id"] == second.json()["id"]
    listed = await desk.client.get(f"/v1/companies/{company}/offers", headers=desk.employer)
    assert len(listed.json()["items"]) == 1


async def test_what_contradicts_itself_is_said_in_words_with_its_field(desk: Desk) -> None:
    company = await desk.company()
    reversed_pay = offer_body(company, salary={"hourly_min": 20, "hourly_max": 12})
    by_foot = offer_body(company, vehicle_required=True, accessible_without_car=True)
    for body, field, rule in ((reversed_pay, "salary", "pay-reversed"), (by_foot, "(body)", "vehicle-needed")):
        refused = await desk.post("/v1/offers", desk.employer, body)
        [error] = refused.json()["errors"]
        assert (refused.status_code, error["field"], error["rule"]) == (422, field, rule)
        assert error["message"].endswith(".")


async def test_a_pasted_question_is_read_as_what_is_seen_of_it(desk: Desk) -> None:
    company = await desk.company()
    offer = await desk.offer(company, title="𝗠𝗮𝗰\u0327𝗼𝗻 (H/F)", occupation_code=None)
    other = await desk.offer(company, title="Coiffeuse (H/F)", occupation_code=None)
    for question in ("maçon", "Ma\u200bçon", "𝐌𝐚𝐜\u0327𝐨𝐧", "\u202eMaçon", "ｍａçｏｎ"):
        found = [one["id"] for one in (await desk.client.get("/v1/offers", params={"q": question})).json()["items"]]
        assert offer in found, question
        assert other not in found, question


async def test_a_stored_text_that_the_law_forbids_is_not_published(desk: Desk) -> None:
    offer = await desk.offer(await desk.company(), publish=False)
    offers = desk.running.store.collection("offers")
    await offers.update_one({"_id": offer}, {"$set": {"content.description": "Poste réservé aux femmes."}})
    refused = await desk.post(f"/v1/offers/{offer}/publish", desk.employer)
    assert refused.status_code == 422, "another release, which read less, may have stored it"
    assert refused.json()["code"] == "offer-discriminates"
