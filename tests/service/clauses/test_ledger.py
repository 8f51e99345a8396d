"""The ledger: states, balances that are sums of entries, and the month of a person."""

from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule
from pydantic import ValidationError

from services.clauses.domain.errors import HoursRefused, MonthlyLimitExceeded
from services.clauses.domain.ledger import (
    ALLOWED,
    Declaration,
    Evidence,
    EvidenceKind,
    HoursAsked,
    HoursState,
    LedgerEntry,
    slot_of,
)
from services.clauses.domain.person_month import Declarer, PersonMonth
from shared.errors import TransitionRefused
from tests.examples import examples
from tests.service.clauses.builders import NOW, TODAY, a_contract, a_declaration, author, given, hours_body

HOURS = st.decimals(0, 200, places=2)


def test_each_decision_is_an_entry() -> None:
    declaration = a_declaration(hours="100")
    assert declaration.declared_entry("e1", author()).declared_delta == 100
    validation = declaration.validate_hours("e2", author("facilitator-1", "facilitator"))
    assert (validation.declared_delta, validation.validated_delta) == (0, 100)
    replacement, (reversal, anew) = declaration.correct(
        ("hours-2", "e3", "e4"), Decimal("80.5"), (), "Absence", author()
    )
    assert (reversal.declared_delta, reversal.validated_delta) == (-100, -100)
    assert (anew.declared_delta, anew.validated_delta, anew.reason) == (Decimal("80.5"), 0, "Absence")
    assert (declaration.state, declaration.slot, declaration.replaced_by) == (HoursState.CORRECTED, None, "hours-2")
    assert (replacement.state, replacement.replaces) == (HoursState.DECLARED, "hours-1")
    assert replacement.slot == slot_of("contract-1", given())


def test_a_correction_keeps_what_was_declared_and_who_was_checked() -> None:
    """Its place among the declarations, the papers where it brings none, and the decision on which they were declared."""
    papers = ({"kind": "payslip"},)
    beside = slot_of("contract-1", given(), "contractor-2")
    first = Declaration.declare(
        "hours-1", ("contract-1", "23"), given(evidence=papers), author(), slot=beside
    )  # fmt: skip
    first.eligibility_id = "decision-1"
    second, (reversal, anew) = first.correct(("hours-2", "e1", "e2"), Decimal(80), (), "Absence", author())
    assert (second.slot, second.evidence, second.eligibility_id) == (beside, first.evidence, "decision-1")
    assert (reversal.id, reversal.declaration_id, anew.id, anew.declaration_id) == ("e1", "hours-1", "e2", "hours-2")
    sheet = (Evidence(kind=EvidenceKind.TIMESHEET),)
    third, _ = second.correct(("hours-3", "e3", "e4"), Decimal(70), sheet, "Absence", author())
    assert third.evidence == sheet


def test_a_paper_is_of_today_or_before() -> None:
    Evidence(kind=EvidenceKind.PAYSLIP).check_dated("evidence.0.dated", TODAY)
    Evidence(kind=EvidenceKind.PAYSLIP, dated=TODAY).check_dated("evidence.0.dated", TODAY)
    with pytest.raises(HoursRefused) as refusal:
        Evidence(kind=EvidenceKind.PAYSLIP, dated=TODAY + timedelta(days=1)).check_dated("evidence.0.dated", TODAY)
    assert refusal.value.errors[0].field == "evidence.0.dated"


def test_hours_are_for_the_contractor_that_was_found_and_not_for_the_one_that_was_asked() -> None:
    asked = HoursAsked.model_validate(hours_body(contractor_id="asked", lot_id="lot-1", employment=None))
    taken = asked.of(given().employment, "found")
    assert (taken.contractor_id, taken.lot_id, taken.hours) == ("found", "lot-1", asked.hours)
    assert asked.of(given().employment, None).contractor_id is None


@pytest.mark.parametrize("state", list(HoursState))
@pytest.mark.parametrize("command", ["validate", "reject", "correct"])
def test_a_state_allows_what_its_table_says_and_a_refusal_lists_it(state: HoursState, command: str) -> None:
    declaration = a_declaration()
    declaration.state = state
    commands: dict[str, Any] = {
        "validate": lambda: declaration.validate_hours("e", author()),
        "reject": lambda: declaration.reject("e", "illisible", author()),
        "correct": lambda: declaration.correct(("a", "b", "c"), Decimal(1), (), "erreur", author()),
    }
    if command in ALLOWED[state]:
        commands[command]()
    else:
        with pytest.raises(TransitionRefused) as refusal:
            commands[command]()
        assert refusal.value.extra["allowed"] == sorted(ALLOWED[state])


def test_a_month_is_never_overrun_and_the_refusal_says_what_remains() -> None:
    person = PersonMonth(
        id="P-1|2026-02", territory="23", created_at=NOW, updated_at=NOW, participant_id="P-1", month="2026-02"
    )
    limit, ours = Decimal(220), Declarer("contractor-1", "23")
    person.take(Decimal("200.50"), limit, NOW, ours)
    with pytest.raises(MonthlyLimitExceeded) as refusal:
        person.take(Decimal("19.51"), limit, NOW, ours)
    assert refusal.value.extra == {"limit_hours": "220", "remaining_hours": "19.50"}
    person.take(Decimal("19.50"), limit, NOW, ours)
    # What others declare is no matter of theirs, nor what was declared for whom another desk calls by the same name.
    person.take(limit, limit, NOW, Declarer("contractor-1", "87"))
    person.take(limit, limit, NOW, Declarer("contractor-2", "23"))
    person.take(limit, limit, NOW, Declarer(None, "23"))
    person.take(limit, limit, NOW, Declarer(None, "87"))


@pytest.mark.parametrize(("everywhere", "remaining"), [(True, "20.00"), (False, "70.00")])
def test_validated_hours_stay_within_the_month_all_contractors_together(everywhere: bool, remaining: str) -> None:
    person = PersonMonth(
        id="P-1|2026-02", territory="23", created_at=NOW, updated_at=NOW, participant_id="P-1", month="2026-02"
    )
    limit = Decimal(220)
    for contractor, territory, hours in (("c-1", "23", 100), ("c-2", "23", 50), ("c-3", "87", 50)):
        declarer = Declarer(contractor, territory)
        person.take(Decimal(hours), limit, NOW, declarer)
        person.confirm(Decimal(hours), limit, NOW, declarer, everywhere=everywhere)
    with pytest.raises(MonthlyLimitExceeded) as refusal:
        person.confirm(Decimal(71), limit, NOW, Declarer("c-2", "23"), everywhere=everywhere)
    assert refusal.value.extra["remaining_hours"] == remaining
    person.give_back(Decimal(100), NOW, Declarer("c-1", "23"), validated=True)
    person.confirm(Decimal(71), limit, NOW, Declarer("c-2", "23"), everywhere=everywhere)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"employer": "Bâti Creuse"}, {"employer": "BATI-CREUSE"}, True),
        ({"employer": "Bâti Creuse"}, {"employer": "Bâti Corrèze"}, False),
        ({"kind": "cdd"}, {"kind": "cdi"}, False),
        ({"id": "1"}, {"id": "2"}, False),
        ({"id": "1", "kind": "cdd"}, {"id": "1", "kind": "cdi"}, True),
    ],
)
def test_when_two_declarations_are_of_the_same_employment(
    one: dict[str, str], other: dict[str, str], same: bool
) -> None:
    base = {"kind": "cdd", "employer": "Bâti Creuse"}
    assert (
        len({slot_of("c", given(lot_id=lot), beside) for lot in (None, "1", "2") for beside in (None, "a", "b")}) == 9
    )
    slots = {slot_of("c", given(employment=base | changes)) for changes in (one, other)}
    assert (len(slots) == 1) is same


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"hours": "-1"}, "hours"),
        ({"hours": "1.234"}, "hours"),
        ({"hours": "745"}, "hours"),
        ({"hours": "NaN"}, "hours"),
        ({"month": "2026-13"}, "month"),
        ({"month": "2026-2"}, "month"),
        ({"participant_id": ""}, "participant_id"),
        ({"participant_id": "2 84 05 23 096 123 45"}, "participant_id"),
        ({"participant_id": "nadia@example.org"}, "participant_id"),
        ({"employment": {"kind": "boss", "employer": "x"}}, "employment"),
    ],
)
def test_what_cannot_be_declared(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        given(**changes)
    assert {error["loc"][0] for error in refusal.value.errors()} == {field}


class Ledger(RuleBasedStateMachine):
    """Any order of commands: totals are the sums of entries, and equal what the live declarations say."""

    declarations = Bundle("declarations")

    def __init__(self) -> None:
        super().__init__()
        self.contract = a_contract()
        self.entries: list[LedgerEntry] = []
        self.all: list[Declaration] = []
        self.ids = count()

    def _append(self, *entries: LedgerEntry) -> None:
        self.entries += entries
        self.contract.apply(entries, NOW)

    def _id(self) -> str:
        return str(next(self.ids))

    @rule(target=declarations, hours=HOURS)
    def declare(self, hours: Decimal) -> Declaration:
        declaration = a_declaration(self._id(), hours=hours)
        self.all.append(declaration)
        self._append(declaration.declared_entry(self._id(), author()))
        return declaration

    @rule(declaration=declarations)
    def validate(self, declaration: Declaration) -> None:
        if "validate" in ALLOWED[declaration.state]:
            self._append(declaration.validate_hours(self._id(), author()))

    @rule(declaration=consumes(declarations))
    def reject(self, declaration: Declaration) -> None:
        if "reject" in ALLOWED[declaration.state]:
            self._append(declaration.reject(self._id(), "illisible", author()))

    @rule(target=declarations, declaration=consumes(declarations), hours=HOURS)
    def correct(self, declaration: Declaration, hours: Decimal) -> Declaration:
        if "correct" not in ALLOWED[declaration.state]:
            return declaration
        ids = (self._id(), self._id(), self._id())
        replacement, entries = declaration.correct(ids, hours, (), "erreur", author())
        self.all.append(replacement)
        self._append(*entries)
        return replacement

    @invariant()
    def totals_are_folds(self) -> None:
        assert self.contract.declared_hours == sum(entry.declared_delta for entry in self.entries)
        assert self.contract.validated_hours == sum(entry.validated_delta for entry in self.entries)

    @invariant()
    def totals_are_what_counts(self) -> None:
        live = [one for one in self.all if one.slot is not None]
        assert self.contract.declared_hours == sum(one.hours for one in live)
        validated = [one.hours for one in live if one.state is HoursState.VALIDATED]
        assert self.contract.validated_hours == sum(validated)
        assert 0 <= self.contract.validated_hours <= self.contract.declared_hours


Ledger.TestCase.settings = examples(30, stateful_step_count=25)
TestLedger = Ledger.TestCase


def test_a_month_and_a_person_are_written_in_one_way() -> None:
    """In the digits of another script, or in capitals, a month would be another month and a person somebody else."""
    with pytest.raises(ValidationError):
        given(month="20\u0662\u0666-02")
    profile = "0192f0a1-7b3c-7d4e-8f50-a1b2c3d4e5f6"
    assert given(participant_id=profile.upper()).participant_id == profile
    assert given(participant_id="P-A1").participant_id == "P-A1"
