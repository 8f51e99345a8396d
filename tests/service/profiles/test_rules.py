"""What cannot be said of a person, and how each refusal names its field."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.profiles.domain.errors import ProfileRefused
from services.profiles.domain.rules import checked
from shared.ages import OLDEST
from shared.phones import e164
from tests.service.profiles.builders import details

TODAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("written", "territory", "kept"),
    [
        ("06 12 34 56 78", "23", "+33612345678"),
        ("05.55.52.00.00", "23", "+33555520000"),
        ("05\u202f55\u00a052\u200900 00", "23", "+33555520000"),
        ("05·55·52·00·00", "23", "+33555520000"),
        ("+33 6 12 34 56 78", "23", "+33612345678"),
        ("0033612345678", "23", "+33612345678"),
        ("0690 12 34 56", "971", "+590690123456"),
        ("06 12 34 56 78", "971", "+33612345678"),
        ("+32 470 12 34 56", "59", "+32470123456"),
        ("0692 12 34 56", "23", "+262692123456"),
        ("0696 20 12 34", "23", "+596696201234"),
        ("0694 20 12 34", "23", "+594694201234"),
        ("0262 90 20 30", "23", "+262262902030"),
        ("0690 30 12 34", "972", "+590690301234"),
        ("0269 61 12 34", "2A", "+262269611234"),
        ("0596 60 12 34", "974", "+596596601234"),
        ("0594 30 12 34", "988", "+594594301234"),
        ("0590 27 12 34", "978", "+590590271234"),
        ("+33 692 12 34 56", "23", "+262692123456"),
        ("0033 6 92 12 34 56", "974", "+262692123456"),
        ("0508 41 12 34", "23", "+508411234"),
        ("+33 508 41 12 34", "23", "+508411234"),
        ("41 12 34", "975", "+508411234"),
        ("27 12 34", "988", "+687271234"),
        ("87 12 34 56", "987", "+68987123456"),
        ("72 12 34", "986", "+681721234"),
        ("06 12 34 56 78", "988", "+33612345678"),
        ("+687 27 12 34", "23", "+687271234"),
        ("00 689 87 12 34 56", "23", "+68987123456"),
        ("+508 41 12 34", "974", "+508411234"),
        ("+681 72 12 34", "23", "+681721234"),
        ("+41 79 123 45 67", "25", "+41791234567"),
        ("+44 20 7946 0958", "62", "+442079460958"),
        ("+213 551 23 45 67", "13", "+213551234567"),
        ("+212 6 12 34 56 78", "974", "+212612345678"),
        ("27 12 34", "23", None),  # of Nouméa or of Miquelon: nobody can tell
        ("+999 12 34 56 78", "23", None),
        ("0612 345 67O", "23", None),
        ("0899 NADIA 12", "23", None),
        ("12 34", "23", None),
        ("06 12 34 56 7", "23", None),
        ("bonjour", "23", None),
        ("09 70 12 34 56", "23", "+33970123456"),
        ("0806 12 34 56", "974", "+262806123456"),
        ("0800 12 34 56", "23", "+33800123456"),
        # Whoever dials these pays for more than a call.
        ("0899 12 34 56", "23", None),
        ("00 33 891 12 34 56", "988", None),
        ("+33 (0)899 12 34 56", "974", None),
        ("+262 899 12 34 56", "23", None),
        ("0810 12 34 56", "23", None),
        ("0825 12 34 56", "971", None),
        ("+1 900 123 4567", "23", None),
        ("+44 70 1234 5678", "23", None),
        ("+44 871 234 5678", "23", None),
        ("+49 190 0 123456", "23", None),
        ("+881 6 1234 5678", "23", None),
        ("+979 1 2345 678", "23", None),
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
        ({"birth_year": 2011}, "birth_year", "under-16"),
        ({"birth_year": 2026 - OLDEST - 1}, "birth_year", "implausible-birth-year"),
        ({"occupations": [{"code": "K1304"}, {"code": "K1304"}]}, "occupations.1.code", "duplicate"),
        ({"skills": ["a", "b", "a"]}, "skills.2", "duplicate"),
        (
            {"travel": [{"means": "car", "range_km": 3}, {"means": "car", "range_km": 4}]},
            "travel.1.means",
            "duplicate",
        ),
        ({"licences": ["B", "B"]}, "licences.1", "duplicate"),
        (
            {"licences_in_preparation": [{"licence": "B"}, {"licence": "B", "expected_on": "2026-09-15"}]},
            "licences_in_preparation.1.licence",
            "duplicate",
        ),
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


@pytest.mark.parametrize("year", [2007, 2026 - OLDEST, None])
def test_ages_at_the_limits_are_taken(year: int | None) -> None:
    assert checked(details(birth_year=year), "23", TODAY).birth_year == year
