"""What a person wants by e-mail: chosen by them or for them, or by the link at the foot of an e-mail."""

from contextlib import suppress

from services.notifications.context import Context
from services.notifications.domain.errors import NoSuchInbox
from services.notifications.domain.matter import Category
from services.notifications.domain.preferences import Preferences
from services.notifications.queries.preferences import mail_of_link, preferences_for, preferences_of
from shared.auth import Principal
from shared.errors import AlreadyExists, VersionConflict
from shared.http import Expected, check_version
from shared.store import Work


async def choose(
    context: Context,
    principal: Principal,
    subject: str | None,
    email: dict[Category, bool],
    expected: Expected,
) -> Preferences:
    """Switch categories on or off; a counsellor may for a person of their caseload, and it is kept that they did.

    Raises:
        NoSuchInbox: not the caller's business, or they are reached no more.
        VersionConflict: not as it was read.
    """
    preferences = await preferences_for(context, principal, subject)
    check_version(expected, preferences.version)
    preferences.choose(email, principal.subject, context.clock.now())
    await _keep(context, preferences)
    return preferences


async def unsubscribe(context: Context, token: str) -> None:
    """Switch off e-mail of the category that the e-mail with this link belonged to.

    Raises:
        NoSuchLink: not, or no longer, a link of ours.
    """
    mail = await mail_of_link(context, token)

    async def switch_off() -> None:
        preferences = await preferences_of(context, mail.subject_id, mail.territory)
        preferences.choose({mail.category: False}, mail.subject_id, context.clock.now())
        await _keep(context, preferences)

    with suppress(NoSuchInbox):  # nobody is written to there any more
        await context.store.retry_conflicts(switch_off)


async def _keep(context: Context, preferences: Preferences) -> None:
    """Who chose for the first time at the same moment is a conflict like any other: nobody asked to make something. Of who is
    erased meanwhile nothing is kept.

    Raises:
        NoSuchInbox: they are reached no more.
    """
    reached = await context.store.first("contacts", {"subject_id": preferences.id, "erased_at": None}, {"_id": 1})
    if reached is None:
        raise NoSuchInbox("Cette boîte n'existe pas, ou vous ne pouvez pas la voir.", id=preferences.id)
    work = Work(context.new_id)
    context.choices.save(work, preferences)
    still = {"_id": reached["_id"], "erased_at": None}
    work.update("contacts", still, {"$currentDate": {"_touched": True}}, found=True)
    try:
        await context.store.commit(work)
    except AlreadyExists:
        raise VersionConflict(
            "Cela a été modifié entre-temps : relisez, puis recommencez.", id=preferences.id
        ) from None
