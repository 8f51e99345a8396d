"""PDF: only a document of few pages that runs nothing, holds no other file, and calls nothing from elsewhere."""

import io
import logging
import zipfile
from collections.abc import Iterator
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject, StreamObject

from services.profiles.cv.uploads.kinds import MAX_PAGES, MAX_PIXELS, MAX_TEXT
from shared.bounded_child import Declined

_ACTIONS = frozenset(
    {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/Rendition", "/Movie", "/Sound", "/GoTo3DView"}
)
"""Values of /S that do something; a link that somebody has to press (/URI, /GoTo) does not."""
_ELSEWHERE = frozenset({"/GoToR", "/GoToE", "/Thread"})
_KEYS = {
    "/JS": "active-content",
    "/JavaScript": "active-content",
    "/AA": "active-content",
    "/XFA": "active-content",
    "/RichMediaContent": "active-content",
    "/EmbeddedFiles": "embedded-file",
    "/EF": "embedded-file",
}
_SUBTYPES = {
    "/RichMedia": "active-content", "/3D": "active-content", "/Movie": "active-content", "/Screen": "active-content",
    "/Sound": "active-content", "/FileAttachment": "embedded-file", "/PS": "active-content",
}  # fmt: skip
_MOST_OBJECTS = 20_000
_MOST_VALUES = 400_000
_TAIL = 64


def read(content: bytes) -> tuple[int, str]:
    """How many pages, and the words.

    Raises:
        Declined: by the rule.
    """
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it writes what it finds odd
    end = content.rfind(b"%%EOF")
    if end < 0:
        raise Declined("damaged")
    if len(content[end + 5 :].strip(b"\x00\r\n\t ")) > _TAIL or zipfile.is_zipfile(io.BytesIO(content)):
        raise Declined("polyglot")
    try:
        reader = PdfReader(io.BytesIO(content), strict=False)
        if reader.is_encrypted or "/Encrypt" in reader.trailer:
            raise Declined("encrypted")
        _check_all(reader)
        pages = _pages(reader)
        return len(pages), _words(pages)
    except Declined:
        raise
    except RecursionError:
        raise Declined("too-complex") from None
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError, OSError):
        # What is damaged ends in any of these in the library.
        raise Declined("damaged") from None


def _pages(reader: PdfReader) -> list[Any]:
    pages: list[Any] = []
    for page in reader.pages:
        if len(pages) == MAX_PAGES:
            raise Declined("too-many-pages")
        pages.append(page)
    if not pages:
        raise Declined("damaged")
    return pages


def _words(pages: list[Any]) -> str:
    found, length = [], 0
    for page in pages:
        words = page.extract_text()
        found.append(words)
        length += len(words)
        if length > MAX_TEXT:
            break
    return "\n".join(found)


def _check_all(reader: PdfReader) -> None:
    """Every object of the file, also those that nothing leads to: another reader may find them."""
    pages: Any = reader.root_object["/Pages"].get_object()
    if int(pages.get("/Count", 0)) > MAX_PAGES:
        raise Declined("too-many-pages")
    numbers = {(number, generation) for generation, table in reader.xref.items() for number in table}
    numbers |= {(number, 0) for number in reader.xref_objStm}
    if len(numbers) > _MOST_OBJECTS:
        raise Declined("too-complex")
    left = _MOST_VALUES
    for number, generation in sorted(numbers):
        try:
            found = reader.get_object(IndirectObject(number, generation, reader))
        except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError):
            continue  # an entry that leads nowhere
        for one in _dictionaries(found):
            left -= 1 + len(one)
            if left < 0:
                raise Declined("too-complex")
            _check(one)
    for one in _dictionaries(reader.trailer):
        _check(one)


def _dictionaries(value: Any) -> Iterator[DictionaryObject]:
    """The dictionaries of an object without those that it refers to."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, DictionaryObject):
            yield one
            waiting += [inner for inner in one.values() if isinstance(inner, (DictionaryObject, ArrayObject))]
        elif isinstance(one, ArrayObject):
            waiting += [inner for inner in one if isinstance(inner, (DictionaryObject, ArrayObject))]


def _check(one: DictionaryObject) -> None:
    for key, rule in _KEYS.items():
        if key in one:
            raise Declined(rule)
    kind, subtype, does = (_name(one, key) for key in ("/Type", "/Subtype", "/S"))
    if does in _ACTIONS and kind in (None, "/Action"):
        raise Declined("active-content")
    if does in _ELSEWHERE and kind in (None, "/Action"):
        raise Declined("external-reference")
    if subtype in _SUBTYPES:
        raise Declined(_SUBTYPES[subtype])
    if kind == "/EmbeddedFile":
        raise Declined("embedded-file")
    # A stream whose data are in another file, and a form that is.
    if isinstance(one, StreamObject) and ("/F" in one or (subtype == "/Form" and "/Ref" in one)):
        raise Declined("external-reference")
    if subtype == "/Image":
        width, height = (int(one.get(side, 0)) for side in ("/Width", "/Height"))
        if width * height > MAX_PIXELS:
            raise Declined("image-too-large")


def _name(one: DictionaryObject, key: str) -> str | None:
    value = one.get(key)
    return str(value) if isinstance(value, NameObject) else None
