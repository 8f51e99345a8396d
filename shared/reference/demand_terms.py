"""Under which terms the work of an offer is done, where only its text says so: learning it, volunteering, enlisting, driving
heavy vehicles, being on the road.

Fields of real offers say «CDD» for apprenticeships, placements and enlistments. As with all demands, what speaks of others
(«vous encadrez les apprentis»), of former times («expérience, stage compris») or of one way among several asks nothing.
"""

# A pattern is read as one line: cutting it would hide what belongs together.
# ruff: noqa: E501
import re

from shared.reference.addressed import Whom, asked, whom, words

_LEARNER = r"alternan(?:ce|te?s?)|apprentie?s?|apprentissage(?! (?:automatique|profond|machine|par))|contrats? (?:pro|de professionnalisation)|stagiaires?|stages?"
_TITLE_LEARNER = words(_LEARNER)
_FOR_LEARNERS = words(
    r"form(?:er|at\w+)|tut(?:eur|rice)s?|maitres?|responsables?|charge\w*|coordin\w+|coordon\w+|conseill\w+|gestionnaires?|direct\w+|developp\w+|moniteurs?|monitrices?|educat\w+|encadr\w+|accompagn\w+|relations?|recrut\w+|enseign\w+|professeurs?|assistante?s? (?:de |d')?(?:formation|scolarite)|surveillant\w*"
)
"""In a title, before who learns: those who work for them."""
_LEARNING = words(
    rf"(?:contrats?|postes?|offres?|annonce)(?: (?:propose\w*|a pourvoir|est|sera|type|:|un|de))* ?:? ?(?:d'|de |en |un )?(?:contrat (?:d'|de |en ))?(?:{_LEARNER})"
    rf"|(?:recherch\w+|recrut\w+|cherch\w+|rejoin\w+)(?: (?!ayant|avec|pour|dont|experience\w*|forme\w*|titulaire|apres|suite)[\w'-]+){{0,5}} (?:en )?(?:{_LEARNER})"
    r"|(?:ce|le|votre|du) stage (?:se deroule\w*|debute\w*|commence\w*|consiste\w*|est a pourvoir|d'une duree|conventionne)|convention de stage (?:obligatoire|exigee|requise)|gratification (?:de stage|legale)|(?:preparer|preparez|prepareras) (?:un |une |votre |ton |le )?(?:diplome|titre|bts|cap|bac\w*|licence|master|bachelor)[^.]{0,30} (?:en|par l[ae']?) ?(?:alternance|apprentissage)"
)
_OR_NOT = words(
    r"ou|et/ou|possib\w*|egalement|aussi|interim\w*|cipi|cdpi|hors|compris\w*|y compris|notamment|issu\w*|suite a|apres|experiences?|tut\w+|encadr\w+|accueil\w*|accompagn\w+|cdi|cdd|nos (?:alternants|apprentis|stagiaires)|les (?:alternants|apprentis|stagiaires)|aux (?:alternants|apprentis|stagiaires)|des (?:alternants|apprentis|stagiaires)"
)
_TITLE_VOLUNTEER = words(
    r"services? civiques?|volontaires?(?! de (?:l'|la )?\w*insertion)|volontariat|benevol(?:e|es|at)|pompiers? volontaires?"
)
_VOLUNTEERING = words(
    r"(?:missions?|contrats?|engagement)(?: \w+){0,2} (?:de |en |d'un )?services? civiques?|en service civique|indemnite (?:de |du )?service civique|contrat de volontariat|volontariat (?:international|territorial|associatif)|(?:poste|mission|activite) benevole|a titre benevole"
)
_ENLISTING = words(
    r"nationalite francaise[^.]{0,60}(?:service national|droits civiques|jdc)|(?:contrat|signature) (?:d'|de l')engagement (?:initial|de \d|en qualite|dans l)|(?:s'|vous )engage[rz] (?:dans|comme|au sein de) (?:l'armee|la marine nationale|la legion|la gendarmerie)|engage\w* volontaire"
)
_ROAD = words(
    r"(?:grands?|nombreux|multiples) deplacements?|deplacements? (?:\w+ et )?(?:tres )?(?:frequents?|reguliers?|quotidiens?|permanents?|nationaux|importants?|nombreux)|deplacements? (?:sont )?(?:a prevoir )?sur (?:toute la (?:france|region)|tout le (?:territoire|departement|secteur)|l'ensemble d\w+ (?:territoire|departement|region|secteur))|itinerante?s?|itinerance|decouchages?|decouches?|mobilite (?:nationale|geographique) (?:exigee|obligatoire|requise|indispensable)"
)
_DRIVES = words(
    r"(?:vous )?(?:condui(?:re|sez|rez|t)|conduite)(?: (?!de (?:travaux|projets?|ligne|machines?))[\w'-]+){0,3}? (?:vehicules?|camionnettes?|fourgons?|fourgonnettes?|camions?)"
    r"|circul\w+ (?:avec|en|dans) (?:un |une |le |votre )?(?:vehicule|camionnette|fourgon|utilitaire)|deplac\w+ (?:avec|en) (?:un |une |le |votre )?(?:vehicule|voiture) (?:de (?:service|societe|fonction)|du service)"
)
"""Whoever drives for the work needs the licence, whether or not it is named."""
_STAYS = words(
    r"pas|sans|aucun\w*|ni|non|hors|ponctuel\w*|occasionnel\w*|eventuel\w*|possib\w*|quelques|parfois|rares?|ludique|si|clients? itinerants?|exposition"
)
_LANGUAGE = r"(?:anglais|allemand|italien|espagnol|neerlandais|russe|chinois|portugais)e?"
LANGUAGES = words(
    rf"{_LANGUAGE} (?:courante?|bilingue|fluent|professionnel|lue?(?:,| et)? ?(?:ecrite?|parle)\w*|(?:oral|ecrit) et (?:oral|ecrit)|technique exige|imperatif|obligatoire|indispensable|exigee?|requis|necessaire|\(?(?:niveau )?[bc][12])|bilingue (?:en )?(?:{_LANGUAGE}|francais)"
    rf"|(?:maitrise|pratique|connaissances?(?!.{0, 30} technique))(?: (?:courante|quotidienne|parfaite|bonne|correcte))? (?:de l'|du |d' ?|de la langue (?:parlee |ecrite )?){_LANGUAGE}|maitris(?:e|ez|er) (?:parfaitement |bien )?(?:l'|la langue ){_LANGUAGE}(?! technique)|parl(?:e|er|ez|ant) (?:couramment |imperativement )?(?:l')?{_LANGUAGE}|a l'aise (?:(?:a l'oral|a l'ecrit|et|pour parler) ){{0,3}}(?:en |avec l'){_LANGUAGE}"
    rf"|niveau (?:\w+ ){{0,4}}(?:d'|en ){_LANGUAGE}|{_LANGUAGE} ?:? (?:niveau )?(?:avance|intermediaire|confirme|operationnel)|langues? (?:etrangeres? )?(?:exigees?|requises?|demandees?) ?:? ?{_LANGUAGE}"
)
_FOREIGN_CLIENTS = words(
    r"(?:clients?|clientes?|clienteles?|publics?|vacanciers|touristes|voyageurs|familles|equipes?) (?:(?:est|sont) )?(?:\w+ )?(?:\w+ et )?(?:anglophones?|germanophones?|hispanophones?|italophones?)"
)
"""Whom one works for or with all day: nobody says besides that their language is needed."""
LICENCES = {
    "licence_c": words(r"permis (?:de conduire )?(?:(?:b|vl) ?(?:,|et|/|\+|&) ?)?(?:c1?|pl|poids[ -]?lourds?)(?!')"),
    "licence_ce": words(
        r"permis (?:de conduire )?(?:(?:c1?|pl) ?(?:,|et|/|\+|&) ?)?(?:ce|c1e|ec|e\(?c\)?|spl|super[ -]?(?:poids[ -]?)?lourds?)(?!')"
    ),
    "licence_d": words(r"permis (?:de conduire )?(?:(?:b|vl) ?(?:,|et|/|\+|&) ?)?(?:d1?|transports? en commun)(?!')"),
    "licence_be": words(r"permis (?:de conduire )?(?:be|eb|e\(?b\)?|b96|remorque)(?!')"),
}
"""What a text calls the licences beyond B; the lower is enough where it names two with «ou»."""
_EITHER = re.compile(r" ?(?:ou|/ou) (?:le |un |du )?(?:permis )?(?:b|vl|c|pl|poids)(?![a-z0-9])")


def learner_in(sentence: str, *, title: bool) -> bool:
    """Whether the work is an apprenticeship, a contract beside school or a placement."""
    found = (_TITLE_LEARNER if title else _LEARNING).search(sentence)
    if found is None:
        return False
    if title:
        return not _FOR_LEARNERS.search(sentence[: found.start()])
    return not _OR_NOT.search(sentence) and whom(sentence[: found.start()]) is not Whom.OTHER


def volunteer_in(sentence: str, *, title: bool) -> bool:
    """Whether it is civic service, volunteering or unpaid."""
    found = (_TITLE_VOLUNTEER if title else _VOLUNTEERING).search(sentence)
    if found is None:
        return False
    if title:
        return not _FOR_LEARNERS.search(sentence)
    return not _OR_NOT.search(sentence) and whom(sentence[: found.start()]) is not Whom.OTHER


def enlists_in(sentence: str) -> bool:
    """Whether one enlists for it."""
    return bool(_ENLISTING.search(sentence))


def foreign_clients_in(sentence: str) -> bool:
    """Whether those whom one serves speak another language."""
    found = _FOREIGN_CLIENTS.search(sentence)
    return found is not None and not _STAYS.search(sentence)


def on_the_road_in(sentence: str) -> bool:
    """Whether whoever applies is often elsewhere than at one place."""
    found = _ROAD.search(sentence)
    return found is not None and not _STAYS.search(sentence) and whom(sentence[: found.start()]) is not Whom.OTHER


def drives_in(sentence: str) -> bool:
    """Whether whoever applies drives a car or more for the work."""
    found = _DRIVES.search(sentence)
    return found is not None and not _STAYS.search(sentence) and whom(sentence[: found.start()]) is not Whom.OTHER


def licences_in(sentence: str, *, title: bool) -> list[str]:
    """Names of the licences beyond B that a sentence asks."""
    found = []
    for name, pattern in LICENCES.items():
        hit = pattern.search(sentence)
        if hit is None or not (title or asked(sentence, *hit.span())):
            continue
        if not _EITHER.match(sentence[hit.end() :]) and not re.search(
            r"(?:permis )?\b(?:b|vl|c|pl) ou (?:le )?$", sentence[: hit.start()]
        ):
            found.append(name)
    return found
