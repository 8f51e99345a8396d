"""Quality of recommendations on built départements, against simpler platforms: ``python -m tests.bench.quality``.

The engine is the product's own: facts, constraints, score, stable allocation and order of ``services.matching.domain`` with
the default configuration, on the official ROME where it is at hand (else the shipped referential). What it is held against
is known to the generator only, and in most worlds less is told than is true, or something else (``world.noise``).

The baselines recommend what the engine excludes: they know no farther occupation, no regulated one and no demand of a text. So
they stand there four times: as such platforms are; ``…_lawful``, without regulated occupations that the person neither seeks
nor holds, which no platform may show them; ``…_listed``, among the pairs that may stand in the engine's lists, «pour élargir»
included; and ``…_among``, among the pairs that it may recommend. The last is compared with the engine's recommendations
alone, the others with its whole lists (``recommending.Rings`` defines each).

Every platform fills ten lines; the engine's are its recommendations and then, where they are fewer, what it shows apart as
«pour élargir». One world says little: the figures are means and spreads over ten seeds in each of four worlds, in three
départements. Their size is the tenth of a large platform (2,785 people registered in Loir-et-Cher; Creuse had 873 offers open in
December 2021), with the same number of people for an offer.
"""

import argparse
import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import fmean, stdev
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.matching.domain.configuration import Configuration
from shared.contracts.events.offers import OfferState
from shared.contracts.events.profiles import ProfileState
from tests.bench import baselines
from tests.bench.ranking import K, Quality, measure
from tests.bench.real import former
from tests.bench.recommending import Rings, recommend, referential
from tests.bench.world import BOTH, MISTAKEN, PLAIN, SPARSE, BenchWorld, Noise, ToldWorld, told

SEEDS = tuple(range(1, 11))
FULL = {"profiles": 1_000, "offers": 312}
QUICK = {"profiles": 400, "offers": 125}
ENGINE = "engine"
ALONE = "engine_alone"
"""Its recommendations without «pour élargir», beside the baselines «among» the pairs that it could recommend."""
LAWFUL, LISTED, AMONG = "_lawful", "_listed", "_among"
MEASURES = tuple(Quality.__dataclass_fields__)


@dataclass(frozen=True)
class Kind:
    """A département and what goes wrong in it."""

    name: str
    department: str
    noise: Noise


KINDS = (
    Kind("23, all told", "23", PLAIN),
    Kind("41, little told", "41", SPARSE),
    Kind("19, wrongly told", "19", MISTAKEN),
    Kind("23, little and wrongly", "23", BOTH),
)


def build(kind: Kind, seed: int, profiles: int, offers: int) -> ToldWorld:
    """One world of a kind."""
    counts = BenchWorld.counts_beside_the_project()
    built = BenchWorld.build(kind.department, profiles=profiles, offers=offers, seed=seed, counts_path=counts)
    return told(built, kind.noise)


def qualities(world: ToldWorld, configuration: Configuration) -> dict[str, Quality]:
    """The engine, its former self and the baselines on one world."""
    states = list(world.profiles())
    by_row = list(world.offers())
    offers = {offer.offer_id: offer for offer in by_row}
    rows = {state.profile_id: row for row, state in enumerate(states)}

    def possible(state: ProfileState) -> Iterable[OfferState]:
        # Pairs that fail by the generator's own count of the constraints are not judged: all would refuse them.
        return [by_row[at] for at in world.passing[rows[state.profile_id]].nonzero()[0].tolist()]

    known = referential()
    today = world.now.date()
    rings = Rings()
    engine = recommend(states, offers, configuration, known.structure, today.toordinal(), possible, K, rings)
    before = former.recommended(states, offers, known.occupations, today, possible)
    ids = [state.profile_id for state in states]
    lists = {
        ENGINE: [[world.row(one.offer_id) for one in engine.get(name, ())] for name in ids],
        "former": [[world.row(offer_id) for offer_id in before.get(name, ())] for name in ids],
        **_simple(world, None, ""),
        **_simple(world, _pairs(world, rows, rings.lawful), LAWFUL),
        **_simple(world, _pairs(world, rows, rings.listed), LISTED),
        ALONE: [[world.row(one.offer_id) for one in engine.get(name, ()) if not one.wider] for name in ids],
        **_simple(world, _pairs(world, rows, rings.recommendable), AMONG),
    }
    return {name: measure(rows, world.outcome, world.demand.positions) for name, rows in lists.items()}


def _simple(world: ToldWorld, among: NDArray[np.bool_] | None, ring: str) -> dict[str, list[list[int]]]:
    """The baselines, each within a ring."""
    return {
        f"distance{ring}": baselines.distance(world, among),
        f"rome{ring}": baselines.rome(world, among),
        f"popularity{ring}": baselines.popularity(world, among),
    }


def _pairs(world: ToldWorld, rows: dict[str, int], ring: Iterable[tuple[str, str]]) -> NDArray[np.bool_]:
    found = np.zeros(world.passing.shape, bool)
    for profile_id, offer_id in ring:
        found[rows[profile_id], world.row(offer_id)] = True
    return found


def main(quick: bool = False, seeds: Iterable[int] = SEEDS) -> dict[str, Any]:
    """``quality``: means over all worlds; ``quality_worlds``: mean and spread (standard deviation) over the seeds of each.

    ``quick``: two fifths of the people and offers.
    """
    size = QUICK if quick else FULL
    numbers = tuple(seeds)
    found = {kind.name: [qualities(build(kind, seed, **size), Configuration()) for seed in numbers] for kind in KINDS}
    names = tuple(next(iter(found.values()))[0])

    def values(worlds: Iterable[str], name: str, measured: str) -> list[float]:
        return [float(getattr(one[name], measured)) for world in worlds for one in found[world]]

    def spread(of: list[float]) -> float:
        return stdev(of) if len(of) > 1 else 0.0

    return {
        "quality": {name: {key: round(fmean(values(found, name, key)), 4) for key in MEASURES} for name in names},
        "quality_worlds": {
            world: {
                name: {
                    key: {
                        "mean": round(fmean(of := values([world], name, key)), 4),
                        "spread": round(spread(of), 4),
                    }
                    for key in MEASURES
                }
                for name in names
            }
            for world in found
        },
        "quality_seeds": len(numbers),
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two fifths of the size")
    parser.add_argument("--seeds", type=int, default=len(SEEDS), help="how many")
    arguments = parser.parse_args()
    json.dump(main(arguments.quick, range(1, arguments.seeds + 1)), sys.stdout, indent=2)
