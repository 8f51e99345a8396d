"""An employer's own table: its posts are deposited row by row, as by hand, and nobody else's are."""

import asyncio
import gzip
import json
from typing import Any

from services.offers.commands.import_report import MOST_BYTES_OF_EMPLOYER, MOST_OF_EMPLOYER
from tests.service.offers.support import SIRET, Desk
from tests.service.offers.tabled import as_csv, as_xlsx

HEADER = ("Référence", "Poste", "Commune", "Contrat", "Temps de travail", "Salaire")
NAME = "Scierie de la Gartempe"


def post(number: int, **changes: Any) -> list[Any]:
    plain = dict(
        zip(HEADER, (f"R{number}", f"Cariste {number}", "23000 Guéret", "CDI", "35", "12,50 €/h"), strict=True)
    )
    return list((plain | changes).values())


async def send(
    desk: Desk,
    company: str,
    content: bytes,
    status: int = 200,
    who: dict[str, str] | None = None,
    **params: Any,
) -> dict[str, Any]:
    path = f"/v1/companies/{company}/imports"
    answer = await desk.client.post(path, headers=who or desk.employer, content=content, params=params)
    assert answer.status_code == status, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def states(desk: Desk) -> dict[str, str]:
    return {row["content"]["title"]: row["status"] async for row in desk.store.collection("offers").find({})}


async def test_twenty_posts_are_previewed_deposited_and_the_same_again_changes_nothing(desk: Desk) -> None:
    company = await desk.company()
    table = as_xlsx(("Postes", [HEADER, *(post(number) for number in range(1, 21)), post(21, Commune="Nulle-Part")]))
    seen = await send(desk, company, table, preview=True)
    assert (seen["created"], seen["rejected"], seen["rows"][0]["understood"]["company"]) == (20, 1, NAME)
    assert await states(desk) == {}
    report = await send(desk, company, table)
    assert (report["created"], report["rejected"]) == (20, 1)
    offer = (await desk.client.get(f"/v1/offers/{report['rows'][0]['offer_id']}", headers=desk.employer)).json()
    assert (offer["status"], offer["source"], offer["deposited_by"]) == ("published", "deposited", "boss")
    assert (offer["company"]["id"], offer["company"]["name"]) == (company, NAME)
    events = len(await desk.events())
    assert (await send(desk, company, table))["unchanged"] == 20
    assert len(await desk.events()) == events
    path = f"/v1/companies/{company}/imports"
    listed = (await desk.client.get(path, headers=desk.employer)).json()["items"]
    assert [one["accepted"] for one in listed] == [20, 20]
    log = (await desk.client.get(f"{path}/{listed[0]['id']}", headers=desk.manager)).json()
    assert log["refused"][0]["row"] == 22


async def test_only_who_acts_for_it_and_only_its_own_posts(desk: Desk) -> None:
    company = await desk.company()
    table = as_csv([(*HEADER, "SIRET", "Employeur"), [*post(1), SIRET, NAME.upper()]])
    await send(desk, company, table, 404, desk.other_employer)
    await send(desk, company, table, 404, desk.seeker)
    refused = await desk.client.post("/v1/imports", headers=desk.employer, content=table)
    assert refused.status_code == 403
    as_partner = await desk.client.post(
        "/v1/imports", headers=desk.manager, content=table, params={"partner": f"employer:{company}"}
    )
    assert as_partner.json()["errors"][0]["rule"] == "reserved"
    [own] = (await send(desk, company, table))["rows"]
    assert (own["status"], "other_company" in str(own["warnings"])) == ("accepted", False)
    others = as_csv([(*HEADER, "SIRET", "Employeur"), [*post(2), "44306184100047", ""], [*post(3), "", "Bâti Creuse"]])
    number, named = (await send(desk, company, others))["rows"]
    assert (number["status"], number["errors"][0]["rule"]) == ("rejected", "other_company")
    assert [one["column"] for one in named["warnings"] if one["rule"] == "other_company"] == ["H (Employeur)"]
    offer = (await desk.client.get(f"/v1/offers/{named['offer_id']}")).json()
    assert offer["company"]["name"] == NAME
    own = {"external_id": "j-1", "title": "Scieur (H/F)", "description": "Scier.", "contract_kind": "cdi"}
    row = {**own, "place": {"commune_code": "23096"}, "company": {"name": NAME}, "reserved_publics": ["iae"]}
    [reserved] = (await send(desk, company, json.dumps([row]).encode()))["rows"]
    assert (reserved["status"], reserved["errors"][0]["rule"]) == ("rejected", "not_verified")


async def test_a_row_with_a_social_security_number_is_refused_and_kept_nowhere(desk: Desk) -> None:
    company = await desk.company()
    table = as_csv(
        [HEADER, post(1), post(2, Poste="Cariste, 1 85 05 78 006 084"), post(3, Référence="185057800608436")]
    )
    rows = (await send(desk, company, table))["rows"]
    assert [[error["rule"] for error in row["errors"]] for row in rows] == [
        [],
        ["personal-number"],
        ["personal-number"],
    ]
    kept = str(await desk.everything())
    assert "006 084" not in kept
    assert "006084" not in kept


async def test_a_table_that_is_sent_twice_at_once_deposits_each_post_once(desk: Desk) -> None:
    company = await desk.company()
    foreign = post(0, Poste="Boulanger — خباز 面包师 пекарь")
    table = as_csv([HEADER, foreign, *(post(number) for number in range(1, 9))])
    both = await asyncio.gather(send(desk, company, table), send(desk, company, table))
    assert sorted(await states(desk)) == sorted([foreign[1], *(f"Cariste {number}" for number in range(1, 9))])
    assert await desk.store.collection("offers").count_documents({}) == 9
    assert {row["status"] for one in both for row in one["rows"]} == {"accepted"}


async def test_what_was_mended_here_stays_until_its_row_changes(desk: Desk) -> None:
    company = await desk.company()
    [row] = (await send(desk, company, as_csv([HEADER, post(1)])))["rows"]
    path = f"/v1/offers/{row['offer_id']}"
    mended = await desk.client.patch(path, json={"weekly_hours": 28}, headers=desk.employer | {"If-Match": "*"})
    assert mended.status_code == 200, mended.text
    assert (await send(desk, company, as_csv([HEADER, post(1)])))["unchanged"] == 1
    assert (await desk.client.get(path)).json()["weekly_hours"] == 28
    assert (await send(desk, company, as_csv([HEADER, post(1, Salaire="13 €/h")])))["updated"] == 1
    assert (await desk.client.get(path)).json()["weekly_hours"] == 35
    # What people ended stays ended; what only left the table comes back, and what was written here is no row of it.
    written = await desk.offer(company, title="Affûteur (H/F)")
    both = as_csv([HEADER, post(1), post(2)])
    await send(desk, company, both)
    assert (await send(desk, company, as_csv([HEADER, post(1)]), complete=True))["closed"] == 1
    assert (await desk.client.get(f"/v1/offers/{written}")).json()["status"] == "published"
    assert (await send(desk, company, both))["updated"] == 1
    await desk.post(f"{path}/close", desk.employer, {"outcome": "cancelled"})
    await send(desk, company, both)
    assert await states(desk) == {"Cariste 1": "closed", "Cariste 2": "published", "Affûteur (H/F)": "published"}


async def test_a_company_that_nobody_has_looked_at_waits_with_all_its_posts(desk: Desk) -> None:
    made = await desk.post("/v1/companies", desk.employer, {"name": NAME, "siret": SIRET, "territory": "23"})
    company = made.json()["id"]
    first = await send(desk, company, as_csv([HEADER, post(1), post(2)]))
    assert first["created"] == 2
    assert set((await states(desk)).values()) == {"pending"}
    assert await desk.events("offers.offers.v1") == []
    again = await send(desk, company, as_csv([HEADER, post(1), post(2, Salaire="13 €/h")]))
    assert (again["unchanged"], again["updated"]) == (1, 1)
    # One that a manager sends back waits for another text.
    sent = first["rows"][0]["offer_id"]
    back = await desk.post(f"/v1/offers/{sent}/send-back", desk.manager, {"reason": "Quel quai ?"})
    assert back.status_code == 200, back.text
    await send(desk, company, as_csv([HEADER, post(1)]))
    assert (await states(desk))["Cariste 1"] == "draft"
    await send(desk, company, as_csv([HEADER, post(1, Poste="Cariste de quai")]))
    assert (await states(desk)) == {"Cariste de quai": "pending", "Cariste 2": "pending"}
    await desk.post(f"/v1/companies/{company}/approve", desk.manager)
    assert set((await states(desk)).values()) == {"published"}
    await desk.post(f"/v1/companies/{company}/suspend", desk.manager)
    [refused] = (await send(desk, company, as_csv([HEADER, post(3)])))["rows"]
    assert refused["status"] == "rejected"


async def test_an_employer_s_table_has_an_end(desk: Desk) -> None:
    company = await desk.company()
    rows = [post(number) for number in range(MOST_OF_EMPLOYER + 1)]
    refused = await send(desk, company, as_csv([HEADER, *rows]), 422)
    assert str(MOST_OF_EMPLOYER) in refused["errors"][0]["message"]
    # Nor has a file of few posts and much else: what is unpacked of a partner's feed is not of an employer's table.
    large = gzip.compress(as_csv([HEADER, post(1)]) + b" " * MOST_BYTES_OF_EMPLOYER)
    assert (await send(desk, company, large, 422))["errors"][0]["rule"] == "too_large"
