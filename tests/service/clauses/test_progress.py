"""Progress: done against owed, against the time that has passed, and a forecast."""

from datetime import date
from decimal import Decimal

import pytest

from services.clauses.domain.errors import ContractSuspended
from services.clauses.domain.progress import Balance, elapsed_share, progress_of
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
    assert str(elapsed_share(a_contract(), today)) == share


def test_days_on_which_the_contract_rests_do_not_pass() -> None:
    contract = a_contract(starts_on="2026-01-01", ends_on="2026-04-10")  # 100 days
    contract.suspend(date(2026, 1, 11), "Ordre de service", author("facilitator-1", "facilitator"))
    # While nobody says when it goes on, the days to come are not taken for rest: the contract would seem at its end, and every
    # hour of it missing.
    assert str(elapsed_share(contract, date(2026, 3, 1))) == "0.2000"
    contract.resume(date(2026, 3, 2), author("facilitator-1", "facilitator"))  # 50 days
    assert [str(elapsed_share(contract, day)) for day in (date(2026, 2, 10), date(2026, 3, 16))] == ["0.2000", "0.5000"]


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
