"""A worker that is killed, not asked to stop: what it had in hand is done once by the next one."""

import asyncio
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from services.notifications.app import SERVICE
from shared.clock import SystemClock
from shared.kafka.publisher import Publisher
from shared.store import Store
from tests.service.notifications.builders import contact, offer, recommended
from tests.service.notifications.sink import SmtpSink
from tests.service.notifications.test_over_kafka import Others
from tests.support import Stack, eventually

PEOPLE = 20
OFFERS = 15


@asynccontextmanager
async def worker(stack: Stack, smtp: SmtpSink) -> AsyncIterator[asyncio.subprocess.Process]:
    environment = (
        os.environ
        | stack.environment
        | {
            "BASSIN_ENVIRONMENT": "test",
            "BASSIN_WORKER_PORT": "0",
            "BASSIN_JWKS": str(stack.keys / "jwks.json"),
            "BASSIN_DATABASE_PREFIX": stack.prefix,
            "BASSIN_TOPIC_PREFIX": stack.topic_prefix,
            "BASSIN_SMTP_HOST": "127.0.0.1",
            "BASSIN_SMTP_PORT": str(smtp.port),
            # Long enough that on a busy machine no living sender's claim lapses: that would be a copy more. It lasts at
            # least as long as the mail server may take.
            "BASSIN_EMAIL_CLAIM_SECONDS": "12",
            "BASSIN_SMTP_TIMEOUT_SECONDS": "2.5",
            "BASSIN_SMTP_DATA_TIMEOUT_SECONDS": "4",
            "BASSIN_LEASE_SECONDS": "2",
        }
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.notifications", "worker", env=environment, stdout=asyncio.subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(process.wait(), 10.0)
            except TimeoutError:
                process.kill()
                await process.wait()


async def told_in_boxes(items: Any) -> int:
    """How many things lie in inboxes; an item of a burst holds several."""
    return sum([len(row["items"]) async for row in items.find({"channel": "inbox"}, {"items.ref": 1})])


async def test_a_worker_that_is_killed_loses_and_doubles_nothing(stack: Stack, smtp: SmtpSink) -> None:
    await stack.create_topics()
    settings = stack.settings(SERVICE)
    store = Store(settings.mongodb_url, f"{stack.prefix}_notifications", SystemClock(), driver=stack.driver)
    items = store.collection("notifications")
    publisher = Publisher(settings)
    people = [f"profile-{n}" for n in range(PEOPLE)]
    try:
        async with worker(stack, smtp) as first:
            others = Others(publisher)
            await others.publish(*(contact(person, email=f"{person}@example.org") for person in people))
            await others.publish(*(offer(f"offer-{n}") for n in range(OFFERS)))
            await others.publish(
                *(
                    recommended(f"rec-{person}-{n}", profile_id=person, offer_id=f"offer-{n}")
                    for n in range(OFFERS)
                    for person in people
                )
            )

            async def under_way() -> bool:
                return bool(smtp.messages) and await told_in_boxes(items) > PEOPLE

            await eventually(under_way, 60)
            first.kill()
            await first.wait()
        async with worker(stack, smtp):

            async def finished() -> bool:
                told = await told_in_boxes(items)
                left = await items.count_documents({"status": "queued"})
                return told >= PEOPLE * OFFERS and left == 0

            await eventually(finished, 90)
        refs = Counter([item["ref"] async for row in items.find({"channel": "inbox"}) for item in row["items"]])
        assert len(refs) == PEOPLE * OFFERS
        assert set(refs.values()) == {1}
        sent = {row["_id"] async for row in items.find({"channel": "email", "status": "sent"})}
        # At least once: what was handed over just before the kill may have come twice, under the same Message-ID.
        received = Counter(str(message["Message-ID"]).strip("<>").partition("@")[0] for message in smtp.messages)
        assert set(received) == sent
        assert max(received.values()) <= 2
    finally:
        await publisher.reset()
        await store.close()
