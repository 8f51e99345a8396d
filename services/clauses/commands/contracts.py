"""Commands on contracting authorities and contracts."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any, NamedTuple, TypeVar

from services.clauses.access import Actor, load
from services.clauses.commands.totals import out_of_step, put_contract, sweep_presences
from services.clauses.context import Context
from services.clauses.domain.authority import Authority, authority_key
from services.clauses.domain.contract import Contract
from services.clauses.domain.course import check_lots_stay
from services.clauses.domain.errors import AuthorityExists, AuthorityUnknown, ContractRefused
from services.clauses.domain.ledger import Author
from services.clauses.domain.rules import RuleSet
from services.clauses.domain.sizing import Sizing
from services.clauses.domain.terms import ContractTerms, Placed
from services.clauses.queries import exits, tallies, totals
from services.clauses.store import lots_with_hours, months_with_hours
from shared import civil
from shared.auth import Principal, Role
from shared.errors import AlreadyExists, VersionConflict, refused_field
from shared.http import Expected, check_version
from shared.items import each
from shared.store import Find, Reading, Work

T = TypeVar("T")


class Course(NamedTuple):
    """What a step in the course of a contract needs: who takes it, on what day, and the months with hours."""

    author: Author
    today: date
    months: tuple[str, ...]


async def register_authority(context: Context, territory: str, name: str) -> Authority:
    """A new contracting authority.

    Raises:
        AuthorityExists: the territory has one of this name; ``authority_id`` names it.
    """
    known = await _by_name(context, territory, name)
    if known is not None:
        raise _exists(known)
    authority = _new_authority(context, territory, name)
    work = Work(context.new_id)
    context.authorities.save(work, authority)
    try:
        await context.store.commit(work)
    except AlreadyExists:
        taken = await _by_name(context, territory, name)
        if taken is None:
            raise
        raise _exists(taken) from None
    return authority


async def conclude(
    context: Context,
    territory: str,
    terms: ContractTerms,
    sizing: Sizing,
    authority_id: str | None,
    authority_name: str | None,
    rules: RuleSet | None = None,
    placed: Placed | None = None,
    beside: Callable[[Work, Contract], Awaitable[None]] | None = None,
) -> Contract:
    """A new contract of a known authority (by id), or of one that is found or made by its name.

    ``beside`` puts what is written with it into the same work (it is asked again when somebody else was faster).

    Raises:
        ContractRefused, SizingRefused: naming the fields.
    """
    if (authority_id is None) == (authority_name is None):
        message = "Donnez le maître d'ouvrage, soit par son id, soit par son nom."
        raise refused_field(ContractRefused, "contracting_authority_id", "required", message)
    if placed is not None:
        context.check_commune(placed.commune_code, ContractRefused)

    def concluding() -> Reading[tuple[Work, Contract]]:
        work = Work(context.new_id)
        authority = yield from _authority(context, work, territory, authority_id, authority_name)
        contract = Contract.conclude(
            context.new_id(),
            territory,
            terms,
            sizing,
            (authority.id, authority.name),
            context.today(territory),
            context.clock.now(),
            rules,
        )
        if placed is not None:
            contract.carrier, contract.commune_code = placed.carrier, placed.commune_code
        put_contract(work, contract)
        return work, contract

    async def once() -> Contract:
        try:
            if beside is None:
                return await context.store.decide(concluding())
            work, contract = await context.store.read(concluding())
            await beside(work, contract)
            await context.store.commit(work)
        except AlreadyExists as taken:
            # Two first contracts of an authority at once: the second finds it when it looks again.
            if "name_key" not in taken.extra.get("unique", ()):
                raise
            raise VersionConflict("Quelqu'un d'autre vient de créer ce maître d'ouvrage : réessayez.") from None
        return contract

    return await context.store.retry_conflicts(once)


async def change(
    context: Context,
    contract: Contract,
    actor: Actor,
    terms: ContractTerms,
    sizing: Sizing,
    placed: Placed,
    expected: Expected,
) -> None:
    """New terms or objective; the caller says which version they read.

    Raises:
        VersionConflict, Forbidden, ContractRefused, SizingRefused, DatesLeaveHoursOut, LotsLeaveHoursOut: see the names.
    """
    actor.must_be(Role.FACILITATOR)
    check_version(expected, contract.version)
    context.check_commune(placed.commune_code, ContractRefused)
    months = await months_with_hours(context.store, contract.id)
    if terms.lots != contract.terms.lots:
        check_lots_stay(terms, await lots_with_hours(context.store, contract.id))
    now = context.clock.now()
    moved = contract.place(placed.carrier, placed.commune_code, now)
    if contract.revise(terms, sizing, months, context.today(contract.territory), now) or moved:
        work = Work(context.new_id)
        put_contract(work, contract)
        await context.store.commit(work)


async def alter(
    context: Context, principal: Principal, contract_id: str, step: Callable[[Contract, Course], T]
) -> tuple[Contract, T]:
    """One step in the course of a contract, by its facilitator: rules, amendment, suspension, resumption, termination.

    Raises:
        ContractUnknown, Forbidden, and what the step raises.
    """

    async def alone(work: Work, contract: Contract, course: Course) -> T:
        return step(contract, course)

    return await alter_with(context, principal, contract_id, alone)


async def alter_with(
    context: Context, principal: Principal, contract_id: str, step: Callable[[Work, Contract, Course], Awaitable[T]]
) -> tuple[Contract, T]:
    """A step as above that reads, and writes beside the contract, what it is made of: one transaction."""

    async def once() -> tuple[Contract, T]:
        contract, actor = await load(context.store, principal, contract_id)
        actor.must_be(Role.FACILITATOR)
        course = Course(
            author=actor.author(context.clock.now()),
            today=context.today(contract.territory),
            months=await months_with_hours(context.store, contract.id),
        )
        work = Work(context.new_id)
        result = await step(work, contract, course)
        put_contract(work, contract)
        await context.store.commit(work)
        return contract, result

    async with context.turns.of(contract_id):
        return await context.store.retry_conflicts(once)


async def end_contracts(context: Context) -> int:
    """Tell of the contracts whose last day has passed; returns how many."""
    day = {"$lt": civil.latest_today(context.clock.now()).isoformat()}
    over = {"status": "running", "$or": [{"terms.ends_on": day}, {"termination.on": day}]}

    async def one(contract_id: str) -> bool:
        contract = await context.contracts.find(contract_id)
        if contract is None or not contract.end(context.today(contract.territory), context.clock.now()):
            return False
        work = Work(context.new_id)
        put_contract(work, contract)
        try:
            await context.store.commit(work)
        except VersionConflict:  # somebody declares hours on it: the next run ends it
            return False
        return True

    return await each("end-contracts", await context.contracts.ids(over), one)


async def fold_totals(context: Context) -> int:
    """Bring totals into step that an older release left behind, and tallies with them; returns how many contracts' totals."""

    async def one(contract_id: str) -> bool:
        contract = await context.contracts.find(contract_id)
        if contract is None:
            return False
        work = Work(context.new_id)
        await totals.refold(context.store, work, contract)
        try:
            await context.store.commit(work)
        except VersionConflict:
            return False
        return True

    folded = await each("fold-totals", await out_of_step(context.store), one)
    await sweep_presences(context.store)
    await tallies.refresh(context)
    await exits.refresh(context)
    return folded


def _authority(
    context: Context, work: Work, territory: str, authority_id: str | None, name: str | None
) -> Reading[Authority]:
    wanted = _named(territory, name) if name is not None else {"_id": authority_id, "territory": territory}
    (rows,) = yield [Find(context.authorities.collection, wanted, limit=1)]
    found = context.authorities.made(rows)
    if found is None and name is not None:
        found = _new_authority(context, territory, name)
        context.authorities.save(work, found)
    if found is None:
        message = "Ce maître d'ouvrage n'existe pas dans ce département."
        raise refused_field(ContractRefused, "contracting_authority_id", "unknown-authority", message)
    return found


async def _by_name(context: Context, territory: str, name: str) -> Authority | None:
    return await context.authorities.first(_named(territory, name))


def _named(territory: str, name: str) -> dict[str, Any]:
    return {"territory": territory, "name_key": authority_key(name)}


def _new_authority(context: Context, territory: str, name: str) -> Authority:
    now = context.clock.now()
    authority = Authority(
        id=context.new_id(),
        territory=territory,
        created_at=now,
        updated_at=now,
        name=name,
        name_key=authority_key(name),
    )
    authority.touch(now)
    return authority


def _exists(known: Authority) -> AuthorityExists:
    return AuthorityExists("Ce maître d'ouvrage est déjà connu dans ce département.", authority_id=known.id)


def unknown_authority(authority_id: str) -> AuthorityUnknown:
    """The 404 of an authority."""
    return AuthorityUnknown("Ce maître d'ouvrage n'existe pas, ou vous ne pouvez pas le voir.", id=authority_id)
