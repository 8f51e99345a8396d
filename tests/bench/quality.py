"""Quality of recommendations on a built département, against simpler platforms: ``python -m tests.bench.quality``.

The engine is the product's own: facts, constraints, score and stable allocation of ``services.matching.domain`` with the
default configuration, on the official ROME where it is at hand (else the shipped referential). What it is held against is
known to the generator only. The size is that of the platforms that published theirs: 2,785 people registered in
Loir-et-Cher, 2,898 CVs in Corrèze; Creuse had 873 offers open in December 2021.
"""

import argparse
import json
import sys
import tempfile
from collections import Counter, defaultdict
from pathlib import Path

from services.matching.domain.allocation import Demand, Pair, exposure_budget, stable_allocation
from services.matching.domain.configuration import Configuration
from services.matching.domain.facts import offer_facts, profile_facts
from services.matching.domain.occupations import Affinities
from services.matching.domain.scoring import judge
from services.matching.domain.surplus import surplus
from services.matching.referential import load_affinities, shipped_affinities
from shared.reference.rome import import_rome
from tests.bench import baselines
from tests.bench.ranking import Quality, measure
from tests.bench.world import World

FULL = {"profiles": 2_800, "offers": 873}
QUICK = {"profiles": 700, "offers": 218}
_ROME = Path(__file__).resolve().parents[3] / "shared/data/rome/rome_v460_official.zip"


def engine(world: World, configuration: Configuration, affinities: Affinities) -> list[list[int]]:
    """Rows of the offers that the engine recommends to each person, best first."""
    today = world.now.date().toordinal()
    offers = [offer_facts(offer) for offer in world.offers()]
    budget = {offer.offer_id: exposure_budget(offer, Demand(), configuration, today) for offer in offers}
    pairs = []
    for row, state in enumerate(world.profiles()):
        profile = profile_facts(state)
        # Pairs that fail by the generator's own count of the constraints are not judged: judge() would refuse them.
        for at in world.outcome.feasible[row].nonzero()[0].tolist():
            verdict = judge(offers[at], profile, configuration, affinities, today)
            if verdict.recommendable(configuration):
                pairs.append(Pair(profile.profile_id, offers[at].offer_id, verdict.score))
    allocation = stable_allocation(pairs, configuration.live_per_profile, budget.__getitem__)
    crowds = Counter(pair.offer_id for pair in allocation)
    positions = {offer.offer_id: offer.positions for offer in offers}
    shown: dict[str, list[Pair]] = defaultdict(list)
    for pair in allocation:
        shown[pair.profile_id].append(pair)

    def worth(pair: Pair) -> tuple[int, str]:
        return -surplus(pair.score, crowds[pair.offer_id], positions[pair.offer_id], configuration), pair.offer_id

    return [
        [world.row(pair.offer_id) for pair in sorted(shown[world.profile_id(row)], key=worth)]
        for row in range(len(world.people))
    ]


def affinities() -> Affinities:
    """From the official referential, as an installation imports it, where the archive is at hand."""
    if not _ROME.is_file():
        return shipped_affinities()
    with tempfile.TemporaryDirectory() as folder:
        imported = Path(folder) / "occupations.json.gz"
        import_rome(_ROME, imported)
        return load_affinities(str(imported))


def qualities(world: World) -> dict[str, Quality]:
    """The engine and the baselines on one world."""
    lists = {
        "engine": engine(world, Configuration(), affinities()),
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
