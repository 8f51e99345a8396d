"""A typed handle on one kind of aggregate: nothing else of a service knows its collection's name."""

from collections.abc import Mapping, Sequence
from typing import Any, Generic, TypeVar

from pymongo import ASCENDING, DESCENDING

from shared.contracts.topics import Topic
from shared.domain import Aggregate
from shared.http.pages import Cursor, Page
from shared.store import Find, Store, Work, missing

A = TypeVar("A", bound=Aggregate)


class Handle(Generic[A]):
    """Reads of one kind of aggregate: a service says in a subclass which, and where it is."""

    model: type[A]
    collection: str
    what: str

    def __init__(self, store: Store) -> None:
        self._store = store

    async def load(self, id: str) -> A:
        """The one with this id. Raises NotFound."""
        return await self._store.load(self.model, self.collection, id, self.what)

    async def find(self, id: str) -> A | None:
        """The one with this id, or None."""
        return await self.first({"_id": id})

    def by_id(self, id: str) -> Find:
        """The query for the one with this id, to be asked together with others (``Store.find_all``); see ``made``."""
        return Find(self.collection, {"_id": id}, limit=1)

    def made(self, documents: Sequence[Mapping[str, Any]]) -> A | None:
        """The aggregate of what such a query found, or None."""
        return self._store.restored(self.model, self.collection, documents[0]) if documents else None

    def made_or_missing(self, documents: Sequence[Mapping[str, Any]], id: str) -> A:
        """The same of ``by_id``. Raises NotFound."""
        found = self.made(documents)
        if found is None:
            raise missing(self.what, id)
        return found

    def all_made(self, documents: Sequence[Mapping[str, Any]]) -> list[A]:
        """The aggregates of what a query of this collection found."""
        return [self._store.restored(self.model, self.collection, document) for document in documents]

    async def first(self, query: Mapping[str, Any]) -> A | None:
        """The first that matches, or None."""
        return await self._store.find_one(self.model, self.collection, query)

    async def many(
        self, query: Mapping[str, Any], *, sort: Sequence[tuple[str, int]] = (("_id", ASCENDING),), limit: int = 0
    ) -> list[A]:
        """Those that match; ``limit=0`` is all."""
        return await self._store.find_many(self.model, self.collection, query, sort=sort, limit=limit)

    async def ids(self, query: Mapping[str, Any], *, after: str = "", limit: int = 0) -> list[str]:
        """Ids of those that match, rising, from ``after`` on: for jobs that load them one by one."""
        wanted = {**query, "_id": {"$gt": after}} if after else query
        (rows,) = await self._store.find_all(Find(self.collection, wanted, {"_id": 1}, [("_id", ASCENDING)], limit))
        return [row["_id"] for row in rows]

    async def page(self, query: Mapping[str, Any], cursor: Cursor, *, newest_first: bool = True) -> Page[A]:
        """A page of those that match, by id (ids rise with time)."""
        wanted = dict(query)
        if cursor.after:
            wanted["_id"] = {"$lt" if newest_first else "$gt": cursor.after[0]}
        order = DESCENDING if newest_first else ASCENDING
        rows = await self.many(wanted, sort=(("_id", order),), limit=cursor.limit + 1)
        return cursor.page(rows, lambda row: [row.id])


class SavingHandle(Handle[A]):
    """Saves too, as it is: with nothing beside it. Others hear of it on ``topic``."""

    topic: Topic | None = None

    def save(self, work: Work, aggregate: A) -> None:
        """With the commit of ``work``."""
        work.save(self.collection, aggregate, self.topic)
