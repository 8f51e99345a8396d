"""The sizing formulas, each with its worked example."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from services.clauses.domain.errors import SizingRefused
from services.clauses.domain.sizing import Sizing, hours_owed

SIZING: TypeAdapter[Any] = TypeAdapter(Sizing)


def owed(**inputs: Any) -> Decimal:
    return hours_owed(SIZING.validate_python(inputs))


def test_labour_share_of_a_million_is_833_hours() -> None:
    """1,000,000 x 50 % x 5 % / 30 = 833.33, floored."""
    hours = owed(rule="labour_share", amount=1_000_000, labour_share_percent=50, effort_percent=5, hourly_cost=30)
    assert str(hours) == "833.00"


@pytest.mark.parametrize(
    ("operation", "percent", "hours"),
    [("works", None, "1000.00"), ("urban_management", None, "2000.00"), ("works", "7.5", "1500.00")],
)
def test_share_of_all_work_hours(operation: str, percent: str | None, hours: str) -> None:
    """ANRU: 20,000 h at 5 % of works, or 10 % in urban management."""
    assert str(owed(rule="work_hours_share", operation=operation, work_hours=20_000, percent=percent)) == hours


def test_a_least_share_is_not_missed_by_rounding() -> None:
    assert str(owed(rule="work_hours_share", work_hours="100.01")) == "5.01"


@pytest.mark.parametrize(("operation", "percent"), [("works", "4.99"), ("urban_management", 9)])
def test_a_share_below_the_least_one_is_refused(operation: str, percent: Any) -> None:
    with pytest.raises(SizingRefused) as refusal:
        owed(rule="work_hours_share", operation=operation, work_hours=100, percent=percent)
    assert refusal.value.errors[0].field == "objective.percent"


@pytest.mark.parametrize(
    ("amount", "hours"),
    [(2_700_000, "0.00"), (1_000, "0.00"), (2_701_999, "0.00"), (2_702_000, "1.00"), (3_000_000, "150.00")],
)
def test_one_hour_per_2000_euros_above_2700000(amount: int, hours: str) -> None:
    assert str(owed(rule="invoice_indexed", amount=amount)) == hours


@pytest.mark.parametrize(
    ("amount", "hours"),
    [
        (0, 150),
        ("99999.99", 150),
        (100_000, 300),
        ("199999.99", 300),
        (200_000, 450),
        ("399999.99", 450),
        (400_000, 900),
        (5_000_000, 900),
    ],
)
def test_steps_of_150_300_450_and_900_hours(amount: Any, hours: int) -> None:
    assert owed(rule="steps", amount=amount) == hours


@pytest.mark.parametrize(
    "steps",
    [
        [{"below": 100, "hours": 1}],
        [{"below": None, "hours": 1}, {"below": None, "hours": 2}],
        [{"below": 200, "hours": 1}, {"below": 100, "hours": 2}, {"below": None, "hours": 3}],
    ],
)
def test_steps_that_do_not_rise_to_an_open_end_are_refused(steps: list[dict[str, Any]]) -> None:
    with pytest.raises(SizingRefused):
        owed(rule="steps", amount=50, steps=steps)


def test_hours_by_hand_need_a_reason() -> None:
    assert str(owed(rule="manual", hours="350.5", reason="Convention")) == "350.50"
    with pytest.raises(ValidationError):
        owed(rule="manual", hours=350)


@given(
    st.decimals(0, 50_000_000, places=2),
    st.decimals("0.01", 100, places=2),
    st.decimals("0.01", 100, places=2),
    st.decimals("1", 100, places=2),
)
def test_labour_share_is_the_floor_of_the_exact_quotient(
    amount: Decimal, labour: Decimal, effort: Decimal, cost: Decimal
) -> None:
    hours = owed(
        rule="labour_share", amount=amount, labour_share_percent=labour, effort_percent=effort, hourly_cost=cost
    )
    assert hours == hours.to_integral_value()
    assert hours * cost <= amount * labour * effort / 10_000 < (hours + 1) * cost
