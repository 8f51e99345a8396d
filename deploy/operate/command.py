"""The command line of ``bassin``."""

import asyncio
import sys
from typing import Annotated

import typer
from aiokafka.errors import KafkaError
from pymongo.errors import PyMongoError
from rich.console import Console

from deploy.operate.trace.finding import find
from deploy.operate.trace.telling import show
from deploy.operate.where import runtimes, use_local_stack
from shared.settings import ConfigurationError, Settings, load_settings

app = typer.Typer(
    help="Looks at and mends a running Bassin, all services together.",
    no_args_is_help=True,
    add_completion=False,
    # A traceback with variables would print settings, and so passwords.
    pretty_exceptions_enable=False,
)


@app.callback()
def _installation() -> None:
    """Looks at and mends a running Bassin, all services together.

    Which one: what MONGODB_URL and KAFKA_BOOTSTRAP_SERVERS name, else the local stack of `make up` in this folder.
    """
    file = use_local_stack()
    if file is not None:
        print(f"(the local stack of {file})", file=sys.stderr)


@app.command()
def trace(
    id: Annotated[str, typer.Argument(help="Id of an event (ce_id), or the X-Request-Id of a request")],
) -> None:
    """Follow one event: outbox, topic, consumers, dead letters, and what it caused. Shows ids, never content."""

    async def do() -> bool:
        async with runtimes() as all_of_them:
            found = await find(load_settings(Settings), all_of_them, id)
        return show(found, id, Console(soft_wrap=True, highlight=False, markup=False))

    if not asyncio.run(do()):
        raise typer.Exit(1)


def run() -> None:
    """Parse the command line and do it; a wrong setting ends with a sentence and exit code 2."""
    try:
        app()
    except ConfigurationError as error:
        print(f"bassin: {error}", file=sys.stderr)
        raise SystemExit(2) from None
    except (KafkaError, PyMongoError, OSError) as error:
        print(f"bassin: a server is out of reach: {type(error).__name__}.", file=sys.stderr)
        raise SystemExit(1) from None
