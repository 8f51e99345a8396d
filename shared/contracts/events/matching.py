"""Events that the matching service owns."""

from typing import Annotated

from pydantic import Field

from shared.contracts.events.base import MOST, MOST_COUNTED, EventModel, Id, Instant, Territory, Words


class RecommendationState(EventModel):
    """A recommendation of an offer to a profile (topic ``matching.recommendations.v1``, key: profile id).

    ``reasons`` are codes with their arguments, e.g. ``{"code": "distance", "km": "12"}``; sentences are made at the edge.
    """

    recommendation_id: Id
    profile_id: Id
    offer_id: Id
    territory: Territory
    score: float = Field(ge=0, le=1)
    status: str = Field(pattern=r"^(created|withdrawn)$")
    reasons: tuple[Annotated[dict[Id, Words], Field(max_length=MOST)], ...] = Field(default=(), max_length=MOST)
    withdrawn_because: str | None = Field(default=None, max_length=60)
    configuration_version: int = Field(ge=1, le=MOST_COUNTED)
    created_at: Instant
    caused_by: Id | None = Field(default=None, description="Id of the event that led to it, for tracing")
    caused_at: Instant | None = Field(default=None, description="When that event happened, for latency figures")
    material: bool = Field(
        default=True, description="False: it came back worth what people were told before; nobody need be told again"
    )
