"""The child's side (``shared.bounded``): the bytes of a file in, its kind and its words out, or the rule that refuses it."""

import json

from services.profiles.cv.uploads import packages, pdf
from services.profiles.cv.uploads.kinds import MAX_TEXT, Kind
from shared.bounded_child import Declined

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""Word's old format, and the envelope of a protected DOCX."""


def work(given: bytes) -> bytes:
    """JSON: ``kind``, ``pages`` (of a PDF), ``text``.

    Raises:
        Declined: a rule of ``kinds.RULES``.
    """
    pages: int | None = None
    if given.startswith(b"%PDF-"):
        kind = Kind.PDF
        pages, text = pdf.read(given)
    elif given.startswith(b"PK\x03\x04"):
        kind, text = packages.read(given)
    else:
        raise Declined("old-or-protected" if given.startswith(_OLE) else "kind")
    return json.dumps({"kind": kind, "pages": pages, "text": text[:MAX_TEXT]}).encode()
