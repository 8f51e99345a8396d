"""A provider's configuration instead of a key set: issuer and keys from it, checked, and read again."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from shared.auth import KeySet, KeysUnavailable, TokenVerifier, Unauthenticated, keys
from shared.auth.keys import RETRY_SECONDS
from shared.auth.tokens import principal_from_claims
from shared.settings import Settings, load_settings

ISSUER = "https://id.example/realms/bassin"
CONFIGURATION = f"{ISSUER}/.well-known/openid-configuration"
RSA = rsa.generate_private_key(65537, 2048)
EC = ec.generate_private_key(ec.SECP256R1())


def public(kid: str, key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey = RSA, **more: str) -> dict[str, Any]:
    if isinstance(key, rsa.RSAPrivateKey):
        made = {"alg": "RS256", **RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)}
    else:
        made = {"alg": "ES256", **ECAlgorithm.to_jwk(key.public_key(), as_dict=True)}
    return {"kid": kid, "use": "sig", **made, **more}


class Web:
    """What is found under which address."""

    def __init__(self) -> None:
        self.documents: dict[str, Any] = {
            CONFIGURATION: {"issuer": ISSUER, "jwks_uri": f"{ISSUER}/certs"},
            f"{ISSUER}/certs": {"keys": [public("one")]},
        }

    async def load(self, source: str) -> dict[str, Any]:
        found = self.documents[source]
        if isinstance(found, Exception):
            raise found
        document: dict[str, Any] = found
        return document


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Web:
    web = Web()
    monkeypatch.setattr(keys, "_loaded", web.load)
    return web


class Clock:
    time = 1_000.0

    def __call__(self) -> float:
        return self.time


def verifier(now: Clock | None = None, **settings: object) -> TokenVerifier:
    values = load_settings(Settings, **({"environment": "production", "jwks": CONFIGURATION} | settings))
    return TokenVerifier(values, KeySet(values.jwks, now or Clock(), issuer=values.issuer))


def token(kid: str = "one", key: Any = RSA, algorithm: str = "RS256", **claims: object) -> str:
    now = datetime.now(UTC)
    told = {"sub": "lea", "aud": "bassin", "iss": ISSUER, "iat": now, "exp": now + timedelta(minutes=5)} | claims
    return jwt.encode({k: v for k, v in told.items() if v is not None}, key, algorithm, headers={"kid": kid})


async def test_keys_and_issuer_come_from_the_configuration(web: Web) -> None:
    assert (await verifier().verify(token(roles=["counsellor"], territories=["23"]))).may_see("23")


@pytest.mark.parametrize("issuer", ["https://elsewhere.example", f"{ISSUER}/", None])
async def test_a_token_of_another_issuer_is_refused_though_its_key_is_known(web: Web, issuer: str | None) -> None:
    with pytest.raises(Unauthenticated):
        await verifier().verify(token(iss=issuer))


@pytest.mark.parametrize(
    "configuration",
    [
        {}, {"issuer": ISSUER}, {"jwks_uri": f"{ISSUER}/certs"}, {"issuer": 1, "jwks_uri": 2},
        {"issuer": "", "jwks_uri": f"{ISSUER}/certs"}, {"issuer": ISSUER, "jwks_uri": "file:///etc/passwd"},
        {"issuer": ISSUER, "jwks_uri": "http://id.example/certs"}, {"issuer": ISSUER, "jwks_uri": "/certs"},
        OSError("down"),
    ],
)  # fmt: skip
async def test_an_odd_configuration_is_an_unreadable_key_set(web: Web, configuration: Any) -> None:
    web.documents[CONFIGURATION] = configuration
    web.documents["http://id.example/certs"] = web.documents["/certs"] = {"keys": [public("one")]}
    checked = verifier()
    with pytest.raises(KeysUnavailable):
        await checked.verify(token())
    assert await checked.keys.state() != "ok"


async def test_a_configuration_of_another_issuer_than_the_setting_is_not_trusted(web: Web) -> None:
    with pytest.raises(KeysUnavailable):
        await verifier(issuer="https://id.example/realms/other").verify(token())


async def test_keys_rotate_and_may_move(web: Web) -> None:
    now = Clock()
    checked = verifier(now)
    await checked.verify(token())
    web.documents[CONFIGURATION] = {"issuer": ISSUER, "jwks_uri": f"{ISSUER}/moved"}
    web.documents[f"{ISSUER}/moved"] = {"keys": [public("two", EC)]}
    now.time += RETRY_SECONDS
    assert (await checked.verify(token("two", EC, "ES256"))).subject == "lea"
    with pytest.raises(Unauthenticated, match="clé inconnue"):
        await checked.verify(token())


async def test_a_key_that_encrypts_signs_nothing(web: Web) -> None:
    web.documents[f"{ISSUER}/certs"] = {"keys": [public("one"), public("two", use="enc"), public("x", alg="RSA-OAEP")]}
    for kid in ("two", "x"):
        with pytest.raises(Unauthenticated, match="clé inconnue"):
            await verifier().verify(token(kid))


@pytest.mark.parametrize(("header", "key"), [("ES256", EC), ("PS256", RSA)])
async def test_a_key_verifies_its_own_algorithm_only(web: Web, header: str, key: Any) -> None:
    with pytest.raises(Unauthenticated):
        await verifier().verify(token("one", key, header))


async def test_clocks_may_differ_by_half_a_minute(web: Web) -> None:
    now = datetime.now(UTC)
    await verifier().verify(token(iat=now + timedelta(seconds=20), nbf=now + timedelta(seconds=20)))
    await verifier().verify(token(exp=now - timedelta(seconds=20)))
    for claims in ({"nbf": now + timedelta(minutes=2)}, {"exp": now - timedelta(minutes=2)}):
        with pytest.raises(Unauthenticated):
            await verifier().verify(token(**claims))


@pytest.mark.parametrize(
    ("claims", "email"),
    [
        ({"email": "Lea@Example.org", "email_verified": True}, "lea@example.org"),
        ({"email": "lea@example.org", "email_verified": False}, None),
        ({"email": "lea@example.org", "email_verified": "true"}, None),
        ({"email": "lea@example.org"}, None),
        ({"email": ["lea@example.org"], "email_verified": True}, None),
        ({"email": "a" * 300, "email_verified": True}, None),
        # As invitations keep them; «straße» and «strasse» are two domains.
        ({"email": "Marie@mairie-guéret.fr", "email_verified": True}, "marie@xn--mairie-guret-jeb.fr"),
        ({"email": "nadia@straße.example", "email_verified": True}, "nadia@xn--strae-oqa.example"),
        ({"email": "(@b.c", "email_verified": True}, None),
        # Another mailbox than the one that they would be mended to.
        ({"email": "\u212aate@example.org", "email_verified": True}, None),
        ({"email": "le\u200ba@example.org", "email_verified": True}, None),
        ({"email": "le\x00a@example.org", "email_verified": True}, None),
        ({"email": "le\x7fa@example.org", "email_verified": True}, None),
        ({"email": " lea@example.org", "email_verified": True}, "lea@example.org"),
    ],
)
def test_only_a_verified_address_counts(claims: dict[str, Any], email: str | None) -> None:
    caller = principal_from_claims({"sub": "lea", **claims})
    assert caller.email == email
    assert email is None or email not in repr(caller)


async def test_a_file_with_a_configuration_is_a_key_set_like_any_other(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    file.write_text(json.dumps({"keys": [public("one")]}))
    assert (await verifier(jwks=str(file)).verify(token(iss="anybody"))).subject == "lea"
