"""Hours a week that an offer's text states where no field does: «contrat 10h/semaine», «Temps de travail : temps plein».

Only what is said outright and once: two figures, a span, part time beside full time, or hours that are to be agreed on say
nothing. Full time is 35 hours (labour code L3121-27).
"""

# A pattern is read as one line: cutting it would hide what belongs together.
# ruff: noqa: E501
import re
from functools import lru_cache

from shared.reference.addressed import sentences_of, words

FULL_WEEK = 35.0
_LONGEST = 10_000
"""Characters of a text that are read, as for demands."""
_LEAST, _MOST = 2.0, 48.0

_FIGURE = r"(?P<{0}>\d{{1,2}}(?:[.,]\d{{1,2}})?) ?h(?:eures?)?(?: ?(?P<{0}m>[0-5]\d)(?! ?(?:h(?! ?/)|km|%|€|euros?|jours?|mois|ans?)(?![a-z])|\d))?"
_WEEKLY = re.compile(
    rf"(?<![\d.,/-]){_FIGURE.format('a')} ?(?:/|par |la |de travail )?(?:sem\b|semaine|hebdo\w*)"
    rf"|(?:contrat|cdi|cdd|duree|temps de travail|temps partiel|temps plein|temps complet|mi-temps|base|hebdo\w*)"
    rf"(?: (?:hebdomadaire|de travail|de|a))*[ :,(-]+(?:de |a )?{_FIGURE.format('b')}(?![\d]| ?(?:/|par) ?(?:jour|mois|an)| ?(?:a|-|–|et|/) ?\d)"
)
_FIGURES = re.compile(r"\d ?h")
_FULL = words(r"temps (?:pleins?|complets?)|plein temps")
_FULL_STATED = words(
    r"(?:temps de travail|duree(?: du travail)?|contrat|cdi|cdd|poste|emploi|type d'emploi|horaires?)(?: propose| en)?[ :,(-]+(?:a |en |de )?(?:(?:cdi|cdd)[ ,-]+)?(?:a )?(?:temps (?:pleins?|complets?)|plein temps)"
)
_PART = words(r"temps partiels?|mi-temps|temps choisi|temps non complet")
_OPEN = words(
    r"entre \d+|\d+ ?h?(?:eures?)? ?(?:a|ou|-|–|et) ?\d+ ?h|(?:que|qui) vous (?:souhait\w+|choisi\w+|convien\w+)|au choix|vous qui choisi\w+|selon (?:vos|votre|les) \w+|heures? supplementaires?|evoluti\w+|possib\w+|modulab\w+|jusqu'a|minimum|a partir"
)
"""Beside hours: they are to be agreed on, or a bound."""


@lru_cache(maxsize=256)
def weekly_hours_said(title: str, text: str) -> float | None:
    """Hours a week; None where the text says none, or more than one."""
    found: set[float] = set()
    full = part = False
    for sentence in (*sentences_of(title), *sentences_of(text[:_LONGEST])):
        if "temps" not in sentence and not _FIGURES.search(sentence):
            continue
        if _PART.search(sentence):
            part = True
        if _OPEN.search(sentence):
            full = full and not _FULL.search(sentence)
            if _FULL.search(sentence) or _PART.search(sentence):
                part = True
            continue
        figures = [_hours(match) for match in _WEEKLY.finditer(sentence)]
        found.update(hours for hours in figures if _LEAST <= hours <= _MOST)
        if not figures and _FULL_STATED.search(sentence):
            full = True
    if len(found) == 1:
        return found.pop()
    return FULL_WEEK if full and not part and not found else None


def _hours(match: re.Match[str]) -> float:
    name = "a" if match["a"] else "b"
    return float(match[name].replace(",", ".")) + int(match[f"{name}m"] or 0) / 60
