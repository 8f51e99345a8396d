"""What the text of an offer says and its fields do not: proposed with the words, for the author to confirm, never taken.

Nights, week-ends, hours, part time, licences, and a contract that is not the field's; in ``spoken_asked`` experience, CACES,
diplomas, a vehicle, early and late hours.
"""

# A pattern is read as one line: cutting it would hide what belongs together.
# ruff: noqa: E501
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache

from services.offers.domain.imports.hours import weekly_hours_in
from services.offers.domain.imports.licences import licence_named
from services.offers.domain.imports.salary import FULL_WEEK
from services.offers.domain.linter_clauses import Sentence, sentences
from services.offers.domain.linter_heads import Words, any_of
from services.offers.domain.spoken_asked import (
    BY_THE_CLOCK,
    NO_NIGHTS,
    TIMES,
    WHEN,
    Value,
    asked,
    lists,
    of_whoever_applies,
    only_wished,
    others_time,
)
from services.offers.domain.spoken_contract import CONTRACT, CONTRACTS, NAMED_OUTRIGHT, outright, titled
from services.offers.domain.spoken_items import SEVERAL_WEEKS, share_beside, week_in
from services.offers.domain.spoken_terms import terms
from shared.contracts.vocabulary import ContractKind, Licence, OpportunityKind
from shared.reference.demand_needs import (
    DENIED,
    THINGS_OF_NIGHT,
    but_by_day,
    hours_in,
    night_in,
    night_in_title,
    weekend_in,
)
from shared.written import in_french

_REST = Words(
    r"repos|ferme(?:e|es|s)?|conges?|libres?|(?:disposez|disposer|profitez|profiter|beneficiez|gardez) (?:du|de)|chome(?:e|s|es)?"
)
_FREE = re.compile(
    r" (?:: )?ferme\w* | : repos | (?:(?:et|,) )?(?:(?:les )?jours? feries )?(?:(?:toujours|sont|est) ){0,2}(?:libres?|non travaill\w+|chom\w+|off) "
)
_NIGHT = Words(
    r"(?<!table )(?<!tables )(?<!boite )(?<!boites )(?<!chemise )(?<!chemises )(?:de|la|des|les|en|par) nuits?|(?:une|\d|quelques|certaines) nuits? (?:sur|par|dans (?:le|la|chaque))|chaque nuit|2[0-3] h(?: ?\d\d)? (?:-|/|a|–|jusqu' ?a) 0?[2-9] h(?:eures?)?|(?<!ouvert )(?<!ouverts )(?<!ouverte )(?<!ouvertes )nuits?(?= (?:en (?:internat|foyer|chambre)|comprises?|incluses?|travaillees?|a assurer))|(?:nuits? (?:et|ou) jours?|jours? (?:et|ou|/|-|,) nuits?)|(?:matin|apres - midi|soir)s? (?:et|ou|/) nuits?|[345] x? ?8|nocturnes?"
)
_NIGHTS = Words(r"nuits?|nocturnes?|[345] ?x? ?8|veilleu(?:r|se)s?")
"""Where a title may name them."""
_WEEKEND = Words(
    r"(?:les? |des |du |un |en |chaque )?(?:week ?-? ?ends?|samedis?|dimanches?|we(?= (?:et|,|/|travaill|compris|inclus|sur))|(?:(?<=une )|(?<=des )|(?<=les )|(?<=chaque ))fins? de semaine|5 [x*] ?8|jours feries travailles)"
)
_DAY = r"(?:les? )?(?:lundi|mardi|mercredi|jeudi)s?"
_REST_IN_THE_WEEK = Words(
    rf"repos(?: (?:hebdomadaires?|fixes?|consecutifs?|:|sont))* (?:les? )?(?:dimanche|lundi|mardi|mercredi|jeudi)s? (?:et|/|-|&) {_DAY}",
    rf"(?:dimanche|lundi|mardi|mercredi)s? (?:et|/|-|&) {_DAY} (?:de repos|: repos|libres?|non travailles)",
    r"repos (?:\w+ ){0,4}?(?:,|\()? ?(?:hors|en dehors des?|sauf) (?:les? |du )?week ?-? ?ends?",
    r"repos (?:\w+ ){0,2}?(?:pris )?en semaine",
)
"""Whose days of rest are in the week works at its end."""
_TIMES = TIMES | BY_THE_CLOCK.bit | _NIGHT.bit | _NIGHTS.bit | _WEEKEND.bit
"""Without one of them a sentence names no hours and no days."""
_PART_TIME = Words(r"temps partiels?|mi ?-? ?temps|temps non complet|tnc(?= \d)")
_OF_HEALTH = re.compile(r" therapeutiques?(?= )")
_STANDS_IN = re.compile(r" remplac\w+ ")
"""Half a week that somebody else works for health's sake is worked by who stands in for the other half."""
_OF_COLLEAGUES = re.compile(r" (?:dont (?:\S+ ){1,4}?|(?:manag|encadr|dirig|supervis)\w* (?:\S+ ){1,4}?)(?:a|en) $")
"""«Six équipiers dont certains à temps partiel.»"""
_LICENCE = Words(
    r"permis (?:de conduire )?(?:\( )?(?:de )?(?:la )?(?:categorie |cat )?(?P<code>c \+ e|(?!de )[abcd][12]?e?|eb|ec|ed|poids lourds?|pl|spl|super lourds?|vl|79|b96|voiture|remorque)|permis(?= (?:et|\+) (?:vehicule|voiture))|permis(?= (?:est )?(?:exige|obligatoire|indispensable|necessaire|requis|imperatif))|(?P<plain>permis de conduire)(?! (?:[abcd]|eb|ec|ed|pl|spl|poids)[ 12e])"
)
_TAUGHT = re.compile(
    r" (?:enseign\w+|prepar\w+|lecons?|cours|examens?|formations? (?:aux?|pour|du|de)|eleves?|passage|obtention|passer|moniteur|monitrice)(?: \S+){0,3} $"
)
"""A licence that is taught or sat for is not held yet."""
_SHARE = Words(
    r"(?:poste|contrat|emploi|cdi|cdd|quotite|temps de travail|temps partiel)(?: de travail)?(?: a| de| :)* (?P<share>[2-9]\d|100) %(?! (?:ou |/ |(?:a|-) \d))",
    r"(?P<of_full>[2-9]\d) % (?:d' un |du )?(?:temps (?:plein|complet)|etp|equivalent temps plein)",
    r"(?<!possible a )(?P<fifths>[1-4]) / 5 (?:e|em|eme|emes)(?! (?:du|des|de la|de l'))",
)
_HOURS = re.compile(
    r"(?:(?:duree|temps|volume|horaire)\w* (?:de travail )?(?:horaire )?hebdo\w*(?: de travail)? ?:? ?(?:de )?|(?:temps partiel|mi ?-? ?temps|temps plein|temps complet|base)[ :,(-]+(?:de |a )?)\d{1,2}(?:[.,]\d{1,2})? ?h(?:eures?)?\d{0,2}"
    r"|\b\d{1,2}(?:[.,]\d{1,2})? ?h(?:eures?)?\d{0,2} ?(?:par|/) ?jour ?[,(]? ?(?:sur )?\d ?j(?:ours?)?\b"
    r"|\b[01][.,]\d{1,2} ?etp\b|\b\d{1,3}(?:[.,]\d{1,2})? ?h(?:eures?)?\d{0,2} ?(?:mini(?:mum)? |maxi(?:mum)? |environ )?(?:mensuel|(?:(?:de |d' ?)[a-z]+ par|/|par|de|hebdo|la)? ?(?:sem\w*|hebdo\w*|mois))"
    r"|\b\d{1,2}(?:[.,]\d{1,2})?(?: ?h ?\d{0,2})? ?/ ?35 ?(?:e|em|eme|emes|h)\b|\b3\d ?h(?:eures?)?\d{0,2} sur (?:\d|quatre|cinq)(?:[.,]5)? jours|\b1 ?60[07] ?h(?:eures?)?\b"
)
_ETP = re.compile(r"(?<![\d.,])0[.,](?P<part>\d{1,2}) ?etp\b")
_AN_HOUR = re.compile(r"(?<= )\d+ h")
_BASE = re.compile(
    r" (?:base|sur|pour|temps plein|temps complet)(?: de| d' un| une| temps plein| temps complet| :)* (?P<hours>3[5-9]) h(?:eures?)? "
)
"""What a share is of: «80 % sur la base de 35 heures»."""
_BETWEEN = Words(
    r"(?:de|entre) (?P<from>\d\d?) (?:h(?:eures?)? )?(?:a|et|-|/) (?P<to>\d\d?) h(?:eures?)? (?:hebdo\w*|par semaine|/ sem\w*|semaine)",
    r"(?:cdi|cdd|contrat|interim|temps partiel)(?: :| de)? (?P<from3>\d\d) (?:h(?:eures?)? )?(?:a|-) (?P<to3>\d\d) h(?:eures?)?(?= (?:$|[,;.:)!]|selon|par|hebdo))",
    r"(?P<from4>\d\d?) h(?:eures?)? a (?P<to4>\d\d?) h(?:eures?)? (?:hebdo\w*|par semaine|/ sem\w*)",
    r"(?<=\( )(?P<from2>\d\d?) (?:a|-) (?P<to2>2[5-9]|3\d) h(?:eures?)?(?= \))",
)
_NUMBER = Words(r"\d+")
"""Without one there are no hours: what is a figure in the text as it was written is a token that is a figure."""
_HOUR = Words("h", r"heures?", "etp", "35", "160[07]")
"""One of them is in whatever names hours."""
_PERCENT = Words("%")
_HOURS_NAMED = any_of(_HOUR, _SHARE, _BETWEEN, _PART_TIME, _PERCENT)
_TITLE_HOURS = re.compile(r"\b\d{1,2}(?:[.,]\d{1,2})? ?h(?:eures?)?\d{0,2}\b(?! ?/ ?\d)")
_TIME = any_of(_NUMBER, _SHARE, _PART_TIME, _BETWEEN, _PERCENT)
_TEACHES = Words(
    r"(?:formateur|formatrice|tuteur|tutrice|responsable|charge|chargee|maitre|referent|referente|gestionnaire|conseiller|conseillere|consultant|recruteur|agence)\w*"
)


# Not frozen: that makes each field of each offer three times as dear, and nobody changes it.
@dataclass(slots=True)
class Fields:
    """What the fields say; None is unknown."""

    night: bool | None
    weekend: bool | None
    weekly_hours: float | None
    licences: tuple[Licence, ...]
    contract_kind: ContractKind | None
    kind: OpportunityKind | None = None
    early: bool | None = None
    late: bool | None = None
    experience_months: int = 0
    vehicle: bool = False
    skills: str = ""
    """Folded labels."""
    either: bool = False
    unsaid: int = field(init=False)
    """The bits of the lists without one of which a sentence says nothing beyond these fields."""

    def __post_init__(self) -> None:
        self.unsaid = _unsaid(
            self.night is None,
            self.weekend is None,
            self.early is None,
            self.late is None,
            self.vehicle,
            self.weekly_hours is None,
            self.contract_kind is None,
        )


@cache
def _unsaid(night: bool, weekend: bool, early: bool, late: bool, vehicle: bool, hours: bool, contract: bool) -> int:
    """By what is not known, and whether a vehicle is."""
    found = _LICENCE.bit | lists(vehicle=vehicle, early=early, late=late)
    if night:
        found |= _NIGHT.bit | _NIGHTS.bit | BY_THE_CLOCK.bit
    if weekend:
        found |= _WEEKEND.bit | _REST_IN_THE_WEEK.bit
    if hours:
        found |= _TIME
    return found if contract else found | CONTRACT


@dataclass(frozen=True)
class Spoken:
    """A fact that the text names: offsets of the words, and what the author is asked to confirm."""

    rule: str
    start: int
    end: int
    proposal: str
    value: Value | None
    """What the field would hold; None: the text names the matter and not how much or which."""


def facts(folded: str, read: Iterable[Sentence], fields: Fields, *, title: bool) -> Iterator[tuple[Sentence, Spoken]]:
    """Every fact of one text (folded, every character in its place) with its sentence; the same may be said twice. ``read``: its
    sentences. Term, first day and pay are found whatever ``fields`` says.
    """
    every = list(read)
    yield from _warned(folded, every, fields, title=title)
    for sentence, term in terms(folded, every):
        yield sentence, Spoken(*term)


def _warned(folded: str, read: Iterable[Sentence], fields: Fields, *, title: bool) -> Iterator[tuple[Sentence, Spoken]]:
    unsaid = fields.unsaid
    for sentence in read:
        if sentence.bits & unsaid:
            for found in _of(sentence, folded, fields, title=title):
                yield sentence, found


def spoken(folded: str, read: Iterable[Sentence], fields: Fields, *, title: bool) -> Iterator[Spoken]:
    """Facts of one text, of each rule at most one: what matching holds against a person when nobody stated it. Term, first day
    and pay are no such thing: they are asked after, and nobody is warned of them.
    """
    told: set[str] = set()
    for _, found in _warned(folded, read, fields, title=title):
        if found.rule not in told:
            told.add(found.rule)
            yield found


def speaks_of_night(title: str, text: str) -> bool:
    """Whether a folded title or text speaks of night work without denying it."""
    unknown = Fields(None, False, None, (), None, early=False, late=False)
    return any(
        found.rule == "text_says_night"
        for said, of_title in ((title, True), (text, False))
        for _, found in _warned(said, sentences(said), unknown, title=of_title)
    )


def _of(s: Sentence, folded: str, fields: Fields, *, title: bool) -> Iterator[Spoken]:
    told = set()
    for found in _named(s, folded, fields, title=title):
        told.add(found.rule)
        yield found
    yield from (found for found in _certain(s, folded, fields, title=title) if found.rule not in told)


def _certain(s: Sentence, folded: str, fields: Fields, *, title: bool) -> Iterator[Spoken]:
    """When the work is as matching reads it: what counts there is asked here, in whatever words it was said."""
    if not s.bits & _TIMES:
        return
    unknown = {
        "text_says_early": fields.early is None,
        "text_says_late": fields.late is None,
        "text_says_night": fields.night is None,
        "text_says_weekend": fields.weekend is None,
    }
    if not any(unknown.values()):
        return
    start, end = s.whole
    written = folded[start:end]
    early, late, night = hours_in(written)
    said = {
        "text_says_early": early,
        "text_says_late": late,
        "text_says_night": night or night_in(written, title=title),
        "text_says_weekend": weekend_in(written),
    }
    for rule in said:
        if unknown[rule] and said[rule]:
            yield Spoken(rule, start, end, WHEN[rule], True)


def _night(s: Sentence, *, title: bool) -> re.Match[str] | None:
    """Where nights are named that are worked, and not by somebody else."""
    if title and THINGS_OF_NIGHT.search(s.text):
        return None
    if (s.may(NO_NIGHTS) and NO_NIGHTS.search(s.text)) or but_by_day(s.text):
        return None
    match = of_whoever_applies(s, _NIGHT, DENIED) or of_whoever_applies(s, BY_THE_CLOCK, DENIED)
    if match is not None or not (title and s.may(_NIGHTS)):
        return match
    match = night_in_title(s.text)
    return None if match is None or others_time(s, match) else match


def _named(s: Sentence, folded: str, fields: Fields, *, title: bool) -> Iterator[Spoken]:
    if fields.night is None and (match := _night(s, title=title)):
        yield _spoken(s, match, "text_says_night", WHEN["text_says_night"], True)
    if fields.weekend is None and (
        (
            (match := of_whoever_applies(s, _WEEKEND, DENIED))
            and not _REST.search(s.before(match.start(), 8))
            and not _FREE.match(s.after(match.end(), 5))
        )
        or (match := s.first(_REST_IN_THE_WEEK))
    ):
        yield _spoken(s, match, "text_says_weekend", WHEN["text_says_weekend"], True)
    for one in asked(
        s,
        folded,
        experience_months=fields.experience_months,
        vehicle=fields.vehicle,
        early=fields.early,
        late=fields.late,
        named=fields.skills,
        either=fields.either,
    ):
        yield Spoken(one.rule, *s.span(one.start, one.end), one.proposal, one.value)
    if fields.weekly_hours is None:
        yield from _hours(s, folded, title=title)
    for match in s.all(_LICENCE):
        # «Permis de conduire» without more is that of a car.
        licence = licence_named((match["code"] or "b").replace(" + ", ""))
        if (
            licence is not None
            and licence not in fields.licences
            and not only_wished(s, *match.span())
            and not DENIED.search(s.before(match.start(), 4))
            and not _TAUGHT.search(s.before(match.start(), 5))
        ):
            question = f"Le permis {licence.value} est-il nécessaire ? Indiquez-le."
            yield _spoken(s, match, "text_says_licence", question, licence.value)
    if fields.contract_kind is not None and s.bits & CONTRACT:
        where = titled(s) if title and not s.says(_TEACHES) else outright(s)
        for named, kinds, name in CONTRACTS:
            found = s.first(named) if where and named.search(where) else None
            if found and fields.contract_kind not in kinds:
                text = "titre" if title else "texte"
                question = f"Le {text} annonce {name}, le contrat dit autre chose : vérifiez."
                yield _spoken(s, found, "text_says_contract", question, NAMED_OUTRIGHT.get(name))
                return


def _hours(s: Sentence, folded: str, *, title: bool) -> Iterator[Spoken]:
    if not s.bits & _HOURS_NAMED:
        return
    start, end = s.whole
    written = folded[start:end]
    first = _AN_HOUR.search(s.text) if s.may(_HOUR) else None
    if first is not None and others_time(s, first):
        return
    between = s.first(_BETWEEN)
    if (
        between is not None
        and int(next(between[one] for one in ("from", "from2", "from3", "from4") if between[one]))
        < int(next(between[one] for one in ("to", "to2", "to3", "to4") if between[one]))
        <= FULL_WEEK
    ):
        yield _spoken(s, between, "text_says_part_time", "Temps partiel ? Indiquez la durée.", None)
        return
    if (either := SEVERAL_WEEKS.search(s.text)) is not None:
        least = min(int(either["one"]), int(either["other"]))
        if least < FULL_WEEK:
            yield _spoken(s, either, "text_says_part_time", "Temps partiel ? Indiquez la durée.", None)
        return
    share = _said(s, _SHARE)
    if share is None and s.may(_PERCENT):
        share = share_beside(s)
    if share is not None and (base := _BASE.search(s.text)) is not None:
        hours = _shared(share, int(base["hours"]))
        yield _spoken(s, share, "text_says_hours", f"{in_french(hours)} h par semaine ? Indiquez la durée.", hours)
        return
    if (part := _ETP.search(written)) is not None and " base " in s.text:
        # Of the hours that stand beside it, where some do: «0,5 ETP, base 35 heures».
        hours = round(FULL_WEEK * float(f"0.{part['part']}"), 2)
        question = f"{in_french(hours)} h par semaine ? Indiquez la durée."
        yield Spoken("text_says_hours", start + part.start(), start + part.end(), question, hours)
        return
    match = (_TITLE_HOURS if title else _HOURS).search(written) if s.may(_NUMBER) and s.may(_HOUR) else None
    if match is not None:
        stated = weekly_hours_in(written)
        if stated:
            yield Spoken(
                "text_says_hours",
                start + match.start(),
                start + match.end(),
                f"{in_french(stated[0])} h par semaine ? Indiquez la durée.",
                stated[0],
            )
            return
    # Numbers are digits there, as they are not in what is written: «vingt-cinq heures par semaine».
    spelt = None if title or not s.may(_HOUR) else _HOURS.search(s.text)
    if spelt is not None and (stated := weekly_hours_in(s.text)):
        yield _spoken(
            s, spelt, "text_says_hours", f"{in_french(stated[0])} h par semaine ? Indiquez la durée.", stated[0]
        )
        return
    if (week := week_in(s)) is not None:
        alone, hours = week
        yield _spoken(s, alone, "text_says_hours", f"{in_french(hours)} h par semaine ? Indiquez la durée.", hours)
        return
    if share is not None:
        hours = _shared(share, FULL_WEEK)
        yield _spoken(s, share, "text_says_hours", f"{in_french(hours)} h par semaine ? Indiquez la durée.", hours)
        return
    if (part := _said(s, _PART_TIME)) and not (
        _OF_COLLEAGUES.search(s.text[: part.start()])
        or (_OF_HEALTH.match(s.text, part.end()) and not _STANDS_IN.search(s.text))
    ):
        yield _spoken(s, part, "text_says_part_time", "Temps partiel ? Indiquez la durée.", None)


def _shared(share: re.Match[str], week: float) -> float:
    """Of a full week's hours those that a share of it is, in hundredths or in fifths."""
    said = share.groupdict()
    part = int(said["fifths"]) / 5 if said.get("fifths") else int(said["share"] or said["of_full"]) / 100
    return round(week * part, 2)


def _said(s: Sentence, words: Words) -> re.Match[str] | None:
    """Where the sentence says it, unless it denies it."""
    for match in s.all(words):
        if not DENIED.search(s.before(match.start(), 5)):
            return match
    return None


def _spoken(s: Sentence, match: re.Match[str], rule: str, proposal: str, value: Value | None) -> Spoken:
    start, end = s.span(*match.span())
    return Spoken(rule, start, end, proposal, value)
