"""What an employer calls somebody who is shown to it without a name: another at each offer, which tells nothing of the person.

It is the profile's id, encrypted with the employer's key and bound to the offer (AES-SIV, RFC 5297): always the same for one
offer, so that a list stays a list, and known again by whoever has the key. Two offers' names of one person have nothing in
common, nor have they with the id that an application shows.
"""

import base64
import binascii
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

PREFIX = "c."
_KEY_BYTES = 32


def new_key() -> str:
    """A key of one employer."""
    return _text(secrets.token_bytes(_KEY_BYTES))


def alias_of(key: str, offer_id: str, profile_id: str) -> str:
    """What the employer of ``key`` calls the person at this offer."""
    sealed = AESSIV(_raw(key)).encrypt(profile_id.encode(), [offer_id.encode()])
    return PREFIX + _text(sealed)


def profile_of(key: str | None, offer_id: str, name: str) -> str | None:
    """The id of a profile by its alias at this offer, or as it is; None for an alias of elsewhere, or a forged one."""
    if not name.startswith(PREFIX):
        return name
    try:
        return AESSIV(_raw(key or "")).decrypt(_raw(name.removeprefix(PREFIX)), [offer_id.encode()]).decode()
    except (InvalidTag, ValueError, binascii.Error):
        return None


def _raw(text: str) -> bytes:
    return base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")
