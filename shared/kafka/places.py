"""Whether the place where a consumer group goes on is one of the topic that there is now.

A topic that is deleted and made again keeps its name, and whoever read the old one goes on at the old number: past whatever was
published meanwhile. So each commit says of which topic it is (Kafka keeps a text with an offset), and who gets a partition
compares. Where retention has removed what was not read yet, Kafka's clients go on with what is left and say nothing: that is
counted here.
"""

import asyncio
from collections.abc import Collection

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError
from aiokafka.structs import OffsetAndMetadata

from shared import metrics
from shared.kafka.offsets import Offsets
from shared.kafka.seen import Seen, topics_seen
from shared.logs import get_logger

LOOK_SECONDS = 10.0
"""The longest that a consumer which got partitions waits for this look; without it, it goes on as it is."""
AGAIN_SECONDS = 0.25

_log = get_logger()


class Places:
    """Of one consumer; ``topic`` is its name in the manifest."""

    def __init__(self, topic: str, offsets: Offsets) -> None:
        self._topic = topic
        self._offsets = offsets

    async def look(self, client: AIOKafkaConsumer, assigned: Collection[TopicPartition]) -> None:
        """Send the client to the beginning of partitions whose topic was made again, and tell of records that are gone unread."""
        if not assigned:
            return
        client.pause(*assigned)  # nothing is read at a place that may be wrong
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                while not await self._looked(client, assigned):  # noqa: ASYNC110 - it is another's answer
                    await asyncio.sleep(AGAIN_SECONDS)
        except TimeoutError:
            _log.warning("places_not_compared", topic=self._topic)
        finally:
            if mine := client.assignment() & set(assigned):
                client.resume(*mine)

    async def _looked(self, client: AIOKafkaConsumer, assigned: Collection[TopicPartition]) -> bool:
        """False where the broker that was asked has not heard of the topic yet, or answers nothing: in a moment one does."""
        try:
            seen = (await topics_seen(client._client, [name := next(iter(assigned)).topic])).get(name)
            if seen is not None:
                await self._look(client, assigned, seen)
        except (KafkaError, OSError) as error:
            _log.info("places_asked_again", topic=self._topic, error=type(error).__name__)
            return False
        return seen is not None

    async def _look(self, client: AIOKafkaConsumer, assigned: Collection[TopicPartition], seen: Seen) -> None:
        # Only the coordinator hands out the text beside the offset.
        places = await client._coordinator.fetch_committed_offsets(sorted(assigned))
        self._offsets.of_topic(seen.id)
        anew = [one for one in assigned if one in places and _of_another(places[one], self._offsets.stamp)]
        if anew:
            _log.error("topic_begun_anew", topic=self._topic, partitions=sorted(one.partition for one in anew))
            metrics.TOPIC_BEGUN_ANEW.labels(self._topic).inc(len(anew))
            await client.seek_to_beginning(*anew)
        begins = await client.beginning_offsets(sorted(assigned))
        for one, place in places.items():
            # An offset of -1 is none.
            if one not in anew and 0 <= place.offset < begins[one]:
                missed = begins[one] - place.offset
                _log.error("events_missed", topic=self._topic, partition=one.partition, records=missed)
                metrics.EVENTS_MISSED.labels(self._topic).inc(missed)


def _of_another(place: OffsetAndMetadata, stamp: str) -> bool:
    return place.offset >= 0 and bool(place.metadata) and bool(stamp) and place.metadata != stamp
