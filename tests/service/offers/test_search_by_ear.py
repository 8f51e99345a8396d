"""What is spelt by ear or typed as one: filters of two words by their sound, what joins glued to a word, harvests, trades that
the referential lacks."""

import pytest

from services.offers.search.talk import spelt_together
from services.offers.search.unspaced import splitter
from services.offers.search.words import words_of
from shared.reference.communes import Communes
from tests.service.offers.reading import read, trades

apart = splitter(Communes.load(), trades, lambda term: 0)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("mi tan", "mi temps"), ("mi tem", "mi temps"), ("plin tan", "plein temps"), ("plain tant", "plein temps"),
        ("tan plin", "temps plein"), ("ouik end", "ouik end"), ("pau mi", "pau mi"), ("mi juin", "mi juin"),
        ("tant pis", "tant pis"), ("temps partiel", "temps partiel"),
    ],
)  # fmt: skip
def test_filters_of_two_words_are_known_by_their_sound(typed: str, meant: str) -> None:
    assert " ".join(spelt_together(typed.split())) == meant


@pytest.mark.parametrize(
    ("typed", "parts"),
    [
        ("dentretien", ["d", "entretien"]), ("denfan", ["d", "enfan"]), ("lagriculture", ["l", "agriculture"]),
        ("daccueil", ["d", "accueil"]), ("dexperience", ["d", "experience"]), ("lusine", ["l", "usine"]),
        ("enusine", ["en", "usine"]), ("dapprentissage", ["d", "apprentissage"]), ("lelectricite", ["l", "electricite"]),
        # words of their own, names, and what nobody knows
        ("livreur", ["livreur"]), ("detection", ["detection"]), ("lessive", ["lessive"]), ("dimanche", ["dimanche"]),
        ("lavandiere", ["lavandiere"]), ("dunkerque", ["dunkerque"]), ("limoges", ["limoges"]), ("dentiste", ["dentiste"]),
        ("dxyz", ["dxyz"]), ("l" * 200, ["l" * 200]),
    ],
)  # fmt: skip
def test_what_joins_may_be_written_into_a_word(typed: str, parts: list[str]) -> None:
    assert [word.folded for word in apart(words_of(typed)[0])] == parts


@pytest.mark.parametrize(
    ("q", "words", "parameters"),
    [
        ("taf a mi tan", [], {"working_time": "part_time"}),
        ("ya du taf a plin tan", [], {"working_time": "full_time"}),
        ("jveu fer aprenti boulanger", ["fer", "boulanger"], {"contract_kind": "apprenticeship"}),
        ("g pa le permi", [], {"no_licence": "true"}),
        ("g le permi b livreur", ["livreur"], {}),
    ],
)
def test_a_telephone_says_the_same_filters(q: str, words: list[str], parameters: dict[str, object]) -> None:
    assert read(q) == (words, parameters)


@pytest.mark.parametrize(
    ("q", "code"), [("mécanicien pour les motos", "I1607"), ("vélociste", "I1607"), ("mécanicien quad", "I1607")]
)
def test_a_trade_that_the_referential_lacks_is_meant_by_its_title(q: str, code: str) -> None:
    meant = trades.meant(" ".join(word.folded for word in words_of(q)))
    assert [trade.code for trade in meant] == [code]
