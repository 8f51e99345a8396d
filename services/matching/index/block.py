"""Both indexes side by side: what people and offers that are in them are worth to each other, without their facts."""

from collections.abc import Collection, Mapping, Sequence

from services.matching.index.offers import OfferIndex
from services.matching.index.profiles import ProfileIndex

Ranked = list[tuple[str, int]]


class Block:
    """Questions of a batch of events, or of a shard that comes back."""

    def __init__(self, profiles: ProfileIndex, offers: OfferIndex) -> None:
        self._profiles = profiles
        self._offers = offers

    def rank(self, wanted: Mapping[str, int], today: int, over: Mapping[str, Collection[str]]) -> dict[str, Ranked]:
        """For each profile its best offers that let it in, at most as many as wanted, none of those that are over."""
        found: dict[str, Ranked] = {}
        for name, limit in wanted.items():
            slot = self._profiles.ids.find(name)
            asked = (self._profiles, slot, limit, today, over.get(name, ()), True)
            found[name] = self._offers.rank_for(*asked) if slot else []
        return found

    def rank_profiles(
        self, wanted: Mapping[str, int], today: int, over: Mapping[str, Collection[str]]
    ) -> dict[str, Ranked]:
        """For each offer its best profiles that want it, at most as many as wanted, none of those that are over."""
        found: dict[str, Ranked] = {}
        for name, limit in wanted.items():
            slot = self._offers.ids.find(name)
            asked = (self._offers, slot, limit, today, over.get(name, ()), True)
            found[name] = self._profiles.rank_for(*asked) if slot else []
        return found

    def scores(self, held: Mapping[str, Sequence[str]], today: int) -> dict[str, dict[str, int | None]]:
        """What each held pair is worth now; None: not recommendable any more."""
        found: dict[str, dict[str, int | None]] = {}
        for name, offers in held.items():
            slot = self._profiles.ids.find(name)
            known = slot and offers
            found[name] = (
                self._offers.scores_for(self._profiles, slot, offers, today) if known else dict.fromkeys(offers)
            )
        return found
