"""A day is read the same in every file that comes in, whoever wrote it and with which program."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from shared.tables import Cell, read_sheet
from shared.tables.days import day_in, day_written

TODAY = date(2026, 11, 29)
FEBRUARY_15 = date(2026, 2, 15)


@pytest.mark.parametrize(
    "written",
    [
        "2026-02-15", "2026-2-15", "20260215", "2026/02/15", "15/02/2026", "15/2/26", "15.02.26", "15-02-2026", "15 02 2026",
        "15 février 2026", "15 FÉVRIER 2026", "15 fe\u0301vrier 2026", "15 févr. 2026", "15-févr.-26", "15-févr-2026", "15fév26",
        "dimanche 15 février 2026", "dim. 15 févr. 2026", "le 15 février 2026", "15 Feb 2026", "Feb 15, 2026",
        "2026-02-15T00:00:00Z", "2026-02-15 08:30:00.000", "2026-02-15+01:00", "15/02/2026 08:30", "15/02/2026 à 8h30",
        "15\u00a0février\u202f2026", "１５/０２/２０２６", "\u200f15/02/2026\u200e", "15 / 02 / 2026",
    ],
)  # fmt: skip
def test_one_day_in_the_writings_of_people_and_programs(written: str) -> None:
    assert day_written(written, TODAY) == FEBRUARY_15


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("1er mars 2026", date(2026, 3, 1)),
        ("mardi 3 mars 2026", date(2026, 3, 3)),
        ("mar. 3 mar 2026", date(2026, 3, 3)),
        ("29/02/00", date(2000, 2, 29)),
        ("29/11/26", date(2026, 11, 29)),
        ("30/11/26", date(1926, 11, 30)),
        ("31/12/99", date(1999, 12, 31)),
        ("15 août 85", date(1985, 8, 15)),
    ],
)
def test_names_and_years_of_two_figures(written: str, day: date) -> None:
    assert day_written(written, TODAY) == day


@pytest.mark.parametrize(
    "written",
    [
        "", "février 2026", "févr.-26", "2026", "02/2026", "15/02", "mardi", "1985", "0", "99999", "1 234", "15/02/206",
        "02/15/2026", "31/02/2026", "29/02/2026", "31 avril 2026", "00/02/2026",
        "46068", "46068,35", "15-02/2026", "15/02/2026 au 28/02/2026",
        "15 mars-avril 2026", "15022026", "20261332", "=TODAY()", "٣/٢/٢٠٢٦", "15/02/2026" + " " * 50 + "x",
    ],
)  # fmt: skip
def test_what_names_no_day_or_two_is_none(written: str) -> None:
    assert day_written(written, TODAY) is None


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        (Cell(FEBRUARY_15), FEBRUARY_15),
        (Cell(datetime(2026, 2, 15, 23, 59, tzinfo=UTC)), FEBRUARY_15),
        (Cell(46068, format="General"), FEBRUARY_15),
        (Cell(46068.75, format="0.00"), FEBRUARY_15),
        (Cell(44606, from_1904=True), FEBRUARY_15),
        (Cell("46068"), FEBRUARY_15),
        (Cell("46068,35"), FEBRUARY_15),
        (Cell("46068", counts_days=False), None),
        (Cell("15/02/2026", counts_days=False), FEBRUARY_15),
        (Cell("15 février 2026"), FEBRUARY_15),
        (Cell(46068, format="0 %"), None),
        (Cell(46068, format='0 "h"'), None),
        (Cell(True), None),
        (Cell(1985), None),
        (Cell(None), None),
    ],
)
def test_a_cell_that_lost_the_format_of_its_day_is_still_one(cell: Cell, day: Any) -> None:
    assert day_in(cell, TODAY) == day


@pytest.mark.parametrize(
    ("column", "days"),
    [
        (["46068", "46069"], [FEBRUARY_15, date(2026, 2, 16)]),
        (["", "46068", "46069,5"], [None, FEBRUARY_15, date(2026, 2, 16)]),
        # One number alone, or beside days that people wrote, may be anything: it is asked.
        (["46068"], [None]),
        (["15/02/2026", "46068"], [FEBRUARY_15, None]),
        (["46068", "46069", "15/02/2026"], [None, None, FEBRUARY_15]),
    ],
)
def test_a_text_file_keeps_days_as_numbers_where_its_column_does(column: list[str], days: list[Any]) -> None:
    text = "Nom;Né le\n" + "".join(f"N{number};{one}\n" for number, one in enumerate(column))
    sheet = read_sheet(text.encode(), lambda rows: True)
    assert [day_in(row.cells[1], TODAY) for row in sheet.rows[1:]] == days
