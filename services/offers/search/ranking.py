"""The order of an answer: words (fresh ones first), then nearness; the circle that holds enough; where a page begins."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from tantivy import Query

from services.offers.queries.search import ENOUGH, FACETS, WIDENING_KM, Sort
from services.offers.search.index import Matches, Snapshot
from services.offers.search.rows import Floats, Mask, Rows, View, apart, tie_of
from services.offers.search.schema import COUNTED_FLAGS

_NEAR_KM = 15.0
_A_SECOND = 1e-14
"""What being confirmed a second later adds: all seconds since 1970 are less than the nearest step of distance."""
SHOWN_BEFORE = 5
"""Where a position says how many offers came before it."""
_MOVED = 20
"""An offer that is further from where a page ended with it has changed itself, as by being confirmed anew."""
_THE_WORK = 1.0
"""What being the work that is asked for adds: all else is a share of the best. However near it is and however often it has the
words, no other work comes before."""
_FAR_SHARE = 0.45
"""An offer at the end of the world keeps this share of its score; one 15 km away has lost two thirds of the rest."""


def circle(distances: Floats, radius_km: float | None, work: Mask | None = None) -> tuple[float, bool]:
    """The radius given, or the first step that holds enough of the work that is asked for (where there is none of it, of
    whatever there is); and whether it is not the first step."""
    if radius_km is not None:
        return radius_km, False
    if work is not None and (distances[work] <= WIDENING_KM[-1]).any():
        distances = distances[work]
    for step in WIDENING_KM:
        if int(np.count_nonzero(distances <= step)) >= ENOUGH:
            return step, step != WIDENING_KM[0]
    return WIDENING_KM[-1], True


def ranked(view: View, matches: Matches, distances: Floats | None, sort: Sort) -> tuple[Matches, Floats | None]:
    """What matches by ``sort``, with its keys in the place of scores, and the distances. Ties are broken alike on every
    replica."""
    rows = matches.rows
    if sort is Sort.DISTANCE and distances is not None:
        keys, rising = distances, True
    elif sort is Sort.FEWEST_APPLICATIONS:
        keys, rising = view.take("crowd", rows).astype(np.float64), True
    elif sort is Sort.FRESHNESS:
        keys, rising = view.take("confirmed", rows), False
    else:
        # Where equal words are told apart by nearness, they are equal to the metre.
        scores = (
            matches.scores if distances is None or not matches.asked else matches.scores / apart(view.take("tie", rows))
        )
        # Relative to the best and rounded: sums of floats differ in their last digits with the order of segments.
        keys = _shares(scores, matches.work)
        if distances is not None:
            keys = keys * (_FAR_SHARE + (1 - _FAR_SHARE) * np.exp(-distances / _NEAR_KM))
        if not matches.asked:
            # Only time is left to tell apart what is as near: added, so that a newer offer moves nothing that stands on a page.
            keys = np.round(keys, 4) + _A_SECOND * view.take("confirmed", rows)
        if matches.work is not None:
            keys = keys + _THE_WORK * matches.work
        rising = False
    order = np.lexsort((view.take("tie", rows), keys if rising else -keys))
    return replace(matches, scores=keys).at(order), None if distances is None else distances[order]


def _shares(scores: Floats, work: Mask | None) -> Floats:
    """Each score as a share of the best; of those that are the work that is asked for and of the others each by themselves, so
    that how far the others were looked through moves nothing."""
    if work is not None and not work.all():
        shares = np.empty_like(scores)
        for which in (work, ~work):
            shares[which] = _shares(scores[which], None)
        return shares
    best = float(scores.max()) if len(scores) else 0.0
    return np.round(scores / best, 6) if best > 0 else scores


def begin(view: View, matches: Matches, sort: Sort, after: Sequence[Any] | None) -> int:
    """Where in what was ranked the page after a position (key, id, …, how many came before) begins: behind that offer, or where
    it would be if it is gone or somewhere else now."""
    if after is None:
        return 0
    rows, keys = matches.rows, matches.scores
    value, last = float(after[0]), tie_of(str(after[1]))
    if sort is Sort.RELEVANCE and len(after) > SHOWN_BEFORE:
        # How well words fit is relative to the best offer and to all of them, so one that is new moves every key.
        now = np.flatnonzero(view.take("tie", rows) == last)
        if len(now) and abs(int(now[0]) + 1 - int(after[SHOWN_BEFORE])) <= _MOVED:
            return int(now[0]) + 1
    passed = keys < value if sort in (Sort.DISTANCE, Sort.FEWEST_APPLICATIONS) else keys > value
    return int(np.count_nonzero(passed | ((keys == value) & (view.take("tie", rows) <= last))))


def whole_ties(keys: Floats, end: int) -> bool:
    """Whether what was found goes on behind the tie that a page ends in, so that no equal one was cut off."""
    return end < len(keys) and keys[end] != keys[-1]


_MOST = {path.removeprefix("$"): number for path, number in FACETS.values()}
_PATHS = {name: path.removeprefix("$") for name, (path, _) in FACETS.items()} | {"flags": "flags", "total": "total"}


def counted(snapshot: Snapshot, query: Query) -> dict[str, list[dict[str, Any]]]:
    """The facets of everything that answers a query, counted by the engine."""
    found = snapshot.counts(query, _MOST)
    return {name: found[path] for name, path in _PATHS.items()}


def facets(view: View, rows: Rows) -> dict[str, list[dict[str, Any]]]:
    """Counts of the whole answer by value, most frequent first (the same facets as MongoDB gives)."""
    counts = {name: view.counts(path.removeprefix("$"), rows, most) for name, (path, most) in FACETS.items()}
    counts["flags"] = view.count_flags(rows, COUNTED_FLAGS)
    counts["total"] = [{"value": "offers", "count": len(rows)}]
    return counts
