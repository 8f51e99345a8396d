"""Pay as feeds write it, in gross euros an hour: a period, one or two amounts, and the week that they pay for."""

import re
from dataclasses import dataclass

from services.offers.domain.imports.numbers import NUMBER, in_euros, value_of
from services.offers.domain.imports.rows import MAX_LABEL, Warned
from shared.contracts.events.offers import Salary
from shared.reference.text import unaccented

WEEKS_A_MONTH = 52 / 12
FULL_WEEK = 35.0
"""Hours of a full week (labour code L3121-27)."""

_PERIODS = (
    ("hour", re.compile(r"\b(?:horaires?|heures?|h)\b|/ ?h\b")),
    ("month", re.compile(r"\b(?:mensuel(?:le)?s?|mens|mois)\b")),
    ("year", re.compile(r"\b(?:annuel(?:le)?s?|ans?|annees?)\b|\bk ?(?:€|euros?)\b")),
)
# «sur 12 mois» says over how many months a pay is given, not that it is monthly; «+ 10 % IFM» comes on top of it.
_MONTHS = re.compile(
    r"\+ ?\d{1,2}(?:[.,]\d{1,2})? ?%"
    r"|\b(?:sur|x) ?\d+(?:[.,]\d+)? ?mois\b|\b1[34] ?(?:e|em|eme) ?mois\b|\d+ ?mois\b|(?<![\d.,] )(?<![\d.,])\d{1,2} ?ans?\b"
)
# «13 €», «35 k€», «13€20», «13 euros 20»: what follows the unit as two digits are cents.
_UNIT = re.compile(
    r"\s*(k(?:ilo[ -]?(?=e))?|milliers? d'(?=e))?\s*(?:(?:euros?|eur)\b|€|(?<=k)e?\b)"
    r"(?:\s?(?P<cents>\d{2})(?![\d.,]|\s?(?:%|h\b|€|euros?\b|mois\b|ans?\b)))?"
)
_RANGE = re.compile(r"\s*(?:a|-|–|et|/|jusqu'a)\s*$")
# Between two ends of one range stand only words that say whose ends they are.
_ENDS = re.compile(
    r"[\s(]*(?:(?:bruts?|brute|minimum|mini?|par|mois|mensuels?|annuels?|horaires?|de l'|l'|heures?|h|ans?|annee|/|,)[\s)]*)*"
    r"(?:a|-|–|et|/|jusqu'a|maximum|maxi?)[\s:]*(?:jusqu'a|de|maximum|maxi?|environ)?\s*"
)
# What comes on top of a pay is not another end of it, and is not the pay.
_ON_TOP = re.compile(
    r"\b(?:primes?|paniers?|tickets?|titres?[ -]restaurants?|cheques?|indemnites?|logement|variables?|commissions?|mutuelle|"
    r"interessement|participation|valeur|avantages?|remboursement|frais|bonus|treizieme|gratifications? de)\b[^\d+]*$"
)
_NET = re.compile(r"\bnets?\b")
_GROSS = re.compile(r"\bbrute?s?\b")
_OF_SOMETHING = re.compile(
    r"(?:/ ?|\b(?:par|la|le|chaque) |\bl')[a-z]|\b(?:jours?|journ\w+|hebdo\w*|semaines?|forfait\w*|tjm)\b"
)
"""Of a day, a week, a piece: what is none of the periods says that the amount is of none of them."""
_OF_A_PIECE = re.compile(
    r"(?:\beuros?|€)(?: bruts?)? ?(?:/|par |la |le |chaque |l')[a-z ]"
    r"|\b(?:hebdo\w*|journalier\w*|forfaits?|tjm|cachets?)\b"
)
_FROM = re.compile(r"\b(?:a partir de|des|min|mini(?:mum)?|plancher|au moins|plus de)\b")
_UP_TO = re.compile(r"\b(?:jusqu'?a|jusque|max|maxi(?:mum)?|plafond\w*|au plus|moins de)\b")
"""Which end of a range a single amount is."""
LIKELY_JOB = (8.0, 120.0)
LIKELY_LEARNER = (2.5, 40.0)
"""What an hour can pay. The lowest minimum wage of the last ten years was 7.46 € (Mayotte), an apprentice's first year
27 % of it. Outside, it is a slip of the pen: a month's pay said to be hourly, a year's said to be monthly."""

_MONTHLY_MAX = 75.0
"""Above (11,400 € a month), a pay said to be monthly is a year's: «Mensuel de 21450»."""
_FRENCH = {"hour": "horaire", "month": "mensuel", "year": "annuel"}
WIDEST = 4.0


@dataclass(frozen=True)
class Work:
    """What a pay is divided by: hours a week where known, whether it is part time, whether a learner's."""

    weekly_hours: float | None = None
    part_time: bool = False
    learner: bool = False
    by_size: bool = False
    """Where no period is said the amount tells it, if it can be that of one only: of a column that holds nothing but pay."""


def read_salary(label: str, comment: str = "", work: Work | None = None) -> tuple[Salary, list[Warned]]:
    """``Mensuel de 1800.0 Euros à 2000.0 Euros sur 12.0 mois`` → 11.87–13.19, and what is wrong with it, if anything.

    A month is 52/12 weeks of the offer's own hours; of 35 where they are unknown and nothing says part time. What is
    not likely stays a text with a warning: it is no fact to compare by.
    """
    work = work or Work()
    text = " — ".join(part for part in (label.strip(), comment.strip()) if len(part) > 2)[:200] or None
    plain = unaccented(label[:MAX_LABEL])
    amounts, thousands = _amounts(plain)
    period = _period(plain, thousands)
    if not amounts:
        return Salary(text=text), []
    if _NET.search(plain) and not (work.by_size and _GROSS.search(plain)):
        return Salary(text=text), [
            Warned("salaire.libelle", "salary_net", "Un salaire net ne se compare pas : donnez le brut.")
        ]
    warnings: list[Warned] = []
    if period is None and _OF_A_PIECE.search(plain):
        message = "Ce qui n'est pas payé à l'heure, au mois ou à l'année n'est pas ramené à l'heure."
        return Salary(text=text), [Warned("salaire.libelle", "salary_period", message)]
    if period is None:
        likely = _readings(amounts, work) if work.by_size and not _OF_SOMETHING.search(plain) else []
        if len(likely) != 1 or (work.part_time and work.weekly_hours is None and likely[0][0] != "hour"):
            return Salary(text=text), [_doubt("salary_period", "La période n'est pas dite", amounts, work)]
        period = likely[0][0]
        said = f"« {text} » ne dit pas sa période : il est lu comme {_FRENCH[period]}, à confirmer."
        warnings.append(Warned("salaire.libelle", "salary_by_size", said))
    if period != "hour" and work.weekly_hours is None and work.part_time:
        message = "Temps partiel sans durée : ce salaire ne peut pas être ramené à l'heure."
        return Salary(text=text), [Warned("salaire.libelle", "salary_without_hours", message)]
    low, high = _hourly(amounts, period, work)
    if not _likely(low, high, period, work):
        said = f"{in_euros(low, high)} de l'heure"
        return Salary(text=text), [_doubt("salary_unlikely", f"{said} n'est pas vraisemblable", amounts, work)]
    if len(amounts) == 1:
        if _UP_TO.search(plain):
            return Salary(hourly_max=high, text=text), warnings
        if _FROM.search(plain):
            return Salary(hourly_min=low, text=text), warnings
    return Salary(hourly_min=low, hourly_max=high, text=text), warnings


def _period(plain: str, thousands: bool) -> str | None:
    without = _MONTHS.sub(" ", plain)
    found = [(match.start(), name) for name, pattern in _PERIODS if (match := pattern.search(without))]
    if found:
        return min(found)[1]
    return "year" if thousands else None


def _amounts(plain: str) -> tuple[list[float], bool]:
    """The pay's ends, one or two, and whether they were written in thousands («35 k€»). What is paid on top is left out."""
    hourly = _PERIODS[0][1].search(plain) is not None
    found: list[float] = []
    waiting: list[float] = []
    thousands = False
    after = 0
    without = _without_months(plain)
    spans = [(match.start(), match.end(), match[0]) for match in NUMBER.finditer(without)]
    for at, (start, end, digits) in enumerate(spans):
        if start < after:
            continue  # cents
        between = without[after:start]
        if _ON_TOP.search(between):
            waiting.clear()
            if found:
                break
            unit = _UNIT.match(plain, end)
            after = unit.end() if unit else end
            continue
        if found and not _ENDS.fullmatch(between):
            break
        if waiting and not _RANGE.fullmatch(between):
            waiting.clear()
        value = value_of(digits, grouped=not hourly)
        unit = _UNIT.match(plain, end)
        after = unit.end() if unit else end
        if unit is None:
            waiting.append(value)
            bare = at + 1 == len(spans) and not re.match(r"\s*(?:%|h\b|heures?|jours?|ans?)", plain[end:])
            if bare and (not found or _RANGE.search(between)):
                found.extend(waiting)
            continue
        if unit["cents"] and digits.isdigit() and not unit[1]:
            value += int(unit["cents"]) / 100
        elif unit["cents"]:
            after = unit.start("cents")
        if unit[1]:
            thousands = True
            value *= 1000
            waiting = [one * 1000 if one < 1000 else one for one in waiting]
        found.extend(waiting)
        found.append(value)
        waiting.clear()
        if len(found) > 1:
            break
    return [one for one in found if one > 0][:2], thousands


def _without_months(plain: str) -> str:
    return _MONTHS.sub(lambda match: " " * len(match[0]), plain)


def _hourly(amounts: list[float], period: str, work: Work) -> tuple[float, float]:
    month = (work.weekly_hours or FULL_WEEK) * WEEKS_A_MONTH
    divisor = {"hour": 1.0, "month": month, "year": 12 * month}[period]
    hourly = sorted(round(amount / divisor, 2) for amount in amounts)
    return hourly[0], hourly[-1]


def _likely(low: float, high: float, period: str, work: Work) -> bool:
    least, most = LIKELY_LEARNER if work.learner else LIKELY_JOB
    if period == "month":
        most = min(most, _MONTHLY_MAX)
    return least <= low and high <= most and high <= WIDEST * low


def _readings(amounts: list[float], work: Work) -> list[tuple[str, float, float]]:
    """Each period whose pay the amounts may be, with what an hour has then."""
    return [
        (period, low, high)
        for period in ("hour", "month", "year")
        for low, high in (_hourly(amounts, period, work),)
        if _likely(low, high, period, work)
    ]


def _doubt(rule: str, message: str, amounts: list[float], work: Work) -> Warned:
    """A warning that proposes the only other reading, where there is one."""
    readings = _readings(amounts, work)
    proposal = ""
    if len(readings) == 1:
        period, low, high = readings[0]
        proposal = f" Lu comme {_FRENCH[period]}, il serait de {in_euros(low, high)} de l'heure : à confirmer."
    return Warned("salaire.libelle", rule, f"{message} : le montant n'est pas retenu.{proposal}")
