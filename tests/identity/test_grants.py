"""What a role that is given and taken back leaves of an account in Keycloak itself: everything else, as it was."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from deploy.local.runner import LocalStack
from shared.auth import Role
from shared.auth.provider import IdentityProvider, ProviderRefused
from tests.identity.browser import Browser, Person
from tests.identity.conftest import Admin

Account = dict[str, Any]


@pytest.fixture
def furnished(admin: Admin, keycloak: str, mailed: Callable[[str], str], newcomer: Person) -> Iterator[str]:
    """Id of an account with everything that an operator, a broker or the person may have put into it."""
    Browser(keycloak).register(newcomer, mailed)
    account = admin.user(newcomer.email)
    path = f"/users/{account['id']}"
    profile = admin.ask("GET", "/users/profile").json()
    # Attributes that the realm's profile does not name, as brokers and directories bring them.
    admin.ask("PUT", "/users/profile", profile | {"unmanagedAttributePolicy": "ADMIN_EDIT"})
    admin.ask("POST", "/roles", {"name": "auditor"})
    admin.ask("POST", "/groups", {"name": "équipe de Guéret"})
    broker = {"clientId": "bassin", "clientSecret": "s", "issuer": "https://agents.example.org"}
    addresses = {name: f"https://agents.example.org/{name}" for name in ("authorizationUrl", "tokenUrl", "jwksUrl")}
    instance = {"alias": "agents", "providerId": "oidc", "enabled": True, "config": broker | addresses}
    admin.ask("POST", "/identity-provider/instances", instance)
    try:
        attributes = account.get("attributes", {}) | {"locale": ["fr"], "matricule": ["A 12", "B 7"], "siret": ["1"]}
        changes = {"firstName": "Zoé", "lastName": "d’Ô", "requiredActions": ["UPDATE_PASSWORD"], "enabled": False}
        admin.ask("PUT", path, account | changes | {"attributes": attributes})
        admin.grant(account["id"], "auditor")
        [group] = admin.ask("GET", "/groups").json()
        admin.ask("PUT", f"{path}/groups/{group['id']}")
        link = {"userId": "agent-7", "userName": "zoe"}
        admin.ask("POST", f"{path}/federated-identity/agents", link)
        yield account["id"]
        admin.ask("DELETE", f"/groups/{group['id']}")
    finally:
        admin.ask("DELETE", "/identity-provider/instances/agents")
        admin.ask("DELETE", "/roles/auditor")
        admin.ask("PUT", "/users/profile", profile)


def whole(admin: Admin, user_id: str) -> Account:
    """Everything that the Admin API says of an account, but its roles' order."""
    path = f"/users/{user_id}"
    parts = ("credentials", "groups", "federated-identity")
    found = {part: admin.ask("GET", f"{path}/{part}").json() for part in parts}
    roles = {one["name"] for one in admin.ask("GET", f"{path}/role-mappings/realm").json()}
    return {"account": admin.ask("GET", path).json(), "roles": roles, **found}


async def test_a_role_that_is_given_and_taken_leaves_the_rest_of_the_account_as_it_was(
    admin: Admin, keycloak: str, stack: LocalStack, furnished: str
) -> None:
    assert stack.keycloak is not None
    provider = IdentityProvider(f"{keycloak}/realms/bassin", "bassin-services", stack.keycloak.secret)
    before = whole(admin, furnished)
    assert before["account"]["attributes"].keys() == {"locale", "matricule", "siret"}
    assert before["federated-identity"]
    assert before["groups"]
    assert before["credentials"]
    assert before["account"]["enabled"] is False

    def with_role(*roles: Role, territories: list[str]) -> Account:
        attributes = before["account"]["attributes"] | {"territories": territories}
        return before | {
            "account": before["account"] | {"attributes": attributes},
            "roles": before["roles"] | {role.value for role in roles},
        }

    try:
        for _ in range(2):
            await provider.give(furnished, Role.COUNSELLOR, "23")
            assert whole(admin, furnished) == with_role(Role.COUNSELLOR, territories=["23"])
        await provider.give(furnished, Role.COUNSELLOR, "2A")
        assert whole(admin, furnished) == with_role(Role.COUNSELLOR, territories=["23", "2A"])
        with pytest.raises(ProviderRefused, match="roles-would-mix"):
            await provider.give(furnished, Role.MANAGER, "23")
        assert whole(admin, furnished) == with_role(Role.COUNSELLOR, territories=["23", "2A"])
        await provider.take(furnished, Role.COUNSELLOR, "23")
        assert whole(admin, furnished) == with_role(Role.COUNSELLOR, territories=["2A"])
        for _ in range(2):
            await provider.take(furnished, Role.COUNSELLOR, "2A")
            assert whole(admin, furnished) == before
    finally:
        await provider.close()
