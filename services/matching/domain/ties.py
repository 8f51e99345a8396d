"""A fixed order among equal scores, so that an answer never depends on who asked first or on how many workers run."""

import re
from functools import lru_cache
from hashlib import blake2b
from uuid import UUID

_CANONICAL = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def is_canonical(identifier: str) -> bool:
    """Whether this is a UUID in its usual lower-case form, which 128 bits give back."""
    return _CANONICAL.fullmatch(identifier) is not None


@lru_cache(maxsize=65_536)
def id_key(identifier: str) -> int:
    """128-bit key that orders identifiers: UUIDs as they read, anything else by its digest."""
    if is_canonical(identifier):
        return UUID(identifier).int
    return int.from_bytes(blake2b(identifier.encode(), digest_size=16).digest(), "big")


def pair_rank(score: int, profile_id: str, offer_id: str) -> tuple[int, int, int]:
    """Sort key of a pair, best first: score, then profile, then offer."""
    return -score, id_key(profile_id), id_key(offer_id)
