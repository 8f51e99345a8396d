"""Monthly sheets: what contractors' spreadsheets look like, all lines or none, and the same sheet twice."""

import copy
import io
import random
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900

from services.clauses.domain.ledger import Employment, EmploymentKind, Evidence, EvidenceKind
from services.clauses.sheets.cells import outside_insertion
from services.clauses.sheets.lines import holds_hours, read_lines
from services.clauses.sheets.template import as_csv, as_xlsx, template_rows
from shared.tables import UnreadableSheet, read_sheet
from tests.service.clauses.builders import People, contract_body, hours_body
from tests.support import Running

HEADER = "Participant;Nature du contrat;Employeur;Mois;Heures\r\n"


def workbook(*rows: list[Any], change: Any = None) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    if change is not None:
        change(book, sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


TITLES = ["Participant", "Nature du contrat", "Employeur", "Mois", "Heures"]
ROW = ["P-1", "CDD", "Bâti Creuse", "02/2026", 121.33]


def lines_of(content: bytes, month: str | None = None) -> list[Any]:
    return read_lines(read_sheet(content, holds_hours, passed_over=outside_insertion), month, None)


def test_a_title_above_blank_rows_and_columns_that_nobody_knows_are_passed_over() -> None:
    titled = workbook(["Relevé de février"], [], ["Nom", *TITLES], ["x", *ROW], [], [None] * 6, ["", " "])
    [line] = lines_of(titled)
    assert (line.number, line.errors, line.asked.hours) == (4, [], Decimal("121.33"))


def test_dates_of_the_other_calendar_are_the_same_month() -> None:
    def mac(book: Workbook, sheet: Any) -> None:
        book.epoch = CALENDAR_MAC_1904

    [line] = lines_of(workbook(TITLES, [*ROW[:3], date(2026, 2, 1), 7], change=mac))
    assert (line.errors, line.asked.month) == ([], "2026-02")


def test_a_month_that_lost_its_format_counts_from_the_calendar_of_its_workbook() -> None:
    def mac(book: Workbook, sheet: Any) -> None:
        book.epoch = CALENDAR_MAC_1904

    for number, change in ((46054, None), (46054 - 1462, mac)):
        [line] = lines_of(workbook(TITLES, [*ROW[:3], number, 7], change=change or (lambda book, sheet: None)))
        assert (line.errors, line.asked.month) == ([], "2026-02")


def test_what_nobody_sees_is_no_part_of_a_cell() -> None:
    """Files put together of several have marks before each; pages that are copied bring marks of direction."""
    text = "\ufeffParticipant;Contrat;Employeur;Mois;Heures\n\ufeffP-1;CDD;Bâti\u200b Creuse;\u200f02/2026;\u202d7,5\u202c\n"
    [line] = lines_of(text.encode())
    assert (line.errors, line.asked.participant_id, line.asked.month, line.asked.hours) == (
        [],
        "P-1",
        "2026-02",
        Decimal("7.50"),
    )
    assert line.asked.employment.employer == "Bâti Creuse"


def errors_with(change: Any, row: list[Any] = ROW) -> list[tuple[str, str]]:
    [line] = lines_of(workbook(TITLES, row, change=change))
    return [(error.field, error.rule) for error in line.errors]


def test_hidden_rows_merged_cells_and_formulas_without_a_result_are_refused() -> None:
    def hide(book: Workbook, sheet: Any) -> None:
        sheet.row_dimensions[2].hidden = True

    def merge(book: Workbook, sheet: Any) -> None:
        sheet.merge_cells("E2:F2")

    assert errors_with(hide) == [("line", "hidden")]
    assert errors_with(merge) == [("hours", "merged")]
    assert errors_with(None, [*ROW[:4], "=7*5"]) == [("hours", "formula")]


@pytest.mark.parametrize(
    ("format", "value", "found"),
    [
        ("[h]:mm", 1.0208333333333333, "24.50"),
        ("hh:mm", 0.3125, "7.50"),
        ("hh:mm", 1.0208333333333333, "not-hours"),
        ("dd/mm/yyyy hh:mm", 5.055555555555556, "not-hours"),
        ("0%", 0.5, "percent"),
        ('0.00" %"', 7.5, "7.50"),
    ],
)
@pytest.mark.parametrize("epoch", [CALENDAR_WINDOWS_1900, CALENDAR_MAC_1904])
def test_hours_are_what_the_cell_shows(format: str, value: float, found: str, epoch: datetime) -> None:
    def shown(book: Workbook, sheet: Any) -> None:
        book.epoch = epoch
        sheet["E2"].value, sheet["E2"].number_format = value, format

    [line] = lines_of(workbook(TITLES, ROW, change=shown))
    assert (str(line.asked.hours) if line.asked else line.errors[0].rule) == found


def test_what_is_not_shown_is_refused_and_the_sheet_of_hours_is_found() -> None:
    for hidden in (b'min="4" max="6" hidden="1"', b'min="5" max="5" width="0" customWidth="1"'):
        columns = b"<cols><col %s/></cols><sheetData>" % hidden
        with pytest.raises(UnreadableSheet) as unreadable:
            lines_of(patched(lambda content, columns=columns: content.replace(b"<sheetData>", columns)))
        assert unreadable.value.rule == "column-hidden"
    [line] = lines_of(patched(lambda content: content.replace(b'<row r="2"', b'<row r="2" ht="0" customHeight="1"')))
    assert [error.rule for error in line.errors] == ["hidden"]

    def second(*rows: list[Any]) -> Any:
        def change(book: Workbook, sheet: Any) -> None:
            other = book.create_sheet("Février")
            for row in rows:
                other.append(row)

        return change

    [line] = lines_of(workbook(["Mode d'emploi"], ["Une ligne par personne"], change=second(TITLES, ROW)))
    assert line.asked is not None
    [line] = lines_of(workbook(TITLES, ROW, change=second(TITLES)))
    assert line.asked is not None
    with pytest.raises(UnreadableSheet) as unreadable:
        lines_of(workbook(TITLES, ROW, change=second(TITLES, ROW)))
    assert unreadable.value.rule == "several-sheets"


def test_repeated_titles_and_sums_are_no_lines_and_a_cell_too_many_is_refused() -> None:
    titles = ["N° participant", "Type de contrat", "Employeur légal", "Mois", "Heures d'insertion réalisées (h) *"]
    paged = workbook(titles, ROW, titles, ["P-2", *ROW[1:]], ["Total", None, None, None, "=SUM(E2:E4)"], ["TOTAUX :"])
    assert [(line.number, line.errors) for line in lines_of(paged)] == [(2, []), (4, [])]
    commas = "Participant,Nature du contrat,Employeur,Mois,Heures\r\nP-1,CDD,B,02/2026,121,33\r\n"
    [line] = lines_of(commas.encode())
    assert ([error.rule for error in line.errors], line.asked) == (["more-cells"], None)
    dated = "Participant;Nature du contrat;Employeur;Mois;Heures;Justificatif;Date du justificatif\r\n"
    [kept, lost] = lines_of(
        f"{dated}P-1;CDD;B;02/2026;5;Facture;28/02/2026\r\nP-2;CDD;B;02/2026;5;;28/02/2026".encode()
    )
    assert kept.asked.evidence == (Evidence(kind=EvidenceKind.INVOICE, dated=date(2026, 2, 28)),)
    assert [error.rule for error in lost.errors] == ["required"]
    with pytest.raises(UnreadableSheet) as unreadable:
        lines_of(workbook(["Salarié : 1 85 05 78 006 084 36"], TITLES, ROW))
    assert unreadable.value.rule == "nir"


@pytest.mark.parametrize("nir", ["185057800608436", "1 85 05 78 006 084 36", "1-85-05-78-006-084"])
def test_a_social_security_number_anywhere_in_a_line_refuses_it(nir: str) -> None:
    found = lines_of(workbook([*TITLES, "Remarque"], [*ROW, nir]))
    assert [(error.field, error.rule) for error in found[0].errors] == [("line", "nir")]
    assert nir not in str(found[0].errors)


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "empty"),
        (b" \r\n \r\n", "empty"),
        (b"%PDF-1.7 ...", "format"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "old-format"),
        (b"PK\x03\x04damaged", "damaged"),
        (b"a;b\r\n1;2\r\n", "no-header"),
        (HEADER.encode(), "no-lines"),
        (b"Participant;Heures;Heures\r\nP-1;1;2\r\n", "column-twice"),
        (b"Participant;Heures\r\n" + b"P-1;1\r\n" * 10_100, "too-many-rows"),
    ],
)
def test_a_file_of_which_nothing_can_be_used_says_why(content: bytes, rule: str) -> None:
    with pytest.raises(UnreadableSheet) as unreadable:
        lines_of(content)
    assert unreadable.value.rule == rule


def test_a_bomb_is_not_unpacked() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/workbook.xml", b"0" * 25_000_000)
    with pytest.raises(UnreadableSheet) as unreadable:
        read_sheet(out.getvalue(), holds_hours)
    assert unreadable.value.rule == "too-large"


def patched(change: Any) -> bytes:
    """A right workbook whose sheet's XML somebody changed."""
    made, out = zipfile.ZipFile(io.BytesIO(workbook(TITLES, ROW))), io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parts:
        for name in made.namelist():
            content = made.read(name)
            parts.writestr(name, change(content) if name == "xl/worksheets/sheet1.xml" else content)
    return out.getvalue()


@pytest.mark.parametrize(
    "tail",
    [
        b'</sheetData><mergeCells><mergeCell ref="A5:XFD1048576"/></mergeCells>',
        b"</sheetData><mergeCells>" + b'<mergeCell ref="A10:CV999999"/>' * 400 + b"</mergeCells>",
        b'</sheetData><hyperlinks><hyperlink ref="A1:XFD1048576" location="x"/></hyperlinks>',
        b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>',
        b'<row r="9"><c r="A9" s="0"/></row><row r="1048576" hidden="1"><c r="A1048576"/></row></sheetData>',
    ],
)
def test_what_names_all_cells_of_a_sheet_costs_no_more_than_its_bytes(tail: bytes) -> None:
    [line] = lines_of(patched(lambda content: content.replace(b"</sheetData>", tail)))
    assert (line.number, line.errors) == (2, [])


@pytest.mark.parametrize(
    ("tail", "rule"),
    [
        (b"<c/>" * 40_000, "too-large"),
        (b'<row r="3"/>' * 20_000, "too-large"),
        (b"<row><c/></row>" * 10_000, "too-large"),
        (b'<row r="3">' + b'<c s="1"></c>' * 16_385 + b"</row>", "damaged"),
        (b'<row r="3"><c r="XFE3"><v>1</v></c></row>', "damaged"),
        (b'<row r="3">' + b'<c r="B3" s="1"/>' * 8_000 + b"</row>", None),
    ],
)
def test_tags_without_anything_in_them_cost_no_more_than_a_table(tail: bytes, rule: str | None) -> None:
    """They are packed to nothing, and each costs as much as a cell."""
    bomb = patched(lambda content: content.replace(b"</sheetData>", tail + b"</sheetData>"))
    found = None
    try:
        read_sheet(bomb, holds_hours, max_unpacked=300_000)
    except UnreadableSheet as unreadable:
        found = unreadable.rule
    assert found == rule


def test_a_quotation_mark_that_never_closes_takes_no_line_with_it() -> None:
    head = HEADER.replace("Heures", "Heures;Commentaire")
    for open_field, rest in (('"note', ""), ('"', ';"')):
        rows = f"P-1;CDD;B;02/2026;1;{open_field}\r\nP-2;CDD;B;02/2026;2;{rest}\r\nP-3;CDD;B;02/2026;3;\r\n"
        with pytest.raises(UnreadableSheet, match="Ligne 2"):
            read_sheet((head + rows).encode(), holds_hours)
    fine = 'P-1;CDD;"B\r\nC";02/2026;1;"deux\r\nlignes; oui"\r\nP-2;CDD;Le "Bois";02/2026;2;\r\n'
    assert [line.asked.hours for line in lines_of((head + fine).encode())] == [1, 2]


def test_a_damaged_workbook_is_read_or_refused_and_nothing_else() -> None:
    whole = workbook(TITLES, *([ROW] * 20))
    chance = random.Random(5)
    for _ in range(150):
        broken = bytearray(whole)
        for _ in range(chance.choice((1, 3, 30))):
            broken[chance.randrange(4, len(broken))] = chance.randrange(256)
        with suppress(UnreadableSheet):
            lines_of(bytes(broken[: chance.choice((len(broken), chance.randrange(5, len(broken))))]))


def test_a_workbook_whose_names_are_not_in_the_encoding_that_it_says_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as parts:
        parts.writestr("xl/workbook.xml", b"<x/>")
        parts.writestr("xl/é.xml", b"<x/>")
    with pytest.raises(UnreadableSheet) as unreadable:
        read_sheet(out.getvalue().replace("é".encode(), b"\xb5\xb5"), holds_hours)
    assert unreadable.value.rule == "damaged"


def test_entities_declared_across_two_blocks_are_seen() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as parts:
        parts.writestr("xl/workbook.xml", b" " * (65_536 - 4) + b"<!DOCTYPE x [<!ENTITY a 'aa'>]><x>&a;</x>")
    with pytest.raises(UnreadableSheet) as unreadable:
        read_sheet(out.getvalue(), holds_hours)
    assert unreadable.value.rule == "damaged"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be", "mac_roman", "cp850"]
)
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_csv_of_any_program(encoding: str, separator: str) -> None:
    text = HEADER.replace(";", separator) + separator.join(["P-1", "Intérim", '"Bâti, Creuse"', "02/2026", "121.33"])
    [line] = lines_of(text.encode(encoding))
    assert (line.errors, line.asked.employment.employer) == ([], "Bâti, Creuse")


@pytest.mark.parametrize("written", [as_csv, as_xlsx])
def test_what_looks_like_a_formula_comes_back_from_the_template_as_it_was(
    written: Callable[[list[list[str]]], bytes],
) -> None:
    """Also what begins with a quote of its own, one of them or several."""
    names = ["=cmd", "'=cmd", "''=cmd", "'P-1", "''P-1", "+33", "-7", "P-1", "'"]
    people = [(name, Employment(kind=EmploymentKind.CDD, employer=f"{name} Bâti"), name) for name in names]
    filled = [[*row[:5], "-0", *row[6:]] for row in template_rows(people, "2026-02", frozenset())]
    lines = read_lines(read_sheet(written(filled), holds_hours), None, None)
    assert [line.errors for line in lines] == [[]] * len(names)
    asked = [line.asked for line in lines if line.asked]
    assert [(one.participant_id, one.employment and one.employment.employer, one.lot_id) for one in asked] == [
        (name, f"{name} Bâti", name) for name in names
    ]
    assert {str(one.hours) for one in asked} == {"0.00"}


# Over HTTP.


class Contractor:
    """Sends sheets of one contract."""

    def __init__(self, clauses: Running, people: People, path: str) -> None:
        self.client, self.people, self.path = clauses.client, people, path

    async def sends(self, *rows: str, who: dict[str, str] | None = None, **query: str) -> httpx.Response:
        content = (HEADER + "\r\n".join(rows)).encode()
        headers = (who or self.people.contractor) | {"Content-Type": "text/csv"}
        return await self.client.post(f"{self.path}/sheets", content=content, headers=headers, params=query)

    async def totals(self) -> tuple[str, str]:
        read = (await self.client.get(self.path, headers=self.people.facilitator)).json()
        return read["declared_hours"], read["validated_hours"]


@pytest.fixture
async def contractor(clauses: Running, people: People) -> Contractor:
    made = await clauses.client.post("/v1/contracts", json=contract_body(), headers=people.facilitator)
    return Contractor(clauses, people, made.headers["location"])


def rows(count: int, hours: str = "10,50") -> list[str]:
    return [f"P-{number};CDD;Bâti Creuse;02/2026;{hours}" for number in range(count)]


async def test_a_sheet_is_previewed_declared_once_and_validated_together(contractor: Contractor) -> None:
    seen = (await contractor.sends(*rows(3), preview="true")).json()
    assert (seen["applied"], seen["declared"], seen["declared_hours"]) == (False, 3, "31.50")
    assert await contractor.totals() == ("0.00", "0.00")
    made = (await contractor.sends(*rows(3))).json()
    assert (made["applied"], made["declared"]) == (True, 3)
    again = (await contractor.sends(*rows(3))).json()
    assert (again["applied"], again["declared"], again["unchanged"]) == (True, 0, 3)
    assert await contractor.totals() == ("31.50", "0.00")
    ids = [line["hours_id"] for line in made["lines"]]
    body = {"hours_ids": [*ids, "unknown"]}
    path = f"{contractor.path}/hours/validate"
    validated = (await contractor.client.post(path, json=body, headers=contractor.people.facilitator)).json()["items"]
    assert [one["validated"] for one in validated] == [True, True, True, False]
    assert validated[3]["code"] == "hours-unknown"
    assert await contractor.totals() == ("31.50", "31.50")


async def test_a_wrong_sheet_is_taken_back_as_a_whole_and_the_right_one_sent(contractor: Contractor) -> None:
    made = (await contractor.sends(*rows(3))).json()
    ids = [line["hours_id"] for line in made["lines"]]
    desk, path = contractor.people.facilitator, f"{contractor.path}/hours/reject"
    assert (await contractor.client.post(f"/v1/hours/{ids[0]}/validate", headers=desk)).status_code == 200
    body = {"hours_ids": [*ids, "unknown"], "reason": "Feuille d'un autre marché"}
    assert (await contractor.client.post(path, json=body, headers=contractor.people.contractor)).status_code == 403
    rejected = (await contractor.client.post(path, json=body, headers=desk)).json()["items"]
    # What somebody has validated is no more the sheet's to take back: it is corrected, with a reason.
    assert [(one["rejected"], one["code"]) for one in rejected] == [
        (False, "transition-refused"),
        (True, None),
        (True, None),
        (False, "hours-unknown"),
    ]
    again = (await contractor.sends(*rows(3))).json()
    assert [line["outcome"] for line in again["lines"]] == ["unchanged", "declared", "declared"]
    assert again["lines"][1]["hours_id"] not in ids
    other = await contractor.client.post("/v1/contracts", json=contract_body(title="Un autre"), headers=desk)
    elsewhere = f"/v1/contracts/{other.json()['id']}/hours/reject"
    ids = [line["hours_id"] for line in again["lines"][1:]]
    refused = await contractor.client.post(elsewhere, json={"hours_ids": ids, "reason": "Erreur"}, headers=desk)
    assert [one["code"] for one in refused.json()["items"]] == ["hours-unknown"] * 2


async def test_the_sheet_of_another_contract_is_doubted_and_not_refused(contractor: Contractor) -> None:
    made = await contractor.client.post(
        "/v1/contracts", json=contract_body(title="Autre marché"), headers=contractor.people.facilitator
    )
    other = copy.copy(contractor)
    other.path = made.headers["location"]
    assert (await contractor.sends(*rows(2))).json()["declared"] == 2
    doubted = (await other.sends(*rows(2), "P-9;CDD;Bâti Creuse;02/2026;10,50", preview="true")).json()
    assert [len(line["notes"]) for line in doubted["lines"]] == [1, 1, 0]
    assert "un autre marché" in doubted["lines"][0]["notes"][0]
    # Other hours, another month, and the contract's own sheet again.
    fine = await other.sends(*rows(2, "11,50"), preview="true")
    earlier = await other.sends("P-0;CDD;Bâti Creuse;01/2026;10,50", preview="true")
    again = await contractor.sends(*rows(2))
    for answer in (fine, earlier, again):
        assert not any(line["notes"] for line in answer.json()["lines"])
    applied = (await other.sends(*rows(2))).json()
    assert (applied["applied"], applied["declared"]) == (True, 2)


async def test_the_same_hours_on_another_lot_are_doubted_and_not_refused(contractor: Contractor) -> None:
    """The sheet again, now with its lots: whoever worked on both worked as much on each, or they are the same hours twice."""
    body = contract_body(title="En lots", lots=[{"id": "1"}, {"id": "2"}])
    made = await contractor.client.post("/v1/contracts", json=body, headers=contractor.people.facilitator)
    here = copy.copy(contractor)
    here.path = made.headers["location"]
    assert (await here.sends(*rows(2))).json()["declared"] == 2
    content = "Participant;Nature du contrat;Employeur;Mois;Heures;Lot\n" + "\n".join(f"{row};1" for row in rows(2))
    sent = {"content": content.encode(), "headers": here.people.contractor | {"Content-Type": "text/csv"}}
    doubted = (await here.client.post(f"{here.path}/sheets", params={"preview": "true"}, **sent)).json()
    assert doubted["declared"] == 2
    assert ["un autre lot" in " ".join(line["notes"]) for line in doubted["lines"]] == [True, True]
    assert (await here.client.post(f"{here.path}/sheets", **sent)).json()["applied"]
    again = (await here.client.post(f"{here.path}/sheets", **sent)).json()
    assert [(line["outcome"], line["notes"]) for line in again["lines"]] == [("unchanged", [])] * 2


@pytest.mark.parametrize(
    ("written", "lot"),
    [
        ("02", "02"),
        ("2", "02"),
        ("2.0", "02"),
        ("Lot 2", "02"),
        ("lot n° 02", "02"),
        ("LOT A", "A"),
        ("a", "A"),
        ("3", None),  # 03 and 003 are two lots here
        ("Lot 3", None),
        ("lot", None),
        ("22", None),
        ("2 bis", None),
    ],
)
async def test_a_lot_as_people_and_spreadsheets_write_it(contractor: Contractor, written: str, lot: str | None) -> None:
    made = await contractor.client.post(
        "/v1/contracts",
        json=contract_body(title="En lots", lots=[{"id": one} for one in ("02", "A", "03", "003")]),
        headers=contractor.people.facilitator,
    )
    contractor.path = made.headers["location"]
    content = f"{HEADER.strip()};Lot\r\nP-1;CDD;Bâti Creuse;02/2026;7;{written}"
    headers = contractor.people.contractor | {"Content-Type": "text/csv"}
    sent = await contractor.client.post(f"{contractor.path}/sheets", content=content.encode(), headers=headers)
    [line] = sent.json()["lines"]
    assert [error["field"] for error in line["errors"]] == ([] if lot else ["lot_id"])
    if lot:
        read = await contractor.client.get(f"/v1/hours/{line['hours_id']}", headers=contractor.people.contractor)
        assert read.json()["lot_id"] == lot


async def test_one_refused_line_refuses_all_and_each_says_its_rule(contractor: Contractor) -> None:
    await contractor.sends("P-0;CDD;Bâti Creuse;02/2026;50")
    answer = await contractor.sends(
        "P-0;CDD;Bâti Creuse;02/2026;60",
        "P-1;CDD;Bâti Creuse;02/2026;10",
        "P-1;CDD;Bâti Creuse;02/2026;11",
        "P-2;CDD;Bâti Creuse;07/2026;10",
        "P-3;Pirate;;02/2026;-1",
        "camille@exemple.fr;CDD;Bâti Creuse;02/2026;10",
        "P-4;CDD;Autre;02/2026;219;",
        "P-4;CDI;Encore;02/2026;2",
        "p-0;CDI;Encore;02/2026;2",
        "Q-5;CDI;Encore;02/2026;2",
        "q_5;CDI;Encore;02/2026;2",
    )
    assert answer.status_code == 200
    report = answer.json()
    found = {line["line"]: [(one["field"], one["rule"]) for one in line["errors"]] for line in report["lines"]}
    assert found == {
        2: [("hours", "declared-already")],
        3: [],
        4: [("line", "twice-in-sheet")],
        5: [("month", "in-the-future")],
        6: [("hours", "negative"), ("kind", "unknown-kind"), ("employer", "required")],
        7: [("participant_id", "personal-reference")],
        8: [],
        9: [("hours", "monthly-limit")],
        10: [("participant_id", "other-spelling")],
        11: [],
        12: [("participant_id", "other-spelling")],
    }
    assert (report["applied"], report["refused"]) == (False, 8)
    assert await contractor.totals() == ("50.00", "0.00")


async def test_the_template_has_last_months_people_and_comes_back_as_a_sheet(contractor: Contractor) -> None:
    await contractor.sends("P-1;CDD;Bâti Creuse;01/2026;50", "P-2;Intérim;Agence;01/2026;20")
    path, own = f"{contractor.path}/sheets/template", contractor.people.contractor
    answer = await contractor.client.get(path, params={"month": "2026-02"}, headers=own)
    book = load_workbook(io.BytesIO(answer.content))
    sheet = book.active
    assert sheet is not None
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == ["P-1", "P-2"]
    for row in sheet.iter_rows(min_row=2):
        row[5].value = 12.5
    out = io.BytesIO()
    book.save(out)
    sent = await contractor.client.post(
        f"{contractor.path}/sheets", files={"file": ("f.xlsx", out.getvalue())}, headers=own
    )
    assert (sent.json()["applied"], sent.json()["declared_hours"]) == (True, "25.00")
    empty = await contractor.client.get(
        path, params={"month": "2026-02", "format": "csv"}, headers=contractor.people.other_contractor
    )
    assert empty.status_code == 404


async def test_a_stranger_sends_no_sheet_and_nothing_readable_is_a_422(contractor: Contractor) -> None:
    assert (await contractor.sends(*rows(1), who=contractor.people.stranger)).status_code == 404
    assert (await contractor.sends(*rows(1), who=contractor.people.manager)).status_code == 403
    bad = await contractor.client.post(
        f"{contractor.path}/sheets", content=b"%PDF-", headers=contractor.people.contractor
    )
    assert (bad.status_code, bad.json()["code"]) == (422, "sheet-refused")
    assert (
        await contractor.sends(*rows(1), who=contractor.people.contractor, contractor_id="contractor-2")
    ).status_code == 403


async def test_a_sheet_is_judged_by_what_holds_when_it_is_applied(clauses: Running, people: People) -> None:
    """Previewed without a fault; then a decision is withdrawn, an employment ends, hours are declared: nothing of it is kept."""
    desk, own = people.facilitator, people.contractor
    post = clauses.client.post
    made = await post("/v1/contracts", json=contract_body(rules={}), headers=desk)
    contractor = Contractor(clauses, people, made.headers["location"])
    decisions, jobs = [], []
    for number in range(4):
        who = {"participant_id": f"P-{number}"}
        await post("/v1/participants", json=who, headers=desk)
        await post(f"{contractor.path}/participants", json=who, headers=desk)
        paper = {"categories": ["rsa"], "evidence": [{"kind": "caf_statement", "dated": "2026-01-02"}]}
        shown = paper | {"valid_from": "2026-01-02"}
        decisions += [await post(f"/v1/participants/P-{number}/eligibilities", json=shown, headers=desk)]
        job = who | {"kind": "cdd", "employer": "Bâti Creuse", "starts_on": "2026-01-05"}
        jobs += [await post(f"{contractor.path}/employments", json=job, headers=own)]
    lines = [f"P-{number};{job.json()['id']};02/2026;10,50" for number, job in enumerate(jobs)]
    content = "Participant;Emploi;Mois;Heures\n" + "\n".join(lines)

    async def sends(**query: str) -> dict[str, Any]:
        headers = own | {"Content-Type": "text/csv"}
        return dict((await post(f"{contractor.path}/sheets", content=content, headers=headers, params=query)).json())

    seen = await sends(preview="true")
    assert (seen["declared"], seen["refused"], seen["declared_hours"]) == (4, 0, "42.00")
    wrong = {"reason": "Attestation d'une autre personne"}
    await post(f"/v1/eligibilities/{decisions[0].json()['id']}/withdraw", json=wrong, headers=desk)
    ended = {"If-Match": jobs[1].headers["etag"]} | own
    await clauses.client.patch(jobs[1].headers["location"], json={"ends_on": "2026-01-30"}, headers=ended)
    other = {name: value for name, value in hours_body(participant_id="P-2").items() if name != "employment"}
    await post(f"{contractor.path}/hours", json=other | {"employment_id": jobs[2].json()["id"]}, headers=own)
    report = await sends()
    assert [[one["rule"] for one in line["errors"]] for line in report["lines"]] == [
        ["no-decision"],
        ["employment-not-covering"],
        ["declared-already"],
        [],
    ]
    assert (report["applied"], await contractor.totals()) == (False, ("121.33", "0.00"))
