"""What tests of interviews build on: an application, and what is said of its interview."""

import json
from typing import Any

from tests.service.offers.support import Desk
from tests.service.offers.test_applications import apply

NOTICES = "offers.notices.v1"
ON_SITE = {
    "at": "2026-03-09T14:30:00+01:00",
    "way": "on_site",
    "place": "12 rue de la Gare, Guéret",
    "contact": "Mme Durand, à l'accueil",
    "to_bring": "Une pièce d'identité",
}


async def applied(desk: Desk, **offer: Any) -> str:
    await desk.person()
    made = await apply(desk, await desk.offer(await desk.company(), **offer))
    id: str = made["id"]
    return id


async def propose(desk: Desk, application: str, headers: dict[str, str] | None = None, **changes: Any) -> Any:
    path = f"/v1/applications/{application}/interview"
    return await desk.client.put(path, json=ON_SITE | changes, headers=headers or desk.employer)


async def answer(desk: Desk, application: str, headers: dict[str, str] | None = None, **body: Any) -> Any:
    path = f"/v1/applications/{application}/interview/answer"
    return await desk.post(path, headers or desk.seeker, {"sequence": 0, "confirmed": True} | body)


async def told(desk: Desk) -> list[dict[str, Any]]:
    """Notices about interviews, oldest first."""
    notices = [json.loads(row["data"]) for row in await desk.events(NOTICES)]
    return [notice for notice in notices if notice["template"].startswith("interview_")]


def refused(response: Any) -> list[tuple[str, str]]:
    assert response.status_code == 422, response.text
    return [(error["field"], error["rule"]) for error in response.json()["errors"]]
