"""Which occupation a free title means: kernel density over known job titles, words of codes, and how common a job is.

Three kinds of evidence are added as logarithms, like the terms of a Bayes rule:

1. *Likeness.* The title is compared with every known job title by the cosine of TF-IDF vectors of words, word pairs and
   character n-grams inside words (typing errors, derivations). Each known title votes with ``exp(likeness / width)``;
   votes are averaged over the titles of a code, so that a code with many titles does not win by its size. In ROME 4
   many codes were split off an older one, and offers still carry the older one: a title votes a little for it too.
2. *Words.* How much likelier each word is in titles, labels and skills of a code than in the referential at large; the
   first word of a French title is its head and counts most.
3. *Demand.* How many offers there were per occupation, which decides between equally fitting ones.

The weights were chosen on half of the distinct titles of ``tests/bench/occupations.py``, which reports the other half
apart; ``temperature`` makes a score of 0.7 mean that about seven in ten such proposals are right (error 0.1 there).
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shared.reference.titles import plain_stems, segments, stems

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each kind of evidence says; see the module's text.

    ``width`` and ``stranger`` are likenesses in [0, 1]; a title without a known word and with less than ``stranger`` of
    likeness to any known title gets no proposal.
    """

    shortest_gram: int = 3
    longest_gram: int = 5
    word: float = 4.0
    pair: float = 1.0
    width: float = 0.08
    size: float = 0.6
    family: float = 0.7
    title_words: float = 0.2
    skill_words: float = 0.05
    smoothing: float = 0.7
    demand: float = 0.4
    child_demand: float = 0.1
    exact: float = 0.5
    later_word: float = 0.1
    stranger: float = 0.25
    temperature: float = 1.15


@dataclass(frozen=True, slots=True)
class Candidate:
    """An occupation as the proposer needs it. ``family`` is the code that it was split off from, else its own."""

    code: str
    family: str
    label: str
    titles: tuple[str, ...]
    skills: tuple[str, ...]


class _Postings:
    """feature → (rows, values) of a sparse matrix, read feature by feature."""

    def __init__(self, entries: dict[int, dict[int, float]]) -> None:
        self._rows = {f: np.fromiter(column.keys(), np.intp, len(column)) for f, column in entries.items()}
        self._values = {f: np.fromiter(column.values(), np.float64, len(column)) for f, column in entries.items()}

    def combine(self, weights: Iterable[tuple[int, float]], rows: int) -> Floats:
        """Sum of the columns times their weights, as a dense vector of ``rows``."""
        at: list[Ints] = []
        values: list[Floats] = []
        for feature, weight in weights:
            if feature in self._rows:
                at.append(self._rows[feature])
                values.append(self._values[feature] * weight)
        if not at:
            return np.zeros(rows)
        summed: Floats = np.bincount(np.concatenate(at), weights=np.concatenate(values), minlength=rows).astype(
            np.float64
        )
        return summed


class Proposer:
    """Ranks the occupations that it was built from. Immutable after construction, safe to share between threads."""

    def __init__(
        self, candidates: Sequence[Candidate], demand: dict[str, float], weights: Weights | None = None
    ) -> None:
        """``demand`` is the logarithm of the number of offers per code; a code without one counts as its family's part."""
        self._w = weights or Weights()
        self.codes = [candidate.code for candidate in candidates]
        index = {code: at for at, code in enumerate(self.codes)}
        self._family = np.array([index.get(c.family, at) for at, c in enumerate(candidates)], np.intp)
        self._heads: set[str] = set()
        self._features: dict[str, int] = {}
        self._word_grams: dict[str, list[int]] = {}
        # One entry per distinct bag of stems and code, so that sex and spelling variants do not vote twice.
        bags: dict[tuple[int, tuple[str, ...]], None] = {}
        for at, candidate in enumerate(candidates):
            for title in (candidate.label, *candidate.titles):
                words = tuple(stems(title))
                if words:
                    bags.setdefault((at, words))
                    self._heads.add(words[0])
        self._titles = list(bags)
        self._index_titles()
        self._index_words(candidates)
        self._demand = self._log_demand(candidates, demand, index)

    # -- construction ------------------------------------------------------------------------------------------------

    def _index_titles(self) -> None:
        w = self._w
        owner = np.array([at for at, _ in self._titles], np.intp)
        self._owner, self._owner_family = owner, self._family[owner]
        count = len(self.codes)
        own, family = np.bincount(owner, minlength=count), np.bincount(self._owner_family, minlength=count)
        self._own_size = np.maximum(1, own) ** w.size
        self._family_size = np.maximum(1, family) ** w.size
        rows: list[dict[int, float]] = []
        frequency: dict[int, int] = defaultdict(int)
        for _, words in self._titles:
            row: dict[int, float] = defaultdict(float)
            for feature, value in self._bag([(word, 1.0) for word in words], grow=True):
                row[feature] += value
            for feature in row:
                frequency[feature] += 1
            rows.append(row)
        total = len(rows)
        # Plain floats: reading single numbers out of an array is slow.
        self._idf = idf = [1.0] * len(self._features)
        for feature, seen in frequency.items():
            idf[feature] = math.log((1 + total) / (1 + seen)) + 1
        columns: dict[int, dict[int, float]] = defaultdict(dict)
        for at, row in enumerate(rows):
            length = math.sqrt(sum((value * idf[feature]) ** 2 for feature, value in row.items()))
            for feature, value in row.items():
                # The query's idf is multiplied in here, once.
                columns[feature][at] = value * idf[feature] ** 2 / length
        self._postings = _Postings(columns)
        self._exact: dict[frozenset[str], list[int]] = defaultdict(list)
        for at, words in self._titles:
            self._exact[frozenset(words)].append(at)

    def _index_words(self, candidates: Sequence[Candidate]) -> None:
        titles: list[dict[str, float]] = [defaultdict(float) for _ in candidates]
        skills: list[dict[str, float]] = [defaultdict(float) for _ in candidates]
        for at, words in self._titles:
            for word in words:
                titles[at][word] += 1
        cache: dict[str, set[str]] = {}
        for at, candidate in enumerate(candidates):
            for word in stems(candidate.label):
                titles[at][word] += 3
            for skill in candidate.skills:
                if skill not in cache:
                    cache[skill] = plain_stems(skill)
                for word in cache[skill]:
                    skills[at][word] += 1
        self._words: dict[str, int] = {}
        for rows in (titles, skills):
            for row in rows:
                for word in row:
                    self._words.setdefault(word, len(self._words))
        self._title_words = self._likelihoods(titles)
        self._skill_words = self._likelihoods(skills)

    def _likelihoods(self, rows: list[dict[str, float]]) -> _Postings:
        """log of how much likelier a word is in a row than at large, smoothed (0 where it does not occur)."""
        large: dict[str, float] = defaultdict(float)
        for row in rows:
            for word, number in row.items():
                large[word] += number
        everything = sum(large.values()) + 0.1 * len(self._words)
        odds = (1 - self._w.smoothing) / self._w.smoothing
        columns: dict[int, dict[int, float]] = defaultdict(dict)
        for at, row in enumerate(rows):
            total = sum(row.values())
            for word, number in row.items():
                background = (large[word] + 0.1) / everything
                columns[self._words[word]][at] = math.log1p(odds * number / total / background)
        return _Postings(columns)

    def _log_demand(self, candidates: Sequence[Candidate], demand: dict[str, float], index: dict[str, int]) -> Floats:
        sizes = np.array([1 + len(candidate.titles) for candidate in candidates], np.float64)
        family_sizes = np.bincount(self._family, weights=sizes, minlength=len(candidates))
        out = np.zeros(len(candidates))
        for at, candidate in enumerate(candidates):
            offers = np.exp(demand[candidate.code]) if candidate.code in demand else 0.0
            if candidate.family != candidate.code and candidate.family in demand:
                share = sizes[at] / family_sizes[self._family[at]]
                offers = max(offers, self._w.child_demand * share * np.exp(demand[candidate.family]))
            out[at] = np.log1p(offers)
        return out

    # -- features ----------------------------------------------------------------------------------------------------

    def _grams(self, word: str, *, grow: bool) -> list[int]:
        known = self._word_grams.get(word)
        if known is not None:
            return known
        padded = f" {word} "
        found: list[int] = []
        for length in range(self._w.shortest_gram, self._w.longest_gram + 1):
            for start in range(len(padded) - length + 1):
                feature = self._feature(padded[start : start + length], grow=grow)
                if feature is not None:
                    found.append(feature)
            if len(padded) <= length:
                break
        if grow:
            self._word_grams[word] = found
        return found

    def _feature(self, name: str, *, grow: bool) -> int | None:
        if grow:
            return self._features.setdefault(name, len(self._features))
        return self._features.get(name)

    def _bag(self, words: Sequence[tuple[str, float]], *, grow: bool = False) -> Iterable[tuple[int, float]]:
        """(feature, value) of weighted words: the words, pairs of neighbours, n-grams inside the words."""
        before: tuple[str, float] | None = None
        for word, weight in words:
            feature = self._feature(f"w:{word}", grow=grow)
            if feature is not None:
                yield feature, self._w.word * weight
            for gram in self._grams(word, grow=grow):
                yield gram, weight
            if before is not None:
                feature = self._feature(f"p:{before[0]} {word}", grow=grow)
                if feature is not None:
                    yield feature, self._w.pair * min(weight, before[1])
            before = (word, weight)

    def _weighted(self, title: str) -> list[tuple[str, float]]:
        """Stems of a free title with falling weights, beginning with the part whose first word is the head of a title.

        «ACME - Chef de rang» begins with «chef», not with the firm.
        """
        parts = segments(title)
        main = next((at for at, part in enumerate(parts) if part[0] in self._heads), 0)
        words = [word for part in (*parts[main:], *parts[:main]) for word in part]
        return [(word, 1 / (1 + self._w.later_word * at)) for at, word in enumerate(words)]

    # -- answers -----------------------------------------------------------------------------------------------------

    def rank(self, title: str, limit: int) -> list[tuple[int, float]]:
        """(index into ``codes``, share of belief in [0, 1]) of the best ``limit`` occupations, best first.

        A title that has nothing in common with any known one gives nothing.
        """
        scores = self.evidence(title)
        if scores is None or limit <= 0:
            return []
        belief = np.exp((scores - scores.max()) / self._w.temperature)
        belief /= belief.sum()
        top = min(limit, len(belief))
        best = np.argpartition(-belief, top - 1)[:top]
        best = best[np.lexsort((best, -belief[best]))]
        return [(int(at), float(belief[at])) for at in best]

    def evidence(self, title: str) -> Floats | None:
        """Logarithmic evidence per occupation; None if no word or part of a word is known."""
        w, words = self._w, self._weighted(title)
        query: dict[int, float] = defaultdict(float)
        for feature, value in self._bag(words):
            query[feature] += value
        length = math.sqrt(sum((value * self._idf[f]) ** 2 for f, value in query.items()))
        if not length:
            return None
        likeness = self._postings.combine(((f, value / length) for f, value in query.items()), len(self._titles))
        known = [(self._words[word], weight) for word, weight in words if word in self._words]
        if not known and likeness.max() < w.stranger:
            return None
        votes = np.exp(likeness / w.width)
        count = len(self.codes)
        own = np.bincount(self._owner, weights=votes, minlength=count) / self._own_size
        family = np.bincount(self._owner_family, weights=votes, minlength=count) / self._family_size
        scores: Floats = np.log(own + w.family * family + 1e-300)
        scores += w.title_words * self._title_words.combine(known, count)
        scores += w.skill_words * self._skill_words.combine(known, count)
        scores += w.demand * self._demand
        for at in self._exact.get(frozenset(word for word, _ in words), ()):
            scores[at] += w.exact * min(len(words), 3)
        return scores
