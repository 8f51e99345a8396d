"""What work must not ask of somebody's body: the functional need, never the cause.

A closed list on purpose: in words of one's own a diagnosis would be written. Hours are said in the availability. No offer states
these demands yet, so nothing is compared with them; they are for the person and those who accompany them, and in no event.
"""

from typing import Annotated

from pydantic import Field

from shared.domain import Entity
from shared.kept_enum import StoredEnum
from shared.types import Distinct


class FunctionalLimit(StoredEnum):
    """One demand that the person cannot meet."""

    HEAVY_LIFTING = "heavy_lifting"
    LONG_STANDING = "long_standing"
    LONG_SITTING = "long_sitting"
    LONG_WALKING = "long_walking"
    STAIRS_OR_LADDERS = "stairs_or_ladders"
    WORK_AT_HEIGHT = "work_at_height"
    REPEATED_GESTURES = "repeated_gestures"
    DRIVING = "driving"
    NOISE = "noise"
    DUST_OR_CHEMICALS = "dust_or_chemicals"
    COLD_OR_HEAT = "cold_or_heat"


class FunctionalLimits(Entity):
    """All of them; empty: none is said."""

    limits: Annotated[tuple[FunctionalLimit, ...], Distinct(len(FunctionalLimit))] = Field(
        description="What the work must not ask; never why"
    )
