"""Words that are written past a reader of words are read as what a person reads; what only looks so stays as it is."""

import time

import pytest

from services.offers.domain.linter import Draft, lint, same_length_fold
from tests.service.offers.test_linter import outcome


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Jeun\u0435 h\u043emme", "jeune homme"),
        ("f\u03b5mmes", "femmes"),
        ("fe\u200bmmes uniq\u2060uement", "femmes uniquement"),
        ("f\u00ademme uni\u00adquement", "femme uniquement"),
        ("p a s  d ' a r a b e s svp", "pas d'arabes svp"),
        ("r é s i d e n c e à Guéret", "residence a gueret"),
        ("F E M M E uniquement", "femme uniquement"),
        ("la v.i.n.g.t.a.i.n.e, pas plus", "la vingtaine , pas plus"),
        ("e-n-c-e-i-n-t-e", "enceinte"),
        ("j3une f3mme, h0mme", "jeune femme, homme"),
        ("3O ans, 1OO€", "30 ans, 100€"),
    ],
)
def test_what_is_hidden_is_read(text: str, read: str) -> None:
    folded = same_length_fold(text)
    assert len(folded) == len(text)
    assert " ".join(folded.split()) == read


@pytest.mark.parametrize(
    "text",
    [
        "S.A.R.L. Dupont, C.A.C.E.S. 3",
        "permis A B C D et E",
        "options a, b, c, d",
        "b2b, m2i, h1n1, r489, 3x8",
        "2o etage, coop bio",
        "l'e-commerce et l'i-phone",
    ],
)
def test_what_only_looks_so_stays(text: str) -> None:
    assert same_length_fold(text) == text.lower()


def test_words_of_another_alphabet_are_no_french_ones() -> None:
    # «мес» looks like «mec», and is a word of its own.
    assert same_length_fold("жена, \u043c\u0435\u0441") == "    ,    "
    assert outcome("Виноград, сбор: \u043c\u0435\u0441 \u043d\u043e\u0441, звоните.") == "nothing"


@pytest.mark.parametrize(
    "text",
    [
        "h\u043emm\u0435s uniqu\u0435m\u0435nt",
        "F e m m e s uniquement.",
        "Pas de f.e.m.m.e.s sur ce chantier.",
        "H0mmes uniquement.",
        "Fem\u200bmes uniq\u200buement.",
        "3O ans maximum.",
    ],
)
def test_a_condition_in_such_words_is_refused(text: str) -> None:
    assert outcome(text) == "refused"


@pytest.mark.parametrize(
    "unit", ["a b c d ", "a.b.", "\u0430", "\u0430b", "\u200b", "a\u200b", "a1", "a1b", "a ' ", "1o", "\u0436x"]
)
def test_its_cost_grows_with_the_text_only(unit: str) -> None:
    def cost(length: int) -> float:
        text = (unit * length)[:length] + " femme"
        best = float("inf")
        for _ in range(2):
            before = time.process_time()
            same_length_fold(text)
            best = min(best, time.process_time() - before)
        return best

    # Four times the text: four times the work, with room for a noisy machine; a square would be sixteen.
    assert cost(60_000) < 10 * cost(15_000) + 0.02


def test_what_was_hidden_is_quoted_where_it_stands() -> None:
    (found,) = lint(Draft("Employé polyvalent (H/F)", "Bonjour, h\u043emm\u0435s uniquement.")).refusals
    assert found.words == "h\u043emm\u0435s"
