"""What buyers' programs and spreadsheets write into a field: numbers of companies, days, amounts, months, places.

Pure. A doubt refuses the line with its sentence; what is merely odd is mended and noted.
"""

import re
from collections.abc import Callable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, TypeVar

from stdnum.fr import siren as siren_number
from stdnum.fr import siret as siret_number

from shared.normal_forms import plain_figures
from shared.tables.days import ZERO_OF_SPREADSHEETS, day_written
from shared.types import EARLIEST, LATEST
from shared.visible import clean_line

T = TypeVar("T")

_MISSING = frozenset(
    ("", "nan", "null", "none", "nc", "n/a", "na", "#n/a", "-", "inconnu", "non renseigne", "non renseigné")
)
_LONGEST = 2_000
_BROKEN = re.compile("[ÂÃ][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|â€")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:[ '’]\d{3})+")
_CENT = Decimal("0.01")
_MOST_EUROS = Decimal(99_999_999_999)


class FieldRefused(ValueError):
    """A field that says nothing usable. ``rule`` is stable, the message French."""

    def __init__(self, field: str, rule: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.rule = rule


def text_of(value: Any) -> str | None:
    """A field's text on one line; None where nothing is said. Numbers are taken as they are written."""
    if value is None or isinstance(value, (bool, list, dict)):
        return None
    text = clean_line(plain_figures(_whole_letters(str(value)[:_LONGEST])))
    return None if text.lower() in _MISSING else text


def _whole_letters(text: str) -> str:
    """«RÃ©habilitation» was UTF-8 that a program took for Windows': read as what it was."""
    if not _BROKEN.search(text):
        return text
    try:
        return text.encode("cp1252").decode()
    except UnicodeError:
        return text


def words_for(value: Any, most: int) -> str | None:
    """Text of a title or name, cut where it is longer than is kept."""
    text = text_of(value)
    return None if text is None else text if len(text) <= most else text[: most - 1].rstrip() + "…"


def siret_of(field: str, value: Any, note: Callable[[str], None]) -> str:
    """Fourteen digits with a right key. Blanks and points go; zeros that a spreadsheet took are given back.

    Raises:
        FieldRefused: missing, rounded by a spreadsheet, a SIREN, or wrong.
    """
    text = text_of(value)
    if text is None:
        raise FieldRefused(field, "required", "Le SIRET manque.")
    digits = re.sub(r"[\s.\-_'’]", "", text.removesuffix(".0"))
    if re.fullmatch(r"\d[.,]?\d*E\+?\d+", digits.replace(" ", ""), re.IGNORECASE) or "E+" in text.upper():
        raise FieldRefused(field, "siret-rounded", "Un tableur a arrondi ce SIRET : il y manque des chiffres.")
    if not digits.isascii() or not digits.isdigit() or len(digits) > 14 or not digits.strip("0"):
        raise FieldRefused(field, "siret", "Un SIRET a 14 chiffres.")
    if len(digits) == 14 and siret_number.is_valid(digits):
        return digits
    if 9 < len(digits) < 14 and siret_number.is_valid(digits.zfill(14)):
        note("Le SIRET avait perdu ses zéros : ils ont été remis.")
        return digits.zfill(14)
    if len(digits) == 9 and siren_number.is_valid(digits):
        raise FieldRefused(field, "siren", "C'est un SIREN : il manque les 5 chiffres de l'établissement.")
    raise FieldRefused(field, "siret", "Ce SIRET est faux (14 chiffres, dont une clé).")


def known_siret(value: Any) -> str | None:
    """A holder's SIRET where it is right, else None: half of the real ones are some other number."""
    try:
        return siret_of("", value, lambda _: None)
    except FieldRefused:
        return None


def day_of(field: str, value: Any, latest: date, zero: date | None = ZERO_OF_SPREADSHEETS) -> date | None:
    """A day in any writing (``day_written``); a year of two figures is one that ends by ``latest``. None where none is given.
    Bare numbers of a publication (``zero``) are a spreadsheet's: whoever makes a contract of the draft reads the day first.

    Raises:
        FieldRefused: no day, before 1900, or after ``latest``.
    """
    text = text_of(value)
    if text is None:
        return None
    day = day_written(text, latest, zero)
    if day is None:
        raise FieldRefused(field, "date", "Ce n'est pas une date : année-mois-jour, par exemple 2025-01-31.")
    if not EARLIEST <= day <= LATEST:
        raise FieldRefused(field, "date", "Une date est entre 1900 et 2100.")
    if day > latest:
        raise FieldRefused(field, "in-the-future", "Cette date n'est pas passée.")
    return day


def amount_of(field: str, value: Any) -> Decimal | None:
    """Euros to the cent: 61100 · 91 109,96 € · 1.234.567,89 · 133622.0100000001. None where none is given, or zero.

    Raises:
        FieldRefused: no amount, negative, more than a hundred billion, or a sign that may part thousands (1.500).
    """
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return _euros(field, Decimal(value))
    text = text_of(value)
    if text is None:
        return None
    written = re.sub(r"(?:€|eur(?:os?)?|ht|h\.t\.)", "", text, flags=re.IGNORECASE).strip()
    plain = re.sub(r"[ '’]", "", written)
    point, comma = plain.rfind("."), plain.rfind(",")
    if max(point, comma) < 0 and plain != written and not _THOUSANDS.fullmatch(written):
        raise FieldRefused(field, "ambiguous", f"«{text[:30]}» : milliers ou décimales ? Écrivez sans espace.")
    if min(point, comma) >= 0:
        last = max(point, comma)
        if any(len(group) != 3 for group in re.split(r"[.,]", plain[:last])[1:]):
            raise FieldRefused(field, "ambiguous", f"«{text[:30]}» : lequel des deux signes est la virgule ?")
        plain = plain[:last].replace(",", "").replace(".", "") + "." + plain[last + 1 :]
    elif comma >= 0 or point >= 0:
        sign = "," if comma >= 0 else "."
        whole, *parts = plain.split(sign)
        if len(parts) > 1:
            plain = "".join((whole, *parts)) if all(len(part) == 3 for part in parts) else plain
        elif len(parts[0]) == 3 and 0 < len(whole) <= 3 and whole != "0":
            raise FieldRefused(field, "ambiguous", f"«{text[:30]}» : milliers ou décimales ? Écrivez sans séparateur.")
        else:
            plain = f"{whole}.{parts[0]}"
    if not re.fullmatch(r"[+-]?\d{0,20}(?:\.\d{0,20})?(?:[eE]\+?\d{1,2})?", plain, re.ASCII) or not re.search(
        r"\d", plain
    ):
        raise FieldRefused(field, "amount", "Ce n'est pas un montant.")
    try:
        return _euros(field, Decimal(plain))
    except InvalidOperation:
        raise FieldRefused(field, "amount", "Ce n'est pas un montant.") from None


def _euros(field: str, amount: Decimal) -> Decimal | None:
    if not amount.is_finite():
        return None
    if amount < 0:
        raise FieldRefused(field, "negative", "Un montant n'est pas négatif.")
    if amount.adjusted() > 11 or amount > _MOST_EUROS:
        raise FieldRefused(field, "too-large", "Ce montant dépasse cent milliards.")
    return amount.quantize(_CENT, ROUND_HALF_UP) or None


def months_of(field: str, value: Any) -> int | None:
    """A duration in months, 1 to 360: 12 · 12.0 · 12 mois · 2 ans; None where none is given.

    Raises:
        FieldRefused: no whole number of months, or more than thirty years.
    """
    text = text_of(value)
    if text is None:
        return None
    found = re.fullmatch(
        r"(\d{1,6})(?:[.,]0{1,10})?(?: ?(?:mois|(an|ans|année|années)))?", text, re.IGNORECASE | re.ASCII
    )
    if found is None:
        raise FieldRefused(field, "months", "Une durée est un nombre entier de mois.")
    months = int(found[1]) * (12 if found[2] else 1)
    if months > 360:
        raise FieldRefused(field, "months", "Un marché dure 360 mois au plus.")
    return months or None
