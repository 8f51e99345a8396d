"""Logs: one JSON object a line, with correlation, and never a name, phone number, e-mail, free text, setting or token.

Privacy is not a habit here but a filter: whatever the caller or a library means to say passes it, at every level. An
exception is told by its type and the places in our code that it went through; its message and its frames' variables hold
bodies, settings and tokens, and are never read.
"""

import logging
import os
import re
import sys
import threading
import time
import warnings
from collections.abc import Mapping, MutableMapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any, Final, TextIO
from uuid import UUID

import orjson
import structlog
from pymongo.errors import PyMongoError
from structlog.contextvars import bind_contextvars, bound_contextvars, clear_contextvars

from shared import metrics
from shared.correlation import correlation_id
from shared.errors import DomainError

__all__ = ["bind_contextvars", "bound_contextvars", "clear_contextvars", "configure_logs", "get_logger"]

# Keys that could carry a person, free text or a secret, at any depth.
_FORBIDDEN = frozenset(
    {
        "name", "first_name", "last_name", "display_name", "email", "phone", "address", "body", "payload", "data", "content",
        "message", "message_text", "text", "title", "description", "note", "letter", "comment", "input", "value", "values",
        "query", "url_query", "recipient", "cookie", "headers", "settings", "locals",
    }
)  # fmt: skip
_SECRET = ("password", "secret", "token", "authorization", "credential", "api_key", "mongodb_url", "jwt")
DROPPED: Final = "[dropped]"

# What gives itself away in any text: addresses, tokens, credentials of an URL, numbers to call.
_TELLING = re.compile(
    r"""\S+@\S+
      | \beyJ[\w-]{5,}[\w.-]*
      | (?i:\bbearer\s+\S+)
      | \b[a-z][a-z0-9+]*://[^/\s]*:[^/\s]*@
      | (?<![\w-])\+?\d(?:[\s.-]?\d){9,13}(?![\w-])
    """,
    re.VERBOSE,
)
_LONGEST = 300
_DEEPEST = 4
_MOST = 50
_FRAMES = 5
_ROOT = Path(__file__).resolve().parents[1]
_OURS = tuple(f"{_ROOT / package}{os.sep}" for package in ("shared", "services", "deploy"))

# A library that reconnects says the same line hundreds of times a second; after so many in a minute it is counted instead.
_SAME_LINES = 2
_WINDOW_SECONDS = 60.0


def _guarded(value: Any, depth: int = 0) -> Any:
    """What may be shown of a value: plain ones as they are, texts without what tells on people, objects by type."""
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, Enum):
        return _guarded(value.value, depth)
    if isinstance(value, str):
        return _shortened(value)
    if isinstance(value, (datetime, date, timedelta, Decimal, UUID)):
        return str(value)
    if depth >= _DEEPEST:
        return DROPPED
    if isinstance(value, Mapping):
        return {str(key): _member(str(key), one, depth + 1) for key, one in list(value.items())[:_MOST]}
    if isinstance(value, (Sequence, set, frozenset)) and not isinstance(value, (bytes, bytearray, memoryview)):
        return [_guarded(one, depth + 1) for one in list(value)[:_MOST]]
    return f"[{type(value).__name__}]"


def _shortened(text: str) -> str:
    """The beginning of a text. An address or a number across its end is looked at whole: half of one tells on people too."""
    ahead = text[: 2 * _LONGEST]
    across = (one.end() for one in _TELLING.finditer(ahead) if one.start() < _LONGEST < one.end())
    return _TELLING.sub(DROPPED, ahead[: next(across, _LONGEST)])


def _member(key: str, value: Any, depth: int) -> Any:
    return DROPPED if _is_telling(key) else _guarded(value, depth)


@lru_cache(maxsize=500)  # the same dozen keys on every line
def _is_telling(key: str) -> bool:
    low = key.lower()
    return low in _FORBIDDEN or any(one in low for one in _SECRET)


def _guard(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {key: value if key == "exception" else _member(key, value, 0) for key, value in event.items()}


def _tell_exception(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """``exc_info`` becomes ``exception``, and is counted."""
    given = event.pop("exc_info", None)
    # What structlog or a library has rendered already could hold anything.
    for rendered in ("exc_text", "stack", "stack_info"):
        event.pop(rendered, None)
    if given is True:
        given = sys.exc_info()
    error = given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        event["exception"] = told(error)
        where = str(event.get("logger") or event.get("event"))[:60]
        metrics.ERRORS_LOGGED.labels(where, type(error).__name__).inc()
    return event


def told(error: BaseException) -> dict[str, Any]:
    """An exception in a few hundred bytes: types, and the innermost places of our own code. No message, no variable."""
    shown: dict[str, Any] = {"type": type(error).__name__, "at": _places(error.__traceback__)}
    code = _code(error)
    if code is not None:
        shown["code"] = code
    causes: list[str] = []
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    while cause is not None and len(causes) < 3:
        causes.append(type(cause).__name__)
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    if causes:
        shown["after"] = causes
    if isinstance(error, BaseExceptionGroup):
        shown["group"] = [type(one).__name__ for one in error.exceptions[:3]]
    return shown


def _code(error: BaseException) -> str | int | None:
    """What a program, not a person, has put into the exception."""
    if isinstance(error, DomainError):
        return error.code
    if isinstance(error, OSError):
        return error.errno
    if isinstance(error, PyMongoError):
        code = getattr(error, "code", None)
        return code if isinstance(code, int) else None
    return None


def _places(traceback: TracebackType | None) -> list[str]:
    ours: list[str] = []
    last = ""
    while traceback is not None:
        file = traceback.tb_frame.f_code.co_filename
        last = f"{'/'.join(Path(file).parts[-2:])}:{traceback.tb_lineno}"
        if file.startswith(_OURS):
            ours.append(f"{file.removeprefix(f'{_ROOT}{os.sep}')}:{traceback.tb_lineno}")
            last = ours[-1]
        traceback = traceback.tb_next
    places = ours[-_FRAMES:]
    return places if not last or last in places else [*places, last]


def _correlate(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    known = correlation_id.get()
    if known is not None and event.get("request_id") != known:
        event.setdefault("correlation_id", known)
    return event


def _render(_: Any, __: str, event: MutableMapping[str, Any]) -> str:
    return orjson.dumps(
        event, default=lambda value: f"[{type(value).__name__}]", option=orjson.OPT_NON_STR_KEYS
    ).decode()


def _first_line(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    # asyncio puts the repr of the exception, and so what it says, into the lines that follow.
    event["event"] = str(event["event"]).split("\n", 1)[0]
    return event


class _Lines:
    """structlog's way to standard output, whatever that is when a line is written."""

    def msg(self, line: str) -> None:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()

    debug = info = warning = error = critical = exception = msg


class _Handler(logging.Handler):
    """The libraries' way there."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            line = self.format(record)
        except Exception:  # whose arguments do not fit its words: it is the library's fault, and stops none of its work
            get_logger().warning("unwritable_line", logger=record.name)
        else:
            _Lines().msg(line)


class _Calm(logging.Filter):
    """Lets a library say the same thing a few times a minute, and then how often it was left out."""

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[tuple[str, str], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if len(self._said) > 1_000:
            self._said.clear()
        key = (record.name, str(record.msg)[:_LONGEST])
        now = time.monotonic()
        began, times = self._said.get(key, (now, 0))
        if now - began >= _WINDOW_SECONDS:
            if times > _SAME_LINES:
                record.left_out = times - _SAME_LINES
            began, times = now, 0
        self._said[key] = (began, times + 1)
        return times < _SAME_LINES


def configure_logs(service: str, level: str = "INFO") -> None:
    """Send structlog, the libraries' loggers, warnings and what nobody catches to standard output as JSON lines."""
    _own["service"] = service
    shared = _guard_structlog(level)
    _guard_interpreter()
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(allow=("left_out",)),
            *shared,
            _first_line,
        ],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_GUARDED],
    )
    handler = _Handler()
    handler.setFormatter(formatter)
    handler.addFilter(_Calm())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    # Libraries log bodies, keys and addresses below this level: it is fixed, whatever ours is.
    root.setLevel(logging.WARNING)
    # A line that cannot be written would print its arguments.
    logging.raiseExceptions = False
    logging.getLogger("uvicorn.error").setLevel(logging.INFO)
    for noisy in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(noisy).handlers[:] = []
        logging.getLogger(noisy).propagate = True


_GUARDED: Final[list[Any]] = [_tell_exception, _guard, _render]


# Whose process this is: read at each line, because loggers are kept from their first one on.
_own: dict[str, str] = {}


def _named(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    event.update(_own)
    return event


def _guard_structlog(level: str) -> list[Any]:
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        _named,
        _correlate,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, *_GUARDED],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level)),
        logger_factory=lambda *_: _Lines(),
        cache_logger_on_first_use=True,
    )
    return shared


# structlog's own defaults print variables: no process has them, whether it says its name later or not.
_guard_structlog("INFO")


def _guard_interpreter() -> None:
    """Python prints what nobody catches and what it warns of with its words, which may hold a document: told like all else."""
    sys.excepthook = _uncaught
    threading.excepthook = lambda given: _uncaught(given.exc_type, given.exc_value, given.exc_traceback)
    sys.unraisablehook = lambda given: _uncaught(given.exc_type, given.exc_value, given.exc_traceback)
    warnings.showwarning = _warned


def _uncaught(kind: type[BaseException], error: BaseException | None, traceback: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error if error is not None else kind(), traceback)
    elif not issubclass(kind, SystemExit):
        get_logger().critical("uncaught", exc_info=error if error is not None else kind())


def _warned(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """The hook's own parameters; of them its kind and its place in the code are told."""
    get_logger().warning("warned", category=category.__name__, at=f"{'/'.join(Path(filename).parts[-2:])}:{lineno}")


def get_logger(**initial: Any) -> Any:
    """A logger; bind ids (``event_id``, ``aggregate_id``), never personal data."""
    return structlog.get_logger(**initial)
