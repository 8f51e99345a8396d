"""Versions of the configuration: proposed, tried on today's data without any effect, activated."""

import asyncio
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pymongo import UpdateMany, UpdateOne

from services.matching.context import Context
from services.matching.domain.configuration import Configuration
from services.matching.domain.facts import ProfileFacts
from services.matching.engine.facts_stored import profile_from
from services.matching.engine.memory import Memory
from services.matching.engine.restoring import Restoring
from services.matching.queries.explaining import configuration_of
from services.matching.store import LIVE_STATUSES
from shared.auth import Principal
from shared.errors import AlreadyExists, Forbidden, Refused
from shared.refusals import field_errors
from shared.store import Work

EXAMPLES = 20


class ConfigurationRefused(Refused):
    """Weights or parameters that do not hold together."""

    code = "configuration-refused"


@dataclass(frozen=True)
class DryRun:
    """What would change if a configuration were activated now."""

    profiles: int
    offers: int
    live: int
    kept: int
    added: int
    withdrawn: int
    people_with_none_before: int
    people_with_none_after: int
    examples_added: list[tuple[str, str]]
    examples_withdrawn: list[tuple[str, str]]


def validated(values: dict[str, Any], version: int) -> Configuration:
    """A configuration of these values.

    Raises:
        ConfigurationRefused: naming each field.
    """
    try:
        return Configuration.model_validate({**values, "version": version})
    except ValidationError as error:
        problems = field_errors(error, whole="(whole)")
        raise ConfigurationRefused("Cette configuration ne tient pas.", errors=problems) from None


async def listed(context: Context) -> list[dict[str, Any]]:
    """All versions, newest first; the default one is there from the start."""
    found = [document async for document in context.store.collection("configurations").find().sort("_id", -1)]
    if not any(document["_id"] == 1 for document in found):
        found.append(_document(Configuration(), active=not any(document["active"] for document in found)))
    return found


def _document(configuration: Configuration, *, active: bool, **more: Any) -> dict[str, Any]:
    return {
        "_id": configuration.version,
        "values": configuration.model_dump(mode="json"),
        "active": active,
        "created_by": None,
        "created_at": None,
        "activated_by": None,
        "activated_at": None,
        **more,
    }


async def propose(context: Context, principal: Principal, values: dict[str, Any]) -> dict[str, Any]:
    """Store a new version; nothing follows it until it is activated."""
    while True:
        versions = [document["_id"] for document in await listed(context)]
        configuration = validated(values, max(versions) + 1)
        document = _document(configuration, active=False, created_by=principal.subject, created_at=context.clock.now())
        work = Work(context.new_id)
        work.insert("configurations", document)
        try:
            await context.store.commit(work)
            return document
        except AlreadyExists:
            continue


async def activate(context: Context, principal: Principal, version: int) -> dict[str, Any]:
    """Make a version the one in force, for everybody; every worker follows through the change stream.

    Raises:
        Forbidden: people or offers of a territory that is not the caller's would be ranked otherwise.
    """
    served = await _territories(context)
    if not served <= principal.territories:
        raise Forbidden(
            "Une configuration vaut pour toute l'installation : qui l'active travaille pour tous ses territoires.",
            territories=sorted(principal.territories),
        )
    configuration = await configuration_of(context, version)
    document = _document(configuration, active=True)
    signed = {"activated_by": principal.subject, "activated_at": context.clock.now(), "active": True}
    work = Work(context.new_id)
    fresh = {name: value for name, value in document.items() if name not in ("_id", *signed)}
    work.bulk(
        "configurations",
        [
            UpdateMany({"_id": {"$ne": version}}, {"$set": {"active": False}}),
            UpdateOne({"_id": version}, {"$set": signed, "$setOnInsert": fresh}, upsert=True),
        ],
    )
    await context.store.commit(work)
    stored = await context.store.first("configurations", {"_id": version})
    return stored or document | signed


async def _territories(context: Context) -> set[str]:
    """Where the people and the open offers are."""
    people = await context.store.collection("profiles").distinct("territory", {"facts": {"$exists": True}})
    offers = await context.store.collection("offers").distinct("territory", {"open": True})
    return {*people, *offers}


async def dry_run(context: Context, principal: Principal, version: int) -> DryRun:
    """Allocate today's offers and people as if the version were in force; nothing is stored or told.

    Everybody competes, and what is shown is what would change for the people of the caller's territories.
    """
    configuration = await configuration_of(context, version)
    memory = Memory(configuration, context.referential, context.today())
    await Restoring(context.store).shared(memory)
    people = context.store.collection("profiles").find({"active": True}, {"facts": 1})
    profiles = [profile_from(document["facts"]) async for document in people if document.get("facts")]
    mine = {profile.profile_id for profile in profiles if principal.may_see(profile.territory)}
    live = context.store.collection("recommendations").find(
        {"status": {"$in": LIVE_STATUSES}, "pinned": False}, {"profile_id": 1, "offer_id": 1}
    )
    before = {(row["profile_id"], row["offer_id"]) async for row in live if row["profile_id"] in mine}
    allocated = await asyncio.to_thread(_allocated, memory, profiles)
    after = {pair for pair in allocated if pair[0] in mine}
    added, withdrawn = sorted(after - before), sorted(before - after)
    return DryRun(
        profiles=len(mine),
        offers=len(memory.offers),
        live=len(after),
        kept=len(after & before),
        added=len(added),
        withdrawn=len(withdrawn),
        people_with_none_before=len(mine) - len({profile_id for profile_id, _ in before}),
        people_with_none_after=len(mine) - len({profile_id for profile_id, _ in after}),
        examples_added=added[:EXAMPLES],
        examples_withdrawn=withdrawn[:EXAMPLES],
    )


def _allocated(memory: Memory, profiles: list[ProfileFacts]) -> set[tuple[str, str]]:
    # How offers stand today must not favour anybody: the trial starts from nothing.
    for offer_id, side in memory.settler.offers.items():
        for profile_id in list(side.held):
            memory.settler.pair_closed(profile_id, offer_id)
    memory.put_profiles([(profile, 1) for profile in profiles])
    memory.settler.settle()
    return {(pair.profile_id, pair.offer_id) for pair in memory.settler.allocation()}
