"""Command line of the local stack: ``python -m deploy.local up`` and ``token`` (``make up``, ``make token``)."""

import json
import signal
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer
from rich.console import Console
from rich.live import Live
from rich.table import Table

from deploy.local.engines import BrokerKind
from deploy.local.process import LocalStackError
from deploy.local.runner import DATA, RUN_DIR, STACK_FILE, LocalStack
from shared.auth.local import local_token
from shared.auth.principal import Role

app = typer.Typer(help="The local stack.", no_args_is_help=True, add_completion=False)

# The terminal's Ctrl-C, a supervisor's SIGTERM and a closed terminal end it alike.
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_STATE_STYLES = {"ready": "green", "starting": "yellow", "down": "red"}


@app.command()
def up(
    data: Annotated[Path, typer.Option(help="Folder of the databases, keys and mails, kept between runs")] = DATA,
    run_dir: Annotated[Path, typer.Option(help="Folder of the logs and of stack.json")] = RUN_DIR,
    apache: Annotated[bool, typer.Option("--apache", help="Apache Kafka (Java 17, Maven)")] = False,
) -> None:
    """Start MongoDB, Kafka, a mail sink and the five services; Ctrl-C stops everything."""
    console = Console()
    for number in _ENDING:
        signal.signal(number, _interrupt)
    stack: LocalStack | None = None
    try:
        stack = LocalStack(data, run_dir, broker=BrokerKind.APACHE if apache else None, say=console.print)
        with Live(get_renderable=lambda: _table(stack), console=console, refresh_per_second=8):
            stack.start()
        _hints(console, stack)
        threading.Event().wait()
    except LocalStackError as error:
        console.print(f"[red]{error}[/red]", highlight=False)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        console.print("Stopping …")
    finally:
        if stack is not None:
            stack.stop()
    console.print("Everything is stopped.")


@app.command()
def token(
    role: Annotated[list[Role], typer.Option(help="What the bearer is; repeat for several")],
    subject: Annotated[str, typer.Option(help="The bearer's id; the first role when empty")] = "",
    territory: Annotated[list[str] | None, typer.Option(help="Département that the bearer works for")] = None,
    organisation: Annotated[str, typer.Option(help="The bearer's organisation (company, authority), if any")] = "",
    run_dir: Annotated[Path, typer.Option(help="Folder of the running stack's stack.json")] = RUN_DIR,
) -> None:
    """Print a token that the running local stack accepts, and no other installation does."""
    try:
        keys = Path(json.loads((run_dir / STACK_FILE).read_text())["keys"])
    except FileNotFoundError:
        print("No local stack is running here: start one with make up.", file=sys.stderr)
        raise typer.Exit(1) from None
    print(
        local_token(
            keys,
            [r.value for r in role],
            subject or role[0].value,
            territories=territory or ["23"],
            organisation=organisation or None,
        )
    )


def _table(stack: LocalStack) -> Table:
    table = Table(title="Bassin", title_justify="left")
    for column in ("name", "URL", "docs", "state", "pid"):
        table.add_column(column, overflow="fold")
    for row in stack.rows():
        style = _STATE_STYLES.get(row.state, "")
        state = f"[{style}]{row.state}[/{style}]" if style else row.state
        table.add_row(row.name, row.url, row.docs, state, str(row.pid or ""))
    return table


def _hints(console: Console, stack: LocalStack) -> None:
    console.print(f"Logs in {stack.logs}, mails in {stack.mail_dir}.", highlight=False)
    console.print("A token: make token ROLE=employer SUBJECT=me. Ctrl-C stops everything.", highlight=False)


def _interrupt(number: int, frame: FrameType | None) -> None:
    # Stopping takes a moment, and a second Ctrl-C must not leave half of it running.
    for ending in _ENDING:
        signal.signal(ending, signal.SIG_IGN)
    raise KeyboardInterrupt


if __name__ == "__main__":
    app()
