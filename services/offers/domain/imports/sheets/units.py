"""What a bare number below a title is a number of: hours or pay of a week, a month, a year. Pure."""

import re

from services.offers.domain.imports.sheets.titles import period_in
from shared.reference.text import unaccented
from shared.tables.titles import bare_title

_BARE_HOURS = re.compile(r"(\d{1,4}(?:[.,]\d{1,2})?)(?: ?h(?:eures?)?)?")
_BARE_YEARS = re.compile(r"[1-9]\d?")
_SHARE_OF_FULL = 40
_LONGEST_PERIOD = 20
_OF_A_WEEK = frozenset(("semaine", "sem", "hebdo", "hebdomadaire"))
_PERIODS = (
    ("jour", frozenset(("jour", "journee", "j"))), ("mois", frozenset(("mois", "mensuel", "mensuelles", "mens"))),
    ("an", frozenset(("an", "annee", "annuel", "annuelles"))),
)  # fmt: skip
"""Of which a title may say that its hours are."""


_PERIOD_ALONE = re.compile(
    r"(?:(?P<thousands>k ?)?(?:€|euros?|eur|(?<=k)|(?<=k )) ?)?(?:(?:brute?s?|(?P<net>nets?)) ?)?(?:par |/ ?|de l'|l'|a l')?"
    r"(?:(?P<hour>heures?|h|horaires?|hour)|(?P<month>mois|m|mensuel(?:le)?s?|mens|month)|(?P<year>ans?|a|annees?|annuel(?:le)?s?|year))"
    r"\.?(?: (?:brute?s?|(?P<net_behind>nets?)))?"
)
_CURRENCY = re.compile(r"(?<!k) ?€", re.IGNORECASE)
_NAMES = {"hour": "horaire", "month": "mensuel", "year": "annuel"}
_ENDS = re.compile(r"\d[\d .,\u00a0\u202f]{0,12}(?:a|à|-|–|/|et) ?\d[\d .,\u00a0\u202f]{0,12}(?= ?(?:$|[+(]))")
"""Two amounts and no currency."""


def period_alone(text: str) -> str:
    """«M», «heure», «annuel», «€ net / mois» as ``period_in`` says it; empty where a cell says anything else."""
    found = _unit(text)
    if found is None:
        return ""
    period = next(name for group, name in _NAMES.items() if found[group])
    return f"{period} net" if found["net"] or found["net_behind"] else period


def in_unit(pay: str, unit: str) -> str:
    """A pay and what stands below «Unité»: «24 € à 26 €» and «K€ / an» are «24 k€ à 26 k€ annuel»."""
    found = _unit(unit)
    if found is not None and found["thousands"]:
        pay = _CURRENCY.sub(" k€", pay)
    return f"{pay} {period_alone(unit)}".strip()


def _unit(text: str) -> re.Match[str] | None:
    return _PERIOD_ALONE.fullmatch(unaccented(text.strip())) if len(text) <= _LONGEST_PERIOD else None


def with_period(text: str, title: str) -> str:
    """«12,02» below «Taux horaire» is an hour's; what the cell says itself stays as it is."""
    if not text or period_in(text):
        return text
    bare = f"{text} €" if text.replace(",", "").replace(".", "").replace(" ", "").isdecimal() else text
    if (ends := _ENDS.match(text)) is not None:
        bare = f"{ends[0].strip()} €{text[ends.end() :]}"
    return f"{bare} {period_in(title)}".strip()


def with_unit(text: str, title: str) -> str:
    """«104» below «Heures mois» are a month's hours, «803» below «h_annuelles» a year's, «0,8» below «ETP» a share of a week."""
    bare = _BARE_HOURS.fullmatch(text)
    if bare is None:
        return text
    number = float(bare[1].replace(",", "."))
    plain = bare_title(title.replace("_", " ")).split()
    if number <= 1:
        return f"{text} ETP" if {"etp", "equivalent"} & set(plain) else text
    if _SHARE_OF_FULL < number <= 100 and ("%" in title or {"quot", "quotite", "quotites", "taux", "tx"} & set(plain)):
        return f"{text} %"
    for period, named in _PERIODS:
        if named & set(plain) and not _OF_A_WEEK & set(plain):
            return f"{bare[1]} h par {period}"
    return text


def with_years(text: str, title: str) -> str:
    """«5» below «Expérience» are years, unless the title counts months."""
    if not _BARE_YEARS.fullmatch(text):
        return text
    return f"{text} mois" if "mois" in bare_title(title).split() else f"{text} ans"
