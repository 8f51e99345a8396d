"""From the bytes of a publication to its rows, one at a time: the DECP's JSON in its forms, JSON lines, CSV.

A row that cannot be read is a row that says why; the others are read. Nothing holds more than one row as objects.
"""

import io
import json
import re
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from services.clauses.procurement.fields import FieldRefused
from shared.reference.text import unaccented
from shared.tables import UnreadableSheet, decoded
from shared.tables.records import MAX_LINES, is_blank, record_at

MAX_BYTES = 8_000_000
MAX_ROWS = 20_000
MAX_PARTS = 600_000
"""Lists and objects of a JSON file together; a contract has some thirty. Each costs the memory manager more than its text."""
_MAX_COLUMNS = 300
_MAX_FIELD = 100_000
"""Characters of one field."""
_LISTS = frozenset(
    (
        "marches",
        "marche",
        "contrat-concession",
        "contrats-concession",
        "concessions",
        "structures",
        "data",
        "results",
        "records",
    )
)
_SPACE = re.compile(r"[\s,]*")
_MOST_NESTED = 4


@dataclass(frozen=True)
class Row:
    """A row, as a mapping of its fields; or why it cannot be one. ``number`` counts from 1: records of JSON, lines of CSV."""

    number: int
    values: dict[str, Any] | None
    refused: FieldRefused | None = None


class UnreadableFile(Exception):
    """A file of which nothing can be used; ``rule`` is stable, the message French."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule = rule
        self.message = message


def rows_of(content: bytes, needs: Sequence[str] = ("id",)) -> Iterator[Row]:
    """The rows of a file, at most ``MAX_ROWS``. ``needs``: columns of a table of which one must be there, in small letters and
    figures, as they are then named.

    Raises:
        UnreadableFile: empty, another format, too many rows; for JSON also when what was read last does not end.
    """
    if not content.strip(b" \t\r\n\xef\xbb\xbf\x00"):
        raise UnreadableFile("empty", "Ce fichier est vide.")
    if content[:4] in (b"PK\x03\x04", b"%PDF", b"\xd0\xcf\x11\xe0") or content[:2] == b"\x1f\x8b":
        raise UnreadableFile("format", "Envoyez du JSON ou du CSV, ni classeur, ni PDF, ni archive.")
    try:
        text = decoded(content)
    except UnreadableSheet as unreadable:
        raise UnreadableFile(unreadable.rule, unreadable.message) from None
    rows = _json(text) if text.lstrip()[:1] in ("{", "[") else _csv(text, needs)
    count = 0
    for row in rows:
        count += 1
        if count > MAX_ROWS:
            raise UnreadableFile("too-many-rows", f"{MAX_ROWS} lignes au plus : partagez le fichier.")
        yield row
    if not count:
        raise UnreadableFile("no-rows", "Aucune ligne dans ce fichier.")


def _whole(written: str) -> Any:
    return int(written) if len(written) < 30 else written


def _fraction(written: str) -> Any:
    return Decimal(written) if len(written) < 60 else written


# NaN and Infinity are no JSON, and programs write them for what is missing.
_DECODER = json.JSONDecoder(parse_int=_whole, parse_float=_fraction, parse_constant=lambda _: None)


def _json(text: str) -> Iterator[Row]:
    if text.count("{") + text.count("[") > MAX_PARTS:
        raise UnreadableFile("too-many-parts", "Ce fichier contient trop d'éléments : partagez-le.")
    numbers = iter(range(1, MAX_ROWS + 2))
    at = _past(text, 0)
    while at < len(text):
        try:
            end = yield from _document(text, at, numbers, 0)
        except UnreadableFile:
            end = text.find("\n", at) + 1
            if text[at] != "{" or not end or text[_past(text, end) : _past(text, end) + 1] != "{":
                raise
            # JSON lines: a broken one is refused by itself.
            yield Row(next(numbers), None, FieldRefused("row", "json", "Cette ligne n'est pas du JSON."))
        at = _past(text, end)


def _document(text: str, at: int, numbers: Iterator[int], depth: int) -> Generator[Row, None, int]:
    """Rows of a list, of an object that wraps lists, or of the one object that begins here; returns where it ends."""
    if text[at] == "[":
        return (yield from _list(text, at, numbers))
    if text[at] != "{" or depth > _MOST_NESTED:
        raise _broken(text, at)
    own: dict[str, Any] = {}
    wraps = False
    at = _past(text, at + 1)
    while at < len(text) and text[at] != "}":
        name, at = _value(text, at)
        at = _past(text, at)
        if not isinstance(name, str) or text[at : at + 1] != ":":
            raise _broken(text, at)
        at = _past(text, at + 1)
        if name.lower() in _LISTS and text[at : at + 1] in ("[", "{"):
            wraps = True
            at = yield from _document(text, at, numbers, depth + 1)
        else:
            value, at = _value(text, at)
            if len(own) < _MAX_COLUMNS:
                own[name] = value
        at = _past(text, at)
    if at >= len(text):
        raise _broken(text, at)
    if own and not wraps:
        yield _row(next(numbers), own)
    return at + 1


def _list(text: str, at: int, numbers: Iterator[int]) -> Generator[Row, None, int]:
    at = _past(text, at + 1)
    while at < len(text) and text[at] != "]":
        value, at = _value(text, at)
        yield _row(next(numbers, MAX_ROWS + 1), value)
        at = _past(text, at)
    if at >= len(text):
        raise _broken(text, at)
    return at + 1


def _value(text: str, at: int) -> tuple[Any, int]:
    try:
        return _DECODER.raw_decode(text, at)
    except (ValueError, RecursionError):
        raise _broken(text, at) from None


def _past(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return at if found is None else found.end()


def _row(number: int, value: Any) -> Row:
    if not isinstance(value, dict):
        return Row(number, None, FieldRefused("row", "object", "Une ligne est un objet JSON."))
    return Row(number, value)


def _broken(text: str, at: int) -> UnreadableFile:
    line = text.count("\n", 0, at) + 1
    return UnreadableFile("json", f"Ce JSON ne se lit pas à partir de la ligne {line} : rien n'a été repris.")


def _csv(text: str, needs: Sequence[str]) -> Iterator[Row]:
    if text.count("\n") + text.count("\r") > 2 * MAX_LINES:
        raise UnreadableFile("too-many-rows", f"{MAX_ROWS} lignes au plus : partagez le fichier.")
    lines = list(io.StringIO(text, newline=""))
    first = next((index for index, line in enumerate(lines) if line.strip()), 0)
    if lines[first].lower().startswith("sep="):
        first += 1
    separator = max(";\t,|", key=lines[first].count) if first < len(lines) else ","
    header: list[str] | None = None
    at = first
    while at < len(lines):
        if is_blank(lines[at], separator):
            at += 1
            continue
        values, used = record_at(lines, at, separator, guessing=True)
        number, at = at + 1, at + used
        if values is None or any(len(value) > _MAX_FIELD for value in values):
            message = "Cette ligne ne se lit pas : un guillemet ne se ferme pas, ou un champ est démesuré."
            yield Row(number, None, FieldRefused("row", "damaged", message))
        elif header is None:
            header = _header(values, needs)
        elif any(value.strip() for value in values):
            named = zip(header, values[:_MAX_COLUMNS], strict=False)
            yield Row(number, {name: value for name, value in named if name})


def name_of(title: Any) -> str:
    """A column's or field's title as it is looked for: small letters without accents, and figures."""
    return re.sub(r"[^a-z0-9]", "", unaccented(str(title)[:200]))[:60]


def _header(values: list[str], needs: Sequence[str]) -> list[str]:
    names = [name_of(value) for value in values[:_MAX_COLUMNS]]
    if not any(name in names for name in needs):
        message = f"La colonne «{needs[0]}» n'a pas été trouvée sur la première ligne."
        raise UnreadableFile("no-header", message)
    return names
