"""The hours ledger over HTTP, on a real MongoDB: checks, corrections, races, and totals that are sums of entries."""

import asyncio
import json
from decimal import Decimal
from typing import Any

import httpx
import pytest

from services.clauses.api import examples
from tests.service.clauses.builders import People, contract_body, hours_body, outbox
from tests.support import Running, Stack


@pytest.fixture
async def contract(clauses: Running, people: People) -> str:
    """The path of a contract of contractor-1, 1,000 h over 2026."""
    return await conclude(clauses, people)


async def conclude(clauses: Running, people: People, **changes: Any) -> str:
    answer = await clauses.client.post("/v1/contracts", json=contract_body(**changes), headers=people.facilitator)
    assert answer.status_code == 201, answer.text
    return str(answer.headers["location"])


async def declare(clauses: Running, where: str, who: dict[str, str], **changes: Any) -> httpx.Response:
    return await clauses.client.post(f"{where}/hours", json=hours_body(**changes), headers=who)


async def progress(clauses: Running, where: str, who: dict[str, str]) -> dict[str, Any]:
    body: dict[str, Any] = (await clauses.client.get(f"{where}/progress", headers=who)).json()
    return body


def refusals(answer: httpx.Response) -> list[tuple[str, str]]:
    return [(error["field"], error["rule"]) for error in answer.json()["errors"]]


async def test_hours_are_declared_validated_and_counted(clauses: Running, people: People, contract: str) -> None:
    declared = await declare(clauses, contract, people.contractor)
    assert declared.status_code == 201, declared.text
    body = declared.json()
    assert (body["hours"], body["state"], body["contractor_id"]) == ("121.33", "declared", "contractor-1")
    assert (body["declared_by"], body["declared_role"]) == ("clerk-1", "contractor")
    before = await progress(clauses, contract, people.contractor)
    assert (before["declared_hours"], before["validated_hours"], before["participants"]) == ("121.33", "0.00", 1)

    where = declared.headers["location"]
    own = await clauses.client.post(f"{where}/validate", headers=people.contractor)
    assert own.status_code == 403
    validated = await clauses.client.post(f"{where}/validate", headers=people.facilitator)
    assert (validated.status_code, validated.json()["state"]) == (200, "validated")
    assert validated.json()["decided_by"] == "facilitator-1"
    twice = await clauses.client.post(f"{where}/validate", headers=people.facilitator)
    assert (twice.status_code, twice.json()["allowed"]) == (409, ["correct"])
    after = await progress(clauses, contract, people.facilitator)
    assert (after["validated_hours"], after["remaining_hours"]) == ("121.33", "878.67")
    assert after["elapsed_share"] == "0.1671"

    states = [json.loads(row["data"]) for row in await outbox(clauses)]
    assert [(state["declared_hours"], state["validated_hours"]) for state in states] == [
        ("0.00", "0.00"),
        ("121.33", "0.00"),
        ("121.33", "121.33"),
    ]
    assert all(b"P-1" not in row["data"] for row in await outbox(clauses))


async def test_a_correction_reverses_and_replaces(clauses: Running, people: People, contract: str) -> None:
    first = (await declare(clauses, contract, people.contractor)).json()
    await clauses.client.post(f"/v1/hours/{first['id']}/validate", headers=people.facilitator)
    sent = examples.CORRECTION["hours"]["value"]
    corrected = await clauses.client.post(f"/v1/hours/{first['id']}/correct", json=sent, headers=people.contractor)
    assert corrected.status_code == 201, corrected.text
    new = corrected.json()
    assert (new["hours"], new["state"], new["replaces"]) == ("112.00", "declared", first["id"])
    assert new["evidence"] == first["evidence"]
    old = (await clauses.client.get(f"/v1/hours/{first['id']}", headers=people.contractor)).json()
    assert (old["state"], old["replaced_by"], old["hours"]) == ("corrected", new["id"], "121.33")
    now = await progress(clauses, contract, people.facilitator)
    assert (now["declared_hours"], now["validated_hours"]) == ("112.00", "0.00")
    again = await clauses.client.post(f"/v1/hours/{first['id']}/correct", json=sent, headers=people.contractor)
    assert (again.status_code, again.json()["allowed"]) == (409, [])

    ledger = (await clauses.client.get(f"{contract}/ledger", headers=people.facilitator)).json()["items"]
    assert [(e["kind"], e["declared_delta"], e["validated_delta"], e["by"]) for e in ledger[::-1]] == [
        ("declaration", "121.33", "0.00", "clerk-1"),
        ("validation", "0.00", "121.33", "facilitator-1"),
        ("reversal", "-121.33", "-121.33", "clerk-1"),
        ("declaration", "112.00", "0.00", "clerk-1"),
    ]
    assert (await clauses.client.get(f"{contract}/ledger", headers=people.contractor)).status_code == 403


async def test_a_rejection_frees_the_month(clauses: Running, people: People, contract: str) -> None:
    first = (await declare(clauses, contract, people.contractor, hours=200)).json()
    twice = await declare(clauses, contract, people.contractor, hours=10)
    assert (twice.status_code, twice.json()["code"]) == (409, "declared-already")
    assert twice.json()["hours_id"] == first["id"]
    reason = examples.REJECTION["reason"]["value"]
    rejected = await clauses.client.post(f"/v1/hours/{first['id']}/reject", json=reason, headers=people.facilitator)
    assert (rejected.status_code, rejected.json()["reason"]) == (200, reason["reason"])
    assert (await progress(clauses, contract, people.facilitator))["declared_hours"] == "0.00"
    assert (await declare(clauses, contract, people.contractor, hours=210)).status_code == 201


@pytest.mark.parametrize(
    ("changes", "status", "field", "rule"),
    [
        ({"hours": "-1"}, 422, "hours", "greater-than-equal"),
        ({"hours": "1.005"}, 422, "hours", "decimal-max-places"),
        ({"hours": "220.01"}, 422, "hours", "monthly-limit"),
        ({"month": "2026-04"}, 422, "month", "in-the-future"),
        ({"month": "2025-12"}, 422, "month", "contract-not-running"),
        ({"month": "2026-2"}, 422, "month", "string-pattern-mismatch"),
        ({"lot_id": "7"}, 422, "lot_id", "unknown-lot"),
        ({"contractor_id": "contractor-2"}, 403, "contractor_id", "own-only"),
        ({"participant_id": "284052309612345"}, 422, "participant_id", "personal-number"),
        ({"participant_id": "1-85-05-78-006-084-36"}, 422, "participant_id", "personal-number"),
        ({"participant_id": "NIR 185057800608436"}, 422, "participant_id", "personal-number"),
        ({"participant_id": "785057800608436"}, 422, "participant_id", "personal-number"),
        ({"participant_id": "2.92.11.2B.033.001"}, 422, "participant_id", "personal-number"),
        ({"participant_id": "nadia@example.org"}, 422, "participant_id", "personal-reference"),
        (
            {"employment": {"kind": "cdd", "employer": "BC", "id": "1850578006084"}},
            422,
            "employment.id",
            "personal-number",
        ),
        (
            {"evidence": [{"kind": "payslip", "reference": "fiche de 1 85 05 78 006 084"}]},
            422,
            "evidence.0.reference",
            "personal-number",
        ),
        ({"employment": {"kind": "cdd"}}, 422, "employment.employer", "missing"),
        ({"hour": 3}, 422, "hour", "extra-forbidden"),
    ],
)
async def test_every_refusal_names_the_field_and_changes_nothing(
    clauses: Running,
    people: People,
    contract: str,
    changes: dict[str, Any],
    status: int,
    field: str,
    rule: str,
) -> None:
    answer = await declare(clauses, contract, people.contractor, **changes)
    assert (answer.status_code, refusals(answer)) == (status, [(field, rule)])
    for name in ("hours", "ledger", "person_months"):
        assert await clauses.store.collection(name).count_documents({}) == 0
    assert len(await outbox(clauses)) == 1


async def test_the_limit_holds_over_all_contracts_of_a_territory(
    clauses: Running, people: People, contract: str
) -> None:
    """In another one the same reference is somebody else, whose hours neither use it up nor are told."""
    other = await conclude(clauses, people, title="Autre marché")
    away = await clauses.client.post("/v1/contracts", json=contract_body(), headers=people.neighbour)
    assert (await declare(clauses, away.headers["location"], people.contractor, hours=220)).status_code == 201
    assert (await declare(clauses, contract, people.contractor, hours=150)).status_code == 201
    assert (await declare(clauses, other, people.contractor, hours=60)).status_code == 201
    more = {"kind": "cdd", "employer": "Autre"}
    refused = await declare(clauses, other, people.contractor, hours="10.01", employment=more)
    assert refused.json()["code"] == "monthly-limit-exceeded"
    assert (refused.json()["limit_hours"], refused.json()["remaining_hours"]) == ("220.00", "10.00")
    assert (await declare(clauses, other, people.contractor, month="2026-01", hours=220)).status_code == 201


async def test_declarations_at_once_never_exceed_a_persons_month(
    clauses: Running, people: People, contract: str
) -> None:
    """Four contracts, three employers each, 50 h: four of the twelve fit into 220 h, whoever comes first."""
    contracts = [contract] + [await conclude(clauses, people, title=f"Marché {n}") for n in range(3)]
    answers = await asyncio.gather(
        *(
            declare(
                clauses, where, people.contractor, hours=50, employment={"kind": "cdd", "employer": f"Employeur {n}"}
            )
            for where in contracts
            for n in range(3)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [201] * 4 + [422] * 8
    totals = [Decimal((await progress(clauses, where, people.facilitator))["declared_hours"]) for where in contracts]
    assert sum(totals) == 200
    person = await clauses.store.collection("person_months").find_one({"_id": "P-1|2026-02"})
    assert person["hours"].to_decimal() == 200


async def test_the_same_month_declared_at_once_counts_once(clauses: Running, people: People, contract: str) -> None:
    answers = await asyncio.gather(*(declare(clauses, contract, people.contractor, hours=10) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 5
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"declared-already"}


async def test_two_replicas_at_once_keep_totals_exact(
    clauses: Running, stack: Stack, people: People, contract: str
) -> None:
    """Without the turns of one process only versions in MongoDB decide; totals and ledger agree all the same."""
    async with stack.running("clauses", clock=clauses.runtime.clock) as replica:
        answers = await asyncio.gather(
            *(
                declare(one, contract, people.contractor, participant_id=f"P-{n}", hours=f"10.{n:02}")
                for n in range(8)
                for one in (clauses, replica)
            )
        )
    assert sorted(answer.status_code for answer in answers) == [201] * 8 + [409] * 8
    expected = sum((Decimal(f"10.{n:02}") for n in range(8)), Decimal(0))
    body = (await clauses.client.get(contract, headers=people.facilitator)).json()
    assert Decimal(body["declared_hours"]) == expected
    assert Decimal((await progress(clauses, contract, people.facilitator))["declared_hours"]) == expected
    sequences = [row["sequence"] for row in await outbox(clauses)]
    assert sequences == list(range(1, 10))


async def test_decided_on_twice_at_once_it_is_decided_once(clauses: Running, people: People, contract: str) -> None:
    where = (await declare(clauses, contract, people.contractor)).headers["location"]
    reason = {"reason": "illisible"}
    answers = await asyncio.gather(
        *(clauses.client.post(f"{where}/validate", headers=people.facilitator) for _ in range(3)),
        *(clauses.client.post(f"{where}/reject", json=reason, headers=people.facilitator) for _ in range(3)),
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 5


async def test_a_repeated_declaration_with_the_same_key_counts_once(
    clauses: Running, people: People, contract: str
) -> None:
    keyed = people.contractor | {"Idempotency-Key": "sheet-7"}
    first = await declare(clauses, contract, keyed)
    second = await declare(clauses, contract, keyed)
    assert (first.status_code, second.status_code, first.json()) == (201, 201, second.json())
    assert (await progress(clauses, contract, people.facilitator))["declared_hours"] == "121.33"


async def test_figures_drill_down_to_their_declarations(clauses: Running, people: People, contract: str) -> None:
    for n in range(5):
        await declare(clauses, contract, people.contractor, participant_id=f"P-{n}", hours="33.35")
    await declare(clauses, contract, people.facilitator, participant_id="P-0", month="2026-01", hours="0.05")
    seen: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = (await clauses.client.get(f"{contract}/hours?limit=4{cursor}", headers=people.facilitator)).json()
        seen += page["items"]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    now = await progress(clauses, contract, people.facilitator)
    assert sum(Decimal(row["hours"]) for row in seen) == Decimal(now["declared_hours"]) == Decimal("166.80")
    assert (len(seen), now["participants"]) == (6, 5)

    async def listed(who: dict[str, str], query: str) -> int:
        return len((await clauses.client.get(f"{contract}/hours?{query}", headers=who)).json()["items"])

    assert await listed(people.facilitator, "participant_id=P-0") == 2
    assert await listed(people.facilitator, "month=2026-01&state=declared") == 1
    assert await listed(people.facilitator, "state=validated") == 0
    assert await listed(people.contractor, "") == 5, "a contractor sees what it declared"
    assert await listed(people.manager, "") == 6


async def test_lots_have_their_own_contractors(clauses: Running, people: People) -> None:
    where = await conclude(
        clauses,
        people,
        contractor_ids=[],
        lots=[{"id": "1", "contractor_ids": ["contractor-1"]}, {"id": "2", "contractor_ids": ["contractor-2"]}],
    )
    assert (await declare(clauses, where, people.contractor, lot_id="1")).status_code == 201
    refused = await declare(clauses, where, people.contractor, lot_id="2")
    assert (refused.status_code, refusals(refused)) == (422, [("contractor_id", "not-a-contractor")])
    both = await declare(clauses, where, people.other_contractor, lot_id="2", hours=50)
    assert both.status_code == 201, "another lot is another declaration"
    hidden = await clauses.client.get(both.headers["location"], headers=people.contractor)
    assert hidden.status_code == 404


async def test_who_may_not_declare(clauses: Running, stack: Stack, people: People, contract: str) -> None:
    assert (await declare(clauses, contract, people.manager)).status_code == 403
    assert (await declare(clauses, contract, people.stranger)).status_code == 404
    assert (await declare(clauses, contract, people.neighbour)).status_code == 404
    assert (await declare(clauses, contract, stack.token("seeker"))).status_code == 404
    assert (await clauses.client.post(f"{contract}/hours", json=hours_body())).status_code == 401
    assert (await declare(clauses, "/v1/contracts/none", people.facilitator)).status_code == 404


async def test_the_ledger_is_append_only(clauses: Running, people: People, contract: str) -> None:
    """Whatever is done to a declaration, lines that were there stay as they were."""
    ledger = clauses.store.collection("ledger")
    where = (await declare(clauses, contract, people.contractor)).headers["location"]
    lines = await ledger.find().sort("_id", 1).to_list(None)
    for path, body in (("validate", None), ("correct", {"hours": 1, "reason": "erreur"})):
        await clauses.client.post(f"{where}/{path}", json=body, headers=people.facilitator)
        now = await ledger.find().sort("_id", 1).to_list(None)
        assert now[: len(lines)] == lines
        assert len(now) > len(lines)
        lines = now


async def test_the_documented_declaration_works(clauses: Running, people: People, contract: str) -> None:
    for example in examples.HOURS.values():
        answer = await clauses.client.post(f"{contract}/hours", json=example["value"], headers=people.contractor)
        assert answer.status_code == 201, answer.text
