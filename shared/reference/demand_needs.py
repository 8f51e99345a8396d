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
_TITLE_NIGHT = words(
    r"nuits?(?! (?:d' ?hotels?|americaines?))|nocturnes?|[345] ?[x*] ?8|veilleu(?:r|se)s?(?! (?:de jour|strategi|techno|social|scientifi|documentaire|juridique|sanitaire|economique|concurrentiel)\w*)"
)
"""In a title nights are named without a word before them: «IDE nuit», «Agent de sécurité - nuit»; a watchman's are his trade."""
DENIED = re.compile(
    r"(?<![a-z0-9])(?:pas|sans|ni|aucune?|hors|jamais|non|hormis|sauf)(?: (?:de|d'|le|la|les|du|travail|travailler|poste|en|sur|gardes?|astreintes?|permanences?|services?|vacations?|equipes?|forcement|necessairement|besoin))* $"
)
"""Before what a text names of times: it is not so."""
THINGS_OF_NIGHT = words(
    r"(?:boite|bar|club|table|linge|vetement|creme|chemise|oiseau|mode|vie|lampe|tenue|soin|equipement)[sx]? de nuit"
)
"""In a title: what is sold, cleaned or made, or whose night life it is."""
_NO_NIGHT = words(
    rf"{THINGS_OF_NIGHT.pattern}|jours?[^,.]{{0,14}} ou (?:de |la )?nuit|nuits? (?:ou|/) (?:de |le )?(?:jour|matin|journee)|(?:jour|matin) ?/ ?nuit"
)
_BUT_BY_DAY = re.compile(
    r"[35] ?[x*] ?8[^.;]*?[,;]? ?(?:(?:mais|or|toutefois|cependant|alors que)(?: \w+){1,4}?|, ?(?:ce )?poste) (?:en|de|du) (?:jour|journee)(?![a-z])"
)
"""«Usine en 3x8 mais poste en journée»."""
_BY_OTHERS = words(
    r"nuits? (?:est |sont |etant |sera |seront )?(?:assure|effectue|fait|tenu|couvert|pri|gere|confie|realise)\w*(?: en charge)? (?:par|a|aux?)(?! (?:vous|vos|toi|le titulaire|la titulaire)(?![a-z]))"
)
"""«Le service de nuit est assuré par un collègue»."""
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


def but_by_day(sentence: str) -> bool:
    """Whether others work in shifts and whoever applies by day."""
    return _BUT_BY_DAY.search(sentence) is not None


def night_in(sentence: str, *, title: bool = False) -> bool:
    """Whether the work is said to be by night, and not by day as one likes."""
    if _NO_NIGHT.search(sentence) or but_by_day(sentence):
        return False
    return (
        night_in_title(sentence) is not None
        if title
        else _when(_BY_NIGHT, sentence) and not _BY_OTHERS.search(sentence)
    )


def night_in_title(title: str) -> re.Match[str] | None:
    """Where a folded title names nights that are worked, be it beside days; None: nowhere."""
    if THINGS_OF_NIGHT.search(title):
        return None
    return next((one for one in _TITLE_NIGHT.finditer(title) if not DENIED.search(title[: one.start()])), None)


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


_RANGE = re.compile(
    r"(?<![\d,.])(?P<from>[01]?\d|2[0-4]) ?h ?(?P<fm>[0-5]\d)? ?(?:a|-|–|/|>|->|jusqu'a|et) ?(?P<to>[01]?\d|2[0-4]) ?h ?(?P<tm>[0-5]\d)?(?![\d])"
)
_BEGINS = re.compile(
    r"(?:prises? de (?:poste|service)|embauche|debut(?:e|ez|s)?(?: (?:de poste|du travail|de journee|de service))?|commenc\w+|demarr\w+)(?: (?:le matin|possible|prevue?|tot))? ?:? ?(?:a|des|a partir de|vers|entre)? ?(?P<from>0?\d|1\d) ?h(?!eures? (?:par|/)| ?(?:par|/) ?(?:semaine|mois|jour)| ?hebdo)"
)
_ENDS = re.compile(
    r"(?:fins? de (?:poste|service|journee|vacation)|debauche|termin\w+|jusqu'a|jusque)(?: \w+)? ?:? ?(?:a|vers)? ?(?P<to>[01]?\d|2[0-4]) ?h ?(?P<tm>[0-5]\d)?"
)
_OF_WORK = words(
    r"horaires?|postes?|travail\w*|planning|vacations?|equipes?|prises? de|embauche|service|(?:du )?lundi|(?:[23] ?[x*] ?8)|journee|matin|apres-?midi|rythme|semaine"
)
_TURNS = words(
    r"[23] ?[x*] ?8|equipes? (?:alternan\w+|successives?|tournantes?)|alternan\w+|en equipes?|une semaine sur deux|roulements?"
)
_BUT_YOU = words(r"(?:mais|or|alors que|tandis que|cependant|toutefois),? (?:pour )?vous")
"""«La traite commence à 6 h mais vous êtes attendu à 8 h 30»: what stands before are not the hours of whoever applies."""
_TEAMS = words(r"(?:en |horaires? |rythme |equipes? |postes? )?[23] ?[x*] ?8")
_EARLY_WORDS = words(
    rf"{_WORK} (?:[\w']+ ){{0,3}}?tot le matin|tot le matin(?= (?:et|ou) |$)|(?:horaires?|travail) (?:tres )?matina(?:l|ux)"
)
_LATE_WORDS = words(
    rf"{_WORK} (?:[\w'/]+ ){{0,3}}?(?:en soiree|le soir|du soir|de soiree)|services? (?:du |le )?(?:midi et (?:du )?)?soirs?"
)
_MAY_BE = words(
    r"amplitude\w*|selon|entre|possib\w*|si|souhait\w+|au choix|adapt\w+|flexib\w+|libres?|permanence|telephon\w+|joign\w+|candidat\w+|appel\w*|contact\w*|rdv|rendez-vous|entretiens?|recrutement|reunions?|sessions?|job dating|forum|nuit fixe"
)
_EARLY_BEFORE, _LATE_AFTER = 7 * 60, 19 * 60
"""Minutes: before seven and after seven in the evening, as profiles say what they cannot."""


def hours_in(sentence: str) -> tuple[bool, bool, bool]:
    """Whether the work is said to begin before 7:00, to end after 19:00, to go through the night.

    Of several hours beside each other one may be had without the other, unless they are taken in turns.
    """
    if (
        not _OF_WORK.search(sentence)
        or _MAY_BE.search(sentence)
        or _OPENING_HOURS.search(sentence)
        or _OPENS.search(sentence)
        or but_by_day(sentence)
    ):
        return False, False, False
    if of_who_applies := _BUT_YOU.search(sentence):
        sentence = sentence[of_who_applies.end() :]
    turns = bool(_TURNS.search(sentence))
    spans = [_minutes(found) for found in _RANGE.finditer(sentence)]
    spans = [(start, end) for start, end in spans if 3 * 60 <= (end - start) % (24 * 60) <= 13 * 60]
    both = any if turns else all
    by_night = [start >= 20 * 60 and end <= 8 * 60 for start, end in spans]
    early = [start < _EARLY_BEFORE for start, _ in spans]
    late = [end > _LATE_AFTER or end < start for start, end in spans]
    begins, ends = _BEGINS.search(sentence), _ENDS.search(sentence)
    is_early = bool(spans) and both(early)
    is_late = bool(spans) and both(late)
    is_early |= begins is not None and 3 <= int(begins["from"]) < 7
    is_late |= ends is not None and int(ends["to"]) * 60 + int(ends["tm"] or 0) > _LATE_AFTER
    teams = bool(_TEAMS.search(sentence)) and not _FREE.search(sentence)
    return (
        is_early or teams or bool(_EARLY_WORDS.search(sentence)),
        is_late or teams or (bool(_LATE_WORDS.search(sentence)) and not _FREE.search(sentence)),
        bool(by_night) and both(by_night),
    )


def _minutes(found: re.Match[str]) -> tuple[int, int]:
    return int(found["from"]) * 60 + int(found["fm"] or 0), int(found["to"]) * 60 + int(found["tm"] or 0)
