"""Cursor pagination: stable while rows come and go, because a cursor names a position and not a page number."""

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar

import orjson
from fastapi import Depends, Query
from pydantic import BaseModel, Field

from shared.errors import FieldError, Refused

T = TypeVar("T")

DEFAULT_LIMIT = 20
MAX_LIMIT = 200


class Page(BaseModel, Generic[T]):
    """One page. ``next_cursor`` is absent on the last."""

    items: list[T]
    next_cursor: str | None = Field(default=None, description="Pass as `cursor` to read on")


class Cursor(BaseModel):
    """What the caller asked: how many, and after which position (the sort values of the last row seen)."""

    limit: int
    after: list[Any] | None = None

    def page(self, rows: Sequence[T], position: Callable[[T], Sequence[Any]]) -> Page[T]:
        """Cut ``rows``, of which the query fetched ``limit + 1``, into a page."""
        kept = list(rows[: self.limit])
        more = len(rows) > self.limit
        return Page(items=kept, next_cursor=encode_cursor(position(kept[-1])) if more and kept else None)


def encode_cursor(position: Sequence[Any]) -> str:
    """Opaque to the caller."""
    return base64.urlsafe_b64encode(orjson.dumps(list(position), default=str)).rstrip(b"=").decode()


def decode_cursor(cursor: str) -> list[Any]:
    """The position.

    Raises:
        Refused: it is not a cursor that we gave.
    """
    try:
        position = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if isinstance(position, list):
            return position
    except (ValueError, binascii.Error):
        pass
    raise Refused(
        "The cursor is not one that this service gave.",
        errors=[FieldError("query.cursor", "cursor", "Pass next_cursor as you received it.")],
    )


def _page_query(
    cursor: Annotated[str | None, Query(max_length=500, description="`next_cursor` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="Rows on a page")] = DEFAULT_LIMIT,
) -> Cursor:
    return Cursor(limit=limit, after=None if cursor is None else decode_cursor(cursor))


PageQuery = Annotated[Cursor, Depends(_page_query)]
