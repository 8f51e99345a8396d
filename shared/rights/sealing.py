"""Sealed for one reader: what is sealed with a request's public key is opened with its private one, and by nobody else.

An ephemeral X25519 key for each piece, HKDF, ChaCha20-Poly1305; the context (request, service, run, number) is bound to the
piece, so none can be put in another's place. When the private key is thrown away, nobody opens it any more.
"""

import base64

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_KEY_BYTES = 32
# A key is used for one message only, so its nonce may be constant.
_NONCE = bytes(12)


class NotOpened(ValueError):
    """It was not sealed for this key, or not for this place."""


def new_pair() -> tuple[str, str]:
    """A private and a public key, Base64."""
    private = X25519PrivateKey.generate()
    return _text(private.private_bytes_raw()), _text(private.public_key().public_bytes_raw())


def seal(public_key: str, content: bytes, context: str) -> str:
    """Base64 of what only the holder of the private key opens.

    Raises:
        ValueError: no usable key.
    """
    reader = X25519PublicKey.from_public_bytes(_bytes(public_key))
    own = X25519PrivateKey.generate()
    head = own.public_key().public_bytes_raw()
    key = _derived(own.exchange(reader), head, _bytes(public_key))
    return _text(head + ChaCha20Poly1305(key).encrypt(_NONCE, content, context.encode()))


def open_sealed(private_key: str, sealed: str, context: str) -> bytes:
    """What was sealed.

    Raises:
        NotOpened: for another key or place, or it is no such thing.
    """
    try:
        own = X25519PrivateKey.from_private_bytes(_bytes(private_key))
        whole = _bytes(sealed)
        head, rest = whole[:_KEY_BYTES], whole[_KEY_BYTES:]
        shared = own.exchange(X25519PublicKey.from_public_bytes(head))
        key = _derived(shared, head, own.public_key().public_bytes_raw())
        return ChaCha20Poly1305(key).decrypt(_NONCE, rest, context.encode())
    except (ValueError, InvalidTag) as error:
        raise NotOpened(type(error).__name__) from None


def context_of(request_id: str, service: str, run: str, part: int, parts: int) -> str:
    """The place of a piece."""
    return "\n".join((request_id, service, run, str(part), str(parts)))


def _derived(shared: bytes, head: bytes, reader: bytes) -> bytes:
    return HKDF(hashes.SHA256(), _KEY_BYTES, salt=None, info=b"bassin export" + head + reader).derive(shared)


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
