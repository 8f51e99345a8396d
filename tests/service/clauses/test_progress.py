"""Progress: done against owed, against the time that has passed, and a forecast."""

from datetime import date
from decimal import Decimal

import pytest

from services.clauses.domain.errors import ContractSuspended
from services.clauses.domain.progress import Balance, elapsed, progress_of
from tests.service.clauses.builders import a_contract, author


@pytest.mark.parametrize(
    ("today", "share"),
    [
        (date(2025, 12, 31), "0.0000"),
        (date(2026, 1, 1), "0.0027"),
        (date(2026, 7, 1), "0.4986"),
        (date(2026, 12, 31), "1.0000"),
        (date(2027, 6, 1), "1.0000"),
    ],
)
def test_elapsed_share_counts_days_from_the_first_to_the_last(today: date, share: str) -> None:
    assert str(elapsed(a_contract(), today).share) == share


def test_days_on_which_the_contract_rests_do_not_pass() -> None:
    contract = a_contract(starts_on="2026-01-01", ends_on="2026-04-10")  # 100 days
    contract.suspend(date(2026, 1, 11), "Ordre de service", author("facilitator-1", "facilitator"))
    # While nobody says when it goes on, the days to come are not taken for rest: the contract would seem at its end, and every
    # hour of it missing.
    assert str(elapsed(contract, date(2026, 3, 1)).share) == "0.2000"
    contract.resume(date(2026, 3, 2), author("facilitator-1", "facilitator"))  # 50 days
    assert [str(elapsed(contract, day).share) for day in (date(2026, 2, 10), date(2026, 3, 16))] == ["0.2000", "0.5000"]


def test_suspensions_that_follow_each_other_are_one_and_two_ends_are_no_rest() -> None:
    by = author("facilitator-1", "facilitator")
    contract = a_contract()
    for since, on in ((date(2026, 1, 28), date(2026, 2, 15)), (date(2026, 2, 15), date(2026, 3, 1))):
        contract.suspend(since, "Ordre de service", by)
        contract.resume(on, by)
    contract.suspend(date(2026, 3, 30), "Ordre de service", by)
    assert contract.rests_throughout(date(2026, 2, 1), date(2026, 2, 28))
    assert not contract.rests_throughout(date(2026, 1, 28), date(2026, 3, 30))
    assert contract.rests_throughout(date(2026, 3, 30), date(2027, 1, 1))
    with pytest.raises(ContractSuspended):
        contract.check_month("2026-02", date(2026, 3, 2))
    contract.check_month("2026-03", date(2026, 3, 2))


def test_a_quarter_of_the_time_and_a_tenth_of_the_hours() -> None:
    contract = a_contract("833", starts_on="2026-01-01", ends_on="2026-04-10")  # 100 days
    progress = progress_of(contract, Balance(Decimal("100.00"), Decimal("83.30"), 3), date(2026, 1, 25))
    assert str(progress.elapsed_share) == "0.2500"
    assert str(progress.expected_hours) == "208.25"
    assert str(progress.forecast_hours) == "400.00"
    assert str(progress.forecast_shortfall_hours) == "433.00"
    assert str(progress.remaining_hours) == "749.70"
    assert str(progress.validated_share) == "0.1000"
    assert str(progress.full_time_equivalents) == "0.05"
    assert (progress.participants, progress.status) == (3, "running")


def test_figures_follow_from_days_and_not_from_the_share_as_it_is_printed() -> None:
    """Worked out by hand: 10 h on the first of 365 days are 3,650 h at that pace, on the first of four years 14,610 h."""
    for ends_on, day, declared, forecast, expected in (
        ("2026-12-31", date(2026, 1, 1), "10.00", "3650.00", "2.74"),  # 10 × 365 ÷ 1; 1,000 ÷ 365 = 2.7397
        ("2029-12-31", date(2026, 1, 1), "10.00", "14610.00", "0.68"),  # 1,461 days with 29 February 2028; 0.6845
        ("2026-12-31", date(2026, 10, 27), "801.37", "975.00", "821.92"),  # day 300: 801.37 × 365 ÷ 300 = 975.0002
    ):
        progress = progress_of(a_contract(ends_on=ends_on), Balance(Decimal(declared)), day)
        assert (str(progress.forecast_hours), str(progress.expected_hours)) == (forecast, expected)


def test_before_the_first_day_nothing_is_forecast() -> None:
    progress = progress_of(a_contract(), Balance(), date(2025, 12, 1))
    assert (progress.forecast_hours, progress.forecast_shortfall_hours) == (None, None)
    assert progress.expected_hours == 0


def test_after_the_end_the_forecast_is_what_was_done() -> None:
    progress = progress_of(a_contract("100"), Balance(Decimal("120.00"), Decimal("110.00"), 2), date(2027, 2, 1))
    assert (progress.forecast_hours, progress.remaining_hours) == (120, 0)
    assert (str(progress.validated_share), progress.status) == ("1.1000", "ended")


def test_without_an_objective_there_is_no_share() -> None:
    assert progress_of(a_contract("0"), Balance(), date(2026, 6, 1)).validated_share is None
