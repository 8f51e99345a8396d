"""The key set that signs tokens: read from a file or URL, kept for a while, and never waited for by a queue of requests.

The address of an OpenID provider's configuration will do as well: it names the key set and the issuer.
"""

import asyncio
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import httpx
import jwt
from jwt import PyJWK, PyJWKSet

from shared import metrics
from shared.errors import Unavailable
from shared.logs import get_logger

FRESH_SECONDS: Final = 300.0
"""After this long the set is read again before a key is used: a withdrawn key is good no longer."""
TRUSTED_SECONDS: Final = 900.0
"""While the set cannot be read, the keys known are good this long at most."""
RETRY_SECONDS: Final = 10.0
"""Between two attempts after a failure, and between two readings for the sake of unknown keys."""
ATTEMPT_SECONDS: Final = 3.0
PATIENCE_SECONDS: Final = 1.0
"""So long does a request wait for the attempt of another one when a key that it could use is known."""
MAX_BYTES: Final = 1_000_000
DISCOVERY: Final = "/.well-known/openid-configuration"
"""How the address of a provider's configuration ends (OpenID Connect Discovery 1.0, section 4)."""

_log = get_logger()


class KeysUnavailable(Unavailable):
    """Whether the token is good cannot be said: the key set cannot be read just now."""

    code = "keys-unavailable"

    def __init__(self) -> None:
        super().__init__("Votre identité ne peut pas être vérifiée en ce moment : réessayez dans un instant.")


class KeySet:
    """Keys by id. One attempt at a time, shared by all who wait; ``now`` is a monotonic clock in seconds."""

    def __init__(self, source: str, now: Callable[[], float] = time.monotonic, issuer: str = "") -> None:
        self._source = source
        self._wanted_issuer = issuer
        self.issuer = issuer
        """Whose tokens these keys sign: as given, else as the provider's configuration says; empty: not known."""
        self._now = now
        self._keys: dict[str, PyJWK] = {}
        self._read_at = float("-inf")
        self._tried_at = float("-inf")
        self._failed = False
        self._attempt: asyncio.Task[None] | None = None

    async def key(self, kid: str) -> PyJWK | None:
        """The key, or None when the set has none of this id.

        Raises:
            KeysUnavailable: the set could not be read, and what is known of it does not answer.
        """
        known = self._keys.get(kid) if self._age() < TRUSTED_SECONDS else None
        if known is not None and self._age() < FRESH_SECONDS:
            return known
        await self._refreshed(PATIENCE_SECONDS if known is not None else ATTEMPT_SECONDS)
        if self._age() >= TRUSTED_SECONDS:
            raise KeysUnavailable
        found = self._keys.get(kid)
        if found is None and self._failed:
            raise KeysUnavailable
        return found

    async def state(self) -> str:
        """For readiness: ``ok`` while tokens can be verified."""
        if self._age() >= FRESH_SECONDS:
            await self._refreshed(PATIENCE_SECONDS)
        return "ok" if self._age() < TRUSTED_SECONDS else "the key set cannot be read"

    def _age(self) -> float:
        return self._now() - self._read_at

    async def _refreshed(self, patience: float) -> None:
        """Wait for the attempt under way, or begin one unless the last was a moment ago."""
        if self._attempt is None or self._attempt.done():
            if self._now() - self._tried_at < RETRY_SECONDS:
                return
            self._tried_at = self._now()
            self._attempt = asyncio.create_task(self._read())
        await asyncio.wait({self._attempt}, timeout=patience)

    async def _read(self) -> None:
        try:
            async with asyncio.timeout(ATTEMPT_SECONDS):
                issuer, document = await self._provided()
            # Keycloak lists its encryption key beside those that sign; PyJWT leaves out what it cannot use.
            keys = PyJWKSet.from_dict(document).keys
            self._keys = {key.key_id: key for key in keys if key.key_id and key.public_key_use in (None, "sig")}
            self.issuer = issuer
        except (
            OSError,
            httpx.HTTPError,
            httpx.InvalidURL,
            ValueError,
            TypeError,
            AttributeError,
            jwt.PyJWTError,
        ) as error:
            self._failed = True
            metrics.JWKS_FAILURES.inc()
            _log.error("jwks_unreadable", error=type(error).__name__)
            return
        self._failed = False
        self._read_at = self._now()
        metrics.JWKS_READ.set_to_current_time()

    async def _provided(self) -> tuple[str, dict[str, Any]]:
        """The issuer, where known, and the key set; of a provider, whose configuration may move, both are read again."""
        found = await self._document()
        if not self._source.endswith(DISCOVERY):
            return self._wanted_issuer, found
        issuer, keys = found.get("issuer"), found.get("jwks_uri")
        if not isinstance(issuer, str) or not issuer or not isinstance(keys, str):
            raise ValueError("a provider's configuration names its issuer and its key set")
        if self._wanted_issuer and issuer != self._wanted_issuer:
            raise ValueError("the provider is another issuer than BASSIN_ISSUER")
        if not keys.startswith("https://") and (self._source.startswith("https://") or not keys.startswith("http://")):
            raise ValueError("the key set must come as safely as the configuration that names it")
        return issuer, await _loaded(keys)

    async def _document(self) -> dict[str, Any]:
        return await _loaded(self._source)


async def _loaded(source: str) -> dict[str, Any]:
    raw = await _download(source) if source.startswith(("http://", "https://")) else _content(source)
    document = json.loads(raw[: MAX_BYTES + 1])
    if not isinstance(document, dict):
        raise TypeError("a key set and a configuration are objects")
    return document


def _content(path: str) -> bytes:
    """Of a file. Not by a thread: where all of them are at work, the set would not be read in time, and everybody refused."""
    with Path(path).open("rb") as file:
        return file.read(MAX_BYTES + 1)


async def _download(source: str) -> bytes:
    async with httpx.AsyncClient(timeout=ATTEMPT_SECONDS) as client, client.stream("GET", source) as answer:
        answer.raise_for_status()
        raw = b""
        async for part in answer.aiter_bytes():
            raw += part
            if len(raw) > MAX_BYTES:
                raise ValueError("the key set is too large")
        return raw
