"""Tallies of several desks together: who is whom, and amounts that are read off their bits."""

from decimal import Decimal

import pytest
from bson import Decimal128

from services.clauses.queries.reports import names_of
from services.clauses.queries.tallies import Tally, exact

PROFILE = "019a3f60-5c1e-7a34-9d8f-2f6f0a9c1b7e"


@pytest.mark.parametrize(
    "tallies",
    [
        [],
        [("", [])],
        [("23", ["P-1", PROFILE]), ("23", []), ("23", ["P-2", "P-1"])],
        # A reference is one person at one desk, a profile the same everywhere, whatever order contracts come in.
        [
            ("23", ["P-1", PROFILE]),
            ("19", ["P-1"]),
            ("23", [PROFILE, "P-3", "P-1"]),
            ("", []),
            ("19", [PROFILE, "P-3"]),
        ],
        [("19", ["P-2"]), ("23", ["P-2", "P-2"]), ("19", ["P-2"])],
        # As long as a profile's id, and none.
        [("23", ["x" * 36]), ("19", ["x" * 36])],
    ],
)
def test_each_name_of_each_contract_is_one_person(tallies: list[tuple[str, list[str]]]) -> None:
    names = names_of([Tally(territory, people, b"") for territory, people in tallies])
    whose = [(None if name == PROFILE else territory, name) for territory, people in tallies for name in people]
    assert [names.persons[place] for place in names.person_of] == whose
    assert sorted(names.persons, key=str) == sorted(set(whose), key=str)


@pytest.mark.parametrize(
    "amount", ["0.00", "12000.00", "0.01", "-3.50", "1.5", "1E+3", "0.001", "99999999999999999999.99", "7"]
)
def test_an_amount_is_the_same_with_the_same_decimals(amount: str) -> None:
    assert exact(Decimal128(amount)).as_tuple() == Decimal(amount).as_tuple()
