"""The sender: claims queued e-mails one by one and records what became of each. Any number of workers share the queue.

A claim is a lease on one message and bumps its version: only the holder of that version can record an outcome, and nothing
joins a message that is on its way. A sender that dies lets its claim lapse; the next one sends the message again under the
same Message-ID. That is at least once, never silently never.
"""

import asyncio
import contextlib
from datetime import datetime, timedelta

from pymongo import ReturnDocument
from pymongo.errors import PyMongoError

from services.notifications import metrics, store
from services.notifications.domain.notification import Notification, Status
from services.notifications.domain.reach import Contact
from services.notifications.mailer import Mailer, RefusedForGood, RefusedForNow, Unreachable, build
from services.notifications.settings import NotificationsSettings
from services.notifications.telling import Telling
from services.notifications.texts import Texts
from shared.clock import Clock
from shared.contracts.topics import DELIVERIES
from shared.contracts.vocabulary import Channel
from shared.errors import VersionConflict
from shared.ids import IdFactory
from shared.logs import bound_contextvars, get_logger
from shared.store import Store, Work

LONGEST_PAUSE_SECONDS = 30.0
GRACE_SECONDS = 3.0

_log = get_logger()


class Sender:
    """``run`` for the worker; ``drain`` sends all that is due and returns."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        new_id: IdFactory,
        settings: NotificationsSettings,
        texts: Texts,
        telling: Telling,
    ) -> None:
        self._store = store
        self._clock = clock
        self._new_id = new_id
        self._settings = settings
        self._texts = texts
        self._telling = telling
        self._wake = asyncio.Event()
        self._stopping = False
        telling.on_queued.append(self._wake.set)

    async def run(self) -> None:
        """Send until cancelled. Woken by this process's own commits; polling finds what others queued."""
        if not self._settings.email_enabled:
            _log.warning("email_channel_off", reason="BASSIN_SMTP_HOST is empty")
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
        """Send what is due, several at once; False when the mail server is out of reach."""
        lanes = [self._lane() for _ in range(self._settings.smtp_connections)]
        return all(await asyncio.gather(*lanes))

    async def _lane(self) -> bool:
        mailer = Mailer(self._settings)
        try:
            while not self._stopping:
                claimed = await self._claim()
                if claimed is None:
                    return True
                with bound_contextvars(aggregate_id=claimed.id):
                    if not await self._deliver(mailer, claimed):
                        return False
            return True
        finally:
            await mailer.close()

    async def _claim(self) -> Notification | None:
        now = self._clock.now()
        document = await self._store.collection("notifications").find_one_and_update(
            {"status": Status.QUEUED.value, "due_at": {"$lte": now}},
            {
                "$set": {
                    "claimed": True,
                    "due_at": now + timedelta(seconds=self._settings.email_claim_seconds),
                    "updated_at": now,
                },
                "$inc": {"version": 1},
            },
            sort=[("due_at", 1)],
            return_document=ReturnDocument.AFTER,
        )
        return None if document is None else self._store.restored(Notification, "notifications", document)

    async def _deliver(self, mailer: Mailer, mail: Notification) -> bool:
        """Hand one message over and record it; False when there is nobody to hand it to."""
        contact = (await store.contacts_of(self._store, [mail.subject_id])).get(mail.subject_id)
        address = contact.usable_address if contact is not None else None
        try:
            if address is None:
                await self._record_failure(mail, contact, "no-address")
            elif self._expired(mail):
                await self._record_failure(mail, contact, mail.reason or "given-up")
            else:
                await self._hand_over(mailer, mail, contact, address)
        except Unreachable as unreachable:
            _log.warning("mail_server_unreachable", reason=unreachable.reason)
            await self._put_back(mail)
            return False
        except VersionConflict:
            # Erased meanwhile, or the claim lapsed and another sender has it: its record is the one that counts.
            _log.info("claim_lost")
        return True

    async def _hand_over(self, mailer: Mailer, mail: Notification, contact: Contact | None, address: str) -> None:
        unsubscribe = self._unsubscribe_link(mail)
        name = contact.first_name if contact is not None else None
        try:
            message = build(
                self._texts.mail(mail.template, mail.items, name, unsubscribe),
                notification_id=mail.id,
                sender=self._settings.smtp_from,
                to=address,
                now=self._clock.now(),
                unsubscribe=unsubscribe,
            )
            await mailer.send(message)
        except RefusedForGood as refused:
            await self._record_bounce(mail, contact, address, refused.reason)
        except RefusedForNow as refused:
            await self._record_retry(mail, contact, refused.reason)
        else:
            mail.sent(self._clock.now())
            work = Work(self._new_id)
            work.save("notifications", mail, DELIVERIES)
            await self._finish(work, mail)

    async def _record_bounce(self, mail: Notification, contact: Contact | None, address: str, reason: str) -> None:
        work = Work(self._new_id)
        if contact is not None:
            await self._telling.instead_of_email(work, mail, contact)
            # Nothing more goes to a refused address until the person gives another one.
            work.update(
                "contacts", {"subject_id": mail.subject_id, "email": address}, {"$set": {"refused_address": address}}
            )
        mail.bounced(reason, self._clock.now())
        work.save("notifications", mail, DELIVERIES)
        await self._finish(work, mail)

    async def _record_retry(self, mail: Notification, contact: Contact | None, reason: str) -> None:
        if mail.attempts + 1 >= self._settings.email_attempts:
            await self._record_failure(mail, contact, reason)
            return
        now = self._clock.now()
        pause = min(
            self._settings.email_retry_base_seconds * 2**mail.attempts, self._settings.email_retry_longest_seconds
        )
        mail.again(reason, now + timedelta(seconds=pause), now)
        work = Work(self._new_id)
        work.save("notifications", mail)
        await self._store.commit(work)
        metrics.DELIVERIES.labels(Channel.EMAIL.value, "retried").inc()

    async def _record_failure(self, mail: Notification, contact: Contact | None, reason: str) -> None:
        work = Work(self._new_id)
        if contact is not None:
            await self._telling.instead_of_email(work, mail, contact)
        mail.failed(reason, self._clock.now())
        work.save("notifications", mail, DELIVERIES)
        await self._finish(work, mail)

    async def _finish(self, work: Work, mail: Notification) -> None:
        await self._store.commit(work)
        now = self._clock.now()
        metrics.DELIVERIES.labels(Channel.EMAIL.value, mail.status.value).inc()
        metrics.LATENCY.labels(Channel.EMAIL.value).observe(max(0.0, (now - mail.caused_at).total_seconds()))
        _log.info("email_done", outcome=mail.status.value, reason=mail.reason, attempts=mail.attempts)

    async def _put_back(self, mail: Notification) -> None:
        now = self._clock.now()
        mail.put_back(now, now)
        work = Work(self._new_id)
        work.save("notifications", mail)
        with contextlib.suppress(VersionConflict, PyMongoError):  # else the claim lapses by itself
            await self._store.commit(work)

    def _expired(self, mail: Notification) -> bool:
        limit: datetime = mail.created_at + timedelta(hours=self._settings.email_give_up_hours)
        return self._clock.now() > limit

    def _unsubscribe_link(self, mail: Notification) -> str | None:
        if mail.unsubscribe_token is None:
            return None
        return f"{self._settings.notifications_public_url.rstrip('/')}/v1/unsubscribe/{mail.unsubscribe_token}"

    async def _until_due(self) -> float:
        """Seconds until the next message may leave, at most the polling interval."""
        first = await self._store.collection("notifications").find_one(
            {"status": Status.QUEUED.value}, {"due_at": 1}, sort=[("due_at", 1)]
        )
        if first is None:
            return self._settings.sender_poll_seconds
        wait: float = (first["due_at"] - self._clock.now()).total_seconds()
        return min(max(wait, 0.0), self._settings.sender_poll_seconds)
