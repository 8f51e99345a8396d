"""What the text of an offer asks of a person beside its fields: responsibility, months of experience, a diploma, cards.

Read for caution, not for certainty: what is only wished («serait un plus», «souhaité», «idéalement») is no demand, «débutant
accepté» takes back what is asked in months, and what nothing is said of is nothing. Each finding keeps its words, so that
whoever is told of it can read them.
"""

# A pattern is read as one line: cutting it would hide what belongs together.
# ruff: noqa: E501
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from shared.contracts.vocabulary import Card
from shared.reference.text import unaccented

WORKER, LEADER, HEAD = 0, 1, 2
"""Rungs of responsibility: does the work, leads those who do, runs the whole."""

_LEAST, _MOST_YEARS = 1, 10
"""More than ten years are nearly always the employer's own."""
_CONFIRMED_MONTHS, _SIGNIFICANT_MONTHS, _REQUIRED_MONTHS, _FIRST_MONTHS = 36, 18, 12, 6
"""«Confirmé», «significative», «expérience exigée» without a figure, «une première expérience»: what a recruiter means at least."""


class Ask(StrEnum):
    """What a text asks that somebody has or has not: cards, and what no field said of licence, schedule, language, status."""

    CACES = Card.CACES.value
    ELECTRICAL = Card.ELECTRICAL.value
    CARE = Card.CARE.value
    ROAD = Card.ROAD.value
    SECURITY = Card.SECURITY.value
    ANIMATION = Card.ANIMATION.value
    WELDING = Card.WELDING.value
    PHYTO = Card.PHYTO.value
    FOREIGN_LANGUAGE = "foreign_language"
    OWN_ACCOUNT = "own_account"
    LICENCE_B = "licence_b"
    OWN_VEHICLE = "own_vehicle"
    NIGHT = "night"
    WEEKEND = "weekend"


@dataclass(frozen=True, slots=True)
class Demands:
    """``months`` and ``level`` 0: nothing asked; ``level`` in the national frame (3 CAP … 7 master). ``words``: by what it is."""

    rung: int = WORKER
    months: int = 0
    level: int = 0
    asks: frozenset[Ask] = frozenset()
    beginners: bool = False
    words: tuple[tuple[str, str], ...] = ()


def _w(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z0-9])(?:{pattern})(?![a-z0-9])")


# --- responsibility -----------------------------------------------------------------------------------------------------
_HEAD = _w(
    r"(?:co-?)?direct(?:eur|rice)s?|dirigeante?s?|gerante?s?|chef(?:fe)?s? d'?(?:etablissement|entreprise|exploitation)|chef(?:fe)?s? de (?:service|etablissement|site|departement)|responsables? (?:de |d')?(?:la |l')?(?:site|agence|magasin|etablissement|exploitation|usine|departement|region\w*|reseau|business|point de vente|restaurant|structure|pole)|cadres? (?:de sante|superieure?s?|dirigeante?s?)|drh|daf|(?:store|general|area|country) manager|maire|secretaires? general\w*"
)
_LEADER = _w(
    r"chef(?:fe)?s?|sous-?chef(?:fe)?s?|cheffes?|responsables?|managers?|manageu(?:r|se)s?|seconde?s? de cuisine|adjointe?s? (?:au |a la |de |du |d')(?:l')?(?:direct\w*|responsable|chef|manager|magasin|restaurant|gerante?|production)|coordinat(?:eur|rice)s?|coordonnat(?:eur|rice)s?|coordinateurs?|superviseu(?:r|se)s?|encadrante?s?|contremaitres?(?:se)?|agents? de maitrise|team ?-?leaders?|leaders?|gouvernante? generale?|maitres? d'hotel|conduct(?:eur|rice)s? de travaux|animat(?:eur|rice)s? d'equipes?|premiere?s? de (?:cuisine|rang|magasin)"
)
_BOTH_FORMS = re.compile(r"\b(\w{3,}) ?/ ?(?=\w{4})\w+(?: |$)")
"""«Chef / Cheffe de rang», «Directeur/Directrice»: read by the first."""
# What holds one of those words and leads nobody.
_NOT_LEADER = _w(
    r"chef(?:fe)?s? de (?:rang|bord|cabine|partie|produits?|projets?|pub\w*|salle de bains?)|demi-?chef(?:fe)?s? de \w+|(?:eco|ecologiquement|socialement)[ -]?responsables?|responsables? de (?:clientele|secteur|caisse|comptes?|dossiers?|portefeuille|(?:la )?paie)|coordinat(?:eur|rice)s? de parcours"
)
# Who works for the one that is named behind them.
_HELPS = _w(
    r"assistante?s?|secretaires?|aides?|aupres|employee?s?|commis|apprentie?s?|stagiaires?|adjointe?s? (?:administrati|technique|d'animation)\w*|attachee?s?|sous la responsabilite"
)
_DEPUTY = _w(r"adjointe?s?|second|seconde|assistante? manager|assistant manager|sous")
_LEADS_IN_TEXT = _w(
    r"vous (?:managez|encadrez|animez|dirigez|superviserez|encadrerez|managerez|animerez|dirigerez|pilotez|supervisez)(?: (?:et|,)? ?\w+(?:ez|er))? (?:une|votre|vos|l'|les|d'une|des|son|ses)(?: petite)? ?(?:equipes?|collaborat\w+|salaries|agents|personnel)|(?:manager|encadrer|animer et encadrer|encadrer et animer|animer et manager|superviser|diriger) (?:une|votre|l'|les|des|son|vos|ses)(?: petite)? ?(?:equipes?|collaborat\w+|salaries|personnel)|management (?:d'une equipe|d'equipe|de l'equipe|des equipes|d'une dizaine)|encadrement (?:d'une equipe|de l'equipe|des equipes|d'equipe|du personnel)|capacite (?:de|a) manager"
)

# --- experience ---------------------------------------------------------------------------------------------------------
_NUMBER = r"(?P<{}>\d{{1,2}}(?:[.,]5)?|une?|deux|trois|quatre|cinq|six|sept|huit|dix)"
_UNIT = r"(?P<{}>ans?|annees?|mois)"
_NUMBERS = {"un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7, "huit": 8, "dix": 10}
_ASKED = re.compile(
    rf"(?<![a-z0-9])(?:{_NUMBER.format('a')}(?: ?(?:a|/|-|ou) ?\d{{1,2}})? ?{_UNIT.format('au')}(?: (?:minimum|minimale?s?|mini|au moins|ou plus|et plus))*,? (?:d' ?experiences?|d'anciennete|de pratique|d'exercice|(?:sur|dans|a) (?:un|une|le|la|ce|des) (?:meme |meme )?(?:poste|fonction|domaine|secteur|metier|type)\w*)"
    rf"|experiences?(?: \w+){{0,6}}? (?:(?:d'|de |d' )?(?:au moins |minimum |au minimum |min\.? |mini )*(?:de )?){_NUMBER.format('b')}(?: ?(?:a|/|-|ou) ?\d{{1,2}})? ?{_UNIT.format('bu')})(?![a-z0-9])"
)
_EMPLOYERS_OWN = re.compile(
    r"(?:depuis|fort(?:e)?s? de|riches? de|notre|nos|ses|son|leurs?|entreprise|societe|cabinet|groupe|agence|existe|cree\w*|fonde\w*)(?: \w+){0,3} ?$"
)
_CONFIRMED = _w(
    r"experiences? (?:\w+ )?confirmee?s?|profil (?:confirme|experimente)e?|niveau d'experience (?:minimum )?requis ?:? ?confirme\w*"
)
_SIGNIFICANT = _w(r"experiences? (?:\w+ ){0,2}?(?:significative|solide|averee|reussie)s?|(?:solide|bonne) experience")
_REQUIRED = _w(r"experiences? (?:\w+ ){0,4}?(?:exigee?s?|obligatoires?|indispensables?|imperati\w+|requises?)")
_FIRST = _w(
    r"(?:justifi\w+ d'|possed\w+ |avez |dispos\w+ d'|fort\w* d'|beneficiez d')(?:idealement )?une (?:premiere|1ere) experience"
)
_BEGINNERS = _w(
    r"debutante?s?(?:\(e\))?(?:\.e)?(?:\.s)?(?:/\w+)? (?:est |sont |bien )?(?:accepte|bienvenu|autorise|possible)\w*(?:\(e\))?(?:\.e)?s?|(?:accepte|ouvert aux?|bienvenue? aux) (?:les )?(?:profils? )?debutante?s?|sans experience|aucune experience|experience (?:non|n'est pas|pas) (?:exigee?|requise|necessaire|obligatoire|demandee)|pas (?:besoin )?d'experience|peu importe (?:votre|l') ?experience|profil debutant|premier emploi"
)

# --- diploma ------------------------------------------------------------------------------------------------------------
_LEVELS: tuple[tuple[int, re.Pattern[str]], ...] = (
    (7, _w(r"bac ?\+ ?[5678]|masters?(?: ?[12])?|ingenieure?s? diplome\w*|diplome d'ingenieur|ecole d'ingenieurs?|ecole de commerce|dscg|expertise comptable diplome\w*|doctorat|diplome superieur")),
    (6, _w(r"bac ?\+ ?[34]|licences? (?:pro\w*|universitaire|en|de droit|d'economie)|bachelor|but|dcg")),
    (5, _w(r"bac ?\+ ?2|bts|btsa|dut|deug")),
    (4, _w(r"bac(?! ?\+)(?: ?pro\w*| technologique| ?sti2?d?)?|baccalaureat(?: professionnel)?|brevet professionnel|bp (?!:)")),
    (3, _w(r"cap|bep|bepa|capa|titre professionnel|cqp")),
)  # fmt: skip
_DIPLOMA = re.compile(
    r"bac|bts|dut|cap|bep|but|licence|master|ingenieur|ecole|dcg|dscg|brevet|bp|titre|cqp|doctorat|deug|diplome s"
)
_DIPLOMA_ASKED = _w(
    r"titulaires?|diplome\w*|issue?s?|(?:de )?formation|vous (?:avez|possedez|detenez|disposez|etes)|minimum|mini|exige\w*|requis\w*|obligatoire\w*|imperati\w*|indispensable\w*|niveau|validee?|obtenu|muni"
)
_INSTEAD = _w(
    r"ou (?:justifi|dispos|posse|avez|vous)\w*|ou (?:une? )?(?:\w+ ){0,3}?(?:d' ?)?experiences?|ou equivalent (?:par|en) experience|et/ou|ou bien|ou autodidacte|avec ou sans|a defaut|ou (?:une )?bonne|cap ou bonne"
)

# --- cards --------------------------------------------------------------------------------------------------------------
_ASKS: tuple[tuple[Ask, re.Pattern[str]], ...] = (
    (Ask.CACES, _w(r"caces|r ?-?\.?4(?:82|83|84|86|87|89|90)|r ?3(?:72|77|86|89|90)(?: ?m)?")),
    (Ask.ELECTRICAL, _w(r"habilitations? (?:electriques?|b[0-2r]\w*|h[0-2]\w*|br|bt|bs|bc|tst)|habilit\w+ electrique\w*")),
    (Ask.CARE, _w(r"deaes|deavs|deas|deamp|aes diplome\w*|diplome d'etat (?:d'|de )?(?:aide|accompagn|auxiliaire|infirmier|d'aide|d'accompagn|d'auxiliaire)\w*|diplome d'(?:aide[ -]soignant\w*|auxiliaire de vie)|aide[ -]soignant\w* diplome\w*|advf|titre (?:professionnel )?(?:d'|d)?assistante? de vie|diplome (?:d'|d )?(?:accompagnante? educati\w+)|cap (?:petite enfance|aepe|accompagnante? educati\w+ petite enfance)|diplome d'(?:auxiliaire de puericulture|assistante? maternel\w*)|agrement (?:d')?assistante? maternel\w*")),
    (Ask.ROAD, _w(r"fimo|fco|fcos|carte (?:conducteur|chrono\w*|de conducteur)|formation (?:adr|matieres dangereuses)|adr(?: de base| citerne)?")),
    (Ask.SECURITY, _w(r"cnaps|ssiap ?[123]?|cqp aps|carte professionnelle (?:d'agent|de securite|aps|agent|securite|cnaps)\w*|carte pro (?:cnaps|aps|securite)")),
    (Ask.ANIMATION, _w(r"bafa|bafd|bpjeps|bnssa|beesan|bapaat|cpjeps|dejeps")),
    (Ask.WELDING, _w(r"licences? (?:de |en )?(?:soud\w+|tig|mig|mag|arc)|qualifications? (?:de )?soud\w+|soud\w+ qualifie\w*|atg ?b ?\d*")),
    (Ask.PHYTO, _w(r"certi-?phyto\w*|certificat phyto\w*")),
    (Ask.FOREIGN_LANGUAGE, _w(r"(?:anglais|allemand|italien|espagnol|neerlandais|russe|chinois|portugais) (?:courante?|bilingue|fluent|professionnel|lu,? (?:ecrit|parle)\w*|technique exige|imperatif|obligatoire|indispensable|exigee?|requis|b[12]|c[12])|bilingue (?:en )?(?:anglais|allemand|italien|espagnol|francais)|(?:maitrise|pratique courante|bonne maitrise) (?:parfaite )?(?:de l'|du |d' ?)(?:anglais|allemand|italien|espagnol)|parl(?:er|ez|ant) (?:couramment )?(?:l')?(?:anglais|allemand|italien|espagnol)")),
    (Ask.LICENCE_B, _w(r"permis (?:de conduire )?(?:b|vl)(?: (?:et|\+|/|&) ?(?:vehicule|voiture)\w*)?|permis (?:et|\+|/) ?vehicule|titulaires? du permis(?: de conduire)?|permis de conduire (?:exige|obligatoire|indispensable|necessaire|requis)\w*")),
    (Ask.OWN_VEHICLE, _w(r"vehicule (?:personnel |propre |leger )?(?:est )?(?:exige|obligatoire|indispensable|necessaire|requis|imperatif)\w*|(?:etre|est|etes|personnes?) vehicule(?:e|\(e\))?s?|moyen de locomotion (?:\w+ )?(?:exige|obligatoire|indispensable|necessaire|requis)\w*|permis (?:b )?(?:et|\+|/|&) ?(?:vehicule|voiture)\w*|votre (?:propre )?vehicule")),
    (Ask.OWN_ACCOUNT, _w(r"auto[ -]?entrepreneur\w*|micro[ -]?entrepreneur\w*|(?:statut|mandataires?|agents? commerciaux|agent commercial|consultante?s?|travailleurs?|activite) (?:d')?independante?s?|statut (?:d')?(?:agent commercial|vdi|mandataire)|vdi|(?:en|contrat de) franchise|futur\w* franchise|conseill\w+ (?:immobilier )?independant\w*|(?:devenir|creer|lancer|developper) (?:votre|ta|sa) propre (?:activite|entreprise|agence)|apport personnel")),
    (Ask.NIGHT, _w(r"(?:travail|poste|equipe|horaires?|service|postes|garde) (?:fixe )?de nuits?|nuits? (?:et|ou) jours?|[35] ?x ?8|travail(?:ler|lez)? (?:la|de) nuit|veilleu(?:r|se) de nuit|de nuit")),
    (Ask.WEEKEND, _w(r"(?:le |les |des |du |un |en |chaque |1 |et |y compris )(?:week ?-? ?ends?|samedis?|dimanches?)(?: (?:sur (?:2|deux)|par mois|et jours feries))?|we sur (?:2|deux)")),
)  # fmt: skip
_FREE = _w(
    r"(?:pas|sans|ni|aucun\w*|hors|jamais|non|libres?|repos|off|conges?|sauf|fermee?s?|exceptionnel\w*|ponctuel\w*|parfois|occasionnel\w*)"
)
"""Beside nights and week-ends: they are somebody's rest, or not the rule."""
_WISHED = _w(
    r"souhait\w+|appreci\w+|(?:un |des |en |de )?(?:vrai |reel |serieux )?plus|serai(?:en)?t|atouts?|de preference|prefer\w+|preferentiel\w*|facultati\w+|(?:pas|non|ni|sans|aucun\w*|nul\w*)(?: (?:de|d'|du|la|le|l'|besoin|forcement))?(?: \w+)? ?(?:exige|obligatoire|necessaire|indispensable|requis|demande|diplome|permis|caces)\w*|idealement|financ\w+|prise? en charge|passer|si possible|beneficier\w*|developper\w* vos competences|(?:forme|formation|formations) (?:assuree?|interne|au caces|caces|a la prise|offerte|prevue)s?|possibilite\w*|eventuel\w*|ou non|vous former|nous (?:vous )?form\w+|optionnel\w*|valorisee?s?|bienvenue?s?"
)

_TEAMS = re.compile(r"equipe|collaborat|salarie|personnel|agents|manager")
_TELLING = re.compile(
    r"experience|anciennete|pratique|profil|\bans?\b|mois|bac|bts|dut|\bcap|bep|but\b|licence|master|diplom|ingenieur|ecole|dcg|dscg|brevet|\bbp\b|titre|cqp|caces|\br ?-?\.?[34]\d\d|habilit|\bde[a-z]{2,4}\b|advf|agrement|fimo|fco|carte|\badr|cnaps|ssiap|bafa|bafd|jeps|bnssa|soud|phyto|anglais|allemand|italien|espagnol|bilingue|langue|permis|vehicul|voiture|locomotion|entrepreneur|independant|statut|\bvdi|franchise|apport|nuit|\d ?x ?8|week|samedi|dimanche|\bwe\b"
)

_SENTENCE = re.compile(r"[.;!?•*\n\r]+(?=\s|$|[A-Z•*-])|[\n\r•;]+|\s+[-–—]\s*(?=\w)")


def _sentences(folded: str) -> Iterator[str]:
    for part in _SENTENCE.split(folded):
        if part and (text := part.strip()):
            yield text


@lru_cache(maxsize=4_096)
def demands(title: str, text: str) -> Demands:
    """What a title and a text ask."""
    rung, words = rung_of(title), list[tuple[str, str]]()
    body = unaccented(text).replace("’", "'")
    beginners = bool(_BEGINNERS.search(body)) or bool(_BEGINNERS.search(unaccented(title)))
    months, level, asks = 0, 0, set[Ask]()
    for sentence in _sentences(f"{unaccented(title)}\n{body}"):
        if rung < LEADER and _TEAMS.search(sentence) and (found := _LEADS_IN_TEXT.search(sentence)):
            rung = LEADER
            words.append(("rung", found.group()))
        # Most sentences name nothing that is looked for: one look tells.
        if not _TELLING.search(sentence) or _WISHED.search(sentence):
            continue
        if not beginners and (asked := _months(sentence)) > months:
            months = asked
            words.append(("months", sentence[:160]))
        if (needed := _level(sentence)) and (not level or needed < level):
            level = needed
            words.append(("level", sentence[:160]))
        for ask, pattern in _ASKS:
            if ask not in asks and pattern.search(sentence) and _meant(ask, sentence):
                asks.add(ask)
                words.append((ask.value, sentence[:160]))
    return Demands(rung, months, level, frozenset(asks), beginners, tuple(words))


def rung_of(title: str) -> int:
    """The rung of responsibility that a job title names."""
    folded = _BOTH_FORMS.sub(r"\1 ", unaccented(title).replace("’", "'"))
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


def _months(sentence: str) -> int:
    most = 0
    if _INSTEAD.search(sentence):
        return 0
    for found in _ASKED.finditer(sentence):
        if _EMPLOYERS_OWN.search(sentence[: found.start()]):
            continue
        number, unit = (found["a"], found["au"]) if found["a"] else (found["b"], found["bu"])
        count = float(_NUMBERS.get(number) or number.replace(",", "."))
        if unit.startswith("mois"):
            most = max(most, round(count))
        elif count <= _MOST_YEARS:
            most = max(most, round(count * 12))
    if not most and _CONFIRMED.search(sentence):
        return _CONFIRMED_MONTHS
    if not most and _SIGNIFICANT.search(sentence):
        return _SIGNIFICANT_MONTHS
    if not most and _REQUIRED.search(sentence):
        return _REQUIRED_MONTHS
    if not most and _FIRST.search(sentence):
        return _FIRST_MONTHS
    return most


def _level(sentence: str) -> int:
    """The lowest level that a sentence asks for: «CAP ou BTS» is met by the CAP."""
    if not _DIPLOMA.search(sentence) or not _DIPLOMA_ASKED.search(sentence) or _INSTEAD.search(sentence):
        return 0
    found = [level for level, pattern in _LEVELS if pattern.search(sentence)]
    return min(found, default=0)


_NEEDED = _w(
    r"exige\w*|obligatoire\w*|indispensable\w*|imperati\w*|necessaire\w*|requis\w*|titulaires?|vous (?:avez|possedez|detenez|disposez|etes)|etre|avoir|a jour|valides?|en cours de validite|possed\w+|dispos\w+|demande\w*|justifi\w+|muni\w*"
)
_PLAIN = frozenset({Ask.LICENCE_B, Ask.CACES, Ask.ELECTRICAL})


def _meant(ask: Ask, sentence: str) -> bool:
    """Some words are a demand where they stand in a short line («Permis B», «CACES 3»), others anywhere."""
    if ask is Ask.CARE and _INSTEAD.search(sentence):
        return False
    if ask in (Ask.NIGHT, Ask.WEEKEND):
        return not _FREE.search(sentence)
    return ask not in _PLAIN or len(sentence) <= 60 or bool(_NEEDED.search(sentence))
