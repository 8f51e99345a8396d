"""Events that the matching service owns."""

from pydantic import Field

from shared.contracts.events.base import EventModel, Id, Instant, Territory


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
    reasons: tuple[dict[str, str], ...] = ()
    withdrawn_because: str | None = Field(default=None, max_length=60)
    configuration_version: int = Field(ge=1)
    created_at: Instant
    caused_by: Id | None = Field(default=None, description="Id of the event that led to it, for tracing")
    caused_at: Instant | None = Field(default=None, description="When that event happened, for latency figures")
    material: bool = Field(
        default=True, description="False: it came back worth what people were told before; nobody need be told again"
    )
