"""A free title read by what known ones are made of: where its head is, which words are of a title, what a mistyped one means."""

from collections.abc import Collection, Container, Iterable, Sequence
from itertools import pairwise

from shared.reference.lexicon import STOP, VAGUE
from shared.reference.spellings import Spellings
from shared.reference.titles import Stem, doers, feminines, stem


class KnownTitles:
    """What the known titles are made of. Immutable after construction, safe to share between threads."""

    def __init__(
        self,
        titles: Collection[Sequence[str]],
        said: Iterable[Iterable[str]],
        words: Container[str],
        official: Container[tuple[str, ...]],
        written: Container[str],
    ) -> None:
        """``titles``: stems of each, the head first; ``said``: those of vaguer ones. ``words``: stems that need no mending.

        ``official``: titles of the referential, ``written``: the words of all titles, both folded and as they are written.
        """
        self._heads = {title[0] for title in titles}
        self._pairs = {pair for title in titles for pair in pairwise(title)}
        of_titles = {word for title in titles for word in title}
        self._in_titles = of_titles.union(*said)
        self._spellings = Spellings(of_titles)
        # «Aide soignate» lacks a letter of «soignante», of «soignant» two are other ones.
        self._feminine = Spellings(one for word in of_titles for one in feminines(word))
        self._words = words
        self._official = official
        self._written = written

    def in_order(self, parts: Iterable[Iterable[Stem]]) -> list[Stem]:
        """Stems of a free title, beginning with the part whose first word is the head of a title.

        «ACME - Chef de rang» begins with «chef», not with the firm.
        """
        found = [self._as_meant(list(part)) for part in parts]
        main = next((at for at, part in enumerate(found) if part[0].text in self._heads), None)
        if main is None:
            # «Débroussaillage de talus» says what is done, and so who does it.
            doing = next(((at, who) for at, part in enumerate(found) if (who := self._doer(part[0].text))), None)
            if doing is not None:
                main, who = doing
                found[main] = [Stem(who, False), *(word for word in found[main] if word.text != who)]
        return [word for part in (*found[main or 0 :], *found[: main or 0]) for word in part]

    def titled(self, words: Sequence[Stem]) -> list[Stem]:
        """The words that some title has; a place or a firm beside them makes no other title of it. All, where none has."""
        return [word for word in words if word.text in self._in_titles] or list(words)

    def has(self, stem: str) -> bool:
        """Whether some title has a word of this stem."""
        return stem in self._in_titles

    def named(self, written: tuple[str, ...]) -> tuple[str, ...]:
        """The same of words as they are written; a mistyped one may be any."""
        if written in self._official:
            return written
        known = [word for word in written if word in self._written]
        foreign = (Stem(stem(word), False) for word in written if word not in self._written)
        while known and known[-1] in STOP:  # «… à Guéret», «… sur Creuse»
            known.pop()
        return tuple(known) if known and all(self._spelt(word) is word for word in foreign) else written

    def _doer(self, word: str) -> str | None:
        """Who does what a word names: «ramassage» → «ramasseur»; None where no title begins with it."""
        return None if word in VAGUE else next((who for who in doers(word) if who in self._heads), None)

    def _as_meant(self, part: list[Stem]) -> list[Stem]:
        """A part with its mistyped words mended, one after the other: what stands beside a word decides between two."""
        for at, word in enumerate(part):
            before = part[at - 1].text if at else ""
            after = part[at + 1].text if at + 1 < len(part) else ""
            part[at] = self._spelt(word, before, after)
        return part

    def _spelt(self, word: Stem, before: str = "", after: str = "") -> Stem:
        """The known stem that a mistyped one probably is; itself where none is near.

        Where several are as near («receneur»), or the word is short («rayn»), it is the one that stands beside the same
        neighbour in a known title, or else the one that a title begins with.
        """
        if word.text in self._words or word.text in VAGUE:
            return word
        meant = self._spellings.nearest(word.text)
        if meant is None and word.text.endswith("e") and (feminine := self._feminine.nearest(word.text)):
            meant = stem(feminine)
        if meant is None and (before or after):
            alike = self._spellings.alike(word.text)
            paired = [one for one in alike if (before, one) in self._pairs or (one, after) in self._pairs]
            if not paired and not before and len(alike) > 1:
                paired = [one for one in alike if one in self._heads]
            meant = paired[0] if len(paired) == 1 else None
        return word if meant is None else Stem(meant, word.added, typed=word.text)
