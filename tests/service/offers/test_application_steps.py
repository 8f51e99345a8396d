"""What each step of an application asks for and leaves, at its bounds; ``test_machines.py`` walks in any order."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from services.offers.access import still_accompanies
from services.offers.domain.actors import SYSTEM, Actor, Party
from services.offers.domain.application import Application
from services.offers.domain.application_rules import ApplicationPolicy
from services.offers.domain.errors import AgreementMissing, ReasonMissing, WrongParty
from services.offers.domain.hire import HireTerms
from services.offers.domain.interview import Interview
from shared.auth import Principal, Role
from shared.contracts.vocabulary import ApplicationOrigin, ApplicationStatus, ContractKind
from shared.errors import Refused, StateConflict

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
RULES = ApplicationPolicy()
EMPLOYER, MANAGER = Actor("boss", Party.EMPLOYER), Actor("chief", Party.MANAGER)
SEEKER, COUNSELLOR = Actor("sam", Party.SEEKER), Actor("coach", Party.COUNSELLOR)
S = ApplicationStatus


def sent(origin: ApplicationOrigin = ApplicationOrigin.SEEKER, **changes: Any) -> Application:
    invited = origin is ApplicationOrigin.EMPLOYER
    known = {
        "id": "a-1", "territory": "23", "created_at": NOW, "updated_at": NOW, "offer_id": "o-1", "company_id": "c-1",
        "profile_id": "p-1", "offer_title": "Menuisier", "origin": origin, "submitted_at": NOW,
        "disclosure_id": None if invited else "d-1", "status": S.INVITED if invited else S.SUBMITTED,
    }  # fmt: skip
    one = Application(**known | changes)
    one.submit(EMPLOYER if invited else SEEKER, NOW)
    return one


def terms(starts_on: date = NOW.date()) -> HireTerms:
    return HireTerms(contract_kind=ContractKind.CDI, starts_on=starts_on)


def refused_of(one: Application, to: S, by: Actor, **given: Any) -> tuple[str, str]:
    before = one.model_dump()
    with pytest.raises(Refused) as refusal:
        one.advance(to, by, NOW, policy=RULES, **given)
    assert one.model_dump() == before
    return refusal.value.errors[0].field, refusal.value.errors[0].rule


@pytest.mark.parametrize(
    ("origin", "changes", "days", "asks"),
    [
        (ApplicationOrigin.SEEKER, {}, 15, "remind"),
        (ApplicationOrigin.SEEKER, {"status": S.SEEN}, 15, "remind"),
        (ApplicationOrigin.SEEKER, {"reminded_at": NOW}, 60, "no_answer"),
        (ApplicationOrigin.SEEKER, {}, 60, "no_answer"),
        # The person is not asked by us: the invitation ends.
        (ApplicationOrigin.EMPLOYER, {}, 60, "no_answer"),
    ],
)
def test_silence_is_noticed_at_its_hour_and_not_a_second_before(
    origin: ApplicationOrigin, changes: dict[str, Any], days: int, asks: str
) -> None:
    one, at = sent(origin, **changes), NOW + timedelta(days=days)
    assert one.due(at, RULES) == asks
    assert one.due(at - timedelta(seconds=1), RULES) != asks


@pytest.mark.parametrize(
    "one",
    [
        sent(status=S.INTERVIEW),
        sent(status=S.SEEN, answered_at=NOW),
        sent(status=S.REFUSED),
        sent(profile_id="erased"),
    ],
    ids=["met", "answered", "over", "erased"],
)
def test_nothing_is_asked_where_nobody_is_silent(one: Application) -> None:
    assert one.due(NOW + timedelta(days=900), RULES) is None


def test_an_invitation_asks_nothing_before_it_ends_and_counts_from_its_acceptance() -> None:
    one = sent(ApplicationOrigin.EMPLOYER)
    assert one.due(NOW + timedelta(days=59), RULES) is None
    assert not one.told_to_employer
    later = NOW + timedelta(days=30)
    with pytest.raises(AgreementMissing):
        one.advance(S.SUBMITTED, SEEKER, later, policy=RULES)
    one.advance(S.SUBMITTED, SEEKER, later, disclosure_id="d-2", policy=RULES)
    assert (one.disclosure_id, one.submitted_at, one.told_to_employer) == ("d-2", later, True)
    assert one.due(later + timedelta(days=14), RULES) is None
    assert one.due(later + timedelta(days=15), RULES) == "remind"


def test_what_a_step_has_to_say() -> None:
    assert refused_of(sent(), S.SEEN, EMPLOYER, disclosure_id="d-2") == ("disclosure_id", "not_this_step")
    for reason in (None, "nonsense", "found_elsewhere"):
        assert refused_of(sent(), S.REFUSED, EMPLOYER, reason=reason) == ("reason", "reason_required")
    for reason in (None, "nonsense", "experience"):
        assert refused_of(sent(), S.WITHDRAWN, SEEKER, reason=reason) == ("reason", "reason_required")
    with pytest.raises(ReasonMissing):
        sent().advance(S.REFUSED, EMPLOYER, NOW, policy=RULES)
    assert refused_of(sent(), S.HIRED, EMPLOYER) == ("hire", "terms_required")
    far = terms(NOW.date() + timedelta(days=800))
    assert refused_of(sent(), S.HIRED, EMPLOYER, hire=far) == ("hire.starts_on", "too_far")


@pytest.mark.parametrize(
    ("to", "by", "reason"), [(S.REFUSED, EMPLOYER, "experience"), (S.WITHDRAWN, SEEKER, "schedule")]
)
def test_an_end_keeps_its_reason_and_calls_off_the_appointment(to: S, by: Actor, reason: str) -> None:
    one = sent()
    at = NOW + timedelta(days=3)
    one.advance(S.INTERVIEW, EMPLOYER, NOW, interview=Interview(id="i-1", at=at, zone="Europe/Paris"), policy=RULES)
    assert one.interview_to_come(NOW) is not None
    one.advance(to, by, NOW, reason=reason, policy=RULES)
    assert (one.refusal_reason, one.history[-1].reason, one.closed_at) == (reason, reason, NOW)
    assert one.interview_to_come(NOW) is None
    assert [event.type for event in one.pending][-1] == "application-closed.v1"


def test_a_day_to_come_back_on_lasts_as_long_as_the_pause() -> None:
    one = sent()
    one.advance(S.POSTPONED, EMPLOYER, NOW, postponed_until=date(2026, 5, 1), policy=RULES)
    assert (one.postponed_until, [event.type for event in one.pending][-1]) == (
        date(2026, 5, 1), "application-advanced.v1",
    )  # fmt: skip
    one.advance(S.INTERVIEW, EMPLOYER, NOW, postponed_until=date(2026, 5, 1), policy=RULES)
    assert one.postponed_until is None
    # An interview without an appointment says that there is to be one.
    assert [interview.at for interview in one.interviews] == [None]


def test_a_counsellors_hire_is_a_proposal_that_the_employer_or_its_days_make_true() -> None:
    far = terms(NOW.date() + timedelta(days=365))
    one = sent()
    with pytest.raises(WrongParty):
        one.advance(S.HIRED, SYSTEM, NOW, hire=far, policy=RULES)
    one.advance(S.HIRED, COUNSELLOR, NOW, hire=far, policy=RULES)
    assert (one.status, one.answered_at, one.hire) == (S.PROPOSED, NOW, None)
    assert (one.acted_by, one.on_behalf_of) == ("coach", "p-1")
    assert one.due(NOW + RULES.hire_proposal - timedelta(seconds=1), RULES) is None
    assert one.due(NOW + RULES.hire_proposal, RULES) == "hire"
    state: Any = one.event_data("application-advanced.v1")
    assert (state.hire_reported, state.appointment) == (True, False)
    # Late, the platform records it as it was told: nobody types a day then.
    late = NOW + timedelta(days=900)
    one.advance(S.HIRED, SYSTEM, late, policy=RULES)
    assert one.hire is not None
    assert (one.status, one.hire.starts_on, one.hire_proposal) == (S.HIRED, far.starts_on, None)
    state = one.event_data("application-closed.v1")
    assert not state.hire_reported
    for by in (EMPLOYER, MANAGER):
        said = sent()
        said.advance(S.HIRED, by, NOW, hire=terms(), policy=RULES)
        assert (said.status, said.acted_by) == (S.HIRED, None)


def test_a_yes_is_the_persons_to_a_proposal_and_what_it_ends_stays_ended() -> None:
    one = sent()
    with pytest.raises(StateConflict):
        one.accept(SEEKER, NOW, obsolete_others=True)
    one.advance(S.PROPOSED, EMPLOYER, NOW, policy=RULES)
    with pytest.raises(WrongParty):
        one.accept(EMPLOYER, NOW, obsolete_others=True)
    one.accept(SEEKER, NOW, obsolete_others=True)
    one.accept(COUNSELLOR, NOW + timedelta(days=1), obsolete_others=False)
    assert (one.accepted_at, one.obsolete_others) == (NOW, True)


async def test_an_answer_about_several_people_is_repeated_while_each_of_them_is_accompanied() -> None:
    known = {id: {"_id": id, "territory": "23", "counsellor_ids": ["lea"]} for id in ("one", "two")}
    known["three"] = {"_id": "three", "territory": "23", "counsellor_ids": ["paul"]}

    async def find(id: str) -> dict[str, Any] | None:
        return known.get(id)

    people: Any = SimpleNamespace(find=find)
    lea = Principal("lea", frozenset({Role.COUNSELLOR}), frozenset({"23"}))
    assert await still_accompanies(people, lea, ["one", "two"])
    for other in ("three", "nobody"):
        assert not await still_accompanies(people, lea, ["one", other])
        assert not await still_accompanies(people, lea, [other, "one"])
