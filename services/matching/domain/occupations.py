"""How near two occupations are, as a table in basis points that the composition root fills from the referential."""

from collections.abc import Mapping

from services.matching.domain.configuration import SCALE


class Affinities:
    """Affinity of a wished occupation to an offer's: ``SCALE`` for the same, 0 when nothing is known.

    A code that the table does not know matches itself only.
    """

    def __init__(self, pairs: Mapping[str, Mapping[str, int]] | None = None) -> None:
        """``pairs``: wished code → offer's code → basis points of 1 to 10,000."""
        self._forward: dict[str, dict[str, int]] = {}
        self._backward: dict[str, dict[str, int]] = {}
        for wished, offered in (pairs or {}).items():
            self._forward.setdefault(wished, {})
            for code, points in offered.items():
                if not 0 <= points <= SCALE:
                    raise ValueError(f"affinity {wished} → {code} is {points}, not a share of {SCALE}")
                if points and code != wished:
                    self._forward[wished][code] = points
                    self._backward.setdefault(code, {})[wished] = points

    def known(self, code: str) -> bool:
        """Whether the referential knows the code."""
        return code in self._forward or code in self._backward

    def of(self, wished: str, offered: str) -> int:
        """Affinity in basis points."""
        return SCALE if wished == offered else self._forward.get(wished, {}).get(offered, 0)

    def offered_near(self, wished: str) -> dict[str, int]:
        """Offer codes near a wished one, itself included."""
        return {wished: SCALE, **self._forward.get(wished, {})}

    def wished_near(self, offered: str) -> dict[str, int]:
        """Wished codes near an offer's, itself included."""
        return {offered: SCALE, **self._backward.get(offered, {})}
