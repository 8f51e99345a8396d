"""The last release's readers on this release's events, and the other way round.

A reader of a release is kept as the JSON Schemas by which it validates (``releases/<release>/``). What a release can send
is a sample of it, bent field by field to everything that its schema allows: each value of each enumeration, each bound,
null, nothing, the shortest and the longest. A reader that refuses one of them would put it into the dead letters, and halt.
"""

import copy
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from shared.contracts.tolerance import MEANINGS, How

RELEASES = Path(__file__).parent / "releases"
LONGEST = 12_000
"""Characters of a text that a schema does not bound."""

Schema = Mapping[str, Any]


def releases() -> list[str]:
    """Releases whose readers are kept, oldest first."""
    return sorted(folder.name for folder in RELEASES.iterdir() if folder.is_dir())


def reader_of(release: str, model: str) -> Schema | None:
    """What a release's reader of a model accepts; None for a model that it did not have."""
    path = RELEASES / release / f"{model}.json"
    return json.loads(path.read_text()) if path.exists() else None


def refusals(sender: Schema, reader: Schema, sample: Any, tolerant: Mapping[str, str] | None = None) -> list[str]:
    """What ``reader`` refuses of all that ``sender`` allows around ``sample``: place and rule, each once.

    ``tolerant``: fields whose unknown enumeration values the reader survives.
    """
    checker = Draft202012Validator(reader, format_checker=FormatChecker())
    found: dict[str, None] = {}
    for bent in variants(sender, sample):
        for error in checker.iter_errors(bent):
            where = ".".join("[]" if isinstance(part, int) else str(part) for part in error.absolute_path) or "(whole)"
            top = str(error.absolute_path[0]) if error.absolute_path else ""
            if top in (tolerant or {}) and _only_enumerations(error):
                continue
            found[f"{where}: {error.validator}"] = None
    return sorted(found)


def _only_enumerations(error: Any) -> bool:
    """Whether nothing but an unknown value of an enumeration is wrong (an optional one fails both of its branches)."""
    if error.validator == "enum":
        return True
    branches = [part for part in error.context or () if part.validator != "type" or part.validator_value != "null"]
    return error.validator == "anyOf" and bool(branches) and all(_only_enumerations(part) for part in branches)


def tolerant_fields(schema: Schema) -> dict[str, str]:
    """Fields of which a reader says that it survives unknown values."""
    found = {}
    for name, field in schema.get("properties", {}).items():
        if "x-unknown" in field:
            found[name] = str(field["x-unknown"])
    return found


def with_meanings(model: type[Any], schema: dict[str, Any]) -> dict[str, Any]:
    """The schema, saying of each field what this release makes of unknown values."""
    for name, meaning in MEANINGS.get(model, {}).items():
        text = meaning.value if meaning.how is How.STAND_IN else meaning.how.value
        schema["properties"][name]["x-unknown"] = text
    return schema


def variants(schema: Schema, sample: Any) -> Iterator[Any]:
    """The sample, and the sample bent in one place at a time to all that the schema allows there.

    Only fields of the schema: a sample of another release may have more.
    """
    known = _pruned(schema, schema, sample)
    yield known
    yield from _bent(schema, schema, known)


def _pruned(schema: Schema, root: Schema, value: Any) -> Any:
    schema = resolved(schema, root)
    for option in schema.get("anyOf", ()):
        if "properties" in resolved(option, root):
            return _pruned(option, root, value)
    if isinstance(value, Mapping) and "properties" in schema:
        fields = schema["properties"]
        return {name: _pruned(fields[name], root, part) for name, part in value.items() if name in fields}
    if isinstance(value, list) and isinstance(schema.get("items"), Mapping):
        return [_pruned(schema["items"], root, part) for part in value]
    return value


def _bent(schema: Schema, root: Schema, value: Any) -> Iterator[Any]:
    schema = resolved(schema, root)
    options = schema.get("anyOf", ())
    decimal = any(option.get("type") == "number" for option in options)
    for option in options:
        # The text of a decimal: any number stands for it.
        if not (decimal and option.get("type") == "string"):
            yield from _bent(option, root, value)
    yield from _simple(schema)
    if schema.get("type") == "object" or "properties" in schema:
        yield from _objects(schema, root, value)
    if schema.get("type") == "array" and isinstance(schema.get("items"), Mapping):
        yield []
        first = value[0] if isinstance(value, Sequence) and value and not isinstance(value, str) else None
        for item in _bent(schema["items"], root, first):
            yield [item]


def _objects(schema: Schema, root: Schema, value: Any) -> Iterator[Any]:
    properties: Mapping[str, Schema] = schema.get("properties", {})
    whole = dict(value) if isinstance(value, Mapping) else _least(schema, root)
    for name in schema.get("required", ()):
        if name not in whole:
            whole[name] = _any(properties[name], root)
    if not isinstance(value, Mapping):
        yield whole
    for name, field in properties.items():
        if name not in schema.get("required", ()) and name in whole:
            yield {key: kept for key, kept in whole.items() if key != name}
        for bent in _bent(field, root, whole.get(name)):
            yield {**copy.deepcopy(whole), name: bent}


def _simple(schema: Schema) -> Iterator[Any]:
    """Values at the ends of what one place may hold."""
    if "const" in schema:
        yield schema["const"]
    yield from schema.get("enum", ())
    kind = schema.get("type")
    if kind == "null":
        yield None
    elif kind == "boolean":
        yield from (True, False)
    elif kind in ("integer", "number"):
        yield from _numbers(schema)
    elif kind == "string" and not {"enum", "pattern", "format", "const"} & schema.keys():
        yield "x" * max(1, schema.get("minLength", 0))
        yield "é" * schema.get("maxLength", LONGEST)
    elif kind == "string" and schema.get("pattern", "").startswith("^(") and schema["pattern"].endswith(")$"):
        words = schema["pattern"][2:-2].split("|")
        yield from (word for word in words if word.replace("_", "").isalpha())


def _numbers(schema: Schema) -> Iterator[Any]:
    step = 1 if schema["type"] == "integer" else 0.5
    low, high = schema.get("minimum"), schema.get("maximum")
    if "exclusiveMinimum" in schema:
        low = schema["exclusiveMinimum"] + step
    if "exclusiveMaximum" in schema:
        high = schema["exclusiveMaximum"] - step
    yield low if low is not None else -1_000_000
    yield high if high is not None else 1_000_000


def _least(schema: Schema, root: Schema) -> dict[str, Any]:
    return {name: _any(schema["properties"][name], root) for name in schema.get("required", ())}


def _any(schema: Schema, root: Schema) -> Any:
    """Some value that the schema allows."""
    schema = resolved(schema, root)
    if "default" in schema:
        return schema["default"]
    if schema.get("examples"):
        return schema["examples"][0]
    if "anyOf" in schema:
        return _any(schema["anyOf"][0], root)
    if schema.get("type") == "array":
        return []
    if "properties" in schema:
        return _least(schema, root)
    shapes = {"date": "2026-11-01", "date-time": "2026-11-01T08:00:00Z", "time": "08:00:00"}
    return next(_simple(schema), shapes.get(schema.get("format", "")))


def resolved(schema: Schema, root: Schema) -> Schema:
    """The schema itself where a reference stands."""
    while "$ref" in schema:
        target: Any = root
        for part in schema["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        schema = target
    return schema
