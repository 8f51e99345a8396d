"""The command line of ``bassin``."""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from aiokafka.errors import KafkaError
from pymongo.errors import PyMongoError
from rich.console import Console

from deploy import init
from deploy.access.__main__ import app as access
from deploy.access.kafka import AccessRefused
from deploy.access.setting_up import AccessSettings
from deploy.backup.command import HalfRestored
from deploy.backup.command import app as backup
from deploy.backup.files import Unusable
from deploy.operate import letters, proof, status
from deploy.operate.trace.finding import find
from deploy.operate.trace.telling import show
from deploy.operate.where import runtimes, service_of, settings_of, use_local_stack
from shared.cli import TIMES, rebuild_service, rehear_service, resync_service
from shared.contracts.topics import SERVICES
from shared.logs import configure_logs
from shared.operating import erase_letters
from shared.reference import build_communes, rome
from shared.settings import ConfigurationError, Settings, load_settings

HELP = """Looks at and mends a running Bassin, all services together.

Which one: what MONGODB_URL and KAFKA_BOOTSTRAP_SERVERS name, else the local stack of `make up` in this folder.

Begin with `status`: it says what lags, what waits to be published, which dead letters wait for you and who leads. Then
`trace ID` follows one event or request, `dead-letters` shows, redrives and discards what could not be applied. The
runbooks (docs/runbooks) say for each alert which of these to use.
"""

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    # A traceback with variables would print settings, and so passwords.
    pretty_exceptions_enable=False,
)
reference = typer.Typer(help="Reference data: read a source once, name the result in a setting.", no_args_is_help=True)

Service = Annotated[str, typer.Argument(help=f"One of {', '.join(SERVICES)}")]


@app.callback(help=HELP)
def _installation() -> None:
    file = use_local_stack()
    if file is not None:
        print(f"(the local stack of {file})", file=sys.stderr)
    configure_logs("bassin", "WARNING")


@app.command("status")
def status_command() -> None:
    """One table: lag, outbox, dead letters, who leads, releases, what is to be migrated. Exit code 1: somebody is needed."""

    async def do() -> bool:
        async with runtimes() as all_of_them:
            found = await status.all_of(load_settings(Settings), all_of_them)
        return status.show(found, Console(width=220))

    if not asyncio.run(do()):
        raise typer.Exit(1)


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


@app.command()
def resync(
    service: Service,
    new_epoch: Annotated[
        bool, typer.Option("--new-epoch", help="Its database was restored from an older copy: what it says now wins")
    ] = False,
) -> None:
    """Publish the state of everything of a service again (a broker that lost its topics, a new reader, a restore)."""
    asyncio.run(resync_service(service_of(service), settings_of(service), new_epoch=new_epoch))


@app.command()
def rebuild(
    service: Service, read_model: Annotated[str, typer.Argument(help="Collection that is made anew, e.g. offers")]
) -> None:
    """Make a read model anew from its topics beside the running one, and switch when it has caught up."""
    asyncio.run(rebuild_service(service_of(service), settings_of(service), read_model))


@app.command()
def rehear(
    service: Service,
    since: Annotated[datetime, typer.Option("--since", formats=TIMES, help="When the copy was made (UTC)")],
) -> None:
    """Have a service whose database alone was restored hear again what others said since. Its workers are stopped."""
    asyncio.run(rehear_service(service_of(service), settings_of(service), since.replace(tzinfo=UTC)))


@app.command()
def migrate() -> None:
    """Create topics, collections and indexes that are missing and bring stored documents to this release's shape.

    Before each release; safe while the old one still runs. Running it again changes nothing.
    """
    asyncio.run(init.main(load_settings(AccessSettings)))


@app.command()
def erase(
    subject: Annotated[str, typer.Argument(help="Id of the person (profile or account), as the services know it")],
    look: Annotated[bool, typer.Option("--look", help="Only look, remove nothing")] = False,
    json: Annotated[bool, typer.Option("--json", help="The proof for machines")] = False,
) -> None:
    """Prove an erasure: remove what is stuck about somebody who was erased, then look through every database and topic.

    It erases nobody: that is done in the profiles service (DELETE /v1/profiles/{id}), and its events do the rest. Exit
    code 1: something is left, or a service has not told what it erased.
    """

    async def do() -> proof.Left:
        found = proof.Left()
        async with runtimes() as all_of_them:
            for name, runtime in all_of_them.items():
                if not look:
                    await erase_letters(name, settings_of(name), runtime, subject)
                await proof.look_in_database(name, runtime, subject, found)
            await proof.look_at_reports(all_of_them["profiles"], subject, found)
        await proof.look_in_topics(load_settings(Settings), subject, found)
        return found

    if len(subject) < 8:
        raise ConfigurationError(f"{subject!r} is too short for an id: what is found would be others' as well.")
    found = asyncio.run(do())
    for line in [proof.as_json(found, subject)] if json else proof.sentences(found):
        print(line)
    if found.documents or found.records or found.missing:
        raise typer.Exit(1)


@reference.command("rome")
def rome_command(
    archive: Annotated[Path, typer.Argument(help="France Travail's ROME archive (zip of CSV files)", exists=True)],
    out: Annotated[Path, typer.Option(help="File to write; name it in BASSIN_ROME_FILE")],
    mobility: Annotated[Path | None, typer.Option(help="ROME 3's table of moves with their kind (CSV)")] = None,
) -> None:
    """Occupations, titles and skills of the official ROME."""
    further = ["--mobility", str(mobility)] if mobility is not None else []
    raise typer.Exit(rome.main([str(archive), "--out", str(out), *further]))


@reference.command("communes")
def communes_command(
    folder: Annotated[
        Path, typer.Argument(help="Folder with the four source tables (shared/reference/data)", exists=True)
    ],
    out: Annotated[Path, typer.Option(help="Table to write")] = build_communes.DATA,
) -> None:
    """Communes with their postcodes, points and populations."""
    raise typer.Exit(build_communes.main([str(folder), "--out", str(out)]))


app.add_typer(letters.app, name="dead-letters")
app.add_typer(access, name="access")
app.add_typer(reference, name="reference")
app.add_typer(backup, name="backup")


def run() -> None:
    """Parse the command line and do it; a wrong setting or file ends with a sentence and exit code 2."""
    try:
        app()
    except (ConfigurationError, AccessRefused, Unusable) as error:
        print(f"bassin: {error}", file=sys.stderr)
        raise SystemExit(2) from None
    except HalfRestored as error:
        print(f"bassin: {error}", file=sys.stderr)
        raise SystemExit(1) from None
    except (KafkaError, PyMongoError, OSError) as error:
        print(f"bassin: a server is out of reach: {type(error).__name__}.", file=sys.stderr)
        raise SystemExit(1) from None
