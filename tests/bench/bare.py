"""The same durable work done bare: a process that writes and sends what the services wrote and sent, and nothing else.

``python -m tests.bench.bare`` reads its order as one JSON line, loads what it is to write, says ``ready``, and begins at the
next line. It takes the same offers at the same pace: the offer is replaced and its record sent; who receives that inserts the
offer's recommendations in one command and sends their records; who receives those inserts the notifications. Same
documents, same indexes, same driver, same durability; no decision, no check, no memory of what was done.
"""

import asyncio
import json
import sys
import time
from collections import defaultdict
from typing import Any

import orjson
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from services.matching.store import COLLECTIONS as OF_MATCHING
from services.notifications.store import COLLECTIONS as OF_NOTIFICATIONS
from shared.settings import Settings, load_settings
from shared.store import CollectionSpec
from shared.store.driver import Database, close, connect

Headers = list[tuple[str, bytes]]
Rec = tuple[bytes | None, bytes | None, Headers]


class Bare:
    """One round. ``order``: names of the databases and topics that hold what is to be written, and the offers' ids."""

    def __init__(self, order: dict[str, Any]) -> None:
        self._order = order
        self._settings = load_settings(Settings)
        self._client = connect(order["url"], self._settings.mongodb_driver)
        self._bare: Database = self._client[order["database"]]
        self._offers: dict[str, tuple[dict[str, Any], Rec]] = {}
        self._recommendations: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self._notifications: dict[tuple[str, str], dict[str, Any]] = {}
        self._records: dict[str, list[Rec]] = defaultdict(list)
        self._sent_at: dict[str, float] = {}
        self._told: dict[str, float] = {}

    def _reader(self, topic: str, **settings: Any) -> AIOKafkaConsumer:
        return AIOKafkaConsumer(
            topic, bootstrap_servers=self._order["kafka"], **{"auto_offset_reset": "latest", **settings}
        )

    async def load(self) -> None:
        """Take from the services' databases and topics what they wrote for these offers."""
        order = self._order
        ids = order["offers"]
        wanted = set(ids)
        offers = {
            one["_id"]: one async for one in self._client[order["of_offers"]]["offers"].find({"_id": {"$in": ids}})
        }
        async for one in self._client[order["of_matching"]]["recommendations"].find({"offer_id": {"$in": ids}}):
            self._recommendations[one["offer_id"]].append(one)
        query = {"items.offer_id": {"$in": ids}}
        async for one in self._client[order["of_notifications"]]["notifications"].find(query):
            for item in one["items"]:
                # A message that names several offers is written once.
                self._notifications.setdefault((one["subject_id"], item["offer_id"]), one)
        self._notifications = {pair: one for pair, one in self._notifications.items() if pair[1] in wanted}
        for topic in ("offers.offers.v1", "matching.recommendations.v1"):
            async for record in self._all_of(f"{order['prefix']}{topic}"):
                offer_id = orjson.loads(record[1] or b"{}").get("offer_id")
                if offer_id in wanted and topic.startswith("offers"):
                    self._offers[offer_id] = (offers[offer_id], record)
                elif offer_id in wanted:
                    self._records[offer_id].append(record)
        await self._prepare("recommendations", OF_MATCHING)
        await self._prepare("notifications", OF_NOTIFICATIONS)
        await self._bare["offers"].insert_many([one for one, _ in self._offers.values()])

    async def _prepare(self, name: str, specs: tuple[CollectionSpec, ...]) -> None:
        spec = next(spec for spec in specs if spec.name == name)
        await self._bare.create_collection(name)
        await self._bare[name].create_indexes(list(spec.indexes))

    async def _all_of(self, topic: str) -> Any:
        reader = self._reader(topic, auto_offset_reset="earliest", enable_auto_commit=False)
        await reader.start()
        try:
            partitions = reader.assignment()
            ends = await reader.end_offsets(list(partitions))
            while any([await reader.position(one) < ends[one] for one in partitions]):
                for records in (await reader.getmany(timeout_ms=100)).values():
                    for record in records:
                        yield record.key, record.value, list(record.headers)
        finally:
            await reader.stop()

    async def run(self) -> dict[str, Any]:
        """Do the work and say how long it took and what it cost this process."""
        order = self._order
        producer = AIOKafkaProducer(bootstrap_servers=order["kafka"], acks="all", linger_ms=0, enable_idempotence=True)
        firsts = self._reader(order["topics"][0], group_id=f"{order['database']}-first")
        seconds = self._reader(order["topics"][1], group_id=f"{order['database']}-second")
        for part in (producer, firsts, seconds):
            await part.start()
        for reader in (firsts, seconds):  # rounds share the topics: what an earlier one sent is not this one's
            while not reader.assignment():
                await reader.getmany(timeout_ms=100)
            await reader.seek_to_end()
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        begun, own = time.perf_counter(), time.process_time()
        expected = sum(len(records) for records in self._records.values())
        matching = asyncio.create_task(self._match(firsts, producer, order["topics"][1]))
        telling = asyncio.create_task(self._tell(seconds, expected))
        tasks = []
        for at, (offer, record) in enumerate(self._offers.values()):
            await asyncio.sleep(max(0.0, begun + at / order["per_second"] - time.perf_counter()))
            tasks.append(asyncio.create_task(self._publish(offer, record, producer, order["topics"][0])))
        await asyncio.gather(*tasks, matching, telling)
        taken, cost = time.perf_counter() - begun, time.process_time() - own
        for part in (producer, firsts, seconds):
            await part.stop()
        await self._client.drop_database(order["database"])
        await close(self._client)
        return {
            "seconds": taken,
            "cpu": cost,
            "recommendations": float(expected),
            "offers": float(len(self._offers)),
            "told": [self._told[id] - at for id, at in self._sent_at.items() if id in self._told],
        }

    async def _publish(self, offer: dict[str, Any], record: Rec, producer: AIOKafkaProducer, topic: str) -> None:
        await self._bare["offers"].replace_one({"_id": offer["_id"]}, offer)
        key, value, headers = record
        # Ours answers the employer when the transaction is written; the record leaves afterwards.
        self._sent_at[offer["_id"]] = time.perf_counter()
        await producer.send_and_wait(topic, value=value, key=key, headers=headers)

    async def _match(self, reader: AIOKafkaConsumer, producer: AIOKafkaProducer, topic: str) -> None:
        left = len(self._offers)
        while left:
            for records in (await reader.getmany(timeout_ms=200)).values():
                for record in records:
                    left -= 1
                    offer_id = record.key.decode()
                    if self._recommendations[offer_id]:
                        await self._bare["recommendations"].insert_many(self._recommendations[offer_id])
                    sent = [
                        await producer.send(topic, value=value, key=key, headers=headers)
                        for key, value, headers in self._records[offer_id]
                    ]
                    await asyncio.gather(*sent)

    async def _tell(self, reader: AIOKafkaConsumer, expected: int) -> None:
        written: set[str] = set()
        while expected:
            for records in (await reader.getmany(timeout_ms=200)).values():
                expected -= len(records)
                items, about = [], set()
                for record in records:
                    data = orjson.loads(record.value)
                    about.add(data["offer_id"])
                    item = self._notifications.get((data["profile_id"], data["offer_id"]))
                    if item is not None and item["_id"] not in written:
                        written.add(item["_id"])
                        items.append(item)
                if items:
                    await self._bare["notifications"].insert_many(items)
                now = time.perf_counter()
                for offer_id in about:
                    self._told.setdefault(offer_id, now)


async def _main() -> None:
    bare = Bare(json.loads(sys.stdin.readline()))
    await bare.load()
    print(json.dumps(await bare.run()), flush=True)


if __name__ == "__main__":
    asyncio.run(_main())
