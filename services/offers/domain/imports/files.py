"""From the bytes of a feed to its rows: one at a time, so that a file's size and oddness cost no more than its bytes.

A feed is a JSON list, ``{"resultats": [...]}``, one object, or JSON lines; gzipped or not; in UTF-8 (with or without a
byte order mark), UTF-16, UTF-32 or, row by row, Windows-1252. The boundaries of rows are found by a scan that builds no
values; each row is parsed when it is its turn.
"""

import gzip
import io
import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

import orjson

from shared.written import in_french

MAX_ROW_BYTES = 256_000
"""Of one row: a hundred times the usual one. A longer one is refused by itself."""

_TOKENS = 1_000_000
_BYTES_A_TOKEN = 16
"""Feeds have a bracket or comma in 25 to 50 bytes; a file made of them alone is refused before it costs seconds."""

_GZIP = b"\x1f\x8b"
_PACKINGS = 2
"""A file that is packed, and a transfer that packs once more."""

_MARK = b"\xef\xbb\xbf"
_BLANK = b" \t\r\n"
_WRITTEN = re.compile(rb"[^ \t\r\n]")
# Strings as a whole, so that brackets and commas in texts do not count; an unfinished one reaches to the end.
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*+(?:"|\Z)|[\[\]{},]', re.DOTALL)
_HOLDER = re.compile(
    rb'"(?:resultats|results|offres|offers|data|items|rows|records|jobs|annonces|emplois|postes|liste|list)"\s*:\s*\Z',
    re.IGNORECASE,
)
"""What answers call the list of their offers; France Travail's is ``resultats``, before or behind its filters."""
_DEEPEST_HOLDER = 2
_LONGEST_HOLDER = 40
_CONTROLS = re.compile(rb"[\x00-\x1f]")


class UnreadableFile(Exception):
    """A file of which nothing can be used."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule = rule
        self.message = message


class _Unreadable:
    """What stands for a row that is no JSON."""


UNREADABLE = _Unreadable()


@dataclass(frozen=True)
class Rows:
    """The rows of a file as slices of its bytes. ``flaws``: why the file may not be all that its sender meant."""

    content: bytes
    spans: list[tuple[int, int]]
    flaws: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.spans)

    def parsed(self, start: int, stop: int) -> list[tuple[int, object]]:
        """(number from 1, value) of rows ``start`` to ``stop``; ``UNREADABLE`` for what is no JSON or too long."""
        spans = enumerate(self.spans[start:stop], start + 1)
        return [(number, parsed_row(self.content[left:right])) for number, (left, right) in spans]


def parsed_row(raw: bytes) -> object:
    """One value; ``UNREADABLE`` when it is none."""
    if len(raw) > MAX_ROW_BYTES:
        return UNREADABLE
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        pass  # for its letters perhaps
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        # Old exports write Windows' Latin-1; the letters are right then, and valid UTF-8 never comes here.
        text = raw.decode("cp1252", errors="replace")
    try:
        # Line ends and tabs that stand in texts as they are: many programs write them so.
        return json.loads(text, strict=False, parse_constant=_refused) if _CONTROLS.search(raw) else orjson.loads(text)
    except (ValueError, RecursionError):
        return UNREADABLE


def _refused(constant: str) -> None:
    """NaN and Infinity are no JSON, whoever writes them."""
    raise ValueError(constant)


def unpacked(content: bytes, max_bytes: int) -> bytes:
    """The file itself, where it came in gzip.

    Raises:
        UnreadableFile: damaged or endless gzip.
    """
    for _ in range(_PACKINGS):
        if content[:2] == _GZIP:
            content = _unpacked(content, max_bytes)
    return content


def read_file(content: bytes, max_bytes: int, max_rows: int) -> Rows:
    """The rows of a file.

    Raises:
        UnreadableFile: damaged or endless gzip, neither JSON nor JSON lines, no rows or too many.
    """
    content = _utf8(unpacked(content, max_bytes))
    start = len(content) - len(content.lstrip(_BLANK))
    rows = Rows(content, [])
    if content[start : start + 1] == b"[":
        end = _list(rows, start, max_rows)
        while (found := _WRITTEN.search(content, end)) is not None and found[0] == b"[":
            # Files that were put together of several.
            end = _list(rows, found.start(), max_rows)
        if content[end:].strip(_BLANK):
            rows.flaws.append("quelque chose suit la liste")
    elif content[start : start + 1] == b"{" and _document(rows, start, max_rows):
        pass
    else:
        _lines(rows, max_rows)
    if not rows.spans:
        raise UnreadableFile("rows", "Aucune ligne n'a été trouvée : envoyez une liste d'offres.")
    return rows


def _unpacked(content: bytes, limit: int) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as packed:
            plain = packed.read(limit + 1)
    except (OSError, EOFError, zlib.error):
        raise UnreadableFile("gzip", "Ce fichier gzip est abîmé ou incomplet.") from None
    if len(plain) > limit:
        raise UnreadableFile(
            "too_large", f"Une fois décompressé, ce fichier est trop volumineux : {in_french(limit)} octets au plus."
        )
    return plain


def _utf8(content: bytes) -> bytes:
    """The same text in UTF-8 without its marks; bytes that are in no Unicode encoding stay as they are.

    Files that were put together of several have a mark before each; within a text it is nothing that anybody sees.
    """
    content = content.removeprefix(_MARK)
    encoding = json.detect_encoding(content[:4])
    if encoding in ("utf-8", "utf-8-sig"):
        return content.replace(_MARK, b"")
    try:
        return content.decode(encoding).encode("utf-8").replace(_MARK, b"")
    except UnicodeError:
        raise UnreadableFile(
            "encoding", f"Ce fichier commence comme de l'{encoding.upper()} et n'en est pas."
        ) from None


def _add(rows: Rows, left: int, right: int, max_rows: int) -> None:
    if len(rows.spans) >= max_rows:
        raise UnreadableFile("too_many_rows", f"{in_french(max_rows)} lignes au plus.")
    rows.spans.append((left, right))


def _tokens(content: bytes, start: int) -> Iterator[re.Match[bytes]]:
    most = _TOKENS + len(content) // _BYTES_A_TOKEN
    for seen, token in enumerate(_TOKEN.finditer(content, start)):
        if seen > most:
            raise UnreadableFile(
                "too_many_values",
                "Ce fichier a plus de crochets et de virgules qu'une liste d'offres ne peut en avoir.",
            )
        yield token


def _list(rows: Rows, start: int, max_rows: int) -> int:
    """Add the elements of the list that opens at ``start``; returns where it ends."""
    content = rows.content
    depth, left = 0, start + 1
    for token in _tokens(content, start):
        kind = token[0]
        if kind in (b"[", b"{"):
            depth += 1
        elif kind in (b"]", b"}"):
            depth -= 1
            if depth == 0:
                if content[left : token.start()].strip(_BLANK):
                    _add(rows, left, token.start(), max_rows)
                if kind == b"}":
                    rows.flaws.append("la liste est fermée par une accolade")
                return token.end()
            if depth == 1 and (after := _WRITTEN.search(content, token.end())) is not None and after[0] == b"{":
                # The comma between two rows was forgotten.
                _add(rows, left, token.end(), max_rows)
                left = token.end()
        elif kind == b"," and depth == 1:
            _add(rows, left, token.start(), max_rows)
            left = token.end()
    if content[left:].strip(_BLANK):
        _add(rows, left, len(content), max_rows)
    rows.flaws.append("la liste n'a pas de fin")
    return len(content)


def _end_of(content: bytes, start: int) -> int:
    """Where the value that opens at ``start`` ends; -1 when it does not."""
    depth = 0
    for token in _tokens(content, start):
        if token[0] in (b"[", b"{"):
            depth += 1
        elif token[0] in (b"]", b"}"):
            depth -= 1
            if depth == 0:
                return token.end()
    return -1


def _document(rows: Rows, start: int, max_rows: int) -> bool:
    """One object: an answer with the list of its offers, or a single row. False for anything else."""
    content = rows.content
    end = _end_of(content, start)
    if end >= 0 and content[end:].strip(_BLANK):
        return False
    held = _held(content, start)
    # Without an end, the list must be the answer's own, and not one that a row behind a broken line happens to hold.
    if end < 0 and (held is None or content[start + 1 : held].count(b"{")):
        return False
    if held is None:
        _add(rows, start, end, max_rows)
        return True
    after = _list(rows, held, max_rows)
    if end < 0 or not content[after:].rstrip(_BLANK).endswith(b"}"):
        rows.flaws.append("la réponse autour de la liste n'a pas de fin")
    return True


def _held(content: bytes, start: int) -> int | None:
    """Where the list of an answer opens: below a name that such lists have, not within another list."""
    depth = lists = 0
    for token in _tokens(content, start):
        kind = token[0]
        if kind == b"{":
            depth += 1
        elif kind == b"}":
            depth -= 1
        elif kind == b"[":
            before = content[max(start, token.start() - _LONGEST_HOLDER) : token.start()]
            if not lists and depth <= _DEEPEST_HOLDER and _HOLDER.search(before):
                return token.start()
            lists += 1
        elif kind == b"]":
            lists -= 1
    return None


def _objects(rows: Rows, start: int, max_rows: int) -> bool:
    """Objects one after the other, each on as many lines as it likes. False where there is anything else."""
    content, spans = rows.content, len(rows.spans)
    while (found := _WRITTEN.search(content, start)) is not None:
        end = _end_of(content, found.start()) if found[0] == b"{" else -1
        if end < 0:
            del rows.spans[spans:]
            return False
        _add(rows, found.start(), end, max_rows)
        start = end
    return len(rows.spans) > spans


def _lines(rows: Rows, max_rows: int) -> None:
    """JSON lines; a line that does not parse is a row that is refused by itself."""
    content, end, readable = rows.content, 0, False
    # From one written line to the next: sixty million empty ones were a minute of processor.
    while found := _WRITTEN.search(content, end):
        left = found.start()
        end = content.find(b"\n", left)
        end = len(content) if end < 0 else end
        _add(rows, left, end, max_rows)
        readable = readable or isinstance(parsed_row(content[left:end]), dict)
    if rows.spans and not readable:
        rows.spans.clear()
        if _objects(rows, 0, max_rows):
            return
        raise UnreadableFile("json", "Neither JSON nor JSON lines.")
