"""Published modifications over HTTP: decided by a facilitator, recorded as amendments."""

import asyncio
import json
from typing import Any

import pytest

from services.clauses.commands import alerts
from services.clauses.procurement.files import rows_of
from tests.service.clauses.builders import People, decp_record, hours_body
from tests.service.clauses.test_published_modifications import MATERIAL, ONE, OTHER, change
from tests.support import Running


def record(*modifications: dict[str, Any], **changes: Any) -> str:
    listed = [{"modification": one} for one in modifications]
    return json.dumps({"marches": {"marche": [decp_record(modifications=listed, **changes)]}})


async def sent(clauses: Running, people: People, content: str | bytes, **query: Any) -> Any:
    answer = await clauses.client.post(
        "/v1/contract-imports", content=content, params=query, headers=people.facilitator
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


SAID: dict[str, Any] = {
    "kind": "execution_condition",
    "objective": {"rule": "manual", "hours": "1200.00", "reason": "CCAP, article 7"},
    "contracting_authority_name": "Ville de Guéret",
    "rules": {"eligibility": "unchecked"},
}


async def concluded(clauses: Running, people: People, content: str) -> dict[str, Any]:
    [line] = (await sent(clauses, people, content))["lines"]
    url = f"/v1/contract-drafts/{line['draft_id']}/conclude"
    made = await clauses.client.post(url, json=SAID, headers=people.facilitator)
    assert made.status_code == 201, made.text
    return dict(made.json())


async def waiting(clauses: Running, people: People, **query: Any) -> list[dict[str, Any]]:
    answer = await clauses.client.get("/v1/amendment-drafts", params=query, headers=people.facilitator)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def test_a_publication_becomes_an_amendment_by_a_facilitators_decision(clauses: Running, people: People) -> None:
    client, desk = clauses.client, people.facilitator
    known = await concluded(clauses, people, record())
    contract_url = f"/v1/contracts/{known['id']}"
    first = change(
        1, "2025-07-01", montant=450_000, dureeMois=24, objetModification="Passe à 1 500 heures d'insertion."
    )
    second = change(2, "2025-09-01", titulaires=[{"titulaire": {"id": OTHER}}])
    preview = await sent(clauses, people, record(first), preview=True)
    assert (preview["proposed"], await waiting(clauses, people)) == (1, [])
    report = await sent(clauses, people, record(first, second))
    assert (report["proposed"], len(report["lines"][0]["amendment_draft_ids"])) == (2, 2)
    assert (await sent(clauses, people, record(first, second)))["proposed"] == 0
    assert (await client.get(contract_url, headers=desk)).json() == known

    one, other = await waiting(clauses, people, contract_id=known["id"])
    assert [(row["field"], row["before"], row["after"], row["effect"]) for row in one["changes"]] == [
        ("ends_on", "2026-03-02", "2027-03-02", "applies"),
        ("amount", "412000.50", "450000.00", "applies"),
    ]
    [volume] = one["volumes"]
    assert (volume["number"], volume["sentence"]) == ("1500", "Passe à 1 500 heures d'insertion.")
    assert other["changes"][0] | {"why": ""} == {
        "field": "contractor_ids", "before": [ONE], "after": [OTHER], "effect": "applies", "why": "",
    }  # fmt: skip
    page = await client.get("/v1/amendment-drafts", params={"limit": 1}, headers=people.manager)
    rest = await client.get(
        "/v1/amendment-drafts", params={"limit": 1, "cursor": page.json()["next_cursor"]}, headers=people.manager
    )
    assert [row["id"] for row in (*page.json()["items"], *rest.json()["items"])] == [one["id"], other["id"]]

    url = f"/v1/amendment-drafts/{one['id']}"
    read = await client.get(url, headers=desk)
    tag = {"If-Match": read.headers["ETag"]}
    assert (await client.get(url, headers=people.neighbour)).status_code == 404
    for step, body in (("accept", {"objective_stays": True}), ("dismiss", {"reason": "Non"})):
        assert (await client.post(f"{url}/{step}", json=body, headers=people.neighbour | tag)).status_code == 404
        assert (await client.post(f"{url}/{step}", json=body, headers=desk)).status_code == 428
        assert (await client.post(f"{url}/{step}", json=body, headers=desk | {"If-Match": '"9"'})).status_code == 412
    unsaid = await client.post(f"{url}/accept", json={}, headers=desk | tag)
    assert (unsaid.status_code, unsaid.json()["errors"][0]["field"]) == (422, "objective")
    # Two facilitators at once: one records it, the other is told that it is.
    body = {"objective": {"rule": "manual", "hours": "1500.00", "reason": "Avenant n° 1"}}
    answers = await asyncio.gather(*(client.post(f"{url}/accept", json=body, headers=desk | tag) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    [closed, *_] = [answer.json() for answer in answers if answer.status_code == 409]
    assert (closed["code"], closed["state"], closed["amendment"]) == ("amendment-draft-closed", "accepted", 1)
    after = (await client.get(contract_url, headers=desk)).json()
    [made] = after["amendments"]
    assert (made["publication"], made["objective_before"], made["objective_after"]) == (one["id"], "1200.00", "1500.00")
    assert (after["ends_on"], after["amount"], after["contractor_ids"]) == ("2027-03-02", "450000.00", [ONE])
    decided = (await client.get(url, headers=desk)).json()
    assert (decided["status"], decided["amendment"], decided["decided_by"]) == ("accepted", 1, made["by"])

    # A repeated request is one; a correction comes as another; the rest is set aside, and stays so.
    other_url = f"/v1/amendment-drafts/{other['id']}"
    key = tag | desk | {"Idempotency-Key": "dismiss-it-once"}
    twice = [
        await client.post(f"{other_url}/dismiss", json={"reason": "Cession refusée"}, headers=key) for _ in range(2)
    ]
    assert [answer.status_code for answer in twice] == [200, 200]
    corrected = first | {"montant": 460_000, "datePublicationDonneesModification": "2025-10-01"}
    assert (await sent(clauses, people, record(corrected, second)))["proposed"] == 1
    [again] = await waiting(clauses, people)
    assert (again["corrects"], [row["effect"] for row in again["changes"]]) == (one["id"], ["kept", "applies"])

    # Hours beyond the end that it would have, a contract that was terminated meanwhile: each its own answer.
    hours = f"{contract_url}/hours"
    assert (await client.post(hours, json=hours_body(contractor_id=ONE), headers=desk)).status_code == 201
    again_url, any_tag = f"/v1/amendment-drafts/{again['id']}/accept", desk | {"If-Match": "*"}
    short = await client.post(again_url, json={"objective_stays": True, "ends_on": "2025-12-31"}, headers=any_tag)
    assert (short.status_code, short.json()["code"]) == (409, "dates-leave-hours-out")
    ended = {"on": "2026-03-01", "reason": "Résiliation amiable"}
    assert (await client.post(f"{contract_url}/terminate", json=ended, headers=desk)).status_code == 200
    late = await client.post(again_url, json={"objective_stays": True}, headers=any_tag)
    assert (late.status_code, late.json()["code"]) == (409, "contract-terminated")
    assert [row["status"] for row in await waiting(clauses, people)] == ["open"]


async def test_a_contract_recorded_by_hand_takes_a_publications_modifications(clauses: Running, people: People) -> None:
    client, desk = clauses.client, people.facilitator
    body = SAID | {
        "title": "École Jules-Ferry", "starts_on": "2025-03-03", "ends_on": "2026-03-02", "reference": "2025-014",
    }  # fmt: skip
    known = (await client.post("/v1/contracts", json=body, headers=desk)).json()
    # A publication whose contract is not known waits as a published contract, with its modifications.
    content = record(change(1, "2025-07-01", montant=450_000))
    [line] = (await sent(clauses, people, content))["lines"]
    assert (line["outcome"], line["contract_id"], line["amendment_draft_ids"]) == ("created", None, [])
    url = f"/v1/contract-drafts/{line['draft_id']}/attach"
    wrong = await client.post(url, json={"contract_id": "another"}, headers=desk)
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "contract_id")
    attached = await client.post(url, json={"contract_id": known["id"]}, headers=desk)
    assert (attached.status_code, attached.json()["status"], attached.json()["contract_id"]) == (
        200,
        "concluded",
        known["id"],
    )
    assert (await client.post(url, json={"contract_id": known["id"]}, headers=desk)).status_code == 409
    [one] = await waiting(clauses, people)
    assert (one["contract_title"], one["changes"][0]["after"]) == ("École Jules-Ferry", "450000.00")
    assert (await sent(clauses, people, content))["unchanged"] == 1
    # Who follows the contract is told in the day's digest, until somebody has decided.
    await alerts.look(clauses.app.state.context)
    asked = {"contract_id": known["id"], "kind": "amendments"}
    told = await client.get("/v1/alerts", params=asked, headers=desk)
    assert [alert["says"] for alert in told.json()["items"]] == [{"count": "1"}]
    away = f"/v1/amendment-drafts/{one['id']}/dismiss"
    answer = await client.post(away, json={"reason": "Sans effet sur la clause"}, headers=desk | {"If-Match": "*"})
    assert (answer.status_code, answer.json()["reason"]) == (200, "Sans effet sur la clause")
    await alerts.look(clauses.app.state.context)
    assert (await client.get("/v1/alerts", params=asked, headers=desk)).json()["items"] == []


@pytest.mark.skipif(not MATERIAL.exists(), reason="the published files are not here (../shared/data/clauses)")
async def test_the_real_files_propose_their_modifications_once(clauses: Running, people: People) -> None:
    """Concluded as they were first published; then the examples of the schema, and a contract of the table, as they are."""
    examples = rows_of((MATERIAL / "decp_v2_exemples.json").read_bytes())
    wanted = next(one.values for one in examples if one.values and one.values["id"] == "2019K1209")
    moved = wanted | {"lieuExecution": {"code": "23", "typeCode": "Code département"}}
    known = await concluded(clauses, people, json.dumps(moved | {"modifications": []}, default=str))
    content = json.dumps(moved, default=str)
    assert (await sent(clauses, people, content))["proposed"] == 8
    found = {row["modification"]["number"]: row for row in await waiting(clauses, people, contract_id=known["id"])}
    assert {number: [change["field"] for change in row["changes"]] for number, row in found.items()} == {
        1: [], 2: [], 3: [], 4: [], 5: ["ends_on"], 6: ["ends_on", "amount"], 7: [], 8: [],
    }  # fmt: skip
    assert (await sent(clauses, people, content))["proposed"] == 0
    # Of 5,180 contracts of the table 1,009 have lines of several days.
    head, *rows = (MATERIAL / "decp_travaux_cpv4521_2024-25.csv").read_text().splitlines(keepends=True)
    lines = [line.replace(",05,", ",23,") for line in rows if line.startswith("21050040100018202403,")]
    first = min(lines, key=lambda line: line.split(",")[9])
    await concluded(clauses, people, head + first)
    assert (await sent(clauses, people, head + "".join(lines)))["proposed"] == 2
    assert (await sent(clauses, people, head + "".join(reversed(lines))))["proposed"] == 0
