"""From how the allocation stands to what is stored and told: recommendations made, changed and withdrawn."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.matching.domain.constraints import offer_is_closed
from services.matching.domain.facts import OfferFacts, ProfileFacts
from services.matching.domain.life import LIVE, Cause, Status, is_material
from services.matching.domain.scoring import as_share
from services.matching.engine.facts_stored import facts_bytes
from services.matching.engine.memory import Memory, Over, Places
from services.matching.engine.recommendations import Side, work_out
from services.matching.store import Write, by_id, recommendation_id, replace_at, update_at, write
from shared import metrics
from shared.contracts.events.matching import RecommendationState
from shared.contracts.topics import RECOMMENDATIONS
from shared.store import Store, Work

PAIRS_AT_ONCE = 1_000
"""Changed pairs in one transaction: enough that committing costs little beside them, few enough that of many the next are made
while the first ones are stored."""

_READ = {
    "version": 1,
    "status": 1,
    "told_score": 1,
    "pinned": 1,
    "seen_at": 1,
    "territory": 1,
    "score": 1,
    "created_at": 1,
    "configuration_version": 1,
    "profile_id": 1,
    "offer_id": 1,
    "untold": 1,
}


@dataclass(frozen=True)
class Why:
    """The event that led to a change, for tracing and for latency figures."""

    event_id: str
    at: datetime
    correlation: str | None = None


@dataclass
class Change:
    """What is different about one offer since it was stored."""

    offer_id: str
    now: dict[str, int]
    added: dict[str, int] = field(default_factory=dict)
    removed: list[str] = field(default_factory=list)
    rescored: dict[str, int] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Pairs that change."""
        return len(self.added) + len(self.removed) + len(self.rescored)

    def stays(self, gone: Collection[str]) -> bool:
        """Whether neither it nor whom it lets go of is among those."""
        return self.offer_id not in gone and not any(profile_id in gone for profile_id in self.removed)


def changes(memory: Memory) -> Iterator[Change]:
    """Offers whose admitted profiles differ from what is stored; those that do not are marked settled."""
    for offer_id in sorted(memory.settler.touched_offers):
        side = memory.settler.offers.get(offer_id)
        now = dict(side.held) if side else {}
        before = memory.places.get(offer_id, Places()).admitted
        if now == before:
            memory.settler.touched_offers.discard(offer_id)
            continue
        change = Change(offer_id, now)
        for profile_id, score in now.items():
            if profile_id not in before:
                change.added[profile_id] = score
            elif before[profile_id] != score:
                change.rescored[profile_id] = score
        change.removed = [profile_id for profile_id in before if profile_id not in now]
        yield change


def portions(found: Iterable[Change], gone: Collection[str] = ()) -> Iterator[list[Change]]:
    """Changes in portions of one transaction each; an offer's places are one document and stay together.

    ``gone``: people and offers whose pairs all end with the first portion, whatever its size: their recommendations are erased
    with it.
    """
    away = frozenset(gone)
    portion: list[Change] = []
    size = 0
    for change in sorted(found, key=lambda change: change.stays(away)) if away else found:
        if portion and size + change.size > PAIRS_AT_ONCE and change.stays(away):
            yield portion
            portion, size = [], 0
        portion.append(change)
        size += change.size
    if portion:
        yield portion


def _last_event(stands: Mapping[str, Any]) -> int:
    """The sequence of the last event of a recommendation as it stands, 0 where there never was one. Where that is not known it is
    the version: that of the last event, or of none.
    """
    version: int = stands.get("version", 0)
    untold = stands.get("untold")
    # Others change the version and leave this behind.
    return int(untold["since"]) if untold and untold["version"] == version else version


class Effects:
    """Puts the changes of a portion into a unit of work."""

    def __init__(self, memory: Memory, store: Store, now: datetime, why: Mapping[str, Why], by: str) -> None:
        """``why``: by profile or offer id; the key ``""`` is the cause of everything else. ``by``: the worker."""
        self._memory = memory
        self._store = store
        self._now = now
        self._why = why
        self._by = by
        self.left: dict[str, Mapping[str, Any]] = {}
        """Recommendations as they are stored once the work is committed (``Memory.keep_stored``)."""

    async def write(self, work: Work, portion: list[Change], *, first: bool = False) -> None:
        """Add places, recommendations and events of the portion to ``work``.

        ``first``: of offers that never had places nothing is looked for, nor what this worker stored itself, nor what is not
        known of an offer whose places it stored first (``Memory.first_placed``). Where somebody made one by hand meanwhile, or
        changed it, the commit fails on that recommendation, and is to be tried again without.
        """
        stored = await self._as_stored(portion, first=first)
        places, requests = [], []
        for change in portion:
            version = self._memory.places.get(change.offer_id, Places()).version
            admitted = [[profile_id, score] for profile_id, score in change.now.items()]
            document = {"_id": change.offer_id, "version": version + 1, "admitted": admitted, "by": self._by}
            places.append(replace_at("places", document, version))
            offer = self._memory.offers.get(change.offer_id)
            encoded = facts_bytes(offer) if offer else b""
            for profile_id in change.removed:
                requests += self._withdraw(work, stored, profile_id, change.offer_id, offer)
            if offer is None:
                continue
            for profile_id, score in change.added.items():
                requests += self._make(work, stored, profile_id, offer, score, encoded)
            for profile_id in change.rescored:
                requests += self._rescore(stored, profile_id, offer, encoded)
        write(work, "places", places)
        write(work, "recommendations", requests)

    async def _as_stored(self, portion: list[Change], *, first: bool) -> Mapping[str, Mapping[str, Any]]:
        memory = self._memory
        ids, new = set[str](), set[str]()
        for change in portion:
            if first and change.offer_id not in memory.places:
                continue
            ids.update(recommendation_id(one, change.offer_id) for one in (*change.removed, *change.rescored))
            added = [recommendation_id(profile_id, change.offer_id) for profile_id in change.added]
            ids.update(added)
            if change.offer_id in memory.first_placed:
                new.update(added)
        known = {id: found for id in ids if first and (found := memory.stored(id)) is not None}
        asked = ids - known.keys() - new if first else ids
        return {**known, **await by_id(self._store, "recommendations", asked, _READ)}

    def _leave(self, id: str, before: Mapping[str, Any], changed: Mapping[str, Any]) -> None:
        """Of a recommendation what is asked when it changes next."""
        self.left[id] = {name: changed[name] if name in changed else before.get(name) for name in _READ}

    def _because(self, profile_id: str, offer_id: str) -> Why | None:
        return self._why.get(offer_id) or self._why.get(profile_id) or self._why.get("")

    def _content(self, offer: OfferFacts, known: tuple[ProfileFacts, bytes], encoded: bytes) -> dict[str, Any]:
        memory = self._memory
        profile, of_profile = known
        stored: tuple[Side, Side] = (
            {"facts": encoded, "version": memory.offer_versions.get(offer.offer_id, 0)},
            {"facts": of_profile, "version": memory.profile_version(profile.profile_id)},
        )
        made = work_out(offer, profile, stored, memory.configuration, memory.affinities, memory.today)
        return {**made, "updated_at": self._now}

    def _make(
        self, work: Work, stored: Mapping[str, Any], profile_id: str, offer: OfferFacts, score: int, encoded: bytes
    ) -> list[Write]:
        known = self._memory.facts_of(profile_id)
        if known is None:
            return []
        id = recommendation_id(profile_id, offer.offer_id)
        before = stored.get(id, {})
        version = before.get("version", 0)
        material = is_material(before.get("told_score"), score, self._memory.configuration)
        again = bool(before) and not material
        because = self._because(profile_id, offer.offer_id)
        content = self._content(offer, known, encoded)
        fields = content | {
            "version": version + 1,
            "profile_id": profile_id,
            "offer_id": offer.offer_id,
            "territory": known[0].territory,
            "status": (Status.SEEN if again and before.get("seen_at") else Status.CREATED).value,
            "created_at": before["created_at"] if again else self._now,
            "told_score": before["told_score"] if again else score,
            "pinned": before.get("pinned", False),
            "withdrawn_because": None,
            "caused_by": because.event_id if because else None,
            "caused_at": because.at if because else None,
        }
        if not again:
            fields["seen_at"] = None
        self._leave(id, before, fields)
        self._publish(
            work, "recommendation-created.v1", id, fields, because, after=_last_event(before), material=material
        )
        return [update_at(id, version, fields)]

    def _rescore(self, stored: Mapping[str, Any], profile_id: str, offer: OfferFacts, encoded: bytes) -> list[Write]:
        """The score moved while the recommendation stands: nobody is told, replay and order follow."""
        known = self._memory.facts_of(profile_id)
        id = recommendation_id(profile_id, offer.offer_id)
        if known is None or id not in stored:
            return []
        version = stored[id]["version"]
        untold = {"version": version + 1, "since": _last_event(stored[id])}
        fields = self._content(offer, known, encoded) | {"version": version + 1, "untold": untold}
        self._leave(id, stored[id], fields)
        return [update_at(id, version, fields)]

    def _withdraw(
        self, work: Work, stored: Mapping[str, Any], profile_id: str, offer_id: str, offer: OfferFacts | None
    ) -> list[Write]:
        id = recommendation_id(profile_id, offer_id)
        before = stored.get(id)
        over = self._memory.why_over(profile_id, offer_id)
        if before is None or Status.of_stored(before["status"]) not in LIVE or over is Over.PINNED:
            return []
        if over is Over.APPLIED:
            status, because = Status.APPLIED, "applied"
        elif over is Over.DISMISSED:
            status, because = Status.DISMISSED, "dismissed"
        else:
            status, because = Status.WITHDRAWN, (over or self._cause(profile_id, offer_id, offer)).value
        return [self.end(work, before, status, because)]

    def end(self, work: Work, before: Mapping[str, Any], status: Status, because: str) -> Write:
        """End a live recommendation and tell so."""
        caused = self._because(before["profile_id"], before["offer_id"])
        fields = {
            "version": before["version"] + 1,
            "status": status.value,
            "withdrawn_because": because,
            "updated_at": self._now,
            "caused_by": caused.event_id if caused else None,
            "caused_at": caused.at if caused else None,
        }
        id = recommendation_id(before["profile_id"], before["offer_id"])
        self._leave(id, before, fields)
        self._publish(work, "recommendation-withdrawn.v1", id, {**before, **fields}, caused, after=_last_event(before))
        return update_at(id, before["version"], fields)

    def _cause(self, profile_id: str, offer_id: str, offer: OfferFacts | None) -> Cause:
        memory = self._memory
        if offer is None or offer_is_closed(offer, memory.today):
            return Cause.OFFER_CLOSED
        if not memory.owns(profile_id) and profile_id not in memory.erased:
            return Cause.CROWDED
        if not memory.profile_index.active(profile_id):
            return Cause.PROFILE_LEFT
        # Asked of the index: as the rules judge, in a tenth of the time.
        if memory.block.scores({profile_id: [offer_id]}, memory.today)[profile_id][offer_id] is None:
            return Cause.CONSTRAINT
        side = memory.settler.offers.get(offer_id)
        return Cause.CROWDED if side is not None and side.full else Cause.BETTER_ONES

    def _publish(
        self,
        work: Work,
        event_type: str,
        id: str,
        fields: Mapping[str, Any],
        why: Why | None,
        *,
        after: int,
        material: bool = True,
    ) -> None:
        created = event_type.startswith("recommendation-created")
        outcome = ("created" if material else "returned") if created else fields["withdrawn_because"]
        metrics.RECOMMENDATIONS.labels(outcome).inc()
        # Not validated: every value is ours, and those who read it validate; the contract's tests hold us to it.
        state = RecommendationState.model_construct(
            recommendation_id=id,
            profile_id=fields["profile_id"],
            offer_id=fields["offer_id"],
            territory=fields["territory"],
            score=as_share(fields["score"]),
            status="created" if created else "withdrawn",
            reasons=tuple(fields["reasons"]) if created else (),
            withdrawn_because=fields.get("withdrawn_because"),
            configuration_version=fields["configuration_version"],
            created_at=fields["created_at"],
            caused_by=fields.get("caused_by"),
            caused_at=fields.get("caused_at"),
            material=material,
        )
        work.publish(
            RECOMMENDATIONS,
            event_type,
            key=fields["profile_id"],
            subject=id,
            data=state,
            sequence=fields["version"],
            time=self._now,
            correlation=why.correlation if why else None,
            cause=why.event_id if why and why.correlation else None,
            after=after,
        )
