"""What is tried in turn until something answers: the whole question, then a part of it, then with less asked, then far away."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from tantivy import Query

from services.offers.queries.search import ENOUGH, WIDENING_KM, Sort, Wanted
from services.offers.search import ranking
from services.offers.search.asked_work import codes_of, is_the_work, is_titled, titles_of, words_in_titles
from services.offers.search.chips import ChipKind
from services.offers.search.index import Matches, Snapshot
from services.offers.search.narrowing import exact, narrowed
from services.offers.search.querying import of_the_work, query_of
from services.offers.search.reading import SOFT, Reading, merged
from services.offers.search.rows import Mask, Rows
from shared.reference.communes import Communes

MOST = 10_000
"""So many offers are ordered; a question of words that more offers answer shows the best of them."""
FAR_KM = 300.0
"""How far the asked work is looked for where none is within the widest circle: what one may move to, for a season at least."""
_UNTOLD = 0.5
"""What the words of an offer without pay count, where a least pay is asked for."""
_FIRST, _BEHIND = 32, 12
"""So many are taken from the engine for a first page that its own order is enough for; more where a tie goes further."""
_FAR_LEVEL = len(SOFT) + 1
"""The bit of a position that says so; the first says that a part of the words was enough."""


_FEW = 64
"""So many titles are looked at one by one."""
Narrow = Callable[[Query], Query]
"""Leads a query to where answers can be."""


@dataclass(frozen=True)
class Left:
    """What the filters left of an attempt. ``narrow``: where its order and its facets are the engine's own, how it is led to its
    answers. ``more``: whether the engine may have more than was taken from it."""

    matches: Matches
    distances: Any
    radius_km: float | None
    widened: bool
    reading: Reading
    narrow: Narrow | None = None
    more: bool = False

    @property
    def found(self) -> int:
        """How many of its offers are what is asked for."""
        return self.matches.found


def level_of(reading: Reading) -> int:
    """What a later page must leave out as well."""
    stepped = sum(1 << at for at, kind in enumerate(SOFT, 1) if kind in reading.stepped_back)
    return int(reading.relaxed) + stepped + (int(reading.far) << _FAR_LEVEL)


class WorkedOut:
    """What asking a question has shown of one snapshot, so that asking again needs one search. ``held``: the reading of the
    attempt that held. By level and number of rows, ``many``: where more of the work stands behind other work than is taken;
    ``few``: else all offers of the work, less than are taken for a first page."""

    def __init__(self) -> None:
        self.held: Reading | None = None
        self.many: set[tuple[int, int]] = set()
        self.few: dict[tuple[int, int], Matches] = {}


class Attempts:
    """Of one search."""

    def __init__(self, snapshot: Snapshot, communes: Communes, wanted: Wanted, worked: WorkedOut | None = None) -> None:
        """``worked``: what was worked out for a first page of the same on this snapshot."""
        self._snapshot = snapshot
        self._worked = worked or WorkedOut()
        self._communes = communes
        self._wanted = wanted
        # An alert and an order of one's own are of all that answers alike.
        self._by_work = not wanted.strict and wanted.sort in (None, Sort.RELEVANCE)

    def at(self, reading: Reading, level: int) -> Left:
        """What a first page ended with: a later one stays at its level."""
        gone = [kind for at, kind in enumerate(SOFT, 1) if level & 1 << at]
        reading = reading.stepping_back(gone) if gone else reading
        return self._left(replace(reading, far=bool(level & 1 << _FAR_LEVEL)), some=bool(level & 1))

    def best(self, reading: Reading) -> Left:
        """What is left of the whole question; of a part of it where that is too little."""
        known = self._worked.held
        left = self._tried(reading) if known is None else self._left(known, some=known.relaxed)
        self._worked.held = left.reading
        return left

    def _tried(self, reading: Reading) -> Left:
        left = self._left(reading, some=False)
        if self._wanted.strict:
            return left
        if left.found < ENOUGH and reading.seldom_said and reading.question.units:
            told = left
            reading = reading.stepping_back((ChipKind.SCHEDULE,))
            left = self._left(reading, some=False)
            if left.found or told.found:
                return left
        backs = list(dict.fromkeys([*((kind,) for kind in reading.soft), reading.soft])) if reading.soft else []
        several = len(reading.question.units) > 1
        if not left.found and several and reading.question.sure:
            # «Aide-soignante en CDI»: all the words without the contract before some of them with it.
            for back in backs:
                whole = self._left(reading.stepping_back(back), some=False)
                if whole.found:
                    return whole
        if len(left.matches.rows) < ENOUGH and several:
            left = self._left(reading, some=True)
        elif not left.found:
            # Those that only write of the work: what is near it does better.
            nearer = self._left(reading, some=True)
            left = nearer if len(nearer.matches.rows) else left
        for back in backs:
            if left.found:
                return left
            less = self._left(reading.stepping_back(back), some=left.reading.relaxed)
            if less.found or not len(left.matches.rows):
                left = less
        return left if left.found else self._far(left)

    def _far(self, left: Left) -> Left:
        """The work that is asked for where it is offered, before other work here."""
        if left.matches.work is None or left.distances is None or self._radius(left.reading) is not None:
            return left
        far = self._left(replace(left.reading, far=True), some=left.reading.relaxed)
        return far if far.found else left

    def matched(self, reading: Reading, narrow: Narrow, most: int) -> Matches:
        """The best ``most`` rows for the question where ``narrow`` leads, those first that are the work."""
        query = narrow(query_of(reading.question, some=reading.relaxed))
        work = is_the_work(reading.question) if self._by_work else None
        level = level_of(reading), most
        if work is not None and level in self._worked.many:
            return self._match_of(query, work, most)
        best = self._snapshot.match(query, most)
        if work is None:
            return best
        are = self._are_work(best.rows, reading, narrow)
        page = self._wanted.limit
        if not best.more or are[:page].all():
            return replace(best, work=are)
        if np.count_nonzero(are) >= max(page + 1, ENOUGH):
            # The work fills the page; where others begin says nothing about equal offers of it.
            return replace(best, work=are).at(are)
        # Others among the first: is there more of the work behind them?
        first = self._worked.few.get(level)
        if first is None:
            first = self._match_of(query, work, most)
            if first.more:
                self._worked.many.add(level)
                return first
            if most < MOST:
                self._worked.few[level] = first
        # Of the others so many are among the best as are missing, since no more of the work is there than all of it.
        return _joined(first, best.at(np.flatnonzero(~are)[: most - len(first.rows)]))

    def _match_of(self, query: Query, work: Query, most: int) -> Matches:
        found = self._snapshot.match(of_the_work(query, work), most)
        return replace(found, work=np.ones(len(found.rows), np.bool_))

    def _are_work(self, rows: Rows, reading: Reading, narrow: Narrow) -> Mask:
        """Which rows are the work, as the columns tell; which of many have a title is asked of the engine."""
        codes, sides = codes_of(reading.question), words_in_titles(reading.question)
        are = self._snapshot.view.of_work(rows, codes) if codes else np.zeros(len(rows), np.bool_)
        if not sides or are.all():
            return are
        others = rows[~are]
        titles = titles_of(reading.question)
        if titles is None or len(others) <= _FEW:
            are[~are] = self._snapshot.view.titled(others, partial(is_titled, sides))
        else:
            are[~are] = np.isin(others, self._snapshot.match(narrow(titles), MOST).rows)
        return are

    def _left(self, reading: Reading, *, some: bool) -> Left:
        wanted, view = self._wanted, self._snapshot.view
        criteria = merged(wanted.criteria, reading.applied)
        points = self._points(reading)
        radius = self._radius(reading)
        reading = reading if reading.relaxed is some else replace(reading, relaxed=some)
        if reading.question.units or reading.question.barred:
            narrow = partial(narrowed, criteria=criteria, around=[(*one, radius or WIDENING_KM[-1]) for one in points])
            if not points and exact(criteria) and wanted.sort in (None, Sort.RELEVANCE):
                most = MOST if wanted.after else max(_FIRST, wanted.limit + _BEHIND)
                best = self.matched(reading, narrow, most)
                return Left(best, None, None, False, reading, narrow, best.more and most < MOST)
            matches = self.matched(reading, narrow, MOST)
            if reading.far and (work := is_the_work(reading.question)) is not None:
                wide = narrowed(query_of(reading.question, some=some), criteria, [(*one, FAR_KM) for one in points])
                first = self._snapshot.match(of_the_work(wide, work), MOST)
                matches = _joined(first, matches.at(~np.isin(matches.rows, first.rows)))
        else:
            matches = self._snapshot.everything()
        matches = matches.at(view.keep(matches.rows, criteria))
        if criteria.hourly_min is not None:
            # Those that say what they pay come before those that may pay as much.
            untold = np.isnan(view.take("pay", matches.rows))
            matches = replace(matches, scores=np.where(untold, _UNTOLD * matches.scores, matches.scores))
        if not points:
            return Left(matches, None, None, False, reading)
        distances = np.minimum.reduce([view.distances(matches.rows, *point) for point in points])
        used, widened = ranking.circle(distances, radius, matches.work)
        if wanted.after is not None and wanted.after[3] is not None:
            widened = bool(wanted.after[3])
        inside = distances <= used
        if reading.far and matches.work is not None:
            inside = np.where(matches.work, distances <= FAR_KM, distances <= WIDENING_KM[-1])
            used, widened = FAR_KM, True
        return Left(matches.at(inside), distances[inside], used, widened, reading)

    def _radius(self, reading: Reading) -> float | None:
        """The radius that was given, that the question says, or that the first page ended with."""
        if self._wanted.after is not None and self._wanted.after[2] is not None:
            return float(self._wanted.after[2])
        return self._wanted.radius_km if self._wanted.radius_km is not None else _said_radius(reading)

    def _points(self, reading: Reading) -> list[tuple[float, float]]:
        """Where is looked around: what was given outright, else the places that were read."""
        wanted = self._wanted
        if wanted.lat is not None and wanted.lon is not None:
            return [(wanted.lat, wanted.lon), *wanted.also]
        found = []
        for chip in reading.applied:
            code = chip.parameters.get("commune")
            commune = self._communes.get(code) if isinstance(code, str) else None
            if commune is not None:
                found.append((commune.lat, commune.lon))
            elif "near" in chip.parameters and wanted.here is not None:
                found.append(wanted.here)
        if not found and wanted.here is not None and _said_radius(reading) is not None:
            found.append(wanted.here)  # «dans un rayon de 30 km»
        return found


def _joined(first: Matches, others: Matches) -> Matches:
    """The work, and behind it what is none."""
    return Matches(
        np.concatenate([first.rows, others.rows]),
        np.concatenate([first.scores, others.scores]),
        work=np.arange(len(first.rows) + len(others.rows)) < len(first.rows),
        more=first.more or others.more,
    )


def _said_radius(reading: Reading) -> float | None:
    found = (chip.parameters["radius_km"] for chip in reading.applied if chip.kind is ChipKind.RADIUS)
    return next((float(str(km)) for km in found), None)
