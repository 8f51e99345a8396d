"""Verification of bearer tokens: RS256 or EdDSA, keys from a JWKS file or URL, audience and expiry checked."""

import asyncio
import json
import time
from pathlib import Path
from typing import Any

import httpx
import jwt
from jwt import PyJWK, PyJWKSet

from shared.auth.principal import Principal, Role
from shared.logs import get_logger
from shared.settings import ConfigurationError, Environment, Settings

ALGORITHMS = ("RS256", "EdDSA")
# Keys made by the local stack carry this prefix, so that a production process can tell and refuse them.
LOCAL_KEY_PREFIX = "bassin-local-"
CLOCK_LEEWAY_SECONDS = 30
# A key that we do not know may be new: ask for the set again, but not more often than this.
REFETCH_SECONDS = 30.0

_log = get_logger()


class Unauthenticated(Exception):
    """No token, or one that does not hold; the message is safe to show."""


class TokenVerifier:
    """Turns a bearer token into a ``Principal``."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._keys: dict[str, PyJWK] = {}
        self._fetched_at = float("-inf")
        self._fetching = asyncio.Lock()

    async def verify(self, token: str) -> Principal:
        """Check signature, audience, expiry and (when set) issuer.

        Raises:
            Unauthenticated: with a sentence that says what is wrong, never with token content.
        """
        try:
            header = jwt.get_unverified_header(token)
        except jwt.InvalidTokenError:
            raise Unauthenticated("The bearer token is not a JWT.") from None
        algorithm = header.get("alg")
        if algorithm not in ALGORITHMS:
            raise Unauthenticated(f"Tokens must be signed with one of {', '.join(ALGORITHMS)}.")
        key = await self._key(str(header.get("kid", "")))
        try:
            claims = jwt.decode(
                token,
                key,
                algorithms=[algorithm],
                audience=self._settings.audience,
                issuer=self._settings.issuer or None,
                leeway=CLOCK_LEEWAY_SECONDS,
                options={"require": ["exp", "sub", "aud"]},
            )
        except jwt.ExpiredSignatureError:
            raise Unauthenticated("The token has expired.") from None
        except jwt.InvalidAudienceError:
            raise Unauthenticated("The token is meant for another audience.") from None
        except jwt.InvalidTokenError as error:
            raise Unauthenticated(f"The token was refused ({type(error).__name__}).") from None
        return principal_from_claims(claims)

    async def _key(self, kid: str) -> PyJWK:
        if kid.startswith(LOCAL_KEY_PREFIX) and self._settings.environment is Environment.PRODUCTION:
            raise Unauthenticated("This token was signed by a local stack's key; those are refused here.")
        if kid not in self._keys:
            await self._refresh()
        key = self._keys.get(kid)
        if key is None:
            raise Unauthenticated("The token was signed by a key that is not in the key set.")
        return key

    async def _refresh(self) -> None:
        async with self._fetching:
            if time.monotonic() - self._fetched_at < REFETCH_SECONDS:
                return
            try:
                document = await self._read()
                self._keys = {key.key_id: key for key in PyJWKSet.from_dict(document).keys if key.key_id}
            except (OSError, httpx.HTTPError, ValueError, jwt.PyJWTError) as error:
                _log.error("jwks_unreadable", error=type(error).__name__)
                raise Unauthenticated("The key set that signs tokens cannot be read just now.") from None
            self._fetched_at = time.monotonic()

    async def _read(self) -> dict[str, Any]:
        source = self._settings.jwks
        if source.startswith(("http://", "https://")):
            async with httpx.AsyncClient(timeout=5.0) as client:
                answer = await client.get(source)
                answer.raise_for_status()
                document: dict[str, Any] = answer.json()
        else:
            document = json.loads(Path(source).read_text())
        return document


def principal_from_claims(claims: dict[str, Any]) -> Principal:
    """Roles that we do not know are left out, so that an identity provider may carry others."""
    known = {role.value for role in Role}
    roles = frozenset(Role(role) for role in claims.get("roles", ()) if role in known)
    organisation = claims.get("organisation")
    return Principal(
        subject=str(claims["sub"]),
        roles=roles,
        territories=frozenset(str(territory) for territory in claims.get("territories", ())),
        organisation=None if organisation is None else str(organisation),
    )


def check_jwks_setting(settings: Settings) -> None:
    """Refuse to start without a key set.

    Raises:
        ConfigurationError: BASSIN_JWKS is empty or names no file.
    """
    source = settings.jwks
    if not source:
        raise ConfigurationError("BASSIN_JWKS must name the key set that signs tokens (a URL or a file).")
    if not source.startswith(("http://", "https://")) and not Path(source).is_file():
        raise ConfigurationError(f"BASSIN_JWKS names a file that is not there: {source}.")
