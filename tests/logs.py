"""Logs as a process of a service writes them, for as long as a test looks at them."""

import logging
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog

from shared.logs import configure_logs


def keep_no_logger() -> None:
    """From now on a logger is asked for its settings at each line, whoever configures them. A process has one set of them and
    keeps each logger from its first line on; where tests share one, a module whose logger was used under an operator's command,
    which says warnings only, would go on as it was then, and a test of what is logged would see nothing of it.
    """
    configure = structlog.configure

    def configured(**settings: Any) -> None:
        configure(**{**settings, "cache_logger_on_first_use": False})

    structlog.configure = configured
    structlog.configure(**structlog.get_config())


@contextmanager
def logs_of(service: str, level: str) -> Iterator[None]:
    """Lines of JSON on standard output; afterwards all is as it was."""
    root, was = logging.getLogger(), structlog.get_config()
    handlers, threshold = root.handlers[:], root.level
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook, warnings.showwarning
    configure_logs(service, level)
    try:
        yield
    finally:
        structlog.contextvars.clear_contextvars()
        structlog.configure(**was)
        root.handlers[:] = handlers
        root.setLevel(threshold)
        sys.excepthook, threading.excepthook, sys.unraisablehook, warnings.showwarning = hooks
