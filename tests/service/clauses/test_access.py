"""Who stands on which side of a contract, asked of the rules; the matrix of ``tests/contract`` asks every operation."""

import pytest

from services.clauses.access import Actor, Sides, actor_for, contractor_of, known_to, ledger_of, visible_hours
from services.clauses.domain.errors import HoursRefused
from services.clauses.domain.person_month import Declarer
from shared.auth import Principal, Role
from shared.errors import Forbidden
from tests.service.clauses.builders import a_contract

CONTRACT = a_contract(lots=[{"id": "1", "contractor_ids": ["contractor-2"]}])
NOBODY = Sides()
BUYER = Sides(frozenset({"authority-1"}))
PROFILE = "0192f0a1-7b3c-7d4e-8f50-a1b2c3d4e5f6"


def clerk(*contractors: int, territory: str = "23") -> Sides:
    return Sides(contractors=frozenset((territory, f"contractor-{number}") for number in contractors))


def of(*roles: Role, territory: str = "23") -> Principal:
    return Principal("someone", frozenset(roles), frozenset({territory}))


@pytest.mark.parametrize(
    ("who", "sides", "role"),
    [
        (of(Role.FACILITATOR), NOBODY, Role.FACILITATOR),
        (of(Role.FACILITATOR, territory="87"), NOBODY, None),
        (of(Role.MANAGER), NOBODY, Role.MANAGER),
        (of(Role.MANAGER, territory="87"), NOBODY, None),
        (of(Role.COUNSELLOR), NOBODY, None),
        (of(Role.CONTRACTOR), NOBODY, None),
        (of(Role.CONTRACTING_AUTHORITY), NOBODY, None),
        # Membership says it, no claim of a token.
        (of(), clerk(1), Role.CONTRACTOR),
        (of(), clerk(2), Role.CONTRACTOR),
        (of(), clerk(3), None),
        # Who holds that number in another territory is another organisation.
        (of(), clerk(1, territory="87"), None),
        (of(), BUYER, Role.CONTRACTING_AUTHORITY),
        (of(), Sides(frozenset({"authority-2"})), None),
        # The side that may most.
        (of(Role.FACILITATOR, Role.MANAGER), clerk(1), Role.FACILITATOR),
        (of(Role.MANAGER), clerk(1), Role.CONTRACTOR),
        (of(Role.MANAGER), BUYER, Role.MANAGER),
    ],
)
def test_on_which_side_of_a_contract_somebody_stands(who: Principal, sides: Sides, role: Role | None) -> None:
    actor = actor_for(who, CONTRACT, sides)
    assert (actor and (actor.user_id, actor.role)) == (role and ("someone", role))


def acting(who: Principal, sides: Sides) -> Actor:
    actor = actor_for(who, CONTRACT, sides)
    assert actor is not None
    return actor


def test_a_contractor_declares_for_itself_and_the_desk_for_who_holds_the_contract_or_the_lot() -> None:
    one, both, desk = acting(of(), clerk(1)), acting(of(), clerk(1, 2)), acting(of(Role.FACILITATOR), NOBODY)
    assert (
        contractor_of(CONTRACT, one, None, None) == contractor_of(CONTRACT, one, "contractor-1", "1") == "contractor-1"
    )
    with pytest.raises(Forbidden):
        contractor_of(CONTRACT, one, "contractor-2", None)
    with pytest.raises(HoursRefused) as refusal:
        contractor_of(CONTRACT, both, None, None)
    assert refusal.value.errors[0].rule == "required"
    assert contractor_of(CONTRACT, both, "contractor-2", "1") == "contractor-2"
    assert contractor_of(CONTRACT, desk, None, None) is None
    assert contractor_of(CONTRACT, desk, "contractor-2", None) == "contractor-2"
    with pytest.raises(HoursRefused) as refusal:
        contractor_of(CONTRACT, desk, "contractor-3", None)
    assert refusal.value.errors[0].rule == "not-a-contractor"


def test_what_of_a_contract_each_side_reads() -> None:
    one, manager, buyer = acting(of(), clerk(1)), acting(of(Role.MANAGER), NOBODY), acting(of(), BUYER)
    assert visible_hours("c", one) == {"contract_id": "c", "contractor_id": {"$in": ["contractor-1"]}}
    assert visible_hours("c", manager) == ledger_of("c", manager) == {"contract_id": "c"}
    assert (known_to(one), known_to(manager)) == (("contractor-1",), None)
    for actor in (one, buyer):
        with pytest.raises(Forbidden):
            ledger_of("c", actor)
    with pytest.raises(Forbidden):
        visible_hours("c", buyer)


def test_as_whom_an_account_declares_elsewhere() -> None:
    """A profile is the same person everywhere; a desk's own reference is somebody else's in another territory."""
    sides = Sides(contractors=frozenset({("23", "contractor-1"), ("87", "contractor-1"), ("87", "contractor-2")}))
    one, desk = acting(of(), sides), acting(of(Role.FACILITATOR), NOBODY)
    assert set(one.declaring_for("contractor-1", PROFILE)) == {
        Declarer("contractor-1", "23"), Declarer("contractor-1", "87"),
    }  # fmt: skip
    assert set(desk.declaring_for("contractor-9", PROFILE)) == {Declarer("contractor-9", "23")}
    assert [*one.declaring_for("contractor-1", "P-1"), *desk.declaring_for("contractor-9", "P-1")] == []
    assert (one.declares_for("contractor-9"), desk.declares_for("contractor-9"), desk.declares_for(None)) == (
        ("contractor-1",), ("contractor-9",), (),
    )  # fmt: skip
