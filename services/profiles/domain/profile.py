"""The profile of a job seeker: one aggregate, told to others in three ways (matching, contacts, registration)."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime

from pydantic import BaseModel, Field, PrivateAttr

from services.profiles.domain.agreements import Tick, TickReceipt, noted
from services.profiles.domain.certificates import kinds_of
from services.profiles.domain.details import ProfileDetails
from services.profiles.domain.errors import AccountLinked, AlreadyAssigned, NoAccount, NotAssigned, TooManyCounsellors
from services.profiles.domain.home import Home
from services.profiles.domain.limits import FunctionalLimit
from services.profiles.domain.pool import PoolConsent
from services.profiles.domain.status import RSA, Age, EarlierStatuses, Status, flags_of, standing
from services.profiles.domain.text import name_key
from services.profiles.domain.transfer import Transfer
from services.profiles.domain.withheld import Withheld, withheld_for
from shared import civil
from shared.ages import next_change, standing_on
from shared.contracts.events.profiles import ContactState, ProfileState, SeekerRegistered
from shared.contracts.vocabulary import Channel, ReservedPublic
from shared.domain import Aggregate, PendingEvent
from shared.invitations import Invitation

CREATED, UPDATED = "profile-created.v1", "profile-updated.v1"
CONTACT, REGISTERED = "contact-updated.v1", "seeker-registered.v1"
ERASED = "person-erased.v1"

_DECIDED = frozenset({"active", "visible_to_employers", "cards", "occupations", "skills"})
_SHARED_WITH_MATCHING = tuple(
    name for name in ProfileState.model_fields if name in ProfileDetails.model_fields and name not in _DECIDED
)


MOST_COUNSELLORS = 20
"""Of one person at once: a référent, who takes their place, and all whom a pathway of years brings along (domain rule of ours).
Whoever is one more reads everything, so there is an end to it."""


class Profile(Aggregate):
    """A person who looks for work. ``owner_id`` is their account; people without one are served by counsellors."""

    owner_id: str | None = None
    account_invitation: Invitation | None = None
    """The link by which an account may become the owner; nobody puts one there that has not accepted."""
    counsellor_ids: tuple[str, ...] = ()
    details: ProfileDetails
    home: Home | None = None
    name_key: str
    onboarding_told: bool = False
    pool: PoolConsent | None = None
    ticks: dict[str, TickReceipt] = Field(default_factory=dict)
    """By field: in which words it was ticked, and by whom. Of profiles from before nothing is known of it."""
    guardian_consent_id: str | None = None
    withheld: Withheld | None = None
    reserved_eligible: tuple[ReservedPublic, ...] = ()
    """What the statuses open; they themselves stand apart (``domain.status``)."""
    flags_until: date | None = None
    earlier: EarlierStatuses | None = None
    """What this document said of statuses before they stood apart, until it is moved."""
    functional_limits: tuple[FunctionalLimit, ...] = ()
    """Apart from the details, which managers read; in no event."""
    transfer: Transfer | None = None
    """To whose desk the file is to go, until that takes it."""
    next_change_on: date | None = None
    """The civil day of the territory on which what the calendar decides must be looked at again."""

    # Events for the other topics of this aggregate; ``pending`` holds those of its own.
    _others: list[PendingEvent] = PrivateAttr(default_factory=list)
    _onboarding_due: bool = PrivateAttr(default=False)
    _left_sight: bool = PrivateAttr(default=False)

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
        statuses: Sequence[Status] = (),
    ) -> "Profile":
        """A new profile, with the events that tell of it.

        Raises:
            TooManyCounsellors: more than may accompany somebody.
        """
        if len(counsellor_ids) > MOST_COUNSELLORS:
            raise TooManyCounsellors.of(MOST_COUNSELLORS)
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
        )
        profile._know(statuses, now)
        profile._settle(now)
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

    @property
    def reached_by_mail(self) -> bool:
        """Whether an e-mail may go to them."""
        wanted = Channel.EMAIL in self.channels and self.details.consents_to_messages
        return wanted and self.details.email is not None

    @property
    def in_sight(self) -> bool:
        """Whether employers may be shown anything of the person, as far as their age decides."""
        return self.withheld is None

    @property
    def left_sight(self) -> bool:
        """Whether they were in sight before this save, and are no more."""
        return self._left_sight

    def event_data(self, event_type: str) -> BaseModel:
        if event_type in (CREATED, UPDATED):
            return ProfileState(
                profile_id=self.id,
                territory=self.territory,
                owner_id=self.owner_id,
                counsellor_ids=self.counsellor_ids,
                point=self.home.coarse if self.home else None,
                active=self.details.active and self.in_sight,
                visible_to_employers=self.details.visible_to_employers and self.in_sight,
                may_apply=self.in_sight,
                cards=kinds_of(self.details.cards, self.details.certificates),
                occupations=self.details.sought,
                skills=self.details.coded_skills,
                practised=self.details.practised,
                reserved_eligible=self.reserved_eligible,
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
                onboarding_workshop=self.onboarding_told,
                counsellor_ids=self.counsellor_ids,
            )
        return super().event_data(event_type)

    @property
    def age(self) -> Age:
        """What is known of when the person was born."""
        return Age(self.details.birth_date, self.details.birth_year)

    def revise(
        self, details: ProfileDetails, home: Home | None, now: datetime, statuses: Sequence[Status] | None = None
    ) -> tuple[str, ...]:
        """Take over what is said now and tell those whom it concerns. Returns the names of the fields that changed.

        ``statuses``: all of the person, where an age may change what they open.
        """
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
        if statuses is not None:
            self._know(statuses, now)
        changed += [name for name in self._settle_anew(now) if name not in changed]
        self._tell_changes(before, now)
        return tuple(changed)

    def hold_consent(self, consent_id: str | None, now: datetime) -> tuple[str, ...]:
        """A guardian has agreed, or (None) taken it back. Returns the names of the fields that changed with it."""
        before = self._told()
        self.guardian_consent_id = consent_id
        ended = self._settle_anew(now)
        self._tell_changes(before, now)
        return ended

    def take_statuses(self, statuses: Sequence[Status], now: datetime) -> None:
        """What the statuses open, after one of them or the day has changed; somebody may have come of age as well."""
        before = self._told()
        self._know(statuses, now)
        self._settle_anew(now)
        self._tell_changes(before, now)

    def assign(self, counsellor_id: str, now: datetime) -> None:
        """One more counsellor accompanies the person.

        Raises:
            AlreadyAssigned: they do already.
            TooManyCounsellors: as many as may do.
        """
        if counsellor_id in self.counsellor_ids:
            raise AlreadyAssigned("Ce conseiller accompagne déjà cette personne.", counsellor_id=counsellor_id)
        if len(self.counsellor_ids) >= MOST_COUNSELLORS:
            raise TooManyCounsellors.of(MOST_COUNSELLORS)
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
        if self.account_invitation is not None and self.account_invitation.by == counsellor_id:
            # A link of theirs would let them back in, by whomever it names.
            self.account_invitation = None
        self._tell_changes(before, now)

    def ask_transfer(self, transfer: Transfer | None, now: datetime) -> None:
        """The file is to go elsewhere; None: not any more. Nobody's rights change before the other desk takes it."""
        self.transfer = transfer
        self.touch(now)

    def move(self, counsellor_ids: tuple[str, ...], now: datetime) -> None:
        """The desk that was asked takes the file: whoever accompanied the person does not any more, nor do their links let
        anybody in. What the person said, agreed to and was told stays theirs.
        """
        assert self.transfer is not None
        before = self._told()
        self.territory, self.counsellor_ids = self.transfer.to, counsellor_ids
        self.transfer = self.account_invitation = None
        self._settle_anew(now)
        self._tell_changes(before, now)

    def invite_account(self, invitation: Invitation | None, now: datetime) -> None:
        """Let one account take the profile over by a link, in place of an earlier one; None: no account any more.

        Raises:
            AccountLinked: an account has it.
        """
        if self.owner_id is not None:
            raise AccountLinked("Ce profil appartient déjà à un compte.", allowed=["removal"])
        self.account_invitation = invitation
        self.touch(now)

    def link_account(self, owner_id: str, now: datetime) -> None:
        """The person has opened an account and takes over their profile, by the link that was for it."""
        self.account_invitation = None
        before = self._told()
        self.owner_id = owner_id
        self._tell_changes(before, now)

    def unlink_account(self, now: datetime, strange: Collection[str] = ()) -> tuple[str, ...]:
        """The account reads and changes nothing here any more; a new link may be given. Returns the names of fields that changed.

        ``strange``: fields in which the account had put how somebody else is reached, or what somebody else agreed to or asked.

        Raises:
            NoAccount: there is none.
        """
        if self.owner_id is None:
            raise NoAccount("Aucun compte n'est lié à ce profil.", id=self.id)
        before, details = self._told(), self.details
        self.owner_id = None
        self.details = details.without_account(strange)
        changed = [
            name for name in ProfileDetails.model_fields if getattr(self.details, name) != getattr(details, name)
        ]
        if self.pool is not None and "pool" in strange:
            self.pool = None
            changed.append("pool")
        if self.transfer is not None and "transfer" in strange:
            self.transfer = None
            changed.append("transfer")
        self._tell_changes(before, now)
        return ("owner_id", *changed)

    def note_ticks(self, fields: Iterable[str], acted_by: str, on_behalf_of: str | None) -> None:
        """Keep who ticked which of these fields, in the words of today; what is not ticked has no receipt."""
        now = {tick: bool(getattr(self.details, tick.value)) for tick in Tick if tick.value in fields}
        self.ticks = noted(self.ticks, now, self.updated_at, acted_by, on_behalf_of)

    def say_limits(self, limits: tuple[FunctionalLimit, ...], now: datetime) -> bool:
        """Take over what work must not ask; others are told nothing. False when it is what was said before."""
        if set(limits) == set(self.functional_limits):
            return False
        self.functional_limits = limits
        self.touch(now)
        return True

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
        self._left_sight = False

    def _settle(self, now: datetime) -> None:
        """What age decides on the territory's day."""
        today, born, year = civil.today(self.territory, now), self.details.birth_date, self.details.birth_year
        self.withheld = withheld_for(
            standing_on(today, born, year), guardian_agreed=self.guardian_consent_id is not None
        )
        days = [day for day in (next_change(today, born, year), self.flags_until) if day is not None]
        self.next_change_on = min(days, default=None)

    def _settle_anew(self, now: datetime) -> tuple[str, ...]:
        """As ``_settle``, of somebody who was there before. Where their age takes them out of sight, what they had agreed to show
        employers ends: none of it comes back by itself with what their age asks for. Returns the names of the fields that end.
        """
        before = self.in_sight
        self._settle(now)
        if not before or self.in_sight:
            return ()
        self._left_sight = True
        tick = Tick.EMPLOYERS.value
        ended = [name for name, stood in ((tick, self.details.visible_to_employers), ("pool", self.pool)) if stood]
        self.pool = None
        self.details = self.details.model_copy(update={tick: False})
        return tuple(ended)

    def _know(self, statuses: Sequence[Status], now: datetime) -> None:
        today = civil.today(self.territory, now)
        self.reserved_eligible, self.flags_until = flags_of(statuses, self.age, today)
        # Somebody whose RSA becomes known later is newly registered for the workshop all the same, once.
        if not self.onboarding_told and RSA in standing(statuses, today):
            self.onboarding_told = True
            if self.version:
                self._onboarding_due = True

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
        if self._onboarding_due:
            self._onboarding_due = False
            self._tell(REGISTERED, now)

    def _tell(self, event_type: str, now: datetime) -> None:
        self._others.append(PendingEvent(event_type, self.event_data(event_type), self.version, now))
