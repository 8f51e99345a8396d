"""What partners read of contracts, on the real broker: in order, exact, without people."""

import asyncio
import json

from services.clauses.app import compose
from shared.contracts.topics import CONTRACTS
from shared.kafka.resync import resync
from tests.contract.test_delivery import reading
from tests.service.clauses.builders import People, contract_body, everybody_acting, hours_body, outbox
from tests.support import Running, Stack, eventually


async def test_progress_reaches_the_topic_in_order(stack: Stack, people: People) -> None:
    async with stack.running("clauses", worker=True) as clauses:
        await clauses.store.collection("contractors").insert_many(everybody_acting())
        created = await clauses.client.post("/v1/contracts", json=contract_body(), headers=people.facilitator)
        where = created.headers["location"]
        await asyncio.gather(
            *(
                clauses.client.post(
                    f"{where}/hours",
                    json=hours_body(participant_id=f"P-{n}", hours="0.10"),
                    headers=people.contractor,
                )
                for n in range(10)
            )
        )
        async with reading(stack, CONTRACTS.name) as records:
            await eventually(lambda: len(records) == 11)
            states = [json.loads(record.value) for record in records]
            assert [state["declared_hours"] for state in states] == [f"{n / 10:.2f}" for n in range(11)]
            assert all(b"P-" not in record.value for record in records)


async def test_resync_publishes_contracts_again(clauses: Running, people: People) -> None:
    created = await clauses.client.post("/v1/contracts", json=contract_body(), headers=people.facilitator)
    await clauses.store.collection("outbox").delete_many({})
    parts = compose(clauses.runtime)
    assert [done async for done in resync(clauses.store, parts.resync)] == [("contracts", 1)]
    rows = await outbox(clauses)
    assert [(row["type"], row["key"], row["sequence"]) for row in rows] == [
        ("contract-updated.v1", created.json()["id"], 1)
    ]
