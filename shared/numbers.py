"""Yes and no are no numbers: ``"weekly_hours": true`` is a mistake of the sender, where pydantic reads one hour.

Looked at in bodies and rows as they arrive, against what the document says of them, and nowhere else: the same models read
stored ones and events, which stay as readable as they were. A number within a text (``"28"``) has one meaning and stays taken.
"""

from collections.abc import Iterator
from typing import Any

from pydantic import TypeAdapter

from shared.once import made_once

Path = tuple[str | int, ...]


class Numbers:
    """Where bodies of one type have numbers."""

    def __init__(self, annotation: Any) -> None:
        self._annotation = annotation

    @made_once
    def _schema(self) -> dict[str, Any]:
        return TypeAdapter(self._annotation).json_schema()

    def refusals(self, body: Any, where: Path) -> list[dict[str, Any]]:
        """For each boolean of a body that stands where only a number may, what pydantic would say of it. ``body`` is valid, so
        that it has no more places than its type knows.
        """
        return [
            {
                "type": "number_type",
                "loc": (*where, *path),
                "msg": "Un nombre est attendu ici, ni vrai ni faux.",
                "input": None,
            }
            for path in _booleans(body)
            if self._is_number(path)
        ]

    def _is_number(self, path: Path) -> bool:
        found = list(self._alternatives([self._schema]))
        for step in path:
            found = list(self._alternatives(below for one in found for below in _below(one, step)))
        kinds = {kind for one in found for kind in _kinds(one)}
        return bool(kinds & {"number", "integer"}) and not kinds & {"boolean", "anything"}

    def _alternatives(self, schemas: Any) -> Iterator[dict[str, Any]]:
        for schema in schemas:
            if "$ref" in schema:
                yield from self._alternatives([self._schema["$defs"][schema["$ref"].rsplit("/", 1)[-1]]])
            for word in ("anyOf", "oneOf", "allOf"):
                yield from self._alternatives(schema.get(word, ()))
            if not schema.keys() & {"$ref", "anyOf", "oneOf", "allOf"}:
                yield schema


def _booleans(document: Any) -> Iterator[Path]:
    waiting: list[tuple[Any, Path]] = [(document, ())]
    while waiting:
        value, path = waiting.pop()
        if isinstance(value, bool):
            yield path
        elif isinstance(value, (dict, list)):
            children = value.items() if isinstance(value, dict) else enumerate(value)
            waiting += [(child, (*path, key)) for key, child in children if isinstance(child, (bool, dict, list))]


def _below(schema: dict[str, Any], step: str | int) -> Iterator[dict[str, Any]]:
    if isinstance(step, int):
        first = schema.get("prefixItems", [])
        within = [first[step] if step < len(first) else schema.get("items")]
    elif step in schema.get("properties", {}):
        within = [schema["properties"][step]]
    else:
        within = [schema.get("additionalProperties"), *schema.get("patternProperties", {}).values()]
    yield from (one for one in within if isinstance(one, dict))


def _kinds(schema: dict[str, Any]) -> list[str]:
    said = schema.get("type", "anything")
    return said if isinstance(said, list) else [said]
