"""The realm against the code, without Keycloak (``make test-identity`` runs it): roles, clients, flows, and no secret."""

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.local.identity import FRONT_ENDS, REALM, IdentityKind, account, chosen_identity
from deploy.local.process import LocalStackError
from shared.auth import Role
from shared.auth.principal import STAFF
from shared.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "deploy" / "identity" / "realm.json").read_text()
FOUND: dict[str, Any] = json.loads(TEXT)
CLIENTS = {one["clientId"]: one for one in FOUND["clients"]}
FLOWS = {one["alias"]: one for one in FOUND["authenticationFlows"]}
SCOPES = {one["name"]: one for one in FOUND["clientScopes"]}
ROLES = {one["name"]: one for one in FOUND["roles"]["realm"]}


def test_every_role_of_staff_brings_the_mark_that_the_second_factor_is_asked_by() -> None:
    marked = {name for name, role in ROLES.items() if "staff" in role.get("composites", {}).get("realm", ())}
    assert marked == {role.value for role in STAFF}
    # What a membership decides is no role of the realm.
    memberships = {Role.CONTRACTOR.value, Role.CONTRACTING_AUTHORITY.value}
    assert {role.value for role in Role} - memberships <= set(ROLES)
    assert not memberships & set(ROLES)
    given = ROLES[f"default-roles-{REALM}"]["composites"]["realm"]
    assert given == ["seeker", "employer"]


def executions(flow: str) -> list[dict[str, Any]]:
    return list(FLOWS[flow]["authenticationExecutions"])


def test_every_way_in_asks_staff_for_the_second_factor() -> None:
    configs = {one["alias"]: one["config"] for one in FOUND["authenticatorConfig"]}

    def asks_staff(flow: str) -> bool:
        inner = [one for one in executions(flow) if one.get("flowAlias")]
        names = [one.get("authenticator") for one in executions(flow)]
        config = next(
            (configs[one["authenticatorConfig"]] for one in executions(flow) if "authenticatorConfig" in one), {}
        )
        here = names == ["conditional-user-role", "auth-otp-form"] and config == {
            "condUserRole": "staff",
            "negate": "false",
        }
        return here or any(one["requirement"] != "DISABLED" and asks_staff(one["flowAlias"]) for one in inner)

    assert asks_staff(FOUND["browserFlow"])
    assert asks_staff(FOUND["resetCredentialsFlow"])
    assert all(asks_staff(one["postBrokerLoginFlowAlias"]) for one in FOUND["identityProviders"])
    assert [one["authenticator"] for one in executions(FOUND["directGrantFlow"])] == ["deny-access-authenticator"]
    # Who holds the mailbox must not get rid of the second factor.
    assert "reset-otp" not in TEXT
    used = {
        one["flowAlias"] for flow in FLOWS.values() for one in flow["authenticationExecutions"] if "flowAlias" in one
    }
    assert used <= set(FLOWS)


def test_front_ends_are_public_clients_of_the_code_flow_with_pkce_and_nothing_else() -> None:
    for name in FRONT_ENDS:
        client = CLIENTS[name]
        assert client["publicClient"]
        assert client["standardFlowEnabled"]
        assert (
            not client["implicitFlowEnabled"] | client["directAccessGrantsEnabled"] | client["serviceAccountsEnabled"]
        )
        assert client["attributes"]["pkce.code.challenge.method"] == "S256"
        assert client["redirectUris"] == ["/*"], "of its own origin"
        assert "*" not in client["webOrigins"]
    services = CLIENTS["bassin-services"]
    assert not services["standardFlowEnabled"] | services["directAccessGrantsEnabled"] | services["publicClient"]


def test_tokens_carry_the_audience_and_no_name() -> None:
    default = Settings.model_fields["audience"].default
    for name in ("bassin", "bassin-partner"):
        mappers = {one["protocolMapper"]: one["config"] for one in SCOPES[name]["protocolMappers"]}
        assert mappers["oidc-audience-mapper"]["included.custom.audience"] == default
    in_tokens = {
        mapper["config"].get("claim.name")
        for scope in SCOPES.values()
        for mapper in scope["protocolMappers"]
        if mapper["config"].get("access.token.claim") == "true"
    } - {None}
    assert in_tokens == {"roles", "territories", "email", "email_verified", "auth_time"}
    assert FOUND["accessTokenLifespan"] <= 300
    assert FOUND["revokeRefreshToken"]


def test_only_administrators_write_territories() -> None:
    [provider] = FOUND["components"]["org.keycloak.userprofile.UserProfileProvider"]
    profile = json.loads(provider["config"]["kc.user.profile.config"][0])
    attributes = {one["name"]: one for one in profile["attributes"]}
    assert attributes["territories"]["permissions"]["edit"] == ["admin"]
    assert attributes["territories"]["multivalued"]
    assert "unmanagedAttributePolicy" not in profile, "an attribute that nobody declared is nobody's to write"
    pattern = re.compile(attributes["territories"]["validations"]["pattern"]["pattern"])
    assert all(pattern.fullmatch(code) for code in ("23", "2A", "974"))
    assert not any(pattern.fullmatch(code) for code in ("", "*", "23,19", "2C", "9744"))


def test_the_realm_holds_no_secret_and_no_account_of_a_person() -> None:
    given = re.findall(r'"(?:secret|clientSecret|password)": "([^"]*)"', TEXT)
    assert given
    assert all(re.fullmatch(r"\$\{BASSIN_\w+(:to-be-filled|:)?\}", one) for one in given), given
    assert all(one["username"].startswith("service-account-") for one in FOUND["users"])
    assert not any(one["enabled"] for one in FOUND["identityProviders"])
    assert FOUND["bruteForceProtected"]
    assert "length(12)" in FOUND["passwordPolicy"]
    assert FOUND["verifyEmail"]


def test_every_variable_of_the_realm_is_filled_by_compose_or_has_a_default_and_is_explained() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["identity"]["environment"]
    started = (ROOT / "deploy" / "identity" / "start.sh").read_text()
    explained = (ROOT / "deploy" / "identity" / "README.md").read_text()
    for name, default in re.findall(r"\$\{(BASSIN_\w+)(:[^}]*)?\}", TEXT):
        assert default or name in compose or f"{name}=" in started, name
        assert name in explained or any(name.endswith(f"_{part}") for part in re.findall(r"`_(\w+)`", explained)), name


def test_the_same_keycloak_everywhere() -> None:
    pom = ET.parse(ROOT / "deploy" / "local" / "keycloak" / "pom.xml").getroot()
    version = pom.findtext(".//{*}dependency/{*}version")
    images = re.findall(
        r"^FROM quay.io/keycloak/keycloak:(\S+)", (ROOT / "deploy/identity/Dockerfile").read_text(), re.M
    )
    assert images == [version, version]


def test_who_signs_is_asked_for_by_a_variable() -> None:
    assert chosen_identity({}) is chosen_identity({"IDENTITY": "tokens"}) is IdentityKind.TOKENS
    assert chosen_identity({"IDENTITY": "keycloak"}) is IdentityKind.KEYCLOAK
    with pytest.raises(LocalStackError, match="IDENTITY=okta"):
        chosen_identity({"IDENTITY": "okta"})
    assert account("lea", ["counsellor"], ["23"])["attributes"] == {"territories": ["23"]}
