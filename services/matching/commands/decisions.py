"""What people decide about recommendations, beside or against the engine. Each decision is stored with its reason."""

from functools import partial
from typing import Any, NamedTuple

from services.matching.access import ProfileUnknown, offer_seen, overruling, profile_unknown, side_of
from services.matching.context import Context
from services.matching.domain.life import LIVE, NotThis, ReasonMissing, Status, must_be_live, step
from services.matching.domain.scoring import as_share
from services.matching.engine.facts_stored import offer_from, profile_from
from services.matching.engine.memory import Over
from services.matching.engine.recommendations import Side, work_out
from services.matching.store import recommendation_id, update_at, write
from shared.auth import Principal, Role
from shared.contracts.events.matching import RecommendationState
from shared.contracts.topics import RECOMMENDATIONS
from shared.errors import AlreadyExists, FieldError, NotFound, StateConflict, VersionConflict
from shared.store import Find, Reading, Work

ATTEMPTS = 20


class RecommendationUnknown(NotFound):
    """No such recommendation, or none of the caller's business."""

    code = "recommendation-unknown"


class NotMatched(StateConflict):
    """The person is proposed nothing now: they said so, or their age asks for something first."""

    code = "person-not-matched"


class OfferIsClosed(StateConflict):
    """The offer takes nobody any more."""

    code = "offer-closed"


def reason_of(given: str | None, *, needed: bool) -> str:
    """The reason given, empty when none is needed.

    Raises:
        ReasonMissing: a counsellor or manager gave none.
    """
    if given is None and needed:
        message = "Indiquez la raison de ce choix."
        raise ReasonMissing(
            "Il manque la raison de cette décision.", errors=[FieldError("reason", "required", message)]
        )
    return given or ""


class Found(NamedTuple):
    """A recommendation, its person, and the side on which the caller stands to them."""

    document: dict[str, Any]
    profile: dict[str, Any]
    side: Role


async def load(context: Context, principal: Principal, id: str) -> Found:
    """A recommendation of somebody who is the caller's business.

    Raises:
        RecommendationUnknown: there is none, or none of the caller's business: of whom it is, is not told.
    """
    return await context.store.read(_loaded(principal, id))


def _loaded(principal: Principal, id: str) -> Reading[Found]:
    unknown = RecommendationUnknown("Cette recommandation n'existe pas, ou vous ne pouvez pas la voir.", id=id)
    (found,) = yield [Find("recommendations", {"_id": id}, limit=1)]
    if not found:
        raise unknown
    document = found[0]
    (profiles,) = yield [Find("profiles", {"_id": document["profile_id"]}, limit=1)]
    try:
        profile, side = side_of(principal, profiles[0] if profiles else None, document["profile_id"])
    except ProfileUnknown:
        raise unknown from None
    return Found(document, profile, side)


async def _change(context: Context, document: dict[str, Any], decide: Any) -> dict[str, Any]:
    """Load–decide–commit until nobody came between; ``decide(document, work)`` returns the changed fields.

    Raises:
        ProfileUnknown: the person was erased while this was decided, and nothing of them is written down again.
    """
    person = {"_id": document["profile_id"], "facts": {"$exists": True}}
    for _ in range(ATTEMPTS):
        work = Work(context.new_id)
        fields = decide(document, work)
        if fields is None:
            return document
        fields = fields | {"version": document["version"] + 1, "updated_at": context.clock.now()}
        write(work, "recommendations", [update_at(document["_id"], document["version"], fields)])
        work.update("profiles", person, {"$currentDate": {"_touched": True}}, found=True)
        try:
            await context.store.commit(work)
            changed: dict[str, Any] = document | fields
            return changed
        except (AlreadyExists, VersionConflict):
            (people, found) = await context.store.find_all(
                Find("profiles", person, {"_id": 1}), Find("recommendations", {"_id": document["_id"]})
            )
            if not people:
                raise profile_unknown(document["profile_id"]) from None
            document = found[0] if found else document
    raise VersionConflict("Cela change trop souvent en ce moment : réessayez.", id=document["_id"])


async def see(context: Context, document: dict[str, Any]) -> dict[str, Any]:
    """Mark as seen; seeing it again, or one that is over, changes nothing."""

    def decide(current: dict[str, Any], work: Work) -> dict[str, Any] | None:
        if Status.of_stored(current["status"]) is not Status.CREATED:
            return None
        return {"status": Status.SEEN.value, "seen_at": context.clock.now()}

    return await _change(context, document, decide)


async def dismiss(
    context: Context, principal: Principal, document: dict[str, Any], reason: str, why: NotThis | None, side: Role
) -> dict[str, Any]:
    """End it; the pair is not recommended again. ``why`` is what the report of dismissals counts.

    Raises:
        RecommendationIsOver: it is applied to or withdrawn.
    """

    def decide(current: dict[str, Any], work: Work) -> dict[str, Any] | None:
        status = Status.of_stored(current["status"])
        if step(status, Status.DISMISSED, current["_id"]) is status:
            return None
        record = overruling(principal, current["profile_id"], reason, context.clock, why).model_dump()
        _override(work, current, Over.DISMISSED, {**record, "by": side.value, **_of_pair(current)})
        _tell_end(context, work, current, Status.DISMISSED)
        overruled = [*current.get("overruled", []), {**record, "kind": "dismissed"}]
        return {
            "status": Status.DISMISSED.value,
            "withdrawn_because": "dismissed",
            "overruled": overruled,
            "pinned": False,
        }

    return await _change(context, document, decide)


async def pin(context: Context, principal: Principal, document: dict[str, Any], reason: str) -> dict[str, Any]:
    """Keep it whatever better comes: outside the offer's exposure and the person's room.

    Raises:
        RecommendationIsOver: it is applied to, dismissed or withdrawn.
    """

    def decide(current: dict[str, Any], work: Work) -> dict[str, Any] | None:
        if current.get("pinned") and Status.of_stored(current["status"]) in LIVE:
            return None
        must_be_live(Status.of_stored(current["status"]), current["_id"])
        record = overruling(principal, current["profile_id"], reason, context.clock).model_dump()
        _override(work, current, Over.PINNED, record)
        return {"pinned": True, "overruled": [*current.get("overruled", []), {**record, "kind": "pinned"}]}

    return await _change(context, document, decide)


async def add(
    context: Context, principal: Principal, profile: dict[str, Any], offer_id: str, reason: str
) -> dict[str, Any]:
    """Recommend an offer whatever the engine thinks of it, also one that was dismissed before.

    Raises:
        OfferUnknown: there is no such offer.
        OfferIsClosed: it takes nobody any more.
        NotMatched: nothing is proposed to the person, whoever would.
        StateConflict: the person has applied already.
    """
    offer = await offer_seen(context.store, principal, offer_id, profile["_id"])
    pair = {"profile_id": profile["_id"], "offer_id": offer_id}
    if not offer["open"]:
        raise OfferIsClosed("Cette offre n'est plus ouverte.", allowed=[], offer_id=offer_id)
    applied = await context.store.first("applications", pair)
    if applied is not None:
        raise StateConflict("Cette personne a déjà postulé à cette offre.", allowed=[], offer_id=offer_id)
    configuration = await context.configuration()
    facts, who = offer_from(offer["facts"]), profile_from(profile["facts"])
    if not who.active:
        raise NotMatched("Rien n'est proposé à cette personne en ce moment.", allowed=[], profile_id=profile["_id"])
    stored: tuple[Side, Side] = (
        {"facts": offer["facts"], "version": offer["version"]},
        {"facts": profile["facts"], "version": profile["version"]},
    )
    affinities = context.referential.under(configuration)
    made = work_out(facts, who, stored, configuration, affinities, context.today())
    id = recommendation_id(profile["_id"], offer_id)
    now = context.clock.now()
    content = {
        **made,
        "profile_id": profile["_id"],
        "offer_id": offer_id,
        "territory": profile["territory"],
        "reasons": [{"code": "added_by_counsellor"}, *made["reasons"]],
        "pinned": True,
        "withdrawn_because": None,
    }

    def decide(current: dict[str, Any], work: Work) -> dict[str, Any] | None:
        record = overruling(principal, profile["_id"], reason, context.clock).model_dump()
        _override(work, {"_id": id, **content}, Over.PINNED, record)
        overruled = [*current.get("overruled", []), {**record, "kind": "added"}]
        if current.get("status") in LIVE:
            return {"pinned": True, "overruled": overruled}
        fields = content | {
            "status": Status.CREATED.value,
            "created_at": now,
            "told_score": made["score"],
            "seen_at": None,
            "overruled": overruled,
        }
        state = RecommendationState(
            recommendation_id=id,
            profile_id=profile["_id"],
            offer_id=offer_id,
            territory=profile["territory"],
            score=as_share(made["score"]),
            status="created",
            reasons=tuple(content["reasons"]),
            configuration_version=configuration.version,
            created_at=now,
        )
        work.publish(
            RECOMMENDATIONS,
            "recommendation-created.v1",
            key=profile["_id"],
            subject=id,
            data=state,
            sequence=current["version"] + 1,
            time=now,
        )
        return fields

    before = await context.store.first("recommendations", {"_id": id})
    added = await _change(context, before or {"_id": id, "version": 0, "profile_id": profile["_id"]}, decide)
    if await context.store.first("applications", pair) is None:
        return added
    # They applied meanwhile: that was heard when there was nothing to end yet, or ends it as well.
    return await _change(context, added, partial(_applied, context))


def _applied(context: Context, current: dict[str, Any], work: Work) -> dict[str, Any] | None:
    if Status.of_stored(current["status"]) not in LIVE:
        return None
    _tell_end(context, work, current, Status.APPLIED)
    return {"status": Status.APPLIED.value, "withdrawn_because": Status.APPLIED.value}


def _of_pair(document: dict[str, Any]) -> dict[str, Any]:
    """What the report counts a dismissal by: the territory, and the occupations between which it was recommended."""
    offer, profile = offer_from(document["inputs"]["offer"]), profile_from(document["inputs"]["profile"])
    affinities = document["inputs"]["affinities"]
    wished = max((wish.code for wish in profile.wishes), key=lambda code: (affinities.get(code, 0), code), default=None)
    return {"territory": document["territory"], "wished": wished, "offered": offer.occupation}


def _override(work: Work, document: dict[str, Any], kind: Over, record: dict[str, Any]) -> None:
    pair = {"profile_id": document["profile_id"], "offer_id": document["offer_id"], "kind": kind.value, **record}
    work.update("overrides", {"_id": document["_id"]}, {"$set": pair}, upsert=True)


def _tell_end(context: Context, work: Work, document: dict[str, Any], ended: Status) -> None:
    state = RecommendationState(
        recommendation_id=document["_id"],
        profile_id=document["profile_id"],
        offer_id=document["offer_id"],
        territory=document["territory"],
        score=as_share(document["score"]),
        status="withdrawn",
        withdrawn_because=ended.value,
        configuration_version=document["configuration_version"],
        created_at=document["created_at"],
    )
    work.publish(
        RECOMMENDATIONS,
        "recommendation-withdrawn.v1",
        key=document["profile_id"],
        subject=document["_id"],
        data=state,
        sequence=document["version"] + 1,
        time=context.clock.now(),
    )
