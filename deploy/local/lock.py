"""One stack per folder: a lock that ends with its process, however that ends."""

import fcntl
import os
from pathlib import Path
from typing import Self

from deploy.local.process import LocalStackError, Obstructed


class FolderInUse(LocalStackError):
    """Another stack runs on the folder."""


class FolderLock:
    """Exclusive use of a folder between :meth:`acquire` and :meth:`release`, or the end of the process."""

    def __init__(self, folder: Path, what: str) -> None:
        self._path = folder / ".lock"
        self._folder = folder
        self._what = what
        self._descriptor: int | None = None

    def acquire(self) -> Self:
        """Take the lock.

        Raises:
            FolderInUse: another process holds it; the message names the folder and that process.
            Obstructed: the folder cannot be written.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise Obstructed(
                f"The {self._what} {self._folder} cannot be used ({error.strerror}): mend that, or name another folder."
            ) from None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.read(descriptor, 20).decode(errors="replace").strip()
            os.close(descriptor)
            raise FolderInUse(
                f"The {self._what} {self._folder} is in use by a stack that is running (pid {holder or 'unknown'}). "
                "Stop that one first, or name another folder."
            ) from None
        os.ftruncate(descriptor, 0)
        os.write(descriptor, str(os.getpid()).encode())
        self._descriptor = descriptor
        return self

    def release(self) -> None:
        """Give it back. The file stays: removing it would let two processes lock two files of one name."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
