"""The same job from several sources: linked where the employer is the same for sure, else proposed to a manager."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from services.offers.context import Context
from services.offers.domain.actors import SYSTEM, Actor
from services.offers.domain.duplicates import (
    MOST_PROPOSALS,
    Proposal,
    ProposalStatus,
    comparable,
    looks_same,
    same_employer,
    shown_first,
)
from services.offers.domain.errors import DuplicateUnusable
from services.offers.domain.imports.rows import UNNAMED_EMPLOYER
from services.offers.domain.offer import Offer
from services.offers.domain.text import key_of
from services.offers.handles import Offers
from shared.contracts.vocabulary import OfferStatus
from shared.items import each
from shared.store import TEXT, Find, Work
from shared.store.codec import to_document

_ALIVE = [OfferStatus.PUBLISHED.value, OfferStatus.SUSPENDED.value]
_UNNAMED = key_of(UNNAMED_EMPLOYER)


@dataclass
class Links:
    """What came of comparing: offers that are linked now, and proposals for a manager."""

    changed: list[Offer] = field(default_factory=list)
    proposals: list[Proposal] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=dict)
    """Versions of the offers that were compared, by id."""


async def alike(context: Context, offers: Iterable[Offer]) -> list[Offer]:
    """Live stored offers that may be the same jobs as these: of the same employer, number or name in the same commune."""
    query = _alike(offers)
    return await context.offers.many(query) if query is not None else []


def asked_alike(offer: Offer) -> Find | None:
    """The query for those of one offer, to be asked together with others (``Store.decide``); None: there can be none."""
    query = _alike([offer])
    return None if query is None else Find(Offers.collection, query, None, (("_id", 1),))


async def others_than(context: Context, offer: Offer, seen: Mapping[str, int]) -> bool:
    """Whether there are live offers that may be the same job beside those that were ``seen`` at these versions."""
    query = _alike([offer])
    if query is None:
        return False
    (rows,) = await context.store.find_all(Find(Offers.collection, query, {"version": 1}))
    return any(row["_id"] != offer.id and seen.get(row["_id"]) != row["version"] for row in rows)


def _alike(offers: Iterable[Offer]) -> dict[str, object] | None:
    wanted = [offer for offer in offers if comparable(offer)]
    if not wanted:
        return None
    sirets = sorted({offer.feed.siret for offer in wanted if offer.feed and offer.feed.siret})
    ways: list[dict[str, object]] = [
        {"duplicate_key": {"$in": sorted({one.duplicate_key for one in wanted if _named(one)})}},
        {
            "company.id": {"$in": sorted({one.company.id for one in wanted})},
            "content.place.commune_code": {"$in": sorted({one.content.place.commune_code or "" for one in wanted})},
        },
    ]
    if sirets:
        ways.append({"feed.siret": {"$in": sirets}})
    return {"$or": ways, "status": {"$in": _ALIVE}}


def hide_behind(context: Context, offer: Offer, others: Sequence[Offer]) -> tuple[str | None, list[Proposal]]:
    """For a new offer of a feed: the better copy behind which it is hidden from the start, and what a manager decides."""
    better = _better(context, offer, others)
    if better is not None:
        return better.id, []
    return None, _proposals(context, offer, others)


async def settle(context: Context, offer: Offer) -> Links:
    """After ``offer`` went live: link it to a better copy of its employer, or the worse copies to it."""
    return settle_among(context, offer, await alike(context, [offer]))


def settle_among(context: Context, offer: Offer, others: Sequence[Offer]) -> Links:
    """The same with the live offers that may be the same job."""
    seen = {other.id: other.version for other in others}
    better = _better(context, offer, others)
    now = context.clock.now()
    if better is not None:
        offer.link_to(better.id, SYSTEM, now)
        return Links([offer], seen=seen)
    worse = [one for one in others if one.canonical_offer_id is None and _same(context, offer, one)]
    for one in worse:
        one.link_to(offer.id, SYSTEM, now)
    return Links(worse, _proposals(context, offer, others), seen)


def propose(work: Work, proposals: Iterable[Proposal]) -> None:
    """With ``work``: ask a manager; a pair that was asked before (and refused) is not asked again."""
    for proposal in proposals:
        document = to_document(proposal)
        work.update("duplicates", {"_id": document.pop("_id")}, {"$setOnInsert": document}, upsert=True)


def forget_proposals(work: Work, offer: Offer) -> None:
    """With ``work``: an offer that ended leaves nothing to decide."""
    for side in ("offer_id", "canonical_id"):
        work.delete("duplicates", {side: offer.id, "status": ProposalStatus.OPEN})


async def show_lost(context: Context) -> int:
    """Copies behind an offer that nobody sees are shown again, or hidden behind a better one: it went out of sight in the moment
    in which they came, or under a release that hid them there. Returns how many.
    """
    offers = context.store.collection(Offers.collection)
    hidden = {"status": OfferStatus.PUBLISHED.value, "canonical_offer_id": TEXT}
    behind = {row["_id"]: row["canonical_offer_id"] async for row in offers.find(hidden, {"canonical_offer_id": 1})}
    hides = [
        {"status": OfferStatus.PUBLISHED.value, "canonical_offer_id": None},
        {"status": OfferStatus.SUSPENDED.value, "held": True},
    ]
    query = {"_id": {"$in": sorted(set(behind.values()))}, "$or": hides}
    seen = {row["_id"] async for row in offers.find(query, {"_id": 1})} if behind else set()

    async def one(offer_id: str) -> bool:
        async def once() -> bool:
            offer = await context.offers.load(offer_id)
            if offer.canonical_offer_id != behind[offer_id]:
                return False
            offer.link_to(None, SYSTEM, context.clock.now())
            found = await settle(context, offer)
            work = Work(context.new_id)
            for changed in (offer, *(other for other in found.changed if other is not offer)):
                await context.offers.save(work, changed)
            propose(work, found.proposals)
            await context.store.commit(work)
            return True

        return await context.store.retry_conflicts(once)

    return await each("lost-copies", [id for id, canonical in behind.items() if canonical not in seen], one)


async def accept(context: Context, proposal_id: str, by: Actor) -> Offer:
    """A manager says that two offers are the same job: the worse one is hidden behind the better."""

    async def once() -> Offer:
        proposal = await context.duplicates.load(proposal_id)
        proposal.decide(ProposalStatus.ACCEPTED, by, context.clock.now())
        offer = await _linked(context, proposal.offer_id, proposal.canonical_id, by)
        work = Work(context.new_id)
        context.duplicates.save(work, proposal)
        await context.offers.save(work, offer)
        await _pass_on(context, work, offer)
        await context.store.commit(work)
        return offer

    return await context.store.retry_conflicts(once)


async def refuse(context: Context, proposal_id: str, by: Actor) -> Proposal:
    """A manager says that they are two jobs; nobody asks again."""

    async def once() -> Proposal:
        proposal = await context.duplicates.load(proposal_id)
        proposal.decide(ProposalStatus.REFUSED, by, context.clock.now())
        work = Work(context.new_id)
        context.duplicates.save(work, proposal)
        await context.store.commit(work)
        return proposal

    return await context.store.retry_conflicts(once)


async def link(context: Context, offer_id: str, canonical_id: str | None, by: Actor) -> Offer:
    """A manager links an offer to another one, or shows it again."""

    async def once() -> Offer:
        if canonical_id is None:
            offer = await context.offers.load(offer_id)
            offer.link_to(None, by, context.clock.now())
        else:
            offer = await _linked(context, offer_id, canonical_id, by)
        work = Work(context.new_id)
        if offer.version != offer.loaded_version:
            await context.offers.save(work, offer)
            await _pass_on(context, work, offer)
        await context.store.commit(work)
        return offer

    return await context.store.retry_conflicts(once)


async def _linked(context: Context, offer_id: str, canonical_id: str, by: Actor) -> Offer:
    offer = await context.offers.load(offer_id)
    canonical = await context.offers.load(canonical_id)
    if not canonical.shown:
        # Nobody would see either of them, or two would hide behind each other.
        raise DuplicateUnusable(
            "L'autre offre n'est pas en ligne pour elle-même.",
            canonical_offer_id=canonical.id,
            canonical_status=canonical.status.value,
        )
    offer.link_to(canonical.id, by, context.clock.now())
    return offer


async def _pass_on(context: Context, work: Work, offer: Offer) -> None:
    """What was hidden behind an offer that is hidden itself now hides behind the same one."""
    if offer.canonical_offer_id is None:
        return
    for other in await context.offers.many({"canonical_offer_id": offer.id}):
        other.link_to(offer.canonical_offer_id, SYSTEM, context.clock.now())
        await context.offers.save(work, other)


def _better(context: Context, offer: Offer, others: Sequence[Offer]) -> Offer | None:
    """Behind one that nobody sees nothing is hidden: the job would be gone. But a manager's no holds for its copies."""
    seen = [one for one in others if one.shown or (one.held and one.canonical_offer_id is None)]
    same = [one for one in seen if _same(context, offer, one)]
    if not same:
        return None
    first = shown_first([offer, *same])
    return None if first.id == offer.id else first


def _same(context: Context, one: Offer, other: Offer) -> bool:
    return same_employer(one, other) and looks_same(one, other, context.settings.duplicate_likeness)


def _proposals(context: Context, offer: Offer, others: Sequence[Offer]) -> list[Proposal]:
    """Pairs that look the same under the same name, of employers who may be two: a manager decides."""
    now = context.clock.now()
    found = []
    for other in others:
        if (
            not _named(offer)
            or other.duplicate_key != offer.duplicate_key
            or offer.canonical_offer_id is not None
            or other.canonical_offer_id is not None
            or same_employer(offer, other)
            or not looks_same(offer, other, context.settings.duplicate_likeness)
        ):
            continue
        first = shown_first([offer, other])
        found.append(Proposal.of(other if first is offer else offer, first, now))
    return found[:MOST_PROPOSALS]


def _named(offer: Offer) -> bool:
    return not offer.duplicate_key.startswith((f"{_UNNAMED}|", "|"))
