"""What each state allows, and what people read where it does not allow what they ask.

Walks through lives ask the product's own tables what is allowed: a line that is lost there, or one too many, is nothing that they
notice. So the tables are said here once more.
"""

from enum import StrEnum

import pytest

from deploy.docs import DOCS
from services.clauses.domain.hire import HireState
from services.clauses.domain.ledger import ALLOWED as HOURS
from services.clauses.domain.ledger import HoursState
from services.matching.domain.life import ALLOWED as RECOMMENDATIONS
from services.matching.domain.life import Status
from services.offers.domain.actors import Party
from services.offers.domain.agenda import AgendaStatus
from services.offers.domain.application_rules import ANSWERS, CLOSED, LETS_REAPPLY, NEXT, WHO
from services.offers.domain.clause_request import RequestStatus
from services.offers.domain.company import CompanyStatus
from services.offers.domain.duplicates import ProposalStatus
from services.offers.domain.life import COMMANDS, ENDED, RETURNS, step_of, steps_of
from services.offers.domain.registration import RegistrationStatus
from shared.contracts.vocabulary import ApplicationStatus, OfferStatus
from shared.errors import transition_refused
from shared.states import SAID

STATES: dict[str, type[StrEnum]] = {
    "cette offre": OfferStatus,
    "cette entreprise": CompanyStatus,
    "cette candidature": ApplicationStatus,
    "cet événement": AgendaStatus,
    "cette inscription": RegistrationStatus,
    "cette proposition": ProposalStatus,
    "cette demande": RequestStatus,
    "cette recommandation": Status,
    "ces heures": HoursState,
    "cette embauche": HireState,
}


@pytest.mark.parametrize("of", sorted(STATES))
def test_every_state_has_its_french(of: str) -> None:
    assert set(STATES[of]) <= set(SAID[of])


def test_a_refusal_says_the_state_and_not_only_that_it_is_one() -> None:
    """«Ce n'est pas possible dans l'état actuel de cette offre» left people to guess which that is."""
    refused = transition_refused("cette offre", OfferStatus.SUSPENDED, "suspend", ("resume",))
    assert refused.detail == "Cette offre est suspendue : ce n'est pas possible dans cet état."
    hours = transition_refused("ces heures", HoursState.VALIDATED, "validate", ("correct",))
    assert hours.detail.startswith("Ces heures sont validées : ")


@pytest.mark.parametrize("status", list(OfferStatus))
def test_the_steps_that_a_refusal_lists_are_operations_of_the_document(status: OfferStatus) -> None:
    """`hold` and `revise` are none, and `resume`, which is, was not listed where it works."""
    document = (DOCS / "openapi-offers.json").read_text()
    for step in {*steps_of(status), *map(step_of, COMMANDS[status])} - {"change"}:
        assert f'"/v1/offers/{{offer_id}}/{step}"' in document
    assert ("resume" in steps_of(status)) == ("confirm" in COMMANDS[status])


def test_what_each_state_of_an_offer_allows() -> None:
    assert {
        "draft": {"publish", "revise", "withdraw"},
        "pending": {"approve", "send_back", "revise", "withdraw"},
        "published": {"confirm", "revise", "suspend", "hold", "fill", "close", "withdraw"},
        "suspended": {"confirm", "revise", "hold", "fill", "close", "withdraw", "archive"},
        "filled": {"reopen", "hold", "close", "withdraw", "archive"},
        "closed": {"archive"},
        "withdrawn": {"archive"},
        "archived": set(),
    } == COMMANDS
    assert {"filled", "closed", "withdrawn", "archived"} == ENDED
    assert {"apply_by_passed", "vanished_from_feed"} == RETURNS


def test_what_each_state_of_an_application_leads_to_and_whose_step_it_is() -> None:
    answers = {"interview", "proposed", "postponed", "hired", "refused"}
    assert answers == ANSWERS
    assert {
        "invited": {"submitted", "withdrawn", "refused", "obsolete", "no_answer"},
        "submitted": {"seen", *answers, "withdrawn", "obsolete", "no_answer"},
        "seen": {*answers, "withdrawn", "obsolete", "no_answer"},
        "interview": {*answers, "withdrawn", "obsolete"},
        "proposed": {"hired", "refused", "postponed", "withdrawn", "obsolete"},
        "postponed": {"interview", "proposed", "hired", "refused", "withdrawn", "obsolete"},
        "no_answer": {"interview", "proposed", "hired", "refused"},
        "hired": set(),
        "refused": set(),
        "withdrawn": set(),
        "obsolete": set(),
    } == NEXT
    employers = {Party.EMPLOYER, Party.MANAGER, Party.COUNSELLOR}
    seekers = {Party.SEEKER, Party.COUNSELLOR}
    assert {
        "submitted": seekers,
        "withdrawn": {*seekers, Party.SYSTEM},
        **dict.fromkeys(("seen", "interview", "proposed", "postponed"), employers),
        "hired": {*employers, Party.SYSTEM},
        "refused": {*employers, Party.SYSTEM},
        "obsolete": {Party.SYSTEM},
        "no_answer": {Party.SYSTEM},
    } == WHO
    assert {"hired", "refused", "withdrawn", "obsolete", "no_answer"} == CLOSED
    assert {"withdrawn", "obsolete"} == LETS_REAPPLY


def test_what_each_state_of_a_recommendation_and_of_hours_leads_to() -> None:
    assert {status: set(targets) for status, targets in RECOMMENDATIONS.items()} == {
        "created": {"seen", "applied", "dismissed", "withdrawn"},
        "seen": {"applied", "dismissed", "withdrawn"},
        "applied": set(),
        "dismissed": {"created"},
        "withdrawn": {"created", "seen"},
    }
    assert {
        "declared": {"validate", "reject", "correct"},
        "validated": {"correct"},
        "rejected": set(),
        "corrected": set(),
    } == HOURS
