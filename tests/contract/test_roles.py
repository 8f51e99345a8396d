"""A role is known where roles are given and where they are tried."""

import json
from pathlib import Path

from services.profiles.domain.staff import INVITABLE
from shared.auth.principal import STAFF, Role
from tests.contract.authorisation.world import callers
from tests.support import Stack

REALM = json.loads((Path(__file__).resolve().parents[2] / "deploy/identity/realm.json").read_text())

BY_MEMBERSHIP = {Role.CONTRACTING_AUTHORITY, Role.CONTRACTOR}
"""Not of the identity provider: who belongs to an authority or a contractor is known in clauses."""


def test_the_identity_provider_gives_every_role() -> None:
    given = {role["name"] for role in REALM["roles"]["realm"]}
    missing = {role.value for role in set(Role) - BY_MEMBERSHIP} - given
    assert not missing, f"deploy/identity/realm.json gives no role {missing}: add it to roles.realm."


GIVEN_BY_HAND = {Role.OPERATOR: "whoever runs the platform is nobody's to invite"}
"""Roles of staff to which no manager invites, and why."""


def test_managers_invite_to_every_role_of_staff_or_it_is_said_why_not() -> None:
    missing = STAFF - set(INVITABLE) - set(GIVEN_BY_HAND)
    assert not missing, (
        f"Nobody can be invited as {missing}: INVITABLE in services/profiles/domain/staff.py, or say in GIVEN_BY_HAND here why."
    )


def test_the_matrix_of_authorisation_calls_as_every_role(stack: Stack) -> None:
    called = {name.split(" ")[0] for name in callers(stack)}
    missing = {role.value for role in Role} - called
    assert not missing, f"Nobody calls as {missing}: add callers of it to tests/contract/authorisation/world.py."
