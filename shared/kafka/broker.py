"""How this system speaks to Kafka: FastStream's and aiokafka's defaults lose data, so each is set here, once, for all."""

import logging
from typing import Any

from faststream.kafka import KafkaBroker

from shared.kafka.beginning import begin_tidily
from shared.kafka.connection import broker_security, connection_arguments, servers
from shared.kafka.partitioning import ByKey
from shared.kafka.wire import read_tolerantly
from shared.settings import Settings

LOOKS_AROUND_MS = 5_000


def make_broker(settings: Settings, client_id: str) -> KafkaBroker:
    """The broker that subscribers hang on. It consumes only: publishing is the relay's (``shared.kafka.publisher``)."""
    read_tolerantly()
    begin_tidily()
    logger = logging.getLogger("faststream")
    logger.setLevel(logging.ERROR)
    return KafkaBroker(
        servers(settings),
        security=broker_security(settings),
        client_id=client_id,
        consumer_only=True,
        allow_auto_create_topics=False,
        # Handlers take the message and nothing else. Looked for by its type it came by way of a thread: for each 150 µs of
        # processor instead of 27, and 0.3 to 1 ms later.
        apply_types=False,
        request_timeout_ms=15_000,
        # Between two tries of one request; what lasts is waited out by the worker (``pulse``).
        retry_backoff_ms=250,
        graceful_timeout=10,
        logger=logger,
        log_level=logging.DEBUG,
    )


def consumer_arguments(settings: Settings) -> dict[str, Any]:
    """What each subscriber sets: from the beginning when the group is new, and no long poll where it would cost latency."""
    return {
        "auto_offset_reset": "earliest",
        "fetch_max_wait_ms": settings.kafka_fetch_max_wait_ms,
        "session_timeout_ms": settings.kafka_session_timeout_ms,
        "heartbeat_interval_ms": max(300, settings.kafka_session_timeout_ms // 4),
        "max_poll_interval_ms": 600_000,
        # How often a consumer looks whether it has to fetch, while nothing tells it to: every cause of a fetch wakes it
        # (records taken, an answer, other partitions), and looking five times a second cost more than fetching.
        "consumer_timeout_ms": LOOKS_AROUND_MS,
        "check_crcs": True,
        "isolation_level": "read_committed" if settings.kafka_idempotence else "read_uncommitted",
    }


def reader_arguments(settings: Settings) -> dict[str, Any]:
    """What reads a topic for itself, without a group."""
    read_tolerantly()
    shared = consumer_arguments(settings)
    return {
        **connection_arguments(settings),
        "enable_auto_commit": False,
        **{name: shared[name] for name in ("auto_offset_reset", "fetch_max_wait_ms", "isolation_level")},
    }


def producer_arguments(settings: Settings) -> dict[str, Any]:
    """Confirmed by all replicas; idempotent except on the embedded broker, which has no ``InitProducerId``."""
    return {
        **connection_arguments(settings),
        "acks": "all",
        "enable_idempotence": settings.kafka_idempotence,
        "linger_ms": 0,
        "partitioner": ByKey(),
        # Room for the records of a cut dead letter and for an operator's higher limit: the commit has refused larger ones.
        "max_request_size": max(1_048_576, settings.kafka_max_record_bytes + 50_000),
        "request_timeout_ms": 15_000,
    }
