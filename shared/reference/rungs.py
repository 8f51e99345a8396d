"""How much responsibility a job title or a text names: does the work, leads those who do, runs the whole."""

# A pattern is read as one line: cutting it would hide what belongs together.
# ruff: noqa: E501
import re

from shared.reference.addressed import words
from shared.reference.text import unaccented

WORKER, LEADER, HEAD = 0, 1, 2
_LONGEST_TITLE = 300

_HEAD = words(
    r"(?:co-?)?direct(?:eur|rice)s?|dirigeante?s?|gerante?s?|chef(?:fe)?s? d'?(?:etablissement|entreprise|exploitation)|chef(?:fe)?s? de (?:service|etablissement|site|departement)|responsables? (?:de |d')?(?:la |l')?(?:site|agence|magasin|etablissement|exploitation|usine|departement|region\w*|reseau|business|point de vente|restaurant|structure|pole)|cadres? (?:de sante|superieure?s?|dirigeante?s?)|drh|daf|(?:store|general|area|country) manager|maire|secretaires? general\w*"
)
_LEADER = words(
    r"chef(?:fe)?s?|sous-?chef(?:fe)?s?|cheffes?|responsables?|managers?|manageu(?:r|se)s?|seconde?s? de cuisine|adjointe?s? (?:au |a la |de |du |d')(?:l')?(?:direct\w*|responsable|chef|manager|magasin|restaurant|gerante?|production)|coordinat(?:eur|rice)s?|coordonnat(?:eur|rice)s?|coordinateurs?|superviseu(?:r|se)s?|encadrante?s?|contremaitres?(?:se)?|agents? de maitrise|team ?-?leaders?|leaders?|gouvernante? generale?|maitres? d'hotel|conduct(?:eur|rice)s? de travaux|animat(?:eur|rice)s? d'equipes?|premiere?s? de (?:cuisine|rang|magasin)"
)
_BOTH_FORMS = re.compile(r"\b(\w{3,}) ?/ ?(?=\w{4})\w+(?: |$)")
"""«Chef / Cheffe de rang», «Directeur/Directrice»: read by the first."""
# What holds one of those words and leads nobody.
_NOT_LEADER = words(
    r"chef(?:fe)?s? de (?:rang|bord|cabine|partie|produits?|projets?|pub\w*|salle de bains?)|demi-?chef(?:fe)?s? de \w+|(?:eco|ecologiquement|socialement)[ -]?responsables?|responsables? de (?:clientele|secteur|caisse|comptes?|dossiers?|portefeuille|(?:la )?paie)|coordinat(?:eur|rice)s? de parcours"
)
# Who works for the one that is named behind them.
_HELPS = words(
    r"assistante?s?|secretaires?|aides?|aupres|employee?s?|commis|apprentie?s?|stagiaires?|adjointe?s? (?:administrati|technique|d'animation)\w*|attachee?s?|sous la responsabilite"
)
_DEPUTY = words(r"adjointe?s?|second|seconde|assistante? manager|assistant manager|sous")
_TEAM = r"(?: petite)? ?(?:equipes?|collaborat\w+|salaries|agents|personnel)"
_LEADS = words(
    rf"vous (?:managez|encadrez|animez|dirigez|superviserez|encadrerez|managerez|animerez|dirigerez|pilotez|supervisez)(?: (?:et|,)? ?\w+(?:ez|er))? (?:une|votre|vos|l'|les|d'une|des|son|ses){_TEAM}|(?:manager|encadrer|animer et encadrer|encadrer et animer|animer et manager|superviser|diriger) (?:une|votre|l'|les|des|son|vos|ses){_TEAM}|management (?:d'une equipe|d'equipe|de l'equipe|des equipes|d'une dizaine)|encadrement (?:d'une equipe|de l'equipe|des equipes|d'equipe|du personnel)|capacite (?:de|a) manager"
)
_NO_STAFF = words(
    r"(?:benevole|volontaire|enfant|jeune|eleve|etudiant|resident|stagiaire|apprenti|apprenant|joueur|sportif|participant|habitant|usager|travailleur|salaries? en insertion|personnes? en insertion|robot|machine)\w*"
)
"""Who is led without being anybody's staff: volunteers, children, people who are served."""


def rung_of(title: str) -> int:
    """The rung of responsibility that a job title names."""
    folded = _BOTH_FORMS.sub(r"\1 ", unaccented(title[:_LONGEST_TITLE]).replace("’", "'"))
    folded = _NOT_LEADER.sub(" ", folded)
    head, leader = _HEAD.search(folded), _LEADER.search(folded)
    first = head or leader
    if first is None:
        return WORKER
    before = folded[: first.start()]
    if _HELPS.search(before) and not re.search(r"[/(,|-]\s*$", before):
        # «Assistant manager» leads with the manager; a manager's secretary leads nobody.
        return LEADER if leader is not None and "manager" in leader.group() and "assistant" in before else WORKER
    if head is not None:
        return LEADER if _DEPUTY.search(folded) else HEAD
    return LEADER


_OTHER_LEADS = re.compile(
    r"\b(?:assist\w+|aid\w+|second\w+|epaul\w+|appu\w+|soutien\w*|aupres|sous|(?:le|la|un|une|votre|notre) (?:responsable|chef\w*|manager|direct\w+|gerante?)|qui|par)(?: [\w'-]+){0,4} ?$"
)
"""Right before: it is somebody else who leads."""


def leads_in(sentence: str) -> str:
    """The words by which a sentence of the text gives whoever applies people to lead; empty where it does not."""
    for found in _LEADS.finditer(sentence):
        behind = sentence[found.end() : found.end() + 40]
        if not _OTHER_LEADS.search(sentence[: found.start()]) and not _NO_STAFF.search(behind):
            return found.group()
    return ""
