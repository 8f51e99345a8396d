"""What nobody may write anywhere, whatever the field: social security numbers."""

from collections.abc import Iterator
from typing import Any

import orjson
from fastapi import Request

from shared.errors import FieldError, Refused
from shared.http.callers import Caller
from shared.nir import LEAST_DIGITS, names_nir

_DIGITS = bytes(range(ord("0"), ord("9") + 1))
_MOST_ERRORS = 20
_MESSAGE = "Un numéro de sécurité sociale (NIR) n'est pas conservé ici : retirez-le."


class PersonalNumber(Refused):
    """A social security number was written in; ``errors`` name the fields."""

    code = "personal-number"


async def refuse_nir(request: Request, _: Caller) -> None:
    """Dependency of routers that take words about people. All texts of the body are looked at, whatever their field.

    Raises:
        PersonalNumber: naming each field that holds one.
    """
    body = await request.body()
    # Nearly no body has that many figures, and those in other scripts are told by their length in UTF-8.
    if body.isascii() and len(body) - len(body.translate(None, _DIGITS)) < LEAST_DIGITS:
        return
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return  # the parser of the route says so
    errors = []
    for path, text in _texts(document):
        if names_nir(text):
            errors.append(FieldError(path, "personal-number", _MESSAGE))
            if len(errors) == _MOST_ERRORS:
                break
    if errors:
        raise PersonalNumber(_MESSAGE, errors=errors)


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
