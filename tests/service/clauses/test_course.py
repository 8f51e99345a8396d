"""The course of a contract: rules in versions, amendments, suspensions, termination; what is due of it."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.clauses.domain.contract import ContractStatus
from services.clauses.domain.course import AmendmentGiven
from services.clauses.domain.eligibility import EligibilityRule
from services.clauses.domain.employment import EmploymentGiven, EmploymentRecord
from services.clauses.domain.errors import (
    ContractRefused,
    ContractSuspended,
    ContractTerminated,
    DatesLeaveHoursOut,
    RulesRefused,
)
from services.clauses.domain.reporting import periods
from services.clauses.domain.rules import Penalties, Rules, due_dates, penalties_of
from services.clauses.domain.sizing import Manual
from tests.service.clauses.builders import NOW, TODAY, People, a_contract, author, contract_body, hours_body
from tests.support import Running

BY = author("facilitator-1", "facilitator")


def amendment(**changes: Any) -> AmendmentGiven:
    return AmendmentGiven.model_validate({"effective_on": "2026-03-01", "reason": "Avenant n° 1"} | changes)


def test_an_amendment_moves_the_objective_and_says_what_was_before() -> None:
    contract = a_contract("1000")
    more = Manual(rule="manual", hours=Decimal("1200.00"), reason="Avenant")
    made = contract.amend(amendment(objective=more, ends_on="2027-03-31"), None, BY, TODAY)
    assert (made.objective_before, made.objective_after) == (Decimal(1000), Decimal(1200))
    assert (contract.objective.hours, contract.terms.ends_on, made.number) == (Decimal(1200), date(2027, 3, 31), 1)
    assert contract.pending[-1].type == "contract-updated.v1"


def test_an_amendment_keeps_amount_and_contractors_as_they_were() -> None:
    contract = a_contract(amount="100000")
    made = contract.amend(amendment(amount="120000", contractor_ids=("contractor-2",)), None, BY, TODAY)
    assert (made.amount_before, made.amount_after) == (Decimal(100_000), Decimal(120_000))
    assert (made.contractors_before, made.contractors_after) == (("contractor-1",), ("contractor-2",))
    assert (contract.contractors, contract.objective.hours) == (frozenset({"contractor-2"}), Decimal(1000))
    with pytest.raises(ContractRefused):
        contract.amend(amendment(contractor_ids=("contractor-2", "contractor-2")), None, BY, TODAY)


@pytest.mark.parametrize(
    ("changes", "months", "refusal"),
    [
        ({}, None, ContractRefused),
        ({"ends_on": "2027-03-31", "effective_on": "2028-01-01"}, None, ContractRefused),
        ({"ends_on": "2026-04-30"}, ("2026-01", "2026-05"), DatesLeaveHoursOut),
        ({"ends_on": "2025-04-30"}, None, ContractRefused),
    ],
)
def test_what_an_amendment_cannot_be(
    changes: dict[str, Any], months: tuple[str, str] | None, refusal: type[Exception]
) -> None:
    contract = a_contract()
    with pytest.raises(refusal):
        contract.amend(amendment(**changes), months, BY, TODAY)
    assert contract.amendments == ()


def test_a_month_wholly_within_a_suspension_takes_no_hours() -> None:
    contract = a_contract()
    contract.suspend(date(2026, 1, 16), "Ordre de service", BY)
    contract.check_month("2026-01", TODAY)
    with pytest.raises(ContractSuspended):
        contract.check_month("2026-02", TODAY)
    contract.resume(date(2026, 2, 27), BY)
    contract.check_month("2026-02", TODAY)
    with pytest.raises(ContractRefused):
        contract.resume(date(2026, 3, 1), BY)
    with pytest.raises(ContractRefused):
        contract.suspend(date(2026, 2, 20), "Dans la précédente", BY)


def test_what_was_worked_keeps_a_contract_from_resting_throughout_its_month() -> None:
    """Suspended afterwards, or by a date that moves: refused with the month, unless it ran on one of its days."""
    contract, worked = a_contract(), ("2026-01", "2026-02")
    for since in (date(2026, 2, 1), date(2026, 1, 16)):
        with pytest.raises(DatesLeaveHoursOut) as refused:
            contract.suspend(since, "Ordre de service", BY, worked)
        assert (refused.value.extra["first_month"], refused.value.extra["last_month"]) == ("2026-02", "2026-02")
    with pytest.raises(ContractRefused):
        contract.suspend(date(2026, 1, 16), "Ordre de service", BY, worked, date(2026, 1, 15))
    assert contract.suspensions == ()
    contract.suspend(date(2026, 2, 1), "Ordre de service", BY, worked, date(2026, 2, 19))
    with pytest.raises(DatesLeaveHoursOut):
        contract.terminate(date(2026, 2, 15), "Résiliation", worked, BY, TODAY)
    with pytest.raises(DatesLeaveHoursOut):
        contract.amend(amendment(objective=None, ends_on="2026-02-15"), worked, BY, TODAY)
    assert contract.termination is None
    contract.suspend(date(2026, 2, 21), "Ordre de service", BY, worked)
    contract.check_month("2026-02", TODAY)


def test_a_terminated_contract_ends_and_nothing_more_changes() -> None:
    contract = a_contract()
    with pytest.raises(DatesLeaveHoursOut):
        contract.terminate(date(2026, 1, 31), "Résiliation", ("2026-01", "2026-02"), BY, TODAY)
    contract.terminate(date(2026, 2, 27), "Résiliation", ("2026-01", "2026-02"), BY, TODAY)
    assert (contract.last_day, contract.status) == (date(2026, 2, 27), ContractStatus.ENDED)
    for step in (
        lambda: contract.suspend(date(2026, 3, 1), "Trop tard", BY),
        lambda: contract.amend(amendment(ends_on="2027-01-01"), None, BY, TODAY),
        lambda: contract.change_rules(Rules(), "2026-03", "Trop tard", BY),
        lambda: contract.terminate(date(2026, 3, 1), "Deux fois", None, BY, TODAY),
    ):
        with pytest.raises(ContractTerminated):
            step()


def test_a_month_is_judged_by_the_rules_that_held_in_it() -> None:
    contract = a_contract()
    assert contract.rules_of("2026-01").eligibility is EligibilityRule.UNCHECKED  # recorded before there were rules
    contract.change_rules(Rules(), "2026-03", "Nouveau règlement", BY)
    strict = Rules(eligibility=EligibilityRule.BEFORE_HIRE)
    contract.change_rules(strict, "2026-05", "Avenant", BY)
    found = [contract.rules_of(month).eligibility for month in ("2026-02", "2026-03", "2026-04", "2026-12")]
    assert found == [
        EligibilityRule.UNCHECKED,
        EligibilityRule.EACH_MONTH,
        EligibilityRule.EACH_MONTH,
        EligibilityRule.BEFORE_HIRE,
    ]
    with pytest.raises(RulesRefused):
        contract.change_rules(Rules(), "2026-04", "Rétroactif", BY)


def test_periods_end_on_the_reporting_days_and_on_the_last_day() -> None:
    rules = Rules(reporting_days=("06-30", "02-30"), due_day=15)
    assert due_dates(rules, date(2026, 1, 10), date(2026, 12, 4)) == [
        (date(2026, 2, 28), date(2026, 3, 15)),
        (date(2026, 6, 30), date(2026, 7, 15)),
        (date(2026, 12, 4), date(2027, 1, 15)),
    ]


def test_penalties_of_the_published_contracts() -> None:
    rules = Rules(penalties=Penalties(per_missing_hour=Decimal(200), per_day_without_evidence=Decimal(75)))
    assert penalties_of(rules, Decimal("10.50"), 4) == Decimal("2400.00")
    assert penalties_of(Rules(), Decimal("10.50"), 4) == 0


def employed(id: str, starts_on: str, ends_on: str | None = None) -> EmploymentRecord:
    given = EmploymentGiven.model_validate(
        {"participant_id": id, "kind": "cdd", "employer": "Bâti", "starts_on": starts_on, "ends_on": ends_on}
    )
    return EmploymentRecord.begin(id, ("contract-1", "23"), given, BY, TODAY)


def test_what_is_missing_are_months_that_are_over_of_who_was_employed() -> None:
    contract = a_contract()
    people = [employed("A", "2026-01-12"), employed("B", "2026-02-20", "2026-05-31"), employed("C", "2026-04-01")]
    [first] = periods(contract, people, {("A", "2026-01")}, TODAY)
    assert [(one.month, one.employment_id) for one in first.missing] == [("2026-02", "A"), ("2026-02", "B")]
    assert (first.ends_on, first.due_on, first.late_on(TODAY)) == (date(2026, 3, 31), date(2026, 4, 15), False)
    later = periods(contract, people, {("A", "2026-01")}, date(2026, 7, 20))
    assert [len(one.missing) for one in later] == [4, 8, 0]
    assert [one.late_on(date(2026, 7, 20)) for one in later] == [True, True, False]


def test_a_contract_that_rests_expects_nothing() -> None:
    contract = a_contract()
    contract.suspend(date(2026, 1, 1), "Ordre de service", BY)
    assert [one.missing for one in periods(contract, [employed("A", "2026-01-01")], set(), TODAY)] == [()]


async def test_the_course_over_http(clauses: Running, people: People) -> None:
    desk = people.facilitator
    post, get = clauses.client.post, clauses.client.get
    rules = {"eligibility": "unchecked", "penalties": {"per_missing_hour": "200.00"}}
    path = (await post("/v1/contracts", json=contract_body(rules=rules), headers=desk)).headers["location"]
    owed = await get(f"{path}/penalties", headers=desk)
    assert (owed.json()["missing_hours"], owed.json()["euros"]) == ("1000.00", "200000.00")
    rested = await post(f"{path}/suspend", json={"since": "2026-02-01", "reason": "Ordre"}, headers=desk)
    assert rested.json()["suspensions"][0]["until"] is None
    refused = await post(f"{path}/hours", json=hours_body(), headers=people.contractor)
    assert refused.json()["code"] == "contract-suspended"
    await post(f"{path}/resume", json={"on": "2026-02-16"}, headers=desk)
    assert (await post(f"{path}/hours", json=hours_body(), headers=people.contractor)).status_code == 201
    late_word = {"since": "2026-02-17", "reason": "Ordre"}
    worked = await post(f"{path}/hours", json=hours_body(month="2026-03"), headers=people.contractor)
    over = await post(f"{path}/suspend", json=late_word, headers=desk)
    assert (over.status_code, over.json()["code"], over.json()["last_month"]) == (
        409,
        "dates-leave-hours-out",
        "2026-03",
    )
    none = {"hours": "-0", "reason": "Saisie par erreur"}
    zero = await post(f"{worked.headers['location']}/correct", json=none, headers=desk)
    assert zero.json()["hours"] == "0.00"
    assert (await post(f"{path}/suspend", json=late_word, headers=desk)).status_code == 200
    more = {"hours": "1.00", "reason": "Reprise"}
    raised = await post(f"{zero.headers['location']}/correct", json=more, headers=desk)
    assert raised.json()["code"] == "contract-suspended"
    changed = {"since": "2026-03", "rules": {"eligibility": "before_hire"}, "reason": "Avenant"}
    assert len((await post(f"{path}/rules", json=changed, headers=desk)).json()["items"]) == 2
    ended = await post(f"{path}/terminate", json={"on": "2026-02-28", "reason": "Résiliation"}, headers=desk)
    assert (ended.json()["status"], ended.json()["termination"]["on"]) == ("ended", "2026-02-28")
    late = await post(f"{path}/amendments", json={"effective_on": "2026-03-01", "reason": "Trop tard"}, headers=desk)
    assert (late.status_code, late.json()["code"]) == (409, "contract-terminated")
    assert NOW.date() == TODAY


async def test_a_contract_of_the_release_before_asks_nothing_of_participants(clauses: Running, people: People) -> None:
    """Recorded without rules: what was possible on it stays possible."""
    made = await clauses.client.post("/v1/contracts", json=contract_body(), headers=people.facilitator)
    contracts = clauses.store.collection("contracts")
    await contracts.update_one({"_id": made.json()["id"]}, {"$unset": {"rule_sets": 1, "amendments": 1}})
    path = made.headers["location"]
    assert (await clauses.client.get(path, headers=people.facilitator)).json()["rules"] is None
    assert (await clauses.client.post(f"{path}/hours", json=hours_body(), headers=people.contractor)).status_code == 201
