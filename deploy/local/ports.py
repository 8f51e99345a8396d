"""Ports that a stack has chosen but does not listen on yet: two stacks that start together do not choose the same."""

import contextlib
import fcntl
import os
import tempfile
from pathlib import Path

from deploy.local.process import free_port, port_is_free


class PortClaims:
    """Claims of one process on ports of this machine; they end with :meth:`release` or with the process."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or Path(tempfile.gettempdir()) / f"bassin-ports-{os.getuid()}"
        self._descriptors: list[int] = []

    def choose(self, preferred: int) -> int:
        """The preferred port, when nothing listens on it and no other stack has claimed it, else one that is free."""
        port = preferred
        while not (port_is_free(port) and self._claim(port)):
            port = free_port()
        return port

    def _claim(self, port: int) -> bool:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self._folder / str(port), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            return False
        self._descriptors.append(descriptor)
        return True

    def release(self) -> None:
        """Give all of them back. The files stay: removing one would let two processes lock two files of one name."""
        for descriptor in self._descriptors:
            with contextlib.suppress(OSError):
                os.close(descriptor)
        self._descriptors.clear()
