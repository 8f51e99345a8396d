"""What the text of an offer asks of a person beside its fields: responsibility, months of experience, a diploma, cards.

What is found here may leave people out, so only what is plainly demanded of who applies is found (``addressed``): what is only
wished («serait un plus», «souhaité»), what has an alternative («CAP ou expérience»), what is given (training, a company car),
what is said of other people or of the contract is no demand, and «débutant accepté» takes back what is asked in months. Each
finding keeps its words, so that whoever is told of it can read them.
"""

# A pattern is read as one line: cutting it would hide what belongs together.
# ruff: noqa: E501
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache

from shared.contracts.vocabulary import Caces, Card
from shared.reference.addressed import Whom, as_written, asked, sentences_of, whom, words
from shared.reference.alternatives import either_of
from shared.reference.caces_said import caces_in, machine_in
from shared.reference.demand_needs import (
    hours_in,
    night_in,
    own_account_in,
    own_vehicle_in,
    supplies_vehicle,
    weekend_in,
)
from shared.reference.demand_terms import (
    LANGUAGES,
    drives_in,
    enlists_in,
    foreign_clients_in,
    learner_in,
    licences_in,
    on_the_road_in,
    volunteer_in,
)
from shared.reference.rungs import HEAD, LEADER, WORKER, leads_in, rung_of
from shared.reference.text import unaccented

__all__ = ("HEAD", "LEADER", "WORKER", "Ask", "Demands", "demands", "rung_of")

_ANY_DIPLOMA, _INSTEAD_MONTHS = 3, 24
"""«Un diplôme» is a CAP at least, and the experience that takes its place is as long as that takes at least."""
_MOST_YEARS = 10
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
    EARLY = "early"
    LATE = "late"
    LICENCE_C = "licence_c"
    LICENCE_CE = "licence_ce"
    LICENCE_D = "licence_d"
    LICENCE_BE = "licence_be"
    LEARNER = "learner"
    VOLUNTEER = "volunteer"
    ENLISTMENT = "enlistment"
    ON_THE_ROAD = "on_the_road"


@dataclass(frozen=True, slots=True)
class Demands:
    """``months`` and ``level`` 0: nothing asked; ``level`` in the national frame (3 CAP … 7 master). ``words``: by what it is.

    ``either``: a level or so many months, of which one is enough (0 and 0: nothing said so). ``caces``: all of these, ``caces_one_of``: one of these; both empty beside ``Ask.CACES``: not said which.
    """

    rung: int = WORKER
    months: int = 0
    level: int = 0
    asks: frozenset[Ask] = frozenset()
    beginners: bool = False
    either: tuple[int, int] = (0, 0)
    caces: frozenset[Caces] = frozenset()
    caces_one_of: frozenset[Caces] = frozenset()
    words: tuple[tuple[str, str], ...] = ()


# --- experience ---------------------------------------------------------------------------------------------------------
_NUMBER = r"(?P<{}>\d{{1,2}}(?:[.,]5)?|une?|deux|trois|quatre|cinq|six|sept|huit|dix)"
_UNIT = r"(?P<{}>ans?|annees?|mois)"
_NUMBERS = {"un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7, "huit": 8, "dix": 10}
_OF_WORK = r"(?!(?:[dl]')?(?:contrats?|cdd|cdi|missions?|formations?|stages?|alternances?|apprentissage|remplacements?|durees?|periodes?|engagements?|garanties?|renouvel\w+|bail|enfants?|bebes?|age\w*|personnes?|vehicules?|machines?|salaire|prime))"
"""A word between «expérience» and its years that is no other thing that lasts or has an age."""
_YEARS = re.compile(
    rf"(?<![a-z0-9])(?:{_NUMBER.format('a')}(?: ?(?:a|/|-|ou) ?\d{{1,2}})? ?{_UNIT.format('au')}(?: (?:minimum|minimale?s?|mini|au moins|ou plus|et plus))*,? (?:d' ?experiences?|de pratique|d'exercice|(?:sur|dans|a) (?:un|une|le|la|ce|des) (?:meme |meme )?(?:postes?|fonctions?|domaine|secteur|metier|type)(?: \w+){{0,2}}? (?:similaires?|equivalente?s?|identiques?|comparables?))"
    rf"|experiences?(?: {_OF_WORK}[\w'-]+){{0,6}}? (?:(?:d'|de |d' |: ?)?(?:au moins |minimum |au minimum |min\.? |mini |plus de )*(?:de )?){_NUMBER.format('b')}(?: ?(?:a|/|-|ou) ?\d{{1,2}})? ?{_UNIT.format('bu')})(?![a-z0-9])"
)
_LASTS = re.compile(
    r"(?<![a-z0-9])(?:(?:contrats?|cdd|cdi|missions?|formations?|stages?|alternances?|apprentissage|remplacements?|durees?|periodes?|engagements?|garanties?|renouvel\w+|cursus|programme|parcours)(?: [\w'-]+){0,3}|(?:apres|au bout d\w*|des|a partir d\w*|au-dela d\w*|selon|pendant|durant|tous les|sous|d'ici|enfants?|bebes?|ages?)(?: [\w'-]+){0,2})[ :'(]*$"
)
"""Right before a figure: it says how long something lasts, when something begins, or how old somebody is."""
_EMPLOYERS_OWN = re.compile(
    r"(?:depuis|fort(?:e)?s? de|riches? de|notre|nos|ses|son|leurs?|entreprise|societe|cabinet|groupe|agence|existe|cree\w*|fonde\w*|cumul\w*)(?: \w+){0,3} ?$"
)
_CONFIRMED = words(
    r"experiences? (?:\w+ )?confirmee?s?|profil (?:confirme|experimente)e?|niveau d'experience (?:minimum )?requis ?:? ?confirme\w*"
)
_SIGNIFICANT = words(
    r"experiences? (?:\w+ ){0,2}?(?:significative|solide|averee|reussie)s?|(?:solide|bonne) experience"
)
_REQUIRED = words(r"experiences? (?:\w+ ){0,4}?(?:exigee?s?|obligatoires?|indispensables?|imperati\w+|requises?)")
_FIRST = words(
    r"(?:justifi\w+ d'|possed\w+ |avez |dispos\w+ d'|fort\w* d'(?:une (?:\w+ ){1,3}et d')?|beneficiez d')(?:idealement )?une (?:premiere|1ere) experience"
)
_BEGINNERS = words(
    r"debutante?s?(?:\(e\))?(?:\.e)?(?:\.s)?(?:/\w+)? (?:est |sont |bien )?(?:accepte|bienvenu|autorise|possible)\w*(?:\(e\))?(?:\.e)?s?|(?:accepte|ouvert aux?|bienvenue? aux) (?:les )?(?:profils? )?debutante?s?|sans experience|aucune experience|experience (?:non|n'est pas|pas) (?:exigee?|requise|necessaire|obligatoire|demandee)|pas (?:besoin )?d'experience|peu importe (?:votre|l') ?experience|profil debutant|premier emploi"
)
_KINDS = (
    (_CONFIRMED, _CONFIRMED_MONTHS),
    (_SIGNIFICANT, _SIGNIFICANT_MONTHS),
    (_REQUIRED, _REQUIRED_MONTHS),
    (_FIRST, _FIRST_MONTHS),
)

# --- diploma ------------------------------------------------------------------------------------------------------------
_LEVELS: tuple[tuple[int, re.Pattern[str]], ...] = (
    (7, words(r"bac ?\+? ?[5678](?! ?(?:ans?|annees?|mois))|(?<!scrum )(?<!game )(?<!quiz )masters?(?: ?[12])?(?! ?(?:chef|class|data))|ingenieure?s? diplome\w*|diplome d'ingenieur|ecole d'ingenieurs?|ecole de commerce|dscg|expertise comptable diplome\w*|doctorat|doctorante?s?|post-?doc\w*|cifre|diplome superieur")),
    (6, words(r"bac ?\+? ?[34](?! ?(?:ans?|annees?|mois))|licences? (?:pro\w*|universitaire|en|de droit|d'economie)|bachelor|but|dcg")),
    (5, words(r"bac ?\+? ?2(?! ?(?:ans?|annees?|mois))|bts|btsa|dut|deug")),
    (4, words(r"bac(?! ?\+)(?! [2-8](?![0-9])(?! ?(?:ans?|annees?|mois)))(?! (?:a (?!bac)|de |d'|gris|acier|gastro|inox))(?: ?pro\w*| technologique| ?sti2?d?)?|baccalaureat(?: professionnel)?|brevet professionnel|bp(?= [a-z]{3})")),
    (3, words(r"cap|bep|bepa|capa|titre professionnel|cqp")),
)  # fmt: skip
_COURSE_BEFORE = re.compile(
    r"(?:gard\w+|t(?:en|ien)\w+|mainten\w+|maint\w+|fix\w+|met\w*|mis\w*|franchi\w*|pass\w+|chang\w+|donn\w+|nouveau|bon|meme|ce|son|notre|votre)(?: (?:le|un|de|ce|du|notre|bon|meme|nouveau))*[ ]$"
)
_COURSE_AFTER = re.compile(
    r" ?(?:sur|vers|emploi|sport|sante|a l'|a \w+r\b|franchi|ambitieux|strategique|nord|ouest|horn|ferret|:|!)"
)
_AIM_BEFORE = re.compile(
    r"(?:^|\b(?:le|ce|seul|dans un|pour|avec pour|son|notre|votre|a|au|premier|unique|meme|magasins?|enseigne|chez) )$"
)
_BUT_BESIDE = re.compile(
    r"(?:bac ?\+ ?\d|bts|dut|licence|deug|bachelor|titulaires? d'un|diplome|niveau|formation|type) ?(?:/|,|ou|\(|de|:)? ?$"
)
_BUT_SUBJECT = re.compile(
    r" (?:gea|tc|gmp|geii|gaco|mmi|info\w*|genie|carrieres|techniques|gestion|metiers|mesures|chimie|hse|qlio|en )| ?(?:/|,|ou) ?(?:bts|dut|licence)"
)
_INSTEAD = words(
    r"ou (?:justifi|dispos|posse|avez|vous)\w*|ou (?:une? )?(?:\w+ ){0,3}?(?:d' ?)?experiences?|ou equivalent (?:par|en) experience|et/ou|ou bien|ou autodidacte|avec ou sans|a defaut|ou (?:une )?bonne|cap ou bonne"
)

_BEING_TRAINED = words(
    r"alternan\w+|apprentissage|apprentie?s?|prepar\w+ (?:a |au |aux |d'un |un |une |le |du |la |son |votre |leur )?(?:diplome|titre|cap|bac|bts|examen|concours|certif|bp|bep|licence|master|but|dut|bafa)\w*|diplomante?s?|qualifiante?s?|certifiante?s?|obtention|obtenir|obtiendr\w+|deboucher?|debouchant|vae|cursus|en vue d\w*|(?<!en )cours de|eleves?|etudiante?s?|classes?|jury|lycee|enseign\w+|formateurs?|formatrices?"
)
"""Beside a diploma or card: it is what one gets there, or what others get."""

# --- cards --------------------------------------------------------------------------------------------------------------
_ASKS: tuple[tuple[Ask, re.Pattern[str]], ...] = (
    (Ask.CACES, words(r"caces(?! ou)|r ?-?\.?4(?:82|83|84|86|87|89|90)|r ?3(?:72|77|86|89|90)(?: ?m)?")),
    (Ask.ELECTRICAL, words(r"habilitations? (?:electriques?|b[0-2r]\w*|h[0-2]\w*|br|bt|bs|bc|tst)|habilit\w+ electrique\w*")),
    (Ask.CARE, words(r"deaes|deavs|deas|deamp|aes diplome\w*|diplome d'etat (?:d'|de )?(?:aide|accompagn|auxiliaire|infirmier|d'aide|d'accompagn|d'auxiliaire)\w*|diplomes? d'(?:aide[ -]soignant\w*|aide[ -]medico[ -]psycho\w*|auxiliaire de vie)|diplomes? (?:d'|de |d')?(?:amp|aes|avs|dea[as]|as)(?= |$)|aide[ -]soignant\w* diplome\w*|advf|titre (?:professionnel )?(?:d'|d)?assistante? de vie|diplome (?:d'|d )?(?:accompagnante? educati\w+)|cap (?:petite enfance|aepe|accompagnante? educati\w+ petite enfance)|diplome d'(?:auxiliaire de puericulture|assistante? maternel\w*)|agrement (?:d')?assistante? maternel\w*|assistante? maternel\w* agree?\w*")),
    (Ask.ROAD, words(r"fimo|fco|fcos|carte (?:conducteur|chrono\w*|de conducteur)|formation (?:adr|matieres dangereuses)|adr(?: de base| citerne)?")),
    (Ask.SECURITY, words(r"cnaps|ssiap ?[123]?|cqp aps|carte professionnelle (?:d'agent|de securite|aps|agent|securite|cnaps)\w*|carte pro (?:cnaps|aps|securite)")),
    (Ask.ANIMATION, words(r"bafa|bafd|bpjeps|bnssa|beesan|bapaat|cpjeps|dejeps")),
    (Ask.WELDING, words(r"licences? (?:de |en )?(?:soud\w+|tig|mig|mag|arc)|qualifications? (?:de )?soud\w+|soud\w+ qualifie\w*|atg ?b ?\d*")),
    (Ask.PHYTO, words(r"certi-?phyto\w*|certificat phyto\w*")),
    (Ask.FOREIGN_LANGUAGE, LANGUAGES),
    (Ask.LICENCE_B, words(r"permis (?:de conduire )?(?:b|vl)(?! ?(?:ou|/) ?(?:un |une |le )?(?:scooter|velo|transport|moyen|autre|am|bsr|a1?|mobylette|voiture sans))|permis (?:et|\+|/) ?vehicule|permis de conduire(?! (?:[acde]1?e?|pl|spl|poids)(?![a-z]))|permis(?= (?:exige|obligatoire|indispensable|necessaire|requis))")),
)  # fmt: skip
_CACES_AT_WORK = re.compile(
    r"(?<![a-z])(?:utilis\w+|manipul\w+|condui\w+|manoeuvr\w+|poste (?:de|d')|recrut\w+|recherch\w+)(?![a-z]).{0,80}[ (]caces (?:r ?-?\.?\d{3} ?)?(?:cat\w*\.? ?)?[1-9](?![0-9])"
)
"""«Vous utilisez les chariots (CACES 3 et 5)»: with a category it is needed for the work, wherever it stands."""
_NO_CACES = words(r"(?:sans|si|ou non)(?: (?:le|un|les|vous avez|possession))* ?caces")
_EITHER_CARD = re.compile(r"caces [^.]{0,20}et/ou(?! (?:[\w']+ ){0,3}(?:d')?experience)")
"""«CACES 1 et/ou 3»: one of them, and nothing in its place."""
_WISHED = words(
    r"souhait\w+|appreci\w+|(?:un|des|reel|vrai|serieux|petit|gros|serait en) plus|serai(?:en)?t|atouts?|de preference|prefer\w+|preferentiel\w*|facultati\w+|(?:pas|non|ni|sans|aucun\w*|nul\w*)(?: (?:de|d'|du|la|le|l'|besoin|forcement))?(?: \w+)? ?(?:exige|obligatoire|necessaire|indispensable|requis|demande|diplome|permis|caces)\w*|idealement|financ\w+|si (?:vous|tu|besoin|necessaire|possible)|prise? en charge|passer|si possible|beneficier\w*|developper\w* vos competences|(?:forme|formation|formations) (?:assuree?|interne|au caces|caces|a la prise|offerte|prevue)s?|possibilite\w*|eventuel\w*|ou non|vous former|nous (?:vous )?form\w+|optionnel\w*|valorisee?s?|bienvenue?s?"
)
_KIND_WISH = words(
    r"souhait\w+|appreci\w+|(?:un|reel|serieux|petit|gros) plus|atouts?|de preference|prefer\w+|facultati\w+|idealement|optionnel\w*|bienvenue?s?"
)
_PLAIN_DEMAND = words(r"exigee?s?|obligatoires?|indispensables?|imperati\w+|requise?s?")
_NEXT = re.compile(r",| et | mais |;|/|\(|\+| - ")
_CARD_KIND = re.compile(
    r"caces|cat\b|categorie|recommandation|chariot|nacelle|engin|pont|grue|gerbeur|transpalette|habilit|titulaire"
)
"""Beside «R486» without «CACES»: else it is a line, a machine, a room."""
_TEACHES = words(
    r"(?:form|monit|enseign|instruct|profess|vend|commerc|conseill|charge|examin|recrut|refer)\w*|ventes?|creches?|ecoles?|classes?|auto-?ecole|clienteles?|eleves?"
)
"""In a title: who teaches or sells what is named, or a place that has it."""
_TELLING = re.compile(
    r"experience|pratique|profil|\bans?\b|mois|bac|bts|dut|\bcap|bep|but\b|licence|master|docto|post-?doc|cifre|diplom|ingenieur|ecole|dcg|dscg|brevet|\bbp\b|titre|cqp|caces|\br ?-?\.?[34]\d\d|habilit|\bde[a-z]{2,4}\b|advf|agrement|agree|condui|circul|fimo|fco|carte|\badr|cnaps|ssiap|bafa|bafd|jeps|bnssa|soud|phyto|anglais|anglophone|allemand|germanophone|italien|espagnol|hispanophone|bilingue|langue|permis|vehicul|voiture|locomotion|entrepr|independant|statut|\bvdi|franchise|apport|mandataire|commerciaux|votre propre|nuit|nocturne|veilleu|\d ?[x*] ?8|\d ?h|\btot\b|matina|soir|alternan|apprenti|stag|professionnalisation|contrat pro|civique|volontar|volontaire|benevol|engage|nationalite|deplacement|itineran|decouch|mobilite|\bv\.?i\.?e\b|week|samedi|dimanche|\bwe\b"
)
_LEADING = re.compile(r"equipe|collaborat|salarie|personnel|agents|manager")
_LONGEST = 10_000
"""Characters of a text that are read; an offer may have as many."""


# An offer is read again soon after, at each step of its life; more would only keep the texts of those that are gone.
@lru_cache(maxsize=256)
def demands(title: str, text: str) -> Demands:
    """What a title and a text ask."""
    rung, said = rung_of(title), list[tuple[str, str]]()
    body = text[:_LONGEST]
    named, told = sentences_of(title[:_LONGEST]), sentences_of(body)
    caces_wished = any("caces" in sentence and _WISHED.search(sentence) for sentence in told)
    beginners = any(_BEGINNERS.search(sentence) for sentence in (*named, *told))
    months, level, asks = 0, 0, set[Ask]()
    either = (0, 0)
    needed_caces, one_of = frozenset[Caces](), frozenset[Caces]()
    # Of the whole text, so once for all its sentences.
    beside = cache(lambda: machine_in(unaccented(title), unaccented(body)))
    for sentence, of_title in (*((one, True) for one in named), *((one, False) for one in told)):
        if rung < LEADER and _LEADING.search(sentence) and (leads := leads_in(sentence)):
            rung = LEADER
            said.append(("rung", leads))
        # Most sentences name nothing that is looked for: one look tells.
        if not _TELLING.search(sentence) or not (sentence := _demanded(sentence)):
            continue
        if not beginners and (needed := _months(sentence)) > months:
            months = needed
            said.append(("months", sentence[:160]))
        if (needed := _level(sentence, title=of_title)) and (not level or needed < level):
            level = needed
            said.append(("level", sentence[:160]))
        if either == (0, 0) and (found := _either(sentence)):
            either = found
            said.append(("either", sentence[:160]))
        for ask in _asks(sentence, title=of_title, caces_wished=caces_wished):
            if ask is Ask.CACES:
                which = caces_in(sentence, beside)
                needed_caces, one_of = needed_caces | which.needed, one_of or which.one_of
            if ask not in asks:
                asks.add(ask)
                said.append((ask.value, sentence[:160]))
    if Ask.OWN_VEHICLE in asks and any(supplies_vehicle(sentence) for sentence in told):
        asks.discard(Ask.OWN_VEHICLE)
    return Demands(
        rung,
        months,
        level,
        frozenset(asks),
        beginners,
        either,
        needed_caces,
        frozenset() if one_of & needed_caces else one_of,
        tuple((what, as_written(by, body, title)) for what, by in said if _stands(what, asks)),
    )


def _demanded(sentence: str) -> str:
    """What of a sentence is asked and not wished: all, nothing, or what is plainly asked before the wish for something else
    begins («permis B obligatoire et CACES souhaité»).
    """
    wished = _WISHED.search(sentence)
    if wished is None:
        return sentence
    if not _KIND_WISH.fullmatch(wished.group()):
        return ""
    demand = max((found.end() for found in _PLAIN_DEMAND.finditer(sentence, 0, wished.start())), default=0)
    return sentence[:demand] if demand and _NEXT.search(sentence, demand, wished.start()) else ""


def _stands(what: str, asks: set[Ask]) -> bool:
    return what != Ask.OWN_VEHICLE or Ask.OWN_VEHICLE in asks


def _months(sentence: str) -> int:
    if _INSTEAD.search(sentence):
        return 0
    most = 0
    for found in _YEARS.finditer(sentence):
        left = sentence[: found.start()]
        if _EMPLOYERS_OWN.search(left) or _LASTS.search(left) or whom(left) is Whom.OTHER:
            continue
        number, unit = (found["a"], found["au"]) if found["a"] else (found["b"], found["bu"])
        count = float(_NUMBERS.get(number) or number.replace(",", "."))
        if unit.startswith("mois"):
            most = max(most, round(count))
        elif count <= _MOST_YEARS:
            most = max(most, round(count * 12))
    if most:
        return most
    for pattern, meant in _KINDS:
        kind = pattern.search(sentence)
        if kind is not None and whom(sentence[: kind.start()]) is not Whom.OTHER:
            return meant
    return 0


def _either(sentence: str) -> tuple[int, int] | None:
    """A level and months of which one is enough: the lowest diploma, and what the words of experience mean."""
    sides = either_of(sentence)
    if (
        sides is None
        or _BEING_TRAINED.search(sentence)
        or whom(sentence[: sentence.find(sides[0].strip()[:20])]) is Whom.OTHER
    ):
        return None
    diploma, experience = sides
    levels = [level for level, pattern in _LEVELS for match in pattern.finditer(diploma) if _diploma(diploma, match)]
    return min(levels, default=_ANY_DIPLOMA), max(_months(experience), _INSTEAD_MONTHS)


def _level(sentence: str, *, title: bool) -> int:
    """The lowest level that a sentence asks for: «CAP ou BTS» is met by the CAP."""
    if _INSTEAD.search(sentence) or _BEING_TRAINED.search(sentence):
        return 0
    found = [
        (level, match)
        for level, pattern in _LEVELS
        for match in pattern.finditer(sentence)
        if _diploma(sentence, match)
    ]
    if not any(_asked(sentence, match, title=title) for _, match in found):
        return 0
    return min(level for level, _ in found)


def _diploma(sentence: str, match: re.Match[str]) -> bool:
    """Whether «cap» and «but» are the diplomas: not a course that one keeps, an aim, an organisation or a shop."""
    left, right = sentence[: match.start()], sentence[match.end() :]
    if match.group() == "cap":
        return not _COURSE_BEFORE.search(left[-40:]) and not _COURSE_AFTER.match(right)
    if match.group() == "but":
        return not _AIM_BEFORE.search(left) and bool(_BUT_BESIDE.search(left[-40:]) or _BUT_SUBJECT.match(right))
    return True


def _asks(sentence: str, *, title: bool, caces_wished: bool) -> Iterator[Ask]:
    if _CACES_AT_WORK.search(sentence) and not (title or caces_wished or _NO_CACES.search(sentence)):
        yield Ask.CACES
    instead = _INSTEAD.search(sentence) and not _EITHER_CARD.search(sentence)
    if not instead and not _BEING_TRAINED.search(sentence):
        for ask, pattern in _ASKS:
            if any(
                _asked(sentence, match, title=title)
                and (ask is not Ask.CACES or match.group() == "caces" or bool(_CARD_KIND.search(sentence)))
                for match in pattern.finditer(sentence)
            ):
                yield ask
        if own_vehicle_in(sentence):
            yield Ask.OWN_VEHICLE
        yield from map(Ask, licences_in(sentence, title=title))
        if not title and drives_in(sentence):
            yield Ask.LICENCE_B
    if learner_in(sentence, title=title):
        yield Ask.LEARNER
    if volunteer_in(sentence, title=title):
        yield Ask.VOLUNTEER
    if enlists_in(sentence):
        yield Ask.ENLISTMENT
    if foreign_clients_in(sentence):
        yield Ask.FOREIGN_LANGUAGE
    if on_the_road_in(sentence):
        yield Ask.ON_THE_ROAD
    if own_account_in(sentence, title=title):
        yield Ask.OWN_ACCOUNT
    early, late, night = hours_in(sentence)
    if night or night_in(sentence, title=title):
        yield Ask.NIGHT
    if early:
        yield Ask.EARLY
    if late:
        yield Ask.LATE
    if weekend_in(sentence):
        yield Ask.WEEKEND


def _asked(sentence: str, match: re.Match[str], *, title: bool) -> bool:
    if title:
        return not _TEACHES.search(sentence)
    return asked(sentence, match.start(), match.end())
