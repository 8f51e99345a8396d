"""What somebody holds, earns, does not know or hopes for is no word of an offer; all else is read as it would be alone."""

import pytest

from services.offers.search.chips import ChipKind
from services.offers.search.intent import understand
from tests.service.offers.reading import find_place


def read(q: str) -> tuple[list[str], list[str]]:
    """The words that are looked for, and the labels of what was understood."""
    understood = understand(q, find_place)
    return [word.folded for word in understood.words], [chip.label for chip in understood.chips]


@pytest.mark.parametrize(
    ("q", "words", "licences"),
    [
        ("j'ai le permis B et un véhicule, aide à domicile", ["aide", "domicile"], ["Permis B"]),
        ("je voudrais être livreur et j'ai mon permis", ["livreur"], ["Permis B"]),
        ("bjr g le permi b jcherch livreur", ["livreur"], ["Permis B"]),
        ("permis B livreur", ["livreur"], ["Permis B"]),
        ("permis b + véhicule commercial", ["commercial"], ["Permis B"]),
        ("mon fils a son permis B et cherche manutentionnaire", ["manutentionnaire"], ["Permis B"]),
        ("chauffeur routier, j'ai mes permis C et CE", ["chauffeur", "routier"], ["Permis C, Permis CE"]),
        ("j'ai le permis C et le permis CE, chauffeur", ["chauffeur"], ["Permis C, Permis CE"]),
        ("permis CE", ["permis", "ce"], []),
        ("livreur sans permis B", ["livreur"], ["Sans permis"]),
        ("secrétaire permis de construire", ["secretaire", "permis", "de", "construire"], []),
    ],
)
def test_a_licence_that_somebody_holds_is_told_and_asks_nothing(q: str, words: list[str], licences: list[str]) -> None:
    understood = understand(q, find_place)
    assert [word.folded for word in understood.words] == words
    found = [chip for chip in understood.chips if chip.kind is ChipKind.LICENCE]
    assert [chip.label for chip in found] == licences
    assert all(bool(chip.parameters) is (chip.label == "Sans permis") for chip in found)


@pytest.mark.parametrize(
    ("q", "words", "labels"),
    [
        ("je gagne mille huit cents et je voudrais être électricien", ["electricien"], []),
        ("un restaurant qui me prendrait à Annecy", ["restaurant"], ["Annecy (74)"]),
        ("je sais pas quoi faire, Alès", [], ["Alès (30)"]),
        ("jame bossé jcherch serveur", ["serveur"], ["Débutant accepté"]),
        ("ramassage de pommes à l'automne", ["ramassage", "pommes"], ["Saisonnier"]),
        ("vendanges en septembr", ["vendanges"], ["Saisonnier"]),
    ],
)
def test_what_is_told_beside_the_wish_is_not_looked_for(q: str, words: list[str], labels: list[str]) -> None:
    assert read(q) == (words, labels)


@pytest.mark.parametrize(
    ("q", "place", "word"),
    [
        ("coiffeuse à Saint-Pierre Réunion", "Saint-Pierre (974)", "coiffeuse"),
        ("coiffeuse à Saint-Paul à la Réunion", "Saint-Paul (974)", "coiffeuse"),
        ("serveur Saint-Dié", "Saint-Dié-des-Vosges (88)", "serveur"),
        ("serveur Font-Romeu", "Font-Romeu-Odeillo-Via (66)", "serveur"),
        ("serveur Le Puy", "Le Puy-en-Velay (43)", "serveur"),
    ],
)
def test_a_name_that_goes_on_or_is_said_with_its_island(q: str, place: str, word: str) -> None:
    assert read(q) == ([word], [place])


def test_a_meeting_stays_one() -> None:
    assert read("secrétaire de réunion à Tulle") == (["secretaire", "reunion"], ["Tulle (19)"])
