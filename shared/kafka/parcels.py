"""Which outbox documents a batch of rows came from, and what becomes of them as the rows are confirmed."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pymongo import DeleteOne, InsertOne

from shared.store import Store
from shared.store.bundles import rows_of


class Parcels:
    """The documents that the relay has in hand. A document goes when the last of its rows is confirmed.

    A relay that dies in between sends the rows of a bundle again: at least once, as ever.
    """

    def __init__(self, store: Store, documents: Sequence[Mapping[str, Any]]) -> None:
        self._store = store
        self._left: dict[str, dict[str, dict[str, Any]]] = {}
        self._document_of: dict[str, str] = {}
        self._bundles = {document["_id"] for document in documents if "rows" in document}
        self._sizes: dict[str, int] = {}
        self.rows: list[dict[str, Any]] = []
        for document in documents:
            rows = rows_of(document)
            self.rows += rows
            self._left[document["_id"]] = {row["_id"]: row for row in rows}
            self._sizes[document["_id"]] = len(rows)
            self._document_of |= dict.fromkeys((row["_id"] for row in rows), document["_id"])

    async def confirmed(self, ids: Iterable[str]) -> None:
        """Rows were published: delete the documents that are done."""
        for id in ids:
            del self._left[self._document_of[id]][id]
        done = {document for document, left in self._left.items() if not left}
        for document in done:
            del self._left[document]
        if done:
            await self._store.discard("outbox", sorted(done))

    async def tidy(self) -> None:
        """Of bundles that were sent in part only what is left stays, so that it is not all sent again."""
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
