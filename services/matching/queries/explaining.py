"""Why a pair was recommended, why not, and what would have to be different."""

from dataclasses import dataclass
from typing import Any, cast

from services.matching.context import Context
from services.matching.domain.configuration import TERMS, Configuration
from services.matching.domain.constraints import NONE, Failed
from services.matching.domain.facts import OfferFacts, ProfileFacts
from services.matching.domain.life import LIVE, Status
from services.matching.domain.occupations import Affinities
from services.matching.domain.reasons import Reason, obstacles, reasons, short_of
from services.matching.domain.scoring import Judgement, as_share, judge
from services.matching.engine.facts_stored import offer_from, profile_from
from services.matching.engine.recommendations import WorkedOut, as_stored, replayed
from services.matching.engine.restoring import configuration_from
from services.matching.queries.turns import off_the_loop
from services.matching.store import by_id, recommendation_id
from shared.errors import NotFound

OFFERS_LOOKED_AT = 5_000
"""Open offers around somebody's occupations that a counterfactual counts among: more than any département has."""


class ReplayImpossible(NotFound):
    """The configuration that made the recommendation is not stored."""

    code = "configuration-unknown"


@dataclass(frozen=True)
class Verdict:
    """What the engine says of a pair today, and what stands in the way."""

    judgement: Judgement
    configuration: Configuration
    reasons: tuple[Reason, ...]
    why_not: tuple[Reason, ...]
    status: str | None


async def explain(context: Context, profile: dict[str, Any], offer: dict[str, Any]) -> Verdict:
    """The pair as the present configuration sees it."""
    configuration = await context.configuration()
    facts, who = offer_from(offer["facts"]), profile_from(profile["facts"])
    affinities = context.referential.under(configuration)
    verdict = judge(facts, who, configuration, affinities, context.today())
    id = recommendation_id(profile["_id"], offer["_id"])
    document = (await by_id(context.store, "recommendations", [id], {"status": 1, "withdrawn_because": 1})).get(id)
    over = await _over(context, profile["_id"], offer["_id"])
    why_not = list(obstacles(verdict.failed | over, facts, who, verdict.asked))
    live = document is not None and Status.of_stored(document["status"]) in LIVE
    if not why_not and not live:
        if verdict.score < configuration.minimum:
            why_not.append({"code": "score_too_low"})
        else:
            why_not.append({"code": await _who_is_full(context, profile["_id"], configuration)})
    return Verdict(
        verdict,
        configuration,
        (*reasons(facts, who, verdict), *short_of(facts, verdict.asked)),
        tuple(why_not) if not live else (),
        document["status"] if document else None,
    )


async def _over(context: Context, profile_id: str, offer_id: str) -> Failed:
    pair = {"profile_id": profile_id, "offer_id": offer_id}
    found = NONE
    application = await context.store.first("applications", pair)
    if application is not None:
        found |= Failed.REFUSED if application["status"] == "refused" else Failed.APPLIED
    override = await context.store.first("overrides", pair)
    if override is not None and override["kind"] == "dismissed":
        found |= Failed.DISMISSED
    return found


async def _who_is_full(context: Context, profile_id: str, configuration: Configuration) -> str:
    live = {"profile_id": profile_id, "status": {"$in": [status.value for status in LIVE]}}
    held = await context.store.collection("recommendations").count_documents(live)
    return "better_ones" if held >= configuration.live_per_profile else "crowded"


async def offers_around(context: Context, profile: ProfileFacts, affinities: Affinities) -> list[OfferFacts]:
    """Open offers whose occupation may interest somebody, those to look at «pour élargir» included."""
    query: dict[str, Any] = {"open": True}
    if profile.seeks:
        near = {code for wish in profile.wishes for code in affinities.offered_near(wish.code)}
        query["$or"] = [{"occupation": {"$in": [*sorted(near), None]}}, {"also": {"$in": sorted(near)}}]
    found = await context.store.collection("offers").find(query, {"facts": 1}).limit(OFFERS_LOOKED_AT).to_list(None)
    return await off_the_loop(lambda: [offer_from(document["facts"]) for document in found])


async def over_with(context: Context, profile_id: str) -> set[str]:
    """Offers to which somebody has applied, or that were dismissed or pinned."""
    query = {"profile_id": profile_id}
    applied = await context.store.collection("applications").distinct("offer_id", query)
    decided = await context.store.collection("overrides").distinct("offer_id", query)
    return {*applied, *decided}


@dataclass(frozen=True)
class Replay:
    """A past recommendation computed again from what was stored with it."""

    stored_score: int
    score: int
    contributions: dict[str, float]
    identical: bool


async def replay(context: Context, document: dict[str, Any]) -> Replay:
    """Compute a recommendation again from its stored inputs, whatever has changed since.

    Raises:
        ReplayImpossible: the configuration version is not stored.
    """
    configuration = await configuration_of(context, document["configuration_version"])
    inputs, made = document["inputs"], cast(WorkedOut, document)
    verdict = replayed(made, offer_from(inputs["offer"]), profile_from(inputs["profile"]), configuration)
    if verdict is None:
        # Another release computed its terms otherwise: it answers with those that it had then.
        _, contributions = as_stored(made)
        # Terms that came later stand at the end, and had no part in it.
        named = dict(zip(TERMS, map(as_share, contributions), strict=False))
        total = sum(contributions)
        return Replay(document["score"], total, named, total == document["score"])
    identical = verdict.score == document["score"] and list(verdict.contributions) == document["contributions"]
    return Replay(document["score"], verdict.score, verdict.named_contributions(), identical)


async def configuration_of(context: Context, version: int) -> Configuration:
    """A configuration by version; the first is the default.

    Raises:
        ReplayImpossible: there is none.
    """
    document = await context.store.first("configurations", {"_id": version})
    if document is not None:
        return configuration_from(document)
    if version == Configuration().version:
        return Configuration()
    raise ReplayImpossible("Cette configuration n'existe pas.", version=version)


def named_terms(judgement: Judgement) -> dict[str, float]:
    """The terms of a pair, 0 to 1, by name."""
    return {name: term / 10_000 for name, term in zip(TERMS, judgement.terms, strict=True)}
