"""Read models of several services: the newest state stays, an erasure wins, who acts for an employer is answered in one way."""

from datetime import UTC, datetime
from typing import Any

import pytest

from shared.clock import HandClock
from shared.contracts.events.offers import CompanyState
from shared.contracts.topics import COMPANIES
from shared.employers import EMPLOYERS, KNOWN_EMPLOYERS, acts_for_company
from shared.ids import new_id
from shared.kafka.envelope import Event
from shared.kafka.keeping import keep
from shared.store import Store
from shared.store.projecting import newer, project
from tests.support import Stack

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)


@pytest.fixture
async def store(stack: Stack) -> Any:
    opened = Store(stack.environment["MONGODB_URL"], f"{stack.prefix}_keeping", HandClock(NOW), driver=stack.driver)
    await opened.prepare([EMPLOYERS])
    yield opened
    await opened.close()


def told(sequence: int, *users: str, approved: bool = True, erased: bool = False) -> Event[Any]:
    data = CompanyState(company_id="scierie", territory="23", user_ids=users, approved=approved)
    return Event(
        id=new_id(),
        type="company-updated.v1",
        topic=COMPANIES,
        key="scierie",
        subject="scierie",
        sequence=sequence,
        time=NOW,
        data=None if erased else data,
        correlation_id=None,
    )


async def acting(store: Store) -> set[str]:
    return {user for user in ("marie", "paul") if await acts_for_company(store, user, "scierie")}


async def test_who_acts_for_an_employer_is_as_was_told_last_and_nobody_after_its_end(store: Store) -> None:
    assert await acting(store) == set()
    await keep(store, KNOWN_EMPLOYERS, [told(2, "marie", "paul"), told(1, "paul")], NOW)
    assert await acting(store) == {"marie", "paul"}
    await keep(store, KNOWN_EMPLOYERS, [told(1, "paul")], NOW)
    assert await acting(store) == {"marie", "paul"}
    await keep(store, KNOWN_EMPLOYERS, [told(3, "marie"), told(4, "marie", approved=False)], NOW)
    assert await acting(store) == set()
    await keep(store, KNOWN_EMPLOYERS, [told(5, "marie")], NOW)
    await keep(store, KNOWN_EMPLOYERS, [told(1, erased=True)], NOW)  # an erasure wins over any sequence
    await keep(store, KNOWN_EMPLOYERS, [told(5, "marie"), told(4, "marie")], NOW)
    assert await acting(store) == set()


async def test_what_a_projection_does_not_name_goes_unless_it_is_kept(store: Store) -> None:
    rows = store.collection("rows")
    await rows.insert_one({"_id": "a", "sequence": 1, "name": "old", "ours": 1, "other": 2})
    fresh = {"_id": "a", "sequence": 2, "name": "$new"}
    await project(store, "rows", [newer(fresh, version="sequence", onto=True)])
    assert await rows.find_one({"_id": "a"}) == {"_id": "a", "sequence": 2, "name": "$new", "ours": 1, "other": 2}
    await project(store, "rows", [newer(fresh | {"sequence": 3}, ("ours",), version="sequence")])
    await project(store, "rows", [newer(fresh | {"sequence": 3, "name": "late"}, version="sequence")])
    assert await rows.find_one({"_id": "a"}) == {"_id": "a", "sequence": 3, "name": "$new", "ours": 1}
    await rows.update_one({"_id": "a"}, {"$set": {"person": True}})
    await project(store, "rows", [newer(fresh | {"sequence": 9}, version="sequence", onto=True)])
    assert (await rows.find_one({"_id": "a"}))["sequence"] == 3  # type: ignore[index]  # it is there
    await project(store, "rows", [])
