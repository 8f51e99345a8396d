"""Who acts, as the rules see them."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from shared.kept_enum import StoredEnum


class Party(StoredEnum):
    """The side on which somebody acts; a role of a token becomes one at the edge."""

    SEEKER = "seeker"
    COUNSELLOR = "counsellor"
    EMPLOYER = "employer"
    MANAGER = "manager"
    PARTNER = "partner"
    SYSTEM = "system"


_TO: Final = {
    Party.SEEKER: "à la personne",
    Party.COUNSELLOR: "à qui l'accompagne",
    Party.EMPLOYER: "à l'employeur",
    Party.MANAGER: "à un gestionnaire",
    Party.PARTNER: "au partenaire",
    Party.SYSTEM: "à la plateforme",
}


def to_parties(parties: Collection[Party]) -> str:
    """«à la personne ou à l'employeur»: whose a step is, as people read it."""
    return " ou ".join(words for party, words in _TO.items() if party in parties)


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
