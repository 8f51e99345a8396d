"""Kinds of filters that are read in a question, what one says, and where it was said."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class ChipKind(StrEnum):
    """Kinds of filters that are read in a question."""

    CONTRACT = "contract"
    WORKING_TIME = "working_time"
    SCHEDULE = "schedule"
    EXPERIENCE = "experience"
    DIPLOMA = "diploma"
    LICENCE = "licence"
    ACCESS = "access"
    PAY = "pay"
    RADIUS = "radius"
    PLACE = "place"


Parameters = Mapping[str, str | tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a filter says: ``parameters`` say the same outright."""

    label: str
    parameters: Parameters


@dataclass(frozen=True, slots=True)
class Said:
    """A stretch of the joined words that says a filter, or what is none (``said`` None); ``denied``: what its denial says."""

    kind: ChipKind
    said: Meaning | None
    denied: Meaning | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that was read between two places (characters) of the question; ``parameters`` say the same outright."""

    kind: ChipKind
    label: str
    start: int
    end: int
    parameters: Parameters
    bars: bool = False
    """Whether it takes away («sans intérim») instead of naming what is wanted."""
