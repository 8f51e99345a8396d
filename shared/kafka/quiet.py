"""The libraries' loggers repeat one line for each try of each connection: a restart of Kafka once cost 137,201 lines.

The same line is let through now and then, with the number of those that were held back.
"""

import logging
import time

EVERY_SECONDS = 30.0
MOST_LINES = 1_000
NOISY = ("aiokafka", "faststream", "asyncio")


class Seldom(logging.Filter):
    """Lets the same message of the same logger through once in ``every`` seconds."""

    def __init__(self, every: float = EVERY_SECONDS) -> None:
        super().__init__()
        self._every = every
        self._seen: dict[tuple[str, str], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is told; one that is says how many were held back since the last."""
        line = (record.name, str(record.msg))
        last, held = self._seen.get(line, (-self._every, 0))
        now = time.monotonic()
        if len(self._seen) > MOST_LINES:
            self._seen.clear()
        if now - last < self._every:
            self._seen[line] = (last, held + 1)
            return False
        self._seen[line] = (now, 0)
        if held:
            record.msg = f"{record.msg} ({held} more since)"
        return True


_SELDOM = Seldom()


def speak_seldom() -> None:
    """Put the filter on every logger of the noisy libraries; safe to call again."""
    for name in (*NOISY, *list(logging.root.manager.loggerDict)):
        if name.split(".", 1)[0] in NOISY:
            logging.getLogger(name).addFilter(_SELDOM)
