"""One-shot: topics, collections, indexes and migrations, before the services start. Running it again changes nothing."""

import asyncio
import importlib
import sys

from aiokafka.errors import KafkaError
from pymongo.errors import PyMongoError

from shared.contracts.topics import SERVICES
from shared.kafka.topics import create_topics
from shared.logs import configure_logs
from shared.service import Service
from shared.settings import ConfigurationError, Settings, load_settings
from shared.store.migrate import migrate

ATTEMPTS = 30


async def main(settings: Settings) -> None:
    """Create what is missing and migrate what is there; servers that are still starting are waited for (30 s).

    Raises:
        KafkaError, PyMongoError: a server stays out of reach.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            created = await create_topics(settings)
            break
        except (KafkaError, OSError):
            if attempt == ATTEMPTS:
                raise
            await asyncio.sleep(1.0)
    for name in SERVICES:
        service: Service = importlib.import_module(f"services.{name}.app").SERVICE
        runtime = service.runtime(settings)
        await runtime.store.prepare(service.collections)
        async for progress in migrate(runtime.store, service.collections):
            steps = ", ".join(progress.steps)
            print(f"{name}: {progress.collection}: {progress.done} of {progress.total} documents ({steps})")
        await runtime.store.close()
    print(f"{len(created)} topics created; collections and indexes of {len(SERVICES)} services are there.")


if __name__ == "__main__":
    try:
        loaded = load_settings(Settings)
        configure_logs("init", loaded.log_level)
        asyncio.run(main(loaded))
    except ConfigurationError as error:
        sys.exit(f"init: {error}")
    except (KafkaError, PyMongoError, OSError) as error:
        sys.exit(f"init: a server is out of reach: {type(error).__name__}.")
