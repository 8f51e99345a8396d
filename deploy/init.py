"""One-shot: users, topics, collections, indexes and migrations, before the services start. Running it again changes nothing."""

import argparse
import asyncio
import importlib
import sys
from collections.abc import Awaitable, Callable, Collection
from typing import TypeVar

from aiokafka.errors import KafkaError
from pymongo.errors import PyMongoError

from deploy.access.kafka import AccessRefused
from deploy.access.setting_up import AccessSettings, set_up_kafka, set_up_mongo
from shared.contracts.topics import SERVICES
from shared.kafka.topics import amiss, create_topics
from shared.logs import configure_logs
from shared.service import Service
from shared.settings import ConfigurationError, Settings, load_settings
from shared.store.collections import drop_obsolete
from shared.store.migrate import migrate

ATTEMPTS = 180

T = TypeVar("T")


async def main(settings: AccessSettings) -> None:
    """Create what is missing and migrate what is there; servers that are still starting are waited for (three minutes each).

    Raises:
        AccessRefused, KafkaError, PyMongoError: a server refuses, or stays out of reach.
    """
    created = await _patiently(lambda: create_topics(settings))
    print(f"{len(created)} topics created.")
    for line in await _patiently(lambda: attention(settings, created)):
        print(line)
    if settings.access_secrets:
        print(await _patiently(lambda: set_up_kafka(settings)))
        print(await _patiently(lambda: set_up_mongo(settings)))
    for name in SERVICES:
        service: Service = importlib.import_module(f"services.{name}.app").SERVICE
        await brought_here(service, settings)
    print(f"Collections and indexes of {len(SERVICES)} services are there.")


async def brought_here(service: Service, settings: Settings) -> None:
    """A service's collections, indexes and documents as this release has them. An election in the middle begins a step anew: each
    changes nothing where it was done.

    Raises:
        PyMongoError: MongoDB stays out of reach.
    """
    runtime = service.runtime(settings)

    async def migrated() -> None:
        async for progress in migrate(runtime.store, service.collections):
            steps = ", ".join(progress.steps)
            print(f"{service.name}: {progress.collection}: {progress.done} of {progress.total} documents ({steps})")

    try:
        await _patiently(lambda: runtime.store.prepare(service.collections))
        await _patiently(migrated)
        for one in await _patiently(lambda: drop_obsolete(runtime.store.database, service.collections)):
            done = "dropped" if one.dropped else "unique, to be dropped by hand once no older release runs"
            print(f"{service.name}: {one.collection}: the index {one.index} is of an earlier release: {done}")
    finally:
        await runtime.store.close()


async def attention(settings: Settings, created: Collection[str]) -> list[str]:
    """What is wrong with topics that were there already, and are left as they are.

    Raises:
        KafkaError: Kafka is out of reach.
    """
    wrong = await amiss(settings)
    return [
        f"ATTENTION: the topic {topic} {sentence}."
        for topic, sentence in wrong.items()
        if settings.topic_prefix + topic not in created
    ]


async def _patiently(step: Callable[[], Awaitable[T]]) -> T:
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return await step()
        except (KafkaError, PyMongoError, ConnectionError):
            if attempt == ATTEMPTS:
                raise
            await asyncio.sleep(1.0)
    raise AssertionError("the last attempt returns or raises")


if __name__ == "__main__":
    argparse.ArgumentParser(prog="python -m deploy.init", description=__doc__).parse_args()
    try:
        loaded = load_settings(AccessSettings)
        configure_logs("init", loaded.log_level)
        asyncio.run(main(loaded))
    except (ConfigurationError, AccessRefused) as error:
        sys.exit(f"init: {error}")
    except (KafkaError, PyMongoError, OSError) as error:
        sys.exit(f"init: a server is out of reach, or a file is not there: {type(error).__name__}.")
