"""Hypothesis walks through the lives of offers, applications and registrations and holds what must always be true."""

# A walk meets a refusal at some steps and none at others, which pytest.raises cannot say.
# ruff: noqa: PT017
from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from services.offers.domain.actors import SYSTEM, Actor, Party
from services.offers.domain.agenda import AgendaDetails, AgendaEvent
from services.offers.domain.application import Application
from services.offers.domain.application_rules import ANSWERS, CLOSED, NEXT, WHO, ApplicationPolicy
from services.offers.domain.company import CompanyStatus
from services.offers.domain.content import OfferContent
from services.offers.domain.hire import HireTerms
from services.offers.domain.life import COMMANDS, LifePolicy, Outcome, Reason, Step, steps_of
from services.offers.domain.offer import Offer
from services.offers.domain.registration import HOLDS_A_PLACE, LIVE, NoShowReason, RegistrationStatus
from services.offers.domain.sessions import Session
from shared.contracts.events.base import Place, Point
from shared.contracts.events.offers import OfferCompany
from shared.contracts.vocabulary import (
    AgendaKind,
    ApplicationOrigin,
    ApplicationStatus,
    ContractKind,
    OfferStatus,
)
from shared.errors import DomainError, StateConflict
from tests.examples import examples

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
POLICY = LifePolicy()
RULES = ApplicationPolicy()
EMPLOYER = Actor("boss", Party.EMPLOYER)
MANAGER = Actor("chief", Party.MANAGER)
SEEKER = Actor("sam", Party.SEEKER)
COUNSELLOR = Actor("coach", Party.COUNSELLOR)
WALK = examples(20, stateful_step_count=30)


def new_offer(positions: int = 3) -> Offer:
    content = OfferContent(
        title="Menuisier (H/F)",
        place=Place(name="Guéret", commune_code="23096", point=Point(lat=46.17, lon=1.87)),
        contract_kind=ContractKind.CDI,
        positions_total=positions,
    )
    return Offer(
        id="o-1", territory="23", created_at=START, updated_at=START, company=OfferCompany(id="c-1", name="Scierie"),
        content=content, deposited_by="boss",
    )  # fmt: skip


class OfferLife(RuleBasedStateMachine):
    """Any command at any time: refused with what is allowed, or done with an event."""

    def __init__(self) -> None:
        super().__init__()
        self.offer = new_offer()
        self.now = START
        self.company: CompanyStatus | None = CompanyStatus.APPROVED
        self.seen: list[tuple[int, str]] = []
        self.steps: list[tuple[Step, int]] = []

    def do(self, command: str, call: object) -> None:
        before = (self.offer.status, self.offer.version)
        allowed = COMMANDS[before[0]]
        try:
            call()  # type: ignore[operator]  # a lambda of a command
        except StateConflict as refused:
            assert command not in allowed
            assert refused.extra["allowed"] == sorted(steps_of(before[0]))
            assert (self.offer.status, self.offer.version) == before
        except DomainError:
            assert command in allowed
            assert (self.offer.status, self.offer.version) == before
        else:
            assert command in allowed or command == "publish"

    @rule(by=st.sampled_from([EMPLOYER, MANAGER]))
    def publish(self, by: Actor) -> None:
        command = "approve" if self.offer.status is OfferStatus.PENDING else "publish"
        self.shows(command, by, lambda: self.offer.publish(by, self.now, POLICY, self.company))

    @rule(by=st.sampled_from([EMPLOYER, MANAGER]))
    def confirm(self, by: Actor) -> None:
        self.shows("confirm", by, lambda: self.offer.confirm(by, self.now, POLICY, self.company))

    @rule(status=st.sampled_from([*CompanyStatus, None]))
    def company_is(self, status: CompanyStatus | None) -> None:
        self.company = status

    @rule()
    def hold(self) -> None:
        self.do("hold", lambda: self.offer.hold(MANAGER, self.now))
        assert not self.offer.readable(None) or not self.offer.held

    def shows(self, command: str, by: Actor, call: object) -> None:
        """Whatever the way, moderation's no holds: the company's for everybody, the offer's for all but a manager."""
        held, version = self.offer.held, self.offer.version
        self.do(command, call)
        if self.offer.version != version and self.offer.status is OfferStatus.PUBLISHED:
            assert self.company is not CompanyStatus.SUSPENDED
            assert not held or by is MANAGER

    @rule()
    def confirm_twice_at_once(self) -> None:
        if self.offer.status is OfferStatus.PUBLISHED:
            self.offer.confirm(EMPLOYER, self.now, POLICY, CompanyStatus.APPROVED)
            version = self.offer.version
            assert not self.offer.confirm(MANAGER, self.now, POLICY, CompanyStatus.APPROVED)
            assert self.offer.version == version

    @rule(because=st.sampled_from([Reason.UNCONFIRMED, Reason.EMPLOYER, Reason.COMPANY]))
    def suspend(self, because: Reason) -> None:
        self.do("suspend", lambda: self.offer.suspend(EMPLOYER, because, self.now))

    @rule(count=st.integers(0, 4), ours=st.booleans())
    def fill(self, count: int, ours: bool) -> None:
        self.do("fill", lambda: self.offer.fill(count, EMPLOYER, self.now, through_us=ours))

    @rule(count=st.integers(1, 3), by=st.sampled_from([EMPLOYER, MANAGER]))
    def reopen(self, count: int, by: Actor) -> None:
        self.shows("reopen", by, lambda: self.offer.reopen(by, self.now, POLICY, self.company, count=count))

    @rule(positions=st.integers(1, 5))
    def revise(self, positions: int) -> None:
        content = self.offer.content.model_copy(update={"positions_total": positions})
        self.do("revise", lambda: self.offer.revise(content, "23", EMPLOYER, self.now))

    @rule(outcome=st.sampled_from(list(Outcome)))
    def close(self, outcome: Outcome) -> None:
        self.do("close", lambda: self.offer.close(outcome, EMPLOYER, self.now))

    @rule()
    def withdraw(self) -> None:
        self.do("withdraw", lambda: self.offer.withdraw(EMPLOYER, self.now))

    @rule()
    def send_back(self) -> None:
        self.do("send_back", lambda: self.offer.send_back(MANAGER, "Précisez", self.now))

    @rule(days=st.integers(0, 20), hours=st.integers(0, 23))
    def time_passes(self, days: int, hours: int) -> None:
        self.now += timedelta(days=days, hours=hours)
        for _ in range(6):
            due = self.offer.due(self.now, POLICY)
            if due is None:
                return
            # A draft that was withdrawn is put away without ever having been confirmed.
            confirmed = self.offer.confirmed_at
            assert confirmed is not None or due.step is Step.ARCHIVE
            age = (self.now - (confirmed or self.now)).days
            if due.step is Step.REMIND:
                assert due.day in POLICY.reminder_days
                assert due.day <= age < POLICY.confirm_days
                assert due.day not in self.offer.reminders_sent
                self.offer.reminded(due.day, SYSTEM, self.now)
            elif due.step is Step.SUSPEND:
                assert age >= POLICY.confirm_days
                self.offer.suspend(SYSTEM, Reason.UNCONFIRMED, self.now)
            else:
                assert due.step is Step.ARCHIVE
                self.offer.archive(SYSTEM, self.now)
        raise AssertionError("time never comes to rest")

    @invariant()
    def what_is_always_true(self) -> None:
        offer = self.offer
        assert 0 <= offer.positions_open <= offer.content.positions_total
        assert offer.positions_filled_through_us <= offer.positions_filled <= offer.content.positions_total
        assert (offer.status is OfferStatus.SUSPENDED) == (offer.suspended_because is not None)
        if offer.status is OfferStatus.PUBLISHED:
            assert offer.positions_open > 0
            assert offer.confirm_by == offer.confirmed_at + timedelta(days=15)  # type: ignore[operator]  # published, so confirmed
        if offer.status is OfferStatus.FILLED:
            assert offer.positions_open == 0
        sequences = [event.sequence for event in offer.pending]
        assert sequences == sorted(set(sequences))
        # Drafts are private: the first event is the creation, and there is one of it.
        types = [event.type for event in offer.pending]
        assert types.count("offer-created.v1") == (1 if offer.published_at else 0)
        assert not types or types[0] == "offer-created.v1"
        restored = Offer.restore({**offer.model_dump(exclude={"id"}), "_id": offer.id})
        assert restored.model_dump() == offer.model_dump()


class ApplicationLife(RuleBasedStateMachine):
    """Any step by any side."""

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.one = self.fresh(ApplicationOrigin.SEEKER)

    def fresh(self, origin: ApplicationOrigin) -> Application:
        invited = origin is ApplicationOrigin.EMPLOYER
        one = Application(
            id="a-1", territory="23", created_at=self.now, updated_at=self.now, offer_id="o-1", company_id="c-1",
            profile_id="p-1", offer_title="Menuisier", origin=origin, submitted_at=self.now,
            disclosure_id=None if invited else "d-1",
            status=ApplicationStatus.INVITED if invited else ApplicationStatus.SUBMITTED,
        )  # fmt: skip
        one.submit(EMPLOYER if invited else SEEKER, self.now)
        return one

    @rule(
        to=st.sampled_from(list(ApplicationStatus)),
        by=st.sampled_from([EMPLOYER, SEEKER, COUNSELLOR, MANAGER, SYSTEM]),
        reason=st.sampled_from([None, "experience", "schedule", "nonsense"]),
        terms=st.booleans(),
        agreed=st.booleans(),
    )
    def advance(self, to: ApplicationStatus, by: Actor, reason: str | None, terms: bool, agreed: bool) -> None:
        before = self.one.model_dump()
        hire = HireTerms(contract_kind=ContractKind.CDI, starts_on=self.now.date()) if terms else None
        allowed = NEXT[self.one.status]
        try:
            shown = "d-2" if agreed else None
            self.one.advance(to, by, self.now, reason=reason, hire=hire, disclosure_id=shown, policy=RULES)
        except StateConflict as refused:
            assert to not in allowed
            assert refused.extra["allowed"] == sorted(allowed)
            assert self.one.model_dump() == before
        except DomainError:
            assert self.one.model_dump() == before
        else:
            assert to in allowed
            assert by.party in WHO[to]

    @rule(days=st.integers(0, 40))
    def time_passes(self, days: int) -> None:
        self.now += timedelta(days=days)
        due = self.one.due(self.now, RULES)
        if due == "remind":
            assert 15 <= (self.now - self.one.submitted_at).days < 60
            self.one.reminded(self.now)
            assert self.one.due(self.now, RULES) is None
        elif due == "no_answer":
            assert (self.now - self.one.submitted_at).days >= 60
            self.one.advance(ApplicationStatus.NO_ANSWER, SYSTEM, self.now, policy=RULES)

    @rule(others=st.booleans(), by=st.sampled_from([SEEKER, EMPLOYER]))
    def accept(self, others: bool, by: Actor) -> None:
        before = self.one.obsolete_others
        try:
            self.one.accept(by, self.now, obsolete_others=others)
        except DomainError:
            assert self.one.obsolete_others == before
        else:
            assert self.one.obsolete_others == (before or others)

    @precondition(lambda self: not self.one.open)
    @rule(origin=st.sampled_from([ApplicationOrigin.SEEKER, ApplicationOrigin.EMPLOYER]))
    def begin_again(self, origin: ApplicationOrigin) -> None:
        self.one = self.fresh(origin)

    @invariant()
    def what_is_always_true(self) -> None:
        one = self.one
        assert one.open == (one.closed_at is None)
        assert one.disclosure_id is not None or not one.told_to_employer
        assert (one.status in CLOSED) != one.open
        assert (one.status is ApplicationStatus.HIRED) == (one.hire is not None)
        assert [follow.month for follow in one.follow_ups] == ([1, 3, 6] if one.hire else [])
        if one.status in (ApplicationStatus.WITHDRAWN, ApplicationStatus.OBSOLETE):
            assert one.slot is None
        else:
            assert one.slot == "o-1:p-1"
        answered = [step for step in one.history if step.status in ANSWERS and step.party is not Party.SYSTEM]
        assert (one.answered_at is not None) == bool(answered)
        sequences = [event.sequence for event in one.pending]
        assert sequences == sorted(set(sequences))


class Registrations(RuleBasedStateMachine):
    """People come and go on an event with few places."""

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        begins = START + timedelta(days=30)
        self.event = AgendaEvent(
            id="g-1", territory="23", created_at=START, updated_at=START, organiser="chief",
            details=AgendaDetails(kind=AgendaKind.WORKSHOP, title="Atelier"),
            sessions=(
                Session(id="s-1", starts_at=begins, ends_at=begins + timedelta(hours=2), places=2),
                Session(id="s-2", starts_at=begins + timedelta(days=1), ends_at=begins + timedelta(days=1, hours=2), places=1),
            ),
            starts_at=begins, ends_at=begins + timedelta(days=1, hours=2),
        )  # fmt: skip
        self.event.publish(self.now)
        self.number = 0

    @rule(
        person=st.integers(1, 6),
        session=st.sampled_from(["s-1", "s-2", None, "s-9"]),
        by=st.sampled_from([SEEKER, COUNSELLOR]),
    )
    def register(self, person: int, session: str | None, by: Actor) -> None:
        self.number += 1
        before = self.event.registrations
        try:
            made = self.event.register(f"r-{self.number}", f"p-{person}", by, self.now, session_id=session)
        except DomainError:
            assert self.event.registrations == before
        else:
            assert (made.acted_by is not None) == (by is COUNSELLOR)

    @precondition(lambda self: self.event.registrations)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        one = data.draw(st.sampled_from(self.event.registrations))
        try:
            promoted = self.event.cancel_registration(one.id, self.now)
        except DomainError:
            assert one.status not in LIVE
        else:
            assert all(moved.status is RegistrationStatus.REGISTERED for moved in promoted)

    @precondition(lambda self: self.event.registrations)
    @rule(data=st.data(), came=st.booleans(), reason=st.sampled_from([None, *NoShowReason]))
    def attend(self, data: st.DataObject, came: bool, reason: NoShowReason | None) -> None:
        one = data.draw(st.sampled_from(self.event.registrations))
        begun = self.event.session(one.session_id).starts_at <= self.now
        try:
            self.event.attend(one.id, came, reason, MANAGER, self.now)
        except DomainError:
            assert not begun or one.status not in HOLDS_A_PLACE or (not came and reason is None)
        else:
            assert begun
            assert one.status in HOLDS_A_PLACE

    @rule(person=st.integers(1, 6))
    def forget(self, person: int) -> None:
        self.event.forget(f"p-{person}", self.now)
        assert f"p-{person}" not in str(self.event.model_dump())

    @rule(places=st.integers(1, 4))
    def resize(self, places: int) -> None:
        before = self.event.model_dump()
        first, second = self.event.sessions
        resized = (first.model_copy(update={"places": places}), second)
        try:
            self.event.revise(self.event.details, None, resized, self.now)
        except DomainError:
            assert self.event.model_dump() == before

    @rule(hours=st.integers(0, 24 * 9))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        due = self.event.due_reminders(self.now, 2)
        self.event.reminded([one.id for one in due], self.now)
        assert self.event.due_reminders(self.now, 2) == []

    @invariant()
    def what_is_always_true(self) -> None:
        for session in self.event.sessions:
            here = [one for one in self.event.registrations if one.session_id == session.id]
            held = sum(one.status in HOLDS_A_PLACE for one in here)
            assert session.places is None or held <= session.places
            waiting = [one for one in here if one.status is RegistrationStatus.WAITING]
            # Nobody waits while a place is free, until the session begins.
            assert not waiting or self.event.left_in(session) == 0 or session.starts_at <= self.now
            kept = [
                one for one in here if one.status is not RegistrationStatus.CANCELLED and one.profile_id != "erased"
            ]
            assert len({one.profile_id for one in kept}) == len(kept)


TestOfferLife = OfferLife.TestCase
TestOfferLife.settings = WALK
TestApplicationLife = ApplicationLife.TestCase
TestApplicationLife.settings = WALK
TestRegistrations = Registrations.TestCase
TestRegistrations.settings = WALK


def test_a_month_after_the_31st_is_the_last_day_of_the_next() -> None:
    from services.offers.domain.hire import months_after

    assert months_after(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert months_after(date(2026, 8, 31), 6) == date(2027, 2, 28)
    assert months_after(date(2026, 12, 15), 1) == date(2027, 1, 15)
