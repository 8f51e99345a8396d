"""What every OpenAPI document says beside its routes."""

from typing import Any

from fastapi import FastAPI

from shared.http.problems import MEDIA_TYPE, Problem

LICENCE = {"name": "Apache-2.0", "identifier": "Apache-2.0"}
SERVERS = [{"url": "/", "description": "The service that gave this document"}]
_PROBLEM = {"schema": {"$ref": "#/components/schemas/Problem"}}


def complete(app: FastAPI) -> None:
    """Have the document say what FastAPI leaves out.

    Operations that need no token say so (``security: []``): silence could as well be forgetfulness. Every refusal is
    problem+json of one schema, so that a generated client knows its fields.
    """
    generated = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is not None:
            return app.openapi_schema
        document = generated()
        for operations in document["paths"].values():
            for operation in operations.values():
                operation.setdefault("security", [])
                for status, response in operation["responses"].items():
                    if status[0] in "45":
                        response["content"] = {MEDIA_TYPE: _PROBLEM}
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        if "Problem" not in schemas:
            problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas |= problem.pop("$defs", {}) | {"Problem": problem}
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        return document

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way of changing the document
