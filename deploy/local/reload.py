"""Starts a service of the running stack anew when its code changes (``make dev SERVICE=offers``)."""

import threading
from collections.abc import Callable
from pathlib import Path

from watchfiles import PythonFilter, watch

from deploy.local.process import LocalStackError
from deploy.local.runner import LocalStack
from deploy.local.services import ROOT


class _Sources(PythonFilter):
    """Code, and what a service reads beside it: templates and reference data."""

    def __init__(self) -> None:
        super().__init__(extra_extensions=(".j2", ".json", ".csv", ".gz"))


def reload_on_change(stack: LocalStack, name: str, stop: threading.Event, say: Callable[[str], None]) -> None:
    """Until ``stop``: whenever a file of the service or of ``shared`` is saved, start the service anew.

    A service that does not start any more (a mistake just typed) is said so, and tried again at the next change.
    """
    watched = (ROOT / "services" / name, ROOT / "shared")
    for changes in watch(*watched, watch_filter=_Sources(), stop_event=stop, raise_interrupt=False):
        files = sorted({str(Path(path).relative_to(ROOT)) for _, path in changes})
        say(f"{', '.join(files[:3])}{' …' if len(files) > 3 else ''} changed: {name} starts anew.")
        try:
            stack.kill(name)
            stack.wait_ready(name)
        except LocalStackError as error:
            say(str(error).splitlines()[0])
