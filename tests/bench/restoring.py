"""A shard back from MongoDB, beside a plain scan of the same documents by the same driver."""

import asyncio
import time
from typing import Any

import numpy as np

from services.matching.app import SERVICE
from services.matching.domain.configuration import Configuration
from services.matching.engine.facts_stored import facts_bytes
from services.matching.engine.memory import Memory
from services.matching.engine.restoring import Restoring
from services.matching.engine.stored import PACKED, STAMP
from services.matching.index.encoding import SkillNumbers
from services.matching.settings import MatchingSettings
from services.matching.store import COLLECTIONS
from shared.settings import load_settings
from tests.bench.index_rows import TODAY, Country, People, some_profile

PARTITIONS = 6


async def _fill(collection: Any, people: People, skills: SkillNumbers) -> None:
    """Documents as the consumer writes them."""
    packed = np.zeros(people.count, PACKED)
    for name, column in (("high", people.high), ("low", people.low), ("bits", people.bits), ("geo", people.geo)):
        packed[name] = column
    packed["version"] = 1
    packed["keys"] = np.array([skills.key(number) for number in range(len(skills))])[people.rows["skills"]]
    packed["row"] = people.rows
    packed["row"]["skills"] = 0
    facts = facts_bytes(some_profile(people.country, np.random.default_rng(1), "0190"))
    high, low = people.high.tolist(), people.low.tolist()
    for first in range(0, people.count, 10_000):
        rows = []
        for at in range(first, min(first + 10_000, people.count)):
            digits = f"{high[at]:016x}{low[at]:016x}"
            rows.append(
                {
                    "_id": f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}",
                    "version": 1,
                    "partition": at % PARTITIONS,
                    "territory": "23",
                    "owner_id": None,
                    "counsellor_ids": [],
                    "visible_to_employers": False,
                    "active": True,
                    "wishes": [],
                    "facts": facts,
                    "packed": packed[at].tobytes(),
                    "layout": STAMP,
                }
            )
        await collection.insert_many(rows, ordered=False)


async def _run(url: str, quick: bool) -> dict[str, Any]:
    settings = load_settings(MatchingSettings, MONGODB_URL=url, database_prefix="benchrestore", environment="test")
    runtime = SERVICE.runtime(settings)
    await runtime.store.client.drop_database(runtime.store.database.name)
    await runtime.store.prepare(COLLECTIONS)
    country, skills = Country.load(), SkillNumbers()
    count = 50_000 if quick else 300_000
    people = People.draw(country, count, skills)
    collection = runtime.store.collection("profiles")
    await _fill(collection, people, skills)
    scans, restores = [], []
    for _ in range(3):
        started = time.perf_counter()
        seen = 0
        async for _document in collection.find({}, {"_id": 1, "packed": 1, "version": 1}).batch_size(20_000):
            seen += 1
        scans.append(seen / (time.perf_counter() - started))
        memory = Memory(Configuration(), country.affinities, TODAY)
        started = time.perf_counter()
        await Restoring(runtime.store).shard(memory, range(PARTITIONS))
        restores.append(len(memory.profile_index) / (time.perf_counter() - started))
        assert len(memory.profile_index) == seen == count
    await runtime.store.client.drop_database(runtime.store.database.name)
    await runtime.store.close()
    scan, restore = sorted(scans)[1], sorted(restores)[1]
    return {
        "restore": {"profiles": count, "profiles_per_s": round(restore)},
        "floor": {"scan_documents_per_s": round(scan)},
        "ratio": {"restore_vs_scan": round(restore / scan, 3)},
    }


def main(url: str, quick: bool = False) -> dict[str, Any]:
    """Figures under ``restore``, ``floor`` and ``ratio``."""
    return asyncio.run(_run(url, quick))
