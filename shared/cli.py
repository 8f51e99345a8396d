"""The command line of a service: ``python -m services.<name> api|worker|all|init|resync|rehear|rebuild|redrive|…``."""

import asyncio
import gc
import os
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from aiokafka.errors import KafkaError
from pymongo.errors import PyMongoError
from rich.console import Console
from rich.progress import Progress as RichProgress

from shared.auth.tokens import check_jwks_setting
from shared.clock import SystemClock
from shared.contracts.topics import TOPICS, consumed_by
from shared.kafka.epoch import Restored, restore_step
from shared.kafka.publisher import Publisher
from shared.kafka.rebuild import RebuildRuns, rebuild
from shared.kafka.rehear import LONGEST, GroupRuns, go_back
from shared.kafka.relay import Relay
from shared.kafka.resync import resync
from shared.logs import configure_logs, get_logger
from shared.operating import dead_letter_commands, outbox_commands, redrive_and_wait
from shared.parts import Runtime
from shared.service import Service, build_app
from shared.serving import serve as serve_http
from shared.settings import ConfigurationError, Settings, load_settings
from shared.variables import unread

TIMES = ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M:%S"]

_log = get_logger()


def make_cli(service: Service) -> typer.Typer:
    """The commands of a service."""
    app = typer.Typer(
        help=service.description,
        no_args_is_help=True,
        add_completion=False,
        # A traceback with variables would print settings, and so passwords.
        pretty_exceptions_enable=False,
    )

    def settings() -> Settings:
        loaded = load_settings(service.settings)
        configure_logs(service.name, loaded.log_level)
        for one in unread(os.environ, ()):  # one that is nearly a setting was refused
            _log.warning("unknown_setting", variable=one.variable)
        return loaded

    def serve(*, api: bool, worker: bool) -> None:
        loaded = settings()
        if api:
            check_jwks_setting(loaded)
        try:
            loaded.refuse_what_cannot_work()
        except ValueError as error:
            raise ConfigurationError(f"{error}.") from None
        app = build_app(service, loaded, api=api, worker=worker)
        collect_seldom()
        serve_http(app, loaded.host, loaded.port if api else loaded.worker_port)

    @app.command()
    def api() -> None:
        """Serve HTTP (BASSIN_HOST, BASSIN_PORT)."""
        serve(api=True, worker=False)

    @app.command()
    def worker() -> None:
        """Run consumers, relay and jobs; health and metrics on BASSIN_WORKER_PORT."""
        serve(api=False, worker=True)

    @app.command()
    def all() -> None:
        """API and worker in one process, for small installations."""
        serve(api=True, worker=True)

    @app.command()
    def init() -> None:
        """Create the collections and indexes that are missing."""
        asyncio.run(_init(service, settings()))

    @app.command("resync")
    def resync_command(
        new_epoch: Annotated[
            bool,
            typer.Option(
                "--new-epoch",
                help="The database was restored from an older copy: its events win over what consumers have seen",
            ),
        ] = False,
    ) -> None:
        """Publish the state of every aggregate again (a broker that lost its topics, a new consumer, a restore)."""
        asyncio.run(resync_service(service, settings(), new_epoch=new_epoch))

    @app.command("rebuild")
    def rebuild_command(
        read_model: Annotated[str, typer.Argument(help="Collection that is made anew from its topics, e.g. offers")],
    ) -> None:
        """Make a read model anew beside the running one and switch when it has caught up (a field it did not keep)."""
        asyncio.run(rebuild_service(service, settings(), read_model))

    @app.command("rehear")
    def rehear_command(
        since: Annotated[
            datetime,
            typer.Option("--since", formats=TIMES, help="When the copy was made (UTC), e.g. 2026-11-30T02:17:00"),
        ],
    ) -> None:
        """Hear again what others have said since a copy was made that this service's database alone was restored from."""
        asyncio.run(rehear_service(service, settings(), since.replace(tzinfo=UTC)))

    @app.command("redrive")
    def redrive_command(
        topic: Annotated[str, typer.Argument(help="Topic whose dead letters go back, e.g. offers.offers.v1")],
    ) -> None:
        """Hand the dead letters of a topic back to this service's consumer, once their cause is mended."""
        chosen = [known for known in consumed_by(service.name) if known.name == topic]
        if not chosen:
            known = ", ".join(t.name for t in consumed_by(service.name)) or "none"
            raise ConfigurationError(f"{service.name} does not consume {topic}; it consumes: {known}.")
        operate(lambda _, runtime: redrive_and_wait(service.name, runtime, {"topic": topic}))

    def operate(command: Callable[[Settings, Runtime], Awaitable[None]]) -> None:
        asyncio.run(_with_runtime(service, settings(), command))

    app.add_typer(dead_letter_commands(service.name, operate), name="dead-letters")
    app.add_typer(outbox_commands(service.name, operate), name="outbox")

    return app


def run(service: Service) -> None:
    """Parse the command line and do it; a wrong setting ends with a sentence and exit code 2."""
    app = make_cli(service)
    try:
        app()
    except ConfigurationError as error:
        print(f"{service.name}: {error}", file=sys.stderr)  # noqa: T201 - a sentence for the operator
        raise SystemExit(2) from None
    except (KafkaError, PyMongoError, OSError) as error:
        print(f"{service.name}: a server is out of reach: {type(error).__name__}.", file=sys.stderr)  # noqa: T201 - as above
        raise SystemExit(1) from None


def collect_seldom() -> None:
    """Look for garbage cycles less often than by default.

    What a service holds in memory is much and lives long, and its cycles are few: matching applied 1.5 times as many
    events once it was not walked through again and again. The events of a backlog that are in hand at once are some 50,000
    objects, none of them garbage: to walk through them was a fifth of what reading them cost.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 20, 50)


async def _init(service: Service, settings: Settings) -> None:
    runtime = service.runtime(settings)
    await runtime.store.prepare(service.collections)
    await runtime.store.close()


async def resync_service(service: Service, settings: Settings, *, new_epoch: bool) -> None:
    """Publish every state of a service again and say how many.

    Raises:
        typer.Exit: something needs a person: an event that is too large, somebody to be erased again.
    """
    console = Console(soft_wrap=True)
    runtime = service.runtime(settings)
    await runtime.store.prepare(service.collections)
    parts = service.compose(runtime)
    sources = parts.resync
    totals: dict[str, int] = {}
    restored = Restored()
    own = [topic for topic in TOPICS if topic.owner == service.name]
    steps = (
        restore_step(runtime.store, settings, sources, restored, own)
        if new_epoch
        else resync(runtime.store, sources, restored.too_large)
    )
    with console.status(f"{service.name}: putting states into the outbox") as status:
        async for collection, done in steps:
            totals[collection] = done
            status.update(f"{service.name}: {collection} {done}")
    erased = 0 if parts.erasures_again is None else await parts.erasures_again()
    # A running worker publishes them; without one, do it here (the lease keeps the two apart).
    relay = Relay(runtime.store, Publisher(settings), settings, service.name, runtime.instance)
    await relay.drain()
    await relay.close()
    waiting = await runtime.store.first("outbox", {}, {"_id": 1})
    await runtime.store.close()
    summary = ", ".join(f"{name} {count}" for name, count in totals.items()) or "nothing to publish"
    console.print(f"{service.name}: {summary}")
    if erased:
        console.print(f"{service.name}: {erased} erasures told again that not every service has reported")
    if waiting is not None:  # another holds the lease, perhaps one that was killed, or Kafka is away
        console.print(
            f"{service.name}: not all of it is published: a running worker does that; start one, or run this again"
        )
    if new_epoch:
        console.print(
            f"{service.name}: epoch {restored.epoch}; {restored.lost} that the copy does not have were erased"
        )
    for id in restored.too_large:
        console.print(f"{service.name}: {id} is larger than an event may be and was left out")
    for id in restored.erased_since:
        console.print(f"{service.name}: {id} was erased after the copy was made: erase it again")
    if restored.too_large or restored.erased_since:
        raise typer.Exit(1)


async def rehear_service(service: Service, settings: Settings, since: datetime) -> None:
    """Take the service's consumers back to a moment, and say what they have before them.

    Raises:
        ConfigurationError: a worker of the service runs, or the moment is none that helps.
    """
    age = SystemClock().now() - since
    if not timedelta() <= age <= LONGEST:
        raise ConfigurationError(
            f"since has to be within the last {LONGEST.days} days: the topics keep no longer who was erased."
        )
    runtime = service.runtime(settings)
    try:
        moved = await go_back(runtime.store, settings, service.name, consumed_by(service.name), since)
    except GroupRuns as runs:
        raise ConfigurationError(f"a worker of {service.name} runs ({runs}): stop them first.") from None
    finally:
        await runtime.store.close()
    console = Console(soft_wrap=True, highlight=False)
    for name, records in moved.items():
        console.print(f"{service.name}: {name}: {records} records to hear again")


async def rebuild_service(service: Service, settings: Settings, name: str) -> None:
    """Make a read model anew, with a bar.

    Raises:
        ConfigurationError: there is no such read model, or another process rebuilds it.
    """
    console = Console()
    runtime = service.runtime(settings)
    try:
        models = {model.collection: model for model in service.compose(runtime).read_models}
        if name not in models:
            raise ConfigurationError(f"{service.name} has no read model {name}; it has: {', '.join(models) or 'none'}.")
        await runtime.store.prepare(service.collections)
        spec = next(spec for spec in service.collections if spec.name == name)
        with RichProgress(console=console) as bar:
            task = bar.add_task(f"{service.name}: {name}")
            steps = rebuild(runtime.store, settings, runtime.clock, models[name], spec, runtime.instance)
            async for step in steps:
                bar.update(task, total=step.total, completed=step.read)
        console.print(
            f"{service.name}: {name} switched; {step.rebuilt} made anew, {step.carried} carried over, "
            f"{step.unusable} records not usable"
        )
    except RebuildRuns:
        raise ConfigurationError(f"{name} is being rebuilt by another process.") from None
    finally:
        await runtime.store.close()


async def _with_runtime(
    service: Service, settings: Settings, command: Callable[[Settings, Runtime], Awaitable[None]]
) -> None:
    runtime = service.runtime(settings)
    try:
        await runtime.store.prepare(service.collections)
        await command(settings, runtime)
    finally:
        await runtime.store.close()
