"""What the read model keeps of a profile as a packed row, so that a shard comes back at the speed of the cursor."""

from collections.abc import Iterable, Sequence

import numpy as np

from services.matching.domain.facts import ProfileFacts
from services.matching.domain.ties import id_key, is_canonical
from services.matching.index.encoding import (
    Rows,
    SkillNumbers,
    lacking,
    profile_geo,
    profile_row,
)
from services.matching.index.layout import INLINE_SKILLS, LAYOUT, PROFILE_ROW, stamp
from services.matching.index.profiles import ProfileIndex
from services.matching.index.rows import packer

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
"""Everything of a profile with a UUID of which nothing goes on beside the row; skills by key, which no process numbers anew.

``version`` is that of the facts; the document's own is higher where nothing of them changed since.
"""
STAMP = stamp(LAYOUT, PACKED.descr)
"""Stored as ``layout`` beside ``packed``: what another release packed otherwise is made anew from the facts."""
READABLE = {"packed": {"$type": "binData"}, "layout": STAMP}
"""Query of the documents whose ``packed`` this release reads."""

_LOW = (1 << 64) - 1
_PACKER, _ = packer(PACKED, "high")


def pack(profile: ProfileFacts, version: int) -> bytes | None:
    """The profile as one ``PACKED`` row, or None for the odd ones that do not fit it."""
    if not is_canonical(profile.profile_id):
        return None
    row, more = profile_row(profile, _NO_NUMBERS)
    if more:
        return None
    key = id_key(profile.profile_id)
    keys = [*profile.skills, *[0] * (INLINE_SKILLS - len(profile.skills))]
    return _PACKER.pack(key >> 64, key & _LOW, lacking(profile), *profile_geo(profile), version, *keys, *row)


class _NoNumbers(SkillNumbers):
    """Packed rows leave the numbers out."""

    def number(self, key: int) -> int:
        return 0


_NO_NUMBERS = _NoNumbers()


def unpack(blobs: Iterable[bytes]) -> Rows:
    """Packed rows, one after the other, as an array."""
    return np.frombuffer(b"".join(blobs), PACKED)


def load(index: ProfileIndex, packed: Rows, versions: Sequence[int] = ()) -> None:
    """Insert packed profiles, none of which is in the index; ``versions``: those of their documents, where they are asked for."""
    rows = packed["row"].copy()
    rows["skills"] = index.skills.numbers(packed["keys"])
    known = np.array(versions, np.int64) if versions else packed["version"]
    index.load(packed["high"], packed["low"], packed["bits"], packed["geo"], rows, known)
