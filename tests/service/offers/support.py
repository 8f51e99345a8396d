"""Builders for tests of the offers service."""

from datetime import UTC, datetime
from itertools import count
from typing import Any

import httpx

from services.offers.domain.clause_request import ClauseRequest
from shared.contracts.events.clauses import OfferRequestState
from shared.store import Store
from tests.support import Running, Stack, outbox_rows

REQUEST = "019a3f60-0000-7000-8000-000000000001"


def wish(**changes: Any) -> OfferRequestState:
    """What clauses tells when a contract falls behind."""
    state: dict[str, Any] = {
        "request_id": REQUEST,
        "territory": "23",
        "contract_id": "contract-1",
        "contract_title": "Réhabilitation de l'école",
        "wanted": True,
        "positions": 2,
        "missing_hours": "595.00",
        "ends_on": "2026-12-31",
        "commune_code": "23096",
        "contractor_ids": [],
    }
    return OfferRequestState.model_validate(state | changes)


def a_request(**changes: Any) -> ClauseRequest:
    """As offers keeps it."""
    return ClauseRequest.of(wish(**changes), 1, datetime(2026, 3, 2, 8, tzinfo=UTC))


SIRET = "73282932000074"


def offer_body(company_id: str, **changes: Any) -> dict[str, Any]:
    """A sound offer in Guéret."""
    return {
        "company_id": company_id,
        "title": "Agent d'entretien des locaux (H/F)",
        "description": "Entretien de bureaux et de salles de classe en binôme, matériel fourni, équipe de quatre personnes.",
        "occupation_code": "K2204",
        "place": {"commune_code": "23096"},
        "contract_kind": "cdd",
        "duration_months": 6,
        "weekly_hours": 24,
        "shifts": [{"weekday": 0, "start": "08:00", "end": "12:00"}],
        "salary": {"hourly_min": 12.5},
        **changes,
    }


class Desk:
    """People at work on one running service: an employer, a manager, a counsellor and seekers."""

    def __init__(self, stack: Stack, running: Running) -> None:
        self.stack = stack
        self._agreements = count(1)
        self.running = running
        self.client: httpx.AsyncClient = running.client
        self.store: Store = running.store
        self.employer = stack.token("employer", subject="boss")
        self.other_employer = stack.token("employer", subject="rival")
        self.manager = stack.token("manager", subject="chief", territories=["23"])
        self.foreign_manager = stack.token("manager", subject="far", territories=["41"])
        self.facilitator = stack.token("facilitator", subject="facilitator-1", territories=["23"])
        self.counsellor = stack.token("counsellor", subject="coach", territories=["23"])
        self.seeker = stack.token("seeker", subject="sam")
        self.partner = stack.token("partner", subject="feed-one")

    async def post(self, path: str, headers: dict[str, str], json: Any = None, **more: Any) -> httpx.Response:
        return await self.client.post(path, headers={**headers, **more.pop("extra", {})}, json=json, **more)

    async def company(self, *, approved: bool = True, **changes: Any) -> str:
        """A company of the employer ``boss``."""
        body = {
            "name": "Scierie de la Gartempe",
            "siret": SIRET,
            "territory": "23",
            "contact": {"first_name": "Nadia", "email": "nadia@scierie.example"},
            **changes,
        }
        answer = await self.post("/v1/companies", self.employer, body)
        assert answer.status_code == 201, answer.text
        company_id: str = answer.json()["id"]
        if approved:
            moderated = await self.post(f"/v1/companies/{company_id}/approve", self.manager)
            assert moderated.status_code == 200, moderated.text
        return company_id

    async def offer(self, company_id: str, *, publish: bool = True, **changes: Any) -> str:
        """An offer of the company, live unless told otherwise."""
        answer = await self.post("/v1/offers", self.employer, offer_body(company_id, **changes))
        assert answer.status_code == 201, answer.text
        offer_id: str = answer.json()["id"]
        if publish:
            published = await self.post(f"/v1/offers/{offer_id}/publish", self.employer)
            assert published.status_code == 200, published.text
        return offer_id

    async def apply(self, offer_id: str, headers: dict[str, str] | None = None, **body: Any) -> httpx.Response:
        """An application with an agreement of its own, unless told otherwise."""
        body = {"disclosure_id": f"agreed-{next(self._agreements)}"} | body
        return await self.post(f"/v1/offers/{offer_id}/applications", headers or self.seeker, body)

    async def person(self, profile_id: str = "p-sam", owner: str = "sam", **changes: Any) -> str:
        """A profile as the consumer would have stored it."""
        document = {
            "_id": profile_id,
            "owner_id": owner,
            "counsellor_ids": ["coach"],
            "territory": "23",
            "active": True,
            "visible_to_employers": True,
            "reserved_eligible": [],
            "sequence": 1,
            **changes,
        }
        await self.store.collection("people").replace_one({"_id": profile_id}, document, upsert=True)
        return profile_id

    async def events(self, topic: str | None = None) -> list[dict[str, Any]]:
        """Outbox rows in order."""
        return await outbox_rows(self.store, topic)

    async def everything(self) -> dict[str, list[dict[str, Any]]]:
        """All documents by collection."""
        names = await self.store.database.list_collection_names()
        return {name: [row async for row in self.store.collection(name).find({})] for name in names}


async def search(desk: Desk, **params: Any) -> Any:
    """A page of the public search."""
    answer = await desk.client.get("/v1/offers", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()
