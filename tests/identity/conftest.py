"""One stack for all real logins: a JVM start is dear."""

import email
import email.policy
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from deploy.local.identity import ACCOUNTS_PASSWORD, IdentityKind
from deploy.local.runner import LocalStack
from tests.identity.browser import Browser, Person
from tests.journeys.own_stack import own_stack

MAIL_SECONDS = 60.0
FRESH_SECONDS = 120.0
"""So long is a token used again; it lives for five minutes."""


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    with own_stack(tmp_path_factory.mktemp("identity"), identity=IdentityKind.KEYCLOAK) as running:
        yield running


@pytest.fixture(scope="session")
def keycloak(stack: LocalStack) -> str:
    assert stack.keycloak is not None
    return stack.keycloak.url


@pytest.fixture(scope="session")
def mailed(stack: LocalStack) -> Callable[[str], str]:
    """The link in the newest mail to an address."""

    def link(address: str) -> str:
        deadline = time.monotonic() + MAIL_SECONDS
        while time.monotonic() < deadline:
            for file in sorted(stack.mail_dir.glob("*.eml"), reverse=True):
                mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
                if mail["X-RcptTo"] != address:
                    continue
                text = mail.get_body(("plain",))
                found = re.search(r"http://\S+", text.get_content()) if text is not None else None
                if found is not None:
                    return found[0]
            time.sleep(0.1)  # the mail is on its way between two processes
        pytest.fail(f"no mail reached {address}")

    return link


class Admin:
    """The realm's administrator, over Keycloak's Admin API."""

    def __init__(self, url: str, secret: str) -> None:
        self.url = url
        self.secret = secret
        self.http = httpx.Client(base_url=f"{url}/admin/realms/bassin", timeout=60)

    def ask(self, method: str, path: str, json: Any = None) -> httpx.Response:
        # A token of the administrator lives for a minute.
        form = {"grant_type": "password", "client_id": "admin-cli", "username": "admin", "password": self.secret}
        token = httpx.post(f"{self.url}/realms/master/protocol/openid-connect/token", data=form, timeout=60)
        token.raise_for_status()
        headers = {"Authorization": f"Bearer {token.json()['access_token']}"}
        answer = self.http.request(method, path, json=json, headers=headers)
        answer.raise_for_status()
        return answer

    def user(self, email: str) -> dict[str, Any]:
        [found] = self.ask("GET", f"/users?exact=true&email={email}").json()
        return dict(found)

    def client(self, **settings: Any) -> dict[str, str]:
        """A confidential client with a service account, as docs/partners.md has it made; its id and secret."""
        self.ask("POST", "/clients", {"publicClient": False, "serviceAccountsEnabled": True} | settings)
        [made] = self.ask("GET", f"/clients?clientId={settings['clientId']}").json()
        secret = self.ask("GET", f"/clients/{made['id']}/client-secret").json()["value"]
        account = self.ask("GET", f"/clients/{made['id']}/service-account-user").json()
        return {"id": made["id"], "client_id": made["clientId"], "client_secret": secret, "account": account["id"]}

    def grant(self, account: str, role: str) -> None:
        self.ask("POST", f"/users/{account}/role-mappings/realm", [self.ask("GET", f"/roles/{role}").json()])


@pytest.fixture(scope="session")
def admin(stack: LocalStack) -> Iterator[Admin]:
    assert stack.keycloak is not None
    found = Admin(stack.keycloak.url, stack.keycloak.secret)
    with found.http:
        yield found


@pytest.fixture
def newcomer(request: pytest.FixtureRequest) -> Person:
    """Nobody whom Keycloak knows yet."""
    name = re.sub(r"\W+", "-", request.node.name)[:40].strip("-")
    return Person(f"{name}@example.org", "une longue phrase de passe")


@pytest.fixture(scope="session")
def staff(keycloak: str) -> Callable[[str], tuple[Person, dict[str, Any]]]:
    """A member of staff and their tokens; the authenticator app is set up at the first login."""
    known: dict[str, tuple[Person, dict[str, Any], float]] = {}

    def enter(name: str) -> tuple[Person, dict[str, Any]]:
        person, tokens, at = known.get(name) or (Person(f"{name}@bassin.localhost", ACCOUNTS_PASSWORD), {}, 0.0)
        # A code of the app is good once, so a login too many waits for the next one.
        if time.monotonic() - at > FRESH_SECONDS or not tokens:
            known[name] = person, Browser(keycloak, "bassin-staff").login(person), time.monotonic()
        return known[name][:2]

    return enter
