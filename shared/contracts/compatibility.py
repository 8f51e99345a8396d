"""JSON Schemas of the events, generated and committed, and what a change of them may not do.

Consumers and producers are deployed at different times, so a change must hold both ways: a reader of the old schema must
understand new events, and a reader of the new one must understand what is in the topics already. A breaking change needs a
new major version (``offer-created.v2``) beside the old.
"""

import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from shared.contracts.events.base import MOST_COUNTED, MOST_WRITTEN, EventModel
from shared.contracts.replay import RELEASES, reader_of, refusals, releases, resolved, tolerant_fields, with_meanings
from shared.contracts.topics import TOPICS

SCHEMAS = Path(__file__).parent / "schemas"
SAMPLES = Path(__file__).parent / "samples"


BEYOND_ANYTHING = {"maximum": MOST_COUNTED, "maxLength": MOST_WRITTEN}
"""Bounds that nothing that was ever sent can reach: to say them narrows nothing."""


class IncompatibleChange(Exception):
    """The models changed in a way that old events or old readers do not survive."""


def event_models() -> dict[str, type[EventModel]]:
    """Every event model by its name; several types may share one."""
    return {model.__name__: model for topic in TOPICS for model in topic.types.values()}


def schema_of(model: type[BaseModel]) -> dict[str, Any]:
    """The JSON Schema of what travels (serialisation mode)."""
    schema = model.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _text(schema: Mapping[str, Any]) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def write() -> list[str]:
    """Write the schemas; returns the files that changed.

    Raises:
        IncompatibleChange: with every break; nothing was written.
    """
    breaks: list[str] = []
    texts: dict[Path, str] = {}
    for name, model in sorted(event_models().items()):
        path = SCHEMAS / f"{name}.json"
        new = schema_of(model)
        if path.exists():
            breaks += [f"{name}: {reason}" for reason in breaking(json.loads(path.read_text()), new)]
        texts[path] = _text(new)
    if breaks:
        raise IncompatibleChange("These changes need a new major version:\n" + "\n".join(breaks))
    SCHEMAS.mkdir(exist_ok=True)
    changed = [path for path, text in texts.items() if not path.exists() or path.read_text() != text]
    for path in changed:
        path.write_text(texts[path])
    return [str(path.relative_to(Path(__file__).parents[2])) for path in changed]


def check() -> list[str]:
    """What is wrong with the committed files; empty when all is well."""
    problems: list[str] = []
    models = event_models()
    for name, model in sorted(models.items()):
        path = SCHEMAS / f"{name}.json"
        if not path.exists():
            problems.append(f"{name}: no committed schema; run `make docs`.")
            continue
        committed, new = json.loads(path.read_text()), schema_of(model)
        found = [f"{name}: {reason}" for reason in breaking(committed, new)]
        if not found and path.read_text() != _text(new):
            found = [f"{name}: the committed schema is not what the model says; run `make docs`."]
        problems += found
    problems += [f"{path.name}: a schema without a model" for path in SCHEMAS.glob("*.json") if path.stem not in models]
    problems += replayed()
    for path in sorted(SAMPLES.glob("*.json")):
        problems += _sample_problems(path, models)
    sampled = {path.name.split(".")[0] for path in SAMPLES.glob("*.json")}
    problems += [f"{name}: no golden sample" for name in models if name not in sampled]
    return problems


def reader_schema(model: type[EventModel]) -> dict[str, Any]:
    """By what this release reads events of a model, and what it makes of enumeration values that it does not know."""
    return with_meanings(model, model.model_json_schema(mode="validation"))


def replayed() -> list[str]:
    """What readers of kept releases refuse of this release's events, and this release's readers of theirs."""
    problems = []
    for release in releases():
        for name, model in sorted(event_models().items()):
            reader = reader_of(release, name)
            if reader is None:
                continue
            here = reader_schema(model)
            for path in sorted(SAMPLES.glob(f"{name}.*.json")):
                sample = json.loads(path.read_text())
                there = refusals(here, reader, sample, tolerant_fields(reader))
                back = refusals(reader, here, sample, tolerant_fields(here))
                problems += [f"{name}: readers of {release} refuse this release's {reason}" for reason in there]
                problems += [f"{name}: this release refuses {release}'s {reason}" for reason in back]
    return sorted(set(problems))


def keep_release(release: str) -> list[str]:
    """Keep this release's readers, for the checks of later ones. Returns the files written."""
    folder = RELEASES / release
    folder.mkdir(parents=True, exist_ok=True)
    for name, model in event_models().items():
        (folder / f"{name}.json").write_text(_text(reader_schema(model)))
    return sorted(str(path.relative_to(Path(__file__).parents[2])) for path in folder.glob("*.json"))


def _sample_problems(path: Path, models: Mapping[str, type[BaseModel]]) -> Iterator[str]:
    """Samples are append-only: what was sent once must be readable for ever."""
    model = models.get(path.name.split(".")[0])
    if model is None:
        yield f"{path.name}: a sample without a model"
        return
    try:
        model.model_validate_json(path.read_text())
    except ValidationError as error:
        yield f"{path.name}: the model no longer reads it ({error.error_count()} errors)"


def breaking(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Reasons why a reader of either schema would stumble over the other's events."""
    return list(_compare(old, new, old, new, ""))


def _compare(
    old: Mapping[str, Any], new: Mapping[str, Any], old_root: Mapping[str, Any], new_root: Mapping[str, Any], at: str
) -> Iterator[str]:
    old, new = resolved(old, old_root), resolved(new, new_root)
    where = at or "(whole)"
    if _types(old, old_root) != _types(new, new_root):
        yield f"{where}: type {sorted(_types(old, old_root))} became {sorted(_types(new, new_root))}"
        return
    if "enum" in old and set(old["enum"]) - set(new.get("enum", ())):
        yield f"{where}: values {sorted(set(old['enum']) - set(new.get('enum', ())))} are gone"
    old_fields, new_fields = old.get("properties", {}), new.get("properties", {})
    for name in sorted(set(old_fields) - set(new_fields)):
        yield f"{at}{name}: the field is gone"
    # Serialised events name every field as required; what readers require is what has no default.
    for name in sorted(set(new_fields) - set(old_fields)):
        if "default" not in new_fields[name] and not _nullable_or_many(new_fields[name], new_root):
            yield f"{at}{name}: a new field needs a default, older events do not have it"
    for name in sorted(set(old_fields) & set(new_fields)):
        yield from _compare(old_fields[name], new_fields[name], old_root, new_root, f"{at}{name}.")
    if "anyOf" in old and "anyOf" in new:
        # An optional object: compare the one alternative that is not null.
        pair = [[o for o in side["anyOf"] if o.get("type") != "null"] for side in (old, new)]
        if len(pair[0]) == len(pair[1]) == 1:
            yield from _compare(pair[0][0], pair[1][0], old_root, new_root, at)
    if isinstance(old.get("items"), Mapping) and isinstance(new.get("items"), Mapping):
        yield from _compare(old["items"], new["items"], old_root, new_root, f"{at}[].")
    for bound, narrower in (
        ("minimum", 1),
        ("exclusiveMinimum", 1),
        ("minLength", 1),
        ("maximum", -1),
        ("maxLength", -1),
    ):
        before, after = old.get(bound), new.get(bound)
        if before is None and after is not None and after >= BEYOND_ANYTHING.get(bound, math.inf):
            continue
        if after is not None and (before is None or (after - before) * narrower > 0):
            yield f"{where}: {bound} went from {before} to {after}"


def _types(schema: Mapping[str, Any], root: Mapping[str, Any]) -> set[str]:
    schema = resolved(schema, root)
    if "anyOf" in schema:
        return set().union(*(_types(option, root) for option in schema["anyOf"]))
    kind = schema.get("type", "any")
    return set(kind) if isinstance(kind, list) else {kind}


def _nullable_or_many(schema: Mapping[str, Any], root: Mapping[str, Any]) -> bool:
    return bool(_types(schema, root) & {"null", "array", "object"})
