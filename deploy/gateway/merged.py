"""The five OpenAPI documents as one, as the gateway shows it: paths begin with the service's name."""

from collections.abc import Mapping
from typing import Any

_REF = "#/components/schemas/"

Document = dict[str, Any]

DESCRIPTION = (
    "Everything of this installation on one origin. Each service's paths begin with its name; tokens, problem+json, cursors, "
    "`Idempotency-Key` and `If-Match` work alike in all of them."
)


def merged(documents: Mapping[str, Document]) -> Document:
    """One document of several by the services' names.

    Schemas that are the same keep their name; of those that differ under one name each gets its service's before it.
    Operation ids get it always, so that generated clients have one method each.
    """
    renamed = {service: _renames(service, documents) for service in documents}
    whole: Document = {
        "openapi": next(iter(documents.values()))["openapi"],
        "info": {"title": "Bassin", "version": "1.0.0", "description": DESCRIPTION, "license": {}},
        "servers": [{"url": "/", "description": "The installation that gave this document"}],
        "tags": [],
        "paths": {},
        "components": {"schemas": {}, "securitySchemes": {}, "responses": {}},
    }
    for service, document in documents.items():
        info = document["info"]
        whole["info"]["license"] = info["license"]
        whole["tags"].append({"name": service, "description": info.get("description", info["title"])})
        components = document.get("components", {})
        whole["components"]["securitySchemes"] |= components.get("securitySchemes", {})
        # Refusals of HTTP itself, alike in all.
        whole["components"]["responses"] |= components.get("responses", {})
        for name, schema in components.get("schemas", {}).items():
            whole["components"]["schemas"][renamed[service].get(name, name)] = _referring(schema, renamed[service])
        for path, operations in document["paths"].items():
            whole["paths"][f"/{service}{path}"] = {
                method: _referring(_operation(service, operation), renamed[service])
                for method, operation in operations.items()
            }
    return whole


def _operation(service: str, operation: Document) -> Document:
    tags = [f"{service}: {tag}" for tag in operation.get("tags", [])]
    return operation | {"operationId": f"{service}_{operation['operationId']}", "tags": [service, *tags]}


def _renames(service: str, documents: Mapping[str, Document]) -> dict[str, str]:
    """Names of schemas that mean something else in another service, or that refer to one that does."""
    own = documents[service].get("components", {}).get("schemas", {})
    others = [
        document.get("components", {}).get("schemas", {}) for name, document in documents.items() if name != service
    ]
    differing = {name for name, schema in own.items() if any(other.get(name, schema) != schema for other in others)}
    while True:
        # What refers to a renamed schema is another schema as well, once more than one service has it.
        further = {
            name
            for name, schema in own.items()
            if name not in differing and any(name in other for other in others) and _refers(schema) & differing
        }
        if not further:
            return {name: f"{service.capitalize()}{name}" for name in differing}
        differing |= further


def _refers(value: Any) -> set[str]:
    if isinstance(value, dict):
        found = set().union(*map(_refers, value.values())) if value else set()
        ref = value.get("$ref")
        return found | {ref.removeprefix(_REF)} if isinstance(ref, str) else found
    return set().union(*map(_refers, value)) if isinstance(value, list) and value else set()


def _referring(value: Any, renames: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {
            key: _renamed(one, renames) if key == "$ref" else _referring(one, renames) for key, one in value.items()
        }
    if isinstance(value, list):
        return [_referring(one, renames) for one in value]
    # The discriminator's mapping refers by plain texts.
    return _renamed(value, renames) if isinstance(value, str) and value.startswith(_REF) else value


def _renamed(ref: Any, renames: Mapping[str, str]) -> Any:
    if not isinstance(ref, str) or not ref.startswith(_REF):
        return ref
    name = ref.removeprefix(_REF)
    return _REF + renames.get(name, name)
