"""How aiokafka's clients begin: what is cancelled on the way leaves no connection open, and asking for a topic makes none."""

import asyncio
from functools import partial
from typing import Any

from aiokafka import client as library
from aiokafka.client import AIOKafkaClient
from aiokafka.protocol.metadata import MetadataRequest

_bootstrap, _create_conn = AIOKafkaClient.bootstrap, library.create_conn
_made: dict[Any, list[Any]] = {}
"""Connections that a task has made in the beginning which it is in now."""


def begin_tidily() -> None:
    """Make this process's clients close the connection of a beginning that is cancelled or fails; safe to call again.

    aiokafka (0.14) forgets the one on which it waits for its first metadata: who stops then leaves it to the collection,
    which warns of it wherever it happens to come by.

    And each of them asks the broker to make a topic that is not there: where its configuration lets it (Kafka's own default),
    one that was deleted is back at once with one partition and without compaction, before ``deploy.init`` can make it.
    """
    AIOKafkaClient.bootstrap, library.create_conn = _begun, _noted
    library.MetadataRequest = partial(MetadataRequest, allow_auto_topic_creation=False)


async def _begun(client: AIOKafkaClient) -> None:
    task = asyncio.current_task()
    made = _made[task] = []
    try:
        await _bootstrap(client)
    except BaseException:
        for connection in made:
            connection.close()
        raise
    finally:
        del _made[task]


async def _noted(*arguments: Any, **named: Any) -> Any:
    connection = await _create_conn(*arguments, **named)
    if (made := _made.get(asyncio.current_task())) is not None:
        made.append(connection)
    return connection
