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


@dataclass(frozen=True)
class Actor:
    """A user (their id) acting on a side. The platform's own jobs act as ``SYSTEM``."""

    id: str
    party: Party


SYSTEM = Actor("system", Party.SYSTEM)
