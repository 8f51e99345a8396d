"""The application: from introduction to a recorded outcome, and after a hire the follow-ups."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel

from services.offers.domain.actors import SYSTEM, Actor, Party, Side, to_parties
from services.offers.domain.application_rules import (
    ANSWERS,
    CLOSED,
    EMPLOYERS_SIDE,
    LETS_REAPPLY,
    NEXT,
    WAITING_FOR_EMPLOYER,
    WHO,
    ApplicationPolicy,
    RefusalReason,
    WithdrawalReason,
)
from services.offers.domain.errors import NO_REASON, AgreementMissing, ReasonMissing, TooManySteps, WrongParty
from services.offers.domain.hire import HireProposal, HireTerms, WithHire
from services.offers.domain.interview import Feedback, Interview, WithInterviews
from shared import civil
from shared.contracts.events.offers import ApplicationState
from shared.contracts.vocabulary import EMPLOYER_READS_NO_MORE, ApplicationOrigin, ApplicationStatus
from shared.domain import Entity
from shared.errors import Refused, refused_field, transition_refused
from shared.types import Prose


class Step(Entity):
    """One line of the history."""

    at: datetime
    by: str
    party: Party
    status: ApplicationStatus
    reason: str | None = None

    def without_words(self) -> "Step":
        """A reason may be anybody's words, about anybody; those of a list stay."""
        return self if self.reason in _REASONS else self.model_copy(update={"reason": None})

    def nobodys(self) -> "Step":
        """The same without whose account it was."""
        return self.without_words().model_copy(update={"by": self.party.value})


ERASED = "erased"
"""Whose an application is when its person was erased."""
_REASONS = frozenset(reason.value for kind in (RefusalReason, WithdrawalReason) for reason in kind)


class Application(WithInterviews, WithHire):
    """An introduction between a person and an offer.

    ``slot`` names (offer, person) while no second application may exist; a unique index holds it. ``acted_by`` is the
    counsellor who acted on behalf of ``on_behalf_of``. ``obsolete_others``: the seeker said that an acceptance makes
    their other open applications obsolete. ``disclosure_id`` names what they agreed to show of themselves: profiles keeps it
    and says who reads it.
    """

    offer_id: str
    company_id: str
    profile_id: str
    offer_title: str
    origin: ApplicationOrigin
    status: ApplicationStatus
    message: Annotated[str, Prose(2_000, blank=True)] = ""
    acted_by: str | None = None
    on_behalf_of: str | None = None
    recommendation_id: str | None = None
    disclosure_id: str | None = None
    submitted_at: datetime
    answered_at: datetime | None = None
    closed_at: datetime | None = None
    reminded_at: datetime | None = None
    refusal_reason: str | None = None
    postponed_until: date | None = None
    feedback: tuple[Feedback, ...] = ()
    accepted_at: datetime | None = None
    obsolete_others: bool = False
    history: tuple[Step, ...] = ()
    slot: str | None = None

    @property
    def open(self) -> bool:
        """Whether something may still come of it."""
        return self.status not in CLOSED

    @property
    def person(self) -> str | None:
        """Whose it is; None once they were erased."""
        return self.profile_id if self.profile_id != ERASED else None

    @property
    def told_to_employer(self) -> bool:
        """Whether the employer sees it: an invitation only once the person has accepted. Whether somebody named was
        reached, or could be, is theirs to tell.
        """
        accepted = any(step.status is ApplicationStatus.SUBMITTED for step in self.history)
        return self.origin is not ApplicationOrigin.EMPLOYER or accepted

    def shows_words_to(self, by: Actor) -> bool:
        """Whether the person's own words are this reader's: no more an employer's who is suspended, or once it has ended so that
        it shows nothing more of them.
        """
        return not by.suspended and (by.party is not Party.EMPLOYER or self.status not in EMPLOYER_READS_NO_MORE)

    @property
    def unanswered(self) -> bool:
        """Whether the employer owes an answer."""
        return self.status in WAITING_FOR_EMPLOYER and self.answered_at is None

    def record(self, event_type: str, now: datetime) -> None:
        """As any aggregate; of somebody who was erased nothing is told: the tombstone is the topic's last word."""
        if self.person is None:
            self.touch(now)
        else:
            super().record(event_type, now)

    def event_data(self, event_type: str) -> BaseModel:
        return ApplicationState(
            application_id=self.id,
            offer_id=self.offer_id,
            company_id=self.company_id,
            profile_id=self.profile_id,
            territory=self.territory,
            status=self.status,
            origin=self.origin,
            disclosure_id=self.disclosure_id,
            appointment=bool(self.interviews) and self.interviews[-1].at is not None,
            hire_reported=self.status is ApplicationStatus.PROPOSED and self.hire_proposal is not None,
            refusal_reason=self.refusal_reason,
            contract_kind=self.hire.contract_kind if self.hire else None,
            duration_months=self.hire.duration_months if self.hire else None,
            starts_on=self.hire.starts_on if self.hire else None,
            hired_at=self.hired_at,
            submitted_at=self.submitted_at,
            answered_at=self.answered_at,
            changed_at=self.updated_at,
        )

    def submit(self, by: Actor, now: datetime) -> None:
        """The first step: called once on a new application (a counsellor's or employer's origin is already set).

        Raises:
            AgreementMissing: it would show the employer nobody; an invitation asks for that when it is accepted.
        """
        if self.origin is not ApplicationOrigin.EMPLOYER:
            _demand_agreement(self.disclosure_id)
        self.slot = slot_of(self.offer_id, self.profile_id)
        self._log(by, now)
        self.record("application-submitted.v1", now)

    def advance(
        self,
        to: ApplicationStatus,
        by: Actor,
        now: datetime,
        *,
        reason: str | None = None,
        interview: Interview | None = None,
        postponed_until: date | None = None,
        hire: HireTerms | None = None,
        disclosure_id: str | None = None,
        policy: ApplicationPolicy,
    ) -> None:
        """Take the next step. A hire by a counsellor is a proposal: the application is ``proposed`` until the employer or a
        manager confirms it (their own terms, or these), or its days have passed.

        Raises:
            TransitionRefused: the state does not allow it (409 lists what it does).
            WrongParty: it is another side's step.
            Refused: a hire that nobody has told the terms of, or of a day far away; a disclosure with another step than accepting
                an invitation.
            ReasonMissing: a refusal or withdrawal without a known reason.
            AgreementMissing: an invitation is accepted without saying what the employer will read.
        """
        proposes = to is ApplicationStatus.HIRED and by.party is Party.COUNSELLOR
        self._check_step(to, by, policy, proposes=proposes)
        if disclosure_id is not None and to is not ApplicationStatus.SUBMITTED:
            raise refused_field(
                Refused,
                "disclosure_id",
                "not_this_step",
                "Ce que l'on montre de soi accompagne l'acceptation d'une invitation.",
            )
        if to is ApplicationStatus.HIRED:
            hire = hire or (self.hire_proposal.terms if self.hire_proposal else None)
        self._demand(to, reason, hire)
        if hire is not None and by.party is not Party.SYSTEM:
            hire.check(civil.today(self.territory, now))
        if proposes and hire is not None:
            self._propose_hire(
                HireProposal(terms=hire, by=by.id, at=now, confirm_by=now + policy.hire_proposal), by, now
            )
            return
        if to is ApplicationStatus.HIRED and by.party is Party.SYSTEM and self.hire_proposal is None:
            raise WrongParty("Une embauche est déclarée par quelqu'un.", step=to.value, belongs_to=sorted(WHO[to]))
        if self.status is ApplicationStatus.INVITED and to is ApplicationStatus.SUBMITTED:
            _demand_agreement(disclosure_id)
            # An invitation that was accepted waits for the employer from now on, not since it was sent.
            self.submitted_at = now
            self.disclosure_id = disclosure_id
        self._become(to, by, now)
        coming = self.interview_to_come(now)
        if to is ApplicationStatus.INTERVIEW and (interview is not None or coming is None):
            self._propose(interview or Interview(zone=civil.zone_of(self.territory).key), by, now)
        if to in (ApplicationStatus.REFUSED, ApplicationStatus.WITHDRAWN):
            self.refusal_reason = reason
        self.postponed_until = postponed_until if to is ApplicationStatus.POSTPONED else None
        if to is ApplicationStatus.HIRED and hire is not None:
            self._hired(hire, policy.follow_up_months, now)
        if coming is not None and (to in CLOSED or to is ApplicationStatus.POSTPONED):
            self._call_off(coming, by, now)
        self._log(by, now, reason)
        self.record("application-closed.v1" if to in CLOSED else "application-advanced.v1", now)

    def _check_step(self, to: ApplicationStatus, by: Actor, policy: ApplicationPolicy, *, proposes: bool) -> None:
        if to not in NEXT[self.status]:
            raise transition_refused("cette candidature", self.status, to, NEXT[self.status])
        if (to not in CLOSED or proposes) and len(self.history) >= policy.steps_per_application:
            # Forth and back for ever; what ends it stays possible.
            sentence = "Cette candidature a déjà changé d'état trop souvent : répondez-y."
            raise TooManySteps(sentence, limit=policy.steps_per_application)
        if by.party not in WHO[to]:
            raise WrongParty(f"Cette étape revient {to_parties(WHO[to])}.", step=to.value, belongs_to=sorted(WHO[to]))

    def _become(self, to: ApplicationStatus, by: Actor, now: datetime) -> None:
        """The status, and what follows from it alone."""
        if to in ANSWERS and self.answered_at is None and by.party is not Party.SYSTEM:
            self.answered_at = now
        self.status = to
        self.hire_proposal = None
        self.closed_at = now if to in CLOSED else None
        if to in LETS_REAPPLY:
            self.slot = None

    def disclose(self, disclosure_id: str, by: Actor, now: datetime) -> None:
        """The person agreed to show something of themselves to this employer, or something else than before.

        Raises:
            TransitionRefused: nothing comes of this application any more.
            WrongParty: it is not the employer's to say.
        """
        if not self.open:
            raise transition_refused("cette candidature", self.status, "disclose", NEXT[self.status])
        if by.side is not Side.PERSON:
            raise WrongParty("Ce que l'on montre de soi revient à la personne ou à qui l'accompagne.")
        self.disclosure_id = disclosure_id
        self.record("application-advanced.v1", now)

    def accept(self, by: Actor, now: datetime, *, obsolete_others: bool) -> None:
        """The seeker says yes to a proposal (or confirms a hire), and whether their other open ones fall away.

        Raises:
            TransitionRefused: nothing was proposed.
            WrongParty: it is not the person's side.
        """
        allowed = (ApplicationStatus.PROPOSED, ApplicationStatus.HIRED)
        if self.status not in allowed:
            raise transition_refused("cette candidature", self.status, "accept", NEXT[self.status])
        if by.party not in (Party.SEEKER, Party.COUNSELLOR):
            raise WrongParty("L'acceptation revient à la personne ou à son conseiller.")
        self.accepted_at = self.accepted_at or now
        self.obsolete_others = self.obsolete_others or obsolete_others
        self.touch(now)

    def propose_interview(self, interview: Interview, by: Actor, now: datetime, policy: ApplicationPolicy) -> None:
        """A first appointment, or one after another that is over.

        Raises:
            TransitionRefused, WrongParty: see ``advance``.
        """
        self.advance(ApplicationStatus.INTERVIEW, by, now, interview=interview, policy=policy)

    def add_feedback(self, feedback: Feedback, now: datetime) -> None:
        """Record how an interview went; each side once.

        Raises:
            TransitionRefused: there was no interview.
        """
        if not self.interviews:
            raise transition_refused("cette candidature", self.status, "feedback", NEXT[self.status])
        kept = tuple(one for one in self.feedback if one.party is not feedback.party)
        self.feedback = (*kept, feedback)
        if feedback.party in EMPLOYERS_SIDE:
            self.touch(now)
        else:
            self.touch_unseen(now)

    def due(self, now: datetime, policy: ApplicationPolicy) -> str | None:
        """What silence asks for: ``remind`` the employer once, then ``no_answer``; a hire that nobody denied: ``hire``.
        Of somebody who was erased nothing.
        """
        if self.person is None:
            return None
        if self.hire_proposal is not None:
            return "hire" if now >= self.hire_proposal.confirm_by else None
        if self.status is ApplicationStatus.INVITED or self.unanswered:
            age = now - self.submitted_at
            if age >= timedelta(days=policy.no_answer_days):
                return "no_answer"
            if self.unanswered and self.reminded_at is None and age >= timedelta(days=policy.reminder_days):
                return "remind"
        return None

    def reminded(self, now: datetime) -> None:
        """Remember that the employer was asked for an answer."""
        self.reminded_at = now
        self.touch(now)

    def forget_person(self, now: datetime) -> None:
        """Erase who it was; what remains is a figure (dates, states and the contract's kind)."""
        self.profile_id = ERASED
        self.message = ""
        self.acted_by = self.on_behalf_of = self.recommendation_id = self.disclosure_id = self.slot = None
        self.hire_proposal = None
        self.feedback = ()
        # First, so that what those who wait are told holds nothing of theirs either.
        self.interviews = tuple(one.without_wish() for one in self.interviews)
        coming = self.interview_to_come(now)
        if coming is not None:
            self._call_off(coming, SYSTEM, now)
        self.interviews = tuple(one.figure() for one in self.interviews)
        self.remind_at = None
        self._forget_follow_ups()
        self.history = tuple(one.nobodys() for one in self.history)
        self.touch(now)

    def _propose_hire(self, proposal: HireProposal, by: Actor, now: datetime) -> None:
        if self.answered_at is None:
            self.answered_at = now
        self.status = ApplicationStatus.PROPOSED
        self.closed_at = self.postponed_until = None
        self.hire_proposal = proposal
        self._log(by, now)
        self.record("application-advanced.v1", now)

    def _demand(self, to: ApplicationStatus, reason: str | None, hire: HireTerms | None) -> None:
        wanted: type[StrEnum] | None = None
        if to is ApplicationStatus.REFUSED:
            wanted = RefusalReason
        elif to is ApplicationStatus.WITHDRAWN:
            wanted = WithdrawalReason
        if wanted is not None and reason not in list(wanted):
            raise refused_field(ReasonMissing, "reason", "reason_required", NO_REASON, allowed=list(wanted))
        if to is ApplicationStatus.HIRED and hire is None:
            raise refused_field(Refused, "hire", "terms_required", "Une embauche précise le contrat et son début.")

    def _log(self, by: Actor, now: datetime, reason: str | None = None) -> None:
        self.history += (Step(at=now, by=by.id, party=by.party, status=self.status, reason=reason),)
        if by.party is Party.COUNSELLOR:
            self.acted_by, self.on_behalf_of = by.id, self.profile_id


def _demand_agreement(disclosure_id: str | None) -> None:
    if disclosure_id is None:
        raise refused_field(
            AgreementMissing,
            "disclosure_id",
            "agreement_required",
            "Montrez d'abord à la personne ce que l'employeur verra d'elle et recueillez son accord, au besoin par téléphone : "
            "la candidature part avec le reçu de cet accord.",
        )


def slot_of(offer_id: str, profile_id: str) -> str:
    """The place that one open application of a person to an offer takes."""
    return f"{offer_id}:{profile_id}"
