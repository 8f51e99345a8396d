"""What came of an import: row by row for who sent it, and bounded for the log."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import orjson

from services.offers.domain.content import OfferContent, OfferFields
from services.offers.domain.imports.feeds import OVER, FeedRows
from services.offers.domain.imports.rows import Read
from services.offers.domain.imports.scope import Scope
from services.offers.domain.imports.sheets.over import Ends
from services.offers.domain.imports.sheets.titles import PLACES, Column
from services.offers.domain.schedule import DeclaredSchedule
from shared.contracts.vocabulary import ContractKind, Licence
from shared.errors import FieldError
from shared.reference.gazetteer import Gazetteer

# Of the log of one import, which is one document (16 MB at most): rows and their parts that are kept.
MAX_KEPT_ROWS = 5_000
_MAX_KEPT_BYTES = 4_000_000
REPLACED = "replaced"
"""The rule by which rows are refused that a later feed has taken the place of."""
MAX_ERRORS = 10
"""Told of one row: who sends worse mends these first."""


MOST_OF_EMPLOYER = 500
"""Rows of one employer's table: who looks for more people at once has a feed, and somebody who vouches for it."""
MOST_BYTES_OF_EMPLOYER = 8_000_000
"""Of one employer's table, unpacked: so many posts with texts of ten thousand characters."""


@dataclass(frozen=True)
class Understood:
    """What an offer of a row would say, for whoever looks at it before it is imported. Of a refused row, what it says beside what
    is missing.
    """

    title: str
    company: str
    place: str | None
    commune_code: str | None
    contract_kind: ContractKind | None
    duration_months: float | None
    weekly_hours: float | None
    hourly_min: float | None
    hourly_max: float | None
    starts_on: date | None
    positions_total: int
    occupation_code: str | None
    salary_text: str | None
    experience_months: int
    licences: tuple[Licence, ...]
    schedule: DeclaredSchedule | None
    apply_by: date | None

    @classmethod
    def of(cls, content: OfferContent, company: str) -> "Understood":
        """From the offer."""
        return cls._of(content, company, content.place.name, content.place.commune_code, content.contract_kind)

    @classmethod
    def partly(cls, read: Read, missing: Collection[str], communes: Gazetteer) -> "Understood":
        """From a row that is refused for ``missing`` fields, which are left open."""
        given = read.given
        commune = None if PLACES & set(missing) else communes.get(given.place.commune_code or "")
        contract = None if Column.CONTRACT in missing else given.contract_kind
        name, code = (commune.name, commune.code) if commune is not None else (None, None)
        return cls._of(given, read.company_name, name, code, contract)

    @classmethod
    def _of(
        cls, fields: OfferFields, company: str, place: str | None, commune: str | None, contract: ContractKind | None
    ) -> "Understood":
        return cls(
            fields.title,
            company,
            place,
            commune,
            contract,
            fields.duration_months,
            fields.weekly_hours,
            fields.salary.hourly_min,
            fields.salary.hourly_max,
            fields.starts_on,
            fields.positions_total,
            fields.occupation_code,
            fields.salary.text,
            fields.experience_months,
            fields.licences,
            fields.declared_schedule,
            fields.apply_by,
        )


@dataclass
class RowResult:
    """What came of one row. ``change`` is created, updated, unchanged, kept (ended here by people), or of one that is no
    offer any more closed. ``ends``: what it says itself that it ends.
    """

    row: int
    external_id: str | None
    accepted: bool
    offer_id: str | None = None
    change: str | None = None
    duplicate_of: str | None = None
    territory: str | None = None
    understood: Understood | None = None
    ends: Ends | None = None
    errors: Sequence[FieldError] = ()
    warnings: Sequence[FieldError] = ()

    def refuse(self, errors: Sequence[FieldError]) -> None:
        """The row is no offer, for these reasons."""
        self.accepted, self.offer_id, self.change, self.warnings = False, None, None, ()
        kept = list(errors[:MAX_ERRORS])
        if len(errors) > MAX_ERRORS:
            kept.append(FieldError("row", "more", f"Et {len(errors) - MAX_ERRORS} autres erreurs."))
        self.errors = [FieldError(one.field[:100], one.rule[:60], one.message[:500]) for one in kept]

    def close(self, offer_id: str, *, preview: bool) -> None:
        """Its offer is closed, or would be, because the row says that it is over."""
        self.offer_id, self.change = offer_id, "closed"
        said = "serait fermée" if preview else "est fermée"
        message = f"Cette offre est dite pourvue ou close : elle {said}. Envoyez-la sans ce mot pour la rouvrir."
        self.errors = [FieldError(Column.STATUS, OVER, message)]

    def logged(self, columns: Mapping[str, str]) -> dict[str, Any]:
        """The refusal as the log keeps it; ``columns``: names of a table's columns by field."""
        return {
            "row": self.row,
            "external_id": self.external_id,
            "territory": self.territory,
            "errors": [{**vars(error), **_in_column(error, columns)} for error in self.errors],
        }


def _in_column(error: FieldError, columns: Mapping[str, str]) -> dict[str, str]:
    return {"column": columns[error.field]} if error.field in columns else {}


@dataclass
class Report:
    """What came of an import. ``kept_open``: why nothing was closed although the feed was said to be complete."""

    id: str
    scope: Scope
    at: datetime
    rows: list[RowResult] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    kept_open: str | None = None
    stopped: FieldError | None = None
    """Why it ended before its last row."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """Of a table: the names of its columns by field."""

    @property
    def accepted(self) -> int:
        """Rows that are offers now."""
        return sum(row.accepted for row in self.rows)

    @property
    def present(self) -> set[str]:
        """The identifiers of all that stands in the feed, taken or not, but for what it says itself is over."""
        over = (any(error.rule == OVER for error in row.errors) for row in self.rows)
        return {row.external_id for row, ends in zip(self.rows, over, strict=True) if row.external_id and not ends}

    @property
    def state(self) -> str:
        """How it ended, as the log says it."""
        if self.stopped is None:
            return "done"
        return "replaced" if self.stopped.rule == REPLACED else "interrupted"

    def stop(self, why: FieldError) -> None:
        """No row is taken and no offer closed any more."""
        self.stopped, self.kept_open = why, f"import: {why.message}"

    def why_not_closed(self, rows: FeedRows) -> str | None:
        """Why what is missing in the feed cannot be taken for gone; None when it can."""
        if rows.flaws:
            return f"file: {rows.flaws[0]}"
        if any(row.external_id is None for row in self.rows):
            return "rows: certaines ne se lisent pas, ou n'ont pas de référence"
        return None if self.accepted else "rows: aucune n'a été acceptée"

    def progress(self) -> dict[str, Any]:
        """What the log keeps: figures, and the refused rows as far as they fit."""
        refused = [row for row in self.rows if not row.accepted]
        kept: list[dict[str, Any]] = []
        room = _MAX_KEPT_BYTES
        for row in refused[:MAX_KEPT_ROWS]:
            logged = row.logged(self.columns)
            room -= len(orjson.dumps(logged))
            if room < 0:
                break
            kept.append(logged)
        touched = {row.territory for row in self.rows if row.accepted and row.territory}
        return {
            "done": len(self.rows),
            "accepted": len(self.rows) - len(refused),
            "rejected": len(refused),
            "closed": len(self.closed),
            "kept_open": self.kept_open,
            "refused": kept,
            "territories": sorted(touched | (self.scope.territories or frozenset())),
        }
