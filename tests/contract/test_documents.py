"""The OpenAPI documents say what a front-end team needs to know, whoever adds a route."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from deploy.docs import DOCS
from shared.contracts.topics import SERVICES


def operations(name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Method and path with the operation."""
    document = json.loads((DOCS / f"openapi-{name}.json").read_text())
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


@pytest.mark.parametrize("name", SERVICES)
def test_every_operation_says_who_may_call_and_how_it_refuses(name: str) -> None:
    silent = [where for where, operation in operations(name) if "security" not in operation]
    assert not silent, "neither a token nor `security: []`"
    for where, operation in operations(name):
        refusals = {status: response for status, response in operation["responses"].items() if status[0] in "45"}
        assert refusals, where
        for response in refusals.values():
            kinds = set(response["content"])
            page = "text/html" in operation["responses"].get("200", {}).get("content", {})
            assert kinds == {"application/problem+json"} | ({"text/html"} if page else set()), where


@pytest.mark.parametrize("name", SERVICES)
def test_every_operation_is_summed_up_and_described(name: str) -> None:
    for where, operation in operations(name):
        assert operation["summary"] != operation["operationId"].replace("_", " ").title(), where
        assert operation["description"].strip(), where


@pytest.mark.parametrize("name", SERVICES)
def test_every_body_has_an_example(name: str) -> None:
    bare = [
        where
        for where, operation in operations(name)
        for kind, body in operation.get("requestBody", {}).get("content", {}).items()
        if kind == "application/json" and not (body.get("examples") or body.get("example"))
    ]
    assert bare == []
