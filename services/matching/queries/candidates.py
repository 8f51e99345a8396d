"""The best people for an offer, whether or not its exposure has room for them."""

from dataclasses import dataclass
from typing import Any

from services.matching.context import Context
from services.matching.domain.affinity import wished_by
from services.matching.domain.configuration import Configuration
from services.matching.domain.reasons import Reason, reasons
from services.matching.domain.scale import SCALE
from services.matching.domain.scoring import judge
from services.matching.engine.facts_stored import offer_from, profile_from
from services.matching.engine.stored import STAMP, load, unpack
from services.matching.index.kernel import Rules
from services.matching.index.profiles import ProfileIndex
from services.matching.queries.accepting import OF_WORK, accepting, all_accepting, by_work_alone
from services.matching.queries.fields import in_field, in_fields
from services.matching.store import SEEKS_NONE, by_id, recommendation_id
from shared.contracts.vocabulary import ApplicationStatus

SEEN_BY_EMPLOYERS = tuple(
    status.value
    for status in (
        ApplicationStatus.SUBMITTED,
        ApplicationStatus.SEEN,
        ApplicationStatus.INTERVIEW,
        ApplicationStatus.PROPOSED,
        ApplicationStatus.POSTPONED,
        ApplicationStatus.HIRED,
        ApplicationStatus.REFUSED,
    )
)
"""States of an application that its employer is told of for certain: another may be of an invitation that was not accepted."""


@dataclass(frozen=True)
class Candidate:
    """Somebody for an offer. ``able``: what their work alone is worth of ``score``, as a share of what it could be."""

    profile_id: str
    score: int
    able: float
    reasons: tuple[Reason, ...]
    status: str | None


async def candidates(
    context: Context, offer: dict[str, Any], scope: dict[str, Any], limit: int, *, to_employer: bool = False
) -> list[Candidate]:
    """The best of a scope by the same index and score as the engine's; who has applied or dismissed is left out.

    ``to_employer``: who is missing must not tell that they dismissed the offer, or that an invitation reached them: only
    those are left out who stand among the offer's applications anyway. Nor where somebody lives (``queries.fields``), and
    neither who is missing nor who comes first what they would accept (``queries.accepting``).
    """
    facts = offer_from(offer["facts"])
    configuration = await context.configuration()
    affinities = context.referential.under(configuration)
    asked = by_work_alone(configuration) if to_employer else configuration
    index = ProfileIndex(Rules(asked, affinities))
    query: dict[str, Any] = {**scope, "active": True}
    if facts.occupation is not None:
        near = [
            code
            for code, points in wished_by(facts, configuration, affinities).items()
            if points >= configuration.minimum_affinity
        ]
        query["$or"] = [{"wishes": {"$in": near}}]
        if facts.occupation not in affinities.regulated:
            query["$or"] += [{"wishes": []}, {"wishes": SEEKS_NONE}]
    blobs = []
    async for document in context.store.collection("profiles").find(query, {"packed": 1, "layout": 1, "facts": 1}):
        if document.get("packed") and document.get("layout") == STAMP:
            blobs.append(document["packed"])
        elif document.get("facts"):
            person = profile_from(document["facts"])
            index.put(in_field(accepting(person)) if to_employer else person)
    if blobs:
        packed = unpack(blobs)
        if to_employer:
            packed = all_accepting(packed)
            packed["geo"] = in_fields(packed["geo"])
        load(index, packed)
    applied: dict[str, Any] = {"offer_id": offer["_id"]}
    if to_employer:
        applied["status"] = {"$in": list(SEEN_BY_EMPLOYERS)}
    over = await context.store.collection("applications").distinct("profile_id", applied)
    if not to_employer:
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
        verdict = judge(facts, profile, asked, affinities, context.today())
        found.append(
            Candidate(
                profile_id,
                score,
                _able(asked, verdict.named_contributions()),
                reasons(facts, profile, verdict),
                stored.get(ids[profile_id], {}).get("status"),
            )
        )
    return found


def _able(configuration: Configuration, contributions: dict[str, float]) -> float:
    most = sum(getattr(configuration.weights, name) for name in OF_WORK) / SCALE
    return sum(contributions[name] for name in OF_WORK) / most if most else 0.0
