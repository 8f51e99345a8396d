"""The facts of an offer as terms of the index, and how a query is led by them to where answers can be."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from tantivy import Occur, Query

from services.offers.search.facts import FLAG_FIELDS, MOMENT_FLAG, WORKING_TIME_FLAG, Criteria, Entry, Flag, WorkingTime
from services.offers.search.schema import SCHEMA

_CELL = 0.5
"""Side of a cell in degrees: a term with which a circle is found without measuring every distance."""
_KM_PER_DEGREE = 111.2

_FLAGS: Mapping[str, Flag] = {
    **FLAG_FIELDS,
    "part_time": Flag.PART_TIME,
    "full_time": Flag.FULL_TIME,
    "diploma": Flag.DIPLOMA,
    **{f"at_{moment.value}": flag for moment, flag in MOMENT_FLAG.items()},
}
_NAMES = {flag: name for name, flag in _FLAGS.items()}


def facts_of(entry: Entry) -> Iterable[str]:
    """Terms of places, groups of occupations and flags by which tantivy narrows a search."""
    yield f"c:{_cell(entry.lat)}:{_cell(entry.lon)}"
    yield from (f"f:{name}" for name, flag in _FLAGS.items() if flag in entry.flags)
    yield f"t:{entry.territory}"
    if entry.occupation:
        yield from families_of(entry.occupation)


def families_of(code: str) -> Iterable[str]:
    """An occupation and the groups of the referential that it belongs to: «N4101», «N41», «N»."""
    yield f"o:{code}"
    yield f"o:{code[:3]}"
    yield f"o:{code[:1]}"


def narrowed(query: Query, criteria: Criteria, around: Sequence[tuple[float, float, float]]) -> Query:
    """The query, led to where answers can be. ``around``: latitude, longitude, kilometres of circles one of which must hold
    an answer (cells that the circles touch); none: everywhere.

    What is neither a circle nor a number is filtered exactly, see ``exact``.
    """
    needed = [query]
    barred: list[Query] = []
    if around:
        needed.append(_any_of("facts", [cell for circle in around for cell in _cells(*circle)]))
    if criteria.territory:
        needed.append(_any_of("facts", [f"t:{code}" for code in criteria.territory]))
    for name, values in (("kind", criteria.kind), ("contract", criteria.contract)):
        if values:
            needed.append(_any_of(name, values))
    if criteria.occupation:
        needed.append(_any_of("facts", [f"o:{code}" for code in criteria.occupation]))
    wanted = dict(criteria.flags or {}) | {_NAMES[MOMENT_FLAG[moment]]: True for moment in criteria.moments}
    if criteria.working_time is not None:
        # Where nothing is said the work is full time nearly always.
        wanted[_NAMES[WORKING_TIME_FLAG[WorkingTime.PART_TIME]]] = criteria.working_time is WorkingTime.PART_TIME
    if criteria.no_diploma:
        wanted["diploma"] = False
    for name, value in wanted.items():
        (needed if value else barred).append(_any_of("facts", [f"f:{name}"]))
    if len(needed) == 1 and not barred:
        return query
    return Query.boolean_query([(Occur.Must, one) for one in needed] + [(Occur.MustNot, one) for one in barred])


def exact(criteria: Criteria) -> bool:
    """Whether ``narrowed`` leaves nothing to filter (where no circle was asked)."""
    numbers = criteria.weekly_hours, criteria.experience_months_max, criteria.hourly_min
    return all(number is None for number in numbers)


def _any_of(field: str, values: Sequence[str]) -> Query:
    return Query.const_score_query(Query.term_set_query(SCHEMA, field, list(values)), 0.0)


def _cell(degrees: float) -> int:
    return int(degrees // _CELL)


def _cells(lat: float, lon: float, km: float) -> list[str]:
    """Cells that a circle may touch."""
    north = km / _KM_PER_DEGREE
    east = north / max(0.2, float(np.cos(np.radians(min(85.0, abs(lat) + north)))))
    return [
        f"c:{row}:{column}"
        for row in range(_cell(lat - north), _cell(lat + north) + 1)
        for column in range(_cell(lon - east), _cell(lon + east) + 1)
    ]
