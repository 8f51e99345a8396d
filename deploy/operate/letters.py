"""``bassin dead-letters``: those of all services, or of one. What is done is the services' own doing (``shared.operating``)."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from deploy.operate.where import runtimes, settings_of
from shared.contracts.topics import SERVICES
from shared.kafka.deadletters import COLLECTION
from shared.operating import LETTER_COLUMNS, chosen, drop_letters, letter_rows, redrive_and_wait, show_letter
from shared.parts import Runtime
from shared.settings import ConfigurationError, Settings

app = typer.Typer(
    help="Events that a service could not apply: they lie whole in its database for 90 days. Look at them with list and "
    "show, mend the cause, then redrive; what is never to be applied is discarded.",
    no_args_is_help=True,
)

Ids = Annotated[list[str] | None, typer.Argument(help="Ids, as list shows them")]
Name = Annotated[str | None, typer.Option("--service", help="Only this service")]
All = Annotated[bool, typer.Option("--all", help="Every one (of the service named), instead of ids")]
TopicName = Annotated[str | None, typer.Option("--topic", help="Only those of this topic, e.g. offers.offers.v1")]


def each(service: str | None, do: Callable[[str, Settings, Runtime], Awaitable[None]]) -> None:
    """Run ``do`` for the service named, or for all."""
    names = SERVICES if service is None else (service,)

    async def run() -> None:
        async with runtimes(names) as found:
            for name, runtime in found.items():
                await do(name, settings_of(name), runtime)

    asyncio.run(run())


@app.command("list")
def list_command(service: Name = None, topic: TopicName = None) -> None:
    """Ids, where from, and why; no content."""
    table = Table("service", *LETTER_COLUMNS)

    async def do(name: str, _: Settings, runtime: Runtime) -> None:
        for row in await letter_rows(runtime, topic):
            table.add_row(name, *row)

    each(service, do)
    Console(width=220).print(table if table.row_count else "no dead letters")


@app.command("show")
def show_command(
    id: Annotated[str, typer.Argument(help="Id, as list shows it")],
    service: Name = None,
    value: Annotated[bool, typer.Option("--value", help="Its content too: it may speak of a person")] = False,
) -> None:
    """One dead letter with its headers."""

    async def do(name: str, _: Settings, runtime: Runtime) -> None:
        print(f"service: {name}")
        await show_letter(runtime, id, value=value)

    _where_they_lie(service, [id], do)


@app.command("redrive")
def redrive_command(ids: Ids = None, service: Name = None, all: All = False, topic: TopicName = None) -> None:
    """Hand dead letters back to the one consumer that failed. The topic and the other services see nothing of it."""

    async def do(name: str, _: Settings, runtime: Runtime) -> None:
        await redrive_and_wait(name, runtime, chosen(ids, all, topic))

    _where_they_lie(service, ids, do)


@app.command("discard")
def discard_command(ids: Ids = None, service: Name = None, all: All = False, topic: TopicName = None) -> None:
    """Forget dead letters: what they say is never applied."""

    async def do(name: str, _: Settings, runtime: Runtime) -> None:
        await drop_letters(name, runtime, chosen(ids, all, topic))

    _where_they_lie(service, ids, do)


def _where_they_lie(
    service: str | None, ids: list[str] | None, do: Callable[[str, Settings, Runtime], Awaitable[None]]
) -> None:
    """Run ``do`` in the service named, else in those that have one of the ids.

    Raises:
        ConfigurationError: neither a service nor ids are named, or no service has them.
    """
    if service is None and not ids:
        raise ConfigurationError("name ids, or --service with --topic or --all.")
    done: list[str] = []

    async def one(name: str, settings: Settings, runtime: Runtime) -> None:
        query: dict[str, Any] = {"_id": {"$in": ids}} if ids else {}
        if service is not None or await runtime.store.collection(COLLECTION).count_documents(query, limit=1):
            done.append(name)
            await do(name, settings, runtime)

    each(service, one)
    if not done:
        raise ConfigurationError(f"no service has a dead letter {', '.join(ids or ())}.")
