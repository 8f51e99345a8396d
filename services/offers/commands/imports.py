"""A partner's feed: every row becomes an offer or is refused with its reasons; repeating it changes nothing."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pymongo import InsertOne, UpdateOne

from services.offers.commands.duplicates import alike, hide_behind, propose
from services.offers.commands.offers import check_content, save
from services.offers.context import Context
from services.offers.domain.actors import Actor, Party
from services.offers.domain.company import Company
from services.offers.domain.content import OfferContent
from services.offers.domain.errors import CompanySuspended
from services.offers.domain.imports import (
    Read,
    Row,
    RowRefused,
    fingerprint,
    is_france_travail,
    read_france_travail,
    read_own,
)
from services.offers.domain.life import Outcome
from services.offers.domain.listing import listing
from services.offers.domain.offer import Feed, Offer
from services.offers.domain.text import key_of
from shared.contracts.events.offers import OfferCompany
from shared.contracts.topics import OFFERS
from shared.contracts.vocabulary import OfferSource, OfferStatus
from shared.errors import AlreadyExists, FieldError, Refused, VersionConflict
from shared.ids import derived_id
from shared.store import Work, encode
from shared.store.codec import to_document

CHUNK = 100
_ATTEMPTS = 4


@dataclass
class RowResult:
    """What came of one row. ``change`` is created, updated, unchanged or kept (ended here by people)."""

    row: int
    external_id: str | None
    accepted: bool
    offer_id: str | None = None
    change: str | None = None
    duplicate_of: str | None = None
    errors: Sequence[FieldError] = ()
    warnings: Sequence[FieldError] = ()


@dataclass
class Report:
    """What came of an import."""

    id: str
    partner: str
    at: datetime
    rows: list[RowResult] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)

    @property
    def accepted(self) -> int:
        """Rows that are offers now."""
        return sum(row.accepted for row in self.rows)


@dataclass
class _Checked:
    """A row that passed every check, ready to be applied."""

    result: RowResult
    offer_id: str
    feed: Feed
    content: OfferContent
    territory: str
    company_name: str
    siret: str | None


async def run(context: Context, partner: str, rows: Sequence[object], *, complete: bool) -> Report:
    """Import ``rows`` of ``partner``. ``complete``: the feed is whole, so offers that it no longer holds are closed."""
    report = Report(context.new_id(), partner, context.clock.now())
    seen: dict[str, int] = {}
    for start in range(0, len(rows), CHUNK):
        chunk = list(enumerate(rows[start : start + CHUNK], start + 1))
        report.rows.extend(await _chunk(context, partner, chunk, seen))
    if complete and report.accepted:
        report.closed = await _close_vanished(context, partner, set(seen))
    refused = [row for row in report.rows if not row.accepted]
    await context.store.collection("imports").insert_one(
        {
            "_id": report.id,
            "partner": partner,
            "at": report.at,
            "rows": len(report.rows),
            "accepted": report.accepted,
            "rejected": len(refused),
            "closed": len(report.closed),
            "refused": [
                {"row": one.row, "external_id": one.external_id, "errors": [vars(error) for error in one.errors]}
                for one in refused[:5_000]
            ],
        }
    )
    return report


async def _chunk(
    context: Context, partner: str, rows: Sequence[tuple[int, object]], seen: dict[str, int]
) -> list[RowResult]:
    known = await _known(context, partner, rows)
    # Reading and linting cost about a millisecond a row: other requests are served meanwhile.
    results, checked = await asyncio.to_thread(_check, context, partner, rows, seen, known)
    for attempt in range(_ATTEMPTS):
        try:
            await _apply(context, checked)
            break
        except (VersionConflict, AlreadyExists):
            # Somebody changed one of these offers, or imports the same feed at the same time.
            if attempt == _ATTEMPTS - 1:
                raise
    return results


async def _known(context: Context, partner: str, rows: Sequence[tuple[int, object]]) -> dict[str, dict[str, Any]]:
    ids = [derived_id("offer", partner, external) for _, row in rows if (external := _external_id(row))]
    found = context.store.collection("offers").find(
        {"_id": {"$in": ids}}, {"feed.fingerprint": 1, "status": 1, "confirmed_at": 1}
    )
    return {row["_id"]: row async for row in found}


def _external_id(row: object) -> str | None:
    if not isinstance(row, dict):
        return None
    value = row.get("id") if is_france_travail(row) else row.get("external_id")
    return str(value).strip() or None if value is not None else None


def _check(
    context: Context,
    partner: str,
    rows: Sequence[tuple[int, object]],
    seen: dict[str, int],
    known: dict[str, dict[str, Any]],
) -> tuple[list[RowResult], list[_Checked]]:
    results: list[RowResult] = []
    ready: list[_Checked] = []
    fresh = context.clock.now().timestamp() - 86_400
    for number, row in rows:
        result = RowResult(number, _external_id(row), accepted=False)
        results.append(result)
        try:
            if not isinstance(row, dict):
                raise RowRefused([FieldError("row", "object", "Une ligne est un objet JSON.")])
            if result.external_id in seen:
                raise RowRefused(
                    [
                        FieldError(
                            "id", "repeated", f"Cet identifiant est déjà à la ligne {seen[str(result.external_id)]}."
                        )
                    ]
                )
            mark = fingerprint(row)
            if result.external_id:
                seen[result.external_id] = number
                offer_id = derived_id("offer", partner, result.external_id)
                before = known.get(offer_id)
                if before and before["feed"]["fingerprint"] == mark and _settled(before, fresh):
                    result.accepted, result.offer_id, result.change = True, offer_id, "unchanged"
                    continue
            ready.append(_read(context, partner, row, mark, result))
        except RowRefused as refused:
            result.errors = refused.errors
        except Refused as refused:
            result.errors = refused.errors or (FieldError("row", refused.code, refused.detail),)
    return results, ready


def _settled(before: dict[str, Any], fresh: float) -> bool:
    """Live and confirmed within a day: the same row again has nothing to do."""
    confirmed = before.get("confirmed_at")
    live = before["status"] == OfferStatus.PUBLISHED.value
    return bool(live and confirmed and confirmed.timestamp() > fresh)


def _read(context: Context, partner: str, row: Row, mark: str, result: RowResult) -> _Checked:
    read: Read = read_france_travail(row, context.communes) if is_france_travail(row) else read_own(row)
    content, territory, _ = check_content(context, read.given)
    result.external_id = read.external_id
    result.accepted = True
    result.offer_id = derived_id("offer", partner, read.external_id)
    result.warnings = [FieldError(*warning) for warning in read.warnings]
    feed = Feed(partner=partner, external_id=read.external_id, fingerprint=mark, siret=read.siret)
    return _Checked(result, result.offer_id, feed, content, territory, read.company_name, read.siret)


async def _apply(context: Context, rows: Sequence[_Checked]) -> None:
    if not rows:
        return
    now = context.clock.now()
    companies = await _companies(context, rows)
    stored = {
        offer.id: offer
        for offer in await context.store.find_many(Offer, "offers", {"_id": {"$in": [row.offer_id for row in rows]}})
    }
    new: list[Offer] = []
    work = Work(context.new_id)
    for row in rows:
        offer = stored.get(row.offer_id)
        known = companies.get(row.siret)
        card = known.card() if known else _feed_company(row.feed.partner, row.company_name)
        if offer is None:
            offer = Offer(
                id=row.offer_id,
                territory=row.territory,
                created_at=now,
                updated_at=now,
                company=card,
                content=row.content,
                source=OfferSource.PARTNER,
                deposited_by=row.feed.partner,
            )
        try:
            row.result.change = offer.deliver(
                row.content, row.territory, row.feed, card, now, context.life, known.status if known else None
            )
        except CompanySuspended as suspended:
            row.result.accepted, row.result.offer_id = False, None
            row.result.errors = [FieldError("siret", suspended.code, suspended.detail)]
            continue
        if offer.loaded_version:
            await context.offers.save(work, offer, known)
        else:
            new.append(offer)
            if known is not None:
                work.touch("companies", known.id, known.loaded_version)
        row.result.duplicate_of = offer.canonical_offer_id
    others = await alike(context, new)
    results = {row.offer_id: row.result for row in rows}
    for offer in new:
        offer.canonical_offer_id, proposals = hide_behind(context, offer, others)
        propose(work, proposals)
        results[offer.id].duplicate_of = offer.canonical_offer_id
    _insert(context, work, new)
    await context.store.commit(work)


def _insert(context: Context, work: Work, offers: Sequence[Offer]) -> None:
    """New offers in bulk: one round trip for a hundred instead of one each."""
    for offer in offers:
        # The event was recorded before duplicates were looked up: it tells the state that is stored.
        last = offer.pending[-1]
        work.publish(
            OFFERS,
            last.type,
            key=offer.id,
            data=offer.event_data(last.type),
            sequence=offer.version,
            time=last.time,
        )
    work.bulk("offers", [InsertOne(to_document(offer)) for offer in offers])
    documents = [encode(listing(offer)) for offer in offers if offer.shown]
    work.bulk("listings", [UpdateOne({"_id": one.pop("_id")}, {"$set": one}, upsert=True) for one in documents])


def _feed_company(partner: str, name: str) -> OfferCompany:
    """An employer that is known by its name in a feed only; the same name gives the same id."""
    return OfferCompany(id=derived_id("feed-company", partner, key_of(name) or name), name=name)


async def _companies(context: Context, rows: Sequence[_Checked]) -> dict[str | None, Company]:
    """Registered companies by the SIRET that a manager looked at: who merely claims a number gets nobody's offers."""
    numbers = sorted({row.siret for row in rows if row.siret})
    if not numbers:
        return {}
    found = await context.companies.many({"vetted.siret": {"$in": numbers}})
    return {company.vetted.siret: company for company in found if company.vetted is not None}


async def _close_vanished(context: Context, partner: str, present: set[str]) -> list[str]:
    alive = [OfferStatus.PUBLISHED.value, OfferStatus.SUSPENDED.value]
    rows = context.store.collection("offers").find(
        {"feed.partner": partner, "status": {"$in": alive}}, {"feed.external_id": 1}
    )
    gone = [row["_id"] async for row in rows if row["feed"]["external_id"] not in present]
    by = Actor(partner, Party.PARTNER)
    closed = []
    for offer_id in gone:

        async def once(offer_id: str = offer_id) -> bool:
            offer = await context.offers.load(offer_id)
            if offer.status.value not in alive:
                return False
            offer.close(Outcome.VANISHED_FROM_FEED, by, context.clock.now())
            await save(context, offer)
            return True

        if await context.store.retry_conflicts(once):
            closed.append(offer_id)
    return closed
