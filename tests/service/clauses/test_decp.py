"""Contracts from publications: the forms in which they come, odd values line by line, twice is once."""

import json
import random
import tracemalloc
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.clauses.domain.draft import Change, Draft
from services.clauses.domain.published import Published, State, joined
from services.clauses.procurement.files import MAX_BYTES, MAX_ROWS, UnreadableFile, rows_of
from tests.service.clauses.builders import NOW, decp_record
from tests.service.clauses.publications import HEAD, NONSENSE, RECORD, ROW, lines_of, rules_of, wrapped

FORMS = {
    "v2": wrapped(RECORD),
    "v1": json.dumps({"marches": [RECORD]}),
    "list": json.dumps([RECORD]),
    "one": json.dumps(RECORD),
    "lines": json.dumps(RECORD) + "\n" + json.dumps(RECORD),
    "indented": json.dumps({"marches": {"contrat-concession": [], "marche": [RECORD]}}, indent=1),
    "table": HEAD + ROW,
    "semicolons": (HEAD + ROW).replace(",", ";"),
    "sep line": "sep=;\r\n" + (HEAD + ROW).replace(",", ";"),
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("form", FORMS)
def test_each_form_in_each_encoding_is_the_same_contract(form: str, encoding: str) -> None:
    found = {line.published.key: line for line in lines_of(FORMS[form].encode(encoding)) if line.published}
    [line] = found.values()
    assert line.errors == []
    assert line.published is not None
    assert (line.published.buyer_siret, line.published.states[0].months) == ("21230096600018", 12)


def test_an_elder_form_is_read_with_its_names_and_nesting() -> None:
    elder = decp_record(
        acheteur={"id": "21230096600018", "nom": "Mairie de Guéret"},
        titulaires=[{"typeIdentifiant": "SIRET", "id": "34027049500021", "denominationSociale": "BTP 23"}],
        considerationsSociales=["Critère social"],
        lieuExecution={"code": "23000", "typeCode": "Code postal", "nom": "GUERET"},
        modifications=[
            {"objetModification": "Avenant", "dateNotificationModification": "2025-06-01", "montant": 450000}
        ],
    )
    [line] = lines_of(wrapped(elder))
    published = line.published
    assert published is not None
    assert published.buyer_name == "Mairie de Guéret"
    assert published.states[0].holders[0].name == "BTP 23"
    assert [(state.on, state.amount) for state in published.states] == [
        (date(2025, 3, 3), Decimal("412000.50")),
        (date(2025, 6, 1), Decimal("450000.00")),
    ]
    assert published.social == ("criterion",)


def test_a_concession_has_names_of_its_own() -> None:
    concession = decp_record(_type="Concession", valeurGlobale=1_000_000, dateSignature="2025-02-01")
    concession["autoriteConcedante"] = concession.pop("acheteur")
    for name in ("montant", "dateNotification"):
        del concession[name]
    [line] = lines_of(json.dumps({"marches": {"contrat-concession": [concession]}}))
    assert line.published is not None
    assert line.published.states[0].amount == Decimal("1000000.00")


@pytest.mark.parametrize(
    ("place", "department"),
    [
        ({"code": "23096", "typeCode": "Code commune"}, "23"),
        ({"code": "1053", "typeCode": "Code commune"}, "01"),
        ({"code": 23000, "typeCode": "Code postal"}, "23"),
        ({"code": "20090", "typeCode": "Code postal"}, "2A"),
        ({"code": "97430", "typeCode": "Code postal"}, "974"),
        ({"code": "23", "typeCode": "Code département"}, "23"),
        ({"code": "2B", "typeCode": "Code département"}, "2B"),
        ({"code": "232", "typeCode": "Code arrondissement"}, "23"),
        # A region or country tells none: the buyer's does, a commune's by its own number.
        ({"code": "75", "typeCode": "Code région"}, "23"),
        (None, "23"),
        ({}, "23"),
        ("23096", "23"),
    ],
)
def test_the_place_of_the_work_decides_whose_it_is(place: Any, department: str) -> None:
    [line] = lines_of(wrapped(decp_record(lieuExecution=place)))
    assert (line.elsewhere or "23", line.errors) == (department, [])


def test_whatever_a_field_holds_only_its_line_is_refused() -> None:
    """Each field with each nonsense, beside a good line."""
    odd = [
        decp_record(**({"id": f"X{index}"} | {name: value})) for name in RECORD for index, value in enumerate(NONSENSE)
    ]
    for record in odd:
        good, other = lines_of(wrapped(RECORD, record))
        assert good.errors == []
        assert other.published is not None or other.elsewhere or other.errors


def test_random_tables_and_records_end_in_lines_or_one_sentence() -> None:
    random.seed(12)
    letters = '{}[]",;:\n\r\\eE+-.0123456789aé"\x00 \t'
    for seed in (*FORMS.values(), HEAD + ROW * 5):
        for _ in range(60):
            text = list(seed)
            for _ in range(random.randint(1, 8)):
                text[random.randrange(len(text))] = random.choice(letters)
            with suppress(UnreadableFile):
                lines_of("".join(text))


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "empty"),
        (b" \n\t ", "empty"),
        (b"PK\x03\x04rest", "format"),
        (b"%PDF-1.7", "format"),
        (b"[" * 100_000, "json"),
        (b"[" * (MAX_BYTES // 8), "too-many-parts"),
        (b'{"a":' * 1_000, "json"),
        (b'[{"id": 1}', "json"),
        (b'{"marches": []}', "no-rows"),
        (b"[]", "no-rows"),
        (b"a,b\n1,2\n", "no-header"),
        (b"[{}" + b",{}" * MAX_ROWS + b"]", "too-many-rows"),
        (HEAD.encode() + ROW.encode() * (MAX_ROWS + 1), "too-many-rows"),
    ],
)
def test_a_file_of_which_nothing_can_be_used(content: bytes, rule: str) -> None:
    with pytest.raises(UnreadableFile) as unreadable:
        for _ in rows_of(content):
            pass
    assert unreadable.value.rule == rule


def test_a_quotation_mark_that_never_closes_costs_its_own_line() -> None:
    odd = '2025-2,"21230096600018,X,23,1,2025-01-01,1,1,Y\n'
    assert [bool(line.errors) for line in lines_of(HEAD + ROW + odd + ROW * 3)] == [False, True, False, False, False]
    wide = '2025-3,"' + "x" * 200_000 + '",X,23,1,2025-01-01,1,1,Y\n'
    assert rules_of(HEAD + wide + ROW) == ["damaged"]
    multi = '2025-4,21230096600018,"COMMUNE\nDE GUERET",23,61100,2025-01-01,12,1,"a ""b"""\n'
    [line] = lines_of(HEAD + multi)
    assert line.published is not None
    assert line.published.buyer_name == "COMMUNE DE GUERET"


def test_a_broken_json_line_costs_itself() -> None:
    line = json.dumps(RECORD)
    broken = (line[:-1], line.replace(":", ";", 1), "{", '{"id": tru}')
    for one in broken:
        found = lines_of("\n".join((line, one, line, line)))
        assert [bool(error.errors) for error in found] == [False, True, False, False], one


def test_nan_and_endless_numbers_are_what_is_missing_or_refused() -> None:
    text = wrapped(RECORD).replace("412000.5", "NaN")
    [line] = lines_of(text)
    assert line.published is not None
    assert line.published.states[0].amount is None
    assert rules_of(text.replace("NaN", "9" * 100_000)) == ["amount"]
    assert rules_of(text.replace("NaN", "1e999999")) == ["too-large"]


def test_a_title_with_a_social_security_number_is_refused() -> None:
    assert rules_of(wrapped(decp_record(objet="Suivi de 1 85 02 23 096 042 17"))) == ["personal-number"]
    deep = [{"titulaire": {"id": "1", "denominationSociale": "2 85 05 2A 006 084 | 21"}}]
    assert rules_of(wrapped(decp_record(titulaires=deep))) == ["personal-number"]
    assert rules_of(wrapped(decp_record(id="185022309604217"))) == []
    assert rules_of(wrapped(decp_record(id="185022309604234"))) == ["personal-number"]


def test_an_odd_modification_is_passed_over_with_a_note() -> None:
    changes = [
        {"modification": {"id": 1, "dateNotificationModification": "2025-06-01", "montant": 500000}},
        {"modification": {"id": 2, "dateNotificationModification": "hier"}},
        {"modification": "id"},
        7,
        {"modification": {"id": 3, "dateNotificationModification": "2026-12-31", "dureeMois": 24}},
    ]
    [line] = lines_of(wrapped(decp_record(modifications=changes)))
    assert line.errors == []
    assert line.published is not None
    assert [state.number for state in line.published.states] == [None, 1]
    assert len(line.notes) == 3  # two that are no objects are one note


def a_state(day: int, **changes: Any) -> State:
    return State.model_validate({"on": f"2025-01-{day:02}"} | changes)


def published(*states: State) -> Published:
    return Published(territory="23", buyer_siret="21230096600018", number="1", states=states)


def test_lines_of_a_contract_are_one_whatever_their_order() -> None:
    one, two = a_state(1, amount="100", holders=[{"name": "A"}]), a_state(1, amount="150", holders=[{"name": "B"}])
    later = a_state(9, amount="200", months=6)
    orders = [(one, two, later), (later, two, one), (two, later, one)]
    made = set()
    for first, *others in orders:
        found = published(first)
        for other in others:
            found = joined(found, published(other))
        made.add(found.model_dump_json())
    assert len(made) == 1
    draft = Draft.of(Published.model_validate_json(made.pop()), NOW)
    assert (draft.starts_on, draft.latest.amount, draft.ends_on) == (
        date(2025, 1, 1),
        Decimal("200.00"),
        date(2025, 6, 30),
    )
    assert [holder.name for holder in draft.latest.holders] == ["A", "B"]


def test_a_publication_again_changes_nothing_and_a_modification_is_one() -> None:
    draft = Draft.of(published(a_state(1, amount="100")), NOW)
    assert draft.take(published(a_state(1, amount="100")), NOW) is Change.UNCHANGED
    assert draft.take(published(a_state(1)), NOW) is Change.UNCHANGED
    assert draft.take(published(a_state(1, amount="90")), NOW) is Change.UPDATED
    assert draft.take(published(a_state(1, amount="90"), a_state(5, amount="120")), NOW) is Change.AMENDED
    assert draft.take(published(a_state(5, amount="120")), NOW) is Change.UNCHANGED
    assert (draft.version, draft.latest.amount) == (3, Decimal("120.00"))


def test_a_whole_import_is_read_within_bounds_of_memory() -> None:
    content = (HEAD + "".join(ROW.replace("2025-1,", f"2025-{n},") for n in range(3_000))).encode()
    tracemalloc.start()
    count = sum(1 for _ in rows_of(content))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 3_000
    assert peak < 12 * len(content)


@pytest.mark.parametrize(
    ("said", "kinds"),
    [
        ("Aucune clause sociale", ["none"]),
        ("Sans considération sociale", ["none"]),
        (["Pas de clause sociale"], ["none"]),
        ({"considerationSociale": ["Pas de considération sociale"]}, ["none"]),
        ("Clause sociale, Critère social", ["clause", "criterion"]),
        ("Condition d'exécution ; marché réservé", ["clause", "reserved"]),
        ("Sans objet", []),
    ],
)
def test_what_is_said_of_social_considerations_is_not_taken_for_its_contrary(said: Any, kinds: list[str]) -> None:
    [line] = lines_of(wrapped(decp_record(considerationsSociales=said)))
    assert line.published is not None
    assert sorted(line.published.social) == kinds


def test_letters_that_a_program_broke_are_read_as_what_they_were() -> None:
    for words in ("Réhabilitation de l’école", "Œuvre à Guéret – lot n° 1"):
        [line] = lines_of(wrapped(decp_record(objet=words.encode().decode("cp1252"))))
        [right] = lines_of(wrapped(decp_record(objet=words)))
        assert line.published is not None
        assert right.published is not None
        assert line.published.title == right.published.title
