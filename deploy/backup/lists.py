"""The list of erasures: kept beside the dumps and older than none of them, so that no restore brings an erased person back.

It holds ids, territories and times: of people, of accounts that were taken off profiles, of households that employed somebody, of
notes of canvassing. It is written whole each time (what it has stays in it), with a last line that says until when it is true,
how many lines there are and their hash: a list that was cut short is refused.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from deploy.backup.files import Unusable, private, settle
from shared.rights.erasures import Erasure


class _End(BaseModel):
    model_config = ConfigDict(extra="forbid")

    as_of: AwareDatetime
    erasures: int
    sha256: str


@dataclass(frozen=True)
class ErasureList:
    """Erasures by their key; ``as_of``: the moment up to which none is missing."""

    as_of: datetime
    erasures: Mapping[str, Erasure]


def read_list(path: Path) -> ErasureList:
    """The list in a file.

    Raises:
        Unusable: it is not there, cut short, or changed by hand.
    """
    try:
        lines = path.read_text().splitlines()
        end = _End.model_validate_json(lines[-1])
        found = [Erasure.model_validate_json(line) for line in lines[:-1]]
    except FileNotFoundError:
        raise Unusable(f"there is no list of erasures at {path}.") from None
    except (OSError, UnicodeDecodeError, IndexError, ValidationError):
        raise Unusable(f"{path} is no list of erasures, or was cut short.") from None
    if (end.erasures, end.sha256) != (len(found), _digest(lines[:-1])):
        raise Unusable(f"{path} is not the list that was written.")
    return ErasureList(end.as_of, {erasure.key: erasure for erasure in found})


def write_list(path: Path, erasures: Iterable[Erasure], as_of: datetime) -> ErasureList:
    """Add erasures to the list in a file, or begin one. The file is exchanged as a whole.

    Raises:
        Unusable: there is something else at its place.
    """
    known = dict(read_list(path).erasures) if path.exists() else {}
    for erasure in erasures:
        known[erasure.key] = later(known.get(erasure.key), erasure)
    lines = [known[key].model_dump_json(exclude_defaults=True) for key in sorted(known)]
    end = {"as_of": as_of.isoformat(), "erasures": len(lines), "sha256": _digest(lines)}
    file = private(path)
    try:
        file.write("".join(f"{line}\n" for line in (*lines, json.dumps(end))).encode())
        settle(file)
        Path(file.name).replace(path)
    except BaseException:
        Path(file.name).unlink(missing_ok=True)
        raise
    return ErasureList(as_of, known)


def later(known: Erasure | None, told: Erasure) -> Erasure:
    """A person's erasure stays; of several of one account, the last."""
    if known is None or (known.at < told.at and not known.of_person):
        return told
    return known


def _digest(lines: Iterable[str]) -> str:
    return hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()
