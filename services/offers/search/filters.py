"""The filters that words of a question stand for, said or denied: «cdi» keeps those, «pas de cdi» keeps the others.

What is denied and has no opposite among the parameters («pas débutant», «pas que des CDI») is no filter and no word to look
for either: read as its opposite it would answer with what is not wanted.
"""

import itertools
import re
from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass
from functools import lru_cache

from services.offers.search.amounts import FEW_HINTS, FULL_TIME, PART_TIME, PAY_HINTS, few_hours, lengths, pay
from services.offers.search.asides import ASIDES, OTHER_LICENCES
from services.offers.search.background import BACKGROUND_HINTS, STATUS_HINTS, background, status
from services.offers.search.chips import ChipKind, Meaning, Said
from services.offers.search.denial import (
    DENIAL_NEAR,
    DENIED_BEHIND,
    DENIES,
    FAR,
    JOINS_ON,
    LEAVING_OUT,
    leaves_open,
    listed_out,
    prefix,
)
from services.offers.search.held import HELD_HINTS, held
from services.offers.search.insertion import INSERTION_HINTS, LIBRARY_HINTS, insertion, library
from services.offers.search.seasons import HARVEST_HINTS, SUMMER, harvest_months
from services.offers.search.times import BUSY, BY_CLOCK, BY_NIGHT, OTHERS, SCHOOL_HINTS, TIMES_HINTS, school, times
from shared.contracts.vocabulary import ContractKind


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
    hints: tuple[str, ...]
    """One of these is in whatever the pattern matches: looking for them takes a hundredth of its time."""


def _rule(
    kind: ChipKind,
    label: str,
    hints: str,
    pattern: str,
    denied: Meaning | None = None,
    **parameters: str | tuple[str, ...],
) -> _Rule:
    compiled = re.compile(rf"(?<!\S)(?:{pattern})(?!\S)")
    return _Rule(kind, Meaning(label, parameters), denied, compiled, tuple(hints.split()))


def _contract(label: str, hints: str, pattern: str, *kinds: ContractKind) -> _Rule:
    """Offers of these contracts; denied, of all others."""
    others = tuple(kind.value for kind in ContractKind if kind not in kinds)
    said = Meaning(label, {"contract_kind": kinds[0].value if len(kinds) == 1 else tuple(kind.value for kind in kinds)})
    without = label if label.isupper() or label.startswith("CDD") else label[0].lower() + label[1:]
    denied = Meaning(f"Sans {without}", {"contract_kind": others})
    return _Rule(ChipKind.CONTRACT, said, denied, re.compile(rf"(?<!\S)(?:{pattern})(?!\S)"), tuple(hints.split()))


# Patterns speak of folded words with one space between them.
_BY = r"(?:(?:en |un |une |contrats? |postes? |emplois? |missions? |offres? |job |d |de )*)"
_ON = r"(?:(?:travail |postes? |horaires? |uniquement |seulement |que )?(?:de |du |le |la |les |en |l |d |pendant )*)"
_WEEKEND = r"(?:week ?ends?|samedis?(?: (?:et )?(?:le )?dimanches?)?|dimanches?)"
_AGENCY = r"(?<!agence d )(?<!agences d )(?<!agence )(?<!maitre d )(?<!formateur en )(?<!formatrice en )"
_INTERIM = r"(?:interim(?:aires?)?|travail temporaire)"

_NO_NIGHT = Meaning("Sans nuit", {"no_night": "true"})
_NO_WEEKEND = Meaning("Sans week-end", {"no_weekend": "true"})
_NO_LATE = Meaning("Pas le soir", {"no_late": "true"})
_NO_EARLY = Meaning("Pas tôt le matin", {"no_early": "true"})

_STUDIES = r"(?:diplomes?|qualifications?|bac|etudes?|formation)"
_NOT_NEEDED = r"(?:non|pas) (?:requise?s?|obligatoires?|necessaires?|demandee?s?|exigee?s?|indispensables?)"
_BUT_LICENCE = r"(?! (?:mais|avec|j ai|et)(?: (?:j ai|avec|le|un|mon|titulaire|du))* permis)"
_OF_PARIS = r"(?! (?:de lyon|de l est|du nord|saint lazare|d austerlitz|montparnasse))"
"""Behind «gare»: it is the name of one."""
_TRANSPORT = (
    rf"(?:bus|trains?|tram(?:way)?|metro|gares?{_OF_PARIS}|arrets?(?: de bus)?|transports?(?: (?:en )?commun)?)"
)

_IN_INSERTION = (
    r"(?:^|(?<=en )|(?<=dans )|(?<=un )|(?<=chercher )|(?<=cherche )|(?<=travail )|(?<=emploi ))"
    r"(?:en |dans |un |une |l )*(?:(?:ateliers? et )?chantiers?|ateliers?|structures?|parcours) d insertion"
)
"""Where people work with such a contract; who leads one («encadrant chantier d'insertion») has another."""

_K = ContractKind
_RULES = (
    _contract(
        "CDD d'insertion",
        "cddi insertion",
        rf"{_BY}(?:cddi|(?:cdd|contrats?|(?:a )?duree determinee) d insertion)|{_IN_INSERTION}",
        _K.CDDI,
    ),
    # Of a building site, of a temporary agency, of a part of the year: permanent ones all the same.
    _contract(
        "CDI",
        "cdi indeterminee durable perenne",
        rf"{_BY}(?:cdi(?: (?:de |d )?(?:chantier|operation|intermittent))?|cdi[cio]|(?:a )?duree indeterminee)|"
        r"(?:(?:un |une |en |dans un )?(?:contrats?|emplois?|postes?|boulots?|travail|truc) )+(?:durables?|perennes?)",
        _K.CDI,
    ),
    _contract("CDD", "cdd determinee", rf"{_BY}(?:cdd|(?:a )?duree determinee)", _K.CDD),
    _contract("Intérim", "interim temporaire", rf"{_AGENCY}{_BY}{_INTERIM}", _K.TEMPORARY),
    _contract(
        "Saisonnier",
        "sais ete hiver vacances mai juin juillet aout septembre",
        rf"{_BY}(?:saisonni?ere?s?|saisons?|(?:jobs?|boulots?|travail|emplois?)(?: (?:d|pour|cet|l|en|pendant))* d?ete)"
        rf"(?: d (?:ete|hiver))?|{SUMMER}",
        _K.SEASONAL,
    ),
    _contract(
        "Alternance", "altern", rf"{_BY}(?:alternances?|alternante?s?)", _K.APPRENTICESHIP, _K.PROFESSIONALISATION
    ),
    _contract("Apprentissage", "apprenti", rf"{_AGENCY}{_BY}(?:d )?(?:apprentissage|apprentie?s?)", _K.APPRENTICESHIP),
    _contract(
        "Professionnalisation",
        "pro",
        rf"{_BY}(?:contrats? pro|(?:contrats? de )?professionnalisation)",
        _K.PROFESSIONALISATION,
    ),
    _contract("Bénévolat", "benevol", rf"{_BY}(?:benevolat|benevoles?)", _K.VOLUNTEERING),
    _contract(
        "Indépendant", "freelance entrepr", rf"{_BY}(?:freelances?|(?:auto|micro) ?entrepr\w+)", _K.SELF_EMPLOYED
    ),
    _rule(
        ChipKind.WORKING_TIME,
        "Temps partiel",
        "temps time",
        r"(?:a |en )?(?:mi temps(?: therapeutique)?|temps partiels?)|part time",
        FULL_TIME,
        working_time="part_time",
    ),
    _rule(
        ChipKind.WORKING_TIME,
        "Temps plein",
        "temps time",
        r"(?:a |en )?(?:temps pleins?|temps complets?|plein temps)|full time",
        PART_TIME,
        working_time="full_time",
    ),
    _rule(
        ChipKind.SCHEDULE,
        "Horaires de bureau",
        "bureau journee",
        r"horaires? de (?:bureaux?|journee)",
        no_early="true",
        no_late="true",
        no_night="true",
        no_weekend="true",
    ),
    _rule(
        ChipKind.SCHEDULE,
        "Horaires d'école",
        "ecole scolaire classe",
        r"(?:pendant |sur |aux? |en |avec )?(?:les |des |l )?(?:horaires?|heures?|temps) "
        r"(?:de l |de la |d )?(?:ecoles?|scolaires?|classe)",
        no_early="true",
        no_late="true",
        no_night="true",
        no_weekend="true",
    ),
    _rule(
        ChipKind.SCHEDULE,
        "Du lundi au vendredi",
        "vendredi",
        r"(?:du )?lundi (?:au |a |jusqu au |jusqu a )?vendredi",
        no_weekend="true",
    ),
    _rule(
        ChipKind.SCHEDULE,
        "Matin",
        "tot",
        r"(?<!plus )(?<!plutot )(?:trop )?tot(?: le matin)?",
        _NO_EARLY,
        moment="morning",
    ),
    # By the clock: no hours of a week.
    _rule(ChipKind.SCHEDULE, "Nuit", "mat", rf"{BY_NIGHT}(?:du|le) mat(?:in)?", _NO_NIGHT, moment="night"),
    _rule(ChipKind.SCHEDULE, "Matin", "mat", rf"{BY_CLOCK}(?:du|le) mat(?:in)?", _NO_EARLY, moment="morning"),
    _rule(ChipKind.SCHEDULE, "Soir", "soir", rf"{BY_CLOCK}(?:du|le) soir", _NO_LATE, moment="evening"),
    # Who may be called at night is on duty, and guards nothing.
    _rule(
        ChipKind.SCHEDULE,
        "Nuit",
        "nuit",
        r"(?:(?<=sans )|(?<=pas de )|(?<=ni )|(?<=ni de )|(?<=pas d )|(?<=aucune ))"
        r"(?:gardes?|astreintes?) (?:(?:de|la|en) )*nuits?",
        _NO_NIGHT,
        moment="night",
    ),
    _rule(ChipKind.SCHEDULE, "Nuit", "nuit", rf"{_ON}nuits?", _NO_NIGHT, moment="night"),
    _rule(ChipKind.SCHEDULE, "Matin", "matin", rf"{_ON}matin(?:ee)?s?", _NO_EARLY, moment="morning"),
    _rule(ChipKind.SCHEDULE, "Après-midi", "midi", rf"{_ON}apres midis?", moment="afternoon"),
    _rule(ChipKind.SCHEDULE, "Soir", "soir", rf"{_ON}soir(?:ee)?s?", _NO_LATE, moment="evening"),
    _rule(
        ChipKind.SCHEDULE,
        "Sans week-end",
        "week samedi dimanche",
        r"(?:(?:avec|avoir|garder|en gardant|en ayant|et) )+(?:(?:tous|mes|les|des|ses|nos) )*"
        rf"{_WEEKEND} (?:de )?(?:libres?|off|tranquilles?|repos)",
        no_weekend="true",
    ),
    _rule(ChipKind.SCHEDULE, "Week-end", "week samedi dimanche", rf"{_ON}{_WEEKEND}", _NO_WEEKEND, moment="weekend"),
    _rule(
        ChipKind.SCHEDULE,
        "En journée",
        "jour",
        r"(?:en |de |la )+(?:journee|jour)|le jour(?! (?:de|du|d|meme|ou|j)(?!\S))",
        no_night="true",
    ),
    _rule(
        ChipKind.EXPERIENCE,
        "Débutant accepté",
        "debut experience premier travaille exerce bosse qualifi",
        r"debutante?s?(?: (?:bienvenue?s?|acceptee?s?|possible))*|(?:sans|aucune|pas d|0|ni|no)(?: (?:d|aucune))? experiences?"
        r"(?: (?:requise|exigee|professionnelle))?|experiences? (?:non|pas) (?:requise|exigee|necessaire|obligatoire|demandee)|"
        r"premier emploi|premiere experience|jamais (?:travaille|exerce|bosse)|(?:peu|pas (?:trop|beaucoup|"
        r"assez)) d experience|"
        r"debute (?:comme|dans le metier|en tant que)|en debut de carriere|(?:non|pas|peu) qualifiee?s?",
        beginner="true",
    ),
    _rule(
        ChipKind.LICENCE,
        "Sans permis",
        "permis voiture vehicul motoris licen",
        r"(?:(?:j |je |n |on )*(?:ai |a )?(?:m a )?)?(?:perdu|retire|suspendu|annule)(?: (?:le|mon))* permis(?! de construire)|"
        r"permis (?:suspendu|retire|annule|invalide|perdu)|(?:retrait|suspension) de permis|"
        r"(?:(?:je |j |n )*n?ai )?(?:sans|pas|aucun|ni)(?: (?:de|du|d|le|la|un|mon|encore))* "
        rf"(?:permis(?! {OTHER_LICENCES})(?: b)?(?: (?:ni|et|ou)(?: (?:de|le|la))? (?:voiture|vehicule))?|"
        rf"(?:voitures?|vehicules?) (?:ni|et|ou)(?: (?:de|le|la))? permis){_BUT_LICENCE}|"
        rf"(?:non|pas) (?:vehiculee?|motorisee?)|permis(?: b)? {_NOT_NEEDED}|(?:no|sans) (?:driving )?(?:driver s )?licen[cs]e",
        no_licence="true",
    ),
    _rule(
        ChipKind.DIPLOMA,
        "Sans diplôme",
        "diplome qualif bac etude formation",
        rf"(?:sans|aucune?|pas|ni)(?: (?:de|d|le|aucun|aucune))* {_STUDIES}(?: (?:requis|exige|particulier)\w*)?"
        rf"(?: (?:ni|et|ou)(?: d)? {_STUDIES})?|{_STUDIES} {_NOT_NEEDED}",
        no_diploma="true",
    ),
    _rule(
        ChipKind.ACCESS,
        "Accessible sans voiture",
        "velo pied trottinette bus train tram metro gare arret transport voiture vehicule",
        # Who has no car may have the licence: the job must be within reach, and may ask for one.
        r"(?:(?:je |j |n )*n?ai )?(?:sans|pas|aucun|aucune|ni|plus)(?: (?:de|du|d|la|un|une|encore))* (?:voitures?|vehicules?)"
        rf"(?: (?:personnel(?:le)?|perso|a moi))?{_BUT_LICENCE}|"
        r"(?:accessibles? )?(?:a|en) (?:velo|pied|trottinette)(?! de(?!\S))|"
        rf"(?:j ?ai que|(?:je )?(?:peux )?(?:prendre|prends))(?: (?:le|les|un))? {_TRANSPORT}|"
        rf"(?:accessibles?|desservie?s?|proche|pres|acces)(?: (?:en|par|d|de|du|des|aux?|la|le|les|l|une?))* {_TRANSPORT}|"
        r"(?:en|par) (?:les )?(?:bus|tram(?:way)?|metro|transports?(?: (?:en )?commun)?|train(?! d))|transports? en commun|"
        r"accessible sans (?:voiture|vehicule)|"
        rf"mobilite (?:(?:a|en|par) )?(?:velo|pied|trottinette|{_TRANSPORT})|"
        r"(?:velo|bus) (?:uniquement|seulement)",
        accessible_without_car="true",
    ),
)

_SEASONAL = next(rule for rule in _RULES if rule.said.label == "Saisonnier")
_DIGIT = re.compile(r"\d")


_Readers = tuple[tuple[Callable[[str], Iterator[Said]], tuple[str, ...]], ...]
_READERS: _Readers = (
    (held, HELD_HINTS),
    (background, BACKGROUND_HINTS),
    (school, SCHOOL_HINTS),
    (status, STATUS_HINTS),
    (library, LIBRARY_HINTS),
)
"""What is read before all else."""
_READERS_BEHIND: _Readers = ((insertion, INSERTION_HINTS), (times, TIMES_HINTS), (few_hours, FEW_HINTS))
"""What is read behind the asides."""
_HINTS = frozenset(
    itertools.chain(
        PAY_HINTS,
        HARVEST_HINTS,
        *(rule.hints for rule in _RULES),
        *(hints for _pattern, _kind, _said, hints in ASIDES),
        *(hints for _reader, hints in (*_READERS, *_READERS_BEHIND)),
    )
)
_NUMBER = "0"
"""The hint of whatever has a digit."""
_OF_A_WORD = tuple(sorted(hint for hint in _HINTS if " " not in hint))
_OF_WORDS = tuple(sorted(hint for hint in _HINTS if " " in hint))


def matches(joined: str) -> list[Match]:
    """The filters in a question's words (joined by one space), in their order; where two overlap the earlier rule's."""
    there = _hints_of(joined)
    if not there:
        return []
    found: list[Said] = []
    for one in _said(joined, there):
        if not any(one.start < other.end and other.start < one.end for other in found):
            found.append(one)
    found.sort(key=lambda one: one.start)
    read: list[Match] = []
    before: Match | None = None
    for one, after in itertools.zip_longest(found, found[1:]):
        before = _read(one, joined, before, None if after is None else after.start)
        read.append(before)
    return read


def _hints_of(joined: str) -> set[str]:
    """The hints that are there: without one no filter is said, and most questions have none."""
    # Words come again where questions do not.
    there = set().union(*map(_hints_of_word, joined.split(" ")))
    there.update(hint for hint in _OF_WORDS if hint in joined)
    return there


@lru_cache(maxsize=16_384)
def _hints_of_word(word: str) -> frozenset[str]:
    return frozenset([hint for hint in _OF_A_WORD if hint in word] + [_NUMBER] * bool(_DIGIT.search(word)))


def _said(joined: str, there: Set[str]) -> Iterator[Said]:
    for reader, hints in _READERS:
        if not there.isdisjoint(hints):
            yield from reader(joined)
    for pattern, kind, said, hints in ASIDES:
        if not there.isdisjoint(hints):
            for match in pattern.finditer(joined):
                yield Said(kind, said, None, *match.span())
    for reader, hints in _READERS_BEHIND:
        if not there.isdisjoint(hints):
            yield from reader(joined)
    if _NUMBER in there or not there.isdisjoint(PAY_HINTS):
        yield from pay(joined)
    for rule in _RULES:
        if not there.isdisjoint(rule.hints):
            for match in rule.pattern.finditer(joined):
                yield Said(rule.kind, rule.said, rule.denied, *match.span())
    if not there.isdisjoint(HARVEST_HINTS):
        for start, end in harvest_months(joined):
            yield Said(ChipKind.CONTRACT, _SEASONAL.said, _SEASONAL.denied, start, end)
    if _NUMBER in there:
        yield from lengths(joined)


def _read(one: Said, joined: str, before: Match | None, following: int | None) -> Match:
    """Whether a filter is meant, denied or left open by the words around it; «pas de CDD ou d'intérim» denies both.

    ``following``: where the next filter begins. A denial right before that one is its own.
    """
    if one.said is None or (
        one.kind is ChipKind.SCHEDULE
        and (BUSY.match(joined, one.end) or OTHERS.search(joined, max(0, one.start - FAR), one.start))
    ):
        return Match(one.kind, None, one.start, one.end)
    denial = DENIES.search(joined, max(0, one.start - FAR), one.start)
    limit = len(joined)
    if following is not None:
        of_next = DENIES.search(joined, max(one.end, following - FAR), following)
        limit = of_next.start() if of_next else following
    behind = DENIED_BEHIND.match(joined, one.end, limit)
    if one.kind is not ChipKind.SCHEDULE:  # «Deux jours de repos, CDI»: nobody rests from a contract
        denial = None if denial and denial["word"] == "repos" else denial
        behind = None if behind and behind["rest"] else behind
    near = DENIAL_NEAR.match(joined, one.end, limit) if behind is None else None
    start = denial.start() if denial else one.start
    end = behind.end() if behind else one.end
    if denial is None and before is not None and before.denied:
        between = joined[before.end : one.start] + prefix(joined[one.start : one.end])
        # «Hors nuit et week-end» leaves out both; «pas d'intérim et CDI» wants the second.
        both = between.strip() == "et" and one.kind is before.kind and before.denied in LEAVING_OUT
        if both or JOINS_ON.match(between):
            return Match(one.kind, one.denied, before.end, end, before.denied)
    if denial is None and behind is None:
        contract = one.kind is ChipKind.CONTRACT
        if listed := listed_out(joined, one.start, one.end, 0 if before is None else before.end, contract=contract):
            return Match(one.kind, one.denied, start, end, listed)
        return Match(one.kind, None if near else one.said, start, end)
    half = denial and (denial["only"] or leaves_open(denial["word"], joined[one.start : one.end]))
    if half or (behind and behind["open"]):
        return Match(one.kind, None, start, end)
    return Match(one.kind, one.denied, start, end, denial["word"] if denial else "non")
