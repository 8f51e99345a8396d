"""The product's own answer on a set of people and offers: facts, constraints, score, stable allocation and order.

The domain of matching is asked directly (no database, no broker): the engine gives the same allocation, which its own tests
prove.
"""

import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from services.matching.domain.allocation import Demand, Pair, exposure_budget, stable_allocation
from services.matching.domain.configuration import Configuration
from services.matching.domain.constraints import Failed
from services.matching.domain.facts import OfferFacts, ProfileFacts
from services.matching.domain.facts_told import offer_facts, profile_facts
from services.matching.domain.order import Listed, in_order
from services.matching.domain.scale import SCALE
from services.matching.domain.scoring import Judgement, judge
from services.matching.domain.wider import wider
from services.matching.index.referential import Structure, load_structure, shipped_structure
from shared.contracts.events.offers import OfferState
from shared.contracts.events.profiles import ProfileState
from shared.reference.occupations import Occupations
from shared.reference.rome import import_rome

ROME = Path(__file__).resolve().parents[3] / "shared" / "data" / "rome" / "rome_v460_official.zip"
MOBILITY = ROME.with_name("mobility_v347.csv.gz")
Asked = Callable[[ProfileState], Iterable[OfferState]]


@dataclass(frozen=True)
class Referential:
    """Occupations and their nearness, from the official archive where it is at hand, else the shipped ones."""

    occupations: Occupations
    structure: Structure
    official: bool


@cache
def referential() -> Referential:
    """As an installation imports it."""
    if not ROME.is_file():
        return Referential(Occupations.load(), shipped_structure(), official=False)
    with tempfile.TemporaryDirectory() as folder:
        imported = Path(folder) / "occupations.json.gz"
        import_rome(ROME, imported, MOBILITY if MOBILITY.is_file() else None)
        return Referential(Occupations.load(imported), load_structure(str(imported)), official=True)


@dataclass(frozen=True)
class Recommended:
    """One line of a person's list. ``wider``: no recommendation but «pour élargir», which stands apart below the list."""

    offer_id: str
    judgement: Judgement
    wider: bool = False


_OWN_JUDGEMENT = Failed.OCCUPATION | Failed.DEMANDS
"""What the engine leaves out by its own reading of occupations and texts: no need of the person, no law says it."""


@dataclass
class Rings:
    """Pairs (profile id, offer id) that lists may be chosen from, each ring within the next.

    ``recommendable``: before exposure chooses among them. ``listed``: these and what may stand apart as «pour élargir».
    ``lawful``: all that meets the person's needs and is not kept for others by law (a regulated occupation that they
    neither seek nor hold), however far the occupation is and whatever the text asks beside: what any lawful platform may show.
    """

    recommendable: set[tuple[str, str]] = field(default_factory=set)
    listed: set[tuple[str, str]] = field(default_factory=set)
    lawful: set[tuple[str, str]] = field(default_factory=set)


def recommend(
    people: Iterable[ProfileState],
    offers: Mapping[str, OfferState],
    configuration: Configuration,
    structure: Structure,
    today: int,
    asked: Asked | None = None,
    filled: int = 0,
    rings: Rings | None = None,
) -> dict[str, list[Recommended]]:
    """Profile id → what that person is shown, in the order of the list.

    ``asked`` narrows the offers judged for a person to those that can pass at all, for speed. Lists shorter than ``filled``
    are followed by what stands apart as «pour élargir», up to that length. ``rings`` are filled, where they are given.
    """
    affinities = structure.under(configuration)
    facts: dict[str, OfferFacts] = {offer.offer_id: offer_facts(offer) for offer in offers.values()}
    pairs: list[Pair] = []
    judged: dict[tuple[str, str], Judgement] = {}
    others: dict[str, tuple[ProfileFacts, list[OfferFacts]]] = {}
    for state in people:
        profile: ProfileFacts = profile_facts(state)
        rest: list[OfferFacts] = []
        others[profile.profile_id] = profile, rest
        for offer in asked(state) if asked else offers.values():
            verdict = judge(facts[offer.offer_id], profile, configuration, affinities, today)
            if verdict.recommendable(configuration):
                pairs.append(Pair(profile.profile_id, offer.offer_id, verdict.score))
                judged[profile.profile_id, offer.offer_id] = verdict
            else:
                rest.append(facts[offer.offer_id])
            if rings is not None and not verdict.failed & ~_OWN_JUDGEMENT:
                rings.lawful.add((profile.profile_id, offer.offer_id))
    if rings is not None:
        rings.recommendable.update(judged)
        rings.listed.update(judged)
    budgets = {offer_id: exposure_budget(one, Demand(), configuration, today) for offer_id, one in facts.items()}
    allocation = stable_allocation(pairs, configuration.live_per_profile, budgets.__getitem__)
    crowds = Counter(pair.offer_id for pair in allocation)
    shown: dict[str, list[Pair]] = defaultdict(list)
    for pair in allocation:
        shown[pair.profile_id].append(pair)

    def listed(pair: Pair) -> Listed:
        own = judged[pair.profile_id, pair.offer_id].terms.occupation == SCALE
        return Listed(pair.score, pair.offer_id, own, crowds[pair.offer_id], facts[pair.offer_id].positions)

    lists = {
        profile_id: [
            Recommended(one.offer_id, judged[profile_id, one.offer_id]) for one in in_order(mine, listed, configuration)
        ]
        for profile_id, mine in shown.items()
    }
    for profile_id, (profile, rest) in others.items():
        mine_now = lists.setdefault(profile_id, [])
        more = max(0, filled - len(mine_now))
        if more or rings is not None:
            further = wider(profile, rest, configuration, affinities, today, len(rest), crowds)
            mine_now += [Recommended(one.offer.offer_id, one.judgement, wider=True) for one in further[:more]]
            if rings is not None:
                rings.listed.update((profile_id, one.offer.offer_id) for one in further)
    return lists
