"""A list that a sentence has nothing of is not looked for; one that it has something of always is."""

import random
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.offers.domain import (
    linter_age,
    linter_beliefs,
    linter_doubt,
    linter_frames,
    linter_money,
    linter_origin,
    linter_people,
    linter_private,
    linter_residence,
    linter_sex,
    linter_words,
    spoken,
    spoken_asked,
)
from services.offers.domain.linter import same_length_fold
from services.offers.domain.linter_clauses import Cut, sentences
from services.offers.domain.linter_heads import Beginnings, Words, _ways, bits_of
from tests.service.offers.test_linter import PROBES, TRIALS, probes

_MODULES = (
    linter_age,
    linter_beliefs,
    linter_doubt,
    linter_frames,
    linter_money,
    linter_origin,
    linter_people,
    linter_private,
    linter_residence,
    linter_sex,
    linter_words,
    spoken,
    spoken_asked,
)
LISTS = {
    f"{module.__name__}.{name}": value
    for module in _MODULES
    for name, value in vars(module).items()
    if isinstance(value, Words)
} | {
    **{f"ground {number}": ground.named for number, ground in enumerate(linter_doubt._GROUNDS)},
    **{
        f"trait {number}": trait.named
        for number, trait in enumerate((*linter_people.WHO, *linter_people.HAS, *linter_people.TOLD))
    },
}
SENTENCES = [row["sentence"] for path in (PROBES, TRIALS) if Path(path).exists() for row in probes(path)]
_ODD = (
    ".",
    "?",
    ",",
    ":",
    "٣",
    "²",
    "3.²",
    "l'",
    "'",
    "(e)",
    "·e",
    "_",
    "é",
    "½",
    "İ",
    "«",
    "·",
    "€",
    "–",
    "x" * 45,
    "\n",
    "30",
    "18 ans",
    "7 h",
)


def missed(text: str) -> list[tuple[str, str]]:
    return [
        (name, sentence.text)
        for sentence in sentences(same_length_fold(text))
        for name, one in LISTS.items()
        if not sentence.may(one) and one.search(sentence.text) is not None
    ]


def test_every_list_knows_what_it_needs() -> None:
    assert len(LISTS) > 80
    assert [name for name, one in LISTS.items() if one.bit == 1] == []


def test_no_list_is_left_out_of_a_sentence_that_has_something_of_it() -> None:
    for sentence in SENTENCES:
        assert missed(sentence) == []


@pytest.mark.parametrize(
    ("pattern", "passed_over"),
    [
        ("de nuit", ["de jour", "nuit de", "de nuits"]),
        ("agee?s?", ["agence", "agent"]),
        ("(?:1[4-9]|[2-7]\\d) ans", ["80 minutes", "ans 30", "30 mois"]),
        ("[2345] ?x ?8", ["2 postes", "8 x 2"]),
        ("(?:de |d' )?moins de \\d+ ans", ["de moins", "moins d' ici", "ans de moins"]),
        ("d' un(?:e)?", ["d' abord", "un"]),
        (r"\d\d kg , \d\d", ["35 heures", "kg 35", "12 kg et"]),
        (r"1[,.]\d+ m", ["1 poste", "m 1"]),
    ],
)
def test_a_list_is_not_looked_for_where_only_parts_of_a_beginning_stand(pattern: str, passed_over: list[str]) -> None:
    own = Beginnings()
    bit = own.bit_of(*_ways(pattern))
    for text in passed_over:
        assert not own.bits_of(f" {text} ") & bit, text


def test_each_sentence_of_a_text_knows_what_it_would_know_by_itself() -> None:
    chance = random.Random(4)
    for _ in range(150):
        # A sentence longer than is read at once, numbers with points, words that a point cuts short, written-out numbers.
        taken = [
            *chance.sample(SENTENCES, 3),
            " ".join(chance.sample(SENTENCES, 6)).replace(".", ""),
            "Réf. 3.5, art. 2",
        ]
        chance.shuffle(taken)
        for sentence in sentences(same_length_fold(chance.choice((". ", " ! ", "\n", ".", "…")).join(taken))):
            assert sentence.bits & bits_of(sentence.text) == bits_of(sentence.text), sentence.text


class _CutSlowly(Cut):
    """Of which each end of a sentence is judged by itself, as where points stand within numbers."""

    __slots__ = ()

    def _ended(self, text: str) -> list[int]:
        return self._ended_but_within(text)


def test_a_text_without_points_within_is_cut_as_one_that_has_them() -> None:
    chance = random.Random(5)
    for _ in range(300):
        ends = chance.choices((". ", " ! ", "\n", "…", " ", "?? ", "; ", ".\n\n"), k=4)
        text = "".join(f"{one}{end}" for one, end in zip(chance.sample(SENTENCES, 4), ends, strict=True))
        quick, slow = Cut(same_length_fold(text)), _CutSlowly(same_length_fold(text))
        assert (quick.parts, quick.bits) == (slow.parts, slow.bits), text
        told = [(one.text, one.tokens, one.asked, one.whole) for one in slow.sentences()]
        assert [(one.text, one.tokens, one.asked, one.whole) for one in quick.sentences()] == told, text
    for text in ("", " ", ".", "? ", "\n.\n"):
        assert Cut(text).parts == _CutSlowly(text).parts == []


def test_stems_are_the_first_four_letters_or_the_whole_word() -> None:
    own = Beginnings()
    bit = own.bit_of_stems(["homme", "ans", "d'"])
    assert [bool(own.bits_of(f" {text} ") & bit) for text in ("hommage", "hom", "ans", "anse", "d' un", "de")] == [
        True, False, True, False, True, False,
    ]  # fmt: skip


def test_no_sentence_is_left_out_that_may_have_something_of_what_is_wanted() -> None:
    wanted = linter_doubt.SIGNS
    texts = [same_length_fold(text) for text in SENTENCES]
    kept = [[sentence.text for sentence in Cut(text).sentences(wanted)] for text in texts]
    for text, some in zip(texts, kept, strict=True):
        assert {one.text for one in sentences(text) if one.bits & wanted} <= set(some)
    assert sum(map(len, kept)) < sum(len(sentences(text)) for text in texts)


def test_nor_of_sentences_made_of_pieces_of_others_and_odd_signs() -> None:
    chance = random.Random(3)
    for _ in range(1_500):
        words: list[str] = []
        for _ in range(chance.randint(2, 10)):
            taken = chance.choice(SENTENCES).split()
            begin = chance.randrange(len(taken))
            words += taken[begin : begin + chance.randint(1, 5)]
            if chance.random() < 0.3:
                words.append(chance.choice(_ODD))
        assert missed(chance.choice(("", " ")).join(words) if chance.random() < 0.2 else " ".join(words)) == []


@pytest.mark.parametrize(
    ("pattern", "texts"),
    [
        ("agee?s?", ["age", "agees"]),
        ("(?:re)?cherch\\w+", ["recherchons", "cherche"]),
        ("(?:de |d' )?(?:moins|plus) de \\d\\d ans", ["plus de 30 ans", "de moins de 18 ans"]),
        ("(?:1[4-9]|[2-7]\\d) ans", ["18 ans", "35 ans", "٣30 ans"]),
        ("(?<!l' )hommes?(?= )", ["un homme"]),
        ("pas d[e']", ["pas de", "pas d' ici"]),
        ("qu", ["qu'"]),
        ("(?P<code>[abcd]|poids lourds?)(?! x)", ["b", "poids lourd"]),
        ("\\w+ requis", ["diplome requis"]),
        (".*", ["n"]),
        ("(?:a|b){2,3}c?", ["ab", "bac"]),
        ("non(?:-| )fume\\w*", ["non fumeur"]),
        (r"\[x\]|sexe :?", ["sexe : f"]),
        (r"(?:un|\d+) (?:(?:a|-) \d+ )?mois", ["un mois", "3 mois", "un - 12 mois"]),
        (r"r ?4\d{2}|3 ?x ?8", ["r 489", "3 x 8"]),
        (r"[23] ?[x*] ?8", ["2x8", "3 * 8"]),
        (r"\d+ ?€", ["12 €"]),
        (r"\d\d kg (?:et|,) \d\d cm", ["80 kg et 75 cm", "80 kg , 75 cm"]),
        (r"1 [,.] \d\d ?m", ["1 , 75 m", "1 , 75m"]),
        (r"\d\d (?:-|–|a) \d\d ans", ["18 – 25 ans", "18 a 25 ans"]),
    ],
)
def test_what_begins_a_match_is_read_from_the_pattern(pattern: str, texts: list[str]) -> None:
    # A list of its own: one that is made after sentences were read is looked for in all.
    own = Beginnings()
    bit = own.bit_of(*_ways(pattern))
    for text in texts:
        [sentence] = sentences(text)
        assert Words(pattern).search(sentence.text) is not None, text
        assert own.bits_of(sentence.text) & bit, text


@given(st.text(alphabet="abde '()?*+|[]{}\\\\d:=!<^-01,.", max_size=25))
def test_a_pattern_that_is_not_understood_is_looked_for_everywhere(pattern: str) -> None:
    try:
        re.compile(pattern)
        words = re.compile(rf"(?<![a-z0-9])(?:{pattern})(?![a-z0-9])")
    except (re.error, FutureWarning):
        return
    own = Beginnings()
    bit = own.bit_of(*_ways(pattern))
    for text in ("a b d e", "0 1 de", "abd e' a", "( a ) : ? b", "d' a de 1 0"):
        [sentence, *more] = sentences(text)
        if not more and words.search(sentence.text):
            assert own.bits_of(sentence.text) & bit, (pattern, text)
