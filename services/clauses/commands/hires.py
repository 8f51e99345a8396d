"""Hires on offers of ours: heard from the offers service, recorded as employments by a facilitator, or dismissed."""

from collections.abc import Sequence
from typing import Any

from services.clauses import store
from services.clauses.access import contractor_of, load
from services.clauses.commands import employed
from services.clauses.commands.alerts import ask
from services.clauses.commands.participants import forget_if_erased
from services.clauses.context import Context
from services.clauses.domain.employment import EmploymentRecord, check_on_contract
from services.clauses.domain.errors import EmploymentRefused, HireUnknown, hire_decided
from services.clauses.domain.hire import Hire, HireRecorded, HireState
from services.clauses.domain.participant import Participant, ParticipantGiven, check_assigned, participant_key
from services.clauses.queries import erased
from services.clauses.queries.desks import told_of
from shared.auth import Principal, Role
from shared.contracts.events.offers import ApplicationState
from shared.contracts.vocabulary import ApplicationStatus, Notice
from shared.errors import AlreadyExists, VersionConflict
from shared.kafka.envelope import Event
from shared.store import Work


async def hear(context: Context, events: Sequence[Event[ApplicationState]]) -> None:
    """Keep the hires on offers that contracts wished for; a tombstone takes the person from what was kept."""
    wanted = sorted({event.data.offer_id for event in events if event.data is not None})
    contracts = await store.contracts_of_requests(context.store, wanted)
    for event in events:
        state = event.data
        if state is None:
            await _forget(context, event)
        elif state.status is ApplicationStatus.HIRED and "status" not in state.not_understood:
            contract_id = contracts.get(state.offer_id)
            if contract_id is not None:
                await _propose(context, state, contract_id)


async def _propose(context: Context, state: ApplicationState, contract_id: str) -> None:
    """Told once to who follows the contract; delivered again, or after the person's erasure, it changes nothing."""
    known = await context.store.first("hires", {"_id": state.application_id}, {"_id": 1})
    if known is not None or await erased.was_erased(context.store, state.profile_id, ""):
        return
    contract = await context.contracts.find(contract_id)
    if contract is None:
        return
    hire = Hire(
        id=state.application_id,
        contract_id=contract_id,
        territory=contract.territory,
        participant_id=state.profile_id,
        contract_kind=None if "contract_kind" in state.not_understood else state.contract_kind,
        starts_on=state.starts_on,
        hired_at=state.changed_at,
    )
    work = Work(context.new_id)
    fields = hire.model_dump(mode="python")
    work.insert("hires", {"_id": fields.pop("id"), **fields})
    ask(context, work, contract, Notice.CLAUSE_HIRE, await told_of(context.store, contract), {})
    try:
        await context.store.commit(work)
    except AlreadyExists:  # delivered to two workers at once
        return
    await forget_if_erased(context, "", state.profile_id)


async def _forget(context: Context, event: Event[Any]) -> None:
    """The application is gone with its person. What is older and comes later finds the profile among the erased."""
    work = Work(context.new_id)
    store.forget_hire(work, event.key)
    await context.store.commit(work)


async def record(context: Context, principal: Principal, hire_id: str, given: HireRecorded) -> EmploymentRecord:
    """The employment of a hire; its person is put on the contract where they are not. Once: it has the hire's id.

    Raises:
        HireUnknown, Forbidden, ConsentRequired, EmploymentRefused, EmploymentExists, HoursRefused, ParticipantNotAssigned,
            TransitionRefused: see the names.
    """

    async def once() -> EmploymentRecord:
        hire = await load_hire(context, principal, hire_id)
        mark = await employed.mark_of_contract(context.store, hire.contract_id)
        contract, actor = await load(context.store, principal, hire.contract_id)
        made = await context.employments.find(hire.id)
        if made is not None:
            return made
        contractor = contractor_of(contract, actor, given.contractor_id, None)
        wanted = given.employment(hire).model_copy(update={"contractor_id": contractor})
        context.check_commune(wanted.workplace_commune_code, EmploymentRefused, "workplace_commune_code")
        check_on_contract(wanted, contract.terms.starts_on, contract.last_day)
        await employed.check_new(context.store, contract.id, wanted.participant_id, wanted, None)
        author, today = actor.author(context.clock.now()), context.today(contract.territory)
        where = (contract.id, contract.territory)
        record = EmploymentRecord.begin(hire.id, where, wanted, author, today)
        linked = ParticipantGiven(
            participant_id=hire.participant_id, contractor_id=contractor, consented_on=given.consented_on
        )
        participant = Participant.assign(where, linked, author, today)
        key = participant_key(contract.id, hire.participant_id)
        before = await context.participants.find(key)
        if before is not None:
            # Linked for another contractor: this one could declare no hour of it.
            check_assigned(hire.participant_id, before, contractor)
        work = Work(context.new_id)
        context.employments.save(work, record)
        employed.name_employment(work, contract.id, contract.version, mark)
        if before is None:
            context.participants.save(work, participant)
        else:
            work.touch("participants", before.id, before.version)
        store.record_hire(work, hire.id)
        try:
            await context.store.commit(work)
        except AlreadyExists:
            raise VersionConflict("Quelqu'un vient d'enregistrer cette embauche.") from None
        return record

    record = await context.store.retry_conflicts(once)
    await forget_if_erased(context, record.territory, record.participant_id)
    return record


async def dismiss(context: Context, principal: Principal, hire_id: str) -> Hire:
    """It is none of the clause's, or the person does not agree: whom it was about is not kept.

    Raises:
        HireUnknown, TransitionRefused: see the names.
    """

    async def once() -> Hire:
        hire = await load_hire(context, principal, hire_id)
        if hire.state is HireState.RECORDED:
            raise hire_decided(hire.state.value)
        work = Work(context.new_id)
        store.dismiss_hire(work, hire.id)
        await context.store.commit(work)
        return hire.model_copy(update={"state": HireState.DISMISSED})

    return await context.store.retry_conflicts(once)


async def load_hire(context: Context, principal: Principal, hire_id: str) -> Hire:
    """A hire of one of the caller's desks.

    Raises:
        HireUnknown: there is none, or none of the caller's; or whom it was about is gone.
    """
    row = await context.store.first("hires", {"_id": hire_id, "participant_id": {"$type": "string"}})
    if row is None or not principal.is_staff_of(row["territory"], Role.FACILITATOR):
        raise HireUnknown("Cette embauche n'existe pas, ou vous ne pouvez pas la voir.", id=hire_id)
    return store.hire_of(row)
