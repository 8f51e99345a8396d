"""What a CV's words propose for the profile: occupations with their experience, skills, places, licences.

Nothing here is taken over: the person reads each proposal beside the words that it comes from, and confirms what is right. So a
line counts only where CVs name a job: at the top, and where work is told with its years. What people do in their leisure, where
they learnt and what they are called (Mme Boulanger) names no job.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto
from functools import lru_cache

from shared.contracts.vocabulary import Licence
from shared.nir import names_nir
from shared.reference.communes import Commune, Communes
from shared.reference.occupations import Occupations
from shared.reference.places import place_key
from shared.reference.text import folded, unaccented
from shared.reference.titles import plain_stems

MOST_OCCUPATIONS, MOST_SKILLS, MOST_PLACES = 6, 20, 3
_MOST_LINES = 400
_LONGEST_TITLE = 80
_BELIEVED_IN_WORK, _BELIEVED_AT_THE_TOP = 0.55, 0.85
"""Beliefs of the proposer (``shared.reference.proposer``) from which a line is worth showing: at the top stand names as well."""
_COVERED = 0.75
"""Share of a skill's telling words that one line has to say."""
_USUAL = 4
"""Essential skills of an occupation that are proposed to who says that they practised it."""

_MONTHS = (
    "janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre", "octobre", "novembre", "decembre",
)  # fmt: skip
_MONTH = "|".join(name if len(name) < 5 else f"{name[:4]}[a-z]*" for name in _MONTHS)
_YEAR = re.compile(rf"(?:(?P<name>{_MONTH})\.? +|(?P<number>0?[1-9]|1[0-2])[/.-])?(?<!\d)(?P<year>(?:19|20)\d\d)(?!\d)")
_LASTS = re.compile(r"\b(?:depuis|aujourd hui|en cours|present|ce jour|actuel\w*)\b")
_TIMES = re.compile(
    rf"(?i)\b(?:{_MONTH}|janv?|févr?|février|août|sept|oct|nov|déc|décembre)\.?(?= +(?:19|20)\d\d)|"
    r"\b(?:\d{1,2}[/.-]){0,2}(?:19|20)\d\d\b|"
    r"\b(?:depuis|aujourd[’' ]hui|en cours|à ce jour|de|du|à|au|jusqu[’']en)\b(?=\s*(?:\d|$|[–-]))"
)
_CUTS = re.compile(r"\s[-–—|/]\s|[|:•·;\t()]|,\s|\s{3,}| chez | [aà] la | pour ")
_TASK = re.compile(r"^\s*[-–—•·*▪►‣○●✓>]\s*")
_POSTCODE = re.compile(r"\b(?P<code>\d{5})\s+(?P<name>[^\W\d_][\w’' -]{1,50})")
_LICENCE = re.compile(
    r"(?i)\bpermis\s+(?:de\s+conduire\s+)?(?:cat[ée]gories?\s+)?(?P<codes>(?:(?:AM|BE|CE|[ABCD])\b[\s,/&+]*(?:et\s+)?)+)"
)


class _Section(Enum):
    TOP = auto()
    WORK = auto()
    OTHER = auto()
    LEISURE = auto()


_WORK = r"(?:mes |les )?(?:exp\w*|parcours|emplois?|carriere|stages?)(?: prof\w*| de travail| et stages?)?"
_LEISURE = r"(?:centres? d )?(?:interets?|loisirs|passions|hobbies|divers|sports?)(?: et .*)?"
_OTHER = (
    r"(?:mes |les )?(?:formations?|diplomes?|etudes|scolarite|competences?|savoirs?|atouts?|qualites|langues?|informatique"
    r"|contact|coordonnees|profil|a propos|presentation|references?|qualifications?)(?: .{0,40})?"
)
_HEADINGS = (
    (re.compile(_WORK), _Section.WORK),
    (re.compile(_LEISURE), _Section.LEISURE),
    (re.compile(_OTHER), _Section.OTHER),
)


@dataclass(frozen=True)
class FoundOccupation:
    """An occupation; ``months`` of it that the years on the lines add up to, 0 where they say nothing."""

    code: str
    label: str
    belief: float
    months: int
    words: str


@dataclass(frozen=True)
class FoundSkill:
    """A skill, by its code; ``words`` are empty where nothing but an occupation that was practised speaks for it."""

    code: str
    label: str
    words: str
    occupation: str


@dataclass(frozen=True)
class FoundPlace:
    """A commune."""

    code: str
    name: str
    words: str


@dataclass(frozen=True)
class Catch:
    """All that was found, the likeliest first."""

    occupations: tuple[FoundOccupation, ...]
    skills: tuple[FoundSkill, ...]
    places: tuple[FoundPlace, ...]
    licences: tuple[Licence, ...]


def catch(text: str, name: str, occupations: Occupations, communes: Communes, today: date) -> Catch:
    """What the words of a CV propose. ``name`` is the person's own, which is no job."""
    lines = [line for line in text.split("\n")[:_MOST_LINES] if line.strip()]
    own = set(folded(name).split())
    found = _occupations(list(_sections(lines)), own, occupations, today)
    return Catch(
        occupations=tuple(found[:MOST_OCCUPATIONS]),
        skills=tuple(_skills(lines, [one.code for one in found], occupations)[:MOST_SKILLS]),
        places=tuple(_places(lines, communes)[:MOST_PLACES]),
        licences=_licences(text),
    )


def _sections(lines: Sequence[str]) -> Iterator[tuple[_Section, str]]:
    section = _Section.TOP
    for line in lines:
        said = folded(line)
        if len(said.split()) <= 5 and not any(one.isdigit() for one in said):
            heading = next((kind for pattern, kind in _HEADINGS if pattern.fullmatch(said)), None)
            if heading is not None:
                section = heading
                continue
        yield section, line


def _occupations(
    lines: Sequence[tuple[_Section, str]], own: set[str], occupations: Occupations, today: date
) -> list[FoundOccupation]:
    best: dict[str, FoundOccupation] = {}
    for section, line in lines:
        dated = _YEAR.search(line) is not None
        if section is _Section.WORK and dated:
            least = _BELIEVED_IN_WORK
        elif section is _Section.TOP and not any(one.isdigit() for one in line) and "@" not in line:
            least = _BELIEVED_AT_THE_TOP
        elif section is _Section.TOP and dated:
            least = _BELIEVED_IN_WORK  # a CV without headings
        else:
            continue
        if _TASK.match(line) and not dated:
            continue
        if section is _Section.TOP and own & set(folded(line).split()):
            continue  # the name, also one that the profile does not have (Nadia Boulanger, née Lemoine)
        hits = [
            (hit, segment)
            for segment in _segments(line)
            if not set(folded(segment).split()) <= own
            for hit in occupations.search(segment, 1)
            if hit.score >= least
        ]
        if not hits:
            continue
        hit, segment = max(hits, key=lambda one: one[0].score)
        before = best.get(hit.code)
        best[hit.code] = FoundOccupation(
            code=hit.code,
            label=hit.label,
            belief=max(hit.score, before.belief if before else 0.0),
            months=min((before.months if before else 0) + _months(line, today), 720),
            words=before.words if before else segment,
        )
    return sorted(best.values(), key=lambda one: (-one.months, -one.belief, one.code))


def _segments(line: str) -> Iterator[str]:
    for part in _CUTS.split(_TIMES.sub(" | ", line[:300])):
        segment = _TASK.sub("", part).strip(" .,-–—")
        if 3 <= len(segment) <= _LONGEST_TITLE and any(one.isalpha() for one in segment) and not names_nir(segment):
            yield segment


def _months(line: str, today: date) -> int:
    """Months between the first two times of a line; until today where it says that it lasts."""
    plain = re.sub(r"[^\w/.-]+", " ", unaccented(line))
    times = [(int(one["year"]), _month(one), _named(one)) for one in _YEAR.finditer(plain)]
    if not times:
        return 0
    (year, month, named), *rest = times
    if _LASTS.search(folded(line)):
        until, exact = today.year * 12 + today.month, named
    elif rest:
        until, exact = rest[0][0] * 12 + rest[0][1], named and rest[0][2]
    else:
        return 0
    # Both months are worked in; between bare years half a year is lost and half won at each end.
    return max(0, until - (year * 12 + month) + (1 if exact else 0))


def _month(found: re.Match[str]) -> int:
    if found["number"]:
        return int(found["number"])
    if found["name"]:
        return next((at for at, name in enumerate(_MONTHS, start=1) if found["name"][:4] == name[:4]), 1)
    return 1


def _named(found: re.Match[str]) -> bool:
    return bool(found["number"] or found["name"])


def _skills(lines: Sequence[str], codes: Sequence[str], occupations: Occupations) -> list[FoundSkill]:
    """Skills of the occupations found and of those next to them that one line says; then those that the occupation is made of."""
    near = list(dict.fromkeys([*codes, *(other for code in codes for other in occupations.neighbours(code))]))
    said = [
        (line, plain_stems(line))
        for section, line in _sections(lines)
        if section is not _Section.LEISURE and not names_nir(line)
    ]
    written: dict[str, FoundSkill] = {}
    usual: dict[str, FoundSkill] = {}
    for code in near:
        occupation = occupations.get(code)
        for rank, (skill, label) in enumerate(occupation.skills if occupation else ()):
            if skill in written:
                continue
            stems = plain_stems(label)
            for line, words in said:
                both = len(stems & words)
                if both >= 2 and both >= _COVERED * len(stems):
                    written[skill] = FoundSkill(skill, label, _TASK.sub("", line).strip()[:200], code)
                    break
            else:
                if rank < _USUAL and code in codes:
                    usual.setdefault(skill, FoundSkill(skill, label, "", code))
    return [*written.values(), *(one for skill, one in usual.items() if skill not in written)]


def _places(lines: Sequence[str], communes: Communes) -> list[FoundPlace]:
    """Communes that stand behind their postcode, as addresses do."""
    found: dict[str, FoundPlace] = {}
    for line in lines:
        for match in _POSTCODE.finditer(line):
            said = place_key(match["name"])
            for commune in _by_postcode(communes).get(match["code"], ()):
                if said == place_key(commune.name) or said.startswith(f"{place_key(commune.name)} "):
                    found.setdefault(commune.code, FoundPlace(commune.code, commune.name, match[0].strip()))
    return list(found.values())


@lru_cache(maxsize=1)
def _by_postcode(communes: Communes) -> dict[str, list[Commune]]:
    known: dict[str, list[Commune]] = {}
    for commune in communes:
        for postcode in commune.postcodes:
            known.setdefault(postcode, []).append(commune)
    return known


def _licences(text: str) -> tuple[Licence, ...]:
    codes = [
        code for found in _LICENCE.finditer(text) for code in re.findall(r"AM|BE|CE|[ABCD]", found["codes"].upper())
    ]
    return tuple(licence for licence in Licence if licence.value in codes)
