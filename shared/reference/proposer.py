"""Which occupation a free title means: likeness to known job titles, words of codes, and how common a job is.

Up to seven kinds of evidence are added as logarithms, like the terms of a Bayes rule:

1. *Likeness of words.* The title is compared with every known job title by the cosine of TF-IDF vectors of stems, pairs of
   stems and character n-grams inside stems. Each known title votes with ``exp(likeness / width)``; votes are averaged over
   the titles of a code, so that a code with many titles does not win by its size. In ROME 4 many codes were split off an
   older one, and offers still carry the older one: a title votes a little for it too. What an abbreviation stands for
   counts less than what is written, so that «VRD» does not outweigh «chef de chantier».
2. *Likeness of letters.* The same with n-grams of the words as they are written, nothing interpreted; the nearest title of
   each code counts. It sees what stems hide, and the two together are better than either.
3. *Words.* How much likelier each word is in titles, labels and skills of a code than in the referential at large; the
   first word of a French title is its head and counts most.
4. *What employers say.* Hand-written titles, each under every occupation that is meant by it: «opérateur polyvalent» is four.
   They do not vote, since vague ones outvoted exact ones (measured on titles nobody read: .60 first instead of .64); an
   occupation gains by its nearest one, if that is near.
5. *Demand.* How many offers there were per occupation, which decides between equally fitting ones.
6. *What was heard.* Learnt corrections by hashed words (``shared.reference.heard``), the less the surer the rest is.
7. *The text*, where one is given beside the title: how like it is to all that is said of an occupation
   (``shared.reference.trade_words``). A title of the referential stays its own; a title that names no work has the text alone.

A known title means its own occupation before anything else; what a title's words are is read by ``known_titles``. The weights
were chosen on half of the distinct titles of ``tests/bench/occupations.py``, which reports the other half apart;
``temperature`` makes a score of 0.7 mean that about seven in ten such proposals are right.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np

from shared.reference.features import Features
from shared.reference.heard import Heard
from shared.reference.known_titles import KnownTitles
from shared.reference.lexicon import BARE, RANKS, VAGUE
from shared.reference.likeness import Bag, Part, Texts
from shared.reference.sparse import Floats, stretches
from shared.reference.titles import Stem, Text, in_full, mended, read, sexes, stems, telling
from shared.reference.trade_words import TradeWords


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each kind of evidence says; see the module's text.

    ``width`` and ``said_from`` are likenesses in [0, 1]. A title whose words are unknown and that is less like any known
    title than ``stranger``, or whose best occupation is believed in less than ``doubt``, gets no proposal. What speaks of ranks
    only counts ``rank_only``.
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
    letters: float = 6.0
    demand: float = 0.4
    child_demand: float = 0.1
    said: float = 8.0
    said_from: float = 0.5
    heard: float = 2.25
    told: float = 4.0
    exact: float = 0.5
    later_word: float = 0.1
    added_word: float = 0.5
    stranger: float = 0.25
    doubt: float = 0.03
    rank_only: float = 0.5
    temperature: float = 1.5


_LETTERS = range(3, 6)
_AHEAD = 1.0
"""How far (as a logarithm) a title of the referential stands ahead of all others for its own occupation."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An occupation as the proposer needs it. ``family`` is the code that it was split off from, else its own."""

    code: str
    family: str
    label: str
    titles: tuple[str, ...]
    skills: tuple[str, ...]
    everyday: tuple[str, ...] = ()
    """Titles that people write beside those of the referential, which come first for themselves."""
    said: tuple[str, ...] = ()
    """Vaguer titles, which may mean other occupations as well."""


class Proposer:
    """Ranks the occupations that it was built from. Immutable after construction, safe to share between threads."""

    def __init__(
        self,
        candidates: Sequence[Candidate],
        demand: dict[str, float],
        weights: Weights | None = None,
        heard: Heard | None = None,
    ) -> None:
        """``demand`` is the logarithm of the number of offers per code; a code without one counts as its family's part.

        Without ``heard`` nothing that was learnt from offers counts.
        """
        self._w = weights or Weights()
        self.codes = [candidate.code for candidate in candidates]
        self._heard = heard.within(self.codes) if heard else None
        index = {code: at for at, code in enumerate(self.codes)}
        self._family = np.array([index.get(c.family, at) for at, c in enumerate(candidates)], np.int64)
        self._grams = range(self._w.shortest_gram, self._w.longest_gram + 1)
        self._features = Features()
        self._letter_features = Features()
        self._index_titles(candidates)
        written = self._index_letters(candidates)
        self._words = TradeWords(
            self._titles,
            [candidate.label for candidate in candidates],
            [candidate.skills for candidate in candidates],
            self._w.title_words,
            self._w.skill_words,
            self._w.smoothing,
        )
        self.known_titles = KnownTitles(
            [words for _, words in self._titles], self._said, self._words, self._official, written
        )
        self._demand = self._w.demand * self._log_demand(candidates, demand)
        self._stem = lru_cache(maxsize=self._by_words.most_kept)(self._stem_uncached)
        self._letters = lru_cache(maxsize=self._by_letters.most_kept)(self._letters_uncached)
        # Titles that nobody asked before consist of the words of titles.
        titles = [title for one in candidates for title in (one.label, *one.titles, *one.everyday, *one.said)]
        for word in _commonest(map(stems, titles), self._by_words.most_kept):
            self._stem(word)
        for word in _commonest(map(telling, titles), self._by_letters.most_kept):
            self._letters(word)

    # -- construction ------------------------------------------------------------------------------------------------

    def _index_titles(self, candidates: Sequence[Candidate]) -> None:
        # One entry per distinct bag of stems and code, so that sex and spelling variants do not vote twice.
        bags: dict[tuple[int, tuple[str, ...]], None] = {}
        for at, candidate in enumerate(candidates):
            for title in (candidate.label, *candidate.titles, *candidate.everyday):
                words = tuple(stems(title))
                if words:
                    bags.setdefault((at, words))
        self._titles = list(bags)
        # Of one occupation one after the other, so that those of each are found by stretches.
        self._title_starts, self._title_owner = stretches([at for at, _ in self._titles])
        self._owner_family = self._family[self._title_owner]
        sizes = np.diff(self._title_starts, append=len(self._titles))
        family = np.bincount(self._owner_family, weights=sizes, minlength=len(self.codes))
        self._own_size = np.maximum(1, sizes) ** self._w.size
        self._family_size = np.maximum(1, family) ** self._w.size / self._w.family
        self._exact: dict[frozenset[str], list[int]] = defaultdict(list)
        for at, words in self._titles:
            self._exact[frozenset(words)].append(at)
        titles = [self._bag(words) for _, words in self._titles]
        features = len(self._features)
        self._features.freeze()
        said = {
            (at, words): None
            for at, candidate in enumerate(candidates)
            for title in candidate.said
            if (words := tuple(stems(title)))
        }
        self._said_starts, self._said_owner = stretches([at for at, _ in said])
        self._said = {frozenset(words) for _, words in said}
        self._by_words = Texts([titles, [self._bag(words) for _, words in said]], features, self._features.parts)
        self._features.freeze(self._by_words.silent)

    def _index_letters(self, candidates: Sequence[Candidate]) -> set[str]:
        """The words of all titles, as they are written."""
        written: dict[tuple[int, tuple[str, ...]], None] = {}
        official: list[tuple[tuple[str, ...], int]] = []
        for at, candidate in enumerate(candidates):
            for title in (candidate.label, *candidate.titles, *candidate.everyday):
                words = tuple(telling(title))
                if words:
                    written.setdefault((at, words))
            official += (
                (tuple(words), at)
                for title in (candidate.label, *candidate.titles)
                for form in (title, *sexes(title))
                for words in (in_full(form), telling(form))
            )
        self._written_starts, self._written_owner = stretches([at for at, _ in written])
        letters = [self._grams_of(words) for _, words in written]
        self._by_letters = Texts([letters], len(self._letter_features), self._letter_features.parts, _seldom)
        self._letter_features.freeze(self._by_letters.silent)
        self._official: dict[tuple[str, ...], set[int]] = defaultdict(set)
        for words, at in official:
            self._official[words].add(at)
        said = {word for candidate in candidates for title in candidate.said for word in telling(title)}
        return said.union(*self._official, *(words for _, words in written))

    def _log_demand(self, candidates: Sequence[Candidate], demand: dict[str, float]) -> Floats:
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

    def _bag(self, words: Sequence[str]) -> Bag:
        """Values of a title's words: the words, pairs of neighbours, n-grams inside the words."""
        bag: Bag = defaultdict(float)
        for word in words:
            for feature, value in self._word_bag(word).items():
                bag[feature] += value
        for first, second in pairwise(words):
            pair = self._pair(first, second)
            if pair is not None:
                bag[pair] += self._w.pair
        return bag

    def _word_bag(self, word: str) -> Bag:
        bag: Bag = defaultdict(float)
        feature = self._features.number(f"w:{word}")
        if feature is not None:
            bag[feature] += self._w.word
        for gram in self._features.grams(word, self._grams):
            bag[gram] += 1.0
        return bag

    def _pair(self, first: str, second: str) -> int | None:
        return self._features.number(f"p:{first} {second}")

    def _grams_of(self, words: Iterable[str]) -> Bag:
        counted = Counter(gram for word in words for gram in self._letter_features.grams(word, _LETTERS))
        return {gram: 1.0 + math.log(number) for gram, number in counted.items()}

    def _stem_uncached(self, stem: str) -> Part:
        return self._by_words.part(self._word_bag(stem))

    def _letters_uncached(self, word: str) -> Part:
        return self._by_letters.part(self._grams_of((word,)))

    def _weighted(self, words: Sequence[Stem]) -> list[tuple[str, float]]:
        """Stems with falling weights. What an abbreviation stands for weighs less, unless it is the head: «AS de nuit»."""
        return [
            (
                word.text,
                (self._w.added_word if word.added and not _of_head(words, at) else 1.0) / (1 + self._w.later_word * at),
            )
            for at, word in enumerate(words)
        ]

    def stems_of(self, title: str) -> list[str]:
        """The stems of what is written in a free title, the head first; typing errors are mended."""
        return _written(self.known_titles.in_order(read(title).parts))

    def titled(self, title: str) -> list[str]:
        """Codes of which the referential has this very title."""
        return [self.codes[at] for at in sorted(self._titled_by(read(title)))]

    def exactly(self, title: str) -> list[str]:
        """Codes that have a title of the same words, in whatever order."""
        return [self.codes[at] for at in self._exact.get(frozenset(stems(title)), ())]

    def _titled_by(self, text: Text) -> Collection[int]:
        """Whose title this is to the word («Chef de poste sécurité» is no «Chef de sécurité»), or without what is beside it."""
        own = self._official.get(tuple(text.written))
        return own or self._official.get(self.known_titles.named(tuple(text.telling)), set())

    # -- answers -----------------------------------------------------------------------------------------------------

    def rank(self, title: str, limit: int, text: str = "", *, learnt: bool = True) -> list[tuple[int, float]]:
        """(index into ``codes``, share of belief in [0, 1]) of the best ``limit`` occupations, best first.

        A title that has nothing in common with any known one, or that fits many equally badly, gives nothing. ``text``: what is
        written of the work beside it. ``learnt``: with what was heard elsewhere, which believes what offers were declared as.
        """
        scores = self.evidence(title, text, learnt=learnt)
        if scores is None or limit <= 0:
            return []
        behind, most = self._behind(scores)
        if most < self._w.doubt:
            return []
        top = min(limit, len(behind))
        less = -behind
        best = less.argpartition(top - 1)[:top]
        ranked = sorted(zip(less[best].tolist(), best.tolist(), strict=True))
        return [(at, math.exp(-far) * most) for far, at in ranked]

    def _behind(self, scores: Floats) -> tuple[Floats, float]:
        """How far (as a logarithm) each occupation is behind the likeliest, and that one's share of belief."""
        behind = scores - scores.max()
        behind /= self._w.temperature
        return behind, 1.0 / float(np.exp(behind).sum())

    def evidence(self, title: str, text: str = "", *, learnt: bool = True) -> Floats | None:
        """Logarithmic evidence per occupation; None if no word is known, or none that says anything of a job."""
        named = self._of_title(title, learnt)
        told = self._words.told(text) if text else None
        if told is None:
            return named
        if named is None:
            return self._demand + self._w.told * told
        own = self._titled_by(read(title))
        named += self._w.told * told
        if own:
            self._put_first(named, own)
        return named

    def _put_first(self, scores: Floats, codes: Collection[int]) -> None:
        own = sorted(codes)
        scores[own] += max(0.0, float(scores.max() - scores[own].max())) + _AHEAD

    def _of_title(self, title: str, learnt: bool) -> Floats | None:
        w, text = self._w, read(title)
        stems_read = self.known_titles.in_order(text.parts)
        words = self._weighted(stems_read)
        known_stems = self.known_titles.titled(stems_read)
        asked = frozenset([word.text for word in known_stems])
        exact = self._exact.get(asked, ())
        ranks = bool(asked) and RANKS.issuperset(asked)
        titled = sorted(self._titled_by(text))
        if not titled and ((ranks and len(asked) == 1) or BARE.issuperset(text.written)):
            return None
        if not exact and asked not in self._said and VAGUE.issuperset(asked):
            # «Renfort Guéret»: what else is there is no word of any title, and may still be like one.
            foreign = [(self._stem(word), weight) for word, weight in words if word not in asked]
            likeness, _ = self._by_words.likenesses(foreign)
            if likeness is None or likeness.max() < w.stranger:
                return None
        pairs = [
            (feature, w.pair * min(one, other))
            for (first, one), (second, other) in pairwise(words)
            if (feature := self._pair(first, second)) is not None
        ]
        likeness, said = self._by_words.likenesses([(self._stem(word), weight) for word, weight in words], pairs)
        if likeness is None:
            return None
        known = [(word, weight) for word, weight in words if word in self._words]
        if not known and likeness.max() < w.stranger:
            return None
        votes = np.add.reduceat(np.exp(likeness / np.float32(w.width)), self._title_starts, dtype=np.float64)
        shares = np.bincount(self._owner_family, votes, len(self.codes)) / self._family_size
        shares[self._title_owner] += votes / self._own_size
        scores: Floats = np.log(shares + 1e-300)
        scores += self._demand
        for word, weight in known:
            self._words.add(scores, word, weight)
        written = mended(text.telling, stems_read)
        letters = self._by_letters.likenesses([(self._letters(word), 1.0) for word in written])[0]
        if letters is not None:
            scores[self._written_owner] += w.letters * np.maximum.reduceat(letters, self._written_starts)
        if said is not None and len(said):
            nearest = np.maximum.reduceat(said, self._said_starts)
            scores[self._said_owner] += w.said * np.maximum(0.0, nearest - w.said_from)
        heard = _written(stems_read)
        if learnt and self._heard is not None and not exact and len(_written(known_stems)) > 1:
            # A word that was heard elsewhere overturns no known title, and nothing that all other evidence is sure of. Which
            # of its occupations a word alone («technicien») means is how common they were in what was heard, no meaning.
            doubt = 1.0 - self._behind(scores)[1]
            scores += w.heard * doubt * self._heard.corrections(heard)
        for at in exact:
            scores[at] += w.exact * min(len(words), 3)
        if titled:
            self._put_first(scores, titled)
        elif ranks:
            scores *= w.rank_only
        return scores


def _written(words: Iterable[Stem]) -> list[str]:
    return [word.text for word in words if not word.added]


def _of_head(words: Sequence[Stem], at: int) -> bool:
    """Whether only written-out words lie between the first word and this one."""
    return all(word.added for word in words[1:at])


def _commonest(titles: Iterable[Iterable[str]], most: int) -> list[str]:
    """The words that most titles have, the commonest last."""
    return [word for word, _ in Counter(word for title in titles for word in title).most_common(most)][::-1]


def _seldom(values: Iterable[float]) -> float:
    """What n-grams are worth that several words have: the more there are, the less one more of them says."""
    return 1.0 + math.log(sum([math.exp(value - 1.0) for value in values]))
