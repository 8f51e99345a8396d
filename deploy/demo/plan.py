"""How much the demo plays, and who takes part."""

from dataclasses import dataclass

from deploy.demo.client import Account
from shared.auth import Role

MANAGER = Account("gestionnaire-demo", Role.MANAGER)
FACILITATOR = Account("facilitatrice-demo", Role.FACILITATOR)
PARTNER = Account("flux-demo", Role.PARTNER, organisation="demo-france-travail")
CONTRACTOR = Account("titulaire-demo", Role.CONTRACTOR, organisation="demo-titulaire")
COUNSELLORS = tuple(Account(f"conseiller-{number}", Role.COUNSELLOR) for number in range(1, 6))


@dataclass(frozen=True)
class Plan:
    """Sizes of the demo.

    ``profiles`` are registered before the offers go live, ``newcomers`` one by one after that; one in
    ``alone_one_in`` registers without a counsellor.
    """

    deposits: int = 120
    profiles: int = 400
    newcomers: int = 20
    applications: int = 24
    interviews: int = 16
    hires: int = 8
    alone_one_in: int = 4
    seed: int = 23
    department: str = "23"

    def speaks_alone(self, row: int) -> bool:
        """Whether person ``row`` registers without a counsellor."""
        return row % self.alone_one_in == 0

    def registrar(self, row: int) -> Account:
        """Who registers person ``row``, and acts for them later: themselves or their counsellor."""
        if self.speaks_alone(row):
            return Account(f"personne-{row:04d}", Role.SEEKER)
        return COUNSELLORS[row % len(COUNSELLORS)]


SMALL = Plan(deposits=40, profiles=90, newcomers=4, applications=6, interviews=4, hires=2)
"""What a test plays."""


def employer(company: int) -> Account:
    """The user who acts for employer ``company``."""
    return Account(f"employeur-{company:04d}", Role.EMPLOYER)
