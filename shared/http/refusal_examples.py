"""One refusal of each status, as the documents show it: made by what makes the real ones, so that they cannot tell otherwise."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import orjson
from pydantic import BaseModel, Field, ValidationError
from starlette.responses import Response

from shared.auth import Role
from shared.errors import VersionConflict
from shared.http.callers import no_token, role_missing
from shared.http.idempotency import InProgress
from shared.http.kinds import not_json
from shared.http.limits import TooManyRequests
from shared.http.problems import malformed, nothing_here, of_domain, of_http, of_store, of_token, of_validation
from shared.http.refused import too_large, too_slow
from shared.http.versions import PreconditionRequired, check_version
from shared.settings import Settings

_REQUEST = "0199f1d2-7c1e-7d33-9a4b-3f0c5a7e2b10"


class _Place(BaseModel):
    commune_code: str


class _Sent(BaseModel):
    place: _Place
    weekly_hours: float = Field(le=60)


def _refused_fields() -> Response:
    sent = {"place": {}, "weekly_hours": 350}
    try:
        _Sent.model_validate(sent)
    except ValidationError as error:
        return of_validation([{**one, "loc": ("body", *one["loc"])} for one in error.errors()], sent)
    raise AssertionError("it holds what it must not")


def _stale() -> Response:
    try:
        check_version(frozenset({3}), 4)
    except VersionConflict as error:
        return of_domain(error)
    raise AssertionError("it is based on another version")


def refusals(body_limit: int = Settings.model_fields["max_body_bytes"].default) -> Mapping[int, Any]:
    """By status. ``body_limit``: the bytes that a body may have."""
    made = {
        400: malformed(27),
        401: of_token(no_token()),
        403: of_domain(role_missing([Role.MANAGER], [Role.SEEKER])),
        404: of_domain(nothing_here()),
        408: of_http(too_slow()),
        409: of_domain(InProgress(timedelta(seconds=12))),
        412: _stale(),
        413: of_http(too_large(body_limit)),
        415: of_http(not_json("POST")),
        422: _refused_fields(),
        428: of_domain(PreconditionRequired()),
        429: of_domain(TooManyRequests("account", 17)),
        503: of_store(),
    }
    return {status: orjson.loads(answer.body) | {"instance": _REQUEST} for status, answer in made.items()}
