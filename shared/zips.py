"""ZIP files that others made: workbooks, documents, referentials, dumps."""

import lzma
import struct
import zipfile
import zlib
from typing import Final

DAMAGED: Final = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    OSError,
    EOFError,
    ValueError,  # a name that is not in the encoding that it says
    OverflowError,
    LookupError,
    # An unknown packing or version, a member that calls itself encrypted.
    RuntimeError,
)
"""What ``zipfile`` raises when a file is not what it says: it has no error of its own for half of it."""
