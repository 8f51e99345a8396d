"""Variables of the environment that no process reads: a misspelt setting would otherwise be as if nobody had chosen it."""

import difflib
import re
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from shared.secret_files import SUFFIX

LIST: Final = Path(__file__).parent / "variables.txt"
"""Every variable that some process, the compose file or a start script reads; ``make docs`` writes it."""
_OURS = re.compile(r"BA+S+I+N+_(\w+)")
"""Also where the first word is misspelt."""
_ALIKE = 0.8
"""Of two names without their first word: SMTP_USER and SMTP_USERNAME are .82, CONFIRMATION_DAYS and CONFIRM_DAYS .83."""


class Unread(NamedTuple):
    """A variable that is set and read by nobody. ``meant``: the known one whose name is nearly the same, if any is."""

    variable: str
    meant: str | None


def unread(environment: Mapping[str, str], own: Iterable[str]) -> list[Unread]:
    """Variables in our name that nobody reads. ``own``: those that the process that asks reads, known or not.

    Empty is not set, and any may end in ``_FILE``.
    """
    known = listed() | set(own)
    names = sorted(name for name, value in environment.items() if value and _OURS.fullmatch(name.upper()))
    return [Unread(name, _nearest(name.upper(), known)) for name in names if not _known(name.upper(), known)]


@lru_cache(maxsize=1)
def listed() -> frozenset[str]:
    """Those of the list."""
    return frozenset(LIST.read_text(encoding="utf-8").split())


def _known(name: str, known: Collection[str]) -> bool:
    return name in known or name.removesuffix(SUFFIX) in known


def _nearest(name: str, known: Collection[str]) -> str | None:
    """Told by what is behind the first word, which all of them have in common."""
    found = _OURS.fullmatch(name)
    asked = "" if found is None else found[1]
    alike: list[tuple[float, str]] = []
    for one in known:
        for variable in (one, one + SUFFIX):
            likeness = difflib.SequenceMatcher(None, variable.removeprefix("BASSIN_"), asked)
            if likeness.quick_ratio() >= _ALIKE:
                alike.append((likeness.ratio(), variable))
    best = max(alike, default=(0.0, ""))
    return best[1] if best[0] >= _ALIKE else None
