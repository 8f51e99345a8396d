"""Erasure: what offers keeps of a person goes when profiles says so."""

from services.offers.context import Context
from services.offers.domain.agenda import AgendaEvent
from services.offers.domain.application import Application
from services.offers.domain.application_rules import OPEN
from shared.contracts.topics import AGENDA, APPLICATIONS
from shared.store import Work


async def erase(context: Context, profile_id: str) -> None:
    """Applications become figures without a person and their topic gets tombstones; places go to those who wait.

    Safe to repeat: the second time nothing of the person is found.
    """
    now = context.clock.now()
    applications = await context.store.find_many(Application, "applications", {"profile_id": profile_id})
    for application in applications:
        await context.store.retry_conflicts(lambda application=application: _forget(context, application.id))  # type: ignore[misc]  # the default binds the loop variable
    for agenda in await context.store.find_many(AgendaEvent, "agenda", {"registrations.profile_id": profile_id}):

        async def once(agenda_id: str = agenda.id) -> None:
            current = await context.store.load(AgendaEvent, "agenda", agenda_id, "agenda event")
            promoted = current.forget(profile_id, now)
            work = Work(context.new_id)
            work.save("agenda", current, AGENDA)
            params = {"agenda_title": current.details.title}
            context.notify(work, current.territory, [r.profile_id for r in promoted], "waitlist_promoted", params)
            await context.store.commit(work)

        await context.store.retry_conflicts(once)
    await context.store.collection("onboarding").delete_one({"_id": profile_id})
    # Marked, not removed: an older event that arrives late must not bring the person back.
    await context.store.collection("people").replace_one(
        {"_id": profile_id}, {"_id": profile_id, "erased": True, "sequence": 2**62}, upsert=True
    )


async def _forget(context: Context, application_id: str) -> None:
    application = await context.store.load(Application, "applications", application_id, "application")
    was_open = application.status in OPEN
    application.forget_person(context.clock.now())
    work = Work(context.new_id)
    work.save("applications", application, APPLICATIONS)
    work.publish(
        APPLICATIONS,
        "application-closed.v1",
        key=application.id,
        data=None,
        sequence=application.version,
        time=context.clock.now(),
    )
    if was_open:
        work.update("listings", {"_id": application.offer_id}, {"$inc": {"applications": -1}})
    await context.store.commit(work)
