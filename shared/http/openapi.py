"""What every OpenAPI document says beside its routes."""

import re
from collections.abc import Iterator, Mapping, Sequence
from types import UnionType
from typing import Any, Union, get_args, get_origin

from fastapi import FastAPI
from fastapi.routing import APIRoute
from pydantic import BaseModel

from shared.http.callers import token_needed
from shared.http.idempotency import KEY_PARAMETER, IdempotentRoute
from shared.http.parts import told
from shared.http.places import LOCATION_HEADER, tells_place
from shared.http.problems import MEDIA_TYPE, Problem, phrase_of
from shared.http.refusal_examples import refusals
from shared.http.routes import BoundedRoute
from shared.http.versions import ETAG_HEADER, is_versioned

LICENCE = {"name": "Apache-2.0", "identifier": "Apache-2.0"}
SERVERS = [{"url": "/", "description": "The service that gave this document"}]
_PAGE = {"schema": {"type": "string"}}
_PROBLEM = {"$ref": "#/components/schemas/Problem"}
_WAIT = {
    "Retry-After": {
        "description": "Seconds to wait before the same is asked again; absent where waiting changes nothing",
        "schema": {"type": "integer", "minimum": 1},
    }
}
_HEADERS: Mapping[int, Mapping[str, Any]] = {
    401: {
        "WWW-Authenticate": {"description": "That a bearer token is asked for (RFC 6750)", "schema": {"type": "string"}}
    },
    409: _WAIT,
    429: _WAIT,
    503: _WAIT,
}


def complete(app: FastAPI) -> None:
    """Have the document say what FastAPI leaves out, and show a refusal of each status.

    Operations that look at no token say so (``security: []``): silence could as well be forgetfulness. Those that show more to
    who has one say both (``{}`` first). Every refusal is problem+json of one schema, so that a generated client knows its fields.
    """
    generated = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is not None:
            return app.openapi_schema
        document = generated()
        shared = {str(status): _refusal(status, example) for status, example in refusals().items()}
        for route in app.routes:
            if isinstance(route, BoundedRoute) and token_needed(route.dependant) is False:
                for operation in _operations(document, route):
                    operation["security"] = [{}, *operation.get("security", ())]
            if isinstance(route, APIRoute) and _tells_version(route):
                for operation in _operations(document, route):
                    _with_header(operation, ETAG_HEADER)
            if isinstance(route, APIRoute) and tells_place(route.dependant):
                for operation in _operations(document, route):
                    _with_header(operation, LOCATION_HEADER, ("201", "202"))
            if isinstance(route, IdempotentRoute) and token_needed(route.dependant) is not None:
                for operation in _operations(document, route):
                    if "POST" in (route.methods or ()):
                        operation.setdefault("parameters", []).append(dict(KEY_PARAMETER))
        for operations in document["paths"].values():
            for operation in operations.values():
                operation.setdefault("security", [])
                _told(operation)
                told(operation)
                # A link in a mail is opened by a browser: whoever follows it reads a page, also when it is refused.
                page = "text/html" in operation["responses"].get("200", {}).get("content", {})
                _exemplified(operation, document.get("components", {}).get("schemas", {}))
                for kind, media in operation["responses"].get("200", {}).get("content", {}).items():
                    if kind.endswith("+json"):
                        media["schema"] = {"type": "object"}  # GeoJSON, JSON Feed, JSON-LD: FastAPI takes them for text
                for status, response in operation["responses"].items():
                    if status[0] not in "45":
                        continue
                    response["content"] = {MEDIA_TYPE: {"schema": _PROBLEM}}
                    if page:
                        response["content"]["text/html"] = _PAGE
                    elif status in shared and response["description"] == shared[status]["description"]:
                        # Said once: a hundred operations would say it thirteen times each.
                        operation["responses"][status] = {"$ref": f"#/components/responses/{_name(status)}"}
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        if "Problem" not in schemas:
            problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas |= problem.pop("$defs", {}) | {"Problem": problem}
        document["components"]["responses"] = {_name(status): response for status, response in shared.items()}
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        return document

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way of changing the document


def _operations(document: dict[str, Any], route: APIRoute) -> Iterator[dict[str, Any]]:
    """What the document says of a route, by method; nothing where it is left out."""
    for method in sorted(route.methods or ()):
        operation = document["paths"].get(route.path_format, {}).get(method.lower())
        if operation is not None:
            yield operation


def _with_header(operation: dict[str, Any], header: Mapping[str, Any], rather: Sequence[str] = ()) -> None:
    """Name it where the answer is a success; where there are answers of a status that is meant ``rather``, only there."""
    answered = {status: response for status, response in operation["responses"].items() if status[0] == "2"}
    for status, response in answered.items():
        if status in rather or not answered.keys() & set(rather):
            response["headers"] = {**response.get("headers", {}), **header}


def _tells_version(route: APIRoute) -> bool:
    """Whether the answer is a view with a version. A route that sets the ETag itself says so by ``telling_version``."""
    model = route.response_model
    views = get_args(model) if get_origin(model) in (Union, UnionType) else (model,)
    return any(isinstance(view, type) and issubclass(view, BaseModel) and is_versioned(view) for view in views)


def _name(status: str) -> str:
    return f"Problem{status}"


def _refusal(status: int, example: Any) -> dict[str, Any]:
    """The response of a status, alike in all operations."""
    headers = {"headers": _HEADERS[status]} if status in _HEADERS else {}
    content = {MEDIA_TYPE: {"schema": _PROBLEM, "example": example}}
    return {"description": phrase_of(status), **headers, "content": content}


def _told(operation: dict[str, Any]) -> None:
    """A summary that is a phrase, not a name in capitals, and a description, wherever the endpoint says one of the two."""
    made = str(operation["operationId"]).replace("_", " ").title()
    if operation.get("summary") == made and operation.get("description"):
        operation["summary"] = re.split(r"[.;:]\s|\.$|\n", operation["description"].strip(), maxsplit=1)[0]
    operation.setdefault("description", f"{operation['summary'].rstrip('.')}.")


def _exemplified(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    """A body without an example of its own gets the one that its fields' examples make."""
    for media in operation.get("requestBody", {}).get("content", {}).values():
        if "schema" in media and not media.keys() & {"example", "examples"}:
            made = _example(media["schema"], schemas)
            if made is not None:
                media["example"] = made


def _example(schema: dict[str, Any], schemas: dict[str, Any]) -> Any:
    """The first example, or an object of its members' examples; None when a required member has none."""
    if "$ref" in schema:
        return _example(schemas[schema["$ref"].rsplit("/", 1)[-1]], schemas)
    if schema.get("examples"):
        return schema["examples"][0]
    for one in schema.get("anyOf", ()):
        if one.get("type") != "null":
            return _example(one, schemas)
    if schema.get("enum"):
        return schema["enum"][0]
    if "properties" not in schema:
        return None
    members = {name: _example(part, schemas) for name, part in schema["properties"].items()}
    if any(members[name] is None for name in schema.get("required", ())):
        return None
    return {name: value for name, value in members.items() if value is not None} or None
