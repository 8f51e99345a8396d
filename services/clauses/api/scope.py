"""Which contracts and months somebody asks for, the same of a report's figures and of what stands behind them."""

from typing import Annotated

from fastapi import Depends, Query

from services.clauses.domain.amounts import Month
from services.clauses.domain.errors import ReportRefused
from services.clauses.queries.reports import Scope
from shared.contracts.events.base import Territory
from shared.contracts.vocabulary import ClauseKind
from shared.errors import refused_field
from shared.types import Identifier, Line


def _scope(
    territory: Annotated[
        Territory | None, Query(description="Contracts of this département; absent: all that the caller may see")
    ] = None,
    kind: Annotated[ClauseKind | None, Query(description="Contracts with this kind of clause; absent: all")] = None,
    contract_id: Annotated[Identifier | None, Query(description="This contract alone")] = None,
    contracting_authority_id: Annotated[Identifier | None, Query(description="Contracts of this buyer")] = None,
    carrier: Annotated[
        Annotated[str, Line(200)] | None, Query(description="Who carries the clause, by the name that the contract has")
    ] = None,
    employment_area: Annotated[Identifier | None, Query(description="Code of INSEE's employment area")] = None,
    epci: Annotated[Identifier | None, Query(description="SIREN of the EPCI")] = None,
    first: Annotated[Month | None, Query(alias="from", description="First month, YYYY-MM")] = None,
    last: Annotated[Month | None, Query(alias="to", description="Last month, YYYY-MM")] = None,
) -> Scope:
    if first is not None and last is not None and last < first:
        raise refused_field(ReportRefused, "query.to", "before-start", "La fin de la période précède son début.")
    return Scope(
        territory, kind, contract_id, contracting_authority_id, carrier, employment_area, epci, first=first, last=last
    )


InScope = Annotated[Scope, Depends(_scope)]
