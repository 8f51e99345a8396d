"""The Idempotency-Key of the request being served, on its way to the commit."""

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass
class RequestMarker:
    """The Idempotency-Key of the request being served: the first commit marks it together with its effects.

    ``attempt`` is the fence: a request that was taken for dead and repeated cannot commit any more.
    """

    id: str
    attempt: str
    written: bool = False


# Set by the HTTP layer for one request; read at commit, so that no command has to pass it along.
request_marker: ContextVar[RequestMarker | None] = ContextVar("request_marker", default=None)
