"""Bodies: bounded before anything is made of them, so that nonsense costs no more than sense of the same size."""

from typing import Any, Final

import orjson
from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect

from shared.errors import FieldError, Refused
from shared.http.refused import HttpRefusal
from shared.written import in_french

MAX_KEYS: Final = 200
MAX_ITEMS: Final = 1_000
MAX_VALUES: Final = 10_000
MAX_DEPTH: Final = 20
MAX_TEXT: Final = 60_000
"""The richest body that a form makes has some hundred values; a whole feed goes to the import, which counts by rows."""

_TOO_MANY: Final = f"Ce contenu a trop de valeurs : {in_french(MAX_VALUES)} au plus."
_TOO_LONG: Final = f"Ce texte est trop long : {in_french(MAX_TEXT)} caractères au plus."
_TOO_DEEP: Final = f"Ce contenu est imbriqué trop profondément : {MAX_DEPTH} niveaux au plus."


class BodyRefused(HttpRefusal):
    """A body of a shape that no form has."""

    def __init__(self, field: str, rule: str, message: str) -> None:
        super().__init__(422, message)
        self.errors = [FieldError(field, rule, message)]


def bounded_json(raw: bytes) -> Any:
    """The parsed body.

    Raises:
        json.JSONDecodeError: it is not JSON (NaN, Infinity and halves of characters are not).
        BodyRefused: more keys, items, values, depth or a longer text than any form has.
    """
    # Before it is parsed: each list and object of a million costs the memory manager more than the whole of a good body.
    if raw.count(b"[") + raw.count(b"{") > 2 * MAX_VALUES or raw.count(b",") > 10 * MAX_VALUES:
        raise BodyRefused("(body)", "too-many", _TOO_MANY)
    document = orjson.loads(raw)
    if isinstance(document, str) and len(document) > MAX_TEXT:
        raise BodyRefused("(body)", "too-long", _TOO_LONG)
    left = MAX_VALUES
    waiting: list[tuple[Any, str, int]] = [(document, "", 1)]
    while waiting:
        value, path, depth = waiting.pop()
        if isinstance(value, dict):
            children: Any = value.items()
            most, what = MAX_KEYS, "champs"
        elif isinstance(value, list):
            children = enumerate(value)
            most, what = MAX_ITEMS, "éléments"
        else:
            continue
        left -= len(value)
        if len(value) > most:
            raise BodyRefused(path or "(body)", "too-many", f"Il y a trop de {what} ici : {in_french(most)} au plus.")
        if left < 0:
            raise BodyRefused("(body)", "too-many", _TOO_MANY)
        if depth > MAX_DEPTH:
            raise BodyRefused(path[:200], "too-deep", _TOO_DEEP)
        for key, child in children:
            # Of these very classes, as the parser makes them.
            kind = type(child)
            if kind is str:
                if len(child) > MAX_TEXT:
                    raise BodyRefused(_within(path, key), "too-long", _TOO_LONG)
            elif kind is dict or kind is list:
                waiting.append((child, _within(path, key), depth + 1))
    return document


def _within(path: str, key: object) -> str:
    return f"{path}.{str(key)[:80]}" if path else str(key)[:80]


class BoundedRequest(Request):
    """A request whose JSON is bounded."""

    async def body(self) -> bytes:
        """All of it. The framework's way there leads each piece through a generator, of which nearly all have one."""
        if hasattr(self, "_body"):
            return self._body
        if self._stream_consumed:
            return await super().body()
        pieces: list[bytes] = []
        while not self._stream_consumed:
            message = await self.receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            pieces.append(message.get("body", b""))
            self._stream_consumed = not message.get("more_body", False)
        self._body = b"".join(pieces)
        return self._body

    async def json(self) -> Any:
        if not hasattr(self, "_json"):
            self._json = bounded_json(await self.body())
        return self._json


class _InMemory(MultiPartParser):
    """Keeps files in memory: the body limit has bounded them, and a container with a read-only root has no /tmp."""

    spool_max_size = 2**31


async def uploaded_file(request: Request, field: str) -> bytes:
    """The content of the one file of a form.

    Raises:
        Refused: there is none, or the form cannot be read.
    """
    return (await named_file(request, field))[1]


async def named_file(request: Request, field: str) -> tuple[str, bytes]:
    """The name that the caller gives the one file of a form, and its content.

    Raises:
        Refused: there is none, or the form cannot be read.
    """
    parser = _InMemory(request.headers, request.stream(), max_files=1, max_fields=20)
    try:
        form = await parser.parse()
    except (MultiPartException, KeyError, ValueError):
        raise _no_file(field, "Ce formulaire ne se lit pas : un seul fichier, et peu de champs.") from None
    try:
        file = form.get(field)
        if not isinstance(file, UploadFile):
            raise _no_file(field, f"Envoyez le fichier dans le champ «{field}» d'un formulaire (multipart/form-data).")
        return file.filename or "", await file.read()
    finally:
        await form.close()


def _no_file(field: str, message: str) -> Refused:
    return Refused("Le fichier manque.", errors=[FieldError(field, "required", message)])
