"""Cursor pagination: stable while rows come and go, because a cursor names a position and not a page number.

A cursor is sealed (AES-SIV) for the list that gave it: its path, sort and filters. One that was forged, or that belongs to
another query, is refused, so positions reach the database as this service wrote them. Nobody reads one: positions are names of
people on lists, and ids of whom their reader is not shown, and addresses are kept by browsers and proxies. It gives no rights:
with somebody else's a caller reads their own rows from there on.
"""

import base64
import hmac
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from fastapi import Depends, Query, Request
from pydantic import BaseModel, Field, PrivateAttr

from shared.errors import FieldError, Refused
from shared.settings import Settings

T = TypeVar("T")

DEFAULT_LIMIT = 20
MAX_LIMIT = 200
# A position holds a sort key of some hundred characters, four bytes each at most.
_LONGEST = 2_000
_TAG_BYTES = 16
# What does not change which rows follow on which.
_FREE = frozenset({"cursor", "limit", "facets"})
# The same list as /v1/offers, /v1/offers.geojson, /v1/offers.rss.
_FACE = re.compile(r"\.[a-z]+$")


class Page(BaseModel, Generic[T]):
    """One page. ``next_cursor`` is absent on the last."""

    items: list[T]
    next_cursor: str | None = Field(default=None, description="Pass as `cursor` to read on, with the same query")


class Seal:
    """What binds a cursor to its query; the key comes from the settings, so that every replica has the same."""

    def __init__(self, key: bytes, query: bytes) -> None:
        self._key = key
        self._query = query

    def close(self, position: Sequence[Any]) -> str:
        """The cursor of a position: text, numbers, booleans or null. The same one for the same position."""
        return _text(self._cipher().encrypt(orjson.dumps(list(position)), [self._query]))

    def open(self, cursor: str) -> tuple[Any, ...]:
        """The position.

        Raises:
            Refused: it is not a cursor that we gave for this query.
        """
        sealed = cursor.encode(errors="replace")
        try:
            # Of the release before, while its processes or the pages that it answered are about.
            written = self._signed(sealed) if b"." in sealed else self._cipher().decrypt(_bytes(sealed), [self._query])
            return tuple(orjson.loads(written))
        except (ValueError, InvalidTag):
            raise foreign_cursor() from None

    def _cipher(self) -> AESSIV:
        return AESSIV(hmac.digest(self._key, b"hidden", "sha512"))

    def _signed(self, cursor: bytes) -> bytes:
        payload, _, tag = cursor.rpartition(b".")
        digest = hmac.digest(self._key, self._query + b"\x00" + payload, "sha256")[:_TAG_BYTES]
        if not hmac.compare_digest(_text(digest).encode(), tag):
            raise ValueError("another query's, or nobody's")
        return _bytes(payload)


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _bytes(text: bytes) -> bytes:
    return base64.b64decode(text + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)


def foreign_cursor() -> Refused:
    """The refusal of what is no cursor of this list."""
    return Refused(
        "Cette suite de liste n'est pas de cette recherche : reprenez depuis la première page.",
        errors=[
            FieldError("query.cursor", "cursor", "Demandez la suite telle qu'elle a été reçue, avec la même recherche.")
        ],
    )


class Cursor(BaseModel):
    """What the caller asked: how many, and after which position (the sort values of the last row seen)."""

    limit: int
    after: tuple[Any, ...] | None = None

    _seal: Seal = PrivateAttr()

    def page(self, rows: Sequence[T], position: Callable[[T], Sequence[Any]]) -> Page[T]:
        """Cut ``rows``, of which the query fetched ``limit + 1``, into a page."""
        kept = list(rows[: self.limit])
        more = len(rows) > self.limit
        return Page(items=kept, next_cursor=self.at(position(kept[-1])) if more and kept else None)

    def at(self, position: Sequence[Any]) -> str:
        """The cursor of a position in this list."""
        return self._seal.close(position)

    def texts(self, length: int) -> list[str]:
        """The position of a list that is sorted by texts (ids, names).

        Raises:
            Refused: the position is another one; a release that sorted otherwise gave the cursor.
        """
        after = self.after or ()
        if len(after) != length or not all(isinstance(part, str) for part in after):
            raise foreign_cursor()
        return list(after)

    def moment(self) -> tuple[datetime, str]:
        """The position of a list that is sorted by an instant (as ``isoformat`` writes it) and by ids.

        Raises:
            Refused: as ``texts``.
        """
        instant, id = self.texts(2)
        try:
            return datetime.fromisoformat(instant), id
        except ValueError:
            raise foreign_cursor() from None


def cursor_key(settings: Settings) -> bytes:
    """BASSIN_CURSOR_SECRET, else a key made of the database's address: replicas share it, and strangers do not know it."""
    secret = settings.cursor_secret or f"cursors of {settings.database_prefix} at {settings.mongodb_url}"
    return hmac.digest(secret.encode(), b"bassin cursors", "sha256")


def _query_of(request: Request) -> bytes:
    asked = sorted(pair for pair in request.query_params.multi_items() if pair[0] not in _FREE)
    return orjson.dumps([_FACE.sub("", request.scope["path"]), asked])


async def page_query(
    request: Request,
    cursor: Annotated[
        str | None, Query(max_length=_LONGEST, description="`next_cursor` of the page before, with the same query")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="Rows on a page")] = DEFAULT_LIMIT,
) -> Cursor:
    """The page that the caller asks for."""
    seal = Seal(request.app.state.cursor_key, _query_of(request))
    asked = Cursor(limit=limit, after=None if cursor is None else seal.open(cursor))
    asked._seal = seal
    return asked


PageQuery = Annotated[Cursor, Depends(page_query)]
