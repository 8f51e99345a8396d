"""What a person wants by e-mail, and whose an unsubscribe link is."""

from services.notifications import access
from services.notifications.context import Context
from services.notifications.domain.errors import NoSuchLink
from services.notifications.domain.notification import Notification
from services.notifications.domain.preferences import Preferences
from shared.auth import Principal


async def preferences_for(context: Context, principal: Principal, subject: str | None) -> Preferences:
    """Of a person of the caseload, else of the caller's own profile or account.

    Raises:
        NoSuchInbox: not the caller's business, or the account is not known here yet.
    """
    subject_id = subject or [principal.subject, *await access.own_boxes(context.store, principal)][-1]
    return await preferences_of(context, subject_id, await access.subject_box(context.store, principal, subject_id))


async def preferences_of(context: Context, subject_id: str, territory: str) -> Preferences:
    """What a subject has chosen, or what holds for who never did."""
    found = await context.choices.find(subject_id)
    return found or Preferences.untouched(subject_id, territory, context.clock.now())


async def mail_of_link(context: Context, token: str) -> Notification:
    """The e-mail at whose foot the link is.

    Raises:
        NoSuchLink: there is none, or not any more.
    """
    found = await context.notifications.first({"unsubscribe_token": token})
    if found is None:
        raise NoSuchLink("Ce lien n’est plus valable.")
    return found
