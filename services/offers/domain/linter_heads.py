"""Lists of words that a sentence is looked through for, and the tokens without one of which it cannot have any of them.

Some hundred and fifty lists are looked for in each sentence, and nearly all of them are not in it. What a list needs is read
from its own pattern: of each way in which one of its alternatives can begin, the rarest token of what is literally there. A
sentence knows by one bit for each list whether it has such a token; only then the pattern itself is run. What is not understood
of a pattern is taken for anything, so that the answer is never another one than the pattern's.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import reduce
from operator import or_
from re import Match, compile
from typing import Final, NamedTuple

_MOST_WAYS = 5_000
"""Of one list; beyond that what is known of each way must do."""
_EVERY: Final = 1
"""The bit of each sentence: that of lists about whose tokens nothing is known."""
ALL: Final = -1
"""The bits of all lists."""
_DIGIT = "\\d"
"""Any token of figures."""
_FIGURES = "0123456789"
_STEM = 4
_MOST_KEPT = 50_000
"""Tokens of which it is known what begins with them."""
_LITERAL = frozenset("abcdefghijklmnopqrstuvwxyz0123456789 '-/%:,;€")
_QUANTIFIERS = frozenset("?*+{")
_COMMON_WORDS = (
    "de d' et le la les l' a en des du un une vous au aux dans pour par sur nos vos votre notre nous est sont avec ou qui que "
    "qu' ce se s' n' ne pas sans plus non ni on il etre avoir"
)
_COMMON: Final = _COMMON_WORDS.split()
"""Found in every second sentence or so, the commonest first: another token of the same way is asked for instead."""
_RANKS: Final = {token: rank for rank, token in enumerate(_COMMON)}


class _Way(NamedTuple):
    """What is literally there at the beginning; ``open``: nothing is known of what follows."""

    text: str
    open: bool = False


_UNKNOWN = frozenset({_Way("", open=True)})


class Words:
    """Alternatives (patterns) as whole words of a sentence's text."""

    __slots__ = ("bit", "finditer", "match", "pattern", "search")

    def __init__(self, *alternatives: str) -> None:
        own = compile(r"(?<![a-z0-9])(?:" + "|".join(alternatives) + r")(?![a-z0-9])")
        self.pattern: str = own.pattern
        self.search: Callable[[str], Match[str] | None] = own.search
        self.finditer: Callable[[str], Iterator[Match[str]]] = own.finditer
        self.match: Callable[[str, int], Match[str] | None] = own.match
        self.bit = _TOKENS.bit_of(*(way for one in alternatives for way in _ways(one)))


class Stems:
    """The first four letters of words."""

    __slots__ = ("bit",)

    def __init__(self, words: str) -> None:
        self.bit = _TOKENS.bit_of_stems(frozenset(word[:_STEM] for word in words.split()))


class _Tokens(dict[str, int]):
    """By token the bits of the lists that may have something in a sentence with it."""

    def __init__(self) -> None:
        super().__init__()
        self._next = _EVERY << 1
        self._whole: dict[str, int] = {}
        self._beginnings: dict[str, int] = {}
        self._stems: dict[str, int] = {}
        self._digits = self._of_stems = 0
        self._asked = False

    def bit_of(self, *ways: _Way) -> int:
        """The bit of a new list; once sentences were read it is the one that they all have."""
        needed = [_needed(way) for way in ways]
        if self._asked or None in needed:
            return _EVERY
        bit, self._next = self._next, self._next << 1
        for token in needed:
            assert token is not None
            if token.text.startswith(_DIGIT):
                self._digits |= bit
            else:
                place = self._beginnings if token.open else self._whole
                place[token.text] = place.get(token.text, 0) | bit
        return bit

    def bit_of_stems(self, stems: frozenset[str]) -> int:
        """The bit of a list of tokens' beginnings. Raises RuntimeError: sentences were read already."""
        if self._asked:
            raise RuntimeError("stems are listed when the module is read")
        bit, self._next = self._next, self._next << 1
        self._of_stems |= bit
        for stem in stems:
            self._stems[stem] = self._stems.get(stem, 0) | bit
        return bit

    def __missing__(self, token: str) -> int:
        self._asked = True
        if len(self) >= _MOST_KEPT:
            self.clear()
        found = _EVERY | self._stems.get(token[:_STEM], 0)
        if not token.isascii() and token[0].isalnum():
            # Beside a digit of another script a word may begin in the middle of a token; a sign stands alone.
            found |= (self._next - 1) & ~self._of_stems
        else:
            # The end of a word stands before an apostrophe, too.
            found |= self._whole.get(token, 0) | self._whole.get(token.rstrip("'"), 0)
            for end in range(1, len(token) + 1):
                found |= self._beginnings.get(token[:end], 0)
            if token[0].isdecimal():
                found |= self._digits
        self[token] = found
        return found


_TOKENS = _Tokens()


def bits_of(tokens: Iterable[str]) -> int:
    """Of the lists that may have something among these tokens."""
    return reduce(or_, map(_TOKENS.__getitem__, tokens), _EVERY)


def any_of(*lists: Words) -> int:
    """The bits of several lists together."""
    found = 0
    for one in lists:
        found |= one.bit
    return found


def _needed(way: _Way) -> _Way | None:
    """The rarest token of a way, or None where none is known."""
    *whole, last = way.text.split(" ")
    tokens = [_Way(token) for token in whole if token]
    if last:
        tokens.append(_Way(last, open=way.open))
    return max(tokens, key=_rarity, default=None)


def _rarity(token: _Way) -> tuple[int, int]:
    """By which one token is asked for rather than another: how rare, then how long."""
    if token.text.startswith(_DIGIT):
        return len(_COMMON), 0
    if not token.open and token.text in _RANKS:
        return _RANKS[token.text], 0
    return len(_COMMON) + 1 - (token.open and len(token.text) < 3) * 2, len(token.text)


def _ways(pattern: str) -> frozenset[_Way]:
    """The ways in which a match of the pattern can begin."""
    reading = _Reading(pattern)
    try:
        found = reading.alternatives()
    except ValueError:
        return _UNKNOWN
    return found if reading.at_end else _UNKNOWN


class _Reading:
    """Reads a pattern from left to right. Raises ValueError for what it does not know."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0

    @property
    def at_end(self) -> bool:
        return self._at >= len(self._pattern)

    def _next(self) -> str:
        return self._pattern[self._at : self._at + 1]

    def alternatives(self) -> frozenset[_Way]:
        """Up to the end or a closing bracket."""
        found = self._sequence()
        while self._next() == "|":
            self._at += 1
            found |= self._sequence()
        return found

    def _sequence(self) -> frozenset[_Way]:
        ways = frozenset({_Way("")})
        while self._next() not in ("", "|", ")"):
            ways = _followed(ways, self._quantified(self._atom()))
        return ways

    def _atom(self) -> frozenset[_Way]:
        one = self._next()
        self._at += 1
        if one == "(":
            return self._group()
        if one == "[":
            return self._class()
        if one == "\\":
            escaped = self._next()
            self._at += 1
            if escaped == "d":
                return frozenset({_Way(_DIGIT)})
            return frozenset({_Way(escaped)}) if escaped in ".()?+" else _UNKNOWN
        return frozenset({_Way(one)}) if one in _LITERAL else _UNKNOWN

    def _group(self) -> frozenset[_Way]:
        beside = False
        if self._next() == "?":
            start = self._at
            if self._pattern.startswith("?:", start):
                self._at += 2
            elif self._pattern.startswith("?P<", start):
                self._at = self._pattern.index(">", start) + 1
            elif self._pattern.startswith(("?=", "?!"), start):
                beside, self._at = True, start + 2
            elif self._pattern.startswith(("?<=", "?<!"), start):
                beside, self._at = True, start + 3
            else:
                raise ValueError("what this group is for is not known")
        found = self.alternatives()
        self._at += 1
        # What is only looked at takes no place.
        return frozenset({_Way("")}) if beside else found

    def _class(self) -> frozenset[_Way]:
        end = self._pattern.index("]", self._at + 1)
        inside, self._at = self._pattern[self._at : end], end + 1
        if all(one in "0123456789-" for one in inside) and inside[0] != "-":
            return frozenset({_Way(_DIGIT)})
        if any(one in "^\\" for one in inside) or "-" in inside[1:-1]:
            return _UNKNOWN
        return frozenset(_Way(one) if one in _LITERAL else _Way("", open=True) for one in inside)

    def _quantified(self, atom: frozenset[_Way]) -> frozenset[_Way]:
        sign = self._next()
        if sign not in _QUANTIFIERS:
            return atom
        least = 0
        self._at += 1
        if sign == "{":
            end = self._pattern.index("}", self._at)
            least = int(self._pattern[self._at : end].split(",")[0] or 0)
            self._at = end + 1
        elif sign == "+":
            least = 1
        if self._next() in ("?", "+"):
            self._at += 1
        if sign != "?":
            # How often is not known, so nothing is of what comes after the first; figures are one token, however many.
            atom = frozenset(way if way.text == _DIGIT else _Way(way.text, open=True) for way in atom)
        return atom if least else atom | {_Way("")}


def _followed(ways: frozenset[_Way], by: frozenset[_Way]) -> frozenset[_Way]:
    if len(ways) * len(by) > _MOST_WAYS:
        return frozenset(_Way(way.text, open=True) for way in ways)
    found = set()
    for way in ways:
        if way.open:
            found.add(way)
            continue
        for next in by:
            text = way.text
            if text.endswith(_DIGIT):
                found.add(_Way(text + next.text.removeprefix(_DIGIT).lstrip(_FIGURES), next.open))
            elif not next.text.startswith(_DIGIT):
                found.add(_Way(text + next.text, next.open))
            elif (before := text.rstrip(_FIGURES)).endswith(" ") or not before:
                found.add(_Way(before + next.text, next.open))
            else:
                found.add(_Way(text, open=True))
    return frozenset(found)
