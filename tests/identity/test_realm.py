"""What the realm lets nobody do: no session of staff without a second factor, no grant beside the code flow, no role by wish."""

from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo
from types import SimpleNamespace
from typing import Any

import httpx
import jwt
import pytest
from jwt import api_jwt

from deploy.local.identity import ACCOUNTS_PASSWORD
from deploy.local.runner import LocalStack
from shared.auth import KeySet, Role, TokenVerifier, Unauthenticated
from shared.auth import tokens as auth_tokens
from shared.auth.keys import FRESH_SECONDS
from shared.settings import Settings, load_settings
from tests.identity.browser import Browser, Person, Stopped
from tests.identity.conftest import Admin

Staff = Callable[[str], tuple[Person, dict[str, Any]]]


def claims_of(tokens: dict[str, Any], which: str = "access_token") -> dict[str, Any]:
    return dict(jwt.decode(tokens[which], options={"verify_signature": False}))


def asked(stack: LocalStack, token: str, method: str = "GET", path: str = "/v1/profiles") -> int:
    url = f"{stack.urls['profiles' if path.startswith('/v1/profiles') else 'offers']}{path}"
    return httpx.request(method, url, headers={"Authorization": f"Bearer {token}"}, json={}, timeout=30).status_code


def test_staff_set_up_a_second_factor_and_give_it_ever_after(keycloak: str, stack: LocalStack) -> None:
    nadia = Person("nadia@bassin.localhost", ACCOUNTS_PASSWORD)
    tokens = Browser(keycloak, "bassin-staff").login(nadia)
    assert nadia.asked == ["kc-form-login", "kc-totp-settings-form"]
    claims = claims_of(tokens)
    assert {"facilitator", "staff"} <= set(claims["roles"])
    assert claims["territories"] == ["23"]
    # No name travels with a token; the address does, since invitations are bound to it.
    assert not {"name", "given_name", "family_name", "preferred_username"} & claims.keys()
    assert claims["exp"] - claims["iat"] <= 300
    Browser(keycloak, "bassin-staff").login(nadia)
    assert nadia.asked == ["kc-form-login", "kc-otp-login-form"]
    thief = Person(nadia.email, nadia.password, app="not the secret of the app")
    with pytest.raises(Stopped):
        Browser(keycloak, "bassin-staff").login(thief)
    assert thief.asked == ["kc-form-login", "kc-otp-login-form"]


def test_only_the_code_flow_with_pkce_of_known_addresses_gives_tokens(
    keycloak: str, mailed: Callable[[str], str], newcomer: Person
) -> None:
    browser = Browser(keycloak)
    browser.register(newcomer, mailed)
    grant = {"grant_type": "password", "username": newcomer.email, "password": newcomer.password, "scope": "openid"}
    assert browser.token(**grant).status_code in (400, 401)
    without = Browser(keycloak).begin(pkce=False)
    assert "code=" not in without.headers.get("location", "")
    assert "error=invalid_request" in without.headers.get("location", "")
    assert Browser(keycloak).begin(redirect_uri="http://localhost:3000.evil.example/").status_code == 400
    assert "error=" in Browser(keycloak).begin(response_type="token").headers.get("location", "error=")
    thief = Browser(keycloak)
    with pytest.raises(Stopped, match="invalid_grant"):
        thief.redeem(thief._through(thief.begin(), newcomer), verifier="another" * 8)


def test_an_account_gets_neither_role_nor_territory_by_asking(
    keycloak: str, mailed: Callable[[str], str], newcomer: Person, stack: LocalStack
) -> None:
    wishes = {"territories": "23", "user.attributes.territories": "23", "roles": "manager", "attributes[roles]": "x"}
    try:
        tokens = Browser(keycloak).register(newcomer, mailed, **wishes)
    except Stopped:
        tokens = Browser(keycloak).register(newcomer, mailed)
    claims = claims_of(tokens)
    assert not claims.get("territories")
    assert {role for role in claims["roles"] if role in set(Role)} == {"seeker", "employer"}
    assert (claims["email"], claims["email_verified"]) == (newcomer.email, True)
    account = httpx.post(
        f"{keycloak}/realms/bassin/account",
        headers={"Authorization": f"Bearer {tokens['access_token']}", "Accept": "application/json"},
        json={"email": newcomer.email, "attributes": {"territories": ["23"]}},
        timeout=30,
    )
    assert account.status_code >= 400
    assert not claims_of(Browser(keycloak).login(newcomer)).get("territories")


def test_a_weak_password_is_refused_and_guessing_ends(
    keycloak: str, mailed: Callable[[str], str], newcomer: Person
) -> None:
    with pytest.raises(Stopped):
        Browser(keycloak).register(Person(newcomer.email, "court"), mailed)
    Browser(keycloak).register(newcomer, mailed)
    for _ in range(9):
        with pytest.raises(Stopped):
            Browser(keycloak).login(Person(newcomer.email, "une autre phrase"))
    with pytest.raises(Stopped):
        Browser(keycloak).login(newcomer)


def test_a_token_for_somebody_else_is_refused(keycloak: str, stack: LocalStack, staff: Staff) -> None:
    assert stack.keycloak is not None
    tokens = staff("lea")[1]
    assert asked(stack, tokens["access_token"]) == 200
    for other in ("id_token", "refresh_token"):
        assert asked(stack, tokens[other]) == 401
    form = {"grant_type": "client_credentials", "client_id": "bassin-services"}
    own = httpx.post(
        f"{keycloak}/realms/bassin/protocol/openid-connect/token",
        data=form | {"client_secret": stack.keycloak.secret},
        timeout=30,
    ).json()
    assert asked(stack, own["access_token"]) == 401


def test_who_is_disabled_gets_no_further_token(
    keycloak: str, admin: Admin, mailed: Callable[[str], str], newcomer: Person
) -> None:
    browser = Browser(keycloak)
    tokens = browser.register(newcomer, mailed)
    account = admin.user(newcomer.email)
    admin.ask("PUT", f"/users/{account['id']}", account | {"enabled": False})
    refused = browser.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert refused.status_code == 400
    with pytest.raises(Stopped):
        Browser(keycloak).login(newcomer)
    admin.ask("PUT", f"/users/{account['id']}", account | {"enabled": True})
    assert Browser(keycloak).login(newcomer)["access_token"]


def test_a_refresh_token_is_good_once(keycloak: str, mailed: Callable[[str], str], newcomer: Person) -> None:
    browser = Browser(keycloak)
    tokens = browser.register(newcomer, mailed)
    first = browser.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert first.status_code == 200
    assert browser.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"]).status_code == 400


def test_a_partner_imports_and_reaches_nothing_of_the_staffs(keycloak: str, admin: Admin, stack: LocalStack) -> None:
    client = admin.client(
        clientId="partenaire-essai", standardFlowEnabled=False, defaultClientScopes=["basic", "bassin-partner"]
    )
    admin.grant(client["account"], "partner")
    form = {"grant_type": "client_credentials", "client_id": client["client_id"]}
    token = httpx.post(
        f"{keycloak}/realms/bassin/protocol/openid-connect/token",
        data=form | {"client_secret": client["client_secret"]},
        timeout=30,
    ).json()["access_token"]
    rows = [{"id": "188TYYN", "intitule": "Maçon", "typeContrat": "CDI", "lieuTravail": {"commune": "23096"}}]
    taken = httpx.post(
        f"{stack.urls['offers']}/v1/imports", headers={"Authorization": f"Bearer {token}"}, json=rows, timeout=60
    )
    assert taken.status_code == 200, taken.text
    for path in ("/v1/profiles", "/v1/statistics/employers"):
        assert asked(stack, token, path=path) in (403, 404)
    for method, path in (("POST", "/v1/companies/any/approve"), ("GET", "/v1/companies/any")):
        assert asked(stack, token, method, path) in (403, 404)


async def test_keys_rotate_while_people_are_logged_in(
    keycloak: str, admin: Admin, mailed: Callable[[str], str], newcomer: Person, stack: LocalStack
) -> None:
    assert stack.keycloak is not None
    time = [0.0]
    settings = load_settings(Settings, environment="production", jwks=stack.keycloak.discovery)
    verifier = TokenVerifier(settings, KeySet(settings.jwks, lambda: time[0]))
    before = Browser(keycloak).register(newcomer, mailed)["access_token"]
    assert (await verifier.verify(before)).has(Role.SEEKER)
    [old] = [one for one in admin.ask("GET", "/components").json() if one.get("providerId") == "rsa-generated"]
    made = {"name": "rsa of the next year", "providerId": "rsa-generated", "parentId": old["parentId"]}
    made |= {"providerType": "org.keycloak.keys.KeyProvider", "config": {"priority": ["200"], "algorithm": ["RS256"]}}
    admin.ask("POST", "/components", made)
    after = Browser(keycloak).login(newcomer)["access_token"]
    assert jwt.get_unverified_header(after)["kid"] != jwt.get_unverified_header(before)["kid"]
    time[0] += 11
    assert (await verifier.verify(after)).has(Role.SEEKER)
    assert (await verifier.verify(before)).has(Role.SEEKER)
    admin.ask("DELETE", f"/components/{old['id']}")
    time[0] += FRESH_SECONDS
    with pytest.raises(Unauthenticated, match="clé inconnue"):
        await verifier.verify(before)
    assert (await verifier.verify(after)).has(Role.SEEKER)


async def test_an_expired_token_is_refused(
    stack: LocalStack, keycloak: str, mailed: Callable[[str], str], newcomer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert stack.keycloak is not None
    tokens = Browser(keycloak).register(newcomer, mailed)
    settings = load_settings(Settings, environment="production", jwks=stack.keycloak.discovery)
    verifier = TokenVerifier(settings, KeySet(settings.jwks))
    await verifier.verify(tokens["access_token"])
    monkeypatch.setattr(api_jwt, "datetime", Later)
    # A token that held is known again until it ends, by a clock of its own.
    monkeypatch.setattr(auth_tokens, "time", SimpleNamespace(time=lambda: Later.now().timestamp()))
    for one in (verifier, TokenVerifier(settings, KeySet(settings.jwks))):
        with pytest.raises(Unauthenticated, match="session est terminée"):
            await one.verify(tokens["access_token"])


class Later(datetime):
    """The clock that PyJWT asks, ten minutes on."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> "Later":
        return cls.fromtimestamp((datetime.now(tz) + timedelta(minutes=10)).timestamp(), tz)
