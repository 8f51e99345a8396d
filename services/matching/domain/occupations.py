"""How near occupations are, as a table in basis points that the composition root fills from the referential."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from services.matching.domain.configuration import Configuration
from services.matching.domain.facts import TRADE_LEVEL, ProfileFacts
from services.matching.domain.pointing import Pointers
from services.matching.domain.scale import SCALE
from shared.contracts.vocabulary import Card
from shared.reference.standing import Standing

NOTHING_KNOWN = Standing()


TRUSTED = frozenset({"children"})
"""Kinds of simple work to which nobody is sent who did not say so: children are minded by who names it, or whose skills do."""

_OF_PERSONS, _OF_HOMES = frozenset({"children", "home"}), "cleaning"


def is_entrusted(its: Standing) -> bool:
    """Whether somebody's children or body are cared for: simple work, and for nobody who neither named it nor can do anything of
    it. Who cleans a home helps there, and that is open to all.
    """
    return bool(its.kinds & _OF_PERSONS) and _OF_HOMES not in its.kinds


class Affinities:
    """Affinity of a person's occupation to an offer's: ``SCALE`` for the same, 0 when nothing is known.

    A code that the table does not know matches itself only. A *regulated* occupation is for who seeks or holds it (or one
    that may practise it, which the table says): not for somebody who named no occupation either.
    """

    def __init__(
        self,
        pairs: Mapping[str, Mapping[str, int]] | None = None,
        regulated: Iterable[str] = (),
        standings: Mapping[str, Standing] | None = None,
        families: Mapping[str, str] | None = None,
        pointers: Pointers | None = None,
    ) -> None:
        """``pairs``: wished code → offer's code → basis points of 1 to 10,000; ``standings``: of the codes that are known.

        ``families``: of the codes that are not alone in theirs (the occupation of ROME 3 that they were split off from).
        ``pointers``: what skills point to.
        """
        self.pointers = pointers or Pointers()
        self.standings = standings or {}
        self.families = families or {}
        self.regulated = frozenset(regulated)
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

    def under(self, configuration: Configuration) -> "Affinities":
        """This table, whatever the configuration: a table by itself is a ``Referential``."""
        return self

    @property
    def codes(self) -> list[str]:
        """All codes of which anything is known, in order."""
        return sorted({*self._forward, *self._backward, *self.standings, *self.regulated, *self.families})

    def known(self, code: str) -> bool:
        """Whether the referential knows the code."""
        return code in self._forward or code in self._backward

    def of(self, wished: str, offered: str) -> int:
        """Affinity in basis points."""
        return SCALE if wished == offered else self._forward.get(wished, {}).get(offered, 0)

    def sameness(self, one: str, other: str) -> int:
        """2 for one occupation, 1 for what was one until it was split and may be the same work under another name, else 0."""
        if one == other:
            return 2
        family = self.families.get(one)
        return int(family is not None and family == self.families.get(other))

    def standing(self, code: str) -> Standing:
        """How an occupation stands; of one that is not known nothing is."""
        return self.standings.get(code, NOTHING_KNOWN)

    def pointed(self, profile: ProfileFacts) -> tuple[str, ...]:
        """The occupations that the skills of somebody point to who names none; none for anybody else."""
        return () if profile.wishes else self.pointed_by(profile.skills, profile.level)

    def pointed_by(self, skills: Sequence[int], level: int) -> tuple[str, ...]:
        """The same of skills (keys) and of the level of a diploma, 0 where it is not stated."""
        if not skills:
            return ()

        return self.pointers.among(skills, level, lambda code: self.learnt_by_doing(code, level))

    def learnt_by_doing(self, code: str, level: int) -> bool:
        """Whether skills may lead to an occupation: simple work, or what wants no longer school than a trade does, or than the
        ``level`` of who has them; nothing that leads, that the law keeps, or that nobody has without a diploma of care.
        """
        its = self.standing(code)
        learnt = its.simple or (its.level <= max(level, TRADE_LEVEL) and Card.CARE not in its.cards)
        return learnt and not its.rung and code not in self.regulated

    def offered_near(self, wished: str) -> dict[str, int]:
        """Offer codes near a wished one, itself included."""
        return {wished: SCALE, **self._forward.get(wished, {})}

    def wished_near(self, offered: str) -> dict[str, int]:
        """Wished codes near an offer's, itself included."""
        return {offered: SCALE, **self._backward.get(offered, {})}


class Referential(Protocol):
    """What is known of occupations, from which each configuration makes its affinities."""

    def under(self, configuration: Configuration) -> Affinities:
        """The affinities of a configuration."""
        ...
