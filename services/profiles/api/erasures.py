"""The proof that somebody was erased: counts by service and kind, read by an id that leads to nobody."""

from datetime import datetime
from typing import Annotated

from fastapi import Depends, Query
from pydantic import BaseModel, Field

from services.profiles.context import Ctx
from services.profiles.domain.erasure import Proof
from services.profiles.domain.errors import ErasureUnknown
from services.profiles.domain.export import SAID
from services.profiles.queries.proofs import proof_of, proofs
from shared.auth import Principal, Role
from shared.contracts.events.base import Territory
from shared.http import BoundedRoute, Caller, Page, PageQuery, require, resource

router = resource("/v1/erasures", "rights", route_class=BoundedRoute)

Manager = Annotated[Principal, Depends(require(Role.MANAGER))]


class CountedView(BaseModel):
    """Of one kind of thing."""

    collection: str
    title: str
    found: int
    left: int = Field(description="What a look afterwards still found: 0 is the proof")


class ToldView(BaseModel):
    """What one service says of it."""

    service: str
    said: str
    at: datetime
    erased: list[CountedView]
    tombstones: int = Field(description="Null records on its topics, after which compaction keeps nothing older")


class ProofView(BaseModel):
    """What was erased where. No name, no id of anybody."""

    id: str
    at: datetime
    complete: bool
    said: str = Field(description="The same as a French sentence, to be shown")
    missing: tuple[str, ...] = Field(description="Services that have not told yet")
    services: list[ToldView]

    @classmethod
    def of(cls, proof: Proof) -> "ProofView":
        return cls(
            id=proof.id,
            at=proof.at,
            complete=proof.complete,
            said=proof.sentence(),
            missing=proof.missing,
            services=[
                ToldView(
                    service=told.service,
                    said=SAID[told.service],
                    at=told.at,
                    erased=[CountedView(**vars(one)) for one in told.erased],
                    tombstones=told.tombstones,
                )
                for _, told in sorted(proof.told.items())
            ],
        )


@router.get("", summary="Erasures of a territory, complete or not, without anybody's name")
async def list_erasures(
    caller: Manager,
    context: Ctx,
    page: PageQuery,
    territory: Annotated[
        Territory | None, Query(description="One of the token's, else 403; absent: all of them")
    ] = None,
) -> Page[ProofView]:
    if territory is not None:
        caller.require_territory(territory)
    wanted = [territory] if territory is not None else sorted(caller.territories)
    found = page.page(await proofs(context.store, wanted, page), lambda proof: (proof.id,))
    return Page(items=[ProofView.of(one) for one in found.items], next_cursor=found.next_cursor)


@router.get("/{erasure_id}", summary="The proof of an erasure: what was erased where, and who has not told yet")
async def read_erasure(erasure_id: str, caller: Caller, context: Ctx) -> ProofView:
    """For whoever holds the address that the erasure answered (`Location`)."""
    proof = await proof_of(context.store, {"proof": erasure_id})
    if proof is None:
        raise ErasureUnknown("Il n'y a pas de preuve d'effacement à cette adresse.")
    return ProofView.of(proof)
