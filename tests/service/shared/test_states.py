"""What people read where a state does not allow what they ask."""

from enum import StrEnum

import pytest

from deploy.docs import DOCS
from services.clauses.domain.hire import HireState
from services.clauses.domain.ledger import HoursState
from services.matching.domain.life import Status
from services.offers.domain.agenda import AgendaStatus
from services.offers.domain.clause_request import RequestStatus
from services.offers.domain.company import CompanyStatus
from services.offers.domain.duplicates import ProposalStatus
from services.offers.domain.life import COMMANDS, step_of, steps_of
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
