"""What a published contract's fields hold, as programs, spreadsheets and people write it."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.clauses.domain.published import last_day_after
from services.clauses.procurement.fields import FieldRefused, amount_of, day_of, months_of, siret_of
from tests.service.clauses.builders import TODAY


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("61100", "61100.00"),
        ("91 109,96 €", "91109.96"),
        ("1.234.567,89", "1234567.89"),
        ("1,234,567.89", "1234567.89"),
        ("1'234'567", "1234567.00"),
        ("133622.0100000001", "133622.01"),
        (137614.0, "137614.00"),
        ("1e5", "100000.00"),
        ("12,5 EUR HT", "12.50"),
    ],
)
def test_amounts_as_programs_and_people_write_them(written: Any, amount: str) -> None:
    value = Decimal(str(written)) if isinstance(written, float) else written
    assert amount_of("montant", value) == Decimal(amount)


@pytest.mark.parametrize("written", ["", "0", None, "NaN", "nc", "null", Decimal("NaN"), [], {}, True])
def test_an_amount_that_is_not_there(written: Any) -> None:
    assert amount_of("montant", written) is None


@pytest.mark.parametrize(
    ("written", "rule"),
    [
        ("1.500", "ambiguous"),
        ("1,500", "ambiguous"),
        ("-5", "negative"),
        ("beaucoup", "amount"),
        ("1E+999999", "amount"),
        (Decimal("1E+999999"), "too-large"),
        (10**20, "too-large"),
        ("9" * 5_000, "amount"),
        ("=1+1", "amount"),
        (".e5", "amount"),
    ],
)
def test_what_is_no_amount(written: Any, rule: str) -> None:
    with pytest.raises(FieldRefused) as refused:
        amount_of("montant", written)
    assert refused.value.rule == rule


def test_numbers_of_buyers_as_spreadsheets_leave_them() -> None:
    notes: list[str] = []
    for written in ("212 300 966 00018", "21230096600018.0", "212300966-00018", 21230096600018):
        assert siret_of("id", written, notes.append) == "21230096600018"
    assert notes == []
    assert siret_of("id", "735020000049", notes.append) == "00735020000049"
    assert len(notes) == 1
    for written, rule in (
        ("2,12301E+13", "siret-rounded"),
        ("212300966", "siren"),
        ("21230096600019", "siret"),
        ("", "required"),
        ("Guéret", "siret"),
        ("２１２３００９６６０００１９", "siret"),
    ):
        with pytest.raises(FieldRefused) as refused:
            siret_of("id", written, notes.append)
        assert refused.value.rule == rule


def test_days_and_months_in_any_writing() -> None:
    for written in (
        "2025-01-31",
        "31/01/2025",
        "2025-01-31T00:00:00Z",
        "2025-01-31+01:00",
        "45688",
        "31.01.2025 10:00",
        "20250131",
        "31/1/25",
        "31 janvier 2025",
    ):
        assert day_of("d", written, TODAY) == date(2025, 1, 31)
    for written in (
        "2025-02-30",
        "31/13/2025",
        "hier",
        "31/01/2025 au 28/02/2025",
        "0001-01-01",
        "3025-01-01",
        "2027-01-01",
    ):
        with pytest.raises(FieldRefused):
            day_of("d", written, TODAY)
    assert [months_of("m", written) for written in ("12", "12.0", 12, "", "0")] == [12, 12, 12, None, None]
    assert [months_of("m", written) for written in ("12 mois", "36Mois", "1 an", "2 ans")] == [12, 36, 12, 24]
    for odd in ("-1", "12.5", "un an", "9999", "1e3", "31 ans", "12 jours"):
        with pytest.raises(FieldRefused):
            months_of("m", odd)
    assert last_day_after(date(2025, 1, 31), 1) == date(2025, 2, 27)
    assert last_day_after(date(2025, 1, 1), 12) == date(2025, 12, 31)
