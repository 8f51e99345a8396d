"""Operator's commands on what got stuck: ``dead-letters`` (could not be applied) and ``outbox`` (could not be published)."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from shared.kafka import stuck
from shared.kafka.deadletters import COLLECTION, kept
from shared.kafka.erasing import erase
from shared.kafka.redrive import being_redriven, hand_back
from shared.parts import Runtime
from shared.settings import ConfigurationError, Settings

WAIT_SECONDS = 30.0
LETTER_COLUMNS = ("id", "topic", "partition/offset", "at", "times", "bytes", "reason", "state")

Run = Callable[[Callable[[Settings, Runtime], Awaitable[None]]], None]
Ids = Annotated[list[str] | None, typer.Argument(help="Ids, as list shows them")]
All = Annotated[bool, typer.Option("--all", help="Every one, instead of ids")]
TopicName = Annotated[str | None, typer.Option("--topic", help="Only those of this topic, e.g. offers.offers.v1")]


def dead_letter_commands(service: str, run: Run) -> typer.Typer:
    """``dead-letters list|show|redrive|drop|erase``. ``run`` calls a coroutine with settings and runtime."""
    app = typer.Typer(help="Events that this service could not apply.", no_args_is_help=True)

    @app.command("list")
    def list_command(topic: TopicName = None) -> None:
        """Ids, where from, and why; no content."""

        async def do(settings: Settings, runtime: Runtime) -> None:
            table = Table(*LETTER_COLUMNS)
            for row in await letter_rows(runtime, topic):
                table.add_row(*row)
            _print(table, f"{service}: no dead letters")

        run(do)

    @app.command("show")
    def show_command(
        id: Annotated[str, typer.Argument(help="Id, as list shows it")],
        value: Annotated[bool, typer.Option("--value", help="Its content too: it may speak of a person")] = False,
    ) -> None:
        """One dead letter with its headers."""

        async def do(settings: Settings, runtime: Runtime) -> None:
            await show_letter(runtime, id, value=value)

        run(do)

    @app.command("redrive")
    def redrive_command(ids: Ids = None, all: All = False, topic: TopicName = None) -> None:
        """Hand dead letters back to this service's consumer, once their cause is mended. No other service sees them."""

        async def do(settings: Settings, runtime: Runtime) -> None:
            await redrive_and_wait(service, runtime, chosen(ids, all, topic))

        run(do)

    @app.command("drop")
    def drop_command(ids: Ids = None, all: All = False, topic: TopicName = None) -> None:
        """Forget dead letters: what they say is never applied here."""

        async def do(settings: Settings, runtime: Runtime) -> None:
            await drop_letters(service, runtime, chosen(ids, all, topic))

        run(do)

    @app.command("erase")
    def erase_command(subject: Annotated[str, typer.Option("--subject", help="Id of the person or thing")]) -> None:
        """Remove every dead letter (and parked event) about somebody who was erased, and prove it by looking again."""

        async def do(settings: Settings, runtime: Runtime) -> None:
            if await erase_letters(service, settings, runtime, subject):
                raise typer.Exit(1)

        run(do)

    return app


def outbox_commands(service: str, run: Run) -> typer.Typer:
    """``outbox list|skip|retry``. ``run`` calls a coroutine with settings and runtime."""
    app = typer.Typer(help="Events that this service could not publish.", no_args_is_help=True)

    @app.command("list")
    def list_command() -> None:
        """Stuck events (later ones of the same thing wait behind them) and parked ones; no content."""

        async def do(settings: Settings, runtime: Runtime) -> None:
            table = Table(
                "id", "state", "topic", "aggregate", "type", "version", "bytes", "since", "tries", "error", "behind"
            )
            for row in await stuck.listed(runtime.store):
                since = f"{row.since:%Y-%m-%d %H:%M:%S}"
                numbers = [row.version, row.bytes, since, row.tries, row.error, row.behind]
                texts = ["" if value is None else str(value) for value in numbers]
                table.add_row(row.id, row.state, row.topic, row.aggregate, row.type, *texts)
            _print(table, f"{service}: nothing is stuck or parked")

        run(do)

    @app.command("skip")
    def skip_command(ids: Annotated[list[str], typer.Argument(help="Ids of stuck events, as list shows them")]) -> None:
        """Park stuck events, so that later ones of the same thing go on. `retry` puts a parked one back."""

        async def do(settings: Settings, runtime: Runtime) -> None:
            done = await stuck.skip(runtime.store, ids)
            Console(soft_wrap=True).print(f"{service}: parked {len(done)} of {len(ids)} events")
            if len(done) < len(ids):
                raise typer.Exit(1)

        run(do)

    @app.command("retry")
    def retry_command(ids: Ids = None, all: All = False) -> None:
        """Try stuck events now; parked ones named by id go back into the outbox."""

        async def do(settings: Settings, runtime: Runtime) -> None:
            if not ids and not all:
                raise ConfigurationError("name ids or --all.")
            count = await stuck.retry(runtime.store, ids or None)
            Console(soft_wrap=True).print(f"{service}: {count} events are tried again by the running worker")

        run(do)

    return app


async def letter_rows(runtime: Runtime, topic: str | None) -> list[tuple[str, ...]]:
    """The dead letters of a service, oldest first, as ``LETTER_COLUMNS``; no content."""
    query = {} if topic is None else {"topic": topic}
    rows: list[tuple[str, ...]] = []
    async for row in runtime.store.collection(COLLECTION).find(query, {"value": 0, "headers": 0}).sort("at", 1):
        at = f"{row['at']:%Y-%m-%d %H:%M:%S}"
        where = f"{row['partition']}/{row['offset']}"
        reason = f"{row['failure']}: {row['reason']}"
        state = "handed back" if "redrive_at" in row else "cut" if row["cut"] else "waits"
        rows.append((row["_id"], row["topic"], where, at, str(row["times"]), str(row["size"]), reason, state))
    return rows


async def show_letter(runtime: Runtime, id: str, *, value: bool) -> None:
    """Print one dead letter; its content only when it is asked for.

    Raises:
        ConfigurationError: there is none with this id.
    """
    document = await runtime.store.collection(COLLECTION).find_one({"_id": id})
    if document is None:
        raise ConfigurationError(f"there is no dead letter {id}.")
    letter = kept(document)
    console = Console(soft_wrap=True, highlight=False, markup=False)
    for name in ("topic", "partition", "offset", "timestamp", "at", "times", "size", "failure", "reason"):
        console.print(f"{name}: {document[name]}")
    console.print(f"key: {_printable(letter.key)}")
    for name, text in letter.headers:
        console.print(f"header {name!a}: {_printable(text)}")
    if value:
        console.print(f"value: {_printable(letter.value)}")


async def drop_letters(service: str, runtime: Runtime, query: dict[str, Any]) -> None:
    """Forget dead letters."""
    gone = await runtime.store.collection(COLLECTION).delete_many(query)
    Console(soft_wrap=True).print(f"{service}: {gone.deleted_count} dead letters dropped")


async def erase_letters(service: str, settings: Settings, runtime: Runtime, subject: str) -> int:
    """Remove what is stuck about somebody; returns what a look afterwards still found."""
    done = await erase(runtime.store, settings, service, subject)
    Console(soft_wrap=True).print(
        f"{service}: removed {done.dead_letters} dead letters, {done.announcements} announcements and "
        f"{done.parked} parked events; {done.left} are left"
    )
    return done.left


async def redrive_and_wait(service: str, runtime: Runtime, query: dict[str, Any]) -> None:
    """Hand back, and wait a while for the running worker to take them."""
    console = Console(soft_wrap=True)
    count = await hand_back(runtime.store, query, runtime.clock.now())
    deadline = time.monotonic() + WAIT_SECONDS
    with console.status(f"{service}: {count} dead letters handed back"):
        left = await being_redriven(runtime.store)
        while left and time.monotonic() < deadline:
            await asyncio.sleep(0.2)
            left = await being_redriven(runtime.store)
    rest = f"; {left} wait for a running worker" if left else ""
    console.print(f"{service}: {count} dead letters sent back to their consumer{rest}")


def chosen(ids: list[str] | None, all: bool, topic: str | None) -> dict[str, Any]:
    """The query of the dead letters that are meant.

    Raises:
        ConfigurationError: none are named.
    """
    if ids:
        return {"_id": {"$in": ids}}
    if topic is not None:
        return {"topic": topic}
    if all:
        return {}
    raise ConfigurationError("name ids, --topic or --all.")


def _printable(value: bytes | None) -> str:
    return "(null)" if value is None else value.decode("utf-8", "backslashreplace")


def _print(table: Table, empty: str) -> None:
    console = Console(width=220)
    console.print(table if table.row_count else empty)
