"""Commands on the hours ledger: declare, validate, reject, correct. Each appends entries in one transaction."""

from collections.abc import Awaitable, Callable
from decimal import Decimal

from services.clauses.access import Actor, load, load_hours
from services.clauses.context import Context
from services.clauses.domain.contract import Contract
from services.clauses.domain.errors import DeclaredAlready, HoursRefused, refused_field
from services.clauses.domain.ledger import (
    Author,
    Declaration,
    Declarer,
    Evidence,
    HoursGiven,
    HoursState,
    PersonMonth,
    person_month_id,
    slot_of,
)
from services.clauses.domain.participant import check_assigned, is_profile
from services.clauses.store import holder_of, participant, put_hours, shares_of
from shared.auth import Principal, Role
from shared.errors import AlreadyExists, FieldError, Forbidden, VersionConflict
from shared.store import Work


async def declare(context: Context, principal: Principal, contract_id: str, given: HoursGiven) -> Declaration:
    """Append a declaration.

    Raises:
        ContractUnknown, Forbidden: not a contract on which the caller declares.
        HoursRefused, ContractNotRunning, MonthlyLimitExceeded, DeclaredAlready: the ledger's checks.
    """

    async def once() -> Declaration:
        contract, actor = await load(context.store, principal, contract_id)
        actor.must_be(Role.FACILITATOR, Role.CONTRACTOR)
        whole = given.model_copy(update={"contractor_id": _contractor(contract, actor, given)})
        contract.check_lot(whole.lot_id)
        contract.check_month(whole.month, context.today(contract.territory))
        holder = await holder_of(context.store, slot_of(contract.id, whole))
        if holder is not None:
            raise DeclaredAlready(
                "Les heures de cet emploi sont déjà déclarées pour ce mois : corrigez-les.", hours_id=holder
            )
        author = _author(context, actor)
        assigned = await participant(context.store, contract.id, whole.participant_id)
        check_assigned(whole.participant_id, assigned, whole.contractor_id)
        person = await _person(context, contract, whole.participant_id, whole.month)
        limit = contract.terms.parameters.monthly_limit_hours
        person.take(whole.hours, limit, author.at, Declarer(whole.contractor_id, contract.territory))
        declaration = Declaration.declare(context.new_id(), (contract.id, contract.territory), whole, author)
        entry = declaration.declared_entry(context.new_id(), author)
        contract.apply([entry], author.at)
        work = Work(context.new_id)
        put_hours(work, contract, [declaration], [entry], person)
        if assigned is not None:
            # Released or erased meanwhile: the check says so when it runs again.
            work.touch("participants", assigned.id, assigned.version)
        await _commit(context, work)
        return declaration

    async with context.turns.of(contract_id):
        return await context.store.retry_conflicts(once)


async def validate(context: Context, principal: Principal, hours_id: str) -> Declaration:
    """The facilitator has seen the evidence.

    Raises:
        HoursUnknown, Forbidden, TransitionRefused: see the names.
        MonthlyLimitExceeded: with what was validated on other contracts the person would overrun a legal month.
    """

    async def once() -> Declaration:
        declaration, contract, actor = await load_hours(context.store, principal, hours_id)
        actor.must_be(Role.FACILITATOR)
        author = _author(context, actor)
        person = await _person(context, contract, declaration.participant_id, declaration.month)
        entry = declaration.validate_hours(context.new_id(), author)
        limit = contract.terms.parameters.monthly_limit_hours
        everywhere = is_profile(declaration.participant_id)
        person.confirm(declaration.hours, limit, author.at, declaration.declarer, everywhere=everywhere)
        contract.apply([entry], author.at)
        work = Work(context.new_id)
        put_hours(work, contract, [declaration], [entry], person)
        await _commit(context, work)
        return declaration

    return await _decide(context, hours_id, once)


async def reject(context: Context, principal: Principal, hours_id: str, reason: str) -> Declaration:
    """The hours do not count; the person's month is given back.

    Raises:
        HoursUnknown, Forbidden, TransitionRefused: see the names.
    """

    async def once() -> Declaration:
        declaration, contract, actor = await load_hours(context.store, principal, hours_id)
        actor.must_be(Role.FACILITATOR)
        author = _author(context, actor)
        person = await _person(context, contract, declaration.participant_id, declaration.month)
        entry = declaration.reject(context.new_id(), reason, author)
        person.give_back(declaration.hours, author.at, declaration.declarer)
        contract.apply([entry], author.at)
        work = Work(context.new_id)
        put_hours(work, contract, [declaration], [entry], person)
        await _commit(context, work)
        return declaration

    return await _decide(context, hours_id, once)


async def correct(
    context: Context,
    principal: Principal,
    hours_id: str,
    hours: Decimal,
    evidence: tuple[Evidence, ...],
    reason: str,
) -> Declaration:
    """Reverse a declaration and declare in its place; returns the new one, which waits for validation.

    Raises:
        HoursUnknown, Forbidden, TransitionRefused, MonthlyLimitExceeded: see the names.
    """

    async def once() -> Declaration:
        declaration, contract, actor = await load_hours(context.store, principal, hours_id)
        actor.must_be(Role.FACILITATOR, Role.CONTRACTOR)
        author = _author(context, actor)
        before, validated = declaration.hours, declaration.state is HoursState.VALIDATED
        person = await _person(context, contract, declaration.participant_id, declaration.month)
        ids = (context.new_id(), context.new_id(), context.new_id())
        replacement, entries = declaration.correct(ids, hours, evidence, reason, author)
        person.give_back(before, author.at, declaration.declarer, validated=validated)
        person.take(hours, contract.terms.parameters.monthly_limit_hours, author.at, declaration.declarer)
        contract.apply(entries, author.at)
        work = Work(context.new_id)
        # The old one first: it leaves the slot that the new one takes.
        put_hours(work, contract, [declaration, replacement], entries, person)
        await _commit(context, work)
        return replacement

    return await _decide(context, hours_id, once)


async def _decide(context: Context, hours_id: str, command: Callable[[], Awaitable[Declaration]]) -> Declaration:
    """Run a command on a declaration in its contract's turn."""
    known = await context.store.collection("hours").find_one({"_id": hours_id}, {"contract_id": 1})
    async with context.turns.of(known["contract_id"] if known else hours_id):
        return await context.store.retry_conflicts(command)


async def _commit(context: Context, work: Work) -> None:
    try:
        await context.store.commit(work)
    except AlreadyExists as taken:
        # A slot or a person's month was taken in between: the checks say so when they run again.
        raise VersionConflict("Somebody declared at the same moment.", unique=taken.extra.get("unique")) from None


async def _person(context: Context, contract: Contract, participant_id: str, month: str) -> PersonMonth:
    """Before anything is decided: what is folded from declarations must not hold the one in hand."""
    id = person_month_id(participant_id, month)
    person = await context.store.find_one(PersonMonth, "person_months", {"_id": id})
    if person is None:
        now = context.clock.now()
        person = PersonMonth(
            id=id,
            territory=contract.territory,
            created_at=now,
            updated_at=now,
            participant_id=participant_id,
            month=month,
        )
    if person.shares is None:
        person.settle(await shares_of(context.store, participant_id, month))
    return person


def _author(context: Context, actor: Actor) -> Author:
    return Author(user_id=actor.user_id, role=actor.role.value, at=context.clock.now())


def _contractor(contract: Contract, actor: Actor, given: HoursGiven) -> str | None:
    """The contractor for whom hours are declared: the caller's own organisation, or one that a facilitator names."""
    wanted = given.contractor_id
    if actor.role is Role.CONTRACTOR:
        if wanted not in (None, actor.organisation):
            message = "Un titulaire déclare pour lui-même."
            raise Forbidden(message, errors=[FieldError("contractor_id", "own-only", message)])
        wanted = actor.organisation
    lot = next((lot for lot in contract.terms.lots if lot.id == given.lot_id), None)
    allowed = contract.contractors if lot is None else frozenset((*lot.contractor_ids, *contract.terms.contractor_ids))
    if wanted is not None and wanted not in allowed:
        message = "Cette organisation n'est pas titulaire de ce marché ou de ce lot."
        raise refused_field(HoursRefused, "contractor_id", "not-a-contractor", message)
    return wanted
