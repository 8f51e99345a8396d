"""Identifiers are handed in, like time."""

from collections.abc import Callable

import uuid_utils

# Namespace of every derived identifier, so that equal inputs give equal ids in every service.
_NAMESPACE = uuid_utils.UUID("6f0e1f0a-6a7b-5d0c-9b77-0b6a551a0001")

IdFactory = Callable[[], str]


def new_id() -> str:
    """A UUIDv7: unique, and sortable by time of creation, which keeps MongoDB's ``_id`` index compact."""
    return str(uuid_utils.uuid7())


def derived_id(*parts: str) -> str:
    """The same id for the same parts: what makes a repeated import or a redelivered event land on one document."""
    name = "\x1f".join(parts).encode()
    return str(uuid_utils.uuid5(_NAMESPACE, name))  # type: ignore[arg-type]  # its stubs lag: bytes, as Python's own since 3.12
