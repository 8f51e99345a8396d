"""What a participant worked over all contracts, as their desk reads it."""

from decimal import Decimal
from typing import Annotated

from fastapi import Depends, Query
from pydantic import Field

from services.clauses.commands.persons import load
from services.clauses.context import Ctx
from services.clauses.domain.reference import ParticipantId
from services.clauses.queries.pathway import Stage, pathway_of, together
from shared.auth import Principal, Role, territory_of
from shared.contracts.events.base import Territory
from shared.contracts.vocabulary import ClauseKind
from shared.domain import Entity
from shared.http import require, resource

router = resource("/v1", "participants")


class StageView(Entity):
    """One contract of the pathway."""

    contract_id: str
    title: str
    kind: ClauseKind
    territory: str
    carrier: str | None
    first_month: str = Field(description="First month with hours")
    last_month: str = Field(description="Last month with hours")
    declared_hours: Decimal = Field(description="Not rejected; includes the validated ones")
    validated_hours: Decimal

    @classmethod
    def of(cls, stage: Stage) -> "StageView":
        contract = stage.contract
        return cls(
            contract_id=contract.id,
            title=contract.terms.title,
            kind=contract.terms.kind,
            territory=contract.territory,
            carrier=contract.carrier,
            first_month=stage.first_month,
            last_month=stage.last_month,
            declared_hours=stage.declared,
            validated_hours=stage.validated,
        )


class PathwayView(Entity):
    """All contracts together, and one by one in the order in which the person began there."""

    participant_id: str
    declared_hours: Decimal
    validated_hours: Decimal
    items: tuple[StageView, ...]


@router.get("/participants/{participant_id}/pathway", summary="A participant's hours over all contracts and carriers")
async def read_pathway(
    participant_id: ParticipantId,
    caller: Annotated[Principal, Depends(require(Role.FACILITATOR, Role.MANAGER))],
    context: Ctx,
    territory: Annotated[Territory | None, Query(description="Without it, the token's only one")] = None,
) -> PathwayView:
    """Of a linked profile the contracts of all the caller's territories; a desk's reference means nothing in another one."""
    person = await load(context, caller, territory_of(caller, territory), participant_id)
    stages = await pathway_of(context.store, person, caller.territories)
    declared, validated = together(stages)
    return PathwayView(
        participant_id=participant_id,
        declared_hours=declared,
        validated_hours=validated,
        items=tuple(StageView.of(one) for one in stages),
    )
