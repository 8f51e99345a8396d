"""Queries that are asked as one command give what each gives by itself."""

from collections.abc import Sequence

import pytest
from pymongo import ASCENDING, DESCENDING

from shared.clock import SystemClock
from shared.store import Asked, Find, Pipeline, Store, apart, joined
from tests.support import Stack

ASKED: dict[str, Sequence[Asked]] = {
    "one": [Find("people", {"age": {"$gt": 30}})],
    "several": [
        Find("people", {"_id": {"$in": ["a", "c", "nobody"]}}, sort=[("_id", DESCENDING)]),
        Find("things", {}, {"name": 1}, [("name", ASCENDING)], 2),
        Find("nothing", {}),
        Find("people", {"name": "$age"}),
        Find("things", {"_id": 1}, {"name": 0}),
        Pipeline("people", [{"$group": {"_id": None, "ages": {"$sum": "$age"}}}]),
    ],
    "the first finds nothing": [Find("nothing", {}), Find("people", {"_id": "b"})],
    "none finds anything": [Find("people", {"_id": {"$in": []}}), Find("things", {"_id": {"$in": []}})],
}


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
async def test_joined_queries_find_what_each_finds(stack: Stack, asked: Sequence[Asked]) -> None:
    store = Store(stack.environment["MONGODB_URL"], f"{stack.prefix}_joined", SystemClock())
    people = [{"_id": id, "age": age, "name": "$age"} for id, age in (("a", 20), ("b", 40), ("c", 60))]
    things = [{"_id": number, "name": name, "n": 7, "d": {"n": 1}} for number, name in enumerate("zyx")]
    await store.collection("people").insert_many(people)
    await store.collection("things").insert_many(things)
    each = await store.find_all(*asked)
    (rows,) = await store.find_all(joined(asked))
    assert apart(rows, len(asked)) == each
    await store.client.drop_database(store.database.name)
    await store.close()
