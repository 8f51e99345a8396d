"""Signed links: what an e-mail may let somebody do with one click, and nothing more."""

import base64
import binascii
import hashlib
import hmac
import json
from datetime import UTC, datetime

from shared.errors import Refused

_SIGNATURE_BYTES = 20


class LinkRefused(Refused):
    """The signed link is not ours, was cut, is too old, or is no longer or not for the caller good."""

    code = "link-refused"


def sign(secret: str, purpose: str, subject: str, expires: datetime) -> str:
    """A URL-safe token that says ``subject`` may do ``purpose`` until ``expires`` (HMAC-SHA256, cut to 160 bits)."""
    body = json.dumps([purpose, subject, int(expires.timestamp())], separators=(",", ":")).encode()
    return _text(body + _mac(secret, body))


def verify(secret: str, purpose: str, token: str, now: datetime) -> str:
    """The subject of a token.

    Raises:
        LinkRefused: not signed by us, for another purpose, or expired.
    """
    try:
        raw = base64.urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
    except (binascii.Error, UnicodeEncodeError):
        raise LinkRefused("Ce lien est incomplet.") from None
    body, mac = raw[:-_SIGNATURE_BYTES], raw[-_SIGNATURE_BYTES:]
    if not body or not hmac.compare_digest(mac, _mac(secret, body)):
        raise LinkRefused("Ce lien est incomplet.")
    signed_purpose, subject, expires = json.loads(body)
    if signed_purpose != purpose:
        raise LinkRefused("Ce lien sert à autre chose.")
    if now >= datetime.fromtimestamp(expires, UTC):
        raise LinkRefused("Ce lien a expiré.")
    return str(subject)


def _mac(secret: str, body: bytes) -> bytes:
    return hmac.digest(secret.encode(), body, hashlib.sha256)[:_SIGNATURE_BYTES]


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")
