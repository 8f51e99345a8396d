"""Hours and contracts that stand without a word around them, as offers are jotted down: «CDI, 39 h», «contrat 24h», «temps plein en CDI».

A figure with «h» is an hour of the clock, a length or a week. It is a week behind a contract, and alone between commas where no
clock has it (25 h and more). Where one sentence has two of them, none is proposed: there are several posts, or a range.
"""

# A pattern is read as one line: cutting it would hide what belongs together.
# ruff: noqa: E501
import re

from services.offers.domain.linter_clauses import Sentence
from services.offers.domain.linter_heads import Words

_WEEK = r"(?P<h>\d{1,2})(?: [,.] (?P<dec>\d{1,2}))? h(?:eures?)?(?: (?P<min>[0-5]\d)(?! h))?"
_ENDS = r"(?= (?:$|[,;.:)!+]|environ|dont|et (?!(?:de )?\d)|avec|sur (?:\d|quatre|cinq)|annualis\w+|modul\w+|hebdo\w*|par semaine|/ sem\w*|semaine|au (?:smic|total)|a pourvoir|en (?:cdi|cdd|interim|journee|semaine)|du (?:lundi|mardi)|minimum|mini|le (?:samedi|dimanche|week)))"
_BEHIND_A_CONTRACT = re.compile(
    rf" (?:(?P<contract>cdi|cdd|cddi|cdii|contrat|interim|alternance)|temps (?:plein|complet|partiel|choisi)|mi - temps)(?: (?:etudiant|saisonnier|intermittent|cadre|hebdomadaire|de travail|en cdi|en cdd|d' insertion))?(?: (?P<to>[:,(-]|de|a))? {_WEEK}{_ENDS}"
)
_ALONE = re.compile(rf"(?:^|[,;:(]|(?<!\d )[–-]) {_WEEK}{_ENDS}")
_PART_ALONE = re.compile(rf" (?:temps partiel|mi - temps|temps non complet) (?:[^\s\d]+ ){{0,6}}?, {_WEEK}{_ENDS}")
"""«Temps partiel, jeudi à samedi, 21 heures»."""
_IN_SUM = re.compile(rf" soit (?:environ )?{_WEEK}{_ENDS}")
"""«2h par jour du lundi au vendredi, soit 10h»."""
_DAYS_ADDED = re.compile(r" h(?:eures?)?(?: \d\d)? (?:par|/) jour | \d (?:jours|matinees|soirees|apres - midi) ")
_ALTOGETHER = re.compile(rf" {_WEEK} (?:au total|en tout|de travail par semaine)(?= )")
_OF_A_MONTH = re.compile(
    r" (?:base|temps (?:plein|complet)|contrat|cdi|cdd)(?: (?:de|:|mensuelle))? (?P<month>1[0-6]\d)(?: [,.] (?P<part>\d{1,2}))? h(?:eures?)?(?: \d\d(?= [,;.)]))?(?= )"
)
_NOT_THE_WEEK = re.compile(
    r" (?:accords?|passage|modulation|formation|stage|module|cours|habilitation|preavis|repos|permanence|vacations?|gardes?|services?|journees?|postes?|amplitude|essai) (?:\S+ ){0,3}$"
)
_A_WEEK = r"(?:(?:a|en|de|un) )?(?:(?:temps (?:partiel|plein|complet)|mi - temps)(?: de| a| :)? )?"
SEVERAL_WEEKS = re.compile(
    rf" (?:cdi|cdd|contrat|temps plein|temps complet)(?: de| a| :| temps plein)? (?P<one>\d\d) h(?:eures?)?(?: par semaine)? ou {_A_WEEK}(?P<other>\d\d) h(?:eures?)?(?= (?:$|[,;.:)!]|selon|au choix|par|hebdo|possible))"
)
"""«CDI 35 h ou temps partiel 28 h au choix»: which, the author says."""
_A_CLOCK = 24
_LONG = 42.0
"""Of a figure that stands alone: 47 h are as often those of a course."""
_LONGEST_DAY = 12.0
"""«De 9h à 17h, soit 8h»: what one day has."""
_LEAST, _MOST = 2.0, 48.0
WEEKS_A_MONTH = 52 / 12


_CONTRACT = r" (?:cdi|cdd|cddi|contrat|poste|emploi)"
_TERM = r"(?: (?:de |d' )?(?:un|une|\d+) (?:mois|ans?|semaines?))?"
_SHARES = (
    re.compile(
        rf"{_CONTRACT}{_TERM}(?: temps (?:plein|complet|partiel))? a (?P<share>[2-9]\d) %(?! (?:ou |/ |(?:a|-) \d))(?= )"
    ),
    re.compile(rf"{_CONTRACT} (?:[^\s%€]+ ){{0,12}}?, (?P<share>[2-9][05]) %(?= (?:$|[,;)]))"),
)


def share_beside(s: Sentence) -> re.Match[str] | None:
    """The share of a full week behind a contract and its term, or alone beside them: «CDD d'un an à 60 %», «CDD d'un an, 80 %»."""
    return next((match for one in _SHARES if (match := one.search(s.text)) is not None), None)


def week_in(s: Sentence) -> tuple[re.Match[str], float] | None:
    """The hours of a week that stand alone or behind a contract, and where; None: none, or more than one."""
    found: dict[float, re.Match[str]] = {}
    for pattern in (_BEHIND_A_CONTRACT, _ALONE, _PART_ALONE, _IN_SUM, _ALTOGETHER, _OF_A_MONTH):
        for match in pattern.finditer(s.text):
            hours = _hours(match, pattern)
            if pattern is _IN_SUM and hours is not None and hours <= _LONGEST_DAY and not _DAYS_ADDED.search(s.text):
                continue
            if hours is not None and not _NOT_THE_WEEK.search(s.text[: match.start() + 1]):
                found.setdefault(hours, match)
    if len(found) != 1 or (_MORE.search(s.text) and not _ALIKE.search(s.text)):
        return None
    [(hours, match)] = found.items()
    return match, hours


_MORE = re.compile(
    r" (?:ou|et|un) (?:de |en |a |un )?\d{1,2} h(?:eures?)?(?! (?:\d|-|–|a|/))(?= )| (?:deux|trois|quatre|plusieurs|[2-9]) (?:postes?|contrats?) "
)
"""Another week beside it, or several posts."""
_ALIKE = re.compile(
    r" (?:deux|trois|quatre|[2-9]) (?:postes?|contrats?) (?:identiques? )?(?:en |, )?(?:cdi|cdd|interim|temps (?:plein|complet|partiel)|identiques?)(?= )(?!.* (?:ou|et) (?:un|une|\d))"
)
"""Several posts of one contract: what follows is said of each."""


def _hours(match: re.Match[str], pattern: re.Pattern[str]) -> float | None:
    groups = match.groupdict()
    if groups.get("month"):
        return round(float(f"{groups['month']}.{groups['part'] or 0}") / WEEKS_A_MONTH * 2) / 2
    hours = float(f"{groups['h']}.{groups['dec'] or 0}") + int(groups["min"] or 0) / 60
    if not _LEAST <= hours <= _MOST:
        return None
    if pattern is _ALONE and not _A_CLOCK < hours <= _LONG:
        return None
    if groups.get("to") in ("a", ",", ":", "-") and hours <= _A_CLOCK - 9:
        return None  # «CDI à 14h», «CDI, 8h»: an hour of the clock or of a day as well
    return round(hours, 2)


_OPEN = r"(?: (?:cadre|agent de maitrise|employe|etudiant|saisonnier|(?:a )?temps (?:plein|complet|partiel)|a \d+ %|longue duree|courte duree|a pourvoir|en journee|d' insertion|de remplacement))*"
_NAMES = r"(?:mission (?:d' |en )?interim|cdi|cdd|cddi|interim|contrat saisonnier|freelance)"
_AN_ITEM = re.compile(
    rf"(?:^|[,;:(–]) (?:en |un |contrat en |poste en |contrat |type de contrat )?(?P<named>{_NAMES}){_OPEN}(?=(?: (?:de|d') \S+ (?:mois|semaines?|ans?))? (?:$|[,;.)!]|puis (?!(?:un |en )?(?:cdi|cdd|interim))|pouvant |debouchant |apres |jusqu' ?a|a (?:compter|partir) |des le |du \d|renouvelable |\( ?remplac))"
)
_IN_ONE = re.compile(
    rf" (?:temps (?:plein|complet|partiel)|mi - temps|(?:(?<!nos )postes?(?: identiques)?|(?<! h de )mission|emploi|contrat|etp)(?: (?:\d+ mois|d' un an|de \d+ mois|a temps \w+|de \d+ (?:ans?|semaines?)))?)(?: ,)? (?:en|:) (?P<named>{_NAMES}|statut independant)(?= )"
)
_LATER = re.compile(
    r" (?:vers|debouch\w+|evolu\w+|possib\w+|transform\w+|puis|apres|embauche|a terme|perspective|vue|issue|ou|pas)(?: \S+){0,5} $"
)
CONTRACTS = Words("cdi", "cdd", "cddi", "interim", r"contrat saisonnier", "freelance", r"independante?")


SEVERAL = re.compile(
    rf" (?:{_NAMES}|stage)s? (?:,|/|ou|et) (?:en |de l' |l' |un |premier )?(?:{_NAMES}|alternance|independante?)s?(?= )"
)
"""«CDI, CDD, intérim : nous avons des postes pour tous»."""


def contract_in(s: Sentence) -> str:
    """The contract that is an item of its own, or that the post is «en»; empty where it names several, as agencies do."""
    named = {
        match["named"]
        for pattern in (_AN_ITEM, _IN_ONE)
        for match in pattern.finditer(s.text)
        if not _LATER.search(s.text[: match.start("named")])
    }
    return named.pop() if len(named) == 1 else ""
