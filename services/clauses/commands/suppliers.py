"""Directories of structures, taken over whole, and the structures near a site."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pymongo import InsertOne

from services.clauses import access
from services.clauses.context import Context
from services.clauses.domain.employment import SupplierKind
from services.clauses.domain.errors import ContractRefused, DirectoryRefused
from services.clauses.domain.supplier import Answer, Asked, Fit, Listed, Supplier, kinds_for, near, supplier_key
from services.clauses.domain.trades import Trade
from services.clauses.procurement.files import UnreadableFile, rows_of
from services.clauses.suppliers.directory import NEEDS, Entry, read_entry
from shared.auth import Principal, Role
from shared.errors import AlreadyExists, Forbidden, VersionConflict, refused_field
from shared.geo import bounding_box
from shared.store import Work
from shared.store.codec import to_document

_REPEATED = "Cette structure est déjà sur une ligne précédente, qui est prise."
_FEW = 10
"""A directory of so few may lose most of them from one edition to the next."""


@dataclass
class DirectoryResult:
    """The report. ``applied``: the directory is now the file."""

    entries: list[Entry] = field(default_factory=list)
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    repeated: int = 0
    closed: list[str] = field(default_factory=list)
    applied: bool = False

    @property
    def refused(self) -> int:
        """Lines that keep the whole from being taken over."""
        return sum(bool(entry.errors) for entry in self.entries)


async def import_directory(
    context: Context,
    territory: str,
    source: str,
    content: bytes,
    kind: SupplierKind | None,
    *,
    preview: bool,
    closes_most: bool,
) -> DirectoryResult:
    """Make a territory's list of one source what the file says, all of it or nothing. Who vanished from it is closed.

    Raises:
        DirectoryRefused: the file cannot be used, or would close most of what is known and nobody said that it may.
    """
    async with context.turns.of(f"suppliers {territory}"):
        try:
            entries = await asyncio.to_thread(_read, context, territory, content, kind)
        except UnreadableFile as unreadable:
            raise refused_field(DirectoryRefused, "file", unreadable.rule, unreadable.message) from None

        async def once() -> DirectoryResult:
            return await _take_over(context, territory, source, entries, preview=preview, closes_most=closes_most)

        return await context.store.retry_conflicts(once)


def _read(context: Context, territory: str, content: bytes, kind: SupplierKind | None) -> list[Entry]:
    today = context.today(territory)
    return [read_entry(row, kind, context.communes, today) for row in rows_of(content, NEEDS)]


async def _take_over(
    context: Context, territory: str, source: str, entries: list[Entry], *, preview: bool, closes_most: bool
) -> DirectoryResult:
    known = await _stored(context, {"territory": territory, "source": source})
    work = Work(context.new_id)
    # Thousands of structures are compared and written out: others are served meanwhile.
    found, open_before = await asyncio.to_thread(_compared, context, territory, source, entries, known, work)
    if found.refused or preview:
        return found
    if len(found.closed) > max(open_before // 2, _FEW) and not closes_most:
        message = (
            f"Ce fichier fermerait {len(found.closed)} structures sur {open_before} : est-il entier ? "
            "Si oui, confirmez."
        )
        raise refused_field(DirectoryRefused, "file", "closes-most", message)
    try:
        await context.store.commit(work)
    except AlreadyExists:
        raise VersionConflict("Le même annuaire est en cours de reprise : réessayez.") from None
    found.applied = True
    return found


def _compared(
    context: Context, territory: str, source: str, entries: list[Entry], stored: list[Supplier], work: Work
) -> tuple[DirectoryResult, int]:
    """What the file changes, put into ``work``; and how many structures were open before."""
    found = DirectoryResult(entries)
    known = {one.id: one for one in stored}
    now, today = context.clock.now(), context.today(territory)
    listed = _by_key(territory, source, entries, found)
    open_ones = [one for one in stored if one.closed_on is None]
    new: list[Any] = []
    for key, one in listed.items():
        supplier = known.get(key)
        if supplier is None:
            new.append(InsertOne(to_document(Supplier.of(territory, source, one, now))))
        elif supplier.list_as(one, now):
            work.save("suppliers", supplier)
            found.updated += 1
        else:
            found.unchanged += 1
    for supplier in (one for one in open_ones if one.id not in listed):
        supplier.close(today, now)
        work.save("suppliers", supplier)
        found.closed.append(supplier.listed.name)
    found.created = len(new)
    work.bulk("suppliers", new)
    return found, len(open_ones)


async def _stored(context: Context, query: dict[str, Any]) -> list[Supplier]:
    """Structures that match. A whole directory takes half a second to make objects of, which is done beside the loop."""
    rows = [row async for row in context.store.collection("suppliers").find(query)]
    return await asyncio.to_thread(lambda: [context.store.restored(Supplier, "suppliers", row) for row in rows])


def _by_key(territory: str, source: str, entries: Sequence[Entry], found: DirectoryResult) -> dict[str, Listed]:
    listed: dict[str, Listed] = {}
    for entry in entries:
        if entry.listed is None:
            continue
        key = supplier_key(territory, source, entry.listed)
        if key in listed:
            found.repeated += 1
            if _REPEATED not in entry.notes:
                entry.notes.append(_REPEATED)
        else:
            listed[key] = entry.listed
    return listed


@dataclass(frozen=True)
class Question:
    """Where and for what; of a contract, or of a commune in a territory."""

    contract_id: str | None
    territory: str | None
    commune_code: str | None
    kinds: tuple[SupplierKind, ...]
    trade: Trade | None
    radius_km: float


async def find_suppliers(context: Context, principal: Principal, question: Question) -> tuple[Answer, Asked]:
    """Structures near a site, and what was looked for in the end.

    Raises:
        ContractUnknown, Forbidden: not the caller's contract or territory.
        ContractRefused: no site is named, by the question or by the contract.
    """
    territory, code, kinds = question.territory, question.commune_code, question.kinds
    if question.contract_id is not None:
        contract, _ = await access.load(context.store, principal, question.contract_id)
        territory, code = contract.territory, code or contract.commune_code
        kinds = kinds_for(contract.terms.kind, question.kinds)
        if question.kinds and not kinds:
            message = "Ce marché est réservé à d'autres types de structures."
            raise refused_field(ContractRefused, "query.kind", "not-open-to", message)
    else:
        territory = await _territory(context, principal, territory)
    if code is None:
        message = "Indiquez la commune du chantier : le marché n'en nomme pas."
        raise refused_field(ContractRefused, "query.commune_code", "required", message)
    commune = context.communes.get(code)
    if commune is None:
        message = "Ce code n'est pas celui d'une commune."
        raise refused_field(ContractRefused, "query.commune_code", "unknown-commune", message)
    asked = Asked(commune.lat, commune.lon, question.radius_km, kinds, question.trade)
    box = bounding_box(asked.lat, asked.lon, asked.radius_km)
    query: dict[str, Any] = {
        "territory": territory,
        "closed_on": None,
        "listed.point.lat": {"$gte": box.south, "$lte": box.north},
        "listed.point.lon": {"$gte": box.west, "$lte": box.east},
    }
    answer = await asyncio.to_thread(near, await _stored(context, query), asked)
    if not any(one.fit is not Fit.OTHER_TRADE and one.km <= asked.radius_km for one in answer.items):
        # Nobody within reach: only then is the whole directory asked, which says why or looks farther.
        everybody = await _stored(context, {"territory": territory})
        answer = await asyncio.to_thread(near, everybody, asked)
    return answer, asked


async def _territory(context: Context, principal: Principal, wanted: str | None) -> str:
    """A territory for which the caller works, or where they act for a buyer or a contractor.

    Raises:
        Forbidden: another one, or none.
        Refused: several, and none was named.
    """
    own = set(principal.territories) if principal.has(Role.FACILITATOR, Role.MANAGER) else set()
    sides = await access.sides_of(context.store, principal)
    own |= {territory for territory, _ in sides.contractors}
    if sides.authorities:
        rows = context.store.collection("authorities").find(
            {"_id": {"$in": sorted(sides.authorities)}}, {"territory": 1}
        )
        own |= {str(row["territory"]) async for row in rows}
    if not own or (wanted is not None and wanted not in own):
        raise Forbidden("Vous n'agissez pour personne dans ce territoire.", territories=sorted(own))
    if wanted is None and len(own) > 1:
        message = "Indiquez le département, par exemple 23."
        raise refused_field(ContractRefused, "query.territory", "required", message)
    return wanted or next(iter(own))
