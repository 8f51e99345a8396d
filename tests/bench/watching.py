"""When what follows from an offer can be read: instants at which MongoDB tells a change stream of the committed document."""

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pymongo import MongoClient

_FIELDS = {"documentKey": 1, "fullDocument.items.offer_id": 1, "updateDescription.updatedFields": 1}


class Watch:
    """Notes when each offer's first recommendations, and its first notification, were committed.

    The clock is this process's for both ends. Only ids travel, and of recommendations only that of the offer, whose places are
    stored with them, once for all of them: who watches takes from the same cores.
    """

    def __init__(self, url: str, prefix: str) -> None:
        self._client: MongoClient[dict[str, Any]] = MongoClient(url)
        self.recommended: dict[str, float] = {}
        self.notified: dict[str, float] = {}
        self._stop = threading.Event()
        self._opened = threading.Barrier(3)
        self._threads = [
            threading.Thread(
                target=self._follow, args=(f"{prefix}_matching", "places", ["insert"], self._recommendations)
            ),
            threading.Thread(
                target=self._follow,
                args=(
                    f"{prefix}_notifications",
                    "notifications",
                    ["insert", "replace", "update"],
                    self._notification,
                ),
            ),
        ]

    def __enter__(self) -> "Watch":
        for thread in self._threads:
            thread.start()
        self._opened.wait(20)  # both streams are open before anything happens
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()
        self._client.close()

    def _follow(
        self, database: str, collection: str, operations: list[str], note: Callable[[dict[str, Any]], None]
    ) -> None:
        pipeline = [{"$match": {"operationType": {"$in": operations}}}, {"$project": _FIELDS}]
        with self._client[database][collection].watch(pipeline, max_await_time_ms=100) as stream:
            self._opened.wait(20)
            while not self._stop.is_set():
                change = stream.try_next()
                if change is not None:
                    note(change)

    def _recommendations(self, change: dict[str, Any]) -> None:
        self.recommended[change["documentKey"]["_id"]] = time.perf_counter()

    def _notification(self, change: dict[str, Any]) -> None:
        now = time.perf_counter()
        updated = change.get("updateDescription", {}).get("updatedFields", {})
        for offer_id in (*told_by(updated), *_offers(change.get("fullDocument", {}).get("items", ()))):
            self.notified.setdefault(offer_id, now)


def told_by(updated: Mapping[str, Any]) -> list[str]:
    """The offers that an update added to an item. One that is appended is told as a field by its place («items.7»); where another
    was taken out at the same time, places change hands («items.7.offer_id»), or all items come anew.
    """
    found: list[str] = []
    for name, value in updated.items():
        match name.split("."):
            case ["items"]:
                found += _offers(value)
            case ["items", _]:
                found += _offers([value])
            case ["items", _, "offer_id"]:
                found.append(value)
    return found


def _offers(items: Iterable[Any]) -> list[str]:
    return [item["offer_id"] for item in items if isinstance(item, dict) and item.get("offer_id")]
