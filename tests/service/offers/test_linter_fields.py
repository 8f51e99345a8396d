"""Fields that are possible and cannot be meant: a warning with the field, by hand and by import alike."""

import json
from datetime import date
from typing import Any

import pytest

from services.offers.domain.content import OfferContent
from services.offers.domain.linter_fields import odd_fields
from shared.reference.minimum_wage import RATES, minimum_wage
from tests.service.offers.support import Desk, offer_body

TODAY = date(2026, 3, 2)


def content(**changes: Any) -> OfferContent:
    body = offer_body("c", place={"name": "Guéret", "commune_code": "23096", "point": None}, **changes)
    del body["company_id"]
    return OfferContent.model_validate(body)


@pytest.mark.parametrize(
    ("changes", "field", "rule", "says"),
    [
        ({"salary": {"hourly_min": 0}}, "salary.hourly_min", "pay_zero", "vide"),
        ({"salary": {"hourly_min": 12.01}}, "salary.hourly_min", "pay_below_minimum", "12,02 €"),
        ({"salary": {"hourly_max": 9}}, "salary.hourly_max", "pay_below_minimum", "jeudi 1er janvier 2026"),
        ({"salary": {"hourly_min": 1000}, "weekly_hours": 17.5}, "salary.hourly_min", "pay_unlikely", "mensuel, écrivez 13,19 €"),
        ({"salary": {"hourly_min": 12.5, "hourly_max": 900}}, "salary.hourly_max", "pay_unlikely", "mensuel"),
        ({"salary": {"hourly_min": 13, "hourly_max": 60}}, "salary.hourly_max", "pay_range_wide", "13,00 € à 60,00 €"),
        ({"contract_kind": "apprenticeship", "salary": {"hourly_min": 3.2}}, "salary.hourly_min", "pay_below_minimum", "3,25 €"),
        ({"weekly_hours": 0}, "weekly_hours", "hours_zero", "vide"),
        ({"weekly_hours": 60}, "weekly_hours", "hours_above_legal", "48"),
        ({"shifts": [{"weekday": 0, "start": "08:00", "end": "07:00"}]}, "shifts.0", "shift_long", "08:00–07:00"),
        ({"duration_months": 0}, "duration_months", "duration_zero", "0,5"),
        ({"contract_kind": "cdi", "duration_months": 6}, "duration_months", "duration_of_permanent", "CDI"),
        ({"duration_months": 60}, "duration_months", "duration_long", "36 mois"),
        ({"starts_on": "1900-01-01"}, "starts_on", "start_past", "1900"),
        ({"starts_on": "2062-03-09"}, "starts_on", "start_far", "année"),
        ({"apply_by": "2026-02-27"}, "apply_by", "apply_by_past", "publiée"),
        ({"starts_on": "2026-03-09", "apply_by": "2026-04-09"}, "apply_by", "apply_by_after_start", "9 mars 2026"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_told_with_its_field(changes: dict[str, Any], field: str, rule: str, says: str) -> None:
    (found,) = odd_fields(content(**changes), TODAY)
    assert (found.field, found.rule) == (field, rule)
    assert says in found.as_error().message


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"salary": {"hourly_min": 12.02, "hourly_max": 14}},
        {"salary": {"hourly_min": 9.33}, "place": {"name": "Mamoudzou", "commune_code": "97611", "point": None}},
        {"contract_kind": "apprenticeship", "salary": {"hourly_min": 3.25}},
        {"contract_kind": "self_employed", "salary": {"hourly_min": 5}, "weekly_hours": 60},
        {"kind": "volunteering", "contract_kind": "volunteering", "salary": {"hourly_min": 0}},
        {"shifts": [{"weekday": 0, "start": "21:00", "end": "06:00"}]},
        {"starts_on": "2026-02-16", "salary": {}},
        {"contract_kind": "cddi", "duration_months": 60},
    ],
)
def test_what_is_unusual_and_right_is_no_warning(changes: dict[str, Any]) -> None:
    place = changes.pop("place", None)
    made = content(**changes)
    if place is not None:
        made = made.model_copy(update={"place": made.place.model_copy(update=place)})
    assert odd_fields(made, TODAY) == ()


def test_the_minimum_wage_is_that_of_the_day() -> None:
    assert [rate.since for rate in RATES] == sorted((rate.since for rate in RATES), reverse=True)
    assert (minimum_wage(date(2025, 12, 31)).at("23096"), minimum_wage(date(2026, 1, 1)).at("23096")) == (11.88, 12.02)
    assert minimum_wage(date(2020, 1, 1)) == RATES[-1]


async def test_the_depositor_and_the_partner_are_told_the_same(desk: Desk) -> None:
    company = await desk.company()
    odd: dict[str, Any] = {"salary": {"hourly_min": 8.5}, "weekly_hours": 0, "starts_on": "1900-01-01"}
    deposited = (await desk.post("/v1/offers", desk.employer, offer_body(company, **odd))).json()
    told = [(one["field"], one["rule"]) for one in deposited["warnings"]]
    expected = [("salary.hourly_min", "pay_below_minimum"), ("weekly_hours", "hours_zero"), ("starts_on", "start_past")]
    assert told[:3] == expected
    published = await desk.post(f"/v1/offers/{deposited['id']}/publish", desk.employer)
    assert published.json()["status"] == "published"
    # A month's pay is more than any hour's: refused with what to do, by hand and by feed.
    monthly = {"salary": {"hourly_min": 1823.03}}
    refused = (await desk.post("/v1/offers", desk.employer, offer_body(company, **monthly))).json()["errors"]
    assert [(one["field"], one["rule"], "d'une heure" in one["message"]) for one in refused] == [
        ("salary.hourly_min", "pay-of-an-hour", True)
    ]
    row = offer_body("", **odd) | {"external_id": "1", "company": {"name": "Ferme du Masbaraud"}}
    del row["company_id"]
    sent = await desk.client.post("/v1/imports", headers=desk.partner, content=json.dumps([row]))
    (line,) = sent.json()["rows"]
    of_month = row | monthly | {"external_id": "2"}
    again = await desk.client.post("/v1/imports", headers=desk.partner, content=json.dumps([of_month]))
    assert "d'une heure" in again.json()["rows"][0]["errors"][0]["message"]
    assert [(one["field"], one["rule"]) for one in line["warnings"]][:3] == expected


async def test_a_title_that_contradicts_the_occupation_is_told_and_travels_until_it_is_mended(desk: Desk) -> None:
    company = await desk.company()
    body = offer_body(company, title="Serveur H/F", occupation_code="M1801")
    deposited = (await desk.post("/v1/offers", desk.employer, body)).json()
    (told,) = [one for one in deposited["warnings"] if one["rule"] == "title_contradicts_occupation"]
    assert (told["field"], deposited["occupation_doubt"]) == ("occupation_code", {"title_code": "G1803"})
    path = f"/v1/offers/{deposited['id']}"
    mended = await desk.client.patch(
        path, headers=desk.employer | {"If-Match": '"1"'}, json={"occupation_code": "G1803"}
    )
    assert (mended.status_code, mended.json()["occupation_doubt"]) == (200, None), mended.text
    assert "title_contradicts_occupation" not in [one["rule"] for one in mended.json()["warnings"]]


async def test_the_second_trade_of_a_title_is_told_travels_and_goes_with_the_title(desk: Desk) -> None:
    company = await desk.company()
    body = offer_body(company, title="Réceptionniste / femme de chambre", occupation_code="G1703")
    deposited = (await desk.post("/v1/offers", desk.employer, body)).json()
    assert deposited["occupation_also"] == "G1501"
    path = f"/v1/offers/{deposited['id']}"
    mended = await desk.client.patch(
        path, headers=desk.employer | {"If-Match": '"1"'}, json={"title": "Réceptionniste"}
    )
    assert (mended.status_code, mended.json()["occupation_also"]) == (200, None), mended.text


async def test_a_code_that_no_referential_knows_is_told_whoever_mistyped_it(desk: Desk) -> None:
    """«D9999» was taken without a word, and nobody would ever have been shown the offer."""
    company = await desk.company()
    deposited = (await desk.post("/v1/offers", desk.employer, offer_body(company, occupation_code="D9999"))).json()
    (told,) = [one for one in deposited["warnings"] if one["rule"] == "occupation_unknown"]
    assert (told["field"], told["words"], deposited["occupation_label"]) == ("occupation_code", "D9999", None)
    # A partner's referential may be newer than ours: it says the name itself.
    named = offer_body(company, occupation_code="D9999", occupation_label="Éleveur d'insectes")
    known = (await desk.post("/v1/offers", desk.employer, named)).json()
    assert "occupation_unknown" not in [one["rule"] for one in known["warnings"]]
    unsaid = (await desk.post("/v1/offers", desk.employer, offer_body(company, occupation_code=None))).json()
    assert "occupation_unknown" not in [one["rule"] for one in unsaid["warnings"]]
