"""Who may see or decide what, asked of the rules themselves; the matrix of ``tests/contract`` asks every operation."""

from typing import Any

import pytest

from services.matching.access import OfferUnknown, acts_for, offer_known, offer_seen, still_accompanies, territory_scope
from shared.auth import Principal, Role
from shared.contracts.vocabulary import OfferStatus
from shared.errors import Forbidden
from tests.service.matching.rooms import Rooms, offer_state, profile_state

PROFILE: dict[str, Any] = {"owner_id": "sam", "territory": "23", "counsellor_ids": ["lea"]}
ALONE = PROFILE | {"counsellor_ids": []}


def of(subject: str, *roles: Role, territory: str = "23") -> Principal:
    return Principal(subject, frozenset(roles), frozenset({territory}))


@pytest.mark.parametrize(
    ("who", "profile", "side"),
    [
        (of("sam", Role.SEEKER), PROFILE, Role.SEEKER),
        (of("other", Role.SEEKER), PROFILE, None),
        (of("sam", Role.MANAGER), PROFILE, None),
        (of("lea", Role.COUNSELLOR), PROFILE, Role.COUNSELLOR),
        (of("lea", Role.COUNSELLOR, territory="87"), PROFILE, None),
        (of("paul", Role.COUNSELLOR), PROFILE, None),
        (of("lea", Role.EMPLOYER), PROFILE, None),
        (of("paul", Role.COUNSELLOR), ALONE, Role.COUNSELLOR),
        (of("paul", Role.COUNSELLOR, territory="87"), ALONE, None),
        (of("paul", Role.EMPLOYER), ALONE, None),
        (of("paul", Role.MANAGER), PROFILE, Role.MANAGER),
        (of("paul", Role.MANAGER, territory="87"), PROFILE, None),
    ],
)
def test_on_which_side_somebody_stands(who: Principal, profile: dict[str, Any], side: Role | None) -> None:
    """Whom nobody accompanies, any counsellor of the territory may begin with; staff with a profile are the person there."""
    assert acts_for(who, profile) is side


async def test_nobody_accompanies_somebody_who_is_gone(rooms: Rooms) -> None:
    await rooms.start()
    person, other = profile_state("a"), profile_state("b")
    await rooms.hear(rooms.profile(person), rooms.profile(other))
    counsellor, both = of("counsellor-1", Role.COUNSELLOR), [person.profile_id, other.profile_id]
    assert await still_accompanies(rooms.store, counsellor, both)
    assert not await still_accompanies(rooms.store, of("another", Role.COUNSELLOR), both)
    await rooms.hear(rooms.profile(None, other.profile_id))
    assert not await still_accompanies(rooms.store, counsellor, both), "erased: a row without facts is left"
    assert not await still_accompanies(rooms.store, counsellor, ["never there"])


async def test_an_offer_that_was_archived_is_not_known_any_more(rooms: Rooms) -> None:
    await rooms.start()
    offer = offer_state("one", rooms.clock)
    await rooms.hear(rooms.offer(offer))
    assert (await offer_known(rooms.store, offer.offer_id))["_id"] == offer.offer_id
    await rooms.hear(rooms.offer_gone(offer.offer_id))
    for id in (offer.offer_id, "never there"):
        with pytest.raises(OfferUnknown):
            await offer_known(rooms.store, id)


async def test_what_is_out_of_sight_is_there_for_staff_of_its_territory_and_for_whom_it_was_told_to(
    rooms: Rooms,
) -> None:
    await rooms.start()
    person, offer = profile_state("a"), offer_state("one", rooms.clock)
    await rooms.hear(rooms.profile(person), rooms.offer(offer))
    seeker = of("sam", Role.SEEKER)
    assert (await offer_seen(rooms.store, seeker, offer.offer_id))["_id"] == offer.offer_id
    await rooms.hear(rooms.offer(offer.model_copy(update={"status": OfferStatus.SUSPENDED})))
    for staff in (of("lea", Role.COUNSELLOR), of("m", Role.MANAGER)):
        assert (await offer_seen(rooms.store, staff, offer.offer_id))["_id"] == offer.offer_id
    assert (await offer_seen(rooms.store, seeker, offer.offer_id, person.profile_id))["_id"] == offer.offer_id
    elsewhere = (of("lea", Role.COUNSELLOR, territory="87"), of("m", Role.MANAGER, territory="87"))
    for who, profile_id in ((seeker, None), (seeker, "somebody-else"), *((one, None) for one in elsewhere)):
        with pytest.raises(OfferUnknown):
            await offer_seen(rooms.store, who, offer.offer_id, profile_id)


def test_staff_ask_of_their_own_territories() -> None:
    manager = Principal("m", frozenset({Role.MANAGER}), frozenset({"23", "87"}))
    assert territory_scope(manager, None) == {"territory": {"$in": ["23", "87"]}}
    assert territory_scope(manager, "87") == {"territory": "87"}
    for who, territory in ((manager, "41"), (Principal("m", frozenset({Role.MANAGER})), None)):
        with pytest.raises(Forbidden):
            territory_scope(who, territory)
