"""What nobody may write anywhere, whatever the service and the field: social security numbers.

Every route of every service refuses them (``shared.http.routes``), so that a new one cannot forget it. A route that answers for
each row of a feed by itself says so (``openapi_extra=ROW_BY_ROW``) and asks ``numbers_in`` for each.
"""

import asyncio
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from fastapi import Request

from shared.errors import FieldError, Refused
from shared.http.bodies import BodyRefused
from shared.nir import LEAST_DIGITS, PERSONAL_NUMBER, UNKEPT, names_nir, number_error

ROW_BY_ROW: Final[dict[str, Any]] = {"x-personal-numbers": "row-by-row"}

_DIGITS = bytes(range(ord("0"), ord("9") + 1))
_MOST_ERRORS = 20
_AT_ONCE_BYTES = 20_000
_MOST_OF_A_NAME = 80


class PersonalNumber(Refused):
    """A social security number was written in; ``errors`` name the fields."""

    code = PERSONAL_NUMBER


async def refuse_nir(request: Request) -> None:
    """All texts of a JSON body are looked at, whatever their field; other bodies are looked at by who reads them.

    The request bounds its JSON (``shared.http.bodies``), and what it refuses is refused by the route.

    Raises:
        PersonalNumber: naming each field that holds one.
    """
    body = await request.body()
    # Nearly no body has that many figures, and those in other scripts are told by their length in UTF-8.
    if body.isascii() and len(body) - len(body.translate(None, _DIGITS)) < LEAST_DIGITS:
        return
    if body.lstrip()[:1] not in (b"{", b"[", b'"'):
        return
    try:
        document = await request.json()
    except (ValueError, BodyRefused):
        return
    if len(body) <= _AT_ONCE_BYTES:
        errors = numbers_in(document)
    else:
        # The longest body takes about a second: others are served between its texts.
        errors = await asyncio.to_thread(numbers_in, document)
    if errors:
        raise PersonalNumber(UNKEPT, errors=errors)


def numbers_in(document: Any) -> list[FieldError]:
    """The fields of a document, in any depth, that hold one; the first twenty."""
    errors: list[FieldError] = []
    if not _any_number(document):
        return errors
    for place, text in _texts(document):
        if names_nir(text):
            errors.append(number_error(str(place or "(body)")))
            if len(errors) == _MOST_ERRORS:
                break
    return errors


def _any_number(document: Any) -> bool:
    """Whether any text has one: nearly none has, and where it stands need not be known then."""
    waiting = [document]
    while waiting:
        value = waiting.pop()
        kind = type(value)
        if kind is str:
            if names_nir(value):
                return True
        elif kind is dict:
            waiting.extend(value.values())
        elif kind is list:
            waiting.extend(value)
        elif isinstance(value, (str, dict, list)):
            return True
    return False


class _Place(NamedTuple):
    """Where a value stands; written out only when there is something to say of it."""

    name: str | int
    within: "_Place | None"

    def __str__(self) -> str:
        names: list[str] = []
        place: _Place | None = self
        while place is not None:
            names.append(str(place.name)[:_MOST_OF_A_NAME])
            place = place.within
        return ".".join(reversed(names))


def _texts(document: Any) -> Iterator[tuple[_Place | None, str]]:
    """Every text with its place (``lots.0.title``), in any depth, in the order of the document."""
    waiting: list[tuple[_Place | None, Any]] = [(None, document)]
    while waiting:
        place, value = waiting.pop()
        if isinstance(value, str):
            yield place, value
        elif isinstance(value, dict):
            waiting += [(_Place(name, place), inner) for name, inner in reversed(value.items())]
        elif isinstance(value, list):
            waiting += [(_Place(index, place), value[index]) for index in reversed(range(len(value)))]
