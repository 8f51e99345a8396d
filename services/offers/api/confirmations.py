"""The page behind the link of a reminder: a GET shows a button, only the POST confirms, so mail scanners confirm nothing."""

from html import escape

from services.offers.commands import life
from services.offers.context import Ctx
from services.offers.domain.errors import WrongParty
from services.offers.domain.life import COMMANDS
from services.offers.domain.offer import Offer
from shared import civil
from shared.errors import DomainError, TransitionRefused
from shared.http import BoundedRoute, resource
from shared.http.media import LinkPage
from shared.invitations.links import LinkRefused

router = resource("/v1/confirmations", "offers", route_class=BoundedRoute)

_PAGE = """<!doctype html>
<html lang="fr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{title}</title>
<style>
body {{ font: 1.1rem/1.5 system-ui, sans-serif; max-width: 34rem; margin: 3rem auto; padding: 0 1rem; color: #1a1a1a }}
button {{ font: inherit; padding: .8rem 1.4rem; border: 0; border-radius: .4rem; background: #0a5c36; color: #fff }}
button:focus-visible {{ outline: 3px solid #f2b400; outline-offset: 2px }}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
{body}
</main>
</body>
</html>
"""


def _page(title: str, body: str, status: int = 200) -> LinkPage:
    return LinkPage(_PAGE.format(title=escape(title), body=body), status_code=status)


def _until(offer: Offer) -> str:
    return f"{civil.local(offer.locality, offer.confirm_by):%d/%m/%Y}" if offer.confirm_by else ""


@router.get("/{token}", response_class=LinkPage, summary="Page with a button that confirms an offer")
async def confirmation_page(token: str, context: Ctx) -> LinkPage:
    """Changes nothing."""
    try:
        offer = await life.offer_of_link(context, token)
    except DomainError as error:
        return _refused(error)
    what = f"<p><strong>{escape(offer.content.title)}</strong><br>{escape(offer.company.name)}</p>"
    if "confirm" not in COMMANDS[offer.status]:
        return _page("Cette offre est terminée", f"{what}<p>Il n'y a plus rien à confirmer.</p>")
    button = '<form method="post"><button type="submit">Oui, le poste est toujours à pourvoir</button></form>'
    return _page(
        "Votre offre est-elle toujours d'actualité ?",
        f"{what}<p>En ligne jusqu'au {_until(offer)}.</p>{button}"
        "<p>Si le poste est pourvu, fermez l'offre dans votre espace.</p>",
    )


@router.post("/{token}", response_class=LinkPage, summary="Confirm the offer of a signed link")
async def confirm_by_link(token: str, context: Ctx) -> LinkPage:
    """Brings a suspended offer back. Pressing twice does no harm."""
    try:
        offer = await life.confirm_by_link(context, token)
    except DomainError as error:
        return _refused(error)
    return _page(
        "Merci, votre offre est confirmée",
        f"<p><strong>{escape(offer.content.title)}</strong></p><p>Elle reste en ligne jusqu'au {_until(offer)}.</p>",
    )


def _refused(error: DomainError) -> LinkPage:
    if isinstance(error, TransitionRefused):
        return _page("Cette offre est terminée", "<p>Il n'y a plus rien à confirmer.</p>", 409)
    if isinstance(error, (LinkRefused, WrongParty)):
        return _page(error.detail, "<p>Connectez-vous à votre espace pour gérer votre offre.</p>", error.status)
    return _page("Cette offre n'existe plus", "<p>Il n'y a rien à confirmer.</p>", error.status)
