"""The deploy files against the code: no engine runs here, so ports, commands, variables and topics are compared instead."""

import asyncio
import importlib
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from shared.cli import make_cli
from shared.contracts.topics import SERVICES, TOPICS, dead_letter_topic
from shared.kafka.topics import wanted_topics
from shared.service import Parts, Service
from shared.settings import Settings, load_settings

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text()
OURS = {name: spec for name, spec in COMPOSE["services"].items() if name not in ("kafka", "mongo")}


def service_of(name: str) -> Service:
    service: Service = importlib.import_module(f"services.{name}.app").SERVICE
    return service


def compose_parts(name: str) -> Parts:
    service = service_of(name)
    runtime = service.runtime(load_settings(service.settings, environment="test"))
    try:
        return service.compose(runtime)
    finally:
        asyncio.run(runtime.store.close())


def test_compose_runs_api_and_worker_of_every_service() -> None:
    assert set(OURS) == {"init"} | {f"{name}-{half}" for name in SERVICES for half in ("api", "worker")}
    for name in SERVICES:
        for half in ("api", "worker"):
            assert OURS[f"{name}-{half}"]["command"] == [name, half]


@pytest.mark.parametrize("name", SERVICES)
def test_the_commands_of_compose_exist(name: str) -> None:
    known = {command.name or command.callback.__name__ for command in make_cli(service_of(name)).registered_commands}
    assert {"api", "worker", "all", "init", "resync", "redrive"} <= known


def test_every_variable_of_compose_is_a_setting() -> None:
    for name, spec in OURS.items():
        settings = service_of(name.rsplit("-", 1)[0]).settings if name != "init" else Settings
        known = {f"BASSIN_{field.upper()}" for field in settings.model_fields}
        known |= {str(field.validation_alias) for field in settings.model_fields.values() if field.validation_alias}
        assert set(spec["environment"]) <= known, name


def test_ports_and_health_checks_are_those_of_the_image() -> None:
    exposed = re.search(r"BASSIN_PORT=(\d+) BASSIN_WORKER_PORT=(\d+)", DOCKERFILE)
    assert exposed is not None
    for number, name in enumerate(SERVICES):
        assert OURS[f"{name}-api"]["ports"] == [f"{8001 + number}:{exposed[1]}"]
        assert f":{exposed[1]}/health/ready" in OURS[f"{name}-api"]["healthcheck"]["test"][-1]
        assert f":{exposed[2]}/health/ready" in OURS[f"{name}-worker"]["healthcheck"]["test"][-1]


def test_the_image_has_what_it_copies_and_no_local_server() -> None:
    copied = re.findall(r"^COPY (?!--from)(?:--\S+ )?(.+) \S+$", DOCKERFILE, re.MULTILINE)
    for sources in copied:
        for source in sources.split():
            assert (ROOT / source).exists(), source
    assert "USER 10001" in DOCKERFILE
    runtime = (ROOT / "requirements" / "runtime.txt").read_text()
    assert "calfkit" not in runtime
    assert "fiftyone" not in runtime
    entrypoint = (ROOT / "deploy" / "entrypoint.sh").read_text()
    assert "|".join(SERVICES) + ")" in entrypoint


def test_the_init_job_creates_every_topic_and_dead_letter_topic() -> None:
    names = {topic.name for topic in wanted_topics(load_settings(Settings))}
    assert names == {t.name for t in TOPICS} | {dead_letter_topic(s, t) for t in TOPICS for s in t.consumers}


@pytest.mark.parametrize("name", SERVICES)
def test_the_manifest_says_who_consumes_what(name: str) -> None:
    subscribed = {subscription.topic.name for subscription in compose_parts(name).subscriptions}
    assert subscribed == {topic.name for topic in TOPICS if name in topic.consumers}


@pytest.mark.parametrize("name", SERVICES)
def test_state_topics_can_be_published_again_by_their_owner(name: str) -> None:
    again = {source.topic.name for source in compose_parts(name).resync}
    assert again == {topic.name for topic in TOPICS if topic.owner == name and topic.compacted}


@pytest.mark.parametrize("name", SERVICES)
def test_nobody_mounts_a_way_to_publish_from_the_browser(name: str) -> None:
    paths = {getattr(route, "path", "") for router in compose_parts(name).routers for route in router.routes}
    assert not any("asyncapi" in path for path in paths)


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_has_the_same_rooms(name: str) -> None:
    folder = ROOT / "services" / name
    for room in ("README.md", "__main__.py", "app.py", "settings.py", "store.py", "domain", "api"):
        assert (folder / room).exists(), room
