"""The list of erasures: kept beside the dumps and older than none of them, so that no restore brings an erased person back.

It holds ids, territories and times: of people, of accounts that were taken off profiles, of households that employed somebody,
of notes of canvassing, of participants whom a desk knew by a reference, of who asked not to be kept from the list of RSA
recipients. It is written whole each time (what it has stays in it), with a last line that says until when it is true, how many
lines there are and their hash: a list that was cut short is refused. What a newer release wrote there stays as it is, and is
said: after a step back the list goes on, and a restore names what it could not do.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from deploy.backup.files import Unusable, private, settle
from shared.rights.erasures import Erasure, ErasureKind


class _Beyond(BaseModel):
    """What every line has, whichever release wrote it."""

    model_config = ConfigDict(extra="ignore")

    id: str
    kind: str = ErasureKind.SUBJECT


class _End(BaseModel):
    model_config = ConfigDict(extra="forbid")

    as_of: AwareDatetime
    erasures: int
    sha256: str


@dataclass(frozen=True)
class ErasureList:
    """Erasures by their key; ``as_of``: the moment up to which none is missing; ``beyond``: lines of a newer release, whose
    meaning this one does not know.
    """

    as_of: datetime
    erasures: Mapping[str, Erasure]
    beyond: tuple[str, ...] = ()

    @property
    def unknown(self) -> list[str]:
        """What those lines are about, in words for the operator."""
        return [f"{one.kind} {one.id}" for one in map(_Beyond.model_validate_json, self.beyond)]


def read_list(path: Path) -> ErasureList:
    """The list in a file.

    Raises:
        Unusable: it is not there, cut short, or changed by hand.
    """
    try:
        lines = path.read_text().splitlines()
        end = _End.model_validate_json(lines[-1])
        intact = (end.erasures, end.sha256) == (len(lines) - 1, _digest(lines[:-1]))
        found: list[Erasure] = []
        beyond: list[str] = []
        for line in lines[:-1]:
            try:
                found.append(Erasure.model_validate_json(line))
            except ValidationError:
                _Beyond.model_validate_json(line)
                beyond.append(line)
    except FileNotFoundError:
        raise Unusable(f"there is no list of erasures at {path}.") from None
    except (OSError, UnicodeDecodeError, IndexError, ValidationError):
        raise Unusable(f"{path} is no list of erasures, or was cut short.") from None
    if not intact:
        raise Unusable(f"{path} is not the list that was written.")
    return ErasureList(end.as_of, {erasure.key: erasure for erasure in found}, tuple(beyond))


def write_list(path: Path, erasures: Iterable[Erasure], as_of: datetime) -> ErasureList:
    """Add erasures to the list in a file, or begin one. The file is exchanged as a whole.

    Raises:
        Unusable: there is something else at its place.
    """
    before = read_list(path) if path.exists() else ErasureList(as_of, {})
    known = dict(before.erasures)
    for erasure in erasures:
        known[erasure.key] = later(known.get(erasure.key), erasure)
    lines = [*(known[key].model_dump_json(exclude_defaults=True) for key in sorted(known)), *before.beyond]
    end = {"as_of": as_of.isoformat(), "erasures": len(lines), "sha256": _digest(lines)}
    file = private(path)
    try:
        file.write("".join(f"{line}\n" for line in (*lines, json.dumps(end))).encode())
        settle(file)
        Path(file.name).replace(path)
    except BaseException:
        Path(file.name).unlink(missing_ok=True)
        raise
    return ErasureList(as_of, known, before.beyond)


def later(known: Erasure | None, told: Erasure) -> Erasure:
    """A person's erasure stays; of several of one account, the last."""
    if known is None or (known.at < told.at and not known.of_person):
        return told
    return known


def _digest(lines: Iterable[str]) -> str:
    return hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()
