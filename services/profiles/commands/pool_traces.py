"""What is counted and traced of employers who look into the pool of CVs, and forgotten with them."""

from collections.abc import Iterable, Sequence, Set
from datetime import date, datetime

from pymongo import ReturnDocument, UpdateOne

from services.profiles.domain.pool import PoolPerson
from services.profiles.domain.profile import Profile
from services.profiles.store import POOL_CONTACTS, POOL_READINGS, POOL_SEARCHES
from shared.store import Store, Work


async def count_search(store: Store, of: str, whom: str, day: date, now: datetime) -> int:
    """Count one more search of an account's or an employer's day; returns how many there are."""
    row = await store.collection(POOL_SEARCHES).find_one_and_update(
        {"_id": f"{day.isoformat()}:{of}:{whom}"},
        {"$inc": {"times": 1}, "$setOnInsert": {"at": now}},
        upsert=True,
        return_document=ReturnDocument.AFTER,
    )
    return int(row["times"]) if row else 1


def trace(
    work: Work,
    people: Sequence[PoolPerson | Profile],
    company_id: str,
    reader_id: str,
    day: date,
    now: datetime,
    before: Set[str] = frozenset(),
) -> None:
    """That an account read these people: one line for each of its days, with how often.

    A first line is written only of who is as they were read, and the line of one read ``before`` is never made anew: an
    erasure at the same time leaves none.
    """
    for one in people:
        if one.id not in before:
            work.touch("profiles", one.id, one.version if isinstance(one, PoolPerson) else one.loaded_version)
    work.bulk(
        POOL_READINGS,
        [
            UpdateOne(
                {"_id": f"{day.isoformat()}:{one.id}:{company_id}:{reader_id}"},
                {
                    "$setOnInsert": {
                        "profile_id": one.id, "company_id": company_id, "reader_id": reader_id, "day": day.isoformat(),
                    },
                    "$set": {"last_at": now},
                    "$inc": {"times": 1},
                },
                upsert=one.id not in before,
            )
            for one in people
        ],
    )  # fmt: skip


async def forget_employers(store: Store, company_ids: Iterable[str]) -> None:
    """Of employers who were people and were erased: what they wrote to people, and what those answered."""
    await store.collection(POOL_CONTACTS).delete_many({"company_id": {"$in": list(company_ids)}})
