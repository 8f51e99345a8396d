"""Reports: what a set of contracts owes and did in a period, and who did it. Pure counting over facts that somebody reads.

Hours are sums of exact decimals; where whole hours are printed they are floored, each figure from its own exact value: the
parts of the Creuse's published table add up to two hours less than its total for that reason. A person counted under two
kinds is one person in the total.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from enum import StrEnum
from typing import NamedTuple

from services.clauses.domain.amounts import ZERO
from services.clauses.domain.employment import FOLLOWED_MONTHS, ExitSituation
from services.clauses.domain.person import Sex
from services.clauses.domain.publics import Category
from shared.masking import shown, shown_parts

NOWHERE = "unknown"
AGE_BANDS = ((26, "under_26"), (50, "26_to_49"), (200, "50_and_over"))
"""As the facilitators' reports have them; by the year of birth and the report's last year."""


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
    starts_on: date
    ends_on: date
    kind: str
    groups: Mapping[GroupBy, tuple[str, str]]


class MonthFact(NamedTuple):
    """Hundredths of an hour of a contract in a month, as the ledger adds them up."""

    contract_id: str
    month: str
    declared: int
    validated: int


class PresenceFact(NamedTuple):
    """Hundredths of an hour of a person on a contract in the period: there are a hundred thousand of these in a report.

    ``person`` is the same wherever a profile works.
    """

    contract_id: str
    person: str
    declared: int
    validated: int


class PersonFact(NamedTuple):
    """What is counted of a person."""

    sex: Sex = Sex.UNSTATED
    birth_year: int | None = None
    categories: tuple[str, ...] = ()


class ExitFact(NamedTuple):
    """Where a person was so many months after an employment that ended in the period."""

    contract_id: str
    months: int
    situation: ExitSituation


@dataclass(frozen=True)
class Facts:
    """All that a report is made of."""

    contracts: Sequence[ContractFact]
    months: Sequence[MonthFact]
    presences: Sequence[PresenceFact]
    persons: Mapping[str, PersonFact]
    exits: Sequence[ExitFact] = ()
    ended: Sequence[str] = ()
    """Contract of each employment that ended in the period."""


@dataclass(frozen=True)
class Line:
    """One line of a report. Counts of people are None where they are masked."""

    key: str
    label: str
    contracts: int
    authorities: int
    objective_hours: Decimal
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


def report(facts: Facts, by: GroupBy | None, last_year: int) -> Report:
    """Count; ``last_year`` is the one that ages are of."""
    total = _line("total", "Total", facts, last_year)
    groups = _groups(facts, by, last_year) if by is not None else []
    kinds = {contract.id: contract.kind for contract in facts.contracts}
    hours: dict[str, Counter[str]] = defaultdict(Counter)
    for one in facts.months:
        hours[one.month][kinds[one.contract_id]] += one.validated
    months: list[tuple[str, Mapping[str, Decimal]]] = [
        (month, {kind: _hours(cents) for kind, cents in hours[month].items()}) for month in sorted(hours)
    ]
    return Report(total, groups, months)


def masked(found: Report) -> Report:
    """As others may read it: people by the rule of ``shared.masking``, and hours where they tell nobody's.

    The hours of one to four people are theirs. Where such a line is hidden, no line shows hours: the total less the others
    would be the hidden ones.
    """
    lines = [_masked(line) for line in found.groups]
    total = _masked(found.total)
    if any(line.participants is None for line in lines):
        lines = [replace(line, declared_hours=None, validated_hours=None, rsa_hours=None) for line in lines]
    return Report(total, lines, masked=True)


def _groups(facts: Facts, by: GroupBy, last_year: int) -> list[Line]:
    of = {one.id: one.groups.get(by, (NOWHERE, "Non renseigné")) for one in facts.contracts}
    parts: dict[tuple[str, str], _Part] = defaultdict(_Part)
    for contract in facts.contracts:
        parts[of[contract.id]].contracts.append(contract)
    for month in facts.months:
        parts[of[month.contract_id]].months.append(month)
    for presence in facts.presences:
        parts[of[presence.contract_id]].presences.append(presence)
    for exit in facts.exits:
        parts[of[exit.contract_id]].exits.append(exit)
    for contract_id in facts.ended:
        parts[of[contract_id]].ended.append(contract_id)
    keys = sorted(parts, key=lambda group: (group[0] == NOWHERE, group[1], group[0]))
    return [_line(*key, Facts(**vars(parts[key]), persons=facts.persons), last_year) for key in keys]


@dataclass
class _Part:
    """The facts of one line: each fact is looked at once, however many lines there are."""

    contracts: list[ContractFact] = field(default_factory=list)
    months: list[MonthFact] = field(default_factory=list)
    presences: list[PresenceFact] = field(default_factory=list)
    exits: list[ExitFact] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)


def _line(key: str, label: str, facts: Facts, last_year: int) -> Line:
    people = {one.person for one in facts.presences if one.declared > 0}
    known = {person: facts.persons.get(person, PersonFact()) for person in people}
    rsa = {person for person, fact in known.items() if Category.RSA.value in fact.categories}
    exits: dict[int, Counter[str]] = {months: Counter() for months in FOLLOWED_MONTHS}
    for one in facts.exits:
        exits[one.months][one.situation.value] += 1
    sexes = Counter(fact.sex.value for fact in known.values())
    return Line(
        key=key,
        label=label,
        contracts=len(facts.contracts),
        authorities=len({one.authority_id for one in facts.contracts}),
        objective_hours=_sum(one.objective for one in facts.contracts),
        declared_hours=_hours(sum(one.declared for one in facts.months)),
        validated_hours=_hours(sum(one.validated for one in facts.months)),
        participants=len(people),
        by_sex={sex.value: sexes[sex.value] for sex in Sex},
        by_category=dict(sorted(Counter(code for fact in known.values() for code in set(fact.categories)).items())),
        by_age_band=_age_bands(known.values(), last_year),
        rsa_hours=_hours(sum(one.validated for one in facts.presences if one.person in rsa)),
        ended_employments=len(facts.ended),
        exits={months: dict(sorted(seen.items())) for months, seen in exits.items()},
    )


def age_band(birth_year: int | None, last_year: int) -> str:
    """Where the age in ``last_year`` falls."""
    return NOWHERE if birth_year is None else next(name for below, name in AGE_BANDS if last_year - birth_year < below)


def _age_bands(people: Iterable[PersonFact], last_year: int) -> dict[str, int | None]:
    counts: Counter[str] = Counter()
    for fact in people:
        counts[age_band(fact.birth_year, last_year)] += 1
    return {name: counts[name] for name in (*(name for _, name in AGE_BANDS), NOWHERE)}


def _masked(line: Line) -> Line:
    exact = line.participants or 0
    few = shown(exact) is None
    rsa = line.by_category.get(Category.RSA.value) or 0
    # Neither the hours of a few recipients nor, by subtraction, those of a few others.
    told = shown(rsa) is not None and shown(exact - rsa) is not None
    return replace(
        line,
        declared_hours=None if few else line.declared_hours,
        validated_hours=None if few else line.validated_hours,
        participants=shown(exact),
        by_sex=_masked_parts(line.by_sex, exact),
        by_category={code: shown(count or 0) for code, count in line.by_category.items()},
        by_age_band=_masked_parts(line.by_age_band, exact),
        rsa_hours=line.rsa_hours if told else None,
        ended_employments=shown(line.ended_employments or 0),
        exits={
            months: _masked_parts(seen, sum(count or 0 for count in seen.values()))
            for months, seen in line.exits.items()
        },
    )


def _masked_parts(parts: Mapping[str, int | None], whole: int) -> dict[str, int | None]:
    return dict(zip(parts, shown_parts([count or 0 for count in parts.values()], whole), strict=True))


def _hours(cents: int) -> Decimal:
    """Exact, with two decimals."""
    return Decimal(cents).scaleb(-2)


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, ZERO)
