"""Reports over contracts: JSON, CSV, XLSX and PDF of the same figures; the territory's year as anybody may read it."""

import asyncio
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from fastapi import Query, Response
from pydantic import Field

from services.clauses.api.scope import InScope
from services.clauses.context import Context, Ctx
from services.clauses.documents.figures import GROUP_LABELS, Frame
from services.clauses.documents.pdf import as_pdf
from services.clauses.documents.tables import as_csv, as_xlsx
from services.clauses.domain.errors import ReportRefused
from services.clauses.domain.report import GroupBy, Line, Report
from services.clauses.queries.reports import KIND_LABELS, public_report, report_for
from services.clauses.store import local_categories
from shared import civil
from shared.contracts.events.base import Territory
from shared.domain import Entity
from shared.errors import refused_field
from shared.http import COSTLY, BoundedRoute, Caller, resource
from shared.reference.departments import with_name
from shared.reference.publics import REFERENTIAL

router = resource("/v1/reports", "reports", route_class=BoundedRoute)

_FILES: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            "text/csv": {"schema": {"type": "string"}},
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": {
                "schema": {"type": "string", "format": "binary"}
            },
            "application/pdf": {"schema": {"type": "string", "format": "binary"}},
        }
    }
}


class Format(StrEnum):
    """How the report is answered."""

    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"
    PDF = "pdf"


class LineView(Entity):
    """A line of a report. Hours are decimal strings; a count of people is null where it is masked."""

    key: str
    label: str
    contracts: int
    authorities: int
    objective_hours: Decimal
    expected_hours: Decimal = Field(
        description="Objective x share of the contract's days that lies in the period and has begun"
    )
    declared_hours: Decimal | None = Field(description="Null where they would be those of a few people (masked)")
    validated_hours: Decimal | None
    validated_whole_hours: int | None = Field(description="As reports print them: completed hours")
    participants: int | None
    by_sex: dict[str, int | None]
    by_category: dict[str, int | None] = Field(description="Decisions that stand; a person may belong to several")
    by_age_band: dict[str, int | None]
    rsa_hours: Decimal | None = Field(description="Validated hours of RSA recipients")
    ended_employments: int | None
    exits: dict[int, dict[str, int | None]] = Field(description="Situations 1, 3 and 6 months after the end")

    @classmethod
    def of(cls, line: Line) -> "LineView":
        # Thousands of lines of our own figures: to validate them takes as long as to count them.
        return cls.model_construct(**vars(line), validated_whole_hours=line.validated_whole)


class MonthView(Entity):
    """Validated hours of a month by kind of clause."""

    month: str
    by_kind: dict[str, Decimal]


class ReportView(Entity):
    """The whole, its parts and the hours by month."""

    total: LineView
    by: GroupBy | None
    groups: list[LineView]
    months: list[MonthView]
    masked: bool
    as_of: datetime

    @classmethod
    def of(cls, found: Report, by: GroupBy | None, now: datetime) -> "ReportView":
        return cls(
            total=LineView.of(found.total),
            by=by,
            groups=[LineView.of(line) for line in found.groups],
            months=[MonthView(month=month, by_kind=dict(hours)) for month, hours in found.months],
            masked=found.masked,
            as_of=now,
        )


@router.get(
    "",
    summary="Figures of the contracts that the caller may see",
    response_model=ReportView,
    responses=_FILES,
    openapi_extra=COSTLY,
)
async def read_report(
    caller: Caller,
    context: Ctx,
    scope: InScope,
    by: Annotated[GroupBy | None, Query(description="What the figures are split by")] = GroupBy.KIND,
    format: Annotated[Format, Query(description="How it is answered; `Accept` is not asked")] = Format.JSON,
) -> Response:
    found = await report_for(context, caller, scope, by)
    lines = [] if scope.territory is None else [f"Département : {with_name(scope.territory)}"]
    return await _answer(
        context, found, by, format, (*lines, _period(scope.first, scope.last)), sorted(caller.territories)
    )


@router.get(
    "/public",
    summary="A territory's calendar year as anybody may read it: counts of people are masked",
    response_model=ReportView,
    responses=_FILES,
    openapi_extra=COSTLY,
)
async def read_public_report(
    context: Ctx,
    territory: Annotated[Territory, Query(description="Département")],
    year: Annotated[int, Query(ge=2000, le=2100, description="Calendar year, begun already")],
    by: Annotated[
        GroupBy | None,
        Query(description="What the figures are split by; `contract` and `carrier` are not public (422)"),
    ] = GroupBy.KIND,
    format: Annotated[Format, Query(description="How it is answered; `Accept` is not asked")] = Format.JSON,
) -> Response:
    if by in (GroupBy.CONTRACT, GroupBy.CARRIER):
        raise refused_field(ReportRefused, "query.by", "not-public", "Ce détail n'est pas public.")
    if year > context.today(territory).year:
        raise refused_field(ReportRefused, "query.year", "in-the-future", "Cette année n'a pas commencé.")
    found = await public_report(context, territory, year, by)
    return await _answer(
        context, found, by, format, (f"Département : {with_name(territory)}", f"Année {year}"), [territory]
    )


async def _answer(
    context: Context, found: Report, by: GroupBy | None, format: Format, scope: tuple[str, ...], territories: list[str]
) -> Response:
    now = context.clock.now()
    if format is Format.JSON:
        # A line for each of thousands of contracts: others are served meanwhile.
        written = await asyncio.to_thread(lambda: ReportView.of(found, by, now).model_dump_json())
        return Response(written, media_type="application/json")
    local = {one.code: one.label for one in await local_categories(context.store, territories)}
    labels = {one.code: one.label for one in REFERENTIAL} | local
    made_on = civil.day_in_words(context.today(territories[0] if len(territories) == 1 else ""))
    chosen = tuple(f"{GROUP_LABELS[one]} : {label}" for one, label in found.within)
    frame = Frame("Clauses sociales : bilan", (*chosen, *scope), by, made_on, labels, context.settings.fte_hours)
    kinds = {kind.value: label for kind, label in KIND_LABELS.items()}
    name = "clauses" if by is None else f"clauses-{by}"
    if format is Format.CSV:
        body = await asyncio.to_thread(lambda: as_csv(found).encode())
        return _file(body, "text/csv; charset=utf-8", f"{name}.csv")
    if format is Format.XLSX:
        body = await asyncio.to_thread(as_xlsx, found, frame, kinds)
        return _file(body, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", f"{name}.xlsx")
    return _file(await asyncio.to_thread(as_pdf, found, frame, kinds), "application/pdf", f"{name}.pdf")


def _file(body: bytes, media_type: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return Response(body, media_type=media_type, headers=headers)


def _period(first: str | None, last: str | None) -> str:
    if first is None and last is None:
        return "Depuis le début des marchés"
    if first == last and first is not None:
        return f"Période : {civil.month_in_words(first)}"
    begins = "du début" if first is None else f"de {civil.month_in_words(first)}"
    return f"Période : {begins} à {'aujourd’hui' if last is None else civil.month_in_words(last)}"
