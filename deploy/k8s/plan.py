"""What runs: every entry point of every service as the code declares it, and how far it scales."""

from dataclasses import dataclass

from shared.contracts.topics import SERVICES, consumed_by

HALVES = ("api", "worker")


@dataclass(frozen=True)
class Size:
    """What one pod asks for and may take at most. CPU has no upper limit: throttling would only lengthen queues."""

    cpu: str
    memory: str
    memory_most: str


# A fresh process takes 70–140 MB (compose on a real engine, 2026-11). A matching worker also holds every active offer and the
# profiles of its partitions; overlays raise it.
SIZES = {
    "api": Size("100m", "192Mi", "512Mi"),
    "worker": Size("100m", "192Mi", "512Mi"),
    "matching-worker": Size("250m", "384Mi", "1Gi"),
    # Full-text search, imports and spreadsheets are in this process; alerts of saved searches ask it in the worker.
    "offers-api": Size("150m", "320Mi", "1Gi"),
    "offers-worker": Size("150m", "320Mi", "1Gi"),
}

_LAG = 500
_LAG_OF = {"notifications": 1_000}


def size_of(service: str, half: str) -> Size:
    """What a pod of this entry point asks for."""
    return SIZES.get(f"{service}-{half}", SIZES[half])


def lag_per_worker(service: str) -> int:
    """Events waiting for one worker at which another is worth its rebalance: some ten seconds of work (docs/performance.md)."""
    return _LAG_OF.get(service, _LAG)


def most_workers(service: str) -> int:
    """Workers beyond the partitions of the widest topic would have nothing to read; two are for one to fail over."""
    return max((topic.partitions for topic in consumed_by(service)), default=2)


ENTRY_POINTS = tuple((service, half) for service in SERVICES for half in HALVES)
