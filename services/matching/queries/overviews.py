"""What staff look at: offers that nobody takes, people without recommendations, exposure by group."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from pymongo import ASCENDING

from services.matching.context import Context
from services.matching.domain.allocation import Demand, exposure_budget, widening_step
from services.matching.domain.bits import mask
from services.matching.domain.configuration import Configuration
from services.matching.domain.constraints import failed
from services.matching.domain.counterfactuals import Counterfactual, counterfactuals
from services.matching.domain.facts import OfferFacts, ProfileFacts
from services.matching.domain.geometry import DM_PER_KM
from services.matching.domain.occupations import Affinities
from services.matching.domain.pointing import Pointers
from services.matching.domain.scoring import as_share
from services.matching.engine.facts_stored import offer_from, profile_from
from services.matching.queries.explaining import offers_around
from services.matching.queries.turns import off_the_loop
from services.matching.store import LIVE_STATUSES
from shared.contracts.vocabulary import FrenchLevel, Licence
from shared.masking import shown, shown_parts, shown_rate

_AT_ONCE = 1_000
"""People whose recommendations are asked for together."""
MOST_LOOKED_AT = 5_000
"""People whose recommendations are asked for, for one page of those who have none."""
MOST_READ = 20_000
"""People who are read for one page of those whom somebody accompanies: a quarter of a second of the database."""


@dataclass(frozen=True)
class WithoutTakers:
    """An open offer to which nobody has applied."""

    offer: dict[str, Any]
    days: int
    step: int
    budget: int
    shown_to: int
    seen_by: int


async def offers_without_takers(context: Context, scope: dict[str, Any]) -> list[WithoutTakers]:
    """Open offers without any application for longer than one widening step, the longest waiting first."""
    configuration, today = await context.configuration(), context.today()
    waiting = {}
    async for document in context.store.collection("offers").find({**scope, "open": True}):
        facts = offer_from(document["facts"])
        if facts.published_day and today - facts.published_day >= configuration.widening_days:
            waiting[document["_id"]] = (document, facts)
    taken = await context.store.collection("applications").distinct("offer_id", {"offer_id": {"$in": list(waiting)}})
    wanted = [id for id in waiting if id not in set(taken)]
    shown: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    live = {"offer_id": {"$in": wanted}, "status": {"$in": LIVE_STATUSES}}
    async for row in context.store.collection("recommendations").find(live, {"offer_id": 1, "seen_at": 1}):
        shown[row["offer_id"]] += 1
        seen[row["offer_id"]] += row.get("seen_at") is not None
    found = []
    for id in wanted:
        document, facts = waiting[id]
        step = widening_step(facts, Demand(), configuration, today)
        budget = exposure_budget(facts, Demand(), configuration, today)
        found.append(WithoutTakers(document, today - facts.published_day, step, budget, shown[id], seen[id]))
    return sorted(found, key=lambda one: (-one.days, one.offer["_id"]))


@dataclass(frozen=True)
class WithoutRecommendations:
    """Somebody who has no recommendation, with what stands in the way."""

    profile_id: str
    around: int
    blocks: list[tuple[str, int]]
    changes: tuple[Counterfactual, ...]


@dataclass(frozen=True)
class Looked:
    """Some of the people without recommendations, by id; ``up_to``: who was looked at last, None once that was everybody;
    ``pointers``: what occupations are called.
    """

    found: list[WithoutRecommendations]
    up_to: str | None
    pointers: Pointers


async def profiles_without(
    context: Context, scope: dict[str, Any], whose: dict[str, Any], after: str | None, limit: int
) -> Looked:
    """Active people of the scope without any live recommendation, by id, with what blocks them: the next ``limit``, of as many
    as are looked at together.

    ``whose``: who accompanies them. No index knows that, since each event that changes it would pay for all indexes of the
    collection, so everybody of the scope is read, a part of a large one at a time.
    """
    asked: dict[str, Any] = {**scope, "active": True, **({"_id": {"$gt": after}} if after else {})}
    people = context.store.collection("profiles").find(asked, {"_id": 1}).sort("_id", ASCENDING)
    last = await people.skip((MOST_READ if whose else MOST_LOOKED_AT) - 1).limit(1).to_list(None)
    up_to = last[0]["_id"] if last else None
    if up_to is not None:
        asked["_id"] = {**asked.get("_id", {}), "$lte": up_to}
    pipeline: list[dict[str, Any]] = [
        {"$match": {**asked, **whose}},
        {"$sort": {"_id": 1}},
        {
            "$lookup": {
                "from": "recommendations",
                "let": {"id": "$_id"},
                "pipeline": [
                    {"$match": {"$expr": {"$eq": ["$profile_id", "$$id"]}, "status": {"$in": LIVE_STATUSES}}},
                    {"$limit": 1},
                    {"$project": {"_id": 1}},
                ],
                "as": "live",
            }
        },
        {"$match": {"live": []}},
        {"$limit": limit + 1},
        {"$project": {"facts": 1}},
    ]
    documents = [document async for document in context.store.aggregate("profiles", pipeline)]
    if len(documents) > limit:
        documents = documents[:limit]
        up_to = documents[-1]["_id"]
    configuration = await context.configuration()
    affinities = context.referential.under(configuration)
    found = []
    for document in documents:
        profile = profile_from(document["facts"])
        offers = await offers_around(context, profile, affinities)
        found.append(await off_the_loop(_blocked, context.today(), profile, offers, configuration, affinities))
    return Looked(found, up_to, affinities.pointers)


def _blocked(
    today: int, profile: ProfileFacts, offers: list[OfferFacts], configuration: Configuration, affinities: Affinities
) -> WithoutRecommendations:
    blocks: Counter[str] = Counter()
    for offer in offers:
        blocks.update(failed(offer, profile, configuration, affinities, today).codes)
    _, changes = counterfactuals(profile, offers, configuration, affinities, today)
    return WithoutRecommendations(profile.profile_id, len(offers), blocks.most_common(), changes[:5])


@dataclass(frozen=True)
class Cell:
    """One group of an audit; figures are None where the group is too small to be shown."""

    dimension: str
    group: str
    people: int | None
    with_recommendation: float | None
    mean_live: float | None
    mean_best_score: float | None


def groups(profile: ProfileFacts) -> dict[str, str]:
    """The functional groups that matching knows of. Sex, age, nationality, RSA, RQTH and QPV never reach it."""
    levels = tuple(FrenchLevel)
    reach = next((str(km) for km in (10, 30, 60) if profile.reach_dm <= km * DM_PER_KM), "300")
    return {
        "reach_km": f"up_to_{reach}",
        "vehicle": "yes" if profile.vehicle else "no",
        "licence_b": "yes" if profile.licences & mask((Licence.B,), Licence) else "no",
        "french": levels[profile.french - 1].value if profile.french else "not_stated",
        "schedule": "free" if profile.early and profile.late and profile.weekend else "restricted",
        "place": "known" if profile.position else "unknown",
        "experience": "some" if any(wish.months for wish in profile.wishes) else "none",
    }


async def audit(context: Context, territory: str) -> dict[str, Any]:
    """Exposure by group in a territory: aggregates only, made safe by ``shared.masking``."""
    members: dict[tuple[str, str], list[list[int]]] = defaultdict(list)
    people = context.store.collection("profiles").find({"territory": territory, "active": True}, {"facts": 1})
    count = 0
    portion: dict[str, dict[str, str]] = {}

    async def take() -> None:
        live = await _live_scores(context, portion)
        for id, of in portion.items():
            for place in of.items():
                members[place].append(live.get(id, []))

    async for document in people:
        count += 1
        portion[document["_id"]] = groups(profile_from(document["facts"]))
        if len(portion) == _AT_ONCE:
            await take()
            portion = {}
    await take()
    return {
        "territory": territory,
        "at": context.clock.now(),
        "people": shown(count),
        "cells": [vars(cell) for cell in masked(members)],
    }


async def last_audit(context: Context, territory: str) -> dict[str, Any]:
    """The last report that was kept of a territory, or one that is made now when there is none."""
    found = await context.store.first("audit", {"territory": territory}, sort=[("at", -1)])
    return found or await audit(context, territory)


async def _live_scores(context: Context, people: Iterable[str]) -> dict[str, list[int]]:
    """By person the scores of what is recommended to them."""
    found: dict[str, list[int]] = defaultdict(list)
    rows = context.store.collection("recommendations").find(live_of(people), {"_id": 0, "profile_id": 1, "score": 1})
    async for row in rows:
        found[row["profile_id"]].append(row["score"])
    return found


def live_of(people: Iterable[str]) -> dict[str, Any]:
    """The query of what is recommended to some people: by person, since no index knows territories (each write would pay it)."""
    return {"profile_id": {"$in": list(people)}, "status": {"$in": LIVE_STATUSES}}


def masked(members: dict[tuple[str, str], list[list[int]]]) -> list[Cell]:
    """Cells by dimension, made safe by ``shared.masking``: rounded, and none to be found from the others and the whole."""
    cells = []
    for dimension in sorted({dimension for dimension, _ in members}):
        names = sorted(group for of, group in members if of == dimension)
        sizes = [len(members[dimension, group]) for group in names]
        for group, people in zip(names, shown_parts(sizes, sum(sizes)), strict=True):
            rows = members[dimension, group]
            if people is None:
                cells.append(Cell(dimension, group, None, None, None, None))
                continue
            best = [max(row) for row in rows if row]
            cells.append(
                Cell(
                    dimension,
                    group,
                    people,
                    shown_rate(shown(len(best)), people),
                    # Finer means would give away whoever came or left between two readings.
                    round(fmean(len(row) for row in rows), 1),
                    round(as_share(round(fmean(best))), 2) if best else 0.0,
                )
            )
    return cells
