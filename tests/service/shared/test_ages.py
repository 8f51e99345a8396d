"""The one rule of age: its limits, and that no service counts years of its own."""

import re
from datetime import date
from pathlib import Path

import pytest

from shared.ages import Standing, age_errors, age_on, birthday, next_change, standing_on

ROOT = Path(__file__).parents[3]
DAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("born", "year", "standing", "change"),
    [
        (date(2010, 3, 3), None, Standing.UNDER_16, date(2026, 3, 3)),
        (date(2010, 3, 2), None, Standing.MINOR, date(2028, 3, 2)),
        (date(2008, 3, 3), None, Standing.MINOR, date(2026, 3, 3)),
        (date(2008, 3, 2), None, Standing.ADULT, None),
        (date(2008, 2, 29), None, Standing.ADULT, None),
        (None, 2011, Standing.UNDER_16, date(2027, 1, 1)),
        (None, 2010, Standing.UNPROVEN, date(2028, 12, 31)),
        (None, 2008, Standing.UNPROVEN, date(2026, 12, 31)),
        (None, 2007, Standing.ADULT, None),
        (None, None, Standing.UNKNOWN, None),
    ],
)
def test_what_an_age_allows_and_until_when(
    born: date | None, year: int | None, standing: Standing, change: date | None
) -> None:
    assert standing_on(DAY, born, year) is standing
    assert next_change(DAY, born, year) == change
    if change is not None:
        assert standing_on(change, born, year) is not standing


def test_who_was_born_on_the_29th_of_february_is_of_age_on_the_1st_of_march() -> None:
    born = date(2008, 2, 29)
    assert birthday(born, 18) == date(2026, 3, 1)
    assert [age_on(born, day) for day in (date(2026, 2, 28), date(2026, 3, 1), date(2028, 2, 29))] == [17, 18, 20]


@pytest.mark.parametrize(
    ("born", "year", "refused"),
    [
        (date(2026, 3, 3), None, ("birth_date", "in-the-future")),
        (date(2010, 3, 3), None, ("birth_date", "under-16")),
        (date(1925, 3, 1), None, ("birth_date", "implausible-birth-date")),
        (date(1926, 3, 1), None, None),
        (None, 2011, ("birth_year", "under-16")),
        (None, 2027, ("birth_year", "implausible-birth-year")),
        (None, 1925, ("birth_year", "implausible-birth-year")),
        (None, 2010, None),
    ],
)
def test_each_refusal_names_its_field(born: date | None, year: int | None, refused: tuple[str, str] | None) -> None:
    found = [(error.field, error.rule) for error in age_errors(DAY, born, year)]
    assert found == ([] if refused is None else [refused])


_COUNTED = re.compile(r"\.year\s*-\s*\w*(?:year|born|birth)|-\s*\w*\.?(?:birth_year|birth_date|born)\b|\bYOUNGEST\s*=")


def test_no_service_counts_years_since_a_birth() -> None:
    own = [
        f"{path.relative_to(ROOT)}:{number}"
        for folder in ("services", "shared")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if path != ROOT / "shared/ages.py"
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if _COUNTED.search(line)
    ]
    assert not own, f"shared.ages says how old people are: {own}"
