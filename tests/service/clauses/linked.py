"""People who are linked to contracts: what the modules that try it share."""

from typing import Any

import httpx
import pytest

from tests.service.clauses.builders import People, contract_body, hours_body
from tests.support import Running, Stack

PROFILE = "019a3f60-5c1e-7a34-9d8f-2f6f0a9c1b7e"
OTHER = "019a3f60-5c1e-7a34-9d8f-2f6f0a9c1b7f"
CONSENT = {"participant_id": PROFILE, "consented_on": "2026-01-12"}


class TwoDesks:
    """Two contractors on contracts of their own, in two territories."""

    def __init__(self, clauses: Running, stack: Stack, people: People) -> None:
        self.clauses = clauses
        self.facilitator = people.facilitator
        self.far = stack.token("facilitator", subject="facilitator-87", territories=["87"])
        self.true_employer = people.contractor
        self.stranger = people.other_contractor

    async def contract(self, who: dict[str, str], contractor: str, **changes: Any) -> str:
        body = contract_body(contractor_ids=[contractor], **changes)
        answer = await self.clauses.client.post("/v1/contracts", json=body, headers=who)
        assert answer.status_code == 201, answer.text
        return str(answer.headers["location"])

    async def assign(self, where: str, who: dict[str, str], **changes: Any) -> httpx.Response:
        return await self.clauses.client.post(f"{where}/participants", json=CONSENT | changes, headers=who)

    async def declare(self, where: str, who: dict[str, str], hours: object, **changes: Any) -> httpx.Response:
        body = hours_body(**{"participant_id": PROFILE, "hours": str(hours)} | changes)
        return await self.clauses.client.post(f"{where}/hours", json=body, headers=who)

    async def validate(self, declared: httpx.Response, who: dict[str, str]) -> httpx.Response:
        return await self.clauses.client.post(f"{declared.headers['location']}/validate", headers=who)


@pytest.fixture
def desk(clauses: Running, stack: Stack, people: People) -> TwoDesks:
    return TwoDesks(clauses, stack, people)
