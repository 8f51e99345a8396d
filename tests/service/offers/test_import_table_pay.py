"""Pay of a column that holds nothing but pay: its size tells the period, and words which end of a range it is."""

import pytest

from services.offers.domain.imports.salary import Work, read_salary
from tests.service.offers.test_import_rows_whole import read

HOUR, MONTH, YEAR = 1.0, 35 * 52 / 12, 35 * 52.0


@pytest.mark.parametrize(
    ("title", "cell", "low", "high", "of"),
    [
        ("Paie", "1 790", 1790, 1790, MONTH),
        ("Rému. brute", "2150/2400", 2150, 2400, MONTH),
        ("Salaire", "de 1823,03 € à 2100 €", 1823.03, 2100, MONTH),
        ("Salaire", "26 500 €", 26500, 26500, YEAR),
        ("Salaire", "13.10", 13.10, 13.10, HOUR),
        ("Rémunération", "jusqu'à 2300 €", None, 2300, MONTH),
        ("Rémunération", "2000 max", None, 2000, MONTH),
        ("Rémunération", "mini 1850", 1850, None, MONTH),
        ("Salaire", "à partir de 12,50 €", 12.5, None, HOUR),
        ("Salaire net/brut", "1 950 € brut + 13ème mois + mutuelle", 1950, 1950, MONTH),
        ("Salaire", "SMIC (12,02 €)", 12.02, 12.02, HOUR),
        ("Salaire", "2.100€ brut sur 13 mois", 2100, 2100, MONTH),
        ("Salaire", "1 800 € à 2 000 € selon expérience (2 ans)", 1800, 2000, MONTH),
        ("Salaire", "entre 1 900 et 2 200", 1900, 2200, MONTH),
    ],
)
def test_the_size_of_a_pay_tells_its_period_and_the_sender_is_told(
    title: str, cell: str, low: float | None, high: float | None, of: float
) -> None:
    found = read(["Poste", "Contrat", "Ville", title], ["Agent", "CDI 35h", "23000 Guéret", cell])
    pay = found.given.salary
    assert (pay.hourly_min, pay.hourly_max) == tuple(None if one is None else round(one / of, 2) for one in (low, high))
    assert [one.rule for one in found.warnings if one.field == "salary"] == ["salary_by_size"]


@pytest.mark.parametrize(
    ("title", "cell"),
    [
        ("Salaire", "120 €/jour"),
        ("Salaire", "400 € la semaine"),
        ("Salaire", "25 € par intervention"),
        ("Salaire", "55 € la tonne"),
        ("Tarif journalier", "90"),
        ("Salaire", "SMIC + 10 %"),
        ("Salaire", "1500 net"),
        ("Salaire", "selon grille"),
        ("Salaire", "1"),
    ],
)
def test_pay_of_another_period_or_of_none_stays_a_text(title: str, cell: str) -> None:
    found = read(["Poste", "Contrat", "Ville", title], ["Agent", "CDI 35h", "23000 Guéret", cell])
    assert (found.given.salary.hourly_min, found.given.salary.hourly_max) == (None, None)


def test_a_feed_says_the_period_of_its_pay_itself() -> None:
    assert read_salary("1850 Euros", work=Work(35))[0].hourly_min is None


@pytest.mark.parametrize(("place", "told"), [("23000 Guéret", False), ("Guéret (23000)", False), ("Guéret gare", True)])
def test_a_place_with_its_postcode_leaves_nothing_to_confirm(place: str, told: bool) -> None:
    found = read(["Poste", "Contrat", "Ville"], ["Agent", "CDI", place])
    assert ("place_by_name" in {one.rule for one in found.warnings}) is told
