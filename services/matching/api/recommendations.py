"""Recommendations of a person: read, mark as seen, dismiss, pin, add."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from services.matching.access import must_be_staff, profile_for, staff
from services.matching.api.french import told
from services.matching.commands import decisions
from services.matching.context import Ctx
from services.matching.domain.geometry import Position
from services.matching.domain.life import NotThis, Status
from services.matching.domain.reasons import kilometres
from services.matching.domain.scoring import as_share
from services.matching.engine.facts_stored import place_of
from services.matching.queries.recommended import recommended
from services.matching.store import by_id
from shared.auth import Principal, Role
from shared.http import Caller, require, resource
from shared.types import Identifier, Prose

router = resource("/v1", "recommendations")

Staff = Annotated[Principal, Depends(require(Role.COUNSELLOR, Role.MANAGER))]
Words = Annotated[str, Prose(500, min_length=3)]


class OfferSummary(BaseModel):
    """What a list shows of an offer."""

    title: str
    company: str
    place: str | None
    distance_km: float | None = Field(description="Straight line from the person's home; absent without both places")
    contract_kind: str
    status: str


class Recommendation(BaseModel):
    """A recommendation, with why."""

    recommendation_id: str
    profile_id: str
    offer_id: str
    score: float = Field(description="0 to 1")
    status: Status
    pinned: bool
    reasons: list[dict[str, str]] = Field(description="Code, its arguments, and the French sentence as `text`")
    offer: OfferSummary | None
    configuration_version: int
    created_at: datetime
    seen_at: datetime | None
    withdrawn_because: str | None
    note: str | None = Field(description="The reason given by the counsellor who added or pinned it")


class Recommendations(BaseModel):
    """Recommendations of a person: the pinned ones, then what fits best, congestion deciding among the about equal."""

    items: list[Recommendation]


class Why(BaseModel):
    """The reason for a decision that overrules the engine; a counsellor or manager must give one."""

    model_config = ConfigDict(extra="forbid")

    reason: Words | None = Field(default=None, examples=["La personne a un entretien ailleurs"])


class WhyNot(Why):
    """Why an offer is dismissed: in words, and as what the report of dismissals counts."""

    because: NotThis | None = Field(
        default=None, description="The kind of reason; it changes no weight by itself", examples=["schedule"]
    )


class NewRecommendation(BaseModel):
    """An offer that a counsellor adds for somebody, whatever the engine thinks of it."""

    model_config = ConfigDict(extra="forbid")

    offer_id: Identifier = Field(examples=["01961d3e-0000-7000-8000-000000000002"])
    reason: Words = Field(examples=["Elle a déjà travaillé dans cette maison"])


def summary(offer: dict[str, Any] | None, home: Position | None) -> OfferSummary | None:
    """What a list shows of a stored offer; None for one that was erased."""
    if offer is None or not offer.get("facts"):
        return None
    return OfferSummary(
        title=offer["title"],
        company=offer["company"],
        place=offer["place"],
        distance_km=kilometres(place_of(offer["facts"]), home),
        contract_kind=offer["contract_kind"],
        status=offer["status"],
    )


def view(document: dict[str, Any], offer: dict[str, Any] | None, home: Position | None) -> Recommendation:
    """A stored recommendation as people read it."""
    return Recommendation(
        recommendation_id=document["_id"],
        profile_id=document["profile_id"],
        offer_id=document["offer_id"],
        score=as_share(document["score"]),
        status=document["status"],
        pinned=bool(document.get("pinned")),
        reasons=told(document["reasons"]),
        offer=summary(offer, home),
        configuration_version=document["configuration_version"],
        created_at=document["created_at"],
        seen_at=document.get("seen_at"),
        withdrawn_because=document.get("withdrawn_because"),
        note=(document.get("overruled") or [{}])[-1].get("reason"),
    )


async def _one(context: Ctx, profile: dict[str, Any], document: dict[str, Any]) -> Recommendation:
    offers = await by_id(context.store, "offers", [document["offer_id"]])
    return view(document, offers.get(document["offer_id"]), place_of(profile["facts"]))


@router.get("/profiles/{profile_id}/recommendations")
async def list_recommendations(
    profile_id: str,
    context: Ctx,
    principal: Caller,
    status: Annotated[list[Status], Query(max_length=20, description="Default: created and seen")] = [],  # noqa: B006 - FastAPI copies it
) -> Recommendations:
    """The person's own, or those of somebody whom the caller accompanies.

    The pinned ones come first, then what fits best. Among offers whose scores are about equal the person's own occupation
    goes before others, then one that few others are shown: so the scores of a list do not always fall.
    """
    found = await recommended(context, principal, profile_id, [one.value for one in status])
    home = place_of(found.profile["facts"])
    return Recommendations(items=[view(document, offer, home) for document, offer in found.rows])


@router.post("/profiles/{profile_id}/recommendations", status_code=201)
async def add_recommendation(
    profile_id: str, body: NewRecommendation, context: Ctx, principal: Staff
) -> Recommendation:
    """A counsellor adds an offer, with a reason; it is pinned and outside the offer's exposure."""
    profile, side = await profile_for(context.store, principal, profile_id)
    must_be_staff(side)
    document = await decisions.add(context, principal, profile, body.offer_id, body.reason)
    return await _one(context, profile, document)


@router.post("/recommendations/{recommendation_id}/seen")
async def mark_seen(recommendation_id: str, context: Ctx, principal: Caller) -> Recommendation:
    """The person looked at it."""
    found = await decisions.load(context, principal, recommendation_id)
    return await _one(context, found.profile, await decisions.see(context, found.document))


@router.post("/recommendations/{recommendation_id}/dismiss")
async def dismiss(
    recommendation_id: str, context: Ctx, principal: Caller, body: WhyNot | None = None
) -> Recommendation:
    """Not this one, and not again. `because` is counted in the report of dismissals, which people read and no engine."""
    document, profile, side = await decisions.load(context, principal, recommendation_id)
    reason = decisions.reason_of(body.reason if body else None, needed=staff(side))
    because = body.because if body else None
    return await _one(context, profile, await decisions.dismiss(context, principal, document, reason, because, side))


@router.post("/recommendations/{recommendation_id}/pin")
async def pin(recommendation_id: str, context: Ctx, principal: Staff, body: Why) -> Recommendation:
    """Keep it first and whatever better comes, with a reason."""
    document, profile, side = await decisions.load(context, principal, recommendation_id)
    must_be_staff(side)
    reason = decisions.reason_of(body.reason, needed=True)
    return await _one(context, profile, await decisions.pin(context, principal, document, reason))
