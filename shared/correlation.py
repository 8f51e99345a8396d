"""What a line of log, an event and a request have in common: the id of the request or event that began it all."""

from contextvars import ContextVar

# Set while a request or an event is handled, copied into every event that results and shown in every line of log.
correlation_id: ContextVar[str | None] = ContextVar("correlation_id", default=None)
