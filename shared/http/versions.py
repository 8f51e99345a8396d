"""ETag and If-Match: no update is lost because two people had the same form open."""

import re
from typing import Annotated

from fastapi import Depends, Header
from starlette.responses import Response

from shared.errors import DomainError, VersionConflict

# Versions count changes: nine digits are more than any aggregate sees. ``\d`` alone would take digits of other scripts.
_VERSION = re.compile(r"[0-9]{1,9}")


class PreconditionRequired(DomainError):
    """A change must say which version it is based on."""

    status = 428
    code = "if-match-required"


def set_etag(response: Response, version: int) -> None:
    """Tell the version of what was answered."""
    response.headers["ETag"] = f'"{version}"'


def versioned(body: bytes, version: int) -> Response:
    """An answer whose JSON is there already, with the version that it shows."""
    return Response(body, media_type="application/json", headers={"ETag": f'"{version}"'})


async def _if_match(
    if_match: Annotated[
        str | None, Header(description='The ETag that the change is based on, e.g. `"3"`, or `*`')
    ] = None,
) -> int | None:
    if if_match is None:
        raise PreconditionRequired('Send If-Match with the ETag that you read, e.g. If-Match: "3".')
    text = if_match.strip().removeprefix("W/").strip('"')
    if text == "*":
        return None
    if not _VERSION.fullmatch(text):
        raise VersionConflict('If-Match is not an ETag of this service, e.g. "3".')
    return int(text)


# The version that the caller read; None for ``*`` (whatever it is now).
IfMatch = Annotated[int | None, Depends(_if_match)]


def check_version(expected: int | None, actual: int) -> None:
    """Refuse a change that is based on another version.

    Raises:
        VersionConflict: 412 with the present version.
    """
    if expected is not None and expected != actual:
        raise VersionConflict(
            "This was changed by somebody else in the meantime; read it again and repeat the change.",
            expected_version=expected,
            current_version=actual,
        )
