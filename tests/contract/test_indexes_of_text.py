"""Questions for one text, or for one of several, are answered by an index where only some documents have that text."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from pymongo import MongoClient

from services.notifications.app import SERVICE as NOTIFICATIONS
from services.notifications.domain.recommendations import Told
from services.notifications.store import boxed_with
from services.offers.app import SERVICE as OFFERS
from services.profiles.app import SERVICE as PROFILES
from services.profiles.queries.pool import by_pseudonym
from shared.service import Service
from tests.support import Stack

NOW = datetime(2026, 3, 2, tzinfo=UTC)
ASKED: list[tuple[Service, str, Mapping[str, Any]]] = [
    (NOTIFICATIONS, "notifications", {"box": {"$in": ["a", "b"]}, "created_at": {"$gte": 1}, "read_at": None}),
    (NOTIFICATIONS, "notifications", {"$or": [{name: "a"} for name in ("subject_id", "box", "about", "concerns")]}),
    (NOTIFICATIONS, "notifications", {"box": {"$in": ["a", "b"]}, "updated_at": {"$gte": 1}}),
    (NOTIFICATIONS, "notifications", boxed_with([Told("a", "b", NOW)]).filter),
    (NOTIFICATIONS, "notifications", {"unsubscribe_token": "a"}),
    (NOTIFICATIONS, "contacts", {"$or": [{"owner_id": "a"}, {"_id": "b"}]}),
    (OFFERS, "companies", {"siret": "a"}),
    (OFFERS, "offers", {"canonical_offer_id": "a"}),
    (OFFERS, "offers", {"$or": [{"duplicate_key": {"$in": ["a"]}}, {"feed.siret": {"$in": ["a", "b"]}}]}),
    (OFFERS, "offers", {"feed.partner": "a", "feed.external_id": {"$in": ["a", "b"]}}),
    (OFFERS, "applications", {"slot": "a"}),
    (OFFERS, "applications", {"remind_at": {"$type": "date", "$lte": 1}}),
    (PROFILES, "profiles", {"owner_id": "a"}),
    (PROFILES, "profiles", {"next_change_on": {"$gt": "", "$lte": "b"}}),
    (PROFILES, "applications", {"disclosure_id": "a"}),
    (PROFILES, "applications", {"profile_id": "a"}),
    (PROFILES, "profiles", by_pseudonym("a")),
]


@pytest.mark.parametrize(("service", "collection", "query"), ASKED)
def test_the_question_reads_an_index(stack: Stack, service: Service, collection: str, query: Mapping[str, Any]) -> None:
    spec = next(spec for spec in service.collections if spec.name == collection)
    with MongoClient[dict[str, Any]](stack.environment["MONGODB_URL"]) as client:
        asked = client[f"{stack.prefix}_indexes"][f"{service.name}_{collection}"]
        asked.create_indexes(list(spec.indexes))
        plan = str(asked.find(query).explain()["queryPlanner"]["winningPlan"])
    assert "IXSCAN" in plan
    assert "COLLSCAN" not in plan
