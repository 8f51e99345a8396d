"""What a question asks beside words: contract, hours, schedule, experience, licence, radius, place.

«serveuse cdi annecy» is the word «serveuse» with two filters. Each recognised part says where in the question it stands
and which parameters say the same, so that a front-end shows it as a chip that can be taken off.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from services.offers.search.words import STOP, Word, words_of
from shared.contracts.vocabulary import ContractKind
from shared.reference.lexicon import NOISE


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
class Chip:
    """A filter that was read between two places (characters) of the question; ``parameters`` say the same outright."""

    kind: ChipKind
    label: str
    start: int
    end: int
    parameters: Parameters


@dataclass(frozen=True, slots=True)
class Understood:
    """A question taken apart: filters, the words that must be met, and those that only help."""

    chips: tuple[Chip, ...] = ()
    words: tuple[Word, ...] = ()
    helpful: tuple[Word, ...] = field(default=())
    either: tuple[int, ...] = field(default=())
    """Places (characters) of each «ou»."""
    barred: tuple[tuple[Word, ...], ...] = field(default=())
    """Words that are not wanted: «sauf boulangerie»."""


@dataclass(frozen=True, slots=True)
class _Rule:
    kind: ChipKind
    label: str
    pattern: re.Pattern[str]
    parameters: Parameters


def _rule(kind: ChipKind, label: str, pattern: str, **parameters: str | tuple[str, ...]) -> _Rule:
    return _Rule(kind, label, re.compile(rf"(?<!\S)(?:{pattern})(?!\S)"), parameters)


# Patterns speak of folded words with one space between them.
_BY = r"(?:(?:en |un |une |contrats? |postes? |emplois? |missions? |offres? |job |d |de )*)"
_NOT = r"(?:pas|sans|jamais|aucune?|sauf|hors|ni)(?: (?:de|d|du|le|la|les|travail|travailler|travaille|en|horaires?))*"
_ON = r"(?:(?:travail |postes? |horaires? |uniquement |seulement |que )?(?:de |du |le |la |les |en |l |d |pendant )*)"
_WEEKEND = r"(?:week ?ends?|samedis?(?: (?:et )?(?:le )?dimanches?)?|dimanches?)"
_AGENCY = r"(?<!agence d )(?<!agences d )(?<!agence )(?<!maitre d )(?<!formateur en )(?<!formatrice en )"

_WITHOUT = r"(?:pas|sans|sauf|hors|ni|plus)(?: (?:de|d|du|le|la|les|l|en|a|un|contrats?))*"
_INTERIM = r"(?:interim(?:aires?)?|travail temporaire)"


def _other_than(*kinds: ContractKind) -> tuple[str, ...]:
    return tuple(kind.value for kind in ContractKind if kind not in kinds)


_LEARNING = (ContractKind.APPRENTICESHIP, ContractKind.PROFESSIONALISATION)
_RULES = (
    _rule(
        ChipKind.CONTRACT, "Sans intérim", rf"{_WITHOUT} {_INTERIM}", contract_kind=_other_than(ContractKind.TEMPORARY)
    ),
    _rule(ChipKind.CONTRACT, "Sans CDD", rf"{_WITHOUT} cdd", contract_kind=_other_than(ContractKind.CDD)),
    _rule(
        ChipKind.CONTRACT,
        "Sans alternance",
        rf"{_WITHOUT} (?:alternances?|apprentissage)",
        contract_kind=_other_than(*_LEARNING),
    ),
    _rule(
        ChipKind.CONTRACT,
        "Sans saisonnier",
        rf"{_WITHOUT} saisonni?ere?s?",
        contract_kind=_other_than(ContractKind.SEASONAL),
    ),
    _rule(ChipKind.WORKING_TIME, "Temps plein", rf"{_WITHOUT} (?:temps partiels?|mi temps)", working_time="full_time"),
    _rule(
        ChipKind.WORKING_TIME,
        "Temps partiel",
        rf"{_WITHOUT} (?:temps pleins?|temps complets?|plein temps)",
        working_time="part_time",
    ),
    _rule(ChipKind.CONTRACT, "CDD d'insertion", rf"{_BY}(?:cddi|contrats? d insertion)", contract_kind="cddi"),
    _rule(ChipKind.CONTRACT, "CDI", rf"{_BY}cdi", contract_kind="cdi"),
    _rule(ChipKind.CONTRACT, "CDD", rf"{_BY}cdd", contract_kind="cdd"),
    _rule(
        ChipKind.CONTRACT,
        "Intérim",
        rf"{_AGENCY}{_BY}{_INTERIM}",
        contract_kind="temporary",
    ),
    _rule(ChipKind.CONTRACT, "Saisonnier", rf"{_BY}(?:saisonni?ere?s?|saisons?|jobs? d ete)", contract_kind="seasonal"),
    _rule(
        ChipKind.CONTRACT,
        "Alternance",
        rf"{_BY}(?:alternances?|alternante?s?)",
        contract_kind=("apprenticeship", "professionalisation"),
    ),
    _rule(
        ChipKind.CONTRACT,
        "Apprentissage",
        rf"{_AGENCY}{_BY}(?:d )?(?:apprentissage|apprentie?s?)",
        contract_kind="apprenticeship",
    ),
    _rule(
        ChipKind.CONTRACT,
        "Professionnalisation",
        rf"{_BY}(?:contrats? pro|(?:contrats? de )?professionnalisation)",
        contract_kind="professionalisation",
    ),
    _rule(ChipKind.CONTRACT, "Bénévolat", rf"{_BY}(?:benevolat|benevoles?)", contract_kind="volunteering"),
    _rule(ChipKind.CONTRACT, "Indépendant", rf"{_BY}(?:freelances?)", contract_kind="self_employed"),
    _rule(
        ChipKind.WORKING_TIME,
        "Temps partiel",
        r"(?:a |en )?(?:mi temps|temps partiels?)",
        working_time="part_time",
    ),
    _rule(
        ChipKind.WORKING_TIME,
        "Temps plein",
        r"(?:a |en )?(?:temps pleins?|temps complets?|plein temps)",
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
    _rule(ChipKind.SCHEDULE, "Sans nuit", rf"{_NOT} nuits?", no_night="true"),
    _rule(ChipKind.SCHEDULE, "Sans week-end", rf"{_NOT} {_WEEKEND}", no_weekend="true"),
    _rule(ChipKind.SCHEDULE, "Pas le soir", rf"{_NOT} soir(?:ee)?s?", no_late="true"),
    _rule(ChipKind.SCHEDULE, "Pas tôt le matin", rf"{_NOT} (?:tot(?: le matin)?|matin(?:ee)?s?)", no_early="true"),
    _rule(ChipKind.SCHEDULE, "Nuit", rf"{_ON}nuits?", moment="night"),
    _rule(ChipKind.SCHEDULE, "Matin", rf"{_ON}matin(?:ee)?s?", moment="morning"),
    _rule(ChipKind.SCHEDULE, "Après-midi", rf"{_ON}apres midis?", moment="afternoon"),
    _rule(ChipKind.SCHEDULE, "Soir", rf"{_ON}soir(?:ee)?s?", moment="evening"),
    _rule(ChipKind.SCHEDULE, "Week-end", rf"{_ON}{_WEEKEND}", moment="weekend"),
    _rule(ChipKind.SCHEDULE, "En journée", r"(?:en |de |la )+(?:journee|jour)", no_night="true"),
    _rule(
        ChipKind.EXPERIENCE,
        "Débutant accepté",
        r"debutante?s?(?: (?:bienvenue?s?|acceptee?s?|possible))*|(?:sans|aucune|pas d|0) experiences?(?: (?:requise|exigee|"
        r"professionnelle))?|premier emploi",
        beginner="true",
    ),
    _rule(
        ChipKind.LICENCE,
        "Sans permis",
        r"(?:sans|pas de|aucun|ni) (?:le )?(?:permis|voitures?|vehicules?)(?: b)?(?: (?:ni|et|ou) (?:permis|voiture|vehicule))?",
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

_ASK = (
    "annonce annonces boulot boulots cherche chercher emploi emplois job jobs offre offres poste postes recherche rechercher "
    "recrute taf travail travailler trouver urgent urgence"
)
_TALK = (
    "actuellement aimerais argent besoin bonjour bonsoir chose disponible disponibles disponibilite faire habite habitant loin "
    "interesse interessee merci nimporte peu peux pouvoir quelque rapidement recherchant souhaite souhaiterais stp suis suite "
    "svp tout toute toutes tous tres veux vis vite voudrais vraiment"
)
_ASKING = frozenset(f"{_ASK} {_TALK}".split())
"""Words with which people ask for work; they count only where nothing else is asked."""

_HELPFUL = (NOISE - _ASKING) | frozenset({"qualifie", "qualifiee", "petit", "petite", "petits", "bon", "bonne"})
"""Words that raise an offer but do not have to be there."""

PlaceFinder = Callable[[Sequence[Word], frozenset[int]], Chip | None]
"""Finds the place that a question names among the words of a text that no other filter took (their numbers)."""


_NUMBERS = {
    "deux": "2", "trois": "3", "quatre": "4", "cinq": "5", "six": "6", "sept": "7", "huit": "8", "neuf": "9", "dix": "10",
    "douze": "12", "quinze": "15", "vingt": "20", "trente": "30",
}  # fmt: skip
_BARRING = frozenset({"pas", "sauf", "hors", "ni"})
_NOT_BARRED = frozenset({"loin", "cher", "trop", "grave", "mal", "besoin", "obligatoire", "exige", "requis"})
"""Words behind «pas» that bar nothing: «pas loin de Guéret»."""
_MOST_BARRED = 3


def understand(text: str, find_place: PlaceFinder | None) -> Understood:
    """Take a question apart. Pure; never fails. ``find_place`` None: the place is known already."""
    words = words_of(text)
    joined, starts = _joined(words)
    taken: set[int] = set()
    chips: list[Chip] = []
    for kind, label, parameters, (begin, end) in _matches(joined):
        numbers = {at for at, start in enumerate(starts) if begin <= start < end}
        if not numbers or numbers & taken or any(chip.kind is kind and chip.parameters == parameters for chip in chips):
            continue
        taken |= numbers
        chips.append(Chip(kind, label, words[min(numbers)].start, words[max(numbers)].end, parameters))
    barred: list[tuple[Word, ...]] = []
    for left_out in _barred(words, taken):
        barred.append(tuple(words[at] for at in left_out))
        taken |= set(range(left_out[0], left_out[-1] + 1))
        # With the word that leaves them out: «sauf» is not looked for.
        before = left_out[0] - 1
        while words[before].folded not in _BARRING:
            before -= 1
        taken |= set(range(before, left_out[0]))
    if find_place is not None:
        place = find_place(words, frozenset(range(len(words))) - taken)
        if place is not None:
            chips.append(place)
            taken |= {at for at, word in enumerate(words) if place.start <= word.start < place.end}
    return replace(
        _rest(words, taken, tuple(sorted(chips, key=lambda chip: chip.start))),
        either=tuple(word.start for at, word in enumerate(words) if word.folded == "ou" and at not in taken),
        barred=tuple(barred),
    )


def _barred(words: Sequence[Word], taken: set[int]) -> list[tuple[int, ...]]:
    """Numbers of the words that «pas», «sauf», «hors» leave out: what follows, up to the next word that joins."""
    found: list[tuple[int, ...]] = []
    for at, word in enumerate(words):
        if word.folded not in _BARRING or at in taken:
            continue
        start = at + 1
        while start < len(words) and words[start].folded in STOP and words[start].folded not in _BARRING:
            start += 1
        end = start
        while end < len(words) and end not in taken and words[end].folded not in STOP and end < start + _MOST_BARRED:
            end += 1
        if start < end and words[start].folded not in _NOT_BARRED:
            found.append(tuple(range(start, end)))
    return found


def literally(text: str) -> Understood:
    """The question as nothing but words."""
    words = words_of(text)
    telling = [word for at, word in enumerate(words) if not _joining(words, at)]
    distinct = {word.term: word for word in reversed(telling or words)}
    return Understood((), tuple(reversed(distinct.values())))


def _rest(words: Sequence[Word], taken: set[int], chips: tuple[Chip, ...]) -> Understood:
    left = [word for at, word in enumerate(words) if at not in taken and not _joining(words, at)]
    asking = [word for word in left if word.folded not in _ASKING or _of_title(words, word)]
    must = [word for word in asking if word.folded not in _HELPFUL]
    helpful = [word for word in asking if word.folded in _HELPFUL]
    if not must and not chips:
        # Nothing but words that usually say little: then they are what is asked.
        must, helpful = asking or left, []
    distinct = {word.term: word for word in reversed(must)}
    return Understood(chips, tuple(reversed(distinct.values())), tuple(helpful))


def _of_title(words: Sequence[Word], word: Word) -> bool:
    """Whether a word that asks belongs to a title here: «chargé de recherche», but not «offre d'emploi»."""
    at = words.index(word)
    return at > 1 and words[at - 1].folded in ("de", "d", "en") and words[at - 2].folded not in _ASKING


def _joining(words: Sequence[Word], at: int) -> bool:
    """Whether a word only joins others. «AS» and «AI» are trades unless somebody says «j'ai», «tu as»."""
    word = words[at]
    if word.folded in ("as", "ai", "si"):
        before = words[at - 1].folded if at else ""
        return before in ("j", "je", "tu", "qui", "n", "m") or (word.folded == "si" and not word.text.isupper())
    return word.folded in STOP


def _joined(words: Sequence[Word]) -> tuple[str, list[int]]:
    starts: list[int] = []
    at = 0
    for word in words:
        starts.append(at)
        at += len(_NUMBERS.get(word.folded, word.folded)) + 1
    return " ".join(_NUMBERS.get(word.folded, word.folded) for word in words), starts


_HINTS = re.compile(
    r"\d|altern|appren|benevol|cdd|cdi|complet|contrat|debutant|dimanche|emploi|experience|freelance|insertion|interim|jobs? d|"
    r"jour|matin|midi|mi temps|nuit|partiel|permis|plein|pro\b|professionnalisation|saison|samedi|soir|temporaire|tot\b|"
    r"vehicule|voiture|week|bureau"
)
"""Without one of these no filter is said, which most questions do not: looking for them spares the patterns."""


def _matches(joined: str) -> Iterable[tuple[ChipKind, str, Parameters, tuple[int, int]]]:
    if not _HINTS.search(joined):
        return
    for rule in _RULES:
        for match in rule.pattern.finditer(joined):
            yield rule.kind, rule.label, rule.parameters, match.span()
    for match in _YEARS.finditer(joined):
        years = int(match.group(1) or match.group(2))
        label = f"{years} an{'s' if years > 1 else ''} d'expérience"
        yield ChipKind.EXPERIENCE, label, {"experience_months_max": str(12 * years)}, match.span()
    for match in _HOURS.finditer(joined):
        hours = int(match.group(1))
        if 1 <= hours <= 48:
            yield ChipKind.WORKING_TIME, f"{hours} h par semaine", {"weekly_hours": str(hours)}, match.span()
    for match in _KM.finditer(joined):
        if 1 <= int(match.group(1)) <= 200:
            kilometres = str(int(match.group(1)))
            yield ChipKind.RADIUS, f"Dans un rayon de {kilometres} km", {"radius_km": kilometres}, match.span()
