"""Rows of an employer's own table: they are its offers, whatever the table says."""

from dataclasses import replace

from services.offers.commands.checking import check_reserved
from services.offers.commands.members import acting
from services.offers.context import Context
from services.offers.domain.actors import Actor
from services.offers.domain.company import Company
from services.offers.domain.errors import ActsNoMore
from services.offers.domain.imports.rows import UNNAMED_EMPLOYER, Read, Warned, refuse
from services.offers.domain.imports.scope import Scope
from services.offers.domain.text import key_of
from shared.errors import NotFound


def checked(read: Read, company: Company, by: Actor) -> Read:
    """The row as its employer may deposit it.

    Raises:
        RowRefused: it has the number of another company.
        ReservingNotVerified: for a public that a manager has not verified.
    """
    if read.siret is not None and read.siret != company.details.siret:
        raise refuse("siret", "other_company", "Ce SIRET n'est pas celui de votre entreprise.")
    check_reserved(company, by, read.given.reserved_publics)
    name, warnings = company.card().name, list(read.warnings)
    if read.company_name != UNNAMED_EMPLOYER and key_of(read.company_name) != key_of(name):
        said = f"L'offre paraît au nom de « {name} », pas de « {read.company_name} »."
        warnings.append(Warned("entreprise", "other_company", said[:500]))
    return replace(read, company_name=name, siret=None, warnings=warnings)


async def acting_for(context: Context, scope: Scope) -> Company | None:
    """The employer whose table it is, as it is now; None: a partner's feed.

    Raises:
        ActsNoMore: who sends it does not act for it any more.
    """
    if scope.company is None:
        return None
    try:
        company = await context.companies.load(scope.company.id)
        company.check_acts(acting(scope.actor))
    except NotFound as gone:
        raise ActsNoMore(gone.detail) from None
    return company
