"""Contracts from buyers' publications: imported as drafts, the same file twice is once; concluded or set aside by people."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from services.clauses.commands.amendments import propose
from services.clauses.commands.contracts import conclude
from services.clauses.context import Context
from services.clauses.domain.amendment_draft import AmendmentDraft
from services.clauses.domain.contract import Contract
from services.clauses.domain.draft import Change, Draft
from services.clauses.domain.errors import ContractRefused, DraftUnknown, ImportRefused
from services.clauses.domain.published import Published, joined_all
from services.clauses.domain.rules import Rules, RuleSet
from services.clauses.domain.sizing import Sizing
from services.clauses.domain.terms import ContractTerms, Placed
from services.clauses.procurement.decp import Line, read_row
from services.clauses.procurement.files import UnreadableFile, rows_of
from shared.auth import Principal, Role
from shared.contracts.vocabulary import ClauseKind
from shared.errors import AlreadyExists, FieldError, VersionConflict, refused_field
from shared.store import Work
from shared.store.codec import to_document

CHUNK = 200
"""Drafts of one transaction."""
MOST_STATES_AT_ONCE = 2_000
"""And their states: each may be a proposal of its own."""


class Outcome(StrEnum):
    """What becomes of a line."""

    CREATED = "created"
    AMENDED = "amended"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    JOINED = "joined"
    REFUSED = "refused"


@dataclass
class LineResult:
    """A line of the report. ``joined_to``: the line that first named its contract. ``proposed``: modifications of a contract of
    ours that are proposed by it."""

    line: Line
    outcome: Outcome
    draft: Draft | None = None
    joined_to: int | None = None
    proposed: list[AmendmentDraft] = field(default_factory=list)


@dataclass
class ImportResult:
    """The report; lines of other territories are counted, not listed."""

    lines: list[LineResult] = field(default_factory=list)
    elsewhere: Counter[str] = field(default_factory=Counter)
    read: int = 0
    applied: bool = False


@dataclass
class _Group:
    """The lines of one contract."""

    published: Published
    results: list[LineResult]


async def import_published(context: Context, territory: str, content: bytes, *, preview: bool) -> ImportResult:
    """Take over what a file publishes of a territory, or with ``preview`` say what would come of it.

    A refused line stops no other. An interrupted import is sent again: what is there stays as it is.

    Raises:
        ImportRefused: nothing of the file can be used.
    """
    # One import of a territory at a time: each holds its lines, and two would only make each other's drafts conflict.
    async with context.turns.of(f"drafts {territory}"):
        try:
            found, groups = await asyncio.to_thread(_read, context, territory, content)
        except UnreadableFile as unreadable:
            error = FieldError("file", unreadable.rule, unreadable.message)
            raise ImportRefused(unreadable.message, errors=[error]) from None
        for chunk in _chunks(groups):
            await _apply(context, chunk, preview=preview)
        found.applied = not preview
        return found


def _read(context: Context, territory: str, content: bytes) -> tuple[ImportResult, list[_Group]]:
    found = ImportResult()
    groups: dict[str, list[LineResult]] = {}
    today = context.today(territory)
    for row in rows_of(content):
        line = read_row(row, territory, context.communes, today)
        found.read += 1
        if line.elsewhere is not None:
            found.elsewhere[line.elsewhere] += 1
            continue
        if line.published is None:
            found.lines.append(LineResult(line, Outcome.REFUSED))
            continue
        same = groups.setdefault(line.published.key, [])
        first = same[0].line.number if same else None
        same.append(LineResult(line, Outcome.UNCHANGED if first is None else Outcome.JOINED, joined_to=first))
        found.lines.append(same[-1])
    return found, [
        _Group(joined_all([one.line.published for one in same if one.line.published]), same) for same in groups.values()
    ]


def _chunks(groups: Sequence[_Group]) -> Iterator[list[_Group]]:
    chunk: list[_Group] = []
    states = 0
    for group in groups:
        states += len(group.published.states)
        if chunk and (len(chunk) == CHUNK or states > MOST_STATES_AT_ONCE):
            yield chunk
            chunk, states = [], len(group.published.states)
        chunk.append(group)
    if chunk:
        yield chunk


async def _apply(context: Context, groups: Sequence[_Group], *, preview: bool) -> None:
    async def once() -> None:
        keys = [group.published.key for group in groups]
        known = {one.id: one for one in await context.drafts.many({"_id": {"$in": keys}})}
        work, new, now = Work(context.new_id), [], context.clock.now()
        for group in groups:
            draft, change = known.get(group.published.key), Change.CREATED
            if draft is None:
                draft = Draft.of(group.published, now)
                new.append(to_document(draft))
            else:
                change = draft.take(group.published, now)
                if change is not Change.UNCHANGED:
                    context.drafts.save(work, draft)
            group.results[0].outcome = Outcome(change.value)
            for result in group.results:
                result.draft = draft
        added = await propose(context, work, [result.draft for result in _firsts(groups) if result.draft is not None])
        for result in _firsts(groups):
            result.proposed = [] if result.draft is None else added.get(result.draft.id, [])
        work.insert("contract_drafts", *new)
        try:
            if not preview:
                await context.store.commit(work)
        except AlreadyExists:
            raise VersionConflict("La même publication est en cours de reprise : réessayez.") from None

    await context.store.retry_conflicts(once)


def _firsts(groups: Sequence[_Group]) -> list[LineResult]:
    """The line of each contract that its outcome is told on."""
    return [group.results[0] for group in groups]


async def draft_of(context: Context, principal: Principal, draft_id: str, *roles: Role) -> Draft:
    """A draft of one of the caller's territories.

    Raises:
        DraftUnknown: there is none that the caller may know of.
    """
    draft = await context.drafts.find(draft_id)
    if draft is None or not principal.is_staff_of(draft.territory, *roles):
        raise DraftUnknown("Ce marché publié n'existe pas, ou vous ne pouvez pas le voir.", id=draft_id)
    return draft


@dataclass(frozen=True)
class Conclusion:
    """What a facilitator says of a published contract that it does not."""

    kind: ClauseKind
    objective: Sizing
    placed: Placed
    rules: Rules
    title: str | None
    ends_on: date | None
    authority_id: str | None
    authority_name: str | None
    contractor_ids: tuple[str, ...] | None


async def make_contract(context: Context, principal: Principal, draft_id: str, said: Conclusion) -> Contract:
    """The contract of a draft, with the clause and hours that the facilitator confirms; both in one transaction.

    Raises:
        DraftUnknown, DraftClosed: see the names.
        ContractRefused, SizingRefused: naming the fields; the publication names neither duration nor buyer, and nor does
            the facilitator.
    """
    draft = await draft_of(context, principal, draft_id, Role.FACILITATOR)
    draft.check_open()
    ends_on = said.ends_on or draft.ends_on
    if ends_on is None:
        message = "La publication ne dit pas la durée : donnez le dernier jour."
        raise refused_field(ContractRefused, "ends_on", "required", message)
    by_name = None if said.authority_id is not None else said.authority_name or draft.buyer
    if said.authority_id is None and by_name is None:
        message = "La publication ne nomme pas l'acheteur : donnez le maître d'ouvrage, par son id ou son nom."
        raise refused_field(ContractRefused, "contracting_authority_name", "required", message)
    holders = tuple(dict.fromkeys(one.siret for one in draft.latest.holders if one.siret))[:50]
    terms = ContractTerms.model_validate(
        {
            "reference": draft.number,
            "title": said.title or draft.shown_title,
            "kind": said.kind,
            "starts_on": draft.starts_on,
            "ends_on": ends_on,
            "amount": draft.latest.amount,
            "contractor_ids": holders if said.contractor_ids is None else said.contractor_ids,
            "parameters": context.settings.parameters,
        }
    )
    placed = said.placed
    if placed.commune_code is None:
        placed = placed.model_copy(update={"commune_code": draft.commune_code})
    now = context.clock.now()
    rules = RuleSet(number=1, since=None, rules=said.rules, reason="Notification", by=principal.subject, at=now)

    async def beside(work: Work, contract: Contract) -> None:
        taken = await draft_of(context, principal, draft_id, Role.FACILITATOR)
        taken.conclude(contract.id, draft.states, principal.subject, context.clock.now())
        context.drafts.save(work, taken)
        await propose(context, work, [taken])

    return await conclude(
        context, draft.territory, terms, said.objective, said.authority_id, by_name, rules, placed, beside
    )


async def attach(context: Context, principal: Principal, draft_id: str, contract_id: str) -> Draft:
    """The published contract is one that was recorded by hand: its modifications are proposed as amendments of that one.

    Raises:
        DraftUnknown, DraftClosed: see the names.
        ContractRefused: no such contract in the draft's territory.
    """

    async def once() -> Draft:
        draft = await draft_of(context, principal, draft_id, Role.FACILITATOR)
        contract = await context.contracts.first({"_id": contract_id, "territory": draft.territory})
        if contract is None:
            message = "Ce marché n'existe pas dans ce département."
            raise refused_field(ContractRefused, "contract_id", "unknown-contract", message)
        draft.conclude(contract.id, draft.states[:1], principal.subject, context.clock.now())
        work = Work(context.new_id)
        context.drafts.save(work, draft)
        await propose(context, work, [draft])
        await context.store.commit(work)
        return draft

    return await context.store.retry_conflicts(once)


async def dismiss(context: Context, principal: Principal, draft_id: str, reason: str) -> Draft:
    """Set a draft aside: it owes no hours.

    Raises:
        DraftUnknown, DraftClosed: see the names.
    """

    async def once() -> Draft:
        draft = await draft_of(context, principal, draft_id, Role.FACILITATOR)
        draft.dismiss(reason, principal.subject, context.clock.now())
        work = Work(context.new_id)
        context.drafts.save(work, draft)
        await context.store.commit(work)
        return draft

    return await context.store.retry_conflicts(once)
