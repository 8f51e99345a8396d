"""Encryption of dumps in the format of age (https://age-encryption.org/v1), for public keys: who dumps cannot read dumps.

The library is the extra ``backup``; any other program for age opens the files as well.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from deploy.backup.archive import Unusable

_BEGINS = b"age-encryption.org/v1\n"


def recipients_of(keys: Sequence[str]) -> list[Any]:
    """Public keys as the library has them.

    Raises:
        Unusable: one is no age public key, or the library is not there.
    """
    if not keys:
        return []
    x25519 = _library().x25519
    try:
        return [x25519.Recipient.from_str(key) for key in keys]
    except Exception:  # the library's own kinds
        raise Unusable("a --recipient is no age public key (age1…).") from None


def seal(plain: Path, sealed: Path, recipients: Sequence[Any]) -> None:
    """Encrypt a file and remove the plain one; the name appears when it is whole."""
    part = sealed.with_name(sealed.name + ".part")
    os.close(os.open(part, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600))
    try:
        _library().encrypt_file(str(plain), str(part), list(recipients))
        part.replace(sealed)
    finally:
        plain.unlink(missing_ok=True)
        part.unlink(missing_ok=True)


def is_sealed(path: Path) -> bool:
    """Whether a file is encrypted."""
    try:
        with path.open("rb") as file:
            return file.read(len(_BEGINS)) == _BEGINS
    except FileNotFoundError:
        return False


def opened(sealed: Path, plain: Path, identity: Path) -> Path:
    """Decrypt a file with the private key that a file holds.

    Raises:
        Unusable: it is the wrong key, or the dump was changed or cut short.
    """
    library = _library()
    keys = [line.strip() for line in identity.read_text().splitlines() if line.startswith("AGE-SECRET-KEY-")]
    os.close(os.open(plain, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600))
    try:
        identities = [library.x25519.Identity.from_str(key) for key in keys]
        library.decrypt_file(str(sealed), str(plain), identities)
    except Exception:  # the library's own kinds
        raise Unusable(
            f"{sealed} cannot be opened with the key in {identity}: another key, or the dump is damaged."
        ) from None
    return plain


def _library() -> Any:
    try:
        import pyrage
    except ImportError:
        raise Unusable("encryption needs the package pyrage (the extra `backup`).") from None
    return pyrage
