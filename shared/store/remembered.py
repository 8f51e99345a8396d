"""Aggregates that were read a moment ago, for readers who change nothing and see what everybody may see.

The document is read for every request; what is saved is making an aggregate of it and of that what is answered, as long as the
document is the same, compared as a whole: so no write, migration, restore or erasure is missed, whoever made it. Nothing here
knows a caller: who may see what is decided for each of them, each time.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any, Final, Generic, TypeVar

from pydantic import BaseModel

from shared.domain import Aggregate
from shared.errors import NotFound
from shared.store.store import Store

A = TypeVar("A", bound=Aggregate)

MOST: Final = 500
"""Some ten kilobytes each."""
AGE_SECONDS: Final = 600.0
"""What nobody asked for so long is forgotten at the next question: an employer may be a person, and be erased."""


class Shown(Generic[A]):
    """An aggregate that others are shown at the same time: nobody changes it."""

    def __init__(self, document: Mapping[str, Any], aggregate: A) -> None:
        self.document = document
        self.aggregate = aggregate
        self.asked_at = 0.0
        self._faces: dict[type[BaseModel], bytes] = {}

    def face(self, view: type[BaseModel], of: Callable[[A], BaseModel]) -> bytes:
        """The JSON of a view that follows from the aggregate alone, not from the caller or the hour."""
        made = self._faces.get(view)
        if made is None:
            answer = of(self.aggregate)
            made = self._faces[view] = answer.__pydantic_serializer__.to_json(answer, by_alias=True)
        return made


class Remembered(Generic[A]):
    """The last of one kind that were asked for, for a while. Only for what is public."""

    def __init__(
        self,
        store: Store,
        model: type[A],
        collection: str,
        what: str,
        most: int = MOST,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._model = model
        self._collection = collection
        self._what = what
        self._most = most
        self._now = now
        self._kept: OrderedDict[str, Shown[A]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    async def load(self, id: str) -> Shown[A]:
        """The one with this id, as it is stored now.

        Raises:
            NotFound: there is none.
        """
        document = await self._store.first(self._collection, {"_id": id})
        if document is None:
            self._kept.pop(id, None)
            raise NotFound(f"{self._what} n'existe pas.", id=id)
        kept = self._kept.get(id)
        if kept is None or kept.document != document:
            made = self._store.restored(self._model, self._collection, document)
            kept = self._kept[id] = Shown(document, made)
        kept.asked_at = self._now()
        self._kept.move_to_end(id)
        while len(self._kept) > self._most or next(iter(self._kept.values())).asked_at < kept.asked_at - AGE_SECONDS:
            self._kept.popitem(last=False)
        return kept
