"""Settings of the matching service, read from ``BASSIN_*`` variables."""

from pydantic import Field

from shared.settings import Settings


class MatchingSettings(Settings):
    """How often time is looked at, and how much is done at once."""

    day_check_seconds: float = Field(default=60.0, gt=0, le=3_600, description="How often a worker looks for a new day")
    calm_seconds: float = Field(
        default=0.05, ge=0, le=10, description="Seconds without news that end a burst: only then people are told"
    )
    settle_within_seconds: float = Field(
        default=2.0, gt=0, le=60, description="The longest that a burst is waited for before people are told"
    )
    batch_events: int = Field(default=2_000, ge=1, le=5_000, description="Events applied in one transaction")
    audit_every_seconds: float = Field(
        default=3_600.0, gt=1, le=86_400, description="How often the allocation is held against one made anew"
    )
