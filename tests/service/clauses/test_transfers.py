"""Whose hours are late, where the contract went from one holder to another or an employment was recorded after its hours."""

from datetime import UTC, date, datetime
from typing import Any

import httpx

from services.clauses.commands import alerts
from shared.clock import HandClock
from tests.service.clauses.builders import People, contract_body, hours_body
from tests.support import Running

JOB = {"participant_id": "P-1", "kind": "cdd", "employer": "Bâti Creuse", "starts_on": "2026-01-05"}


class Desk:
    def __init__(self, clauses: Running, people: People, clock: HandClock) -> None:
        self.clauses, self.people, self.clock = clauses, people, clock
        self.path = ""

    def on(self, day: date) -> None:
        self.clock.set(datetime(day.year, day.month, day.day, 9, tzinfo=UTC))

    async def concludes(self, **changes: Any) -> None:
        made = await self.post("/v1/contracts", contract_body(**changes))
        self.path = f"/v1/contracts/{made.json()['id']}"
        assert (await self.post(f"{self.path}/participants", {"participant_id": "P-1"})).status_code == 201

    async def post(self, path: str, body: Any, who: dict[str, str] | None = None) -> httpx.Response:
        return await self.clauses.client.post(path, json=body, headers=who or self.people.facilitator)

    async def declares(self, month: str, who: dict[str, str] | None = None, **changes: Any) -> httpx.Response:
        body = hours_body(month=month, hours="20.00", evidence=[], **changes)
        return await self.post(f"{self.path}/hours", body, who or self.people.contractor)

    async def missing(self) -> list[tuple[str, str | None]]:
        found = (await self.clauses.client.get(f"{self.path}/reporting", headers=self.people.facilitator)).json()
        return [(one["month"], one["contractor_id"]) for period in found["items"] for one in period["missing"]]

    async def late(self) -> dict[str | None, list[str]]:
        """Facts by contractor."""
        await alerts.look(self.clauses.app.state.context)
        params = {"contract_id": self.path.rpartition("/")[2], "kind": "hours_late"}
        found = await self.clauses.client.get("/v1/alerts", params=params, headers=self.people.facilitator)
        return {one["contractor_id"]: [fact["what"] for fact in one["facts"]] for one in found.json()["items"]}

    async def transfers(self, on: date, *holders: str) -> None:
        body = {"effective_on": str(on), "reason": "Remplacement du titulaire", "contractor_ids": holders}
        assert (await self.post(f"{self.path}/amendments", body)).status_code == 201


async def test_hours_that_were_declared_by_name_are_not_late_once_the_employment_is_recorded(
    clauses: Running, people: People, clock: HandClock
) -> None:
    """Of the same person, kind and employer: by its number nobody could declare them once more."""
    desk = Desk(clauses, people, clock)
    desk.on(date(2026, 4, 20))
    await desk.concludes()
    assert (await desk.declares("2026-01")).status_code == 201
    job = (await desk.post(f"{desk.path}/employments", JOB, people.contractor)).json()["id"]
    assert await desk.missing() == [("2026-02", "contractor-1"), ("2026-03", "contractor-1")]
    assert await desk.late() == {"contractor-1": [f"{job}|2026-02", f"{job}|2026-03"]}
    by_number = {
        name: value for name, value in hours_body(month="2026-01", employment_id=job).items() if name != "employment"
    }
    again = await desk.post(f"{desk.path}/hours", by_number, people.contractor)
    assert again.json()["code"] == "declared-already"
    for month in ("2026-02", "2026-03"):
        assert (await desk.declares(month)).status_code == 201
    assert (await desk.missing(), await desk.late()) == ([], {})


async def test_who_takes_over_a_contract_owes_nothing_of_the_months_before(
    clauses: Running, people: People, clock: HandClock
) -> None:
    desk = Desk(clauses, people, clock)
    desk.on(date(2026, 3, 31))
    await desk.concludes()
    assert (await desk.declares("2026-02")).status_code == 201
    desk.on(date(2026, 7, 20))
    await desk.transfers(date(2026, 4, 1), "contractor-2")
    # Of the first quarter the holder of that time has spoken; the second is the new one's.
    assert await desk.late() == {"contractor-2": ["period:2026-06-30"]}


async def test_what_an_earlier_holder_still_owes_the_desk_hears_and_declares(
    clauses: Running, people: People, clock: HandClock
) -> None:
    desk = Desk(clauses, people, clock)
    desk.on(date(2026, 5, 2))
    await desk.concludes()
    job = (await desk.post(f"{desk.path}/employments", JOB, people.contractor)).json()["id"]
    for month in ("2026-01", "2026-02"):
        assert (await desk.declares(month)).status_code == 201
    desk.on(date(2026, 8, 3))
    await desk.transfers(date(2026, 5, 1), "contractor-2")
    assert (await desk.declares("2026-06", people.other_contractor, participant_id="P-2")).status_code == 201
    # March and April; the months after it are those of the new holder, who records its own employments.
    assert await desk.missing() == [("2026-03", "contractor-1"), ("2026-04", "contractor-1")]
    assert await desk.late() == {"contractor-1": [f"{job}|2026-03", f"{job}|2026-04"]}
    assert (await desk.declares("2026-03")).status_code == 404
    of_it = {"contractor_id": "contractor-1"}
    for month in ("2026-03", "2026-04"):
        assert (await desk.declares(month, people.facilitator, **of_it)).status_code == 201
    refused = await desk.declares("2026-05", people.facilitator, **of_it)
    assert [one["field"] for one in refused.json()["errors"]] == ["contractor_id"]
    strange = await desk.declares("2026-03", people.facilitator, contractor_id="contractor-9")
    assert strange.status_code == 422
    assert (await desk.missing(), await desk.late()) == ([], {})


async def test_what_was_decided_before_is_said_before_anything_else(
    clauses: Running, people: People, clock: HandClock
) -> None:
    """A second validation of somebody who was taken off the contract meanwhile: they were validated, and that is what is said."""
    desk = Desk(clauses, people, clock)
    desk.on(date(2026, 3, 31))
    await desk.concludes(contractor_ids=["contractor-1", "contractor-2"])
    hours = (await desk.declares("2026-02")).json()["id"]
    assert (await desk.post(f"/v1/hours/{hours}/validate", None)).status_code == 200
    gone = await clauses.client.delete(f"{desk.path}/participants/P-1", headers=people.facilitator)
    assert gone.status_code == 204
    other = {"participant_id": "P-1", "contractor_id": "contractor-2"}
    assert (await desk.post(f"{desk.path}/participants", other)).status_code == 201
    again = await desk.post(f"/v1/hours/{hours}/validate", None)
    assert (again.status_code, again.json()["code"]) == (409, "transition-refused")
