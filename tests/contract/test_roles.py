"""A role is known where roles are given and where they are tried."""

import json
from pathlib import Path

from shared.auth.principal import Role
from tests.contract.authorisation.world import callers
from tests.support import Stack

REALM = json.loads((Path(__file__).resolve().parents[2] / "deploy/identity/realm.json").read_text())

BY_MEMBERSHIP = {Role.CONTRACTING_AUTHORITY, Role.CONTRACTOR}
"""Not of the identity provider: who belongs to an authority or a contractor is known in clauses."""


def test_the_identity_provider_gives_every_role() -> None:
    given = {role["name"] for role in REALM["roles"]["realm"]}
    missing = {role.value for role in set(Role) - BY_MEMBERSHIP} - given
    assert not missing, f"deploy/identity/realm.json gives no role {missing}: add it to roles.realm."


def test_the_matrix_of_authorisation_calls_as_every_role(stack: Stack) -> None:
    called = {name.split(" ")[0] for name in callers(stack)}
    missing = {role.value for role in Role} - called
    assert not missing, f"Nobody calls as {missing}: add callers of it to tests/contract/authorisation/world.py."
