"""Doubt that was learnt: sentences in which no rule finds anything, and which sound like conditions all the same.

What rules know is certain or plain; what people write is neither. A table that was learnt from labelled sentences
(``shared/reference/conditions.py``) says how much a sentence resembles those that put a condition on people. That is never
enough to refuse an offer: it warns, quotes the sentence, names the ground and asks to look again. Where rules tell that a
sentence is lawful (a condition that is taken back, the law's own, who is served, a scheme's public, a welcome), they are
believed.
"""

import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import NamedTuple

from services.offers.domain.linter_clauses import Cut, Sentence
from services.offers.domain.linter_doubt import both_sexes
from services.offers.domain.linter_words import (
    CANDIDATE,
    EXCLUDES,
    LAW,
    LIFTED,
    OBJECT,
    ONLY,
    PICKS,
    ROLES,
    SCHEMES,
    SERVED,
    WELCOMES,
    of_served,
    words,
)
from shared.once import read_once
from shared.reference.condition_words import GROUNDS
from shared.reference.conditions import Conditions, conditions, word

_MOST_KEPT = 20_000
_SENTENCES_KEPT = 2_000
_NAMED = words(*(one.replace("*", r"\w*") for listed in GROUNDS.values() for one in listed.split()))
"""Without any of them a sentence names nothing that is protected: nine of ten in real offers."""


_BOTH_FORMS = re.compile(r" ([a-z]{4})[a-z]* (?:/|ou|et) (?:une? )?\1[a-z]* ")
"""«Caissier/caissière», «une vendeuse ou un vendeur»."""
_OTHERS_NEED = 2.0
"""How much surer a sentence must be that speaks of others only (a logarithm of odds)."""


class Doubt(NamedTuple):
    """A sentence (offsets into the field) and the criterion of ``linter_rules`` that it may be about."""

    criterion: str
    start: int
    end: int
    sure: float
    """How far it is beyond what is told of, as a logarithm of odds."""


class _Firsts(dict[str, int]):
    """Of each token what it alone speaks for a condition."""

    def __init__(self, table: Conditions) -> None:
        self._table = table

    def __missing__(self, token: str) -> int:
        found = self._table.first(word(token))
        if len(self) < _MOST_KEPT:
            self[token] = found
        return found


class Learnt:
    """Reads texts by a table. Threads share it: what is remembered of a word is the same whoever looks it up."""

    def __init__(self, table: Conditions) -> None:
        self._table = table
        self._firsts = _Firsts(table)
        # Employers repeat their sentences; a part has sixty tokens at most, so what is kept is bounded.
        self._read = lru_cache(_SENTENCES_KEPT)(self._read_anew)

    def suspects(self, cut: Cut) -> list[int]:
        """The numbers of those of a text's ``parts`` whose words alone speak for a condition: one of a hundred in real offers."""
        tokens, parts, named, least = cut.tokens, cut.parts, _NAMED.bit, self._table.least
        found = []
        for number, bits in enumerate(cut.bits):
            if bits & named:
                first, end = parts[number]
                if sum(map(self._firsts.__getitem__, tokens[first:end])) >= least:
                    found.append(number)
        return found

    def _read_anew(self, tokens: tuple[str, ...], asked: bool) -> tuple[float, str]:
        """How sure the table is of a sentence (0 or less: not at all), and of which ground."""
        read = [word(token) for token in tokens]
        sure = self._table.doubt(read, asked)
        if sure <= 0 or not any(one.ground for one in read):
            return 0.0, ""
        return sure, self._table.ground(read)

    def doubts(self, cut: Cut, told: Collection[tuple[int, int]] = ()) -> Iterator[Doubt]:
        """What of a text should be looked at; ``told``: where rules found something already (offsets into the field)."""
        for number in self.suspects(cut):
            first, end = cut.parts[number]
            sure, ground = self._read(tuple(cut.tokens[first:end]), cut.asked(end))
            if sure <= 0:
                continue
            sentence = cut.sentence(number)
            if _of_others(sentence):
                sure -= _OTHERS_NEED
            start, stop = sentence.whole
            if sure <= 0 or _lawful(sentence, ground) or any(begun < stop and ended > start for begun, ended in told):
                continue
            yield Doubt(ground, start, stop, sure)


@read_once
def learnt() -> Learnt:
    """By the shipped table."""
    return Learnt(conditions())


def _lawful(s: Sentence, ground: str) -> bool:
    """Whether rules tell that no condition is put on whoever applies."""
    return (
        s.says(LIFTED)
        or s.says(LAW)
        or s.says(SCHEMES)
        or s.says(ROLES)
        or (s.says(WELCOMES) and not s.says(EXCLUDES) and not s.says(ONLY))
        or (ground == "sex" and (both_sexes(s) or _BOTH_FORMS.search(s.text) is not None))
        or of_served(s)
    )


def _of_others(s: Sentence) -> bool:
    """Whether a sentence names things or those who are served, and nobody who is sought or left out."""
    return (s.says(OBJECT) or s.says(SERVED)) and not (s.says(CANDIDATE) or s.says(PICKS) or s.says(EXCLUDES))
