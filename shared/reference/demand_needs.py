"""Needs that an offer's text names outright: nights, week-ends, a vehicle of one's own, work on one's own account.

The words for them are everywhere in offers (a shop open on Sunday, a company car, clients who are self-employed); only
what says when, with what or under which status *whoever applies* works is a need.
"""

# A pattern is read as one line: cutting it would hide what belongs together.
# ruff: noqa: E501
import re

from shared.reference.addressed import Whom, asked, whom, words

_NIGHT = r"(?:de |la |les |des |en |du |une )?nuits?(?! (?:d'hotel|americaine))"
_WORK = r"(?:travail(?:l\w+)?|postes?|horaires?|planning|vacations?|roulements?|prises? de (?:poste|service)|emplois?|mission|contrat|astreintes?|rythme|disponib\w+)"
_BY_NIGHT = words(
    rf"{_WORK} (?:\w+'? ){{0,2}}?{_NIGHT}|{_WORK} ?:? ?(?:en )?[345] ?[x*] ?8|(?:en|horaires?|rythme|postes?) (?:equipes? |d'equipes? )?[345] ?[x*] ?8|(?:en|au sein de l'|rejoin\w+ l'|integr\w+ l'|pour notre |assur\w+ des |effectu\w+ des )(?: ?(?:equipe|garde)s?(?: fixe)? de)? ?nuits?|nuits? (?:fixes?|travaillees?)|(?:veilleu(?:r|se)s?|agents?|surveillante?s?) de nuit"
)
_TITLE_NIGHT = words(r"nuits?|[345] ?[x*] ?8")
_NO_NIGHT = words(
    r"(?:boite|bar|club|table|linge|vetements?|creme|chemise|oiseaux?|mode|vie) de nuit|jours?[^,.]{0,14} ou (?:de |la )?nuit|nuits? (?:ou|/) (?:de |le )?(?:jour|matin|journee)|(?:jour|matin) ?/ ?nuit"
)
_DAYS = r"(?:week ?-? ?ends?|samedis?|dimanches?)"
_WEEKEND = words(
    rf"{_WORK} (?:[\w/'-]+ ?:? ){{0,5}}?(?:le |les |des |du |un |en |chaque |1 |et |y compris )?{_DAYS}|\d ?h(?: ?\d\d)?,? (?:le |les |et )*{_DAYS}|{_DAYS} ?:? ?\(?(?:de )?\d\d? ?h|(?:1|un|deux|2|3|trois|une?) (?:{_DAYS}|we) (?:sur (?:2|deux|3|trois|4|quatre)|par mois)|{_DAYS} travailles?|(?:du|de) (?:lundi|mardi|mercredi|jeudi|vendredi) (?:au|a) (?:samedi|dimanche)"
)
_FREE = words(
    r"pas|sans|ni|aucun\w*|hors|jamais|non|libres?|repos|off|conges?|sauf|fermee?s?|exceptionnel\w*|ponctuel\w*|parfois|occasionnel\w*|eventuel\w*|possible|possibilite\w*|majore\w*|prime\w*|panier|selon|si"
)
"""Beside nights and week-ends: they are somebody's rest, not the rule, or what is paid for them."""
_OPENING_HOURS = words(
    r"ouvert\w*|ouvre\w*|ouvertures?|accueil du public|marches?|clients?|clientes?|clientele|livr\w+|residents?|patients?|usagers?|enfants?|evenements?|brunch|brocantes?|relai\w*|transmi\w+|transmett\w+|collegues?|passage|urgences?|maintenance de"
)
"""Whose nights and week-ends they are when it is not those of who works."""
_WORKS = words(
    r"vous (?:etes amene a |devez |serez amene a |allez )?(?:travail\w+|assur\w+|effectu\w+|intervien\w+)|travail"
)
_OPENS = words(r"ouvert\w*|ouvre\w*|ouvertures?")
_BREAK = re.compile(r"[,;(]")

_VEHICLE_ASKED = words(
    r"(?:etes|etre|soyez|candidat\w*|personnes?|profil)(?: imperativement| obligatoirement)? vehiculee?s?|vehiculee?s?(?= (?:obligatoire|imperati|exige|indispensable))|vehicule (?:personnel |propre |leger )?(?:est |etant )?(?:exige|obligatoire|indispensable|necessaire|requis|imperatif)\w*|moyen de locomotion (?:\w+ )?(?:exige|obligatoire|indispensable|necessaire|requis)\w*"
)
_VEHICLE_NAMED = words(
    r"permis (?:b )?(?:et|\+|/|&|avec) ?(?:un )?(?:vehicule|voiture)\w*(?: personnel\w*)?|(?:vehicule|voiture) (?:personnel|propre)\w*|^vehiculee?s?$|vehiculee"
)
_SUPPLIED = words(
    r"(?:vehicule|voiture|vl|camionnette|utilitaire)s?(?: \w+){0,3} (?:fournie?s?|mise?s? a|pretee?s?|attribuee?s?)|(?:vehicule|voiture)s? d(?:e|u|')(?: ?l')? ?(?:service|fonction|societe|entreprise|structure|employeur|association)|(?:fourni|mis a disposition|mettons a (?:votre )?disposition|dispos\w+)[^.]{0,20}(?:vehicule|voiture) (?:de|du)"
)
"""A vehicle that the employer gives: whatever else the text says of vehicles is then no need of one's own."""
_CONDITION = words(
    r"si|en cas|indemnit\w+|defray\w+|rembours\w+|frais|parking|assurance\w*|mecani\w+|entretien|nettoy\w+|lav(?:er|age)|repar\w+|vente"
)

_OWN_ACCOUNT = words(
    r"(?:statut|sous statut|sous le statut|en tant qu'|en qualite d'|en|comme)(?: \w+)? ?(?:d'|de |: ?)?(?:auto|micro)[ -]?entrepr\w+|statut (?:d')?(?:independante?s?|agent commercial|vdi|mandataire|liberal)|(?:activite|exercice) (?:en )?independante?|mandataires? independante?s?|agents? commercia(?:l|ux) independante?s?|contrat (?:de franchise|d'agent commercial|vdi|de mandataire)|(?:devenir|creer|lancer|developper|devenez|creez|lancez|developpez) (?:votre|ta|sa) propre (?:activite|entreprise|agence|affaire)|votre propre (?:patron|agence)|apport personnel|travail(?:ler|lez) en independante?"
)
_TITLE_OWN_ACCOUNT = words(
    r"(?:auto|micro)[ -]?entrepr\w+|independante?s?|mandataires? immobili\w+|franchisee?s?|en franchise|vdi|agents? commercia(?:l|ux)"
)
_EMPLOYED_TOO = words(
    r"(?:ou|et|/) (?:en )?(?:salarie\w*|cdi|cdd)|salarie\w* (?:ou|/)|cdi (?:ou|/)|s'abstenir|pas d\w*|non|accepte\w*|possible|aussi bien"
)


def night_in(sentence: str, *, title: bool = False) -> bool:
    """Whether the work is said to be by night."""
    if title:
        return bool(_TITLE_NIGHT.search(sentence)) and not _NO_NIGHT.search(sentence)
    return _when(_BY_NIGHT, sentence) and not _NO_NIGHT.search(sentence)


def weekend_in(sentence: str) -> bool:
    """Whether the work is said to be on Saturdays or Sundays."""
    return _when(_WEEKEND, sentence)


def _when(pattern: re.Pattern[str], sentence: str) -> bool:
    found = pattern.search(sentence)
    if found is None or _FREE.search(sentence):
        return False
    clause = _BREAK.split(sentence[: found.end()])[-1]
    if _WORKS.search(clause):
        return not _OPENS.search(clause)
    return whom(sentence[: found.start()]) is not Whom.OTHER and not _OPENING_HOURS.search(clause)


def own_vehicle_in(sentence: str) -> bool:
    """Whether a vehicle of one's own is needed."""
    if _CONDITION.search(sentence):
        return False
    found = _VEHICLE_ASKED.search(sentence)
    if found is not None:
        return whom(sentence[: found.start()]) is not Whom.OTHER
    named = _VEHICLE_NAMED.search(sentence)
    return named is not None and asked(sentence, *named.span())


def supplies_vehicle(text: str) -> bool:
    """Whether the employer gives a vehicle, by a whole folded text."""
    return bool(_SUPPLIED.search(text))


def own_account_in(sentence: str, *, title: bool = False) -> bool:
    """Whether the work is on one's own account: no employer, or money of one's own."""
    if _EMPLOYED_TOO.search(sentence):
        return False
    if title:
        found = _TITLE_OWN_ACCOUNT.search(sentence)
        return found is not None and whom(sentence[: found.start()]) is not Whom.OTHER
    found = _OWN_ACCOUNT.search(sentence)
    return found is not None and whom(sentence[: found.start()]) is not Whom.OTHER
