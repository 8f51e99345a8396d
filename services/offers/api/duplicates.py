"""Pairs of offers that look like the same job but may be two employers': a manager decides."""

from datetime import datetime
from typing import Annotated

from fastapi import Depends, Query
from pydantic import BaseModel, Field

from services.offers.commands import duplicates as commands
from services.offers.context import Context, Ctx
from services.offers.domain.actors import Actor, Party
from services.offers.domain.duplicates import Proposal, ProposalStatus
from services.offers.domain.offer import Offer
from shared.auth import Principal, Role
from shared.contracts.vocabulary import OfferSource, OfferStatus
from shared.errors import NotFound
from shared.http import Page, PageQuery, require, resource

router = resource("/v1/duplicates", "offers")

Manager = Annotated[Principal, Depends(require(Role.MANAGER))]


class Side(BaseModel):
    """One of the two offers."""

    id: str
    title: str
    company: str
    source: OfferSource
    status: OfferStatus

    @classmethod
    def of(cls, offer: Offer) -> "Side":
        return cls(
            id=offer.id,
            title=offer.content.title,
            company=offer.company.name,
            source=offer.source,
            status=offer.status,
        )


class DuplicateView(BaseModel):
    """Two offers that may be one job. Accepted: ``offer`` is hidden behind ``canonical``."""

    id: str
    status: ProposalStatus
    offer: Side
    canonical: Side
    likeness: float = Field(description="Of the titles, 0–100")
    proposed_at: datetime

    @classmethod
    def of(cls, proposal: Proposal, offers: dict[str, Offer]) -> "DuplicateView":
        return cls(
            id=proposal.id,
            status=proposal.status,
            offer=Side.of(offers[proposal.offer_id]),
            canonical=Side.of(offers[proposal.canonical_id]),
            likeness=proposal.likeness,
            proposed_at=proposal.created_at,
        )


async def _offers(context: Context, proposals: list[Proposal]) -> dict[str, Offer]:
    ids = {side for one in proposals for side in (one.offer_id, one.canonical_id)}
    return {offer.id: offer for offer in await context.offers.many({"_id": {"$in": sorted(ids)}})}


async def _decider(context: Context, principal: Principal, proposal_id: str) -> Actor:
    proposal = await context.duplicates.load(proposal_id)
    if not principal.may_see(proposal.territory):
        raise NotFound("Cette proposition n'existe pas.", id=proposal_id)
    return Actor(principal.subject, Party.MANAGER)


@router.get("", summary="Pairs of offers that may be the same job")
async def list_duplicates(
    context: Ctx,
    principal: Manager,
    page: PageQuery,
    status: Annotated[ProposalStatus, Query(description="What became of them; one at a time")] = ProposalStatus.OPEN,
) -> Page[DuplicateView]:
    """Managers, for their territories. Only offers of one company or SIRET are linked without being asked."""
    wanted = {"territory": {"$in": sorted(principal.territories)}, "status": status.value}
    found = await context.duplicates.page(wanted, page)
    offers = await _offers(context, found.items)
    return Page(items=[DuplicateView.of(one, offers) for one in found.items], next_cursor=found.next_cursor)


@router.post("/{proposal_id}/accept", summary="The same job: show one of them")
async def accept_duplicate(proposal_id: str, context: Ctx, principal: Manager) -> DuplicateView:
    """The offer is hidden behind the other; who follows a link to it is led there."""
    await commands.accept(context, proposal_id, await _decider(context, principal, proposal_id))
    decided = await context.duplicates.load(proposal_id)
    return DuplicateView.of(decided, await _offers(context, [decided]))


@router.post("/{proposal_id}/refuse", summary="Two jobs: never ask again")
async def refuse_duplicate(proposal_id: str, context: Ctx, principal: Manager) -> DuplicateView:
    """Both stay as they are."""
    decided = await commands.refuse(context, proposal_id, await _decider(context, principal, proposal_id))
    return DuplicateView.of(decided, await _offers(context, [decided]))
