"""The loop on this side: a shortfall asks for an offer once, a hire on it becomes an employment with the person's consent."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from services.clauses.access import load
from services.clauses.commands import alerts, hires, participants
from services.clauses.domain.offer_request import positions_for
from shared.clock import HandClock
from shared.contracts.events.offers import ApplicationState
from shared.contracts.topics import APPLICATIONS, CLAUSE_NOTICES, OFFER_REQUESTS
from shared.kafka.envelope import Event
from shared.store import Work
from tests.service.clauses.builders import NOW, People, a_contract, contract_body, hours_body
from tests.support import Running, outbox_rows

PROFILE = "019a3f60-5c1e-7a34-9d8f-2f6f0a9c1b7e"


def application(offer_id: str, status: str = "hired", **changes: Any) -> ApplicationState:
    state: dict[str, Any] = {
        "application_id": "application-1",
        "offer_id": offer_id,
        "company_id": "company-1",
        "profile_id": PROFILE,
        "territory": "23",
        "status": status,
        "contract_kind": "cdd",
        "starts_on": "2026-04-20",
        "submitted_at": NOW,
        "changed_at": NOW,
    }
    return ApplicationState.model_validate(state | changes)


def event(state: ApplicationState | None, sequence: int = 1) -> Event[ApplicationState]:
    key = "application-1" if state is None else state.application_id
    return Event(f"event-{sequence}", "application-closed.v1", APPLICATIONS, key, key, sequence, NOW, state, None)


class Desk:
    """A contract that fell behind in April, and what was asked for because of it."""

    def __init__(self, clauses: Running, people: People, clock: HandClock) -> None:
        self.clauses, self.people, self.clock = clauses, people, clock
        self.context = clauses.app.state.context
        self.path = ""

    async def falls_behind(self) -> str:
        body = contract_body(commune_code="23096")
        made = await self.clauses.client.post("/v1/contracts", json=body, headers=self.people.facilitator)
        self.path = made.headers["location"]
        self.clock.set(datetime(2026, 4, 20, 9, tzinfo=UTC))
        await alerts.look(self.context)
        [wish] = await self.asked()
        return str(wish["request_id"])

    async def asked(self) -> list[dict[str, Any]]:
        return [json.loads(row["data"]) for row in await outbox_rows(self.clauses.store, OFFER_REQUESTS.name)]

    async def notices(self, text: str) -> list[dict[str, Any]]:
        rows = [json.loads(row["data"]) for row in await outbox_rows(self.clauses.store, CLAUSE_NOTICES.name)]
        return [one for one in rows if one["template"] == text]

    async def hears(self, *states: ApplicationState | None) -> None:
        await hires.hear(self.context, [event(state, number) for number, state in enumerate(states, start=1)])

    async def hires(self) -> list[dict[str, Any]]:
        found = await self.clauses.client.get("/v1/hires", headers=self.people.facilitator)
        items: list[dict[str, Any]] = found.json()["items"]
        return items

    async def records(self, who: dict[str, str] | None = None, **changes: Any) -> Any:
        body = {"consented_on": "2026-04-20", "employer": "Bâti Creuse", "contractor_id": "contractor-1"} | changes
        headers = who or self.people.facilitator
        return await self.clauses.client.post("/v1/hires/application-1/record", json=body, headers=headers)


@pytest.fixture
def desk(clauses: Running, people: People, clock: HandClock) -> Desk:
    return Desk(clauses, people, clock)


@pytest.mark.parametrize(
    ("missing", "today", "people"),
    [
        ("1.00", date(2026, 7, 1), 1),
        # 184 days are half a year: 1607 h × 183 / 365 = 805.70 h each.
        ("805.00", date(2026, 7, 1), 1),
        ("806.00", date(2026, 7, 1), 2),
        ("100000.00", date(2026, 7, 1), 50),
        ("10.00", date(2026, 12, 31), 3),
    ],
)
def test_positions_are_people_who_could_do_the_hours_in_time(missing: str, today: date, people: int) -> None:
    assert positions_for(a_contract(), Decimal(missing), today) == people


async def test_a_shortfall_asks_for_one_offer_until_the_hours_come(desk: Desk) -> None:
    request = await desk.falls_behind()
    [wish] = await desk.asked()
    assert (wish["wanted"], wish["missing_hours"], wish["commune_code"]) == (True, "1000.00", "23096")
    [told] = await desk.notices("clause_digest")
    assert told["params"]["shortfall"] == told["params"]["hours_late"]
    desk.clock.set(datetime(2026, 7, 20, 9, tzinfo=UTC))
    await alerts.look(desk.context)
    assert len(await desk.asked()) == 1
    for number in range(1, 7):
        body = hours_body(participant_id=f"P-{number}", month=f"2026-0{number}", hours="160.00")
        await desk.clauses.client.post(f"{desk.path}/hours", json=body, headers=desk.people.contractor)
    await alerts.look(desk.context)
    assert [(one["request_id"], one["wanted"]) for one in await desk.asked()] == [(request, True), (request, False)]
    listed = await desk.clauses.client.get(f"{desk.path}/offer-requests", headers=desk.people.manager)
    assert [one["wanted"] for one in listed.json()["items"]] == [False]


async def test_a_contract_that_ends_wishes_for_nothing_more_and_is_left_in_peace(desk: Desk) -> None:
    request = await desk.falls_behind()
    desk.clock.set(datetime(2027, 1, 2, 9, tzinfo=UTC))
    await alerts.look(desk.context)
    assert [(one["request_id"], one["wanted"]) for one in await desk.asked()] == [(request, True), (request, False)]
    stand = await desk.clauses.client.get("/v1/alerts", headers=desk.people.facilitator)
    assert {one["kind"] for one in stand.json()["items"]} == {"hours_late", "shortfall"}
    desk.clock.set(datetime(2029, 1, 2, 9, tzinfo=UTC))
    await alerts.look(desk.context)
    stand = await desk.clauses.client.get("/v1/alerts", headers=desk.people.facilitator)
    assert stand.json()["items"] == []


async def test_a_hire_becomes_one_employment_with_consent(desk: Desk) -> None:
    request = await desk.falls_behind()
    await desk.hears(application(request, "submitted"), application("another-offer"), application(request, "refused"))
    assert await desk.hires() == []
    assert await desk.clauses.store.collection("hires").count_documents({}) == 0
    await desk.hears(application(request), application(request))
    await desk.hears(application(request))
    [hire] = await desk.hires()
    assert (hire["participant_id"], hire["starts_on"]) == (PROFILE, "2026-04-20")
    [told] = await desk.notices("clause_hire")
    assert (told["recipients"], PROFILE in json.dumps(told)) == (["facilitator-1"], False)

    early = await desk.records(consented_on="2026-05-01")
    assert early.json()["code"] == "consent-required"
    assert (await desk.records(who=desk.people.contractor)).status_code == 404
    assert (await desk.records(who=desk.people.neighbour)).status_code == 404
    assert (await desk.records(contractor_id="contractor-9")).status_code == 422
    one, two = await desk.records(), await desk.records()
    assert (one.status_code, one.json()["id"], two.json()) == (200, "application-1", one.json())
    assert (one.json()["kind"], one.json()["contractor_id"]) == ("cdd", "contractor-1")
    assert await desk.hires() == []
    body = hours_body(participant_id=PROFILE, month="2026-04", employment_id="application-1", hours="60.00")
    del body["employment"]
    declared = await desk.clauses.client.post(f"{desk.path}/hours", json=body, headers=desk.people.contractor)
    assert declared.status_code == 201, declared.text
    late = await desk.clauses.client.post("/v1/hires/application-1/dismiss", headers=desk.people.facilitator)
    assert late.status_code == 409


async def test_a_hire_is_of_whom_it_was_agreed_for_and_no_second_employment(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Linked for another contractor it is refused, as its hours would be; recorded by hand while it is recorded, it is one."""
    post, people = desk.clauses.client.post, desk.people
    request = await desk.falls_behind()
    await desk.hears(application(request))
    link = {"participant_id": PROFILE, "consented_on": "2026-04-20"}
    await desk.clauses.client.patch(
        desk.path,
        json={"contractor_ids": ["contractor-1", "contractor-2"]},
        headers=people.facilitator | {"If-Match": "*"},
    )
    linked = await post(
        f"{desk.path}/participants", json=link | {"contractor_id": "contractor-2"}, headers=people.facilitator
    )
    assert linked.status_code == 201, linked.text
    assert (await desk.records()).json()["code"] == "participant-not-assigned"
    await desk.clauses.client.delete(f"{desk.path}/participants/{PROFILE}", headers=people.facilitator)
    await post(f"{desk.path}/participants", json=link, headers=people.facilitator)
    job = {"participant_id": PROFILE, "kind": "cdd", "employer": "BÂTI  CREUSE", "starts_on": "2026-04-20"}
    commit = desk.context.store.commit

    async def late(work: Work) -> bool:
        monkeypatch.setattr(desk.context.store, "commit", commit)
        by_hand = await post(f"{desk.path}/employments", json=job, headers=people.contractor)
        assert by_hand.status_code == 201, by_hand.text
        return bool(await commit(work))

    monkeypatch.setattr(desk.context.store, "commit", late)
    assert (await desk.records()).json()["code"] == "employment-exists"


async def test_a_hire_is_recorded_or_dismissed_and_not_both(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    request = await desk.falls_behind()
    await desk.hears(application(request))
    read = load

    async def dismissed_meanwhile(*of: Any) -> Any:
        monkeypatch.setattr("services.clauses.commands.hires.load", read)
        answer = await desk.clauses.client.post("/v1/hires/application-1/dismiss", headers=desk.people.facilitator)
        assert answer.status_code == 200
        return await read(*of)

    monkeypatch.setattr("services.clauses.commands.hires.load", dismissed_meanwhile)
    assert (await desk.records()).status_code == 404
    assert await desk.context.employments.find("application-1") is None


async def test_what_the_hire_does_not_say_is_asked_for(desk: Desk) -> None:
    request = await desk.falls_behind()
    await desk.hears(application(request, contract_kind="other", starts_on=None))
    assert [error["field"] for error in (await desk.records()).json()["errors"]] == ["kind"]
    assert [error["field"] for error in (await desk.records(kind="cdd")).json()["errors"]] == ["starts_on"]
    assert (await desk.records(kind="cdd", starts_on="2026-04-01")).status_code == 200


async def test_whoever_does_not_agree_or_is_erased_is_not_kept(desk: Desk) -> None:
    request = await desk.falls_behind()
    other = "019a3f60-5c1e-7a34-9d8f-2f6f0a9c1b7f"
    states = [application(request), application(request, application_id="application-2", profile_id=other)]
    await desk.hears(*states)
    dismissed = await desk.clauses.client.post("/v1/hires/application-1/dismiss", headers=desk.people.facilitator)
    assert dismissed.json()["state"] == "dismissed"
    await participants.forget(desk.context, other)
    await desk.hears(*states)
    rows = [row async for row in desk.clauses.store.collection("hires").find({})]
    assert len(rows) == 2
    assert not any(one in str(rows) for one in (PROFILE, other))
    assert await desk.hires() == []
    assert (await desk.records()).status_code == 404


async def test_an_erasure_that_came_first_and_one_of_the_application(desk: Desk) -> None:
    request = await desk.falls_behind()
    await participants.forget(desk.context, PROFILE)
    await desk.hears(application(request))
    assert await desk.clauses.store.collection("hires").count_documents({}) == 0
    other = "019a3f60-5c1e-7a34-9d8f-2f6f0a9c1b7f"
    await desk.hears(application(request, profile_id=other), None)
    assert await desk.hires() == []
    assert other not in str([row async for row in desk.clauses.store.collection("hires").find({})])
