"""Lists of words that a sentence is looked through for, and the beginnings without one of which it cannot have any of them.

Some hundred and fifty lists are looked for in each sentence, and nearly all of them are not in it. What a list needs is read
from its own pattern: of each way in which one of its alternatives can begin, what is literally there. All beginnings of all
lists are looked for at once, in one pass over a text (Aho-Corasick). A sentence knows by one bit for each list whether it has
one of them; only then the pattern itself is run. What is not understood of a pattern is taken for anything, so that the answer
is never another one than the pattern's.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from re import Match, compile
from typing import Final, NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from shared.once import made_once

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
_LONGEST = 24
"""Characters of a beginning that are looked for: what is longer is told by its pattern."""
_OTHER_DIGITS = compile(r"[^\W\x00-\x7f]")
"""Beside a digit of another script a word may begin in the middle of a token."""
_LITERAL = frozenset("abcdefghijklmnopqrstuvwxyz0123456789 '-/%:,;€")
_QUANTIFIERS = frozenset("?*+{")


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
        self.bit = _BEGINNINGS.bit_of(*(way for one in alternatives for way in _ways(one)))


class Stems:
    """The first four letters of words."""

    __slots__ = ("bit",)

    def __init__(self, words: str) -> None:
        self.bit = _BEGINNINGS.bit_of_stems(words.split())


class Beginnings:
    """By beginning the bits of the lists that may have something where it stands."""

    def __init__(self) -> None:
        self._next = _EVERY << 1
        self._bits: dict[str, int] = {}
        self._of_stems = 0
        self._asked = False

    def bit_of(self, *ways: _Way) -> int:
        """The bit of a new list; once sentences were read it is the one that they all have."""
        if self._asked or not all(way.text.strip() for way in ways):
            return _EVERY
        return self._bit_of({one for way in ways for one in _looked_for(way)})

    def bit_of_stems(self, words: Iterable[str]) -> int:
        """The bit of a list of tokens' beginnings. Raises RuntimeError: sentences were read already."""
        if self._asked:
            raise RuntimeError("stems are listed when the module is read")
        bit = self._bit_of({f" {word[:_STEM]}" if len(word) >= _STEM else f" {word} " for word in words})
        self._of_stems |= bit
        return bit

    def _bit_of(self, looked_for: set[str]) -> int:
        bit, self._next = self._next, self._next << 1
        for one in looked_for:
            # What begins with another of them says nothing more.
            if not any(one[:end] in looked_for for end in range(1, len(one))):
                self._bits[one] = self._bits.get(one, 0) | bit
        return bit

    @made_once
    def _automaton(self) -> tuple[AhoCorasick, list[int]]:
        self._asked = True
        looked_for = sorted(self._bits)
        made = AhoCorasick(looked_for, MatchKind.Standard, False, Implementation.ContiguousNFA)
        return made, [self._bits[one] for one in looked_for]

    def bits_in(self, text: str, stops: Sequence[int]) -> list[int]:
        """Of each stretch of a text with a space around every token, the bits of all lists that may have something within it;
        ``stops``: their ends, each behind a space.
        """
        if not stops:
            return []
        automaton, bits = self._automaton
        every = _EVERY if text.isascii() else self._odd(text)
        found = [every] * len(stops)
        at, stop = 0, stops[0]
        # By their ends, from left to right.
        for number, _, end in automaton.find_matches_as_indexes(text, overlapping=True):
            while end > stop:
                at += 1
                if at == len(stops):
                    return found
                stop = stops[at]
            found[at] |= bits[number]
        return found

    def bits_of(self, text: str) -> int:
        """Of all lists that may have something in such a text."""
        return self.bits_in(text, (len(text),))[0]

    def _odd(self, text: str) -> int:
        return (self._next - 1) & ~self._of_stems if _OTHER_DIGITS.search(text) else _EVERY


_BEGINNINGS = Beginnings()
bits_of, bits_in = _BEGINNINGS.bits_of, _BEGINNINGS.bits_in


def any_of(*lists: Words) -> int:
    """The bits of several lists together."""
    found = 0
    for one in lists:
        found |= one.bit
    return found


def _looked_for(way: _Way) -> Iterator[str]:
    """What a text has where something begins in this way; a word begins behind a space, and ends before one or an apostrophe."""
    # Nothing but a space or a figure stands before a figure, or behind one.
    first, *rest = way.text.split(_DIGIT)
    begins = first if first.startswith(" ") else f" {first}"
    if not rest:
        yield from _ended(begins, way)
        return
    *within, last = rest
    longest = max(within, key=len, default="")
    if longest and not (first or last):
        # Of «80 kg , 175» what stands between, for any figure would be looked for in vain.
        yield from (f"{digit}{longest}"[:_LONGEST] for digit in _FIGURES)
    elif len(first) >= len(last):
        yield from (f"{begins}{digit}"[:_LONGEST] for digit in _FIGURES)
    else:
        yield from (one for digit in _FIGURES for one in _ended(f"{digit}{last}", way))


def _ended(text: str, way: _Way) -> Iterator[str]:
    if way.open or len(text) > _LONGEST or not text[-1].isalnum():
        yield text[:_LONGEST]
    else:
        yield f"{text} "
        if text[-1].isalpha():
            yield f"{text}'"


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
            return frozenset(_Way(digit) for digit in _FIGURES if compile(f"[{inside}]").match(digit))
        if any(one in "^\\" for one in inside) or "-" in inside[1:-1]:
            return _UNKNOWN
        return frozenset(_Way(one) if one in _LITERAL or one in ".*" else _Way("", open=True) for one in inside)

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
