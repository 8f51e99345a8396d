"""Titles that name two trades: both are told, and whichever is declared the other stands beside it."""

import time

import pytest

from shared.reference.occupations import Occupations
from shared.reference.two_trades import TwoTrades, beside_declared, two_trades

KNOWN = Occupations.load()


@pytest.mark.parametrize(
    ("title", "first", "second"),
    [
        ("Peintre plaquiste", "F1606", "F1604"),
        ("Serveur / Serveuse - Barman / Barmaid (H/F)", "G1803", "G1801"),
        ("Agent d'entretien / aide de cuisine", "K2205", "G1602"),
        ("Caissière et employée de rayon H/F", "D1505", "D1507"),
        ("AGENT DE SALUBRITE - CHAUFFEUR POIDS LOURD (H/F)", "K2307", "N4101"),
        ("Employée de maison ou garde d'enfants", "K1304", "K1303"),
        ("Cuisinier-serveur", "G1609", "G1803"),
    ],
)
def test_two_trades_are_told_in_the_order_of_the_title(title: str, first: str, second: str) -> None:
    assert two_trades(KNOWN, title) == TwoTrades(first, second)
    assert {hit.code for hit in KNOWN.search(title, 3)} >= {first, second}
    assert (beside_declared(KNOWN, title, first), beside_declared(KNOWN, title, second)) == (second, first)


@pytest.mark.parametrize(
    "title",
    [
        # One trade of the referential, whatever it is made of, or one said twice.
        "Secrétaire comptable",
        "Cuisinier / Cuisinière de collectivité",
        "Technicien / Technicienne de maintenance",
        "Aide-soignant",
        # Who teaches, sells or leads it does not do it.
        "Formateur soudeur",
        "Commercial électricien",
        "Chef de cuisine / responsable de salle",
        # What is sold, a place, a rank.
        "Vendeur / Vendeuse en charcuterie-traiteur",
        "Cuisinier - Guéret",
        "Employé polyvalent",
        "Agent / agente",
        "",
    ],
)
def test_one_trade_a_rank_and_what_stands_beside_a_trade_are_no_second(title: str) -> None:
    assert two_trades(KNOWN, title) is None


def test_neither_of_two_stands_beside_what_has_nothing_to_do_with_them() -> None:
    assert beside_declared(KNOWN, "Peintre plaquiste", "M1805") is None
    assert beside_declared(KNOWN, "Peintre plaquiste", None) is None
    assert beside_declared(KNOWN, "Peintre plaquiste", "Z9999") is None


def test_what_is_believed_of_either_is_shared_and_a_list_is_no_longer_for_it() -> None:
    hits = KNOWN.search("Peintre plaquiste", 5)
    assert hits[0].score == hits[1].score
    assert all(hit.score <= hits[0].score for hit in hits[2:])
    assert len(KNOWN.search("Peintre plaquiste", 1)) == 1
    assert [hit.code for hit in hits].count("F1604") == 1


@pytest.mark.parametrize("unit", [" ", "et ", "h / ", "- ", "maçon/", "(h"])
def test_its_cost_grows_with_the_title_only(unit: str) -> None:
    """Five thousand blanks took a second, and each cell of a table is read that is long before anything refuses it."""

    def cost(length: int) -> float:
        best = float("inf")
        for number in range(3):
            title = (unit * length)[:length] + str(number)  # one that is not remembered
            before = time.process_time()
            two_trades(KNOWN, title)
            best = min(best, time.process_time() - before)
        return best

    # Four times the title: four times the work, with room for a noisy machine; a square would be sixteen.
    assert cost(8_000) < 10 * cost(2_000) + 0.02
