"""Published modifications of contracts recorded here: which are proposed, once, and what each would change."""

import json
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest

from services.clauses.domain.acceptance import (
    MOST_CONTRACTORS,
    Acceptance,
    Effect,
    amendment_given,
    changes_of,
    notes_of,
    resized,
)
from services.clauses.domain.amendment_draft import AmendmentDraft, AmendmentDraftStatus, proposed
from services.clauses.domain.contract import Contract
from services.clauses.domain.draft import Change, Draft
from services.clauses.domain.errors import AmendmentDraftClosed, ContractRefused, ContractTerminated
from services.clauses.domain.published import Published, State, distinct, matched, ordered
from services.clauses.domain.sizing import Steps
from services.clauses.domain.terms import Lot
from services.clauses.migrations import DRAFT_STEPS
from services.clauses.procurement.decp import read_row
from services.clauses.procurement.files import rows_of
from shared.ids import new_id
from shared.reference.communes import Communes
from shared.store.codec import decode, to_document
from shared.store.migrations import upgraded
from tests.bench.clause_texts import TEXTS
from tests.service.clauses.builders import NOW, TODAY, a_contract, author, decp_record
from tests.service.clauses.publications import NONSENSE

BY = author("facilitator-1", "facilitator")
MATERIAL = TEXTS.parent
COMMUNES = Communes.load()
ONE, OTHER = "34027049500021", "21230096600018"
OTHER_SIRETS = 10_000_000_000_000


def change(number: int, on: str, **fields: Any) -> dict[str, Any]:
    return {"id": number, "dateNotificationModification": on, "datePublicationDonneesModification": on} | fields


def base(**changes: Any) -> State:
    return State.model_validate(
        {"on": "2025-01-01", "amount": "100", "months": 12, "holders": [{"siret": ONE}]} | changes
    )


def mod(number: int | None, on: str, **changes: Any) -> State:
    return State.model_validate({"on": on, "number": number, "modifies": True} | changes)


def row(on: str, **changes: Any) -> State:
    """A line of a table, which repeats everything."""
    return base(on=on, **changes)


def published(*states: State) -> Published:
    return Published(territory="23", buyer_siret=OTHER, number="1", states=states)


class Desk:
    """A published contract that was concluded, and what is proposed of it."""

    def __init__(self, *states: State) -> None:
        self.draft = Draft.of(published(*ordered(states or (base(),))), NOW)
        self.draft.conclude("contract-1", self.draft.states, "facilitator-1", NOW)
        self.known: dict[str, AmendmentDraft] = {}
        self.changed: list[AmendmentDraft] = []

    def hears(self, *states: State) -> list[AmendmentDraft]:
        """What a publication newly proposes."""
        self.draft.take(published(*distinct(states)), NOW)
        self.changed = changed = proposed(self.draft, list(self.known.values()), NOW)
        new = [one for one in changed if one.id not in self.known]
        self.known |= {one.id: one for one in changed}
        return new

    @property
    def open(self) -> list[State]:
        found = [one for one in self.known.values() if one.status is AmendmentDraftStatus.OPEN]
        return [one.modification for one in sorted(found, key=lambda one: one.modification.order)]


def contract(**changes: Any) -> Contract:
    return a_contract(
        **{"starts_on": "2025-01-01", "ends_on": "2026-12-31", "amount": "100", "contractor_ids": [ONE]} | changes
    )


FIRST, SECOND = mod(1, "2025-06-01", amount="120"), mod(2, "2025-09-01", months=18)


def test_each_modification_is_proposed_once() -> None:
    desk = Desk()
    assert desk.hears(base()) == []
    [one] = desk.hears(base(), FIRST)
    assert desk.hears(base(), FIRST) == desk.hears(FIRST) == []
    assert desk.changed == []  # whoever has read it decides about the version that they read
    one.accept(1, "facilitator-1", NOW)
    [other] = desk.hears(base(), FIRST, SECOND)
    other.dismiss("Sans effet", "facilitator-1", NOW)
    assert desk.hears(SECOND, FIRST, base(), SECOND) == []
    assert desk.open == []


def test_what_was_published_before_the_conclusion_is_not_proposed() -> None:
    desk = Desk(base(), FIRST)
    assert desk.hears(base(), FIRST) == []
    assert [one.modification.number for one in desk.hears(base(), FIRST, SECOND)] == [2]
    # Unless it is corrected since.
    [corrected] = desk.hears(base(), FIRST.model_copy(update={"amount": Decimal(125)}), SECOND)
    assert corrected.modification.amount == Decimal(125)


def test_a_corrected_modification_is_proposed_anew() -> None:
    desk = Desk()
    [one] = desk.hears(base(), FIRST)
    corrected = mod(1, "2025-06-02", amount="130")
    [other] = desk.hears(base(), corrected)
    assert (one.status, other.corrects, desk.open) == (AmendmentDraftStatus.REPLACED, one.id, [corrected])
    with pytest.raises(AmendmentDraftClosed):
        one.accept(1, "facilitator-1", NOW)
    other.accept(1, "facilitator-1", NOW)
    # An older file that comes late corrects nothing back; published later, it is a correction.
    assert desk.hears(base(), FIRST) == []
    [again] = desk.hears(base(), FIRST.model_copy(update={"published_on": date(2025, 8, 1)}))
    assert (again.corrects, again.modification.amount) == (other.id, Decimal(120))
    assert desk.hears(base(), corrected.model_copy(update={"published_on": date(2025, 7, 1)})) == []


def test_publications_in_any_order_propose_the_same() -> None:
    files = [
        (base(), FIRST),
        (base(), FIRST, SECOND),
        (base(), SECOND),
        (row("2025-06-01", amount="120"),),
        (base(), FIRST, SECOND, mod(3, "2025-09-01", amount="150")),
    ]
    ends = set()
    for order in permutations(files):
        desk = Desk()
        for file in order:
            desk.hears(*file)
        ends.add(tuple((one.number, one.content) for one in desk.open))
    assert ends == {tuple((one.number, one.content) for one in (FIRST, SECOND, mod(3, "2025-09-01", amount="150")))}


def test_a_table_repeats_what_did_not_change() -> None:
    desk = Desk()
    [one] = desk.hears(row("2025-06-01", amount="120"))
    assert (one.modification.amount, one.modification.months, one.modification.holders) == (Decimal(120), None, ())
    assert desk.hears(base(), FIRST) == []
    assert one.modification.number == 1
    one.accept(1, "facilitator-1", NOW)
    assert desk.hears(row("2025-06-01", amount="120"), row("2025-01-01")) == []


def test_two_modifications_of_a_day_and_all_numbered_one() -> None:
    desk = Desk()
    desk.hears(base(), mod(1, "2025-06-01", amount="120"), mod(2, "2025-06-01", amount="110"))
    assert [(one.number, one.amount) for one in desk.open] == [(1, Decimal(120)), (2, Decimal(110))]
    desk = Desk()
    desk.hears(base(), mod(1, "2025-06-01", amount="120"), mod(1, "2025-09-01", amount="110"))
    assert [one.on.month for one in desk.open] == [6, 9]
    # A modification of the notification's day is not the notification, and one dated before it does not begin the contract.
    desk = Desk()
    desk.hears(base(), mod(1, "2025-01-01", amount="120"), mod(2, "2024-12-01", months=18))
    assert (desk.draft.starts_on, desk.draft.states[0].amount) == (date(2025, 1, 1), Decimal(100))
    assert [one.number for one in desk.open] == [2, 1]


def test_states_are_matched_each_with_one() -> None:
    known = [base(), FIRST, SECOND]
    assert matched(known, [SECOND, base(), FIRST]) == [2, 0, 1]
    assert matched(known, [mod(1, "2025-07-01")]) == [1]
    assert matched(known, [mod(1, "2025-07-01")], corrected=False) == [None]
    assert matched(known, [mod(1, "2025-07-01"), mod(1, "2025-08-01")]) == [None, None]
    assert matched([], [base()]) == [None]


def effects(found: Contract, one: State, accepted: Sequence[State] = ()) -> dict[str, Effect]:
    made = [a_draft(state, number) for number, state in enumerate(accepted)]
    return {change.field.value: change.effect for change in changes_of(found, a_draft(one, 99), made)}


def a_draft(state: State, number: int = 0) -> AmendmentDraft:
    [made] = Desk().hears(base(), state)
    return made.model_copy(update={"id": f"amendment-draft-{number}"})


def test_what_a_modification_says_against_the_contract_as_it_stands() -> None:
    everything = mod(1, "2025-06-01", amount="120", months=30, holders=[{"siret": OTHER}])
    assert effects(contract(), everything) == dict.fromkeys(("amount", "ends_on", "contractor_ids"), Effect.APPLIES)
    same = mod(1, "2025-06-01", amount="100", months=24, holders=[{"siret": ONE}])
    assert set(effects(contract(), same).values()) == {Effect.KEPT}
    later = [mod(2, "2025-09-01", amount="150")]
    assert effects(contract(), everything, later)["amount"] is Effect.SUPERSEDED
    assert effects(contract(), everything, later)["ends_on"] is Effect.APPLIES
    assert effects(contract(), mod(3, "2025-09-01", amount="110"), later)["amount"] is Effect.APPLIES
    lots = contract(lots=[Lot(id="1"), Lot(id="2")])
    assert set(effects(lots, everything).values()) == {Effect.BY_HAND}
    for own, holders in (
        (["contractor-1"], [{"siret": OTHER}]),
        ([], [{"siret": OTHER}]),
        ([ONE], [{"name": "BTP 23"}]),
    ):
        one = mod(1, "2025-06-01", holders=holders)
        assert effects(contract(contractor_ids=own), one) == {"contractor_ids": Effect.BY_HAND}


def test_what_a_publication_does_not_say_for_sure_is_given_by_hand() -> None:
    short = mod(1, "2025-09-01", months=6)  # the months that are added, where the whole duration is asked for
    assert effects(contract(), short) == {"ends_on": Effect.BY_HAND}
    many = mod(
        1, "2025-06-01", holders=[{"siret": str(OTHER_SIRETS + number)} for number in range(MOST_CONTRACTORS + 1)]
    )
    assert effects(contract(), many) == {"contractor_ids": Effect.BY_HAND}
    one = a_draft(mod(1, "2025-06-01", amount="120"))
    for publications, effect in ((1, Effect.APPLIES), (2, Effect.BY_HAND)):
        [change] = changes_of(contract(), one, (), publications)
        assert change.effect is effect


def accepted(found: Contract, state: State, **said: Any) -> Contract:
    one = a_draft(state)
    given = amendment_given(
        one, changes_of(found, one, ()), Acceptance.model_validate({"objective_stays": True} | said)
    )
    found.amend(given, None, BY, TODAY, publication=one.id)
    return found


def test_an_objective_moves_only_where_the_facilitator_says_so() -> None:
    everything = mod(2, "2025-06-01", amount="120", months=30, holders=[{"siret": OTHER}])
    found = accepted(contract(), everything)
    [made] = found.amendments
    assert (made.objective_before, made.objective_after) == (Decimal(1000), Decimal(1000))
    assert (made.ends_after, made.amount_after, made.contractors_after) == (date(2027, 6, 30), Decimal(120), (OTHER,))
    assert (made.effective_on, made.reason) == (
        date(2025, 6, 1),
        "Modification n° 2 du 01/06/2025, d'après les données publiées (DECP)",
    )
    more = {"rule": "manual", "hours": "1500", "reason": "Avenant"}
    moved = accepted(
        contract(), everything, objective=more, objective_stays=False, take=["amount"], ends_on="2028-01-31"
    )
    assert (moved.objective.hours, moved.terms.amount) == (Decimal(1500), Decimal(120))
    assert (moved.terms.ends_on, moved.terms.contractor_ids) == (date(2028, 1, 31), (ONE,))
    for odd in ({"objective_stays": False}, {"objective": more}, {"take": []}, {"take": ["amount", "ends_on"]}):
        with pytest.raises(ContractRefused):
            accepted(contract(), mod(1, "2025-06-01", amount="120"), **odd)


def test_the_contracts_own_formula_is_proposed_with_the_new_amount() -> None:
    one = a_draft(mod(1, "2025-06-01", amount="150000"))
    found = contract()
    assert resized(found, changes_of(found, one, ())) is None
    found.objective = found.objective.model_copy(update={"sizing": Steps(rule="steps", amount=Decimal(90_000))})
    suggestion = resized(found, changes_of(found, one, ()))
    assert suggestion is not None
    assert suggestion[1] == Decimal(300)
    assert found.objective.hours == Decimal(1000)


def test_what_is_odd_is_said() -> None:
    def notes(found: Contract, state: State) -> str:
        return " ".join(notes_of(found, a_draft(state), TODAY))

    assert "avant le début" in notes(contract(starts_on="2025-07-01"), mod(1, "2025-06-01", amount="120"))
    assert "après la fin" in notes(contract(ends_on="2025-12-31"), mod(1, "2026-02-01", months=24))
    assert "jour à venir" in notes(contract(), mod(1, (TODAY + timedelta(days=20)).isoformat(), months=24))
    assert "ne dit pas ce qui change" in notes(contract(), mod(1, "2025-06-01"))
    assert "autre lot" in notes(contract(), row("2025-06-01", holders=[{"siret": OTHER}]))
    ended, rests = contract(), contract()
    ended.terminate(date(2026, 1, 31), "Résiliation", None, BY, TODAY)
    assert "résilié depuis le 31/01/2026" in notes(ended, FIRST)
    with pytest.raises(ContractTerminated):
        accepted(ended, FIRST)
    rests.suspend(date(2026, 2, 1), "Arrêt", BY)
    assert "suspendu" in notes(rests, FIRST)
    assert accepted(rests, FIRST).suspended_on(TODAY)
    with pytest.raises(ContractRefused):
        accepted(contract(starts_on="2025-07-01"), mod(1, "2025-06-01", amount="120"))
    late = accepted(contract(starts_on="2025-07-01"), mod(1, "2025-06-01", amount="120"), effective_on="2025-07-01")
    assert late.terms.amount == Decimal(120)


COLUMNS = "id,acheteur_id,acheteur_departement_code,montant,dateNotification,dureeMois,titulaire_id"
LINE = f"2025-1,{OTHER},23,61100,2025-01-01,12,{ONE}"
MODIFIED = [
    f"{COLUMNS}\n{LINE}\n2025-1,{OTHER},23,70000,2025-06-01,12,{ONE}\n",
    f"{COLUMNS},modification_id\n{LINE},0\n2025-1,{OTHER},23,70000,2025-06-01,12,{ONE},1\n",
    f"{COLUMNS},idModification,montantModification,dateNotificationModificationModification\n{LINE},1,70000,2025-06-01\n",
    f"{COLUMNS},modification_id,modification_montant,modification_dateNotificationModification\n{LINE},01,70000,01/06/2025\n",
]


@pytest.mark.parametrize("text", MODIFIED)
def test_modifications_in_the_columns_and_lines_of_tables(text: str) -> None:
    desk = Desk()
    for line in (read_row(one, "23", COMMUNES, TODAY) for one in rows_of(text.encode())):
        assert line.published is not None, line.errors
        desk.draft = desk.draft if desk.draft.number == "2025-1" else Draft.of(line.published, NOW)
        desk.draft.take(line.published, NOW)
    states = desk.draft.states
    assert [(one.on, one.amount) for one in states] == [
        (date(2025, 1, 1), Decimal(61100)),
        (date(2025, 6, 1), Decimal(70000)),
    ]


@pytest.mark.parametrize("form", ["list", "named", "one", "object", "object of a list"])
def test_modifications_in_the_forms_that_programs_write(form: str) -> None:
    one, other = change("1", "2025-06-01", montant=450_000), change(2, "2025-09-01", dureeMois="18")
    one["titulaires"] = {"titulaire": {"id": OTHER}} if form == "object" else [{"id": OTHER}]
    given: dict[str, Any] = {
        "list": [one, other],
        "named": [{"modification": one}, {"modification": other}],
        "one": [{"modification": [one, other]}],
        "object": {"modification": one},
        "object of a list": {"modification": [one, other]},
    }
    content = json.dumps(decp_record(modifications=given[form])).encode()
    [line] = [read_row(found, "23", COMMUNES, TODAY) for found in rows_of(content)]
    assert line.published is not None
    assert line.notes == []
    states = line.published.states[1:]
    assert [(state.number, state.amount, state.months) for state in states] == [
        (1, Decimal(450_000), None),
        (2, None, 18),
    ][: len(states)]
    assert len(states) == (1 if form == "object" else 2)
    assert states[0].holders[0].siret == OTHER


def test_a_notification_published_anew_with_another_amount_is_proposed_too() -> None:
    desk = Desk()
    [one] = desk.hears(row("2025-01-01", amount="140"))
    assert (one.rectifies, one.modification.amount, one.modification.months) == (True, Decimal(140), None)
    assert "Rectification" in one.shown_name
    assert desk.hears(row("2025-01-01", amount="140", holders=[{"siret": OTHER}])) == []
    one.accept(1, "facilitator-1", NOW)
    [back] = desk.hears(base())
    assert (back.corrects, back.modification.amount) == (one.id, Decimal(100))
    [first] = desk.hears(base(), FIRST)
    assert not first.rectifies
    assert effects(contract(), back.modification, [first.modification]) == {"amount": Effect.KEPT}


def test_whatever_a_modification_holds_it_is_kept_as_it_is_read() -> None:
    names = (
        "id",
        "dateNotificationModification",
        "datePublicationDonneesModification",
        "montant",
        "dureeMois",
        "titulaires",
    )
    for name in (*names, "objetModification", "modification"):
        for odd in NONSENSE:
            content = json.dumps(
                decp_record(modifications=[{"modification": change(1, "2025-06-01") | {name: odd}}, odd])
            )
            [line] = [read_row(one, "23", COMMUNES, TODAY) for one in rows_of(content.encode())]
            assert line.published is not None
            draft = Draft.of(line.published, NOW)
            stored = Draft.restore(decode(to_document(draft)))
            assert stored.take(line.published, NOW) is Change.UNCHANGED, (name, odd)


def test_drafts_of_the_last_release_propose_what_came_after_their_conclusion() -> None:
    def stored(contract_id: str, updated_late: bool) -> Draft:
        draft = Draft.of(published(base(), FIRST), NOW)
        document = to_document(draft) | {"status": "concluded", "contract_id": contract_id}
        for name in ("concluded_with", "corrected"):
            del document[name]
        document["states"] = [{k: v for k, v in one.items() if k != "modifies"} for one in document["states"]]
        made = NOW.fromtimestamp((int(contract_id.replace("-", "")[:12], 16)) / 1000, NOW.tzinfo)
        document["updated_at"] = made + timedelta(days=40 if updated_late else 0)
        return Draft.restore(decode(upgraded(document, DRAFT_STEPS)))

    assert proposed(stored(new_id(), updated_late=False), [], NOW) == []
    [one] = proposed(stored(new_id(), updated_late=True), [], NOW)
    assert one.modification == FIRST
    assert stored(new_id(), updated_late=False).take(published(base(), FIRST), NOW) is Change.UNCHANGED
