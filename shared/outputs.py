"""Text that others wrote, in formats that programs of others read: spreadsheets, feeds, pages.

Also what was stored before a rule refused it must not break a file: a title with a control character made a whole feed
unreadable.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

import orjson

from shared.normal_forms import normal
from shared.visible import without_hidden

_FORMULA = frozenset("=+-@")
"""A cell that begins so is a formula for a spreadsheet; a quote in front makes it text again."""
_BREAKS = ("\t", "\r", "\n")
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no way to write, not even as a reference (its production Char)."""


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """UTF-8 with a byte order mark (French spreadsheets guess the encoding otherwise), separated by semicolons; a decimal comma,
    and «oui» and «non»: with points, a column of numbers opens as texts, or as days.
    """
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([_cell(value) for value in row])
    return out.getvalue()


def _cell(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, float | Decimal):
        return f"{value}".replace(".", ",")
    if not isinstance(value, str):
        return value
    text = without_hidden(value)
    return f"'{text}" if _marked(text) or value.startswith(_BREAKS) else text


def _marked(text: str) -> bool:
    """Whether a quote goes in front: of a formula, and of what would otherwise look like one that has its quote already."""
    # Spreadsheets pass over what stands before, and read the wide forms of Asian keyboards like the plain ones.
    first = normal("NFKC", text.lstrip("'").lstrip()[:1])
    return first[:1] in _FORMULA


def without_mark(text: str) -> str:
    """What a cell said before ``csv_text`` put its quote in front; a quote of the text's own stays."""
    return text[1:] if text.startswith("'") and _marked(text[1:]) else text


def with_mark(text: str) -> str:
    """The text whose ``without_mark`` it is: itself, unless its own first quote would be taken for ours."""
    return text if without_mark(text) == text else f"'{text}"


def xml_text(value: str) -> str:
    """Text between XML tags."""
    return escape(_NO_XML.sub("", value))


def script_json(value: Any) -> bytes:
    """JSON that may stand inside a ``<script>`` of any page: no title closes it."""
    written = orjson.dumps(value)
    for plain in (b"<", b">", b"&", "\u2028".encode(), "\u2029".encode()):
        written = written.replace(plain, f"\\u{ord(plain.decode()):04x}".encode())
    return written
