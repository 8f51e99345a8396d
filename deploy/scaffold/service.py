"""A further service with all its rooms, known to everything that asks for the services."""

import re

from deploy.scaffold.edits import DoesNotFit, Edits, identifier
from deploy.scaffold.lists import in_lists, in_secrets, in_tables
from shared.contracts.topics import SERVICES

ROOMS = {
    "README.md": """# {name}

Owns … (one sentence: which facts are this service's, and nobody else's).

## Endpoints

None yet. One module per resource in `api/`, one line here for each operation: who may, and what it does.

## Events

Out: none yet (`shared/contracts/topics.py`). In: none yet. HTTP to other services: none.

## Collections

None yet. Not needed yet: `access.py`, `handles.py`, `holdings.py`, `migrations.py`.
Settings: [docs/settings.md](../../docs/settings.md#{name}).
""",
    "__init__.py": '"""{title}: what it owns is in its README."""\n',
    "__main__.py": '''"""``python -m services.{name} api|worker|all|init|resync|dead-letters|outbox …``."""

from services.{name}.app import SERVICE
from shared.cli import run

run(SERVICE)
''',
    "app.py": '''"""Composition root of the {name} service."""

from services.{name}.consumers import subscriptions
from services.{name}.context import Context
from services.{name}.jobs import jobs_of
from services.{name}.settings import {title}Settings
from services.{name}.store import COLLECTIONS
from shared.service import Parts, Runtime, Service


def compose(runtime: Runtime) -> Parts:
    """Wire the service."""
    context = Context(settings=runtime.settings, store=runtime.store, clock=runtime.clock, new_id=runtime.new_id)
    return Parts(context=context, routers=(), subscriptions=subscriptions(context), jobs=jobs_of(context))


SERVICE = Service(
    name="{name}",
    title="Bassin: {name}",
    description="{title}: what it owns is in its README.",
    settings={title}Settings,
    collections=COLLECTIONS,
    compose=compose,
)
''',
    "settings.py": '''"""Settings of the {name} service, read from ``BASSIN_*`` variables."""

from shared.settings import Settings


class {title}Settings(Settings):
    """None of its own yet; each needs a description."""
''',
    "context.py": '''"""What the endpoints, consumers and jobs of {name} share."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from services.{name}.settings import {title}Settings
from shared.clock import Clock
from shared.ids import IdFactory
from shared.store import Store


@dataclass(frozen=True)
class Context:
    """Handed in once, at the composition root."""

    settings: {title}Settings
    store: Store
    clock: Clock
    new_id: IdFactory


def _context(request: Request) -> Context:
    context: Context = request.app.state.context
    return context


Ctx = Annotated[Context, Depends(_context)]
''',
    "store.py": '''"""Collections of the {name} service and its queries: nothing else knows them."""

from shared.store import CollectionSpec

COLLECTIONS: tuple[CollectionSpec, ...] = ()
''',
    "consumers.py": '''"""What {name} learns from others."""

from services.{name}.context import Context
from shared.kafka.subscription import AnySubscription


def subscriptions(context: Context) -> list[AnySubscription]:
    """This service's consumers; the manifest must name it as a consumer of each topic."""
    return []
''',
    "jobs.py": '''"""What time triggers in {name}."""

from services.{name}.context import Context
from shared.service import Job


def jobs_of(context: Context) -> tuple[Job, ...]:
    """The jobs of this service, leased: one replica runs each."""
    return ()
''',
    "domain/__init__.py": '"""Entities, states and rules of {name}: pure Python, the clock and ids handed in."""\n',
    "commands/__init__.py": '"""What changes something: load, decide in the domain, commit."""\n',
    "queries/__init__.py": '"""Reads across aggregates."""\n',
    "api/__init__.py": '"""HTTP of {name}: one module per resource, thin."""\n',
}

TESTS = {
    "__init__.py": "",
    "conftest.py": '''"""The {name} service on a real MongoDB, with a clock in hand."""

from collections.abc import AsyncIterator

import pytest

from shared.clock import HandClock
from tests.support import Running, Stack


@pytest.fixture
async def {name}(stack: Stack, clock: HandClock) -> AsyncIterator[Running]:
    async with stack.running("{name}", clock=clock) as running:
        yield running
''',
    "test_start.py": '''"""The service starts, says that it is well, and documents itself."""

from tests.support import Running


async def test_it_is_ready_and_documented({name}: Running) -> None:
    ready = await {name}.client.get("/health/ready")
    assert (ready.status_code, ready.json()["status"]) == (200, "ok")
    document = (await {name}.client.get("/openapi.json")).json()
    assert document["info"]["title"] == "Bassin: {name}"
''',
}


def new_service(edits: Edits, name: str) -> list[str]:
    """Write the rooms and tell everything that lists services. Returns what is left to do.

    Raises:
        DoesNotFit: there is one of this name.
    """
    name = identifier(name, "_")
    if name in SERVICES:
        raise DoesNotFit(f"There is a service {name} already.")
    last, title, port = SERVICES[-1], name.title().replace("_", ""), 8001 + len(SERVICES)
    for folder, files in ((f"services/{name}", ROOMS), (f"tests/service/{name}", TESTS)):
        for path, text in files.items():
            edits.create(f"{folder}/{path}", text.replace("{name}", name).replace("{title}", title))
    edits.replace("shared/contracts/topics.py", r"^(SERVICES = \([^)]*)\)$", rf'\g<1>, "{name}")')
    edits.replace("pyproject.toml", rf"^({last} = \[[^\n]*\]\n)", rf"\g<1>{name} = []\n")
    in_lists(edits, name)
    in_secrets(edits, name)
    in_tables(edits, name, port)
    for half in ("api", "worker"):
        block = rf"^(  {last}-{half}:\n(?:    [^\n]*\n)+)"
        edits.replace("docker-compose.yml", block, _block(edits.text("docker-compose.yml"), block, name))
    return [
        f"Write in services/{name}/README.md and in README.md what it owns, then the domain, its store, its API.",
        "A topic of its own: `shared/contracts/topics.py`, with the model in `shared/contracts/events/`.",
        f"{title} in the drawing docs/images/concepts.svg.",
        "The manifests of Kubernetes: `make k8s` (they are written; the renderings need kustomize).",
        f"Who may call what, with the first operation: tests/contract/authorisation/rules.py, and things/{name}.py beside it.",
    ]


def _block(text: str, pattern: str, name: str) -> str:
    """The compose block of the last service, and a copy of it for this one."""
    found = re.search(pattern, text, re.MULTILINE)
    if found is None:
        raise DoesNotFit("docker-compose.yml has no block of the last service any more; add it by hand.")
    last = SERVICES[-1]
    lines = found[1].replace(last, name).replace(last.upper(), name.upper()).splitlines(keepends=True)
    # The secret of links is for services that sign some.
    copy = "".join(line for line in lines if "link_secret" not in line)
    return (found[1] + "\n" + copy).replace("\\", r"\\")
