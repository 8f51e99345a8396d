"""Where a contract stands: what is done against what is owed, and against the time that has passed."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

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


def elapsed_share(contract: Contract, today: date) -> Decimal:
    """Share of the contract's days, first and last included, that have begun; days on which it rests are left out."""
    starts, ends = contract.terms.starts_on, contract.last_day
    total = (ends - starts).days + 1 - contract.rested_days(ends, today)
    passed = min(max((min(today, ends) - starts).days + 1 - contract.rested_days(today, today), 0), total)
    # A contract that rests from its first day to its last has run as far as it will.
    return (Decimal(passed) / total).quantize(_SHARE, ROUND_HALF_UP) if total else Decimal(1)


def progress_of(contract: Contract, balance: Balance, today: date) -> Progress:
    """The forecast goes on at the pace so far: declared hours / elapsed share; unknown before the first day."""
    terms, objective = contract.terms, contract.objective.hours
    elapsed = elapsed_share(contract, today)
    forecast = two_places(balance.declared / elapsed) if elapsed else None
    return Progress(
        objective_hours=objective,
        declared_hours=balance.declared,
        validated_hours=balance.validated,
        remaining_hours=max(ZERO, objective - balance.validated),
        validated_share=(balance.validated / objective).quantize(_SHARE, ROUND_HALF_UP) if objective else None,
        elapsed_share=elapsed,
        expected_hours=two_places(objective * elapsed),
        forecast_hours=forecast,
        forecast_shortfall_hours=None if forecast is None else max(ZERO, objective - forecast),
        full_time_equivalents=two_places(balance.validated / terms.parameters.fte_hours),
        participants=balance.participants,
        status=contract.status_on(today).value,
    )
