"""``python -m deploy.backup`` (``bassin backup``): dump, verify, erasures, restore."""

import asyncio
import contextlib
import re
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from pymongo.errors import PyMongoError
from rich.console import Console

from deploy.backup.archive import Archive
from deploy.backup.dumping import databases, dump, named
from deploy.backup.files import Unusable
from deploy.backup.lists import ErasureList, read_list, write_list
from deploy.backup.restoring import ERASING, Done, age, load, refuse_unfit, replay
from deploy.backup.sealing import is_sealed, opened, recipients_of
from services.notifications.commands.restored import end_queued
from shared.clock import SystemClock
from shared.contracts.topics import SERVICES
from shared.kafka.rehear import LONGEST
from shared.settings import ConfigurationError

app = typer.Typer(
    help="Dumps, restores, and the list of erasures that no restore may forget. MONGODB_URL says which installation.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

File = Annotated[Path, typer.Argument(help="The dump")]
Identity = Annotated[
    Path | None, typer.Option("--identity", help="age identity that opens an encrypted dump", exists=True)
]
_NAME = re.compile(r"bassin-(\d{8}T\d{6}Z)\.(dump|age)(\.plain)?((\.\w+)?\.part)?")
_console = Console(soft_wrap=True, highlight=False, markup=False)


class HalfRestored(Exception):
    """A restore broke off after its exchange had begun; the message is a sentence for the operator."""

    def __init__(self, error: Exception) -> None:
        super().__init__(
            f"the restore broke off in the middle ({type(error).__name__}): start no service, and run the same command again "
            "with --replace."
        )


class NotAllErased(Exception):
    """A restore is done but for what only a newer release knows to erase; the message is a sentence for the operator."""

    def __init__(self, unknown: Sequence[str]) -> None:
        super().__init__(
            f"everything is restored, but the list has {len(unknown)} erasures of a newer release, which this one does not "
            f"understand and has not done again: {', '.join(unknown)}. Restore with that release, or erase these by hand "
            "before people are let in."
        )


@app.command("dump")
def dump_command(
    file: File,
    recipient: Annotated[
        list[str] | None,
        typer.Option("--recipient", help="age public key (age1…) that the dump is encrypted for; repeatable"),
    ] = None,
    keep_days: Annotated[
        int | None, typer.Option("--keep-days", min=1, help="Of a folder: remove dumps made there before so many days")
    ] = None,
) -> None:
    """Write all five databases, as they stand at one moment, into one file. Services go on running.

    A folder gets a file named by the time (`bassin-20261128T021700Z.dump`).
    """
    now = SystemClock().now()
    folder = file if file.is_dir() else None
    if folder is not None:
        file = folder / f"bassin-{now:%Y%m%dT%H%M%SZ}.{'age' if recipient else 'dump'}"
    elif keep_days is not None:
        raise Unusable(f"{file} is no folder: --keep-days is about a folder of dumps.")

    async def do() -> int:
        keys = recipients_of(recipient or [])
        if file.exists():
            raise Unusable(f"{file} exists already; a dump never replaces another.")
        total = 0
        async with databases() as all_of_them:
            async for name, documents in dump(all_of_them, file, keys):
                total += documents
                if documents:
                    _console.print(f"{name}: {documents}")
        return total

    total = asyncio.run(do())
    _console.print(f"{file}: {total} documents, {file.stat().st_size} bytes")
    if folder is not None and keep_days is not None:
        for old in dumps_before(folder, now - timedelta(days=keep_days)):
            old.unlink()
            _console.print(f"{old}: removed")


@app.command("verify")
def verify_command(file: File, identity: Identity = None) -> None:
    """Read a dump whole and compare it with what its manifest says."""
    with _archive(file, identity) as archive:
        archive.verify()
        total = sum(part.documents for parts in archive.manifest.databases.values() for part in parts.values())
        old = age(archive.manifest, SystemClock().now())
        _console.print(f"{file}: whole; {total} documents of {archive.manifest.made_at:%Y-%m-%d %H:%M:%S}, {old} old")


@app.command("erasures")
def erasures_command(
    file: Annotated[Path, typer.Argument(help="The list; it is made, or added to")],
) -> None:
    """Add who was erased to the list that is kept beside the dumps. Run it every few minutes: what it missed is lost."""

    async def do() -> ErasureList:
        now = SystemClock().now()
        async with databases() as all_of_them:
            found = []
            for name, there in ERASING.items():
                found += [erasure async for erasure in there.erasures(named(all_of_them, name).store)]
        return write_list(file, found, now)

    written = asyncio.run(do())
    _console.print(f"{file}: {len(written.erasures) + len(written.beyond)} erasures")
    if written.beyond:
        _console.print(
            f"{len(written.beyond)} of them a newer release wrote: they stay, and this release cannot replay them"
        )


@app.command("restore")
def restore_command(
    file: File,
    erasures: Annotated[
        Path | None, typer.Option("--erasures", help="The list of erasures, as `erasures` has kept it")
    ] = None,
    without_erasures: Annotated[
        bool, typer.Option("--without-erasures", help="There is no list: whoever was erased since the dump comes back")
    ] = False,
    drop_queued: Annotated[
        bool,
        typer.Option("--drop-queued", help="Messages that waited to leave at the dump have left: none leaves again"),
    ] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="What is in the databases is older or broken: it is exchanged")
    ] = False,
    only: Annotated[
        str | None, typer.Option("--only", help="One service's database alone; the others, and Kafka, stay as they are")
    ] = None,
    identity: Identity = None,
) -> None:
    """Load a dump into an installation whose services are stopped, and erase again whoever was erased since.

    Then: `python -m deploy.init` (topics, indexes, migrations), `python -m services.NAME resync --new-epoch` for each
    service, start the services. After `--only NAME`: `init`, `rehear`, the service's worker, and then `resync --new-epoch`.
    """

    list_of_erased = None if erasures is None else read_list(erasures)

    async def do() -> Done:
        if only is not None and only not in SERVICES:
            raise Unusable(f"there is no service {only}; --only takes one of {', '.join(SERVICES)}.")
        if drop_queued and only not in (None, "notifications"):
            raise Unusable(f"{only} sends no messages: --drop-queued is about notifications.")
        if (erasures is None) is not without_erasures and only in (None, *ERASING):
            raise Unusable("say either --erasures LIST or --without-erasures.")
        done = Done()
        try:
            with _archive(file, identity) as archive:
                made_at = done.made_at = archive.manifest.made_at
                if only is not None and SystemClock().now() - made_at > LONGEST:
                    raise Unusable(
                        f"the dump is older than {LONGEST.days} days: the topics say no longer who was erased since, and {only} "
                        "alone would keep them. Restore all five."
                    )
                async with databases() as five:
                    all_of_them = five if only is None else [named(five, only)]
                    await refuse_unfit(archive, all_of_them, list_of_erased, replace=replace)
                    async for name, documents in load(archive, all_of_them, done):
                        if documents:
                            _console.print(f"{name}: {documents}")
                    if drop_queued:
                        told = named(all_of_them, "notifications").runtime
                        dropped = await end_queued(told.store, told.clock, told.new_id)
                        _console.print(f"{dropped} messages that waited are not sent")
                    if list_of_erased is not None:
                        async for erasure in replay(all_of_them, list_of_erased, done):
                            _console.print(f"{erasure.key}: erased again")
        except PyMongoError as error:
            if done.exchanging:
                raise HalfRestored(error) from error
            raise
        return done

    done = asyncio.run(do())
    _console.print(f"{done.documents} documents restored, {len(done.erased_again)} erased again")
    if list_of_erased is not None and list_of_erased.beyond:
        raise NotAllErased(list_of_erased.unknown)
    if only is None or done.made_at is None:
        _console.print("Next: python -m deploy.init, then python -m services.NAME resync --new-epoch for each service")
        return
    _console.print(
        f"Next: python -m deploy.init, then python -m services.{only} rehear --since {done.made_at:%Y-%m-%dT%H:%M:%SZ}, then "
        f"start its worker, and when it has caught up: python -m services.{only} resync --new-epoch"
    )


def dumps_before(folder: Path, time: datetime) -> list[Path]:
    """Dumps that this command named, and what one that was killed has left of them, made before a time; whatever else is in the
    folder is not ours.
    """
    found = []
    for path in sorted(folder.iterdir()):
        named = _NAME.fullmatch(path.name)
        if named and datetime.strptime(named[1], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC) < time:
            found.append(path)
    return found


@contextlib.contextmanager
def _archive(file: Path, identity: Path | None) -> Iterator[Archive]:
    with contextlib.ExitStack() as stack:
        plain = None
        if is_sealed(file):
            if identity is None:
                raise Unusable(f"{file} is encrypted: name the age identity that opens it (--identity).")
            plain = stack.enter_context(opened(file, identity))
        yield stack.enter_context(Archive(file, plain))


def run() -> None:
    """Parse the command line and do it; what cannot be used ends with a sentence: 2 where nothing was changed."""
    try:
        app()
    except (ConfigurationError, Unusable) as error:
        print(f"backup: {error}", file=sys.stderr)
        raise SystemExit(2) from None
    except (HalfRestored, NotAllErased) as error:
        print(f"backup: {error}", file=sys.stderr)
        raise SystemExit(1) from None
    except (PyMongoError, OSError) as error:
        print(f"backup: it could not be done: {type(error).__name__}.", file=sys.stderr)
        raise SystemExit(1) from None
