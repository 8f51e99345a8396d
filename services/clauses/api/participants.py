"""Who was put on a contract by its facilitator."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import Body

from services.clauses import access, store
from services.clauses.api import examples
from services.clauses.commands import participants as commands
from services.clauses.context import Ctx
from services.clauses.domain.participant import Participant, ParticipantGiven
from services.clauses.domain.reference import ParticipantId
from shared.auth import Role
from shared.domain import Entity
from shared.http import Caller, Located, Page, PageQuery, resource

router = resource("/v1/contracts/{contract_id}/participants", "participants")


class ParticipantView(Entity):
    """A participant of a contract."""

    contract_id: str
    participant_id: str
    contractor_id: str | None
    consented_on: date | None
    assigned_by: str
    assigned_at: datetime

    @classmethod
    def of(cls, participant: Participant) -> "ParticipantView":
        shown = set(cls.model_fields) - {"assigned_at"}
        return cls(**{name: getattr(participant, name) for name in shown}, assigned_at=participant.created_at)


@router.post(
    "", status_code=201, summary="Put somebody on a contract; a profile with the person's consent (facilitator)"
)
async def assign_participant(
    contract_id: str,
    body: Annotated[ParticipantGiven, Body(openapi_examples=examples.PARTICIPANT)],
    caller: Caller,
    context: Ctx,
    located: Located,
) -> ParticipantView:
    participant, _ = await commands.assign(context, caller, contract_id, body)
    located(f"/v1/contracts/{contract_id}/participants")
    return ParticipantView.of(participant)


@router.get("", summary="Who was put on a contract; a contractor sees those for whom it may declare")
async def list_participants(contract_id: str, caller: Caller, context: Ctx, page: PageQuery) -> Page[ParticipantView]:
    contract, actor = await access.load(context.store, caller, contract_id)
    actor.must_be(Role.FACILITATOR, Role.MANAGER, Role.CONTRACTOR)
    query: dict[str, Any] = {"contract_id": contract.id}
    if actor.role is Role.CONTRACTOR:
        query["contractor_id"] = {"$in": [None, *actor.contractors]}
    rows = await store.participants(context.store, query, page)
    found = page.page(rows, lambda participant: (participant.id,))
    return Page(items=[ParticipantView.of(one) for one in found.items], next_cursor=found.next_cursor)


@router.delete("/{participant_id}", status_code=204, summary="Take somebody off a contract (facilitator)")
async def release_participant(contract_id: str, participant_id: ParticipantId, caller: Caller, context: Ctx) -> None:
    await commands.release(context, caller, contract_id, participant_id)
