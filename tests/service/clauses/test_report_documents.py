"""Files of reports whose names are of any length and script, with no line, one, and more than a table of a page holds."""

import csv
import io
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pypdfium2
import pytest
from openpyxl import load_workbook

from services.clauses.documents.figures import Frame, details, every_month, french
from services.clauses.documents.pdf import MOST_ROWS, as_pdf
from services.clauses.documents.tables import as_csv, as_xlsx
from services.clauses.domain.report import GroupBy, Line, Report
from services.clauses.queries.reports import KIND_LABELS

D = Decimal
KINDS = {kind.value: label for kind, label in KIND_LABELS.items()}
NAMES = (
    "=cmd|' /C calc'!A0",
    "+33 5 55 00 00 00",
    "@SUM(A1:A9)",
    "-2+3",
    "مشروع ترميم المدرسة الابتدائية رقم 12",
    "שיפוץ בית הספר \u202e321",
    "小学校改修工事",
    "Réfection 👷\u200d♀️ du gymnase 🇫🇷",
    "ЖКХ Ремонт",
    "W" * 300,
    "Très " * 60,
    "  espaces\u00a0autour \u2003",
    "#let x = $a$ <b>&amp;</b> \\ _gras_",
    "_x0041_ \u200b\ufeff\x07 caché",
    "'",
    "e\u0301cole de\u0301compose\u0301e",
    "1e5",
    "2026-01-02",
)


def line(key: str, label: str, number: int) -> Line:
    """Figures that are of no other line."""
    hours = D(100_000 + 7 * number).scaleb(-2) + number * 1000
    return Line(
        key=key,
        label=label,
        contracts=1,
        authorities=1,
        objective_hours=D(2_000_000 + number),
        expected_hours=D(1_000_000 + number),
        declared_hours=hours + 1,
        validated_hours=hours,
        participants=60 + number,
        by_sex={"female": 20 + number, "male": 40, "unstated": 0},
        by_category={"rsa": 9},
        by_age_band={"under_26": 5, "26_to_49": 50, "50_and_over": 5, "unknown": 0},
        rsa_hours=hours / 10,
        ended_employments=3,
        exits={1: {"cdi": 2}, 3: {}, 6: {}},
    )


def made(labels: list[str]) -> Report:
    months = [(f"2026-{month:02}", {kind: D(month) for kind in KINDS}) for month in range(1, 13)]
    return Report(
        line("total", "Total", 5_000),
        [line(str(n), label, n) for n, label in enumerate(labels)],
        months if labels else [],
    )


FRAME = Frame("Clauses sociales : bilan", ("Département 23",), GroupBy.CONTRACT, "aujourd'hui", {"rsa": "RSA"})


def of_any_name(count: int) -> Report:
    """The odd names first, the rest plain."""
    return made([*NAMES, *(f"Marché {n}" for n in range(count))][:count])


def words(pdf: bytes) -> str:
    pages = pypdfium2.PdfDocument(pdf)
    text = " ".join(page.get_textpage().get_text_bounded() for page in pages)
    # Characters without a picture are read as such, and a long word is broken by one that has no width.
    return " ".join(text.replace("\u202f", "").replace("\xa0", " ").replace("\u200b", "").split())


@pytest.mark.parametrize("count", [0, 1, len(NAMES), MOST_ROWS, MOST_ROWS + 1, 2_000])
def test_no_line_is_left_out_of_a_page_however_many_there_are(count: int) -> None:
    found = of_any_name(count)
    text = words(as_pdf(found, FRAME, KINDS))
    # Of nothing there is no table; what was done in all stands above it.
    for one in (*found.groups, found.total) if count else ():
        due, validated, rsa = (int(hours or 0) for hours in (one.objective_hours, one.validated_hours, one.rsa_hours))
        people = (one.participants, one.by_sex["female"], one.by_sex["male"])
        if count > MOST_ROWS and one is not found.total:
            said = "dues {} h, validées {} h, dont RSA {} h participants {}, femmes {}, hommes {}".format(
                due, validated, rsa, *people
            )
        else:
            figures = [str(figure) for figure in (1, 1, due, validated, *people, rsa)]
            # Beside a name that is read from the right, whoever extracts text may turn round the row.
            said = " ".join(figures if " ".join(figures) in text else reversed(figures))
        assert said in text, one.label
    assert french(found.total.validated_whole or 0).replace("\u202f", "") in text
    assert ("à la fin, une par une" in text) is (count > MOST_ROWS)
    assert ("Lignes 1501 à 2000" in text) is (count == 2_000)


@pytest.mark.parametrize("count", [0, 1, len(NAMES), 2_000])
def test_every_line_is_in_the_tables_as_it_is(count: int) -> None:
    found = of_any_name(count)
    book = load_workbook(io.BytesIO(as_xlsx(found, FRAME, KINDS)))
    rows = [row for row in book["Bilan"].iter_rows() if row[1].value is not None][1:]
    said: list[dict[str, Any]] = list(csv.DictReader(io.StringIO(as_csv(found).lstrip("\ufeff")), delimiter=";"))
    for one, cells, row in zip((*found.groups, found.total), rows, said, strict=True):
        label, _, _, due, _, _, validated, whole, participants, *_ = (cell.value for cell in cells)
        assert (round(D(due), 2), round(D(validated), 2)) == (one.objective_hours, one.validated_hours)
        assert (whole, participants) == (one.validated_whole, one.participants)
        assert D(row["Heures validées"].replace(",", ".")) == one.validated_hours
        assert {cell.data_type for cell in cells} == {"s", "n"}
        assert cells[3].number_format == "#,##0.00"
        # What is not seen is no part of a name; all that is seen is.
        assert "".join(label.split()) == "".join(_seen(one.label).split())
        assert row["Ligne"].lstrip("'") == _seen(one.label).lstrip("'"), row
        # A formula in a CSV begins with one of these.
        assert not row["Ligne"].startswith(("=", "+", "-", "@", "\t"))


def _seen(label: str) -> str:
    return label.translate({ord(one): None for one in "\u200b\ufeff\x07\u202e"})


def test_a_word_of_any_length_stays_in_its_column() -> None:
    pages = pypdfium2.PdfDocument(as_pdf(made(["W" * 300, "w"]), replace(FRAME, by=GroupBy.EPCI), KINDS))
    letters = 0
    for text in (page.get_textpage() for page in pages):
        second = text.get_charbox(text.get_text_range().index("Marchés"))[0]
        ends = [text.get_charbox(n)[2] for n in range(text.count_chars()) if text.get_text_range(n, 1) == "W"]
        assert max(ends, default=0) < second
        letters += len(ends)
    # On its bar and in its row.
    assert letters == 600


def test_nothing_that_is_masked_is_read_from_a_long_page() -> None:
    few = replace(
        line("few", "Peu", 3),
        declared_hours=None,
        validated_hours=None,
        participants=None,
        by_sex={"female": None, "male": 0, "unstated": None},
        rsa_hours=None,
    )
    found = of_any_name(MOST_ROWS + 1)
    found.groups[7] = few
    text = words(as_pdf(replace(found, masked=True), replace(FRAME, by=GroupBy.AUTHORITY), KINDS))
    assert "Peu dues 2000003 h, validées – h, dont RSA – h" in text
    assert "marchés 1, maîtres d'ouvrage 1, participants <5, femmes <5, hommes 0" in text.replace("’", "'")


@pytest.mark.parametrize("number", [0, 1, 2])
def test_what_a_figure_counts_takes_the_singular_below_two(number: int) -> None:
    """«1 participants», «1 maîtres d'ouvrage» stood in large type above each small report; and a «figure» is no chiffre."""
    few = replace(line("t", "Total", 3), participants=number, contracts=number, authorities=number)
    text = words(as_pdf(replace(of_any_name(2), total=few), FRAME, KINDS)).replace("’", "'")
    plural = "s" if number > 1 else ""
    assert f"{number} participant{plural} " in text
    assert f"{number} maître{plural} d'ouvrage" in text
    assert "chaque chiffre arrondi" in text


def test_months_without_hours_stand_between_those_that_have_some() -> None:
    """Bars of June and October side by side are read as of two months that follow each other."""
    some = {"execution_condition": D("12.50")}
    found = replace(
        made(["Marché"]), months=[("2024-05", {"execution_condition": D(0)}), ("2024-11", some), ("2025-02", some)]
    )
    months = [month for month, _ in every_month(found)]
    assert months == ["2024-11", "2024-12", "2025-01", "2025-02"]
    text = words(as_pdf(found, FRAME, KINDS))
    assert all(month in text for month in ("11/24", "12/24", "01/25", "02/25"))
    assert "05/24" not in text
    sheet = load_workbook(io.BytesIO(as_xlsx(found, FRAME, KINDS)))["Heures par mois"]
    hours = [tuple(cell.value for cell in row) for row in sheet.iter_rows(min_row=2, max_row=5)]
    assert [row[1] for row in hours] == [12.5, 0, 0, 12.5]
    nothing = replace(found, months=[("2024-05", {"execution_condition": D(0)})])
    assert "Heures validées par mois" not in words(as_pdf(nothing, FRAME, KINDS))


def test_hours_are_also_told_in_full_time_equivalents_and_for_each_participant() -> None:
    """As balances print them: 32 997,40 h of 137 people are 240,86 h each and 20,53 full-time posts."""
    total = replace(line("total", "Total", 0), validated_hours=D("32997.40"), participants=137)
    frame = replace(FRAME, full_time_year=D("1607.00"))
    sheet = load_workbook(io.BytesIO(as_xlsx(Report(total, []), frame, KINDS)))["Publics et sorties"]
    told = {row[0]: row[1] for row in sheet.iter_rows(values_only=True) if row[0]}
    assert told["Équivalents temps plein (1 607 h par an)"] == 20.53
    assert told["Heures par participant, en moyenne"] == 240.86
    text = words(as_pdf(Report(total, []), frame, KINDS))
    assert "20,53" in text
    assert "240,86" in text


def test_nothing_is_averaged_of_what_is_not_shown() -> None:
    frame = replace(FRAME, full_time_year=D("1607.00"))
    total = line("total", "Total", 0)
    for hidden in (
        replace(total, participants=None),
        replace(total, validated_hours=None),
        replace(total, participants=0),
    ):
        titles = dict(details(Report(hidden, []), frame))
        told = [label for label, _ in titles.get("Heures validées, autrement dit", [])]
        assert "Heures par participant, en moyenne" not in told
