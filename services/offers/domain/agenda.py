"""Agenda events: what is announced, registrations with a waiting list, attendance."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import BaseModel, Field

from services.offers.domain.actors import Actor, Party
from services.offers.domain.errors import NO_REASON, AlreadyRegistered, ByInvitationOnly, registration_unknown
from services.offers.domain.registration import (
    HOLDS_A_PLACE,
    LIVE,
    RECORDED,
    NoShowReason,
    Registration,
    RegistrationOrigin,
    RegistrationStatus,
)
from services.offers.domain.sessions import Session, WithSessions, span
from shared.contracts.events.base import Place
from shared.contracts.events.offers import AgendaState
from shared.contracts.vocabulary import AgendaKind
from shared.domain import Entity
from shared.errors import Refused, refused_field, transition_refused
from shared.kept_enum import StoredEnum
from shared.types import Distinct, Identifier, Name, Prose
from shared.written import counted


class AgendaStatus(StoredEnum):
    """Life of an agenda event."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


class AgendaDetails(Entity):
    """What an event announces. ``onboarding``: this is the Atelier that newly registered people are positioned on."""

    kind: AgendaKind
    title: Annotated[str, Name(200, min_length=3)]
    description: Annotated[str, Prose(5_000, blank=True)] = ""
    by_invitation: bool = False
    onboarding: bool = False
    company_ids: Annotated[tuple[Identifier, ...], Distinct(200)] = Field(
        default=(), description="Employers who take part"
    )

    @property
    def closed(self) -> bool:
        """Whether the desk places people there: how many sit and wait would tell strangers of them."""
        return self.by_invitation or self.onboarding


class AgendaEvent(WithSessions):
    """A workshop, job dating, fair … with its sessions and registrations."""

    details: AgendaDetails
    place: Place | None = None
    starts_at: datetime
    ends_at: datetime
    status: AgendaStatus = AgendaStatus.DRAFT
    organiser: str
    published_at: datetime | None = None
    revised_at: datetime | None = None
    """When what is announced changed last; absent in what was planned before this was kept. No registration moves it."""

    @property
    def announced_at(self) -> datetime:
        """Since when it has been announced as it is."""
        return self.revised_at or self.published_at or self.created_at

    def event_data(self, event_type: str) -> BaseModel:
        details = self.details
        return AgendaState(
            agenda_id=self.id,
            territory=self.territory,
            kind=details.kind,
            title=details.title,
            description=details.description,
            place=self.place,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            places=None if details.closed else self.places,
            places_left=None if details.closed else self.places_left(self.updated_at),
            by_invitation=details.by_invitation,
            cancelled=self.status is AgendaStatus.CANCELLED,
        )

    @property
    def locality(self) -> str:
        """Whose clocks its hours follow: the commune's where it is known, else the territory's."""
        return (self.place.commune_code if self.place else None) or self.territory

    # Commands

    def publish(self, now: datetime) -> None:
        """Announce the event."""
        if self.status is not AgendaStatus.DRAFT:
            raise transition_refused("cet événement", self.status, "publish", self._allowed())
        if not self.to_come(now):
            raise refused_field(Refused, "sessions", "in_the_past", "Toutes les sessions sont passées.")
        self.status = AgendaStatus.PUBLISHED
        self.published_at = now
        self.record("agenda-published.v1", now)

    def revise(
        self, details: AgendaDetails, place: Place | None, sessions: tuple[Session, ...], now: datetime
    ) -> list[Registration]:
        """Change what is announced; more places promote people who wait (returned).

        What was done for a session's date is to be done again for another one: reminders, and attendance when the new
        date is still to come.

        Raises:
            Refused: a session disappears with people in it, or shrinks below those who hold a place.
        """
        if self.status is AgendaStatus.CANCELLED:
            raise transition_refused("cet événement", self.status, "change", self._allowed())
        by_id = {session.id: session for session in sessions}
        for old in self.sessions:
            inside = [r for r in self.registrations if r.session_id == old.id]
            held = sum(r.status in HOLDS_A_PLACE for r in inside)
            waiting = sum(r.status is RegistrationStatus.WAITING for r in inside)
            new = by_id.get(old.id)
            if new is None and held + waiting:
                people = counted(held + waiting, "personne a", "personnes ont")
                wait = "l'attendent" if held + waiting > 1 else "l'attend"
                message = f"{people} une place dans une séance qui n'y est plus, ou {wait}."
                raise refused_field(Refused, "sessions", "places_held", message)
            if new is not None and new.places is not None and new.places < held:
                raise refused_field(
                    Refused,
                    "sessions",
                    "places_held",
                    f"{counted(held, 'personne a', 'personnes ont')} déjà une place.",
                )
            if new is not None and new.starts_at != old.starts_at:
                self._begin_anew(new, now)
        self.details, self.place, self.sessions = details, place, sessions
        self.starts_at, self.ends_at = span(sessions)
        self.revised_at = now
        promoted = self._promote(now)
        self._tell(now)
        return promoted

    def cancel(self, now: datetime) -> list[Registration]:
        """Call the event off; returns who must be told: those whose session was still to come."""
        if self.status is not AgendaStatus.PUBLISHED:
            raise transition_refused("cet événement", self.status, "cancel", self._allowed())
        self.status = AgendaStatus.CANCELLED
        self.revised_at = now
        coming = {session.id for session in self.to_come(now)}
        told = [r for r in self.registrations if r.status in LIVE and r.session_id in coming]
        self.record("agenda-cancelled.v1", now)
        return told

    def register(
        self,
        registration_id: str,
        profile_id: str,
        by: Actor,
        now: datetime,
        *,
        session_id: str | None = None,
        wait: bool = True,
    ) -> Registration:
        """Give a place, or one on the waiting list when the session is full; without a session, in the next with a place.

        Raises:
            TransitionRefused: not published, or over.
            ByInvitationOnly: a person registers alone for an event by invitation.
            AlreadyRegistered: they hold or wait for a place to come, or have attended.
            Refused: full, and ``wait`` is False.
        """
        if self.status is not AgendaStatus.PUBLISHED:
            raise transition_refused("cet événement", self.status, "register", self._allowed())
        session = self.next_session(now) if session_id is None else self.session(session_id)
        if session is None or session.starts_at <= now:
            raise transition_refused("cette séance", "over", "register", ())
        if self.details.by_invitation and by.party is Party.SEEKER:
            raise ByInvitationOnly("On vient à cet événement sur invitation : parlez-en à votre conseiller.")
        known = self.live_registration(profile_id, now)
        if known is not None:
            raise AlreadyRegistered(
                "Cette personne est déjà inscrite.", registration_id=known.id, registration_status=known.status.value
            )
        full = self.left_in(session) == 0
        if full and not wait:
            raise refused_field(Refused, "session_id", "full", "Cette session est complète.")
        origin = {Party.SEEKER: RegistrationOrigin.PERSON, Party.SYSTEM: RegistrationOrigin.AUTOMATIC}.get(
            by.party, RegistrationOrigin.COUNSELLOR
        )
        helped = origin is RegistrationOrigin.COUNSELLOR
        registration = Registration(
            id=registration_id,
            session_id=session.id,
            profile_id=profile_id,
            status=RegistrationStatus.WAITING if full else RegistrationStatus.REGISTERED,
            origin=origin,
            registered_at=now,
            acted_by=by.id if helped else None,
            on_behalf_of=profile_id if helped else None,
        )
        self.registrations += (registration,)
        self._tell(now)
        return registration

    def cancel_registration(self, registration_id: str, now: datetime) -> list[Registration]:
        """Give a place back; returns who moved up from the waiting list."""
        registration = self.registration(registration_id)
        if registration.status not in LIVE:
            corrected = ("attend",) if registration.status in RECORDED else ()
            raise transition_refused("cette inscription", registration.status, "cancel", corrected)
        self._replace(registration.model_copy(update={"status": RegistrationStatus.CANCELLED}))
        promoted = self._promote(now)
        self._tell(now)
        return promoted

    def attend(
        self, registration_id: str, came: bool, reason: NoShowReason | None, by: Actor, now: datetime
    ) -> Registration:
        """Record who came; a no-show has a reason. Can be corrected.

        Raises:
            TransitionRefused: the person had no place, or the session has not begun.
        """
        registration = self.registration(registration_id)
        if registration.status not in HOLDS_A_PLACE:
            raise transition_refused("cette inscription", registration.status, "attend", ("cancel",))
        if now < self.session(registration.session_id).starts_at:
            raise transition_refused("cette séance", "not begun", "attend", ("cancel",))
        if not came and reason is None:
            raise refused_field(Refused, "reason", "reason_required", NO_REASON, allowed=list(NoShowReason))
        changed = registration.model_copy(
            update={
                "status": RegistrationStatus.ATTENDED if came else RegistrationStatus.NO_SHOW,
                "no_show_reason": None if came else reason,
                "attendance_by": by.id,
            }
        )
        self._replace(changed)
        self.touch(now)
        return changed

    def due_reminders(self, now: datetime, days: int) -> list[Registration]:
        """People with a place whose session begins within ``days`` and who were not reminded."""
        if self.status is not AgendaStatus.PUBLISHED:
            return []
        begins = {session.id: session.starts_at for session in self.sessions}
        soon = timedelta(days=days)
        return [
            r
            for r in self.registrations
            if r.status is RegistrationStatus.REGISTERED
            and r.reminded_at is None
            and now < begins[r.session_id] <= now + soon
        ]

    def reminded(self, ids: Iterable[str], now: datetime) -> None:
        """Remember who was reminded."""
        done = set(ids)
        self.registrations = tuple(
            r.model_copy(update={"reminded_at": now}) if r.id in done else r for r in self.registrations
        )
        self.touch(now)

    def forget(self, profile_id: str, now: datetime) -> list[Registration]:
        """Erase a person: places to come go to those who wait (returned), past attendance stays as a figure."""
        kept = []
        for r in self.registrations:
            if r.profile_id != profile_id:
                kept.append(r)
            elif r.status in (RegistrationStatus.ATTENDED, RegistrationStatus.NO_SHOW):
                blank = {"profile_id": "erased", "acted_by": None, "on_behalf_of": None, "no_show_reason": None}
                kept.append(r.model_copy(update=blank))
        self.registrations = tuple(kept)
        promoted = self._promote(now) if self.status is AgendaStatus.PUBLISHED else []
        self._tell(now)
        return promoted

    def registration(self, registration_id: str) -> Registration:
        """By id; RegistrationUnknown when there is none."""
        for one in self.registrations:
            if one.id == registration_id:
                return one
        raise registration_unknown()

    def live_registration(self, profile_id: str, now: datetime) -> Registration | None:
        """The place that the person holds or waits for in a session to come, else the one that they made use of.

        Who did not come, or was in a session of which nobody wrote who came, may have a place in another one.
        """
        own = [one for one in self.registrations if one.profile_id == profile_id]
        coming = {session.id for session in self.to_come(now)}
        for one in own:
            if one.status in LIVE and one.session_id in coming:
                return one
        return next((one for one in own if one.status is RegistrationStatus.ATTENDED), None)

    def under_way_for(self, profile_id: str, now: datetime) -> Registration | None:
        """The person's place in a session that is not over: held or waited for before what was missed; given back is none."""
        under_way = {session.id for session in self.sessions if session.ends_at > now}
        mine = [one for one in self.registrations if one.profile_id == profile_id and one.session_id in under_way]
        mine = [one for one in mine if one.status is not RegistrationStatus.CANCELLED]
        return next((one for one in mine if one.status in LIVE), mine[0] if mine else None)

    # Inside

    def _promote(self, now: datetime) -> list[Registration]:
        promoted = []
        for session in self.sessions:
            if session.starts_at <= now:
                continue
            for waiting in [r for r in self.registrations if r.session_id == session.id]:
                if waiting.status is RegistrationStatus.WAITING and self.left_in(session) != 0:
                    moved = waiting.model_copy(update={"status": RegistrationStatus.REGISTERED, "promoted_at": now})
                    self._replace(moved)
                    promoted.append(moved)
        return promoted

    def _begin_anew(self, session: Session, now: datetime) -> None:
        """A session has another date: nobody was reminded of it, and nobody came to it if it is still to come."""
        for one in self.registrations:
            if one.session_id != session.id:
                continue
            undone: dict[str, object] = {"reminded_at": None}
            if one.status in RECORDED and session.starts_at > now:
                undone |= {"status": RegistrationStatus.REGISTERED, "attendance_by": None, "no_show_reason": None}
            self._replace(one.model_copy(update=undone))

    def _replace(self, changed: Registration) -> None:
        self.registrations = tuple(changed if r.id == changed.id else r for r in self.registrations)

    def _allowed(self) -> frozenset[str]:
        return {
            AgendaStatus.DRAFT: frozenset({"publish", "change"}),
            AgendaStatus.PUBLISHED: frozenset({"register", "change", "cancel"}),
            AgendaStatus.CANCELLED: frozenset[str](),
        }[self.status]

    def _tell(self, now: datetime) -> None:
        if self.status is AgendaStatus.DRAFT:
            self.touch(now)
        else:
            self.record("agenda-updated.v1", now)
