"""Places whose names were mistyped or spelt by ear: «clermont ferand», «sallanche», «la souteraine»."""

import re
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from services.offers.search import place_parts
from services.offers.search.chips import Chip
from services.offers.search.place_words import ARTICLES, BEGINNINGS, INDEFINITE, WEAK_AT
from services.offers.search.schema import stems_of
from services.offers.search.sound import heard
from services.offers.search.spelling import correction
from services.offers.search.town_names import town_sounding
from services.offers.search.word_uses import SEEN, SHORTEST, WordUses
from services.offers.search.words import STOP, Word, term_of
from shared.reference.communes import Commune, Communes
from shared.reference.text import folded

_NO_BEGINNING = WEAK_AT - ARTICLES
_SHORTEST_WHOLE = 9
"""Letters of a name of several words in which a typing error is looked for."""
_LONG_QUESTION = 16
"""Words from which on typing errors are looked for in places that somebody says to be one."""
_KNOWN_MISSPELT, CITY = 2_000, 100_000
"""Inhabitants of a place that a mistyped word alone is taken for; and where it might be a mistyped trade as well."""
_TWICE = re.compile(r"(.)\1+")
Correct = Callable[[Word], str | None]
"""The word of titles that a mistyped one probably is."""


@dataclass(frozen=True, slots=True)
class MistypedPlaces:
    """Finds them among words that nothing else is known of. ``correct``: of titles where it is not given."""

    communes: Communes
    uses: WordUses
    correct: Correct | None

    def found(
        self, words: Sequence[Word], free: frozenset[int], strange: Set[int], least: int
    ) -> tuple[tuple[int, int], Chip] | None:
        """The longest name with a ``strange`` word among ``free`` ones, of ``least`` words at least: its length and where it
        begins, and the place."""
        best: tuple[tuple[int, int], Chip] | None = None
        for start, end in place_parts.stretches(len(words), free):
            rank = end - start, start
            if rank[0] < least or strange.isdisjoint(range(start, end)) or (best is not None and rank < best[0]):
                continue
            if words[start].folded in INDEFINITE or (start and words[start - 1].folded in INDEFINITE):
                continue
            said = place_parts.said(words, start)
            # In a pasted text everything might be a mistyped name.
            commune = self._meant(words[start:end], said=said) if said or len(words) <= _LONG_QUESTION else None
            if commune is not None:
                best = rank, place_parts.of_commune(words, start, end, commune)
        return best

    def _meant(self, words: Sequence[Word], *, said: bool) -> Commune | None:
        letters = sum(len(word.folded) for word in words)
        if len(words) > 1 and (letters < _SHORTEST_WHOLE or not all(word.folded.isalpha() for word in words)):
            return None
        sounding = self._sounding(words, said=said)
        if sounding is not None:
            return sounding
        text = " ".join(word.folded for word in words)
        if not said and not self._unread(words):
            # Texts are counted by stems: «etiene» is in as many as «Étienne».
            city = self.communes.misspelt(text) if len(words) > 1 and words[0].folded in BEGINNINGS else None
            return city if city is not None and city.population >= CITY else None
        errors = 2 if letters >= _SHORTEST_WHOLE and (said or len(words) > 1) else 1
        commune = self.communes.misspelt(text, errors)
        if commune is not None and len(words) == 2 and not said and commune.population < _KNOWN_MISSPELT:
            # Two names are two errors away from some village: «Pierre Dupont», Pierrepont.
            commune = self.communes.misspelt(text)
        if commune is None or len(words) > 1:
            return commune
        if said:
            return commune if commune.population >= _KNOWN_MISSPELT or self._corrected(words[0]) is None else None
        if not words[0].text.isascii() and commune.name.isascii():
            return None  # who writes accents writes those of the name
        meant = self._corrected(words[0])
        # Offers name places in their titles: then the likeliest word of titles is the place's own name.
        least = _KNOWN_MISSPELT if meant is None or meant == term_of(folded(commune.name)) else CITY
        return commune if commune.population >= least else None

    def _sounding(self, words: Sequence[Word], *, said: bool) -> Commune | None:
        """The town of a name that was spelt by ear: «bonevile», «sallanche», «thonnon»."""
        if not all(word.folded.isalpha() for word in words):
            return None
        if len(words) == 1 and not said and self.uses.trades.vocabulary.sounding(heard(words[0])) is not None:
            return None
        name = town_sounding(words)
        if name is None:
            return None
        own = next(word for word in folded(name).split() if word not in ARTICLES)
        return self.communes.named(name) if said or len(words) > 1 or self._heard_only(words[0], own) else None

    def _heard_only(self, word: Word, name: str) -> bool:
        """Whether it is spelt nearly as the name («sallanche», not «burger» for Bourget), and no offer has it otherwise."""
        spelt = [_TWICE.sub(r"\1", text) for text in (word.folded, name)]
        errors = 2 if len(name) >= _SHORTEST_WHOLE else 1  # «dunkerke»
        if len(name) < SHORTEST or OSA.distance(*spelt, score_cutoff=errors) > errors:
            return False
        # Texts are counted by stems, which both may share.
        return self.uses.seen(word.term) <= SEEN or bool(stems_of(word.folded) == stems_of(name))

    def _corrected(self, word: Word) -> str | None:
        return correction(word, 0, (self.uses.trades.vocabulary,)) if self.correct is None else self.correct(word)

    def _unread(self, words: Sequence[Word]) -> bool:
        """Whether they may be a mistyped name where nobody says so: offers have them seldom."""
        if len(words) == 1:
            return self.uses.seen(words[0].term) <= SEEN
        # «Ranger les», «des signes» are words of offers, and no name ends like that.
        ends = words[0].folded in _NO_BEGINNING or words[-1].folded in STOP
        # «Clermont ferand»: offers have the first word because they are there.
        telling = [word for word in words if word.folded not in BEGINNINGS]
        return not ends and not any(self.uses.strange(word) and self.uses.elsewhere(word.term) for word in telling)
