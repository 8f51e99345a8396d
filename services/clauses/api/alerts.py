"""What was found of contracts and told, and which facilitators are told of a contract."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Query
from pydantic import Field

from services.clauses import access, store
from services.clauses.commands import following
from services.clauses.context import Ctx
from services.clauses.domain.alerts import Alert, AlertKind, Fact
from shared.auth import Role
from shared.domain import Entity
from shared.errors import Forbidden
from shared.http import Caller, Page, PageQuery, resource
from shared.types import Identifier

router = resource("/v1", "alerts")


class AlertView(Entity):
    """Something that was found of a contract. ``says`` is what was told of it, ``facts`` what it is made of."""

    id: str
    contract_id: str
    territory: str
    kind: AlertKind
    contractor_id: str | None
    facts: tuple[Fact, ...] = Field(description="Months, days and steps; the participant where it is about somebody")
    says: dict[str, str]
    told_at: datetime | None = Field(
        description="When it was new last: told at once, or by the facilitators' next digest"
    )
    over_at: datetime | None = Field(description="When it was no longer so; null while it is")

    @classmethod
    def of(cls, alert: Alert) -> "AlertView":
        return cls(**{name: getattr(alert, name) for name in cls.model_fields})


class FollowersView(Entity):
    """Accounts of the facilitators who are told of a contract."""

    contract_id: str
    user_ids: tuple[str, ...]


@router.get("/alerts", summary="What is found of the territory's contracts (facilitator, manager)")
async def list_alerts(
    caller: Caller,
    context: Ctx,
    page: PageQuery,
    contract_id: Annotated[Identifier | None, Query(description="Only those of this contract")] = None,
    kind: Annotated[AlertKind | None, Query(description="Only those of this kind; absent: all")] = None,
    over: Annotated[bool, Query(description="Also those that are so no longer")] = False,
) -> Page[AlertView]:
    if not caller.has(Role.FACILITATOR, Role.MANAGER):
        raise Forbidden("Les alertes sont pour les facilitateurs.", needs=[Role.FACILITATOR.value, Role.MANAGER.value])
    query: dict[str, Any] = {"territory": {"$in": sorted(caller.territories)}}
    exact = {"contract_id": contract_id, "kind": kind}
    query |= {name: value for name, value in exact.items() if value is not None}
    if not over:
        query["over_at"] = None
    found = page.page(await store.alerts(context.store, query, page), lambda one: (one.id,))
    return Page(items=[AlertView.of(one) for one in found.items], next_cursor=found.next_cursor)


@router.get("/contracts/{contract_id}/followers", summary="Which facilitators are told of the contract")
async def list_followers(contract_id: str, caller: Caller, context: Ctx) -> FollowersView:
    contract, actor = await access.load(context.store, caller, contract_id)
    actor.must_be(Role.FACILITATOR, Role.MANAGER)
    return FollowersView(contract_id=contract.id, user_ids=contract.followers)


@router.put("/contracts/{contract_id}/followers/me", summary="Be told of the contract (facilitator)")
async def follow_contract(contract_id: str, caller: Caller, context: Ctx) -> FollowersView:
    contract = await following.follow(context, caller, contract_id, caller.subject, told=True)
    return FollowersView(contract_id=contract.id, user_ids=contract.followers)


@router.delete(
    "/contracts/{contract_id}/followers/{user_id}", summary="Somebody is told of the contract no longer (facilitator)"
)
async def unfollow_contract(contract_id: str, user_id: Identifier, caller: Caller, context: Ctx) -> FollowersView:
    target = caller.subject if user_id == "me" else user_id
    contract = await following.follow(context, caller, contract_id, target, told=False)
    return FollowersView(contract_id=contract.id, user_ids=contract.followers)
