"""Weights and parameters in one versioned, validated object. Shares are basis points: 10,000 is one."""

import zlib
from collections.abc import Mapping
from operator import attrgetter
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from services.matching.domain.nearness import Nearness
from services.matching.domain.scale import SCALE

TERMS = ("occupation", "skills", "distance", "experience", "freshness", "wishes", "reply", "mutual", "demands")
_IN_ORDER = attrgetter(*TERMS)
_LATER = ("demands",)
"""Terms of which the weights of an older release know nothing."""


class Weights(BaseModel):
    """How much each term of the affinity counts; together one.

    The defaults were compared on three built départements that the quality bench does not use. They matter little
    beside the exposure budget: none of six sets was apart from another by more than 1.5 points of recall.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    occupation: int = Field(default=2_800, ge=0, le=SCALE)
    skills: int = Field(default=1_800, ge=0, le=SCALE)
    distance: int = Field(default=1_200, ge=0, le=SCALE)
    experience: int = Field(default=1_200, ge=0, le=SCALE)
    freshness: int = Field(default=300, ge=0, le=SCALE)
    wishes: int = Field(default=700, ge=0, le=SCALE)
    reply: int = Field(default=300, ge=0, le=SCALE)
    mutual: int = Field(default=900, ge=0, le=SCALE)
    demands: int = Field(default=800, ge=0, le=SCALE)

    @model_validator(mode="before")
    @classmethod
    def _without_later_terms(cls, given: Any) -> Any:
        """Weights that name all the older terms and add up without a later one give it no say."""
        if isinstance(given, Mapping) and {*TERMS} - {*_LATER} <= {*given}:
            return dict.fromkeys(_LATER, 0) | {**given}
        return given

    @model_validator(mode="after")
    def _sum_to_one(self) -> Self:
        total = sum(self.in_order())
        if total != SCALE:
            raise PydanticCustomError(
                "weights_sum", "Les poids font {total} ensemble, et non {scale}.", {"total": total, "scale": SCALE}
            )
        return self

    def in_order(self) -> tuple[int, ...]:
        """The weights in the order of ``TERMS``."""
        found: tuple[int, ...] = _IN_ORDER(self)
        return found


class Configuration(BaseModel):
    """Everything that can be tuned without code. A recommendation names the version that made it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int = Field(default=1, ge=1)
    weights: Weights = Weights()
    minimum_score: int = Field(default=2_000, ge=0, le=SCALE, description="Pairs below are not recommended")
    nearness: Nearness = Nearness()
    minimum_affinity: int = Field(default=3_500, ge=1, le=SCALE, description="Occupations farther apart do not meet")
    open_affinity: int = Field(default=3_500, ge=1, le=SCALE, description="To people who name no occupation")
    open_skilled: int = Field(
        default=2_500,
        ge=0,
        le=SCALE,
        description="To them, an occupation that is not open to beginners without diploma",
    )
    uncoded_affinity: int = Field(
        default=2_000, ge=0, le=SCALE, description="An offer whose occupation nobody knows, to people who name theirs"
    )
    text_share: int = Field(
        default=9_000,
        ge=0,
        lt=SCALE,
        description="What an occupation counts that only the text of an offer speaks of, beside the declared one; 0: nothing",
    )
    practised_share: int = Field(
        default=7_000,
        ge=0,
        le=SCALE,
        description="What the nearness to an occupation counts that is practised and not sought any more",
    )
    pointed_share: int = Field(
        default=6_000,
        ge=0,
        le=SCALE,
        description="What the nearness to an occupation counts that nobody named and the skills of somebody point to",
    )
    doubted_share: int = Field(
        default=3_000,
        ge=0,
        le=SCALE,
        description="What a declared occupation counts that the title contradicts; below `minimum_affinity`: «pour élargir»",
    )
    neutral: int = Field(default=5_000, ge=0, le=SCALE, description="A term of which one side says nothing")
    skills_floor: int = Field(
        default=4_000, ge=0, le=SCALE, description="Skills term when a side lists none, or none of the asked is held"
    )
    step_up: int = Field(
        default=2_000, ge=0, le=SCALE, description="What one rung of responsibility above leaves of an offer's demands"
    )
    step_up_months: int = Field(default=60, ge=0, le=720, description="Experience from which one rung above is open")
    step_down: int = Field(
        default=8_000, ge=0, le=SCALE, description="What one rung below leaves, two rungs half of it"
    )
    level_short: int = Field(default=7_000, ge=0, le=SCALE, description="What a diploma one level short leaves")
    level_far: int = Field(default=2_500, ge=0, le=SCALE, description="What a diploma two levels short or more leaves")
    inexperienced: int = Field(
        default=2_500,
        ge=0,
        le=SCALE,
        description="What less than half of much experience asked leaves, or neither the diploma nor the experience of an either",
    )
    inexperienced_months: int = Field(default=24, ge=1, le=720, description="So much experience asked is much")
    card_missing: int = Field(
        default=2_500, ge=0, le=SCALE, description="What a card that is asked and not held leaves"
    )
    ample_months: int = Field(default=120, ge=1, le=720, description="More experience than asked by so much is ample")
    ample_floor: int = Field(
        default=7_000, ge=0, le=SCALE, description="What twice as much as ample leaves of the experience term"
    )
    distance_floor: int = Field(default=2_000, ge=0, le=SCALE, description="Distance term at the edge of the range")
    freshness_days: int = Field(default=30, ge=1, le=365, description="After so many days an offer is no longer fresh")
    freshness_step_days: int = Field(default=5, ge=1, le=365, description="Freshness falls in steps, against churn")
    other_contract: int = Field(
        default=4_000, ge=0, le=SCALE, description="Accepted contract that is not the wished one"
    )
    hours_tolerance: int = Field(default=1_200, ge=1, le=3_600, description="Minutes a week off the wish that count 0")
    reply_prior: int = Field(default=6_000, ge=0, le=SCALE, description="Reply rate of an employer not known yet")
    availability_grace_days: int = Field(default=30, ge=0, le=365, description="Offers without a start date can wait")
    live_per_profile: int = Field(default=20, ge=1, le=200, description="K: live recommendations of a profile")
    exposure_per_position: int = Field(default=20, ge=1, le=1_000, description="Seekers shown an open position")
    widening_days: int = Field(default=7, ge=1, le=90, description="Days without any application before one step more")
    widening: tuple[int, ...] = Field(
        default=(10_000, 15_000, 20_000, 30_000), min_length=1, max_length=10, description="Budget by step, 10,000 = ×1"
    )
    about_equal: int = Field(
        default=400,
        ge=0,
        le=SCALE,
        description="Offers of a list whose scores differ by less are about equal: only among them the own occupation goes "
        "first, then congestion decides; 0 is the score alone",
    )
    widening_score: int = Field(
        default=2_000,
        ge=0,
        le=SCALE,
        description="Offers to look at beyond the recommendations, «pour élargir»: at least",
    )
    widening_crowding: int = Field(
        default=5_000, ge=0, le=SCALE, description="How far «pour élargir» prefers what is shown to few"
    )
    crowding: int = Field(
        default=2_000, ge=0, le=SCALE, description="How far offers shown to many step back in a person's list"
    )
    material: int = Field(default=500, ge=0, le=SCALE, description="A score moved by less does not tell people again")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if any(step < SCALE for step in self.widening) or list(self.widening) != sorted(self.widening):
            raise PydanticCustomError(
                "widening_steps", "Les pas d'élargissement commencent à 10 000 au moins et ne baissent jamais."
            )
        if self.open_affinity < self.minimum_affinity:
            raise PydanticCustomError(
                "open_affinity",
                "Sous l'affinité minimale, celle de qui n'a nommé aucun métier écarterait toutes ces personnes.",
            )
        return self

    @property
    def minimum(self) -> int:
        """The least score that is recommended, on the scale of scores."""
        return self.minimum_score * SCALE

    def freshness(self, age_days: int) -> int:
        """The freshness term of an offer confirmed so many days ago."""
        stepped = max(0, age_days) // self.freshness_step_days * self.freshness_step_days
        return max(0, SCALE - SCALE * stepped // self.freshness_days)


_FIRST_MINIMUM_AFFINITY = 1_000
"""What the first release meant by «not even of one domain», before nearness came from the referential's structure."""


def stored_configuration(values: Mapping[str, Any]) -> Configuration:
    """A configuration as some release stored it: what this one does not know is left out, what it lacks has its default."""
    known = {name: value for name, value in values.items() if name in Configuration.model_fields}
    if "nearness" not in known and known.get("minimum_affinity") == _FIRST_MINIMUM_AFFINITY:
        del known["minimum_affinity"]
        known["open_affinity"] = max(known.get("open_affinity", 0), Configuration().open_affinity)
    for name, model in (("weights", Weights), ("nearness", Nearness)):
        if name in known:
            known[name] = {field: value for field, value in known[name].items() if field in model.model_fields}
    # A term that came later has no say in a configuration that was weighed without it.
    if "weights" in known:
        known["weights"] = dict.fromkeys(TERMS, 0) | known["weights"]
    return Configuration.model_validate(known)


FORMULA = f"9-{zlib.crc32(Configuration().model_dump_json().encode()):08x}"
"""How terms are computed, and the defaults that a configuration leans on. Recommendations of another formula are not
computed again: they answer with the terms that they were made of."""
