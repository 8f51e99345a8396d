"""May an offer be shown? The one place that knows: whatever makes an offer visible, or keeps it so, asks here.

The company's moderation and the verdict on the offer itself both count, whoever acts and whatever the state before:
a manager's "no" outlives a hire that fell through, a new delivery of a feed, or a link in an old e-mail.
"""

from enum import StrEnum

from services.offers.domain.actors import Actor, Party
from services.offers.domain.company import CompanyStatus
from services.offers.domain.errors import CompanySuspended, WrongParty


class Verdict(StrEnum):
    """What comes of the wish to show an offer."""

    SHOW = "show"
    WAIT = "wait"


def may_show(company: CompanyStatus | None, by: Actor, *, held: bool, published_before: bool) -> Verdict:
    """Decide. ``company`` is None for an employer that only a partner's feed names; ``held``: a manager took the offer
    out of sight.

    A company that waits for (renewed) approval shows nothing new without a manager; what a manager let through before
    stays, under the identity that was looked at.

    Raises:
        CompanySuspended: nobody shows an offer of a suspended company.
        WrongParty: a manager took this offer out of sight; only a manager brings it back.
    """
    if company is CompanyStatus.SUSPENDED:
        raise CompanySuspended("Cette entreprise est suspendue : ses offres ne sont pas visibles.")
    if held and by.party is not Party.MANAGER:
        raise WrongParty("Cette offre a été suspendue par un gestionnaire : lui seul peut la remettre en ligne.")
    waits = company is CompanyStatus.PENDING and not published_before and by.party not in (Party.MANAGER, Party.PARTNER)
    return Verdict.WAIT if waits else Verdict.SHOW
