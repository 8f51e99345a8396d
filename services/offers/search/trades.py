"""What a referential of occupations tells the search: the words of each trade, and which words are trade words."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from services.offers.search.phrases import TASKS, stretches
from services.offers.search.vocabulary import Vocabulary
from services.offers.search.words import STOP, term_of, words_of
from shared.reference.lexicon import ADDED, CANONICAL, NOISE, RANKS
from shared.reference.occupations import Occupations
from shared.reference.regulated import regulated
from shared.reference.text import folded

# Words and abbreviations that mean something else in running text («IDE» is a tool of developers): looked for in titles only.
EVERYDAY = frozenset(
    {
        "ai",
        "as",
        "car",
        "dehors",
        "exterieur",
        "facteur",
        "ferme",
        "ide",
        "it",
        "manoeuvre",
        "nature",
        "or",
        "os",
        "plonge",
        "po",
    }
    | {
        "porteur",
        "receptionniste",
        "receptionnistes",
        "serveur",
        "serveurs",
        "si",
        "standardiste",
        "standardistes",
        "ta",
    }
)
_FARM, _FOOD, _HOSPITAL, _CARS = ("A14",), ("G16", "G18"), ("J",), ("I1604", "I1606", "I1613")
_OUTDOORS = ("A12", "A13", "A14", "F1702", "F1703", "K2303")
_ANIMALS = ("A1403", "A1407", "A1410", "A1411", "A15", "D1210")
_SITES = ("F13", "F14", "F15", "F16", "F17")
"""Where things are built, without the offices that plan and check it."""
SECTORS: dict[str, tuple[str, ...]] = {
    "agriculture": _FARM, "agricole": ("A14", "A11"), "animal": _ANIMALS, "animaux": _ANIMALS, "animation": ("G12",),
    "assurance": ("C11",), "banque": ("C12",), "batiment": ("F",), "bancaire": ("C12",),
    "bois": ("A1201", "F1501", "F1503", "F1607", "H22"), "boucherie": ("D1101",), "boulangerie": ("D1102", "D1106"),
    "btp": ("F",), "bureau": ("M16",), "cantine": ("G1607", "G1606"), "champ": _FARM, "champs": _FARM, "clinique": _HOSPITAL,
    "coiffure": ("D1202",), "creche": ("J1304", "K1202"), "dehors": _OUTDOORS, "ecole": ("K1308", "K2104", "K2113"),
    "ecoles": ("K1308", "K2104", "K2113"), "electricite": ("F1602", "H2602", "I1309"), "exterieur": _OUTDOORS,
    "ferme": _FARM, "garage": _CARS, "hopital": _HOSPITAL, "hotellerie": ("G15", "G17"),
    "immobilier": ("C15",), "industrie": ("H",), "informatique": ("M18",), "logistique": ("N11", "N12", "N13"),
    "maconnerie": ("F1703",), "mecanique": ("H29", "I16"), "medical": _HOSPITAL, "menuiserie": ("F1607", "H2206"),
    "nature": _OUTDOORS, "nettoyage": ("K22",), "plomberie": ("F1603",), "restauration": _FOOD, "resto": _FOOD,
    "restos": _FOOD, "sante": _HOSPITAL, "secretariat": ("M1604", "M1606", "M1607", "M1609"),
    "transport": ("N41", "N42"), "usine": ("H",), "vente": ("D11", "D12"), "vigne": ("A1405",), "vignes": ("A1405",),
}  # fmt: skip
"""Names of whole fields and places of work → beginnings of ROME codes: whoever asks for «BTP» means masons and roofers too."""
ALONE: dict[str, tuple[str, ...]] = {
    "accueil": ("M1601",), "bureau": ("M16",), "caisse": ("D1505",), "chantier": _SITES, "chantiers": _SITES,
    "cheval": ("A1421",), "chevaux": ("A1421",),
    "commerce": ("D11", "D12", "D15"), "construction": _SITES, "cuisine": ("G16",), "elevage": ("A14",),
    "entrepot": ("N11",), "entrepots": ("N11",),
    "foret": ("A1201", "A1205", "A1211"), "hotel": ("G15", "G17"), "hotels": ("G15", "G17"), "jardin": ("A1203", "A1208"),
    "jardins": ("A1203", "A1208"), "livraison": ("N4104", "N4105"), "livraisons": ("N4104", "N4105"),
    "magasin": ("D11", "D12", "D15"), "magasins": ("D11", "D12", "D15"), "proprete": ("K22",), "securite": ("K25",),
    "tourisme": ("G11", "G12", "G15", "G17"), "voiture": _CARS, "voitures": _CARS,
}  # fmt: skip
"""The same where nothing else is asked: there «construction» is who builds, and «sécurité» who guards."""
_DOMAIN = re.compile(r"[a-n]\d\d")


def families_named(folded: str, *, alone: bool = False) -> tuple[str, ...]:
    """Beginnings of the ROME codes that a word names: of a field of work, or «K22» itself. ``alone``: nothing else is asked."""
    if _DOMAIN.fullmatch(folded):
        return (folded.upper(),)
    return ALONE[folded] if alone and folded in ALONE else SECTORS.get(folded, ())


# What is enough to be met, where the whole meaning says more than titles do.
_ENOUGH = {"ide": ("infirmier",), "idec": ("infirmier", "coordinateur")}
_ADDED_LENGTHS: dict[str, tuple[int, ...]] = {}
"""How many words the phrases have that an abbreviation or trade word begins, the shortest first."""
for _first, _count in sorted({(phrase.split()[0], phrase.count(" ") + 1) for phrase in ADDED}):
    _ADDED_LENGTHS[_first] = (*_ADDED_LENGTHS.get(_first, ()), _count)
SHORT_FOR: dict[str, tuple[str, ...]] = {}
"""What is written in full → its abbreviations of one word: «poids lourd» is «PL»."""
for _short, _full in ADDED.items():
    if " " not in _short:
        SHORT_FOR[_full] = (*SHORT_FOR.get(_full, ()), _short)
_LIKELY = 0.3
_BESIDE = 0.4
_MOST = 3
_CLOSE = 5
"""Rank until which the referential's moves lead to work that is near."""


@dataclass(frozen=True, slots=True)
class Trade:
    """An occupation that a question may mean; ``belief`` in [0, 1]. ``same``: further codes under which offers still have it;
    ``near``: codes of work that is near it."""

    code: str
    label: str
    belief: float
    same: tuple[str, ...] = ()
    near: tuple[str, ...] = ()

    @property
    def codes(self) -> tuple[str, ...]:
        """All codes under which offers have it."""
        return self.code, *self.same


class Trades:
    """Built once per process from the referential; immutable."""

    def __init__(self, occupations: Occupations) -> None:
        self._occupations = occupations
        # People ask the same words again and again, and the proposer is the longest part of reading a question.
        self._meant = lru_cache(maxsize=8_192)(self._propose)
        self._words: dict[str, str] = {}
        known: dict[str, int] = defaultdict(int)
        self._beside: dict[str, set[str]] = defaultdict(set)
        heads: set[str] = set()
        written: set[str] = set()
        pairs: set[tuple[str, str]] = set()
        # People type what a trade is called: then nothing has to be weighed, which takes longer than the engine's answer.
        self._called: dict[frozenset[str], set[str]] = defaultdict(set)
        self._younger: dict[str, list[str]] = defaultdict(list)
        for one in occupations:
            if one.family != one.code:
                self._younger[one.family].append(one.code)
        titles = {occupation.code: [occupation.label, *occupation.titles] for occupation in occupations}
        # Offers carry codes that a small referential lacks.
        for code, everyday in occupations.everyday_titles.items():
            titles.setdefault(code, []).extend(everyday)
        for code, named in titles.items():
            words: dict[str, None] = {}
            for title in named:
                of_title = words_of(title)
                pairs.update(pairwise(word.folded for word in of_title))
                told = [word for word in of_title if word.folded not in STOP]
                written.update(word.folded for word in told)
                telling = [word.term for word in told]
                words |= dict.fromkeys(telling)
                heads.update(telling[:1])
                self._called[frozenset(telling)].add(code)
                for word in telling:
                    self._beside[word].update(telling)
            for word in words:
                known[word] += 1
            self._words[code] = " ".join(words)
        self._beyond = dict(_beyond(occupations))
        for phrase, meaning in ADDED.items():
            for word in (*phrase.split(), *meaning.split()):
                known[term_of(word)] += 1
        for word in CANONICAL:
            known[term_of(word)] += 1
        self.vocabulary = Vocabulary({word: number for word, number in known.items() if word not in STOP})
        """Terms of job titles, and in how many occupations they occur."""

        self.regulated = frozenset(regulated(occupations))
        """Codes that the law keeps for who holds a diploma or a card."""

        self.written = frozenset(written)
        """The words of job titles as they are written, folded."""

        self.pairs = frozenset(pairs)
        """Folded words that stand side by side in job titles."""

        self.heads = frozenset(heads)
        """Terms with which job titles begin: who somebody is («secrétaire»), before of what («médicale»)."""

    def together(self, term: str, others: Iterable[str]) -> bool:
        """Whether a job title has a term beside one of others."""
        beside = self._beside.get(term)
        return beside is not None and not beside.isdisjoint(others)

    def words_of(self, code: str | None) -> str:
        """The words of all titles of an occupation, for the index; empty for an unknown one."""
        return self._words.get(code, "") if code else ""

    def _trade(self, code: str, label: str, belief: float) -> Trade:
        """With what the referential knows of the code: the older one that it was split off from and those that were split off
        from it are one work, and offers still carry all of them. What it was one with, and where its own moves lead soon, is
        near."""
        occupation = self._occupations.get(code)
        if occupation is None:
            return Trade(code, label, belief)
        same = dict.fromkeys((occupation.family, *self._younger.get(code, ())))
        ranks = self._occupations.neighbours(code)
        close = sorted((target for target, rank in ranks.items() if rank <= _CLOSE), key=ranks.__getitem__)
        near = dict.fromkeys((*self._younger.get(occupation.family, ()), *close))
        return Trade(
            code,
            label,
            belief,
            tuple(one for one in same if one != code),
            tuple(one for one in near if one != code and one not in same),
        )

    def known(self, term: str) -> bool:
        """Whether a word (its term) belongs to job titles or to how jobs are advertised."""
        return term in self.vocabulary or term in NOISE

    def meant(self, text: str) -> tuple[Trade, ...]:
        """Occupations that a few folded words name, the likeliest first; those that are much less likely are left out."""
        return self._meant(text)

    def _propose(self, text: str) -> tuple[Trade, ...]:
        asked = frozenset(term_of(word) for word in text.split() if word not in STOP)
        if len(asked) == 1 and RANKS.issuperset(asked):
            return ()  # «technicien» is no technician of sound
        called = self._called.get(asked, ())
        if len(called) == 1 and (only := self._occupations.get(*called)) is not None:
            return (self._trade(only.code, only.label, 1.0),)
        if not called and (beyond := self._beyond.get(asked)) is not None:
            return (beyond,)
        found = self._occupations.search(text, _MOST)
        best = found[0].score if found else 0.0
        if best < _LIKELY:
            return ()
        return tuple(self._trade(hit.code, hit.label, hit.score) for hit in found if hit.score >= _BESIDE * best)


def _beyond(occupations: Occupations) -> Iterator[tuple[frozenset[str], Trade]]:
    """What is called so in no occupation of the referential, and in one that it lacks and offers carry: «mécanicien moto»."""
    found: dict[frozenset[str], dict[str, str]] = {}
    for code, titles in occupations.said_titles.items():
        for title in titles:
            telling = frozenset(word.term for word in words_of(title) if word.folded not in STOP)
            found.setdefault(telling, {}).setdefault(code, title)
    for telling, codes in found.items():
        code, title = next(iter(codes.items()))
        if len(codes) == 1 and code not in occupations:
            yield telling, Trade(code, title, 1.0)


def meanings(words: list[str]) -> Iterable[tuple[int, int, tuple[str, ...]]]:
    """(start, end, words it stands for) of each abbreviation or trade word among folded ``words``."""
    for start in range(len(words)):
        for length in _ADDED_LENGTHS.get(words[start], ()):
            phrase = " ".join(words[start : start + length])
            if start + length <= len(words) and phrase in ADDED:
                yield start, start + length, _ENOUGH.get(phrase) or tuple(ADDED[phrase].split())
        if words[start] in CANONICAL:
            yield start, start + 1, (CANONICAL[words[start]],)
    for start, end, terms_ in stretches(words, TASKS):
        yield start, end, TASKS[terms_]


def title_meanings(title: str) -> list[str]:
    """Terms that the abbreviations in an offer's title stand for."""
    words = folded(title).split()
    return [term_of(word) for _, _, added in meanings(words) for word in added]
