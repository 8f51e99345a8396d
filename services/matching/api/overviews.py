"""For staff and employers: candidates, offers without takers, people without recommendations, the audit."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Self

from fastapi import Depends, Query
from pydantic import BaseModel, Field

from services.matching.access import offer_known, offer_seen, offer_unknown, territory_scope
from services.matching.api.explanations import Change
from services.matching.api.french import sentence, told, told_to_employer
from services.matching.context import Ctx
from services.matching.domain.scoring import as_share
from services.matching.engine.facts_stored import offer_from
from services.matching.queries import candidates as best
from services.matching.queries import overviews
from shared.aliases import alias_of
from shared.auth import Principal, Role
from shared.employers import employer
from shared.errors import Forbidden
from shared.geo import step_of
from shared.http import BoundedRoute, Caller, Page, PageQuery, require, resource
from shared.reasons import TO_EMPLOYERS, ReasonCode

router = resource("/v1", "overviews", route_class=BoundedRoute)

MOST_CANDIDATES = 100

Manager = Annotated[Principal, Depends(require(Role.MANAGER))]
Staff = Annotated[Principal, Depends(require(Role.COUNSELLOR, Role.MANAGER))]
Territory = Annotated[str | None, Query(max_length=3, description="One of the token's, else 403; absent: all of them")]


class CandidateView(BaseModel):
    """Somebody for an offer: an id and reasons, no name."""

    profile_id: str = Field(
        description="To the offer's employer a name of this offer alone, by which it invites; no application shows it"
    )
    score: float = Field(
        description="0 to 1; to the offer's employer in tenths, and of occupation, skills, experience and distance alone"
    )
    reasons: list[dict[str, str]]
    status: str | None = Field(
        description="Of the recommendation, if there is one; to the offer's employer null: who looked at an offer is theirs"
    )

    @classmethod
    def of(cls, one: best.Candidate) -> Self:
        """For those who accompany people."""
        return cls(profile_id=one.profile_id, score=as_share(one.score), reasons=told(one.reasons), status=one.status)

    @classmethod
    def to_employer(cls, one: best.Candidate, key: str | None, offer_id: str) -> Self:
        """An employer may change its offer as often as it likes, and compare: what is shown says no better than the pool of CVs
        where somebody lives, nothing of what they did with the offer, and nothing of what they would accept: which hours they
        refuse, and below which pay. Nor does it say who of those who apply it is, at this offer or another.
        """
        reasons = [coarse for reason in one.reasons if (coarse := _coarse(reason)) is not None]
        # Told by no key is an employer of a release before, for the minutes until offers' job gives it one.
        name = one.profile_id if key is None else alias_of(key, offer_id, one.profile_id)
        return cls(profile_id=name, score=int(one.able * 10) / 10, reasons=told_to_employer(reasons), status=None)


def _coarse(reason: Mapping[str, str]) -> Mapping[str, str] | None:
    if reason["code"] not in TO_EMPLOYERS:
        return None
    if reason["code"] != ReasonCode.DISTANCE:
        return reason
    step = step_of(float(reason["km"]))
    return None if step is None else {**reason, "km": str(step)}


class Candidates(BaseModel):
    """The best people for an offer, best first."""

    offer_id: str
    items: list[CandidateView]


class OfferWithoutTakers(BaseModel):
    """An open offer to which nobody has applied."""

    offer_id: str
    title: str
    company: str
    place: str | None
    days_published: int
    widening_step: int = Field(description="How many times its exposure was widened")
    exposure_budget: int
    shown_to: int
    seen_by: int


class OffersWithoutTakers(BaseModel):
    """The longest waiting first."""

    items: list[OfferWithoutTakers]


class Block(BaseModel):
    """How many of the offers around fail this constraint."""

    code: str
    offers: int
    text: str


class ProfileWithoutRecommendations(BaseModel):
    """Somebody without any recommendation, and what stands in the way."""

    profile_id: str
    offers_around: int
    blocks: list[Block]
    changes: list[Change]


class AuditCell(BaseModel):
    """One group: people rounded to 5; figures are absent where fewer than five people would be shown or given away."""

    dimension: str
    group: str
    people: int | None
    with_recommendation: float | None
    mean_live: float | None
    mean_best_score: float | None


class Audit(BaseModel):
    """Exposure by functional group. Matching holds no sex, age, nationality, RSA, RQTH or QPV to compare by."""

    territory: str
    at: datetime
    people: int | None
    cells: list[AuditCell]


@router.get("/offers/{offer_id}/candidates")
async def list_candidates(
    offer_id: str,
    context: Ctx,
    principal: Caller,
    limit: Annotated[int, Query(ge=1, le=MOST_CANDIDATES, description="The best so many")] = 20,
) -> Candidates:
    """For counsellors and managers: people of their territories. For the offer's employer: those who agreed, told coarsely, and
    nobody of a reserved offer, whose candidates would be known by what it is reserved to.
    """
    if not principal.has(Role.COUNSELLOR, Role.MANAGER, Role.EMPLOYER):
        raise Forbidden("Les candidats sont pour les conseillers, les gestionnaires et l'employeur de l'offre.")
    scope: dict[str, Any]
    staff = principal.has(Role.COUNSELLOR, Role.MANAGER)
    key: str | None = None
    if staff:
        offer = await offer_seen(context.store, principal, offer_id)
        scope = territory_scope(principal, None)
        if not principal.has(Role.MANAGER):
            scope["counsellor_ids"] = {"$in": [principal.subject, []]}
    else:
        offer = await offer_known(context.store, offer_id)
        company = await employer(context.store, offer["company_id"])
        if company is None or principal.subject not in company.get("user_ids", ()):
            raise offer_unknown(offer_id)
        if offer_from(offer["facts"]).reserved:
            # Being listed would tell of what the person is: nobody is eligible by chance.
            raise Forbidden(
                "Pour une offre réservée, les candidats sont présentés par leurs conseillers, qui vérifient l'éligibilité."
            )
        key, scope = company.get("alias_key"), {"visible_to_employers": True}
    if staff:
        found = await best.candidates(context, offer, scope, limit)
        return Candidates(offer_id=offer_id, items=[CandidateView.of(one) for one in found])
    # Who is among the first few by the whole score would tell of it what is not shown: they are put in order by what is.
    found = await best.candidates(context, offer, scope, MOST_CANDIDATES, to_employer=True)
    shown = (CandidateView.to_employer(one, key, offer_id) for one in found)
    seen = sorted(shown, key=lambda one: (-one.score, one.profile_id))
    return Candidates(offer_id=offer_id, items=seen[:limit])


@router.get("/offers-without-takers")
async def list_offers_without_takers(
    context: Ctx, principal: Manager, territory: Territory = None
) -> OffersWithoutTakers:
    """Open offers to which nobody has applied for a week or more."""
    found = await overviews.offers_without_takers(context, territory_scope(principal, territory))
    return OffersWithoutTakers(
        items=[
            OfferWithoutTakers(
                offer_id=one.offer["_id"],
                title=one.offer["title"],
                company=one.offer["company"],
                place=one.offer["place"],
                days_published=one.days,
                widening_step=one.step,
                exposure_budget=one.budget,
                shown_to=one.shown_to,
                seen_by=one.seen_by,
            )
            for one in found
        ]
    )


@router.get("/profiles-without-recommendations")
async def list_profiles_without_recommendations(
    context: Ctx, principal: Staff, page: PageQuery, territory: Territory = None
) -> Page[ProfileWithoutRecommendations]:
    """Active people of the caller's caseload (a manager: of the territory) without any live recommendation. Where a territory has
    many people a page may be short, and even empty, while `next_cursor` reads on.
    """
    scope = territory_scope(principal, territory)
    whose = {} if principal.has(Role.MANAGER) else {"counsellor_ids": principal.subject}
    after = str(page.after[0]) if page.after else None
    looked = await overviews.profiles_without(context, scope, whose, after, page.limit)
    rows = [
        ProfileWithoutRecommendations(
            profile_id=one.profile_id,
            offers_around=one.around,
            blocks=[Block(code=code, offers=count, text=_block(code)) for code, count in one.blocks],
            changes=[Change.of(change, looked.pointers) for change in one.changes],
        )
        for one in looked.found
    ]
    return Page(items=rows, next_cursor=page.at([looked.up_to]) if looked.up_to is not None else None)


_BLOCKS = {
    "licence": "Permis demandé",
    "hours": "Temps de travail",
    "french": "Niveau de français demandé",
    "reserved": "Offres réservées à un public",
    "too_far": "Plus loin que la distance indiquée",
}


def _block(code: str) -> str:
    return _BLOCKS.get(code) or sentence({"code": code})


@router.get("/audit")
async def read_audit(
    context: Ctx,
    principal: Manager,
    territory: Annotated[str, Query(max_length=3, description="One of the token's, else 403")],
) -> Audit:
    """Exposure by group in a territory, from the last report, or made now when there is none."""
    principal.require_territory(territory)
    return Audit.model_validate(await overviews.last_audit(context, territory))
