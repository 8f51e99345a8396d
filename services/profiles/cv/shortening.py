"""How a CV that is longer than a page is brought to one: letters first, then the least telling parts, always in this order.

Each step is a whole CV; the first that fits its page is taken, and what it leaves out is said to the person.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from services.profiles.cv.content import Content, Part, Work
from services.profiles.cv.typography import shortened, unbroken


@dataclass(frozen=True)
class Room:
    """What a step has room for. ``size`` in points; texts in characters, a line end counted as half a line of them."""

    size: float
    name: int = 250
    experiences: int = 99
    tasks: int = 2_000
    presentation: int = 2_000
    skills: int = 999
    items: int = 99
    """Occupations, diplomas, languages."""
    interests: int = 99
    words: int = 400
    """Of a title, an employer, a diploma."""


STEPS = (
    Room(11),
    Room(10),
    Room(9),
    Room(9, experiences=12, tasks=600, presentation=900, skills=40, interests=6),
    Room(9, experiences=10, tasks=400, presentation=700, skills=30, items=10, interests=4),
    Room(9, experiences=10, tasks=250, presentation=500, skills=24, items=8, interests=0, words=150),
    Room(9, experiences=8, tasks=150, presentation=400, skills=18, items=6, interests=0, words=120),
    Room(9, experiences=6, tasks=100, presentation=300, skills=14, items=5, interests=0, words=90),
    Room(8.5, name=160, experiences=5, tasks=60, presentation=200, skills=10, items=4, interests=0, words=70),
    Room(8.5, name=100, experiences=4, tasks=0, presentation=120, skills=8, items=3, interests=0, words=50),
    Room(8.5, name=60, experiences=3, tasks=0, presentation=60, skills=5, items=2, interests=0, words=30),
)
"""Below 8.5 points nobody reads; a whole profile of ordinary length fits the first steps."""
_LINE = 45
_LONG_NAME = 40


@dataclass(frozen=True)
class Step:
    """A CV as one step has it, and the parts of which something is missing."""

    room: Room
    content: Content
    cut: tuple[Part, ...]

    def document(self) -> dict[str, Any]:
        """As the template reads it."""
        found: dict[str, Any] = _breaking(asdict(self.content))
        return found | {"size": self.room.size, "title": 1.75 if len(self.content.name) <= _LONG_NAME else 1.2}


def steps(whole: Content) -> Iterator[Step]:
    """The CV step by step, whole first."""
    for room in STEPS:
        kept = _kept(whole, room)
        now = dict(parts_of(kept))
        yield Step(room, kept, tuple(part for part, was in parts_of(whole) if was != now[part]))


def _kept(whole: Content, room: Room) -> Content:
    def few(texts: tuple[str, ...], most: int) -> tuple[str, ...]:
        return tuple(shortened(one, room.words) for one in texts[:most])

    return Content(
        name=shortened(whole.name, room.name),
        headline=shortened(whole.headline, room.words),
        contact=tuple(shortened(one, max(room.words, 60)) for one in whole.contact),
        presentation=_lines(whole.presentation, room.presentation),
        experiences=tuple(
            Work(
                shortened(one.title, room.words),
                shortened(one.where, room.words),
                one.when,
                _lines(one.tasks, room.tasks),
            )
            for one in whole.experiences[: room.experiences]
        ),
        occupations=few(whole.occupations, room.items),
        skills=few(whole.skills, room.skills),
        diplomas=few(whole.diplomas, room.items),
        languages=few(whole.languages, room.items),
        practical=few(whole.practical, max(room.items, 6)),
        interests=few(whole.interests, room.interests),
    )


def _lines(texts: tuple[str, ...], most: int) -> tuple[str, ...]:
    kept: list[str] = []
    for text in texts:
        if most <= 0:
            break
        kept.append(shortened(text, most))
        most -= max(len(text), _LINE)
    if len(kept) < len(texts) and kept and not kept[-1].endswith("…"):
        kept[-1] += " …"
    return tuple(kept)


def parts_of(content: Content) -> tuple[tuple[Part, object], ...]:
    """What a CV says in each of its parts."""
    return (
        (Part.NAME, content.name),
        (Part.HEADLINE, content.headline),
        (Part.CONTACT, content.contact),
        (Part.PRESENTATION, content.presentation),
        (Part.EXPERIENCES, content.experiences),
        (Part.OCCUPATIONS, content.occupations),
        (Part.SKILLS, content.skills),
        (Part.DIPLOMAS, content.diplomas),
        (Part.LANGUAGES, content.languages),
        (Part.PRACTICAL, content.practical),
        (Part.INTERESTS, content.interests),
    )


def _breaking(value: Any) -> Any:
    if isinstance(value, str):
        return unbroken(value)
    if isinstance(value, dict):
        return {name: _breaking(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_breaking(inner) for inner in value]
    return value
