"""ETag and If-Match: no update is lost because two people had the same form open."""

from typing import Annotated

from fastapi import Depends, Header
from starlette.responses import Response

from shared.errors import DomainError, VersionConflict


class PreconditionRequired(DomainError):
    """A change must say which version it is based on."""

    status = 428
    code = "if-match-required"


def set_etag(response: Response, version: int) -> None:
    """Tell the version of what was answered."""
    response.headers["ETag"] = f'"{version}"'


def _if_match(
    if_match: Annotated[
        str | None, Header(description='The ETag that the change is based on, e.g. `"3"`, or `*`')
    ] = None,
) -> int | None:
    if if_match is None:
        raise PreconditionRequired('Send If-Match with the ETag that you read, e.g. If-Match: "3".')
    text = if_match.strip().removeprefix("W/").strip('"')
    if text == "*":
        return None
    if not text.isdigit():
        raise VersionConflict("If-Match is not an ETag of this service.")
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
