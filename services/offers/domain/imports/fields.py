"""Fields of a partner's row by their type: an odd one refuses its row, by name, before anything is made of it."""

import html
import math
import re
from collections.abc import Iterator
from typing import Any

from services.offers.domain.imports.rows import Row, RowRefused, refuse
from shared.errors import FieldError
from shared.tables.cell import mended_letters
from shared.visible import clean_line, clean_prose

MAX_DEPTH = 12
MAX_VALUES = 3_000
"""Of one row, all levels together: the richest real one has some 200."""


# Tags by name, so that «< 2 ans» and «<à définir>» stay: those that parted lines, and those that only dressed words.
_BREAKS = re.compile(
    r"(?:<(?:br\s*/?|/?(?:p|div|ul|ol|dl|dt|dd|hr|tr|table|section|article|header|footer|main|blockquote|pre|figure|center|html|body|h[1-6])(?:\s[^<>]{0,500})?|/li)>\s*)+",
    re.IGNORECASE,
)
_ITEMS = re.compile(r"<li(?:\s[^<>]{0,500})?>\s*", re.IGNORECASE)
_DRESS = re.compile(
    r"</?(?:b|i|u|s|em|strong|strike|del|ins|mark|sup|sub|big|small|code|label|abbr|span|font|a|img|iframe|button|o:p|td|th|tbody|thead)(?:\s[^<>]{0,500})?>",
    re.IGNORECASE,
)


_UNSEEN = (
    (re.compile(r"<script\b", re.IGNORECASE), "</script>"),
    (re.compile(r"<style\b", re.IGNORECASE), "</style>"),
    (re.compile(r"<!--"), "-->"),
)
"""What no reader of the page sees, from here to there."""


def _without_unseen(text: str) -> str:
    for opening, closing in _UNSEEN:
        lowered, kept, at = text.lower(), [], 0
        for found in opening.finditer(text):
            if found.start() < at:
                continue
            end = lowered.find(closing, found.end()) if len(lowered) == len(text) else -1
            if end < 0:
                break
            kept.append(text[at : found.start()])
            at = end + len(closing)
        text = " ".join([*kept, text[at:]])
    return text


def _without_tags(text: str) -> str:
    """As a reader of the page would see it: feeds of job boards send HTML, sometimes escaped once more."""
    plain = html.unescape(text)
    if "<" not in plain:
        return plain
    plain = _without_unseen(plain)
    bare = _DRESS.sub("", _ITEMS.sub("- ", _BREAKS.sub("\n", plain)))
    return bare if bare == plain else html.unescape(bare)


def check_bounded(row: Row) -> None:
    """Refuse a row that is nested too deep or holds too many values, before it costs anything.

    Raises:
        RowRefused: it does.
    """
    seen = 0
    level: list[Any] = [row]
    for _ in range(MAX_DEPTH):
        below: list[Any] = []
        for value in level:
            inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
            seen += len(inner)
            if seen > MAX_VALUES:
                raise refuse("row", "too_many_values", f"Une ligne a {MAX_VALUES} valeurs au plus.")
            below.extend(one for one in inner if isinstance(one, (dict, list)))
        if not below:
            return
        level = below
    raise refuse("row", "too_deep", f"Une ligne a {MAX_DEPTH} niveaux au plus.")


class Fields:
    """The fields of one object. Absent and null are the same; another type than asked for refuses the row."""

    def __init__(self, values: dict[str, Any], path: str = "") -> None:
        self._values = values
        self._path = path

    def __contains__(self, name: str) -> bool:
        return self._values.get(name) not in (None, "", [], {})

    def line(self, name: str) -> str:
        """One line, HTML written out as text, nothing hidden; empty when absent."""
        return clean_line(_without_tags(self._text(name)))

    def prose(self, name: str) -> str:
        """Several lines, HTML written out as text, nothing hidden; empty when absent."""
        return clean_prose(_without_tags(self._text(name)))

    def _text(self, name: str) -> str:
        value = self._values.get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise self._odd(name, "un texte")
        return mended_letters(value)

    def code(self, name: str) -> str:
        """A text or whole number that names something; 23000.0 is one."""
        value = self._values.get(name)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        return self.line(name)

    def number(self, name: str) -> float | None:
        """A finite number, also written as text; None when absent or when the text is no number."""
        value = self._values.get(name)
        if value is None or value == "":
            return None
        if isinstance(value, bool) or not isinstance(value, (int, float, str)):
            raise self._odd(name, "un nombre")
        try:
            number = float(value.strip().replace(",", ".")) if isinstance(value, str) else float(value)
        except (ValueError, OverflowError):
            return None
        return number if math.isfinite(number) else None

    def flag(self, name: str) -> bool:
        """True, also written as text or 1."""
        value = self._values.get(name)
        if value is None or isinstance(value, bool):
            return bool(value)
        if isinstance(value, str) or value in (0, 1):
            return str(value).strip().lower() in ("true", "1", "oui")
        raise self._odd(name, "vrai ou faux")

    def part(self, name: str) -> "Fields":
        """An object; an empty one when absent. Programs that know one kind of list write an empty object as ``[]``."""
        value = self._values.get(name)
        if value is None or value == []:
            return Fields({}, f"{self._path}{name}.")
        if not isinstance(value, dict):
            raise self._odd(name, "un objet")
        return Fields(value, f"{self._path}{name}.")

    def parts(self, name: str) -> Iterator["Fields"]:
        """The objects of a list."""
        for at, value in enumerate(self._list(name)):
            if not isinstance(value, dict):
                raise self._odd(f"{name}.{at}", "un objet")
            yield Fields(value, f"{self._path}{name}.{at}.")

    def texts(self, name: str) -> list[str]:
        """The texts of a list."""
        return [Fields({"": value}, f"{self._path}{name}.{at}").prose("") for at, value in enumerate(self._list(name))]

    def _list(self, name: str) -> list[Any]:
        value = self._values.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self._odd(name, "une liste")
        return value

    def _odd(self, name: str, wanted: str) -> RowRefused:
        return RowRefused([FieldError(f"{self._path}{name}"[:100], "type", f"Ce champ est {wanted}.")])
