"""Logs: one JSON object a line, with correlation, and never a name, phone number, e-mail or free text."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import orjson
import structlog
from structlog.contextvars import bind_contextvars, bound_contextvars, clear_contextvars

__all__ = ["bind_contextvars", "bound_contextvars", "clear_contextvars", "configure_logs", "get_logger"]

# A key that could carry a person or free text is dropped whatever the caller meant: privacy is not a habit, it is a filter.
_FORBIDDEN = frozenset(
    {
        "name", "first_name", "last_name", "display_name", "email", "phone", "address", "body", "payload", "data",
        "message_text", "text", "title", "description", "note", "token", "authorization", "url_query",
    }
)  # fmt: skip


def _drop_personal(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key in _FORBIDDEN & event.keys():
        event[key] = "[dropped]"
    return event


def _render(_: Any, __: str, event: MutableMapping[str, Any]) -> str:
    return orjson.dumps(event, default=str).decode()


def configure_logs(service: str, level: str = "INFO") -> None:
    """Send structlog and the libraries' loggers to standard output as JSON lines."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _drop_personal,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.dict_tracebacks, _render],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level)),
        logger_factory=structlog.PrintLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.dict_tracebacks,
            _render,
        ],
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("uvicorn.error").setLevel(logging.INFO)
    for noisy in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(noisy).handlers[:] = []
        logging.getLogger(noisy).propagate = True
    structlog.contextvars.bind_contextvars(service=service)


def get_logger(**initial: Any) -> Any:
    """A logger; bind ids (``event_id``, ``aggregate_id``), never personal data."""
    return structlog.get_logger(**initial)
