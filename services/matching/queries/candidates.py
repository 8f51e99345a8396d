"""The best people for an offer, whether or not its exposure has room for them."""

from dataclasses import dataclass
from typing import Any

from services.matching.context import Context
from services.matching.domain.affinity import wished_by
from services.matching.domain.facts import OfferFacts, ProfileFacts
from services.matching.domain.reasons import Reason, reasons
from services.matching.domain.scoring import judge
from services.matching.engine.facts_stored import offer_from, profile_from
from services.matching.engine.stored import STAMP, load, unpack
from services.matching.index.kernel import Rules
from services.matching.index.profiles import ProfileIndex
from services.matching.store import by_id, recommendation_id


@dataclass(frozen=True)
class Candidate:
    """Somebody for an offer."""

    profile_id: str
    score: int
    reasons: tuple[Reason, ...]
    status: str | None


async def candidates(context: Context, offer: dict[str, Any], scope: dict[str, Any], limit: int) -> list[Candidate]:
    """The best of a scope by the same index and score as the engine's; who has applied or dismissed is left out."""
    facts = offer_from(offer["facts"])
    configuration = await context.configuration()
    affinities = context.referential.under(configuration)
    index = ProfileIndex(Rules(configuration, affinities))
    query: dict[str, Any] = {**scope, "active": True}
    if facts.occupation is not None:
        near = [
            code
            for code, points in wished_by(facts, configuration, affinities).items()
            if points >= configuration.minimum_affinity
        ]
        query["$or"] = [{"wishes": {"$in": near}}]
        if facts.occupation not in affinities.regulated:
            query["$or"].append({"wishes": []})
    blobs = []
    async for document in context.store.collection("profiles").find(query, {"packed": 1, "layout": 1, "facts": 1}):
        if document.get("packed") and document.get("layout") == STAMP:
            blobs.append(document["packed"])
        elif document.get("facts"):
            index.put(profile_from(document["facts"]))
    if blobs:
        load(index, unpack(blobs))
    over = await context.store.collection("applications").distinct("profile_id", {"offer_id": offer["_id"]})
    over += await context.store.collection("overrides").distinct(
        "profile_id", {"offer_id": offer["_id"], "kind": "dismissed"}
    )
    ranked = index.rank(facts, limit, context.today(), exclude=over)
    ids = {profile_id: recommendation_id(profile_id, offer["_id"]) for profile_id, _ in ranked}
    stored = await by_id(context.store, "recommendations", ids.values(), {"status": 1})
    found = []
    for profile_id, score in ranked:
        profile = index.get(profile_id)
        assert profile is not None
        status = stored.get(ids[profile_id], {}).get("status")
        found.append(Candidate(profile_id, score, _reasons(context, facts, profile, configuration), status))
    return found


def _reasons(context: Context, offer: OfferFacts, profile: ProfileFacts, configuration: Any) -> tuple[Reason, ...]:
    verdict = judge(offer, profile, configuration, context.referential.under(configuration), context.today())
    return reasons(offer, profile, verdict.terms, by_text=verdict.by_text)
