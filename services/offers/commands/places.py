"""Places of somebody who was erased: given to who waits, at every event or at one."""

from services.offers.commands.waiting import when_and_where
from services.offers.context import Context
from shared.contracts.vocabulary import Notice
from shared.store import Work


async def forget_all(context: Context, profile_id: str) -> None:
    """At every event, and in the row of those who wait for an Atelier. Safe to repeat."""
    for agenda in await context.agenda.many({"registrations.profile_id": profile_id}):
        await forget(context, agenda.id, profile_id)
    await context.store.collection("onboarding").delete_one({"_id": profile_id})


async def forget(context: Context, agenda_id: str, profile_id: str) -> None:
    """At one event; who moves up is told."""

    async def once() -> None:
        current = await context.agenda.load(agenda_id)
        promoted = current.forget(profile_id, context.clock.now())
        work = Work(context.new_id)
        context.agenda.save(work, current)
        for one in promoted:
            # In the same words as when somebody gives their place back: that anybody was erased is nobody's to learn.
            facts, whom = when_and_where(current, one.session_id), one.profile_id
            context.notify(work, current.territory, [whom], Notice.WAITLIST_PROMOTED, facts, about=whom)
        await context.store.commit(work)

    await context.store.retry_conflicts(once)
