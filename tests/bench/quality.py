"""Quality of recommendations on a built département, against simpler platforms: ``python -m tests.bench.quality``.

The engine is the product's own: facts, constraints, score and stable allocation of ``services.matching.domain`` with the
default configuration, on the official ROME where it is at hand (else the shipped referential). What it is held against is
known to the generator only. The size is that of the platforms that published theirs: 2,785 people registered in
Loir-et-Cher, 2,898 CVs in Corrèze; Creuse had 873 offers open in December 2021.
"""

import argparse
import json
import sys

from services.matching.domain.configuration import Configuration
from tests.bench import baselines
from tests.bench.ranking import Quality, measure
from tests.bench.recommending import recommend, referential
from tests.bench.world import World

FULL = {"profiles": 2_800, "offers": 873}
QUICK = {"profiles": 700, "offers": 218}


def engine(world: World, configuration: Configuration) -> list[list[int]]:
    """Rows of the offers that the engine recommends to each person, best first."""
    offers = {offer.offer_id: offer for offer in world.offers()}
    states = list(world.profiles())
    rows = {state.profile_id: row for row, state in enumerate(states)}
    by_row = list(offers.values())
    # Pairs that fail by the generator's own count of the constraints are not judged: judge() would refuse them.
    lists = recommend(
        states,
        offers,
        configuration,
        referential().structure,
        world.now.date().toordinal(),
        asked=lambda state: [by_row[at] for at in world.outcome.feasible[rows[state.profile_id]].nonzero()[0].tolist()],
    )
    return [[world.row(one.offer_id) for one in lists.get(world.profile_id(row), ())] for row in range(len(states))]


def qualities(world: World) -> dict[str, Quality]:
    """The engine and the baselines on one world."""
    lists = {
        "engine": engine(world, Configuration()),
        "distance": baselines.distance(world),
        "rome": baselines.rome(world),
        "popularity": baselines.popularity(world),
    }
    return {name: measure(rows, world.outcome, world.demand.positions) for name, rows in lists.items()}


def main(quick: bool = False) -> dict[str, dict[str, dict[str, float]]]:
    """``{"quality": {engine|distance|rome|popularity: {recall_at_10, ndcg_at_10, gini, coverage}}}``.

    ``quick``: a quarter of the département.
    """
    world = World.build("23", **(QUICK if quick else FULL), counts_path=World.counts_beside_the_project())
    return {"quality": {name: quality.as_dict() for name, quality in qualities(world).items()}}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a quarter of the département")
    json.dump(main(parser.parse_args().quick), sys.stdout, indent=2)
