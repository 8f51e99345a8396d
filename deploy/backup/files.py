"""Files of a backup: readable by their owner alone, written whole or not at all."""

import os
import tempfile
from pathlib import Path
from typing import IO


class Unusable(Exception):
    """A dump, a list or a target cannot be used; the message is a sentence for the operator."""


def private(path: Path) -> IO[bytes]:
    """A new file beside ``path``, called otherwise (``name``) until it is whole. What lies there already, left over or put there
    by somebody else, open to others or leading elsewhere, is not written to, nor is what another run is writing.
    """
    return tempfile.NamedTemporaryFile(dir=path.parent, prefix=f"{path.name}.", suffix=".part", delete=False)


def nameless(folder: Path) -> IO[bytes]:
    """A file in a folder that nobody else can open; it is gone with its process, however that ends."""
    return tempfile.TemporaryFile(dir=folder)


def settle(file: IO[bytes]) -> None:
    """Close a file that is on the disk from now on."""
    file.flush()
    os.fsync(file.fileno())
    file.close()
