"""Structures and measures as counsellors write them in short: «ACI», «ETTI», «AI ménage», «PMSMP».

A structure of the IAE (labour code L5132-1 to L5132-15-1) names the contract that people have there, unless the words before say
who leads one: «encadrant technique ACI», «directrice SIAE». A PMSMP (L5135-1) is an immersion, a POEI or an AFPR (L6326-1) a
training before a contract of another kind, which is nothing to filter by.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from services.offers.search.chips import ChipKind, Meaning, Said
from services.offers.search.phrases import CHAINS
from services.offers.search.talk import asks
from services.offers.search.words import STOP, Word
from shared.contracts.vocabulary import ContractKind

_K = ContractKind


def _meaning(label: str, *kinds: ContractKind) -> tuple[Meaning, Meaning]:
    """What is said, and what its denial says."""
    values = tuple(kind.value for kind in kinds)
    others = tuple(kind.value for kind in ContractKind if kind not in kinds)
    said = Meaning(label, {"contract_kind": values[0] if len(values) == 1 else values})
    return said, Meaning(f"Sans {label[0].lower()}{label[1:]}", {"contract_kind": others})


_CAPITALS = {"AI": "associationintermediaire", "EI": "entrepriseinsertion"}
"""In capital letters among others that are not: two letters that mean other things as well."""
_IT = (
    "chercheur data developer developpeur developpeuse devops engineer individuelle informatique ingenieur ingenieure "
    "intelligence learning llm machine manager prompt python research scientist statut"
)
_BEFORE_STRUCTURES = frozenset({"contrat", "contrats", "public", "parcours", "structure", "structures"})
_COMPUTING = frozenset(_IT.split())
"""Beside these AI is artificial intelligence, and EI what somebody founds."""
_BEFORE = r"(?:(?:en|dans|par|pour|un|une|l|les|d|de|du|au|aux|contrats?|postes?|public|parcours) )*"
_STRUCTURE = re.compile(
    rf"(?<!\S){_BEFORE}(?:aci|siae|(?<!master )(?<!ecole )(?<!licence )iae|"
    rf"{'|'.join(_CAPITALS.values())}|(?:structures?|contrats?|emplois?|postes?) (?:de l )?(?:iae|"
    rf"insertion par l activite economique)|"
    r"insertion par l activite economique|associations? intermediaires?|entreprises? d insertion)"
    r"(?: (?:et|ou) (?:aci|ei|ai|etti|entreprises? d insertion))*(?!\S)"
)
_AGENCY = re.compile(
    rf"(?<!\S){_BEFORE}(?:etti|(?:entreprises?|agences?) (?:de travail temporaire|d interim) d insertion|"
    rf"interim d insertion)(?!\S)"
)
_IMMERSION = re.compile(
    rf"(?<!\S){_BEFORE}(?:pmsmp|(?:stages? (?:en |d )?|periodes? d )?immersions?(?: (?:professionnelles?|en entreprise))?|"
    r"(?:periodes? de )?mises? en situation(?: (?:en )?(?:milieu )?professionnel(?:le)?)?)(?!\S)"
)
_BEFOREHAND = re.compile(
    r"(?<!\S)(?:(?:en|par|via|dans|une|un|le|la|l|d|avec) )*(?:poei|poec|poe|afpr|afc|vae|emt|cpf|geiq|clea|"
    r"(?:projet )?transition pro|validation (?:des )?acquis(?: (?:de l )?experience)?|remise a niveau)(?!\S)"
)
"""Ways to a contract that no offer is filtered by."""
LEADS = re.compile(
    r"(?<!\S)(?:encadrante?s?|moniteurs?|monitrices?|chefs?|cheffes?|direct(?:eur|rice)s?|responsables?|coordinat(?:eur|"
    r"rice)s?|"
    r"coordonnat(?:eur|rice)s?|accompagnat(?:eur|rice)s?|conseill(?:er|ere)s?|cip|eti|asp|formateurs?|formatrices?|chargee?s?|"
    r"animat(?:eur|rice)s?|permanente?s?|prospect(?:eur|rice)s?|assistante? (?:social|sociale)|educat(?:eur|rice)s?)(?!\S)"
)
"""Who works for a structure and has no such contract."""
_RULES = (
    (_STRUCTURE, _meaning("CDD d'insertion", _K.CDDI), ("aci", "siae", "iae", "insertion", "intermediaire")),
    (_AGENCY, _meaning("Intérim d'insertion", _K.CDDI, _K.TEMPORARY), ("etti", "insertion")),
    (
        _IMMERSION,
        _meaning("Immersion (PMSMP)", _K.IMMERSION),
        ("pmsmp", "immersion", "mise en situation", "mises en situation"),
    ),
)


INSERTION_HINTS = (
    *(hint for _pattern, _meaning, hints in _RULES for hint in hints),
    "acquis", "afc", "afpr", "clea", "cpf", "emt", "geiq", "niveau", "poe", "transition", "vae",
)  # fmt: skip


def with_structures(text: str, words: Sequence[Word], names_work: Callable[[str], bool] = bool) -> list[Word]:
    """The words with «AI» and «EI» as what counsellors mean by them; not behind whose name it ends: «Leclerc AI».

    ``names_work``: whether a folded word names work.
    """
    if text.isupper() or not any(word.text in _CAPITALS for word in words) or _computes(words):
        return list(words)
    return [
        replace(word, folded=_CAPITALS[word.text])
        if word.text in _CAPITALS and (at == 0 or _may_precede(words[at - 1], names_work))
        else word
        for at, word in enumerate(words)
    ]


def _may_precede(word: Word, names_work: Callable[[str], bool]) -> bool:
    """Whether a word may stand before a structure: «dans une», «contrat», «ménage»; no name of somebody or of a firm."""
    if word.folded in STOP or word.text in _CAPITALS or asks(word.folded) or word.folded in _BEFORE_STRUCTURES:
        return True
    return (word.term,) not in CHAINS and (word.text.islower() or names_work(word.folded))


def _computes(words: Iterable[Word]) -> bool:
    return not _COMPUTING.isdisjoint(word.folded for word in words)


_LIBRARY = re.compile(
    r"(?<!\S)(?:(?<=documentation et d information )|(?<=documentation et information )|(?<=centre de documentation )|"
    r"(?<!en )(?<!cdd )(?P<the>(?:au|du|le|notre|ce) )|(?<!en )(?=cdi (?:du|des|de l|d un|d une) "
    r"(?:colleges?|lycees?|ecoles?|etablissements?|cite scolaire)(?!\S)))cdi(?!\S)"
)
_OF_SCHOOLS = re.compile(
    r"(?<!\S)(?:colleges?|lycees?|ecoles?|scolaires?|eleves|enseignante?s?|professeure?s?|profs?|documenta\w+|bibliothe\w+|livres)(?!\S)"
)
LIBRARY_HINTS = ("cdi",)


def library(joined: str) -> Iterator[Said]:
    """«CDI» as a school's library (centre de documentation et d'information): «au CDI du lycée», «professeur documentaliste au
    CDI»; the contract is said without an article, «en CDI»."""
    for match in _LIBRARY.finditer(joined):
        if match["the"] is None or _OF_SCHOOLS.search(joined):
            yield Said(ChipKind.CONTRACT, None, None, match.end() - len("cdi"), match.end())


def insertion(joined: str) -> Iterator[Said]:
    """Contracts that a structure's or a measure's name says."""
    led = None
    for pattern, (said, denied), hints in _RULES:
        if any(hint in joined for hint in hints):
            for match in pattern.finditer(joined):
                led = LEADS.search(joined) if led is None else led
                if led is None or led.start() > match.start():
                    yield Said(ChipKind.CONTRACT, said, denied, *match.span())
    for match in _BEFOREHAND.finditer(joined):
        yield Said(ChipKind.CONTRACT, None, None, *match.span())
