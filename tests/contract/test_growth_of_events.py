"""Releases that run side by side understand each other, and a reader survives an enumeration that grew."""

import copy
import json
from typing import Any

import pytest

from services.matching.domain.facts_told import offer_facts, profile_facts
from shared.contracts.compatibility import SAMPLES, event_models, reader_schema, replayed
from shared.contracts.events.offers import OfferState
from shared.contracts.events.profiles import ProfileState
from shared.contracts.replay import reader_of, refusals, tolerant_fields, variants
from shared.contracts.tolerance import MEANINGS, How, understand

RELEASE = "2026-11"
MODELS = sorted(event_models().items())
IDS = [name for name, _ in MODELS]


def sample_of(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((SAMPLES / f"{name}.{RELEASE}.json").read_text())
    return found


def test_the_last_release_and_this_one_understand_each_other() -> None:
    assert replayed() == []


@pytest.mark.parametrize(("name", "model"), MODELS, ids=IDS)
def test_every_variant_that_is_replayed_is_one_that_this_release_can_read(name: str, model: Any) -> None:
    read = [model.model_validate(bent) for bent in variants(reader_schema(model), sample_of(name))]
    assert len(read) >= 5


def _offer() -> tuple[dict[str, Any], dict[str, Any]]:
    schema = reader_schema(OfferState)
    return schema, copy.deepcopy(schema)


def _grown(schema: dict[str, Any]) -> None:
    schema["$defs"]["Licence"]["enum"].append("C1E")


def _removed(schema: dict[str, Any]) -> None:
    del schema["properties"]["title"]
    schema["required"].remove("title")


def _optional(schema: dict[str, Any]) -> None:
    schema["properties"]["title"] = {"anyOf": [schema["properties"]["title"], {"type": "null"}]}


def _retyped(schema: dict[str, Any]) -> None:
    schema["properties"]["experience_months"] = {"type": "string"}


def _widened(schema: dict[str, Any]) -> None:
    schema["properties"]["title"]["maxLength"] = 400


def _unbounded(schema: dict[str, Any]) -> None:
    del schema["properties"]["positions_total"]["maximum"]


def _nested(schema: dict[str, Any]) -> None:
    schema["$defs"]["Skill"]["required"] = ["label"]


SENT = {
    "new-enum-value": (_grown, "licences.[]: enum"),
    "removed-field": (_removed, "(whole): required"),
    "null-where-none-was": (_optional, "title: type"),
    "another-type": (_retyped, "experience_months: type"),
    "longer-text": (_widened, "title: maxLength"),
    "larger-number": (_unbounded, "positions_total: maximum"),
    "nested-field-optional": (_nested, "skills.[]: required"),
}


@pytest.mark.parametrize(("change", "reason"), SENT.values(), ids=SENT)
def test_what_older_readers_refuse_is_found(change: Any, reason: str) -> None:
    old, new = _offer()
    change(new)
    assert reason in refusals(new, old, sample_of("OfferState"))
    # The release before readers could survive an unknown value had no such words in its schema.
    assert reason in refusals(new, reader_of(RELEASE, "OfferState") or {}, sample_of("OfferState"))


def test_a_new_value_is_no_break_for_readers_that_survive_it() -> None:
    old, new = _offer()
    _grown(new)
    assert refusals(new, old, sample_of("OfferState"), tolerant_fields(old)) == []


def _required(schema: dict[str, Any]) -> None:
    schema["properties"]["colour"] = {"type": "string"}
    schema["required"].append("colour")


def _narrowed(schema: dict[str, Any]) -> None:
    schema["properties"]["description"]["maxLength"] = 100


def _shrunk(schema: dict[str, Any]) -> None:
    schema["$defs"]["ContractKind"]["enum"].remove("cddi")


def _stricter(schema: dict[str, Any]) -> None:
    schema["properties"]["place"] = {"$ref": "#/$defs/Place"}


READ = {
    "new-required-field": (_required, "(whole): required"),
    "narrowed-text": (_narrowed, "description: maxLength"),
    "value-gone": (_shrunk, "contract_kind: enum"),
    "null-no-more": (_stricter, "place: type"),
}


@pytest.mark.parametrize(("change", "reason"), READ.values(), ids=READ)
def test_what_this_release_would_refuse_of_older_events_is_found(change: Any, reason: str) -> None:
    old, new = _offer()
    change(new)
    assert reason in refusals(old, new, sample_of("OfferState"))


def _enumerated(schema: dict[str, Any]) -> dict[str, list[Any]]:
    """Top-level fields that hold an enumeration somewhere, with the path to it."""

    def paths(part: Any) -> list[list[Any]]:
        while "$ref" in part:
            part = schema["$defs"][part["$ref"].rsplit("/", 1)[1]]
        if "enum" in part:
            return [[]]
        found = [path for option in part.get("anyOf", ()) for path in paths(option)]
        if isinstance(part.get("items"), dict):
            found += [[0, *path] for path in paths(part["items"])]
        for name, field in part.get("properties", {}).items():
            found += [[name, *path] for path in paths(field)]
        return found

    return {name: found[0] for name, field in schema["properties"].items() if (found := paths(field))}


@pytest.mark.parametrize(("name", "model"), MODELS, ids=IDS)
def test_every_field_with_an_enumeration_says_what_an_unknown_value_means(name: str, model: Any) -> None:
    assert _enumerated(model.model_json_schema()).keys() == MEANINGS.get(model, {}).keys()


@pytest.mark.parametrize(("name", "model"), MODELS, ids=IDS)
def test_a_reader_survives_a_value_that_it_does_not_know(name: str, model: Any) -> None:
    sample = sample_of(name)
    for field, path in _enumerated(model.model_json_schema()).items():
        data = copy.deepcopy(sample)
        data[field] = _with_unknown(data.get(field), path)
        read = understand(model, json.dumps(data).encode())
        meaning = MEANINGS[model][field]
        value = getattr(read, field)
        assert read.not_understood == {field}
        if meaning.how is How.STAND_IN:
            assert value == meaning.value
        elif meaning.how is How.LEFT_OUT:
            assert value == ()
        else:
            assert value == model.model_fields[field].default


def _with_unknown(value: Any, path: list[Any]) -> Any:
    if not path:
        return "a-value-of-tomorrow"
    if path[0] == 0:
        first = value[0] if value else {"means": "car", "range_km": 5}
        return [_with_unknown(first if isinstance(first, dict) else None, path[1:])]
    return {**value, path[0]: _with_unknown(value.get(path[0]), path[1:])}


def test_known_values_beside_an_unknown_one_stay() -> None:
    data = sample_of("OfferState") | {"licences": ["B", "C1E", "CE"]}
    assert understand(OfferState, json.dumps(data).encode()).licences == ("B", "CE")


@pytest.mark.parametrize("field", ["licences", "reserved_publics", "french_level", "kind", "contract_kind", "status"])
def test_an_offer_that_asks_for_what_is_not_known_is_matched_with_nobody(field: str) -> None:
    value = ["tomorrow"] if field in ("licences", "reserved_publics") else "tomorrow"
    data = sample_of("OfferState") | {"status": "published", field: value}
    state = understand(OfferState, json.dumps(data).encode())
    assert offer_facts(state).beyond
    known = understand(OfferState, json.dumps(sample_of("OfferState") | {"status": "published"}).encode())
    assert not offer_facts(known).beyond
    assert offer_facts(known).open


def test_who_accepts_only_what_is_not_known_is_not_matched_with_everything() -> None:
    for kinds, accepts in ((["tomorrow"], False), (["tomorrow", "job"], True), ([], True)):
        data = sample_of("ProfileState") | {"active": True, "kinds": kinds}
        assert bool(profile_facts(understand(ProfileState, json.dumps(data).encode())).kinds) is accepts
