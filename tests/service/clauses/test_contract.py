"""Contracts: what contradicts itself, what is told to others, when one ends."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.clauses.domain.contract import Contract, ContractStatus
from services.clauses.domain.errors import ContractNotRunning, ContractRefused, DatesLeaveHoursOut, HoursRefused
from services.clauses.domain.ledger import Declaration
from services.clauses.domain.sizing import Manual
from shared.contracts.events.clauses import ContractState
from shared.store import decode
from shared.store.codec import to_document
from tests.service.clauses.builders import NOW, TODAY, a_contract, a_declaration, author, terms


@pytest.mark.parametrize(
    ("changes", "field", "rule"),
    [
        ({"ends_on": "2025-12-31"}, "ends_on", "before-start"),
        ({"ends_on": "2090-12-31"}, "ends_on", "too-long"),
        ({"contractor_ids": ["a", "a"]}, "contractor_ids.1", "duplicate"),
        ({"lots": [{"id": "1"}, {"id": "1"}]}, "lots.1.id", "duplicate"),
        ({"lots": [{"id": "1", "contractor_ids": ["b", "b"]}]}, "lots.0.contractor_ids.1", "duplicate"),
        (
            {"lots": [{"id": "1", "objective_hours": 600}, {"id": "2", "objective_hours": "400.01"}]},
            "lots",
            "above-objective",
        ),
    ],
)
def test_terms_that_contradict_themselves_are_refused_by_name(changes: dict[str, Any], field: str, rule: str) -> None:
    with pytest.raises(ContractRefused) as refusal:
        a_contract(**changes)
    assert [(error.field, error.rule) for error in refusal.value.errors] == [(field, rule)]


def test_the_event_tells_objective_and_progress_as_exact_strings_and_no_people() -> None:
    contract = a_contract("833")
    declaration = a_declaration(hours="121.3")
    contract.apply([declaration.declared_entry("e1", author())], NOW)
    state = contract.event_data("contract-updated.v1")
    assert isinstance(state, ContractState)
    text = state.model_dump_json()
    assert '"objective_hours":"833.00"' in text
    assert '"declared_hours":"121.30"' in text
    assert "P-1" not in text
    assert "clerk" not in text
    assert [(event.type, event.sequence) for event in contract.pending] == [
        ("contract-created.v1", 1),
        ("contract-updated.v1", 2),
    ]


@pytest.mark.parametrize(
    ("month", "fits"),
    [("2025-12", False), ("2026-01", True), ("2026-03", True), ("2026-04", False), ("2027-01", False)],
)
def test_hours_are_of_months_that_began_and_that_the_contract_covers(month: str, fits: bool) -> None:
    contract = a_contract(starts_on="2026-01-31")
    if fits:
        contract.check_month(month, TODAY)
    else:
        with pytest.raises((ContractNotRunning, HoursRefused)) as refusal:
            contract.check_month(month, TODAY)
        assert refusal.value.errors[0].field == "month"


def test_a_month_counts_from_its_first_day_to_the_contracts_last() -> None:
    a_contract().check_month("2026-04", date(2026, 4, 1))
    with pytest.raises(HoursRefused):
        a_contract().check_month("2026-04", date(2026, 3, 31))
    a_contract(ends_on="2026-02-01").check_month("2026-02", TODAY)
    with pytest.raises(ContractNotRunning):
        a_contract(ends_on="2026-01-31").check_month("2026-02", TODAY)


def test_a_contract_ends_after_its_last_day_and_says_so_once() -> None:
    contract = a_contract(ends_on="2026-03-02")
    assert not contract.end(TODAY, NOW)
    assert contract.end(date(2026, 3, 3), NOW)
    assert contract.status is ContractStatus.ENDED
    assert not contract.end(date(2026, 3, 4), NOW)
    assert contract.revise(terms(ends_on="2026-06-30"), contract.objective.sizing, None, date(2026, 3, 4), NOW)
    assert contract.status is ContractStatus.RUNNING


def test_new_dates_must_cover_the_hours() -> None:
    contract = a_contract()
    sizing = contract.objective.sizing
    with pytest.raises(DatesLeaveHoursOut):
        contract.revise(terms(ends_on="2026-02-28"), sizing, ("2026-01", "2026-03"), TODAY, NOW)
    assert contract.revise(terms(ends_on="2026-03-01"), sizing, ("2026-01", "2026-03"), TODAY, NOW)


def test_the_same_terms_again_change_nothing() -> None:
    contract = a_contract()
    assert not contract.revise(terms(), contract.objective.sizing, None, TODAY, NOW)
    assert contract.revise(terms(), Manual(rule="manual", hours=Decimal(5), reason="Avenant"), None, TODAY, NOW)
    assert contract.objective.hours == 5


def test_who_may_declare() -> None:
    contract = a_contract(lots=[{"id": "1", "contractor_ids": ["contractor-2"]}])
    assert contract.contractors == {"contractor-1", "contractor-2"}


@pytest.mark.parametrize("aggregate", [a_contract(lots=[{"id": "1", "objective_hours": "1.10"}]), a_declaration()])
def test_aggregates_survive_the_store(aggregate: Contract | Declaration) -> None:
    again = type(aggregate).restore(decode(to_document(aggregate)))
    assert again.model_dump() == aggregate.model_dump()
    assert again.loaded_version == aggregate.version
