"""Numbers for what titles are compared by: words, pairs of words, and the n-grams of each word."""

from collections.abc import Iterable


class Features:
    """Numbers for the features of words, each word taken apart once."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._of_word: dict[tuple[str, range], tuple[int, ...]] = {}
        self.parts: set[int] = set()
        """Those that are n-grams."""
        self._frozen = False

    def __len__(self) -> int:
        return len(self._numbers)

    def freeze(self, silent: Iterable[int] = ()) -> None:
        """From here on unknown features are left out, and those that say nothing."""
        self._frozen = True
        gone = set(silent)
        self._numbers = {name: number for name, number in self._numbers.items() if number not in gone}
        self._of_word.clear()

    def number(self, name: str) -> int | None:
        if self._frozen:
            return self._numbers.get(name)
        return self._numbers.setdefault(name, len(self._numbers))

    def grams(self, word: str, lengths: range) -> tuple[int, ...]:
        """n-grams of a word with a space on both sides."""
        known = self._of_word.get((word, lengths))
        if known is None:
            padded = f" {word} "
            names = [
                padded[start : start + length]
                for length in lengths
                if length < len(padded) or length == lengths[0]
                for start in range(max(1, len(padded) - length + 1))
            ]
            if self._frozen:
                # Who asks keeps what a word is like, so that nothing more is remembered here.
                return tuple([number for name in names if (number := self._numbers.get(name)) is not None])
            known = tuple([self._numbers.setdefault(name, len(self._numbers)) for name in names])
            self.parts.update(known)
            self._of_word[word, lengths] = known
        return known
