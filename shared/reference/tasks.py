"""Which simple work the text of an offer describes, where the declared occupation says another: «équipier polyvalent» of a
supermarket under fast food, a shop's «équipier logistique» under logistics managers.

Only simple work is read, by what is done there (filling shelves, taking money, preparing orders …): two different things at
least, more than of the declared occupation's own kind, and a title that names no trade and leads nobody. What is found stands
*beside* the declared occupation; it never answers what the law keeps, nor any need of a person.
"""

# A pattern is read as one line: cutting it would hide what belongs together.
# ruff: noqa: E501
import re
from dataclasses import dataclass
from functools import lru_cache

from shared.reference.addressed import as_written, sentences_of, words
from shared.reference.rungs import WORKER, leads_in, rung_of
from shared.reference.standing import simple_kinds
from shared.reference.text import unaccented


@dataclass(frozen=True, slots=True)
class SecondOccupation:
    """``code``: the plainest occupation of the kind of work; ``words``: of the text, by which it was seen."""

    code: str
    words: str


_THINGS = r"(?:les |des |de |du |la |le |l'|d'|vos |nos )*"
_WORK: dict[str, tuple[str, tuple[re.Pattern[str], ...]]] = {
    "shop": (
        "D1507",
        (
            words(rf"(?:mise|mettre|mettez|remplir|remplissage|remplissez|approvisionn\w+|reapprovisionn\w+|reassort\w*|achalander|installer|garnir|tenue)(?: et \w+)? (?:{_THINGS}(?:marchandises?|produits?|articles?) )?(?:en |dans )?{_THINGS}rayons?|facing|gondoles?"),
            words(r"encaiss\w+|tenue? (?:de )?(?:la |une )?caisse|tenir (?:la|une|les) caisses?|passages? en caisse"),
            words(r"rotation des (?:produits|stocks)|dates? (?:limites? )?(?:de )?(?:peremption|consommation|vente)|dlc|etiquet\w+ (?:des |les |de )(?:prix|produits|articles)|balisage|lineaires?|produits perimes"),
        ),
    ),
    "logistics": (
        "N1103",
        (
            words(r"prepar\w+ (?:de |des |les |leurs? |vos |chaque |la )?commandes?|picking"),
            words(rf"recept?ionn\w+ (?:et \w+ )?{_THINGS}(?:marchandises?|livraisons?|produits?|colis|palettes?)|receptions? (?:et \w+ )?{_THINGS}(?:marchandises?|livraisons?|colis|palettes?)"),
            words(rf"charg(?:er|ez|ement|ements) (?:et |ou |/ ?)?(?:de |du |des |le |les )?(?:dechargement|decharger|camions?|vehicules?|marchandises?)|decharg(?:er|ez|ement) {_THINGS}(?:camions?|vehicules?|marchandises?)|expedi\w+ {_THINGS}(?:marchandises?|commandes?|colis)|manutention\w*|stock(?:er|age) {_THINGS}(?:marchandises?|produits?)|palettis\w+|filmage"),
        ),
    ),
    "kitchen": (
        "G1603",
        (
            words(r"plonge|plongeu\w+|vaisselle"),
            words(rf"(?:prepar\w+|dress\w+|elabor\w+|confection\w*|realis\w+) {_THINGS}(?:entrees?|plats?|desserts?|repas|sandwich\w*|plateaux|burgers?|salades?)|aide (?:en |de )cuisine|epluch\w+"),
            words(r"service (?:en salle|au self|des repas|a table|au comptoir)|servir (?:les|des) (?:repas|plats|clients en salle)|debarrass\w+|prise? (?:de |des )commandes? (?:en salle|a table|des clients)|haccp"),
        ),
    ),
    "cleaning": (
        "K2204",
        (
            words(rf"(?:nettoy\w+|entretien|entretenir) (?:et \w+ )?{_THINGS}(?:locaux|bureaux|surfaces|sols?|sanitaires|vitres|chambres|parties communes)"),
            words(rf"depoussier\w+|balay\w+|lav\w+ {_THINGS}(?:sols?|vitres)|bionettoyage|serpill\w+|autolaveuses?|monobrosses?"),
            words(r"vid\w+ (?:des |les )?(?:poubelles|corbeilles)|sortir les (?:poubelles|containers)|refection des (?:lits|chambres)|(?:faire|refaire) les (?:lits|chambres)"),
        ),
    ),
}  # fmt: skip
"""Of each kind of simple work (``data/simple.csv``) the code that stands for it, and things that are done there."""
_NAMES_NO_TRADE = words(
    r"equipi\w+|employe\w*|agente?s?|prepara\w+|hotes?|hotesses?|vend\w+|manutention\w*|operat\w+|aides?|polyvalente?s?|collabora\w+|magasini\w+|serveu\w+"
)
_NAMES_A_TRADE = words(
    r"bouch\w+|boulang\w+|patiss\w+|poissonn\w+|charcut\w+|traiteurs?|fromag\w+|coiff\w+|esthetic\w+|mecanic\w+|pharmac\w+|soign\w+|soins?|securite|surete|(?:petite )?enfance|enfants?"
)
"""Beside the former: a craft, care or an office after all."""
_LEAST = 2
_LONGEST = 10_000
"""Characters of a text that are read, as of its demands."""


@lru_cache(maxsize=256)
def second_occupation(title: str, text: str, declared: str | None) -> SecondOccupation | None:
    """What the text of an offer speaks of beside its declared occupation; None where that is the same, or in doubt."""
    named = unaccented(title[:300])
    if declared is None or rung_of(title) != WORKER:
        return None
    if not _NAMES_NO_TRADE.search(named) or _NAMES_A_TRADE.search(named):
        return None
    told = sentences_of(text[:_LONGEST])
    seen = {kind: _seen(patterns, told) for kind, (_, patterns) in _WORK.items()}
    own = simple_kinds(declared)
    best = max(seen, key=lambda kind: (len(seen[kind]), kind))
    rivals = max((len(found) for kind, found in seen.items() if kind != best), default=0)
    if best in own or len(seen[best]) < _LEAST or len(seen[best]) <= rivals or any(map(leads_in, told)):
        return None
    return SecondOccupation(_WORK[best][0], ", ".join(as_written(one, text[:_LONGEST]) for one in seen[best]))


def _seen(patterns: tuple[re.Pattern[str], ...], told: tuple[str, ...]) -> list[str]:
    """The words of each thing that is done, once."""
    found = (next((hit.group() for sentence in told if (hit := one.search(sentence))), "") for one in patterns)
    return [words_ for words_ in found if words_]
