"""``python -m deploy.scaffold new-event|new-notice|new-service NAME`` (``make new-event NAME=…``)."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from deploy.scaffold import event, notice, service
from deploy.scaffold.edits import DoesNotFit, Edits

ROOT = Path(__file__).resolve().parents[2]

app = typer.Typer(help="Begins what is begun often.", no_args_is_help=True, add_completion=False)

Name = Annotated[str, typer.Argument(help="Lower-case words, e.g. offer-paused")]
Documents = Annotated[bool, typer.Option(help="Generate the documents anew; of several things begun, the last does")]


@app.command("new-event")
def new_event(
    name: Name,
    topic: Annotated[str | None, typer.Option(help="Where it is not clear from the name")] = None,
    documents: Documents = True,
) -> None:
    """A further event type of an aggregate that has a topic."""
    _write(lambda edits: event.new_event(edits, ROOT, name, topic), documents)


@app.command("new-notice")
def new_notice(name: Name, documents: Documents = True) -> None:
    """A further thing that people are told about offers, applications or the agenda."""
    _write(lambda edits: notice.new_notice(edits, name), documents)


@app.command("new-service")
def new_service(name: Name, documents: Documents = True) -> None:
    """A further service with all its rooms."""
    _write(lambda edits: service.new_service(edits, name), documents)


def _write(begin: Callable[[Edits], list[str]], documents: bool) -> None:
    edits = Edits(ROOT)
    try:
        left = begin(edits)
    except DoesNotFit as refusal:
        print(refusal, file=sys.stderr)
        raise typer.Exit(2) from None
    written = edits.write()
    code = [path for path in written if path.endswith(".py")]
    tidied = (
        ["-m", "ruff", "check", "--quiet", "--fix", "--select", "I", *code],
        ["-m", "ruff", "format", "--quiet", *code],
    )
    generated = (
        # In processes of their own: these have read the modules as they were.
        ["-m", "deploy.docs"],
        ["-m", "shared.contracts", "write"],
        # Topics, users and rules of Kafka are in the manifests of Kubernetes too.
        ["-m", "deploy.k8s", "write"],
    )
    for command in (*tidied, *(generated if documents else ())):
        subprocess.run([sys.executable, *command], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    for path in written:
        print(path)
    print(f"Generated documents and schemas follow{'' if documents else ' by make docs and make k8s'}. What is left:")
    for sentence in left:
        print(f"- {sentence}" if not sentence.startswith(" ") else sentence)


if __name__ == "__main__":
    app()
