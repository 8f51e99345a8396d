"""Commands on participants: assigned by a facilitator, released, forgotten with the person."""

import json

from services.clauses.access import Actor, load
from services.clauses.commands import erasing
from services.clauses.context import Context
from services.clauses.domain.errors import HoursRefused, ParticipantExists, ParticipantUnknown
from services.clauses.domain.participant import FORGOTTEN, Participant, ParticipantGiven, participant_key, was_forgotten
from services.clauses.domain.reference import gone, is_profile
from services.clauses.queries import erased
from shared.auth import Principal, Role
from shared.errors import AlreadyExists, refused_field
from shared.http import forget_answers
from shared.store import Work


async def assign(
    context: Context, principal: Principal, contract_id: str, given: ParticipantGiven
) -> tuple[Participant, Actor]:
    """Put somebody on a contract.

    Raises:
        ContractUnknown, Forbidden: not a contract of the caller's desk.
        ConsentRequired, HoursRefused, ParticipantExists, ParticipantUnknown: see the names.
    """
    contract, actor = await load(context.store, principal, contract_id)
    actor.must_be(Role.FACILITATOR)
    if given.contractor_id is not None and given.contractor_id not in contract.contractors:
        message = "Cette organisation n'est pas titulaire de ce marché."
        raise refused_field(HoursRefused, "contractor_id", "not-a-contractor", message)
    if await erased.was_erased(context.store, given.participant_id, contract.territory):
        raise refused_field(ParticipantUnknown, "participant_id", "unknown", gone(given.participant_id))
    author = actor.author(context.clock.now())
    made = Participant.assign((contract.id, contract.territory), given, author, context.today(contract.territory))
    work = Work(context.new_id)
    context.participants.save(work, made)
    try:
        await context.store.commit(work)
    except AlreadyExists:
        raise ParticipantExists(
            "Cette personne est déjà rattachée à ce marché.", participant_id=given.participant_id
        ) from None
    await forget_if_erased(context, contract.territory, given.participant_id)
    return made, actor


async def forget_if_erased(context: Context, territory: str, *participants: str) -> None:
    """Whoever was erased while they were written down is forgotten again: the erasure had not seen them."""
    for one in sorted(await erased.erased(context.store, participants, territory)):
        if was_forgotten(one):
            continue
        await forget(context, one, territory=territory)


async def release(context: Context, principal: Principal, contract_id: str, participant_id: str) -> None:
    """Take somebody off a contract: nothing more is declared for their profile there; what was worked stays.

    Raises:
        ContractUnknown, Forbidden, ParticipantUnknown: see the names.
    """
    contract, actor = await load(context.store, principal, contract_id)
    actor.must_be(Role.FACILITATOR)
    id = participant_key(contract.id, participant_id)
    known = await context.participants.find(id)
    if known is None:
        message = "Cette personne n'est pas rattachée à ce marché."
        raise refused_field(ParticipantUnknown, "participant_id", "unknown", message)
    work = Work(context.new_id)
    work.touch("participants", id, known.version)
    work.delete("participants", {"_id": id})
    await context.store.commit(work)


async def forget(context: Context, participant_id: str, *, territory: str = "", by: str | None = None) -> None:
    """An erased person leaves the links; the hours stay under a name that leads nowhere. Safe to run again.

    The ledger is append-only in what it counts; whom an entry names is the one thing that erasure takes from it.
    A profile is forgotten everywhere, a reference in ``territory``, where ``by`` asked for it.
    """

    async def once() -> None:
        work = Work(context.new_id)
        pseudonym = f"{FORGOTTEN}{context.new_id()}"
        erasing.forget_person(work, participant_id, pseudonym, territory=territory)
        await context.store.commit(work)

    # In a commit of its own: who is written down while that of ``once`` runs is seen by neither's snapshot.
    await erasing.mark_erased(context.store, participant_id, context.clock.now(), territory=territory, by=by)
    await context.store.retry_conflicts(once)
    # With its field, as answers write it: a desk may call somebody «id» or «draft», and «P-1» is not in an answer on «P-10».
    named = participant_id if is_profile(participant_id) else f'"participant_id":{json.dumps(participant_id)}'
    await forget_answers(context.store, named)
