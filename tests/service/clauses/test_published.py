"""The plans of the published balances add up to what was published, to the cent."""

from decimal import Decimal

import pytest

from deploy.published.balances import BALANCES, Balance, Part, plan

PARTS = [
    pytest.param(part, seed, id=f"{b.name}-{part.kind}") for b in BALANCES.values() for seed, part in enumerate(b.parts)
]


@pytest.mark.parametrize(("part", "seed"), PARTS)
def test_entries_add_up_and_nobody_works_more_than_a_full_month(part: Part, seed: int) -> None:
    worked = list(plan(part, seed))
    amounts = [hours for one in worked for hours in one.months.values()]
    assert sum(amounts) == part.hours
    assert all(0 < hours <= Decimal("151.67") for hours in amounts)
    assert all(1 <= month <= 12 for one in worked for month in one.months)
    assert {one.contract for one in worked} == set(range(part.contracts))
    assert (len(worked), sum(one.woman for one in worked)) == (part.people, part.women)
    assert sum(one.rsa for one in worked) == part.rsa


@pytest.mark.parametrize("balance", [pytest.param(one, id=one.name) for one in BALANCES.values()])
def test_the_parts_are_those_of_the_published_table(balance: Balance) -> None:
    published, parts = balance.published, balance.parts
    assert sum(part.contracts for part in parts) == published["contracts"]
    assert sum(part.people for part in parts) == published["participants"]
    exact = sum((part.hours for part in parts), Decimal(0))
    assert str(exact) == published.get("exact_hours", str(exact))
    assert int(exact) == published.get("hours", int(exact))
    assert sum(part.rsa for part in parts) == published.get("rsa_participants", sum(part.rsa for part in parts))
