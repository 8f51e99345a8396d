"""What matching hears: offers, profiles and applications, in batches, stored with all that follows from them."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from aiokafka import TopicPartition
from aiokafka.abc import ConsumerRebalanceListener
from pymongo import UpdateMany

from services.matching.domain.facts import OfferFacts, ProfileFacts
from services.matching.domain.facts_told import offer_facts, profile_facts
from services.matching.domain.life import Cause, Status
from services.matching.engine.effects import Why
from services.matching.engine.facts_stored import facts_bytes
from services.matching.engine.memory import Applied, Memory
from services.matching.engine.stored import STAMP, pack
from services.matching.engine.worker import Engine, Projection
from services.matching.holdings import HOLDINGS, standing
from services.matching.store import SEEKS_NONE, by_id, recommendation_id
from shared.civil import mainland_day
from shared.contracts.events.offers import ApplicationState, OfferState
from shared.contracts.events.profiles import ProfileState
from shared.contracts.topics import APPLICATIONS, COMPANIES, OFFERS, PROFILES
from shared.contracts.vocabulary import ApplicationStatus
from shared.employers import KNOWN_EMPLOYERS
from shared.http import forget_answers
from shared.kafka.envelope import Event, newest
from shared.kafka.errors import Permanent
from shared.kafka.keeping import keep
from shared.kafka.rebuild import ReadModel
from shared.kafka.subscription import AnySubscription, BatchSubscription
from shared.rights import Answering, Erasing, Whose
from shared.rights.answering import Known
from shared.store import Work

Batch = Sequence[Event[Any]]

PENDING = frozenset(
    {
        ApplicationStatus.INVITED,
        ApplicationStatus.SUBMITTED,
        ApplicationStatus.SEEN,
        ApplicationStatus.INTERVIEW,
        ApplicationStatus.PROPOSED,
        ApplicationStatus.POSTPONED,
    }
)
"""Applications that still take up the offer's attention."""


class Shard(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka ships no types
    """Tells the engine which partitions of the profiles' topic are its own."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """Nothing yet: what replaces them comes with the next assignment, and stored versions fence what is in hand."""

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """From now on these and no others; the engine restores them before the next event."""
        self._engine.assign(partition.partition for partition in assigned)


class Consumers:
    """The handlers. Each may be called again with events that it has seen, and with older ones."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        kept = ("matching", engine.store, engine.clock, engine.new_id, HOLDINGS)
        self._erasing = Erasing(*kept)
        self._answering = Answering(*kept, self._under_way)

    async def _under_way(self, whose: Whose) -> Known:
        return await standing(self._engine.store, whose, self._engine.clock.now())

    def subscriptions(self) -> list[AnySubscription]:
        """All of them; profiles are shared among workers by partition."""
        drain = self._engine.settings.batch_events
        return [
            BatchSubscription(OFFERS, self.offers, drain=drain),
            BatchSubscription(
                PROFILES, self.profiles, drain=drain, listener=Shard(self._engine), beforehand=profile_facts
            ),
            BatchSubscription(APPLICATIONS, self.applications, drain=drain),
            BatchSubscription(COMPANIES, self.companies, drain=drain),
            self._answering.subscription,
        ]

    async def profiles(self, batch: Batch) -> None:
        """Keep profiles and let them look for offers; a tombstone erases everything of the person."""
        why = _causes(batch)

        def news(memory: Memory) -> Sequence[Projection]:
            stored = []
            present: list[tuple[Event[Any], ProfileFacts, int]] = []
            stands: dict[str, int] = {}
            for id, (event, version) in newest(
                batch, lambda id: stands.setdefault(id, memory.profile_version(id))
            ).items():
                expected = stands[id]
                if event.data is None:
                    version = _told_apart(version, expected)
                    memory.erase_profile(id, version)
                    stored.append(Projection("profiles", _erased(event, version), expected, _erasing(id)))
                else:
                    present.append((event, event.worked_out(profile_facts), expected))
            changed = memory.put_profiles([(facts, event.sequence) for event, facts, _ in present])
            for event, facts, expected in present:
                if event.key in changed:
                    document, whole = _profile_document(event, facts, memory.keep(facts, event.sequence)), None
                else:
                    document, whole = _beside_the_facts(event), partial(_whole_profile, event, facts)
                stored.append(Projection("profiles", document, expected, whole=whole))
            return stored

        erased = [event.key for event in batch if event.data is None and not event.repeated]
        gone = [await self._erasing.count(id) for id in dict.fromkeys(erased)]
        await self._engine.run(news, why, len(batch))
        for whose in gone:
            await forget_answers(self._engine.store, whose.profile_id)
            await self._erasing.tell(whose)
        left = [event.key for event in batch if event.data is not None and not event.data.active]
        if left:
            await self._engine.end_pinned({"profile_id": {"$in": left}}, Cause.PROFILE_LEFT.value, why)

    async def offers(self, batch: Batch) -> None:
        """Keep offers and let them look for profiles."""
        for event in batch:
            if event.data is not None and event.data.positions_open > event.data.positions_total:
                raise Permanent("contradiction: more positions open than there are")
        why = _causes(batch)

        def news(memory: Memory) -> Sequence[Projection]:
            stored = []
            for id, (event, version) in newest(batch, lambda id: memory.offer_versions.get(id, 0)).items():
                expected = memory.offer_versions.get(id, 0)
                if event.data is None:
                    version = _told_apart(version, expected)
                    memory.erase_offer(id, version)
                    document = {"_id": id, "version": version, "open": False}
                    stored.append(Projection("offers", document, expected, _erasing_offer(id)))
                    continue
                facts = offer_facts(event.data)
                memory.put_offer(facts, event.sequence)
                stored.append(Projection("offers", _offer_document(event, facts), expected))
            return stored

        await self._engine.run(news, why, len(batch))
        if gone := [event.key for event in batch if event.data is None and not event.repeated]:
            await forget_answers(self._engine.store, *gone)
        closed = [event.key for event in batch if event.key not in self._engine.memory.offer_index]
        if closed:
            await self._engine.end_pinned({"offer_id": {"$in": closed}}, Cause.OFFER_CLOSED.value, why)

    async def applications(self, batch: Batch) -> None:
        """An application ends the recommendation, a pinned one too, and takes a place in the offer's exposure."""
        ids = list({event.key for event in batch})
        before = await by_id(self._engine.store, "applications", ids)

        def news(memory: Memory) -> Sequence[Projection]:
            stored = []
            for id, (event, version) in newest(batch, lambda id: before.get(id, {}).get("version", 0)).items():
                expected = before.get(id, {}).get("version", 0)
                if event.data is None:
                    if "offer_id" in before.get(id, {}):
                        memory.erase_application(id, before[id]["offer_id"])
                    document: dict[str, Any] = {"_id": id, "version": _told_apart(version, expected)}
                else:
                    document = _application_document(event)
                    applied = Applied(document["profile_id"], document["pending"], document["day"])
                    memory.put_application(id, document["offer_id"], applied)
                stored.append(Projection("applications", document, expected))
            return stored

        why = _causes(batch)
        await self._engine.run(news, why, len(batch))
        states: list[ApplicationState] = [event.data for event in batch if event.data is not None]
        if states:
            ids = [recommendation_id(state.profile_id, state.offer_id) for state in states]
            await self._engine.end_pinned({"_id": {"$in": ids}}, Status.APPLIED.value, why, Status.APPLIED)

    async def companies(self, batch: Batch) -> None:
        """Keep who acts for an employer; nothing is recommended by it."""
        await keep(self._engine.store, KNOWN_EMPLOYERS, batch, self._engine.clock.now())


def _told_apart(version: int, stored: int) -> int:
    """The version of an erased document: above the stored one, since other workers take over what is newer."""
    return max(version, stored + 1)


def _causes(batch: Batch) -> dict[str, Why]:
    # What follows from several events at once is counted from the first, and put down to none of them.
    why = {"": _why(batch[0]) if len(batch) == 1 else Why(batch[0].id, batch[0].time)}
    for event in batch:
        why[event.key] = _why(event)
        if isinstance(event.data, ApplicationState):
            why[event.data.offer_id] = why[event.data.profile_id] = _why(event)
    return why


def _why(event: Event[Any]) -> Why:
    return Why(event.id, event.time, event.correlation)


def _beside_the_facts(event: Event[Any]) -> dict[str, Any]:
    """What the read model keeps of a profile that the rules do not look at."""
    state: ProfileState = event.state
    return {
        "_id": event.key,
        "version": event.sequence,
        "partition": event.partition,
        "owner_id": state.owner_id,
        "counsellor_ids": list(state.counsellor_ids),
        "visible_to_employers": state.visible_to_employers,
    }


def _whole_profile(event: Event[Any], facts: ProfileFacts) -> dict[str, Any]:
    return _profile_document(event, facts, facts_bytes(facts))


def _profile_document(event: Event[Any], facts: ProfileFacts, encoded: bytes) -> dict[str, Any]:
    state: ProfileState = event.state
    return {
        **_beside_the_facts(event),
        "territory": state.territory,
        "active": state.active,
        "wishes": [*(wish.code for wish in facts.wishes), *([] if facts.seeks or not facts.wishes else [SEEKS_NONE])],
        "facts": encoded,
        "packed": pack(facts, event.sequence),
        "layout": STAMP,
    }


def _erased(event: Event[Any], version: int) -> dict[str, Any]:
    return {"_id": event.key, "version": version, "partition": event.partition, "active": False}


def _erasing(profile_id: str) -> Any:
    def also(work: Work) -> None:
        for collection in ("recommendations", "overrides"):
            work.delete(collection, {"profile_id": profile_id})
        # That somebody applied stays for the offer's exposure until its own tombstone; that it was this person does not.
        nobody = {"$unset": {"profile_id": ""}, "$set": {"pending": False}}
        work.bulk("applications", [UpdateMany({"profile_id": profile_id}, nobody)])

    return also


def _erasing_offer(offer_id: str) -> Any:
    """An employer who was a person was erased: reasons may say their words, and what was decided about the offer their name."""

    def also(work: Work) -> None:
        work.delete("recommendations", {"offer_id": offer_id})
        work.bulk("overrides", [UpdateMany({"offer_id": offer_id}, {"$unset": {"reason": ""}})])

    return also


def _offer_document(event: Event[Any], facts: OfferFacts) -> dict[str, Any]:
    state: OfferState = event.state
    return {
        "_id": event.key,
        "version": event.sequence,
        "territory": state.territory,
        "company_id": state.company.id,
        "open": facts.open,
        "status": state.status.value,
        "title": state.title,
        "company": state.company.name,
        "place": state.place.name if state.place else None,
        "occupation": state.occupation_code,
        "also": facts.also,
        "contract_kind": state.contract_kind.value,
        "kind": state.kind.value,
        "positions_open": state.positions_open,
        "published_at": state.published_at,
        "facts": facts_bytes(facts),
    }


def _open_or_not(event: Event[Any]) -> dict[str, Any]:
    return _offer_document(event, offer_facts(event.state))


def _application_document(event: Event[Any]) -> dict[str, Any]:
    state: ApplicationState = event.state
    return {
        "_id": event.key,
        "version": event.sequence,
        "profile_id": state.profile_id,
        "offer_id": state.offer_id,
        "company_id": state.company_id,
        "status": state.status.value,
        "pending": state.status in PENDING,
        "day": mainland_day(state.submitted_at),
    }


READ_MODELS = (
    ReadModel(
        "profiles",
        (PROFILES,),
        lambda event: _whole_profile(event, profile_facts(event.state)),
        erased=lambda document: "facts" not in document,
    ),
    ReadModel("offers", (OFFERS,), _open_or_not, erased=lambda document: "facts" not in document),
    ReadModel(
        "applications", (APPLICATIONS,), _application_document, erased=lambda document: "profile_id" not in document
    ),
    KNOWN_EMPLOYERS,
)
