"""What a contractor still has to declare, and by when: each month of each recorded employment, by period of reporting."""

from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import date

from services.clauses.domain.amounts import first_day, last_day, month_of
from services.clauses.domain.contract import Contract
from services.clauses.domain.employment import EmploymentRecord
from services.clauses.domain.holders import held
from services.clauses.domain.rules import due_dates


@dataclass(frozen=True)
class Missing:
    """A month of an employment without a declaration."""

    month: str
    participant_id: str
    employment_id: str
    contractor_id: str | None


@dataclass(frozen=True)
class Period:
    """A period of reporting, from the day after the one before to ``ends_on``; due by ``due_on``."""

    ends_on: date
    due_on: date
    missing: tuple[Missing, ...]

    def late_on(self, today: date) -> bool:
        """Whether something is missing after the day until which it was due."""
        return bool(self.missing) and today > self.due_on


def months_between(first: date, last: date) -> Iterable[str]:
    """The months that the days fall in, in order."""
    for count in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        yield f"{count // 12:04}-{count % 12 + 1:02}"


def periods(
    contract: Contract, employments: Iterable[EmploymentRecord], declared: Set[tuple[str, str]], today: date
) -> list[Period]:
    """Periods that have begun, the earliest first. ``declared`` holds (employment, month) of hours that count.

    A month is expected once it is over; one in which the contract rested throughout is not.
    """
    rules = contract.rules_of(month_of(today))
    ends = due_dates(rules, contract.terms.starts_on, contract.last_day)
    missing = sorted(_missing(contract, employments, declared, today), key=lambda one: (one.month, one.participant_id))
    found, begins = [], contract.terms.starts_on
    for end, due in ends:
        if begins > today:
            break
        of_it = tuple(one for one in missing if begins <= last_day(one.month) and first_day(one.month) <= end)
        # A month that two periods share belongs to the one in which it ends.
        found.append(
            Period(end, due, tuple(one for one in of_it if _ends_in(one.month, begins, end, contract.last_day)))
        )
        begins = date.fromordinal(end.toordinal() + 1)
    return found


def _ends_in(month: str, begins: date, end: date, last: date) -> bool:
    return begins <= min(last_day(month), last) <= end


def _missing(
    contract: Contract, employments: Iterable[EmploymentRecord], declared: Set[tuple[str, str]], today: date
) -> Iterable[Missing]:
    for employment in employments:
        first = max(employment.terms.starts_on, contract.terms.starts_on)
        last = min(employment.terms.ends_on or contract.last_day, contract.last_day)
        for month in months_between(first, last) if first <= last else ():
            if last_day(month) >= today:
                break
            begun, ended = max(first, first_day(month)), min(last, last_day(month))
            whose = employment.contractor_id
            if (employment.id, month) in declared or contract.rests_throughout(begun, ended):
                continue
            # Of a contract that was transferred each holder owes the months in which it held it.
            if whose is None or held(contract, whose, begun, ended):
                yield Missing(month, employment.participant_id, employment.id, whose)
