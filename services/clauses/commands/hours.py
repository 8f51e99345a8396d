"""Commands on the hours ledger: declare, validate, reject, correct. Each appends entries in one transaction."""

from collections.abc import Awaitable, Callable
from decimal import Decimal

from services.clauses import store
from services.clauses.access import load, load_hours
from services.clauses.commands.declaring import Declaring, eligible
from services.clauses.commands.participants import forget_if_erased
from services.clauses.commands.totals import put_hours
from services.clauses.context import Context
from services.clauses.domain.contract import Contract
from services.clauses.domain.eligibility import Eligibility
from services.clauses.domain.errors import DeclaredAlready, HoursUnknown
from services.clauses.domain.ledger import (
    Declaration,
    Evidence,
    HoursAsked,
    HoursGiven,
    HoursState,
)
from services.clauses.domain.participant import check_assigned
from services.clauses.domain.person_month import PersonMonth, person_month_id
from services.clauses.domain.reference import is_profile
from services.clauses.handles import Employments
from services.clauses.queries.known import decisions_of, known_of, months_of
from services.clauses.store import COUNTS
from shared.auth import Principal, Role
from shared.errors import AlreadyExists, VersionConflict
from shared.store import Work


async def declare(context: Context, principal: Principal, contract_id: str, asked: HoursAsked) -> Declaration:
    """Append a declaration.

    Raises:
        ContractUnknown, Forbidden: not a contract on which the caller declares.
        HoursRefused, ContractNotRunning, ContractSuspended, EmploymentNotCovering, ParticipantNotAssigned, NotEligible,
        CountedElsewhere, MonthlyLimitExceeded, DeclaredAlready: the ledger's checks.
    """

    async def once() -> Declaration:
        contract, actor = await load(context.store, principal, contract_id)
        actor.must_be(Role.FACILITATOR, Role.CONTRACTOR)
        known = await known_of(context, contract, [asked], actor.declares_for(asked.contractor_id))
        declaring = Declaring(context, contract, actor, known)
        declaration = declaring.declare(asked)
        await commit(context, await declaring.work())
        return declaration

    async with context.turns.of(contract_id):
        made = await context.store.retry_conflicts(once)
    await forget_if_erased(context, made.territory, made.participant_id)
    return made


async def validate(context: Context, principal: Principal, hours_id: str, *, of: str | None = None) -> Declaration:
    """The facilitator has seen the evidence; ``of`` names the contract that the hours must be of.

    Raises:
        HoursUnknown, Forbidden, TransitionRefused: see the names.
        NotEligible: the decision that covered the month was withdrawn meanwhile.
        ParticipantNotAssigned: the desk linked them for another contractor.
        DeclaredAlready: another contractor's hours of the same employment and month are validated.
        MonthlyLimitExceeded: with what was validated on other contracts the person would overrun a legal month.
    """

    async def once() -> Declaration:
        declaration, contract, actor = await load_hours(context.store, principal, hours_id)
        _check_of(contract, of, hours_id)
        actor.must_be(Role.FACILITATOR)
        declaration.check("validate")
        author = actor.author(context.clock.now())
        person = await _person(context, contract, declaration)
        assigned = await store.participant(context.store, contract.id, declaration.participant_id)
        if assigned is not None:
            check_assigned(declaration.participant_id, assigned, declaration.contractor_id)
        await _check_alone(context, declaration)
        decision = await _still_eligible(context, contract, declaration)
        entry = declaration.validate_hours(context.new_id(), author)
        if decision is not None:
            declaration.eligibility_id = decision.id
        limit = contract.terms.parameters.monthly_limit_hours
        everywhere = is_profile(declaration.participant_id)
        person.confirm(declaration.hours, limit, author.at, declaration.declarer, everywhere=everywhere)
        contract.apply([entry], author.at)
        work = Work(context.new_id)
        await put_hours(context.store, work, contract, [declaration], [entry], [person])
        if decision is not None:
            work.touch("eligibilities", decision.id, decision.version)
        await commit(context, work)
        return declaration

    return await _decide(context, hours_id, once)


async def reject(
    context: Context, principal: Principal, hours_id: str, reason: str, *, of: str | None = None
) -> Declaration:
    """The hours do not count; the person's month is given back. ``of`` names the contract that the hours must be of.

    Raises:
        HoursUnknown, Forbidden, TransitionRefused: see the names.
    """

    async def once() -> Declaration:
        declaration, contract, actor = await load_hours(context.store, principal, hours_id)
        _check_of(contract, of, hours_id)
        actor.must_be(Role.FACILITATOR)
        author = actor.author(context.clock.now())
        person = await _person(context, contract, declaration)
        entry = declaration.reject(context.new_id(), reason, author)
        person.give_back(declaration.hours, author.at, declaration.declarer)
        contract.apply([entry], author.at)
        work = Work(context.new_id)
        await put_hours(context.store, work, contract, [declaration], [entry], [person])
        await commit(context, work)
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
        ContractNotRunning, ContractSuspended: more hours, of a month that takes none any more.
        EmploymentNotCovering: more than the employment's days of the month have.
    """

    async def once() -> Declaration:
        declaration, contract, actor = await load_hours(context.store, principal, hours_id)
        actor.must_be(Role.FACILITATOR, Role.CONTRACTOR)
        declaration.check("correct")
        author = actor.author(context.clock.now())
        for index, paper in enumerate(evidence):
            paper.check_dated(f"evidence.{index}.dated", context.today(contract.territory))
        before, validated = declaration.hours, declaration.state is HoursState.VALIDATED
        if hours > before:
            contract.check_month(declaration.month, context.today(contract.territory))
            record = await Employments(context.store).find(declaration.employment.id or "")
            if record is not None and record.contract_id == contract.id:
                record.check_hours(declaration.month, hours)
        person = await _person(context, contract, declaration)
        ids = (context.new_id(), context.new_id(), context.new_id())
        replacement, entries = declaration.correct(ids, hours, evidence, reason, author)
        person.give_back(before, author.at, declaration.declarer, validated=validated)
        limit, declarer = contract.terms.parameters.monthly_limit_hours, declaration.declarer
        beside = actor.declaring_for(declarer.contractor_id, declaration.participant_id)
        person.take(hours, limit, author.at, declarer, beside)
        contract.apply(entries, author.at)
        work = Work(context.new_id)
        # The old one first: it leaves the slot that the new one takes.
        await put_hours(context.store, work, contract, [declaration, replacement], entries, [person])
        await commit(context, work)
        return replacement

    return await _decide(context, hours_id, once)


def _check_of(contract: Contract, of: str | None, hours_id: str) -> None:
    if of is not None and contract.id != of:
        raise HoursUnknown("Ce marché n'a pas cette déclaration.", id=hours_id)


async def _decide(context: Context, hours_id: str, command: Callable[[], Awaitable[Declaration]]) -> Declaration:
    """Run a command on a declaration in its contract's turn."""
    known = await context.store.first("hours", {"_id": hours_id}, {"contract_id": 1})
    async with context.turns.of(known["contract_id"] if known else hours_id):
        return await context.store.retry_conflicts(command)


async def commit(context: Context, work: Work) -> None:
    """Commit what was declared; whoever took a place in between makes it a conflict, to be tried again."""
    try:
        await context.store.commit(work)
    except AlreadyExists as taken:
        # A slot or a person's month was taken in between: the checks say so when they run again.
        raise VersionConflict(
            "Quelqu'un d'autre déclare au même moment : réessayez.", unique=taken.extra.get("unique")
        ) from None


async def _person(context: Context, contract: Contract, declaration: Declaration) -> PersonMonth:
    """The person's month, before anything is decided."""
    whose = (declaration.participant_id, declaration.month)
    return (await months_of(context, contract.territory, {whose}))[person_month_id(*whose)]


async def _check_alone(context: Context, declaration: Declaration) -> None:
    """Raises DeclaredAlready. Read after the person's month, which every validation writes: two at once are a conflict."""
    alike = {name: getattr(declaration, name) for name in ("contract_id", "lot_id", "participant_id", "month")}
    validated = {"state": HoursState.VALIDATED.value, "slot": COUNTS, "_id": {"$ne": declaration.id}}
    for other in await context.declarations.many(alike | validated):
        theirs = other.contractor_id != declaration.contractor_id
        if theirs and other.employment.key == declaration.employment.key:
            message = "Les heures de cet emploi sont déjà validées pour ce mois, déclarées par un autre titulaire."
            raise DeclaredAlready(message, hours_id=other.id)


async def _still_eligible(context: Context, contract: Contract, declaration: Declaration) -> Eligibility | None:
    """Checked again at the validation, for what was declared while the contract checks; not for what was before."""
    if declaration.eligibility_id is None:
        return None
    id = declaration.employment.id
    record = await context.employments.find(id) if id else None
    given = HoursGiven.model_construct(**{name: getattr(declaration, name) for name in HoursGiven.model_fields})
    return eligible(await decisions_of(context, contract, declaration.participant_id), given, record)
