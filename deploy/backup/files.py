"""Files of a backup: readable by their owner alone, written whole or not at all."""

import os
import tempfile
from pathlib import Path
from typing import IO


class Unusable(Exception):
    """A dump, a list or a target cannot be used; the message is a sentence for the operator."""


def private(path: Path) -> IO[bytes]:
    """A new file. What lies at its place already, left over or put there by somebody else, open to others or leading
    elsewhere, is not written to.
    """
    path.unlink(missing_ok=True)
    return os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb")


def nameless(folder: Path) -> IO[bytes]:
    """A file in a folder that nobody else can open; it is gone with its process, however that ends."""
    return tempfile.TemporaryFile(dir=folder)


def settle(file: IO[bytes]) -> None:
    """Close a file that is on the disk from now on."""
    file.flush()
    os.fsync(file.fileno())
    file.close()
