"""A CV as PDF: content, steps, and the child process that sets them."""

import asyncio
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial

from services.profiles.cv.content import Content, Part, content_of
from services.profiles.cv.shortening import Step, parts_of, steps
from services.profiles.domain.errors import CvNotMade
from services.profiles.domain.profile import Profile
from services.profiles.domain.resume import Layout
from shared.bounded import Bounds, Overrun, in_child
from shared.bounded_child import Declined
from shared.errors import FieldError
from shared.reference.occupations import Occupations

_BOUNDS = Bounds(seconds=20.0, processor=10, memory=2 * 2**30, output=5 * 2**20)
"""A page takes a quarter of a second."""


_PARTS = {
    Part.NAME: "le nom",
    Part.HEADLINE: "le titre",
    Part.CONTACT: "les coordonnées",
    Part.PRESENTATION: "la présentation",
    Part.EXPERIENCES: "les expériences",
    Part.OCCUPATIONS: "les métiers recherchés",
    Part.SKILLS: "les compétences",
    Part.DIPLOMAS: "les formations",
    Part.LANGUAGES: "les langues",
    Part.PRACTICAL: "les informations pratiques",
    Part.INTERESTS: "les centres d'intérêt",
}
_MOST_NAMED = 20


@dataclass(frozen=True)
class Printed:
    """A CV. ``notes``: parts of which something did not fit (``shortened``) or had no font (``no-font``)."""

    pdf: bytes
    notes: tuple[FieldError, ...]


async def print_cv(
    profile: Profile,
    occupations: Occupations,
    today: date,
    layout: Layout,
    *,
    anonymous: bool = False,
    reached: tuple[str, ...] | None = None,
    share: str | None = None,
) -> Printed:
    """The CV on one page. ``reached``: as ``content_of`` says. ``share``: whose turn it takes, the person's where it is None.

    Raises:
        CvNotMade: the typesetter did not come to an end.
    """
    # Texts as long as they may be take half a second: others are served meanwhile.
    whole = partial(content_of, profile, occupations, today, anonymous=anonymous, reached=reached)
    ladder, given = await asyncio.to_thread(_prepared, whole, layout)
    try:
        made = await in_child("services.profiles.cv.rendering", given, _BOUNDS, share=share or profile.id)
    except (Declined, Overrun):
        raise CvNotMade("Le CV n'a pas pu être mis en page ; réessayez, ou raccourcissez les textes.") from None
    head, _, pdf = made.partition(b"\n")
    said = json.loads(head)
    chosen = ladder[said["step"]]
    return Printed(pdf, (*_shortened(chosen), *_without_font(chosen.content, set(said["missing"]))))


def _prepared(said: Callable[[], Content], layout: Layout) -> tuple[list[Step], bytes]:
    whole = said()
    ladder = list(steps(whole))
    title = f"CV de {whole.name}" if whole.name else "Curriculum vitæ"
    given = {"title": title, "layout": layout, "steps": [step.document() for step in ladder]}
    return ladder, json.dumps(given).encode()


def _shortened(step: Step) -> Iterator[FieldError]:
    for part in step.cut:
        yield FieldError(part, "shortened", f"Raccourci pour tenir sur une page : {_PARTS[part]}.")


def _without_font(content: Content, missing: set[str]) -> Iterator[FieldError]:
    for part, said in parts_of(content):
        if lost := sorted(missing & set(json.dumps(said, ensure_ascii=False, default=vars))):
            shown = " ".join(lost[:_MOST_NAMED]) + (" …" if len(lost) > _MOST_NAMED else "")
            yield FieldError(
                part, "no-font", f"Aucune police n'a ces caractères, imprimés □ dans {_PARTS[part]} : {shown}"
            )
