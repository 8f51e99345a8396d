"""The commands of one commit, from what a ``Work`` has collected: its versions are compared, its events put into the outbox."""

from collections.abc import Mapping, Sequence
from typing import Any

from pymongo import InsertOne, ReplaceOne, UpdateOne

from shared.clock import Clock
from shared.errors import VersionConflict
from shared.store.marker import RequestMarker
from shared.store.migrations import SCHEMA, Migration, current
from shared.store.transacting import Step, Steps
from shared.store.work import CompareAndSet, Save, Work

MANY = 8
"""So many documents are worth another command (about as much as planning five queries)."""


class AlreadyApplied(Exception):
    """The inbox has this event for this consumer: the effect is there."""


class Overtaken(Exception):
    """An aggregate of these (id, version as it was read) is not stored at that version."""

    def __init__(self, collection: str, expected: Sequence[tuple[str, int]]) -> None:
        super().__init__(collection)
        self.collection = collection
        self.expected = expected


class CommitSteps:
    """Of the works of one database: what is written anew is stamped with the shape of this release."""

    def __init__(self, clock: Clock, migrations: Mapping[str, Sequence[Migration]]) -> None:
        self._clock = clock
        self._migrations = migrations

    def of(self, work: Work, documents: Sequence[dict[str, Any]], marker: RequestMarker | None) -> Steps:
        """The commands of one commit, in their order. MongoDB may ask for them several times."""
        if work.inbox is not None:
            seen = yield Step(
                "inbox", "update_one", ({"_id": work.inbox}, {"$setOnInsert": {"at": self._clock.now()}}, True)
            )
            if seen.matched_count:
                raise AlreadyApplied
        if marker is not None and not marker.written:
            mine = yield Step(
                "idempotency",
                "update_one",
                ({"_id": marker.id, "attempt": marker.attempt}, {"$set": {"committed": True}}),
            )
            if not mine.matched_count:
                raise VersionConflict("Cette demande a été répétée, et c'est la répétition qui est servie.")
        together: dict[str, list[Save]] = {}
        for save in work.saves:
            self._stamp(save.collection, save.document)
            together.setdefault(save.collection, []).append(save)
        for collection, saves in together.items():
            if len(saves) == 1 and saves[0].expected:
                yield from _replace(saves[0])
                continue
            # One command for each run of new or of changed aggregates, in their order: one may leave a place that the
            # next one takes.
            result = yield Step(collection, "bulk_write", ([_request(save) for save in saves],))
            changed = [(save.document["_id"], save.expected) for save in saves if save.expected]
            if result.matched_count != len(changed):
                raise Overtaken(collection, changed)
        touches: dict[str, list[tuple[str, int]]] = {}
        for collection, id, version in work.touches:
            touches.setdefault(collection, []).append((id, version))
        for collection, expected in touches.items():
            if len(expected) == 1:
                touched = yield Step(collection, "update_one", _touch(*expected[0]))
            else:
                touched = yield Step(collection, "bulk_write", ([UpdateOne(*_touch(*one)) for one in expected],))
            if touched.matched_count != len(expected):
                raise Overtaken(collection, expected)
        for write in work.writes:
            if write.operation == "insert":
                if self._migrations.get(write.collection):
                    self._stamp(write.collection, *write.body)
                yield Step(write.collection, "insert_many", (write.body,))
            elif write.operation == "update":
                updated = yield Step(write.collection, "update_one", (write.filter, write.body, write.upsert))
                if write.found and not updated.matched_count:
                    raise Overtaken(write.collection, [(str(write.filter["_id"]), 0)])
            elif write.operation == "bulk":
                yield Step(write.collection, "bulk_write", (write.body,))
            elif write.operation == "compare_and_set":
                yield from _compare_and_set(write.collection, write.body)
            else:
                yield Step(write.collection, "delete_many", (write.filter,))
        if documents:
            yield Step("outbox", "insert_many", (documents,))

    def of_one(self, save: Save) -> Steps:
        """One aggregate and nothing else: one document is written as a whole or not at all, without a transaction."""
        self._stamp(save.collection, save.document)
        if save.expected:
            yield from _replace(save)
        else:
            yield Step(save.collection, "insert_one", (save.document,))

    def _stamp(self, collection: str, *documents: dict[str, Any]) -> None:
        """What is written anew is of this release's shape: without its number it would be brought there at each reading."""
        number = current(self._migrations.get(collection, ()))
        for document in documents:
            document[SCHEMA] = number


def _compare_and_set(collection: str, changes: Sequence[CompareAndSet]) -> Steps:
    """Few are found by id and version. Of many the versions are asked for once, and each is found by its id alone: MongoDB plans
    a query for every other filter, which is a third of what a small change costs it (125 and 83 µs of processor). What is
    changed by others after the answer conflicts with this transaction, which MongoDB then asks for again.
    """
    expected = [(change.id, change.expected) for change in changes]
    together = len(changes) >= MANY
    if together:
        found = yield Step(collection, "find", ({"_id": {"$in": [id for id, _ in expected]}}, {"version": 1}))
        versions = {document["_id"]: document.get("version") for document in found}
        if any(versions.get(id) != version for id, version in expected):
            raise Overtaken(collection, expected)
    result = yield Step(collection, "bulk_write", ([_changing(change, by_id=together) for change in changes],))
    if result.matched_count != len(expected):
        raise Overtaken(collection, expected)


def _changing(change: CompareAndSet, *, by_id: bool) -> UpdateOne | ReplaceOne[Any]:
    of = {"_id": change.id} if by_id else {"_id": change.id, "version": change.expected}
    body = change.body
    if isinstance(body, Mapping) and not next(iter(body)).startswith("$"):
        return ReplaceOne(of, body)
    return UpdateOne(of, body)


def _touch(id: str, version: int) -> tuple[dict[str, Any], dict[str, Any]]:
    return {"_id": id, "version": version}, {"$currentDate": {"_touched": True}}


def _replace(save: Save) -> Steps:
    """By itself: a list of one request costs the driver a tenth more (20 µs)."""
    replaced = yield Step(save.collection, "replace_one", (_as_read(save), save.document))
    if not replaced.matched_count:
        raise Overtaken(save.collection, [(save.document["_id"], save.expected)])


def _request(save: Save) -> InsertOne[Any] | ReplaceOne[Any]:
    return ReplaceOne(_as_read(save), save.document) if save.expected else InsertOne(save.document)


def _as_read(save: Save) -> dict[str, Any]:
    return {"_id": save.document["_id"], "version": save.expected}
