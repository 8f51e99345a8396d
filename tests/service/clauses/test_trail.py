"""Every figure of a report leads to its entries, and nobody reads more of people there than in the report."""

from decimal import Decimal
from typing import Any

import pytest

from services.clauses.queries import trail
from tests.bench.looking import looked_at
from tests.bench.reports_asked import Ids, pages, reports
from tests.service.clauses.builders import People, acting_for, contract_body, hours_body
from tests.service.clauses.test_eligibility import RSA
from tests.support import Running, Stack

YEAR = {"from": "2026-01", "to": "2026-12"}


class Desk:
    """Two kinds of contract; six people, two of them on RSA and on both; hours validated, corrected, rejected."""

    def __init__(self, clauses: Running, people: People) -> None:
        self.client, self.people = clauses.client, people
        self.store = clauses.store
        self.contracts: list[dict[str, Any]] = []

    async def fill(self) -> "Desk":
        post, desk = self.client.post, self.people.facilitator
        for kind, contractors in (("execution_condition", ["contractor-1", "contractor-2"]), ("reserved_iae", [])):
            carrier = "Agglomération du Grand Guéret" if contractors else None
            body = contract_body(title=kind, kind=kind, contractor_ids=contractors, carrier=carrier)
            self.contracts.append((await post("/v1/contracts", json=body, headers=desk)).json())
        for n in range(6):
            sex = "female" if n % 2 else "male"
            await post(
                "/v1/participants",
                json={"participant_id": f"P-{n}", "sex": sex, "birth_year": 1970 + 6 * n},
                headers=desk,
            )
            if n < 2:
                await post(f"/v1/participants/P-{n}/eligibilities", json=RSA, headers=desk)
        for n in range(6):
            for where, contract in enumerate(self.contracts):
                if where and n > 2:
                    continue
                whose = None if where else f"contractor-{1 + n % 2}"
                body = hours_body(
                    participant_id=f"P-{n}", hours=f"{10 + n}.33", month=f"2026-0{1 + n % 2}", contractor_id=whose
                )
                path = f"/v1/contracts/{contract['id']}/hours"
                made = await post(path, json=body, headers=desk)
                assert made.status_code == 201, made.text
                await self.decide(n, made.headers["location"])
        return self

    async def decide(self, n: int, where: str) -> None:
        if n == 4:
            await self.client.post(f"{where}/reject", json={"reason": "Sans pièce"}, headers=self.people.facilitator)
            return
        await self.client.post(f"{where}/validate", headers=self.people.facilitator)
        if n == 3:
            body = {"hours": "7.05", "reason": "Erreur de saisie"}
            await self.client.post(f"{where}/correct", json=body, headers=self.people.facilitator)

    async def entries(self, who: dict[str, str] | None = None, **asked: Any) -> list[dict[str, Any]]:
        """All pages of four."""
        found: list[dict[str, Any]] = []
        params = {"limit": 4, **asked}
        while True:
            answer = await self.client.get("/v1/reports/entries", params=params, headers=who or self.people.facilitator)
            assert answer.status_code == 200, answer.text
            found += answer.json()["items"]
            if answer.json()["next_cursor"] is None:
                return found
            params["cursor"] = answer.json()["next_cursor"]

    async def sum(self, figure: str, **asked: Any) -> str:
        rows = await self.entries(figure=figure, **asked)
        assert len({row["id"] for row in rows}) == len(rows)
        return str(sum((Decimal(row[f"{figure}_delta"]) for row in rows), Decimal("0.00")))


@pytest.fixture
async def desk(clauses: Running, people: People) -> Desk:
    return await Desk(clauses, people).fill()


@pytest.mark.parametrize("period", [{}, YEAR, {"from": "2026-02", "to": "2026-02"}], ids=["all", "year", "february"])
async def test_every_figure_is_the_sum_of_its_entries(desk: Desk, period: dict[str, str]) -> None:
    params = {**period, "by": "kind"}
    report = (await desk.client.get("/v1/reports", params=params, headers=desk.people.facilitator)).json()
    lines = [(report["total"], {})] + [(line, {"by": "kind", "key": line["key"]}) for line in report["groups"]]
    assert report["total"]["declared_hours"] != report["total"]["validated_hours"] != "0.00"
    places = {**period, "by": "carrier"}
    carriers = (await desk.client.get("/v1/reports", params=places, headers=desk.people.facilitator)).json()["groups"]
    for line in carriers:
        assert await desk.sum("declared", by="carrier", key=line["key"], **period) == line["declared_hours"]
    for line, where in lines:
        for figure in ("declared", "validated"):
            assert await desk.sum(figure, **period, **where) == line[f"{figure}_hours"]
        assert await desk.sum("validated", category="rsa", **period, **where) == line["rsa_hours"]
        behind = await desk.entries(figure="declared", **period, **where)
        counted = {row["participant_id"] for row in behind if row["declaration"]["state"] in ("declared", "validated")}
        assert len(counted) == line["participants"]
        for sex in ("female", "male"):
            some = await desk.entries(figure="declared", sex=sex, **period, **where)
            assert {row["participant_id"] for row in some} & counted == {
                one for one in counted if (int(one[-1]) % 2 == 1) == (sex == "female")
            }


async def test_an_entry_says_who_wrote_it_on_what_evidence(desk: Desk) -> None:
    rows = [row for row in await desk.entries(figure="declared") if row["participant_id"] == "P-3"]
    assert [(row["kind"], row["declared_delta"]) for row in rows] == [
        ("declaration", "7.05"),
        ("reversal", "-13.33"),
        ("declaration", "13.33"),
    ]
    assert {(row["by"], row["role"]) for row in rows} == {("facilitator-1", "facilitator")}
    assert rows[1]["reason"] == "Erreur de saisie"
    assert rows[0]["declaration"]["evidence"] == [{"kind": "payslip", "dated": "2026-02-28", "reference": None}]
    assert rows[0]["declaration"]["replaces"] == rows[2]["declaration"]["id"]


async def test_a_contractor_reads_what_was_declared_for_it_and_nobodys_category(desk: Desk, stack: Stack) -> None:
    own = await desk.entries(desk.people.contractor, figure="declared")
    assert {row["participant_id"] for row in own} == {"P-0", "P-2", "P-4"}
    assert {row["declaration"]["contractor_id"] for row in own} == {"contractor-1"}
    for filters in ({"category": "rsa"}, {"sex": "female"}, {"age_band": "under_26"}):
        answer = await desk.client.get("/v1/reports/entries", params=filters, headers=desk.people.contractor)
        assert answer.status_code == 403
    assert await desk.entries(desk.people.stranger, figure="declared") == []
    assert await desk.entries(desk.people.neighbour, figure="declared") == []
    # The same name of a contractor in another département is another one.
    await desk.store.collection("contractors").insert_one(acting_for(1, "clerk-far", territory="41"))
    far = stack.token("contractor", subject="clerk-far", territories=())
    assert await desk.entries(far, figure="declared") == []


async def test_a_buyer_reads_how_many_stand_behind_a_year_where_enough_people_do(desk: Desk, stack: Stack) -> None:
    first, second = desk.contracts
    authorities = desk.store.collection("authorities")
    await authorities.update_one({"_id": first["contracting_authority"]["id"]}, {"$set": {"users": ["buyer-1"]}})
    buyer = stack.token("contracting_authority", subject="buyer-1", territories=())
    assert (await desk.client.get("/v1/reports/entries", headers=buyer)).status_code == 403
    assert (await desk.client.get("/v1/reports/employments", headers=buyer)).status_code == 403

    async def cells(who: dict[str, str]) -> dict[str, dict[str, Any]]:
        answer = await desk.client.get("/v1/reports/evidence", headers=who)
        assert answer.status_code == 200, answer.text
        return {one.pop("contract_id"): one for one in answer.json()["items"]}

    exact = await cells(desk.people.facilitator)
    assert exact[first["id"]]["entries"] == {"declaration": 7, "validation": 5, "rejection": 1, "reversal": 1}
    assert (exact[first["id"]]["evidence"], exact[first["id"]]["without_evidence"]) == ({"payslip": 5}, 0)
    told = await cells(buyer)
    assert told[first["id"]]["participants"] == 5
    assert told[first["id"]]["entries"] == {"declaration": 5, "validation": 5, "rejection": None, "reversal": None}
    # Three people on the other contract: nothing is told of it.
    few = told[second["id"]]
    assert {few["participants"], few["without_evidence"], *few["entries"].values(), *few["evidence"].values()} == {None}


async def test_a_page_says_the_same_however_few_contracts_are_looked_at_at_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = {"by": "kind", "key": "reserved_iae"}
    asked: list[dict[str, str]] = [
        {},
        YEAR,
        kind,
        {"category": "rsa"},
        {"sex": "female", "figure": "declared"},
        {"from": "2026-11"},
    ]
    found = []
    for size in (20, 1):
        monkeypatch.setattr(trail, "_FIRST_CONTRACTS", size)
        found.append([await desk.entries(**filters) for filters in asked])
    assert found[0] == found[1]
    assert [bool(rows) for rows in found[0]] == [True, True, True, True, True, False]
    orders = [[(row["contract_id"], row["id"]) for row in rows] for rows in found[0]]
    assert all(rows == sorted(sorted(rows, reverse=True), key=lambda one: one[0]) for rows in orders)


async def test_the_evidence_of_all_contracts_is_read_page_by_page(desk: Desk) -> None:
    headers = desk.people.facilitator
    [whole] = [(await desk.client.get("/v1/reports/evidence", headers=headers)).json()]
    first = (await desk.client.get("/v1/reports/evidence?limit=1", headers=headers)).json()
    rest = f"/v1/reports/evidence?limit=1&cursor={first['next_cursor']}"
    second = (await desk.client.get(rest, headers=headers)).json()
    assert (whole["next_cursor"], second["next_cursor"]) == (None, None)
    assert first["items"] + second["items"] == whole["items"]
    assert {one["contract_id"] for one in first["items"]} != {one["contract_id"] for one in second["items"]}


async def test_a_page_of_evidence_reads_what_stands_behind_it_and_nothing_else(desk: Desk, clauses: Running) -> None:
    """Of the contract that stands first in every index MongoDB cannot tell by trying which of them leads on to all others."""
    first, other = sorted(one["id"] for one in desk.contracts)
    hours = desk.store.collection("hours")
    [row] = await hours.find({"contract_id": first}).limit(1).to_list(None)
    for contract, count in ((first, 150), (other, 600)):
        more = [
            {**row, "_id": f"{contract}-{n:03}", "contract_id": contract, "slot": f"{contract}\x1f{n:03}"}
            for n in range(count)
        ]
        await hours.insert_many(more)

    async def ask() -> None:
        answer = await desk.client.get("/v1/reports/evidence?limit=1", headers=desk.people.facilitator)
        assert [one["evidence"]["payslip"] for one in answer.json()["items"]] == [150 + declared]

    declared = await hours.count_documents({"contract_id": first, "slot": {"$ne": None}}) - 150
    behind = [await desk.store.collection(name).count_documents({"contract_id": first}) for name in ("ledger", "hours")]
    looked = await looked_at(clauses, ask)
    # And the two contracts: a page's, and the one after it.
    assert looked["documents"] <= sum(behind) + 2


async def test_nothing_that_a_desk_asks_for_reads_a_whole_collection(desk: Desk, clauses: Running) -> None:
    contract = desk.contracts[0]
    ids = Ids(contract["id"], "P-1", contract["contracting_authority"]["id"], "contractor-1")
    callers = {"facilitator": desk.people.facilitator, "contractor": desk.people.contractor, "nobody": {}}
    scanned = {}
    for one in (*reports(ids), *pages(ids)):
        if one.caller not in callers or one.params.get("format") is not None:
            continue

        async def ask() -> None:
            answer = await desk.client.get(one.path, params=dict(one.params), headers=callers[one.caller])  # noqa: B023 - asked at once
            assert answer.status_code == 200, (one, answer.text)  # noqa: B023 - as above

        looked = await looked_at(clauses, ask)
        assert looked["commands"], one
        scanned |= {one.name: looked["scans"]} if looked["scans"] else {}
    assert scanned == {}
