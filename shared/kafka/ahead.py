"""Events that leave from memory as soon as they are committed, ahead of the outbox, which stays the truth about them.

Only those of which it is known that nothing else of their aggregate can lie in the outbox, by whomever, that has to leave before:
the first event that there ever was of it, and what follows an event that has left from here, number upon number. Documents whose
events have left stay in the outbox for a moment, so that many are deleted by one command; whoever leads after a death in between
sends them again, which is at least once as ever.
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
MOST_SENT = 50_000
"""Aggregates of which it is kept which event of theirs left last, some 250 bytes each; the oldest are forgotten."""


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
        self._sent: dict[tuple[str, str], int] = {}

    def take(self, documents: Sequence[Document], after: Mapping[str, int]) -> bool:
        """Have what may leave at once wait; whether that is all of these outbox documents.

        ``after``: of events by id the sequence of the one before, 0 for the first that there ever was.
        """
        all_of_them = True
        for document in documents:
            if document["_id"] in self._read:
                # Read between its commit and the word of it: sent from here it would come behind what followed it there.
                all_of_them = False
                continue
            rows = rows_of(document)
            # One of each aggregate: what the same commit says of it next waits until this one is confirmed.
            mine = {_aggregate(row): row for row in reversed(rows) if self._may_leave(row, after.get(row["_id"]))}
            if len(self._waiting) + len(self._left) >= MOST:
                mine = {}
            part = _Part({row["_id"]: row for row in reversed(mine.values())}, len(mine) == len(rows))
            if mine:
                self._waiting[document["_id"]] = part
            for aggregate in mine:  # nothing follows what has not left
                self._sent.pop(aggregate, None)
            all_of_them &= part.whole
        return all_of_them

    def _may_leave(self, row: Mapping[str, Any], after: int | None) -> bool:
        return after == 0 or (after is not None and self._sent.get(_aggregate(row)) == after)

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
        for row in rows:
            if row["_id"] in confirmed:
                self._sent[_aggregate(row)] = row["sequence"]
        _forget_oldest(self._sent, MOST_SENT)
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
        _forget_oldest(self._read, MOST_READ)

    def over(self, documents: Iterable[str]) -> None:
        """These are out of the outbox."""
        for document in documents:
            self._left.pop(document, None)

    def forget(self) -> None:
        """Everything is as the outbox says."""
        self._waiting.clear()
        self._left.clear()
        self._sent.clear()


def _aggregate(row: Mapping[str, Any]) -> tuple[str, str]:
    return row["topic"], row["subject"]


def _forget_oldest(kept: dict[Any, Any], most: int) -> None:
    for oldest in list(islice(kept, max(0, len(kept) - most))):
        del kept[oldest]
