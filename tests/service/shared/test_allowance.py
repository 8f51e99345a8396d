"""What may be done so often in a day, by clocks that are not always right."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.allowance import Allowance
from shared.errors import LimitReached

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)


def used(*at: datetime) -> Allowance:
    one = Allowance.new("exports", "p1", "23", NOW)
    for when in at:
        one.take(2, LimitReached, "{count}", when)
    return one


def test_a_day_later_it_may_be_done_again() -> None:
    one = used(NOW, NOW + timedelta(hours=1))
    with pytest.raises(LimitReached):
        one.take(2, LimitReached, "{count}", NOW + timedelta(hours=23))
    one.take(2, LimitReached, "{count}", NOW + timedelta(days=1))


def test_what_a_wrong_clock_counted_in_a_year_to_come_holds_up_nobody() -> None:
    """Everything was refused until that year had come."""
    one = used(NOW + timedelta(days=365), NOW + timedelta(days=365))
    one.take(2, LimitReached, "{count}", NOW)
    # Two machines' clocks are never the same, and that is no way around it.
    one.take(2, LimitReached, "{count}", NOW + timedelta(minutes=1))
    with pytest.raises(LimitReached):
        one.take(2, LimitReached, "{count}", NOW)
