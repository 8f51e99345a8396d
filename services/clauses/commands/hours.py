"""Commands on the hours ledger: declare, validate, reject, correct. Each appends entries in one transaction."""

from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import cast

from services.clauses import store
from services.clauses.access import Actor, contractor_of, load, load_hours
from services.clauses.context import Context
from services.clauses.domain.amounts import first_day
from services.clauses.domain.contract import Contract
from services.clauses.domain.eligibility import Eligibility, EligibilityRule, Hired, check_eligible
from services.clauses.domain.employment import EmploymentRecord
from services.clauses.domain.errors import CountedElsewhere, DeclaredAlready, HoursRefused
from services.clauses.domain.ledger import (
    Author,
    Declaration,
    Declarer,
    Employment,
    Evidence,
    HoursAsked,
    HoursGiven,
    HoursState,
    PersonMonth,
    person_month_id,
    slot_of,
)
from services.clauses.domain.participant import check_assigned, is_profile
from services.clauses.domain.rules import Rules
from services.clauses.store import holder_of, participant, put_hours, shares_of
from shared.auth import Principal, Role
from shared.errors import AlreadyExists, VersionConflict, refused_field
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
        contractor = contractor_of(contract, actor, asked.contractor_id, asked.lot_id)
        contract.check_lot(asked.lot_id)
        contract.check_month(asked.month, context.today(contract.territory))
        rules = contract.rules_of(asked.month)
        record = await _recorded(context, contract, contractor, asked, rules)
        whole = asked.of(_employment(asked, record), contractor)
        holder = await holder_of(context.store, slot_of(contract.id, whole))
        if holder is not None:
            raise DeclaredAlready(
                "Les heures de cet emploi sont déjà déclarées pour ce mois : corrigez-les.", hours_id=holder
            )
        author = _author(context, actor)
        assigned = await participant(context.store, contract.id, whole.participant_id)
        checked = rules.eligibility is not EligibilityRule.UNCHECKED
        check_assigned(whole.participant_id, assigned, whole.contractor_id, always=checked)
        decision = await _eligible(context, contract, whole, record)
        await _once_only(context, contract, whole)
        person = await _person(context, contract, whole.participant_id, whole.month)
        limit = contract.terms.parameters.monthly_limit_hours
        person.take(whole.hours, limit, author.at, Declarer(whole.contractor_id, contract.territory))
        declaration = Declaration.declare(context.new_id(), (contract.id, contract.territory), whole, author)
        declaration.eligibility_id = None if decision is None else decision.id
        entry = declaration.declared_entry(context.new_id(), author)
        contract.apply([entry], author.at)
        work = Work(context.new_id)
        await put_hours(context.store, work, contract, [declaration], [entry], person)
        if assigned is not None:
            # Released or erased meanwhile: the check says so when it runs again.
            work.touch("participants", assigned.id, assigned.version)
        if decision is not None:
            work.touch("eligibilities", decision.id, decision.version)
        if record is not None:
            work.touch("employments", record.id, record.version)
        await _commit(context, work)
        return declaration

    async with context.turns.of(contract_id):
        return await context.store.retry_conflicts(once)


async def validate(context: Context, principal: Principal, hours_id: str) -> Declaration:
    """The facilitator has seen the evidence.

    Raises:
        HoursUnknown, Forbidden, TransitionRefused: see the names.
        NotEligible: the decision that covered the month was withdrawn meanwhile.
        MonthlyLimitExceeded: with what was validated on other contracts the person would overrun a legal month.
    """

    async def once() -> Declaration:
        declaration, contract, actor = await load_hours(context.store, principal, hours_id)
        actor.must_be(Role.FACILITATOR)
        author = _author(context, actor)
        person = await _person(context, contract, declaration.participant_id, declaration.month)
        decision = await _still_eligible(context, contract, declaration)
        entry = declaration.validate_hours(context.new_id(), author)
        if decision is not None:
            declaration.eligibility_id = decision.id
        limit = contract.terms.parameters.monthly_limit_hours
        everywhere = is_profile(declaration.participant_id)
        person.confirm(declaration.hours, limit, author.at, declaration.declarer, everywhere=everywhere)
        contract.apply([entry], author.at)
        work = Work(context.new_id)
        await put_hours(context.store, work, contract, [declaration], [entry], person)
        if decision is not None:
            work.touch("eligibilities", decision.id, decision.version)
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
        await put_hours(context.store, work, contract, [declaration], [entry], person)
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
        await put_hours(context.store, work, contract, [declaration, replacement], entries, person)
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


async def _recorded(
    context: Context, contract: Contract, contractor: str | None, asked: HoursAsked, rules: Rules
) -> EmploymentRecord | None:
    """The recorded employment that the hours are of; None where one is named instead and the contract allows that."""
    if asked.employment_id is None:
        if rules.employments_required:
            message = "Ce marché demande un emploi enregistré : déclarez l'embauche d'abord."
            raise refused_field(HoursRefused, "employment_id", "required", message)
        return None
    record = await context.store.find_one(EmploymentRecord, "employments", {"_id": asked.employment_id})
    theirs = record is not None and (record.participant_id, record.contractor_id) == (asked.participant_id, contractor)
    here = record is not None and (record.contract_id == contract.id or rules.pools_hours)
    if record is None or not theirs or not here or record.territory != contract.territory:
        message = "Cet emploi n'est pas celui de cette personne sur ce marché."
        raise refused_field(HoursRefused, "employment_id", "unknown-employment", message)
    record.check_month(asked.month)
    return record


def _employment(asked: HoursAsked, record: EmploymentRecord | None) -> Employment:
    if (record is None) == (asked.employment is None):
        message = "Donnez l'emploi, soit par son id (employment_id), soit en le nommant (employment)."
        raise refused_field(HoursRefused, "employment", "required", message)
    return record.named if record is not None else cast(Employment, asked.employment)


async def _eligible(
    context: Context, contract: Contract, given: HoursGiven, record: EmploymentRecord | None
) -> Eligibility | None:
    rules = contract.rules_of(given.month)
    if rules.eligibility is EligibilityRule.UNCHECKED:
        return None
    who = (given.participant_id, contract.territory)
    hired_on = record.terms.starts_on if record is not None else None
    if hired_on is None:
        month = await store.first_month_of(context.store, contract.id, given.participant_id, given.employment.key)
        hired_on = first_day(min(month or given.month, given.month))
    first = min(await store.first_hired_on(context.store, *who) or hired_on, hired_on)
    decisions = await store.eligibilities_of(context.store, *who)
    hired = Hired(first_hired_on=first, kind=given.employment.kind, hired_on=hired_on)
    return check_eligible(decisions, given.month, rules.eligibility, rules.validity, hired)


async def _still_eligible(context: Context, contract: Contract, declaration: Declaration) -> Eligibility | None:
    """Checked again at the validation, for what was declared while the contract checks; not for what was before."""
    if declaration.eligibility_id is None:
        return None
    id = declaration.employment.id
    record = await context.store.find_one(EmploymentRecord, "employments", {"_id": id}) if id else None
    given = HoursGiven(**{name: getattr(declaration, name) for name in HoursGiven.model_fields})
    return await _eligible(context, contract, given, record)


async def _once_only(context: Context, contract: Contract, given: HoursGiven) -> None:
    """Raises CountedElsewhere: the same declarer declared this employment's month on another contract.

    An employment is known again by its id. One that is only named may well be two: a person works on two sites of the same
    employer in a month, and only the legal month bounds their sum.
    """
    other = given.employment.id and await store.elsewhere(context.store, contract, given)
    if not other:
        return
    its = await context.store.find_one(Contract, "contracts", {"_id": other.contract_id})
    pooled = its is not None and its.rules_of(given.month).pools_hours and contract.rules_of(given.month).pools_hours
    if not pooled:
        message = "Les heures de cet emploi sont déclarées ce mois sur un autre marché, et ces marchés ne les mutualisent pas."
        raise refused_field(CountedElsewhere, "employment", "counted-elsewhere", message, hours_id=other.id)


def _author(context: Context, actor: Actor) -> Author:
    return Author(user_id=actor.user_id, role=actor.role.value, at=context.clock.now())
