"""The offers' side: a profile → the best offers."""

from collections.abc import Iterable

from services.matching.domain.facts import OfferFacts, ProfileFacts
from services.matching.domain.scale import SCALE
from services.matching.index.cells import cell
from services.matching.index.encoding import SkillNumbers, branch_posting, occupation_code
from services.matching.index.kernel import Near, Rules
from services.matching.index.layout import OFFER_ROW
from services.matching.index.rows import SEEN, Score, part
from services.matching.index.sides import Offers, Profiles

ANY = -1
"""Posting of all offers: for profiles that seek no occupation in particular."""
UNCODED = 0
"""Posting of the offers without an occupation."""
_TERRITORY = part(OFFER_ROW, "territory")
LEVEL = 0
"""Offers have no reach: one class of small cells."""


class OfferIndex(Offers):
    """Open offers, by id."""

    def __init__(self, rules: Rules, capacity: int = 0, skills: SkillNumbers | None = None) -> None:
        super().__init__(rules, capacity, skills)
        self._asking = Profiles(rules, skills=self.skills)

    def put(self, offer: OfferFacts) -> None:
        """Insert or replace an offer; one that is not open, or that we do not understand, is taken out."""
        if not offer.open or offer.beyond:
            self.remove(offer.offer_id)
            return
        slot = self.ids.find(offer.offer_id)
        if slot:
            before, seen = self._keys(slot), self._sight(slot)
        else:
            slot = self._claim()[0]
            self.ids.add(offer.offer_id, slot)
            before, seen = set(), None
        self.lay(slot, offer)
        self.changes += 1
        after, now = self._keys(slot), self._sight(slot)
        for number, key in before - after:
            self.postings.remove(number, key, slot)
        for number, key in after - before:
            self.postings.add(number, key, slot, now)
        if now != seen:
            for number, key in after & before:
                self.postings.change(number, key, slot, now)

    def remove(self, offer_id: str) -> None:
        """Take an offer out; nothing happens when it is not there."""
        slot = self.ids.find(offer_id)
        if not slot:
            return
        for number, key in self._keys(slot):
            self.postings.remove(number, key, slot)
        self.ids.remove(offer_id)
        self._release(slot)

    def rank(
        self,
        profile: ProfileFacts,
        limit: int,
        today: int,
        exclude: Iterable[str] = (),
        above_bar: bool = False,
    ) -> list[Score]:
        """The best offers for a profile by falling score, then id: exactly those that ``domain.judge`` would keep."""
        if not profile.active:
            return []
        self._asking.lay(0, profile)
        return self.rank_for(self._asking, 0, limit, today, exclude, above_bar)

    def rank_for(
        self,
        profiles: Profiles,
        slot: int,
        limit: int,
        today: int,
        exclude: Iterable[str] = (),
        above_bar: bool = False,
    ) -> list[Score]:
        """The same for a profile in a slot of the other side."""
        wanted = self.postings.wanted(profiles.wishes(slot), self._near)
        return self.best_around(profiles, slot, wanted, 1 << LEVEL, limit, today, exclude, above_bar)

    def scores(self, profile: ProfileFacts, offer_ids: Iterable[str], today: int) -> dict[str, int | None]:
        """What each of these offers is worth for the profile; None: not recommendable (any more)."""
        self._asking.lay(0, profile)
        return self.scores_for(self._asking, 0, offer_ids, today)

    def scores_for(self, profiles: Profiles, slot: int, offer_ids: Iterable[str], today: int) -> dict[str, int | None]:
        """The same for a profile in a slot of the other side."""
        found: dict[str, int | None] = dict.fromkeys(offer_ids)
        slots = self.found(found)
        found.update(self.best_of(profiles, slot, slots, today))
        return found

    def _near(self, named: tuple[int, ...]) -> Near:
        """Postings of the offers that may be something for somebody with these wishes."""
        if not named:
            return ((ANY, SCALE),)
        # Offers without an occupation are looked at where the configuration lets them in at all.
        configuration = self.rules.configuration
        uncoded = configuration.uncoded_affinity
        found = {UNCODED: uncoded} if uncoded >= configuration.minimum_affinity else {}
        for wish in named:
            for posting, points in self.rules.offered_near(occupation_code(wish)):
                found[posting] = max(points, found.get(posting, 0))
        return tuple(found.items())

    def _keys(self, slot: int) -> set[tuple[int, int]]:
        """Postings in which a slot belongs: those of its occupation, of that of its text, and of all."""
        _, x, y, z, placed = self._read(SEEN, slot)
        (territory,) = self._read(_TERRITORY, slot)
        key = cell(None if placed < 0 else (x, y, z), LEVEL, territory)
        number, also, _ = self.occupations(slot)
        named = {(posting, key) for one in (number, also) if one for posting in (one, branch_posting(one))}
        return {(number, key), (ANY, key)} | named
