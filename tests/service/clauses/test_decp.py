"""Contracts from publications: the forms in which they come, odd values line by line, twice is once, modifications."""

import io
import json
import random
import tracemalloc
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.clauses.domain.draft import Change, Draft
from services.clauses.domain.published import Published, State, joined, last_day_after
from services.clauses.procurement.decp import Line, read_row
from services.clauses.procurement.fields import FieldRefused, amount_of, day_of, months_of, siret_of
from services.clauses.procurement.files import MAX_BYTES, MAX_ROWS, UnreadableFile, rows_of
from shared.reference.communes import Communes
from tests.bench.clause_texts import TEXTS
from tests.service.clauses.builders import NOW, TODAY, People, decp_record
from tests.support import Running

COMMUNES = Communes.load()
HEAD = "id,acheteur_id,acheteur_nom,acheteur_departement_code,montant,dateNotification,dureeMois,titulaire_id,titulaire_nom\n"
ROW = "2025-1,21230096600018,COMMUNE DE GUERET,23,61100,2025-01-01,12,34027049500021,BTP 23\n"
MATERIAL = TEXTS.parent


def lines_of(content: bytes | str, territory: str = "23") -> list[Line]:
    raw = content.encode() if isinstance(content, str) else content
    return [read_row(row, territory, COMMUNES, TODAY) for row in rows_of(raw)]


def rules_of(content: bytes | str) -> list[str]:
    return [error.rule for line in lines_of(content) for error in line.errors]


def wrapped(*records: Any) -> str:
    return json.dumps({"marches": {"marche": list(records)}}, ensure_ascii=False)


RECORD = decp_record()
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


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("61100", "61100.00"),
        ("91 109,96 €", "91109.96"),
        ("1.234.567,89", "1234567.89"),
        ("1,234,567.89", "1234567.89"),
        ("1'234'567", "1234567.00"),
        ("133622.0100000001", "133622.01"),
        (137614.0, "137614.00"),
        ("1e5", "100000.00"),
        ("12,5 EUR HT", "12.50"),
    ],
)
def test_amounts_as_programs_and_people_write_them(written: Any, amount: str) -> None:
    value = Decimal(str(written)) if isinstance(written, float) else written
    assert amount_of("montant", value) == Decimal(amount)


@pytest.mark.parametrize("written", ["", "0", None, "NaN", "nc", "null", Decimal("NaN"), [], {}, True])
def test_an_amount_that_is_not_there(written: Any) -> None:
    assert amount_of("montant", written) is None


@pytest.mark.parametrize(
    ("written", "rule"),
    [
        ("1.500", "ambiguous"),
        ("1,500", "ambiguous"),
        ("-5", "negative"),
        ("beaucoup", "amount"),
        ("1E+999999", "amount"),
        (Decimal("1E+999999"), "too-large"),
        (10**20, "too-large"),
        ("9" * 5_000, "amount"),
        ("=1+1", "amount"),
        (".e5", "amount"),
    ],
)
def test_what_is_no_amount(written: Any, rule: str) -> None:
    with pytest.raises(FieldRefused) as refused:
        amount_of("montant", written)
    assert refused.value.rule == rule


def test_numbers_of_buyers_as_spreadsheets_leave_them() -> None:
    notes: list[str] = []
    for written in ("212 300 966 00018", "21230096600018.0", "212300966-00018", 21230096600018):
        assert siret_of("id", written, notes.append) == "21230096600018"
    assert notes == []
    assert siret_of("id", "735020000049", notes.append) == "00735020000049"
    assert len(notes) == 1
    for written, rule in (
        ("2,12301E+13", "siret-rounded"),
        ("212300966", "siren"),
        ("21230096600019", "siret"),
        ("", "required"),
        ("Guéret", "siret"),
        ("２１２３００９６６０００１９", "siret"),
    ):
        with pytest.raises(FieldRefused) as refused:
            siret_of("id", written, notes.append)
        assert refused.value.rule == rule


def test_days_and_months_in_any_writing() -> None:
    for written in (
        "2025-01-31",
        "31/01/2025",
        "2025-01-31T00:00:00Z",
        "2025-01-31+01:00",
        "45688",
        "31.01.2025 10:00",
    ):
        assert day_of("d", written, TODAY) == date(2025, 1, 31)
    for written in ("2025-02-30", "31/13/2025", "hier", "20250131", "0001-01-01", "3025-01-01", "2027-01-01"):
        with pytest.raises(FieldRefused):
            day_of("d", written, TODAY)
    assert [months_of("m", written) for written in ("12", "12.0", 12, "", "0")] == [12, 12, 12, None, None]
    for odd in ("-1", "12.5", "un an", "9999", "1e3"):
        with pytest.raises(FieldRefused):
            months_of("m", odd)
    assert last_day_after(date(2025, 1, 31), 1) == date(2025, 2, 27)
    assert last_day_after(date(2025, 1, 1), 12) == date(2025, 12, 31)


NONSENSE: list[Any] = [
    None, True, 0, -1, 1.5, 10**25, "", " ", "NaN", "x" * 100_000, "\x00", "𝟙𝟚", "<script>", [], [[]], {}, {"id": {"id": []}},
    [1, "a", None], {"code": ["x"], "typeCode": {}}, "1" * 5_000, "🙂", "\u202e", "2025-13-45", [{"titulaire": "id"}],
]  # fmt: skip


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


async def sent(clauses: Running, people: People, content: bytes | str, **query: Any) -> Any:
    answer = await clauses.client.post(
        "/v1/contract-imports", content=content, params=query, headers=people.facilitator | {"Content-Type": "text/csv"}
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_preview_keeps_nothing_and_the_same_file_twice_is_once(clauses: Running, people: People) -> None:
    other = decp_record(id="2025-015", objet="Voirie")
    content = wrapped(RECORD, other, decp_record(lieuExecution={"code": "87", "typeCode": "Code département"}), 7)
    report = await sent(clauses, people, content, preview=True)
    assert (report["applied"], report["created"], report["refused"], report["elsewhere"]) == (False, 2, 1, {"87": 1})
    assert report["lines"][0] | {"errors": []} == {
        "line": 4, "outcome": "refused", "number": None, "draft_id": None, "contract_id": None, "joined_to": None,
        "amendment_draft_ids": [], "errors": [], "notes": [],
    }  # fmt: skip
    assert [line["draft_id"] for line in report["lines"]] == [None, None, None]
    assert await clauses.store.collection("contract_drafts").count_documents({}) == 0
    first = await sent(clauses, people, content)
    again = await sent(clauses, people, content)
    assert (first["created"], again["created"], again["unchanged"]) == (2, 0, 2)
    assert [line["draft_id"] for line in first["lines"]] == [line["draft_id"] for line in again["lines"]]
    changed = decp_record(
        modifications=[{"modification": {"id": 1, "dateNotificationModification": "2025-07-01", "montant": 9}}]
    )
    assert (await sent(clauses, people, wrapped(changed)))["amended"] == 1


async def test_a_draft_becomes_a_contract_once(clauses: Running, people: People) -> None:
    client = clauses.client
    report = await sent(clauses, people, wrapped(RECORD))
    url = f"/v1/contract-drafts/{report['lines'][0]['draft_id']}"
    draft = (await client.get(url, headers=people.manager)).json()
    assert (draft["suggested_kind"], draft["ends_on"], draft["amount"]) == (
        "execution_condition",
        "2026-03-02",
        "412000.50",
    )
    assert (await client.get(url, headers=people.neighbour)).status_code == 404
    body: dict[str, Any] = {
        "kind": "execution_condition",
        "objective": {"rule": "manual", "hours": "1200.00", "reason": "CCAP, article 7"},
    }
    refused = await client.post(f"{url}/conclude", json=body, headers=people.facilitator)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "contracting_authority_name")
    body["contracting_authority_name"] = "Ville de Guéret"
    made = await client.post(f"{url}/conclude", json=body, headers=people.facilitator)
    assert made.status_code == 201
    contract = made.json()
    assert (contract["title"], contract["reference"], contract["commune_code"]) == (
        RECORD["objet"],
        "2025-014",
        "23096",
    )
    assert (contract["contractor_ids"], contract["objective"]["hours"]) == (["34027049500021"], "1200.00")
    again = await client.post(f"{url}/conclude", json=body, headers=people.facilitator)
    assert (again.status_code, again.json()["contract_id"]) == (409, contract["id"])
    assert (await client.post(f"{url}/dismiss", json={"reason": "Non"}, headers=people.facilitator)).status_code == 409
    changed = decp_record(
        modifications=[{"modification": {"id": 1, "dateNotificationModification": "2025-07-01", "montant": 9}}]
    )
    [line] = (await sent(clauses, people, wrapped(changed)))["lines"]
    assert (line["outcome"], line["contract_id"]) == ("amended", contract["id"])
    assert (await client.get("/v1/contract-drafts", headers=people.facilitator)).json()["items"] == []


async def test_one_set_aside_stays_so(clauses: Running, people: People) -> None:
    [line] = (await sent(clauses, people, HEAD + ROW))["lines"]
    url = f"/v1/contract-drafts/{line['draft_id']}"
    answer = await clauses.client.post(f"{url}/dismiss", json={"reason": "Pas de clause"}, headers=people.facilitator)
    assert answer.json()["status"] == "dismissed"
    assert (await sent(clauses, people, HEAD + ROW))["unchanged"] == 1
    assert (await clauses.client.get("/v1/contract-drafts", headers=people.facilitator)).json()["items"] == []


async def test_names_with_links_name_neither_contract_nor_authority(clauses: Running, people: People) -> None:
    odd = decp_record(objet="Voir www.example.org/dce", acheteur={"id": "21230096600018", "nom": "Mairie www.x.fr/a"})
    [line] = (await sent(clauses, people, wrapped(odd)))["lines"]
    url = f"/v1/contract-drafts/{line['draft_id']}"
    body = {
        "kind": "reserved_iae",
        "objective": {"rule": "manual", "hours": "10", "reason": "CCAP"},
        "contracting_authority_name": "Mairie",
    }
    made = await clauses.client.post(f"{url}/conclude", json=body, headers=people.facilitator)
    assert (made.status_code, made.json()["title"]) == (201, "Marché 2025-014 (CPV 45214200-2)")


async def test_a_file_that_cannot_be_used_is_one_sentence(clauses: Running, people: People) -> None:
    for content, status in ((b"PK\x03\x04", 422), (b"[{", 422), (b"x" * (MAX_BYTES + 1), 413)):
        answer = await clauses.client.post("/v1/contract-imports", content=content, headers=people.facilitator)
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"
    form = {"file": ("decp.json", io.BytesIO(wrapped(RECORD).encode()), "application/json")}
    answer = await clauses.client.post("/v1/contract-imports", files=form, headers=people.facilitator)
    assert answer.json()["created"] == 1


@pytest.mark.skipif(not MATERIAL.exists(), reason="the published files are not here (../shared/data/clauses)")
async def test_the_real_files_are_taken_over_and_again(clauses: Running, people: People) -> None:
    table = (MATERIAL / "decp_travaux_cpv4521_2024-25.csv").read_bytes()
    examples = (MATERIAL / "decp_v2_exemples.json").read_bytes()
    lines = lines_of(table, "19")
    assert len(lines) == 8_957
    assert {error.rule for line in lines for error in line.errors} <= {"siret", "siren", "no-place"}
    assert sum(bool(line.errors) for line in lines) < 30
    taken = [line for line in lines_of(examples, "03") if line.published]
    assert [len(line.published.states) for line in taken if line.published] == [3, 3]
    # The Creuse has none of the 8,957; as it had those of the Hérault, the largest share.
    moved = table.replace(b",34,", b",23,")
    first = await sent(clauses, people, moved)
    again = await sent(clauses, people, moved)
    assert first["read"] == 8_957
    assert first["created"] > 100
    assert (again["created"], again["amended"], again["updated"], again["unchanged"]) == (0, 0, 0, first["created"])
