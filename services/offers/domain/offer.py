"""The offer: its life from draft to archive, its positions, its confirmations and the events that tell of them."""

from datetime import datetime, timedelta

from pydantic import BaseModel

from services.offers.domain.actors import Actor, Party
from services.offers.domain.company import Company, CompanyStatus
from services.offers.domain.content import OfferContent
from services.offers.domain.errors import WrongParty
from services.offers.domain.life import (
    COMMANDS,
    NOT_SHOWN_YET,
    RETURNS,
    Due,
    LifePolicy,
    Reason,
    Step,
    due_reminder,
)
from services.offers.domain.positions import WithPositions
from services.offers.domain.proposals import Answer, answered, still_meant, with_accepted
from services.offers.domain.text import key_of
from services.offers.domain.visibility import Verdict
from shared import civil
from shared.contracts.events.offers import OfferCompany, OfferState
from shared.contracts.vocabulary import OfferSource, OfferStatus
from shared.domain import Entity
from shared.errors import Refused, refused_field
from shared.written import counted


class Feed(Entity):
    """Where a partner's offer comes from; ``fingerprint`` tells whether a later import changed it, ``siret`` whose it is."""

    partner: str
    external_id: str
    fingerprint: str
    siret: str | None = None


FORGOTTEN = "erased"
"""By whom an offer was deposited whose employer was a person and was erased (``domain.forgetting``)."""
KEPT_TO_ITSELF = frozenset({"apply_url", "legal_basis"})
"""Fields of the content that no event carries."""
TOLD_OTHERWISE = frozenset({"positions_total", "declared_schedule", "cards"})
"""Fields that the event has under another name, or beside what follows from them."""
_NOT_AS_IT_IS = KEPT_TO_ITSELF | TOLD_OTHERWISE


class Offer(WithPositions):
    """An opportunity of one employer. Drafts are private: no event speaks of an offer before its first publication."""

    company: OfferCompany
    source: OfferSource = OfferSource.DEPOSITED
    feed: Feed | None = None
    deposited_by: str
    canonical_offer_id: str | None = None
    duplicate_key: str = ""
    answers: tuple[Answer, ...] = ()

    @property
    def locality(self) -> str:
        """Whose clocks its days and hours follow: the commune's where it is known, else the territory's."""
        return self.content.place.commune_code or self.territory

    @property
    def shown(self) -> bool:
        """Whether the public search lists it."""
        return self.status is OfferStatus.PUBLISHED and self.canonical_offer_id is None

    @property
    def forgotten(self) -> bool:
        """Whether it is nobody's any more: a figure."""
        return self.deposited_by == FORGOTTEN

    def readable(self, company: CompanyStatus | None) -> bool:
        """Whether everybody may read it: what was public stays so when it ends (a link in a mail must not die with the
        offer), but not when moderation took it away.
        """
        moderated = self.held or self.suspended_because in (Reason.MODERATION, Reason.COMPANY)
        hidden = moderated or company is CompanyStatus.SUSPENDED or self.status is OfferStatus.ARCHIVED
        # A state that only a later release knows may be one that takes it away.
        known = all(one is None or one.known for one in (self.status, self.suspended_because, company))
        return self.published_at is not None and known and not hidden

    def event_data(self, event_type: str) -> BaseModel:
        content = self.content
        return OfferState(
            offer_id=self.id,
            territory=self.territory,
            status=self.status,
            source=self.source,
            company=self.company,
            positions_total=content.positions_total,
            positions_open=self.positions_open,
            cards=content.all_cards,
            schedule=content.demands,
            schedule_known=bool(content.shifts) or content.declared_schedule is not None,
            published_at=self.published_at,
            confirmed_at=self.confirmed_at,
            canonical_offer_id=self.canonical_offer_id,
            outcome=self.outcome.value if self.outcome else None,
            **{name: getattr(content, name) for name in type(content).model_fields if name not in _NOT_AS_IT_IS},
        )

    def settle_key(self) -> None:
        """Recompute what duplicates are looked up by: the employer's name and the commune."""
        self.duplicate_key = f"{key_of(self.company.name)}|{self.content.place.commune_code or ''}"

    # Commands of people

    def revise(self, content: OfferContent, territory: str, by: Actor, now: datetime) -> None:
        """Replace the content.

        Raises:
            TransitionRefused: the offer is over.
            Refused: fewer positions than were filled.
        """
        self._check("revise")
        if content.positions_total < self.positions_filled:
            raise refused_field(
                Refused,
                "positions_total",
                "below_filled",
                f"{counted(self.positions_filled, 'poste est déjà pourvu', 'postes sont déjà pourvus')}.",
            )
        changed = [name for name in type(content).model_fields if getattr(content, name) != getattr(self.content, name)]
        if not changed:
            return
        self.content = content
        self.answers = still_meant(self.answers, content)
        self.territory = territory
        self.settle_key()
        self._note(now, by, "revised", ", ".join(changed))
        if self.status in (OfferStatus.PUBLISHED, OfferStatus.SUSPENDED) and self.positions_open == 0:
            self._filled(now)
            return
        self._tell("offer-updated.v1", now)

    def dismiss(self, answer: Answer, by: Actor, now: datetime) -> None:
        """Ask no more what one sentence of the text made ask. Raises TransitionRefused: the offer is over."""
        self._check("revise")
        self.answers = answered(self.answers, answer)
        self._note(now, by, "proposal_dismissed", answer.field)
        self.touch(now)

    def publish(self, by: Actor, now: datetime, policy: LifePolicy, company: CompanyStatus | None) -> None:
        """Put the offer before the public, or before a manager when its company is not vetted.

        Raises:
            TransitionRefused: it was published or ended before.
            WrongParty: only a manager approves a pending one.
            CompanySuspended: its company shows nothing.
        """
        if self.status is OfferStatus.PENDING:
            self._check("approve")
            if by.party not in (Party.MANAGER, Party.SYSTEM):
                raise WrongParty("Cette offre attend la validation d'un gestionnaire.")
        else:
            self._check("publish")
        if self._verdict(company, by) is Verdict.WAIT:
            self._submit(by, now)
            return
        self.status = OfferStatus.PUBLISHED
        self.published_at = now
        self._renew(now, policy)
        self._note(now, by, "published")
        self.record_first("offer-created.v1", now)

    def _submit(self, by: Actor, now: datetime) -> None:
        self.status = OfferStatus.PENDING
        self._note(now, by, "submitted_for_approval")
        self.touch(now)

    def send_back(self, by: Actor, reason: str, now: datetime) -> None:
        """A manager returns a pending offer to its author, with a reason."""
        self._check("send_back")
        self.status = OfferStatus.DRAFT
        self._note(now, by, "sent_back", reason)
        self.touch(now)

    def confirm(self, by: Actor, now: datetime, policy: LifePolicy, company: CompanyStatus | None) -> bool:
        """Say that the offer still stands; brings a suspended one back. False when it was confirmed this very minute.

        Raises:
            TransitionRefused: it is neither published nor suspended.
            WrongParty: a manager suspended it.
            CompanySuspended: its company shows nothing.
        """
        self._check("confirm")
        self._verdict(company, by)
        resumed = self.status is OfferStatus.SUSPENDED
        # A double click or two colleagues at once: the second changes nothing and tells nobody.
        if not resumed and self.confirmed_at is not None and now - self.confirmed_at < timedelta(minutes=1):
            return False
        self.status = OfferStatus.PUBLISHED
        self.suspended_because, self.held = None, False
        until = self._renew(now, policy)
        self._note(now, by, "confirmed", f"until {civil.today(self.locality, until)}")
        self._tell("offer-resumed.v1" if resumed else "offer-refreshed.v1", now)
        return True

    def suspend(self, by: Actor, because: Reason, now: datetime, note: str = "") -> None:
        """Take the offer out of sight; it is back with one confirmation, or with its company."""
        self._check("suspend")
        self.status = OfferStatus.SUSPENDED
        self.suspended_because = because
        self._note(now, by, "suspended", note or because.value)
        self._tell("offer-suspended.v1", now)

    def hold(self, by: Actor, now: datetime, note: str = "") -> None:
        """A manager's no: out of sight through every other state, until a manager shows it again.

        Raises:
            TransitionRefused: it is not public, or over.
        """
        self._check("hold")
        self.held = True
        if self.status is not OfferStatus.FILLED:
            self.status = OfferStatus.SUSPENDED
            self.suspended_because = Reason.MODERATION
        self._note(now, by, "suspended", note or Reason.MODERATION.value)
        self._tell("offer-filled.v1" if self.status is OfferStatus.FILLED else "offer-suspended.v1", now)

    def withdraw(self, by: Actor, now: datetime, note: str = "") -> None:
        """Take the offer back."""
        self._check("withdraw")
        self._end(OfferStatus.WITHDRAWN, now)
        self._note(now, by, "withdrawn", note)
        self._tell("offer-withdrawn.v1", now)

    def told_of(self, company: Company | None) -> tuple[str, ...]:
        """Who is told of what concerns the offer: who acts for its employer now; where nobody does, who deposited it, unless they
        have left it.
        """
        users, former = ((), ()) if company is None else (company.users, company.former)
        return users or ((self.deposited_by,) if self.deposited_by not in former else ())

    def archive(self, by: Actor, now: datetime) -> None:
        """Put away for good."""
        self._check("archive")
        self._end(OfferStatus.ARCHIVED, now)
        self._note(now, by, "archived")
        self._tell("offer-archived.v1", now)

    def link_to(self, canonical_id: str | None, by: Actor, now: datetime) -> None:
        """Show another offer instead of this one (the same job from another source), or this one again."""
        if canonical_id == self.canonical_offer_id:
            return
        if canonical_id == self.id:
            raise refused_field(Refused, "canonical_offer_id", "itself", "Une offre n'est pas son propre doublon.")
        self.canonical_offer_id = canonical_id
        self._note(now, by, "linked" if canonical_id else "unlinked", canonical_id or "")
        self._tell("offer-updated.v1", now)

    def take_card(self, card: OfferCompany, now: datetime) -> None:
        """Show the company as it is now."""
        if card == self.company:
            return
        self.company = card
        self.settle_key()
        self._tell("offer-updated.v1", now)

    def deliver(
        self,
        content: OfferContent,
        territory: str,
        feed: Feed,
        card: OfferCompany,
        by: Actor,
        now: datetime,
        policy: LifePolicy,
        company: CompanyStatus | None,
        *,
        unverified: bool = False,
    ) -> str:
        """A feed, or its employer's own table, delivered this offer (again): what came of it, ``created``, ``updated``,
        ``unchanged`` or ``kept``.

        Being delivered confirms the offer. What left the feed by time or by vanishing comes back; what people ended or
        moderation took away here stays so (``kept``). What was accepted of fields that the feed leaves open stays as well. An
        employer's row that is as it was takes back nothing that was mended here since. ``unverified``: it is reserved to publics
        for whom nobody verified the registered employer that reads who applies, so a manager looks at it before it is shown.

        Raises:
            CompanySuspended: a new offer of a company that shows nothing.
        """
        before, self.feed = self.feed, feed
        content = with_accepted(content, self.answers)
        if by.party is not Party.PARTNER and before is not None:
            if before.fingerprint == feed.fingerprint:
                content, territory = self.content, self.territory
            elif not content.reserved_publics:
                # Who applies to it may have been verified; a table says nothing of that.
                content = content.model_copy(update={"reserved_publics": self.content.reserved_publics})
        changed = (content, territory, card) != (self.content, self.territory, self.company)
        if self.published_at is None and self.status in NOT_SHOWN_YET:
            known = before is not None
            sent_back = known and self.status is OfferStatus.DRAFT and not changed
            if by.party is not Party.PARTNER or unverified or sent_back:
                return self._deposit(content, territory, card, by, now, policy, company, known=known, wait=unverified)
        back = self.status is OfferStatus.SUSPENDED and self.suspended_because is Reason.UNCONFIRMED
        back |= self.status is OfferStatus.CLOSED and self.outcome in RETURNS
        back |= self.status is OfferStatus.ARCHIVED and (self.outcome is None or self.outcome in RETURNS)
        first = self.status in NOT_SHOWN_YET
        barred = self.held or company is CompanyStatus.SUSPENDED
        if not first and (barred or not (back or self.status is OfferStatus.PUBLISHED)):
            if before is not None:
                # Its text was not taken: the same row again is news once it may be.
                self.feed = feed.model_copy(update={"fingerprint": before.fingerprint})
            self.touch(now)
            return "kept"
        self._verdict(company, by)
        stale = self.confirmed_at is None or now - self.confirmed_at >= timedelta(days=1)
        if not (first or back or changed or stale):
            self.touch(now)
            return "unchanged"
        self.content, self.territory, self.company = content, territory, card
        self.settle_key()
        self.status = OfferStatus.PUBLISHED
        self.outcome = self.ended_at = self.suspended_because = None
        self.published_at = self.published_at or now
        if unverified:
            self.hold(by, now, "reserved to publics that nobody verified it for")
            return "updated"
        if self.positions_open == 0:
            # It lists as many posts as were filled here, or fewer.
            self.content = content.model_copy(update={"positions_total": self.positions_filled})
            self._note(now, by, "revised", "positions_total")
            self._filled(now)
            return "updated"
        self._renew(now, policy)
        what, event = "confirmed", "offer-refreshed.v1"
        if first:
            what, event = "published", "offer-created.v1"
        elif back:
            what, event = "delivered_again", "offer-resumed.v1"
        elif changed:
            what, event = "revised", "offer-updated.v1"
        # A daily refresh for years would bloat the history: only what changed is a line.
        if what != "confirmed":
            self._note(now, by, what)
        self._tell(event, now)
        return "created" if first else "updated" if changed or back else "unchanged"

    def _deposit(
        self,
        content: OfferContent,
        territory: str,
        card: OfferCompany,
        by: Actor,
        now: datetime,
        policy: LifePolicy,
        company: CompanyStatus | None,
        *,
        known: bool,
        wait: bool,
    ) -> str:
        """What the public has not seen yet and a manager may have to see first. One that was sent back waits for another text."""
        if known and (content, territory) == (self.content, self.territory):
            self.touch(now)
            return "kept" if self.status is OfferStatus.DRAFT else "unchanged"
        self.content, self.territory, self.company = content, territory, card
        self.settle_key()
        self._note(now, by, "revised" if known else "deposited")
        if self.status is OfferStatus.DRAFT and wait:
            self._submit(by, now)
        elif self.status is OfferStatus.DRAFT:
            self.publish(by, now, policy, company)
        else:
            self.touch(now)
        return "updated" if known else "created"

    # What time does

    def expired(self, now: datetime) -> bool:
        """Whether its last day to apply is over where the work is, whether or not somebody has closed it since."""
        return self.content.apply_by is not None and civil.today(self.locality, now) > self.content.apply_by

    def due(self, now: datetime, policy: LifePolicy) -> Due | None:
        """The next step that is due at ``now``, if any; call again after having taken it."""
        if self.status is OfferStatus.PUBLISHED and self.confirmed_at is not None:
            if self.expired(now):
                return Due(Step.EXPIRE)
            age = now - self.confirmed_at
            if age >= timedelta(days=policy.confirm_days):
                return Due(Step.SUSPEND)
            # Nobody reads the reminders of a feed: its next delivery confirms.
            if self.source is not OfferSource.PARTNER:
                day = due_reminder(age, self.reminders_sent, policy)
                return Due(Step.REMIND, day) if day else None
            return None
        since = self.confirmed_at if self.status is OfferStatus.SUSPENDED else self.ended_at
        over = "archive" in COMMANDS[self.status] and since is not None
        if over and since is not None and now - since >= timedelta(days=policy.archive_days):
            return Due(Step.ARCHIVE)
        return None
