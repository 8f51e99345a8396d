"""A person with a browser in front of Keycloak's pages: forms are read and sent, codes of authenticator apps computed."""

import base64
import hashlib
import hmac
import re
import secrets
import struct
import time
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import httpx

REDIRECT = {"bassin-front": "http://localhost:3000/retour", "bassin-staff": "http://localhost:3001/retour"}
STEP_SECONDS = 30


class Stopped(Exception):
    """The login went no further: the page that was shown instead, in its own words."""


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append((given.get("id", ""), given.get("action", ""), {}))
        elif tag == "input" and self.forms and given.get("type") == "hidden" and "name" in given:
            self.forms[-1][2][given["name"]] = given.get("value", "")


def _step() -> int:
    return int(time.time()) // STEP_SECONDS


def one_time_code(secret: str, step: int) -> str:
    """The six digits that an authenticator app shows in a step of 30 s (RFC 6238, SHA-1)."""
    digest = hmac.digest(secret.encode(), struct.pack(">Q", step), hashlib.sha1)
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at : at + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


@dataclass
class Person:
    """Somebody with a password and, once it was set up, an authenticator app."""

    email: str
    password: str
    app: str | None = None
    last_step: int = 0
    asked: list[str] = field(default_factory=list)
    """The forms that the last login showed, in order."""

    def code(self) -> str:
        """A code that was not used before: Keycloak takes each once, and those of the step after as well."""
        assert self.app is not None
        while self.last_step > _step():
            time.sleep(0.2)
        self.last_step = max(_step(), self.last_step + 1)
        return one_time_code(self.app, self.last_step)


class Browser:
    """One browser: its cookies, a front end's side of the code flow, and the pages between."""

    def __init__(self, keycloak: str, client_id: str = "bassin-front") -> None:
        self.realm = f"{keycloak}/realms/bassin"
        self.client_id = client_id
        self.http = httpx.Client(timeout=60)
        weakref.finalize(self, self.http.close)
        self.verifier = secrets.token_urlsafe(48)

    def begin(self, *, pkce: bool = True, **changed: str) -> httpx.Response:
        """Ask for the login page as the front end does."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "client_id": self.client_id,
            "redirect_uri": REDIRECT[self.client_id],
            "response_type": "code",
            "scope": "openid",
            "state": "state-of-the-front-end",
        }
        if pkce:
            asked |= {"code_challenge": challenge, "code_challenge_method": "S256"}
        return self._follow(self._ask("GET", f"{self.realm}/protocol/openid-connect/auth?{urlencode(asked | changed)}"))

    def login(self, person: Person, **changed: str) -> dict[str, Any]:
        """The tokens of a login, as far as the pages let the person through."""
        person.asked = []
        return self.redeem(self._through(self.begin(**changed), person))

    def register(self, person: Person, mailed: Callable[[str], str], **extra: str) -> dict[str, Any]:
        """Make an account, open the link that was mailed, and come back logged in."""
        page = self.begin()
        found = re.search(r'href="([^"]*login-actions/registration[^"]*)"', page.text)
        assert found is not None, page.text[:2000]
        page = self._ask("GET", urljoin(str(page.url), found[1].replace("&amp;", "&")))
        given = {"email": person.email, "password": person.password, "password-confirm": person.password, **extra}
        page = self._answer(page, person, "kc-register-form", **given)
        if "kc-register-form" in {id for id, _, _ in _forms(page)}:
            raise Stopped(_said(page))
        page = self._follow(self._ask("GET", mailed(person.email)))
        proceed = re.search(r'href="([^"]*action-token[^"]*)"', page.text)
        if proceed is not None:
            page = self._follow(self._ask("GET", proceed[1].replace("&amp;", "&")))
        return self.redeem(page)

    def redeem(self, back: httpx.Response, verifier: str | None = None) -> dict[str, Any]:
        """The tokens for the code in the address that the login sent the browser back to."""
        query = parse_qs(urlsplit(back.headers.get("location", "")).query)
        if "code" not in query:
            raise Stopped(_said(back))
        assert query["state"] == ["state-of-the-front-end"]
        answer = self.token(
            grant_type="authorization_code",
            code=query["code"][0],
            redirect_uri=REDIRECT[self.client_id],
            code_verifier=verifier or self.verifier,
        )
        if answer.status_code != 200:
            raise Stopped(answer.text)
        tokens: dict[str, Any] = answer.json()
        return tokens

    def token(self, **form: str) -> httpx.Response:
        """The token endpoint, as a client without a secret."""
        return self.http.post(f"{self.realm}/protocol/openid-connect/token", data={"client_id": self.client_id, **form})

    def _through(self, page: httpx.Response, person: Person) -> httpx.Response:
        page = self._answer(page, person, "kc-form-login", username=person.email, password=person.password)
        while page.status_code == 200:
            shown = {id for id, _, _ in _forms(page)}
            if "kc-totp-settings-form" in shown:
                person.app = dict(next(hidden for id, _, hidden in _forms(page) if id == "kc-totp-settings-form"))[
                    "totpSecret"
                ]
                page = self._answer(page, person, "kc-totp-settings-form", totp=person.code(), userLabel="app")
            elif "kc-otp-login-form" in shown and "kc-otp-login-form" not in person.asked and person.app is not None:
                page = self._answer(page, person, "kc-otp-login-form", otp=person.code())
            else:
                raise Stopped(_said(page))
        return page

    def _answer(self, page: httpx.Response, person: Person, form: str, **given: str) -> httpx.Response:
        if form not in {id for id, _, _ in _forms(page)}:
            raise Stopped(_said(page))
        person.asked.append(form)
        return self._send(page, form, given)

    def _send(self, page: httpx.Response, form: str, given: dict[str, str]) -> httpx.Response:
        _, action, hidden = next(found for found in _forms(page) if found[0] == form)
        return self._follow(self._ask("POST", urljoin(str(page.url), action), data=hidden | given))

    def _ask(self, method: str, url: str, data: dict[str, str] | None = None) -> httpx.Response:
        # For browsers localhost is a safe place, with TLS or without; the cookie jar takes it for an unsafe one.
        for cookie in self.http.cookies.jar:
            cookie.secure = False
        return self.http.request(method, url, data=data)

    def _follow(self, answer: httpx.Response) -> httpx.Response:
        """Onwards within Keycloak; a way back to the front end is where the browser's part ends."""
        while answer.is_redirect:
            onward = urljoin(str(answer.url), answer.headers["location"])
            if not onward.startswith(self.realm):
                return answer
            answer = self._ask("GET", onward)
        return answer


def _forms(page: httpx.Response) -> list[tuple[str, str, dict[str, str]]]:
    parser = _Forms()
    parser.feed(page.text)
    return parser.forms


def _said(page: httpx.Response) -> str:
    """What a page says, without its markup."""
    location = page.headers.get("location")
    if location:
        return str(location)
    body = re.sub(r"<(script|style).*?</\1>", " ", page.text, flags=re.DOTALL)
    return f"{page.status_code}: " + re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))[:600]
