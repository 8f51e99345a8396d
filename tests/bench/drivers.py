"""Motor, the default, beside PyMongo's own asynchronous API: what a read and a commit cost this process by either, in turns."""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from typing import Any

from shared.clock import SystemClock
from shared.contracts.topics import RECOMMENDATIONS
from shared.ids import new_id
from shared.store import CollectionSpec, Store, Work
from shared.store.driver import Driver
from tests.service.notifications.builders import recommended

ROUNDS = 5
TIMES = 150
AT_ONCE = 4


async def _cost(act: Callable[[], Awaitable[Any]]) -> tuple[float, float]:
    """Milliseconds of processor and of wall time for one, several under way at once."""
    begun, own = time.perf_counter(), time.process_time()

    async def several() -> None:
        for _ in range(TIMES // AT_ONCE):
            await act()

    await asyncio.gather(*(several() for _ in range(AT_ONCE)))
    done = TIMES // AT_ONCE * AT_ONCE
    return (time.process_time() - own) * 1e3 / done, (time.perf_counter() - begun) * 1e3 / done


async def _run(url: str) -> dict[str, Any]:
    stores = {driver: Store(url, f"bench_{driver.value}", SystemClock(), driver=driver) for driver in Driver}
    event = recommended()
    found: dict[str, dict[Driver, list[tuple[float, float]]]] = {
        what: {driver: [] for driver in Driver} for what in ("read", "commit")
    }
    for store in stores.values():
        await store.client.drop_database(store.database.name)
        await store.prepare([CollectionSpec("rows")])
        await store.collection("rows").insert_one({"_id": "there", "text": "x" * 500})
    for _ in range(ROUNDS):
        for driver, store in stores.items():

            async def read(store: Store = store) -> None:
                await store.collection("rows").find_one({"_id": "there"})

            async def commit(store: Store = store) -> None:
                work = Work()
                work.insert("rows", {"_id": new_id(), "text": "x" * 500}, {"_id": new_id(), "text": "x" * 500})
                work.publish(
                    RECOMMENDATIONS, event.type, key="profile-1", subject=event.subject, data=event.data, sequence=1,
                    time=event.time,
                )  # fmt: skip
                await store.commit(work)

            found["read"][driver].append(await _cost(read))
            found["commit"][driver].append(await _cost(commit))
    for store in stores.values():
        await store.client.drop_database(store.database.name)
        await store.close()
    report: dict[str, Any] = {}
    for what, by in found.items():
        report[what] = {
            f"{driver.value}_{name}": round(statistics.median(one[place] for one in taken), 3)
            for driver, taken in by.items()
            for place, name in enumerate(("cpu_ms", "ms"))
        }
        pairs = zip(by[Driver.PYMONGO], by[Driver.MOTOR], strict=True)
        report[what]["pymongo_vs_motor_cpu"] = round(statistics.median(a[0] / b[0] for a, b in pairs), 3)
    return {"drivers": report}


def main(url: str) -> dict[str, Any]:
    """Figures under ``drivers``."""
    return asyncio.run(_run(url))
