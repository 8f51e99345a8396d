"""The profile of a job seeker: one aggregate, told to others in three ways (matching, contacts, registration)."""

from collections.abc import Iterable
from datetime import datetime

from pydantic import BaseModel, Field, PrivateAttr

from services.profiles.domain.agreements import TICK_TEXT_VERSION, Tick, TickReceipt
from services.profiles.domain.details import ProfileDetails
from services.profiles.domain.errors import AccountLinked, AlreadyAssigned, NotAssigned
from services.profiles.domain.home import Home
from services.profiles.domain.pool import PoolConsent
from services.profiles.domain.text import name_key
from shared.contracts.events.profiles import ContactState, ProfileState, SeekerRegistered
from shared.contracts.vocabulary import Channel
from shared.domain import Aggregate, PendingEvent

CREATED, UPDATED = "profile-created.v1", "profile-updated.v1"
CONTACT, REGISTERED = "contact-updated.v1", "seeker-registered.v1"
ERASED = "person-erased.v1"

_SHARED_WITH_MATCHING = tuple(name for name in ProfileState.model_fields if name in ProfileDetails.model_fields)


class Profile(Aggregate):
    """A person who looks for work. ``owner_id`` is their account; people without one are served by counsellors."""

    owner_id: str | None = None
    counsellor_ids: tuple[str, ...] = ()
    details: ProfileDetails
    home: Home | None = None
    name_key: str
    onboarding_told: bool = False
    pool: PoolConsent | None = None
    ticks: dict[str, TickReceipt] = Field(default_factory=dict)
    """By field: in which words it was ticked, and by whom. Of profiles from before nothing is known of it."""

    # Events for the other topics of this aggregate; ``pending`` holds those of its own.
    _others: list[PendingEvent] = PrivateAttr(default_factory=list)

    @classmethod
    def register(
        cls,
        id: str,
        territory: str,
        details: ProfileDetails,
        home: Home | None,
        *,
        owner_id: str | None,
        counsellor_ids: tuple[str, ...],
        now: datetime,
    ) -> "Profile":
        """A new profile, with the events that tell of it."""
        profile = cls(
            id=id,
            territory=territory,
            created_at=now,
            updated_at=now,
            owner_id=owner_id,
            counsellor_ids=counsellor_ids,
            details=details,
            home=home,
            name_key=name_key(details.last_name, details.first_name),
            onboarding_told=details.statuses.rsa_recipient,
        )
        profile.record(CREATED, now)
        profile._tell(CONTACT, now)
        profile._tell(REGISTERED, now)
        return profile

    @property
    def others(self) -> tuple[PendingEvent, ...]:
        """Events recorded for the contacts and registrations topics since the last save."""
        return tuple(self._others)

    @property
    def channels(self) -> tuple[Channel, ...]:
        """How the person is reached: as they chose, else e-mail, their own inbox, or through their counsellors."""
        if self.details.channels:
            return self.details.channels
        found = [Channel.EMAIL] if self.details.email else []
        if self.owner_id is not None:
            found.append(Channel.INBOX)
        if not self.details.email and self.counsellor_ids:
            found.append(Channel.COUNSELLOR)
        return tuple(found or [Channel.INBOX])

    def event_data(self, event_type: str) -> BaseModel:
        if event_type in (CREATED, UPDATED):
            return ProfileState(
                profile_id=self.id,
                territory=self.territory,
                owner_id=self.owner_id,
                counsellor_ids=self.counsellor_ids,
                point=self.home.coarse if self.home else None,
                **{name: getattr(self.details, name) for name in _SHARED_WITH_MATCHING},
            )
        if event_type == CONTACT:
            return ContactState(
                subject_id=self.id,
                territory=self.territory,
                kind="profile",
                owner_id=self.owner_id,
                first_name=self.details.first_name,
                email=self.details.email,
                phone=self.details.phone,
                language=self.details.language,
                channels=self.channels,
                consents_to_messages=self.details.consents_to_messages,
                counsellor_ids=self.counsellor_ids,
            )
        if event_type == REGISTERED:
            return SeekerRegistered(
                profile_id=self.id,
                territory=self.territory,
                onboarding_workshop=self.details.statuses.rsa_recipient,
                counsellor_ids=self.counsellor_ids,
            )
        return super().event_data(event_type)

    def revise(self, details: ProfileDetails, home: Home | None, now: datetime) -> tuple[str, ...]:
        """Take over what is said now and tell those whom it concerns. Returns the names of the fields that changed."""
        changed = [
            name for name in ProfileDetails.model_fields if getattr(details, name) != getattr(self.details, name)
        ]
        if home != self.home:
            changed.append("place")
        if not changed:
            return ()
        before = self._told()
        self.details, self.home = details, home
        self.name_key = name_key(details.last_name, details.first_name)
        self._tell_changes(before, now)
        return tuple(changed)

    def assign(self, counsellor_id: str, now: datetime) -> None:
        """One more counsellor accompanies the person.

        Raises:
            AlreadyAssigned: they do already.
        """
        if counsellor_id in self.counsellor_ids:
            raise AlreadyAssigned("Ce conseiller accompagne déjà cette personne.", counsellor_id=counsellor_id)
        before = self._told()
        self.counsellor_ids += (counsellor_id,)
        self._tell_changes(before, now)

    def unassign(self, counsellor_id: str, now: datetime) -> None:
        """A counsellor accompanies the person no longer; nobody may be left, a manager sees those.

        Raises:
            NotAssigned: they did not.
        """
        if counsellor_id not in self.counsellor_ids:
            raise NotAssigned("Ce conseiller n'accompagne pas cette personne.", counsellor_id=counsellor_id)
        before = self._told()
        self.counsellor_ids = tuple(one for one in self.counsellor_ids if one != counsellor_id)
        self._tell_changes(before, now)

    def link_account(self, owner_id: str, now: datetime) -> None:
        """The person has opened an account and takes over their profile.

        Raises:
            AccountLinked: another account has it.
        """
        if self.owner_id is not None:
            raise AccountLinked("Ce profil appartient déjà à un compte.", allowed=[])
        before = self._told()
        self.owner_id = owner_id
        self._tell_changes(before, now)

    def note_ticks(self, fields: Iterable[str], acted_by: str, on_behalf_of: str | None) -> None:
        """Keep who ticked which of these fields, in the words of today; what is not ticked has no receipt."""
        kept = dict(self.ticks)
        for tick in Tick:
            if tick.value not in fields:
                continue
            kept.pop(tick.value, None)
            if getattr(self.details, tick.value):
                kept[tick.value] = TickReceipt(
                    text_version=TICK_TEXT_VERSION,
                    given_at=self.updated_at,
                    acted_by=acted_by,
                    on_behalf_of=on_behalf_of,
                )
        self.ticks = kept

    def enter_pool(self, consent: PoolConsent, now: datetime) -> None:
        """Employers may find the person without name."""
        self.pool = consent
        self.touch(now)

    def leave_pool(self, now: datetime) -> None:
        """Nobody finds them any more."""
        self.pool = None
        self.touch(now)

    def mark_saved(self) -> None:
        super().mark_saved()
        self._others.clear()

    def _told(self) -> tuple[BaseModel, BaseModel]:
        return self.event_data(UPDATED), self.event_data(CONTACT)

    def _tell_changes(self, before: tuple[BaseModel, BaseModel], now: datetime) -> None:
        """Bump the version, and tell only those for whom something is different."""
        state, contact = before
        if self.event_data(UPDATED) != state:
            self.record(UPDATED, now)
        else:
            self.touch(now)
        if self.event_data(CONTACT) != contact:
            self._tell(CONTACT, now)
        # Somebody whose RSA becomes known later is newly registered for the workshop all the same, once.
        if self.details.statuses.rsa_recipient and not self.onboarding_told:
            self.onboarding_told = True
            self._tell(REGISTERED, now)

    def _tell(self, event_type: str, now: datetime) -> None:
        self._others.append(PendingEvent(event_type, self.event_data(event_type), self.version, now))
