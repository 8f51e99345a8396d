"""Partner feeds: every row accepted or refused with a reason, twice the same result."""

import gzip
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.offers.migrations import LISTING_STEPS, OFFER_STEPS
from shared.clock import HandClock
from shared.store.migrations import behind
from tests.service.offers.support import SIRET, Desk, offer_body

REAL = Path(__file__).parents[4] / "shared" / "data" / "offers" / "france_travail_v2.jsonl.gz"


def row(number: int, **changes: Any) -> dict[str, Any]:
    """A France Travail row in Guéret."""
    return {
        "id": f"FT{number}",
        "intitule": f"Maçon n° {number} (H/F)",
        "description": "Construction de murs et de cloisons sur des chantiers du secteur, au sein d'une équipe.",
        "romeCode": "F1703",
        "typeContrat": "CDI",
        "typeContratLibelle": "CDI",
        "natureContrat": "Contrat travail",
        "experienceExige": "D",
        "lieuTravail": {"libelle": "23 - GUERET", "commune": "23096", "codePostal": "23000"},
        "entreprise": {"nom": f"Bâtisseurs {number}"},
        "dureeTravailLibelle": "35H Travail en journée",
        "salaire": {"libelle": "Horaire de 12.5 Euros"},
        **changes,
    }


async def deliver(desk: Desk, rows: Any, **params: Any) -> dict[str, Any]:
    answer = await desk.client.post("/v1/imports", headers=desk.partner, json=rows, params=params)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def test_rows_are_told_line_by_line(desk: Desk) -> None:
    rows = [
        row(1),
        row(2, lieuTravail={"libelle": "France"}),
        row(3, description="Nous recherchons un homme de moins de 35 ans pour ce poste."),
        row(4, lieuTravail={"libelle": "23 - GUERET", "commune": "23096", "latitude": 1.87, "longitude": 46.17}),
        row(1),
        {"external_id": "own-1", "company": {"name": "Ferme", "siret": "123"}, "title": "x"},
        17,
    ]
    report = await deliver(desk, rows)
    assert (report["accepted"], report["rejected"]) == (2, 5)
    reasons = [[error["rule"] for error in line["errors"]] for line in report["rows"]]
    assert reasons[1] == ["place_too_vague"]
    assert set(reasons[2]) == {"age_limit", "sex"}
    assert [warning["rule"] for warning in report["rows"][3]["warnings"]] == ["point_swapped"]
    assert reasons[4] == ["repeated"]
    assert "missing" in reasons[5]
    assert reasons[6] == ["object"]
    logged = await desk.client.get(f"/v1/imports/{report['id']}", headers=desk.partner)
    assert len(logged.json()["refused"]) == 5


async def test_a_row_with_a_social_security_number_is_refused_by_its_field_and_kept_nowhere(desk: Desk) -> None:
    number = "1 85 05 78 006 084"
    rows = [row(1), row(2, entreprise={"nom": "Bâti", "description": f"Mme X, {number}"}), row(3, id="185057800608436")]
    report = await deliver(desk, rows)
    named = [[(error["field"], error["rule"]) for error in line["errors"]] for line in report["rows"]]
    assert named == [[], [("entreprise.description", "personal-number")], [("id", "personal-number")]]
    kept = str(await desk.everything())
    assert "006 084" not in kept
    assert "006084" not in kept


async def test_what_a_feed_brings_is_of_todays_shape(desk: Desk) -> None:
    await deliver(desk, [row(1), row(2)])
    for collection, steps in (("offers", OFFER_STEPS), ("listings", LISTING_STEPS)):
        rows = desk.store.collection(collection)
        assert (await rows.count_documents({}), await rows.count_documents(behind(steps))) == (2, 0)


async def test_the_same_feed_twice_changes_nothing_and_a_day_later_confirms(desk: Desk, clock: HandClock) -> None:
    rows = [row(number) for number in range(5)]
    first = await deliver(desk, rows)
    told = len(await desk.events())
    clock.advance(timedelta(hours=1))
    second = await deliver(desk, rows)
    assert [line["offer_id"] for line in second["rows"]] == [line["offer_id"] for line in first["rows"]]
    assert (first["created"], second["created"], second["unchanged"]) == (5, 0, 5)
    assert len(await desk.events()) == told

    clock.advance(timedelta(days=2))
    await deliver(desk, rows)
    assert [event["type"] for event in (await desk.events())[told:]] == ["offer-refreshed.v1"] * 5


async def test_a_changed_row_updates_and_a_vanished_one_is_closed_then_comes_back(desk: Desk, clock: HandClock) -> None:
    await deliver(desk, [row(1), row(2)])
    report = await deliver(desk, [row(1, intitule="Maçon coffreur (H/F)")], complete=True)
    assert (report["updated"], report["closed"]) == (1, 1)
    titles = [item["title"] for item in (await desk.client.get("/v1/offers")).json()["items"]]
    assert titles == ["Maçon coffreur (H/F)"]
    back = await deliver(desk, [row(1, intitule="Maçon coffreur (H/F)"), row(2)], complete=True)
    assert back["rows"][1]["change"] == "updated"
    assert len((await desk.client.get("/v1/offers")).json()["items"]) == 2
    types = [event["type"] for event in await desk.events()]
    assert types == [
        "offer-created.v1", "offer-created.v1", "offer-updated.v1", "offer-closed.v1", "offer-resumed.v1"
    ]  # fmt: skip


async def test_the_same_job_from_two_sources_is_shown_once(desk: Desk) -> None:
    company = await desk.company()

    def own(external_id: str, name: str, title: str) -> dict[str, Any]:
        body = offer_body("", title=title, contract_kind="cdi", duration_months=None)
        del body["company_id"]
        return {"external_id": external_id, "company": {"name": name, "siret": SIRET}, **body}

    report = await deliver(desk, [own("1", "SCIERIE DE LA GARTEMPE SARL", "MAÇON H/F")])
    imported = report["rows"][0]["offer_id"]
    deposited = await desk.offer(company, title="Maçon(ne) - CDI", contract_kind="cdi", duration_months=None)
    assert [item["id"] for item in (await desk.client.get("/v1/offers")).json()["items"]] == [deposited]
    assert (await desk.client.get(f"/v1/offers/{imported}")).json()["canonical_offer_id"] == deposited

    other = await desk.client.post(
        "/v1/imports",
        headers=desk.manager,
        params={"partner": "feed-two"},
        json=[own("9", "Scierie de la Gartempe", "Maçon (H/F)")],
    )
    assert other.json()["rows"][0]["duplicate_of"] == deposited
    await desk.post(f"/v1/offers/{deposited}/close", desk.employer, {"outcome": "cancelled"})
    shown = (await desk.client.get("/v1/offers")).json()["items"]
    assert [item["id"] for item in shown] == [imported]


@pytest.mark.parametrize("packed", [True, False])
async def test_files_are_read_as_json_lines(desk: Desk, packed: bool) -> None:
    lines = "\n".join(json.dumps(row(number)) for number in range(3)).encode() + b"\n{broken\n"
    content = gzip.compress(lines) if packed else lines
    answer = await desk.client.post("/v1/imports", headers=desk.partner, files={"file": ("feed", content)})
    assert (answer.json()["accepted"], answer.json()["rejected"]) == (3, 1)


async def test_only_partners_and_managers_import(desk: Desk) -> None:
    assert (await desk.client.post("/v1/imports", headers=desk.employer, json=[row(1)])).status_code == 403
    assert (await desk.client.post("/v1/imports", headers=desk.manager, json=[row(1)])).status_code == 422
    assert (await desk.client.post("/v1/imports", headers=desk.partner, content=b"nothing")).status_code == 422


@pytest.mark.materials
async def test_real_rows_twice_give_the_same_result(desk: Desk) -> None:
    """Some of the real file; all of it is delivered by ``tests/journeys/test_real_feed.py``."""
    if not REAL.exists():
        pytest.skip("the large reference data is not beside the project")
    lines = gzip.decompress(REAL.read_bytes()).splitlines()[::20]
    await delivered_twice(desk, gzip.compress(b"\n".join(lines)))


async def delivered_twice(desk: Desk, content: bytes) -> list[dict[str, Any]]:
    """The report's rows, which are the same for the second delivery; what is accepted is told and shown once."""
    reports = []
    for _ in range(2):
        answer = await desk.client.post(
            "/v1/imports", headers={**desk.partner, "Content-Type": "application/gzip"}, content=content
        )
        assert answer.status_code == 200
        reports.append(answer.json())
    first, second = reports
    assert all(line["offer_id"] if line["status"] == "accepted" else line["errors"] for line in first["rows"])
    outcome = [(line["external_id"], line["status"], line["offer_id"], line["errors"]) for line in first["rows"]]
    assert outcome == [
        (line["external_id"], line["status"], line["offer_id"], line["errors"]) for line in second["rows"]
    ]
    assert second["unchanged"] == first["accepted"]
    assert first["accepted"] > 0.85 * len(first["rows"])
    assert len(await desk.events()) == first["accepted"]
    assert await desk.store.collection("listings").count_documents({}) == first["accepted"]
    rows: list[dict[str, Any]] = first["rows"]
    return rows


async def test_nights_named_without_a_word_before_them_are_found_by_who_looks_for_them_alone(desk: Desk) -> None:
    titles = ("IDE nuit", "Agent de sécurité - nuit", "Boulanger nuit H/F", "AS (pas de nuit)", "Vendeur linge de nuit")
    await deliver(desk, [row(at, intitule=title, dureeTravailLibelle="35H") for at, title in enumerate(titles, 1)])

    async def found(**asked: Any) -> set[str]:
        answer = await desk.client.get("/v1/offers", params=asked)
        return {item["title"] for item in answer.json()["items"]}

    for asked in ({"no_night": True}, {"q": "sans nuit"}):
        assert await found(**asked) == set(titles[3:]), asked
    for asked in ({"q": "de nuit"}, {"q": "nuit"}, {"moment": "night"}):
        assert set(titles[:3]) <= await found(**asked), asked


async def test_a_night_that_only_the_title_says_is_unknown_proposed_and_kept_from_who_wants_none(desk: Desk) -> None:
    rows = [
        row(1, intitule="Aide-soignant de nuit (H/F)", romeCode="J1501", dureeTravailLibelle="35H"),
        row(2, intitule="Cariste (H/F)", romeCode="N1101", dureeTravailLibelle="35H"),
        row(3, intitule="Maçon (H/F)", romeCode="F1703"),
    ]
    report = await deliver(desk, rows)
    assert [[one["rule"] for one in line["warnings"]] for line in report["rows"]] == [["text_says_night"], [], []]
    shown = {
        line["external_id"]: (await desk.client.get(f"/v1/offers/{line['offer_id']}")).json() for line in report["rows"]
    }
    assert shown["FT1"]["schedule"] == {"early": None, "late": None, "night": None, "weekend": None}
    assert shown["FT3"]["schedule"] == {"early": False, "late": False, "night": False, "weekend": None}
    found = await desk.client.get("/v1/offers", params={"no_night": True})
    assert {item["title"] for item in found.json()["items"]} == {"Cariste (H/F)", "Maçon (H/F)"}
