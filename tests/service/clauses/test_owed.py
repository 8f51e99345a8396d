"""What the parties to a contract read of its hours: exactly what was due, the same everywhere, and nothing of the days since."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from services.clauses.domain.rules import Rules, RuleSet
from services.clauses.domain.telling import Owed, owed
from shared.clock import HandClock
from tests.service.clauses.builders import NOW, People, contract_body, hours_body
from tests.support import Running, Stack

ZERO = Decimal("0.00")


def days(first: str, last: str, today: str, **rules: Any) -> Owed:
    versions = (RuleSet(number=1, since=None, rules=Rules(**rules), reason="Notification", by="f", at=NOW),)
    return owed(versions, *map(date.fromisoformat, (first, last, today)))


@pytest.mark.parametrize(
    ("today", "until", "month"),
    [
        # The first quarter is due by the 15th of April: on that day it may still be declared.
        ("2026-01-20", "2026-01-14", "2025-12"),
        ("2026-04-15", "2026-01-14", "2025-12"),
        ("2026-04-16", "2026-03-31", "2026-03"),
        ("2026-07-15", "2026-03-31", "2026-03"),
        # The last day ends a period; its month is told whole, since nothing of it comes later.
        ("2026-10-16", "2026-09-10", "2026-09"),
        ("2030-01-01", "2026-09-10", "2026-09"),
    ],
)
def test_what_is_owed_on_a_day_is_what_was_due(today: str, until: str, month: str) -> None:
    assert days("2026-01-15", "2026-09-10", today) == Owed(date.fromisoformat(until), month)


def test_a_month_that_two_periods_share_is_told_with_the_later_one() -> None:
    often = {"reporting_days": ("02-15", "04-15"), "due_day": 1}
    assert days("2026-01-01", "2026-12-31", "2026-03-02", **often).month == "2026-01"
    assert days("2026-01-01", "2026-12-31", "2026-05-02", **often).month == "2026-03"
    # One that was agreed to the month is read by the month; of January's first contract nothing was owed before it.
    assert days("2026-01-01", "2026-12-31", "2026-03-16", reporting_days=("01-31", "02-28")).month == "2026-02"
    assert days("2000-01-01", "2000-12-31", "2000-01-02").month == "1999-12"


class Party:
    """A contract of one person, and who reads it."""

    def __init__(self, clauses: Running, people: People, clock: HandClock, contract: dict[str, Any]) -> None:
        self.clauses, self.people, self.clock, self.contract = clauses, people, clock, contract
        self.path = f"/v1/contracts/{contract['id']}"

    def on(self, day: str) -> None:
        self.clock.set(datetime.fromisoformat(f"{day}T09:00:00").replace(tzinfo=UTC))

    async def works(self, month: str, hours: str, who: dict[str, str] | None = None, person: str = "P-1") -> None:
        body = hours_body(month=month, hours=hours, participant_id=person, evidence=[])
        made = await self.clauses.client.post(f"{self.path}/hours", json=body, headers=who or self.people.contractor)
        assert made.status_code == 201, made.text
        where = f"/v1/hours/{made.json()['id']}/validate"
        assert (await self.clauses.client.post(where, headers=self.people.facilitator)).status_code == 200

    async def read(self, who: dict[str, str]) -> dict[str, Any]:
        """The hours as each place tells them, which is the same, and the progress."""
        get = self.clauses.client.get
        contract, progress = (await get(self.path, headers=who)), (await get(f"{self.path}/progress", headers=who))
        [listed] = (await get("/v1/contracts", headers=who)).json()["items"]
        hours = ("declared_hours", "validated_hours", "hours_until")
        told = {name: contract.json()[name] for name in hours}
        assert {name: listed[name] for name in hours} == {name: progress.json()[name] for name in hours} == told
        report = await get("/v1/reports", params={"by": "contract"}, headers=who)
        if report.status_code == 200:
            for line in (report.json()["total"], *report.json()["groups"]):
                assert {name: line[name] for name in hours[:2]} == {name: told[name] for name in hours[:2]}
                assert line["expected_hours"] == progress.json()["expected_hours"]
        found: dict[str, Any] = progress.json()
        return found


@pytest.fixture
async def party(clauses: Running, people: People, clock: HandClock) -> Party:
    body = contract_body(contractor_ids=["contractor-1", "contractor-2"])
    made = await clauses.client.post("/v1/contracts", json=body, headers=people.facilitator)
    assert made.status_code == 201, made.text
    authority = made.json()["contracting_authority"]["id"]
    await clauses.store.collection("authorities").update_one({"_id": authority}, {"$set": {"users": ["buyer-1"]}})
    return Party(clauses, people, clock, made.json())


async def test_a_buyer_does_not_read_from_day_to_day_what_the_only_person_worked(party: Party, stack: Stack) -> None:
    """March is the month in which they were ill; the quarter is what the contract owes, on the day after it was due."""
    buyer = stack.token("contracting_authority", subject="buyer-1", territories=())
    party.on("2026-04-02")
    seen = []
    for month, hours in (("2026-01", "151.67"), ("2026-02", "151.67"), ("2026-03", "63.00")):
        await party.works(month, hours)
        seen.append({**(await party.read(buyer)), "as_of": None})
    assert seen[0] == seen[1] == seen[2]
    assert (seen[0]["validated_hours"], seen[0]["hours_until"], seen[0]["participants"]) == ("0.00", "2025-12-31", 0)
    assert (seen[0]["forecast_hours"], seen[0]["expected_hours"]) == (None, "0.00")
    assert (await party.read(party.people.facilitator))["validated_hours"] == "366.34"

    party.on("2026-04-16")
    told = await party.read(buyer)
    assert (told["validated_hours"], told["declared_hours"], told["hours_until"]) == ("366.34", "366.34", "2026-03-31")
    # Of that day are the forecast and what was expected, or nobody would do what they owe; how many they are is masked.
    assert (told["expected_hours"], told["forecast_hours"]) == ("246.58", "1485.71")
    assert told["participants"] is None
    assert told["remaining_hours"] == "633.66"

    party.on("2026-05-03")
    await party.works("2026-04", "20.00")
    assert {**told, "as_of": None} == {**(await party.read(buyer)), "as_of": None}
    party.on("2027-01-16")
    assert (await party.read(buyer))["validated_hours"] == "386.34"


async def test_a_contractor_reads_its_own_hours_at_once_and_the_others_when_they_were_due(party: Party) -> None:
    own, other = party.people.contractor, party.people.other_contractor
    party.on("2026-04-02")
    await party.works("2026-02", "100.00")
    listed = await party.clauses.client.get(f"{party.path}/hours", headers=own)
    assert [one["hours"] for one in listed.json()["items"]] == ["100.00"]
    assert (await party.read(other))["validated_hours"] == "0.00"
    party.on("2026-04-16")
    assert (await party.read(other))["validated_hours"] == (await party.read(own))["validated_hours"] == "100.00"
