"""Reports: what a set of contracts owes and did in a period, and who did it. Pure counting over facts that somebody reads.

Hours are sums of exact decimals; where whole hours are printed they are floored, each figure from its own exact value: the
parts of the Creuse's published table add up to two hours less than its total for that reason. A person counted under two
kinds is one person in the total.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_FLOOR, Decimal
from enum import StrEnum
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from services.clauses.domain.amounts import ZERO
from services.clauses.domain.employment import FOLLOWED_MONTHS, ExitSituation
from services.clauses.domain.person import Sex
from shared.ages import BANDS, band_in
from shared.reference.publics import Category

NOWHERE = "unknown"


class GroupBy(StrEnum):
    """What a report is split by."""

    KIND = "kind"
    CONTRACT = "contract"
    AUTHORITY = "authority"
    CARRIER = "carrier"
    TERRITORY = "territory"
    EMPLOYMENT_AREA = "employment_area"
    EPCI = "epci"


@dataclass(frozen=True)
class ContractFact:
    """What is counted of a contract; ``groups`` is where it belongs (key, label) by each way of splitting."""

    id: str
    authority_id: str
    objective: Decimal
    expected: Decimal
    """The part of the objective that the days of the period which have passed would have done."""
    kind: str
    groups: Mapping[GroupBy, tuple[str, str]]
    version: int = 0
    """Of the contract, as it was read."""


class MonthFact(NamedTuple):
    """Hundredths of an hour that were validated of a month on contracts of one kind."""

    month: str
    kind: str
    validated: int


class PersonFact(NamedTuple):
    """What is counted of a person."""

    sex: Sex = Sex.UNSTATED
    birth_year: int | None = None
    categories: tuple[str, ...] = ()


Column = NDArray[np.int64]
NOTHING: Column = np.zeros(0, dtype=np.int64)


class Worked(NamedTuple):
    """Hundredths of an hour of each person on each contract in the period. A report has a hundred thousand of these, so they
    are columns; contract and person are places in the lists of ``Facts``.
    """

    contract: Column = NOTHING
    person: Column = NOTHING
    declared: Column = NOTHING
    validated: Column = NOTHING


class Exits(NamedTuple):
    """Where somebody was after an employment that ended in the period: places of the contract in ``Facts``, of the months in
    ``FOLLOWED_MONTHS``, of the situation in ``SITUATIONS``.
    """

    contract: Column = NOTHING
    months: Column = NOTHING
    situation: Column = NOTHING


SITUATIONS = tuple(ExitSituation)


@dataclass(frozen=True)
class Facts:
    """All that a report is made of."""

    contracts: Sequence[ContractFact]
    persons: Sequence[PersonFact] = ()
    worked: Worked = field(default_factory=Worked)
    months: Sequence[MonthFact] = ()
    exits: Exits = field(default_factory=Exits)
    ended: Column = field(default_factory=lambda: NOTHING)
    """Place of the contract of each employment that ended in the period."""


@dataclass(frozen=True)
class Line:
    """One line of a report. Counts of people are None where they are masked."""

    key: str
    label: str
    contracts: int
    authorities: int
    objective_hours: Decimal
    expected_hours: Decimal
    declared_hours: Decimal | None
    validated_hours: Decimal | None
    participants: int | None
    by_sex: Mapping[str, int | None]
    by_category: Mapping[str, int | None]
    by_age_band: Mapping[str, int | None]
    rsa_hours: Decimal | None
    ended_employments: int | None
    exits: Mapping[int, Mapping[str, int | None]]

    @property
    def validated_whole(self) -> int | None:
        """Whole hours as reports print them: completed ones. None where hours are not shown."""
        return None if self.validated_hours is None else int(self.validated_hours.quantize(Decimal(1), ROUND_FLOOR))


@dataclass(frozen=True)
class Report:
    """The whole, its parts, and the hours by kind and month."""

    total: Line
    groups: list[Line]
    months: list[tuple[str, Mapping[str, Decimal]]] = field(default_factory=list)
    masked: bool = False
    within: tuple[tuple[GroupBy, str], ...] = ()
    """Of which contracts only: by what they were chosen, and how that is called."""


def report(facts: Facts, by: GroupBy | None, last_year: int) -> Report:
    """Count; ``last_year`` is the one that ages are of."""
    people = _People.of(facts.persons, last_year)
    everything = np.zeros(len(facts.contracts), dtype=np.int64)
    [total] = _lines(facts, people, [("total", "Total")], everything)
    groups = [] if by is None else _lines(facts, people, *split_by(facts.contracts, by))
    hours: dict[str, Counter[str]] = defaultdict(Counter)
    for one in facts.months:
        hours[one.month][one.kind] += one.validated
    months: list[tuple[str, Mapping[str, Decimal]]] = [
        (month, {kind: _hours(cents) for kind, cents in hours[month].items()}) for month in sorted(hours)
    ]
    return Report(total, groups, months)


def split_by(contracts: Sequence[ContractFact], by: GroupBy) -> tuple[list[tuple[str, str]], Column]:
    """The lines in their order, and the line of each contract."""
    of = [one.groups.get(by, (NOWHERE, "Non renseigné")) for one in contracts]
    keys = sorted(set(of), key=lambda group: (group[0] == NOWHERE, group[1], group[0]))
    place = {key: number for number, key in enumerate(keys)}
    return keys, np.array([place[one] for one in of], dtype=np.int64)


_SEXES = tuple(Sex)
_SEX_NAMES = tuple(sex.value for sex in _SEXES)
_BANDS = (*(name for _, name in BANDS), NOWHERE)


class _People(NamedTuple):
    """Facts of people as columns: place in ``_SEXES`` and ``_BANDS``, and for each category who belongs to it."""

    sex: Column
    band: Column
    categories: Mapping[str, NDArray[np.bool_]]

    @classmethod
    def of(cls, persons: Sequence[PersonFact], last_year: int) -> Self:
        sexes = {sex: place for place, sex in enumerate(_SEXES)}
        bands = {band: place for place, band in enumerate(_BANDS)}
        distinct, alike = who_are_alike(persons)
        codes = sorted({code for fact in distinct for code in fact.categories})
        belong = {code: np.array([code in fact.categories for fact in distinct], dtype=np.bool_) for code in codes}
        aged = [bands[band_in(last_year, fact.birth_year, NOWHERE)] for fact in distinct]
        return cls(
            sex=np.array([sexes[fact.sex] for fact in distinct], dtype=np.int64)[alike],
            band=np.array(aged, dtype=np.int64)[alike],
            categories={code: those[alike] for code, those in belong.items()},
        )


def who_are_alike(persons: Sequence[PersonFact]) -> tuple[list[PersonFact], Column]:
    """Facts that are one object are looked at once: of twenty thousand people a few dozen differ. And which each person's are."""
    _, first, alike = np.unique(np.fromiter(map(id, persons), np.int64), return_index=True, return_inverse=True)
    return [persons[place] for place in first.tolist()], alike


def _lines(facts: Facts, people: _People, keys: Sequence[tuple[str, str]], line_of: Column) -> list[Line]:
    """Each line; every fact is looked at once, however many lines there are. ``line_of`` is each contract's."""
    size, worked = len(keys), facts.worked
    line = line_of[worked.contract]
    some = worked.declared > 0
    # Of a person on several contracts of a line: once.
    pairs = each_once(line[some] * max(len(facts.persons), 1) + worked.person[some])
    where, who = np.divmod(pairs, max(len(facts.persons), 1))
    declared, validated = _added(line, size, worked.declared), _added(line, size, worked.validated)
    participants = counts_of(where, size)
    sexes, bands = (_table(where, size, codes[who], len(names)) for codes, names in _codes(people))
    categories = {code: counts_of(where[belongs[who]], size) for code, belongs in people.categories.items()}
    recipients = people.categories.get(Category.RSA.value)
    rsa = [0] * size
    if recipients is not None:
        theirs = some & recipients[worked.person]
        rsa = _added(line[theirs], size, worked.validated[theirs])
    kinds = len(FOLLOWED_MONTHS) * len(SITUATIONS)
    seen = facts.exits.months * len(SITUATIONS) + facts.exits.situation
    exits = _exits(_table(line_of[facts.exits.contract], size, seen, kinds))
    ended = counts_of(line_of[facts.ended], size)
    of: list[list[ContractFact]] = [[] for _ in keys]
    for contract, place in zip(facts.contracts, line_of.tolist(), strict=True):
        of[place].append(contract)
    return [
        Line(
            key=key,
            label=label,
            contracts=len(of[n]),
            authorities=len({one.authority_id for one in of[n]}),
            objective_hours=sum([one.objective for one in of[n]], ZERO),
            expected_hours=sum([one.expected for one in of[n]], ZERO),
            declared_hours=_hours(declared[n]),
            validated_hours=_hours(validated[n]),
            participants=participants[n],
            by_sex=dict(zip(_SEX_NAMES, sexes[n], strict=True)),
            by_category={code: counts[n] for code, counts in categories.items() if counts[n]},
            by_age_band=dict(zip(_BANDS, bands[n], strict=True)),
            rsa_hours=_hours(rsa[n]),
            ended_employments=ended[n],
            exits=exits[n],
        )
        for n, (key, label) in enumerate(keys)
    ]


def _codes(people: _People) -> tuple[tuple[Column, tuple[str, ...]], ...]:
    return ((people.sex, _SEXES), (people.band, _BANDS))


def _exits(table: Sequence[Sequence[int]]) -> list[dict[int, dict[str, int | None]]]:
    """Of each line, those situations that somebody was in, by name."""
    by_name = sorted((situation.value, place) for place, situation in enumerate(SITUATIONS))
    places = [(months, number * len(SITUATIONS)) for number, months in enumerate(FOLLOWED_MONTHS)]
    return [
        {
            months: {name: count for name, place in by_name if (count := counts[start + place])}
            for months, start in places
        }
        for counts in table
    ]


def each_once(codes: Column) -> Column:
    """Each once, in order. Of a hundred thousand, ``np.unique``, which hashes since NumPy 2.3, takes thirty times as long."""
    ordered = np.sort(codes)
    return ordered[np.flatnonzero(np.diff(ordered, prepend=-1))]


def counts_of(places: Column, size: int) -> list[int]:
    counts: list[int] = np.bincount(places, minlength=size).tolist()
    return counts


def _added(places: Column, size: int, cents: Column) -> list[int]:
    """Sums of whole numbers, which NumPy keeps as floats: exact up to 2⁵³ hundredths of an hour."""
    sums: list[int] = np.bincount(places, weights=cents, minlength=size).astype(np.int64).tolist()
    return sums


def _table(places: Column, size: int, codes: Column, width: int) -> list[list[int]]:
    counts: list[list[int]] = np.bincount(places * width + codes, minlength=size * width).reshape(size, width).tolist()
    return counts


def _hours(cents: int) -> Decimal:
    """Exact, with two decimals."""
    return Decimal(cents).scaleb(-2)
