"""A contractor whose employer ends in offers: who follows its contracts hears that nobody recruits for it any more."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from shared.contracts.events.offers import CompanyState
from shared.contracts.topics import COMPANIES
from shared.kafka.envelope import Event
from shared.kafka.subscription import BatchSubscription
from tests.service.clauses.builders import People, contract_body
from tests.service.clauses.test_members import made, told
from tests.support import Running

SIRET = "73282932000074"


async def test_the_desk_hears_once_that_a_contractor_recruits_no_more(clauses: Running, people: People) -> None:
    for title, contractor in (("Par son SIRET", SIRET), ("Par son numéro ici", "company-1"), ("Un autre", "other")):
        body = contract_body(contractor_ids=[contractor]) | {"title": title}
        await made(clauses, people.facilitator, "/v1/contracts", body)
    [heard] = [one for one in clauses.service.compose(clauses.runtime).subscriptions if one.topic is COMPANIES]
    assert isinstance(heard, BatchSubscription)

    def employer(sequence: int, *, erased: bool = False, **changes: Any) -> Event[Any]:
        state = {"company_id": "company-1", "territory": "23", "approved": True, "user_ids": ["boss"], "siret": SIRET}
        at = clauses.runtime.clock.now()
        data = None if erased else CompanyState.model_validate(state | changes)
        id = f"event-{sequence}"
        return Event(id, "company-updated.v1", COMPANIES, "company-1", "company-1", sequence, at, data, None)

    async def after(*events: Event[Any]) -> list[str]:
        await heard.handler(list(events))
        notices = [one for one in await told(clauses, "clauses.notices.v1") if one is not None]
        assert {(one["template"], *one["recipients"]) for one in notices} <= {
            ("clause_contractor_ended", "facilitator-1")
        }
        return sorted(one["params"]["contract_title"] for one in notices)

    both = ["Par son SIRET", "Par son numéro ici"]
    long_ago = clauses.runtime.clock.now() - timedelta(days=30)
    old = [replace(one, time=long_ago) for one in (employer(1), employer(2, user_ids=[]))]
    assert await after(*old) == []
    # Nobody of whom it was never heard that they recruit; a new name that waits to be looked at ends nothing.
    assert await after(employer(4, user_ids=[])) == []
    assert await after(employer(5, siret=None), employer(5, approved=False)) == []
    left = employer(6, user_ids=[])
    assert await after(left) == both
    assert await after(left, employer(4), employer(7, user_ids=[])) == both
    assert await after(employer(8), employer(9, suspended=True, approved=False)) == sorted(both * 2)
    assert await after(employer(10), employer(11, erased=True)) == sorted(both * 3)
