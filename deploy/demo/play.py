"""The demo from the first act to the report, on a stack that runs."""

import secrets
import time
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import replace

from deploy.demo import acts
from deploy.demo.bodies import deposits
from deploy.demo.clause import clause
from deploy.demo.client import Client
from deploy.demo.feed import Feed
from deploy.demo.observer import Observer
from deploy.demo.plan import Plan
from deploy.demo.quiet import Quiet
from deploy.demo.report import Example, Report, figures
from deploy.demo.stage import Stage, Step
from deploy.demo.world import World
from deploy.local.process import free_port
from deploy.local.runner import LocalStack
from deploy.local.services import ServiceSpec, bassin_services
from shared.contracts.vocabulary import TravelMeans

_SPARE = 1.6
"""Offers drawn for each one deposited: repetitions of one employer are left out."""
_EXAMPLES = 3
_DATABASE, _TOPICS = "BASSIN_DATABASE_PREFIX", "BASSIN_TOPIC_PREFIX"


def environment(*, existing_servers: bool) -> dict[str, str]:
    """Settings of the services for a demo.

    On servers that exist it keeps apart from everything else on them. E-mails leave at once: whether news gathers in
    one that waits for more depends on the clock, and a demo's counts should not.
    """
    mark = secrets.token_hex(3)
    apart = {_DATABASE: f"demo_{mark}", _TOPICS: f"demo-{mark}."} if existing_servers else {}
    # The report counts what was told, and when: somebody reads what became of inbox items.
    return {"BASSIN_DIGEST_SECONDS": "0", "BASSIN_INBOX_DELIVERIES": "true", **apart}


def services() -> tuple[ServiceSpec, ...]:
    """The five services on ports of the demo's own: a stack that runs beside it keeps the usual ones."""
    return tuple(replace(spec, port=free_port()) for spec in bassin_services())


async def play(stack: LocalStack, plan: Plan, feed: Feed, step: Step) -> Report:
    """Play all acts.

    Raises:
        DemoFailed: an act could not be played.
    """
    started = time.monotonic()
    world = World.build(plan.department, offers=int(plan.deposits * _SPARE), profiles=_people(plan), seed=plan.seed)
    async with AsyncExitStack() as opened:
        stage = await _stage(opened, stack, plan, world, step)
        await acts.employers(stage)
        await acts.people(stage)
        imported = await acts.feed(stage, feed)
        await acts.publication(stage)
        await acts.newcomers(stage)
        examples = await _examples(stage)
        await acts.applications(stage)
        progress = await clause(stage)
        await stage.rest("The demo")
        return figures(stage, imported, examples, progress, time.monotonic() - started)


def _people(plan: Plan) -> int:
    return plan.profiles + plan.newcomers


async def _stage(opened: AsyncExitStack, stack: LocalStack, plan: Plan, world: World, step: Step) -> Stage:
    settings: Mapping[str, str] = stack.environment
    topics = settings.get(_TOPICS, "")
    client = Client(stack.urls, stack.keys, plan.department, run=settings.get(_DATABASE, "demo"))
    observer = Observer(stack.kafka_bootstrap_servers, topics)
    quiet = Quiet(
        stack.mongodb_url,
        stack.kafka_bootstrap_servers,
        _pids(stack),
        database_prefix=settings.get(_DATABASE, "bassin"),
        topic_prefix=topics,
    )
    return Stage(
        plan=plan,
        world=world,
        deposits=deposits(world, plan.deposits),
        client=await opened.enter_async_context(client),
        observer=await opened.enter_async_context(observer),
        quiet=await opened.enter_async_context(quiet),
        step=step,
    )


def _pids(stack: LocalStack) -> Callable[[str], int | None]:
    return lambda service: next((row.pid for row in stack.rows() if row.name == service), None)


async def _examples(stage: Stage) -> list[Example]:
    """What people with different means of travel read about the best offer for them, from matching's own answer."""
    found: dict[TravelMeans, Example] = {}
    for row in sorted(stage.profiles):
        means = max(stage.world.profile(row).travel, key=lambda one: one.range_km).means
        if len(found) == _EXAMPLES or means in found:
            continue
        by = stage.plan.registrar(row)
        page = await stage.client.get("matching", f"/v1/profiles/{stage.profiles[row]}/recommendations", by)
        if page["items"]:
            best = page["items"][0]
            found[means] = Example(
                person=f"une personne qui se déplace {_MEANS[means]}",
                offer=best["offer"]["title"],
                place=best["offer"]["place"] or "",
                score=best["score"],
                reasons=[reason["text"] for reason in best["reasons"]],
            )
    return list(found.values())


_MEANS = {
    TravelMeans.FOOT: "à pied",
    TravelMeans.BICYCLE: "à vélo",
    TravelMeans.MOPED: "en cyclomoteur",
    TravelMeans.CAR: "en voiture",
    TravelMeans.PUBLIC_TRANSPORT: "en transports en commun",
}
