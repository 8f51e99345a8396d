"""What an offer that declares no occupation may be, by its title and its text: a question with the sentence that speaks for it.

A title alone seldom says enough («Équipier polyvalent»). What is proposed is not taken as known by anybody until the employer
says so.
"""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from services.offers.domain.content import OfferContent
from services.offers.domain.linter import Finding, same_length_fold
from services.offers.domain.linter_clauses import sentences
from shared.reference.occupations import Occupations

_LIKELY = 0.3
"""Of ten proposals that are believed so far about five are right: enough to ask, not to take."""
_ASKED = 2
"""Questions about one field; whoever says no to the first is asked the second."""
_READ = 5
_SENTENCES = 20
"""Of a description; a search takes half a millisecond."""
RULE = "text_says_occupation"


class ProposedOccupation(NamedTuple):
    """``start``, ``end``: of the sentence in the text that it is said in."""

    code: str
    label: str
    said_in: Literal["title", "description"]
    start: int
    end: int

    @property
    def question(self) -> str:
        """As it is put to the employer."""
        return f"Le métier est-il « {self.label} » ({self.code}) ? Choisissez le métier."


def proposed_occupations(occupations: Occupations, content: OfferContent) -> Iterator[ProposedOccupation]:
    """The likeliest first; nothing where an occupation is declared, or nothing is likely."""
    if content.occupation_code is not None:
        return
    titled = {hit.code for hit in occupations.search(content.title, _ASKED) if hit.score >= _LIKELY}
    for hit in occupations.search(content.title, _ASKED, content.description):
        if hit.score < _LIKELY:
            return
        place = None if hit.code in titled else _speaking(occupations, content, hit.code)
        if place is None:
            yield ProposedOccupation(hit.code, hit.label, "title", 0, len(content.title))
        else:
            yield ProposedOccupation(hit.code, hit.label, "description", *place)


def _speaking(occupations: Occupations, content: OfferContent, code: str) -> tuple[int, int] | None:
    """Where the sentence of the description is that speaks most for an occupation; None where none does."""
    best, found = 0.0, None
    for start, end in _places(content.description):
        hits = occupations.search(content.title, _READ, content.description[start:end])
        score = next((hit.score for hit in hits if hit.code == code), 0.0)
        if score > best:
            best, found = score, (start, end)
    return found


def _places(text: str) -> list[tuple[int, int]]:
    return [sentence.whole for sentence in sentences(same_length_fold(text))[:_SENTENCES]]


def unheard_of(occupations: Occupations, content: OfferContent) -> Iterator[Finding]:
    """A declared code that neither the referential nor who sent it can name: a slip of the pen, and nobody seeks that."""
    code = content.occupation_code
    if code and not content.occupation_label and occupations.get(code) is None:
        message = "Ce code de métier n'est pas au référentiel : l'offre ne sera proposée à personne."
        mended = "Choisissez le métier dans la liste, ou laissez le champ vide."
        yield Finding("occupation_unknown", "occupation_code", code, 0, 0, message, mended, "")


def undeclared(occupations: Occupations, content: OfferContent) -> Iterator[Finding]:
    """The likeliest, as depositors and partners are warned of what a text says and the fields do not."""
    for one in proposed_occupations(occupations, content):
        text = content.title if one.said_in == "title" else content.description
        words = text[one.start : one.end].strip()[:200]
        yield Finding(RULE, one.said_in, words, one.start, one.end, "Aucun métier n'est déclaré.", one.question, "")
        return
