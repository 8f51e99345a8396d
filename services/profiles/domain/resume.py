"""What a person says for their CV beside what matching needs: where they have worked, what they learnt, in their words."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from shared.contracts.vocabulary import FrenchLevel
from shared.domain import Entity, Value
from shared.errors import FieldError
from shared.kept_enum import StoredEnum
from shared.types import EARLIEST, Line, Prose

_WHEN = re.compile(r"[0-9]{4}(-(0[1-9]|1[0-2]))?")


def _when(text: str) -> str:
    if not _WHEN.fullmatch(text) or not EARLIEST.year <= int(text[:4]) <= 2100:
        raise PydanticCustomError("when", "Une année (2019) ou un mois (2019-03).")
    return text


When = Annotated[str, Field(max_length=7), AfterValidator(_when)]
"""A year or a month, ``2019`` or ``2019-03``: nobody remembers more of what is long ago."""


class Layout(StoredEnum):
    """How a CV that is made is laid out; all three are plain and say the same."""

    CLASSIC = "classic"
    SIDEBAR = "sidebar"
    COMPACT = "compact"


class Experience(Entity):
    """Work of any kind, paid or not."""

    title: Annotated[str, Line(120)]
    employer: Annotated[str | None, Line(120)] = None
    place: Annotated[str | None, Line(100)] = None
    begin: When | None = None
    end: When | None = Field(default=None, description="Absent: it lasts, or nobody said")
    tasks: Annotated[str, Prose(1_000, blank=True)] = ""


class Diploma(Entity):
    """A diploma, a title, a training."""

    title: Annotated[str, Line(150)]
    school: Annotated[str | None, Line(120)] = None
    year: int | None = Field(default=None, ge=EARLIEST.year, le=2100)


class SpokenLanguage(Entity):
    """A language as the person calls it, and how well they speak it."""

    name: Annotated[str, Line(40)]
    level: FrenchLevel | None = Field(default=None, description="CEFR")
    mother_tongue: bool = False


class Resume(Value):
    """The parts of a CV that only a CV needs. They never leave this service but by what the person discloses."""

    headline: Annotated[str | None, Line(120)] = Field(default=None, description="What stands below the name")
    presentation: Annotated[str, Prose(1_200, blank=True)] = ""
    experiences: tuple[Experience, ...] = Field(default=(), max_length=20, description="The latest first")
    diplomas: tuple[Diploma, ...] = Field(default=(), max_length=10)
    languages: tuple[SpokenLanguage, ...] = Field(default=(), max_length=10)
    interests: tuple[Annotated[str, Line(60)], ...] = Field(default=(), max_length=10)


def resume_errors(resume: Resume, today: date) -> Iterator[FieldError]:
    """Times that cannot be."""
    now = today.strftime("%Y-%m")
    for at, one in enumerate(resume.experiences):
        where = f"cv.experiences.{at}"
        if one.begin is not None and one.begin > now[: len(one.begin)]:
            yield FieldError(f"{where}.begin", "in-the-future", "Cette expérience n'a pas commencé.")
        if one.end is not None and one.begin is not None:
            shared = min(len(one.end), len(one.begin))
            if one.end[:shared] < one.begin[:shared]:
                yield FieldError(f"{where}.end", "before-start", "La fin précède le début.")
