"""Where a contract stands: what is done against what is owed, and against the time that has passed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from services.clauses.domain.amounts import ZERO, two_places
from services.clauses.domain.contract import Contract

_SHARE = Decimal("0.0001")


@dataclass(frozen=True)
class Balance:
    """Folds of ledger entries. Participants are people with hours that count."""

    declared: Decimal = ZERO
    validated: Decimal = ZERO
    participants: int = 0


@dataclass(frozen=True)
class Progress:
    """Hours as decimals with two places; shares in [0, 1] with four (validated can pass 1)."""

    objective_hours: Decimal
    declared_hours: Decimal
    validated_hours: Decimal
    remaining_hours: Decimal
    validated_share: Decimal | None
    elapsed_share: Decimal
    expected_hours: Decimal
    forecast_hours: Decimal | None
    forecast_shortfall_hours: Decimal | None
    full_time_equivalents: Decimal
    participants: int
    status: str


class Elapsed(NamedTuple):
    """Days of a contract that count, of all its days: figures follow from them, never from the share as it is printed. On the
    first of 1,461 days that would be 0.0007, and a forecast by it 2 % off.
    """

    begun: int
    days: int

    @property
    def share(self) -> Decimal:
        """In [0, 1], with four places."""
        return (Decimal(self.begun) / self.days).quantize(_SHARE, ROUND_HALF_UP)

    def of(self, hours: Decimal) -> Decimal:
        """The part of ``hours`` that falls on them, unrounded."""
        return hours * self.begun / self.days

    def whole(self, hours: Decimal) -> Decimal:
        """What ``hours`` done on them come to by the last day at that pace, unrounded; none of the days must not be asked."""
        return hours * self.days / self.begun


class Course(NamedTuple):
    """The days of a contract, first and last included; ``rests``: first and last day of each suspension (None: it lasts)."""

    starts_on: date
    last_day: date
    rests: Sequence[tuple[date, date | None]] = ()

    def elapsed(self, until: date, today: date, since: date | None = None) -> Elapsed:
        """Which of its days lie between two days. Days on which it rests are left out, as far as ``today`` knows: a suspension
        that lasts may end tomorrow.
        """
        total = self._days(self.starts_on, self.last_day, today)
        # A contract that rests from its first day to its last has run as far as it will.
        return Elapsed(self._days(since, until, today), total) if total else Elapsed(1, 1)

    def _days(self, since: date | None, until: date, today: date) -> int:
        first, last = max(self.starts_on, since or date.min), min(self.last_day, until)
        rested = ((max(begins, first), min(ends or today, last)) for begins, ends in self.rests)
        return max((last - first).days + 1, 0) - sum(max((ends - begins).days + 1, 0) for begins, ends in rested)


def elapsed(contract: Contract, today: date) -> Elapsed:
    """The contract's days that have begun."""
    rests = [(one.since, one.until) for one in contract.suspensions]
    return Course(contract.terms.starts_on, contract.last_day, rests).elapsed(today, today)


def progress_of(contract: Contract, balance: Balance, today: date) -> Progress:
    """The forecast goes on at the pace so far: declared hours / elapsed share; unknown before the first day."""
    terms, objective = contract.terms, contract.objective.hours
    passed = elapsed(contract, today)
    forecast = two_places(passed.whole(balance.declared)) if passed.begun else None
    return Progress(
        objective_hours=objective,
        declared_hours=balance.declared,
        validated_hours=balance.validated,
        remaining_hours=max(ZERO, objective - balance.validated),
        validated_share=(balance.validated / objective).quantize(_SHARE, ROUND_HALF_UP) if objective else None,
        elapsed_share=passed.share,
        expected_hours=two_places(passed.of(objective)),
        forecast_hours=forecast,
        forecast_shortfall_hours=None if forecast is None else max(ZERO, objective - forecast),
        full_time_equivalents=two_places(balance.validated / terms.parameters.fte_hours),
        participants=balance.participants,
        status=contract.status_on(today).value,
    )
