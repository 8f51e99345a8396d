"""Which CACES a sentence names, under which name, and what that is as a set."""

import pytest

from shared.contracts.vocabulary import Caces
from shared.reference.caces import EVERY, FAMILIES, WHOLE, bits_of, codes_of, held_by, in_words, open_part
from shared.reference.caces_said import caces_in, machine_in
from shared.reference.demands import Ask, demands


@pytest.mark.parametrize(
    ("sentence", "around", "needed"),
    [
        ("caces r489 cat. 3 exige", "", "R489-3"),
        ("caces r.489-1a", "", "R489-1A"),
        ("r489 categories 1b, 3 et 5", "", "R489-1B R489-3 R489-5"),
        ("caces r482 a, b1, c1 et f", "", "R482-A R482-B1 R482-C1 R482-F"),
        ("pemp du groupe b (caces r 486-b) - depuis le 01/01/2020", "", "R486-B"),
        ("permis b, c et caces grue (r490)", "", "R490"),
        # Names before 2020.
        ("caces r372/9 en cours de validite necessaire", "", "R482-F"),
        ("caces r372m 1 9", "", "R482-A R482-F"),
        ("caces r389 cat 3 depuis 3 ans", "", "R489-3"),
        ("caces r372 5", "", "R482"),
        ("nacelle 3b", "", "R486-B"),
        # A figure alone is of the machine that is spoken of.
        ("caces 1,3,5", "cariste", "R489-1A R489-3 R489-5"),
        ("caces 2 et 2 ans d'experience", "conducteur de pelle", "R482-B1"),
        ("titulaire des caces engins de chantier b1, c1 (anciennement caces 2 4)", "", "R482-B1 R482-C1"),
        ("vous disposez des caces engins de chantier", "", "R482"),
        ("caces grue auxiliaire", "", "R490"),
        ("caces c2", "conducteur", "R482-C2"),
        # Nothing is guessed.
        ("vous avez le caces a jour", "cariste", ""),
        ("caces 3 mois d'interim", "cariste", ""),
        ("caces 3", "agent polyvalent", ""),
        ("caces 3", "chariots et nacelles", ""),
        ("permis b et caces", "cariste", ""),
    ],
)
def test_a_sentence_names_the_categories_of_today(sentence: str, around: str, needed: str) -> None:
    assert caces_in(sentence, lambda: machine_in(around, "")).needed == set(map(Caces, needed.split()))


def test_either_is_enough_where_the_sentence_says_or() -> None:
    found = caces_in("caces 3 ou 5", lambda: machine_in("cariste"))
    assert (found.needed, found.one_of) == (frozenset(), {Caces.R489_3, Caces.R489_5})


def test_what_a_text_asks_says_which_as_far_as_it_does() -> None:
    text = "Entrepôt logistique. Vous possédez les CACES 1, 3 et 5 à jour."
    found = demands("Agent (H/F)", text)
    assert (found.asks, found.caces) == ({Ask.CACES}, {Caces.R489_1A, Caces.R489_3, Caces.R489_5})
    unsaid = demands("Agent (H/F)", "Vous possédez le CACES.")
    assert (unsaid.asks, unsaid.caces, unsaid.caces_one_of) == ({Ask.CACES}, frozenset(), frozenset())
    assert demands("Agent (H/F)", "Entrepôt. Le CACES 3 serait un plus.").caces == frozenset()


def test_sets_come_back_as_they_were_said() -> None:
    assert EVERY.bit_length() <= 32
    assert codes_of(EVERY) == (*WHOLE, Caces.R490)
    assert sum(FAMILIES) | bits_of(("R490",)) == EVERY
    for one in Caces:
        # Two machines of which there are few share a bit.
        assert codes_of(bits_of((one,))) == ((Caces.R482_B2,) if one is Caces.R482_B3 else (one,))
    assert codes_of(held_by(Caces.R489_1B)) == (Caces.R489_1A, Caces.R489_1B)
    assert open_part(bits_of(("R489", "R486-A"))) == bits_of(("R489",))
    assert bits_of(("R999-X",)) == 0


def test_they_are_told_as_people_write_them() -> None:
    assert in_words(("R489-1A", "R489-3", "R489-5", "R490")) == "R489 catégories 1A, 3 et 5, R490"
    assert in_words(("R489-3", "R489-5"), "ou") == "R489 catégories 3 ou 5"
    assert in_words(("R486-B",)) == "R486 catégorie B"
