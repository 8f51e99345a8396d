"""The key that signs links."""

import secrets

from pymongo import ReturnDocument

from shared.store import Store


class LinkKey:
    """The key that signs links: the setting, else one that is made at the first use and shared by all replicas."""

    def __init__(self, store: Store, configured: str) -> None:
        self._store = store
        self._key = configured

    async def read(self) -> str:
        """The key; after the first call without a query."""
        if not self._key:
            kept = await self._store.collection("secrets").find_one_and_update(
                {"_id": "links"},
                {"$setOnInsert": {"key": secrets.token_urlsafe(32)}},
                upsert=True,
                return_document=ReturnDocument.AFTER,
            )
            self._key = kept["key"]
        return self._key
