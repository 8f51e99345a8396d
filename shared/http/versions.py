"""ETag, If-Match and If-None-Match: no update is lost because two people had the same form open, no copy is sent twice."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, TypeAlias

from fastapi import Depends, Header, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from shared.errors import DomainError, VersionConflict

# Versions count changes: nine digits are more than any aggregate sees. ``\d`` alone would take digits of other scripts.
_VERSION = re.compile(r"[0-9]{1,9}")
# An entity-tag (RFC 9110 8.8.3). A version without its quotes is taken as well: lists of proposals tell it as a number.
_TAG = re.compile(r'(W/)?"([!#-~\x80-\xff]*)"|([0-9]{1,9})')
_LIST = re.compile(rf"[ \t,]*(?:(?:{_TAG.pattern})[ \t]*(?:,[ \t,]*|$))*")

Expected: TypeAlias = frozenset[int] | None
"""The versions that a change may be based on; None for ``*`` (whatever it is now)."""


class PreconditionRequired(DomainError):
    """A change must say which version it is based on."""

    status = 428
    code = "if-match-required"

    def __init__(self) -> None:
        super().__init__('Dites quelle version vous modifiez, par l\'ETag qui a été lu. Par exemple : If-Match: "3".')


ETAG_HEADER: Mapping[str, Any] = {
    "ETag": {
        "description": "Version of what is answered, for the If-Match of a change",
        "schema": {"type": "string", "examples": ['"3"']},
    }
}


def telling_version(status: int = 200) -> dict[int | str, dict[str, Any]]:
    """``responses`` of a route that calls ``set_etag``, so that the document says it."""
    return {status: {"headers": ETAG_HEADER}}


class _OfWhatIsShown:
    """Marks a view's ``version`` as that of the thing itself; a configuration's number is none."""


VERSIONED = _OfWhatIsShown()
Version = Annotated[int, VERSIONED, Field(description="Of what is shown: its ETag, for the If-Match of a change")]
"""The version of an aggregate in a view of it: every answer that is such a view has it as its ETag (``plans``)."""


@cache
def is_versioned(view: type[BaseModel]) -> bool:
    """Whether the view says the version of what it shows."""
    field = view.model_fields.get("version")
    return field is not None and VERSIONED in field.metadata


def version_of(answered: Any) -> int | None:
    """The version that an answer shows; None for one that shows none, or not to this caller."""
    if not isinstance(answered, BaseModel) or not is_versioned(type(answered)):
        return None
    shown: int | None = answered.version  # type: ignore[attr-defined]
    return shown


def etag_of(version: int) -> str:
    """The strong entity-tag of a version."""
    return f'"{version}"'


def set_etag(response: Response, version: int) -> None:
    """Tell the version of what was answered, where the answer itself does not say it."""
    response.headers["ETag"] = etag_of(version)


def versioned(body: bytes, version: int) -> Response:
    """An answer whose JSON is there already, with the version that it shows."""
    return Response(body, media_type="application/json", headers={"ETag": etag_of(version)})


def _tags(request: Request, header: str) -> list[tuple[bool, str]] | None:
    """Whether each tag of a field is weak, and what it says, over all lines of the field; None where it is no list of tags."""
    text = ",".join(request.headers.getlist(header))
    if not _LIST.fullmatch(text):
        return None
    return [(bool(one[1]), one[2] or one[3] or "") for one in _TAG.finditer(text)]


async def _if_match(
    request: Request,
    if_match: Annotated[
        str | None, Header(description='The ETag that the change is based on, e.g. `"3"`, several of them, or `*`')
    ] = None,
) -> Expected:
    if if_match is None:
        raise PreconditionRequired
    if if_match.strip() in ("*", '"*"'):
        return None
    tags = _tags(request, "if-match")
    if not tags:
        raise VersionConflict("L'en-tête If-Match n'est pas un ETag de ce service, par exemple \"3\".")
    # Strong comparison (RFC 9110 13.1.1): a weak tag fits nothing. Who has no other is told so, not that somebody was faster.
    if all(weak for weak, _ in tags):
        raise VersionConflict("L'en-tête If-Match demande l'ETag tel qu'il a été lu, sans «W/» devant.")
    return frozenset(int(text) for weak, text in tags if not weak and _VERSION.fullmatch(text))


IfMatch = Annotated[Expected, Depends(_if_match)]
"""The versions that the caller names, one of which must be the present one."""


class Copies:
    """What a caller has already: the tags of its If-None-Match."""

    def __init__(self, tags: list[tuple[bool, str]], *, any_at_all: bool) -> None:
        self._known = {text for _, text in tags}
        self._any = any_at_all

    def hold(self, etag: str) -> bool:
        """Whether the copy of this tag is among them: answer 304. Weak comparison (RFC 9110 13.1.2)."""
        return self._any or etag.removeprefix("W/").strip('"') in self._known


async def _if_none_match(
    request: Request,
    if_none_match: Annotated[
        str | None, Header(description="ETag of the copy that the caller has, several of them, or `*`")
    ] = None,
) -> Copies:
    # What cannot be read names no copy: the answer is sent, which is never wrong.
    return Copies(_tags(request, "if-none-match") or [], any_at_all=(if_none_match or "").strip() == "*")


IfNoneMatch = Annotated[Copies, Depends(_if_none_match)]
"""For a read that answers 304 to whoever has what it would send."""


def check_version(expected: Expected, actual: int) -> None:
    """Refuse a change that is based on another version.

    Raises:
        VersionConflict: 412 with the present version, and the one that was named if it was one.
    """
    if expected is None or actual in expected:
        return
    named: dict[str, Any] = {"expected_version": next(iter(expected))} if len(expected) == 1 else {}
    raise VersionConflict(
        "Quelqu'un d'autre a modifié cela entre-temps : relisez, puis recommencez.",
        **named,
        current_version=actual,
    )
