"""What nobody may write anywhere, whatever the service and the field: social security numbers.

Every route of every service refuses them (``shared.http.routes``), so that a new one cannot forget it. A route that answers for
each row of a feed by itself says so (``openapi_extra=ROW_BY_ROW``) and asks ``numbers_in`` for each.
"""

from collections.abc import Iterator
from typing import Any, Final

import orjson
from fastapi import Request

from shared.errors import FieldError, Refused
from shared.nir import LEAST_DIGITS, names_nir

ROW_BY_ROW: Final[dict[str, Any]] = {"x-personal-numbers": "row-by-row"}

_DIGITS = bytes(range(ord("0"), ord("9") + 1))
_MOST_ERRORS = 20
_MESSAGE = "Un numéro de sécurité sociale (NIR) n'est pas conservé ici : retirez-le."


class PersonalNumber(Refused):
    """A social security number was written in; ``errors`` name the fields."""

    code = "personal-number"


async def refuse_nir(request: Request) -> None:
    """All texts of a JSON body are looked at, whatever their field; other bodies are looked at by who reads them.

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
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return  # the parser of the route says so
    if errors := numbers_in(document):
        raise PersonalNumber(_MESSAGE, errors=errors)


def numbers_in(document: Any) -> list[FieldError]:
    """The fields of a document, in any depth, that hold one; the first twenty."""
    errors: list[FieldError] = []
    for path, text in _texts(document):
        if names_nir(text):
            errors.append(number_error(path))
            if len(errors) == _MOST_ERRORS:
                break
    return errors


def number_error(field: str) -> FieldError:
    """The refusal of one field."""
    return FieldError(field, "personal-number", _MESSAGE)


def _texts(document: Any) -> Iterator[tuple[str, str]]:
    """Every text with its path (``lots.0.title``), in any depth."""
    waiting: list[tuple[str, Any]] = [("", document)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, str):
            yield path or "(body)", value
        elif isinstance(value, dict):
            waiting += [(f"{path}.{name}" if path else name, inner) for name, inner in value.items()]
        elif isinstance(value, list):
            waiting += [(f"{path}.{index}" if path else str(index), inner) for index, inner in enumerate(value)]
