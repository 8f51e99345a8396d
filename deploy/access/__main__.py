"""``python -m deploy.access``: secrets of an installation, and who may do what at its servers."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from aiokafka.errors import KafkaError
from pymongo.errors import PyMongoError

from deploy.access.kafka import AccessRefused
from deploy.access.setting_up import AccessSettings, remove_partner, set_up_kafka, set_up_mongo
from deploy.access.vault import Vault
from shared.settings import ConfigurationError, load_settings

app = typer.Typer(
    help="Secrets, users and rules.", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)
Folder = Annotated[Path, typer.Argument(help="Folder of the installation's secrets")]


@app.command("secrets")
def secrets_command(
    folder: Folder,
    host: Annotated[
        list[str], typer.Option("--host", help="Public name (or address) of the installation; several times")
    ],
) -> None:
    """Make passwords, keys and certificates that are missing in FOLDER; what is there stays."""
    with _sentences():
        made = Vault(folder).fill(host)
    print(f"{len(made)} secrets made: {', '.join(made)}." if made else "Every secret is there already.")


@app.command("partner")
def partner_command(
    folder: Folder,
    name: Annotated[str, typer.Argument(help="Lower-case words joined by hyphens, e.g. cap-emploi")],
) -> None:
    """Make a password for a partner; `init` (or `apply`) then lets it in."""
    with _sentences():
        made = Vault(folder).partner(name)
    print(f"{folder}/partners/{name} {'was made' if made else 'is there already'}; user partner-{name}.")


@app.command("apply")
def apply_command() -> None:
    """Tell Kafka and MongoDB: users and rules as the secrets and the manifest say."""
    settings = _settings()
    print(asyncio.run(set_up_kafka(settings)))
    print(asyncio.run(set_up_mongo(settings)))


@app.command("remove-partner")
def remove_command(name: Annotated[str, typer.Argument(help="The partner's name")]) -> None:
    """Shut a partner out."""
    with _sentences():
        asyncio.run(remove_partner(_settings(), name))
    print(f"partner-{name} is no user any more.")


@contextmanager
def _sentences() -> Iterator[None]:
    """What is typed wrongly is said by whoever runs the command, and no traceback shows it."""
    try:
        yield
    except ValueError as error:
        raise ConfigurationError(str(error)) from None


def _settings() -> AccessSettings:
    settings = load_settings(AccessSettings)
    if not settings.access_secrets:
        raise ConfigurationError("BASSIN_ACCESS_SECRETS must name the folder of the installation's secrets.")
    return settings


if __name__ == "__main__":
    try:
        app()
    except (ConfigurationError, AccessRefused) as error:
        sys.exit(f"access: {error}")
    except (KafkaError, PyMongoError, OSError) as error:
        sys.exit(f"access: out of reach, or a file that is not there: {type(error).__name__}.")
