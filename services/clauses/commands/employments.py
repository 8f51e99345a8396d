"""Commands on employments: begun on a contract, changed, ended, followed afterwards."""

from services.clauses import store
from services.clauses.access import Actor, contractor_of, known_to, load, load_employment
from services.clauses.commands import employed
from services.clauses.context import Context
from services.clauses.domain.employment import (
    EmploymentGiven,
    EmploymentRecord,
    EmploymentTerms,
    Exit,
    check_employment,
    check_on_contract,
)
from services.clauses.domain.errors import EmploymentRefused
from services.clauses.domain.participant import check_assigned
from services.clauses.queries.employed import months_of_employment, naming
from shared.auth import Principal, Role
from shared.http import Expected, check_version
from shared.store import Work


async def begin(
    context: Context, principal: Principal, contract_id: str, given: EmploymentGiven
) -> tuple[EmploymentRecord, Actor]:
    """An employment of a participant of the contract.

    Raises:
        ContractUnknown, Forbidden: not a contract on which the caller declares.
        EmploymentRefused, EmploymentExists, HoursRefused, ParticipantNotAssigned: see the names.
    """

    async def once() -> tuple[EmploymentRecord, Actor]:
        mark = await employed.mark_of_contract(context.store, contract_id)
        contract, actor = await load(context.store, principal, contract_id)
        actor.must_be(Role.FACILITATOR, Role.CONTRACTOR)
        whole = given.model_copy(update={"contractor_id": contractor_of(contract, actor, given.contractor_id, None)})
        context.check_commune(whole.workplace_commune_code, EmploymentRefused, "workplace_commune_code")
        assigned = await store.participant(context.store, contract.id, whole.participant_id)
        check_assigned(whole.participant_id, assigned, whole.contractor_id, always=True)
        check_on_contract(whole, contract.terms.starts_on, contract.last_day)
        await employed.check_new(context.store, contract.id, whole.participant_id, whole, known_to(actor))
        made = EmploymentRecord.begin(
            context.new_id(),
            (contract.id, contract.territory),
            whole,
            actor.author(context.clock.now()),
            context.today(contract.territory),
        )
        work = Work(context.new_id)
        context.employments.save(work, made)
        employed.name_employment(work, contract.id, contract.version, mark)
        if assigned is not None:
            work.touch("participants", assigned.id, assigned.version)
        await context.store.commit(work)
        return made, actor

    async with context.turns.of(contract_id):
        return await context.store.retry_conflicts(once)


async def change(
    context: Context, record: EmploymentRecord, actor: Actor, terms: EmploymentTerms, expected: Expected
) -> None:
    """Other terms, or its end; the caller says which version they read. Whoever declares hours of it meanwhile makes it conflict.

    Raises:
        VersionConflict, Forbidden, EmploymentRefused, EmploymentExists, HoursOutsideEmployment: see the names.
    """
    actor.must_be(Role.FACILITATOR, Role.CONTRACTOR)
    check_version(expected, record.version)
    context.check_commune(terms.workplace_commune_code, EmploymentRefused, "workplace_commune_code")
    today = context.today(record.territory)
    check_employment(terms, today)
    named = await employed.mark_of_contract(context.store, record.contract_id)
    contract = await context.contracts.load(record.contract_id)
    check_on_contract(terms, contract.terms.starts_on, contract.last_day)
    renamed = naming(terms) != naming(record.terms)
    if renamed:
        whose = (record.contract_id, record.participant_id)
        await employed.check_new(context.store, *whose, terms, known_to(actor), besides=record.id)
    # Before the months are read: whoever declares hours of it afterwards, on whatever contract, raises the mark.
    mark = await employed.mark_of_employment(context.store, record.id)
    months = await months_of_employment(context.store, record.id)
    if record.revise(terms, months, actor.author(context.clock.now()), today):
        work = Work(context.new_id)
        employed.put_employment(work, record, mark)
        if renamed:
            employed.name_employment(work, contract.id, contract.version, named)
        else:
            work.touch("contracts", contract.id, contract.version)
        await context.store.commit(work)


async def follow(
    context: Context, principal: Principal, employment_id: str, seen: Exit
) -> tuple[EmploymentRecord, Actor]:
    """Where the person is one, three or six months after the end.

    Raises:
        EmploymentUnknown, Forbidden, EmploymentRefused: see the names.
    """

    async def once() -> tuple[EmploymentRecord, Actor]:
        record, actor = await load_employment(context.store, principal, employment_id)
        actor.must_be(Role.FACILITATOR)
        record.follow(seen, actor.author(context.clock.now()), context.today(record.territory))
        work = Work(context.new_id)
        context.employments.save(work, record)
        await context.store.commit(work)
        return record, actor

    return await context.store.retry_conflicts(once)
