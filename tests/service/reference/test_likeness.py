"""The likeness of a text put together from its words is the cosine of the whole text."""

import math
import random
from collections import Counter
from collections.abc import Iterable, Sequence

import pytest

from shared.reference.likeness import Bag, Texts

WORDS: dict[str, Bag] = {
    "cook": {0: 4.0, 1: 1.0, 2: 2.0},
    "cooking": {3: 4.0, 1: 1.0, 2: 1.0, 4: 1.0},
    "king": {5: 4.0, 4: 1.0, 6: 1.0},
    "driver": {7: 4.0, 8: 1.0},
}
PAIR, PAIR_WORTH = 9, 0.5
FEATURES = 10


def bag_of(words: Sequence[tuple[str, float]], pair: bool = False) -> Bag:
    bag: Bag = Counter()
    for word, weight in words:
        for feature, value in WORDS[word].items():
            bag[feature] += weight * value
    return bag | ({PAIR: PAIR_WORTH} if pair else {})


def plain(value: float, *, frequency: int, texts: int) -> float:
    return value * (math.log((1 + texts) / (1 + frequency)) + 1)


def cosines(asked: Bag, texts: Sequence[Bag]) -> list[float]:
    seen = Counter(feature for text in texts for feature in text)

    def weighted(bag: Bag) -> Bag:
        return {feature: plain(value, frequency=seen[feature], texts=len(texts)) for feature, value in bag.items()}

    def length(bag: Bag) -> float:
        return math.sqrt(sum(value**2 for value in bag.values()))

    mine = weighted(asked)
    return [
        sum(value * mine.get(feature, 0.0) for feature, value in other.items()) / length(other) / length(mine)
        for other in map(weighted, texts)
    ]


def drawn(rng: random.Random, count: int) -> list[Bag]:
    found = []
    for _ in range(count):
        words = rng.sample(sorted(WORDS), rng.randrange(1, 3))
        found.append(bag_of([(word, 1.0) for word in words], pair=rng.random() < 0.5))
    return found


def test_what_words_share_counts_once_and_each_collection_has_its_own_weights() -> None:
    rng = random.Random(4)
    collections = [drawn(rng, 12), drawn(rng, 30)]
    texts = Texts(collections, FEATURES)
    parts = {word: texts.part(bag) for word, bag in WORDS.items()}
    for _ in range(40):
        asked = [(word, rng.choice((1.0, 0.5, 0.9))) for word in rng.sample(sorted(WORDS), rng.randrange(1, 4))]
        pair = rng.random() < 0.5
        found = texts.likenesses([(parts[w], weight) for w, weight in asked], [(PAIR, PAIR_WORTH)] if pair else [])
        for likeness, collection in zip(found, collections, strict=True):
            assert likeness is not None
            assert likeness.tolist() == pytest.approx(cosines(bag_of(asked, pair), collection), abs=1e-6)


def test_what_several_words_have_may_be_worth_less_than_its_sum() -> None:
    def most(values: Iterable[float]) -> float:
        return max(values)

    rng = random.Random(5)
    collection = drawn(rng, 20)
    texts = Texts([collection], FEATURES, together=most)
    asked = ("cook", "cooking", "king", "cook")
    whole: Bag = {}
    for word in asked:
        for feature, value in WORDS[word].items():
            whole[feature] = max(whole.get(feature, 0.0), value)
    found = texts.likenesses([(texts.part(WORDS[word]), 1.0) for word in asked])[0]
    assert found is not None
    assert found.tolist() == pytest.approx(cosines(whole, collection), abs=1e-6)


def test_parts_that_are_common_say_nothing_and_a_question_of_nothing_else_is_like_none() -> None:
    texts = Texts([[{0: 4.0, 1: 1.0}, {2: 4.0, 1: 1.0}]], 3, parts=[1])
    assert texts.silent == [1]
    assert texts.likenesses([(texts.part({1: 1.0}), 1.0)]) == [None]
    assert texts.likenesses([]) == [None]
    first = texts.likenesses([(texts.part({0: 4.0, 1: 1.0}), 1.0)])[0]
    assert first is not None
    assert first.tolist() == pytest.approx([1.0, 0.0])
