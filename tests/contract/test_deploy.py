"""The deploy files against the code: no engine runs here, so ports, commands, variables and topics are compared instead."""

import asyncio
import importlib
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.access.setting_up import AccessSettings
from deploy.access.vault import Vault
from deploy.env_example import TwoDefaults, compose_defaults
from deploy.local.mongo import CHANGED_PAGES, TRANSACTION_SECONDS
from shared.cli import make_cli
from shared.contracts.topics import SERVICES, TOPICS, dead_letter_topic
from shared.kafka.topics import wanted_topics
from shared.service import Parts, Service
from shared.settings import Settings, load_settings, variable_of

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text()
OURS = {name: spec for name, spec in COMPOSE["services"].items() if name.endswith(("-api", "-worker"))}
ENGINES = ("kafka", "mongo")
EXTRAS = {"gateway", "init", "mail", "identity", "identity-db", "prometheus", "grafana", "otel", *ENGINES}
EXAMPLE = (ROOT / "docs" / "env.example").read_text()


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
    assert set(OURS) == {f"{name}-{half}" for name in SERVICES for half in ("api", "worker")}
    assert set(COMPOSE["services"]) - EXTRAS == set(OURS)
    for name in SERVICES:
        for half in ("api", "worker"):
            assert OURS[f"{name}-{half}"]["command"] == [name, half]
            replicas = f"${{BASSIN_{name.upper()}_{half.upper()}_REPLICAS:-1}}"
            assert OURS[f"{name}-{half}"]["deploy"]["replicas"] == replicas


@pytest.mark.parametrize("name", SERVICES)
def test_the_commands_of_compose_exist(name: str) -> None:
    known = {command.name or command.callback.__name__ for command in make_cli(service_of(name)).registered_commands}
    assert {"api", "worker", "all", "init", "resync", "redrive"} <= known


def variables_of(settings: type[Settings]) -> set[str]:
    return {variable_of(name, field) for name, field in settings.model_fields.items()}


def test_every_variable_of_the_gateway_is_in_the_example() -> None:
    asked = set(re.findall(r"\$\{(GATEWAY_\w+):", (ROOT / "docker-compose.yml").read_text()))
    assert asked == set(re.findall(r"^#(GATEWAY_\w+)=", EXAMPLE, re.MULTILINE))
    assert asked == set(COMPOSE["services"]["gateway"]["environment"])


def test_every_variable_of_compose_is_a_setting() -> None:
    for name, spec in {**OURS, "init": COMPOSE["services"]["init"]}.items():
        settings = AccessSettings if name == "init" else service_of(name.rsplit("-", 1)[0]).settings
        known = variables_of(settings) | {f"{variable}_FILE" for variable in variables_of(settings)}
        # One block for all of them: what only some services know is left unread by the others.
        elsewhere = set().union(*(variables_of(service_of(one).settings) for one in SERVICES))
        assert set(spec["environment"]) - elsewhere <= known, name


@pytest.mark.parametrize("name", SERVICES)
def test_every_setting_reaches_the_services_through_compose(name: str) -> None:
    """By .env, whose example names each, or by a secret's file, or by compose itself."""
    for half in ("api", "worker"):
        spec = OURS[f"{name}-{half}"]
        assert spec["env_file"] == [{"path": "${BASSIN_ENV_FILE:-.env}", "required": False}]
        for variable in variables_of(service_of(name).settings):
            offered = re.search(rf"^#?{variable}=", EXAMPLE, re.MULTILINE)
            given = {variable, f"{variable}_FILE"} & set(spec["environment"])
            assert offered or given, f"{variable} cannot be set for {name}-{half}"
            fixed = str(spec["environment"].get(variable, "${"))
            assert not offered or fixed.startswith("${"), f"{variable} of .env would be overruled"


def test_a_line_of_the_example_that_loses_its_hash_changes_nothing() -> None:
    """Each default that it shows is the one that is used: compose's where compose chooses, else the setting's own."""
    chosen = dict(
        line.removeprefix("#").split("=", 1) for line in EXAMPLE.splitlines() if re.match(r"#?[A-Z_]+=", line)
    )
    required = {"BASSIN_ORIGIN": "https://emploi.creuse.fr", "BASSIN_JWKS": "/keys/jwks.json"}
    text = (ROOT / "docker-compose.yml").read_text()
    filled = {name: interpolated(value, required) for name, value in chosen.items()} | required
    kept = {name: value for name, value in filled.items() if name not in ("BASSIN_SMTP_HOST", "BASSIN_SMTP_FROM")}
    assert interpolated(text, kept) == interpolated(text, required)
    assert set(re.findall(r"(?<!\$)\$\{(\w+)", text)) - {"BASSIN_ENV_FILE"} <= set(chosen)
    for name in SERVICES:
        settings = service_of(name).settings
        by_compose = set(OURS[f"{name}-api"]["environment"])
        own = {variable_of(field, info): field for field, info in settings.model_fields.items()}
        with pytest.MonkeyPatch.context() as variables:
            for variable in own:
                variables.delenv(variable, raising=False)
            unset = load_settings(settings, environment="local")
            for variable in set(own) & set(filled) - by_compose:
                variables.setenv(variable, filled[variable])
            assert load_settings(settings, environment="local") == unset


def interpolated(text: str, variables: dict[str, str]) -> str:
    """As Compose puts variables in: ``${A:-b}`` and ``${A-b}`` (which may hold another), ``${A:?why}``, ``${A}``."""

    def value(found: re.Match[str]) -> str:
        name, colon, sign, rest = found.groups()
        given = variables.get(name)
        usable = given if colon else name in variables
        return (given or "") if usable or sign != "-" else interpolated(rest, variables)

    return re.sub(r"\$\{(\w+)(?:(:?)([-?])((?:[^{}]|\$\{[^{}]*\})*))?\}", value, text)


def test_a_variable_of_compose_has_one_default() -> None:
    with pytest.raises(TwoDefaults, match="A_PORT: '1' and '2'"):
        compose_defaults("ports: ${A_PORT:-1}\n# ${A_PORT:-3}\nother: ${A_PORT:-2}")


def test_a_secret_is_mounted_only_where_it_is_used() -> None:
    for name in SERVICES:
        for half in ("api", "worker"):
            mounted = {one["source"] if isinstance(one, dict) else one for one in OURS[f"{name}-{half}"]["secrets"]}
            others = {f"{engine}_bassin-{other}" for engine in ENGINES for other in SERVICES if other != name}
            assert not mounted & (others | {"kafka_admin", "mongo_admin", "kafka_broker", "mongo_key", "gateway_key"})
            assert {f"kafka_bassin-{name}", f"mongo_bassin-{name}"} <= mounted
    paths = {one["file"].partition("}/")[2] for one in COMPOSE["secrets"].values()}
    assert "ca.key" not in paths


def test_the_vault_makes_every_secret_that_compose_mounts(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "secrets")
    made = vault.fill(["emploi.creuse.fr", "192.0.2.7"])
    assert {one["file"].partition("}/")[2] for one in COMPOSE["secrets"].values()} <= set(made)
    assert vault.fill(["emploi.creuse.fr"]) == []
    assert (tmp_path / "secrets").stat().st_mode & 0o077 == 0
    assert (
        len({vault.read(name) for name in made if name.startswith(("kafka_bassin", "mongo_bassin"))})
        == 2 * len(SERVICES) + 1
    )
    assert vault.partner("cap-emploi")
    password = vault.read("partners/cap-emploi")
    assert not vault.partner("cap-emploi")
    assert vault.read("partners/cap-emploi") == password
    assert vault.partners == ["cap-emploi"]
    with pytest.raises(ValueError, match="name"):
        vault.partner("../kafka_admin")


def test_containers_may_no_more_than_they_need() -> None:
    for name, spec in COMPOSE["services"].items():
        assert spec["cap_drop"] == ["ALL"], name
        assert spec["security_opt"] == ["no-new-privileges:true"], name
        assert spec["read_only"] is True, name
        assert spec["logging"]["options"]["max-file"], name
        assert spec["mem_limit"], name
        assert spec["restart"] == ("no" if name == "init" else "unless-stopped"), name
    for name in ("init", *OURS):
        assert any(mount.startswith("/tmp") for mount in COMPOSE["services"][name]["tmpfs"]), name


def test_the_gateway_is_the_only_door_and_reaches_no_engine() -> None:
    published = {name for name, spec in COMPOSE["services"].items() if spec.get("ports") and "profiles" not in spec}
    assert published == {"gateway", "kafka"}
    assert COMPOSE["services"]["gateway"]["networks"] == ["edge"]
    for engine in ENGINES:
        assert "edge" not in COMPOSE["services"][engine]["networks"]
    # Partners' door of Kafka is on loopback until somebody opens it.
    assert COMPOSE["services"]["kafka"]["ports"] == ["${BASSIN_PARTNERS_LISTEN:-127.0.0.1:9094}:9094"]


def test_health_checks_are_seldom_and_light() -> None:
    exposed = re.search(r"BASSIN_PORT=(\d+) BASSIN_WORKER_PORT=(\d+)", DOCKERFILE)
    assert exposed is not None
    for name, spec in COMPOSE["services"].items():
        if "healthcheck" not in spec:
            continue
        assert spec["healthcheck"]["interval"] == "30s", name
        assert not {"mongosh", "java"} & set(" ".join(spec["healthcheck"]["test"]).split()), name
    for name, spec in OURS.items():
        port = exposed[1] if name.endswith("-api") else exposed[2]
        assert spec["healthcheck"]["test"] == ["CMD", "python", "-ISE", "/app/deploy/health.py", port]
        # Nothing waits for a check: one that is late under load must not refuse the remedy.
        assert spec["depends_on"] == {"init": {"condition": "service_completed_successfully"}}


def test_the_image_has_what_it_copies_and_no_local_server() -> None:
    copied = re.findall(r"^COPY (?!--from)(?:--\S+ )?(.+) \S+$", DOCKERFILE, re.MULTILINE)
    for sources in copied:
        for source in sources.split():
            assert list(ROOT.glob(source)), source
    documents = {path.name for source in copied for one in source.split() for path in ROOT.glob(one) if path.is_file()}
    assert {f"openapi-{name}.json" for name in SERVICES} <= documents
    assert "USER 10001:10001" in DOCKERFILE
    for dockerfile in (ROOT / "deploy").rglob("Dockerfile"):
        assert "--chmod" not in dockerfile.read_text(), "needs BuildKit"
    for script in (
        "entrypoint.sh",
        "gateway/start.sh",
        "kafka/start.sh",
        "mongo/start.sh",
        "identity/start.sh",
        "upgrade.sh",
    ):
        assert os.access(ROOT / "deploy" / script, os.X_OK), script
    runtime = (ROOT / "requirements" / "runtime.txt").read_text()
    assert "calfkit" not in runtime
    assert "fiftyone" not in runtime
    entrypoint = (ROOT / "deploy" / "entrypoint.sh").read_text()
    assert "|".join(SERVICES) + ")" in entrypoint


def test_the_compose_file_starts_mongodb_as_the_local_stack_does() -> None:
    start = (ROOT / "deploy" / "mongo" / "start.sh").read_text()
    assert f"transactionLifetimeLimitSeconds={TRANSACTION_SECONDS} " in start
    assert re.search(rf"--wiredTigerEngineConfigString \\\n\s+{CHANGED_PAGES}\n", start)


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


def test_what_the_image_runs_imports_only_what_the_image_has() -> None:
    inside = [
        ROOT / source
        for line in re.findall(r"^COPY (deploy/\S.*) \S+$", DOCKERFILE, re.MULTILINE)
        for source in line.split()
    ]
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    for path in inside:
        name = f"!{path.relative_to(ROOT)}"
        assert any(name == line or name.startswith(f"{line}/") for line in ignored), (
            f".dockerignore leaves out {name[1:]}"
        )
    files = [file for path in inside for file in ([path] if path.suffix == ".py" else path.rglob("*.py"))]
    assert len(files) > 10
    for file in files:
        for module in re.findall(r"^\s*(?:from|import) (deploy\.[\w.]+)", file.read_text(), re.MULTILINE):
            path = ROOT / module.replace(".", "/")
            found = [one for one in inside if one in (path, path.with_suffix(".py")) or one in path.parents]
            assert found, f"{file.relative_to(ROOT)} imports {module}, which is not in the image"


def test_make_help_lists_every_target_in_one_column() -> None:
    told = subprocess.run(["make", "-s", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    explained = re.findall(r"^([^\s:#]+):[^#\n]*## (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert len(explained) > 20
    lines = told.splitlines()[1:]
    # The last stands for one target of each service.
    assert lines[-1].split()[0] == "test-SERVICE"
    assert [tuple(line.strip().split(maxsplit=1)) for line in lines[:-1]] == explained
    assert len({line.index(line.split(maxsplit=1)[1]) for line in lines}) == 1
