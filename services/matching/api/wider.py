"""«Pour élargir», apart from the recommendations and marked as such."""

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, Field

from services.matching.access import profile_for
from services.matching.api.explanations import Change
from services.matching.api.french import sentence, told
from services.matching.api.recommendations import OfferSummary, summary
from services.matching.context import Ctx
from services.matching.domain.counterfactuals import counterfactuals
from services.matching.domain.reasons import reasons, short_of
from services.matching.domain.scoring import as_share
from services.matching.domain.wider import wider
from services.matching.engine.facts_stored import profile_from
from services.matching.queries import explaining
from services.matching.queries.recommended import how_many
from services.matching.queries.turns import off_the_loop
from services.matching.store import by_id, crowd_of
from shared.http import BoundedRoute, Caller, resource

router = resource("/v1", "recommendations", route_class=BoundedRoute)


class WiderOffer(BaseModel):
    """An offer that is no recommendation: ``because`` says why, and that it is farther from what the person seeks."""

    offer_id: str
    score: float = Field(description="0 to 1")
    because: dict[str, str]
    reasons: list[dict[str, str]]
    offer: OfferSummary | None


class WiderOffers(BaseModel):
    """What may be looked at beyond the recommendations, and what would open more of them."""

    profile_id: str
    recommendations: int = Field(description="Live ones; with none, nothing fits today and that is said as it is")
    items: list[WiderOffer]
    changes: list[Change]


@router.get("/profiles/{profile_id}/wider-offers")
async def list_wider_offers(
    profile_id: str,
    context: Ctx,
    principal: Caller,
    limit: Annotated[int, Query(ge=1, le=50, description="The best so many")] = 10,
) -> WiderOffers:
    """Offers that pass every need of the person but are of a farther occupation or a weaker fit, best first."""
    person, _ = await profile_for(context.store, principal, profile_id)
    facts, configuration, today = profile_from(person["facts"]), await context.configuration(), context.today()
    affinities = context.referential.under(configuration)
    offers = await explaining.offers_around(context, facts, affinities)
    over = await explaining.over_with(context, profile_id)
    left = [offer for offer in offers if offer.offer_id not in over]
    crowd = await crowd_of(context.store, (offer.offer_id for offer in left))
    found = await off_the_loop(wider, facts, left, configuration, affinities, today, limit, crowd)
    _, changes = await off_the_loop(counterfactuals, facts, left, configuration, affinities, today)
    documents = await by_id(context.store, "offers", [one.offer.offer_id for one in found])
    return WiderOffers(
        profile_id=profile_id,
        recommendations=await how_many(context, profile_id),
        items=[
            WiderOffer(
                offer_id=one.offer.offer_id,
                score=as_share(one.judgement.score),
                because={"code": one.because, "text": sentence({"code": one.because})},
                reasons=told((*reasons(one.offer, facts, one.judgement), *short_of(one.offer, one.judgement.asked))),
                offer=summary(documents.get(one.offer.offer_id), facts.position),
            )
            for one in found
        ],
        changes=[Change.of(one, affinities.pointers) for one in changes],
    )
