"""What other workers and the API store reaches this worker through a change stream of the service's own database.

Offers, applications and decisions of people are read from Kafka or HTTP by one process and stored once; a bad record is
then one dead letter and not one for each worker. The stream carries the same documents to all, in the order of their
commits.
"""

import asyncio

from pymongo.errors import PyMongoError

from services.matching.domain.life import Cause
from services.matching.engine.restoring import is_news
from services.matching.engine.worker import Engine
from services.matching.store import FOLLOWED
from shared.logs import get_logger

_log = get_logger()


async def follow(engine: Engine) -> None:
    """Follow until cancelled, or until the stream breaks and this is to be called again.

    The stream is opened before everything is loaded, so nothing falls between the two, nor between two streams.
    """
    followed = {"ns.coll": {"$in": list(FOLLOWED)}, "operationType": {"$in": ["insert", "replace", "update"]}}
    # Ten with a new offer, once people's lists are full, each with all whom an offer admits.
    own = {"ns.coll": "places", "fullDocument.by": engine.name}
    pipeline = [{"$match": {"$or": [{**followed, "$nor": [own]}, {"operationType": "rename"}]}}]
    async with engine.store.watch(pipeline, documents=True, wait_seconds=5.0) as batches:
        engine.doubt()
        await engine.look()
        await engine.end_pinned({"offer_id": {"$nin": list(engine.memory.offers)}}, Cause.OFFER_CLOSED.value, {})
        async for batch in batches:
            if any(one["operationType"] == "rename" for one in batch):
                return  # a read model was rebuilt: everything is loaded anew
            documents = [(one["ns"]["coll"], one["fullDocument"]) for one in batch if one.get("fullDocument")]
            # Most of what the stream brings was written here.
            if any(is_news(engine.memory, collection, document) for collection, document in documents):
                await engine.take(documents)


async def watch_the_day(engine: Engine, seconds: float) -> None:
    """Look at the clock now and then; also restores the shard of an assignment that no event followed."""
    while True:
        await asyncio.sleep(seconds)
        try:
            await engine.look()
        except PyMongoError as error:
            _log.warning("day_not_followed", error=type(error).__name__)


async def settle_in_time(engine: Engine) -> None:
    """Settle what a burst left waiting, as soon as it has calmed down or has lasted long enough."""
    while True:
        await engine.unsettled.wait()
        pause = engine.pause()
        if pause > 0:
            await asyncio.sleep(pause)
            continue
        try:
            await engine.settle()
        except PyMongoError as error:
            _log.warning("not_settled", error=type(error).__name__)
            await asyncio.sleep(1)
