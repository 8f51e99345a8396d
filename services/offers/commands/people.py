"""Erasure: what offers keeps of a person goes when profiles says so."""

from services.offers.commands import clicks, interviews, places, saved
from services.offers.commands.members import commit
from services.offers.context import Context
from services.offers.domain.application_rules import OPEN
from shared.allowance import allowance_of
from shared.contracts.topics import APPLICATIONS
from shared.http import forget_answers
from shared.store import Work


async def erase(context: Context, profile_id: str) -> int:
    """Applications become figures without a person and their topic gets tombstones; places go to those who wait; kept
    answers to repeated requests are no longer given.

    Safe to repeat: the second time nothing of the person is found. Returns how many tombstones it published.
    """
    known = await context.people.find(profile_id) or {}
    # First, so that what is begun meanwhile fails or is found below.
    await context.people.mark_erased(profile_id)
    await context.store.retry_conflicts(lambda: _close(context, profile_id))
    applications = await context.applications.many({"profile_id": profile_id})
    for application in applications:
        await context.store.retry_conflicts(lambda application=application: _forget(context, application.id))  # type: ignore[misc]  # the default binds the loop variable
    await places.forget_all(context, profile_id)
    await clicks.forget(context, profile_id)
    await saved.forget(context, profile_id)
    owner = known.get("owner_id")
    await forget_answers(context.store, profile_id, *([owner] if owner else []))
    return len(applications)


async def _close(context: Context, profile_id: str) -> None:
    now = context.clock.now()
    allowance = await allowance_of(context.store, "applications", profile_id, "", now)
    allowance.close(now)
    work = Work(context.new_id)
    context.allowances.save(work, allowance)
    await commit(context, work)


async def _forget(context: Context, application_id: str) -> None:
    application = await context.applications.load(application_id)
    was_open = application.status in OPEN and application.told_to_employer
    application.forget_person(context.clock.now())
    work = Work(context.new_id)
    # Those who wait for somebody that does not come any more are told, not who it was.
    await interviews.tell(context, work, application)
    context.applications.save(work, application)
    work.publish(
        APPLICATIONS,
        "application-closed.v1",
        key=application.id,
        data=None,
        sequence=application.version,
        time=context.clock.now(),
    )
    if was_open:
        # As for who withdraws: a figure that fell for the erased alone would tell everybody that one of them was.
        context.applications.counts(work, application, -1)
    await context.store.commit(work)
