"""What services keep of people is declared: given out to its own person alone, sealed, and counted when they are erased."""

import importlib
import importlib.util
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.profiles.domain.export import SAID
from shared.clock import HandClock
from shared.contracts.events.rights import ErasureReport, ExportPart, RightsQuestion
from shared.contracts.topics import CONTACTS, HOLDERS, PROFILES, RIGHTS, RIGHTS_ANSWERS, SERVICES
from shared.kafka.envelope import Event
from shared.kafka.subscription import BatchSubscription, Subscription
from shared.rights.answering import EXPORT_REQUESTED, STANDING_ASKED
from shared.rights.holdings import Holding, Whose
from shared.rights.packing import whole
from shared.rights.sealing import context_of, new_pair, open_sealed
from tests.support import Stack, outbox_rows

PERSON, OTHER = "01890000-0000-7000-8000-00000000000a", "01890000-0000-7000-8000-00000000000b"
OTHERS = tuple(RIGHTS_ANSWERS)
OF_A_PERSON = ("profile_id", "subject_id", "participant_id", "about", "concerns", "box")
"""Fields by which a person is found; an index on one of them says that a collection is about people."""


def holdings_of(service: str) -> tuple[Holding, ...]:
    """None of a service that keeps nothing of people, and so has no such room."""
    if importlib.util.find_spec(f"services.{service}.holdings") is None:
        return ()
    found: tuple[Holding, ...] = importlib.import_module(f"services.{service}.holdings").HOLDINGS
    return found


def test_who_keeps_something_of_people_is_asked_for_their_rights() -> None:
    assert {name for name in SERVICES if holdings_of(name)} == {"profiles", *HOLDERS}, (
        "HOLDERS of shared/contracts/topics.py."
    )
    # A person is told which of them is waited for.
    assert set(SAID) == {"profiles", *HOLDERS}, "SAID of services/profiles/domain/export.py."


def _indexed(service: str) -> Iterator[tuple[str, str]]:
    for spec in importlib.import_module(f"services.{service}.app").SERVICE.collections:
        for index in spec.indexes:
            for field in index.document["key"]:
                yield spec.name, str(field)


@pytest.mark.parametrize("service", SERVICES)
def test_every_collection_that_is_asked_by_person_is_declared(service: str) -> None:
    declared = {one.collection for one in holdings_of(service)}
    asked = {name for name, field in _indexed(service) if field.rsplit(".", 1)[-1] in OF_A_PERSON}
    missing = asked - declared
    assert not missing, (
        f"Collections asked by person that no export gives out: a Holding of {missing} in services/{service}/holdings.py."
    )


@pytest.mark.parametrize("service", SERVICES)
def test_names_in_the_proof_are_distinct(service: str) -> None:
    names = [one.called for one in holdings_of(service)]
    assert len(names) == len(set(names))


def _event(topic: Any, type: str, key: str, data: Any, sequence: int = 2) -> Event[Any]:
    at = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
    return Event(f"e-{type}", type, topic, key, key, sequence, at, data, None)


def tombstone(topic: Any, type: str, key: str) -> Event[Any]:
    """Somebody was erased."""
    return _event(topic, type, key, None, sequence=50)


def _documents(person: str) -> dict[str, dict[str, Any]]:
    """One of each service's kinds of which a bare document tells enough."""
    at = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
    mark = f"dit par {person}"
    common = {"territory": "23", "version": 1, "created_at": at, "updated_at": at}
    place = {"session_id": "s", "status": "registered", "origin": "person", "registered_at": at}
    workshop = {
        **common,
        "_id": f"a-{person}",
        "details": {"title": "Atelier", "kind": "workshop"},
        "place": None,
        "sessions": [{"id": "s", "starts_at": at, "ends_at": at + timedelta(hours=1), "places": None, "label": ""}],
        "starts_at": at,
        "ends_at": at,
        "status": "published",
        "organiser": "manager-1",
        "registrations": [{**place, "id": f"r-{one}", "profile_id": one} for one in (person, "somebody-else")],
    }
    search = {**common, "_id": f"s-{person}", "profile_id": person, "name": mark, "slot": f"s{person}"}
    override = {"_id": f"o-{person}", "profile_id": person, "offer_id": "o", "kind": "dismissed", "why": mark}
    return {
        "offers": {"saved_searches": search, "agenda": workshop},
        "matching": {"overrides": override},
        "notifications": {"preferences": {**common, "_id": person, "no_email": [], "changed_by": mark}},
        "clauses": {
            "presences": {"_id": f"p-{person}", "contract_id": f"c-{person}", "participant_id": person, "said": mark},
        },
    }


@pytest.mark.parametrize("service", OTHERS)
async def test_a_service_seals_what_it_keeps_of_one_person_and_proves_that_it_is_gone(
    service: str, stack: Stack, clock: HandClock
) -> None:
    async with stack.running(service, clock=clock) as running:
        for person in (PERSON, OTHER):
            for collection, document in _documents(person)[service].items():
                await running.store.collection(collection).insert_one(document)
        parts = running.service.compose(running.runtime)
        handlers = {one.topic.name: one for one in parts.subscriptions}
        answer = handlers[RIGHTS.name]
        assert isinstance(answer, Subscription)
        private, public = new_pair()
        asked = RightsQuestion(
            request_id="export-1", profile_id=PERSON, territory="23", owner_id="seeker-1", public_key=public
        )
        await answer.handler(_event(RIGHTS, EXPORT_REQUESTED, "export-1", asked))
        rows = [row for row in await outbox_rows(running.store) if row["topic"] == f"{service}.rights.v1"]
        told = [ExportPart.model_validate_json(row["data"]) for row in rows]
        assert all(PERSON.encode() not in row["data"] for row in rows)
        content = whole(
            open_sealed(private, one.sealed, context_of(one.request_id, one.service, one.run, one.part, one.parts))
            for one in told
        )
        text = content.decode()
        assert PERSON in text
        assert OTHER not in text
        assert "somebody-else" not in text
        kinds = {kind["name"]: kind["documents"] for kind in json.loads(text)["kinds"]}
        assert {name for name, found in kinds.items() if found} == set(_documents(PERSON)[service])
        assert all(one.title in text for one in holdings_of(service) if one.exported)

        await answer.handler(_event(RIGHTS, STANDING_ASKED, "standing-1", asked))
        topic, type = (CONTACTS, "person-erased.v1") if service == "notifications" else (PROFILES, "profile-updated.v1")
        erase = handlers[topic.name]
        assert isinstance(erase, BatchSubscription)
        for _ in range(2):  # delivered again, it tells the same
            await erase.handler([_event(topic, type, PERSON, None)])
        reports = [
            ErasureReport.model_validate_json(row["data"])
            for row in await outbox_rows(running.store)
            if row["type"] == "erasure-reported.v1"
        ]
        assert len(reports) == 2
        for report in reports:
            found = {one.collection: one.found for one in report.erased if one.found}
            assert found == dict.fromkeys(_documents(PERSON)[service], 1)
            assert all(one.left == 0 for one in report.erased)
        for collection in _documents(OTHER)[service]:
            [one] = [one for one in holdings_of(service) if one.collection == collection]
            assert await running.store.collection(collection).count_documents(dict(one.query(Whose(OTHER)))) == 1
