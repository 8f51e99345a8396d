"""What lies in the inboxes of staff about people whom they accompany no longer: it goes when that is heard.

Kept and hidden it would still be theirs to have: it names the person, and says where they are to be and when. Whoever
accompanies the person now reads the person's own inbox; a copy for each of them was made when it was told.
"""

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from pymongo import DeleteMany

from shared.contracts.vocabulary import Channel
from shared.logs import get_logger
from shared.store import TEXT, Store

LOOKED_AT_AGAIN = timedelta(hours=1)
"""Who told a counsellor something while another one took their place may commit just after: so long it is looked for again."""

_log = get_logger()


async def losing(store: Store, heard: Mapping[str, Collection[str]]) -> list[str]:
    """Who of these people loses somebody who accompanied them, or is heard of for the first time: staff may have been told of
    them before. ``heard``: who accompanies them from now on. To be asked before that is written; nearly always nobody.
    """
    if not heard:
        return []
    found = store.collection("contacts").find({"_id": {"$in": list(heard)}}, {"counsellor_ids": 1})
    known = {row["_id"]: row.get("counsellor_ids", ()) async for row in found}
    return [id for id, now in heard.items() if id not in known or not set(known[id]) <= set(now)]


async def let_go(store: Store, query: dict[str, Any]) -> int:
    """Delete what staff were told of the people among ``contacts`` that match, but in the boxes of those who accompany them now,
    and their own. Returns how many items.
    """
    people = store.collection("contacts").find(
        {**query, "kind": "profile"}, {"subject_id": 1, "counsellor_ids": 1}, batch_size=500
    )
    found = [_of_others(row["subject_id"], row.get("counsellor_ids", ())) async for row in people]
    if not found:
        return 0
    gone = (await store.collection("notifications").bulk_write(found, ordered=False)).deleted_count
    if gone:
        _log.info("inbox_items_let_go", count=gone)
    return int(gone)


def _of_others(person: str, counsellors: Collection[str]) -> DeleteMany:
    to_tell = {"subject_id": person, "channel": Channel.COUNSELLOR.value}
    elsewhere = {**TEXT, "$nin": [person, *counsellors]}
    return DeleteMany({"$or": [{"about": person}, to_tell], "box": elsewhere})
