"""What the right answer is: the stable allocation, and how wide an offer is shown."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from services.matching.domain.configuration import Configuration
from services.matching.domain.facts import OfferFacts
from services.matching.domain.scale import SCALE
from services.matching.domain.ties import pair_rank


@dataclass(frozen=True, slots=True)
class Pair:
    """A profile and an offer that may meet, with the score of the pair."""

    profile_id: str
    offer_id: str
    score: int

    @property
    def rank(self) -> tuple[int, int, int]:
        """Sort key, best first."""
        return pair_rank(self.score, self.profile_id, self.offer_id)


def stable_allocation(pairs: Iterable[Pair], room: int, budget: Callable[[str], int]) -> set[Pair]:
    """The only set of pairs that leaves out no pair which both sides would put in the place of one they have.

    One score per pair makes it unique, and taking pairs by falling score while both have room finds it. This is the
    oracle that the engine is held against.
    """
    of_profile: dict[str, int] = defaultdict(int)
    of_offer: dict[str, int] = defaultdict(int)
    taken = set()
    for pair in sorted(pairs, key=lambda pair: pair.rank):
        if of_profile[pair.profile_id] < room and of_offer[pair.offer_id] < budget(pair.offer_id):
            of_profile[pair.profile_id] += 1
            of_offer[pair.offer_id] += 1
            taken.add(pair)
    return taken


@dataclass(frozen=True, slots=True)
class Demand:
    """What became of an offer so far: applications still open, and the day of the latest one (0: none ever)."""

    pending: int = 0
    last_day: int = 0


def widening_step(offer: OfferFacts, demand: Demand, configuration: Configuration, today: int) -> int:
    """How many steps an offer has been widened because nobody applied: one each ``widening_days``."""
    since = max(offer.published_day, demand.last_day)
    if not since or demand.pending:
        return 0
    return min(max(0, today - since) // configuration.widening_days, len(configuration.widening) - 1)


def exposure_budget(offer: OfferFacts, demand: Demand, configuration: Configuration, today: int) -> int:
    """How many seekers are shown the offer: so many a position, more when nobody applies, less what already applied."""
    step = widening_step(offer, demand, configuration, today)
    full = offer.positions * configuration.exposure_per_position * configuration.widening[step] // SCALE
    return max(0, full - demand.pending)
