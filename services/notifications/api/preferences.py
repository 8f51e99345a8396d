"""What a person wants by e-mail, and the link at the foot of each e-mail with which they say so."""

from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from services.notifications.api.inbox import Subject
from services.notifications.api.views import PreferencesView, preferences_view
from services.notifications.commands import preferences as commands
from services.notifications.context import Context, Ctx
from services.notifications.domain.errors import NoSuchLink
from services.notifications.domain.matter import Category
from services.notifications.queries.preferences import mail_of_link, preferences_for
from shared.http import BoundedRoute, Caller, IfMatch, resource, set_etag, telling_version
from shared.http.media import LinkPage

router = resource("", "preferences", route_class=BoundedRoute)


class Choice(BaseModel):
    """Categories to switch on or off; those not named stay as they are."""

    model_config = ConfigDict(extra="forbid")

    email: dict[Category, bool] = Field(min_length=1, max_length=20, examples=[{"recommendations": False}])


@router.get("/v1/preferences", responses=telling_version())
async def read_preferences(
    caller: Caller, context: Ctx, response: Response, subject: Subject = None
) -> PreferencesView:
    """Which categories come by e-mail. The ETag goes into the If-Match of a change."""
    preferences = await preferences_for(context, caller, subject)
    set_etag(response, preferences.version)
    return preferences_view(preferences)


@router.put("/v1/preferences", responses=telling_version())
async def choose_preferences(
    choice: Choice, caller: Caller, context: Ctx, response: Response, if_match: IfMatch, subject: Subject = None
) -> PreferencesView:
    """Switch categories; a counsellor may for a person of their caseload, and it is kept that they did."""
    preferences = await commands.choose(context, caller, subject, choice.email, if_match)
    set_etag(response, preferences.version)
    return preferences_view(preferences)


@router.get("/v1/unsubscribe/{token}", response_class=LinkPage, responses={200: {"content": {"text/html": {}}}})
async def unsubscribe_page(token: str, context: Ctx) -> LinkPage:
    """A page with a button: opening the link changes nothing, so that scanners of mail change nothing."""
    try:
        await mail_of_link(context, token)
    except NoSuchLink as error:
        return _gone(context, error)
    return LinkPage(context.texts.unsubscribe_page())


@router.post("/v1/unsubscribe/{token}", response_class=LinkPage, responses={200: {"content": {"text/html": {}}}})
async def unsubscribe(token: str, context: Ctx) -> LinkPage:
    """Switch off e-mail of the category that the e-mail belonged to (also RFC 8058 one-click)."""
    try:
        await commands.unsubscribe(context, token)
    except NoSuchLink as error:
        return _gone(context, error)
    return LinkPage(context.texts.unsubscribe_page(done=True))


def _gone(context: Context, error: NoSuchLink) -> LinkPage:
    """A link that was cut short in a mail, or whose mail is kept no more: who follows it reads a page."""
    return LinkPage(context.texts.unsubscribe_page(gone=True), error.status)
