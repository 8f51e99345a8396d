"""Signing keys and tokens of the local stack. Processes in production refuse these keys by their id."""

import base64
import json
import os
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.auth.tokens import LOCAL_KEY_PREFIX

_PRIVATE = "signing-key.pem"
_PUBLIC = "jwks.json"


def ensure_local_keys(folder: Path) -> Path:
    """Make an Ed25519 key pair in ``folder`` unless one is there; return the path of the JWKS file."""
    folder.mkdir(parents=True, exist_ok=True)
    private_path, public_path = folder / _PRIVATE, folder / _PUBLIC
    if private_path.exists() and public_path.exists():
        return public_path
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    descriptor = os.open(private_path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)
    raw = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    jwk = {
        "kty": "OKP",
        "crv": "Ed25519",
        "alg": "EdDSA",
        "use": "sig",
        "kid": LOCAL_KEY_PREFIX + secrets.token_hex(4),
        "x": base64.urlsafe_b64encode(raw).rstrip(b"=").decode(),
    }
    public_path.write_text(json.dumps({"keys": [jwk]}))
    return public_path


def local_token(
    folder: Path,
    roles: Iterable[str],
    subject: str,
    *,
    territories: Iterable[str] = ("23",),
    organisation: str | None = None,
    email: str | None = None,
    audience: str = "bassin",
    valid_for: timedelta = timedelta(hours=12),
) -> str:
    """A token for the local stack, signed by the key in ``folder``.

    Raises:
        FileNotFoundError: no local stack has made keys there.
    """
    key = (folder / _PRIVATE).read_bytes()
    kid = json.loads((folder / _PUBLIC).read_text())["keys"][0]["kid"]
    now = datetime.now(UTC)
    claims = {
        "sub": subject,
        "aud": audience,
        "iss": "bassin-local",
        "iat": now,
        "exp": now + valid_for,
        "roles": list(roles),
        "territories": list(territories),
    }
    if organisation is not None:
        claims["organisation"] = organisation
    if email is not None:
        claims |= {"email": email, "email_verified": True}
    return jwt.encode(claims, key, algorithm="EdDSA", headers={"kid": kid})
