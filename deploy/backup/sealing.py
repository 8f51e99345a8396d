"""Encryption of dumps in the format of age (https://age-encryption.org/v1), for public keys: who dumps cannot read dumps.

The library is the extra ``backup``; any other program for age opens the files as well.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from deploy.backup.files import Unusable, nameless

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


def seal(plain: IO[bytes], sealed: IO[bytes], recipients: Sequence[Any]) -> None:
    """Encrypt what a file holds from where it stands."""
    _library().encrypt_io(plain, sealed, list(recipients))


def is_sealed(path: Path) -> bool:
    """Whether a file is encrypted."""
    try:
        with path.open("rb") as file:
            return file.read(len(_BEGINS)) == _BEGINS
    except FileNotFoundError:
        return False


@contextmanager
def opened(sealed: Path, identity: Path) -> Iterator[IO[bytes]]:
    """What is in an encrypted file, decrypted with the private key that another holds; on the disk beside it, under no name.

    Raises:
        Unusable: it is the wrong key, or the dump was changed or cut short.
    """
    library = _library()
    keys = [line.strip() for line in identity.read_text().splitlines() if line.startswith("AGE-SECRET-KEY-")]
    with nameless(sealed.parent) as plain:
        try:
            identities = [library.x25519.Identity.from_str(key) for key in keys]
            with sealed.open("rb") as file:
                library.decrypt_io(file, plain, identities)
        except Exception:  # the library's own kinds
            raise Unusable(
                f"{sealed} cannot be opened with the key in {identity}: another key, or the dump is damaged."
            ) from None
        plain.seek(0)
        yield plain


def _library() -> Any:
    try:
        import pyrage
    except ImportError:
        raise Unusable("encryption needs the package pyrage (the extra `backup`).") from None
    return pyrage
