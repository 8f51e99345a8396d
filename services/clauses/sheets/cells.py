"""What people write into a cell: hours, months, kinds of contract, days. Pure; a doubt is refused with its sentence."""

import re
from calendar import monthrange
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal

from services.clauses.domain.ledger import EmploymentKind, EvidenceKind
from services.clauses.procurement.fields import FieldRefused, day_of
from shared.reference.text import unaccented, words_of
from shared.tables import Cell
from shared.tables.days import MONTHS, NAMES_OF_MONTHS, day_in, day_written
from shared.types import LATEST


class CellRefused(ValueError):
    """A cell that says nothing usable, or two things at once. ``rule`` is stable, the message French."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule = rule


_NEGATIVE = "Des heures ne sont pas négatives : une correction se fait sur la déclaration."
_CENT = Decimal("0.01")
_CLOCK = re.compile(
    r"(-?)(\d{1,3})\s*(?:h|:|heures?|hrs?)\s*(\d{1,2})?(?:\s*(?:minutes?|min|mn|m))?(?::00)?", re.IGNORECASE
)
_NUMBER = re.compile(r"-?\d(?:[\d .,'’]*[\d.,])?")
_MINUS = re.compile(r"^[-\u2010-\u2015\u2212]\s*(?=\d)")
_THOUSANDS = re.compile(r"-?\d{1,3}(?:[ '’]\d{3})+")
_NAMED_MONTHS = re.compile(
    rf"(?:(?<![\w])(\d{{1,2}}|1er)\s+)?\b({NAMES_OF_MONTHS})\b(?:\s*(20\d\d|\d\d)\b)?"
    r"|(?<![\d/.-])(0?[1-9]|1[0-2])[/.-](20\d\d)(?![\d/.-])|(?<![\d/.-])(20\d\d)[/.-](0?[1-9]|1[0-2])(?![\d/.-])"
)
"""A month by its name, with the year or without, or by its numbers; a day of it names no month."""
_BOOKED_NEGATIVE = re.compile(r"\(\s*\d[\d .,'’]*\)|\d[\d .,'’]*\s*[-\u2212]")
"""As accounts write what is taken off: «(12,50)», «12,50-»."""
_FULL_TIME = re.compile(r"\betps?\b|\b(?:equivalents? )?temps plein\b")
_OUTSIDE = re.compile(
    r"\b(?:hors|non|sans|pas (?:en|de|d))(?: (?:a|aux?|en|de|du|d|l|la|les?|une?|par|public|parcours|contrat|dispositif|salarie"
    r"|personnel|heure|concerne|soumis|eligible|clause)e?s?){0,4} (?:insertion|inclusion|eligibles?|clauses?(?! d))\b"
)
"""Between them only what belongs to it: «Sans Frontières Insertion» is an employer, «marché non alloti, insertion» a contract."""
_PARTS = re.compile(r"[:;,/()\[\]|–—]|\s-\s")
_ASKING = re.compile(r"\b(?:ne|n|exclu\w*|retir\w*|suppr\w*|sauf|aucune?s?)\b")
_UNITS = frozenset(("h", "heure", "heures", "hr", "hrs"))
_SCALED = re.compile(r"[0#],+(?:[^0#?,]|$)")
_SPAN = re.compile(r"(?:periode )?(?:du )?(\S+(?: [a-z]+\.? \S+)?) (?:au|a|-|–|→) (\S+(?: [a-z]+\.? \S+)?)")
_BINDING = frozenset(("a", "d", "de", "du", "en", "l", "la", "un", "une"))
_BESIDE_MONTHS = frozenset(("mois", "de", "d", "le", "er", "m"))
_MIDNIGHT = re.compile(r"(?<=\d)[T ]0{1,2}:00(?::00(?:\.0+)?)?Z?$")
"""What programs write after a day that has no time."""

_KINDS = {
    "cdi": EmploymentKind.CDI,
    "cdd": EmploymentKind.CDD,
    "duree indeterminee": EmploymentKind.CDI,
    "cdi inclusion": EmploymentKind.CDI,
    "cddi": EmploymentKind.CDD,
    "cdd i": EmploymentKind.CDD,
    "cdd insertion": EmploymentKind.CDD,
    "cdd usage": EmploymentKind.CDD,
    "cddu": EmploymentKind.CDD,
    "cdd saisonnier": EmploymentKind.CDD,
    "cdd tremplin": EmploymentKind.CDD,
    "cdd chantier": EmploymentKind.CDD,
    "saisonnier": EmploymentKind.CDD,
    "vacation": EmploymentKind.CDD,
    "cui": EmploymentKind.CDD,
    "cui cae": EmploymentKind.CDD,
    "cui cie": EmploymentKind.CDD,
    "cdd remplacement": EmploymentKind.CDD,
    "cdi chantier": EmploymentKind.CDI,
    "pec": EmploymentKind.CDD,
    "parcours emploi competences": EmploymentKind.CDD,
    "etti": EmploymentKind.TEMPORARY,
    "ai": EmploymentKind.SUPPLIED,
    "association intermediaire": EmploymentKind.SUPPLIED,
    "duree determinee": EmploymentKind.CDD,
    "duree determinee insertion": EmploymentKind.CDD,
    "interim": EmploymentKind.TEMPORARY,
    "interimaire": EmploymentKind.TEMPORARY,
    "ctt": EmploymentKind.TEMPORARY,
    "ctti": EmploymentKind.TEMPORARY,
    "mission": EmploymentKind.TEMPORARY,
    "mission interim": EmploymentKind.TEMPORARY,
    "interim insertion": EmploymentKind.TEMPORARY,
    "travail temporaire": EmploymentKind.TEMPORARY,
    "apprentissage": EmploymentKind.APPRENTICESHIP,
    "apprenti": EmploymentKind.APPRENTICESHIP,
    "apprentie": EmploymentKind.APPRENTICESHIP,
    "professionnalisation": EmploymentKind.PROFESSIONALISATION,
    "pro": EmploymentKind.PROFESSIONALISATION,
    "mise disposition": EmploymentKind.SUPPLIED,
    "mise dispo": EmploymentKind.SUPPLIED,
    "mad": EmploymentKind.SUPPLIED,
    "sous traitance": EmploymentKind.SUBCONTRACTED,
    "sous traitant": EmploymentKind.SUBCONTRACTED,
    "cotraitance": EmploymentKind.SUBCONTRACTED,
    "co traitance": EmploymentKind.SUBCONTRACTED,
} | {words_of(kind.value): kind for kind in EmploymentKind}
_BESIDE_KINDS = re.compile(
    r"\d+(?:h|hrs?|heures?|m|mois|j|jours?|sem|semaines?|ans?)?"
    r"|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|quinze|vingt|trente|dix ?huit"
    r"|h|hrs?|heures?|j|jours?|sem|semaines?|mois|ans?|annees?|hebdo(?:madaires?)?|par|sur|au|jusqu|pour"
    r"|renouvelables?|renouvele|fois|duree|temps|partiel|plein|complet|tp|tc|env|environ|" + NAMES_OF_MONTHS
)
"""How long a contract is, from when until when, and for how much of a week."""
_EVIDENCE = {
    "releve heure": EvidenceKind.TIMESHEET,
    "releve": EvidenceKind.TIMESHEET,
    "feuille heure": EvidenceKind.TIMESHEET,
    "bulletin": EvidenceKind.PAYSLIP,
    "bulletin paie": EvidenceKind.PAYSLIP,
    "bulletin paye": EvidenceKind.PAYSLIP,
    "bulletin salaire": EvidenceKind.PAYSLIP,
    "fiche paie": EvidenceKind.PAYSLIP,
    "fiche paye": EvidenceKind.PAYSLIP,
    "facture": EvidenceKind.INVOICE,
    "attestation": EvidenceKind.ATTESTATION,
    "attestation employeur": EvidenceKind.ATTESTATION,
    "autre": EvidenceKind.OTHER,
} | {words_of(kind.value): kind for kind in EvidenceKind}


def outside_insertion(text: str) -> bool:
    """Whether a title, a mark or a kind says that what it is about is no insertion: «Personnel hors insertion»,
    «CDI (hors insertion)». A sentence that asks to leave those out says nothing of the rest, and somebody eligible may well work
    for an agency that is no ETTI.
    """
    said = any(_OUTSIDE.search(words_of(part)) for part in _PARTS.split(text))
    return said and _ASKING.search(words_of(text)) is None


def hours_of(cell: Cell) -> Decimal:
    """Hours with two decimals: 151,67 · 1 151.5 · 121 h 20 · 121:20 · a duration of the spreadsheet.

    Raises:
        CellRefused: empty, no number, negative, more than two decimals or a month, or a point that may part thousands.
    """
    return _checked(hours_written(cell))


def hours_written(cell: Cell) -> Decimal:
    """As ``hours_of``, of whatever size: a line of sums has more than a month.

    Raises:
        CellRefused: empty, no number, or a point that may part thousands.
    """
    value = cell.value
    if cell.without_result:
        raise CellRefused("formula", "Cette formule n'a pas de résultat : collez la valeur.")
    if value is None or cell.text == "":
        raise CellRefused("required", "Les heures manquent.")
    if isinstance(value, date):
        # 24:30 as a time of the day is shown as 00:30, and what stands there is a day: who wrote it saw neither.
        message = "Cette cellule est une date, ou une heure du jour au-delà de 24 h : donnez-lui le format [h]:mm."
        raise CellRefused("not-hours", message)
    if isinstance(value, bool):
        raise CellRefused("not-hours", "Ce ne sont pas des heures.")
    if cell.percent:
        raise CellRefused("percent", "Cette cellule montre un pourcentage : donnez-lui le format d'un nombre.")
    if isinstance(value, (timedelta, time)):
        return _duration(value)
    _check_format(cell)
    if isinstance(value, (int, float, Decimal)):
        # Binary fractions of a spreadsheet: 121.33 is kept as 121.33 and as 121.32999999999998.
        return Decimal(str(round(value, 9) if isinstance(value, float) else value))
    return _written(cell.text)


def _check_format(cell: Cell) -> None:
    """35 shown as «35 j» or «35 €» is no 35 hours, and what is shown as nothing or by thousands nobody has seen."""
    units = set(words_of(cell.printed).split())
    if units - _UNITS or any(sign in cell.printed for sign in "€$£"):
        message = f"Cette cellule montre «{cell.printed[:20]}» : donnez-lui le format d'un nombre, en heures."
        raise CellRefused("unit", message)
    if cell.format and (_SCALED.search(cell.format) or not cell.format.strip(" ;")):
        message = "Cette cellule ne montre pas le nombre qui y est écrit : donnez-lui le format d'un nombre."
        raise CellRefused("not-shown", message)


def _duration(value: timedelta | time) -> Decimal:
    if isinstance(value, time):
        value = timedelta(hours=value.hour, minutes=value.minute, seconds=value.second)
    return (Decimal(int(value.total_seconds())) / 3600).quantize(_CENT, ROUND_HALF_UP)


def _written(text: str) -> Decimal:
    text = _MINUS.sub("-", text)
    clock = _CLOCK.fullmatch(text)
    if clock is not None and (clock[3] or not clock[0][-1:].isdigit()):
        minutes = int(clock[3] or 0)
        if minutes > 59:
            raise CellRefused("not-hours", f"«{text}» : une heure a 60 minutes.")
        if clock[3] and len(clock[3]) == 1 and minutes:
            # «7h5» is written for 7 h 05, for 7 h 50 and for 7,5.
            raise CellRefused("ambiguous", f"«{text}» : écrivez les minutes avec deux chiffres, par exemple 7h05.")
        hours = (Decimal(clock[2]) + Decimal(minutes) / 60).quantize(_CENT, ROUND_HALF_UP)
        return -hours if clock[1] else hours
    plain = re.sub(r"\s*(?:h|heures?|hrs?)$", "", text, flags=re.IGNORECASE)
    if _BOOKED_NEGATIVE.fullmatch(plain):
        raise CellRefused("negative", _NEGATIVE)
    if _FULL_TIME.search(words_of(re.sub(r"(?<=\d)(?=[a-z])", " ", text, flags=re.IGNORECASE))):
        message = f"«{text[:40]}» : un équivalent temps plein n'est pas un nombre d'heures. Écrivez les heures du mois."
        raise CellRefused("unit", message)
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
        raise CellRefused("negative", _NEGATIVE)
    if hours > 744:
        # Before anything is computed with it: a cell may hold more figures than an exact decimal has.
        raise CellRefused("above-month", f"{str(hours)[:20]} h : un mois a 744 heures au plus.")
    if hours != hours.quantize(_CENT):
        raise CellRefused("decimals", f"{str(hours)[:20]} : deux décimales au plus.")
    return hours.quantize(_CENT)


def months_named(text: str) -> set[tuple[int | None, int]]:
    """Years and months that a title names: «Relevé de février 2026» → (2026, 2), «Février» → (None, 2)."""
    found: set[tuple[int | None, int]] = set()
    plain = re.sub(r"(?<=[a-z])[.'’_-]+", " ", unaccented(text))
    for day, name, year, month, of_year, year_first, month_second in _NAMED_MONTHS.findall(plain):
        if name and not day:
            found.add((_year(int(year)) if year else None, MONTHS[name]))
        elif not name:
            found.add((int(of_year or year_first), int(month or month_second)))
    return found


def month_of_cell(cell: Cell) -> str:
    """``YYYY-MM`` of ``02/2026``, ``2026-02``, ``202602``, ``février 2026``, or a day in any writing (``day_in``).

    Raises:
        CellRefused: empty, no month of this century, or something else than one: a quarter, a week, a time of the day.
    """
    value = cell.value
    if isinstance(value, (datetime, date)):
        return _month(value.year, value.month, cell.text)
    text = _MIDNIGHT.sub("", cell.text)
    if not text:
        raise CellRefused("required", "Le mois manque.")
    if re.fullmatch(r"20\d\d[.,]1", text):
        # As a number 2026.10 is written 2026.1.
        raise CellRefused("not-a-month", f"«{text}» : janvier ou octobre ? Écrivez par exemple 02/2026.")
    found = re.findall(r"\d+|[^\W\d_]+", words_of(text))
    numbers = [int(one) for one in found if one.isdecimal()]
    names = [one for one in found if not one.isdecimal() and one not in _BESIDE_MONTHS]
    months = [MONTHS.get(one) for one in names]
    if ":" not in text and isinstance(value, (str, int, float, Decimal)) and not isinstance(value, bool):
        if not names and len(numbers) == 1 and re.fullmatch(r"20\d{4}", text):
            return _month(numbers[0] // 100, numbers[0] % 100, text)
        if months == [None] or len(months) > 1:
            pass  # «T1 2026» is a quarter, «semaine 5 2026» a week, «février-mars 2026» two months
        elif months and months[0] is not None and 1 <= len(numbers) <= 2:
            return _of_numbers(*numbers[:-1], months[0], numbers[-1], text=text)
        elif 2 <= len(numbers) <= 3:
            return _of_numbers(*numbers, text=text)
        if (day := day_in(cell, LATEST) or _of_a_span(text)) is not None:
            return _month(day.year, day.month, text)
    raise CellRefused("not-a-month", f"«{text[:40]}» n'est pas un mois : écrivez par exemple 02/2026.")


def _of_a_span(text: str) -> date | None:
    """The first day of «du 01/02/2026 au 28/02/2026», where the last is of the same month."""
    parted = _SPAN.fullmatch(unaccented(text))
    first, last = (day_written(one, LATEST) for one in parted.groups()) if parted is not None else (None, None)
    if first is None or last is None or not first <= last or (first.year, first.month) != (last.year, last.month):
        return None
    return first


def _of_numbers(*numbers: int, text: str) -> str:
    """Month and year, or a whole day, whichever comes first of year and day."""
    if numbers[0] > 99:
        numbers = tuple(reversed(numbers))
    *days, month, year = numbers
    found = _month(_year(year), month, text)
    if days and not 1 <= days[0] <= monthrange(_year(year), month)[1]:
        raise CellRefused("not-a-month", f"«{text[:40]}» : ce mois n'a pas ce jour.")
    return found


def _year(number: int) -> int:
    return 2000 + number if number < 100 else number


def _month(year: int, month: int, text: str) -> str:
    if not (2000 <= year <= 2099 and 1 <= month <= 12):
        raise CellRefused("not-a-month", f"«{text[:40]}» n'est pas un mois : écrivez par exemple 02/2026.")
    return f"{year:04}-{month:02}"


def kind_of(cell: Cell) -> EmploymentKind:
    """The kind of contract by its code or its French name.

    Raises:
        CellRefused: empty, none of them, or said to be no insertion.
    """
    if outside_insertion(cell.text):
        message = f"«{cell.text[:40]}» : ces heures ne sont pas des heures d'insertion. Retirez la ligne, ou corrigez la cellule."
        raise CellRefused("not-insertion", message)
    found = _kind(cell.text) or _bracketed(cell.text)
    if found is None:
        rule, known = (
            ("required", "manque") if not cell.text else ("unknown-kind", f"«{cell.text[:40]}» n'est pas connue")
        )
        raise CellRefused(
            rule, f"La nature du contrat {known} : CDI, CDD, intérim, mise à disposition, sous-traitance …"
        )
    return found


def _kind(text: str) -> EmploymentKind | None:
    """By its name, where nothing stands behind it but how long and how much: «CDD de six mois», «CDI à temps partiel 26 h». A
    second kind behind it («CDD 6 mois puis CDI») is a doubt.
    """
    words = _plainly(text).removeprefix("embauche directe ").removeprefix("contrat ").split()
    for length in range(len(words), 0, -1):
        known = _KINDS.get(" ".join(words[:length]))
        if known is not None:
            return known if all(_BESIDE_KINDS.fullmatch(one) for one in words[length:]) else None
    return None


def _bracketed(text: str) -> EmploymentKind | None:
    """«Intérim d'insertion (ETTI)»: where what stands before and inside the brackets says the same, or one of them nothing."""
    parted = re.fullmatch(r"([^()]+)\(([^()]+)\)", text)
    if parted is None:
        return None
    said = {found for part in parted.groups() if (found := _kind(part)) is not None}
    return said.pop() if len(said) == 1 else None


def evidence_of(cell: Cell) -> EvidenceKind | None:
    """The kind of paper by its code or its French name; None for an empty cell.

    Raises:
        CellRefused: none of them.
    """
    if not cell.text:
        return None
    words = _plainly(cell.text)
    found = _EVIDENCE.get(words) or _EVIDENCE.get(re.sub(r"s\b", "", words))
    if found is None:
        message = (
            f"«{cell.text[:40]}» n'est pas connu : relevé d'heures, bulletin de paie, facture, attestation, autre."
        )
        raise CellRefused("unknown-evidence", message)
    return found


def day_of_cell(cell: Cell) -> date | None:
    """A day as people or programs write it; None for an empty cell.

    Raises:
        CellRefused: no day of this age.
    """
    if not cell.text:
        return None
    day = day_in(cell, LATEST)
    try:
        return day or day_of("evidence_dated", cell.text, LATEST, zero=None)
    except FieldRefused as refused:
        raise CellRefused(refused.rule, str(refused)) from None


def _plainly(text: str) -> str:
    """Its words without those that only bind, letters between points as one: «C.D.D. d'insertion» → ``cdd insertion``."""
    text = re.sub(r"\b(cd[di])(?=\d)", r"\1 ", text, flags=re.IGNORECASE)
    words = words_of(re.sub(r"(?<=\b\w)\.(?=\w\b)", "", text)).split()
    return " ".join(one for one in words if one not in _BINDING)
