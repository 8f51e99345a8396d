"""What time triggers in notifications. Each job is leased and safe to run twice."""

from datetime import timedelta

from services.notifications.commands.accompanying import LOOKED_AT_AGAIN, let_go
from services.notifications.commands.claiming import bring_near
from services.notifications.commands.forgetting import forget_again, give_up_waiting
from services.notifications.commands.telling import Telling
from services.notifications.queries import sending
from services.notifications.settings import NotificationsSettings
from shared import metrics
from shared.clock import Clock
from shared.contracts.vocabulary import Channel
from shared.ids import IdFactory
from shared.logs import get_logger
from shared.service import Job
from shared.store import Store

_log = get_logger()

# An effect that read a contact just before its erasure may commit just after: look again for this long.
SWEEP_AFTER_ERASURE = timedelta(hours=1)


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
        expired = await give_up_waiting(self._store, now - timedelta(days=self._settings.waiting_days))
        if expired:
            metrics.NOT_TOLD.labels("expired").inc(expired)
            _log.warning("waited_too_long", count=expired, days=self._settings.waiting_days)

    async def far_ahead(self) -> None:
        """What a clock that was wrong has put off by more than any pause there is leaves now."""
        if found := await bring_near(self._store, self._clock.now()):
            _log.warning("messages_put_off_too_far", count=found)

    async def figures(self) -> None:
        """How much waits, and for how long."""
        metrics.WAITING.set(await sending.waiting_matters(self._store))
        now = self._clock.now()
        for channel in Channel:
            depth, oldest = await sending.due(self._store, channel, now)
            metrics.QUEUE_DEPTH.labels(channel.value).set(depth)
            metrics.QUEUE_AGE.labels(channel.value).set(0 if oldest is None else (now - oldest).total_seconds())

    async def erasures(self) -> None:
        """Forget again who was erased a short while ago."""
        await forget_again(self._store, self._new_id, self._clock.now() - SWEEP_AFTER_ERASURE)

    async def accompanying(self) -> None:
        """Look again at people of whom something was heard a short while ago: another counsellor may have been told meanwhile."""
        await let_go(self._store, {"told_at": {"$gte": self._clock.now() - LOOKED_AT_AGAIN}})
