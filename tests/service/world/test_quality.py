"""A small gate of quality: what `make bench` measures at length, on small worlds in which little is told, and wrongly."""

from statistics import fmean

import numpy as np
import pytest

from services.matching.domain.configuration import Configuration
from tests.bench.quality import ENGINE, KINDS, build, qualities
from tests.bench.ranking import Quality
from tests.bench.world import BOTH, PLAIN, BenchWorld, told

SEEDS = (21, 22, 23)


@pytest.fixture(scope="module")
def judged() -> dict[str, list[Quality]]:
    """Measures by platform, one for each seed of the world that is told worst."""
    worst = next(kind for kind in KINDS if kind.noise == BOTH)
    found = [qualities(build(worst, seed, profiles=250, offers=80), Configuration()) for seed in SEEDS]
    return {name: [one[name] for one in found] for name in found[0]}


def test_the_engine_finds_more_than_distance_and_popularity_do(judged: dict[str, list[Quality]]) -> None:
    def found(name: str) -> float:
        return fmean(one.recall_at_10 for one in judged[name])

    assert found(ENGINE) > 1.3 * max(found("distance"), found("popularity"))


def test_the_engine_spreads_fitting_attention_wider_than_popularity_does(judged: dict[str, list[Quality]]) -> None:
    def mean(name: str, measured: str) -> float:
        return fmean(float(getattr(one, measured)) for one in judged[name])

    assert mean(ENGINE, "gini_fit") < mean("popularity", "gini_fit")
    assert mean(ENGINE, "coverage_fit") > mean("popularity", "coverage_fit")


def test_noise_changes_what_is_told_and_not_what_is_true() -> None:
    built = BenchWorld.build("23", profiles=120, offers=60, seed=5)
    plain, worst = told(built, PLAIN), told(built, BOTH)
    assert list(plain.offers()) == list(built.offers())
    assert list(plain.profiles()) == list(built.profiles())
    assert np.array_equal(plain.outcome.gain, built.outcome.gain)
    offers = list(worst.offers())
    assert sum(offer.occupation_code is None for offer in offers) > 0
    assert sum(offer.weekly_hours is None for offer in offers) > 10
    assert sum(offer.salary.hourly_min is None for offer in offers) > 15
    assert sum(not offer.skills for offer in offers) > 20
    assert sum(a.occupation_code != b.occupation_code for a, b in zip(offers, built.offers(), strict=True)) > 3
    # The truth still knows the schedules and hours that nobody was told of.
    assert worst.passing.sum() > worst.outcome.feasible.sum()
    assert not worst.outcome.gain[~worst.outcome.feasible].any()


def test_people_want_things_that_they_never_named() -> None:
    built = BenchWorld.build("23", profiles=200, offers=40, seed=6)
    worst = told(built, BOTH)
    named, wanted = worst.people.occupations, worst.true.people.occupations
    assert 20 < (named != wanted).any(1).sum() < 80
    assert np.array_equal(named, built.people.occupations)
