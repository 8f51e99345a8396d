"""Contracting authorities and contracts over HTTP, on a real MongoDB."""

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from services.clauses.api import examples
from services.clauses.commands.contracts import end_contracts
from shared.clock import HandClock
from tests.service.clauses.builders import People, contract_body, hours_body, outbox
from tests.support import Running, Stack


async def create(running: Running, who: dict[str, str], **changes: Any) -> dict[str, Any]:
    answer = await running.client.post("/v1/contracts", json=contract_body(**changes), headers=who)
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def test_a_contract_is_recorded_read_and_changed(clauses: Running, people: People) -> None:
    sizing = examples.CONTRACT["labour_share"]["value"]["objective"]
    created = await clauses.client.post(
        "/v1/contracts", json=contract_body(objective=sizing), headers=people.facilitator
    )
    assert created.status_code == 201, created.text
    body = created.json()
    assert body["objective"]["hours"] == "833.00"
    assert body["objective"]["sizing"]["hourly_cost"] == "30.00"
    assert (body["status"], body["declared_hours"], body["territory"]) == ("running", "0.00", "23")
    assert body["parameters"] == {"monthly_limit_hours": "220.00", "fte_hours": "1607.00"}
    where = created.headers["location"]
    assert (await clauses.client.get(where, headers=people.manager)).json() == body

    assert (await clauses.client.patch(where, json={}, headers=people.facilitator)).status_code == 428
    changed = await clauses.client.patch(
        where,
        json={"title": "Réhabilitation du collège", "parameters": {"monthly_limit_hours": 200}},
        headers=people.facilitator | {"If-Match": '"1"'},
    )
    assert changed.status_code == 200, changed.text
    assert changed.json()["parameters"] == {"monthly_limit_hours": "200.00", "fte_hours": "1607.00"}
    assert changed.json()["objective"] == body["objective"]
    stale = await clauses.client.patch(where, json={"title": "x y z"}, headers=people.facilitator | {"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["current_version"]) == (412, 2)

    rows = await outbox(clauses)
    assert [(row["topic"], row["type"], row["key"], row["sequence"]) for row in rows] == [
        ("clauses.contracts.v1", "contract-created.v1", body["id"], 1),
        ("clauses.contracts.v1", "contract-updated.v1", body["id"], 2),
    ]
    state = json.loads(rows[1]["data"])
    assert (state["objective_hours"], state["title"]) == ("833.00", "Réhabilitation du collège")
    assert state["contracting_authority_name"] == "Ville de Guéret"


async def acts_for_authority(clauses: Running, authority_id: str, *users: str) -> None:
    await clauses.store.collection("authorities").update_one({"_id": authority_id}, {"$set": {"users": users}})


async def test_authorities_are_one_per_name_and_territory(clauses: Running, stack: Stack, people: People) -> None:
    first = await clauses.client.post("/v1/authorities", json={"name": "Ville de Guéret"}, headers=people.facilitator)
    assert first.status_code == 201
    again = await clauses.client.post("/v1/authorities", json={"name": "VILLE DE GUERET"}, headers=people.facilitator)
    assert (again.status_code, again.json()["authority_id"]) == (409, first.json()["id"])
    elsewhere = await clauses.client.post("/v1/authorities", json={"name": "Ville de Guéret"}, headers=people.neighbour)
    assert elsewhere.status_code == 201
    contract = await create(clauses, people.facilitator)
    assert contract["contracting_authority"] == {"id": first.json()["id"], "name": "Ville de Guéret"}
    await create(clauses, people.facilitator, contracting_authority_name="Aubusson")

    listed = await clauses.client.get("/v1/authorities?limit=1", headers=people.manager)
    assert [item["name"] for item in listed.json()["items"]] == ["Aubusson"]
    rest = await clauses.client.get(f"/v1/authorities?cursor={listed.json()['next_cursor']}", headers=people.manager)
    assert [item["name"] for item in rest.json()["items"]] == ["Ville de Guéret"]
    found = await clauses.client.get("/v1/authorities?q=guér", headers=people.manager)
    assert [item["id"] for item in found.json()["items"]] == [first.json()["id"]]
    where = f"/v1/authorities/{first.json()['id']}"
    own = stack.token("contracting_authority", subject="buyer", territories=())
    assert (await clauses.client.get(where, headers=own)).status_code == 404
    await acts_for_authority(clauses, first.json()["id"], "buyer")
    assert (await clauses.client.get(where, headers=own)).json() == first.json()
    assert (await clauses.client.get(where, headers=people.neighbour)).status_code == 404


async def test_first_contracts_of_an_authority_at_once_share_it(clauses: Running, people: People) -> None:
    contracts = await asyncio.gather(*(create(clauses, people.facilitator) for _ in range(5)))
    assert len({contract["contracting_authority"]["id"] for contract in contracts}) == 1
    assert await clauses.store.collection("authorities").count_documents({}) == 1


@pytest.mark.parametrize(
    ("changes", "field", "rule"),
    [
        ({"ends_on": "2025-01-01"}, "ends_on", "before-start"),
        ({"kind": "gift"}, "kind", "enum"),
        ({"contracting_authority_name": None}, "contracting_authority_id", "required"),
        ({"contracting_authority_id": "x"}, "contracting_authority_id", "required"),
        (
            {"contracting_authority_name": None, "contracting_authority_id": "x"},
            "contracting_authority_id",
            "unknown-authority",
        ),
        ({"objective": {"rule": "guess"}}, "objective", "union-tag-invalid"),
        ({"objective": {"rule": "manual", "hours": 3}}, "objective.reason", "missing"),
        (
            {"objective": {"rule": "work_hours_share", "work_hours": 9, "percent": 1}},
            "objective.percent",
            "below-least",
        ),
        ({"amount": "12.345"}, "amount", "decimal-max-places"),
        ({"lots": [{"id": "1"}, {"id": "1"}]}, "lots.1.id", "duplicate"),
        ({"lot": []}, "lot", "extra-forbidden"),
    ],
)
async def test_every_refusal_names_the_field(
    clauses: Running, people: People, changes: dict[str, Any], field: str, rule: str
) -> None:
    answer = await clauses.client.post("/v1/contracts", json=contract_body(**changes), headers=people.facilitator)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert [(error["field"], error["rule"]) for error in answer.json()["errors"]] == [(field, rule)]


async def test_everybody_sees_their_own_contracts_only(clauses: Running, stack: Stack, people: People) -> None:
    mine = await create(clauses, people.facilitator)
    lot = await create(
        clauses,
        people.facilitator,
        title="En lots",
        contractor_ids=[],
        lots=[{"id": "1", "contractor_ids": ["contractor-2"]}],
        contracting_authority_name="Aubusson",
        kind="reserved_iae",
    )
    theirs = await create(clauses, people.neighbour, title="En Haute-Vienne", contractor_ids=["contractor-8"])
    await acts_for_authority(clauses, mine["contracting_authority"]["id"], "buyer")
    buyer = stack.token("contracting_authority", territories=(), subject="buyer")
    seeker = stack.token("seeker", subject="seeker-1")

    async def listed(who: dict[str, str], query: str = "") -> set[str]:
        answer = await clauses.client.get(f"/v1/contracts{query}", headers=who)
        assert answer.status_code == 200, answer.text
        return {item["id"] for item in answer.json()["items"]}

    assert await listed(people.facilitator) == await listed(people.manager) == {mine["id"], lot["id"]}
    assert await listed(people.neighbour) == {theirs["id"]}
    assert await listed(people.contractor) == {mine["id"]}
    assert await listed(people.other_contractor) == {lot["id"]}
    assert await listed(people.stranger) == set()
    assert await listed(buyer) == {mine["id"]}
    assert await listed(people.facilitator, "?kind=reserved_iae") == {lot["id"]}
    assert await listed(people.facilitator, "?contractor_id=contractor-1&status=running") == {mine["id"]}
    assert await listed(people.facilitator, "?territory=87") == set()
    assert (await clauses.client.get("/v1/contracts", headers=seeker)).status_code == 403

    where = f"/v1/contracts/{mine['id']}"
    for who in (people.stranger, people.other_contractor, people.neighbour, seeker):
        for path in (where, f"{where}/progress", f"{where}/hours", f"{where}/ledger"):
            assert (await clauses.client.get(path, headers=who)).status_code == 404
    for who in (people.contractor, buyer, people.manager):
        assert (await clauses.client.get(f"{where}/progress", headers=who)).status_code == 200
        refused = await clauses.client.patch(where, json={"title": "Autre"}, headers=who | {"If-Match": "*"})
        assert refused.status_code == 403
        assert (await clauses.client.post("/v1/contracts", json=contract_body(), headers=who)).status_code == 403
    assert (await clauses.client.get(f"{where}/hours", headers=buyer)).status_code == 403
    assert (await clauses.client.get(where)).status_code == 401
    over = contract_body(territory="87")
    assert (await clauses.client.post("/v1/contracts", json=over, headers=people.facilitator)).status_code == 403


async def test_the_list_goes_from_the_newest_page_by_page(clauses: Running, people: People) -> None:
    ids = [(await create(clauses, people.facilitator))["id"] for _ in range(5)]
    seen: list[str] = []
    cursor = ""
    for _ in range(3):
        page = (await clauses.client.get(f"/v1/contracts?limit=2{cursor}", headers=people.facilitator)).json()
        seen += [item["id"] for item in page["items"]]
        cursor = f"&cursor={page['next_cursor']}"
    assert page["next_cursor"] is None
    assert seen == ids[::-1]
    wrong = await clauses.client.get("/v1/contracts?cursor=WzFd", headers=people.facilitator)
    assert wrong.status_code == 422


async def test_dates_keep_the_declared_months_inside(clauses: Running, people: People) -> None:
    where = f"/v1/contracts/{(await create(clauses, people.facilitator))['id']}"
    await clauses.client.post(f"{where}/hours", json=hours_body(month="2026-02"), headers=people.contractor)
    any_version = people.facilitator | {"If-Match": "*"}
    refused = await clauses.client.patch(where, json={"starts_on": "2026-03-01"}, headers=any_version)
    assert (refused.status_code, refused.json()["code"]) == (409, "dates-leave-hours-out")
    assert (await clauses.client.patch(where, json={"starts_on": "2026-02-15"}, headers=any_version)).status_code == 200


async def test_a_lot_stays_while_hours_on_it_count(clauses: Running, people: People) -> None:
    lots = [{"id": "1", "title": "Gros œuvre"}, {"id": "2"}]
    where = f"/v1/contracts/{(await create(clauses, people.facilitator, lots=lots))['id']}"
    declared = await clauses.client.post(f"{where}/hours", json=hours_body(lot_id="2"), headers=people.contractor)
    any_version = people.facilitator | {"If-Match": "*"}
    for left in ([], lots[:1], [{"id": "II"}]):
        refused = await clauses.client.patch(where, json={"lots": left}, headers=any_version)
        assert (refused.status_code, refused.json()["code"]) == (409, "lots-leave-hours-out")
        assert refused.json()["lots"] == ["2"]
    for kept in (lots[::-1], [{"id": "2", "title": "Peinture"}]):
        assert (await clauses.client.patch(where, json={"lots": kept}, headers=any_version)).status_code == 200
    reject = f"/v1/hours/{declared.json()['id']}/reject"
    assert (
        await clauses.client.post(reject, json={"reason": "Autre lot"}, headers=people.facilitator)
    ).status_code == 200
    assert (await clauses.client.patch(where, json={"lots": []}, headers=any_version)).status_code == 200


async def test_a_contract_that_is_over_is_told_of_once(clauses: Running, people: People, clock: HandClock) -> None:
    body = await create(clauses, people.facilitator, ends_on="2026-03-31")
    context = clauses.app.state.context
    assert await end_contracts(context) == 0
    clock.set(datetime(2026, 3, 31, 21, 59, tzinfo=UTC))  # 23:59 in Paris
    assert await end_contracts(context) == 0
    clock.set(datetime(2026, 3, 31, 22, 0, tzinfo=UTC))
    assert await end_contracts(context) == 1
    assert await end_contracts(context) == 0
    assert json.loads((await outbox(clauses))[-1]["data"])["status"] == "ended"
    read = await clauses.client.get(f"/v1/contracts/{body['id']}", headers=people.facilitator)
    assert read.json()["status"] == "ended"


@pytest.mark.parametrize("name", list(examples.CONTRACT))
async def test_the_documented_bodies_work(clauses: Running, people: People, name: str) -> None:
    example = examples.CONTRACT[name]["value"]
    answer = await clauses.client.post("/v1/contracts", json=example, headers=people.facilitator)
    assert answer.status_code == 201, answer.text
    for patch in examples.PATCH.values():
        where = answer.headers["location"]
        changed = await clauses.client.patch(where, json=patch["value"], headers=people.facilitator | {"If-Match": "*"})
        assert changed.status_code == 200, changed.text
    for authority in examples.AUTHORITY.values():
        made = await clauses.client.post("/v1/authorities", json=authority["value"], headers=people.facilitator)
        assert made.status_code in (201, 409)


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("title", {"title": "Marché de M. X, 1 85 05 78 006 084 91"}),
        ("reference", {"reference": "185057800608491"}),
        ("objective.reason", {"objective": {"rule": "manual", "hours": "10", "reason": "pour 2-69-05-49-588-157-80"}}),
        ("lots.0.title", {"lots": [{"id": "1", "title": "lot de 185 052 A00 608 435"}]}),
        ("derogation_reason", {"derogation_reason": "voir\n1850578006084"}),
        ("contracting_authority_name", {"contracting_authority_name": "Mairie 785057800608436"}),
    ],
)
async def test_no_field_of_a_contract_takes_a_social_security_number(
    clauses: Running, people: People, field: str, changes: dict[str, Any]
) -> None:
    answer = await clauses.client.post("/v1/contracts", json=contract_body(**changes), headers=people.facilitator)
    assert (answer.status_code, answer.json()["code"]) == (422, "personal-number")
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_authorities_of_any_script_are_told_apart(clauses: Running, people: People) -> None:
    for name in ("Ville de 北京", "Ville de 上海", "Мэрия", "Préfecture"):
        answer = await clauses.client.post("/v1/authorities", json={"name": name}, headers=people.facilitator)
        assert answer.status_code == 201, answer.text
    for q, names in (
        ("上", ["Ville de 上海"]),
        ("мэр", ["Мэрия"]),
        ("🙂", []),
        ("\0", []),
        ("ville", ["Ville de 上海", "Ville de 北京"]),
    ):
        found = await clauses.client.get("/v1/authorities", params={"q": q}, headers=people.manager)
        assert [item["name"] for item in found.json()["items"]] == names, q
