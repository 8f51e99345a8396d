"""The matter of a recommendation."""

from dataclasses import dataclass
from datetime import datetime

from services.notifications.domain.matter import Category, Matter
from shared.contracts.events.matching import RecommendationState

TEMPLATE = "recommendation"
TEMPLATES = frozenset({TEMPLATE})


@dataclass(frozen=True)
class Told:
    """A recommendation as what was told of it is found: all of it is about one person, and written after it was made."""

    id: str
    subject_id: str
    made_at: datetime


def told_of(state: RecommendationState) -> Told:
    """By what an event says of it. What comes back unchanged says when it was made first."""
    return Told(state.recommendation_id, state.profile_id, state.created_at)


def matter_of(
    state: RecommendationState, key: str, event_id: str, happened_at: datetime, correlation: str | None = None
) -> Matter:
    """``caused_at`` of the recommendation goes before the event's own time, so that figures start at the deposit."""
    return Matter(
        key=key,
        subject_id=state.profile_id,
        territory=state.territory,
        template=TEMPLATE,
        category=Category.RECOMMENDATIONS,
        offer_id=state.offer_id,
        ref=state.recommendation_id,
        reasons=state.reasons,
        caused_by=state.caused_by or event_id,
        caused_at=state.caused_at or happened_at,
        correlation_id=correlation,
    )
