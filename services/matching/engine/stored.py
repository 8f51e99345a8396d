"""What the read model keeps of a profile, so that a shard comes back at the speed of the cursor."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import orjson

from services.matching.domain.facts import AskedSkill, OfferFacts, ProfileFacts, Wish
from services.matching.domain.ties import id_key, is_canonical
from services.matching.index.encoding import (
    INLINE_SKILLS,
    PROFILE_ROW,
    Rows,
    SkillNumbers,
    lacking,
    profile_geo,
    profile_row,
)
from services.matching.index.profiles import ProfileIndex

PACKED = np.dtype(
    [
        ("high", "<u8"),
        ("low", "<u8"),
        ("bits", "<u8"),
        ("geo", "<i4", (4,)),
        ("version", "<i8"),
        ("keys", "<i8", (INLINE_SKILLS,)),
        ("row", PROFILE_ROW),
    ]
)
"""Everything of a profile with a UUID and no more skills than fit; skills by key, which no process numbers anew."""

_LOW = (1 << 64) - 1


def pack(profile: ProfileFacts, version: int) -> bytes | None:
    """The profile as one ``PACKED`` row, or None for the odd ones that do not fit it."""
    if len(profile.skills) > INLINE_SKILLS or not is_canonical(profile.profile_id):
        return None
    row, _ = profile_row(profile, _NO_NUMBERS)
    key = id_key(profile.profile_id)
    keys = [*profile.skills, *[0] * (INLINE_SKILLS - len(profile.skills))]
    packed = np.zeros((), PACKED)
    packed[()] = (key >> 64, key & _LOW, lacking(profile), profile_geo(profile), version, keys, row)
    return packed.tobytes()


class _NoNumbers(SkillNumbers):
    """Packed rows leave the numbers out."""

    def number(self, key: int) -> int:
        return 0


_NO_NUMBERS = _NoNumbers()


def unpack(blobs: Iterable[bytes]) -> Rows:
    """Packed rows, one after the other, as an array."""
    return np.frombuffer(b"".join(blobs), PACKED)


def load(index: ProfileIndex, packed: Rows) -> None:
    """Insert packed profiles, none of which is in the index."""
    rows = packed["row"].copy()
    rows["skills"] = index.skills.numbers(packed["keys"])
    index.load(packed["high"], packed["low"], packed["bits"], packed["geo"], rows, packed["version"])


def facts_bytes(facts: ProfileFacts | OfferFacts) -> bytes:
    """Facts as JSON, to read one pair again or to replay it."""
    return orjson.dumps(facts)


def profile_from(data: bytes) -> ProfileFacts:
    """The way back."""
    fields: dict[str, Any] = orjson.loads(data)
    fields["wishes"] = tuple(Wish(**wish) for wish in fields["wishes"])
    fields["skills"] = tuple(fields["skills"])
    fields["position"] = tuple(fields["position"]) if fields["position"] else None
    return ProfileFacts(**fields)


def offer_from(data: bytes) -> OfferFacts:
    """The way back."""
    fields: dict[str, Any] = orjson.loads(data)
    fields["skills"] = tuple(AskedSkill(**skill) for skill in fields["skills"])
    fields["position"] = tuple(fields["position"]) if fields["position"] else None
    return OfferFacts(**fields)
