"""Titles as a rural département writes them, and words of them that are mistyped."""

import pytest

from shared.reference.occupations import Occupations
from shared.reference.proposer import Candidate, Proposer
from shared.reference.titles import Stem, mended


@pytest.mark.parametrize(
    ("title", "code"),
    [
        ("Agent polyvalent école : cantine, garderie, ménage", "G1607"),
        ("Adjoint d'animation territorial", "G1203"),
        ("Agent de bouverie", "H2101"),
        ("Relayeur / relayeuse aidants", "K1302"),
    ],
)
def test_words_of_titles_that_were_written_by_hand_are_known_in_others(title: str, code: str) -> None:
    assert Occupations.load().search(title, 1)[0].code == code


@pytest.mark.parametrize(
    ("title", "code"),
    [
        ("Faisant fonction ATSEM", "K1308"),
        ("faisant fonction d'ASH", "J1301"),
        ("Faisant fonction de cuisinier", "G1609"),
        ("Faisant fonction d'aide-soignant", "J1501"),
    ],
)
def test_who_stands_in_for_another_trade_is_no_carer(title: str, code: str) -> None:
    assert Occupations.load().search(title, 1)[0].code == code


PROPOSER = Proposer(
    [
        Candidate(f"A000{at}", f"A000{at}", title, (title,), ())
        for at, title in enumerate(("Agent recenseur", "Receveur municipal", "Chef de rayon", "Guide musée", "Guidon"))
    ],
    {},
)


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Agent receneur", ["agent", "recenseur"]),
        ("Receneur municipal", ["receveur", "municipal"]),
        ("Receneur", ["receneur"]),
        ("Chef de rayn", ["chef", "rayon"]),
        ("Rayn", ["rayn"]),
        ("Chef de muse", ["chef", "muse"]),
    ],
)
def test_what_stands_beside_a_mistyped_word_decides_what_it_means(title: str, words: list[str]) -> None:
    assert PROPOSER.stems_of(title) == words


def test_letters_are_compared_as_a_mistyped_word_was_meant() -> None:
    read_as = [Stem("agent", False), Stem("recenseur", False, typed="receneur")]
    assert mended(("agent", "receneur"), read_as) == ("agent", "recenseur")
    assert mended(("agent", "receneur"), read_as[:1]) == ("agent", "receneur")


def test_a_mistyped_title_is_proposed_as_the_right_one() -> None:
    for title in ("Agent receneur", "Chef de rayn"):
        assert PROPOSER.rank(title, 1)[0][0] == {"A": 0, "C": 2}[title[0]]
    assert Occupations.load().search("Chef de rayn PGC", 1)[0].code == "D1502"


@pytest.mark.parametrize(
    "title",
    [
        "CDD mairie",
        "CUI PEC école",
        "Contrat aidé EHPAD",
        "Recrutement hôpital",
        "Recrutement en cours, voir l'annonce",
        "Super job ! Rejoignez-nous",
        "Homme ou femme motivée",
    ],
)
def test_who_offers_and_how_it_is_offered_name_no_work(title: str) -> None:
    assert Occupations.load().search(title) == []


@pytest.mark.parametrize(
    ("title", "code"),
    [
        ("Secrétaire de mairie", "K1406"),
        ("Conducteur super lourd", "N4115"),
        ("Super boulanger", "D1102"),
        ("Chargé de recrutement", "M1502"),
    ],
)
def test_the_same_words_beside_a_trade_leave_it(title: str, code: str) -> None:
    assert Occupations.load().search(title, 1)[0].code == code


LORRIES = Proposer(
    [
        Candidate("N4101", "N4101", "Conducteur de poids lourd", ("Chauffeur poids lourd",), ()),
        Candidate("N4115", "N4101", "Conducteur de véhicules super lourds", ("Chauffeur super lourd",), ()),
        Candidate("N4118", "N4105", "Conducteur de benne à ordures", (), ()),
        Candidate("K2303", "K2303", "Ripeur", ("Ramasseur d'ordures ménagères",), ()),
        Candidate("F1628", "F1602", "Installateur de bornes de recharge électriques", (), ()),
        Candidate("F1603", "F1603", "Installateur sanitaire", (), ()),
        Candidate("I1617", "I1617", "Contrôleur technique automobile", (), ()),
        Candidate("M1204", "M1204", "Contrôleur de gestion", ("Contrôleur technique",), ()),
    ],
    {"N4101": 9.0, "K2303": 5.0},
)


@pytest.mark.parametrize(
    ("title", "code"),
    [
        ("Chauffeur poids lourd SPL frigo", "N4115"),
        ("Conductrice PL super lourds", "N4115"),
        ("Conducteur PL ou SPL", "N4101"),
        ("Chauffeur PL", "N4101"),
        ("Chauffeur BOM", "N4118"),
        ("Conductrice OM", "N4118"),
        ("Ripeur OM", "K2303"),
        ("Installateur IRVE", "F1628"),
        ("Contrôleuse technique VL", "I1617"),
    ],
)
def test_the_narrower_licence_and_what_a_short_form_spells_out_decide(title: str, code: str) -> None:
    assert LORRIES.codes[LORRIES.rank(title, 1)[0][0]] == code
