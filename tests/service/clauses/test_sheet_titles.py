"""What stands above and beside the lines of a contractor's sheet: titles of columns, months, formats, comments, encodings."""

import io
import re
import zipfile
from datetime import date
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.comments import Comment

from services.clauses.sheets.lines import Line, columns_unread, holds_hours, read_lines, refuse_other_spellings
from shared.tables import UnreadableSheet, read_sheet

TITLES = ["Participant", "Nature du contrat", "Employeur", "Mois", "Heures"]
ROW = ["P-1", "CDD", "Bâti Creuse", "02/2026", 121.33]
NIR = "185057800608436"


def book_of(*rows: list[Any], change: Any = None, title: str = "Feuil1") -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    if change is not None:
        change(book, sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read(content: bytes, month: str | None = None) -> list[Line]:
    return read_lines(read_sheet(content, holds_hours), month, None)


def found(content: bytes, month: str | None = None) -> str | list[str]:
    """The rule of the file, else what each line says, or its rules."""
    try:
        lines = read(content, month)
    except UnreadableSheet as unreadable:
        return unreadable.rule
    return [
        f"{line.asked.participant_id} {line.asked.month} {line.asked.hours}"
        if line.asked
        else ",".join(error.rule for error in line.errors)
        for line in lines
    ]


RIGHT = ["P-1 2026-02 121.33"]


@pytest.mark.parametrize(
    ("column", "titles"),
    [
        (4, ("Nb d'h. réalisées", "H. réalisées", "Heures insertion", "Nbre d’heures", "Heures du mois", "Volume horaire")),
        (4, ("Heures d’insertion réalisées au cours du mois",)),
        (4, ("Heures réalisées dans le mois (h) *", "Heures\nd'insertion\nréalisées", "NB HEURES TRAVAILLÉES", "Heures / mois")),
        (0, ("Réf. participant", "Identifiant", "N° bénéficiaire", "Matricule", "Code participant", "Id participant")),
        (3, ("Période concernée", "Mois de réalisation", "Mois / Année", "Mois travaillé", "Période (mois)")),
        (2, ("Raison sociale", "Nom de l'employeur", "Structure employeuse", "Société")),
        (1, ("Type de contrat de travail", "Nature", "Forme du contrat")),
    ],
)  # fmt: skip
def test_titles_as_contractors_tools_write_them(column: int, titles: tuple[str, ...]) -> None:
    for title in titles:
        row = [*TITLES[:column], title, *TITLES[column + 1 :]]
        assert found(book_of(row, ROW)) == RIGHT, title


@pytest.mark.parametrize(
    "title", ["Heures prévues", "Heures (jours)", "Heures (prévisionnel)", "Cumul heures", "H", "Durée"]
)
def test_other_hours_are_not_read_as_those_done(title: str) -> None:
    assert found(book_of([*TITLES[:4], title], ROW)) == "no-header"
    assert found(book_of([*TITLES, title], [*ROW, 7])) == RIGHT
    assert columns_unread(read_sheet(book_of([*TITLES, title], [*ROW, 7]), holds_hours)) == [
        f"Colonnes qui ne sont pas lues : «{title}»."
    ]


def test_a_number_alone_names_the_participant_only_where_nothing_else_does() -> None:
    assert found(book_of(["Matricule", *TITLES], [7, *ROW])) == RIGHT
    assert found(book_of(["N°", "Nom", *TITLES[1:]], [1, "Martin", *ROW[1:]])) == "no-header"


@pytest.mark.parametrize(
    ("above", "hours", "tab"),
    [
        ("Relevé d'heures – janvier 2026", "Heures", "Feuil1"),
        ("Mois : 01/2026", "Heures", "Feuil1"),
        (date(2026, 1, 1), "Heures", "Feuil1"),
        ("", "Heures (janv. 2026)", "Feuil1"),
        ("", "Heures", "Janvier"),
        ("", "Heures", "janv-26"),
    ],
)
def test_a_sheet_that_says_another_month_than_the_one_asked_for_is_refused(above: Any, hours: str, tab: str) -> None:
    sheet = book_of(["Mois" if isinstance(above, date) else "", above], [*TITLES[:3], hours], [*ROW[:3], 7], title=tab)
    assert found(sheet, "2026-02") == "other-month"
    assert found(sheet, "2026-01") == ["P-1 2026-01 7.00"]


def test_what_is_said_of_the_contract_or_of_a_day_is_no_month_of_the_sheet() -> None:
    for above in ("Marché notifié en mars 2025", "Heures de février 2026, éditées le 3 mars 2026", "Le 03/03/2026"):
        sheet = book_of([above], [*TITLES[:3], "Heures"], [*ROW[:3], 7], title="Champ de Mars")
        assert found(sheet, "2026-02") == ["P-1 2026-02 7.00"]


def test_a_column_that_may_be_the_months_is_not_passed_over() -> None:
    sheet = book_of([*TITLES[:3], "Heures", "Mois de paie"], [*ROW[:3], 7, "01/2026"])
    assert found(sheet, "2026-02") == "month-column"


@pytest.mark.parametrize(
    "months", [("Janv 2026", "Févr 2026"), ("Heures janvier", "Heures février"), (date(2026, 1, 1), date(2026, 2, 1))]
)
def test_a_column_for_each_month_is_said_to_be_one(months: tuple[Any, Any]) -> None:
    assert found(book_of([*TITLES[:3], *months, "Heures"], [*ROW[:3], 10, 20, 30]), "2026-02") == "months-across"


@pytest.mark.parametrize(
    ("column", "value", "format", "rule"),
    [
        ("E", 20, '0" j"', ["unit"]),
        ("E", 20, '#,##0.00 "€"', ["unit"]),
        ("E", 20, "#,##0.00\\ [$€-40C]", ["unit"]),
        ("E", 20, ";;;", ["not-shown"]),
        ("E", 20, "0,", ["not-shown"]),
        ("E", 121.33, '0.00" h"', RIGHT),
        ("E", 121.33, "#,##0.00_-", RIGHT),
        # The French style «Milliers»: room for a sign that is not printed.
        ("E", 121.33, '_-* #,##0.00\\ _€_-;\\-* #,##0.00\\ _€_-;_-* "-"??\\ _€_-;_-@_-', RIGHT),
        ("E", 121.33, "[Red][>100]0.00;0.00", RIGHT),
        ("A", 42, "_-* #,##0\\ _€_-", ["42 2026-02 121.33"]),
        ("A", 42, "0000", ["0042 2026-02 121.33"]),
        ("A", 42, '"P-"0000', ["P-0042 2026-02 121.33"]),
        ("A", 42, "0", ["42 2026-02 121.33"]),
        ("A", 42, '00" bis "00', ["not-a-reference"]),
        ("A", 1.2345678901234568e17, "General", ["not-a-reference"]),
        ("A", "1,23457E+11", "General", ["abridged"]),
        ("D", 2026.1, "General", ["not-a-month"]),
    ],
)
def test_a_number_is_what_its_format_shows(column: str, value: Any, format: str, rule: list[str]) -> None:
    def shown(book: Workbook, sheet: Any) -> None:
        sheet[f"{column}2"].value, sheet[f"{column}2"].number_format = value, format

    assert found(book_of(TITLES, ROW, change=shown)) == rule


@pytest.mark.parametrize(("on_load", "outcome"), [(b"1", ["formula"]), (b"0", ["P-1 2026-02 0.00"])])
def test_a_zero_that_was_never_calculated_is_no_result(on_load: bytes, outcome: list[str]) -> None:
    """XlsxWriter keeps 0 for a formula, and tells whoever opens the book to calculate it."""
    out, made = io.BytesIO(), zipfile.ZipFile(io.BytesIO(book_of(TITLES, [*ROW[:4], "=7*5"])))
    with zipfile.ZipFile(out, "w") as parts:
        for name in made.namelist():
            content = made.read(name).replace(b'fullCalcOnLoad="1"', b'fullCalcOnLoad="%s"' % on_load)
            # An empty value is written in three ways, according to who writes XML.
            parts.writestr(name, re.sub(rb"(?<=<f>7\*5</f>)<v(></v| ?/)>", b"<v>0</v>", content))
    assert found(out.getvalue()) == outcome


def test_a_social_security_number_is_found_in_comments_and_on_other_sheets() -> None:
    def remark(book: Workbook, sheet: Any) -> None:
        sheet["A2"].comment = Comment(f"NIR {NIR}", "x")

    def elsewhere(book: Workbook, sheet: Any) -> None:
        book.create_sheet("Infos").append([NIR])

    assert found(book_of(TITLES, ROW, change=remark)) == "nir"
    assert found(book_of(TITLES, ROW, change=elsewhere)) == "nir"


CSV = "Participant;Nature du contrat;Employeur;Mois;Heures\r\nP-1;CDD;Bâti Creuse;02/2026;121,33\r\n"


@pytest.mark.parametrize(
    ("content", "outcome"),
    [
        (f"Relevé, février, 2026, école, Guéret, x\r\n{CSV}".encode(), RIGHT),
        (f"Chantier; école\r\n{CSV.replace(',', '.').replace(';', ',')}".encode(), RIGHT),
        (CSV.encode() + "P-2;CDD;Été;02/2026;3\r\n".encode("cp1252"), ["encoding", "P-2 2026-02 3.00"]),
        (CSV.replace("Heures", "Heures réalisées").encode().decode("cp1252").encode(), "encoding"),
        (CSV.encode().decode("cp1252").encode(), ["encoding"]),
        (b"<html><table><tr><td>Participant</td></tr></table></html>", "format"),
    ],
)
def test_csv_with_a_title_above_or_with_broken_letters(content: bytes, outcome: Any) -> None:
    assert found(content) == outcome


def test_figures_that_a_spreadsheet_takes_from_a_reference_make_no_second_person() -> None:
    for other in ("42", "0042.0", "00042"):
        lines = read(CSV.replace("P-1", other).encode())
        refuse_other_spellings(lines, {"0042"})
        assert [error.rule for line in lines for error in line.errors] == ["other-spelling"], other


SUB = ["Prévues", "Réalisées"]
GROUPS = [
    [[*TITLES, ""], ["", "", "", "", *SUB]],
    [["", "", "", "", "Heures", ""], [*TITLES[:4], *SUB]],
    [["Relevé de février"], ["Identité", "Contrat", "", "Période", "Heures", ""], [*TITLES[:4], *SUB]],
    [["Heures d'insertion"], [*TITLES[:4], *SUB]],
    [[*TITLES, ""], ["", "", "", "mm/aaaa", *SUB]],
]


def joined(book: Workbook, sheet: Any) -> None:
    for cells in ("A1:A2", "B1:B2", "C1:C2", "D1:D2", "E1:F1"):
        sheet.merge_cells(cells)


@pytest.mark.parametrize(("titles", "change"), [*((one, None) for one in GROUPS), (GROUPS[0], joined)])
def test_titles_in_two_rows_are_one(titles: list[list[str]], change: Any) -> None:
    sheet = read_sheet(book_of(*titles, [*ROW[:4], 151, 35.5], change=change), holds_hours)
    [line] = read_lines(sheet, None, None)
    assert (line.errors, str(line.asked and line.asked.hours)) == ([], "35.50")
    [unread] = columns_unread(sheet)
    assert "Prévues" in unread


@pytest.mark.parametrize(
    ("titles", "rule"),
    [
        ([[*TITLES, ""], ["", "", "", "", "Chantier A", "Chantier B"]], "column-twice"),
        ([[*TITLES, ""], ["", "", "", "", "Jour", "Nuit"]], "column-twice"),
        ([[*TITLES, ""], ["", "", "", "", "Nuit", "Jour"]], "column-twice"),
        ([["", "", "", "", "Heures", ""], [*TITLES[:4], "Lundi", "Nuit"]], "column-twice"),
        ([[*TITLES[:3], "Heures", "", ""], ["", "", "", "Janvier", "Février", "Mars"]], "months-across"),
    ],
)
def test_two_hours_under_one_title_are_a_doubt(titles: list[list[str]], rule: str) -> None:
    with pytest.raises(UnreadableSheet) as refused:
        read_lines(read_sheet(book_of(*titles, [*ROW[:3], "02/2026", 1, 2]), holds_hours), None, None)
    assert refused.value.rule == rule


@pytest.mark.parametrize(
    "first",
    [["", *ROW[1:4], "néant"], ["", "", "", "", "7"], ["P-2", "", "", "", "néant"], ["", "", "", "", "Théoriques"]],
)
def test_a_first_line_with_faults_is_no_title(first: list[Any]) -> None:
    [refused, line] = read_lines(read_sheet(book_of(TITLES, first, ROW), holds_hours), None, None)
    assert refused.errors
    assert line.errors == []
