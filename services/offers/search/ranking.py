"""The order of an answer: words, then nearness and freshness; the circle that holds enough; where a page begins."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from services.offers.queries.search import ENOUGH, FACETS, WIDENING_KM, Sort
from services.offers.search.index import Matches
from services.offers.search.rows import Floats, Rows, View

_NEAR_KM = 15.0
_FAR_SHARE = 0.45
"""An offer at the end of the world keeps this share of its score; one 15 km away has lost two thirds of the rest."""
_FRESH_DAYS = 10.0
_OLD_SHARE = 0.8
"""The same for days since the last confirmation: it decides between offers that fit about equally."""
_DAY = 86_400.0
_FLAGS = ("early", "late", "night", "weekend", "car_free", "no_licence")


def circle(distances: Floats, radius_km: float | None) -> tuple[float, bool]:
    """The radius given, or the first step that holds enough; and whether it is not the first step."""
    if radius_km is not None:
        return radius_km, False
    for step in WIDENING_KM:
        if int(np.count_nonzero(distances <= step)) >= ENOUGH:
            return step, step != WIDENING_KM[0]
    return WIDENING_KM[-1], True


def ranked(
    view: View,
    matches: Matches,
    distances: Floats | None,
    sort: Sort,
    as_of: float,
) -> tuple[Rows, Floats, Floats | None]:
    """Rows by ``sort``, their keys, their distances. ``as_of``: the instant (seconds since 1970) that ages count to.

    Ties are broken by id, so that every replica gives the same list.
    """
    rows = matches.rows
    if sort is Sort.DISTANCE and distances is not None:
        keys, rising = distances, True
    elif sort is Sort.FEWEST_APPLICATIONS:
        keys, rising = view.take("applications", rows).astype(np.float64), True
    elif sort is Sort.FRESHNESS:
        keys, rising = view.take("confirmed", rows), False
    else:
        age = np.maximum(0.0, as_of - view.take("confirmed", rows)) / _DAY
        # Relative to the best and rounded: sums of floats differ in their last digits with the order of segments.
        best = float(matches.scores.max()) if len(rows) else 0.0
        fit = np.round(matches.scores / best, 6) if best > 0 else matches.scores
        keys = fit * (_OLD_SHARE + (1 - _OLD_SHARE) * np.exp(-age / _FRESH_DAYS))
        if distances is not None:
            keys = keys * (_FAR_SHARE + (1 - _FAR_SHARE) * np.exp(-distances / _NEAR_KM))
        rising = False
    order = np.argsort(keys if rising else -keys, kind="stable")
    order = _ties_by_id(view, rows, keys, order, falling=sort is not Sort.DISTANCE)
    return rows[order], keys[order], None if distances is None else distances[order]


def _ties_by_id(view: View, rows: Rows, keys: Floats, order: Rows, *, falling: bool) -> Rows:
    """Order the stretches of equal keys by id."""
    sorted_keys = keys[order]
    starts = np.flatnonzero(np.concatenate(([True], sorted_keys[1:] != sorted_keys[:-1]))) if len(order) else order
    ends = np.append(starts[1:], len(order))
    for start, end in zip(starts[ends - starts > 1], ends[ends - starts > 1], strict=True):
        stretch = sorted(order[start:end], key=lambda at: view.ids[rows[at]], reverse=falling)
        order[start:end] = stretch
    return order


def begin(view: View, rows: Rows, keys: Floats, sort: Sort, after: Sequence[Any] | None) -> int:
    """Where the page after a position (key, id) begins: behind that offer, or where it would be if it is gone."""
    if after is None:
        return 0
    value, last = float(after[0]), str(after[1])
    for at in np.flatnonzero(keys == value):
        if view.ids[rows[at]] == last:
            return int(at) + 1
    rising = sort in (Sort.DISTANCE, Sort.FEWEST_APPLICATIONS)
    passed = keys <= value if rising else keys >= value
    return int(np.count_nonzero(passed))


def facets(view: View, rows: Rows) -> dict[str, list[dict[str, Any]]]:
    """Counts of the whole answer by value, most frequent first (the same facets as MongoDB gives)."""
    counts = {name: view.counts(path.removeprefix("$"), rows, most) for name, (path, most) in FACETS.items()}
    counts["flags"] = view.count_flags(rows, _FLAGS)
    counts["total"] = [{"value": "offers", "count": len(rows)}]
    return counts
