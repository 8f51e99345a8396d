"""What a sheet says to be no insertion: staff lists have everybody, and their hours would be counted with the others. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence

from services.clauses.sheets.cells import outside_insertion
from services.clauses.sheets.told import cell_name
from shared.reference.text import unaccented, words_of
from shared.tables import Row, Sheet, UnreadableSheet
from shared.tables.cell import Cell

_ASKED = re.compile(
    r"(?:(?:salariee?s?|publics?|heures?|personnes?|participante?s?|contrats?|postes?) )?(?:en )?(?:(?:clauses?|parcours) )?"
    r"(?:d )?(?:insertion|inclusion|eligibles?|clauses?|clausee?s?)(?: sociales?)?(?: (?:o n|oui non|oui ou non|x))?"
)
"""A title that is answered by yes and no."""
_NO = frozenset(("non", "n", "no", "faux", "false", "0"))
_YES = frozenset(("oui", "o", "x", "vrai", "true", "1", "yes"))
_STAFF = re.compile(
    r"(?:(?:salarie|personnel|agent)e?s? )?(?:permanente?s?|encadrante?s?(?: technique)?s?|encadrement)"
)
_OF_A_JOB = re.compile(r"\b(?:contrat|emploi|poste|metier|travail)s?\b")
"""Titles under which «Permanent» says that the job is to last."""
_OF_BEFORE = re.compile(r"\b(?:avant|entree|embauche|anterieure?s?|precedente?s?|sortie|suite)\b")
"""Titles of where people come from, or go to: not what these hours are."""
_COUNTED = re.compile(r"(?:.*:)?\s*(?!20\d\d$)\d[\d ,.]*(?:h|heures?)?", re.IGNORECASE)
_OF_BOTH = re.compile(r"(?:insertion|inclusion|clauses?)\s*(?:/|\bet\b|\bou\b|: oui\b\W*)\s*(?:hors|non|sans)\b")
"""Above a table: how many hours others did, and a legend or a title of both, say nothing of all its lines."""
_LONGEST = 80
"""Letters of a mark; more is a remark, which may speak of anything."""


def check_sheet(sheet: Sheet, header: Row) -> None:
    """Raises UnreadableSheet where the sheet's name or what stands above its titles says that it is of no insertion."""
    above = [
        cell.text
        for row in sheet.rows
        if row.number < header.number and not any(_COUNTED.fullmatch(cell.text) for cell in row.cells)
        for cell in row.cells
    ]
    for text in (sheet.title, *above):
        if len(text) <= _LONGEST and outside_insertion(text) and not _OF_BOTH.search(unaccented(text).lower()):
            message = (
                f"«{text[:60]}» : ce ne sont pas des heures d'insertion. Envoyez l'autre feuille, ou corrigez ce titre."
            )
            raise UnreadableSheet("not-insertion", message)


class Marks:
    """What is said of each line by the columns that are not read, or by a heading between the lines."""

    def __init__(self, header: Row, columns: Iterable[int], rows: Sequence[Row]) -> None:
        self._under: dict[int, str] = {}
        heading = ""
        for row in rows:
            said = [cell.text for cell in row.cells if cell.text]
            if len(said) == 1:
                heading = said[0] if len(said[0]) <= _LONGEST and outside_insertion(said[0]) else ""
            if heading:
                self._under[row.number] = heading
        read = set(columns)
        titles = {at: cell.text for at, cell in enumerate(header.cells) if at not in read}
        titles = {at: title for at, title in titles.items() if not _OF_BEFORE.search(words_of(title))}
        self._beside = list(titles)
        self._lasting = {at for at, title in titles.items() if _OF_A_JOB.search(words_of(title))}
        self._asked: Mapping[int, str] = {
            at: title for at, title in titles.items() if _ASKED.fullmatch(words_of(title)) is not None
        }
        answered = {at: {words_of(_at(row, at).text) for row in rows} for at in self._asked}
        self._ticked = {at for at, said in answered.items() if said & _YES}

    def outside(self, row: Row) -> str | None:
        """The cell that says that a line is no insertion, in a sentence; None where none does."""
        if (heading := self._under.get(row.number)) is not None:
            return (
                f"Sous «{heading[:40]}» : si ce ne sont pas des heures d'insertion, retirez ces lignes avec leur titre."
            )
        for at in self._beside:
            text = _at(row, at).text
            said = words_of(text)
            if at in self._asked and (said in _NO or (not said and at in self._ticked)):
                title = self._asked[at][:40]
                answer = f"dit «{text[:10]}»" if text else "est vide"
                where = f"{cell_name(at, row.number)}, colonne «{title}», {answer}"
                return f"{where} : si ce ne sont pas des heures d'insertion, retirez la ligne."
            staff = _STAFF.fullmatch(said) is not None and not (at in self._lasting and "permanent" in said)
            if said and len(text) <= _LONGEST and (outside_insertion(text) or staff):
                where = f"{cell_name(at, row.number)} dit «{text[:40]}»"
                return f"{where} : si ce ne sont pas des heures d'insertion, retirez la ligne ; sinon, corrigez la cellule."
        return None


def _at(row: Row, at: int) -> Cell:
    return row.cells[at] if at < len(row.cells) else Cell()
