"""The audit trail of reports: the entries behind a figure, with author and evidence; for buyers how many there are of them."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from fastapi import Depends, Query
from pydantic import Field

from services.clauses.api.employments import EmploymentView
from services.clauses.api.scope import InScope
from services.clauses.context import Ctx
from services.clauses.domain.errors import ReportRefused
from services.clauses.domain.ledger import Declaration, Employment, EntryKind, Evidence, HoursState, LedgerEntry
from services.clauses.domain.person import Sex
from services.clauses.domain.report import GroupBy
from services.clauses.queries.trail import (
    Evidenced,
    Figure,
    Part,
    employments_behind,
    entries_behind,
    evidence_behind,
)
from shared.domain import Entity
from shared.errors import refused_field
from shared.http import COSTLY, BoundedRoute, Caller, Page, PageQuery, resource
from shared.types import Identifier, Line

router = resource("/v1/reports", "reports", route_class=BoundedRoute)


class DeclaredView(Entity):
    """The declaration that an entry is of, as it stands now."""

    id: str
    state: HoursState
    hours: Decimal
    lot_id: str | None
    contractor_id: str | None
    employment: Employment
    evidence: tuple[Evidence, ...]
    declared_by: str
    declared_role: str
    decided_by: str | None
    replaces: str | None
    replaced_by: str | None

    @classmethod
    def of(cls, declaration: Declaration) -> "DeclaredView":
        return cls(**{name: getattr(declaration, name) for name in cls.model_fields})


class TrailView(Entity):
    """An entry of the ledger. The sums of the deltas over all pages are the figure."""

    id: str
    contract_id: str
    territory: str
    kind: EntryKind
    participant_id: str
    month: str
    declared_delta: Decimal
    validated_delta: Decimal
    at: datetime
    by: str
    role: str
    reason: str | None
    declaration: DeclaredView

    @classmethod
    def of(cls, entry: LedgerEntry, declaration: Declaration) -> "TrailView":
        own = {name: getattr(entry, name) for name in cls.model_fields if name != "declaration"}
        return cls(**own, declaration=DeclaredView.of(declaration))


class EvidencedView(Entity):
    """What stands behind a contract's calendar year. Null: too few people, or too few of these."""

    contract_id: str
    year: int
    participants: int | None
    entries: dict[str, int | None] = Field(description="By kind of entry")
    evidence: dict[str, int | None] = Field(description="Papers of the declarations that count, by kind")
    without_evidence: int | None

    @classmethod
    def of(cls, found: Evidenced) -> "EvidencedView":
        return cls(**vars(found))


def _part(
    by: Annotated[GroupBy | None, Query(description="Of a line: what the report is split by")] = None,
    key: Annotated[
        Annotated[str, Line(200)] | None, Query(description="Of a line: its key; a carrier's is its name")
    ] = None,
    sex: Annotated[Sex | None, Query(description="Of people: a key of `by_sex`")] = None,
    category: Annotated[Identifier | None, Query(description="rsa: the entries of rsa_hours")] = None,
    age_band: Annotated[
        Identifier | None, Query(description="Of people: a key of `by_age_band`; of another there is nobody")
    ] = None,
) -> Part:
    if (by is None) != (key is None):
        missing = "by" if by is None else "key"
        raise refused_field(ReportRefused, f"query.{missing}", "required", "Une ligne a un découpage et une clé.")
    return Part(by, key, sex, category, age_band)


@router.get(
    "/entries", summary="The ledger entries behind a figure (staff; a contractor its own)", openapi_extra=COSTLY
)
async def list_trail(
    caller: Caller,
    context: Ctx,
    page: PageQuery,
    scope: InScope,
    part: Annotated[Part, Depends(_part)],
    figure: Annotated[Figure, Query(description="Hours that the entries add up to")] = Figure.VALIDATED,
) -> Page[TrailView]:
    """Contract by contract, the newest first. The filters of the report, and the line or people of the figure."""
    rows = await entries_behind(context, caller, scope, part, figure, page)
    found = page.page(rows, lambda one: (one[0].contract_id, one[0].id))
    return Page(items=[TrailView.of(*one) for one in found.items], next_cursor=found.next_cursor)


@router.get("/employments", summary="The employments behind the exits (staff)", openapi_extra=COSTLY)
async def list_ended_employments(
    caller: Caller,
    context: Ctx,
    page: PageQuery,
    scope: InScope,
    part: Annotated[Part, Depends(_part)],
) -> Page[EmploymentView]:
    """Those that ended in the period, with where their people were afterwards: contract by contract, the newest first."""
    rows = await employments_behind(context, caller, scope, part, page)
    found = page.page(rows, lambda one: (one.contract_id, one.id))
    return Page(items=[EmploymentView.of(one) for one in found.items], next_cursor=found.next_cursor)


@router.get(
    "/evidence",
    summary="How many entries and papers stand behind a contract's year, without people",
    openapi_extra=COSTLY,
)
async def list_evidence(
    caller: Caller,
    context: Ctx,
    page: PageQuery,
    contract_id: Annotated[Identifier | None, Query(description="This contract alone")] = None,
    year: Annotated[
        int | None, Query(ge=2000, le=2100, description="Calendar year; absent: each that there is")
    ] = None,
) -> Page[EvidencedView]:
    """Staff exactly; a buyer of its own contracts, masked as reports are. `limit` counts contracts, each with all its years."""
    found, more = await evidence_behind(context, caller, contract_id, year, page)
    cursor = None if more is None else page.at((more,))
    return Page(items=[EvidencedView.of(one) for one in found], next_cursor=cursor)
