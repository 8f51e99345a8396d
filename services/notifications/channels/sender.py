"""The sender: claims queued messages of a channel one by one and records what became of each. Any number of workers share
the queue.

A claim is a lease on one message and bumps its version: only the holder of that version can record an outcome, and nothing
joins a message that is on its way. A sender that dies lets its claim lapse; the next one sends the message again under the
same id. That is at least once, never silently never.
"""

import asyncio
import contextlib

from pymongo.errors import PyMongoError

from services.notifications import store
from services.notifications.channels import UNSURE_TIMES, Outlet, RefusedForGood, RefusedForNow, Session, Unreachable
from services.notifications.channels.second_look import look_again
from services.notifications.commands.claiming import claim, most_apart
from services.notifications.commands.telling import Telling
from services.notifications.domain import living
from services.notifications.domain.notification import Notification
from services.notifications.domain.reach import Contact, named_to
from services.notifications.queries.sending import next_due
from services.notifications.settings import NotificationsSettings
from shared import metrics, telemetry
from shared.clock import Clock
from shared.contracts.topics import DELIVERIES
from shared.errors import VersionConflict
from shared.ids import IdFactory
from shared.logs import bound_contextvars, get_logger
from shared.store import Store, Work, because

LONGEST_PAUSE_SECONDS = 30.0
GRACE_SECONDS = 3.0
NOT_THEIRS = "accompanies-no-more"
"""Why a letter that names somebody did not leave."""
NOT_WANTED = "not-wanted"
"""Why a letter did not leave whose kind was switched off while it waited."""

_log = get_logger()


class Sender:
    """Of one channel. ``run`` for the worker; ``drain`` sends all that is due and returns."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        new_id: IdFactory,
        settings: NotificationsSettings,
        outlet: Outlet,
        telling: Telling,
    ) -> None:
        self._store = store
        self._clock = clock
        self._new_id = new_id
        self._settings = settings
        self._outlet = outlet
        self._patience = outlet.patience
        self._telling = telling
        self._wake = asyncio.Event()
        self._stopping = False
        telling.on_queued.append(self._wake.set)

    async def run(self) -> None:
        """Send until cancelled. Woken by this process's own commits; polling finds what others queued."""
        if not self._outlet.enabled:
            _log.warning("channel_off", channel=self._outlet.channel.value)
            return
        self._stopping = False
        failures = 0
        while True:
            self._wake.clear()
            under_way = asyncio.ensure_future(self.drain())
            try:
                reached = await asyncio.shield(under_way)
            except asyncio.CancelledError:
                # What is being handed over is finished, so that a restart seldom sends twice.
                self._stopping = True
                await asyncio.wait({under_way}, timeout=GRACE_SECONDS)
                under_way.cancel()
                raise
            if reached:
                failures = 0
                pause = await self._until_due()
                # Not wait_for: up to Python 3.11 it loses a cancellation that comes as the event does.
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(pause):
                        await self._wake.wait()
            else:
                failures += 1
                await asyncio.sleep(min(self._settings.retry_base_seconds * 2**failures, LONGEST_PAUSE_SECONDS))

    async def drain(self) -> bool:
        """Send what is due, several at once; False when there is nobody to hand it to."""
        lanes = [self._lane() for _ in range(self._outlet.lanes)]
        return all(await asyncio.gather(*lanes))

    async def _lane(self) -> bool:
        session = self._outlet.open()
        try:
            while not self._stopping:
                claimed = await claim(self._store, self._clock, self._outlet.channel, self._patience.claim)
                if claimed is None:
                    return True
                with bound_contextvars(aggregate_id=claimed.id):
                    try:
                        if not await self._deliver(session, claimed):
                            return False
                    except PyMongoError:
                        raise
                    except Exception as error:
                        # Its claim lapses and it is tried again; those behind it do not wait for that.
                        _log.error("message_not_recorded", error=type(error).__name__)
            return True
        finally:
            await session.close()

    async def _deliver(self, session: Session, message: Notification) -> bool:
        """Hand one message over and record it; False when there is nobody to hand it to."""
        contact, chosen = await store.as_reached_now(self._store, message.subject_id)
        address = contact.address(self._outlet.channel) if contact is not None else None
        message.left_out += (ended := await look_again(self._store, self._telling.texts, message))
        try:
            if ended and not message.items:
                await self._record_ended(message, living.ENDED, "offer_ended")
            elif contact is not None and message.names and not await self._may_name(message, contact):
                await self._record_ended(message, NOT_THEIRS, "not_theirs")
            elif contact is None or address is None:
                await self._record_failure(message, contact, "no-address")
            elif chosen is not None and not chosen.wants(message.channel, message.category):
                await self._record_ended(message, NOT_WANTED, "switched_off", instead=contact)
            elif self._expired(message):
                await self._record_failure(message, contact, message.reason or "given-up")
            else:
                await self._hand_over(session, message, contact, address)
        except Unreachable as unreachable:
            _log.warning("channel_unreachable", channel=self._outlet.channel.value, reason=unreachable.reason)
            await self._put_back(message)
            return False
        except VersionConflict:
            # Erased meanwhile, or the claim lapsed and another sender has it: its record is the one that counts.
            _log.info("claim_lost")
        return True

    async def _may_name(self, message: Notification, reader: Contact) -> bool:
        """Whether its reader still accompanies whom a letter names: it may have waited for days."""
        assert message.about is not None
        known = await store.contacts_of(self._store, [message.about])
        return named_to(reader, known.get(message.about))

    async def _hand_over(self, session: Session, message: Notification, contact: Contact, address: str) -> None:
        try:
            await session.hand_over(message, contact, address)
        except Unreachable:
            raise
        except RefusedForGood as refused:
            await self._record_bounce(message, contact, address, refused)
        except RefusedForNow as refused:
            await self._record_retry(message, contact, refused)
        except Exception as error:
            # Whatever a message does to its channel, the queue behind it goes on; it is tried again and given up in time.
            _log.error("hand_over_failed", error=type(error).__name__)
            await self._record_retry(message, contact, RefusedForNow(f"unexpected-{type(error).__name__}"[:100]))
        else:
            message.sent(self._clock.now())
            work = Work(self._new_id)
            work.save("notifications", message, DELIVERIES)
            await self._finish(work, message)

    async def _record_bounce(
        self, message: Notification, contact: Contact, address: str, refused: RefusedForGood
    ) -> None:
        work = Work(self._new_id)
        await self._telling.instead(work, message, contact)
        if refused.address:
            # Nothing more goes there until the person gives another address.
            work.update(
                "contacts", {"subject_id": message.subject_id, "email": address}, {"$set": {"refused_address": address}}
            )
        message.bounced(refused.reason, self._clock.now())
        work.save("notifications", message, DELIVERIES)
        await self._finish(work, message)

    async def _record_ended(
        self, message: Notification, reason: str, cause: str, *, instead: Contact | None = None
    ) -> None:
        """It is not to leave any more: what it tells of is over or not its reader's to know, and then nobody tells them instead,
        or they want no such letter and are told as if they had never wanted one.
        """
        work = Work(self._new_id)
        if instead is not None:
            await self._telling.instead(work, message, instead)
        message.ended(reason, self._clock.now())
        work.save("notifications", message, DELIVERIES)
        await self._store.commit(work)
        metrics.NOT_TOLD.labels(cause).inc()
        with because(message.correlation_id, message.caused_by):
            _log.info("message_done", channel=self._outlet.channel.value, outcome="not_sent", reason=message.reason)

    async def _record_retry(self, message: Notification, contact: Contact | None, refused: RefusedForNow) -> None:
        most = UNSURE_TIMES if refused.unsure else self._patience.attempts
        if refused.counts and message.attempts + 1 >= most:
            await self._record_failure(message, contact, refused.reason)
            return
        now = self._clock.now()
        if refused.counts:
            message.again(refused.reason, now + self._patience.pause(message.attempts), now)
        else:
            pause = self._patience.pause_after(now - (message.tried_since or now))
            message.put_back(now + pause, now, refused.reason)
        work = Work(self._new_id)
        work.save("notifications", message)
        await self._store.commit(work)
        metrics.DELIVERIES.labels(self._outlet.channel.value, "retried").inc()

    async def _record_failure(self, message: Notification, contact: Contact | None, reason: str) -> None:
        work = Work(self._new_id)
        if contact is not None:
            await self._telling.instead(work, message, contact)
        message.failed(reason, self._clock.now())
        work.save("notifications", message, DELIVERIES)
        await self._finish(work, message)

    async def _finish(self, work: Work, message: Notification) -> None:
        await self._store.commit(work)
        now = self._clock.now()
        telemetry.delivered(
            "notifications",
            message.id,
            self._outlet.channel.value,
            message.correlation_id,
            message.caused_by,
            int(message.created_at.timestamp() * 1e9),
        )
        metrics.DELIVERIES.labels(self._outlet.channel.value, message.status.value).inc()
        metrics.LATENCY.labels(self._outlet.channel.value).observe(max(0.0, (now - message.caused_at).total_seconds()))
        channel = self._outlet.channel.value
        with because(message.correlation_id, message.caused_by):
            _log.info("message_done", channel=channel, outcome=message.status.value, reason=message.reason)

    async def _put_back(self, message: Notification) -> None:
        now = self._clock.now()
        message.put_back(now, now)
        work = Work(self._new_id)
        work.save("notifications", message)
        with contextlib.suppress(VersionConflict, PyMongoError):  # else the claim lapses by itself
            await self._store.commit(work)

    def _expired(self, message: Notification) -> bool:
        return self._clock.now() > message.created_at + self._patience.give_up

    async def _until_due(self) -> float:
        """Seconds until the next message may leave, at most the polling interval.

        Raises:
            ClockWrong: none may leave from here. Readiness says so; without it what is due would be asked for without end.
        """
        first = await next_due(self._store, self._outlet.channel, most_apart(self._patience.claim))
        if first is None:
            return self._settings.sender_poll_seconds
        wait = (first - self._clock.now()).total_seconds()
        return min(max(wait, 0.0), self._settings.sender_poll_seconds)
