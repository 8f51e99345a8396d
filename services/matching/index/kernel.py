"""The terms and the score over arrays: the same whole numbers as ``domain.affinity``, one side being a single row.

Each function takes numbers or arrays for either side and broadcasts, so that both indexes share it.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.matching.domain.affinity import open_to_all, presumed, wished_by
from services.matching.domain.configuration import Configuration
from services.matching.domain.facts import UNKNOWN, OfferFacts
from services.matching.domain.occupations import Affinities
from services.matching.domain.scale import SCALE
from services.matching.index.encoding import Ints, Rows, branch_posting, occupation_number
from services.matching.index.layout import OCCUPATION_CODES
from services.matching.index.layout import SCHEDULE as SCHEDULE_BITS

Values = Any
"""A whole number or an array of them."""
SCHEDULE = np.uint64(SCHEDULE_BITS)


CLOSE = 5_500
"""Affinity from which an occupation has few neighbours, looked up one by one; the others go by whole branches."""


def _either(condition: Values, one: Values, other: Values) -> Values:
    """``numpy.where`` for arrays; for a single condition no array is made."""
    return np.where(condition, one, other) if isinstance(condition, np.ndarray) else one if condition else other


class Offered(NamedTuple):
    """What an offer gives of what people wish."""

    contract: Values
    minutes: Values
    wage: Values
    schedule_known: Values

    @classmethod
    def of_rows(cls, rows: Rows, at: Any = slice(None)) -> "Offered":
        """Of many rows, or of those at some positions, wide enough to multiply."""
        return cls(*(rows[name][at].astype(np.int64) for name in cls._fields))


class Demanded(NamedTuple):
    """What title and text of an offer ask."""

    rung: Values
    level: Values
    months: Values
    asks: Values

    @classmethod
    def of(cls, offer: OfferFacts) -> "Demanded":
        """Of one offer."""
        return cls(offer.rung, offer.level, offer.months, offer.asks)

    @classmethod
    def of_rows(cls, rows: Rows, at: Any = slice(None)) -> "Demanded":
        """Of many rows, or of those at some positions."""
        return cls(*(rows[name][at].astype(np.int64) for name in cls._fields))


class Has(NamedTuple):
    """What people have of what is demanded: the stated level, bits of ``Ask``, and by wish its occupation and months.

    ``near``: affinity of each wish to the offer's occupation, 0 where there is none.
    """

    level: Values
    held: Values
    near: Any
    months: Any
    wished: Any


class Wished(NamedTuple):
    """What people wish, beside what they need."""

    wished_contracts: Values
    wished_minutes: Values
    wage_floor: Values
    restricted: Values

    @classmethod
    def of_rows(cls, rows: Rows, lacks: Any, at: Any = slice(None)) -> "Wished":
        """Of many rows, or of those at some positions, wide enough to multiply; ``lacks``: their words, taken already."""
        wide = (rows[name][at].astype(np.int64) for name in ("wished_contracts", "wished_minutes", "wage_floor"))
        contracts, minutes, floor = wide
        return cls(contracts, minutes, floor, lacks & SCHEDULE != 0)


@dataclass(frozen=True, slots=True)
class Near:
    """What is near one occupation: the table, the close ones, the postings of the others, and the most of each."""

    numbers: Ints
    points: Ints
    close: list[int]
    most_close: int
    far: list[int]
    most_far: int


MANY = 4
"""From so many occupations of a branch on, its posting is one look instead of many."""


def _postings(numbers: list[int]) -> list[int]:
    """The postings that hold these occupations: a branch's own, with some people too many, where it has many of them."""
    branches: dict[int, list[int]] = {}
    for number in numbers:
        branches.setdefault(branch_posting(number), []).append(number)
    return sorted(posting for branch, some in branches.items() for posting in ([branch] if len(some) >= MANY else some))


class Rules:
    """Configuration and referential, laid out for the arrays."""

    def __init__(self, configuration: Configuration, affinities: Affinities) -> None:
        self.configuration = configuration
        self.affinities = affinities
        self.weights = configuration.weights
        ages = configuration.freshness_days + configuration.freshness_step_days + 1
        self.fresh = np.array([configuration.freshness(age) for age in range(ages)], np.int64)
        self.open = np.full(OCCUPATION_CODES, configuration.open_affinity, np.int32)
        """By occupation number of an offer, what it is to people who name none."""
        for code in {*affinities.regulated, *affinities.standings}:
            self.open[occupation_number(code)] = open_to_all(code, configuration, affinities)
        # By occupation number, what whoever seeks or practises it is taken to be and to hold.
        self.rungs = np.zeros(OCCUPATION_CODES, np.int8)
        self.levels = np.zeros(OCCUPATION_CODES, np.int8)
        self.cards = np.zeros(OCCUPATION_CODES, np.int64)
        for code, standing in affinities.standings.items():
            number = occupation_number(code)
            self.rungs[number], self.levels[number] = standing.rung, standing.level
            self.cards[number] = presumed(standing)
        self.kept = np.zeros(OCCUPATION_CODES, np.bool_)
        """By occupation number, whether the law keeps it: what the text says beside it does not count."""
        self.kept[[occupation_number(code) for code in affinities.regulated]] = True
        # Affinity by occupation number: filled for a question, emptied after it.
        self.table = np.zeros(OCCUPATION_CODES, np.int32)
        # Distance terms that are tried for how far it is worth looking.
        self.steps = np.linspace(configuration.distance_floor, SCALE, 33).astype(np.int64)
        self._wished: dict[tuple[str | None, str | None], Near] = {}
        self._offered: dict[str, Near] = {}

    def wished_near(self, offer: OfferFacts) -> "Near":
        """Wishes near an offer's occupation, or that of its text."""
        key = offer.occupation, offer.also
        found = self._wished.get(key)
        if found is None:
            found = self._wished[key] = self._laid_out(wished_by(offer, self.configuration, self.affinities))
        return found

    def near(self, around: "Near", offered: Values, also: Values) -> Values:
        """Affinity of a wish to offers, by their occupation and by that of their text. ``around``: what is near the wish."""
        self.table[around.numbers] = around.points
        by_text = self.table.take(np.where(self.kept.take(offered), 0, also)) * self.configuration.text_share // SCALE
        found = np.maximum(self.table.take(offered), by_text)
        self.table[around.numbers] = 0
        return found

    def offered_near(self, code: str) -> "Near":
        """Offers' occupations near a wish."""
        found = self._offered.get(code)
        if found is None:
            found = self._offered[code] = self._laid_out(self.affinities.offered_near(code))
        return found

    def _laid_out(self, near: dict[str, int]) -> "Near":
        numbers = np.array([occupation_number(code) for code in near], np.int32)
        points = np.array(list(near.values()), np.int32)
        least = self.configuration.minimum_affinity
        # The occupation itself comes first in the table, with an affinity of one.
        close = [at for at in range(1, len(numbers)) if points[at] >= max(least, CLOSE)]
        far = [at for at in range(1, len(numbers)) if least <= points[at] < CLOSE]
        return Near(
            numbers,
            points,
            close=[int(numbers[at]) for at in close],
            most_close=max((int(points[at]) for at in close), default=0),
            far=_postings([int(numbers[at]) for at in far]),
            most_far=max((int(points[at]) for at in far), default=0),
        )

    def freshness(self, ages: Values) -> Values:
        """Freshness terms of ages in days."""
        return self.fresh[np.minimum(np.maximum(ages, 0), len(self.fresh) - 1)]

    def distance(self, squared: NDArray[np.float64], reach: Values) -> Values:
        """Distance terms of squared decimetres within a reach."""
        away = np.minimum(np.sqrt(squared).astype(np.int64), reach)
        return SCALE - (SCALE - self.configuration.distance_floor) * away // np.maximum(reach, 1)

    def wishes(self, offer: Offered, profile: Wished) -> Values:
        """Mean of contract, hours, wage and schedule."""
        rules, neutral = self.configuration, self.configuration.neutral
        contracts, wished_minutes, floor, restricted = profile
        contract, minutes, wage, known = offer
        liked = _either(contracts & contract != 0, SCALE, rules.other_contract)
        of_contract = _either(contracts == 0, neutral, liked)
        off = np.minimum(np.abs(minutes - wished_minutes), rules.hours_tolerance)
        unsaid = (minutes == UNKNOWN) | (wished_minutes == UNKNOWN)
        of_hours = _either(unsaid, neutral, SCALE - SCALE * off // rules.hours_tolerance)
        met = SCALE * np.minimum(wage, floor) // np.maximum(floor, 1)
        of_wage = _either((floor == 0) | (wage == UNKNOWN), neutral, met)
        of_schedule = _either(restricted & (known != 0), SCALE, neutral)
        return (of_contract + of_hours + of_wage + of_schedule) // 4

    def skills(self, has: Values, asked: Values) -> Values:
        """Skills terms of so many points held of those asked; whoever asks none has 0 of each."""
        floor = self.configuration.skills_floor
        return floor + (SCALE - floor) * has // np.maximum(asked, 1)

    def experience(self, near: Any, months: Any, asked: Values, unknown: Values) -> Values:
        """Experience terms. ``near`` and ``months``: a row for each wish; ``unknown``: no occupation on one side."""
        rules = self.configuration
        spare = (near * months // SCALE).max(axis=0) - asked - rules.ample_months
        reach = rules.ample_months
        left = SCALE - (SCALE - rules.ample_floor) * np.minimum(np.maximum(spare, 0), reach) // reach
        if not np.any(asked):
            return _either(unknown, SCALE, left)
        enough = (near * np.minimum(months, asked) // np.maximum(asked, 1)).max(axis=0)
        enough = _either(asked == 0, SCALE, enough)
        return _either(unknown, _either(asked == 0, SCALE, rules.neutral), enough * left // SCALE)

    def demands(self, offer: Demanded, profile: Has) -> Values:
        """What is left by all that is asked: ``domain.affinity.demands`` over arrays. What no offer asks is not worked out."""
        rules = self.configuration
        practised = (profile.near * profile.months // SCALE).max(axis=0)
        gap = offer.rung - (self.rungs.take(profile.wished) * (profile.near > 0)).max(axis=0)
        ladder = np.array([0, SCALE, rules.step_down, rules.step_down // 2], np.int64)
        # Two above are nothing, one above is open with experience, and below each costs.
        left = ladder.take(np.where(gap > 1, 0, np.minimum(1 - gap, 3)))
        left = np.where(gap == 1, np.where(practised >= rules.step_up_months, SCALE, rules.step_up), left)
        if np.any(offer.level):
            level = np.where(profile.level > 0, profile.level, self.levels.take(profile.wished).max(axis=0))
            short = np.where((offer.level > 0) & (level > 0), offer.level - level, 0)
            steps = np.array([SCALE, rules.level_short, rules.level_far], np.int64)
            left = np.minimum(left, steps.take(np.minimum(np.maximum(short, 0), 2)))
        if np.any(offer.months >= rules.inexperienced_months):
            green = (offer.months >= rules.inexperienced_months) & (practised * 2 < offer.months)
            left = np.minimum(left, np.where(green, rules.inexperienced, SCALE))
        if np.any(offer.asks):
            held = profile.held | np.bitwise_or.reduce(self.cards.take(profile.wished), axis=0)
            left = np.minimum(left, np.where(offer.asks & ~held, rules.card_missing, SCALE))
        return left

    def score(
        self,
        occupation: Values,
        skills: Values,
        distance: Values,
        experience: Values,
        freshness: Values,
        wishes: Values,
        reply: Values,
        demands: Values,
    ) -> Values:
        """Weighted sum of the terms and of the mutual interest that follows from them."""
        weights = self.weights
        seeker = (occupation + distance + wishes) // 3
        employer = (occupation + skills + experience) // 3
        return (
            (weights.freshness * freshness + weights.reply * reply)
            + weights.occupation * occupation
            + weights.skills * skills
            + weights.distance * distance
            + weights.experience * experience
            + weights.wishes * wishes
            + weights.demands * demands
            + weights.mutual * (seeker * employer // SCALE)
        )
