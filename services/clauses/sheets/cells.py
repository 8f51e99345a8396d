"""What people write into a cell: hours, months, kinds of contract, days. Pure; a doubt is refused with its sentence."""

import re
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal

from services.clauses.domain.ledger import EmploymentKind, EvidenceKind
from shared.reference.text import words_of
from shared.tables import Cell


class CellRefused(ValueError):
    """A cell that says nothing usable, or two things at once. ``rule`` is stable, the message French."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule = rule


_FIRST_1900, _FIRST_1904 = datetime(1899, 12, 30, tzinfo=UTC), datetime(1904, 1, 1, tzinfo=UTC)
_CENT = Decimal("0.01")
_CLOCK = re.compile(r"(\d{1,3})\s*(?:h|:|heures?)\s*(\d{1,2})?(?:\s*(?:min|mn|m))?(?::00)?", re.IGNORECASE)
_NUMBER = re.compile(r"-?\d[\d .,'’]*")
_THOUSANDS = re.compile(r"-?\d{1,3}(?:[ '’]\d{3})+")
_MONTH_NAMES = {
    name: number
    for number, names in enumerate(
        (
            ("janvier", "janv", "jan"), ("fevrier", "fevr", "fev"), ("mars", "mar"), ("avril", "avr"), ("mai",),
            ("juin",), ("juillet", "juil"), ("aout",), ("septembre", "sept", "sep"), ("octobre", "oct"),
            ("novembre", "nov"), ("decembre", "dec"),
        ),
        start=1,
    )
    for name in names
}  # fmt: skip

_KINDS = {
    "cdi": EmploymentKind.CDI,
    "cdd": EmploymentKind.CDD,
    "cddi": EmploymentKind.CDD,
    "interim": EmploymentKind.TEMPORARY,
    "ctt": EmploymentKind.TEMPORARY,
    "mission": EmploymentKind.TEMPORARY,
    "travail temporaire": EmploymentKind.TEMPORARY,
    "apprentissage": EmploymentKind.APPRENTICESHIP,
    "contrat d apprentissage": EmploymentKind.APPRENTICESHIP,
    "professionnalisation": EmploymentKind.PROFESSIONALISATION,
    "contrat de professionnalisation": EmploymentKind.PROFESSIONALISATION,
    "mise a disposition": EmploymentKind.SUPPLIED,
    "mad": EmploymentKind.SUPPLIED,
    "sous traitance": EmploymentKind.SUBCONTRACTED,
    "cotraitance": EmploymentKind.SUBCONTRACTED,
} | {words_of(kind.value): kind for kind in EmploymentKind}
_EVIDENCE = {
    "releve d heures": EvidenceKind.TIMESHEET,
    "releve": EvidenceKind.TIMESHEET,
    "bulletin de paie": EvidenceKind.PAYSLIP,
    "bulletin de salaire": EvidenceKind.PAYSLIP,
    "fiche de paie": EvidenceKind.PAYSLIP,
    "facture": EvidenceKind.INVOICE,
    "attestation": EvidenceKind.ATTESTATION,
    "autre": EvidenceKind.OTHER,
} | {words_of(kind.value): kind for kind in EvidenceKind}


def hours_of(cell: Cell) -> Decimal:
    """Hours with two decimals: 151,67 · 1 151.5 · 121 h 20 · 121:20 · a duration of the spreadsheet.

    Raises:
        CellRefused: empty, no number, negative, more than two decimals, or a point that may part thousands.
    """
    value = cell.value
    if cell.formula and value is None:
        raise CellRefused("formula", "Cette formule n'a pas de résultat : collez la valeur.")
    if value is None or cell.text == "":
        raise CellRefused("required", "Les heures manquent.")
    if isinstance(value, (bool, date)) and not isinstance(value, datetime):
        raise CellRefused("not-hours", "Ce ne sont pas des heures.")
    if isinstance(value, (timedelta, time, datetime)):
        return _checked(_duration(value))
    if isinstance(value, (int, float, Decimal)):
        # Binary fractions of a spreadsheet: 121.33 is kept as 121.33 and as 121.32999999999998.
        return _checked(Decimal(str(round(value, 9) if isinstance(value, float) else value)))
    return _checked(_written(cell.text))


def _duration(value: timedelta | time | datetime) -> Decimal:
    if isinstance(value, datetime):
        # A spreadsheet keeps 121:20 as days since its first: 1899-12-30, or 1904-01-01 in the other calendar.
        value = value.replace(tzinfo=UTC) - (_FIRST_1904 if value.year >= 1904 else _FIRST_1900)
        if value > timedelta(days=31):
            raise CellRefused("not-hours", "Cette cellule est une date, pas des heures.")
    elif isinstance(value, time):
        value = timedelta(hours=value.hour, minutes=value.minute, seconds=value.second)
    return (Decimal(int(value.total_seconds())) / 3600).quantize(_CENT, ROUND_HALF_UP)


def _written(text: str) -> Decimal:
    clock = _CLOCK.fullmatch(text)
    if clock is not None and (clock[2] or not clock[0][-1:].isdigit()):
        minutes = int(clock[2] or 0)
        if minutes > 59:
            raise CellRefused("not-hours", f"«{text}» : une heure a 60 minutes.")
        return (Decimal(clock[1]) + Decimal(minutes) / 60).quantize(_CENT, ROUND_HALF_UP)
    plain = re.sub(r"\s*(?:h|heures?)$", "", text, flags=re.IGNORECASE)
    if not _NUMBER.fullmatch(plain):
        raise CellRefused("not-hours", f"«{text[:40]}» n'est pas un nombre d'heures.")
    return Decimal(_plain_number(plain))


def _plain_number(text: str) -> str:
    tight = re.sub(r"[ '’]", "", text)
    points, commas = tight.count("."), tight.count(",")
    if not (points or commas) and tight != text and not _THOUSANDS.fullmatch(text):
        # «12 5» may be 12,5 as well as 125.
        raise CellRefused("ambiguous", f"«{text[:40]}» : écrivez ce nombre sans espace, par exemple 125 ou 12,5.")
    if points and commas:
        last = max(tight.rfind("."), tight.rfind(","))
        decimal, other = tight[last], "," if tight[last] == "." else "."
        if tight.count(decimal) > 1:
            raise CellRefused("not-hours", f"«{text[:40]}» n'est pas un nombre d'heures.")
        if any(len(group) != 3 for group in tight[:last].split(other)[1:]):
            raise CellRefused("ambiguous", f"«{text[:40]}» : lequel des deux signes est la virgule ?")
        return tight.replace(other, "").replace(decimal, ".")
    if points + commas > 1:
        raise CellRefused("not-hours", f"«{text[:40]}» n'est pas un nombre d'heures.")
    if re.fullmatch(r"-?[1-9]\d{0,2}[.,]\d{3}", tight):
        raise CellRefused("ambiguous", f"«{text}» : mille ou virgule ? Écrivez par exemple 1500 ou 1,50.")
    return tight.replace(",", ".")


def _checked(hours: Decimal) -> Decimal:
    if not hours.is_finite():
        raise CellRefused("not-hours", "Ce n'est pas un nombre d'heures.")
    if hours < 0:
        raise CellRefused("negative", "Des heures ne sont pas négatives : une correction se fait sur la déclaration.")
    if hours > 744:
        # Before anything is computed with it: a cell may hold more figures than an exact decimal has.
        raise CellRefused("above-month", f"{str(hours)[:20]} h : un mois a 744 heures au plus.")
    if hours != hours.quantize(_CENT):
        raise CellRefused("decimals", f"{str(hours)[:20]} : deux décimales au plus.")
    return hours.quantize(_CENT)


def month_of_cell(cell: Cell) -> str:
    """``YYYY-MM`` of a date, ``02/2026``, ``2026-02``, ``15/02/2026`` or ``février 2026``.

    Raises:
        CellRefused: empty, or no month of this century.
    """
    value = cell.value
    if isinstance(value, (datetime, date)):
        return _month(value.year, value.month, cell.text)
    text = words_of(cell.text) if cell.text else ""
    if not text:
        raise CellRefused("required", "Le mois manque.")
    numbers = [int(one) for one in re.findall(r"\d+", text)]
    named = [_MONTH_NAMES[word] for word in text.split() if word in _MONTH_NAMES]
    if len(named) == 1 and len(numbers) == 1:
        return _month(_year(numbers[0]), named[0], cell.text)
    if len(numbers) == 2 and not named:
        first, second = numbers
        return _month(first, second, cell.text) if first > 99 else _month(_year(second), first, cell.text)
    if len(numbers) == 3 and not named:
        first, month, last = numbers
        year, day = (first, last) if first > 99 else (_year(last), first)
        found = _month(year, month, cell.text)
        if 1 <= day <= monthrange(year, month)[1]:
            return found
    raise CellRefused("not-a-month", f"«{cell.text[:40]}» n'est pas un mois : écrivez par exemple 02/2026.")


def _year(number: int) -> int:
    return 2000 + number if number < 100 else number


def _month(year: int, month: int, text: str) -> str:
    if not (2000 <= year <= 2099 and 1 <= month <= 12):
        raise CellRefused("not-a-month", f"«{text[:40]}» n'est pas un mois : écrivez par exemple 02/2026.")
    return f"{year:04}-{month:02}"


def kind_of(cell: Cell) -> EmploymentKind:
    """The kind of contract by its code or its French name.

    Raises:
        CellRefused: empty or none of them.
    """
    found = _KINDS.get(words_of(cell.text)) if cell.text else None
    if found is None:
        rule, known = (
            ("required", "manque") if not cell.text else ("unknown-kind", f"«{cell.text[:40]}» n'est pas connue")
        )
        raise CellRefused(
            rule, f"La nature du contrat {known} : CDI, CDD, intérim, mise à disposition, sous-traitance …"
        )
    return found


def evidence_of(cell: Cell) -> EvidenceKind | None:
    """The kind of paper by its code or its French name; None for an empty cell.

    Raises:
        CellRefused: none of them.
    """
    if not cell.text:
        return None
    found = _EVIDENCE.get(words_of(cell.text))
    if found is None:
        message = (
            f"«{cell.text[:40]}» n'est pas connu : relevé d'heures, bulletin de paie, facture, attestation, autre."
        )
        raise CellRefused("unknown-evidence", message)
    return found
