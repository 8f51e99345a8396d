"""The engine of one worker: news in, allocation settled, effects committed, until nothing blocks any more."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from services.matching.domain.configuration import Configuration
from services.matching.domain.life import Status
from services.matching.domain.occupations import Referential
from services.matching.engine.effects import Change, Effects, Why, changes, portions
from services.matching.engine.memory import Memory, Places
from services.matching.engine.pace import Pace
from services.matching.engine.restoring import Restoring, is_news, places_from
from services.matching.settings import MatchingSettings
from services.matching.store import Write, by_id, one_by_id, pinned_and_live, replace_at, update_at, write
from shared import metrics
from shared.civil import mainland_day
from shared.clock import Clock
from shared.errors import AlreadyExists, VersionConflict
from shared.ids import IdFactory
from shared.kafka.under_way import UnderWay
from shared.logs import get_logger
from shared.store import Store, Work

_log = get_logger()

ATTEMPTS = 100
"""Commits tried before a batch is given back to the consumer; each failure means that another worker got ahead."""

LITTLE = 4_000
"""Sides that are settled without a pause: some tenths of a second."""
ROUNDS = 4
SETTLED_WITHIN = 30.0
"""Seconds after which a shard that is still settling tells what stands so far."""


@dataclass
class Projection:
    """A document of a read model to store at ``expected``; ``also`` adds what must go with it (an erasure).

    ``whole``: makes the document, where ``document`` has only what differs from the one that stands at ``expected``. Most of
    what becomes of profiles from day to day is who accompanies them, and to write that alone costs half of writing all.
    """

    collection: str
    document: dict[str, Any]
    expected: int
    also: Callable[[Work], None] | None = None
    whole: Callable[[], dict[str, Any]] | None = None

    def complete(self) -> None:
        """Store the whole document: another one stands than this was told apart from."""
        if self.whole is not None:
            self.document, self.whole = self.whole(), None


def _written(one: Projection) -> Write:
    if one.whole is None:
        return replace_at(one.collection, one.document, one.expected)
    return update_at(one.document["_id"], one.expected, one.document)


class Engine:
    """``lock`` is held from the news to the commit, so memory and store part only inside it."""

    def __init__(
        self, store: Store, clock: Clock, new_id: IdFactory, settings: MatchingSettings, referential: Referential
    ) -> None:
        self.store = store
        self.clock = clock
        self.settings = settings
        self.lock = asyncio.Lock()
        self.ready = asyncio.Event()
        self.unsettled = asyncio.Event()
        self._time = time.monotonic
        self._pace = Pace(settings.calm_seconds, settings.settle_within_seconds)
        self._why: dict[str, Why] = {}
        self._referential = referential
        self._restoring = Restoring(store)
        self.new_id = new_id
        self.name = new_id()
        """Of this worker, for as long as it lives: places say which one wrote them."""
        self._wanted: set[int] | None = None
        self._held: set[int] = set()
        self._stale = True
        self.memory = Memory(Configuration(), referential, self.today())

    def today(self) -> int:
        """The day by the clock in the engine's one calendar, as a proleptic ordinal."""
        return mainland_day(self.clock.now())

    def assign(self, partitions: Iterable[int]) -> None:
        """The consumer group gave these partitions of the profiles' topic to this worker, and no others."""
        self._wanted = set(partitions)
        self._held = set()

    def doubt(self) -> None:
        """Something may have been stored that this worker did not hear of: the next run loads everything anew."""
        self._stale = True

    async def up_to_date(self) -> None:
        """Load what is not in memory: everything after a start or a failure, the shard after an assignment. Lock held."""
        if self._stale:
            memory = Memory(await self._restoring.configuration(), self._referential, self.today())
            await self._restoring.shared(memory)
            self.memory, self._held, self._stale = memory, set(), False
        if self._wanted is not None and self._held != self._wanted:
            wanted = set(self._wanted)
            await self._restoring.shard(self.memory, wanted)
            self._held = wanted
        self.ready.set()

    async def run(
        self,
        news: Callable[[Memory], Sequence[Projection]],
        why: Mapping[str, Why],
        size: int = 1,
        *,
        now: bool = False,
    ) -> None:
        """Apply news to memory and store them; what follows from them is settled at once or, in a burst, a little later.

        ``news`` leaves out what memory knows already; ``size``: how many there are; ``now``: settle whatever the pace. After
        any failure memory is loaded anew, so that the same news can come again.
        """
        async with self._whole():
            projections = list(news(self.memory))
            self._why.update(why)
            # Who is erased is withdrawn in the same commit: afterwards nothing tells what was live.
            erased = any(projection.also is not None for projection in projections)
            await self._follow(projections, size, now=now or erased)

    async def _follow(self, projections: list[Projection], size: int, *, now: bool = False) -> None:
        """Store news that are in memory, and settle at once or leave that to ``settle``. Lock held."""
        if self._pace.hear(self._time(), size) or now:
            await self._settle(projections)
            return
        self._pace.storing()
        try:
            await self._store(projections)
        finally:
            self._pace.stored(self._time())
        self.unsettled.set()

    async def settle(self) -> None:
        """Settle what waits."""
        async with self._whole():
            await self._settle([])

    def pause(self) -> float:
        """Seconds until what waits is to be settled; 0 or less: now."""
        return self._pace.due(self._time())

    @asynccontextmanager
    async def _whole(self) -> AsyncIterator[None]:
        """Memory up to date and for one caller; in doubt after a failure."""
        async with self.lock:
            try:
                await self.up_to_date()
                with metrics.SETTLING.time():
                    yield
                metrics.IN_MEMORY.labels("offers").set(len(self.memory.offer_index))
                metrics.IN_MEMORY.labels("profiles").set(len(self.memory.profile_index))
            except BaseException:
                self.doubt()
                raise

    async def _settle(self, projections: list[Projection]) -> None:
        """Store news with all that follows from them, until nothing blocks any more."""
        settler = self.memory.settler
        while True:
            await self._find_blocking_pairs()
            await self._store(projections, with_effects=True)
            if settler.quiet and not settler.touched_offers:
                break
            await asyncio.sleep(0)
        self._pace.settled()
        self.unsettled.clear()
        self._why.clear()

    async def _find_blocking_pairs(self) -> None:
        """Settle in memory, as far as that goes before people have waited for long: what is not settled may not stay."""
        settler, until = self.memory.settler, self._time() + SETTLED_WITHIN
        while not settler.quiet and self._time() < until:
            # A few changes are settled in one go; a shard that comes back lets the loop breathe in between.
            settler.settle(rounds=None if settler.waiting <= LITTLE else ROUNDS)
            await asyncio.sleep(0)

    async def _store(self, projections: list[Projection], *, with_effects: bool = False) -> None:
        overtaken = 0
        while True:
            try:
                gone = [projection.document["_id"] for projection in projections if projection.also is not None]
                found = list(portions(changes(self.memory), gone)) if with_effects else []
                await self._commit(projections, found, first=not overtaken)
                return
            except (AlreadyExists, VersionConflict):
                overtaken += 1
                metrics.OVERTAKEN.inc()
                _log.info("overtaken", times=overtaken)
                if overtaken == ATTEMPTS:
                    raise
                await self._catch_up(projections)
                if with_effects:
                    await self._find_blocking_pairs()

    async def _commit(self, projections: list[Projection], found: list[list[Change]], *, first: bool) -> None:
        """Write what is new, portion by portion; ``projections`` is emptied once they are stored, with the first.

        ``first``: nobody has got ahead yet, so what a new offer makes is taken for new.

        While a portion is being stored the next one is made: it is of other offers, so of other documents, and making it changes
        nothing in memory. Where one is refused, what was made of those behind it is dropped and made anew.
        """
        storing = UnderWay()
        try:
            for at, portion in enumerate(found or [[]]):
                work = Work(self.new_id)
                news = [] if at else projections
                for collection in dict.fromkeys(projection.collection for projection in news):
                    write(work, collection, [_written(each) for each in news if each.collection == collection])
                effects = Effects(self.memory, self.store, self.clock.now(), self._why, self.name)
                await effects.write(work, portion, first=first)
                for projection in news:
                    if projection.also is not None:
                        projection.also(work)
                await storing.begin(self._store_portion(work, portion, news, effects.left))
            await storing.over()
        finally:
            await storing.given_up()

    async def _store_portion(
        self, work: Work, portion: Sequence[Change], news: list[Projection], left: Mapping[str, Mapping[str, Any]]
    ) -> None:
        await self.store.commit(work)
        news.clear()
        self.memory.keep_stored(left)
        self._stored(portion)

    def _stored(self, portion: Sequence[Change]) -> None:
        memory = self.memory
        for change in portion:
            version = memory.places.get(change.offer_id, Places()).version
            if not version:
                memory.first_placed.add(change.offer_id)
            memory.places[change.offer_id] = Places(version + 1, change.now)
            side = memory.settler.offers.get(change.offer_id)
            if (dict(side.held) if side else {}) == change.now:
                memory.settler.touched_offers.discard(change.offer_id)

    async def _catch_up(self, projections: list[Projection]) -> None:
        """Another worker got ahead: take over places that it stored, and documents newer than ours."""
        touched = list(self.memory.settler.touched_offers)
        for offer_id, document in (await by_id(self.store, "places", touched)).items():
            self.take_places(offer_id, document)
        kept = []
        for projection in projections:
            id = projection.document["_id"]
            found = await one_by_id(self.store, projection.collection, id)
            stands = found["version"] if found else 0
            if projection.expected != stands:
                projection.complete()
            projection.expected = stands
            if found is None or found["version"] < projection.document["version"]:
                kept.append(projection)
            elif found["version"] > projection.document["version"]:
                self._restoring.take(self.memory, projection.collection, found)
        projections[:] = kept

    def take_places(self, offer_id: str, document: Mapping[str, Any]) -> None:
        """Another worker stored how an offer stands."""
        if document["version"] <= self.memory.places.get(offer_id, Places()).version:
            return
        self.memory.restore_places(offer_id, places_from(document))
        if offer_id in self.memory.offers:
            self.memory.review_offer(offer_id)
        else:
            self.memory.settler.offer_left(offer_id)

    async def take(self, changed: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
        """Take over documents that others stored: (collection, document) in their order."""
        async with self._whole():
            # Asked with the lock: a commit of this worker may come over the stream before it is noted here.
            news = [one for one in changed if is_news(self.memory, *one)]
            for collection, document in news:
                if collection == "places":
                    self.take_places(document["_id"], document)
                else:
                    self._restoring.take(self.memory, collection, document)
            restored = not self._pace.waiting and bool(self.memory.settler.waiting)
            if news or restored:
                await self._follow([], len(news))

    async def look(self) -> None:
        """Follow the clock to another day, restore what an assignment gave, settle what is left."""

        def news(memory: Memory) -> Sequence[Projection]:
            if self.today() != memory.today:
                memory.new_day(self.today())
            return ()

        await self.run(news, {}, now=True)

    async def end_pinned(
        self, query: Mapping[str, Any], because: str, why: Mapping[str, Why], status: Status = Status.WITHDRAWN
    ) -> None:
        """End pinned recommendations, which no places hold: their offer closed, their profile left, the person applied."""
        for _ in range(ATTEMPTS):
            live = [document async for document in pinned_and_live(self.store, query)]
            if not live:
                return
            work = Work(self.new_id)
            effects = Effects(self.memory, self.store, self.clock.now(), why, self.name)
            ended = [effects.end(work, document, status, because) for document in live]
            write(work, "recommendations", ended)
            try:
                await self.store.commit(work)
                return
            except (AlreadyExists, VersionConflict):
                continue
