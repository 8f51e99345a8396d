"""Events that leave from memory as soon as they are committed, ahead of the outbox, which stays the truth about them.

Only the first event that there ever was of an aggregate: nothing else of it can lie in the outbox, by whomever, that has to
leave before. Documents whose events have left stay in the outbox for a moment, so that many are deleted by one command; whoever
leads after a death in between sends them again, which is at least once as ever.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import islice
from typing import Any

from shared.store.bundles import rows_of

Document = Mapping[str, Any]
MOST = 500
"""Documents in memory; what comes beyond is read from the outbox."""
MOST_READ = 5_000
"""Ids of documents that were read, kept for commits of them that are told of later; the oldest are forgotten."""


@dataclass(frozen=True)
class _Part:
    """Rows of one outbox document by id; ``whole``: they are all of it."""

    rows: Mapping[str, dict[str, Any]]
    whole: bool


class Ahead:
    """Of one relay: what waits to leave, and what has left and lies in the outbox still."""

    def __init__(self) -> None:
        self._waiting: dict[str, _Part] = {}
        self._left: dict[str, _Part] = {}
        self._read: dict[str, None] = {}

    def take(self, documents: Sequence[Document], opening: Set[str]) -> bool:
        """Have what may leave at once wait; whether that is all of these outbox documents."""
        all_of_them = True
        for document in documents:
            if document["_id"] in self._read:
                # Read between its commit and the word of it: sent from here it would come behind what followed it there.
                all_of_them = False
                continue
            rows = rows_of(document)
            # One of each aggregate: what the same commit says of it next waits until this one is confirmed.
            mine = {(row["topic"], row["subject"]): row for row in reversed(rows) if row["_id"] in opening}
            if len(self._waiting) + len(self._left) >= MOST:
                mine = {}
            part = _Part({row["_id"]: row for row in reversed(mine.values())}, len(mine) == len(rows))
            if mine:
                self._waiting[document["_id"]] = part
            all_of_them &= part.whole
        return all_of_them

    async def send(self, send: Callable[[Sequence[dict[str, Any]]], Awaitable[Set[str]]]) -> bool:
        """Send what waits, in the order of the commits; ``send`` returns the ids of what was confirmed.

        Returns whether that was all; what of it was not is left to the outbox.
        """
        sending, self._waiting = self._waiting, {}
        rows = [row for part in sending.values() for row in part.rows.values()]
        confirmed = await send(rows) if rows else frozenset()
        for document, part in sending.items():
            left = {id: row for id, row in part.rows.items() if id in confirmed}
            if left:
                self._left[document] = _Part(left, part.whole and len(left) == len(part.rows))
        return len(confirmed) == len(rows)

    def left(self, document: Document) -> Set[str]:
        """Ids of the rows of a document that have left."""
        return self._left[document["_id"]].rows.keys() if document["_id"] in self._left else frozenset()

    @property
    def done(self) -> list[str]:
        """Documents of which nothing is left to send."""
        return [document for document, part in self._left.items() if part.whole]

    def read(self, documents: Iterable[Document]) -> None:
        """These were read from the outbox: what waits of them goes by that way."""
        for document in documents:
            self._read[document["_id"]] = None
            self._waiting.pop(document["_id"], None)
        for oldest in list(islice(self._read, max(0, len(self._read) - MOST_READ))):
            del self._read[oldest]

    def over(self, documents: Iterable[str]) -> None:
        """These are out of the outbox."""
        for document in documents:
            self._left.pop(document, None)

    def forget(self) -> None:
        """Everything is as the outbox says."""
        self._waiting.clear()
        self._left.clear()
