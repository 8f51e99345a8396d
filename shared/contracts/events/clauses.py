"""Events that the clauses service owns."""

from datetime import date
from decimal import Decimal

from pydantic import Field

from shared.contracts.events.base import EventModel, Id, Territory
from shared.contracts.vocabulary import ClauseKind

# Hours travel as decimal strings with two places, never as floats: totals come from exact decimals.


class ContractState(EventModel):
    """Objectives and progress of a contract or grant with a social clause (topic ``clauses.contracts.v1``). No people."""

    contract_id: Id
    territory: Territory
    kind: ClauseKind
    title: str = Field(max_length=300)
    contracting_authority_id: Id
    contracting_authority_name: str = Field(max_length=200)
    objective_hours: Decimal = Field(ge=0, decimal_places=2)
    declared_hours: Decimal = Field(ge=0, decimal_places=2)
    validated_hours: Decimal = Field(ge=0, decimal_places=2)
    starts_on: date
    ends_on: date
    status: str = Field(pattern=r"^(running|ended)$")
