"""Which occupations the skills of somebody point to who names none, neither sought nor practised.

One skill alone says little, and one that half of all occupations ask says nothing: skills count by how rare they are. What they
point to is no wish: it counts less than a named one, never opens what the law keeps or what wants a longer school or a diploma of
care, and leads nobody. People are told so, and asked whether that is what they look for.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from services.matching.domain.scale import SCALE

MOST_POINTED = 5
"""Occupations that skills point to: a row has room for eight, and nobody looks for more at once."""
_AT_LEAST = 2
"""Skills that an occupation has to ask of those that somebody has."""
_OF_THE_BEST = 6_000
"""Share of what the best has that another has to have beside it, in basis points."""
_REMEMBERED = 8_192


class Pointers:
    """How rare each skill is, which occupations ask it, and what these are called."""

    def __init__(
        self,
        asking: Mapping[int, tuple[int, tuple[str, ...]]] | None = None,
        least: int = 0,
        labels: Mapping[str, str] | None = None,
    ) -> None:
        """``asking``: skill key → (rarity, codes); ``least``: rarity in common from which skills point to an occupation."""
        self._asking = asking or {}
        self._labels = labels or {}
        self._least = least
        self._found: dict[tuple[tuple[int, ...], int], tuple[str, ...]] = {}

    def label(self, code: str) -> str:
        """What an occupation is called; its code where nobody knows."""
        return self._labels.get(code, code)

    def among(self, skills: Sequence[int], level: int, allowed: Callable[[str], bool]) -> tuple[str, ...]:
        """The codes that skills (keys) point to, the likeliest first. ``allowed``: by the ``level`` of whoever has them."""
        key = tuple(skills), level
        found = self._found.get(key)
        if found is None:
            if len(self._found) >= _REMEMBERED:
                self._found.clear()
            found = self._found[key] = self._work_out(skills, allowed)
        return found

    def _work_out(self, skills: Sequence[int], allowed: Callable[[str], bool]) -> tuple[str, ...]:
        points: Counter[str] = Counter()
        skilled: Counter[str] = Counter()
        for skill in {*skills}:
            rarity, codes = self._asking.get(skill, (0, ()))
            for code in codes:
                points[code] += rarity
                skilled[code] += 1
        enough = [
            code
            for code, found in points.items()
            if found >= self._least and skilled[code] >= _AT_LEAST and allowed(code)
        ]
        best = max((points[code] for code in enough), default=0)
        near = [code for code in enough if points[code] * SCALE >= best * _OF_THE_BEST]
        return tuple(sorted(near, key=lambda code: (-points[code], code))[:MOST_POINTED])


class Told(Pointers):
    """What skills pointed to when something was worked out, for whoever works it out again."""

    def __init__(self, codes: Sequence[str]) -> None:
        super().__init__()
        self._codes = tuple(codes)

    def among(self, skills: Sequence[int], level: int, allowed: Callable[[str], bool]) -> tuple[str, ...]:
        """The same codes, whatever a referential says now."""
        return self._codes
