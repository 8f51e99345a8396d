"""The index by itself: questions from both sides, updates, memory, and whether the answers are the oracle's."""

import statistics
import time
from typing import Any

import numpy as np

from services.matching.domain.configuration import Configuration
from services.matching.domain.facts import OfferFacts
from services.matching.domain.scoring import judge
from services.matching.domain.ties import id_key
from services.matching.index.encoding import SkillNumbers
from services.matching.index.kernel import Rules
from services.matching.index.offers import OfferIndex
from services.matching.index.profiles import ProfileIndex
from tests.bench.index_rows import TODAY, Country, People, draw_offers, some_profile
from tests.bench.timing import percentiles, timed

PROFILES = (8_000, 100_000, 200_000, 1_000_000)
OFFERS = (500, 10_000, 100_000)
QUICK_PROFILES = (8_000, 100_000, 200_000)
QUICK_OFFERS = (500, 10_000)
TOP_PROFILES, TOP_OFFERS = 50, 20
ORACLE_QUESTIONS = 12


def build(country: Country, count: int) -> tuple[ProfileIndex, People]:
    """An index of so many people."""
    skills = SkillNumbers()
    people = People.draw(country, count, skills)
    index = ProfileIndex(Rules(Configuration(), country.affinities), count, skills)
    index.load(people.high, people.low, people.bits, people.geo, people.rows)
    return index, people


def agrees_with_the_oracle(index: ProfileIndex, offers: list[OfferFacts]) -> bool:
    """Whether judging every profile by itself gives the same people, scores and order."""
    rules = index.rules
    everybody = [index.get(name) for name in index.ids.names(np.arange(1, len(index) + 1, dtype=np.int32))]
    for offer in offers:
        found = []
        for profile in everybody:
            assert profile is not None
            verdict = judge(offer, profile, rules.configuration, rules.affinities, TODAY)
            if verdict.recommendable(rules.configuration):
                found.append((profile.profile_id, verdict.score))
        found.sort(key=lambda item: (-item[1], id_key(item[0])))
        if index.rank(offer, TOP_PROFILES, TODAY) != found[:TOP_PROFILES]:
            return False
    return True


def pass_over(size: int) -> float:
    """Milliseconds of processor for one pass over so many bytes in memory: what a machine is worth, to compare figures by."""
    block = np.ones(size // 8, np.uint64)
    taken = []
    for _ in range(7):
        begun = time.thread_time()
        block.sum()
        taken.append((time.thread_time() - begun) * 1e3)
    return statistics.median(taken)


def relative(figures: dict[str, float], one_pass: float) -> dict[str, float]:
    """The same figures with their processor time in passes over the bytes of the index."""
    return {
        **figures,
        "pass_ms": round(one_pass, 4),
        **{
            f"{name.removesuffix('_ms')}_vs_pass": round(figures[name] / one_pass, 3)
            for name in ("cpu_p50_ms", "cpu_p99_ms")
        },
    }


def main(quick: bool = False) -> dict[str, Any]:
    """Figures under ``index``; sizes are smaller when ``quick``."""
    country = Country.load()
    offers = draw_offers(country, 600 if quick else 2_100)
    report: dict[str, Any] = {"offer_to_profiles": {}, "profile_to_offers": {}, "update": {}}
    index = None
    for count in QUICK_PROFILES if quick else PROFILES:
        index, _ = build(country, count)
        if count == min(PROFILES):
            report["identical_to_oracle"] = agrees_with_the_oracle(index, offers[:ORACLE_QUESTIONS])
        taken = timed(lambda offer, index=index: index.rank(offer, TOP_PROFILES, TODAY), offers)
        one_pass = pass_over(index.nbytes)
        report["offer_to_profiles"][str(count)] = relative(percentiles(taken), one_pass)
    assert index is not None
    report["bytes_per_profile"] = round(index.nbytes / len(index), 1)
    rng = np.random.default_rng(9)
    names = index.ids.names(rng.integers(1, len(index), 3_000).astype(np.int32))
    changed = [some_profile(country, rng, name) for name in names]
    taken = timed(index.put, changed)
    figures = percentiles(taken)
    microseconds = {name.replace("_ms", "_us"): round(value * 1_000, 1) for name, value in figures.items()}
    report["update"][str(len(index))] = microseconds | {
        "cpu_p99_vs_pass": round(figures["cpu_p99_ms"] / pass_over(index.nbytes), 4)
    }
    rules = index.rules
    for count in QUICK_OFFERS if quick else OFFERS:
        other = OfferIndex(rules, count, SkillNumbers())
        for offer in draw_offers(country, count, seed=3):
            other.put(offer)
        taken = timed(lambda profile, other=other: other.rank(profile, TOP_OFFERS, TODAY), changed[:1_500])
        report["profile_to_offers"][str(count)] = relative(percentiles(taken), pass_over(other.nbytes))
    return {"index": report}
