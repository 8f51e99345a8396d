"""What the last release stored is read by this one: documents of its collections, dumped while it ran.

``releases/<release>/<service>.json.gz`` are such dumps (MongoDB's extended JSON; invented people of the demo). They are never
changed: a shape that has moved needs a migration beside its collection, and this says so.
"""

import gzip
import importlib
from pathlib import Path
from typing import Any

import pytest
from bson import json_util

from services.clauses.domain.authority import Authority
from services.clauses.domain.contract import Contract
from services.clauses.domain.ledger import Declaration
from services.clauses.domain.person_month import PersonMonth
from services.notifications.domain.notification import Notification
from services.offers.domain.application import Application
from services.offers.domain.company import Company
from services.offers.domain.contact import UserContact
from services.offers.domain.offer import Offer
from services.profiles.domain.profile import Profile
from shared.contracts.replay import releases
from shared.contracts.topics import SERVICES
from shared.domain import Aggregate
from shared.service import Service
from shared.store.migrate import migrate
from tests.support import Stack

RELEASES = Path(__file__).parent / "releases"
AGGREGATES: list[tuple[str, str, type[Aggregate]]] = [
    ("offers", "offers", Offer),
    ("offers", "companies", Company),
    ("offers", "applications", Application),
    ("offers", "contacts", UserContact),
    ("profiles", "profiles", Profile),
    ("notifications", "notifications", Notification),
    ("clauses", "contracts", Contract),
    ("clauses", "authorities", Authority),
    ("clauses", "hours", Declaration),
    ("clauses", "person_months", PersonMonth),
]


def dumped(release: str, service: str) -> dict[str, list[dict[str, Any]]]:
    """The collections of a service as that release left them."""
    collections: dict[str, list[dict[str, Any]]] = json_util.loads(
        gzip.decompress((RELEASES / release / f"{service}.json.gz").read_bytes()).decode(),
        json_options=json_util.JSONOptions(tz_aware=True),
    )
    return collections


def test_no_index_stays_for_a_release_that_runs_nowhere() -> None:
    """Once the readers of the first release without it are kept, the line of a retired index goes, and the index with it."""
    for name in SERVICES:
        service: Service = importlib.import_module(f"services.{name}.app").SERVICE
        for spec in service.collections:
            declared = {index.document["name"] for index in spec.indexes}
            assert not declared & {one.name for one in spec.retired}
            assert [one for one in spec.retired if one.first_without <= max(releases())] == [], spec.name


@pytest.mark.parametrize("release", sorted(path.name for path in RELEASES.iterdir()))
@pytest.mark.parametrize(("name", "collection", "model"), AGGREGATES, ids=[f"{row[0]}.{row[1]}" for row in AGGREGATES])
async def test_documents_of_an_older_release_are_read_before_and_after_the_migration(
    stack: Stack, release: str, name: str, collection: str, model: type[Aggregate]
) -> None:
    service: Service = importlib.import_module(f"services.{name}.app").SERVICE
    store = service.runtime(stack.settings(service)).store
    documents = dumped(release, name)[collection]
    assert documents
    try:
        await stack.prepare(store, service.collections)
        await store.collection(collection).insert_many(documents)
        before = {found.id: found for found in await store.find_many(model, collection, {})}
        assert set(before) == {document["_id"] for document in documents}
        [progress async for progress in migrate(store, service.collections)]
        after = {found.id: found for found in await store.find_many(model, collection, {})}
        # Reading takes the same steps as migrating, and a migration is no change of the aggregate.
        assert after == before
        assert not [progress async for progress in migrate(store, service.collections)]
    finally:
        await store.close()
