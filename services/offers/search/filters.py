"""The filters that words of a question stand for, said or denied: «cdi» keeps those, «pas de cdi» keeps the others.

What is denied and has no opposite among the parameters («pas débutant», «pas que des CDI») is no filter and no word to look
for either: read as its opposite it would answer with what is not wanted.
"""

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from shared.contracts.vocabulary import ContractKind


class ChipKind(StrEnum):
    """Kinds of filters that are read in a question."""

    CONTRACT = "contract"
    WORKING_TIME = "working_time"
    SCHEDULE = "schedule"
    EXPERIENCE = "experience"
    LICENCE = "licence"
    RADIUS = "radius"
    PLACE = "place"


Parameters = Mapping[str, str | tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a filter says: ``parameters`` say the same outright."""

    label: str
    parameters: Parameters


@dataclass(frozen=True, slots=True)
class Match:
    """A stretch of the joined words that says a filter; no ``meaning``: it is denied and cannot be filtered by."""

    kind: ChipKind
    meaning: Meaning | None
    start: int
    end: int
    denied: str = ""
    """The word that denies it."""


@dataclass(frozen=True, slots=True)
class _Rule:
    kind: ChipKind
    said: Meaning
    denied: Meaning | None
    pattern: re.Pattern[str]


def _rule(
    kind: ChipKind, label: str, pattern: str, denied: Meaning | None = None, **parameters: str | tuple[str, ...]
) -> _Rule:
    return _Rule(kind, Meaning(label, parameters), denied, re.compile(rf"(?<!\S)(?:{pattern})(?!\S)"))


def _contract(label: str, pattern: str, *kinds: ContractKind) -> _Rule:
    """Offers of these contracts; denied, of all others."""
    others = tuple(kind.value for kind in ContractKind if kind not in kinds)
    said = Meaning(label, {"contract_kind": kinds[0].value if len(kinds) == 1 else tuple(kind.value for kind in kinds)})
    without = label if label.isupper() or label.startswith("CDD") else label[0].lower() + label[1:]
    denied = Meaning(f"Sans {without}", {"contract_kind": others})
    return _Rule(ChipKind.CONTRACT, said, denied, re.compile(rf"(?<!\S)(?:{pattern})(?!\S)"))


# Patterns speak of folded words with one space between them.
_BY = r"(?:(?:en |un |une |contrats? |postes? |emplois? |missions? |offres? |job |d |de )*)"
_ON = r"(?:(?:travail |postes? |horaires? |uniquement |seulement |que )?(?:de |du |le |la |les |en |l |d |pendant )*)"
_WEEKEND = r"(?:week ?ends?|samedis?(?: (?:et )?(?:le )?dimanches?)?|dimanches?)"
_AGENCY = r"(?<!agence d )(?<!agences d )(?<!agence )(?<!maitre d )(?<!formateur en )(?<!formatrice en )"
_INTERIM = r"(?:interim(?:aires?)?|travail temporaire)"

_FAR = 80
"""Characters before a filter in which its denial may stand."""
_DENIES = re.compile(
    r"(?:^|(?<= ))(?:(?:je )?(?:ne )?(?:veux|cherche|souhaite) )?"
    r"(?P<word>pas|sans|sauf|hors|ni|non|jamais|aucune?s?|excepte|hormis|a part|a l exception|autres? que|plus|"
    r"evite[rz]?|refuse[rz]?)"
    r"(?P<only> (?:que|seulement|uniquement|forcement|obligatoirement|necessairement|juste))?"
    r"(?: (?:de|d|du|des|le|la|les|l|en|a|un|une|au|contrats?|postes?|offres?|emplois?|missions?|travail|travaille|travailler|"
    r"horaires?|equipes?|temps|faire|tout|envie|besoin|disponible|dispo|possible|interessee?|par|pour|trop))* ?$"
)
"""Right before a filter: it is denied; ``only``: it is not the only one, which says nothing."""
_DENIED_BEHIND = re.compile(
    r" (?:non merci|exclue?s?|refusee?s?|impossibles?|(?:s |m )?abstenir|non(?=$| merci)"
    r"|(?:(?:c |ce |ca |est |sont |serait |sera |me |moi |je |j |ne |n |y |ici ))*"
    r"(?:(?:peux|veux|pourrai|travaille|souhaite|suis|convient|interesse|fais|est|sont|serait|sera) )?(?:pas|non|jamais|point)"
    r"(?: (?:du tout|vraiment|trop|tres|mon|ma|mes|pour))*"
    r"(?: (?:possibles?|dispo\w*|souhait\w+|voulue?s?|accept\w+|autoris\w+|admise?s?|envisage\w*|desir\w+|recherche\w*|"
    r"interess\w+|compatibles?|moi|truc|travailler|bosser|faire|merci|ca)(?: (?:pour moi|travailler|faire|venir))*"
    r"|(?<=peux pas)|(?<=veux pas)|(?<=pourrai pas)|(?<=travaille pas)|(?<=convient pas))"
    r"|(?P<open>ou (?:pas|non)|(?:pas|non) (?:obligatoire|forcement|exige|requis|necessaire|indispensable|demande)\w*))(?!\S)"
)
_DENIAL_NEAR = re.compile(
    r"(?: (?:c|ce|ca|est|sont|serait|sera|je|j|ne|n|me|m|moi|y|il|faut|surtout|vraiment|mais|suis|peux|veux|va|plait|dit))* "
    r"(?:pas|jamais|impossibles?|exclue?s?|abstenir)(?! (?:tres |trop )?(?:loin|cher|que|seulement|avant|apres))(?!\S)"
)
"""Behind a filter, and not understood: then the filter is neither meant nor denied."""
_LEAVING_OUT = frozenset({"sans", "sauf", "hors", "excepte", "hormis", "a part"})
_JOINS_ON = re.compile(
    r" ?(?:ou|ni|et (?:de|d|du|des|le|la|les|en|a|l))(?: (?:de|d|du|des|le|la|les|en|a|l|un|une|contrats?))* ?$"
)

_FULL = Meaning("Temps plein", {"working_time": "full_time"})
_PART = Meaning("Temps partiel", {"working_time": "part_time"})
_NO_NIGHT = Meaning("Sans nuit", {"no_night": "true"})
_NO_WEEKEND = Meaning("Sans week-end", {"no_weekend": "true"})
_NO_LATE = Meaning("Pas le soir", {"no_late": "true"})
_NO_EARLY = Meaning("Pas tôt le matin", {"no_early": "true"})
_FULL_TIME_HOURS = 35

_K = ContractKind
_RULES = (
    _contract("CDD d'insertion", rf"{_BY}(?:cddi|contrats? d insertion)", _K.CDDI),
    _contract("CDI", rf"{_BY}cdi", _K.CDI),
    _contract("CDD", rf"{_BY}cdd", _K.CDD),
    _contract("Intérim", rf"{_AGENCY}{_BY}{_INTERIM}", _K.TEMPORARY),
    _contract("Saisonnier", rf"{_BY}(?:saisonni?ere?s?|saisons?|jobs? d ete)", _K.SEASONAL),
    _contract("Alternance", rf"{_BY}(?:alternances?|alternante?s?)", _K.APPRENTICESHIP, _K.PROFESSIONALISATION),
    _contract("Apprentissage", rf"{_AGENCY}{_BY}(?:d )?(?:apprentissage|apprentie?s?)", _K.APPRENTICESHIP),
    _contract(
        "Professionnalisation",
        rf"{_BY}(?:contrats? pro|(?:contrats? de )?professionnalisation)",
        _K.PROFESSIONALISATION,
    ),
    _contract("Bénévolat", rf"{_BY}(?:benevolat|benevoles?)", _K.VOLUNTEERING),
    _contract("Indépendant", rf"{_BY}(?:freelances?|(?:auto|micro) ?entrepr\w+)", _K.SELF_EMPLOYED),
    _rule(
        ChipKind.WORKING_TIME,
        "Temps partiel",
        r"(?:a |en )?(?:mi temps|temps partiels?)",
        _FULL,
        working_time="part_time",
    ),
    _rule(
        ChipKind.WORKING_TIME,
        "Temps plein",
        r"(?:a |en )?(?:temps pleins?|temps complets?|plein temps)",
        _PART,
        working_time="full_time",
    ),
    _rule(
        ChipKind.SCHEDULE,
        "Horaires de bureau",
        r"horaires? de (?:bureaux?|journee)",
        no_early="true",
        no_late="true",
        no_night="true",
        no_weekend="true",
    ),
    _rule(
        ChipKind.SCHEDULE, "Matin", r"(?<!plus )(?<!plutot )(?:trop )?tot(?: le matin)?", _NO_EARLY, moment="morning"
    ),
    _rule(ChipKind.SCHEDULE, "Nuit", rf"{_ON}nuits?", _NO_NIGHT, moment="night"),
    _rule(ChipKind.SCHEDULE, "Matin", rf"{_ON}matin(?:ee)?s?", _NO_EARLY, moment="morning"),
    _rule(ChipKind.SCHEDULE, "Après-midi", rf"{_ON}apres midis?", moment="afternoon"),
    _rule(ChipKind.SCHEDULE, "Soir", rf"{_ON}soir(?:ee)?s?", _NO_LATE, moment="evening"),
    _rule(ChipKind.SCHEDULE, "Week-end", rf"{_ON}{_WEEKEND}", _NO_WEEKEND, moment="weekend"),
    _rule(ChipKind.SCHEDULE, "En journée", r"(?:en |de |la )+(?:journee|jour)", no_night="true"),
    _rule(
        ChipKind.EXPERIENCE,
        "Débutant accepté",
        r"debutante?s?(?: (?:bienvenue?s?|acceptee?s?|possible))*|(?:sans|aucune|pas d|0) experiences?(?: (?:requise|exigee|"
        r"professionnelle))?|experiences? (?:non|pas) (?:requise|exigee|necessaire|obligatoire|demandee)|premier emploi",
        beginner="true",
    ),
    _rule(
        ChipKind.LICENCE,
        "Sans permis",
        r"(?:sans|pas de|aucun|ni) (?:le )?(?:permis|voitures?|vehicules?)(?: b)?(?: (?:ni|et|ou) (?:permis|voiture|vehicule))?"
        r"(?! (?:mais|avec|j ai|et)(?: (?:j ai|avec|le|un|mon|titulaire|du))* permis)",
        no_licence="true",
    ),
)

_HOURS = re.compile(
    r"(?<!\S)(?:a |de )?(\d{1,2})(?: ?h| heures?)(?! \d)(?: (?:par |la |/ )?(?:semaine|sem|hebdo\w*))?(?!\S)"
)
_YEARS = re.compile(
    r"(?<!\S)(?:(\d{1,2}) ans? (?:d |de )?experience|(?:d |de )?experience (?:de |d )?(\d{1,2}) ans?)(?!\S)"
)
_KM = re.compile(
    r"(?<!\S)(?:(?:a|dans un rayon de|rayon(?: de)?|moins de|jusqu a|autour de) )*(\d{1,3}) ?(?:km|kms|kilometres?)"
    r"(?: (?:de|d|autour(?: de)?|maximum|max))?(?!\S)"
)

_HINTS = re.compile(
    r"\d|altern|appren|benevol|cdd|cdi|complet|contrat|debutant|dimanche|emploi|experience|freelance|insertion|interim|jobs? d|"
    r"entrepr|jour|matin|midi|mi temps|nuit|partiel|permis|plein|pro\b|professionnalisation|saison|samedi|soir|temporaire|tot\b|"
    r"vehicule|voiture|week|bureau"
)
"""Without one of these no filter is said, which most questions do not: looking for them spares the patterns."""


def matches(joined: str) -> list[Match]:
    """The filters in a question's words (joined by one space), in their order; where two overlap the earlier rule's."""
    if not _HINTS.search(joined):
        return []
    found: list[_Said] = []
    for one in _said(joined):
        if not any(one.start < other.end and other.start < one.end for other in found):
            found.append(one)
    found.sort(key=lambda one: one.start)
    read: list[Match] = []
    before: Match | None = None
    for one, after in itertools.zip_longest(found, found[1:]):
        before = _read(one, joined, before, None if after is None else after.start)
        read.append(before)
    return read


@dataclass(frozen=True, slots=True)
class _Said:
    kind: ChipKind
    said: Meaning
    denied: Meaning | None
    start: int
    end: int


def _said(joined: str) -> Iterator[_Said]:
    for rule in _RULES:
        for match in rule.pattern.finditer(joined):
            yield _Said(rule.kind, rule.said, rule.denied, *match.span())
    for match in _YEARS.finditer(joined):
        years = int(match.group(1) or match.group(2))
        label = f"{years} an{'s' if years > 1 else ''} d'expérience"
        yield _Said(
            ChipKind.EXPERIENCE, Meaning(label, {"experience_months_max": str(12 * years)}), None, *match.span()
        )
    for match in _HOURS.finditer(joined):
        hours = int(match.group(1))
        if 1 <= hours <= 48:
            said = Meaning(f"{hours} h par semaine", {"weekly_hours": str(hours)})
            denied = _PART if hours >= _FULL_TIME_HOURS else None
            yield _Said(ChipKind.WORKING_TIME, said, denied, *match.span())
    for match in _KM.finditer(joined):
        if 1 <= int(match.group(1)) <= 200:
            kilometres = str(int(match.group(1)))
            said = Meaning(f"Dans un rayon de {kilometres} km", {"radius_km": kilometres})
            yield _Said(ChipKind.RADIUS, said, said, *match.span())


def _prefix(said: str) -> str:
    """The small words with which a filter's own stretch begins: «d interim»."""
    return " ".join(
        itertools.takewhile(
            lambda word: word in ("de", "d", "du", "des", "le", "la", "les", "en", "a", "l"), said.split()
        )
    )


def _read(one: _Said, joined: str, before: Match | None, following: int | None) -> Match:
    """Whether a filter is meant, denied or left open by the words around it; «pas de CDD ou d'intérim» denies both.

    ``following``: where the next filter begins. A denial right before that one is its own.
    """
    denial = _DENIES.search(joined, max(0, one.start - _FAR), one.start)
    limit = len(joined)
    if following is not None:
        of_next = _DENIES.search(joined, max(one.end, following - _FAR), following)
        limit = of_next.start() if of_next else following
    behind = _DENIED_BEHIND.match(joined, one.end, limit)
    near = _DENIAL_NEAR.match(joined, one.end, limit) if behind is None else None
    start = denial.start() if denial else one.start
    end = behind.end() if behind else one.end
    if denial is None and before is not None and before.denied:
        between = joined[before.end : one.start] + _prefix(joined[one.start : one.end])
        # «Hors nuit et week-end» leaves out both; «pas d'intérim et CDI» wants the second.
        both = between.strip() == "et" and one.kind is before.kind and before.denied in _LEAVING_OUT
        if both or _JOINS_ON.match(between):
            return Match(one.kind, one.denied, before.end, end, before.denied)
    if denial is None and behind is None:
        return Match(one.kind, None if near else one.said, start, end)
    if (denial and denial["only"]) or (behind and behind["open"]):
        return Match(one.kind, None, start, end)
    return Match(one.kind, one.denied, start, end, denial["word"] if denial else "non")
