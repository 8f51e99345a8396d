"""Measures of what people are shown against what they should be: recall, nDCG, and how evenly offers are seen."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tests.bench.world.truth import LEAST_GAIN, Truth

K = 10


@dataclass(frozen=True)
class Quality:
    """Recall and nDCG over people for whom some offer is worth showing; Gini and coverage over offers.

    ``gini`` and ``coverage`` count whoever is shown an offer; ``gini_fit`` and ``coverage_fit`` only people to whom it is
    worth showing: an offer that everybody sees and nobody can take has not been spread, and lists that are filled up with
    anything look even by that.
    """

    recall_at_10: float
    ndcg_at_10: float
    gini: float
    coverage: float
    gini_fit: float
    coverage_fit: float

    def as_dict(self) -> dict[str, float]:
        """Rounded to four decimals."""
        return {name: round(getattr(self, name), 4) for name in self.__dataclass_fields__}


def measure(lists: Sequence[Sequence[int]], truth: Truth, positions: NDArray[np.int16]) -> Quality:
    """Hold lists of offer rows (one per person, best first) against the truth.

    Exposure is counted per open position, since an offer of ten places may be shown to ten times as many people, and
    over offers that are worth showing to somebody: nothing is lost by not showing a surgeon's post where there is none.
    """
    recalls, ndcgs = [], []
    shown, fit = np.zeros(len(positions)), np.zeros(len(positions))
    for person, offers in enumerate(lists):
        top = list(offers[:K])
        shown[top] += 1
        fit[top] += truth.gain[person][top] >= LEAST_GAIN
        relevant = truth.ranked(person, K)
        if not relevant:
            continue
        wanted = {offer for offer, _ in relevant}
        recalls.append(len(wanted.intersection(top)) / len(wanted))
        gains = truth.gain[person]
        ndcgs.append(_dcg(gains[top]) / _dcg(np.sort(gains)[: -K - 1 : -1]))
    worth = (truth.gain >= LEAST_GAIN).any(0)
    exposure, fitting = (shown / positions)[worth], (fit / positions)[worth]
    return Quality(
        recall_at_10=float(np.mean(recalls)),
        ndcg_at_10=float(np.mean(ndcgs)),
        gini=gini(exposure),
        coverage=float(np.mean(exposure > 0)),
        gini_fit=gini(fitting),
        coverage_fit=float(np.mean(fitting > 0)),
    )


def _dcg(gains: NDArray[np.float32]) -> float:
    return float(gains @ (1 / np.log2(np.arange(len(gains)) + 2)))


def gini(values: NDArray[np.float64]) -> float:
    """0: all alike; 1: one has everything."""
    if not values.sum():
        return 0.0
    ordered = np.sort(values)
    n = len(ordered)
    return float((2 * np.arange(1, n + 1) - n - 1) @ ordered / (n * ordered.sum()))
