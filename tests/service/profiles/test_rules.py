"""What cannot be said of a person, and how each refusal names its field."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.profiles.domain.errors import ProfileRefused
from services.profiles.domain.rules import OLDEST, YOUNGEST, checked, e164
from tests.service.profiles.builders import details

TODAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("written", "territory", "kept"),
    [
        ("06 12 34 56 78", "23", "+33612345678"),
        ("05.55.52.00.00", "23", "+33555520000"),
        ("+33 6 12 34 56 78", "23", "+33612345678"),
        ("0033612345678", "23", "+33612345678"),
        ("0690 12 34 56", "971", "+590690123456"),
        ("06 12 34 56 78", "971", "+33612345678"),
        ("+32 470 12 34 56", "59", "+32470123456"),
        ("12 34", "23", None),
        ("06 12 34 56 7", "23", None),
        ("bonjour", "23", None),
    ],
)
def test_phone_numbers_are_kept_in_e164_or_refused(written: str, territory: str, kept: str | None) -> None:
    assert e164(written, territory) == kept


@given(st.text(max_size=30))
def test_no_text_breaks_the_phone_check(text: str) -> None:
    kept = e164(text, "23")
    assert kept is None or (kept.startswith("+") and kept[1:].isdigit())


@pytest.mark.parametrize(
    ("said", "field", "rule"),
    [
        ({"phone": "0612"}, "phone", "implausible-phone"),
        ({"birth_year": 2026 - YOUNGEST + 1}, "birth_year", "implausible-birth-year"),
        ({"birth_year": 2026 - OLDEST - 1}, "birth_year", "implausible-birth-year"),
        ({"statuses": {"registered_on": "2026-03-03"}}, "statuses.registered_on", "in-the-future"),
        ({"occupations": [{"code": "K1304"}, {"code": "K1304"}]}, "occupations.1.code", "duplicate"),
        ({"skills": ["a", "b", "a"]}, "skills.2", "duplicate"),
        (
            {"travel": [{"means": "car", "range_km": 3}, {"means": "car", "range_km": 4}]},
            "travel.1.means",
            "duplicate",
        ),
        ({"licences": ["B", "B"]}, "licences.1", "duplicate"),
        ({"channels": ["email"]}, "channels", "email-missing"),
        ({"channels": ["inbox", "inbox"]}, "channels.1", "duplicate"),
        (
            {"availability": {"weekly_hours_min": 30, "weekly_hours_max": 20}},
            "availability.weekly_hours_min",
            "above-maximum",
        ),
        ({"contract_kinds": ["cdi"], "wished_contract_kinds": ["cdd"]}, "wished_contract_kinds.0", "not-accepted"),
    ],
)
def test_each_refusal_names_its_field_and_rule(said: dict[str, Any], field: str, rule: str) -> None:
    with pytest.raises(ProfileRefused) as refusal:
        checked(details(**said), "23", TODAY)
    assert [(error.field, error.rule) for error in refusal.value.errors] == [(field, rule)]


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(ProfileRefused) as refusal:
        checked(details(phone="0612", birth_year=1800, channels=["email"]), "23", TODAY)
    assert {error.field for error in refusal.value.errors} == {"phone", "birth_year", "channels"}


@pytest.mark.parametrize("year", [2026 - YOUNGEST, 2026 - OLDEST, None])
def test_ages_at_the_limits_are_taken(year: int | None) -> None:
    assert checked(details(birth_year=year), "23", TODAY).birth_year == year
