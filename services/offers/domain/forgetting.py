"""An employer that is a person, a household, is erased: what remains of theirs are figures without a name.

Kept, because others' rights and the law's figures hang on it: that there was an employer and that managers looked at it, how
many posts of which occupation, contract and commune there were and when, and of an application who applied, what became of it,
and a hire's terms. Gone: the name, every word that they wrote, where and with whom people were to meet, how they were reached,
who acted for them.
"""

from collections.abc import Collection
from datetime import datetime

from services.offers.domain.actors import Party
from services.offers.domain.application import Application
from services.offers.domain.company import Company, CompanyDetails, CompanyStatus
from services.offers.domain.content import OfferContent
from services.offers.domain.errors import NotAPerson
from services.offers.domain.offer import FORGOTTEN, Offer
from services.offers.domain.text import key_of
from shared.contracts.events.base import Place
from shared.contracts.events.offers import OfferCompany
from shared.contracts.vocabulary import ApplicationOrigin, OfferStatus
from shared.employers import NO_NAME, NO_TITLE

_FIGURES = (
    "kind",
    "occupation_code",
    "positions_total",
    "contract_kind",
    "duration_months",
    "weekly_hours",
    "hidden",
    "exclusive",
    "reserved_publics",
    "starts_on",
)
"""What of an offer the département counts, and names nobody."""


def check_person(company: Company) -> None:
    """A household, now and when a manager looked at it: a business's name is no personal data, and stays with what it did.

    Raises:
        NotAPerson: it has a number, or had one when a manager looked at it.
    """
    looked_at = company.vetted is None or (company.vetted.private_employer and company.vetted.siret is None)
    if not (company.details.private_employer and company.details.siret is None and looked_at):
        raise NotAPerson(
            "Seul un particulier employeur est effacé. Une entreprise met fin à ses offres et se retire.",
            company_id=company.id,
            allowed=["closure"],
        )


def forget_company(company: Company, by: str, now: datetime) -> None:
    """Nobody acts for it, nobody finds it, and no manager brings it back."""
    known = {*company.users, *company.former}
    company.drop_invitations()
    company.users = company.former = ()
    company.details = CompanyDetails(name=NO_NAME, private_employer=True)
    company.name_key = key_of(NO_NAME)
    company.vetted = company.alias_key = company.reply_rate = None
    company.canvassing = ()
    company.verifications = ()
    company.moderation = tuple(
        one.model_copy(update={"reason": ""}) for one in company.moderation if one.by not in known
    )
    company.status = CompanyStatus.SUSPENDED
    company.erased_at, company.erased_by = now, by if by not in known else Party.EMPLOYER.value
    company.touch(now)


def forget_offer(offer: Offer, accounts: Collection[str], now: datetime) -> bool:
    """Of one that has ended. ``accounts``: who acted for the employer. False when it was so before."""
    if offer.forgotten:
        return False
    content, place = offer.content, offer.content.place
    offer.content = OfferContent(
        title=NO_TITLE,
        # The point, be it rounded, is a hamlet's one house; what a place was called without a commune may be anything.
        place=Place(
            commune_code=place.commune_code,
            name=place.name if place.commune_code else "",
            postcode=place.postcode if place.commune_code else None,
        ),
        **{name: getattr(content, name) for name in _FIGURES},
    )
    offer.company = OfferCompany(id=offer.company.id, name=NO_NAME)
    offer.deposited_by = FORGOTTEN
    offer.answers = ()
    offer.settle_key()
    offer.history = tuple(
        one.model_copy(update={"by": FORGOTTEN if one.by in accounts else one.by, "note": ""}) for one in offer.history
    )
    offer.status = OfferStatus.ARCHIVED
    offer.touch(now)
    return True


def forget_in_application(application: Application, accounts: Collection[str], now: datetime) -> None:
    """What the employer wrote to somebody who applied, what anybody wrote beside a step, and where they were to meet. What the
    person did and got stays theirs.
    """
    if application.origin is ApplicationOrigin.EMPLOYER:
        application.message = ""
    application.offer_title = NO_TITLE
    application.interviews = tuple(one.figure() for one in application.interviews)
    application.remind_at = None
    application.feedback = tuple(
        one.model_copy(update={"by": FORGOTTEN}) if one.by in accounts else one for one in application.feedback
    )
    application.history = tuple(
        one.nobodys() if one.by in accounts else one.without_words() for one in application.history
    )
    application.follow_ups = tuple(
        one.model_copy(update={"recorded_by": None, "note": ""}) if one.recorded_by in accounts else one
        for one in application.follow_ups
    )
    application.touch(now)
