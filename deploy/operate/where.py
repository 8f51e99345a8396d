"""Which installation is meant: the one that the environment names, else the local stack that runs here."""

import importlib
import json
import os
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

from shared.contracts.topics import SERVICES
from shared.parts import Runtime
from shared.service import Service
from shared.settings import ConfigurationError, Settings, load_settings

NAMED_BY = ("MONGODB_URL", "KAFKA_BOOTSTRAP_SERVERS")


def use_local_stack() -> Path | None:
    """Take the variables of the stack that ``make up`` runs here, unless the environment names servers itself.

    Returns the file that was read; None when the environment decides.
    """
    file = Path(os.environ.get("BASSIN_RUN_DIR", ".bassin")) / "stack.json"
    if any(os.environ.get(variable) for variable in NAMED_BY) or not file.is_file():
        return None
    told: dict[str, str] = json.loads(file.read_text())["environment"]
    for name, value in told.items():
        if name != "PYTHONPATH" and not os.environ.get(name):
            os.environ[name] = value
    return file


def service_of(name: str) -> Service:
    """A service by its name.

    Raises:
        ConfigurationError: there is none of this name.
    """
    if name not in SERVICES:
        raise ConfigurationError(f"There is no service {name}; there are {', '.join(SERVICES)}.")
    service: Service = importlib.import_module(f"services.{name}.app").SERVICE
    return service


def settings_of(name: str) -> Settings:
    """The settings of a service, as its own processes would read them here."""
    return load_settings(service_of(name).settings)


@asynccontextmanager
async def runtimes(names: Iterable[str] = SERVICES) -> AsyncIterator[dict[str, Runtime]]:
    """Every service's own database; nothing is created or changed in it."""
    found = {name: service_of(name).runtime(settings_of(name)) for name in names}
    try:
        yield found
    finally:
        for runtime in found.values():
            await runtime.store.close()
