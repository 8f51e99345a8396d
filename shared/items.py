"""Timed jobs over many items: one that fails stops no other."""

from collections.abc import Awaitable, Callable, Iterable

from pymongo.errors import ConnectionFailure

from shared import metrics
from shared.logs import get_logger

_log = get_logger()


async def each(job: str, ids: Iterable[str], do: Callable[[str], Awaitable[int]]) -> int:
    """Do it for every id; returns the sum of what was done. One that fails is logged, counted and left to the next run.

    Raises:
        ConnectionFailure: the database is away, for all of them.
    """
    done = 0
    for id in ids:
        try:
            done += await do(id)
        except ConnectionFailure:
            raise
        except Exception as error:  # one that cannot be done keeps none of the others from it
            metrics.JOB_ITEMS_FAILED.labels(job).inc()
            _log.error("item_failed", job=job, aggregate_id=id, exc_info=error)
    return done
