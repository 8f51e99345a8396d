"""Days in words, as seen from Monday 30 November 2026."""

from datetime import date

import pytest

from shared.tables.moments import day_meant, span_meant

TODAY = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("mi-janvier", "2027-01-15"),
        ("milieu avril", "2027-04-15"),
        ("démarrage mi décembre", "2026-12-15"),
        ("début mars", "2027-03-01"),
        ("dès mars", "2027-03-01"),
        ("novembre", "2026-11-01"),
        ("septembre 2027", "2027-09-01"),
        ("Janv. 27", "2027-01-01"),
        ("02/2027", "2027-02-01"),
        ("rentrée janvier 2027", "2027-01-01"),
        ("15 février", "2027-02-15"),
        ("15 novembre", "2026-11-15"),
        ("1er sept.", "2027-09-01"),
        ("03-mai", "2027-05-03"),
        ("01/02", "2027-02-01"),
        ("à compter du 1er juin 2027", "2027-06-01"),
        ("vers le 20 janvier", "2027-01-20"),
        ("5 janvier 8h", "2027-01-05"),
        ("janvier 2027 (date à préciser)", None),
        ("prise de poste : 8 mars 2027", "2027-03-08"),
        ("lundi 4 janvier", "2027-01-04"),
        ("lundi prochain", "2026-12-07"),
        ("demain", "2026-12-01"),
        ("dans 15 jours", "2026-12-15"),
        ("d'ici trois semaines", "2026-12-21"),
        ("semaine 3", "2027-01-18"),
        ("S50", "2026-12-07"),
        ("démarrage 11/01/2027", "2027-01-11"),
    ],
)
def test_words_name_a_day(text: str, day: str | None) -> None:
    found = day_meant(text, TODAY)
    assert (found and found.isoformat()) == day


@pytest.mark.parametrize(
    "text",
    [
        "dès que possible", "fin janvier", "courant février", "immédiat", "ASAP", "de suite", "avril ou mai", "avril/mai",
        "printemps 2027", "entre mars et avril", "31/02", "2 ans", "CDI", "35", "le 3 du mois prochain", "", "9" * 81,
        "mars - avril", "12 mars ou avant", "semaine 60", "99/99", "12.02", "٣ مارس", "début d'année", "29 février",
    ],
)  # fmt: skip
def test_what_leaves_the_day_open_names_none(text: str) -> None:
    assert day_meant(text, TODAY) is None


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("du 1er mai au 30 septembre 2027", "2027-05-01", "2027-09-30"),
        ("avril à octobre", "2027-04-01", "2027-10-31"),
        ("de juin à fin août", "2027-06-01", "2027-08-31"),
        ("juillet-août 2027", "2027-07-01", "2027-08-31"),
        ("du 15 décembre au 31 mars 2027", "2026-12-15", "2027-03-31"),
        ("15/12 au 15/03", "2026-12-15", "2027-03-15"),
        ("du 04/01/27 au 02/07/27", "2027-01-04", "2027-07-02"),
        ("dès le 4 janvier jusqu'au 30 juin 2027", "2027-01-04", "2027-06-30"),
    ],
)
def test_two_days_are_a_span(text: str, first: str, last: str) -> None:
    assert span_meant(text, TODAY) == (date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    "text", ["6 mois", "du lundi au vendredi", "8h à 12h", "13 à 15 €", "à partir de mars", "été 2027", "juin/juillet"]
)
def test_what_says_no_two_days_is_no_span(text: str) -> None:
    assert span_meant(text, TODAY) is None


@pytest.mark.parametrize(
    ("text", "today", "day"),
    [
        ("29 février", "2027-10-01", "2028-02-29"), ("29/02", "2028-02-20", "2028-02-29"), ("29 février", "2026-03-02", None),
        ("semaine 50", "2027-01-10", "2026-12-07"), ("S53", "2027-01-10", "2026-12-28"), ("S53", "2026-12-31", "2026-12-28"),
        ("S1", "2026-12-31", "2027-01-04"), ("semaine 53", "2027-06-01", None), ("semaine 45", "2027-01-10", "2027-11-08"),
        ("dans 1 mois", "2026-03-31", "2026-04-30"), ("dans 2 mois", "2026-12-31", "2027-02-28"),
        ("sous 2 mois", "2027-12-30", "2028-02-29"),
        ("mois prochain", "2026-12-31", "2027-01-01"), ("lundi prochain", "2026-12-28", "2027-01-04"),
        ("demain", "2028-02-28", "2028-02-29"),
        ("31/12", "2027-01-01", "2026-12-31"), ("01/01", "2026-12-31", "2027-01-01"), ("mi-décembre", "2027-01-15", "2027-12-15"),
        ("01/01/9999", "2026-03-02", None), ("15 février 0027", "2026-03-02", None), ("01/02/0226", "2026-03-02", None),
    ],
)  # fmt: skip
def test_years_end_and_february_has_29_days(text: str, today: str, day: str | None) -> None:
    found = day_meant(text, date.fromisoformat(today))
    assert (found and found.isoformat()) == day


@pytest.mark.parametrize(
    ("text", "today", "span"),
    [
        ("du 15 décembre au 15 janvier", "2026-12-01", ("2026-12-15", "2027-01-15")),
        ("du 15 décembre au 15 janvier", "2027-01-05", ("2026-12-15", "2027-01-15")),
        ("du 29 février au 30 mars", "2027-11-01", ("2028-02-29", "2028-03-30")),
        ("du 01/01/0001 au 31/12/9999", "2026-03-02", None),
        ("du 1er mai au 30 septembre 9999", "2026-03-02", None),
    ],
)
def test_spans_go_over_the_year_s_end(text: str, today: str, span: tuple[str, str] | None) -> None:
    found = span_meant(text, date.fromisoformat(today))
    assert (found and tuple(one.isoformat() for one in found)) == span
