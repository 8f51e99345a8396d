"""When it is certain whom a condition is put on: nothing else is refused.

The readers and frames find conditions and say which of them are certain by their words. Here it is asked once more whether the
sentence leaves room for anybody else: who is served, who works there already, who employs, whom a law, a scheme or a part means,
what was once so, what somebody only asks or warns of. Where it does, somebody should look, and nothing is refused for it.
"""

# A pattern is read as one line: cutting it would hide what belongs together.
# ruff: noqa: E501
import re

from services.offers.domain.linter_clauses import Sentence
from services.offers.domain.linter_words import CIVIC, LAW, LIFTED, OBJECT, ROLES, SCHEMES, SERVED


def _any(*alternatives: str) -> re.Pattern[str]:
    """These as whole words. Asked of a few sentences only, so that no bits are kept for them (``linter_heads``)."""
    return re.compile(rf"(?<![a-z0-9])(?:{'|'.join(alternatives)})(?![a-z0-9])")


_NOT_ASKED = _any(
    r"personne ne (?:vous|te|nous|leur|lui)", r"personne n'", r"(?:ne|n') (?:(?:vous|te|leur|lui|nous) )?(?:sera|seront|est|sont) (?:jamais |pas )?(?:demandee?s?|exigee?s?|posee?s?|pris\w* en compte|etudiee?s? a part)", r"(?:ne|n') (?:(?:vous|te|leur|lui|nous) )?(?:demand\w+|pos(?:e|ons|era|erons|erait)|interrog\w+|regard\w+) (?:pas|jamais|rien|aucun\w*|ni)",
    r"(?:on|certains|beaucoup) (?:nous |me )?(?:demande|demandent|croit|croient|pense|pensent|dit|disent)", r"prejuges?", r"cliches?", r"stereotypes?", r"idees? recues?", r"mefi\w+", r"arnaques?", r"escroquer\w+", r"frauduleu\w+",
)  # fmt: skip
"""What nobody asks, what others ask, and what somebody warns of."""
_OF_OTHERS = _any(
    LAW.pattern, CIVIC.pattern, SCHEMES.pattern, ROLES.pattern,
    r"gardien(?:ne)?s? de la paix", r"sapeurs?", r"pompiers?", r"adultes? (?:- )?relais", r"dispositifs?", r"agrements?", r"ou (?:non|pas)", r"encourag\w+",
    # The stage: a part is of one sex, age or colour (labour code L1133-1, R1142-1).
    r"castings?", r"distribution", r"tournages?", r"films?", r"metrages?", r"clips?", r"cachets?", r"publicitaires?", r"personnages?", r"doublages?", r"spectacles?", r"danseu\w+", r"chanteu\w+", r"theatre", r"scene", r"d' apparence",
    # What was so, and is told.
    r"autrefois", r"jadis", r"naguere", r"longtemps", r"du passe", r"a l' epoque", r"j'", r"m'", r"fut", r"furent", r"avait", r"avaient", r"etait", r"etaient", r"(?:a|ai|as|avons|ont) (?:\w+ )?ete", r"(?:avons|ai|as|a|ont) (?:toujours |longtemps |souvent |deja |surtout |d' abord )?(?:recrute|embauche|engage|accueilli|employe|refuse|forme)(?:e|s|es)?",
    r"[«\"] [^«»\"]* [»\"]",
)  # fmt: skip
"""What stands beside it is not said of whoever applies, or not by who employs."""

_QUARTERS = _any(r"qpv", r"zrr")
_SHUT_OUT = re.compile(
    r" (?:\w+ )?(?:s' abstenir|abstenez|exclue?s?|refuse\w*|inutile|passe[rz]|ne (?:seront|sera) (?:pas|plus)) "
)
"""Where people live a scheme may be for, and nobody may be shut out for it."""

_THEM = _any(
    SERVED.pattern, OBJECT.pattern,
    r"(?:le|la|l'|les|nos|notre|vos|votre|mon|ma|deux) (?:ancien\w* )?(?:gerant|patron|chef|directeur|directrice|predecesseur|fondateur|fondatrice|proprietaire|dirigeant|associe|titulaire|collegue|voisin)(?:s|e|es|ne|nes|fe)?", r"(?:salarie|collaborateur|collaboratrice|collegue|employe|adherent|licencie|membre)e?s", r"(?:mon|ma|notre) (?:mari|epoux|epouse|femme|mere|pere|fils|fille|medecin)",
    r"equipes?", r"menages?", r"habitants?", r"residences?", r"populations?", r"territoire", r"je", r"j'", r"nous (?:sommes|avons|livrons|desservons|intervenons|accueillons|servons)", r"moyenne", r"(?:livr|dess?erv|visit|interven|intervien|deplac|tourn)\w+",
)  # fmt: skip
"""Who is served, employs, works there already, and what work is done with."""
_WHOEVER = _any(
    r"vous", r"vos", r"votre", r"tu", r"soyez", r"candidat\w*", r"profils?", r"postul\w*", r"quelqu' un", r"recrues?", r"futur \w+", r"future \w+", r"prochaine? \w+", r"(?:re)?cherch\w+", r"recrut\w+", r"embauch\w+", r"prenons", r"engageons", r"voul\w+", r"veut", r"veux", r"souhait\w+", r"prefer\w+",
    r"aim\w+", r"conseill\w+", r"exig\w+", r"attend\w+", r"demand\w+", r"poste", r"emplois?", r"metier", r"travail", r"place", r"offre",
)  # fmt: skip
"""Who is hired, and the words of hiring."""
_SUBJECT = re.compile(
    r"^ (?:- )?(?:nos|notre|les|le|la|l'|leurs?|ces|cet|cette|ce|ses|son|sa|chaque|mon|ma|mes) (?!postes? |emplois? |opportunites? |offres? |places? |missions? |candidat|profils? |personnes? |travail |metier |recrutement |autres |seule?s? |titulaires? |contrats? )\S+ "
)
"""Somebody or something else of whom the sentence says it: «nos lecteurs ont plus de 55 ans»."""
_WORK_WITH = re.compile(
    r" (?:vous|tu) (?!avez|aurez|etes|serez|dev[er]|habit|resid|viv|log|demeur|postul|candidat|precis|indiqu|joi|souhait|envisag|possed|dispos|parl|maitris|justifi|faites|port|mesur|pes|joui|present|souffr|pren|partag|appart|croy|milit|frequent|vers|pay|regl|achet|adher|vot|fum|buv|ne |n' )\w+(?:ez|es) (?:(?:bien|aussi|egalement|chaque \w+) )?(?:les?|la|l'|des|leurs?|une?|aux?|du|avec|pour|sur|ces|nos) "
)
"""What whoever applies will do: «vous collectez les certificats de nationalité»."""
_JOB_NAMES = re.compile(
    r"(?<= )(?:(?:hote|hotesse|agente?|chargee?|receptionniste) d' accueil|aides? a domicile|gardes? d' enfants?|auxiliaires? de (?:vie|puericulture)|aides? (?:soignante?s?|menageres?)|femmes? de (?:menage|chambre)|aides? aux? \w+|(?:animat|educat|surveill|accompagn|encadr|format)(?:eur|rice|ant|ante|euse)s?)(?= )"
)
"""They have the words of who is served, and are nobody's but whoever's who applies."""
_LEFT_OUT_BEFORE = re.compile(
    r" (?:pas|plus|jamais|aucune?|ni|non|refus(?:e|ons)|exclu(?:s|t|ons|ent)?)(?: (?:d'|de|des|un|une|seule?|du|les|la|l'))*(?: (?:beneficiaires?|allocataires?) (?:du|de l'|de la|des)| \w+)? $| nous n' accueillons (?:ici )?que (?:des|les) $"
)
_SAID_RIGHT_AFTER = re.compile(
    r" (?:(?:[,:-]|et|ou|\w+) ){0,3}?(?:s' abstenir|abstenez|exclue?s?|refuse\w*|inutile|non|interdit\w*|redhibitoire\w*|eliminatoire\w*|passe[rz]|exige\w*|obligatoire\w*|imperati\w*|requis\w*|souhaite\w*|appreciee?s?|privilegie\w*|de preference|uniquement|exclusivement|seulement|demandee?s?|indispensables?|ne (?:seront|sera|sont|convien\w+|correspond\w+|nous \w+) (?:pas|plus)|ne postulez) "
)
"""Right beside the words it is said of them, whoever else the sentence names."""
_KEPT_FOR = re.compile(
    r" (?P<what>(?:\S+ ){0,9})(?:(?:est|sont|reste|restent) )?(?:(?:strictement|formellement|exclusivement|uniquement) )?(?:reserve|interdit|dedie|destine|accorde|propose|ouvert|accessible)(?:e|s|es)? (?:\w+ )?(?:a|aux?)(?: (?:des|les|l'|la|le|une?))?(?: \S+){0,5} $"
)
_WORK = _any(
    r"postes?", r"emplois?", r"offres?", r"places?", r"missions?", r"travail", r"metiers?", r"contrats?", r"recrutements?", r"candidatures?", r"annonces?", r"jobs?", r"opportunites?", r"cdi", r"cdd", r"recherch\w+", r"profils?",
)  # fmt: skip
"""What is kept for who is hired; anything else may be kept for who is served: «entrée interdite aux moins de 16 ans»."""


def certain(s: Sentence, criterion: str, start: int, end: int) -> bool:
    """Whether what stands there can be a condition on nobody but whoever applies."""
    if _NOT_ASKED.search(s.text):
        return False
    if criterion == "payment_asked":
        return True  # who pays is in the words themselves
    if s.asked or s.says(LIFTED) or _OF_OTHERS.search(s.text):
        return False
    if _QUARTERS.search(s.text) and not _SHUT_OUT.match(s.text[end:]):
        return False
    if s.text.endswith(":", start, end):
        return True  # a form, which asks it of whoever fills it in
    before = s.text[:start]
    kept = _KEPT_FOR.search(before)
    if kept is not None and kept["what"].strip() and _WORK.search(kept["what"]) is None:
        return False
    if _LEFT_OUT_BEFORE.search(before) or _SAID_RIGHT_AFTER.match(s.text[end:]):
        return True
    named = _JOB_NAMES.sub("poste", before)
    them, whoever = _last(_THEM, named), _last(_WHOEVER, named)
    if whoever < 0 and _SUBJECT.match(named):
        return False
    work = _WORK_WITH.search(named)
    if work is not None and whoever <= work.start() + 1:
        return False
    return them < 0 or them < whoever


def _last(pattern: re.Pattern[str], text: str) -> int:
    """Where the last such word begins; -1 without one."""
    at = -1
    for match in pattern.finditer(text):
        at = match.start()
    return at
