"""The words with which an occupation is spoken of: those of its titles, of its label and of its skills.

One word of a title says how much likelier it is of an occupation than of the referential at large. A running text, such as
the description of an offer, is compared as a whole with all that is said of each occupation.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from shared.reference.sparse import Columns, Floats, Ints, added
from shared.reference.titles import plain_stems, running_stems, stems

_LABEL = 3.0
"""How many titles the label of an occupation counts as."""
_READ = 1_000
"""Characters of a text: what the work is stands at its beginning (300 and 3,000 were no better)."""
_LEAST = 0.02
"""A likeness to a text below which one occupation is as far from it as another."""


class TradeWords:
    """Words and what they say of each occupation. Immutable after construction, safe to share between threads."""

    def __init__(
        self,
        titles: Iterable[tuple[int, Sequence[str]]],
        labels: Sequence[str],
        skills: Sequence[Sequence[str]],
        title_words: float,
        skill_words: float,
        smoothing: float,
    ) -> None:
        """``titles``: (occupation, stems); ``labels`` and ``skills`` of each occupation, as they are written.

        ``title_words``, ``skill_words``: how much a word of each counts; ``smoothing``: share that is of no occupation.
        """
        of_titles: list[dict[str, float]] = [defaultdict(float) for _ in labels]
        of_skills: list[dict[str, float]] = [defaultdict(float) for _ in labels]
        for at, words in titles:
            for word in words:
                of_titles[at][word] += 1
        cache: dict[str, set[str]] = {}
        for at, (label, own) in enumerate(zip(labels, skills, strict=True)):
            for word in stems(label):
                of_titles[at][word] += _LABEL
            for skill in own:
                if skill not in cache:
                    cache[skill] = plain_stems(skill)
                for word in cache[skill]:
                    of_skills[at][word] += 1
        self._numbers: dict[str, int] = {}
        for rows in (of_titles, of_skills):
            for row in rows:
                for word in row:
                    self._numbers.setdefault(word, len(self._numbers))
        numbered = [[self._numbered(row) for row in rows] for rows in (of_titles, of_skills)]
        self._odds = Columns(
            [
                added(one, other)
                for one, other in zip(
                    self._likelihoods(numbered[0], title_words, smoothing),
                    self._likelihoods(numbered[1], skill_words, smoothing),
                    strict=True,
                )
            ],
            len(self._numbers),
        )
        self._spoken, self._idf = self._compared(
            [added(_dampened(*one), _dampened(*other)) for one, other in zip(*numbered, strict=True)]
        )

    def __contains__(self, word: object) -> bool:
        """Whether a stem is of any occupation."""
        return word in self._numbers

    def add(self, to: Floats, word: str, weight: float) -> None:
        """Add what one known stem of a title says to the logarithmic evidence per occupation."""
        self._odds.add(to, self._numbers[word], weight)

    def told(self, text: str) -> Floats | None:
        """The logarithm of how like each occupation is to a text; None where no word of it is known."""
        counted = Counter(
            number for word in running_stems(text[:_READ]) if (number := self._numbers.get(word)) is not None
        )
        asked = {number: (1.0 + float(np.log(count))) * self._idf[number] for number, count in counted.items()}
        length = sum([value * value for value in asked.values()]) ** 0.5
        if not length:
            return None
        likeness: Floats = np.log(_LEAST + self._spoken.combine(asked) / length)
        return likeness

    def _numbered(self, row: Mapping[str, float]) -> tuple[Ints, Floats]:
        ids = np.fromiter((self._numbers[word] for word in row), np.int64, len(row))
        return ids, np.fromiter(row.values(), np.float64, len(row))

    def _likelihoods(
        self, rows: list[tuple[Ints, Floats]], weight: float, smoothing: float
    ) -> list[tuple[Ints, Floats]]:
        """log of how much likelier a word is in a row than at large, smoothed and weighted (none where it does not occur)."""
        large = np.zeros(len(self._numbers))
        for ids, values in rows:
            large[ids] += values
        background = (large + 0.1) / (large.sum() + 0.1 * len(large))
        odds = (1 - smoothing) / smoothing
        return [
            (ids, weight * np.log1p(odds * values / max(1.0, values.sum()) / background[ids])) for ids, values in rows
        ]

    def _compared(self, rows: list[tuple[Ints, Floats]]) -> tuple[Columns, list[float]]:
        """Rows as TF-IDF vectors of unit length, and the idf of each word."""
        seen = np.bincount(
            np.concatenate([np.empty(0, np.int64), *(ids for ids, _ in rows)]), minlength=len(self._numbers)
        )
        idf = np.log((1 + len(rows)) / (1 + seen)) + 1
        weighted = [(ids, values * idf[ids]) for ids, values in rows]
        unit = [(ids, values / (float(np.sqrt((values**2).sum())) or 1.0)) for ids, values in weighted]
        return Columns(unit, len(self._numbers)), idf.tolist()


def _dampened(ids: Ints, values: Floats) -> tuple[Ints, Floats]:
    return ids, 1.0 + np.log(values)
