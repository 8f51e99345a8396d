"""Every refusal is problem+json (RFC 9457) and names the field and the rule."""

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from pymongo.errors import PyMongoError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from shared.auth import Unauthenticated
from shared.errors import DomainError
from shared.http.bodies import BodyRefused
from shared.logs import get_logger

MEDIA_TYPE = "application/problem+json"

_log = get_logger()


# As RFC 9110 names them, and Python since 3.13: what clients and documents read does not depend on the interpreter.
_TITLES = {413: "Content Too Large", 414: "URI Too Long", 416: "Range Not Satisfiable", 422: "Unprocessable Content"}
# One code, whether a body says its length or is found too large while it comes.
_CODES = {413: "body-too-large"}


def title_of(status: int) -> str:
    """The name of a status, for people."""
    return _TITLES.get(status) or HTTPStatus(status).phrase


class ProblemField(BaseModel):
    """One refused field."""

    field: str = Field(examples=["place.commune_code"])
    rule: str = Field(examples=["unknown-commune"])
    message: str = Field(examples=["No commune has this code."])


class Problem(BaseModel):
    """A refusal (RFC 9457). ``code`` is stable, ``detail`` is a sentence; state conflicts add ``allowed``."""

    type: str = Field(examples=["urn:bassin:problem:validation"])
    title: str = Field(examples=["Unprocessable Content"])
    status: int = Field(examples=[422])
    code: str = Field(examples=["validation"])
    detail: str = Field(examples=["Un champ est refusé."])
    instance: str | None = Field(default=None, description="Id of this request, to quote to support")
    errors: list[ProblemField] = []


# Without a ``model``: FastAPI would make one serialiser for each of them and each route, twice (two thirds of a start's time
# were those). The document's own schema is filled in by ``shared.http.openapi``.
PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"content": {MEDIA_TYPE: {}}, "description": title_of(status)}
    for status in (400, 401, 403, 404, 408, 409, 412, 413, 415, 422, 428, 429, 503)
}

# Names of fields, headers and parameters, numbers of items, and «(body)».
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,59}|\d{1,9}|\(body\)")

MOST_ERRORS = 20
"""So many refused fields are listed: nobody mends more at once, and a nonsense body gets no answer larger than itself."""


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    request: Request | None = None,
    errors: Sequence[Mapping[str, str]] = (),
    extra: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A problem response."""
    body: dict[str, Any] = {
        **(extra or {}),
        "type": f"urn:bassin:problem:{code}",
        "title": title_of(status),
        "status": status,
        "code": code,
        "detail": detail,
        "instance": getattr(request.state, "request_id", None) if request is not None else None,
        "errors": list(errors),
    }
    return Response(
        orjson.dumps(body, default=str), status_code=status, media_type=MEDIA_TYPE, headers=dict(headers or {})
    )


def _path(location: Sequence[Any]) -> str:
    """``("body", "place", 0, "lat")`` → ``place.0.lat``; query and header fields keep their kind in front."""
    parts = [str(part) for part in location]
    if parts and parts[0] == "body":
        parts = parts[1:]
    return _named(".".join(parts)) or "(body)"


def _named(field: str) -> str:
    """A path of such names as ours: what a caller wrote where a name belongs may be about a person."""
    return ".".join(part if _NAME.fullmatch(part) else "(unknown)" for part in field.split(".")[:12]) if field else ""


def field_problems(errors: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Pydantic's errors as field path, rule and message; never with the refused value."""
    return [
        {
            "field": _path(error["loc"]),
            "rule": str(error["type"]).replace("_", "-"),
            "message": str(error["msg"]).removeprefix("Value error, "),
        }
        for error in errors[:MOST_ERRORS]
    ]


def install(app: FastAPI) -> None:
    """One handler per kind of refusal."""

    @app.exception_handler(DomainError)
    async def _domain(request: Request, error: DomainError) -> Response:
        errors = [{"field": _named(e.field), "rule": e.rule, "message": e.message} for e in error.errors]
        wait = {} if error.retry_after is None else {"Retry-After": str(error.retry_after)}
        return problem(
            error.status,
            error.code,
            error.detail,
            request=request,
            errors=errors[:MOST_ERRORS],
            extra=error.extra,
            headers=wait,
        )

    @app.exception_handler(Unauthenticated)
    async def _unauthenticated(request: Request, error: Unauthenticated) -> Response:
        return problem(
            401, "unauthenticated", str(error), request=request, headers={"WWW-Authenticate": 'Bearer realm="bassin"'}
        )

    @app.exception_handler(RequestValidationError)
    async def _validation(request: Request, error: RequestValidationError) -> Response:
        found = error.errors()
        errors = field_problems(found)
        if any(e["rule"] == "json-invalid" for e in errors):
            return problem(400, "malformed-json", "The body is not JSON.", request=request, errors=errors)
        detail = "Un champ est refusé." if len(found) == 1 else f"{len(found)} champs sont refusés."
        if len(found) > MOST_ERRORS:
            detail = f"{detail[:-1]} : voici les {MOST_ERRORS} premiers."
        return problem(422, "validation", detail, request=request, errors=errors)

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> Response:
        code = _CODES.get(error.status_code) or title_of(error.status_code).lower().replace(" ", "-")
        errors: list[dict[str, str]] = []
        if isinstance(error, BodyRefused):
            code = "validation"
            errors = [{"field": _named(e.field), "rule": e.rule, "message": e.message} for e in error.errors]
        return problem(
            error.status_code, code, str(error.detail), request=request, errors=errors, headers=error.headers
        )

    @app.exception_handler(PyMongoError)
    async def _store(request: Request, error: PyMongoError) -> Response:
        _log.error("store_unavailable", error=type(error).__name__)
        return problem(
            503,
            "store-unavailable",
            "Le service ne répond pas en ce moment : réessayez dans quelques secondes.",
            request=request,
            headers={"Retry-After": "2"},
        )
