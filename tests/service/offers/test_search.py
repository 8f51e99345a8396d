"""The public search and its other faces."""

import csv
import io
import json
from xml.etree import ElementTree

from shared.geo import distance_km
from tests.service.offers.support import Desk

# Guéret, La Souterraine (34 km), Aubusson (33 km), Boussac (31 km), Brive (98 km).
GUERET, SOUTERRAINE, AUBUSSON, BRIVE = "23096", "23176", "23008", "19031"


async def _offers(desk: Desk, *communes: str) -> dict[str, list[str]]:
    company = await desk.company()
    made: dict[str, list[str]] = {}
    for index, commune in enumerate(communes):
        offer = await desk.offer(company, title=f"Cuisinière n° {index}", place={"commune_code": commune})
        made.setdefault(commune, []).append(offer)
    return made


async def test_the_radius_widens_until_five_are_inside_and_says_so(desk: Desk) -> None:
    await _offers(desk, *[GUERET] * 3, *[SOUTERRAINE] * 2, BRIVE)
    page = (await desk.client.get("/v1/offers", params={"commune": GUERET})).json()
    assert page["radius"] == {"used_km": 35.0, "widened": True, "steps_km": [20.0, 35.0, 50.0, 75.0, 100.0]}
    assert len(page["items"]) == 5
    fixed = (await desk.client.get("/v1/offers", params={"commune": GUERET, "radius_km": 5})).json()
    assert (len(fixed["items"]), fixed["radius"]["widened"]) == (3, False)
    fresh = (await desk.client.get("/v1/offers", params={"commune": GUERET, "sort": "freshness"})).json()
    assert (fresh["radius"]["used_km"], len(fresh["items"])) == (35.0, 5)


async def test_pages_by_distance_meet_every_offer_once_and_in_order(desk: Desk) -> None:
    await _offers(desk, *[GUERET] * 5, *[SOUTERRAINE] * 3, *[AUBUSSON] * 3)
    near: list[str] | None = None
    for params in (
        {"commune": GUERET, "radius_km": 50},
        {"commune": GUERET, "radius_km": 50, "q": "cuisinier"},
        {},
        {"sort": "fewest_applications"},
    ):
        seen: list[str] = []
        distances: list[float] = []
        cursor = None
        while True:
            page = (
                await desk.client.get(
                    "/v1/offers", params={**params, "limit": 2, **({"cursor": cursor} if cursor else {})}
                )
            ).json()
            seen += [item["id"] for item in page["items"]]
            distances += [item["distance_km"] for item in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert len(seen) == len(set(seen)) == 11
        if "commune" in params:
            assert distances == sorted(distances)
            near = seen if near is None else near
            # By the index of places or by that of words: the same order.
            assert seen == near


async def test_words_meet_without_accents_plurals_or_gender(desk: Desk) -> None:
    company = await desk.company()
    offer = await desk.offer(
        company, title="Infirmière à domicile (H/F)", description="Tournées chez des patients âgés."
    )
    for words in ("infirmier", "INFIRMIERES", "infirmière domicile", "tournée patient", "gueret"):
        found = (await desk.client.get("/v1/offers", params={"q": words})).json()["items"]
        assert [item["id"] for item in found] == [offer], words
    assert (await desk.client.get("/v1/offers", params={"q": "boulanger"})).json()["items"] == []


async def test_facets_and_filters_count_the_whole_answer(desk: Desk) -> None:
    company = await desk.company()
    await desk.offer(company, shifts=[{"weekday": 5, "start": "06:00", "end": "12:00"}])
    await desk.offer(company, contract_kind="cdi", duration_months=None, licences=["B"])
    page = (await desk.client.get("/v1/offers", params={"commune": GUERET, "facets": True, "limit": 1})).json()
    counts = {name: {one["value"]: one["count"] for one in values} for name, values in page["facets"].items()}
    assert counts["contract_kind"] == {"cdd": 1, "cdi": 1}
    assert counts["flags"] == {"early": 1, "late": 0, "night": 0, "weekend": 1, "car_free": 0, "no_licence": 1}
    assert counts["total"] == {"offers": 2}
    day = await desk.client.get("/v1/offers", params={"no_early": True, "no_weekend": True})
    assert [item["contract_kind"] for item in day.json()["items"]] == ["cdi"]


async def test_bad_places_and_cursors_are_refused_with_the_field(desk: Desk) -> None:
    for params, rule in (
        ({"near": "1.87,46.17"}, "point_swapped"),
        ({"near": "abc"}, "lat_lon"),
        ({"commune": "99999"}, "commune_unknown"),
        ({"sort": "distance"}, "needs_place"),
        ({"cursor": "zzz"}, "cursor"),
        ({"occupation": "X1"}, "string-pattern-mismatch"),
    ):
        answer = await desk.client.get("/v1/offers", params=params)
        assert (answer.status_code, answer.json()["errors"][0]["rule"]) == (422, rule), params


async def test_other_faces_show_the_same_public_offers(desk: Desk) -> None:
    company = await desk.company()
    offer = await desk.offer(company, title="Serveur <b> & barman (H/F)")
    await desk.offer(company, publish=False)

    shapes = (await desk.client.get("/v1/offers.geojson", params={"commune": GUERET})).json()
    lon, lat = shapes["features"][0]["geometry"]["coordinates"]
    assert distance_km(lat, lon, 46.17, 1.87) < 3
    feed = (await desk.client.get("/v1/offers.feed.json")).json()
    assert [item["id"] for item in feed["items"]] == [offer]
    rss = ElementTree.fromstring((await desk.client.get("/v1/offers.rss")).text)
    assert [item.text for item in rss.iter("title")][1:] == ["Serveur <b> & barman (H/F)"]

    posting = (await desk.client.get(f"/v1/offers/{offer}/jobposting")).json()
    assert posting["@type"] == "JobPosting"
    assert posting["employmentType"] == ["TEMPORARY", "PART_TIME"]
    assert posting["validThrough"] == "2026-03-17T09:00:00+01:00"
    screen = (await desk.client.get("/v1/stops/nearby", params={"commune": GUERET})).json()
    assert [(item["contract"], item["distance_km"]) for item in screen["items"]] == [("CDD", 0.0)]

    assert (await desk.client.get("/v1/offers.csv")).status_code == 401
    assert (await desk.client.get("/v1/offers.csv", headers=desk.employer)).status_code == 403
    export = (await desk.client.get("/v1/offers.csv", headers=desk.manager)).text
    rows = list(csv.DictReader(io.StringIO(export.removeprefix("\ufeff")), delimiter=";"))
    assert sorted(row["État"] for row in rows) == ["Brouillon", "En ligne"]
    assert {(row["Nature"], row["Contrat"], row["Source"], row["Marché caché"]) for row in rows} == {
        ("Emploi", "CDD", "Déposée", "non")
    }


async def test_reference_endpoints_are_public(desk: Desk) -> None:
    communes = (await desk.client.get("/v1/communes", params={"q": "gueret"})).json()["items"]
    assert (communes[0]["code"], communes[0]["score"]) == (GUERET, 1.0)
    occupations = (await desk.client.get("/v1/occupations", params={"q": "agent d'entretien"})).json()["items"]
    assert occupations[0]["score"] >= occupations[-1]["score"]


async def test_the_public_sees_no_person_and_no_status(desk: Desk) -> None:
    company = await desk.company()
    offer = await desk.offer(company)
    for path in ("/v1/offers", f"/v1/offers/{offer}", "/v1/offers.geojson", "/v1/offers.rss"):
        text = (await desk.client.get(path)).text
        assert "boss" not in text
        assert "nadia" not in text.lower()
    assert "boss" not in json.dumps([json.loads(event["data"]) for event in await desk.events("offers.offers.v1")])
