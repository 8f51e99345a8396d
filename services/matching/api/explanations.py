"""Why, why not, and what would help."""

from datetime import datetime
from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, Field

from services.matching.access import offer_seen, profile_for
from services.matching.api.french import change_sentence, told
from services.matching.commands import decisions
from services.matching.context import Ctx
from services.matching.domain.counterfactuals import SAID_OF, Counterfactual, counterfactuals
from services.matching.domain.pointing import Pointers
from services.matching.domain.scoring import as_share
from services.matching.engine.facts_stored import profile_from
from services.matching.queries import explaining
from services.matching.queries.turns import off_the_loop
from shared.http import BoundedRoute, Caller, resource
from shared.types import Identifier

router = resource("/v1", "explanations", route_class=BoundedRoute)


class Explanation(BaseModel):
    """A pair under the configuration in force."""

    profile_id: str
    offer_id: str
    recommended: bool
    status: str | None = Field(description="Of the recommendation, if there ever was one")
    score: float
    terms: dict[str, float] = Field(description="0 to 1 each")
    contributions: dict[str, float] = Field(description="Weight times term; they add up to the score")
    reasons: list[dict[str, str]]
    why_not: list[dict[str, str]] = Field(description="Empty for a recommendation that stands")
    configuration_version: int


class Change(BaseModel):
    """One change and the offers that it would add."""

    code: str
    argument: str
    added: int = Field(le=SAID_OF)
    more: bool = Field(description="There are more than `added` says, which stands at its most")
    offer_ids: list[str]
    text: str

    @classmethod
    def of(cls, one: Counterfactual, pointers: Pointers) -> "Change":
        """As the API shows it: twenty of the offers at most. ``pointers``: what occupations are called."""
        what = pointers.label(one.argument) if one.code == "occupation" else one.argument
        return cls(
            code=one.code,
            argument=one.argument,
            added=min(one.added, SAID_OF),
            more=one.added > SAID_OF,
            offer_ids=list(one.offer_ids[:20]),
            text=change_sentence(one.code, what, one.added),
        )


class Counterfactuals(BaseModel):
    """What would open more offers."""

    profile_id: str
    possible_now: int
    changes: list[Change]


class ReplayView(BaseModel):
    """A past recommendation computed again."""

    recommendation_id: str
    stored_score: float
    replayed_score: float
    identical: bool
    contributions: dict[str, float]
    configuration_version: int
    offer_version: int
    profile_version: int
    created_at: datetime


@router.get("/explanations")
async def explain(
    context: Ctx,
    principal: Caller,
    profile: Annotated[Identifier, Query(description="Id of the profile (elsewhere `profile_id`)")],
    offer: Annotated[Identifier, Query(description="Id of the offer (elsewhere `offer_id`)")],
) -> Explanation:
    """Score term by term, reasons, or what stands in the way, for any pair of somebody whom the caller may see."""
    person, _ = await profile_for(context.store, principal, profile)
    known = await offer_seen(context.store, principal, offer, profile)
    verdict = await explaining.explain(context, person, known)
    return Explanation(
        profile_id=profile,
        offer_id=offer,
        recommended=verdict.status in ("created", "seen"),
        status=verdict.status,
        score=as_share(verdict.judgement.score),
        terms=explaining.named_terms(verdict.judgement),
        contributions=verdict.judgement.named_contributions(),
        reasons=told(verdict.reasons),
        why_not=told(verdict.why_not),
        configuration_version=verdict.configuration.version,
    )


@router.get("/profiles/{profile_id}/counterfactuals")
async def what_would_help(profile_id: str, context: Ctx, principal: Caller) -> Counterfactuals:
    """«Avec 10 km de plus : 12 offres»: one change at a time, the most useful first."""
    person, _ = await profile_for(context.store, principal, profile_id)
    facts = profile_from(person["facts"])
    configuration = await context.configuration()
    affinities = context.referential.under(configuration)
    offers = await explaining.offers_around(context, facts, affinities)
    now, found = await off_the_loop(counterfactuals, facts, offers, configuration, affinities, context.today())
    return Counterfactuals(
        profile_id=profile_id,
        possible_now=now,
        changes=[Change.of(one, affinities.pointers) for one in found],
    )


@router.get("/recommendations/{recommendation_id}/replay")
async def replay(recommendation_id: str, context: Ctx, principal: Caller) -> ReplayView:
    """Compute a past recommendation again from its stored inputs: the same digits, whatever has changed since."""
    document = (await decisions.load(context, principal, recommendation_id)).document
    found = await explaining.replay(context, document)
    return ReplayView(
        recommendation_id=recommendation_id,
        stored_score=as_share(found.stored_score),
        replayed_score=as_share(found.score),
        identical=found.identical,
        contributions=found.contributions,
        configuration_version=document["configuration_version"],
        offer_version=document["inputs"]["offer_version"],
        profile_version=document["inputs"]["profile_version"],
        created_at=document["created_at"],
    )
