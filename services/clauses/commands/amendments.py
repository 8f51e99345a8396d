"""Published modifications of concluded contracts: proposed by an import, recorded as amendments or set aside by a facilitator."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pymongo import ASCENDING

from services.clauses.commands.contracts import Course, alter_with
from services.clauses.context import Context
from services.clauses.domain.acceptance import Acceptance, ProposedChange, amendment_given, changes_of
from services.clauses.domain.amendment_draft import AmendmentDraft, AmendmentDraftStatus, proposed
from services.clauses.domain.contract import Contract
from services.clauses.domain.draft import Draft, DraftStatus
from services.clauses.domain.errors import AmendmentDraftUnknown
from shared.auth import Principal, Role
from shared.http import Expected, check_version
from shared.store import Work


class Standing(NamedTuple):
    """A published modification beside the contract as it stands."""

    one: AmendmentDraft
    contract: Contract
    changes: tuple[ProposedChange, ...]


async def propose(context: Context, work: Work, drafts: Iterable[Draft]) -> dict[str, list[AmendmentDraft]]:
    """What published contracts add to the amendments that are proposed of them, by draft; written with ``work``."""
    concluded = {draft.id: draft for draft in drafts if draft.status is DraftStatus.CONCLUDED}
    known: dict[str, list[AmendmentDraft]] = defaultdict(list)
    for one in await context.amendment_drafts.many({"draft_id": {"$in": sorted(concluded)}}) if concluded else ():
        known[one.draft_id].append(one)
    now, found = context.clock.now(), {}
    for key, draft in concluded.items():
        changed = proposed(draft, known[key], now)
        for one in changed:
            context.amendment_drafts.save(work, one)
        found[key] = [one for one in changed if one.loaded_version == 0]
    return found


async def load_amendment_draft(context: Context, principal: Principal, id: str, *roles: Role) -> AmendmentDraft:
    """A published modification of one of the caller's territories.

    Raises:
        AmendmentDraftUnknown: there is none that the caller may know of.
    """
    found = await context.amendment_drafts.find(id)
    if found is None or not principal.is_staff_of(found.territory, *roles):
        raise AmendmentDraftUnknown("Cette modification publiée n'existe pas, ou vous ne pouvez pas la voir.", id=id)
    return found


async def standing(context: Context, found: Sequence[AmendmentDraft]) -> list[Standing]:
    """Published modifications beside their contracts as they stand."""
    ids = sorted({one.contract_id for one in found})
    contracts = {one.id: one for one in await context.contracts.many({"_id": {"$in": ids}})} if ids else {}
    accepted, published = await _accepted(context, ids), await _publications(context, ids)
    return [
        Standing(one, contract, changes_of(contract, one, accepted[contract.id], published[contract.id]))
        for one in found
        if (contract := contracts.get(one.contract_id)) is not None
    ]


async def _accepted(context: Context, contract_ids: Sequence[str]) -> dict[str, list[AmendmentDraft]]:
    found: dict[str, list[AmendmentDraft]] = defaultdict(list)
    if contract_ids:
        query = {"contract_id": {"$in": list(contract_ids)}, "status": AmendmentDraftStatus.ACCEPTED.value}
        for one in await context.amendment_drafts.many(query, sort=[("contract_id", ASCENDING), ("_id", ASCENDING)]):
            found[one.contract_id].append(one)
    return found


async def _publications(context: Context, contract_ids: Sequence[str]) -> Counter[str]:
    """How many published contracts each contract is."""
    query = {"contract_id": {"$in": list(contract_ids)}}
    rows = context.store.collection("contract_drafts").find(query, {"contract_id": 1})
    return Counter([str(row["contract_id"]) async for row in rows])


async def accept(context: Context, principal: Principal, id: str, said: Acceptance, expected: Expected) -> Contract:
    """Record a published modification as an amendment of its contract; both in one transaction.

    Raises:
        AmendmentDraftUnknown, AmendmentDraftClosed, VersionConflict: see the names.
        ContractRefused, SizingRefused, DatesLeaveHoursOut, ContractTerminated: as for any amendment.
    """
    draft = await load_amendment_draft(context, principal, id, Role.FACILITATOR)
    draft.check_open()
    check_version(expected, draft.version)

    async def step(work: Work, contract: Contract, course: Course) -> None:
        one = await load_amendment_draft(context, principal, id, Role.FACILITATOR)
        one.check_open()
        check_version(expected, one.version)
        accepted = (await _accepted(context, [contract.id]))[contract.id]
        published = (await _publications(context, [contract.id]))[contract.id]
        given = amendment_given(one, changes_of(contract, one, accepted, published), said)
        made = contract.amend(given, course.months, course.author, course.today, publication=one.id)
        one.accept(made.number, course.author.user_id, course.author.at)
        context.amendment_drafts.save(work, one)

    contract, _ = await alter_with(context, principal, draft.contract_id, step)
    return contract


async def dismiss(context: Context, principal: Principal, id: str, reason: str, expected: Expected) -> AmendmentDraft:
    """Set a published modification aside.

    Raises:
        AmendmentDraftUnknown, AmendmentDraftClosed, VersionConflict: see the names.
    """
    one = await load_amendment_draft(context, principal, id, Role.FACILITATOR)
    one.check_open()
    check_version(expected, one.version)
    one.dismiss(reason, principal.subject, context.clock.now())
    work = Work(context.new_id)
    context.amendment_drafts.save(work, one)
    await context.store.commit(work)
    return one
