"""Every refusal is problem+json (RFC 9457): a stable code for programs, French for people, each field with its rule."""

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from pymongo.errors import PyMongoError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from shared.auth import Unauthenticated
from shared.errors import DomainError, NotFound
from shared.http.bodies import BodyRefused
from shared.http.refused import HttpRefusal
from shared.logs import get_logger
from shared.nir import names_nir
from shared.refusals import path_of, rule_of, sentence_of, without_echoes
from shared.written import in_french

MEDIA_TYPE = "application/problem+json"

_log = get_logger()


# As RFC 9110 names them, and Python since 3.13: what clients and documents read does not depend on the interpreter.
_PHRASES = {413: "Content Too Large", 414: "URI Too Long", 416: "Range Not Satisfiable", 422: "Unprocessable Content"}
# One code, whether a body says its length or is found too large while it comes.
_CODES = {413: "body-too-large"}
_TITLES: Mapping[int, str] = {
    400: "Demande illisible",
    401: "Connexion nécessaire",
    403: "Accès refusé",
    404: "Introuvable",
    405: "Opération impossible ici",
    408: "Demande trop lente",
    409: "Impossible en l'état",
    412: "Version dépassée",
    413: "Contenu trop volumineux",
    414: "Adresse trop longue",
    415: "Format non accepté",
    422: "Demande refusée",
    428: "Version à préciser",
    429: "Trop de demandes",
    500: "Erreur de notre côté",
    502: "Service indisponible",
    503: "Service indisponible",
    504: "Service indisponible",
}
# What the framework refuses by itself, in other words than ours.
_OF_FRAMEWORK: Mapping[int, str] = {
    400: "Le contenu envoyé ne se lit pas.",
    404: "Rien ne se trouve à cette adresse.",
    405: "Cette adresse ne permet pas cette opération.",
}


_OTHERWISE = "Cette demande ne peut pas être servie."


def phrase_of(status: int) -> str:
    """The name of a status in the standard, for documents and codes."""
    return _PHRASES.get(status) or HTTPStatus(status).phrase


def title_of(status: int) -> str:
    """The name of a status, for people."""
    return _TITLES.get(status, "Demande refusée" if status < 500 else "Service indisponible")


def nothing_here() -> NotFound:
    """The refusal of an address that is nobody's."""
    return NotFound(_OF_FRAMEWORK[404])


class ProblemField(BaseModel):
    """One refused field."""

    field: str = Field(examples=["place.commune_code"])
    rule: str = Field(examples=["unknown-commune"])
    message: str = Field(
        examples=["Aucune commune ne porte ce code."], description="A French sentence; it never repeats what was sent"
    )


class Problem(BaseModel):
    """A refusal (RFC 9457). ``type``, ``code`` and ``rule`` are stable and for programs; ``title``, ``detail`` and ``message``
    are French, for people. Some codes add members: ``allowed`` steps, ``current_version``, ids.
    """

    model_config = ConfigDict(extra="allow")

    type: str = Field(examples=["urn:bassin:problem:validation"])
    title: str = Field(examples=["Demande refusée"])
    status: int = Field(examples=[422])
    code: str = Field(examples=["validation"])
    detail: str = Field(examples=["Un champ est refusé."])
    instance: str | None = Field(default=None, description="Id of this request, to quote to support")
    errors: list[ProblemField] = []


# Without a ``model``: FastAPI would make one serialiser for each of them and each route, twice (two thirds of a start's time
# were those). The document's own schema is filled in by ``shared.http.openapi``.
PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"content": {MEDIA_TYPE: {}}, "description": phrase_of(status)}
    for status in (400, 401, 403, 404, 408, 409, 412, 413, 415, 422, 428, 429, 503)
}

# Names of fields, headers and parameters, numbers of items, and «(body)».
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,59}|\d{1,9}|\(body\)")

MOST_ERRORS = 20
"""So many refused fields are listed: nobody mends more at once, and a nonsense body gets no answer larger than itself."""


# What stands where an id belongs and is none: somebody's address, or a number that calls or names them.
_PERSONAL = re.compile(r"@|^[+0]\d[\d .-]{7,}$")


def _unpersonal(extra: Mapping[str, Any]) -> dict[str, Any]:
    """Without texts that are about a person: ids of members are what the caller sent."""
    return {
        name: value
        for name, value in extra.items()
        if not (isinstance(value, str) and (_PERSONAL.search(value) or names_nir(value)))
    }


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
        **_unpersonal(extra or {}),
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


def _path(error: Mapping[str, Any], sent: Any) -> str:
    """``("body", "place", 0, "lat")`` → ``place.0.lat``; query and header fields keep their kind in front.

    Between them pydantic names the alternatives that it tried («int», «function-after[…]»), which no client wrote: a path leads
    through what was ``sent``.
    """
    location: Sequence[Any] = error["loc"]
    if not location or location[0] != "body":
        return _named(path_of(location)) or "(body)"
    kept: list[Any] = []
    last = len(location) - 1
    for index, part in enumerate(location[1:], 1):
        if isinstance(sent, dict) and (part in sent or (index == last and error["type"] == "missing")):
            sent = sent.get(part)
        elif isinstance(sent, list | tuple) and isinstance(part, int):
            sent = sent[part] if part < len(sent) else None
        elif sent is not None:
            continue
        kept.append(part)
    return _named(path_of(kept)) or "(body)"


def _named(field: str) -> str:
    """A path of such names as ours: what a caller wrote where a name belongs may be about a person."""
    return ".".join(part if _NAME.fullmatch(part) else "(unknown)" for part in field.split(".")[:12]) if field else ""


def field_problems(errors: Sequence[Mapping[str, Any]], sent: Any = None) -> list[dict[str, str]]:
    """Pydantic's errors as field path, rule and message; never with the refused value. ``sent``: the body."""
    return [
        {"field": _path(error, sent), "rule": rule_of(error), "message": sentence_of(error)}
        for error in errors[:MOST_ERRORS]
    ]


def malformed(place: object = None, request: Request | None = None) -> Response:
    """The refusal of a body that is no JSON: at which character its reading ended is all that is said of it."""
    error = {"type": "json_invalid", "loc": ()}
    sentence = sentence_of(error)
    if isinstance(place, int):
        sentence = f"{sentence[:-1]}, à partir du caractère {in_french(place + 1)}."
    errors = [{"field": "(body)", "rule": rule_of(error), "message": sentence}]
    return problem(400, "malformed-json", sentence, request=request, errors=errors)


def of_domain(error: DomainError, request: Request | None = None) -> Response:
    """What a rule of ours refuses."""
    errors = [{"field": _named(e.field), "rule": e.rule, "message": e.message} for e in error.errors[:MOST_ERRORS]]
    return problem(
        error.status,
        error.code,
        error.detail,
        request=request,
        errors=errors,
        extra=error.extra,
        headers={} if error.retry_after is None else {"Retry-After": str(error.retry_after)},
    )


def of_token(error: Unauthenticated, request: Request | None = None) -> Response:
    """No token, or one that does not hold."""
    challenge = {"WWW-Authenticate": 'Bearer realm="bassin"'}
    return problem(401, "unauthenticated", str(error), request=request, headers=challenge)


def _each_once(errors: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """Without repetitions: a parameter that two parts of an operation declare (the page and the search) is refused by both."""
    kept: dict[tuple[Any, ...], Mapping[str, Any]] = {}
    for error in errors:
        kept.setdefault((*error["loc"], error["type"]), error)
    return list(kept.values())


def of_validation(errors: Sequence[Mapping[str, Any]], sent: Any = None, request: Request | None = None) -> Response:
    """What the declarations of an operation refuse; ``errors`` are pydantic's, ``sent`` is the body."""
    for one in errors:
        if one["type"] == "json_invalid":
            return malformed(one["loc"][-1], request)
    errors = without_echoes(_each_once(errors))
    detail = "Un champ est refusé." if len(errors) == 1 else f"{len(errors)} champs sont refusés."
    if len(errors) > MOST_ERRORS:
        detail = f"{detail[:-1]} : voici les {MOST_ERRORS} premiers."
    return problem(422, "validation", detail, request=request, errors=field_problems(errors, sent))


def of_http(error: HTTPException, request: Request | None = None) -> Response:
    """What HTTP itself refuses, by us or by the framework."""
    status = error.status_code
    code = _CODES.get(status) or phrase_of(status).lower().replace(" ", "-")
    errors: list[dict[str, str]] = []
    if isinstance(error, BodyRefused):
        code = "validation"
        errors = [{"field": _named(e.field), "rule": e.rule, "message": e.message} for e in error.errors]
    detail = error.detail if isinstance(error, HttpRefusal) else _OF_FRAMEWORK.get(status, _OTHERWISE)
    return problem(status, code, detail, request=request, errors=errors, headers=error.headers)


def of_store(request: Request | None = None) -> Response:
    """The database is away."""
    sentence = "Le service ne répond pas en ce moment : réessayez dans quelques secondes."
    return problem(503, "store-unavailable", sentence, request=request, headers={"Retry-After": "2"})


def install(app: FastAPI) -> None:
    """One handler per kind of refusal."""

    @app.exception_handler(DomainError)
    async def _domain(request: Request, error: DomainError) -> Response:
        return of_domain(error, request)

    @app.exception_handler(Unauthenticated)
    async def _unauthenticated(request: Request, error: Unauthenticated) -> Response:
        return of_token(error, request)

    @app.exception_handler(RequestValidationError)
    async def _validation(request: Request, error: RequestValidationError) -> Response:
        return of_validation(error.errors(), error.body, request)

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> Response:
        return of_http(error, request)

    @app.exception_handler(PyMongoError)
    async def _store(request: Request, error: PyMongoError) -> Response:
        _log.error("store_unavailable", error=type(error).__name__)
        return of_store(request)
