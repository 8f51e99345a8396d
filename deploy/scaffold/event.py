"""A further event type on the topic of an aggregate that exists."""

import importlib
import inspect
from pathlib import Path

from deploy.scaffold.edits import DoesNotFit, Edits, identifier
from shared.contracts.topics import SERVICES, TOPICS, Topic
from shared.domain import Aggregate
from shared.service import Service
from shared.settings import load_settings


def new_event(edits: Edits, root: Path, name: str, topic_name: str | None) -> list[str]:
    """Add the type to the manifest and a transition that records it to the aggregate. Returns what is left to do.

    Raises:
        DoesNotFit: no topic carries events of this aggregate, or the type exists.
    """
    kind = identifier(name, "-")
    topic = _topic(kind, topic_name)
    if f"{kind}.v1" in topic.types:
        raise DoesNotFit(f"{topic.name} carries {kind}.v1 already.")
    last = list(topic.types)[-1].removesuffix(".v1")
    edits.replace("shared/contracts/topics.py", rf'("{last}")(,?)(?=[\s,)])', rf'\1, "{kind}"\2')
    model = _aggregate(topic)
    file = Path(inspect.getfile(model)).relative_to(root)
    method = identifier(kind, "_")
    lines, first = inspect.getsourcelines(model)
    source = edits.text(str(file)).splitlines(keepends=True)
    while lines and not lines[-1].strip():
        lines.pop()
    at = first - 1 + len(lines)
    source[at:at] = [
        "\n",
        f"    def {method}(self, now: datetime) -> None:\n",
        f'        """Tell others ({kind}.v1), with the whole state as it is now; refuse here what may not happen."""\n',
        f'        self.record("{kind}.v1", now)\n',
    ]
    edits.replace(str(file), r"\A.*\Z", "".join(source).replace("\\", r"\\"))
    test = f"tests/service/{topic.owner}/test_event_{method}.py"
    edits.create(test, _test(kind, topic, model, method))
    return [
        f"Say in {file} ({model.__name__}.{method}) what must hold first and what changes, and call it from a command.",
        f"Its consumers ({', '.join(topic.consumers) or 'none yet'}) get the full state, whatever its type is.",
        f"Name it in services/{topic.owner}/README.md under «Events».",
    ]


def _topic(kind: str, name: str | None) -> Topic:
    for topic in TOPICS:
        if name is None and any(other.startswith(f"{kind.split('-')[0]}-") for other in topic.types):
            return topic
        if topic.name == name:
            return topic
    known = ", ".join(topic.name for topic in TOPICS)
    raise DoesNotFit(f"Which topic carries {kind}? Name it: TOPIC=… (one of {known}); a new topic is made by hand.")


def _aggregate(topic: Topic) -> type[Aggregate]:
    assert topic.owner in SERVICES
    service: Service = importlib.import_module(f"services.{topic.owner}.app").SERVICE
    settings = load_settings(service.settings, environment="test")
    for source in service.compose(service.runtime(settings)).resync:
        if source.topic is topic:
            return source.model
    raise DoesNotFit(f"{topic.name} has no aggregate that {topic.owner} publishes again; add the type by hand.")


def _test(kind: str, topic: Topic, model: type[Aggregate], method: str) -> str:
    return f'''"""{kind}.v1: what it tells."""

from datetime import UTC, datetime
from typing import Any

import pytest

from {model.__module__} import {model.__name__}
from shared.contracts.topics import TOPICS
from shared.domain import Aggregate

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def test_the_manifest_carries_it_with_the_state_of_its_topic() -> None:
    [topic] = [topic for topic in TOPICS if "{kind}.v1" in topic.types]
    assert topic.name == "{topic.name}"
    assert len(set(topic.types.values())) == 1


def test_telling_it_makes_a_version(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[str, datetime]] = []
    monkeypatch.setattr(Aggregate, "record", lambda _, event_type, now: told.append((event_type, now)))
    fields: dict[str, Any] = {{}}  # what is told does not depend on them
    {model.__name__}.model_construct(**fields).{method}(NOW)
    assert told == [("{kind}.v1", NOW)]
'''
