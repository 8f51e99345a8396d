"""Failure classes of a consumer: permanent, transient, dependency down."""

from aiokafka.errors import KafkaConnectionError, NoBrokersAvailable, NodeNotReadyError, RequestTimedOutError
from pymongo.errors import AutoReconnect, ConnectionFailure, ServerSelectionTimeoutError


class Permanent(Exception):
    """This record can never be applied. ``reason`` is a code with ids at most: it travels in a header, so nothing personal."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


DEPENDENCY_DOWN: tuple[type[BaseException], ...] = (
    AutoReconnect,
    ConnectionFailure,
    ServerSelectionTimeoutError,
    KafkaConnectionError,
    NoBrokersAvailable,
    NodeNotReadyError,
    RequestTimedOutError,
    ConnectionError,
)
