"""The contract of a row: France Travail's codes («typesContrats» of its reference data), else the words of the same fields."""

import itertools
import re
from typing import NamedTuple

from services.offers.domain.imports.fields import Fields
from services.offers.domain.imports.rows import MAX_LABEL, refuse
from shared.contracts.vocabulary import ContractKind, OpportunityKind, ReservedPublic
from shared.reference.initials import without_other_initials
from shared.reference.text import unaccented


class ContractRead(NamedTuple):
    """What a row proposes, by which contract, and to whom the law reserves such a contract."""

    kind: OpportunityKind
    contract: ContractKind
    reserved: tuple[ReservedPublic, ...] = ()


_EITHER = re.compile(r"\.? ?(?:ou|et|et ?/ ?ou|/|,|;|&|\+) ?(?:(?:un|en) )?(?:contrat )?(?:a )?(?:duree )?")
"""Between two contracts of which one is meant: «CDI ou CDD»."""
_CODES = {
    "CDI": ContractKind.CDI,
    "DIN": ContractKind.CDI,  # permanent contract of a temp agency
    "CDD": ContractKind.CDD,
    "DDT": ContractKind.CDD,  # «CDD tremplin» of an adapted company
    "MIS": ContractKind.TEMPORARY,
    "TTI": ContractKind.TEMPORARY,  # temp agency for insertion
    "SAI": ContractKind.SEASONAL,
    "DDI": ContractKind.CDDI,
    "LIB": ContractKind.SELF_EMPLOYED,
    "FRA": ContractKind.SELF_EMPLOYED,
    "CCE": ContractKind.SELF_EMPLOYED,
    "REP": ContractKind.SELF_EMPLOYED,
}
_CODE_WITH_TERM = re.compile(r"([a-z]{3})(?: \d{1,2} ?(?:m|mois|s|sem|semaines?|j|jours?|ans?)\b\.?)?")
"""«MIS», «MIS 3 M»: a program's code, beside how long."""
_POINTS = re.compile(r"(?<=\b\w)\.(?=\w\b|\s|$)")
"""Of letters that stand for words: «C.D.I.»."""
_IAE = frozenset({"DDI", "TTI"})
# «Contrat unique d'insertion», «contrat initiative emploi»: ordinary employers' contracts, aided but reserved to nobody by IAE.
_AIDED = re.compile(r"\bcontrats? uniques? d'? ?insertion\b")
# «CDI inclusion»: labour code L5132-5-1.
_IAE_WORDS = re.compile(r"\binsertion\b|\bcdd[ -]?i\b|\bs?iae\b|\baci\b|\bcdi (?:d'|de l')?inclusion\b")
_BRIDGE = re.compile(r"\btremplin\b")
_LEARNING = (
    (re.compile(r"\bprofessionnalisation\b|\bcontrat pro\b|^pro(?= [\d|]|$)"), ContractKind.PROFESSIONALISATION),
    (re.compile(r"\bapprenti\w*|\balternan\w+|^app(?= [\d|]|$)"), ContractKind.APPRENTICESHIP),
)
_EITHER_LEARNING = re.compile(r"\balternan\w+")
_WHICH_LEARNING = re.compile(r"\bapprenti\w*|\bprofessionnalisation\b|\bcontrat pro\b")
_UNPAID = (
    (re.compile(r"\bbenevol\w+|\bvolontariats?\b(?! territorial)|\bservice civique\b"), OpportunityKind.VOLUNTEERING),
    (re.compile(r"\bpmsmp\b|\bimmersions?\b"), OpportunityKind.IMMERSION),
    (re.compile(r"\bstages?\b|\bformations?\b"), OpportunityKind.TRAINING),
)
_UNPAID_CONTRACTS = {
    OpportunityKind.VOLUNTEERING: ContractKind.VOLUNTEERING,
    OpportunityKind.IMMERSION: ContractKind.IMMERSION,
    OpportunityKind.TRAINING: ContractKind.TRAINING,
}
# The first that is named counts: «CDD pouvant déboucher sur un CDI». A «CDI intérimaire» is a CDI (labour code L1251-58-1);
# vacations and extras are fixed terms (L1242-2).
_WORDS = (
    (re.compile(r"\bcdii?\b|\b(?:duree )?indeterminee?\b"), ContractKind.CDI),
    (re.compile(r"(?:\bcdd (?:(?:d[e']|d'une|pour la|a caractere|type) ?)?)?\bsaison(?:s|ni\w+)?\b"), ContractKind.SEASONAL),
    (
        re.compile(
            r"\binterim\w*|\btravail temporaire\b|\bctti?\b|\bett\b|^int(?= \d|$)"
            r"|\bcontrats? de missions?\b|^missions?(?=(?: (?:de )?\d.*)?$)"
        ),
        ContractKind.TEMPORARY,
    ),
    (
        re.compile(
            r"\bcdd\w*|\b(?:duree )?determinee?\b|\bvacat(?:ion|aire)\w*|\bextras?\b|\bcui\b|\bcae\b|\bpec\b"
            r"|\bcontrat unique\b|\bcontractuel\w*|\bcontrat de (?:droit public|projet)\b|\bremplacements?\b"
            r"|\b(?:emploi|poste) (?:temporaire|non permanent)\b|\baccroissement temporaire\b"
            r"|\bcontrats? d'usage\b|\bcontrat d'engagement educatif\b|\bcee\b|\b(?:contrats?|emplois?) (?:aides?|d'avenir)\b"
            r"|\badultes?[ -]relais\b|\bparcours emplois? competences\b|\baed\b|\bassistant d'education\b|\bvta\b|\btesa\b"
        ),
        ContractKind.CDD,
    ),
    (
        re.compile(r"\bindependant\w*|\bfreelance\b|\bfranchise\w*|\bliberale?\b|\b(?:auto|micro)[ -]?entrepr\w+"),
        ContractKind.SELF_EMPLOYED,
    ),
    # A post of the public service for who has its status, a household's way of paying, or a contract that the partner has no
    # word for: which one is asked.
    (
        re.compile(
            r"\bcesu\b|\bemploi service\b|\bparticuliers? employeurs?\b"
            r"|\bfonctionnaires?\b|\btitulaires?\b|\bstatutaires?\b|\b(?:emploi|poste) permanent\b|\bmutation\b"
            r"|\bdetachement\b|^autres?(?: \d.*)?$"
        ),
        ContractKind.OTHER,
    ),
)  # fmt: skip


def read_contract(given: Fields) -> ContractRead:
    """What a row's contract fields say.

    Raises:
        RowRefused: they name no contract, or one that nobody knows.
    """
    code, label, nature = _fields(given)
    label = _POINTS.sub("", unaccented(without_other_initials(label)))
    nature = _POINTS.sub("", unaccented(nature))
    code = _POINTS.sub("", code.upper())
    if not code and (coded := _CODE_WITH_TERM.fullmatch(label)) is not None and coded[1].upper() in _CODES:
        code = coded[1].upper()
    words = label if code in _CODES else f"{unaccented(code)} {label}".strip()
    said = _AIDED.sub("contrat unique", f"{words} | {nature}")
    if code not in _CODES:
        for pattern, unpaid in _UNPAID:
            if pattern.search(words):
                return ContractRead(unpaid, _UNPAID_CONTRACTS[unpaid])
    learning = next((kind for pattern, kind in _LEARNING if pattern.search(said)), None)
    if learning is None and given.flag("alternance"):
        learning = ContractKind.APPRENTICESHIP
    insertion = code in _IAE or _IAE_WORDS.search(said) is not None
    contract = _CODES.get(code) or _named(_AIDED.sub("contrat unique", words))
    if contract is None and insertion:
        contract = ContractKind.CDDI
    if contract is None and learning is None:
        if not words:
            raise refuse("typeContrat", "required", "Le type de contrat manque.")
        raise refuse("typeContrat", "unknown", f"Le type de contrat « {words[:40]} » n'est pas connu.")
    if insertion:
        allowed = (ContractKind.TEMPORARY, ContractKind.CDI)
        return ContractRead(
            OpportunityKind.IAE_POST, contract if contract in allowed else ContractKind.CDDI, (ReservedPublic.IAE,)
        )
    if learning is not None or contract is None:
        return ContractRead(OpportunityKind.APPRENTICESHIP, learning or ContractKind.APPRENTICESHIP)
    # Labour code L5213-13-1: the «CDD tremplin» is for disabled people without work or in danger of losing it.
    bridge = code == "DDT" or (contract is ContractKind.CDD and _BRIDGE.search(said) is not None)
    return ContractRead(OpportunityKind.JOB, contract, (ReservedPublic.DISABILITY,) if bridge else ())


def doubted_learning(given: Fields) -> str | None:
    """«Alternance», where nothing says which of its two contracts it is (labour code L6221-1, L6325-1): who may sign one of them
    is not who may sign the other.
    """
    code, label, nature = _fields(given)
    if _POINTS.sub("", code.upper()) in _CODES and not given.flag("alternance"):
        return None
    words = unaccented(f"{code} {label} | {nature}")
    if not _EITHER_LEARNING.search(words) and not given.flag("alternance"):
        return None
    named = _WHICH_LEARNING.search(words) or any(one.search(unaccented(code)) for one, _ in _UNPAID)
    return None if named else (label or code or "Alternance")


def doubted_contract(given: Fields) -> str | None:
    """The words of a row that leave open which of two contracts it is: one is taken, and whoever sent it is told."""
    code, label, _ = _fields(given)
    if _POINTS.sub("", code.upper()) in _CODES:
        return None
    for said in (code, label):
        words = _POINTS.sub("", unaccented(said))
        found = sorted(
            (match.start(), match.end(), kind)
            for pattern, kind in (*_LEARNING, *_WORDS)
            for match in pattern.finditer(words)
        )
        for (_, end, kind), (start, _, other) in itertools.pairwise(found):
            if kind is not other and end <= start and _EITHER.fullmatch(words[end:start]):
                return said
    return None


def _fields(given: Fields) -> tuple[str, str, str]:
    """Code, label and nature: no more than a label has is looked at, since one sign may stand for eighteen letters."""
    code = given.code("typeContrat")[:MAX_LABEL]
    return code, given.line("typeContratLibelle")[:MAX_LABEL], given.line("natureContrat")[:MAX_LABEL]


def names_contract(text: str) -> bool:
    """Whether a text, by itself, says a kind of contract."""
    words = _POINTS.sub("", unaccented(without_other_initials(text)))
    kinds = (*_LEARNING, *_UNPAID)
    return words.upper() in _CODES or _named(words) is not None or any(one.search(words) for one, _ in kinds)


def _named(words: str) -> ContractKind | None:
    found = [(match.start(), kind) for pattern, kind in _WORDS if (match := pattern.search(words))]
    return min(found, key=lambda one: one[0])[1] if found else None
