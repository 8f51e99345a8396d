"""What is told without asking: each fact once, to whom it concerns, and naming nobody."""

import asyncio
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from services.clauses.commands import alerts, digests, participants
from services.clauses.domain.alerts import Alert, AlertKind, Fact, Finding, Known, findings
from services.clauses.domain.contract import Contract
from services.clauses.domain.course import Suspension
from services.clauses.domain.employment import EmploymentGiven, EmploymentRecord
from services.clauses.domain.participant import Participant, ParticipantGiven
from services.clauses.domain.rules import Rules, RuleSet
from shared.clock import HandClock
from shared.contracts.topics import CLAUSE_NOTICES
from shared.store import Work
from tests.service.clauses.builders import NOW, TODAY, People, a_contract, author, contract_body, hours_body
from tests.service.clauses.test_eligibility import RSA
from tests.support import Running, Stack, outbox_rows

DESK = author("facilitator-1", "facilitator")
PROFILE = "019a3f60-5c1e-7a34-9d8f-2f6f0a9c1b7e"


def known(**changes: Any) -> Known:
    nothing: dict[str, Any] = {
        "employments": (),
        "declared": frozenset(),
        "declared_by": frozenset(),
        "hours": {},
        "participants": (),
        "last_months": {},
        "decisions": {},
        "first_hired": {},
    }
    return Known(**nothing | changes)


def contract_with(**rules: Any) -> Contract:
    contract = a_contract()
    first = RuleSet(number=1, since=None, rules=Rules(**rules), reason="N", by="facilitator-1", at=NOW)
    contract.rule_sets = (first,)
    return contract


def employed(contractor: str | None = "contractor-1", ends_on: str | None = None, of: str = "P-1") -> EmploymentRecord:
    body = {"participant_id": of, "contractor_id": contractor, "kind": "cdd", "employer": "Bâti"}
    given = EmploymentGiven.model_validate(body | {"starts_on": "2026-01-05", "ends_on": ends_on})
    return EmploymentRecord.begin(f"E-{of}", ("contract-1", "23"), given, DESK, TODAY)


def assigned(of: str = "P-1") -> Participant:
    return Participant.assign(("contract-1", "23"), ParticipantGiven(participant_id=of), DESK, TODAY)


def test_an_alert_moves_only_by_news() -> None:
    """What is looked at every day is written when something is new of it, or when it is over."""
    finding, later = (
        Finding(AlertKind.SILENT, (Fact(what="2026-03", participant_id="P-1"),)),
        NOW.replace(hour=NOW.hour + 1),
    )
    alert = Alert.begin(contract_with(), finding, NOW)
    assert alert.see(finding, NOW)
    alert.wait_for(["facilitator-1"])
    version = alert.version
    assert not alert.see(finding, later)
    assert (alert.version, alert.told_at) == (version, NOW)
    assert alert.end(NOW)
    assert (alert.over_at, alert.facts, alert.awaited_by) == (NOW, (), ())
    version = alert.version
    assert not alert.end(later)
    assert (alert.version, alert.over_at) == (version, NOW)
    assert alert.see(finding, later)
    assert (alert.over_at, alert.told_at) == (None, later)


def kinds(found: list[Finding]) -> list[tuple[AlertKind, str | None]]:
    return [(one.kind, one.contractor_id) for one in found]


@pytest.mark.parametrize(
    ("today", "declared", "told"),
    [
        ("2026-03-31", set(), []),  # the period is not over
        ("2026-04-04", set(), []),  # it is not near yet
        ("2026-04-05", set(), [AlertKind.HOURS_DUE]),
        ("2026-04-15", set(), [AlertKind.HOURS_DUE]),
        ("2026-04-16", set(), [AlertKind.HOURS_LATE]),
        ("2026-04-16", {"2026-01", "2026-02"}, [AlertKind.HOURS_LATE]),
        ("2026-04-16", {"2026-01", "2026-02", "2026-03"}, []),
        ("2027-04-16", {"2026-01", "2026-02", "2026-03"}, [AlertKind.HOURS_LATE]),
        ("2028-06-01", set(), []),  # nobody is told of years ago
    ],
)
def test_hours_are_due_then_late_until_they_are_declared(today: str, declared: set[str], told: list[AlertKind]) -> None:
    facts = known(
        employments=[employed()], declared={("E-P-1", month) for month in declared}, hours={"2026-01": Decimal(9999)}
    )
    found = findings(contract_with(eligibility="unchecked"), facts, date.fromisoformat(today))
    assert [one.kind for one in found] == told


def test_each_contractor_hears_of_its_own_and_of_a_period_without_a_word() -> None:
    contract = a_contract(contractor_ids=["contractor-1", "contractor-2"])
    facts = known(
        employments=[employed("contractor-1")],
        declared={("E-P-1", month) for month in ("2026-01", "2026-02", "2026-03")},
        hours={"2026-01": Decimal(9999)},
    )
    assert kinds(findings(contract, facts, date(2026, 4, 20))) == [(AlertKind.HOURS_LATE, "contractor-2")]
    spoken = facts._replace(declared_by={("contractor-2", "2026-03")})
    assert findings(contract, spoken, date(2026, 4, 20)) == []


def test_who_was_erased_is_missed_by_nobody() -> None:
    gone = "erased-019a3f60-5c1e-7a34-9d8f-2f6f0a9c1b7e"
    facts = known(
        employments=[employed(of=gone)], participants=[assigned(gone)], declared_by={("contractor-1", "2026-02")}
    )
    found = findings(contract_with(), facts._replace(hours={"2026-01": Decimal(9999)}), date(2026, 4, 20))
    assert found == []


@pytest.mark.parametrize(
    ("hours", "today", "missing"),
    [
        # A quarter of the year has passed (90 of 365 days): 300 h then are 1,216.67 h at its end.
        ({"2026-01": "300.00"}, "2026-04-16", None),
        ({"2026-01": "100.00"}, "2026-04-15", None),  # until the 15th they are being declared
        ({"2026-01": "100.00"}, "2026-04-16", "595"),
        ({"2026-01": "100.00"}, "2026-07-15", "595"),  # the pace is that of the last due period, not of today
        ({"2026-01": "100.00", "2026-05": "900.00"}, "2026-07-15", "595"),
        ({"2026-01": "100.00", "2026-05": "900.00"}, "2026-07-16", None),
        ({"2026-01": "225.00"}, "2026-04-16", None),  # 8.75 % below: within the contract's tolerance
        ({"2026-01": "221.00"}, "2026-04-16", "104"),
    ],
)
def test_the_forecast_is_that_of_the_last_period_that_is_due(
    hours: dict[str, str], today: str, missing: str | None
) -> None:
    facts = known(hours={month: Decimal(amount) for month, amount in hours.items()})
    facts = facts._replace(declared_by={("contractor-1", f"2026-{n:02}") for n in range(1, 13)})
    found = findings(contract_with(eligibility="unchecked"), facts, date.fromisoformat(today))
    assert [one.says["missing_hours"] for one in found] == ([] if missing is None else [missing])


def test_a_contract_that_rests_falls_behind_nothing_until_it_goes_on() -> None:
    contract = contract_with(eligibility="unchecked")
    facts = known(hours={"2026-01": Decimal(100)})
    facts = facts._replace(declared_by={("contractor-1", f"2026-{n:02}") for n in range(1, 13)})
    assert kinds(findings(contract, facts, date(2026, 4, 20))) == [(AlertKind.SHORTFALL, None)]
    rest = Suspension(since=date(2026, 4, 18), until=date(2026, 4, 30), reason="Amiante", by="facilitator-1")
    contract.suspensions = (rest,)
    assert findings(contract, facts, date(2026, 4, 20)) == []
    assert kinds(findings(contract, facts, date(2026, 5, 1))) == [(AlertKind.SHORTFALL, None)]


def test_silence_is_counted_from_the_last_month_with_hours_of_who_is_still_employed() -> None:
    contract = contract_with(eligibility="unchecked", silent_weeks=6)
    facts = known(
        participants=[assigned("P-1"), assigned("P-2"), assigned("P-3")],
        employments=[employed(of="P-1"), employed(of="P-2", ends_on="2026-02-15"), employed(of="P-3")],
        last_months={"P-1": "2026-01", "P-2": "2026-01", "P-3": "2026-02"},
    )

    def silent(day: date, declared: str = "2026-02") -> list[str | None]:
        spoken = facts._replace(declared_by={("contractor-1", declared)})
        found = [one for one in findings(contract, spoken, day) if one.kind is AlertKind.SILENT]
        return [fact.participant_id for one in found for fact in one.facts]

    assert silent(date(2026, 4, 15)) == []  # until the quarter is due nobody knows who worked in March
    assert silent(date(2026, 4, 15), declared="2026-03") == ["P-1"]
    assert silent(date(2026, 4, 16)) == ["P-1"]
    assert silent(date(2026, 5, 4), declared="2026-04") == ["P-1", "P-3"]
    contract.suspend(date(2026, 4, 1), "Ordre de service", DESK)
    assert silent(date(2026, 4, 16)) == []


def test_a_fact_is_told_once_and_again_when_it_came_back() -> None:
    contract = a_contract()

    def finding(*what: str) -> Finding:
        return Finding(AlertKind.SHORTFALL, tuple(Fact(what=one) for one in what))

    alert = Alert.begin(contract, finding("a"), NOW)
    assert [alert.see(finding(*facts), NOW) for facts in (("a",), ("a",), ("a", "b"), ("b",), ("b",), ("a", "b"))] == [
        True, False, True, False, False, True,
    ]  # fmt: skip
    assert [alert.end(NOW), alert.end(NOW)] == [True, False]
    assert alert.see(finding("b"), NOW)


# With the job.


async def told(clauses: Running, since: list[str]) -> list[tuple[str, list[str], dict[str, str]]]:
    """What notifications is asked for since the last time: text, whom, and what it says."""
    rows = [row for row in await outbox_rows(clauses.store, CLAUSE_NOTICES.name) if row["_id"] not in since]
    since += [row["_id"] for row in rows]
    notices = [json.loads(row["data"]) for row in rows]
    found = [(one["template"], sorted(one["recipients"]), one["params"]) for one in notices]
    return sorted(found, key=lambda one: (one[0], one[1], sorted(one[2])))


async def test_a_year_of_a_contract_as_its_people_hear_of_it(
    clauses: Running, people: People, clock: HandClock, stack: Stack
) -> None:
    context = clauses.app.state.context
    seen: list[str] = []
    post, get = clauses.client.post, clauses.client.get
    desk = people.facilitator
    contractors = ["contractor-1", "contractor-2"]
    made = await post("/v1/contracts", json=contract_body(contractor_ids=contractors, rules={}), headers=desk)
    path, id = made.headers["location"], made.json()["id"]
    authority = made.json()["contracting_authority"]["id"]
    await clauses.store.collection("authorities").update_one({"_id": authority}, {"$set": {"users": ["buyer-1"]}})
    for who in ("P-1", PROFILE):
        consent = {"participant_id": who, "consented_on": "2026-01-12"}
        await post("/v1/participants", json=consent, headers=desk)
        await post(f"{path}/participants", json=consent | {"contractor_id": "contractor-1"}, headers=desk)
        until = {"valid_from": "2026-01-05", "valid_until": "2026-06-30"}
        assert (await post(f"/v1/participants/{who}/eligibilities", json=RSA | until, headers=desk)).status_code == 201
    job = {"participant_id": PROFILE, "kind": "cdd", "employer": "Bâti", "starts_on": "2026-01-05"}
    employment = (await post(f"{path}/employments", json=job, headers=people.contractor)).json()["id"]

    async def looked(day: str) -> list[tuple[str, list[str], dict[str, str]]]:
        clock.set(datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC).replace(hour=9))
        await asyncio.gather(alerts.look(context), alerts.look(context))
        await alerts.look(context)
        return await told(clauses, seen)

    assert await looked("2026-03-05") == []
    due = await looked("2026-04-06")
    assert [(text, whom) for text, whom, _ in due if "hours" in text] == [
        ("clause_hours_due", ["clerk-1"]),
        ("clause_hours_due", ["clerk-2"]),
    ]
    assert due[-1][2]["due_on"] == "2026-04-15"
    assert await looked("2026-04-07") == []

    late = await looked("2026-04-16")
    assert [(text, whom) for text, whom, _ in late] == [
        ("clause_digest", ["facilitator-1"]),
        ("clause_hours_late", ["clerk-1"]),
        ("clause_hours_late", ["clerk-2"]),
        ("clause_shortfall", ["buyer-1", "clerk-1", "clerk-2"]),
    ]
    title = made.json()["title"]
    assert late[0][2] == {"count": "1", "hours_late": title, "shortfall": title, "silent": title}
    assert "missing_hours" not in late[-1][2]
    stand = (await get("/v1/alerts", params={"contract_id": id, "kind": "silent"}, headers=desk)).json()["items"]
    assert [one["says"]["count"] for one in stand] == ["1"]  # P-1 came in March

    for month in ("2026-01", "2026-02", "2026-03"):
        body = hours_body(participant_id=PROFILE, employment_id=employment, month=month, hours="120.00")
        del body["employment"]
        declared = await post(f"{path}/hours", json=body, headers=people.contractor)
        assert declared.status_code == 201, declared.text
    assert await looked("2026-04-17") == []
    again = (await get("/v1/alerts", params={"contract_id": id}, headers=desk)).json()["items"]
    assert [(one["kind"], one["contractor_id"]) for one in again] == [("hours_late", "contractor-2")]

    ending = [one for one in await looked("2026-05-06") if one[0] == "clause_eligibility_ending"]
    assert [(whom, says["count"], says["first_day"]) for _, whom, says in ending] == [
        (["facilitator-1"], "2", "2026-06-30")
    ]
    assert await looked("2026-06-22") == []
    soon = [one for one in await looked("2026-06-23") if one[0] == "clause_eligibility_ending"]
    assert [(whom, says["count"]) for _, whom, says in soon] == [(["facilitator-1"], "2")]
    everything = json.dumps([row["data"].decode() for row in await outbox_rows(clauses.store, CLAUSE_NOTICES.name)])
    assert not any(word in everything for word in (PROFILE, "P-1", "rsa", "RSA"))

    await clauses.client.put(f"{path}/followers/me", headers=stack.token("facilitator", subject="facilitator-9"))
    await clauses.client.delete(f"{path}/followers/facilitator-1", headers=desk)
    later = await looked("2026-07-20")
    assert {user for _, whom, _ in later for user in whom} == {"buyer-1", "clerk-1", "clerk-2", "facilitator-9"}


async def test_a_desk_is_told_once_a_day_and_at_once_of_what_cannot_wait(
    clauses: Running, people: People, clock: HandClock
) -> None:
    context, desk, seen = clauses.app.state.context, people.facilitator, list[str]()
    made = []
    for title in ("Collège", "Pont", "Gymnase"):
        body = contract_body(title=title, contracting_authority_name="Ville", rules={"eligibility": "unchecked"})
        made.append((await clauses.client.post("/v1/contracts", json=body, headers=desk)).json()["id"])

    async def looked(day: datetime) -> list[tuple[str, dict[str, str]]]:
        clock.set(day)
        await asyncio.gather(alerts.look(context), alerts.look(context))
        await alerts.look(context)
        return [(text, says) for text, whom, says in await told(clauses, seen) if whom == ["facilitator-1"]]

    # One contract's people are off the desk's hands before the day: nothing is said of it.
    await clauses.client.delete(f"/v1/contracts/{made[2]}/followers/me", headers=desk)
    [(text, says)] = await looked(datetime(2026, 4, 16, 9, tzinfo=UTC))
    assert (text, says) == (
        "clause_digest",
        {"count": "2", "hours_late": "Collège ; Pont", "shortfall": "Collège ; Pont"},
    )
    # News of the same day wait for the next one, alone in their own words; what is over by then is not told.
    await clauses.client.put(f"/v1/contracts/{made[2]}/followers/me", headers=desk)
    for id, kind in ((made[0], "shortfall"), (made[1], "hours_late")):
        alert = (await context.alerts.many({"contract_id": id, "kind": kind}))[0]
        alert.wait_for(["facilitator-1"])
        alert.touch(clock.now())
        work = Work(context.new_id)
        context.alerts.save(work, alert)
        await context.store.commit(work)
    assert await looked(datetime(2026, 4, 16, 20, tzinfo=UTC)) == []
    body = hours_body(month="2026-03", hours="100.00")
    [waits] = await context.alerts.many({"contract_id": made[1], "kind": "hours_late"})
    assert waits.awaited_by == ("facilitator-1",)
    declared = await clauses.client.post(f"/v1/contracts/{made[1]}/hours", json=body, headers=people.contractor)
    assert declared.status_code == 201, declared.text
    [(text, says)] = await looked(datetime(2026, 4, 17, 9, tzinfo=UTC))
    assert (text, says["contract_title"], says["missing_hours"]) == ("clause_shortfall", "Collège", "1000")
    # The contract is over and its last hours are late: no later day brings them.
    late = [says for text, says in await looked(datetime(2027, 1, 16, 9, tzinfo=UTC)) if text == "clause_hours_late"]
    assert sorted(one["contract_title"] for one in late) == ["Collège", "Gymnase", "Pont"]
    assert await looked(datetime(2027, 1, 17, 9, tzinfo=UTC)) == []


async def test_an_alert_that_only_a_later_release_can_tell_waits_for_it_and_keeps_nobody_from_their_digest(
    clauses: Running, people: People, clock: HandClock
) -> None:
    context, seen = clauses.app.state.context, list[str]()
    body = contract_body(rules={"eligibility": "unchecked"})
    assert (await clauses.client.post("/v1/contracts", json=body, headers=people.facilitator)).status_code == 201
    clock.set(datetime(2026, 4, 16, 9, tzinfo=UTC))
    await alerts.look(context)
    await told(clauses, seen)
    stored = clauses.store.collection("alerts")
    await stored.update_many({}, {"$set": {"awaited_by": ["facilitator-1"]}})
    await stored.update_many({"kind": "hours_late"}, {"$set": {"kind": "sailing"}})
    clock.set(datetime(2026, 4, 17, 9, tzinfo=UTC))
    assert await digests.tell_digests(context) == 1
    assert [text for text, _, _ in await told(clauses, seen)] == ["clause_shortfall"]
    assert await stored.distinct("kind", {"awaited_by": "facilitator-1"}) == ["sailing"]
    clock.set(datetime(2026, 4, 18, 9, tzinfo=UTC))
    assert await digests.tell_digests(context) == 0


async def test_an_erasure_takes_the_person_from_what_was_found(
    clauses: Running, people: People, clock: HandClock
) -> None:
    context = clauses.app.state.context
    body = contract_body(rules={"silent_weeks": 1})
    path = (await clauses.client.post("/v1/contracts", json=body, headers=people.facilitator)).headers["location"]
    consent = {"participant_id": PROFILE, "consented_on": "2026-01-12"}
    await clauses.client.post(f"{path}/participants", json=consent, headers=people.facilitator)
    clock.set(datetime(2026, 4, 20, 9, tzinfo=UTC))
    await alerts.look(context)
    kept = [str(row) async for row in clauses.store.collection("alerts").find({})]
    assert any(PROFILE in row for row in kept)
    await participants.forget(context, PROFILE)
    kept = [str(row) async for row in clauses.store.collection("alerts").find({})]
    assert not any(PROFILE in row for row in kept)
    await alerts.look(context)
    silent = {"kind": "silent"}
    answer = await clauses.client.get("/v1/alerts", params=silent, headers=people.facilitator)
    assert answer.json()["items"] == []


async def test_what_was_found_is_the_desks(clauses: Running, people: People, clock: HandClock) -> None:
    made = await clauses.client.post("/v1/contracts", json=contract_body(), headers=people.facilitator)
    clock.set(datetime(2026, 4, 20, 9, tzinfo=UTC))
    await alerts.look(clauses.app.state.context)
    assert len((await clauses.client.get("/v1/alerts", headers=people.manager)).json()["items"]) == 2
    assert (await clauses.client.get("/v1/alerts", headers=people.neighbour)).json()["items"] == []
    assert (await clauses.client.get("/v1/alerts", headers=people.contractor)).status_code == 403
    for who, status in ((people.neighbour, 404), (people.contractor, 403), (people.manager, 403)):
        answer = await clauses.client.put(f"{made.headers['location']}/followers/me", headers=who)
        assert answer.status_code == status
