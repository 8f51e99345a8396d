"""What a list reads grows with what it shows: neither with what is over nor with what others have."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from pymongo import MongoClient

from services.offers.app import SERVICE as OFFERS
from tests.support import Stack

NOW = datetime(2026, 3, 2, tzinfo=UTC)
SHOWN = 3


def read(
    stack: Stack,
    collection: str,
    documents: Sequence[Mapping[str, Any]],
    query: Mapping[str, Any],
    order: Sequence[tuple[str, int]],
) -> int:
    """Documents that MongoDB looks at for a page."""
    spec = next(spec for spec in OFFERS.collections if spec.name == collection)
    with MongoClient[dict[str, Any]](stack.environment["MONGODB_URL"]) as client:
        asked = client[f"{stack.prefix}_lists"][collection]
        asked.drop()
        asked.create_indexes(list(spec.indexes))
        asked.insert_many([dict(one) for one in documents])
        explained = {"find": collection, "filter": query, "sort": dict(order), "limit": SHOWN + 1}
        found = asked.database.command("explain", explained, verbosity="executionStats")["executionStats"]
    assert found["nReturned"] >= SHOWN
    return int(found["totalDocsExamined"])


def test_the_agenda_reads_no_event_that_is_over(stack: Stack) -> None:
    events = [
        {
            "territory": "23",
            "status": "published",
            "starts_at": NOW + timedelta(days=day),
            "ends_at": NOW + timedelta(days=day, hours=2),
        }
        for day in (*range(-200, -1), *range(1, SHOWN + 1))
    ]
    to_come = {"status": "published", "ends_at": {"$gt": NOW}}
    for query in (to_come, {**to_come, "territory": "23"}):
        assert read(stack, "agenda", events, query, [("starts_at", 1), ("_id", 1)]) == SHOWN


def test_a_managers_applications_are_read_as_far_as_they_are_shown(stack: Stack) -> None:
    applications = [
        {"territory": territory, "status": status, "profile_id": f"p{number}"}
        for number in range(60)
        for territory in ("23", "41")
        for status in ("submitted", "refused")
    ]
    query = {
        "territory": {"$in": ["23"]},
        "status": {"$in": ["interview", "submitted"]},
        "profile_id": {"$ne": "erased"},
    }
    for way in (-1, 1):
        assert read(stack, "applications", applications, query, [("_id", way)]) == SHOWN + 1
