"""What a column of a table is by what stands in it, where its title does not say. Pure."""

# A pattern is read as one line: cutting it would hide what belongs together.

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from services.offers.domain.imports.contracts import names_contract
from services.offers.domain.imports.hours import clock_slots_in, flags_in, weekly_hours_in
from services.offers.domain.imports.rows import SearchableGazetteer
from services.offers.domain.imports.sheets.titles import Column
from shared.reference.departments import departments_of
from shared.reference.gazetteer import CommuneFacts
from shared.reference.places import place_key
from shared.reference.text import unaccented
from shared.tables import Cell
from shared.tables.days import day_in
from shared.tables.moments import day_meant
from shared.types import LATEST

ENOUGH = 0.75
"""Of the cells that are filled: what people wrote beside the matter («à voir») is in any column."""
_LOOKED_AT = 30
_LONGEST = 80
_LONGEST_TIME = 30
"""«28 h par semaine annualisées»: what is longer speaks of more."""
_POSTCODE = re.compile(r"\d{2} ?\d{3}")
_CEDEX = re.compile(r"\s+cedex$", re.IGNORECASE)
_WITH_POSTCODE = re.compile(r"\b\d{5}\s+[^\W\d]|[^\W\d]\s*\(?\d{5}\)?$")
_ONLY_PLACE = re.compile(r"(?:(?P<before>\d{5}) )?(?P<name>[^\d()]{2,60}?)(?: ?\(?(?P<behind>\d{5})\)?)?")
PAID = r"(?<![\d+])(?<!\d[ .,])[1-9](?:\d{0,2}[ .]\d{3}|\d{0,4})(?:[.,]\d{1,2})?(?![ .,]?\d)"
"""An amount in euros: its thousands apart, cents of two digits; a telephone's number is longer and begins with 0 or +."""
_PAY = re.compile(rf"{PAID} ?(?:k?€|euros?)? ?(?:bruts?\b|/ ?h\b|de l'heure|par heure)|\bsmic\b", re.IGNORECASE)
"""A premium or a rent is written in euros too: pay says that it is gross, or of an hour."""
_LICENCE = re.compile(r"permis\b.*")
"""«C» alone is a category of civil servants as well."""
_EXPERIENCE = re.compile(r"\bdebutante?s?\b|\bexp\b|\bexperience\b|^confirmee?$")
_TIME = re.compile(
    r"\btemps (?:plein|partiel|complet|non complet)\b|\b(?:mi|plein)[ -]temps\b|^tp\b|^tc\b|\d ?%|\betp\b"
)
TIMES = re.compile(
    r"(?:(?:(?:du|le|les|de|des|a|au|en|et|ou|sur|par|tous|toutes|travail|horaires?|postes?|service|roulement|coupures?|coupee?s?|equipes?|alternance"
    r"|jours?|journee|nuits?|matins?|midis?|soirs?|soiree|apres-midi|week-?ends?|we|feries|decales|variables|libres?|repos|hors|sans"
    r"|lundis?|mardis?|mercredis?|jeudis?|vendredis?|samedis?|dimanches?|semaine|[1-7]|un|deux|trois)\b"
    r"|\d{1,2} ?h(?:\d{2})?\b|[235] ?x ?8\b|[-–/:&,]) ?)+"
)
"""Words of days and hours and no others: what is read of a remark is published, and a remark may name people."""
SOON = re.compile(r"asap|des que possible|au plus (?:tot|vite)|immediat\w*|de suite|tout de suite|urgent")
_ROME = re.compile(r"[A-N]\d{4}")


@dataclass(frozen=True)
class Known:
    """What a reader may look up: communes by their names, whether a text names an occupation, and the day that it is."""

    communes: SearchableGazetteer | None = None
    is_work: Callable[[str], bool] | None = None
    today: date | None = None

    def is_place(self, text: str) -> bool:
        """Whether it is a commune's name, with its postcode or not."""
        if _WITH_POSTCODE.search(text):
            return True
        if self.communes is None or re.search(r"\d", text):
            return False
        return any(_named_so(hit.commune, text) for hit in self.communes.search(text, 3, similar=False))

    def is_nothing_but_a_place(self, text: str) -> bool:
        """Whether it is a commune's name, with its postcode or not, and no name of anybody beside it."""
        found = _ONLY_PLACE.fullmatch(text.strip()) if len(text) <= _LONGEST else None
        return found is not None and self.is_commune(found["name"].strip(), found["before"] or found["behind"])

    def is_commune(self, name: str, postcode: str | None = None) -> bool:
        """Whether it is a commune's name and nothing else, and ``postcode`` that commune's, or a cedex of its département."""
        if self.communes is None or re.search(r"\d", name):
            return False
        bare = _CEDEX.sub("", name).strip()
        of = departments_of(postcode) if postcode is not None else (None,)
        return any(
            _named_so(hit.commune, bare)
            and (postcode is None or postcode in hit.commune.postcodes or bare != name.strip())
            for department in of
            for hit in self.communes.search(bare, 3, department, similar=False)
        )


def _named_so(commune: CommuneFacts, text: str) -> bool:
    return place_key(commune.name) == place_key(text)


def fits(column: Column, cells: Sequence[Cell], known: Known) -> float:
    """The share of the filled cells that say what the column would; 0 where nothing can be told, or nothing is filled."""
    tell = next((one for of, one in _TELLS if of is column), None)
    filled = [cell for cell in cells if cell.text][:_LOOKED_AT]
    if tell is None or not filled:
        return 0.0
    return sum(len(cell.text) <= _LONGEST and tell(cell, known) for cell in filled) / len(filled)


_IN_LETTERS = frozenset(
    (
        Column.TITLE, Column.PLACE, Column.EMPLOYER, Column.CONTRACT, Column.LICENCE, Column.DIPLOMA, Column.SCHEDULE,
        Column.DESCRIPTION,
    )
)  # fmt: skip
_IN_FIGURES = frozenset((Column.POSITIONS, Column.POSTCODE))


def may_say(column: Column, cells: Sequence[Cell], known: Known) -> bool:
    """Whether cells can be those of a field at all: no licence is a number, no start is a job."""
    texts = [cell.text for cell in cells if cell.text][:_LOOKED_AT]
    if not texts:
        return True
    lettered = sum(any(map(str.isalpha, text)) for text in texts)
    figured = sum(any(map(str.isdigit, text)) for text in texts)
    if column in _IN_LETTERS:
        return 2 * lettered >= len(texts)
    if column in _IN_FIGURES:
        return 2 * figured >= len(texts)
    return column is not Column.STARTS_ON or figured > 0 or fits(column, cells, known) > 0


def told_by_cells(cells: Sequence[Cell], known: Known, wanted: Sequence[Column]) -> Column | None:
    """The one of ``wanted`` that nearly all cells say; the first where several do, since they go from the surest on."""
    return next((column for column, _ in _TELLS if column in wanted and fits(column, cells, known) >= ENOUGH), None)


def _day(cell: Cell, known: Known) -> bool:
    if SOON.fullmatch(unaccented(cell.text)):
        return True
    day = day_in(cell, LATEST)
    if day is None and known.today is not None:
        day = day_meant(cell.text, known.today)
    # A start lies ahead; days that are over may be those of the file, of a birth.
    return day is not None and known.today is not None and day >= known.today


def _departments(text: str) -> tuple[str, ...]:
    return departments_of(text.replace(" ", ""))


def _hours(cell: Cell, _: Known) -> bool:
    plain = unaccented(cell.text)
    if len(plain) > _LONGEST_TIME:
        return False
    return bool(weekly_hours_in(plain)) or _TIME.search(plain) is not None


def _schedule(cell: Cell, _: Known) -> bool:
    plain = unaccented(cell.text)
    return TIMES.fullmatch(plain) is not None and bool(clock_slots_in(plain) or flags_in([plain]))


_TELLS: tuple[tuple[Column, Callable[[Cell, Known], bool]], ...] = (
    (Column.OCCUPATION, lambda cell, _: _ROME.fullmatch(cell.text) is not None),
    (Column.POSTCODE, lambda cell, _: _POSTCODE.fullmatch(cell.text) is not None and bool(_departments(cell.text))),
    (Column.PLACE, lambda cell, known: known.is_place(cell.text)),
    (Column.STARTS_ON, _day),
    (Column.SALARY, lambda cell, _: _PAY.search(cell.text) is not None),
    (Column.CONTRACT, lambda cell, _: names_contract(cell.text)),
    (Column.HOURS, _hours),
    (Column.SCHEDULE, _schedule),
    (
        Column.EXPERIENCE,
        lambda cell, _: len(cell.text) <= _LONGEST_TIME and bool(_EXPERIENCE.search(unaccented(cell.text))),
    ),
    (Column.LICENCE, lambda cell, _: _LICENCE.fullmatch(unaccented(cell.text)) is not None),
    (Column.TITLE, lambda cell, known: known.is_work is not None and known.is_work(cell.text)),
)
"""What tells a field by its cells, the surest first. Others are told by their titles alone: any number may be a reference."""
