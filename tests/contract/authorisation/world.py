"""Callers of every kind, and a service with things that belong to them, to nobody or to others."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx

from tests.support import Running, Stack

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)

PERSON = "Zébulonne"
LETTER = "Ma lettre à moi seule"
"""Marks: what answers may carry to those alone whom the rules name."""


def callers(stack: Stack) -> dict[str, dict[str, str]]:
    """Headers by caller. ``own``: the thing is theirs; ``foreign``: it is not; ``elsewhere``: theirs, in another département."""

    def token(role: str, subject: str, territory: str = "23") -> dict[str, str]:
        return stack.token(role, subject=subject, territories=(territory,))

    return {
        "anonymous": {},
        "nobody": stack.token(subject="nobody"),
        "seeker own": token("seeker", "user-1"),
        "seeker foreign": token("seeker", "user-2"),
        "employer own": token("employer", "boss"),
        "employer foreign": token("employer", "rival"),
        "counsellor own": token("counsellor", "counsellor-1"),
        "counsellor foreign": token("counsellor", "counsellor-2"),
        "counsellor elsewhere": token("counsellor", "counsellor-1", "87"),
        "manager own": token("manager", "manager-1"),
        "manager elsewhere": token("manager", "manager-1", "87"),
        "facilitator own": token("facilitator", "facilitator-1"),
        "facilitator elsewhere": token("facilitator", "facilitator-1", "87"),
        "contracting_authority own": token("contracting_authority", "buyer-1"),
        "contracting_authority foreign": token("contracting_authority", "buyer-2"),
        "contractor own": token("contractor", "clerk-1"),
        "contractor foreign": token("contractor", "clerk-2"),
        "partner own": token("partner", "feed-1"),
        "partner foreign": token("partner", "feed-2"),
        "operator": token("operator", "operator-1"),
    }


@dataclass
class World:
    """A running service with its things: ``ids`` fill paths, ``own`` fills those of single operations."""

    running: Running
    callers: dict[str, dict[str, str]]
    ids: dict[str, str]
    own: dict[str, dict[str, str]] = field(default_factory=dict)
    bodies: dict[str, Any] = field(default_factory=dict)
    queries: dict[str, dict[str, str]] = field(default_factory=dict)
    _kept: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    _hashes: dict[str, str] = field(default_factory=dict)

    async def keep(self) -> None:
        """Remember everything, to be put back after a call that changed something."""
        database = self.running.store.database
        for name in await database.list_collection_names():
            self._kept[name] = await database[name].find({}).to_list(None)
        self._hashes = await self.hashed()

    async def put_back(self) -> None:
        database = self.running.store.database
        for name, found in (await self.hashed()).items():
            if found != self._hashes.get(name):
                await database[name].delete_many({})
                if self._kept.get(name):
                    await database[name].insert_many(self._kept[name])

    async def hashed(self) -> dict[str, str]:
        """A hash of each collection: most calls change two or three of them."""
        answer = await self.running.store.database.command("dbHash")
        return dict(answer["collections"])


async def post(client: httpx.AsyncClient, headers: dict[str, str], path: str, body: Any = None) -> dict[str, Any]:
    answer = await client.post(path, json=body, headers=headers)
    assert answer.status_code in (200, 201), f"{path}: {answer.text}"
    found: dict[str, Any] = answer.json()
    return found
