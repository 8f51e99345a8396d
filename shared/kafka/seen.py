"""What the broker says of topics: whether each is there, with how many partitions, and which of its name it is.

A topic that is deleted and made again keeps its name; Kafka tells the two apart by an id. aiokafka (0.14) asks for metadata in
a version that knows no ids, so the question is put here in one that does (Kafka 2.8); a broker that does not know it is asked
without them.
"""

import random
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from uuid import UUID

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import IncompatibleBrokerVersion, KafkaError, TopicAuthorizationFailedError
from aiokafka.protocol.abstract import AbstractType
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import Boolean, CompactArray, CompactString, Int16, Int32, Schema, TaggedFields

_METADATA, _WITH_IDS = 3, 10
_NO_ID = UUID(int=0)


@dataclass(frozen=True)
class Seen:
    """A topic that is there. ``id`` is empty where the broker tells none."""

    id: str
    partitions: int


CLOSED = Seen("", 0)
"""This account may not see the topic: whether it is there is not told."""


async def topics_seen(client: AIOKafkaClient, names: Collection[str]) -> Mapping[str, Seen]:
    """Those of the topics (names on the wire) that are there, or ``CLOSED``. None is made by asking.

    Raises:
        KafkaError, OSError: no broker answers.
    """
    nodes = [broker.nodeId for broker in client.cluster.brokers()]
    random.shuffle(nodes)  # not each process the same one first
    failure: Exception = KafkaError("no broker is known")
    for node in nodes:
        try:
            answer = await client.send(node, _Question(sorted(names)))
        except (NotImplementedError, IncompatibleBrokerVersion):
            return await _without_ids(client, names)
        except (KafkaError, OSError) as error:
            failure = error
        else:
            return {
                name: Seen("" if id == _NO_ID else str(id), len(partitions)) if error == 0 else CLOSED
                for error, name, id, _, partitions, *_ in answer.topics
                if error in (0, TopicAuthorizationFailedError.errno)
            }
    raise failure


async def _without_ids(client: AIOKafkaClient, names: Collection[str]) -> Mapping[str, Seen]:
    cluster = await client.fetch_all_metadata()
    counts = {name: len(cluster.partitions_for_topic(name) or ()) for name in names}
    return {name: Seen("", count) for name, count in counts.items() if count}


class _Uuid(AbstractType[UUID]):  # type: ignore[misc]  # aiokafka ships no types
    @classmethod
    def encode(cls, value: UUID) -> bytes:
        return value.bytes

    @classmethod
    def decode(cls, data: BytesIO) -> UUID:
        return UUID(bytes=data.read(16))


class _Answer(Response):  # type: ignore[misc]  # aiokafka ships no types
    API_KEY = _METADATA
    API_VERSION = _WITH_IDS
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        (
            "brokers",
            CompactArray(
                ("node_id", Int32),
                ("host", CompactString()),
                ("port", Int32),
                ("rack", CompactString()),
                ("tags", TaggedFields),
            ),
        ),
        ("cluster_id", CompactString()),
        ("controller_id", Int32),
        (
            "topics",
            CompactArray(
                ("error_code", Int16),
                ("name", CompactString()),
                ("id", _Uuid),
                ("is_internal", Boolean),
                (
                    "partitions",
                    CompactArray(
                        ("error_code", Int16),
                        ("partition", Int32),
                        ("leader", Int32),
                        ("leader_epoch", Int32),
                        ("replicas", CompactArray(Int32)),
                        ("isr", CompactArray(Int32)),
                        ("offline_replicas", CompactArray(Int32)),
                        ("tags", TaggedFields),
                    ),
                ),
                ("authorized_operations", Int32),
                ("tags", TaggedFields),
            ),
        ),
        ("authorized_operations", Int32),
        ("tags", TaggedFields),
    )


class _Asked(RequestStruct):  # type: ignore[misc]  # aiokafka ships no types
    FLEXIBLE_VERSION = True
    API_KEY = _METADATA
    API_VERSION = _WITH_IDS
    RESPONSE_TYPE = _Answer
    SCHEMA = Schema(
        ("topics", CompactArray(("id", _Uuid), ("name", CompactString()), ("tags", TaggedFields))),
        ("allow_auto_topic_creation", Boolean),
        ("include_cluster_authorized_operations", Boolean),
        ("include_topic_authorized_operations", Boolean),
        ("tags", TaggedFields),
    )


class _Question(Request[_Asked]):  # type: ignore[misc]  # aiokafka ships no types
    API_KEY = _METADATA

    def __init__(self, names: Collection[str]) -> None:
        self._names = names

    def build(self, request_struct_class: type[_Asked]) -> _Asked:
        """As aiokafka wants it: for a version that both sides know."""
        nothing: dict[int, Any] = {}
        return request_struct_class([(_NO_ID, name, nothing) for name in self._names], False, False, False, nothing)
