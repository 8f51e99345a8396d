"""All that a worker holds in memory, and what each kind of news does to it. No I/O: effects are read off afterwards."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple

from services.matching.domain.allocation import Demand, exposure_budget
from services.matching.domain.configuration import Configuration
from services.matching.domain.constraints import can_be_matched
from services.matching.domain.facts import OfferFacts, ProfileFacts
from services.matching.domain.occupations import Affinities, Referential
from services.matching.domain.settling import Settler
from services.matching.engine.facts_stored import facts_bytes
from services.matching.index.block import Block
from services.matching.index.encoding import SkillNumbers
from services.matching.index.kernel import Rules
from services.matching.index.offers import OfferIndex
from services.matching.index.profiles import ProfileIndex
from shared import metrics
from shared.kept_enum import StoredEnum

AT_ONCE = 2_000
"""Profiles whose pairs are scored together."""
MOST_KEPT = 20_000
"""Profiles whose facts are kept as recommendations store them, about a kilobyte each."""
MOST_STORED = 50_000
"""Recommendations of which it is kept what stands, some 600 bytes each; the oldest are forgotten."""


class Over(StoredEnum):
    """Why a pair is no longer the engine's to recommend."""

    APPLIED = "applied"
    REFUSED = "refused"
    DISMISSED = "dismissed"
    PINNED = "pinned"


@dataclass
class Places:
    """How an offer stands, as stored: version of the document and admitted profiles with their scores."""

    version: int = 0
    admitted: dict[str, int] = field(default_factory=dict)


class Applied(NamedTuple):
    """An application: whose, whether it still takes up the offer, and the day when it was made."""

    profile_id: str
    pending: bool
    day: int


class Memory:
    """Offers (all), profiles (this worker's), pairs that are over, and the allocation among the rest."""

    def __init__(self, configuration: Configuration, referential: Referential, today: int) -> None:
        self._referential = referential
        self.today = today
        self.offers: dict[str, OfferFacts] = {}
        self.offer_versions: dict[str, int] = {}
        self.erased: dict[str, int] = {}
        self.places: dict[str, Places] = {}
        self.first_placed: set[str] = set()
        """Offers of which this worker stored how they stand before anybody did, since it has these profiles, and of whose
        recommendations to them it has forgotten none (``stored``): where there is none, nobody but a person can have made one.
        """
        self.applications: dict[str, dict[str, Applied]] = defaultdict(dict)
        self._over: dict[str, dict[str, Over]] = defaultdict(dict)
        self._over_by_offer: dict[str, set[str]] = defaultdict(set)
        self.unknown_occupations: set[str] = set()
        skills = SkillNumbers()
        self.rules = Rules(configuration, referential.under(configuration))
        self.offer_index = OfferIndex(self.rules, skills=skills)
        self.profile_index = ProfileIndex(self.rules, skills=skills)
        self.block = Block(self.profile_index, self.offer_index)
        self.settler = Settler(self, configuration.live_per_profile)
        self._kept: dict[str, tuple[int, ProfileFacts, bytes]] = {}
        self._stored: dict[str, Mapping[str, Any]] = {}

    @property
    def configuration(self) -> Configuration:
        """The configuration in force."""
        return self.rules.configuration

    @property
    def affinities(self) -> Affinities:
        """How near occupations are under that configuration."""
        return self.rules.affinities

    # What the settler asks (``domain.settling.Market``).

    def offers_for(self, wanted: Mapping[str, int]) -> dict[str, list[tuple[str, int]]]:
        """Best offers of profiles that may let them in."""
        return self.block.rank(wanted, self.today, self._over)

    def owns(self, profile_id: str) -> bool:
        """Whether the profile is in this worker's index."""
        return profile_id in self.profile_index

    def profiles_for(self, wanted: Mapping[str, int]) -> dict[str, list[tuple[str, int]]]:
        """Best profiles of offers that may want them."""
        return self.block.rank_profiles(wanted, self.today, self._over_by_offer)

    def set_offer_bar(self, offer_id: str, score: int) -> None:
        """The worst admitted score of a full offer."""
        self.offer_index.set_bar(offer_id, score)

    def set_profile_bar(self, profile_id: str, score: int) -> None:
        """The worst held score of a full profile."""
        self.profile_index.set_bar(profile_id, score)

    # News.

    def profile_version(self, profile_id: str) -> int:
        """Version of a profile of this worker, erased ones included; 0 for one never heard of."""
        return self.profile_index.version(profile_id) or self.erased.get(profile_id, 0)

    def facts_of(self, profile_id: str) -> tuple[ProfileFacts, bytes] | None:
        """A profile of this worker, and as ``keep`` makes it; once for each version of what matters here."""
        version = self.profile_index.version(profile_id)
        kept = self._kept.get(profile_id)
        if kept is None or kept[0] != version or not version:
            facts = self.profile_index.get(profile_id)
            if facts is None:
                return None
            return facts, self.keep(facts, version)
        return kept[1], kept[2]

    def keep(self, facts: ProfileFacts, version: int) -> bytes:
        """A profile as the read model and recommendations keep it; made here once for both."""
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        encoded = facts_bytes(facts)
        self._kept[facts.profile_id] = (version, facts, encoded)
        return encoded

    def stored(self, id: str) -> Mapping[str, Any] | None:
        """A recommendation as this worker stored it last; others may have changed it since, and with it its version."""
        return self._stored.get(id)

    def keep_stored(self, recommendations: Mapping[str, Mapping[str, Any]]) -> None:
        """These are stored so; of who was erased with the same commit nothing is."""
        for id, fields in recommendations.items():
            self._stored.pop(id, None)
            if fields["offer_id"] in self.offers and not self._gone(fields["profile_id"]):
                self._stored[id] = fields
        for oldest in list(islice(self._stored, max(0, len(self._stored) - MOST_STORED))):
            self.first_placed.discard(self._stored.pop(oldest)["offer_id"])

    def _forget_stored(self, side: str, id: str) -> None:
        self._stored = {one: fields for one, fields in self._stored.items() if fields[side] != id}

    def put_profiles(self, profiles: Sequence[tuple[ProfileFacts, int]]) -> set[str]:
        """Profiles of this worker came or changed, each with its version; those of which anything matters here that is new."""
        changed: dict[str, None] = {}
        for profile, version in profiles:
            kept = self._kept.get(profile.profile_id)
            if (
                kept is not None
                and kept[1] == profile
                and self.profile_index.confirm(profile.profile_id, kept[0], version)
            ):
                self._kept[profile.profile_id] = (version, *kept[1:])
                continue
            if self.profile_index.put(profile, version):
                changed[profile.profile_id] = None
            elif kept is not None:
                self._kept[profile.profile_id] = (version, *kept[1:])
            self.erased.pop(profile.profile_id, None)
            for wish in profile.wishes:
                self._meet(wish.code)
        # What only others care about (who accompanies the person) changes nothing here.
        self._look_again(changed)
        return set(changed)

    def _look_again(self, profile_ids: Iterable[str]) -> None:
        held = {
            profile_id: list(side.held) if (side := self.settler.profiles.get(profile_id)) else []
            for profile_id in profile_ids
        }
        scores = self.block.scores(held, self.today)
        for profile_id in held:
            self.settler.profile_changed(profile_id, scores.get(profile_id, {}))

    def _meet(self, code: str) -> None:
        if not self.affinities.known(code) and code not in self.unknown_occupations:
            self.unknown_occupations.add(code)
            metrics.UNKNOWN_OCCUPATIONS.inc()

    def erase_profile(self, profile_id: str, version: int) -> None:
        """A profile was erased."""
        self.settler.profile_left(profile_id)
        self.profile_index.remove(profile_id)
        self._kept.pop(profile_id, None)
        self._forget_stored("profile_id", profile_id)
        self.erased[profile_id] = version
        for offer_id in self._over.pop(profile_id, {}):
            self._over_by_offer[offer_id].discard(profile_id)
            for id, applied in list(self.applications.get(offer_id, {}).items()):
                if applied.profile_id == profile_id:
                    self.erase_application(id, offer_id)

    def put_offer(self, offer: OfferFacts, version: int) -> None:
        """An offer came or changed."""
        self.offers[offer.offer_id] = offer
        self.offer_versions[offer.offer_id] = version
        self.offer_index.put(offer)
        if offer.occupation is not None:
            self._meet(offer.occupation)
        self.review_offer(offer.offer_id)

    def erase_offer(self, offer_id: str, version: int) -> None:
        """An offer was erased: it is closed and forgotten."""
        self.settler.offer_left(offer_id)
        self.offer_index.remove(offer_id)
        self.offers.pop(offer_id, None)
        self._forget_stored("offer_id", offer_id)
        self.first_placed.discard(offer_id)
        self.offer_versions[offer_id] = version

    def review_offer(self, offer_id: str) -> None:
        """Look again at whom an offer admits: it changed, or its demand or the day did."""
        offer = self.offers.get(offer_id)
        if offer is None:
            return
        if not can_be_matched(offer, self.today):
            self.settler.offer_left(offer_id)
            return
        side = self.settler.offers.get(offer_id)
        for who in list(side.held) if side else ():
            # Stored by somebody before it was over, or before the person was erased.
            if self.why_over(who, offer_id) is not None or self._gone(who):
                self.settler.pair_closed(who, offer_id)
        own = [who for who in side.held if who in self.profile_index] if side else []
        scores = self.profile_index.scores(offer, own, self.today)
        self.settler.offer_changed(offer_id, self.budget(offer), scores)

    def _gone(self, profile_id: str) -> bool:
        """Whether a profile of this worker was erased."""
        return profile_id in self.erased

    def put_application(self, application_id: str, offer_id: str, applied: Applied) -> None:
        """Somebody applied, or an application moved on: the pair is over, and the offer's exposure changes."""
        self.applications[offer_id][application_id] = applied
        self.close_pair(applied.profile_id, offer_id, Over.APPLIED)
        self.review_offer(offer_id)

    def erase_application(self, application_id: str, offer_id: str) -> None:
        """An application was erased with its person."""
        if self.applications[offer_id].pop(application_id, None) is not None:
            self.review_offer(offer_id)

    def close_pair(self, profile_id: str, offer_id: str, why: Over) -> None:
        """The pair is not the engine's to recommend any more. Who applied has the last word, in whatever order it is heard."""
        if self.why_over(profile_id, offer_id) is not Over.APPLIED:
            self._over[profile_id][offer_id] = why
        self._over_by_offer[offer_id].add(profile_id)
        self.settler.pair_closed(profile_id, offer_id)

    def why_over(self, profile_id: str, offer_id: str) -> Over | None:
        """Why a pair is over, None while it is not."""
        return self._over.get(profile_id, {}).get(offer_id)

    def demand(self, offer_id: str) -> Demand:
        """What became of an offer so far."""
        found = self.applications.get(offer_id)
        if not found:
            return Demand()
        return Demand(sum(each.pending for each in found.values()), max(each.day for each in found.values()))

    def budget(self, offer: OfferFacts) -> int:
        """How many seekers the offer is shown to today."""
        return exposure_budget(offer, self.demand(offer.offer_id), self.configuration, self.today)

    def new_day(self, today: int) -> None:
        """Freshness, closing dates, availability and widening follow the day."""
        self.today = today
        self.look_at_everything()

    def reconfigure(self, configuration: Configuration) -> None:
        """Other weights or parameters from now on."""
        self.rules = Rules(configuration, self._referential.under(configuration))
        self.offer_index.follow(self.rules)
        self.profile_index.follow(self.rules)
        self.block = Block(self.profile_index, self.offer_index)
        self.look_at_everything()

    def look_at_everything(self) -> None:
        """Score every pair that stands again, and let everybody look for something better."""
        for offer_id in list(self.offers):
            self.review_offer(offer_id)
        self.settler.room = self.configuration.live_per_profile
        everybody = self.profile_index.names()
        for first in range(0, len(everybody), AT_ONCE):
            self._look_again(everybody[first : first + AT_ONCE])

    # What was stored by others, or by an earlier life of this worker.

    def restore_places(self, offer_id: str, places: Places) -> None:
        """Take over how an offer stands. One that is closed keeps its people until the next review withdraws them."""
        self.places[offer_id] = places
        offer = self.offers.get(offer_id)
        self.settler.adopt(offer_id, self.budget(offer) if offer else 0, places.admitted)
        self.settler.touched_offers.discard(offer_id)

    def take_over_profiles(self) -> None:
        """The profiles in the index now are this worker's: what offers admit them to is what they hold."""
        self.settler.take_over(self.profile_index.names())
        held = list(self.settler.profiles)
        for first in range(0, len(held), AT_ONCE):
            self._look_again(held[first : first + AT_ONCE])
        for offer_id, side in list(self.settler.offers.items()):
            for profile_id in list(side.held):
                if self._gone(profile_id):
                    self.settler.pair_closed(profile_id, offer_id)

    def forget_profiles(self) -> None:
        """Another worker may have these profiles from now on; what they hold stays."""
        self.profile_index = ProfileIndex(self.rules, skills=self.offer_index.skills)
        self.block = Block(self.profile_index, self.offer_index)
        self.erased.clear()
        self._stored.clear()
        self.first_placed.clear()
        self.settler.take_over(())
