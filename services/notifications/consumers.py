"""What notifications hears: contacts and offers to know, recommendations, applications and notices to tell."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from pymongo import UpdateOne

from services.notifications import store
from services.notifications.commands.accompanying import let_go, losing
from services.notifications.commands.nameless import forget_names
from services.notifications.commands.telling import Telling
from services.notifications.domain import applications, notices, recommendations
from services.notifications.domain.matter import Matter
from services.notifications.domain.recommendations import Told
from services.notifications.holdings import HOLDINGS, standing
from services.notifications.queries import heard
from shared import metrics
from shared.clock import Clock
from shared.contracts.events.matching import RecommendationState
from shared.contracts.events.offers import ApplicationState, NoticeState, OfferState
from shared.contracts.events.profiles import ContactState
from shared.contracts.topics import (
    APPLICATIONS,
    CLAUSE_CONTACTS,
    CLAUSE_NOTICES,
    CONTACTS,
    OFFER_CONTACTS,
    OFFER_NOTICES,
    OFFERS,
    RECOMMENDATIONS,
    STAFF_NOTICES,
)
from shared.contracts.vocabulary import ApplicationStatus
from shared.errors import AlreadyExists
from shared.http import forget_answers
from shared.ids import IdFactory
from shared.kafka.envelope import Event, newest
from shared.kafka.erasing import forget_stuck
from shared.kafka.rebuild import ReadModel
from shared.kafka.subscription import AnySubscription, BatchSubscription
from shared.rights import Answering, Erasing, Whose
from shared.rights.answering import Known
from shared.store import Store, Work
from shared.store.projecting import newer, project

# One transaction for this many events at most: it must end well within MongoDB's limits for one.
AT_ONCE = 100
# Recommendations: what they are told by is read and written by a handful of commands, however many there are.
TOLD_AT_ONCE = 300
# An offer's recommendations are sent together, to several partitions; mostly all are here within a half of this.
GATHER_SECONDS = 0.004
OWN_OF_CONTACTS = ("refused_address",)
"""What no event says of a contact: we learned it from a mail server. It is of the address that stands there, and goes with it:
an address that is given again after another one is tried again.
"""
PERSON_ERASED = "person-erased.v1"

Batch = Sequence[Event[Any]]


def effect_key(event: Event[Any]) -> str:
    """What an effect is remembered by: a resync brings the same state under a new event id."""
    erased = ":erased" if event.data is None else ""
    return f"{event.topic.name}:{event.subject}:{event.sequence}{erased}"


def _traced(matter: Matter, event: Event[Any]) -> Matter:
    """Whatever a matter leads to, later and elsewhere, carries the correlation of its own event."""
    return matter.model_copy(update={"correlation_id": event.correlation})


def _contact_id(event: Event[Any]) -> str:
    return store.contact_id(event.topic, event.subject)


class Consumers:
    """The handlers. Each may be called again with events that it has seen, and with older ones."""

    def __init__(self, store: Store, clock: Clock, new_id: IdFactory, telling: Telling) -> None:
        self._store = store
        self._clock = clock
        self._new_id = new_id
        self._telling = telling
        self._effects = telling.effects
        kept = ("notifications", store, clock, new_id, HOLDINGS)
        self._erasing = Erasing(*kept)
        self._answering = Answering(*kept, self._under_way)

    async def _under_way(self, whose: Whose) -> Known:
        return await standing(self._store, whose, self._clock.now())

    def subscriptions(self) -> list[AnySubscription]:
        """All of them."""
        return [
            BatchSubscription(CONTACTS, self.contacts, drain=AT_ONCE),
            BatchSubscription(OFFER_CONTACTS, self.contacts, drain=AT_ONCE),
            BatchSubscription(CLAUSE_CONTACTS, self.contacts, drain=AT_ONCE),
            BatchSubscription(OFFERS, self.offers, drain=AT_ONCE),
            BatchSubscription(RECOMMENDATIONS, self.recommendations, drain=TOLD_AT_ONCE, gather_seconds=GATHER_SECONDS),
            BatchSubscription(APPLICATIONS, self.applications, drain=AT_ONCE),
            BatchSubscription(OFFER_NOTICES, self.notices, drain=AT_ONCE),
            BatchSubscription(STAFF_NOTICES, self.notices, drain=AT_ONCE),
            BatchSubscription(CLAUSE_NOTICES, self.notices, drain=AT_ONCE),
            self._answering.subscription,
        ]

    async def contacts(self, batch: Batch) -> None:
        """Keep contact points. Who takes theirs back is reached no more; who was erased is forgotten entirely; who accompanies
        somebody no longer keeps nothing of what they were told of them.
        """
        updates: list[UpdateOne] = []
        known = set()
        versions = await self._stands("contacts", batch, _contact_id)
        people = [event for event in batch if event.data is not None and event.data.kind == "profile"]
        lost = await losing(self._store, {_contact_id(event): event.state.counsellor_ids for event in people})
        for event in batch:
            id = _contact_id(event)
            stands = versions.get(id, 0)
            if not event.beats(stands):
                continue
            version = versions[id] = event.leaves(stands)
            if event.data is not None:
                state: ContactState = event.data
                # By when it is heard: what is told meanwhile is looked for again (``Jobs.accompanying``).
                updates.append(
                    newer(_contact(event) | {"told_at": self._clock.now()}, keep=OWN_OF_CONTACTS, beside="email")
                )
                known.add(state.subject_id)
                continue
            # What came before it says whether a person or an account is meant.
            await project(self._store, "contacts", updates)
            updates = []
            if await self._is_person(id, event):
                await self._erase(id, event, version)
            else:
                updates.append(store.contact_removed(id, event.subject, version, self._clock.now()))
        await project(self._store, "contacts", updates)
        if lost:
            await let_go(self._store, {"_id": {"$in": lost}})
        if known:
            whose = {"$in": list(known)}
            await self._telling.release({"$or": [{"matter.subject_id": whose}, {"matter.about": whose}]})

    async def _stands(self, collection: str, batch: Batch, id: Callable[[Event[Any]], str]) -> dict[str, int]:
        """The versions that stand, where they are needed to decide: of states the write itself lets only newer ones through."""
        if all(event.data is not None for event in batch):
            return {}
        return await store.versions(self._store, collection, map(id, batch))

    async def _is_person(self, id: str, event: Event[Any]) -> bool:
        """Whether a tombstone erases a person: only profiles can say so. Its type does; older ones are known by the kind."""
        if event.topic != CONTACTS:
            return False
        if event.type == PERSON_ERASED:
            return True
        return await heard.names_a_person(self._store, id)

    async def _erase(self, id: str, event: Event[Any], version: int) -> None:
        marker = {
            "_id": id,
            "subject_id": event.subject,
            "version": version,
            "erased_at": self._clock.now(),
            "person": True,
        }
        gone = await self._erasing.count(event.subject)
        work = Work(self._new_id)
        work.delete("contacts", {"_id": id})
        work.insert("contacts", marker)
        store.forget(work, event.subject)
        await self._store.commit(work)
        await forget_answers(self._store, event.subject)
        await self._erasing.tell(gone)

    async def offers(self, batch: Batch) -> None:
        """Keep what texts say of an offer; messages that waited for it go."""
        updates: list[Any] = []
        known = []
        versions = await self._stands("offers", batch, lambda event: event.key)
        gone = await heard.named_offers(self._store, (event.key for event in batch if event.data is None))
        await forget_names(self._store, gone)
        for event, version in newest(batch, lambda id: versions.get(id, 0)).values():
            if event.data is None:
                updates.append(store.erased(event.key, version, self._clock.now()))
                continue
            state: OfferState = event.data
            updates.append(newer(_offer(event)))
            known.append(state.offer_id)
        await project(self._store, "offers", updates)
        # What was being told meanwhile did not know of it yet.
        await forget_names(self._store, gone)
        for id in {event.key for event in batch if event.data is None and not event.repeated}:
            # What could not be told of it names them too.
            await forget_stuck(self._store, id)
        if known:
            await self._telling.release({"matter.offer_id": {"$in": known}})

    async def recommendations(self, batch: Batch) -> None:
        """Tell new recommendations and take back withdrawn ones; what came and went in one batch is not told."""
        await self._once(batch, self._recommendations)

    async def _recommendations(self, fresh: Batch) -> None:
        last: dict[str, Event[Any]] = {}
        for event in fresh:
            state: RecommendationState = event.state
            last[state.recommendation_id] = event
        withdrawn = {
            event.state.recommendation_id: recommendations.told_of(event.state)
            for event in fresh
            if event.state.status == "withdrawn"
        }
        created = {id: event for id, event in last.items() if event.state.status == "created"}
        # What came back worth what was told before lies in the inbox already, unless it went before it got there.
        returned = [recommendations.told_of(event.state) for event in created.values() if not event.state.material]
        back = {one.id: one for one in await store.in_inboxes(self._store, returned)}
        matters = [
            recommendations.matter_of(event.state, effect_key(event), event.id, event.time, event.correlation)
            for id, event in created.items()
            if id not in back and not self._telling.too_old(event.time)
        ]
        metrics.NOT_TOLD.labels("superseded").inc(
            sum(event.state.status == "created" for event in fresh) - len(created)
        )
        # What went and came back in one batch stays where it is: an offer that left its group would not be told again.
        gone = [one for id, one in withdrawn.items() if id not in back]
        await self._apply(fresh, matters, gone, back=list(back.values()))

    async def applications(self, batch: Batch) -> None:
        """Tell the steps of applications; the last known state says what is a step."""
        await self._once(batch, self._applications)

    async def _applications(self, fresh: Batch) -> None:
        states = await heard.applications(self._store, (event.subject for event in fresh))
        matters = []
        work = Work(self._new_id)
        for event in fresh:
            row = states.get(event.subject, {})
            stands = row.get("version", 0)
            if not event.beats(stands):
                continue
            if event.data is None:
                work.bulk("applications", [store.erased(event.subject, event.leaves(stands), self._clock.now())])
                states.pop(event.subject, None)
                continue
            application: ApplicationState = event.data
            before = ApplicationStatus.of_stored(row["status"]) if "status" in row else None
            matter = applications.matter_of(application, before, effect_key(event), event.id, event.time)
            if "status" in application.not_understood:
                matter = None  # a step that nobody here can name
            if matter is not None and not self._telling.too_old(event.time):
                matters.append(_traced(matter, event))
            states[event.subject] = _application(event)
        work.bulk("applications", [newer(row) for row in states.values() if "status" in row])
        await self._apply(fresh, matters, work=work)

    async def notices(self, batch: Batch) -> None:
        """Tell what another service asks to be told."""
        await self._once(batch, self._notices)

    async def _notices(self, fresh: Batch) -> None:
        matters: list[Matter] = []
        for event in fresh:
            notice: NoticeState = event.state
            if not self._telling.too_old(event.time):
                told = notices.matters_of(notice, effect_key(event), event.id, event.time)
                matters += [_traced(matter, event) for matter in told]
        await self._apply(fresh, matters)

    async def _once(self, batch: Batch, effect: Callable[[Batch], Awaitable[None]]) -> None:
        """Have the effect of each event once. All are taken for new, which they nearly always are: the commit knows better."""
        by_key = {effect_key(event): event for event in batch}
        if not await self._effects.release_before():
            try:
                await effect(list(by_key.values()))
                return
            except AlreadyExists:
                pass  # one of them was applied before: which, is asked below
        seen = await self._effects.known(by_key)
        fresh = [event for key, event in by_key.items() if key not in seen]
        if fresh:
            await effect(fresh)

    async def _apply(
        self,
        events: Batch,
        matters: Sequence[Matter],
        withdrawn: Sequence[Told] = (),
        *,
        back: Sequence[Told] = (),
        work: Work | None = None,
    ) -> None:
        """Effects and the memory of them in one transaction: whoever comes second fails on the memory (``_once``)."""
        work = work or Work(self._new_id)
        await self._effects.remember(work, (effect_key(event) for event in events))
        waiting = await self._telling.tell(work, matters, withdrawn)
        store.mark_returned(work, back, self._clock.now())
        await self._telling.commit(work)
        if waiting:
            await self._telling.release({"_id": {"$in": waiting}})


def _contact(event: Event[Any]) -> dict[str, Any]:
    state: ContactState = event.state
    known = state.model_dump(mode="python", exclude={"phone"})
    return {"_id": _contact_id(event), "version": event.sequence, "told_at": event.time, **known}


def _offer(event: Event[Any]) -> dict[str, Any]:
    state: OfferState = event.state
    return {
        "_id": state.offer_id,
        "version": event.sequence,
        "title": state.title,
        "company": state.company.name,
        "place": state.place.name if state.place is not None else None,
        "status": state.status,
        "canonical_offer_id": state.canonical_offer_id,
    }


def _application(event: Event[Any]) -> dict[str, Any]:
    state: ApplicationState = event.state
    return {
        "_id": event.subject,
        "version": event.sequence,
        "status": state.status,
        "profile_id": state.profile_id,
    }


READ_MODELS = (
    ReadModel("contacts", (CONTACTS, OFFER_CONTACTS, CLAUSE_CONTACTS), _contact, id=_contact_id, keep=OWN_OF_CONTACTS),
    ReadModel("offers", (OFFERS,), _offer),
    ReadModel("applications", (APPLICATIONS,), _application),
)
