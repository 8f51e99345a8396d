"""Who acts, as the rules see them."""

from dataclasses import dataclass
from enum import StrEnum


class Party(StrEnum):
    """The side on which somebody acts; a role of a token becomes one at the edge."""

    SEEKER = "seeker"
    COUNSELLOR = "counsellor"
    EMPLOYER = "employer"
    MANAGER = "manager"
    PARTNER = "partner"
    SYSTEM = "system"


class Side(StrEnum):
    """Whose side gave somebody the right to act."""

    PERSON = "person"
    COMPANY = "company"
    PLATFORM = "platform"


_USUAL = {
    Party.SEEKER: Side.PERSON,
    Party.COUNSELLOR: Side.PERSON,
    Party.EMPLOYER: Side.COMPANY,
    Party.PARTNER: Side.COMPANY,
    Party.MANAGER: Side.COMPANY,
    Party.SYSTEM: Side.PLATFORM,
}


@dataclass(frozen=True)
class Actor:
    """A user (their id) acting on a side. The platform's own jobs act as ``SYSTEM``.

    ``given_by`` says whose side gave the right where the party alone does not: a manager has it from the territory of the
    person, or from that of the offer. ``suspended``: a user of an employer that a manager took out: they may still say no, and
    read no more of what people wrote to it.
    """

    id: str
    party: Party
    given_by: Side | None = None
    suspended: bool = False

    @property
    def side(self) -> Side:
        """Whose side gave the right."""
        return self.given_by or _USUAL[self.party]


SYSTEM = Actor("system", Party.SYSTEM)
