"""How many applications each employer has answered, and how many it left without an answer."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any

from services.offers.domain.application_rules import WAITING_FOR_EMPLOYER
from services.offers.store import TOLD
from shared.contracts.vocabulary import ApplicationStatus
from shared.store import Store


async def by_company(store: Store, late: datetime) -> AsyncIterator[tuple[str, int, int]]:
    """Company, answered, silent: given up, or waiting since before ``late``. Invitations count once they are accepted: whether
    one reached somebody shows in no figure of the employer's.
    """
    waiting = {"$in": ["$status", [state.value for state in WAITING_FOR_EMPLOYER]]}
    given_up = {"$eq": ["$status", ApplicationStatus.NO_ANSWER.value]}
    unanswered = {"$eq": ["$answered_at", None]}
    silent = {"$and": [unanswered, {"$or": [given_up, {"$and": [waiting, {"$lt": ["$submitted_at", late]}]}]}]}
    pipeline: list[Mapping[str, Any]] = [
        {"$match": TOLD},
        {
            "$group": {
                "_id": "$company_id",
                "answered": {"$sum": {"$cond": [unanswered, 0, 1]}},
                "silent": {"$sum": {"$cond": [silent, 1, 0]}},
            }
        },
    ]
    async for row in store.aggregate("applications", pipeline):
        yield row["_id"], row["answered"], row["silent"]
