"""Imports as they are told: row by row to who sent them, and in the log."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from services.offers.commands.import_report import Report, Understood
from services.offers.domain.imports.feeds import FeedRows
from services.offers.domain.imports.sheets.rows import SheetRows
from services.offers.domain.imports.sheets.titles import FRENCH, Column
from shared.errors import FieldError


class RowError(BaseModel):
    """A field and the rule that it broke, or what was mended."""

    field: str
    rule: str
    message: str
    column: str | None = Field(
        default=None, description="Of a table: the column's letter and title, as its program shows them"
    )


class ColumnView(BaseModel):
    """A column of a table and what it is read as."""

    column: str = Field(description="Its letter", examples=["C"])
    title: str
    field: Column | None = Field(description="None: it is not read")
    read_as: str | None = Field(default=None, description="The field in French", examples=["lieu"])
    filled: int = Field(default=0, description="Rows in which something stands in it")
    example: str | None = Field(default=None, description="Of a column that is read: the first of its cells")


class RowView(BaseModel):
    """What came of a row."""

    row: int = Field(description="From 1; of a table, the number that its program shows")
    external_id: str | None
    status: str = Field(pattern="^(accepted|rejected)$")
    offer_id: str | None = None
    change: str | None = Field(
        default=None,
        description="created, updated, unchanged, kept (ended here by people), or closed (the row says that it is filled)",
    )
    duplicate_of: str | None = Field(default=None, description="The offer that is shown instead")
    understood: Understood | None = Field(
        default=None,
        description="Of a preview, where the offer is new or changed; of a row that is refused only for what it does not say "
        "(contract, place): all the rest",
    )
    errors: list[RowError] = []
    warnings: list[RowError] = []


class ImportView(BaseModel):
    """Line by line."""

    id: str | None = Field(description="In the log; none of a preview")
    preview: bool = Field(default=False, description="Nothing was imported: this is what would come of it")
    summary: str = Field(description="What came of it, or would, in French: for whoever sent it")
    partner: str
    accepted: int
    rejected: int
    created: int
    updated: int
    unchanged: int
    duplicates: int
    closed: int = Field(
        description="Offers of the feed that its rows say are over, and of a complete feed those that it no longer holds"
    )
    kept_open: str | None = Field(
        default=None, description="Why nothing was closed although the feed was said to be complete"
    )
    columns: list[ColumnView] = Field(default=[], description="Of a table: what each of its columns is read as")
    notes: list[str] = Field(
        default=[],
        description="Of the file: what of a table was passed over, in French; what is wrong with the file as a whole",
    )
    rows: list[RowView]


class ImportSummary(BaseModel):
    """An import in the log."""

    id: str
    partner: str
    at: datetime
    state: str = Field(
        default="done",
        description="running, done, interrupted (send the feed again, what is there stays as it is), or replaced (a later import "
        "of the same feed says that it is complete)",
    )
    rows: int
    done: int = Field(default=0, description="Rows that were decided so far")
    accepted: int
    rejected: int
    closed: int
    kept_open: str | None = None


class ImportLog(ImportSummary):
    """With what was refused (the first 5,000, as far as they fit)."""

    refused: list[dict[str, Any]]


def begun(report: Report, rows: int) -> ImportSummary:
    """An import of which nothing is decided yet."""
    return ImportSummary(
        id=report.id, partner=report.scope.partner, at=report.at, state="running",
        rows=rows, accepted=0, rejected=0, closed=0,
    )  # fmt: skip


def summary_of(report: Report, *, preview: bool) -> str:
    """«Sur 12 lignes, 10 offres sont prises (9 nouvelles, 1 modifiée) ; 2 lignes sont refusées …»."""
    changes = [row.change for row in report.rows]
    ended = changes.count("closed")
    taken, refused = report.accepted, len(report.rows) - report.accepted - ended
    doubtful = sum(row.accepted and bool(row.warnings) for row in report.rows)
    kinds = (
        (changes.count("created"), "nouvelle"), (changes.count("updated"), "modifiée"),
        (changes.count("unchanged") + changes.count("kept"), "inchangée"),
    )  # fmt: skip
    said = ", ".join(_counted(count, name) for count, name in kinds if count)
    verb = ("serait prise", "seraient prises") if preview else ("est prise", "sont prises")
    parts = [f"Sur {_counted(len(report.rows), 'ligne')}, {_counted(taken, 'offre')} {verb[taken > 1]}"]
    if said:
        parts[0] += f" ({said})"
    if refused:
        parts.append(f"{_counted(refused, 'ligne')} {'sont refusées' if refused > 1 else 'est refusée'}")
    if doubtful:
        parts.append(f"{_counted(doubtful, 'offre')} {'ont' if doubtful > 1 else 'a'} un point à vérifier")
    if ended:
        over = ("est fermée", "sont fermées") if not preview else ("serait fermée", "seraient fermées")
        parts.append(
            f"{_counted(ended, 'offre')} {'dites pourvues' if ended > 1 else 'dite pourvue'} {over[ended > 1]}"
        )
    if gone := len(report.closed) - (0 if preview else ended):
        closed = "qui n'y sont plus sont closes" if gone > 1 else "qui n'y est plus est close"
        parts.append(f"{_counted(gone, 'offre')} {closed}")
    text = " ; ".join(parts) + "."
    if report.stopped is not None:
        text += f" {report.stopped.message} Le reste n'est pas pris."
    elif refused:
        text += " Corrigez les lignes refusées et renvoyez le fichier entier : ce qui est pris n'est pas doublé."
    return f"Aperçu, rien n'est enregistré. {text}" if preview else text


def _counted(count: int, name: str) -> str:
    return f"{count} {name}{'s' if count > 1 else ''}"


def told(report: Report, rows: FeedRows, *, preview: bool = False) -> ImportView:
    """All that came of an import, or would."""
    changes = [row.change for row in report.rows]
    table = rows if isinstance(rows, SheetRows) else None

    def of(error: FieldError) -> RowError:
        return RowError(**vars(error), column=report.columns.get(error.field))

    return ImportView(
        id=None if preview else report.id,
        preview=preview,
        columns=[
            ColumnView(
                column=one.letter,
                title=one.title,
                field=one.column,
                read_as=FRENCH[one.column] if one.column else None,
                filled=filled,
                example=example,
            )
            for one, filled, example in (table.shown() if table else ())
        ],
        notes=table.notes if table else list(rows.flaws),
        summary=summary_of(report, preview=preview),
        partner=report.scope.partner,
        accepted=report.accepted,
        rejected=len(report.rows) - report.accepted,
        created=changes.count("created"),
        updated=changes.count("updated"),
        unchanged=changes.count("unchanged") + changes.count("kept"),
        duplicates=sum(row.duplicate_of is not None for row in report.rows),
        closed=len(report.closed),
        kept_open=report.kept_open,
        rows=[
            RowView(
                row=row.row,
                external_id=row.external_id,
                status="accepted" if row.accepted else "rejected",
                offer_id=None if preview and row.change == "created" else row.offer_id,
                change=row.change,
                duplicate_of=row.duplicate_of,
                understood=row.understood,
                errors=[of(error) for error in row.errors],
                warnings=[of(warning) for warning in row.warnings],
            )
            for row in report.rows
        ],
    )


def logged(row: dict[str, Any]) -> dict[str, Any]:
    """What the log tells of an import."""
    hidden = {"_id", "by", "territories", "replaces", "updated_at", "schema"}
    return {"id": row["_id"], **{name: value for name, value in row.items() if name not in hidden}}
