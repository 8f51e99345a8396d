"""What a person wants by e-mail, and the link at the foot of each e-mail with which they say so."""

from contextlib import suppress
from typing import Annotated

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from services.notifications import access
from services.notifications.api.inbox import Subject
from services.notifications.api.views import PreferencesView, preferences_view
from services.notifications.context import Context, Ctx
from services.notifications.domain.errors import NoSuchInbox, NoSuchLink
from services.notifications.domain.matter import Category
from services.notifications.domain.notification import Notification
from services.notifications.domain.preferences import Preferences
from shared.errors import AlreadyExists, VersionConflict
from shared.http import BoundedRoute, Caller, IfMatch, check_version, resource, set_etag
from shared.http.media import LinkPage
from shared.store import Work

router = resource("", "preferences", route_class=BoundedRoute)

Token = Annotated[str, Path(min_length=20, max_length=80)]


class Choice(BaseModel):
    """Categories to switch on or off; those not named stay as they are."""

    model_config = ConfigDict(extra="forbid")

    email: dict[Category, bool] = Field(min_length=1, max_length=20, examples=[{"recommendations": False}])


async def _load(context: Context, subject_id: str, territory: str) -> Preferences:
    found = await context.store.find_one(Preferences, "preferences", {"_id": subject_id})
    return found or Preferences.untouched(subject_id, territory, context.clock.now())


async def _keep(context: Context, preferences: Preferences) -> None:
    """Who chose for the first time at the same moment is a conflict like any other: nobody asked to make something. Of who is
    erased meanwhile nothing is kept.

    Raises:
        NoSuchInbox: they are reached no more.
    """
    reached = await context.store.first("contacts", {"subject_id": preferences.id, "erased_at": None}, {"_id": 1})
    if reached is None:
        raise NoSuchInbox(f"La boîte {preferences.id} n'existe pas, ou vous ne pouvez pas la voir.", id=preferences.id)
    work = Work(context.new_id)
    work.save("preferences", preferences)
    still = {"_id": reached["_id"], "erased_at": None}
    work.update("contacts", still, {"$currentDate": {"_touched": True}}, found=True)
    try:
        await context.store.commit(work)
    except AlreadyExists:
        raise VersionConflict(
            "Cela a été modifié entre-temps : relisez, puis recommencez.", id=preferences.id
        ) from None


async def _whose(context: Context, caller: Caller, subject: str | None) -> tuple[str, str]:
    """Subject and territory: a person of the caseload, else the caller's own profile or account.

    Raises:
        NoSuchInbox: not the caller's business, or the account is not known here yet.
    """
    subject_id = subject or [caller.subject, *await access.own_boxes(context.store, caller)][-1]
    return subject_id, await access.subject_box(context.store, caller, subject_id)


@router.get("/v1/preferences")
async def read_preferences(
    caller: Caller, context: Ctx, response: Response, subject: Subject = None
) -> PreferencesView:
    """Which categories come by e-mail. The ETag goes into the If-Match of a change."""
    preferences = await _load(context, *await _whose(context, caller, subject))
    set_etag(response, preferences.version)
    return preferences_view(preferences)


@router.put("/v1/preferences")
async def choose_preferences(
    choice: Choice, caller: Caller, context: Ctx, response: Response, if_match: IfMatch, subject: Subject = None
) -> PreferencesView:
    """Switch categories; a counsellor may for a person of their caseload, and it is kept that they did."""
    preferences = await _load(context, *await _whose(context, caller, subject))
    check_version(if_match, preferences.version)
    preferences.choose(choice.email, caller.subject, context.clock.now())
    await _keep(context, preferences)
    set_etag(response, preferences.version)
    return preferences_view(preferences)


@router.get("/v1/unsubscribe/{token}", response_class=LinkPage, responses={200: {"content": {"text/html": {}}}})
async def unsubscribe_page(token: Token, context: Ctx) -> LinkPage:
    """A page with a button: opening the link changes nothing, so that scanners of mail change nothing."""
    await _mail(context, token)
    return LinkPage(context.texts.unsubscribe_page(done=False))


@router.post("/v1/unsubscribe/{token}", response_class=LinkPage, responses={200: {"content": {"text/html": {}}}})
async def unsubscribe(token: Token, context: Ctx) -> LinkPage:
    """Switch off e-mail of the category that the e-mail belonged to (also RFC 8058 one-click)."""
    mail = await _mail(context, token)

    async def switch_off() -> None:
        preferences = await _load(context, mail.subject_id, mail.territory)
        preferences.choose({mail.category: False}, mail.subject_id, context.clock.now())
        await _keep(context, preferences)

    with suppress(NoSuchInbox):  # nobody is written to there any more
        await context.store.retry_conflicts(switch_off)
    return LinkPage(context.texts.unsubscribe_page(done=True))


async def _mail(context: Context, token: str) -> Notification:
    found = await context.store.find_one(Notification, "notifications", {"unsubscribe_token": token})
    if found is None:
        raise NoSuchLink("Ce lien n’est plus valable.")
    return found
