"""A report as a tagged PDF (PDF/UA-1) by Typst: selectable text, French typography, charts with a description."""

import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import typst

from services.clauses.documents.figures import GROUP_LABELS as GROUPS
from services.clauses.documents.figures import HIDDEN, NO_HOURS, Cell, Frame, details, every_month, french, hours
from services.clauses.domain.report import GroupBy, Line, Report
from shared import civil
from shared.typesetting import set_whole
from shared.visible import without_hidden

MOST_MONTHS = 24
"""Bars that a page has room for: the last two years."""
MOST_BARS = 25
"""Lines whose progress is drawn."""
MOST_ROWS = 150
"""Lines of the table. More are written one below the other at the end: of 2,000 rows the typesetter alone took 2.5 s."""
PART_ROWS = 500
"""Of these under one heading: eleven pages where names are short."""
_LATEST = f"Les {MOST_BARS} lignes les plus en retard sur le temps écoulé ; toutes sont écrites plus bas."

_TEMPLATE = Path(__file__).with_name("report.typ")
_HEADER = (
    "",
    "Marchés",
    "Maîtres d'ouvrage",
    "Heures dues",
    "Heures validées",
    "Participants",
    "Femmes",
    "Hommes",
    "dont RSA (h)",
)
_NOTE = (
    "Heures entières, chaque chiffre arrondi vers le bas à partir de sa valeur exacte : la somme des lignes peut être "
    "inférieure au total. Une personne présente sur plusieurs lignes compte une fois au total."
)
_BELOW = "Les {} lignes sont à la fin, une par une. "
_MASKED = " Les effectifs sont arrondis à 5 ; ceux de 1 à 4 ne sont pas montrés."


def as_pdf(found: Report, frame: Frame, kinds: Mapping[str, str]) -> bytes:
    """A4 pages. Of a script that no font has, each character is a box: the figures are worth more than one contract's name."""
    made, _ = set_whole(_data(found, frame, kinds), _set)
    return made


def _named(number: int | None, one: str, several: str) -> str:
    """What a figure counts; one that is masked is of several."""
    return one if number is not None and number < 2 else several


def _set(data: dict[str, Any]) -> bytes:
    written = json.dumps(data, ensure_ascii=False)
    made: bytes = typst.compile(str(_TEMPLATE), sys_inputs={"data": written}, pdf_standards=["ua-1"])
    return made


def _data(found: Report, frame: Frame, kinds: Mapping[str, str]) -> dict[str, Any]:
    total = found.total
    worked = every_month(found)
    present = [kind for kind in kinds if any(hours.get(kind) for _, hours in worked)]
    months = [
        {"label": f"{month[5:]}/{month[2:4]}", "parts": [float(hours.get(kind, 0)) for kind in present]}
        for month, hours in worked[-MOST_MONTHS:]
    ]
    long = len(found.groups) > MOST_ROWS
    most = max((sum(hours.values()) for _, hours in worked[-MOST_MONTHS:]), default=0)
    return {
        "title": _plain(frame.title),
        "scope": [_plain(line) for line in frame.scope],
        "footer": f"Bassin, {frame.made_on}",
        "boxes": [
            {
                "figure": french(total.contracts),
                "label": _named(total.contracts, "marché ou subvention", "marchés et subventions"),
            },
            {
                "figure": french(total.authorities),
                "label": _named(total.authorities, "maître d'ouvrage", "maîtres d'ouvrage"),
            },
            {"figure": _count_cell(hours(total.validated_whole)), "label": "heures validées"},
            {"figure": _count(total.participants), "label": _named(total.participants, "participant", "participants")},
            {"figure": _share(total), "label": "des heures dues"},
        ],
        "progress": _progress(found),
        "progress_note": _LATEST if len(found.groups) > MOST_BARS else "",
        "by": "" if frame.by is None or not found.groups else GROUPS[frame.by],
        "header": list(_HEADER),
        "rows": [] if long else [_cells(line) for line in found.groups],
        "total": _cells(total),
        "note": (_BELOW.format(french(len(found.groups))) if long else "") + _NOTE + (_MASKED if found.masked else ""),
        "parts": _parts(found.groups, frame.by) if long else [],
        "months": months,
        "months_most": f"{french(int(most))} h",
        "months_alt": _in_words(worked),
        "kinds": [kinds[kind] for kind in present],
        "lists": [
            _list(title, items) for title, items in details(found, frame) if any(count != 0 for _, count in items)
        ],
    }


def _cells(line: Line) -> list[str]:
    rsa = hours(None if line.rsa_hours is None else int(line.rsa_hours))
    counts = [_count(line.participants), _count(line.by_sex["female"]), _count(line.by_sex["male"])]
    sums = (line.contracts, line.authorities, int(line.objective_hours), hours(line.validated_whole))
    return [_plain(line.label), *map(_count_cell, sums), *counts, _count_cell(rsa)]


def _parts(lines: list[Line], by: GroupBy | None) -> list[dict[str, Any]]:
    """All lines, so many under each heading: a reader's bookmarks lead to them."""
    return [
        {
            "title": f"Lignes {french(start + 1)} à {french(min(start + PART_ROWS, len(lines)))}",
            "entries": [_entry(line, by) for line in lines[start : start + PART_ROWS]],
        }
        for start in range(0, len(lines), PART_ROWS)
    ]


def _entry(line: Line, by: GroupBy | None) -> list[str]:
    """A line's name, and the figures that its row would say, with what they are. A contract is one, and its buyer's."""
    label, contracts, authorities, due, validated, participants, women, men, rsa = _cells(line)
    hours = f"dues {due} h, validées {validated} h, dont RSA {rsa} h"
    people = f"participants {participants}, femmes {women}, hommes {men}"
    if by is not GroupBy.CONTRACT:
        people = f"marchés {contracts}, maîtres d'ouvrage {authorities}, {people}"
    return [label, hours, people]


def _progress(found: Report) -> list[dict[str, Any]]:
    """A bar for each line that owes hours and shows them, the total first; of many lines those that are furthest behind."""
    told = [line for line in found.groups if _percent(line) is not None]
    if len(found.groups) > MOST_BARS:
        told.sort(key=lambda line: (line.validated_hours or 0) - line.expected_hours)
        del told[MOST_BARS:]
    bars = []
    for line in (found.total, *told):
        percent = _percent(line)
        if percent is not None:
            passed = line.expected_hours / line.objective_hours * 100
            bars.append(
                {
                    "label": _plain(line.label),
                    "share": float(min(percent, Decimal(100))),
                    "elapsed": float(min(passed, Decimal(100))),
                    "text": f"{_whole(percent)} %",
                    "elapsed_text": f"{_whole(passed)} %",
                }
            )
    return bars


def _percent(line: Line) -> Decimal | None:
    if not line.objective_hours or line.validated_hours is None:
        return None
    return line.validated_hours / line.objective_hours * 100


def _whole(percent: Decimal) -> str:
    """Completed per cents, as hours are completed hours: 100 stands where all is done."""
    return french(int(percent))


def _share(total: Line) -> str:
    percent = _percent(total)
    return NO_HOURS if percent is None else f"{_whole(percent)} %"


def _list(title: str, items: list[tuple[str, Cell]]) -> dict[str, Any]:
    return {
        "title": title,
        "items": [
            {"label": _plain(label), "size": count if isinstance(count, int) else 0, "text": _count_cell(count)}
            for label, count in items
        ],
    }


def _count(count: int | None) -> str:
    return HIDDEN if count is None else french(count)


def _count_cell(count: Cell) -> str:
    return count if isinstance(count, str) else french(count)


def _in_words(worked: Sequence[tuple[str, Mapping[str, Decimal]]]) -> str:
    """What the chart shows, for whoever hears the page."""
    hours = (f"{civil.month_in_words(month)} {int(sum(kinds.values()))} heures" for month, kinds in worked)
    return "Histogramme des heures validées : " + ", ".join(hours)


_LONG = re.compile(r"\S{25,}")
"""Longer than a column; words of a language are not."""
_PIECE = re.compile(r"\S{4}(?=\S)")


def _plain(text: str) -> str:
    """One line, which may be broken within a word that is longer than a column."""
    shown = without_hidden(text).replace("\n", " ")
    return _LONG.sub(lambda word: _PIECE.sub("\\g<0>\u200b", word[0]), shown)
