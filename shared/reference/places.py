"""What somebody typed for a place, taken apart: its key, its postcode, its département. ``place_index`` finds the places."""

import re
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from shared.reference.departments import department_named, departments_of, is_region
from shared.reference.text import folded

EXACT, WITHOUT_ARTICLE, FORMER, PREFIX, WORD = 1.0, 0.97, 0.95, 0.9, 0.8
SKELETON = 0.79
SIMILAR = 0.78
"""Scores by kind of match; a similar name has at most this, times its likeness."""

LIKENESS = 76.0
"""Least likeness (0-100) of a similar name: «gueret»/«gerret» 83, «gueret»/«guerlesquin» 59."""

ARTICLES = frozenset({"l", "la", "le", "les"})
"""Before a name, and missing as often as not."""
_WORDS = {
    "st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes", "gd": "grand", "grd": "grand", "gde": "grande",
    "grde": "grande", "mt": "mont", "nd": "notre dame",
}  # fmt: skip
_BETWEEN = {"s": "sur", "ss": "sous"}
"""What people and addresses clip: «Gd Bornand», «ND de Bellecombe», «La Roche s Foron»."""
_SMALL = frozenset({"a", "au", "aux", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les", "lez", "sous", "sur"})
_DIVISION = frozenset({"arrondissement", "arr", "ardt", "arrdt", "arrond"})
WORDS_OF_PLACES = _WORDS.keys() | _BETWEEN.keys() | _DIVISION
"""Words of a typed place that stand for others, or for none."""
_ORDINAL = re.compile(r"^0?(\d{1,2})(?:er|e|eme|ieme|nd|nde)?$")
_DIVIDED = {"paris": 20, "marseille": 16, "lyon": 9}
"""Towns and how many arrondissements they have; a number behind them that is greater is their département's."""
_ROMAN = "i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xvii xviii xix xx"
_SPELT = (
    "premier deuxieme troisieme quatrieme cinquieme sixieme septieme huitieme neuvieme dixieme onzieme douzieme treizieme"
    " quatorzieme quinzieme seizieme dix-septieme dix-huitieme dix-neuvieme vingtieme"
)
_NTH = {word: str(number) for words in (_ROMAN, _SPELT) for number, word in enumerate(words.split(), 1)}
_ROMAN_ENDING = re.compile(r"(?<=[ivx])(?:er|e|eme|ieme)$")
_DEPARTMENT = r"(?:0?[1-9]|[1-8]\d|9[0-5]|2[ab]|97[1-8])"
_DASH = r"\s*[-\u2010-\u2015]\s*"
_LEADING_DEPARTMENT = re.compile(rf"^\s*({_DEPARTMENT})(?:{_DASH}|\s*[:/]\s*)(?=\D)", re.IGNORECASE)
_TRAILING_DEPARTMENT = re.compile(rf"(?<=[^\W\d])(?:\s*,\s*|\s+[-\u2010-\u2015]\s+)({_DEPARTMENT})\s*$", re.IGNORECASE)
_BRACKETED = re.compile(r"\(([^()]{1,40})\)")
_POSTCODE = re.compile(r"\b(\d{5}|2[abAB]\d{3})\b")
_NUMBER_BEHIND = re.compile(r"(?<=[^\W\d])\s+(\d{2}|2[ab]|97[1-8])\s*$", re.IGNORECASE)
_CEDEX = re.compile(r"\b(?:c(?:e|é|e\u0301)dex|cdx)(?:\s+\d{1,2})?\b", re.IGNORECASE)
# Boxes and special deliveries have numbers that look like postcodes.
_BOX = re.compile(r"\b(?:bp|cs|tsa)\s*\d+\b", re.IGNORECASE)
_SLASHED = re.compile(r"\b[sS]\s*/\s*")


@lru_cache(maxsize=65_536)
def place_key(name: str) -> str:
    """Comparison key of a place name: folded, «St» written out, «15e arrondissement» as «15», article in front."""
    if "/" in name:
        name = _SLASHED.sub("sur ", name)
    words = [_WORDS.get(word, word) for word in folded(name).split() if word not in _DIVISION]
    if len(words) > 2:
        words[1:-1] = [_BETWEEN.get(word, word) for word in words[1:-1]]
    words = [_ORDINAL.sub(r"\1", word) if word[0].isdigit() else word for word in words]
    if len(words) in (2, 3) and words[0] in _DIVIDED:  # «Paris XVIe», «Lyon troisième»
        nth = "-".join(words[1:])
        if number := _NTH.get(nth) or _NTH.get(_ROMAN_ENDING.sub("", nth)):
            words = [words[0], number]
    if len(words) > 1 and words[-1] in ARTICLES:  # «Souterraine (La)»
        words = [words[-1], *words[:-1]]
    return " ".join(words)


def skeleton_of(key: str) -> str:
    """Its words without the small ones: «villeneuve lot»."""
    return " ".join([word for word in key.split() if word not in _SMALL])


def without_areas(label: str) -> str:
    """«Guéret, Creuse, Nouvelle-Aquitaine, France» as «Guéret (Creuse)»: each smaller than the next, as maps write places."""
    name, *areas = (part.strip() for part in label.split(","))
    if not name or not areas:
        return label
    departments = [found for area in areas if (found := department_named(area))]
    if any(place_key(area) != "france" and not is_region(area) and not department_named(area) for area in areas):
        return label
    return f"{name} ({departments[0]})" if departments else name


def _number_behind(text: str) -> re.Match[str] | None:
    """«Paris 75», «Guéret 23»: a département's number. «Paris 15» and «Marseille 13» are arrondissements."""
    found = _NUMBER_BEHIND.search(text)
    if found is None or not departments_of(found[1]):
        return None
    divided = _DIVIDED.get(place_key(text[: found.start()]), 0)
    return None if found[1].isdecimal() and int(found[1]) <= divided else found


def likeness_of(key: str, other: str) -> float:
    """How alike two keys are (0-100): typing errors lower it a little, a part of a name («fursac») is 90."""
    words, others = set(skeleton_of(key).split()), set(skeleton_of(other).split())
    part = 90.0 if words and others and (words <= others or others <= words) else 0.0
    return max(fuzz.ratio(key, other), part)


@dataclass(frozen=True, slots=True)
class Query:
    """What somebody typed, taken apart. ``departments``: the place lies in one of them; empty: nothing said."""

    key: str
    digits: str
    departments: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> "Query":
        """Find the département and the postcode in ``text``; the rest is the name. Never fails."""
        text = without_areas(_CEDEX.sub(" ", _BOX.sub(" ", text[:200])))
        departments: tuple[str, ...] = ()
        for pattern in (_LEADING_DEPARTMENT, _TRAILING_DEPARTMENT):
            found = pattern.search(text)
            if found and departments_of(found[1]):
                departments = departments_of(found[1])
                text = f"{text[: found.start()]} {text[found.end() :]}"
                break
        for bracket in _BRACKETED.finditer(text):
            named = department_named(bracket[1])
            inside = departments_of(bracket[1]) if len(bracket[1].strip()) <= 3 else (named,) if named else ()
            if inside:
                departments = inside
                text = f"{text[: bracket.start()]} {text[bracket.end() :]}"
                break
        if not departments and (found := _number_behind(text)):
            departments = departments_of(found[1])
            text = text[: found.start()]
        stripped = text.strip()
        if stripped.isdigit() and stripped.isascii() and len(stripped) <= 5:
            return cls("", stripped, departments)
        postcode = _POSTCODE.search(text)
        if postcode:
            text = _POSTCODE.sub(" ", text, count=1)
        return cls(place_key(text), postcode.group(1).upper() if postcode else "", departments)
