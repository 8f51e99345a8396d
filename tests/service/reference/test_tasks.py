"""Which simple work a text describes beside the declared occupation."""

import pytest

from shared.reference.occupations import Occupations
from shared.reference.regulated import regulated
from shared.reference.standing import simple_kinds
from shared.reference.tasks import _WORK, second_occupation

SHOP = "Vous assurez la mise en rayon des produits secs et frais. Vous tenez la caisse et encaissez les clients."
STOCK = "Réceptionner les livraisons fournisseurs. Préparer les commandes des clients. Charger les camions."
KITCHEN = "Vous dressez les entrées et les desserts, débarrassez les tables et faites la plonge."
CLEANING = "Nettoyage des bureaux et des sanitaires, lavage des sols, vider les corbeilles."


@pytest.mark.parametrize(
    ("title", "text", "declared", "code"),
    [
        ("Équipier polyvalent (H/F)", SHOP, "G1603", "D1507"),
        ("Employé(e) polyvalent(e) de magasin", SHOP, "K2204", "D1507"),
        ("Équipière logistique magasin", STOCK, "N1303", "N1103"),
        ("Agent de quai polyvalent", STOCK, "H3302", None),  # packing is of the same kind already
        ("Employé polyvalent", KITCHEN, "D1507", "G1603"),
        ("Agent polyvalent", CLEANING, "I1203", "K2204"),
    ],
)
def test_two_things_that_are_done_tell_the_work(title: str, text: str, declared: str, code: str | None) -> None:
    found = second_occupation(title, text, declared)
    assert (found.code if found else None) == code


def test_it_is_told_by_the_words_of_the_text() -> None:
    found = second_occupation("Équipier polyvalent", SHOP, "G1603")
    assert found is not None
    assert found.words == "mise en rayon, encaissez"


@pytest.mark.parametrize(
    ("why", "title", "text", "declared"),
    [
        ("the same work", "Employé libre-service", SHOP, "D1507"),
        ("nothing declared", "Équipier polyvalent", SHOP, None),
        ("one thing only", "Équipier polyvalent", "Service au comptoir. Vous encaissez les clients.", "G1803"),
        ("a craft", "Employé de rayon boucherie", SHOP, "D1101"),
        ("a trade in the title", "Boulanger", SHOP, "D1102"),
        ("who leads", "Responsable de magasin", SHOP, "D1301"),
        ("who leads by the text", "Employé polyvalent", f"{SHOP} Vous encadrez une équipe de six personnes.", "G1603"),
        ("as much of another", "Employé polyvalent", f"{SHOP} {STOCK.replace('Charger les camions.', '')}", "K1303"),
        ("an office kept by law", "Agent de sécurité", SHOP, "K2503"),
        ("no text", "Équipier polyvalent", "", "G1603"),
    ],
)
def test_in_doubt_there_is_none(why: str, title: str, text: str, declared: str | None) -> None:
    assert second_occupation(title, text, declared) is None, why


def test_what_can_be_read_is_simple_and_kept_for_nobody() -> None:
    kept = regulated(Occupations.load())
    for kind, (code, _) in _WORK.items():
        assert kind in simple_kinds(code)
        assert code not in kept


def test_the_longest_and_oddest_texts_are_read_at_once() -> None:
    assert second_occupation("équipier " * 5_000, "mise en rayon " * 50_000, "G1603") is None
    assert second_occupation("Équipier", "\x00\ud7ff" * 9_000, "G1603") is None
