"""Cases worked out by hand from the rules of the ledger, before they were asked: what is owed, what counts, what is left, what a
report says. Over HTTP, to the cent.
"""

from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest

from shared.clock import HandClock
from tests.service.clauses.builders import People, contract_body, hours_body
from tests.support import Running

OWN_STEPS = [{"below": 50_000, "hours": "35.50"}, {"below": None, "hours": "70.00"}]


class Desk:
    """A contract on which one call is one step."""

    def __init__(self, clauses: Running, people: People, clock: HandClock) -> None:
        self.client, self.people, self.clock, self.path = clauses.client, people, clock, ""

    def on(self, day: date) -> None:
        self.clock.set(datetime(day.year, day.month, day.day, 9, tzinfo=UTC))

    async def concludes(self, **changes: Any) -> str:
        answer = await self.client.post("/v1/contracts", json=contract_body(**changes), headers=self.people.facilitator)
        assert answer.status_code == 201, answer.text
        self.path = f"/v1/contracts/{answer.json()['id']}"
        return self.path

    async def post(self, path: str, body: Any = None, who: dict[str, str] | None = None) -> httpx.Response:
        return await self.client.post(path, json=body, headers=who or self.people.facilitator)

    async def hours(self, hours: str, who: dict[str, str] | None = None, **changes: Any) -> httpx.Response:
        body = hours_body(hours=hours, evidence=[], **changes)
        return await self.post(f"{self.path}/hours", body, who or self.people.contractor)

    async def counts(self, hours: str, who: dict[str, str] | None = None, **changes: Any) -> str:
        answer = await self.hours(hours, who, **changes)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def validates(self, id: str) -> httpx.Response:
        return await self.post(f"/v1/hours/{id}/validate")

    async def stands(self, *names: str) -> list[Any]:
        answer = (await self.client.get(f"{self.path}/progress", headers=self.people.facilitator)).json()
        return [answer[name] for name in names]

    async def reports(self, **query: str) -> dict[str, Any]:
        answer = await self.client.get("/v1/reports", params=query, headers=self.people.facilitator)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


@pytest.fixture
def desk(clauses: Running, people: People, clock: HandClock) -> Desk:
    found = Desk(clauses, people, clock)
    found.on(date(2026, 3, 2))
    return found


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


OWED: list[tuple[dict[str, Any], str]] = [
    # 1,000,000 × 50 % × 5 % ÷ 30 = 833.33, whole hours
    (
        {
            "rule": "labour_share",
            "amount": 1_000_000,
            "labour_share_percent": 50,
            "effort_percent": 5,
            "hourly_cost": 30,
        },
        "833.00",
    ),
    # 412,000.50 × 45 % = 185,400.225; × 7 % = 12,978.01575; ÷ 28.50 = 455.37
    (
        {
            "rule": "labour_share",
            "amount": "412000.50",
            "labour_share_percent": 45,
            "effort_percent": 7,
            "hourly_cost": "28.50",
        },
        "455.00",
    ),
    # 600,000 × 50 % × 10 % ÷ 30 = 1,000 exactly: a floor must not take it for 999
    (
        {
            "rule": "labour_share",
            "amount": 600_000,
            "labour_share_percent": 50,
            "effort_percent": 10,
            "hourly_cost": 30,
        },
        "1000.00",
    ),
    # 12,345.67 × 5 % = 617.2835: a least share is not missed by a rounding
    ({"rule": "work_hours_share", "work_hours": "12345.67"}, "617.29"),
    ({"rule": "work_hours_share", "work_hours": "8000.10", "operation": "urban_management"}, "800.01"),
    ({"rule": "work_hours_share", "work_hours": "20000", "percent": "7.5"}, "1500.00"),
    # (3,000,000 − 2,700,000) ÷ 2,000 = 150
    ({"rule": "invoice_indexed", "amount": 3_000_000}, "150.00"),
    ({"rule": "invoice_indexed", "amount": "2701999.99"}, "0.00"),
    # (250,750 − 100,000) ÷ 1,500 = 100.5
    ({"rule": "invoice_indexed", "amount": 250_750, "trigger": 100_000, "euros_per_hour": 1_500}, "100.00"),
    ({"rule": "steps", "amount": "99999.99"}, "150.00"),
    ({"rule": "steps", "amount": 100_000}, "300.00"),
    ({"rule": "steps", "amount": "399999.99"}, "450.00"),
    ({"rule": "steps", "amount": 400_000}, "900.00"),
    ({"rule": "steps", "amount": 50_000, "steps": OWN_STEPS}, "70.00"),
    ({"rule": "manual", "hours": "0.01", "reason": "Une minute ou presque"}, "0.01"),
]


async def test_what_each_formula_owes(desk: Desk) -> None:
    for sizing, owed in OWED:
        await desk.concludes(objective=sizing)
        assert await desk.stands("objective_hours", "remaining_hours") == [owed, owed], sizing
    least = {"rule": "work_hours_share", "work_hours": 1_000, "percent": "4.99"}
    body = contract_body(objective=least)
    assert refusal(await desk.post("/v1/contracts", body)) == (422, "sizing-refused")


async def test_what_counts_after_each_step(desk: Desk) -> None:
    """An objective of 300 h; 121.33 + 35.50 declared, then decided on, corrected, amended, over."""
    names = ("declared_hours", "validated_hours", "remaining_hours", "validated_share")
    manual = {"rule": "manual", "hours": "300.00", "reason": "Marché de 2026"}
    await desk.concludes(
        objective=manual,
        rules={
            "eligibility": "unchecked",
            "penalties": {"per_missing_hour": "200.10", "per_day_without_evidence": "75.00"},
        },
    )
    first, second = await desk.counts("121.33"), await desk.counts("35.5", participant_id="P-2")
    assert await desk.stands(*names) == ["156.83", "0.00", "300.00", "0.0000"]
    await desk.validates(first)
    assert await desk.stands(*names) == ["156.83", "121.33", "178.67", "0.4044"]  # 121.33 ÷ 300 = 0.40443
    assert await desk.stands("full_time_equivalents") == ["0.08"]  # ÷ 1,607 = 0.0755
    rejected = await desk.post(f"/v1/hours/{second}/reject", {"reason": "Pas de feuille"})
    assert rejected.status_code == 200
    assert await desk.stands(*names) == ["121.33", "121.33", "178.67", "0.4044"]
    # The month of a rejected declaration is free; that of one that stands is not.
    again = await desk.counts("36.00", participant_id="P-2")
    assert refusal(await desk.hours("1.00")) == (409, "declared-already")
    correction = {"hours": "101.67", "reason": "Feuille de chantier"}
    corrected = (await desk.post(f"/v1/hours/{first}/correct", correction, desk.people.contractor)).json()["id"]
    assert await desk.stands(*names) == ["137.67", "0.00", "300.00", "0.0000"]
    assert [(await desk.validates(one)).status_code for one in (corrected, again)] == [200, 200]
    assert await desk.stands(*names) == ["137.67", "137.67", "162.33", "0.4589"]  # 0.4589 exactly
    # A lower objective by an amendment: what was done stays, the share follows.
    lower = {"rule": "manual", "hours": "137.62", "reason": "Avenant 1"}
    amendment = {"effective_on": "2026-03-01", "reason": "Tranche retirée", "objective": lower}
    assert (await desk.post(f"{desk.path}/amendments", amendment)).status_code == 201
    assert await desk.stands(*names) == ["137.67", "137.67", "0.00", "1.0004"]  # 137.67 ÷ 137.62 = 1.00036
    higher = {"rule": "manual", "hours": "137.72", "reason": "Avenant 2"}
    amendment = {"effective_on": "2026-03-01", "reason": "Tranche rendue", "objective": higher}
    assert (await desk.post(f"{desk.path}/amendments", amendment)).status_code == 201
    # 0.05 h × 200.10 € = 10.005 €; 3 days × 75 €.
    asked = await desk.client.get(
        f"{desk.path}/penalties", params={"days_without_evidence": 3}, headers=desk.people.facilitator
    )
    assert asked.json()["euros"] == "235.01"
    # The contract is over: a month of it may still be corrected, one after it takes nothing.
    desk.on(date(2027, 2, 1))
    late = {"hours": "101.72", "reason": "Bulletin de paie"}
    assert (await desk.post(f"/v1/hours/{corrected}/correct", late, desk.people.contractor)).status_code == 201
    assert await desk.stands(*names, "status") == ["137.72", "36.00", "101.72", "0.2614", "ended"]
    assert refusal(await desk.hours("1.00", month="2027-01")) == (422, "contract-not-running")
    assert refusal(await desk.hours("1.00", month="2027-03"))[0] == 422


async def test_what_is_refused_to_the_cent(desk: Desk) -> None:
    await desk.concludes(contractor_ids=["contractor-1", "contractor-2"])
    one, other = desk.people.contractor, desk.people.other_contractor
    mason, painter = ({"kind": "cdd", "employer": name} for name in ("Bâti Creuse", "Peinture Limousine"))
    first = await desk.counts("121.33", employment=mason)
    over = await desk.hours("98.68", employment=painter)
    assert (refusal(over), over.json()["remaining_hours"]) == ((422, "monthly-limit-exceeded"), "98.67")
    await desk.counts("98.67", employment=painter)
    # A co-contractor declares its own: of somebody else's hours it learns nothing, and the validation bounds their sum.
    beside = await desk.counts("10.00", other, employment=painter)
    assert (await desk.validates(first)).status_code == 200
    second = await desk.counts("98.68", other, employment={"kind": "supplied", "employer": "AI Creuse"})
    assert (await desk.validates(beside)).status_code == 200
    late = await desk.validates(second)
    assert (refusal(late), late.json()["remaining_hours"]) == ((422, "monthly-limit-exceeded"), "88.67")  # 220 − 131.33
    for odd in ("-0.01", "7.333", "744.01", "NaN", "1e400", True):
        assert (await desk.hours(odd, month="2026-01", participant_id="P-9")).status_code == 422, odd  # type: ignore[arg-type]
    assert (await desk.hours("0.00", month="2026-01", participant_id="P-9")).status_code == 201
    assert refusal(await desk.hours("1.00", one, month="2025-12", participant_id="P-9"))[0] == 422
    assert refusal(await desk.hours("1.00", one, month="2026-04", participant_id="P-9"))[0] == 422


async def test_lots_are_parts_of_what_is_owed(desk: Desk) -> None:
    lots = [{"id": "1", "objective_hours": "600.01"}, {"id": "2", "objective_hours": "400.00"}]
    refused = await desk.post("/v1/contracts", contract_body(lots=lots))
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "lots")
    await desk.concludes(
        lots=[{**lots[0], "objective_hours": "600.00", "contractor_ids": ["contractor-2"]}, lots[1]],
        contractor_ids=["contractor-1"],
    )
    # The same person's same month is one of each lot; who holds a lot declares on it only.
    await desk.counts("10.10", lot_id="2")
    await desk.counts("20.20", desk.people.other_contractor, lot_id="1")
    assert (await desk.hours("1.00", desk.people.other_contractor, lot_id="2")).status_code in (403, 404, 422)
    assert (await desk.hours("1.00", lot_id="3")).status_code == 422
    assert await desk.stands("declared_hours", "participants") == ["30.30", 1]


async def test_a_decision_covers_the_months_that_it_touches(desk: Desk) -> None:
    """Eligible from the last day of January to the first of March: three months of hours, and none beside them."""
    desk.on(date(2026, 6, 1))
    await desk.concludes(starts_on="2025-06-01", rules={"eligibility": "each_month"})
    await desk.post("/v1/participants", {"participant_id": "P-1", "birth_year": 1990})
    assigned = {"participant_id": "P-1", "contractor_id": "contractor-1"}
    assert (await desk.post(f"{desk.path}/participants", assigned)).status_code == 201
    decision = {
        "categories": ["rsa"],
        "evidence": [{"kind": "caf_statement", "dated": "2026-01-31"}],
        "valid_from": "2026-01-31",
        "valid_until": "2026-03-01",
    }
    assert (await desk.post("/v1/participants/P-1/eligibilities", decision)).status_code == 201
    taken = {}
    for month in ("2025-12", "2026-01", "2026-02", "2026-03", "2026-04"):
        answer = await desk.hours("10.25", month=month)
        taken[month] = "" if answer.status_code == 201 else answer.json()["errors"][0]["rule"]
    assert taken == {"2025-12": "not-yet", "2026-01": "", "2026-02": "", "2026-03": "", "2026-04": "ended"}
    assert await desk.stands("declared_hours") == ["30.75"]


async def test_a_report_adds_exact_hours_and_counts_a_person_once(desk: Desk) -> None:
    """Two kinds with 100.60 and 50.60 validated hours are 151 whole ones together, not 100 + 50; P-1 works on both."""
    await desk.concludes(kind="execution_condition")
    for person, hours in (("P-1", "60.30"), ("P-2", "40.30")):
        await desk.validates(await desk.counts(hours, participant_id=person))
    await desk.concludes(kind="reserved_iae", title="Entretien des berges")
    await desk.validates(await desk.counts("50.60", month="2026-01"))
    found = await desk.reports(by="kind")
    lines = {line["key"]: line for line in found["groups"]}
    shown = [
        (line["validated_hours"], line["participants"])
        for line in (lines["execution_condition"], lines["reserved_iae"], found["total"])
    ]
    assert shown == [("100.60", 2), ("50.60", 1), ("151.20", 2)]
    january = (await desk.reports(by="kind", **{"from": "2026-01", "to": "2026-01"}))["total"]
    assert (january["validated_hours"], january["participants"]) == ("50.60", 1)
