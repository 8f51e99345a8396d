"""What tests of disclosures build on: a person, their counsellor, and who recruits for a company, as profiles meets them."""

from typing import Any

from services.profiles.consumers import subscriptions
from services.profiles.domain.disclosure import (
    TEXT_VERSION,
)
from shared.contracts.events.offers import CompanyState
from shared.contracts.topics import COMPANIES
from shared.kafka.envelope import Event
from tests.service.notifications import builders
from tests.service.profiles.builders import a_body
from tests.support import Running, Stack

MARKS = ("Nadia", "Lemoine", "nadia@example.org", "+33612345678")


class Desk:
    """A person, their counsellor, and who recruits for a company, as profiles meets them."""

    def __init__(self, stack: Stack, running: Running) -> None:
        self.running = running
        self.seeker = stack.token("seeker", subject="seeker-1")
        self.counsellor = stack.token("counsellor", subject="counsellor-1")
        self.recruiter = stack.token("employer", subject="boss")
        self.stranger = stack.token("employer", subject="rival")
        self.profile = ""
        self.handlers = {one.topic.name: one.handler for one in subscriptions(running.app.state.context)}

    async def begin(self, **changes: Any) -> str:
        made = await self.running.client.post("/v1/profiles", json=a_body(**changes), headers=self.seeker)
        self.profile = made.json()["id"]
        await self.hear(company("boss"))
        return self.profile

    async def hear(self, *events: Event[Any]) -> None:
        for event in events:
            await self.handlers[event.topic.name]([event])

    async def agree(self, who: dict[str, str] | None = None, **changes: Any) -> Any:
        body = {"company_id": "company-1", "offer_id": "offer-1", "contacts": ["phone"], "text_version": TEXT_VERSION}
        path = f"/v1/profiles/{self.profile}/disclosures"
        return await self.running.client.post(path, json=body | changes, headers=who or self.seeker)

    async def read(self, disclosure: str, who: dict[str, str] | None = None) -> Any:
        return await self.running.client.get(f"/v1/disclosures/{disclosure}", headers=who or self.recruiter)

    async def read_cv(self, disclosure: str, who: dict[str, str] | None = None) -> Any:
        return await self.running.client.get(f"/v1/disclosures/{disclosure}/cv", headers=who or self.recruiter)

    async def send(self, content: bytes, name: str = "cv.docx", **person: Any) -> dict[str, Any]:
        """A CV as a file; its description."""
        where = {"profile_id": person.get("profile", self.profile)}
        who, files = person.get("who", self.seeker), {"file": (name, content)}
        sent = await self.running.client.post("/v1/cv-files", params=where, files=files, headers=who)
        assert sent.status_code == 201, sent.text
        found: dict[str, Any] = sent.json()
        return found

    async def get(self, path: str, who: dict[str, str] | None = None) -> Any:
        return await self.running.client.get(f"/v1/profiles/{self.profile}/{path}", headers=who or self.seeker)

    def application(self, status: str, sequence: int, disclosure: str, **changes: Any) -> Event[Any]:
        values = {"profile_id": self.profile, "disclosure_id": disclosure} | changes
        return builders.application(status, sequence=sequence, **values)


def company(*users: str, approved: bool = True, sequence: int = 1) -> Event[Any]:
    state = CompanyState(company_id="company-1", territory="23", approved=approved, user_ids=users)
    return builders.event(COMPANIES, "company-updated", "company-1", state, sequence=sequence)


def said(answer: Any) -> Any:
    """A refusal without what is of one request alone."""
    return {name: value for name, value in answer.json().items() if name not in ("instance", "request_id", "trace_id")}
