"""The numbers of the rules: they hold together, and those of another release are read."""

import pytest
from pydantic import ValidationError

from services.matching.domain.configuration import Configuration, Weights, stored_configuration
from services.matching.domain.scale import SCALE
from tests.service.matching.pairs import RULES


def test_a_configuration_holds_together_or_is_refused() -> None:
    assert sum(RULES.weights.in_order()) == SCALE
    for wrong in (
        {"weights": {"occupation": 0}},
        {"widening": [10_000, 9_000]},
        {"widening": []},
        {"open_affinity": 1, "minimum_affinity": 2_000},
        {"unknown": 1},
    ):
        with pytest.raises(ValidationError):
            Configuration.model_validate(wrong)
    assert Weights(occupation=4_600, skills=0).occupation == 4_600


def test_freshness_falls_in_steps_so_that_nothing_moves_every_day() -> None:
    ages = [RULES.freshness(age) for age in range(-1, 40)]
    assert ages == sorted(ages, reverse=True)
    assert ages[:6] == [SCALE] * 6
    assert len(set(ages)) == 7
    assert ages[-1] == 0


def test_a_configuration_of_another_release_still_loads() -> None:
    first = {
        "version": 4, "minimum_affinity": 1_000, "open_affinity": 3_000, "neutral": 4_500, "of_a_later_release": 1,
        "weights": {
            "occupation": 2_800, "skills": 2_600, "distance": 1_200, "experience": 1_200, "freshness": 300, "wishes": 700,
            "reply": 300, "mutual": 900,
        },
    }  # fmt: skip
    read = stored_configuration(first)
    assert (read.version, read.neutral, read.weights.skills) == (4, 4_500, 2_600)
    # «Of one domain» was no nearness: what that release let through at 1,000 does not come back.
    assert read.minimum_affinity == RULES.minimum_affinity <= read.open_affinity
    # A term that this release does not know is left out only where the weights still add up.
    assert stored_configuration(read.model_dump(mode="json")) == read
    for stored in (RULES, RULES.model_copy(update={"minimum_affinity": 1_000})):
        assert stored_configuration(stored.model_dump(mode="json")) == stored
