"""Every place outside the code that lists the services lists all of them: ``make new-service`` must reach each."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.access.acls import OPERATOR, service_user
from shared.contracts.topics import SERVICES

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
_NAME = re.compile(rf"(?<![A-Za-z])({'|'.join(SERVICES)})(?![A-Za-z])")
# Written from the code each time, where another test compares them with it.
GENERATED = ("docs/topics.md", "docs/settings.md", "docs/metrics.md", "docs/env.example", "deploy/k8s/")
# Not the code of the services: a topic has the consumers that it has.
FOLDERS = ("deploy", "docs", ".ci", ".github")
KINDS = {".md", ".yml", ".yaml", ".sh", ".py", ".toml", ".in", ""}


def places() -> Iterator[tuple[str, str]]:
    """Lines by where they are."""
    files = [path for path in ROOT.iterdir() if path.is_file()]
    files += [path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.is_file()]
    for path in sorted(files):
        name = path.relative_to(ROOT).as_posix()
        if path.suffix not in KINDS or name.startswith(GENERATED) or "__pycache__" in name or "/data/" in name:
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            yield f"{name}:{number}", line


def test_no_list_of_the_services_leaves_one_out() -> None:
    wanting = {}
    lists = 0
    for where, line in places():
        named = set(_NAME.findall(line))
        lists += named == set(SERVICES)
        if len(SERVICES) - 1 <= len(named) < len(SERVICES):
            wanting[where] = sorted(set(SERVICES) - named)
    assert lists > 5
    assert wanting == {}


def test_the_init_job_gets_the_password_of_every_account_that_it_makes() -> None:
    accounts = {f"kafka_{user}" for user in (*map(service_user, SERVICES), OPERATOR)}
    accounts |= {f"mongo_{service_user(service)}" for service in SERVICES}
    mounted = {one["source"]: one["target"] for one in COMPOSE["services"]["init"]["secrets"] if isinstance(one, dict)}
    vault = {source: target for source, target in mounted.items() if target.startswith("/vault/")}
    assert vault == {name: f"/vault/{name}" for name in accounts}
    # Each secret that a container mounts is one of the file's own.
    for name, spec in COMPOSE["services"].items():
        for one in spec.get("secrets", []):
            source = one["source"] if isinstance(one, dict) else one
            assert source in COMPOSE["secrets"], f"{name} mounts {source}"
    assert {name for name in COMPOSE["secrets"] if "_bassin-" in name} == accounts


@pytest.mark.parametrize(
    ("page", "row"),
    [
        ("README.md", "| [`services/{name}`](services/{name}/README.md) |"),
        ("docs/concepts.md", "| {name} |"),
        ("docs/front-end.md", "| {name} | `http://localhost:{port}/v1/…` | `https://HOST/{name}/v1/…` |"),
    ],
)
def test_every_table_of_services_has_a_row_for_each(page: str, row: str) -> None:
    lines = (ROOT / page).read_text().splitlines()
    for port, name in enumerate(SERVICES, 8001):
        begin = row.format(name=name, port=port)
        assert [line for line in lines if line.startswith(begin)], begin
