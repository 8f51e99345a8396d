"""Figures of this service, beside the common ones. Labels are bounded: outcomes and causes."""

from prometheus_client import Counter, Gauge, Histogram

from shared.metrics import REGISTRY

RECOMMENDATIONS = Counter(
    "bassin_recommendations_total",
    "Recommendations by what became of them: created, returned (not told again), or the cause of the withdrawal",
    ("outcome",),
    registry=REGISTRY,
)
OVERTAKEN = Counter(
    "bassin_matching_overtaken_total",
    "Commits that another worker or a decision of people got ahead of, and that were made again",
    registry=REGISTRY,
)
UNKNOWN_OCCUPATIONS = Counter(
    "bassin_matching_unknown_occupations_total",
    "Occupation codes met that the referential does not know; they match themselves only",
    registry=REGISTRY,
)
IN_MEMORY = Gauge(
    "bassin_matching_in_memory", "Open offers and own profiles held by this worker", ("kind",), registry=REGISTRY
)
SETTLING = Histogram(
    "bassin_matching_settling_seconds",
    "Seconds from taking over news to the commit of all that follows from them",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 30),
    registry=REGISTRY,
)
