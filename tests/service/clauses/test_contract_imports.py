"""Contracts taken over from a file: looked at before, once however often, a draft that becomes one contract or none."""

import io
from typing import Any

import pytest

from services.clauses.api.drafts import _BODY
from services.clauses.procurement.files import MAX_BYTES
from tests.service.clauses.builders import People, decp_record
from tests.service.clauses.publications import HEAD, MATERIAL, RECORD, ROW, lines_of, wrapped
from tests.support import Running


async def sent(clauses: Running, people: People, content: bytes | str, **query: Any) -> Any:
    answer = await clauses.client.post(
        "/v1/contract-imports", content=content, params=query, headers=people.facilitator | {"Content-Type": "text/csv"}
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_preview_keeps_nothing_and_the_same_file_twice_is_once(clauses: Running, people: People) -> None:
    other = decp_record(id="2025-015", objet="Voirie")
    content = wrapped(RECORD, other, decp_record(lieuExecution={"code": "87", "typeCode": "Code département"}), 7)
    report = await sent(clauses, people, content, preview=True)
    assert (report["applied"], report["created"], report["refused"], report["elsewhere"]) == (False, 2, 1, {"87": 1})
    assert report["lines"][0] | {"errors": []} == {
        "line": 4, "outcome": "refused", "number": None, "draft_id": None, "contract_id": None, "joined_to": None,
        "amendment_draft_ids": [], "errors": [], "notes": [],
    }  # fmt: skip
    assert [line["draft_id"] for line in report["lines"]] == [None, None, None]
    assert await clauses.store.collection("contract_drafts").count_documents({}) == 0
    first = await sent(clauses, people, content)
    again = await sent(clauses, people, content)
    assert (first["created"], again["created"], again["unchanged"]) == (2, 0, 2)
    assert [line["draft_id"] for line in first["lines"]] == [line["draft_id"] for line in again["lines"]]
    changed = decp_record(
        modifications=[{"modification": {"id": 1, "dateNotificationModification": "2025-07-01", "montant": 9}}]
    )
    assert (await sent(clauses, people, wrapped(changed)))["amended"] == 1


async def test_the_table_that_the_page_shows_is_taken(clauses: Running, people: People) -> None:
    table = _BODY["requestBody"]["content"]["text/csv"]["example"]
    report = await sent(clauses, people, table, preview=True)
    assert (report["created"], report["refused"], report["elsewhere"]) == (1, 0, {})


async def test_a_draft_becomes_a_contract_once(clauses: Running, people: People) -> None:
    client = clauses.client
    report = await sent(clauses, people, wrapped(RECORD))
    url = f"/v1/contract-drafts/{report['lines'][0]['draft_id']}"
    draft = (await client.get(url, headers=people.manager)).json()
    assert (draft["suggested_kind"], draft["ends_on"], draft["amount"]) == (
        "execution_condition",
        "2026-03-02",
        "412000.50",
    )
    assert (await client.get(url, headers=people.neighbour)).status_code == 404
    body: dict[str, Any] = {
        "kind": "execution_condition",
        "objective": {"rule": "manual", "hours": "1200.00", "reason": "CCAP, article 7"},
    }
    refused = await client.post(f"{url}/conclude", json=body, headers=people.facilitator)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "contracting_authority_name")
    body["contracting_authority_name"] = "Ville de Guéret"
    made = await client.post(f"{url}/conclude", json=body, headers=people.facilitator)
    assert made.status_code == 201
    contract = made.json()
    assert (contract["title"], contract["reference"], contract["commune_code"]) == (
        RECORD["objet"],
        "2025-014",
        "23096",
    )
    assert (contract["contractor_ids"], contract["objective"]["hours"]) == (["34027049500021"], "1200.00")
    again = await client.post(f"{url}/conclude", json=body, headers=people.facilitator)
    assert (again.status_code, again.json()["contract_id"]) == (409, contract["id"])
    assert (await client.post(f"{url}/dismiss", json={"reason": "Non"}, headers=people.facilitator)).status_code == 409
    changed = decp_record(
        modifications=[{"modification": {"id": 1, "dateNotificationModification": "2025-07-01", "montant": 9}}]
    )
    [line] = (await sent(clauses, people, wrapped(changed)))["lines"]
    assert (line["outcome"], line["contract_id"]) == ("amended", contract["id"])
    assert (await client.get("/v1/contract-drafts", headers=people.facilitator)).json()["items"] == []


async def test_one_set_aside_stays_so(clauses: Running, people: People) -> None:
    [line] = (await sent(clauses, people, HEAD + ROW))["lines"]
    url = f"/v1/contract-drafts/{line['draft_id']}"
    answer = await clauses.client.post(f"{url}/dismiss", json={"reason": "Pas de clause"}, headers=people.facilitator)
    assert answer.json()["status"] == "dismissed"
    assert (await sent(clauses, people, HEAD + ROW))["unchanged"] == 1
    assert (await clauses.client.get("/v1/contract-drafts", headers=people.facilitator)).json()["items"] == []


async def test_names_with_links_name_neither_contract_nor_authority(clauses: Running, people: People) -> None:
    odd = decp_record(objet="Voir www.example.org/dce", acheteur={"id": "21230096600018", "nom": "Mairie www.x.fr/a"})
    [line] = (await sent(clauses, people, wrapped(odd)))["lines"]
    url = f"/v1/contract-drafts/{line['draft_id']}"
    body = {
        "kind": "reserved_iae",
        "objective": {"rule": "manual", "hours": "10", "reason": "CCAP"},
        "contracting_authority_name": "Mairie",
    }
    made = await clauses.client.post(f"{url}/conclude", json=body, headers=people.facilitator)
    assert (made.status_code, made.json()["title"]) == (201, "Marché 2025-014 (CPV 45214200-2)")


async def test_a_file_that_cannot_be_used_is_one_sentence(clauses: Running, people: People) -> None:
    for content, status in ((b"PK\x03\x04", 422), (b"[{", 422), (b"x" * (MAX_BYTES + 1), 413)):
        answer = await clauses.client.post("/v1/contract-imports", content=content, headers=people.facilitator)
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"
    form = {"file": ("decp.json", io.BytesIO(wrapped(RECORD).encode()), "application/json")}
    answer = await clauses.client.post("/v1/contract-imports", files=form, headers=people.facilitator)
    assert answer.json()["created"] == 1


@pytest.mark.skipif(not MATERIAL.exists(), reason="the published files are not here (../shared/data/clauses)")
async def test_the_real_files_are_taken_over_and_again(clauses: Running, people: People) -> None:
    table = (MATERIAL / "decp_travaux_cpv4521_2024-25.csv").read_bytes()
    examples = (MATERIAL / "decp_v2_exemples.json").read_bytes()
    lines = lines_of(table, "19")
    assert len(lines) == 8_957
    assert {error.rule for line in lines for error in line.errors} <= {"siret", "siren", "no-place"}
    assert sum(bool(line.errors) for line in lines) < 30
    taken = [line for line in lines_of(examples, "03") if line.published]
    assert [len(line.published.states) for line in taken if line.published] == [3, 3]
    # The Creuse has none of the 8,957; as it had those of the Hérault, the largest share.
    moved = table.replace(b",34,", b",23,")
    first = await sent(clauses, people, moved)
    again = await sent(clauses, people, moved)
    assert first["read"] == 8_957
    assert first["created"] > 100
    assert (again["created"], again["amended"], again["updated"], again["unchanged"]) == (0, 0, 0, first["created"])
