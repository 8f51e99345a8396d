"""The contracts: schemas and samples hold, and a breaking change is noticed."""

import copy
import json
from pathlib import Path

import jsonschema
import pytest
from pydantic import ValidationError

from shared.contracts.compatibility import SAMPLES, SCHEMAS, breaking, check, event_models, schema_of
from shared.contracts.topics import SERVICES, TOPICS, Visibility, dead_letter_topic


def test_committed_schemas_and_samples_are_those_of_the_models() -> None:
    assert check() == []


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.json")), ids=lambda path: path.stem)
def test_samples_satisfy_the_committed_schema(path) -> None:
    schema = json.loads((SCHEMAS / f"{path.name.split('.')[0]}.json").read_text())
    jsonschema.validate(json.loads(path.read_text()), schema)


_EDGES = {
    "date": ("0001-01-01", "9999-12-31"),
    "date-time": ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-12:00"),
}


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.json")), ids=lambda path: path.stem)
def test_no_event_is_of_the_calendars_first_or_last_day(path: Path) -> None:
    """Whoever counts on from it overflows, at every try, and what comes after it in the partition waits for that."""
    model = event_models()[path.name.split(".")[0]]
    for name, field in schema_of(model)["properties"].items():
        for kind in (field, *field.get("anyOf", ())):
            for value in _EDGES.get(kind.get("format", ""), ()):
                with pytest.raises(ValidationError) as refused:
                    model.model_validate_json(json.dumps(json.loads(path.read_text()) | {name: value}))
                assert [error["loc"][0] for error in refused.value.errors()] == [name]


def _offer() -> dict:
    return copy.deepcopy(schema_of(event_models()["OfferState"]))


def test_breaking_changes_are_named() -> None:
    gone = _offer()
    del gone["properties"]["title"]
    assert breaking(_offer(), gone) == ["title: the field is gone"]
    retyped = _offer()
    retyped["properties"]["title"] = {"type": "integer"}
    assert "type ['string'] became ['integer']" in breaking(_offer(), retyped)[0]
    added = _offer()
    added["properties"]["colour"] = {"type": "string"}
    assert "needs a default" in breaking(_offer(), added)[0]
    shorter = _offer()
    shorter["properties"]["title"]["maxLength"] = 10
    assert "maxLength went from 200 to 10" in breaking(_offer(), shorter)[0]
    fewer = _offer()
    fewer["$defs"]["ContractKind"]["enum"].remove("cdi")
    assert any("['cdi'] are gone" in reason for reason in breaking(_offer(), fewer))
    nested = _offer()
    del nested["$defs"]["Point"]["properties"]["lat"]
    assert any("lat: the field is gone" in reason for reason in breaking(_offer(), nested))


def test_additions_with_a_default_are_no_break() -> None:
    added = _offer()
    added["properties"]["colour"] = {"type": "string", "default": "blue"}
    added["$defs"]["ContractKind"]["enum"].append("new_kind")
    assert breaking(_offer(), added) == []


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_every_type_is_recorded_by_its_owner(topic) -> None:
    root = Path(__file__).resolve().parents[2]
    # Mechanisms that several services publish by.
    folders = (root / "services" / topic.owner, root / "shared" / "invitations", root / "shared" / "rights")
    sources = "".join(path.read_text() for folder in folders for path in folder.rglob("*.py"))
    silent = [name for name in topic.types if f'"{name}"' not in sources]
    assert silent == [], "the manifest promises types that nobody sends"


def test_the_manifest_is_consistent() -> None:
    names = [topic.name for topic in TOPICS]
    assert len(set(names)) == len(names)
    for topic in TOPICS:
        assert topic.owner in SERVICES
        assert set(topic.consumers) <= set(SERVICES)
        assert topic.owner not in topic.consumers or topic.visibility is Visibility.INTERNAL
        assert topic.name.startswith(f"{topic.owner}.")
        assert all(name.endswith(".v1") for name in topic.types)
        for consumer in topic.consumers:
            assert dead_letter_topic(consumer, topic) == f"bassin-{consumer}.{topic.name}.dlq"


# What tells of a person, or why somebody has a need, may be in no event that others than notifications read.
FORBIDDEN = {
    "first_name", "last_name", "email", "phone", "address", "birth_date", "birth_year", "sex", "age", "nationality",
    "rsa", "rsa_recipient", "rqth", "qpv", "disability", "barriers", "status_of_person", "nir",
}  # fmt: skip


def _fields(schema: dict) -> set[str]:
    found = set(schema.get("properties", {}))
    for definition in schema.get("$defs", {}).values():
        found |= set(definition.get("properties", {}))
    return found


@pytest.mark.parametrize(
    "topic", [t for t in TOPICS if t.visibility is not Visibility.RESTRICTED], ids=lambda t: t.name
)
def test_no_event_that_others_read_names_a_person_or_a_status(topic) -> None:
    for model in topic.types.values():
        assert _fields(schema_of(model)) & FORBIDDEN == set()
