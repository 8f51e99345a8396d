"""A cell of a table as its program shows it."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache

from shared.normal_forms import plain_figures
from shared.once import made_once
from shared.visible import clean_line

Value = str | int | float | bool | Decimal | date | datetime | time | timedelta | None
_PRINTED = re.compile(r'"([^"]*)"|\\(.)|\[\$([^\]-]*)[^\]]*\]|([€$£])')
"""Parts of a number format that are printed as they stand."""
_ROOM = re.compile(r'("[^"]*"|\\.|\[\$[^\]]*\])|[_*].|\[[^\]]*\]')


_BROKEN = re.compile("[ÂÃ][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|\ufffd")
_ABRIDGED = re.compile(r"-?\d(?:[.,]\d+)?[eE]\+\d+")
_EXACT = 10**15
"""Up to here a spreadsheet keeps each figure of a number; of longer ones the last are zeros, and two may look alike."""
_FAILED = re.compile(
    r"#(?:REF!|VALUE!|VALEUR!|NAME\?|NOM\?|N/A|N/D|DIV/0!|NUM!|NOMBRE!|NULL!|NUL!|SPILL!|EPARS!|PROPAGATION!|CALC!|FIELD!|CHAMP!"
    r"|BLOCKED!|BLOQUE!|CONNECT!|CONNEXION!|BUSY!|OCCUPE!|UNKNOWN!|INCONNU!|GETTING_DATA)|(?:Err|Erreur) ?: ?5\d\d"
)
"""What English and French spreadsheets write where a formula came to nothing, LibreOffice's numbers among it."""
_LONGEST_ERROR = 20


# A sheet has thousands of numbers, and a few formats.
@lru_cache(maxsize=256)
def _shape(format: str) -> str:
    return _ROOM.sub(r"\1", format.partition(";")[0])


@lru_cache(maxsize=256)
def _printed(format: str) -> str:
    return " ".join("".join(parts) for parts in _PRINTED.findall(_shape(format))).strip()


@dataclass(frozen=True)
class Cell:
    """A cell with what is odd about it."""

    value: Value = None
    merged: bool = False
    formula: bool = False
    """Calculated: ``value`` is what the program had last, None where it never calculated."""
    hidden: bool = False
    """In a column that the program does not show."""
    format: str = ""
    """Of a number, as its program shows it: ``0.00``, ``0%``, ``"P-"0000``; empty where nothing is said."""
    counts_days: bool = True
    """A bare number of five figures may stand for a day. A spreadsheet keeps days so; of a text file only a column of such
    numbers shows that it came from one.
    """
    from_1904: bool = False
    """Its workbook counts days from 1904, as Macs did; a number that stands for a day is counted from there."""

    @property
    def percent(self) -> bool:
        """Shown as a percentage: 0.5 is seen as «50 %»."""
        return "%" in _PRINTED.sub("", self.format)

    @property
    def printed(self) -> str:
        """What its format prints beside the number: a unit, a currency."""
        return _printed(self.format)

    @property
    def shape(self) -> str:
        """Its format for numbers above zero, without colours and what only fills or leaves room: ``_-* #,##0.00\\ _€_-``."""
        return _shape(self.format)

    @made_once
    def text(self) -> str:
        """As people read it, on one line: what nobody sees of it (marks of direction or of an encoding) is not there. Made once:
        whoever reads a table asks each cell some twenty times.
        """
        return "" if self.value is None else clean_line(plain_figures(str(self.value)))

    @property
    def abridged(self) -> bool:
        """A long number of which the program has the first figures only: «1,23E+09»; two of them look alike."""
        if isinstance(self.value, str):
            return _ABRIDGED.fullmatch(self.text) is not None
        return isinstance(self.value, (int, float)) and abs(self.value) >= _EXACT

    @property
    def without_result(self) -> bool:
        """Calculated, and nothing came of it: its program never did, or an error stands there («#REF!»), also as its text."""
        value = self.value
        if isinstance(value, str):
            return len(value) <= _LONGEST_ERROR and _FAILED.fullmatch(value.strip()) is not None
        return self.formula and value is None


def broken_letters(text: str) -> bool:
    """Whether some program took its UTF-8 for something else: «BÃ¢ti»."""
    return _BROKEN.search(text) is not None


def mended_letters(text: str) -> str:
    """The same text with the letters that were meant, where all of it was taken for Windows' Latin-1 once: «BÃ¢ti» → «Bâti»."""
    if not broken_letters(text):
        return text
    try:
        return text.encode("cp1252").decode()
    except UnicodeError:
        return text
