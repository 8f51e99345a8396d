"""Life of a recommendation: ``created → seen → applied | dismissed | withdrawn``."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from services.matching.domain.configuration import Configuration
from services.matching.domain.scale import SCALE
from shared.errors import Refused, StateConflict
from shared.kept_enum import Otherwise, StoredEnum
from shared.states import impossible


class Status(StoredEnum):
    """Where a recommendation stands."""

    CREATED = "created"
    SEEN = "seen"
    APPLIED = "applied"
    DISMISSED = "dismissed"
    WITHDRAWN = "withdrawn"


class Cause(StrEnum):
    """Why a recommendation was withdrawn."""

    OFFER_CLOSED = "offer_closed"
    PROFILE_LEFT = "profile_left"
    CONSTRAINT = "constraint"
    BETTER_ONES = "better_ones"
    CROWDED = "crowded"
    REFUSED = "refused"


LIVE = (Status.CREATED, Status.SEEN)

ALLOWED: dict[Status, tuple[Status, ...]] = Otherwise(
    {
        Status.CREATED: (Status.SEEN, Status.APPLIED, Status.DISMISSED, Status.WITHDRAWN),
        Status.SEEN: (Status.APPLIED, Status.DISMISSED, Status.WITHDRAWN),
        Status.APPLIED: (),
        # A counsellor who adds it again brings it back; the engine never does.
        Status.DISMISSED: (Status.CREATED,),
        # The engine brings it back when it fits again, as seen where nothing has changed for the person since they saw it.
        Status.WITHDRAWN: (Status.CREATED, Status.SEEN),
    },
    lambda _: (),
)


class NotThis(StrEnum):
    """Why an offer was dismissed, in one word that can be counted: the words in which it was said stay with the decision.

    The kinds are those by which pairs are labelled (``tests/bench/data/labelling-guide.md``), and what has to do with the
    person's life and not with the engine.
    """

    OCCUPATION = "occupation"
    DIPLOMA = "diploma"
    ABOVE = "above"
    BELOW = "below"
    SCHEDULE = "schedule"
    TRAVEL = "travel"
    CONTRACT = "contract"
    LANGUAGE = "language"
    PAY = "pay"
    UNCLEAR = "unclear"
    PERSONAL = "personal"
    OTHER = "other"


class ReasonMissing(Refused):
    """A counsellor overrules the engine only with a reason that stays readable."""

    code = "reason-missing"


class RecommendationIsOver(StateConflict):
    """The recommendation is applied to, dismissed or withdrawn already."""

    code = "recommendation-is-over"


class Overruling(BaseModel):
    """Who overruled the engine, on whose behalf, and why."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    acted_by: str
    on_behalf_of: str
    reason: str
    at: datetime
    kind_of_no: str | None = None


def step(current: Status, target: Status, recommendation_id: str) -> Status:
    """The next state. A repeated step is no error.

    Raises:
        RecommendationIsOver: the state does not lead there; it lists where it does.
    """
    if target is current or target in ALLOWED[current]:
        return target
    raise RecommendationIsOver(
        impossible("cette recommandation", current),
        recommendation_id=recommendation_id,
        allowed=[status.value for status in ALLOWED[current]],
    )


def must_be_live(current: Status, recommendation_id: str) -> None:
    """Refuse what is for a recommendation that stands.

    Raises:
        RecommendationIsOver: it is applied to, dismissed or withdrawn.
    """
    if current not in LIVE:
        raise RecommendationIsOver(
            impossible("cette recommandation", current),
            recommendation_id=recommendation_id,
            allowed=[status.value for status in ALLOWED[current]],
        )


def is_material(told_score: int | None, score: int, configuration: Configuration) -> bool:
    """Whether people are told (again): never told before, or the score moved by enough to matter."""
    return told_score is None or abs(score - told_score) >= configuration.material * SCALE
