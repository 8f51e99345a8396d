"""Several queries as one command: each command costs a caller and the server more than what most small queries look at."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from shared.store.reading import Asked, Find, Pipeline


def joined(asked: Sequence[Asked]) -> Pipeline:
    """All of it in one aggregation; ``apart`` tells the answers from each other.

    For queries that an aggregation understands (neither ``$where`` nor ``$near`` nor ``$text``) and that find little: every
    document is wrapped once.
    """
    first, *others = asked
    unions = [
        {"$unionWith": {"coll": one.collection, "pipeline": [*_stages(one), _marked(number)]}}
        for number, one in enumerate(others, 1)
    ]
    return Pipeline(first.collection, [*_stages(first), _marked(0), *unions])


def apart(rows: Iterable[Mapping[str, Any]], count: int) -> list[list[dict[str, Any]]]:
    """The documents that each of ``count`` joined queries found, in its order."""
    found: list[list[dict[str, Any]]] = [[] for _ in range(count)]
    for row in rows:
        found[row["n"]].append(row["d"])
    return found


def _stages(one: Asked) -> list[Mapping[str, Any]]:
    if not isinstance(one, Find):
        return list(one.stages)
    stages: list[Mapping[str, Any]] = [{"$match": one.filter}]
    if one.sort:
        stages.append({"$sort": dict(one.sort)})
    if one.limit:
        stages.append({"$limit": one.limit})
    if one.projection:
        stages.append({"$project": one.projection})
    return stages


def _marked(number: int) -> dict[str, Any]:
    return {"$replaceWith": {"n": {"$literal": number}, "d": "$$ROOT"}}
