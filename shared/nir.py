"""Social security numbers (NIR) in any form in which they are printed: they are refused wherever people may write.

A NIR is sex, year and month of birth, département (2A, 2B) and commune or country, order, and a key of two digits. Numbers
of people who wait for theirs begin with 3, 4, 7 or 8 (CNIL, décret 2019-341: who may keep it is named there, and we are
not). The refusal may be wrong about a reference that looks alike; keeping one would be worse.
"""

import re
import unicodedata

from stdnum.fr import nir

from shared.errors import FieldError
from shared.normal_forms import normal

# What printers and people put between the groups.
_BETWEEN = r"[\s.,:;/\\|_·•'’*\-\u2010-\u2015\u2212]{0,3}"
# Months: 01–12; 20 and 30–42 where the papers are incomplete; 50–99 too, which only a right key tells from a reference.
_MONTH = r"(?:0[1-9]|1[0-2]|20|3\d|4[0-2])"
_PLACE = r"(?:0[1-9]|[1-9]\d|2[AB])"
_PRINTED = re.compile(
    rf"(?<!\d)[1-478]{_BETWEEN}\d\d{_BETWEEN}{_MONTH}{_BETWEEN}{_PLACE}{_BETWEEN}\d{{3}}{_BETWEEN}\d{{3}}"
    rf"(?:{_BETWEEN}\d\d)?(?!\d)"
)
# Fifteen in any grouping: then the key must be right, since so may other numbers be written. They end a run of figures, so
# each run is looked at once, from its end.
_RUN = re.compile(rf"\d(?:{_BETWEEN}(?:[AB]{_BETWEEN})?\d)+")
_FIFTEEN = re.compile(rf"(?<!\d)[1-478](?:{_BETWEEN}\d){{5}}{_BETWEEN}[\dAB](?:{_BETWEEN}\d){{8}}\Z")
_LONGEST_OF_FIFTEEN = 15 + 14 * 3
_FIGURES = b"0123456789"
_ODD = re.compile(
    r"[^\x00-\x7f\u00a0-\u00a9\u00ab\u00ac\u00ae-\u00b1\u00b4-\u00b8\u00bb\u00bf-\u02af\u2010-\u2027\u202f]"
)
"""What may be a digit of another script or may not be seen."""
_UUID = re.compile(r"[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}")
LEAST_DIGITS = 12
PERSONAL_NUMBER = "personal-number"
"""The rule that a refused field names."""
UNKEPT = "Un numéro de sécurité sociale (NIR) n'est pas conservé ici : retirez-le."
"""Thirteen, less the letter of Corsica."""


def names_nir(text: str) -> bool:
    """Whether a social security number stands anywhere in the text, with or without its key."""
    if len(text) < LEAST_DIGITS // 2:  # «⑱» is two
        return False
    plain = text
    if not text.isascii() and _ODD.search(text):
        plain = text.translate(_PLAIN)
    written = plain.encode(errors="replace")
    if len(written) - len(written.translate(None, _FIGURES)) < LEAST_DIGITS:
        return False
    plain = _UUID.sub(" ", plain.upper())
    if _PRINTED.search(plain):
        return True
    return any(_ends_with_fifteen(plain, run.start(), run.end()) for run in _RUN.finditer(plain))


def _ends_with_fifteen(text: str, start: int, end: int) -> bool:
    found = _FIFTEEN.search(text, max(start, end - _LONGEST_OF_FIFTEEN), end) if end - start >= 15 else None
    return found is not None and nir.is_valid(re.sub(r"[^\dAB]", "", found[0]))


class _Plain(dict[int, str]):
    """Of each character what it is read as: digits of any script and shape as ours, what is not seen as nothing, so that it
    separates nothing. Letters that stand for whole sentences stay one character.
    """

    def __missing__(self, code: int) -> str:
        one = chr(code)
        if one.isdecimal():
            read = str(unicodedata.decimal(one))
        elif unicodedata.category(one) == "Cf":
            read = ""
        else:
            read = normal("NFKC", one)
            if len(read) > 1 and not any(part.isdecimal() for part in read):
                read = one
        self[code] = read
        return read


_PLAIN = _Plain()


def number_error(field: str) -> FieldError:
    """The refusal of one field."""
    return FieldError(field, PERSONAL_NUMBER, UNKEPT)
