"""Tables as people send them: CSV, XLSX, ODS out of rows of texts and numbers."""

import csv
import io
import zipfile
from collections.abc import Sequence
from datetime import date
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from openpyxl import Workbook

HEADER = ("Référence", "Poste", "Employeur", "Commune", "Contrat", "Temps de travail", "Salaire")
Rows = Sequence[Sequence[Any]]


def line(number: int, **changes: Any) -> list[Any]:
    """A sound row below ``HEADER``; changes by title."""
    plain = dict(
        zip(
            HEADER,
            (f"R{number}", f"Maçon {number}", "Bâti Creuse", "23000 Guéret", "CDI", "35", "12,50 €/h"),
            strict=True,
        )
    )
    return list((plain | changes).values())


def as_csv(rows: Rows, separator: str = ";", encoding: str = "utf-8") -> bytes:
    """As spreadsheets write it."""
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows(rows)
    return out.getvalue().encode(encoding)


def as_xlsx(*sheets: tuple[str, Rows], change: Any = None) -> bytes:
    """A workbook; ``change`` is given it before it is saved."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    if change is not None:
        change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def cell(value: Any, **attributes: Any) -> str:
    """A cell of an ODS file, of the type that its value has."""
    given = "".join(
        f" {name.replace('_', ':', 1).replace('_', '-')}={quoteattr(str(said))}" for name, said in attributes.items()
    )
    if value is None:
        return f"<table:table-cell{given}/>"
    if isinstance(value, date):
        return f'<table:table-cell office:value-type="date" office:date-value="{value.isoformat()}"{given}/>'
    if isinstance(value, (int, float)):
        typed = f'office:value-type="float" office:value="{value}"{given}'
        return f"<table:table-cell {typed}><text:p>{value}</text:p></table:table-cell>"
    paragraphs = "".join(f"<text:p>{escape(part)}</text:p>" for part in str(value).split("\n"))
    return f'<table:table-cell office:value-type="string"{given}>{paragraphs}</table:table-cell>'


def ods_row(cells: Sequence[Any], **attributes: Any) -> str:
    """A row; what is a text in angle brackets is taken as it stands."""
    given = "".join(
        f" {name.replace('_', ':', 1).replace('_', '-')}={quoteattr(str(said))}" for name, said in attributes.items()
    )
    inside = "".join(one if isinstance(one, str) and one.startswith("<table:") else cell(one) for one in cells)
    return f"<table:table-row{given}>{inside}</table:table-row>"


def as_ods(*tables: tuple[str, str], styles: str = "", secret: bool = False) -> bytes:
    """An ODS file; each table is its title and its rows (``ods_row``), a style of its own (``t0``, ``t1`` …)."""
    names = ["office", "table", "text", "style"]
    spaces = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in names)
    body = "".join(
        f'<table:table table:name={quoteattr(title)} table:style-name="t{at}">{rows}</table:table>'
        for at, (title, rows) in enumerate(tables)
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        parts.writestr("META-INF/manifest.xml", "<manifest:encryption-data/>" if secret else "<manifest/>")
        parts.writestr(
            "content.xml",
            f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces}><office:automatic-styles>{styles}'
            f"</office:automatic-styles><office:body><office:spreadsheet>{body}</office:spreadsheet></office:body>"
            "</office:document-content>",
        )
    return out.getvalue()
