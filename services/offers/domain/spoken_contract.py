"""The contract that a text names as this offer's own, among all those of which offers speak."""

# A pattern is read as one line: cutting it would hide what belongs together.
# ruff: noqa: E501
import re

from services.offers.domain.linter_clauses import Sentence
from services.offers.domain.linter_heads import Words, any_of
from services.offers.domain.spoken_items import SEVERAL, contract_in
from shared.contracts.vocabulary import ContractKind
from shared.reference.initials import without_other_initials

_OF_A_YEAR = r"(?:d' ?ete|d' ?hiver|d' ?automne|estivale|hivernale|touristique|thermale|20\d\d|de (?:janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre)|d' (?:avril|aout|octobre)|du \d\d?(?= ))"
CONTRACTS: tuple[tuple[Words, frozenset[ContractKind], str], ...] = (
    (Words(r"alternan(?:ce|te?)s?|apprenti(?:e|s|es|ssage)?|professionnalisation|contrat pro"), frozenset({ContractKind.APPRENTICESHIP, ContractKind.PROFESSIONALISATION}), "une alternance"),
    (Words(r"stage|(?<!de )(?<!des )stages|stagiaires?"), frozenset({ContractKind.IMMERSION, ContractKind.TRAINING}), "un stage"),
    (Words(r"cddi|contrat d' insertion"), frozenset({ContractKind.CDDI}), "un contrat d'insertion"),
    (Words(r"saisonni(?:er|ere|ers|eres)", rf"saison {_OF_A_YEAR}", r"contrat (?:de )?(?:vendanges?|moissons?|recoltes?)"), frozenset({ContractKind.SEASONAL, ContractKind.CDD, ContractKind.TEMPORARY}), "un contrat saisonnier"),
    (Words("cdi", "contrat a duree indeterminee"), frozenset({ContractKind.CDI}), "un CDI"),
    (Words("cdd", "contrat a duree determinee", "vacataires?", r"contractuel(?:le)?s?", "pec", r"cui(?: - (?:cae|cie))?", "contrat (?:de projet|aide|cui|cae|pec)"), frozenset({ContractKind.CDD, ContractKind.CDDI, ContractKind.SEASONAL}), "un CDD"),
    (Words(r"interim|interimaires?"), frozenset({ContractKind.TEMPORARY}), "de l'intérim"),
    (Words(r"(?:mission|poste|contrat|statut|en) (?:en |d' ?|de )?(?:freelance|auto ?-? ?entrepreneur|micro ?-? ?entrepreneur|independante?)", r"statut (?:de )?libera(?:l|le)", "freelance"), frozenset({ContractKind.SELF_EMPLOYED}), "un travail indépendant"),
)  # fmt: skip
NAMED_OUTRIGHT: dict[str, ContractKind] = {
    "un contrat d'insertion": ContractKind.CDDI,
    "un contrat saisonnier": ContractKind.SEASONAL,
    "un CDI": ContractKind.CDI,
    "un CDD": ContractKind.CDD,
    "de l'intérim": ContractKind.TEMPORARY,
    "un travail indépendant": ContractKind.SELF_EMPLOYED,
}
"""«Une alternance» and «un stage» may be one of several contracts: which, the author says."""
CONTRACT = any_of(*(named for named, _, _ in CONTRACTS))
_NAMED_CONTRACT = re.compile(r" (?:type de |nature du )?contrat(?: propose)? ?[:-] (?P<named>(?:\S+ ){1,5})")
_BEGINS = re.compile(
    r"^ (?P<named>(?:contrat |poste en |poste |emploi en |emploi |job |en )?(?:cdi|cdd|cddi|saisonnier|interim|d' insertion)) (?=(?:a |en )?temps|apres |avec |du (?:1|1er|\d\d?) |a \d\d % |d' (?:avril|octobre|aout) |jusqu'|\( ?remplac|renouvelable |pouvant |susceptible |: \d|a (?:pourvoir|partir)|de (?:remplacement|renfort|\d|un|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre)|d' avril|d' octobre|d' aout|\d|des |pour |,|$)"
)
"""A sentence of nothing but its contract: «CDI à temps plein à pourvoir»."""
_IN_FULL = re.compile(
    r" (?P<named>contrat (?:a duree (?:in)?determinee|saisonnier|d' insertion|d' apprentissage|de (?:professionnalisation|projet)|cui|cae|pec)|(?<!contrat )mission d' interim|(?:mission|statut) (?:en |d' ?|de )?(?:freelance|auto - entrepreneur|micro - entrepreneur|independante?|liberale?)(?= (?:$|[,;.]|exige|requis|obligatoire))) "
    r"|^ (?P<alone>(?:agent |poste de |recrutement d' un )?(?:vacataire|contractuel(?:le)?|pec|cui|cddi))(?: - c(?:ae|ie))? (?=[,(:]|en |a |de |pour |sur |categorie|\d|$)"
)
"""A contract by its whole name, of which an offer seldom speaks but of its own; words of the public service that open a sentence."""
_A_SEASON = re.compile(
    rf"^ (?:la |pour la )?(?P<alone>saison {_OF_A_YEAR})"
    rf"| (?:recrut\w+|recherch\w+|cherch\w+|embauch\w+|postes?|contrat|emplois?|jobs?|cdd|renforts?) (?:\S+ ){{0,6}}?(?:pour|de) (?:la|notre) (?P<named>saison {_OF_A_YEAR})"
    r"| (?P<harvest>contrat (?:de )?(?:vendanges?|moissons?|recoltes?)) "
)
"""A season that is the work's own: it opens the sentence, or somebody is looked for."""
_OF_OTHER_CONTRACTS = re.compile(
    r" (?:les|des|vos|leurs?|gere\w*|gerez|gestion|redig\w+|etabl\w+|elabor\w+|suivi|vers|debouch\w+|evolu\w+|possib\w+|transform\w+|renouvel\w+|puis|apres|ou|avant|d' un)(?: \S+){0,4} $"
)
_EITHER = re.compile(r" (?:ou|/|puis|evolu\w+|debouch\w+|possib\w+) ")


def titled(s: Sentence) -> str:
    """A title without the letters of a school's documentation centre or of a body's name."""
    return without_other_initials(s.text) if " cdi " in s.text else s.text


def outright(s: Sentence) -> str:
    """Where the sentence names its contract as such: «contrat : CDD de 6 mois»; other mentions say little of this offer."""
    if " cdi " in s.text and " cdi " not in titled(s):
        return ""
    if (full := _IN_FULL.search(s.text)) and not _OF_OTHER_CONTRACTS.search(s.before(full.start(), 6)):
        return full["named"] or full["alone"]
    if season := _A_SEASON.search(s.text):
        return f" {season['alone'] or season['named'] or season['harvest']} "
    match = _BEGINS.match(s.text) or (_NAMED_CONTRACT.search(s.text) if " contrat " in s.text else None)
    if SEVERAL.search(s.text):
        return ""
    if match is not None:
        return match["named"] if not _EITHER.search(match["named"]) else ""
    return contract_in(s)
