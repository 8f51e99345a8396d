"""Keycloak's Admin API, as far as the services need it: a role and a territory for an account, given and taken back."""

import time
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

import httpx

from shared.auth.principal import STAFF, Role

ATTEMPT_SECONDS: Final = 10.0
_EARLY_SECONDS: Final = 20.0
_LATER: Final = frozenset({401, 403, 408, 429})
"""Our own account's matter, or the moment's: nothing that is said of the account in hand."""


class ProviderRefused(Exception):
    """The identity provider will not do this, now or later; ``code`` says why without naming anybody."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class ProviderAway(Exception):
    """The identity provider does not answer, or not as it should: try again later."""


class IdentityProvider:
    """Gives roles over the Admin API of one realm.

    Args:
        realm: address of the realm, as in its issuer: ``https://id.example/realms/bassin``.
        client_id, secret: a service account that may manage users and see roles.
    """

    def __init__(
        self, realm: str, client_id: str, secret: str, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._realm = realm.rstrip("/")
        self._admin = self._realm.replace("/realms/", "/admin/realms/", 1)
        self._form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
        self._http = httpx.AsyncClient(timeout=ATTEMPT_SECONDS, transport=transport)
        self._token = ""
        self._good_until = 0.0

    async def give(self, user_id: str, role: Role, territory: str) -> None:
        """The account's next token names the role and the territory. Giving twice is giving once.

        A token holds roles and territories apart: each role counts for each territory. What would thereby give a role in a
        territory where nobody gave it is refused.

        Raises:
            ProviderRefused: ``account-unknown``, ``roles-would-mix``, ``role-unknown`` or ``provider-refused``.
            ProviderAway: it cannot be reached.
        """
        user = await self._user(user_id)
        roles = {one["name"] for one in await self._ask("GET", f"{_path(user_id)}/role-mappings/realm")}
        staff = roles & {one.value for one in STAFF}
        territories = set(_territories(user))
        if (role.value not in staff and territories - {territory}) or (
            territory not in territories and staff - {role.value}
        ):
            raise ProviderRefused("roles-would-mix")
        if territory not in territories:
            await self._write(user_id, territories | {territory})
        if role.value not in staff:
            await self._ask("POST", f"{_path(user_id)}/role-mappings/realm", [await self._role(role)])

    async def take(self, user_id: str, role: Role, territory: str) -> None:
        """The account's next token names the role no more, nor, without any role left, the territory. An account that is gone
        has nothing to be taken.

        In an account of several territories the territory alone goes: the role stays for the others.

        Raises:
            ProviderRefused: ``role-unknown`` or ``provider-refused``: the account still has it.
            ProviderAway: it cannot be reached.
        """
        try:
            user = await self._user(user_id)
        except ProviderRefused as refused:
            if refused.code != "account-unknown":
                raise
            return
        territories = set(_territories(user))
        if territories - {territory}:
            await self._write(user_id, territories - {territory})
            return
        await self._ask("DELETE", f"{_path(user_id)}/role-mappings/realm", [await self._role(role)])
        roles = {one["name"] for one in await self._ask("GET", f"{_path(user_id)}/role-mappings/realm")}
        if not roles & {one.value for one in STAFF}:
            await self._write(user_id, set())

    async def close(self) -> None:
        """Let its connections go."""
        await self._http.aclose()

    async def _user(self, user_id: str) -> dict[str, Any]:
        found: dict[str, Any] = await self._ask("GET", _path(user_id))
        return found

    async def _role(self, role: Role) -> dict[str, Any]:
        found: dict[str, Any] = await self._ask("GET", f"/roles/{role.value}")
        return found

    async def _write(self, user_id: str, territories: set[str]) -> None:
        # The account goes back as a whole: what an operator changed of it a moment ago must be in it.
        user = await self._user(user_id)
        attributes = {**user.get("attributes", {}), "territories": sorted(territories)}
        await self._ask("PUT", _path(user_id), {**user, "attributes": attributes})

    async def _ask(self, method: str, path: str, json: Any = None) -> Any:
        try:
            headers = {"Authorization": f"Bearer {await self._bearer()}"}
            answer = await self._http.request(method, self._admin + path, json=json, headers=headers)
        except (httpx.HTTPError, ValueError, KeyError) as error:
            raise ProviderAway(type(error).__name__) from None
        if answer.status_code == httpx.codes.NOT_FOUND:
            raise ProviderRefused("account-unknown" if path.startswith("/users/") else "role-unknown")
        if answer.is_client_error and answer.status_code not in _LATER:
            # Of this account or role: others are told all the same.
            raise ProviderRefused("provider-refused")
        if not answer.is_success:
            raise ProviderAway(str(answer.status_code))
        return answer.json() if answer.content else None

    async def _bearer(self) -> str:
        if time.monotonic() >= self._good_until:
            answer = await self._http.post(f"{self._realm}/protocol/openid-connect/token", data=self._form)
            answer.raise_for_status()
            told = answer.json()
            self._token = str(told["access_token"])
            self._good_until = time.monotonic() + float(told["expires_in"]) - _EARLY_SECONDS
        return self._token


def _path(user_id: str) -> str:
    return f"/users/{quote(user_id, safe='')}"


def _territories(user: Mapping[str, Any]) -> list[str]:
    return [str(one) for one in user.get("attributes", {}).get("territories", [])]
