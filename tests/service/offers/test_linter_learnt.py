"""Doubt that was learnt: it warns and never refuses, says which sentence and which ground, and rules have the last word."""

import csv
import time
from typing import Any

import numpy as np
import pytest

from services.offers.domain.linter import Draft, Finding, lint, same_length_fold
from services.offers.domain.linter_clauses import Cut
from services.offers.domain.linter_learnt import Learnt, learnt
from services.offers.domain.linter_rules import CRITERIA, DOUBTED, SEEMS, STEREOTYPES
from shared.contracts.vocabulary import OpportunityKind
from shared.reference import conditions as of_table
from shared.reference.condition_words import FRAMES, GROUNDS, kind_of
from shared.reference.conditions import DATA, Conditions, conditions, word
from tests.bench.conditions import GROUND, PROBES, SENTENCES, Sample, Unit, labelled, units
from tests.bench.conditions import learnt as table_of
from tests.service.offers import (
    test_linter,
    test_linter_beside,
    test_linter_frames,
    test_linter_said_of_them,
    test_linter_whom,
)

TITLE = "Employé polyvalent (H/F)"
ASIDE = ("text_says_", "schedule_missing", "salary_missing", "description_short")


def rows(part: str | None = None) -> list[dict[str, str]]:
    with SENTENCES.open(encoding="utf-8", newline="") as table:
        found = list(csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [row for row in found if part in (None, row["part"])]


def seems(text: str, kind: str = "job") -> list[Finding]:
    """What only the learnt tier says."""
    return [one for one in lint(Draft(TITLE, text, kind)).warnings if one.message.startswith(SEEMS)]


def told(text: str) -> bool:
    report = lint(Draft(TITLE, text))
    return bool(report.refusals) or any(not one.rule.startswith(ASIDE) for one in report.warnings)


@pytest.fixture(scope="module")
def some_doubt() -> tuple[str, Finding]:
    """A sentence that only the table doubts."""
    return next((row["sentence"], found[0]) for row in rows() if (found := seems(row["sentence"])))


def test_it_refuses_nothing_and_takes_nothing_back() -> None:
    added = 0
    for row in rows():
        draft = Draft(TITLE, row["sentence"])
        with_it, without = lint(draft), lint(draft, by_rules_alone=True)
        assert with_it.refusals == without.refusals, row
        assert [one for one in with_it.warnings if not one.message.startswith(SEEMS)] == list(without.warnings), row
        added += len(with_it.warnings) - len(without.warnings)
    assert added > 100


def test_a_doubt_quotes_its_sentence_and_says_what_it_is_about() -> None:
    text = "Boulangerie du bourg. {} Le poste est à pourvoir en mai."
    quoted = 0
    for row in rows():
        sentence = row["sentence"]
        if row["verdict"] != "illegal" or not (found := seems(text.format(sentence))):
            continue
        for one in found:
            assert one.words == text.format(sentence)[one.start : one.end].strip()[:200]
            assert one.message == DOUBTED[one.rule].message
            assert one.proposal
            assert one.law
            assert one.field == "description"
            quoted += 1
    assert quoted > 100


def test_its_grounds_are_rules_that_the_linter_had_before() -> None:
    names = {*CRITERIA, *(rule.name for rule in STEREOTYPES)}
    assert set(conditions().grounds) == set(DOUBTED) == set(GROUND.values()) - {"exclusion"}
    assert set(DOUBTED) <= names
    assert {row["ground"] for row in rows()} - {""} <= set(GROUND)


def test_the_ground_is_the_one_that_somebody_wrote_beside_the_sentence() -> None:
    right = [
        seems(row["sentence"])[0].rule == GROUND[row["ground"]]
        for row in rows("held")
        if row["verdict"] == "illegal" and seems(row["sentence"])
    ]
    assert not right or sum(right) / len(right) >= 0.7


def test_sentences_that_taught_nothing_are_told_apart() -> None:
    held = rows("held")
    caught = [told(row["sentence"]) for row in held if row["verdict"] == "illegal"]
    warned = [told(row["sentence"]) for row in held if row["verdict"] == "lawful"]
    cuts = [Cut(same_length_fold(row["sentence"])) for row in held if row["verdict"] == "illegal"]
    alone = [any(learnt().doubts(cut)) for cut in cuts]
    assert sum(caught) / len(caught) >= 0.65
    assert sum(warned) / len(warned) <= 0.15
    assert sum(alone) / len(alone) >= 0.5


def test_what_is_held_back_taught_nothing() -> None:
    held = {row["sentence"] for row in rows("held")}
    assert len(held) > 90
    assert not held & {row["sentence"] for row in rows("learnt")}


def lawful_of_the_rules() -> set[str]:
    """What tests of the rules hold to be lawful: written to be mistaken for a condition, and taught to nobody."""
    tests = (
        test_linter.test_lawful_words_pass,
        test_linter.test_what_is_worked_with_or_welcome_to_all_is_neither_refused_nor_doubted,
        test_linter_beside.test_the_same_words_of_somebody_or_something_else_are_nothing,
        test_linter_frames.test_the_same_words_of_others_or_taken_back_are_no_condition,
        test_linter_said_of_them.test_what_says_nothing_of_them_or_need_not_be_told_passes,
        test_linter_whom.test_what_is_no_condition_on_who_applies_is_nothing,
    )
    return {text for test in tests for mark in vars(test)["pytestmark"] for text in mark.args[1]}


def test_lookalikes_that_taught_nothing_are_seldom_doubted() -> None:
    with PROBES.open(encoding="utf-8", newline="") as table:
        probes = {row["sentence"] for row in csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE)}
    lawful = lawful_of_the_rules() - {row["sentence"] for row in rows()} - probes
    assert len(lawful) > 90
    doubted = [text for text in lawful if seems(text)]
    assert len(doubted) <= 0.1 * len(lawful), doubted


def test_both_sexes_are_no_doubt_and_those_who_are_served_hardly_ever() -> None:
    for text in (
        "Recherchons femmes et hommes motivés.",
        "Une vendeuse ou un vendeur souriant exigé.",
        "Cherche femme de chambre ou valet, uniquement le matin.",
        "Rayon femme exclusivement : mise en place des portants.",
    ):
        assert seems(text) == [], text


def test_what_rules_found_is_not_told_twice() -> None:
    for text in ("Femmes uniquement, de moins de 30 ans.", "Vous habitez impérativement à Guéret."):
        assert lint(Draft(TITLE, text)).refusals
        assert seems(text) == []


def test_what_takes_a_condition_back_silences_a_doubt(some_doubt: tuple[str, Finding]) -> None:
    sentence, found = some_doubt
    bare = sentence[found.start : found.end].rstrip(".!? ")
    assert seems(f"{bare}.")
    for lawful in ("peu importe", "sans distinction", "selon la loi", "contrat d'apprentissage"):
        assert seems(f"{bare}, {lawful}.") == [], lawful


def test_an_age_is_no_doubt_in_an_apprenticeship() -> None:
    aged = [row["sentence"] for row in rows() if any(one.rule == "age_limit" for one in seems(row["sentence"]))]
    assert aged
    for text in aged:
        assert not [one for one in seems(text, OpportunityKind.APPRENTICESHIP.value) if one.rule == "age_limit"]


def test_words_alone_leave_out_next_to_nothing_that_is_doubtful() -> None:
    table, lost, doubtful = conditions(), 0, 0
    for row in rows():
        cut = Cut(same_length_fold(row["sentence"]))
        let_through = learnt().suspects(cut)
        for number, (first, end) in enumerate(cut.parts):
            words = [word(token) for token in cut.tokens[first:end]]
            if any(one.ground for one in words) and table.doubt(words, cut.asked(end)) > 0:
                doubtful += 1
                lost += number not in let_through
    assert doubtful > 300
    assert lost <= 0.01 * doubtful


def test_a_table_that_was_learnt_of_other_features_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    Conditions.load()
    monkeypatch.setattr(of_table, "FAR", 4)
    with pytest.raises(ValueError, match=r"python -m tests\.bench\.conditions"):
        Conditions.load()


def test_a_table_that_was_learnt_of_other_lists_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(of_table, "GROUNDS", {**GROUNDS, "sex": GROUNDS["sex"] + " gonze"})
    with pytest.raises(ValueError, match="other features"):
        Conditions.load()


def test_the_table_is_small_and_holds_numbers_only() -> None:
    assert DATA.stat().st_size <= 170_000
    with np.load(DATA, allow_pickle=False) as file:
        assert {name for name in file.files if file[name].dtype.kind not in "iuf"} == {"grounds"}


def test_kinds_of_words_stand_for_all_that_begin_alike() -> None:
    assert [kind_of(word) for word in ("roumaine", "abstenir", "marteau", "ans", "anse", "clientele")] == [
        "origin",
        "out",
        None,
        "age",
        None,
        "served",
    ]
    assert not set(GROUNDS) & set(FRAMES)


@pytest.fixture(scope="module")
def taught() -> list[Unit]:
    """Some of the sentences."""
    return units([row for row in labelled()[::8] if not row.held], ())


def test_learning_twice_gives_one_table_that_says_what_was_learnt(taught: list[Unit]) -> None:
    sample, every = Sample(taught), np.arange(len(taught))
    (first, doubt), (second, _) = (table_of(sample, every) for _ in range(2))
    assert first.keys() == second.keys()
    assert all(np.array_equal(first[name], second[name]) for name in first)
    # Rounded to whole numbers, and looked up by place.
    table = Conditions(first)
    assert np.abs(np.array([table.doubt(one.words, one.asked) for one in taught]) - doubt).max() < 0.01
    assert {one.half for one in taught} == {-1}


@pytest.mark.parametrize(
    "unit",
    [
        "pas de femme ",
        "Uniquement une femme du village, pas de Roumains. ",
        "femme, ",
        "e\u0301\u0323\u0307",
        "\u0436\u0435\u043d\u0449\u0438\u043d\u0430 ",
        "女性のみ",
        "\ufdfa ",
        "²³ femmes ",
        "xfemmex" * 9,
    ],
)
def test_its_cost_grows_with_the_text_only(unit: str) -> None:
    def cost(length: int) -> float:
        folded = same_length_fold((unit * length)[:length])
        best = float("inf")
        for _ in range(5):
            before = time.process_time()
            list(Learnt(conditions()).doubts(Cut(folded)))
            best = min(best, time.process_time() - before)
        return best

    # Four times the text: four times the work, with room for a noisy machine; a square would be sixteen.
    assert cost(60_000) < 10 * cost(15_000) + 0.02


def test_invented_words_fill_no_memory() -> None:
    reader = Learnt(conditions())
    letters = "abcdefghijklmnopqrstuvwxyz"
    for one in letters[:4]:
        text = " ".join(f"{one}{a}{b}{c}q" for a in letters for b in letters for c in letters)
        reader.suspects(Cut(text))
    assert len(reader._firsts) <= 20_000


def test_sentences_that_come_again_are_read_once(
    some_doubt: tuple[str, Finding], monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, asked = Learnt(conditions()), 0
    as_it_is = Conditions.doubt

    def counted(*given: Any) -> float:
        nonlocal asked
        asked += 1
        return as_it_is(*given)

    monkeypatch.setattr(Conditions, "doubt", counted)
    cut = Cut(same_length_fold(some_doubt[0]))
    found = list(reader.doubts(cut))
    first, asked = asked, 0
    assert found
    assert first > 0
    assert list(reader.doubts(cut)) == found
    assert asked == 0


def test_what_is_kept_of_a_text_without_full_stops_is_bounded() -> None:
    parts = Cut(same_length_fold("jeune homme exclusivement et sans enfants ni mari " * 1_000)).parts
    assert max(end - first for first, end in parts) <= 60
