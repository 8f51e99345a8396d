"""Waiting for a condition of another process, whose clock no test holds."""

import time
from collections.abc import Callable
from pathlib import Path


def until(condition: Callable[[], bool], what: str, seconds: float = 20.0) -> None:
    """Look until ``condition`` holds; fail with ``what`` after ``seconds``."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds:.0f} s: {what}")
        time.sleep(0.02)


def alive(pid: int) -> bool:
    """Whether the process runs (one that ended but was not yet reaped does not)."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"
