"""From matters to notifications: who is reached how is decided here, and written in one transaction with its cause."""

import asyncio
import random
import secrets
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from services.notifications import store
from services.notifications.commands.effects import Effects
from services.notifications.commands.nameless import without_name
from services.notifications.domain import living, recommendations
from services.notifications.domain.matter import Category, Matter
from services.notifications.domain.notification import Item, Notification
from services.notifications.domain.reach import Contact, Route, counsellor_routes, named_to, other_routes, own_inbox
from services.notifications.domain.recommendations import Told
from services.notifications.queries.known import Known, Wanted, read_known
from services.notifications.settings import NotificationsSettings
from services.notifications.store import Waiting
from services.notifications.templates.texts import Texts
from shared import metrics, telemetry
from shared.clock import Clock
from shared.contracts.vocabulary import Channel, Notice
from shared.errors import AlreadyExists, VersionConflict
from shared.ids import IdFactory
from shared.logs import get_logger
from shared.store import Store, Work

RELEASED_AT_ONCE = 200
CONFLICTS = 5
LONGEST_RETRY_SECONDS = 600.0
NAME_SECONDS = 60.0

_log = get_logger()


class Telling:
    """Adds to a ``Work`` what a set of matters leads to. ``wake`` is called after the commit of queued e-mails."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        new_id: IdFactory,
        settings: NotificationsSettings,
        texts: Texts,
        outlets: Sequence[Channel],
    ) -> None:
        self._store = store
        self._clock = clock
        self._new_id = new_id
        self._settings = settings
        self.texts = texts
        self._outlets = tuple(outlets)
        self.effects = Effects(store, clock)
        self.on_queued: list[Callable[[], None]] = []

    def too_old(self, happened_at: datetime) -> bool:
        """Whether an event lies so far back that telling it now would only confuse (a resync brings such)."""
        if self._clock.now() - happened_at <= timedelta(days=self._settings.effect_days):
            return False
        metrics.NOT_TOLD.labels("too_old").inc()
        return True

    async def tell(self, work: Work, matters: Sequence[Matter], withdrawn: Sequence[Told] = ()) -> list[str]:
        """Notifications for ``matters``; what cannot be told yet is put to wait, in the same work.

        ``withdrawn`` recommendations are taken back: inbox items are marked, what has not left yet does not leave.
        Returns the keys of what waits. Once they are committed they are to be released again: what they wait for may
        have come after it was looked for here, when nothing waited yet.
        """
        _, gone = await self._add(work, [Waiting(matter) for matter in matters], withdrawn)
        return sorted({matter.key for matter in matters} - set(gone))

    async def commit(self, work: Work) -> None:
        """Commit and wake the sender."""
        await self._store.commit(work)
        for wake in self.on_queued:
            wake()

    async def release(self, query: Mapping[str, object]) -> None:
        """Tell what waits and matches ``query``, as far as it can be told now."""
        for _ in range(CONFLICTS):
            try:
                while await self._release(query):
                    pass
                return
            except (AlreadyExists, VersionConflict):
                # Another release was at it at the same instant: read again what is left to do, a little later,
                # since a majority read right after a conflict may still see what was there before.
                await asyncio.sleep(random.uniform(0.01, 0.05))
        _log.info("release_left_to_the_job")

    async def _release(self, query: Mapping[str, object]) -> int:
        rows = await store.waiting(self._store, query, RELEASED_AT_ONCE)
        if not rows:
            return 0
        work = Work(self._new_id)
        told_inbox, gone = await self._add(work, rows)
        work.delete("waiting", {"_id": {"$in": gone}})
        guards = [f"waited:{key}:inbox" for key in told_inbox] + [f"waited:{key}" for key in gone]
        await self.effects.remember(work, guards)
        await self.commit(work)
        return len(gone) if len(rows) == RELEASED_AT_ONCE else 0

    async def instead(self, work: Work, undelivered: Notification, contact: Contact) -> None:
        """A message did not get through: who has no other way of their own is told by counsellors."""
        if contact.reads_inbox or Channel.COUNSELLOR in contact.channels:
            return
        now = self._clock.now()
        made = [
            self._boxed(undelivered.matter_again(item), route, self._addressed(route, item, contact), now)
            for item in undelivered.items
            for route in counsellor_routes(contact)
        ]
        self._count(made)
        store.put(work, made)

    async def _add(
        self, work: Work, rows: Sequence[Waiting], withdrawn: Sequence[Told] = ()
    ) -> tuple[list[str], list[str]]:
        """Decide and write; returns the keys whose inbox item was written now, and those that are told completely."""
        known = await self._read([row.matter for row in rows], withdrawn)
        now = self._clock.now()
        told_inbox: list[str] = []
        gone: list[str] = []
        self._take_back(work, known, withdrawn, now)
        for row in rows:
            inbox, complete = self._tell_one(known, row, now)
            if inbox:
                told_inbox.append(row.matter.key)
            if complete:
                gone.append(row.matter.key)
            else:
                store.put_waiting(work, row, inbox or row.told_inbox, now, self._retry_at(row, now))
        changed = [mail for mail in known.mails.values() if mail.version != mail.loaded_version]
        empty = [mail for mail in changed if not mail.items]
        for mail in empty:
            work.touch("notifications", mail.id, mail.loaded_version)
            metrics.NOT_TOLD.labels("superseded").inc()
        if empty:
            work.delete("notifications", {"_id": {"$in": [mail.id for mail in empty]}})
        self._count([one for one in (*known.written, *changed, *known.begun) if not one.loaded_version])
        store.put(work, [*known.written, *known.untold, *known.begun, *(mail for mail in changed if mail.items)])
        store.put_groups(work, known.stored, now)
        return told_inbox, gone

    def _take_back(self, work: Work, known: Known, withdrawn: Sequence[Told], now: datetime) -> None:
        if not withdrawn:
            return
        refs = frozenset(one.id for one in withdrawn)
        if known.waits_withdrawn:  # which it hardly ever does; whoever releases it at the same time conflicts with this
            work.delete("waiting", store.waiting_for(withdrawn).filter)
            # What was released after it was read is met by what it tells of.
            store.mark_withdrawn(work, withdrawn, now)
        else:
            store.mark_over(work, known.over, now)
        for mail in known.mails.values():
            if any(item.ref in refs for item in mail.items):
                mail.drop(refs, now)
        for group in known.stored:
            group.drop(refs)

    def _retry_at(self, row: Waiting, now: datetime) -> datetime:
        """Longer and longer: arrivals wake what waits, so this is for the race between the two only."""
        waited = (now - row.since).total_seconds() if row.since is not None else 0.0
        return now + timedelta(seconds=min(max(waited, self._settings.waiting_retry_seconds), LONGEST_RETRY_SECONDS))

    async def _read(self, matters: Sequence[Matter], withdrawn: Sequence[Told]) -> Known:
        subjects = frozenset(matter.subject_id for matter in matters)
        beside = (one for matter in matters for one in (matter.about, matter.concerns) if one is not None)
        recommended = frozenset(m.subject_id for m in matters if m.category is Category.RECOMMENDATIONS)
        mailed = recommended if Channel.EMAIL in self._outlets else frozenset[str]()
        named = (living.named_in(m.template, m.offer_id, m.params) for m in matters)
        wanted = Wanted(
            people=subjects.union(beside),
            offers=frozenset(id for m in matters for id in (m.offer_id, m.params.get("offer_id")) if id).union(*named),
            subjects=subjects,
            recommended=recommended,
            mailed=mailed,
            spaced=mailed if self._settings.digest_gap else frozenset(),
            withdrawn=tuple(withdrawn),
            template=recommendations.TEMPLATE,
            since=self._clock.now() - timedelta(minutes=self._settings.inbox_burst_minutes),
        )
        return await read_known(self._store, wanted)

    def _tell_one(self, known: Known, row: Waiting, now: datetime) -> tuple[bool, bool]:
        """Write what can be written: whether the inbox item was, and whether nothing is left to wait."""
        matter = without_name(row.matter, known.stands)
        if any(whom is not None and known.erased(whom) for whom in (matter.subject_id, matter.about, matter.concerns)):
            metrics.NOT_TOLD.labels("erased").inc()
            return False, True
        if matter.beside and self._passes_it_on(known, matter):
            return False, True
        offer = known.offers.get(matter.offer_id) if matter.offer_id is not None else None
        if (matter.offer_id is not None and offer is None) or self._waits_for_a_name(known, row, now):
            return False, False
        if ended := self._ended(known, matter):
            waited = None if row.since is None else now - row.since
            if living.waits(matter, waited):
                return False, False
            left = living.without(matter.params, ended, known.stands)
            if left is None:
                if not row.told_inbox:
                    self._not_told(known, matter, now)
                return False, True
            matter = matter.model_copy(update={"params": left})
        contact = known.contacts.get(matter.subject_id)
        item = self.texts.item(matter, offer, self._person(known, matter))
        kept = self._at_home(known, matter)
        if not row.told_inbox:
            self._put_in_box(known, kept, own_inbox(kept), item, contact, now)
        if contact is None:
            return not row.told_inbox, matter.quiet
        chosen = known.preferences.get(matter.subject_id)
        for route in other_routes(matter, contact, chosen, self._outlets):
            if route.box is None:
                # A box is opened with a token that says who reads; a letter is not, so only staff are told a name.
                about = known.contacts.get(matter.about) if matter.about is not None else None
                names = named_to(contact, about)
                outside = item if names or about is None else self.texts.item(matter, offer, None)
                self._queue(known, kept, route.channel, outside, now, names=names)
            else:
                self._put_in_box(known, kept, route, item, contact, now)
        return not row.told_inbox, True

    def _ended(self, known: Known, matter: Matter) -> frozenset[str]:
        """Offers that this matter would send people to, and that are over."""
        if matter.template not in living.UNTOLD:
            return frozenset()
        named = living.named_in(matter.template, matter.offer_id, matter.params)
        return living.ended(matter.template, named, known.stands)

    def _not_told(self, known: Known, matter: Matter, now: datetime) -> None:
        """Nobody is told; staff who ask what became of it read why."""
        metrics.NOT_TOLD.labels("offer_ended").inc()
        keep = timedelta(days=self._settings.retention_days)
        item = Item(title="", text="")
        made = Notification.queued(self._new_id(), matter, Channel.INBOX, item, None, now, now, keep)
        made.ended(living.ENDED, now)
        known.untold.append(made)

    def _waits_for_a_name(self, known: Known, row: Waiting, now: datetime) -> bool:
        """Whether the person of whom staff are told may still become known, or where they moved to: what tells of a move may be
        heard before the contact that the same commit told, and would be kept for those who served them before. A name is
        worth a minute, not a message.
        """
        matter = row.matter
        if matter.about is None:
            return False
        about = known.contacts.get(matter.about)
        moving = matter.template == Notice.PROFILE_TRANSFER
        if about is not None and not (moving and about.territory != matter.territory):
            return False
        return row.since is None or (now - row.since).total_seconds() < NAME_SECONDS

    def _passes_it_on(self, known: Known, matter: Matter) -> bool:
        """Whether the person's own message goes through this counsellor anyway."""
        about = known.contacts.get(matter.about) if matter.about is not None else None
        if about is None:
            return False
        own = matter.model_copy(update={"subject_id": about.subject_id, "beside": False})
        routes = other_routes(own, about, known.preferences.get(about.subject_id), self._outlets)
        return any(route.box == matter.subject_id for route in routes)

    def _at_home(self, known: Known, matter: Matter) -> Matter:
        """What speaks of a person is for staff of the territory that serves them, wherever the offer lies that it tells of. (Its
        text has the clocks of that place.)
        """
        person = known.contacts.get(matter.about or matter.subject_id)
        if person is None or person.is_user or person.territory == matter.territory:
            return matter
        return matter.model_copy(update={"territory": person.territory})

    def _person(self, known: Known, matter: Matter) -> str | None:
        """First name of the person that a counsellor is told of; nobody else learns it."""
        about = known.contacts.get(matter.about) if matter.about is not None else None
        return about.first_name if about is not None and matter.subject_id in about.counsellor_ids else None

    def _put_in_box(
        self, known: Known, matter: Matter, route: Route, item: Item, contact: Contact | None, now: datetime
    ) -> None:
        """An item of its own for each of a handful of offers; what else comes in the same burst shares one for each person."""
        item = self._addressed(route, item, contact)
        if matter.template != recommendations.TEMPLATE or route.box is None:
            known.written.append(self._boxed(matter, route, item, now))
            return
        if known.single[route.box] < self._settings.inbox_handful:
            known.single[route.box] += 1
            known.written.append(self._boxed(matter, route, item, now))
            return
        whose = (route.box, matter.subject_id)
        stored = next((one for one in known.stored if (one.box, one.subject_id) == whose and one.takes_more), None)
        if stored is not None:
            stored.gather(matter, item)
            return
        begun = next((one for one in known.begun if (one.box, one.subject_id) == whose and one.takes_more), None)
        if begun is not None:
            begun.gather(matter, item, now)
            return
        boxed = self._boxed(matter, route, item, now)
        boxed.grouped = True
        if route.channel is Channel.COUNSELLOR:
            boxed.heading = self.texts.to_tell(contact.first_name if contact is not None else None)
        known.begun.append(boxed)

    def _addressed(self, route: Route, item: Item, contact: Contact | None) -> Item:
        if route.channel is Channel.COUNSELLOR:
            return self.texts.for_counsellor(item, contact.first_name if contact is not None else None)
        return item

    def _boxed(self, matter: Matter, route: Route, item: Item, now: datetime) -> Notification:
        assert route.box is not None
        keep = timedelta(days=self._settings.retention_days)
        published = self._settings.inbox_deliveries
        return Notification.in_box(
            self._new_id(), matter, route.channel, route.box, item, now, keep, published=published
        )

    def _queue(self, known: Known, matter: Matter, channel: Channel, item: Item, now: datetime, *, names: bool) -> None:
        """E-mails with offers gather what comes within the window; others leave at once."""
        digest = channel is Channel.EMAIL and matter.category is Category.RECOMMENDATIONS
        open_mail = known.mails.get(known.gathering.get(matter.subject_id, "")) if digest else None
        if open_mail is not None and open_mail.gathers:
            open_mail.gather(matter, item, now)
            return
        if living.named_in(matter.template, None, matter.params):
            item = item.model_copy(update={"facts": matter.params})
        due_at = now
        if digest:
            due_at += timedelta(seconds=self._settings.digest_seconds)
            last = known.last_mail.get(matter.subject_id)
            if last is not None:
                # A clock that was wrong may have sent it in a year to come.
                due_at = max(due_at, min(last, now) + timedelta(seconds=self._settings.digest_gap))
        keep = timedelta(days=self._settings.retention_days)
        token = secrets.token_urlsafe(24)
        mail = Notification.queued(self._new_id(), matter, channel, item, token, now, due_at, keep, names=names)
        known.mails[mail.id] = mail
        if digest:
            known.gathering[matter.subject_id] = mail.id

    def _count(self, notifications: Sequence[Notification]) -> None:
        now = self._clock.now()
        # A label is looked up once for all that have it: for each it was a twentieth of what telling somebody costs.
        for (channel, status), made in Counter((one.channel, one.status) for one in notifications).items():
            metrics.DELIVERIES.labels(channel.value, status.value).inc(made)
        boxed = [one for one in notifications if one.box is not None]
        latency = {channel: metrics.LATENCY.labels(channel.value) for channel in {one.channel for one in boxed}}
        for one in boxed:
            latency[one.channel].observe(max(0.0, (now - one.caused_at).total_seconds()))
            began = int(one.created_at.timestamp() * 1e9)
            telemetry.delivered("notifications", one.id, one.channel.value, one.correlation_id, one.caused_by, began)
