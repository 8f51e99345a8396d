"""Why something is being done: the request or event being handled. Every event that results carries it, and every log line."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

correlation_id: ContextVar[str | None] = ContextVar("correlation_id", default=None)
"""Of the request or event that began it all."""
causation_id: ContextVar[str | None] = ContextVar("causation_id", default=None)
"""Of the event being handled, if it is one."""


@contextmanager
def because(correlation: str | None, cause: str | None = None) -> Iterator[None]:
    """What is put into a ``Work`` here follows from this; None where several things at once do not share one reason."""
    tokens = correlation_id.set(correlation), causation_id.set(cause)
    try:
        yield
    finally:
        correlation_id.reset(tokens[0])
        causation_id.reset(tokens[1])
