"""What an offer must be before it is kept or shown: its place and occupation looked up, its text lawful, its publics verified."""

from collections.abc import Sequence

from services.offers.context import Context
from services.offers.domain.actors import Actor, Party
from services.offers.domain.company import Company, CompanyStatus
from services.offers.domain.content import OfferContent, OfferInput, contract_errors
from services.offers.domain.errors import OfferDiscriminates, OfferIncomplete, ReservingNotVerified
from services.offers.domain.linter import Finding, Report, forbidden, lint
from services.offers.domain.linter_fields import draft_of, odd_fields
from services.offers.domain.offer import Offer
from services.offers.domain.place import of_a_home, settle
from services.offers.domain.proposed_occupation import undeclared, unheard_of
from shared import civil
from shared.contracts.vocabulary import ReservedPublic
from shared.errors import FieldError, refused_field
from shared.reasons import PUBLICS
from shared.reference.contradicted import doubt_of
from shared.reference.two_trades import beside_declared


def check_content(
    context: Context, given: OfferInput, company: Company | None = None
) -> tuple[OfferContent, str, Report]:
    """The content with its place and occupation looked up, its territory, and the linter's report. ``company``: whose it is.

    Raises:
        UnusablePlace: no commune or a wrong point.
        OfferIncomplete: kind and contract contradict each other.
        OfferDiscriminates: the text holds what the law forbids.
    """
    where = given.place
    place, territory = settle(context.communes, where.commune_code, where.point, where.name, where.postcode)
    if company is not None and company.details.private_employer:
        place = of_a_home(context.communes, place)
    wrong = contract_errors(given)
    if wrong:
        raise OfferIncomplete("Le contrat ne va pas avec cette opportunité.", errors=wrong)
    content = given.settled(place)
    if content.occupation_code and not content.occupation_label:
        known = context.occupations.get(content.occupation_code)
        if known is not None:
            content.occupation_label = known.label
    content.occupation_doubt = doubt_of(context.occupations, content.title, content.occupation_code)
    content.occupation_also = beside_declared(context.occupations, content.title, content.occupation_code)
    report = lint_content(context, content)
    _refuse_unlawful(report.refusals)
    return content, territory, report


def _refuse_unlawful(refusals: Sequence[Finding]) -> None:
    if refusals:
        raise OfferDiscriminates(
            "Le texte contient ce que la loi interdit dans une offre.",
            errors=[finding.as_error() for finding in refusals],
        )


def lint_content(context: Context, content: OfferContent) -> Report:
    """What the linter says of the text, and of fields that cannot be meant."""
    odd = odd_fields(content, civil.today(content.place.commune_code, context.clock.now()))
    read = lint(draft_of(content))
    work = (*unheard_of(context.occupations, content), *undeclared(context.occupations, content))
    return Report(read.refusals, (*odd, *work, *read.warnings))


def status_of(company: Company | None) -> CompanyStatus | None:
    """The moderation of a company that is registered."""
    return None if company is None else company.status


def unverified(
    company: Company | None, wanted: tuple[ReservedPublic, ...], before: tuple[ReservedPublic, ...] = ()
) -> list[ReservedPublic]:
    """The publics to whom nobody verified that the company may reserve an offer; ``before``: those that it was reserved to."""
    verified = company.verified_publics if company is not None else ()
    return sorted(set(wanted) - set(before) - set(verified))


def check_reserved(
    company: Company | None, by: Actor, wanted: tuple[ReservedPublic, ...], before: tuple[ReservedPublic, ...] = ()
) -> None:
    """Whether ``by`` may reserve an offer to these publics; what a manager reserved before may stay.

    Raises:
        ReservingNotVerified: the company was not verified for one of them.
    """
    missing = unverified(company, wanted, before)
    if missing and by.party is not Party.MANAGER:
        whom = " et ".join(PUBLICS[one] for one in missing)
        raise refused_field(
            ReservingNotVerified,
            "reserved_publics",
            "not_verified",
            f"Un gestionnaire doit d'abord vérifier que cette structure peut réserver une offre {whom}.",
        )


def check_publishable(context: Context, offer: Offer) -> None:
    """Whether a draft may be shown now.

    Raises:
        OfferIncomplete: nobody could apply any more.
        OfferDiscriminates: the text holds what the law forbids.
    """
    check_deadline(context, offer.content, offer.territory)
    _refuse_unlawful(forbidden(draft_of(offer.content)))


def check_deadline(context: Context, content: OfferContent, territory: str) -> None:
    """Raises OfferIncomplete: nobody can apply any more."""
    today = civil.today(content.place.commune_code or territory, context.clock.now())
    if content.apply_by is not None and content.apply_by < today:
        raise OfferIncomplete(
            "La date limite est passée.",
            errors=[FieldError("apply_by", "in_the_past", "La date limite de candidature est passée.")],
        )
