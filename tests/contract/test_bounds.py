"""Nothing that others send is without an end: every number, list and text of an event or a request has a bound.

A number of 400 digits fits into no database; found there, it is a dead letter after five tries, or an error of ours.
"""

import importlib
import json
import pkgutil
from collections.abc import Iterator, Mapping
from typing import Any, get_args

import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute
from pydantic import TypeAdapter, ValidationError

from deploy.docs import DOCS
from services.offers.domain.imports.own import OwnRow
from shared.contracts.compatibility import BEYOND_ANYTHING, breaking, event_models
from shared.contracts.events.base import MOST_COUNTED
from shared.contracts.events.offers import AgendaState
from shared.contracts.topics import SERVICES

BYTES = {"binary"}
"""Files: bounded by the bytes of a body (``shared.http.bodies``), and by what reads them."""
RAW = {"text/csv", "application/gzip", "application/x-ndjson"}
ROWS = {
    ("/v1/imports", "application/json"),
    ("/v1/companies/{company_id}/imports", "application/json"),
    ("/v1/supplier-imports", "application/json"),
}
"""Rows of an import: bounded by bytes and rows, read one by one."""


def unbounded(schema: Mapping[str, Any], defs: Mapping[str, Any], at: str, seen: tuple[str, ...] = ()) -> Iterator[str]:
    """Where a schema lets something in that has no end."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        if name not in seen:
            yield from unbounded(defs[name], defs, at, (*seen, name))
        return
    options = [one for word in ("anyOf", "oneOf", "allOf") for one in schema.get(word, ())]
    # A decimal is a number or its text; its digits are looked at in ``test_decimals``.
    decimal = {one.get("type") for one in options} >= {"number", "string"}
    for one in options:
        if not (decimal and one.get("type") in ("number", "string")):
            yield from unbounded(one, defs, at, seen)
    if "enum" in schema or "const" in schema:
        return
    kind = schema.get("type")
    if kind in ("integer", "number") and not (
        {"maximum", "exclusiveMaximum"} & schema.keys() and {"minimum", "exclusiveMinimum"} & schema.keys()
    ):
        yield f"{at}: a number from {schema.get('minimum')} to {schema.get('maximum')}"
    if kind == "string" and not (
        {"maxLength", "pattern", "contentMediaType"} & schema.keys()
        or schema.get("format") in {"date-time", "date", "time", *BYTES}
    ):
        yield f"{at}: a text"
    if kind == "array":
        if "maxItems" not in schema:
            yield f"{at}: a list"
        for one in (schema.get("items", {}), *schema.get("prefixItems", ())):
            yield from unbounded(one, defs, f"{at}[]", seen)
    for name, one in schema.get("properties", {}).items():
        yield from unbounded(one, defs, f"{at}.{name}", seen)
    if isinstance(schema.get("additionalProperties"), Mapping):
        if "maxProperties" not in schema:
            yield f"{at}: a map"
        yield from unbounded(schema["additionalProperties"], defs, f"{at}{{}}", seen)


def decimals(core: Any, at: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every decimal of a validator."""
    if isinstance(core, Mapping):
        if core.get("type") == "decimal":
            yield at, dict(core)
        for name, one in core.items():
            if name not in ("metadata", "serialization"):
                yield from decimals(one, f"{at}.{name}")
    elif isinstance(core, list | tuple):
        for one in core:
            yield from decimals(one, at)


def bodies(service: str) -> Iterator[Any]:
    """What the operations of a service take as a body."""
    package = importlib.import_module(f"services.{service}.api")
    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        for router in vars(importlib.import_module(module.name)).values():
            for route in router.routes if isinstance(router, APIRouter) else ():
                if isinstance(route, APIRoute) and route.body_field is not None:
                    taken = route.body_field.field_info.annotation
                    yield taken
                    yield from get_args(taken)  # a patch names the model whose fields it changes


def test_every_field_of_an_event_has_an_end() -> None:
    found = []
    for name, model in event_models().items():
        schema = model.model_json_schema(mode="validation")
        found += unbounded(schema, schema.get("$defs", {}), name)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("service", SERVICES)
def test_every_field_of_a_request_has_an_end(service: str) -> None:
    document = json.loads((DOCS / f"openapi-{service}.json").read_text())
    defs, found = document["components"]["schemas"], []
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if not isinstance(operation, Mapping):
                continue
            for one in operation.get("parameters", ()):
                # The head of a request has an end of its own; a number in it has not.
                if one["in"] == "query" or one["schema"].get("type") in ("integer", "number"):
                    found += unbounded(one["schema"], defs, f"{method} {path}?{one['name']}")
            for kind, content in operation.get("requestBody", {}).get("content", {}).items():
                if kind not in RAW and (path, kind) not in ROWS:
                    found += unbounded(content["schema"], defs, f"{method} {path} ({kind})")
    assert not found, "\n".join(found)


def test_every_field_of_an_imported_row_has_an_end() -> None:
    """Other shapes are read field by field (``services.offers.domain.imports``)."""
    schema = OwnRow.model_json_schema(mode="validation")
    assert not list(unbounded(schema, schema.get("$defs", {}), "row"))


def test_decimals() -> None:
    """Digits without an end cost as much as they are many, and more to compute with."""
    models = [*event_models().values(), *(body for service in SERVICES for body in bodies(service))]
    found = [one for model in models for one in decimals(TypeAdapter(model).core_schema)]
    assert len(found) > 50
    assert not [where for where, one in found if not {"max_digits", "le", "lt"} & one.keys()]


@pytest.mark.parametrize(
    ("schema", "says"),
    [
        ({"type": "integer", "minimum": 0}, ["x: a number from 0 to None"]),
        ({"anyOf": [{"type": "integer", "maximum": 3}, {"type": "null"}]}, ["x: a number from None to 3"]),
        ({"type": "array", "items": {"type": "string"}}, ["x: a list", "x[]: a text"]),
        ({"type": "object", "properties": {"a": {"type": "string"}}}, ["x.a: a text"]),
        ({"type": "object", "additionalProperties": {"type": "boolean"}}, ["x: a map"]),
        ({"$ref": "#/$defs/Y"}, ["x: a text"]),
        ({"type": "string", "maxLength": 9}, []),
    ],
)
def test_what_has_no_end_is_found(schema: dict[str, Any], says: list[str]) -> None:
    assert list(unbounded(schema, {"Y": {"type": "string"}}, "x")) == says


def test_a_number_of_400_digits_is_refused_by_the_reader() -> None:
    event = {
        "agenda_id": "a", "territory": "23", "kind": "workshop", "title": "Atelier", "places": 12,
        "starts_at": "2026-03-10T08:30:00Z", "ends_at": "2026-03-10T11:00:00Z",
    }  # fmt: skip
    assert AgendaState.model_validate_json(json.dumps(event)).places == 12
    for places in (10**400, MOST_COUNTED + 1):
        with pytest.raises(ValidationError, match="less than or equal"):
            AgendaState.model_validate_json(json.dumps(event | {"places": places}))


def test_a_bound_beyond_anything_that_was_sent_narrows_nothing() -> None:
    def a(**bound: int) -> dict[str, Any]:
        return {"type": "object", "properties": {"x": {"type": "integer", "default": 0, **bound}}}

    assert breaking(a(), a(maximum=BEYOND_ANYTHING["maximum"])) == []
    assert breaking(a(), a(maximum=1_000_000)) == ["x.: maximum went from None to 1000000"]
    assert breaking(a(maximum=BEYOND_ANYTHING["maximum"] + 5), a(maximum=BEYOND_ANYTHING["maximum"])) != []
