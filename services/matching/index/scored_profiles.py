"""What each profile is worth for an offer, over the profiles' rows; ``profiles`` finds whom to ask it of."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.matching.domain.affinity import REQUIRED_WEIGHT, WISHED_WEIGHT
from services.matching.domain.affinity import reply as reply_term
from services.matching.domain.facts import OfferFacts
from services.matching.domain.scale import SCALE
from services.matching.index import bounds
from services.matching.index.encoding import Ints, Rows, SkillNumbers, asked_weight, occupation_number
from services.matching.index.kernel import Demanded, Has, Offered, Rules, Wished
from services.matching.index.layout import MONTH_BITS, PROFILE_ROW
from services.matching.index.passing import OfferSide, ProfileSide, passing
from services.matching.index.rows import SlottedRows

FAILED = -1
"""In the place of a score; every score that may be recommended is above."""
_MONTHS = (1 << MONTH_BITS) - 1


class ScoredProfiles(SlottedRows):
    """Rows of profiles that can be scored. ``_more``: by slot, numbers of the skills that its row has no room for."""

    def __init__(self, rules: Rules, capacity: int, skills: SkillNumbers) -> None:
        super().__init__(PROFILE_ROW, capacity, skills)
        self.rules = rules
        self._more: dict[int, list[int]] = {}

    def _within(self, offer: OfferFacts, slots: Ints, share: Any = None) -> tuple[Ints, Any, Rows]:
        """Slots, each once, within their own range, or that share of it; squared distances; reaches."""
        geo = self._geo.take(slots, axis=0)
        if offer.position is None:
            once = self._once(slots)
            return slots[once], None, geo[once, 3].astype(np.int64)
        apart = (geo[:, :3] - np.array(offer.position, np.int32)).astype(np.float64)
        squared = np.einsum("ij,ij->i", apart, apart)
        reach = geo[:, 3].astype(np.float64)
        limit = reach if share is None else np.minimum(reach, share * reach + bounds.SLACK_DM)
        at = np.flatnonzero((squared <= limit * limit) | (reach < 0))
        at = at[self._once(slots[at])]
        return slots[at], squared[at], geo[at, 3].astype(np.int64)

    def _score(self, offer: OfferFacts, slots: Ints, squared: Any, reach: Rows, today: int) -> tuple[Ints, Rows]:
        """The slots, and their scores: ``FAILED`` where another hard constraint is not met."""
        rules, configuration = self.rules, self.rules.configuration
        rows = self._rows.take(slots)
        nowhere = reach < 0 if squared is not None else np.ones(len(slots), bool)
        occupation, experience, demands = self._occupations(offer, rows)
        # Who is within reach was asked before the rows were read.
        kept = passing(
            OfferSide.of(offer),
            ProfileSide.of_rows(rows),
            nowhere,
            True,
            occupation * demands // SCALE,
            configuration,
            today,
        )
        distance: Any = configuration.neutral
        if squared is not None:
            distance = rules.distance(squared, reach)
            distance[nowhere] = configuration.neutral
        score = rules.score(
            occupation,
            self._skills(offer, slots, rows),
            distance,
            experience,
            configuration.freshness(today - offer.confirmed_day),
            rules.wishes(
                Offered(offer.contract, offer.minutes, offer.wage, offer.schedule_known),
                Wished.of_rows(rows, self._bits.take(slots)),
            ),
            reply_term(offer, configuration),
            demands,
        )
        # Few are left out here: to score them as well costs less than to leave them out of every array.
        score[~kept] = FAILED
        return slots, score

    def _occupations(self, offer: OfferFacts, rows: Rows) -> tuple[Any, Any, Any]:
        """Terms of the occupation, the experience and the demands."""
        rules = self.rules
        wishes = self._wishes(rows)
        wished, months = wishes >> MONTH_BITS, (wishes & _MONTHS).astype(np.int64)
        if offer.occupation is None:
            near = np.zeros(wishes.shape, np.int64)
            occupation = np.where(
                wished[0] != 0, rules.configuration.uncoded_affinity, rules.configuration.open_affinity
            )
            experience = rules.configuration.neutral if offer.months else SCALE
        else:
            table = rules.table
            near_by = rules.wished_near(offer)
            table[near_by.numbers] = near_by.points
            near = table.take(wished)
            table[near_by.numbers] = 0
            occupation, nothing = near.max(axis=0), wishes[0] == 0
            occupation[nothing] = rules.open[occupation_number(offer.occupation)]
            experience = rules.experience(near, months, offer.months, nothing)
        has = Has(rows["level"].astype(np.int64), rows["held"].astype(np.int64), near, months, wished)
        return occupation, experience, rules.demands(Demanded.of(offer), has)

    def _wishes(self, rows: Rows) -> Any:
        """Wishes by place in the list: few people name more than three, and what nobody names is not looked at."""
        wishes = rows["wishes"].T
        used = 1
        while used < len(wishes) and wishes[used].any():
            used += 1
        return wishes[:used]

    def _skills(self, offer: OfferFacts, slots: Ints, rows: Rows) -> Any:
        """Skills term."""
        if not offer.skills:
            return self.rules.configuration.skills_floor
        has = self._held(offer, slots, rows)
        return self.rules.skills(has, asked_weight(offer.skills, REQUIRED_WEIGHT, WISHED_WEIGHT))

    def _held(self, offer: OfferFacts, slots: Ints, rows: Rows) -> NDArray[np.int64]:
        """Points of the asked skills that people have."""
        entries = [
            (self.skills.number(skill.key), REQUIRED_WEIGHT if skill.required else WISHED_WEIGHT)
            for skill in offer.skills
        ]
        weights = self._skill_weights(entries)
        has: NDArray[np.int64] = weights.take(rows["skills"].T).sum(axis=0)
        if self._more:
            for at in np.flatnonzero(rows["more_skills"]).tolist():
                has[at] += int(weights[self._more[int(slots[at])]].sum())
        for number, _ in entries:
            weights[number] = 0
        return has
