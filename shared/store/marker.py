"""The Idempotency-Key of the request being served, on its way to the commit."""

from contextvars import ContextVar
from dataclasses import dataclass, field


@dataclass
class RequestMarker:
    """The Idempotency-Key of the request being served: the first commit marks it together with its effects.

    ``attempt`` is the fence: a request that was taken for dead and repeated cannot commit any more. ``accompanied``: people for
    whom the caller was let act because they accompany them, which may end. ``shown``: what the answer shows to whom may not
    read it for ever.
    """

    id: str
    attempt: str
    written: bool = False
    accompanied: set[str] = field(default_factory=set)
    shown: set[str] = field(default_factory=set)


# Set by the HTTP layer for one request; read at commit, so that no command has to pass it along.
request_marker: ContextVar[RequestMarker | None] = ContextVar("request_marker", default=None)
