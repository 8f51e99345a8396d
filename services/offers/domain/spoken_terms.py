"""How long the work lasts, when it begins and what it pays, as a text says it: three fields that most offers leave open.

A length is the contract's where the contract stands in front of it or where it is an item of its own; trial periods, courses and
experience have lengths too. A day begins the work behind a word that says so. An amount is the pay where «salaire» leads it or
«brut» and a period follow; premiums, budgets and net pay are none. Where a text says two things of one of them, nobody is asked.
"""

# A pattern is read as one line: cutting it would hide what belongs together.
# ruff: noqa: E501
import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from services.offers.domain.imports.numbers import SPELT, value_of
from services.offers.domain.imports.sheets.dates import months_between
from services.offers.domain.linter_clauses import Sentence
from services.offers.domain.spoken_asked import Value
from shared.reference.initials import without_other_initials
from shared.tables.days import NAMES_OF_MONTHS
from shared.tables.moments import day_led, day_meant, span_meant
from shared.written import in_french

_LONGEST = 600
"""Characters of a sentence that are read: sixty words have four hundred."""
_MOST_MONTHS = 60
"""Longer terms are no contract's (labour code L1242-8-1: eighteen months, with exceptions; public service: three years, twice)."""
_MONTHS = {"an": 12.0, "mois": 1.0, "semaine": 12 / 52}
_UNIT = r"(?:mois|ans?|annees?|semaines?)\b"
_N = rf"(?P<n>\d{{1,2}}|{'|'.join(SPELT)}) ?(?P<unit>{_UNIT})(?P<half> et demie?)?"
_CONTRACT = r"(?:cddi?|contrat|mission|interim\w*|stage|alternance|apprentissage|professionnalisation|remplacement|renfort|saison|pec|duree(?! (?:moyenne|legale|d[eu] (?:travail|process|l'essai|la formation)))|engagement)"
_LINK = r"(?:(?!puis\b|apres\b|avec\b|entre\b|process\b|(?:d'|l')?(?:experience|essai|entretien)|formation\b|preavis\b|depuis\b|jusqu|maxi|minim|ou\b|renouvel(?!ables? d))[^\s\d.;]+ ){0,4}?"
_OF_CONTRACT = re.compile(rf"\b{_CONTRACT}(?: ?[:,(–-])? ?{_LINK}(?:(?:de|sur|pour) |d'|\()?(?!une semaine){_N}")
_ITEM = re.compile(
    rf"(?:^|[,;:(–-]\s*)(?<!\d,)(?:pendant |pour )?{_N}(?=\s*(?:$|[,;.)!]|renouvel|evolutif|a (?:partir|compter|pourvoir)|des (?:le |la )?\d|du \d|puis\b))"
)
_NO_TERM_BEFORE = re.compile(
    r"\b(?:essai|formation|preavis|experiences?|exp|depuis|integration|garantie|anciennete|apres|suite a|issue d'|renouvel\w*|prolong\w*|jusqu'?a|maxi\w*|maintenance|location|age|enfants?|ouvert\w*|ferm\w*|module|cursus|diplome|permis|salaires?|remunerations?|verse\w*|brute?s?)\b[^.;]{0,30}$|[€%][^.;,]{0,12}$"
)
_NO_TERM_BEHIND = re.compile(
    r"\s*(?:d'(?:experience|essai|anciennete|existence|etudes|integration|accompagnement)|de (?:formation|preavis|garantie|salaire|pratique|metier|conduite|recul)|par (?:an|mois|semaine)\b|(?:ou|a|/|-|et) \d+ ?(?:mois|ans?|semaines?)|dans (?:un|une|le|la)\b|sur (?:un|le meme)|minimum\b|mini\b|exige|de conge|sur (?:deux|trois|quatre|cinq|six|\d)|/ ?\d)"
)
_A_TERM = re.compile(r"\b(?:cddi?|interim|mission|stage|alternan|apprenti|saison|vacat|contrat d[e'] ?\d)")
_PERMANENT = re.compile(r"\bcdi\b|duree indeterminee")

_MONTH = rf"(?:{NAMES_OF_MONTHS})\b\.?"
_DAY = rf"(?:(?:lun|mar|mercre|jeu|vendre|same)di |dimanche )?(?:\d{{1,2}}[/.]\d{{1,2}}[/.](?:20)?\d\d\b|(?:1 ?er|\d{{1,2}})(?: {_MONTH}(?: 20\d\d\b)?)|(?:(?:debut|mi|fin)[ -](?:de |d')?)?{_MONTH}(?: 20\d\d\b)?)"
_SPAN = re.compile(
    rf"\b(?:du|de|d'|entre le) ?(?P<first>{_DAY}|(?:1 ?er|\d{{1,2}})(?= au \d)) (?P<to>au|a|jusqu'(?:au|a|en)|et le|-|–) ?(?P<last>{_DAY})(?!,? (?:puis|et) du \d)"
)
_SPAN_OF_WORK = re.compile(
    r"(?:^|[,;:(–-]|\b(?:cddi?|contrat|missions?|saison\w*|stages?|interim|postes?|remplacement|conge (?:maternite|parental|maladie|paternite|formation|sabbatique)|emplois?|job|travail\w*|periode|besoin|recrut\w*|recherch\w*|pourvoir|duree)\b[^.;]{0,40})\s*$"
)
_NOT_OF_WORK = re.compile(
    r"\b(?:ferm\w+|ouvert\w*|ouvre\w*|conges|vacances|candidat\w+|postul\w*|inscri\w*|entretiens?|reunions?|formations?|festival|exposition|evenement|salon|hors|sauf|accueil\w*|par (?:mois|semaine))\b[^.;,]{0,30}$"
)
_UNTIL = re.compile(rf"\bjusqu'(?:au|a|en) (?P<last>{_DAY})")
_BEGINS = re.compile(
    rf"\b(?:(?:a (?:partir|compter|pourvoir)|debut|demarrage|date de (?:debut|demarrage)|embauche|rentree|arrivee|entree en (?:fonctions?|poste)|prise de (?:poste|fonctions?)|ouverture de poste|commen\w+|des)(?: (?:prevue?|souhaitee?|fixee?|du contrat|de (?:mission|contrat)))?(?: ?:)?(?: a (?:partir|compter))?(?: (?:des|le|du|au|en|pour|de|d'))?) ?(?P<day>{_DAY})"
)
_NOT_ITS_START = re.compile(
    r"\b(?:candidatures?|cv|entretiens?|postul\w*|inscri\w*|reunions?|forum|dating|salons?|travaux|ouvert\w*|ouvr\w*|ouverture (?:du|de la|au)|clients?|client\w+|lois?|decret|primes?|salaires?|remuneration|smic|teletravail|puis|evolution|renouvellement|formations?)\b[^.;]{0,40}$"
)
_SAYS = re.compile(rf"\d| (?:mois|an|ans|semaines?|{NAMES_OF_MONTHS}) ")
"""What every length, day and amount has."""
_SOME_YEAR = date(2026, 1, 1)
"""Of a span without a year only its length is told."""
_YEAR = re.compile(r"20\d\d\b|[/.]\d\d$")

_PERIOD = re.compile(
    r"(?P<hour>(?:de l'|l'|par |/ ?|a l'|taux )?(?:heures?\b|h\b|horaires?\b))|(?P<month>(?:par |/ ?|au |le )?mois\b|mensuel\w*|/ ?mois)|(?P<year>(?:par |/ ?|l')?an(?:nee)?s?\b|annuel\w*)"
)
_OVER_MONTHS = re.compile(r"\b(?:sur|x) ?\d\d(?:[.,]\d)? ?mois|\b\d\d ?e mois")
_CURRENCY = r"(?:€|euros?\b|eur\b)"
_AMOUNT = r"\d{1,3}(?:[ \u00a0\u202f.']\d{3})+(?:,\d{1,2})?(?!\d)|\d{1,6}(?:[.,]\d{1,2})?(?!\d)"
_PAY = re.compile(
    rf"(?<![\d.,'])(?<!\d )(?P<one>{_AMOUNT}) ?(?P<k1>k\b)? ?{_CURRENCY}?(?: ?(?:brute?s?|mensuels?|annuels?))*(?:(?: a | ?[-–/] ?| et )(?P<two>{_AMOUNT}))? ?(?P<k>k)? ?(?P<currency>{_CURRENCY})"
)
_PAID = re.compile(
    r"\b(?:salaires?|remunerations?|remunere\w*|taux|fixe|traitement|package|fourchette|payee?s?|paie|smic)\b[^.;]{0,40}$"
)
_NO_PAY_BEFORE = re.compile(
    r"\b(?:primes?|paniers?|tickets?|titres?|cheques?|indemnit\w+|budgets?|chiffre|ca|capital|frais|tarifs?|loyers?|gratif\w+|bonus|variables?|commissions?|mutuelle|forfait|remboursement|panneaux?|achats?|ventes?|factur\w*|abonnement|logement|repas|participation|interessement|aide|avantages?|pourboires?|valeur|nets?(?! (?:ou|et) brut)|plus de \d+ millions?)\b[^,;.]{0,25}$|\+ ?$"
)
_GROSS = re.compile(r"\bbrute?s?\b")
_NO_PAY_BEHIND = re.compile(
    r"[^,;.€]{0,12}\b(?:nets?|primes?|paniers?|semaines?|jours?|journee|nuit|pige|mission|forfait|enfant|km|kilometre|repas|m2|de ca|chiffre|budget|vacation|cachet|course|seance)\b|[^,;.€]{0,4}(?:/ ?j\b|m²)"
)
_LEAST = re.compile(r"\b(?:a partir de|au moins|minimum|mini|des|plancher(?: de)?)(?: :)? ?$")
_LEAST_BEHIND = re.compile(r" ?(?:brute?s? )?(?:(?:annuel|mensuel)\w* )?(?:minimum|mini)\b")
_MOST_BEFORE = re.compile(r"\b(?:jusqu'?a|maximum|maxi|plafond)(?: :)? ?$")
_SIZES = (("hour", 7.0, 80.0), ("month", 600.0, 9_000.0), ("year", 12_000.0, 200_000.0))
"""Least and most gross euros of which nobody need say for how long they are."""
_FRENCH = {"hour": "de l'heure", "month": "par mois", "year": "par an"}


class Term(NamedTuple):
    """``start``, ``end``: offsets of the words in the text; ``value`` as ``Spoken`` has it."""

    rule: str
    start: int
    end: int
    proposal: str
    value: Value | None


def terms(folded: str, read: Iterable[Sentence]) -> Iterator[tuple[Sentence, Term]]:
    """The term, the first day and the pay that one text says, of each at most one."""
    sayings = [_Saying(sentence, folded) for sentence in read if _SAYS.search(sentence.text)]
    begun = list(_starts(sayings))
    yield from _first_day(begun)
    yield from _one(_lengths(sayings, folded, begun))
    yield from _one(found for saying in sayings for found in _pays(saying))


class _Saying:
    """A sentence as it was written, without accents."""

    __slots__ = ("at", "sentence", "text")

    def __init__(self, sentence: Sentence, folded: str) -> None:
        self.at, end = sentence.whole
        self.text = folded[self.at : min(end, self.at + _LONGEST)].replace("’", "'")
        self.sentence = sentence

    def term(self, match: re.Match[str], rule: str, proposal: str, value: Value | None) -> tuple[Sentence, Term]:
        return self.sentence, Term(rule, self.at + match.start(), self.at + match.end(), proposal, value)


def _one(found: Iterable[tuple[Sentence, Term]]) -> Iterator[tuple[Sentence, Term]]:
    """The first, unless another value is said as well; one with a value before one without."""
    every = list(found)
    valued = [one for one in every if one[1].value is not None]
    if len({one[1].value for one in valued}) <= 1:
        yield from (valued or every)[:1]


class _Begun(NamedTuple):
    saying: _Saying
    match: re.Match[str]
    day: date | None
    end: date | None
    length: float | None


def _starts(sayings: list[_Saying]) -> Iterator[_Begun]:
    for saying in sayings:
        for match in _SPAN.finditer(saying.text):
            before = saying.text[: match.start()]
            if _SPAN_OF_WORK.search(before) is None or _NOT_OF_WORK.search(before) or not _with_month(match):
                continue
            if (span := _span(match["first"], match["last"])) is not None:
                known = _YEAR.search(match["first"]) or _YEAR.search(match["last"])
                yield _Begun(
                    saying, match, span[0] if known else None, span[1] if known else None, months_between(*span)
                )
        for match in _BEGINS.finditer(saying.text):
            if not _NOT_ITS_START.search(saying.text[: match.start()]):
                yield _Begun(saying, match, _day(match["day"]), None, None)


def _with_month(match: re.Match[str]) -> bool:
    """«De 10 à 12 mai» names one day and a number."""
    return match["to"] != "a" or not match["first"][-1].isdigit() or _YEAR.search(match["first"]) is not None


def _span(first: str, last: str) -> tuple[date, date] | None:
    if first.rstrip("er ").isdigit() and (month := re.search(_MONTH, last)) is not None:
        first = f"{first} {month[0]}"
    today = (
        _SOME_YEAR if _YEAR.search(last) or not _YEAR.search(first) else day_led(first) or day_meant(first, _SOME_YEAR)
    )
    return (
        None if today is None else span_meant(f"{first.replace('1 er', '1er')} au {last.replace('1 er', '1er')}", today)
    )


def _day(text: str) -> date | None:
    """None where no year says which."""
    plain = text.replace("1 er", "1er")
    return day_led(plain) or day_meant(plain, _SOME_YEAR) if _YEAR.search(plain) else None


def _first_day(begun: list[_Begun]) -> Iterator[tuple[Sentence, Term]]:
    yield from _one(
        one.saying.term(one.match, "text_says_start", "Le texte dit quand le travail commence : donnez la date.", None)
        if one.day is None
        else one.saying.term(
            one.match, "text_says_start", f"Début le {in_french(one.day)} ? Indiquez-le.", one.day.isoformat()
        )
        for one in begun
    )


def _lengths(sayings: list[_Saying], folded: str, begun: list[_Begun]) -> Iterator[tuple[Sentence, Term]]:
    permanent = _PERMANENT.search(without_other_initials(folded)) is not None and _A_TERM.search(folded) is None
    said = False
    for saying in sayings:
        for pattern in (_OF_CONTRACT,) if permanent else (_OF_CONTRACT, _ITEM):
            for match in pattern.finditer(saying.text):
                months = _months(match)
                if months is not None and _is_term(saying.text, match, pattern):
                    said = True
                    yield _length(saying, match, months)
    if said or permanent:
        return
    for one in begun:
        if one.length is not None:
            said = True
            yield _length(one.saying, one.match, one.length)
    if said:
        return
    days = {one.day for one in begun}
    for saying in sayings:
        for match in _UNTIL.finditer(saying.text):
            before = saying.text[: match.start()]
            if _SPAN_OF_WORK.search(before) is None or _NOT_OF_WORK.search(before):
                continue
            day = next(iter(days)) if len(days) == 1 else None
            span = span_meant(f"{day.isoformat()} au {match['last']}", day) if day is not None else None
            yield _length(saying, match, months_between(*span) if span is not None else None)


def _is_term(text: str, match: re.Match[str], pattern: re.Pattern[str]) -> bool:
    before = text[: match.start()]
    if _NO_TERM_BEFORE.search(before) or _NO_TERM_BEHIND.match(text, match.end()):
        return False
    # «Bac + 2 ans», «permis, 3 ans»: of years alone only one is an item as often as a length.
    return pattern is _OF_CONTRACT or not match["unit"].startswith("an") or match["n"] in ("1", "un")


def _months(match: re.Match[str]) -> float | None:
    written = match["n"]
    number = SPELT.get(written) or float(written)
    if match["half"]:
        number += 0.5
    unit = next(months for name, months in _MONTHS.items() if match["unit"].startswith(name))
    months = round(number * unit, 2)
    return months if 0 < months <= _MOST_MONTHS else None


def _length(saying: _Saying, match: re.Match[str], months: float | None) -> tuple[Sentence, Term]:
    if months is None:
        return saying.term(match, "text_says_duration", "Le texte dit jusqu'à quand : indiquez la durée.", None)
    return saying.term(match, "text_says_duration", f"Durée de {in_french(months)} mois ? Indiquez-la.", months)


def _pays(saying: _Saying) -> Iterator[tuple[Sentence, Term]]:
    for match in _PAY.finditer(saying.text):
        if (pay := _pay(saying.text, match)) is not None:
            yield saying.term(match, "text_says_pay", f"Salaire : {pay} ? Indiquez-le.", pay)


def _pay(text: str, match: re.Match[str]) -> str | None:
    """In the words of one form that the reader of pay knows: «de 2 100 à 2 600 € brut par mois»."""
    before, behind = text[: match.start()], text[match.end() : match.end() + 40]
    if _NO_PAY_BEFORE.search(before) or _NO_PAY_BEHIND.match(text, match.end()):
        return None
    thousand = 1000.0 if match["k"] or match["k1"] else 1.0
    low, *more = [float(value_of(one, grouped=True)) * thousand for one in (match["one"], match["two"]) if one]
    high = more[0] if more else low
    part = re.split(r"[,;.(]", before)[-1][-40:]
    near = f"{part} {match[0]} {re.split(r'[,;(+]', behind)[0]}"
    said = _PERIOD.search(_OVER_MONTHS.sub(" ", near))
    paid = any((_PAID.search(before), _GROSS.search(near), _OVER_MONTHS.match(behind.lstrip())))
    if said is None and not (paid or thousand > 1):
        return None
    period = (
        said.lastgroup
        if said is not None
        else "year"
        if thousand > 1
        else next((name for name, least, most in _SIZES if least <= low <= high <= most), None)
    )
    if period is None or low > high:
        return None
    least, most = next((least, most) for name, least, most in _SIZES if name == period)
    if not least <= low <= high <= most or high > 2 * low:
        return None
    if more:
        amount = f"{in_french(low)} à {in_french(high)} €"
    elif _MOST_BEFORE.search(before):
        amount = f"jusqu'à {in_french(low)} €"
    elif _LEAST.search(before) or _LEAST_BEHIND.match(text, match.end()):
        amount = f"à partir de {in_french(low)} €"
    else:
        amount = f"{in_french(low)} €"
    return f"{amount} brut {_FRENCH[period]}"
