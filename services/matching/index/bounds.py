"""What somebody can score for an offer at most, told from little: affinity, a sketch of the skills, the distance.

Whoever stays below the score of the worst that is wanted is left out before anything else of them is read. A bound is
never too low, so leaving out by bounds changes no answer.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.matching.domain.affinity import REQUIRED_WEIGHT, WISHED_WEIGHT
from services.matching.domain.affinity import reply as reply_term
from services.matching.domain.facts import OfferFacts
from services.matching.domain.scale import SCALE
from services.matching.index.encoding import SkillNumbers, needed, skill_bit
from services.matching.index.kernel import Rules
from services.matching.index.passing import suits
from services.matching.index.postings import Words

SLACK_DM = 2.0
"""Added to a share of a reach: distances count in whole decimetres, rounded down."""

Shares = NDArray[np.float64]
"""By points of skills, the share of their own range within which people can score enough; below zero: nowhere.

More points of skills never have a smaller share.
"""
EVERYBODY: Shares = np.ones(1)
"""While nothing is known that would leave anybody out."""


@dataclass(frozen=True, slots=True)
class Question:
    """Who is asked for, with what is needed of it again and again."""

    offer: OfferFacts
    today: int
    exclude: tuple[str, ...]
    above_bar: bool
    ranges: Any
    """Key ranges of the cells from which people may come."""
    needs: np.uint64
    sketch: list[tuple[int, np.uint64]]
    """Points of skills, and the bits of the asked skills that give so many."""
    asked: int
    """Points of somebody who has every asked skill."""


def skill_bits(offer: OfferFacts, skills: SkillNumbers) -> tuple[list[tuple[int, np.uint64]], int]:
    """``sketch`` and ``asked`` of a question. Skills that share a bit count together, as whoever has it may have all."""
    points: dict[int, int] = {}
    for skill in offer.skills:
        bit = skill_bit(skills.number(skill.key))
        points[bit] = points.get(bit, 0) + (REQUIRED_WEIGHT if skill.required else WISHED_WEIGHT)
    sketch: dict[int, int] = {}
    for bit, weight in points.items():
        sketch[weight] = sketch.get(weight, 0) | bit
    return [(weight, np.uint64(bits)) for weight, bits in sketch.items()], sum(points.values())


def needed_word(offer: OfferFacts) -> np.uint64:
    """The bits that no word may have in common with the offer."""
    return np.uint64(needed(offer))


def skill_points(ask: Question, words: Words) -> NDArray[np.intp]:
    """Points of skills at most, as far as words tell."""
    found = np.zeros(len(words), np.intp)
    for weight, bits in ask.sketch:
        found += np.bitwise_count(words & bits).astype(np.intp) * weight
    return found


def likeliest(ask: Question, words: Words, count: int) -> NDArray[np.intp]:
    """Positions of about so many who lack nothing needed, those with the most points of skills."""
    at = np.flatnonzero(suits(ask.needs, words))
    if len(at) <= count:
        return at
    points = skill_points(ask, words[at])
    having = np.bincount(points, minlength=ask.asked + 1)
    at_least = having[::-1].cumsum()[::-1]
    # All who have more points than these fit; of those who have just as many, some from everywhere.
    fewest = int(np.flatnonzero(at_least > count)[-1])
    room = max(1, count - int(at_least[fewest] - having[fewest]))
    like = np.flatnonzero(points == fewest)
    return np.concatenate([at[points > fewest], at[like[:: max(1, len(like) // room)]]])


def shares(rules: Rules, ask: Question, points: int, least: int) -> Shares:
    """Within which share of their range people of this affinity can score ``least``; 0: nothing is left out."""
    if not least:
        return EVERYBODY
    configuration = rules.configuration
    floor, asked = configuration.distance_floor, ask.asked
    skills = rules.skills(np.arange(asked + 1), asked)
    if ask.offer.position is None or floor == SCALE:
        term = configuration.neutral if ask.offer.position is None else SCALE
        return np.where(_most(rules, ask, points, term, skills) >= least, 1.0, -1.0)
    enough = _most(rules, ask, points, rules.steps, skills[:, None]) >= least
    # One step further than the first that suffices: between two steps nothing is known.
    before = np.maximum(enough.argmax(axis=1) - 1, 0)
    found: Shares = np.where(enough[:, -1], (SCALE - rules.steps[before]) / (SCALE - floor), -1.0)
    return found


def _most(rules: Rules, ask: Question, points: int, distance: Any, skills: Any) -> Any:
    """Every wish met, and as much experience as that affinity allows."""
    fresh = rules.configuration.freshness(ask.today - ask.offer.confirmed_day)
    # Who names no occupation has a neutral experience, whatever is asked.
    experience = max(points, rules.configuration.neutral) if ask.offer.months else SCALE
    reply = reply_term(ask.offer, rules.configuration)
    return rules.score(points, skills, distance, experience, fresh, SCALE, reply, SCALE)
