"""After a step back: what a newer release stored is read by the older one, and written back as it stood."""

import copy
import importlib
import pkgutil
import typing
from collections.abc import Iterator
from enum import Enum
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

import services
from services.clauses.domain.hire import Hire
from services.clauses.domain.ledger import LedgerEntry
from services.notifications.domain.matter import Matter
from services.offers.domain.content import OfferInput
from services.offers.domain.proposals import ProposedField
from services.offers.queries.asked import Asked
from services.profiles.domain.disclosure import Reading
from services.profiles.domain.journal import JournalEntry
from shared.contracts.vocabulary import OfferStatus
from shared.domain import Aggregate
from shared.kept_enum import Otherwise, StoredEnum
from shared.service import Service
from shared.store import decode, encode
from shared.store.migrations import upgraded
from tests.contract.authorisation.running import world_of
from tests.contract.test_stored_shapes import AGGREGATES, dumped
from tests.support import Stack

LATER = "of a later release"
BESIDE = (Asked, Hire, LedgerEntry, JournalEntry, Matter, Reading)
"""Models that are stored and are no aggregates."""


def aggregates() -> list[type[Aggregate]]:
    """All that there are, of every service."""
    for module in pkgutil.walk_packages(services.__path__, "services."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)

    def below(one: type[Aggregate]) -> Iterator[type[Aggregate]]:
        for each in one.__subclasses__():
            yield each
            yield from below(each)

    return list(below(Aggregate))


def enumerations(model: Any, met: set[Any]) -> Iterator[type[Enum]]:
    """Those that a document of a model may hold, at whatever depth."""
    if isinstance(model, type) and issubclass(model, Enum):
        yield model
    elif isinstance(model, type) and issubclass(model, BaseModel):
        if model not in met:
            met.add(model)
            for field in model.model_fields.values():
                yield from enumerations(field.annotation, met)
    else:
        for argument in typing.get_args(model):
            yield from enumerations(argument, met)


def test_every_enumeration_that_is_stored_outlives_a_step_back() -> None:
    met: set[Any] = set()
    found = {one for model in (*aggregates(), *BESIDE) for one in enumerations(model, met)}
    assert len(found) > 50
    assert [one for one in found if not issubclass(one, StoredEnum)] == []


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where a model that was read holds a value of an enumeration."""
    if isinstance(value, StoredEnum):
        yield at
    elif isinstance(value, BaseModel):
        for name, inner in value:
            yield from places(inner, (*at, name))
    elif isinstance(value, (list, tuple)):
        for number, inner in enumerate(value):
            yield from places(inner, (*at, number))


@pytest.mark.parametrize(("name", "collection", "model"), AGGREGATES, ids=[f"{row[0]}.{row[1]}" for row in AGGREGATES])
def test_a_value_that_only_a_later_release_knows_is_read_and_written_back(
    name: str, collection: str, model: type[Aggregate]
) -> None:
    tried = set()
    service: Service = importlib.import_module(f"services.{name}.app").SERVICE
    [migrations] = [spec.migrations for spec in service.collections if spec.name == collection]
    for document in dumped("2026-11", name)[collection][:40]:
        known = model.restore(decode(upgraded(document, migrations)))
        stored = {"_id": known.id, **encode(known)}
        for place in places(known):
            kind = tuple(step for step in place if isinstance(step, str))
            if kind in tried:
                continue
            tried.add(kind)
            newer = copy.deepcopy(stored)
            holder = newer
            for step in place[:-1]:
                holder = holder[step]
            holder[place[-1]] = LATER
            read = model.restore(decode(newer))
            assert {**encode(read), "_id": read.id} == newer, kind
    assert tried or collection in ("contacts", "authorities", "person_months"), "nothing was tried"


def test_what_stands_for_it_is_none_of_those_that_are_known() -> None:
    unknown = OfferStatus.of_stored(LATER)
    assert (unknown == LATER, unknown in set(OfferStatus), unknown in OfferStatus.__members__) == (True, False, False)
    assert unknown == OfferStatus.of_stored(LATER)
    assert OfferStatus.of_stored("published") is OfferStatus.PUBLISHED
    assert [OfferStatus.of_stored(one).known for one in (LATER, "DRAFT", "draft")] == [False, False, True]


async def test_what_has_a_later_state_is_read_and_nothing_is_done_to_it(stack: Stack) -> None:
    """Each of these reads answered 500 once the words and steps of a value had no line."""
    async with world_of("offers", stack) as world:
        store, client, ids = world.running.store, world.running.client, world.ids
        staff, seeker = world.callers["manager own"], world.callers["seeker own"]
        fields = {"status": LATER, "source": LATER, "content.kind": LATER, "content.contract_kind": LATER}
        await store.collection("offers").update_many({}, {"$set": fields})
        await store.collection("applications").update_many({}, {"$set": {"status": LATER}})
        await store.collection("agenda").update_many({}, {"$set": {"details.kind": LATER}})
        offer, application = f"/v1/offers/{ids['offer_id']}", f"/v1/applications/{ids['application_id']}"
        employer = world.callers["employer own"]
        for path, who in [
            ("/v1/offers.csv", staff),
            (offer, employer),
            (f"{offer}/proposals", employer),
            (f"{offer}/applications", employer),
            (application, seeker),
            ("/v1/agenda.ics", {}),
        ]:
            answer = await client.get(path, headers=who)
            assert answer.status_code == 200, f"{path}: {answer.text}"
        assert (await client.get(application, headers=seeker)).json()["next_steps"] == []
        assert (await client.get(f"/v1/offers/{ids['offer_id']}")).status_code == 404, "nobody knows that it is open"
        refused = await client.post(f"{offer}/publish", json={}, headers=employer | {"If-Match": "*"})
        assert (refused.status_code, refused.json()["allowed"]) == (409, [])


def test_a_forgotten_line_of_a_table_is_a_fault_as_ever() -> None:
    words = Otherwise({OfferStatus.DRAFT: "brouillon"}, str)
    assert words[OfferStatus.of_stored(LATER)] == LATER
    with pytest.raises(KeyError):
        words[OfferStatus.FILLED]


def test_from_outside_it_is_refused_as_ever() -> None:
    ProposedField.of_stored(LATER)
    with pytest.raises(ValueError, match=LATER):
        ProposedField(LATER)
    with pytest.raises(ValidationError) as refused:
        OfferInput.model_validate({"kind": LATER})
    assert ("kind",) in [problem["loc"] for problem in refused.value.errors() if problem["type"] == "enum"]
