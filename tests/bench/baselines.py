"""What a simpler platform would show: nearest first, own occupation first, most applied-to first.

All see the needs of people as the engine does (``world.passing``), or only the pairs that the engine itself could recommend
(``among``): then nearness of occupations and demands of the text, which it counts as constraints, are the same for all. Ties
are broken at random for each person anew: a fixed order would show everybody the same of two equal offers, which would make
the baselines look worse than they are.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from tests.bench.ranking import K
from tests.bench.world import World

Score = Callable[[slice], NDArray[np.float32]]
Bools = NDArray[np.bool_]

_NEVER = -np.inf

_SEEN_SHARE = 0.2
"""Past applications that popularity is counted from: one in five of those that people would make."""


def distance(world: World, among: Bools | None = None) -> list[list[int]]:
    """The nearest offers that the person can take."""
    return _ranked(world, lambda rows: -world.distances(rows), seed=11, among=among)


def rome(world: World, among: Bools | None = None) -> list[list[int]]:
    """Same ROME code, then same domain (three characters), then same family (one letter); nothing outside of it."""
    codes = [occupation.code for occupation in world.catalogue.occupations]
    tiers = np.zeros((len(codes), len(codes)), dtype=np.float32)
    for prefix, value in ((1, 1.0), (3, 2.0), (5, 3.0)):
        starts = np.array([code[:prefix] for code in codes])
        tiers[starts[:, None] == starts[None, :]] = value

    def score(rows: slice) -> NDArray[np.float32]:
        wishes = world.people.occupations[rows]
        best = np.zeros((len(wishes), len(world.demand)), dtype=np.float32)
        for column in range(wishes.shape[1]):
            named = (wishes[:, column] >= 0)[:, None]
            np.maximum(best, tiers[np.maximum(wishes[:, column], 0)][:, world.demand.occupation] * named, out=best)
        return np.where((best > 0) & world.named, best, _NEVER)

    return _ranked(world, score, seed=12, among=among)


def popularity(world: World, among: Bools | None = None) -> list[list[int]]:
    """The offers that most people applied to so far."""
    rng = np.random.default_rng([world.seed, 13])
    past = rng.poisson(world.outcome.interest * _SEEN_SHARE)
    return _ranked(
        world, lambda rows: np.tile(past.astype(np.float32), (rows.stop - rows.start, 1)), seed=13, among=among
    )


def _ranked(world: World, score: Score, seed: int, among: Bools | None) -> list[list[int]]:
    rng = np.random.default_rng([world.seed, seed])
    lists: list[list[int]] = []
    for rows in world.blocks():
        scores = score(rows).astype(np.float64)
        shown = (world.passing if among is None else among)[rows] & (scores > _NEVER)
        order = np.lexsort((rng.random(scores.shape), np.where(shown, -scores, np.inf)), axis=1)
        counts = shown.sum(1)
        lists += [order[at, : min(K, counts[at])].tolist() for at in range(len(counts))]
    return lists
