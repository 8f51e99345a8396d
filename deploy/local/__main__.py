"""Command line of the local stack: ``python -m deploy.local up`` and ``token`` (``make up``, ``make token``)."""

import json
import os
import signal
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from deploy.local.engines import BrokerKind
from deploy.local.identity import ACCOUNTS_PASSWORD, FRONT_ENDS, local_accounts
from deploy.local.process import LocalStackError
from deploy.local.reload import reload_on_change
from deploy.local.runner import DATA, RUN_DIR, STACK_FILE, LocalStack
from deploy.local.services import DEFAULT_PORTS
from shared.auth.local import local_token
from shared.auth.principal import Role

app = typer.Typer(help="The local stack.", no_args_is_help=True, add_completion=False)

# One variable for both commands: a token is asked of the stack that was started under the same one.
RUN_DIR_VARIABLE = "BASSIN_RUN_DIR"

# The terminal's Ctrl-C, a supervisor's SIGTERM and a closed terminal end it alike.
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_STATE_STYLES = {"ready": "green", "starting": "yellow", "down": "red"}


@app.command()
def up(
    data: Annotated[Path, typer.Option(help="Folder of the databases, keys and mails, kept between runs")] = DATA,
    run_dir: Annotated[
        Path, typer.Option(envvar=RUN_DIR_VARIABLE, help="Folder of the logs and of stack.json")
    ] = RUN_DIR,
    apache: Annotated[bool, typer.Option("--apache", help="Apache Kafka (Java 17, Maven)")] = False,
    reload: Annotated[str, typer.Option(help="Service that starts anew whenever its code changes")] = "",
) -> None:
    """Start MongoDB, Kafka, a mail sink and the five services; Ctrl-C stops everything."""
    console = Console()
    if reload and reload not in DEFAULT_PORTS:
        console.print(f"There is no service {reload}; there are {', '.join(DEFAULT_PORTS)}.", highlight=False)
        raise typer.Exit(2)
    for number in _ENDING:
        signal.signal(number, _interrupt)
    stack: LocalStack | None = None
    try:
        stack = LocalStack(data, run_dir, broker=BrokerKind.APACHE if apache else None, say=console.print)
        with Live(get_renderable=lambda: _table(stack), console=console, refresh_per_second=8, transient=True):
            stack.start()
        console.print(_table(stack), crop=False)
        _hints(console, stack)
        if reload:
            reload_on_change(stack, reload, threading.Event(), console.print)
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
    organisation: Annotated[str, typer.Option(help="Name of a partner's feed, if any")] = "",
    email: Annotated[str, typer.Option(help="The bearer's verified address, to which invitations may be bound")] = "",
    run_dir: Annotated[
        Path, typer.Option(envvar=RUN_DIR_VARIABLE, help="Folder of the running stack's stack.json")
    ] = RUN_DIR,
) -> None:
    """Print a token that the running local stack accepts, and no other installation does."""
    try:
        told = json.loads((run_dir / STACK_FILE).read_text())
        # One that was killed has left its file behind.
        os.kill(told["pid"], 0)
    except (FileNotFoundError, ProcessLookupError):
        print("No local stack is running here: start one with make up.", file=sys.stderr)
        raise typer.Exit(1) from None
    if told["identity"]:
        print(f"The running stack trusts Keycloak alone: log in at {told['identity']}.", file=sys.stderr)
        raise typer.Exit(1)
    print(
        local_token(
            Path(told["keys"]),
            [r.value for r in role],
            subject or role[0].value,
            territories=territory or ["23"],
            organisation=organisation or None,
            email=email or None,
        )
    )


def _table(stack: LocalStack) -> Table:
    """Every address on one line, whatever the terminal's width: half an address cannot be clicked or copied."""
    rows = [(row.name, row.url, row.state, str(row.pid or "")) for row in stack.rows()]
    titles = ("name", "URL", "state", "pid")
    widths = [max(map(len, cells)) for cells in zip(titles, *rows, strict=True)]
    # A width of its own is all that keeps a table from fitting itself into a narrow terminal: cells, a space after
    # each, and one between two.
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0), width=sum(widths) + 2 * len(widths) - 1)
    for title, width in zip(titles, widths, strict=True):
        table.add_column(title, no_wrap=True, min_width=width)
    for name, url, state, pid in rows:
        table.add_row(name, Text(url), Text(state, style=_STATE_STYLES.get(state, "")), pid)
    return table


def _hints(console: Console, stack: LocalStack) -> None:
    # Paths and commands are copied: the terminal breaks them where it must, nothing is inserted.
    token = "A token: make token ROLE=employer SUBJECT=me."
    if stack.keycloak is not None:
        names = ", ".join(account["username"] for account in local_accounts())
        token = f"Accounts: {names}, password {ACCOUNTS_PASSWORD}; front ends: {', '.join(FRONT_ENDS)}."
    for line in (
        "The API's documentation: /docs on each service.",
        f"Logs in {stack.logs}, mails in {stack.mail_dir}.",
        f"{token} Ctrl-C stops everything.",
    ):
        console.print(line, highlight=False, markup=False, soft_wrap=True)


def _interrupt(number: int, frame: FrameType | None) -> None:
    # Stopping takes a moment, and a second Ctrl-C must not leave half of it running.
    for ending in _ENDING:
        signal.signal(ending, signal.SIG_IGN)
    raise KeyboardInterrupt


if __name__ == "__main__":
    app()
