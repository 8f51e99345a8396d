"""The databases of this process: prepared once, emptied after each test.

Making collections and indexes, asking whether they are there, and deleting from all of them what most tests never wrote took
most of the time of a test that needs a service. So a database that was prepared is not prepared again, and after a test only
what it may have written to is looked at, with one question for all the collections of a database.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from pymongo import MongoClient

from shared.store import CollectionSpec, Store


@dataclass
class Databases:
    """``prefix`` is before the names of all of them.

    A test that drops an index of a database that it shares with others has to make it again; collections and databases that
    were dropped are missed here.
    """

    client: MongoClient[dict[str, object]]
    prefix: str
    _prepared: dict[str, Sequence[CollectionSpec]] = field(default_factory=dict)
    _used: set[str] = field(default_factory=set)
    _emptied: set[str] = field(default_factory=set)
    _any: bool = False

    def names(self) -> list[str]:
        return [name for name in self.client.list_database_names() if name.startswith(self.prefix)]

    def use(self, *names: str) -> None:
        """Say that a test may write to these; without names, to any, also to one that it makes."""
        self._used.update(names)
        self._any = self._any or not names

    async def prepare(self, store: Store, specs: Sequence[CollectionSpec]) -> None:
        """As the store prepares its database, unless that was done."""
        name = store.database.name
        if self._prepared.get(name) != specs:
            await Store.prepare(store, specs)
            self._prepared[name] = specs

    def empty(self) -> None:
        """Delete what the tests wrote since the last time."""
        for name in {*self.names(), *self._prepared} if self._any else self._used:
            database = self.client[name]
            there = database.list_collection_names(filter={"type": "collection"})
            for collection in self._filled(name, there):
                database[collection].delete_many({})
            if not {spec.name for spec in self._prepared.get(name, ())} <= set(there):
                del self._prepared[name]  # dropped, by a test of a restore or of a migration
            self._emptied.add(name)
        self._used.clear()
        self._any = False

    def _filled(self, name: str, collections: Sequence[str]) -> list[str]:
        if not collections:
            return []
        first, *others = collections
        count = {"$collStats": {"count": {}}}
        found = self.client[name][first].aggregate(
            [count, *({"$unionWith": {"coll": other, "pipeline": [count]}} for other in others)]
        )
        return [str(one["ns"]).removeprefix(f"{name}.") for one in found if one["count"]]

    def drop(self) -> None:
        """Drop all of them.

        Raises:
            AssertionError: there is one that no test said it would write to, so nobody emptied it.
        """
        names = self.names()
        for name in names:
            self.client.drop_database(name)
        assert self._emptied.issuperset(names), f"written by a test that did not say so: {set(names) - self._emptied}"
