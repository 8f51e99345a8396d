"""The OpenAPI documents say what a front-end team needs to know, whoever adds a route."""

import csv
import io
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import Field

from deploy.docs import DOCS
from deploy.settings_page import Undescribed, settings_page
from shared.contracts.topics import SERVICES
from shared.http.origins import ASKED
from shared.http.parts import PARTS
from shared.settings import ConfigurationError, Settings, load_settings
from shared.variables import unread


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
    said_once = json.loads((DOCS / f"openapi-{name}.json").read_text())["components"]["responses"]
    for where, operation in operations(name):
        refusals = {status: response for status, response in operation["responses"].items() if status[0] in "45"}
        assert refusals, where
        for said in refusals.values():
            response = said_once[said["$ref"].rpartition("/")[2]] if "$ref" in said else said
            kinds = set(response["content"])
            page = "text/html" in operation["responses"].get("200", {}).get("content", {})
            assert kinds == {"application/problem+json"} | ({"text/html"} if page else set()), where


@pytest.mark.parametrize("name", SERVICES)
def test_every_operation_is_summed_up_and_described(name: str) -> None:
    for where, operation in operations(name):
        assert operation["summary"] != operation["operationId"].replace("_", " ").title(), where
        assert operation["description"].strip(), where


@pytest.mark.parametrize("name", SERVICES)
def test_every_path_stands_in_the_readme_of_its_service(name: str) -> None:
    """By its last word: rows of a README say the ones before once for several."""
    readme = (DOCS.parent / "services" / name / "README.md").read_text()
    paths = {where.split(" ")[1] for where, _ in operations(name)}
    last = {path: [part for part in path.split("/") if not part.startswith("{")][-1] for path in paths}
    wanting = [
        path for path, word in sorted(last.items()) if not re.search(rf"(?<![\w.-]){re.escape(word)}(?![\w-])", readme)
    ]
    assert not wanting, f"Lines of services/{name}/README.md that say what it is for and who may: {wanting}"


@pytest.mark.parametrize("name", SERVICES)
def test_a_browser_of_another_origin_may_send_every_header_that_is_asked_for(name: str) -> None:
    asked = {
        one["name"].lower()
        for _, operation in operations(name)
        for one in operation.get("parameters", ())
        if one["in"] == "header"
    }
    assert asked <= {one.lower() for one in ASKED}


@pytest.mark.parametrize("name", SERVICES)
def test_every_parameter_and_header_says_what_it_is(name: str) -> None:
    """A hundred of them said nothing: neither what it counts in, nor what becomes of who leaves it out."""
    document = json.loads((DOCS / f"openapi-{name}.json").read_text())
    said_once = document["components"]["responses"]
    silent = []
    for where, operation in operations(name):
        silent += [f"{where}: {one['name']}" for one in operation.get("parameters", ()) if not one.get("description")]
        for response in operation["responses"].values():
            told = said_once[response["$ref"].rpartition("/")[2]] if "$ref" in response else response
            headers = told.get("headers", {})
            silent += [f"{where}: {header}" for header, said in headers.items() if not said.get("description")]
    assert not silent, "Query(description=…), or for a part of the address its words in shared/http/parts.py"


def test_the_common_words_for_parts_of_addresses_are_all_used() -> None:
    parts = {
        one["name"]
        for name in SERVICES
        for _, operation in operations(name)
        for one in operation.get("parameters", ())
        if one["in"] == "path"
    }
    assert PARTS.keys() <= parts


def lists(part: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every list of a document, under the name of its field."""
    if isinstance(part, dict):
        for name, inner in part.items():
            if isinstance(inner, dict) and inner.get("type") == "array":
                yield name, inner
            yield from lists(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from lists(inner)


@pytest.mark.parametrize("name", SERVICES)
def test_a_list_of_an_enumeration_has_room_for_all_of_it(name: str) -> None:
    document = json.loads((DOCS / f"openapi-{name}.json").read_text())
    schemas = document["components"]["schemas"]
    for field, found in lists(document):
        values = schemas.get(found.get("items", {}).get("$ref", "").rpartition("/")[2], {}).get("enum", ())
        assert found.get("maxItems", len(values)) >= len(values), f"{field}: a value more and it is refused"


@pytest.mark.parametrize("name", SERVICES)
def test_every_body_has_an_example(name: str) -> None:
    bare = [
        where
        for where, operation in operations(name)
        for kind, body in operation.get("requestBody", {}).get("content", {}).items()
        if kind == "application/json" and not (body.get("examples") or body.get("example"))
    ]
    assert bare == []


def _examples(part: Any) -> Iterator[tuple[dict[str, Any], Any]]:
    """Every example of a document with the schema that it stands beside."""
    if isinstance(part, dict):
        schema = part.get("schema", part if "type" in part or "anyOf" in part else None)
        shown = part.get("examples", [])
        if isinstance(schema, dict) and isinstance(shown, dict | list):
            values = [one["value"] for one in shown.values()] if isinstance(shown, dict) else shown
            yield from ((schema, one) for one in (*values, *([part["example"]] if "example" in part else ())))
        for inner in part.values():
            yield from _examples(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _examples(inner)


@pytest.mark.parametrize("name", SERVICES)
def test_every_example_is_what_its_schema_takes(name: str) -> None:
    """What a page shows is what its reader sends first."""
    document = json.loads((DOCS / f"openapi-{name}.json").read_text())
    wrong, tried = [], 0
    components = document["components"]
    for schema, example in _examples({"paths": document["paths"], "components": components}):
        tried += 1
        validator = Draft202012Validator({**schema, "components": components})
        wrong += [
            f"{error.json_path} of {json.dumps(example)[:80]}: {error.message}"
            for error in validator.iter_errors(example)
        ]
    assert tried
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", SERVICES)
def test_a_table_or_lines_have_an_example_that_reads(name: str) -> None:
    for where, operation in operations(name):
        for kind, body in operation.get("requestBody", {}).get("content", {}).items():
            if kind == "text/csv":
                head, *rows = csv.reader(io.StringIO(body["example"]), delimiter=";" if ";" in body["example"] else ",")
                assert rows, f"{where}: a line of titles and one of values"
                assert {len(row) for row in rows} == {len(head)}, where
            elif kind == "application/x-ndjson":
                assert all(isinstance(json.loads(line), dict) for line in body["example"].splitlines()), where


class Bare(Settings):
    """A setting that says nothing."""

    wire_count: int = 3


class Keeping(Settings):
    """A secret, as a colleague would add one."""

    wire_password: str = Field(default="", pattern=r"^(|.{8,})$", description="Of the wire")


NUMBERED = {
    "POST /v1/configurations",
    "POST /v1/configurations/{version}/activate",
    "POST /v1/configurations/{version}/dry-run",
}
"""What they call a version is the number of a configuration, which nobody changes."""


@pytest.mark.parametrize("name", SERVICES)
def test_every_answer_that_shows_a_version_says_so_in_its_etag(name: str) -> None:
    """A change needs the ETag: no document named it, and each second answer (`suspend`, `approve`, `feedback`) had none."""
    schemas = json.loads((DOCS / f"openapi-{name}.json").read_text())["components"]["schemas"]

    def versions(schema: dict[str, Any]) -> bool:
        if "$ref" in schema:
            schema = schemas[schema["$ref"].rsplit("/", 1)[-1]]
        declared = schema.get("properties", {}).get("version", {})
        whole = any(one.get("type") == "integer" for one in (declared, *declared.get("anyOf", ())))
        return whole or any(versions(one) for one in schema.get("anyOf", ()))

    for where, operation in operations(name):
        for status, response in operation["responses"].items():
            shown = response.get("content", {}).get("application/json", {}).get("schema", {})
            if status[0] == "2" and versions(shown) and where not in NUMBERED:
                assert "ETag" in response.get("headers", {}), where


@pytest.mark.parametrize("name", SERVICES)
def test_what_a_change_needs_is_in_the_answer_of_a_reading(name: str) -> None:
    """Whatever asks for If-Match is read somewhere with an ETag: the same path, the list above it, or what made it."""
    told = {where.split(" ")[1] for where, operation in operations(name) for one in operation["responses"].values()
            if "ETag" in one.get("headers", {})}  # fmt: skip
    for where, operation in operations(name):
        if any(one.get("name", "").lower() == "if-match" for one in operation.get("parameters", ())):
            path = where.split(" ")[1]
            assert any(path.startswith(one) for one in told), where


def test_a_setting_without_a_description_is_named() -> None:
    with pytest.raises(Undescribed, match="wire_count"):
        settings_page([("offers", Bare)])


def test_a_secret_is_marked_and_shown_by_nothing() -> None:
    row = "| `BASSIN_WIRE_PASSWORD` *(secret)* | empty | `^(\\|.{8,})$` | Of the wire |"
    assert row in settings_page([("offers", Keeping)])
    given = load_settings(Keeping, wire_password="correct horse", MONGODB_URL="mongodb://u:horse@db/")
    assert "horse" not in repr(given)
    with pytest.raises(ConfigurationError, match="BASSIN_WIRE_PASSWORD is not usable") as refused:
        load_settings(Keeping, wire_password="horse")
    assert "horse" not in str(refused.value)


def test_no_variable_that_an_operator_is_told_of_is_taken_for_a_mistake() -> None:
    """A start warns of variables in our name that nobody reads, and refuses what is nearly a setting."""
    told = [
        *DOCS.glob("*.md"),
        DOCS / "env.example",
        *(DOCS.parent / "deploy").rglob("*.md"),
        DOCS.parent / "README.md",
    ]
    names = {name for file in told for name in re.findall(r"(BASSIN_[A-Z0-9_]*[A-Z0-9])\b", file.read_text())}
    assert len(names) > 100
    assert unread(dict.fromkeys(names, "x"), ()) == []
