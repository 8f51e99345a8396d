"""What time triggers in notifications. Each job is leased and safe to run twice."""

from datetime import timedelta

from services.notifications import store
from services.notifications.commands.accompanying import LOOKED_AT_AGAIN, let_go
from services.notifications.commands.telling import Telling
from services.notifications.domain.notification import Status
from services.notifications.settings import NotificationsSettings
from shared import metrics
from shared.clock import Clock
from shared.contracts.vocabulary import Channel
from shared.ids import IdFactory
from shared.logs import get_logger
from shared.service import Job
from shared.store import Store, Work

_log = get_logger()

# An effect that read a contact just before its erasure may commit just after: look again for this long.
SWEEP_AFTER_ERASURE = timedelta(hours=1)
LONGEST_PAUSE = timedelta(days=8)
"""No setting lets a message wait so long: a week between two e-mails with offers, a day after a refusal, an hour for a claim."""


class Jobs:
    """The jobs of this service."""

    def __init__(
        self, store: Store, clock: Clock, new_id: IdFactory, settings: NotificationsSettings, telling: Telling
    ) -> None:
        self._store = store
        self._clock = clock
        self._new_id = new_id
        self._settings = settings
        self._telling = telling

    def all(self) -> tuple[Job, ...]:
        """For the composition root."""
        return (
            Job("waiting", timedelta(seconds=self._settings.waiting_retry_seconds), self.waiting),
            Job("erasures", timedelta(minutes=5), self.erasures),
            Job("accompanying", timedelta(minutes=5), self.accompanying),
            Job("far-ahead", timedelta(minutes=5), self.far_ahead),
        )

    async def waiting(self) -> None:
        """Try again what waits (arrivals wake it; this is the guarantee), and give up what waited too long."""
        now = self._clock.now()
        await self._telling.release({"retry_at": {"$lte": now}})
        waiting = self._store.collection("waiting")
        limit = now - timedelta(days=self._settings.waiting_days)
        expired = await waiting.delete_many({"since": {"$lt": limit}})
        if expired.deleted_count:
            metrics.NOT_TOLD.labels("expired").inc(expired.deleted_count)
            _log.warning("waited_too_long", count=expired.deleted_count, days=self._settings.waiting_days)

    async def far_ahead(self) -> None:
        """What a clock that was wrong has put off by more than any pause there is leaves now."""
        now = self._clock.now()
        put_off = {
            "status": Status.QUEUED.value,
            "channel": {"$in": [*Channel]},
            "due_at": {"$gt": now + LONGEST_PAUSE},
        }
        changed = {"$set": {"due_at": now, "claimed": False}, "$inc": {"version": 1}}
        found = await self._store.collection("notifications").update_many(put_off, changed)
        if found.modified_count:
            _log.warning("messages_put_off_too_far", count=found.modified_count)

    async def figures(self) -> None:
        """How much waits, and for how long."""
        metrics.WAITING.set(await self._store.collection("waiting").estimated_document_count())
        now = self._clock.now()
        for channel in Channel:
            depth, oldest = await store.due(self._store, channel, now)
            metrics.QUEUE_DEPTH.labels(channel.value).set(depth)
            metrics.QUEUE_AGE.labels(channel.value).set(0 if oldest is None else (now - oldest).total_seconds())

    async def erasures(self) -> None:
        """Forget again who was erased a short while ago."""
        recent = self._clock.now() - SWEEP_AFTER_ERASURE
        async for marker in self._store.collection("contacts").find({"erased_at": {"$gte": recent}}):
            work = Work(self._new_id)
            store.forget(work, marker["subject_id"])
            await self._store.commit(work)

    async def accompanying(self) -> None:
        """Look again at people of whom something was heard a short while ago: another counsellor may have been told meanwhile."""
        await let_go(self._store, {"told_at": {"$gte": self._clock.now() - LOOKED_AT_AGAIN}})
