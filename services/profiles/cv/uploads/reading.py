"""What a file is and says, found out in a bounded process; and the name under which it is given back."""

import json
import re
from dataclasses import dataclass

from services.profiles.cv.uploads.kinds import MAX_BYTES, RULES, Kind
from services.profiles.domain.errors import CvRefused
from shared.bounded import Bounds, Overrun, in_child
from shared.bounded_child import Declined
from shared.errors import refused_field
from shared.nir import names_nir
from shared.reference.text import unaccented
from shared.visible import clean_line, clean_prose

FIELD = "file"
_BOUNDS = Bounds(seconds=15.0, processor=10, memory=700 * 2**20, output=2**20)
_LONGEST_NAME = 80


@dataclass(frozen=True)
class Read:
    """A file that may be kept."""

    kind: Kind
    pages: int | None
    text: str


async def read_file(content: bytes, *, share: str) -> Read:
    """Look at the file, in a process of its own; of one ``share`` one at a time.

    Raises:
        CvRefused: naming the rule (``kinds.RULES``).
    """
    if not content:
        raise refusal("empty")
    if len(content) > MAX_BYTES:
        raise refusal("too-large")
    try:
        made = await in_child("services.profiles.cv.uploads.child", content, _BOUNDS, share=share)
    except Declined as declined:
        raise refusal(declined.rule) from None
    except Overrun:
        raise refusal("too-complex") from None
    found = json.loads(made)
    text = clean_prose(found["text"])
    if names_nir(text) or any(names_nir(line) for line in text.split("\n")):
        raise refusal("personal-number")
    return Read(Kind(found["kind"]), found["pages"], text)


def refusal(rule: str) -> CvRefused:
    """The refusal by a rule."""
    return refused_field(CvRefused, FIELD, rule, RULES[rule])


def safe_name(given: str, kind: Kind) -> str:
    """The name without path, signs and hidden characters, with the extension of what it is.

    Raises:
        CvRefused: a social security number stands in it.
    """
    name = clean_line(re.split(r"[\\/]", given)[-1])
    if names_nir(name):
        raise refused_field(CvRefused, f"{FIELD}.name", "personal-number", RULES["personal-number"])
    stem = re.sub(r"\.[A-Za-z0-9]{1,5}$", "", name)
    stem = re.sub(r"[^\w .()'’-]+|_+", " ", stem)
    stem = re.sub(r"\s+", " ", stem).strip(" .-")[:_LONGEST_NAME].strip()
    return f"{stem or 'cv'}.{kind}"


def ascii_name(name: str) -> str:
    """The name for clients that know no other letters."""
    return re.sub(r"[^a-z0-9 .()-]", "", unaccented(name)).strip() or "cv"
