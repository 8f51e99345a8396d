"""Who acts for whom, asked of the rules themselves; the matrix of ``tests/contract`` asks every operation."""

from typing import Any

import pytest

from services.offers.access import company_side, for_company, manager_of, person_side
from services.offers.domain.actors import Party, Side
from services.offers.domain.company import Company, CompanyStatus
from shared.auth import Principal, Role
from shared.errors import Forbidden, NotFound

PERSON: dict[str, Any] = {"_id": "profile-1", "owner_id": "sam", "territory": "23", "counsellor_ids": ["lea"]}
ALONE = PERSON | {"owner_id": None, "counsellor_ids": []}


def of(subject: str, *roles: Role, territory: str = "23") -> Principal:
    return Principal(subject, frozenset(roles), frozenset({territory}))


@pytest.mark.parametrize(
    ("who", "someone", "party"),
    [
        (of("sam", Role.SEEKER), PERSON, Party.SEEKER),
        (of("other", Role.SEEKER), PERSON, None),
        (of("sam", Role.MANAGER), PERSON, None),
        (of("sam", Role.COUNSELLOR), PERSON | {"counsellor_ids": ["sam"]}, None),
        (of("lea", Role.COUNSELLOR), PERSON, Party.COUNSELLOR),
        (of("lea", Role.COUNSELLOR, territory="87"), PERSON, None),
        (of("paul", Role.COUNSELLOR), PERSON, None),
        (of("paul", Role.COUNSELLOR), ALONE, None),
        (of("lea", Role.EMPLOYER), PERSON, None),
        (of("paul", Role.MANAGER), PERSON, Party.MANAGER),
        (of("paul", Role.MANAGER), ALONE, Party.MANAGER),
        (of("paul", Role.MANAGER, territory="87"), PERSON, None),
    ],
)
def test_on_which_side_of_a_person_somebody_stands(
    who: Principal, someone: dict[str, Any], party: Party | None
) -> None:
    """Nobody applies for whom they do not accompany; staff with a profile are the person there."""
    actor = person_side(who, someone)
    assert (actor and actor.party) == party
    if actor is not None:
        assert actor.id == who.subject
        # A manager is on the person's side here, not on the employer's.
        assert party is not Party.MANAGER or actor.side is Side.PERSON


def a_company(status: CompanyStatus = CompanyStatus.APPROVED) -> Company:
    known: dict[str, Any] = {"id": "c-1", "territory": "23", "users": ("boss",), "status": status}
    return Company.model_construct(**known)


@pytest.mark.parametrize(
    ("who", "party"),
    [
        (of("boss", Role.EMPLOYER, territory="87"), Party.EMPLOYER),
        (of("boss", Role.EMPLOYER, Role.MANAGER), Party.MANAGER),
        (of("boss", Role.EMPLOYER, Role.MANAGER, territory="87"), Party.EMPLOYER),
        (of("paul", Role.MANAGER), Party.MANAGER),
        (of("boss", Role.SEEKER), None),
        (of("paul", Role.EMPLOYER), None),
        (of("paul", Role.MANAGER, territory="87"), None),
        (of("paul", Role.COUNSELLOR), None),
    ],
)
def test_on_which_side_of_a_company_somebody_stands(who: Principal, party: Party | None) -> None:
    actor = company_side(who, a_company(), "23")
    assert (actor and actor.party) == party
    if party is None:
        with pytest.raises(NotFound):
            for_company(who, a_company())
    else:
        assert for_company(who, a_company()) == actor


def test_an_employer_of_a_suspended_company_is_known_as_such_and_one_of_none_is_nobody() -> None:
    boss = of("boss", Role.EMPLOYER)
    for status in CompanyStatus:
        assert for_company(boss, a_company(status)).suspended is (status is CompanyStatus.SUSPENDED)
    assert company_side(boss, None, "23") is None
    assert manager_of(of("m", Role.MANAGER), "23").party is Party.MANAGER
    for who in (of("m", Role.MANAGER, territory="87"), of("m", Role.COUNSELLOR)):
        with pytest.raises(Forbidden):
            manager_of(who, "23")
