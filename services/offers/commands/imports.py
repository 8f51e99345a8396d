"""A partner's feed: every row becomes an offer or is refused with its reasons; repeating it changes nothing."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from pymongo import UpdateOne
from pymongo.errors import OperationFailure, PyMongoError

from services.offers.commands import import_course, own_rows
from services.offers.commands.checking import check_content, check_deadline, unverified
from services.offers.commands.duplicates import alike, hide_behind, propose
from services.offers.commands.import_course import ACTS_NO_MORE, ended, replaces
from services.offers.commands.import_known import Known, known_offers, recognised
from services.offers.commands.import_report import MAX_ERRORS, Report, RowResult, Understood
from services.offers.commands.offers import put
from services.offers.context import Context
from services.offers.domain.actors import SYSTEM
from services.offers.domain.company import Company
from services.offers.domain.content import OfferContent
from services.offers.domain.errors import ActsNoMore, CompanySuspended
from services.offers.domain.imports.feeds import OVER, FeedRows, identity_of, told
from services.offers.domain.imports.rows import RowRefused, refuse
from services.offers.domain.imports.scope import Scope
from services.offers.domain.imports.sheets.over import ends
from services.offers.domain.imports.sheets.reading import in_columns
from services.offers.domain.imports.sheets.rows import SheetRow, SheetRows
from services.offers.domain.life import ENDED
from services.offers.domain.listing import listing
from services.offers.domain.offer import Feed, Offer
from services.offers.domain.text import key_of
from services.offers.migrations import LISTING_STEPS
from shared import civil
from shared.contracts.events.offers import OfferCompany
from shared.contracts.topics import OFFERS
from shared.contracts.vocabulary import OfferSource, OfferStatus
from shared.errors import AlreadyExists, DomainError, FieldError, VersionConflict
from shared.http.personal import numbers_in
from shared.ids import derived_id
from shared.nir import PERSONAL_NUMBER
from shared.store import Work, encode
from shared.store.codec import to_document
from shared.store.migrations import SCHEMA, current

CHUNK = 100
_ATTEMPTS = 4
_WAITS = FieldError(
    "reserved_publics", "not_verified", "Un gestionnaire vérifie d'abord que cette structure peut réserver cette offre."
)
_log = structlog.get_logger(__name__)


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


def report_on(context: Context, scope: Scope, rows: FeedRows) -> Report:
    """A report of which nothing is decided yet."""
    columns = rows.named() if isinstance(rows, SheetRows) else {}
    return Report(context.new_id(), scope, context.clock.now(), columns=columns)


async def begin(context: Context, scope: Scope, rows: FeedRows, *, complete: bool = False) -> Report:
    """Open the log of an import: from now on it can be read how far it is, and that it was interrupted if it was.
    ``complete``: as in ``run``; an earlier import of the feed that is still running ends here, unless the file has flaws.
    """
    report = report_on(context, scope, rows)
    await context.store.collection("imports").insert_one(
        {
            "_id": report.id,
            "partner": scope.partner,
            "by": scope.by,
            "at": report.at,
            "state": "running",
            "territories": sorted(scope.territories or ()),
            "rows": len(rows),
            "replaces": replaces(scope) if complete and not rows.flaws else [],
            **report.progress(),
        }
    )
    return report


async def run(context: Context, report: Report, rows: FeedRows, *, complete: bool) -> Report:
    """Import ``rows``. What a row of a table says beyond doubt is over is closed. ``complete``: the feed is whole, so offers that
    it no longer holds are closed.

    Nothing of those is closed unless every row was readable, had an identifier, and the file had its end: what could not be read
    may have been the very offer that is missing.
    """
    seen: dict[str, int] = {}
    state = "interrupted"
    try:
        why: FieldError | None = None
        for start in range(0, len(rows), CHUNK):
            # Parsing, reading and linting cost about a millisecond a row: other requests are served meanwhile.
            chunk = await asyncio.to_thread(rows.parsed, start, start + CHUNK)
            why = why or await ended(context, report)
            report.rows.extend(_untaken(chunk, why) if why else await _chunk(context, report.scope, chunk, seen))
            await _note(context, report, state="running")
        if why is not None:
            report.stop(why)
        else:
            present = report.present | set(seen)
            await import_course.close_ended(context, report, present)
            if complete and report.stopped is None:
                report.kept_open = report.why_not_closed(rows)
                if report.kept_open is None:
                    await import_course.close_vanished(context, report, present)
        state = report.state
    finally:
        # A store that failed in the middle loses neither what was done nor the word of it, as far as it can be written.
        await _note(context, report, state=state)
    return report


def _untaken(rows: Sequence[tuple[int, object]], why: FieldError) -> list[RowResult]:
    results = [RowResult(number, identity_of(row), accepted=False) for number, row in rows]
    for one in results:
        one.refuse([why])
    return results


async def preview(context: Context, scope: Scope, rows: FeedRows) -> Report:
    """What would come of ``rows``, without a trace: nothing is stored, told or logged."""
    report = report_on(context, scope, rows)
    seen: dict[str, int] = {}
    for start in range(0, len(rows), CHUNK):
        chunk = await asyncio.to_thread(rows.parsed, start, start + CHUNK)
        known = await known_offers(context, report.scope.partner, chunk)
        results, checked = await asyncio.to_thread(_check, context, report.scope, chunk, seen, known)
        for row in checked:
            row.result.change = "updated" if row.offer_id in known.ids else "created"
            row.result.understood = Understood.of(row.content, row.company_name)
        report.rows.extend(results)
    ending = await import_course.said_to_end(context, report, report.present | set(seen))
    for offer_id, ended_by in ending.items():
        ended_by.close(offer_id, preview=True)
    return report


async def _note(context: Context, report: Report, *, state: str) -> None:
    await context.store.collection("imports").update_one(
        {"_id": report.id}, {"$set": {"state": state, "updated_at": context.clock.now(), **report.progress()}}
    )


async def _chunk(
    context: Context, scope: Scope, rows: Sequence[tuple[int, object]], seen: dict[str, int]
) -> list[RowResult]:
    known = await known_offers(context, scope.partner, rows)
    results, checked = await asyncio.to_thread(_check, context, scope, rows, seen, known)
    await _apply_all(context, scope, checked)
    return results


async def _apply_all(context: Context, scope: Scope, checked: Sequence[_Checked]) -> None:
    """Apply what passed; a row that the store will not take is refused by itself, not with its neighbours."""
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            await _apply(context, scope, checked)
            return
        except (VersionConflict, AlreadyExists) as conflict:
            # Somebody changed one of these offers, or imports the same feed at the same time.
            if attempt == _ATTEMPTS:
                failure: Exception = conflict
        except ActsNoMore:
            for one in checked:
                one.result.refuse([ACTS_NO_MORE])
            return
        except PyMongoError as down:
            if not isinstance(down, OperationFailure) or down.has_error_label("TransientTransactionError"):
                raise
            failure = down
            break
        except Exception as odd:  # of one row perhaps: they are tried in halves below, and the last one is told
            failure = odd
            break
    if len(checked) > 1:
        half = len(checked) // 2
        await _apply_all(context, scope, checked[:half])
        await _apply_all(context, scope, checked[half:])
        return
    _log.warning("import_row_not_stored", row=checked[0].result.row, error=type(failure).__name__)
    errors = failure.errors if isinstance(failure, DomainError) else ()
    checked[0].result.refuse(errors or [FieldError("row", "not_stored", "Cette ligne n'a pas pu être enregistrée.")])


def _check(
    context: Context,
    scope: Scope,
    rows: Sequence[tuple[int, object]],
    seen: dict[str, int],
    known: Known,
) -> tuple[list[RowResult], list[_Checked]]:
    results: list[RowResult] = []
    ready: list[_Checked] = []
    fresh = context.clock.now().timestamp() - 86_400
    for number, row in rows:
        result = RowResult(number, identity_of(row), accepted=False)
        results.append(result)
        try:
            checked = _check_row(context, scope, row, result, seen, known, fresh)
            if checked is not None:
                ready.append(checked)
        except RowRefused as refused:
            if any(error.rule == PERSONAL_NUMBER for error in refused.errors):
                # Not even the report keeps it.
                result.external_id = None
            result.refuse(refused.errors)
            if isinstance(row, SheetRow) and any(error.rule == OVER for error in refused.errors):
                result.ends = ends(row)
            if refused.partly is not None:
                missing = {error.field for error in refused.errors}
                result.understood = Understood.partly(refused.partly, missing, context.communes)
        except DomainError as refused:
            result.refuse(refused.errors or (FieldError("row", refused.code, refused.detail),))
        except Exception as odd:
            # Whatever the readers did not foresee is this row's refusal and nobody else's.
            _log.warning("import_row_unforeseen", row=number, error=type(odd).__name__)
            result.refuse([FieldError("row", "unforeseen", "Cette ligne n'a pas pu être lue.")])
        if isinstance(row, SheetRow):
            result.errors, result.warnings = in_columns(result.errors), in_columns(result.warnings)
    return results, ready


def _check_row(
    context: Context,
    scope: Scope,
    row: object,
    result: RowResult,
    seen: dict[str, int],
    known: Known,
    fresh: float,
) -> _Checked | None:
    """The row ready to be applied; None when there is nothing to do."""
    one = told(row, numbers_in)
    found = recognised(one, scope.partner, result.row, seen, known)
    offer_id, before = found.offer_id, found.before
    if before is not None and not scope.covers(before["territory"]):
        raise refuse(one.field, "territory", "Cette offre appartient à un autre territoire.")
    if before and _as_it_was(before, found.external_id, one.mark) and _settled(before, fresh):
        result.accepted, result.offer_id, result.change = True, offer_id, "unchanged"
        result.territory = before["territory"]
        return None
    read = one.read(context.communes, scope.home, civil.today(scope.home, context.clock.now()))
    if scope.company is not None:
        read = own_rows.checked(read, scope.company, scope.actor)
    content, result.territory, linted = check_content(context, read.given, scope.company)
    if before is None or before["status"] != OfferStatus.PUBLISHED:
        # A live one learns that its last day has passed, and ends by that.
        check_deadline(context, content, result.territory)
    if not scope.covers(result.territory):
        raise refuse("place", "territory", f"Votre compte ne travaille pas pour le territoire {result.territory}.")
    result.accepted, result.offer_id = True, offer_id
    # What a feed leaves out is no news to it; what its text says or doubts is.
    said = [warned.as_error() for warned in linted.warnings if warned.words]
    result.warnings = [*(FieldError(*warning) for warning in read.warnings), *said[:MAX_ERRORS]]
    feed = Feed(partner=scope.partner, external_id=found.external_id, fingerprint=one.mark, siret=read.siret)
    return _Checked(result, offer_id, feed, content, result.territory, read.company_name, read.siret)


def _as_it_was(before: dict[str, Any], external_id: str, mark: str) -> bool:
    return (before["feed"]["external_id"], before["feed"]["fingerprint"]) == (external_id, mark)


def _settled(before: dict[str, Any], fresh: float) -> bool:
    """Live and confirmed within a day: the same row again has nothing to do."""
    confirmed = before.get("confirmed_at")
    live = before["status"] == OfferStatus.PUBLISHED.value
    return bool(live and confirmed and confirmed.timestamp() > fresh)


async def _apply(context: Context, scope: Scope, rows: Sequence[_Checked]) -> None:
    if not rows:
        return
    now = context.clock.now()
    own = await own_rows.acting_for(context, scope)
    companies = {} if own else await _companies(context, rows)
    stored = {offer.id: offer for offer in await context.offers.many({"_id": {"$in": [row.offer_id for row in rows]}})}
    new: list[Offer] = []
    changed: list[tuple[Offer, Company | None]] = []
    gone: set[str] = set()
    back: list[Offer] = []
    work = Work(context.new_id)
    for row in rows:
        offer = stored.get(row.offer_id)
        known = own or companies.get(row.siret)
        card = known.card() if known else _feed_company(row.feed.partner, row.company_name)
        if offer is None:
            offer = Offer(
                id=row.offer_id,
                territory=row.territory,
                created_at=now,
                updated_at=now,
                company=card,
                content=row.content,
                source=OfferSource.DEPOSITED if own else OfferSource.PARTNER,
                deposited_by=scope.actor.id,
            )
        status = known.status if known else None
        before, was_shown = offer.status, offer.shown
        # Who applies to a reserved offer tells a registered employer what they are; of others nobody here reads who applies.
        was = offer.content.reserved_publics if offer.published_at else ()
        doubted = known is not None and bool(unverified(known, row.content.reserved_publics, was))
        try:
            row.result.change = offer.deliver(
                row.content,
                row.territory,
                row.feed,
                card,
                scope.actor,
                now,
                context.life,
                status,
                unverified=doubted and own is None,
            )
        except CompanySuspended as suspended:
            row.result.refuse([FieldError("siret", suspended.code, suspended.detail)])
            continue
        if offer.loaded_version:
            changed.append((offer, known))
            if (was_shown and not offer.shown) or (offer.status in ENDED and before not in ENDED):
                gone.add(offer.id)
            if offer.status is OfferStatus.PUBLISHED is not before:
                back.append(offer)
        else:
            new.append(offer)
            if known is not None:
                work.touch("companies", known.id, known.loaded_version)
        row.result.duplicate_of = offer.canonical_offer_id
        if doubted and not offer.shown:
            row.result.warnings = [*row.result.warnings, _WAITS]
    shown = [offer for offer in new if offer.shown]
    others = await alike(context, [*shown, *back])
    results = {row.offer_id: row.result for row in rows}
    for offer in shown:
        offer.canonical_offer_id, proposals = hide_behind(context, offer, others)
        propose(work, proposals)
        results[offer.id].duplicate_of = offer.canonical_offer_id
    for offer in back:
        # What it was hidden behind may have gone out of sight meanwhile.
        better, proposals = hide_behind(context, offer, others)
        propose(work, proposals)
        offer.link_to(better, SYSTEM, now)
        results[offer.id].duplicate_of = better
    for offer, known in changed:
        if offer.id in gone:
            await put(context, work, offer, known, together=stored)
        else:
            await context.offers.save(work, offer, known)
    _insert(work, new)
    await context.store.commit(work)


def _insert(work: Work, offers: Sequence[Offer]) -> None:
    """New offers in bulk: one round trip for a hundred instead of one each."""
    for offer in offers:
        # The event was recorded before duplicates were looked up: it tells the state that is stored. None tells of what waits.
        for last in offer.pending[-1:]:
            work.publish(
                OFFERS,
                last.type,
                key=offer.id,
                data=offer.event_data(last.type),
                sequence=offer.version,
                time=last.time,
            )
    work.insert("offers", *(to_document(offer) for offer in offers))
    shape = {SCHEMA: current(LISTING_STEPS)}
    documents = [encode(listing(offer)) | shape for offer in offers if offer.shown]
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
