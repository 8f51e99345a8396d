"""Whose feed an import is of, and for which territories its sender may act."""

from dataclasses import dataclass

from services.offers.domain.actors import Actor, Party
from services.offers.domain.company import Company

OF_EMPLOYER = "employer:"
"""What the name of an employer's own table begins with, where others have the partner's name."""


@dataclass(frozen=True)
class Scope:
    """Whose feed it is, who sends it, and the territories that they may act for (None: the partner's own feed).

    ``company``: whose own table it is, sent by ``actor``, who acts for it.
    """

    partner: str
    by: str
    territories: frozenset[str] | None = None
    company: Company | None = None
    sender: Actor | None = None

    @classmethod
    def of_employer(cls, company: Company, actor: Actor) -> "Scope":
        """Of an employer's own table."""
        return cls(OF_EMPLOYER + company.id, actor.id, None, company, actor)

    @property
    def actor(self) -> Actor:
        """Who delivers and closes offers."""
        return self.sender or Actor(self.partner, Party.PARTNER)

    @property
    def home(self) -> str | None:
        """The one territory that they act for; None where there are several, or a partner's own feed."""
        if self.company is not None:
            return self.company.territory
        return next(iter(self.territories)) if self.territories is not None and len(self.territories) == 1 else None

    def covers(self, territory: str) -> bool:
        """Whether offers of this territory may be delivered and closed."""
        return self.territories is None or territory in self.territories
