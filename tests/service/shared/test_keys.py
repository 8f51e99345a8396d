"""The key set: expiry, one shared attempt, no hammering; and what tokens may claim."""

import asyncio
import json
import threading
from pathlib import Path
from typing import Any

import jwt
import pytest
from jwt import PyJWK

from shared.auth import KeySet, KeysUnavailable, TokenVerifier, Unauthenticated
from shared.auth.keys import FRESH_SECONDS, RETRY_SECONDS, TRUSTED_SECONDS
from shared.auth.local import local_token
from shared.auth.tokens import principal_from_claims
from shared.settings import Settings, load_settings


class Provider(KeySet):
    """A key set whose provider and clock are in the test's hand."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.time = 1_000.0
        super().__init__("https://idp.example/jwks", now=lambda: self.time)
        self.document: dict[str, Any] | Exception = document
        self.asked = 0
        self.hanging = asyncio.Event()
        self.hanging.set()

    async def _document(self) -> dict[str, Any]:
        self.asked += 1
        await self.hanging.wait()
        if isinstance(self.document, Exception):
            raise self.document
        return self.document


@pytest.fixture
def document(local_keys: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((local_keys / "jwks.json").read_text())
    return found


@pytest.fixture
def kid(document: dict[str, Any]) -> str:
    return str(document["keys"][0]["kid"])


async def test_a_withdrawn_key_is_refused_once_the_set_is_no_longer_fresh(document: dict[str, Any], kid: str) -> None:
    keys = Provider(document)
    assert isinstance(await keys.key(kid), PyJWK)
    keys.document = {"keys": [document["keys"][0] | {"kid": "another"}]}
    assert await keys.key(kid) is not None
    assert keys.asked == 1
    keys.time += FRESH_SECONDS
    assert await keys.key(kid) is None
    assert keys.asked == 2


async def test_without_the_provider_known_keys_are_good_for_a_while_only(document: dict[str, Any], kid: str) -> None:
    keys = Provider(document)
    await keys.key(kid)
    keys.document = OSError("down")
    keys.time += FRESH_SECONDS
    assert await keys.key(kid) is not None
    assert await keys.state() == "ok"
    with pytest.raises(KeysUnavailable):
        await keys.key("unheard-of")
    keys.time += TRUSTED_SECONDS - FRESH_SECONDS
    with pytest.raises(KeysUnavailable):
        await keys.key(kid)
    assert await keys.state() == "the key set cannot be read"
    keys.document = document
    keys.time += RETRY_SECONDS
    assert await keys.key(kid) is not None


@pytest.mark.parametrize("odd", [{}, {"keys": []}, {"keys": 1}, {"keys": [{"kty": "odd"}]}, {"keys": [1]}])
async def test_an_odd_key_set_is_an_unreadable_one(odd: dict[str, Any], kid: str) -> None:
    keys = Provider(odd)
    with pytest.raises(KeysUnavailable):
        await keys.key(kid)


async def test_a_hanging_provider_is_asked_once_by_all_who_wait(document: dict[str, Any], kid: str) -> None:
    keys = Provider(document)
    keys.hanging.clear()
    waiting = [asyncio.create_task(keys.key(kid)) for _ in range(50)]
    await asyncio.sleep(0)
    keys.hanging.set()
    assert all(await asyncio.gather(*waiting))
    assert keys.asked == 1


async def test_unknown_keys_do_not_hammer_the_provider(document: dict[str, Any]) -> None:
    keys = Provider(document)
    for number in range(200):
        assert await keys.key(f"unknown-{number}") is None
    assert keys.asked == 1
    keys.time += RETRY_SECONDS
    await keys.key("unknown")
    assert keys.asked == 2


async def test_a_new_key_is_found_soon(document: dict[str, Any], kid: str) -> None:
    keys = Provider({"keys": [document["keys"][0] | {"kid": "old"}]})
    await keys.key("old")
    keys.document = document
    keys.time += RETRY_SECONDS
    assert await keys.key(kid) is not None


GOOD = {"sub": "a", "roles": ["manager"], "territories": ["23"]}


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        ("sub", ""), ("sub", "x" * 81), ("sub", None), ("sub", 7), ("sub", "a b"), ("sub", "é"), ("sub", "a\x00"),
        ("roles", None), ("roles", 7), ("roles", "manager"), ("roles", {"manager": 1}), ("roles", [["manager"]]),
        ("roles", ["manager"] * 1_000), ("territories", None), ("territories", 23), ("territories", [23]),
        ("territories", "23"), ("organisation", 5), ("organisation", ""), ("organisation", "x" * 81),
    ],
)  # fmt: skip
def test_odd_claims_are_refused_with_a_sentence(claim: str, value: object) -> None:
    with pytest.raises(Unauthenticated, match=f"Dans le jeton, {claim} doit"):
        principal_from_claims(GOOD | {claim: value})


async def test_odd_tokens_are_refused(local_keys: Path) -> None:
    verifier = TokenVerifier(load_settings(Settings, environment="test", jwks=str(local_keys / "jwks.json")))
    good = local_token(local_keys, ["manager"], "m")
    head, body, signature = good.split(".")
    nested = "[" * 5_000
    for token in (
        "",
        ".",
        "..",
        "a.b.c",
        good[:-4],
        f"{head}.{body}",
        f"{head}.{body}.{signature}.x",
        "x" * 20_000,
        nested,
    ):
        with pytest.raises(Unauthenticated):
            await verifier.verify(token)
    key = (local_keys / "signing-key.pem").read_bytes()
    header = {"kid": jwt.get_unverified_header(good)["kid"]}
    for exp in (1e400, "soon", None, [], 10**400):
        token = jwt.encode({"sub": "m", "aud": "bassin", "roles": []} | {"claims": exp}, key, "EdDSA", headers=header)
        with pytest.raises(Unauthenticated):
            await verifier.verify(token)


async def test_a_file_is_read_while_all_threads_are_at_work(local_keys: Path, kid: str) -> None:
    """An import reads its table in a thread; on a busy machine nobody was let in for ten seconds, for want of another one."""
    done = threading.Event()
    loop = asyncio.get_running_loop()
    busy = [loop.run_in_executor(None, done.wait) for _ in range(64)]
    try:
        assert await KeySet(str(local_keys / "jwks.json")).key(kid) is not None
    finally:
        done.set()
        await asyncio.gather(*busy)
