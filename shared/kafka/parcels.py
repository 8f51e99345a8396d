"""Which outbox documents a batch of rows came from, and what becomes of them as the rows are confirmed."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pymongo import DeleteOne, InsertOne

from shared.kafka.ahead import Ahead
from shared.store import Store
from shared.store.bundles import rows_of


class Parcels:
    """The documents that the relay has in hand. A document goes when the last of its rows is confirmed.

    A relay that dies in between sends the rows of a bundle again: at least once, as ever. What has left from memory
    (``ahead``) is confirmed already.
    """

    def __init__(self, store: Store, documents: Sequence[Mapping[str, Any]], ahead: Ahead) -> None:
        self._store = store
        self._ahead = ahead
        self._left: dict[str, dict[str, dict[str, Any]]] = {}
        self._document_of: dict[str, str] = {}
        self._bundles = {document["_id"] for document in documents if "rows" in document}
        self._sizes: dict[str, int] = {}
        self.rows: list[dict[str, Any]] = []
        for document in documents:
            gone = ahead.left(document)
            rows = [row for row in rows_of(document) if row["_id"] not in gone]
            self.rows += rows
            self._left[document["_id"]] = {row["_id"]: row for row in rows}
            self._sizes[document["_id"]] = len(rows) + len(gone)
            self._document_of |= dict.fromkeys((row["_id"] for row in rows), document["_id"])

    async def confirmed(self, ids: Iterable[str]) -> None:
        """Rows were published: delete the documents that are done."""
        for id in ids:
            del self._left[self._document_of[id]][id]
        await self._clear()

    async def _clear(self) -> None:
        done = {document for document, left in self._left.items() if not left}
        for document in done:
            del self._left[document]
        if done:
            await self._store.discard("outbox", sorted(done))
            self._ahead.over(done)

    async def tidy(self) -> None:
        """Nothing stays that has left, and of bundles that were sent in part only what is left of them."""
        await self._clear()
        for bundle in [id for id in self._bundles & self._left.keys() if len(self._left[id]) < self._sizes[id]]:
            await self.unpack(bundle)

    async def unpack(self, bundle: str) -> None:
        """Make the rows that are left of a bundle documents of their own, so that each can wait by itself."""
        if bundle not in self._bundles or bundle not in self._left:
            return
        left = self._left.pop(bundle)
        self._bundles.discard(bundle)
        for id, row in left.items():
            self._left[id] = {id: row}
            self._document_of[id] = id
        await self._store.exchange("outbox", [DeleteOne({"_id": bundle}), *(InsertOne(row) for row in left.values())])
        self._ahead.over([bundle])
