"""Who stands on which side of a person, asked of the rules themselves; the matrix of ``tests/contract`` asks every operation."""

from typing import Any

import pytest

from services.profiles.access import actor_for, chosen_territory, scope_of, still_accompanies
from services.profiles.domain.profile import Profile
from shared.auth import Principal, Role, TerritoryRequired
from shared.errors import Forbidden
from tests.service.profiles.builders import a_body, a_profile
from tests.support import Running, Stack

FOLLOWED = a_profile("sam", ("lea",))
ALONE = a_profile("sam")


def of(subject: str, *roles: Role, territories: tuple[str, ...] = ("23",)) -> Principal:
    return Principal(subject, frozenset(roles), frozenset(territories))


@pytest.mark.parametrize(
    ("who", "profile", "side"),
    [
        (of("sam", Role.SEEKER), FOLLOWED, Role.SEEKER),
        (of("other", Role.SEEKER), FOLLOWED, None),
        (of("sam", Role.MANAGER), FOLLOWED, None),
        (of("sam", Role.COUNSELLOR), ALONE, None),
        (of("sam", Role.SEEKER, Role.MANAGER), FOLLOWED, Role.SEEKER),
        (of("lea", Role.COUNSELLOR), FOLLOWED, Role.COUNSELLOR),
        (of("lea", Role.COUNSELLOR, territories=("87",)), FOLLOWED, None),
        (of("paul", Role.COUNSELLOR), FOLLOWED, None),
        (of("lea", Role.EMPLOYER), FOLLOWED, None),
        (of("paul", Role.COUNSELLOR), ALONE, Role.COUNSELLOR),
        (of("paul", Role.COUNSELLOR, territories=("87",)), ALONE, None),
        (of("paul", Role.FACILITATOR), ALONE, None),
        (of("paul", Role.MANAGER), FOLLOWED, Role.MANAGER),
        # In a small desk one is both: who accompanies somebody acts as that, and manages the others.
        (of("lea", Role.COUNSELLOR, Role.MANAGER), FOLLOWED, Role.COUNSELLOR),
        (of("lea", Role.MANAGER), FOLLOWED, Role.MANAGER),
        (of("paul", Role.COUNSELLOR, Role.MANAGER), FOLLOWED, Role.MANAGER),
        (of("paul", Role.COUNSELLOR, Role.MANAGER), ALONE, Role.MANAGER),
        (of("paul", Role.MANAGER, territories=("87",)), FOLLOWED, None),
    ],
)
def test_on_which_side_somebody_stands(who: Principal, profile: Profile, side: Role | None) -> None:
    """Whom nobody accompanies, any counsellor of the territory may begin with; staff with a profile are the person there."""
    actor = actor_for(who, profile)
    assert (actor and (actor.user_id, actor.role)) == (side and (who.subject, side))


@pytest.mark.parametrize(
    ("who", "asked", "scope"),
    [
        (of("lea", Role.COUNSELLOR), (None, None, False), {"territory": {"$in": ["23"]}, "counsellor_ids": "lea"}),
        (of("lea", Role.COUNSELLOR), (None, "me", False), {"territory": {"$in": ["23"]}, "counsellor_ids": "lea"}),
        (of("lea", Role.COUNSELLOR), ("23", "lea", False), {"territory": "23", "counsellor_ids": "lea"}),
        (of("lea", Role.COUNSELLOR), ("23", None, True), {"territory": "23", "counsellor_ids": []}),
        (of("lea", Role.COUNSELLOR), (None, "paul", True), {"territory": {"$in": ["23"]}, "counsellor_ids": []}),
        (of("m", Role.MANAGER, territories=("87", "23")), (None, None, False), {"territory": {"$in": ["23", "87"]}}),
        (of("m", Role.MANAGER), ("23", "lea", False), {"territory": "23", "counsellor_ids": "lea"}),
        (of("m", Role.MANAGER), ("23", "me", False), {"territory": "23", "counsellor_ids": "m"}),
        (of("lea", Role.COUNSELLOR), (None, "paul", False), None),
        (of("lea", Role.COUNSELLOR), ("87", None, False), None),
        (of("lea", Role.COUNSELLOR), ("87", None, True), None),
        (of("m", Role.MANAGER), ("87", None, False), None),
    ],
)
def test_what_of_the_caseload_is_listed(
    who: Principal, asked: tuple[str | None, str | None, bool], scope: dict[str, Any] | None
) -> None:
    if scope is None:
        with pytest.raises(Forbidden):
            scope_of(who, *asked)
    else:
        assert scope_of(who, *asked) == scope


def test_who_belongs_to_no_territory_chooses_one_and_staff_do_not() -> None:
    seeker = of("sam", Role.SEEKER, territories=())
    assert chosen_territory(seeker, "87") == "87"
    with pytest.raises(TerritoryRequired):
        chosen_territory(seeker, None)
    for bound in (of("lea", Role.COUNSELLOR), of("m", Role.MANAGER, territories=()), of("sam", Role.SEEKER)):
        with pytest.raises(Forbidden):
            chosen_territory(bound, "87")
    assert chosen_territory(of("lea", Role.COUNSELLOR), None) == "23"


async def test_an_answer_about_people_is_repeated_while_each_of_them_is_there_and_accompanied(
    profiles: Running, stack: Stack
) -> None:
    made = [
        (
            await profiles.client.post("/v1/profiles", json=a_body(), headers=stack.token("counsellor", subject=who))
        ).json()
        for who in ("lea", "lea", "paul")
    ]
    one, two, other = (body["id"] for body in made)
    lea = of("lea", Role.COUNSELLOR)
    assert await still_accompanies(profiles.store, lea, [one, two])
    assert not await still_accompanies(profiles.store, lea, [one, other])
    assert not await still_accompanies(profiles.store, lea, [one, "gone"])
    assert not await still_accompanies(profiles.store, lea, ["gone"])
