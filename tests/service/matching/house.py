"""The matching service as people meet it: its API, a worker that follows what they decide, and tokens."""

from dataclasses import dataclass
from typing import Any

import httpx

from tests.service.matching.rooms import Rooms
from tests.support import Stack


@dataclass
class House:
    """The API, a worker, and tokens."""

    rooms: Rooms
    client: httpx.AsyncClient
    stack: Stack

    async def get(self, path: str, *, role: str = "seeker", subject: str = "user-a", **params: Any) -> httpx.Response:
        headers = self.stack.token(role, subject=subject)
        return await self.client.get(path, headers=headers, params=params)

    async def post(self, path: str, body: Any = None, *, role: str = "seeker", subject: str = "user-a") -> Any:
        return await self.client.post(path, json=body, headers=self.stack.token(role, subject=subject))

    async def recommended(self, profile_id: str, **params: Any) -> list[dict[str, Any]]:
        response = await self.get(f"/v1/profiles/{profile_id}/recommendations", **params)
        assert response.status_code == 200, response.text
        items: list[dict[str, Any]] = response.json()["items"]
        return items
