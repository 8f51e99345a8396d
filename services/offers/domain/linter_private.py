"""Conditions on family, health, looks, beliefs; people who are told to stay away."""

# A pattern is read as one line: cutting it would hide what belongs together.
# ruff: noqa: E501
import re

from services.offers.domain.linter_clauses import Sentence
from services.offers.domain.linter_words import (
    CANDIDATE,
    DEMAND,
    EXCLUDES,
    LIFTED,
    OBJECT,
    PICKS,
    SERVED,
    WELCOMES,
    Found,
    has,
    last,
    words,
)

_FAMILY = words(
    r"celibataires?", r"marie(?:e|s|es)?", r"divorce(?:e|s|es)?", r"pacse\w*", r"en couple", r"(?:sans|pas d'|pas d' |aucun) ?(?:jeunes? )?enfants?", r"enfants? (?:a charge|en bas age)", r"enceintes?", r"grossesse\w*", r"bebe", r"maternite",
    r"situation (?:de famille|familiale|matrimoniale|maritale)", r"(?:contrainte|charge|obligation)s? (?:de famille|familiales?)", r"(?:contrainte|charge|attache)s? familiales?", r"famille nombreuse", r"(?:ni|sans|pas de) (?:mari|conjoint|epouse?|epoux|compagne|compagnon)", r"vie de famille", r"vos enfants", r"(?:mere|pere|parent)s? (?:celibataires?|de famille|isoles?|seuls?)", r"mamans?", r"papas?",
    r"(?:ayant|avec|ont|avez|avoir|parents?) (?:de |d'|des |vos |trop d' |un |une )?(?:jeunes? |petits? |tout petits )?enfants?",
)  # fmt: skip


_HOUSEHOLDS = words(
    "couples",
    "familles",
    "foyers?",
    "menages",
    "clients?",
    r"personnes? agee?s?",
    "chez (?:des|les|un|une)",
)
"""Whose children and partners are not the candidate's."""
_A_HOUSEHOLD = words(
    r"(?:aupres|chez|pour|aide|avec|accompagn\w+|service)(?: d'| de| du| a| aupres)* (?:une?|ce|cette|le|la) (?:couple|famille|foyer|menage)"
)
"""One of them, with the word that makes it the one served: «un couple» alone may be who is hired."""


def family(s: Sentence) -> Found:
    """Couple, children, pregnancy."""
    if s.says(LIFTED):
        return
    for match in s.all(_FAMILY):
        start, end = match.span()
        word, before, after = match[0], s.before(start, 6), s.after(end, 6)
        if word.startswith(("ayant", "avec", "ont", "ave", "avoir", "parent")) and "enfant" in word:
            # «Vous avez des enfants ?» is kindly asked: only who is left out by it is.
            if s.says(EXCLUDES) and not has(SERVED, s.before(start, 3)) and not has(_HOUSEHOLDS, s.before(start, 4)):
                yield start, end, False
            continue
        # Marie is a name, too.
        if word == "marie" and not (
            re.search(r" (?:etes(?: - vous)?|etre|soit|:|ou|non|homme|couple|,) $", s.before(start, 3))
            or re.match(r" (?:ou|de preference|avec|sans|exige)", after)
        ):
            continue
        if word in ("vos enfants", "famille nombreuse", "vie de famille"):
            if s.says(EXCLUDES) or (word == "vos enfants" and s.says(DEMAND)):
                yield start, end, True
            continue
        if word in ("bebe", "enfant a charge", "enfants a charge") or word.startswith("enfant"):
            denied = has(words(r"pas", "sans", "aucun", "projet"), before)
            if not denied:
                continue
        if word.startswith("maternite") and not has(
            words(r"ne pas (?:prevoir|partir|envisager)", "pas d[e']", "sans", "aucun", "projet"), before
        ):
            continue
        if (
            has(_HOUSEHOLDS, s.before(start, 3))
            or has(_A_HOUSEHOLD, s.before(start, 7))
            or (word.startswith(("grossesse", "maternite", "bebe")) and has(OBJECT, s.before(start, 3)))
        ):
            continue
        free = has(
            words("sans", "libre de", "pas d[e']", "aucune?", "n' avez", "absence de", r"degage\w* de"),
            s.before(start, 4) + word,
        )
        about = (
            has(words("sejours?", "hotels?", "voyages?", "clients?", "chambres?", "en basse", "en haute"), before)
            or (
                last(SERVED, before) >= 0
                and not s.says(EXCLUDES)
                and "enfant" not in word
                and not word.startswith(("marie", "en couple", "celibataire", "bebe"))
            )
            or has(words(r"accueilli\w*", r"accompagne\w*", r"accueil\w*"), s.text)
        )
        if about and not s.says(EXCLUDES):
            continue
        if word.startswith(("mere", "pere", "parent", "maman", "papa")) and not (
            s.says(EXCLUDES) or s.says(DEMAND) or s.says(PICKS)
        ):
            continue
        if word.startswith("situation") and not (
            has(words(r"precis\w+", r"indiqu\w+", r"mention\w+"), s.text)
            or after.strip().startswith(":")
            or s.says(DEMAND)
        ):
            continue
        if word.startswith(("contrainte", "charge", "obligation", "attache")) and not free:
            continue
        asked = (
            s.says(DEMAND)
            or s.says(EXCLUDES)
            or re.search(PICKS.pattern + r"(?: une?)? couple $", s.before(start, 4)) is not None
            or free
            or s.asked
            or s.says(words(r"precis\w+", r"indiqu\w+"))
            or has(words("vous", "tu", r"candidat\w*", "non", "pas", ":"), s.before(start, 3))
        )
        if asked or word.startswith(("pas d", "sans", "aucun", "grossesse", "maternite", "ni ")):
            yield start, end, True


_HEALTH = words(
    r"(?:parfaite?|excellente?|bonne|tres bonne|pleine) (?:forme|sante|condition)(?: physique)?", r"(?:etat|problemes?|ennuis?|soucis?) de (?:sante|dos)", r"handicap\w*", r"rqth", r"cotorep", r"valides?", r"maladies?", r"malades?", r"restrictions? medicales?", r"antecedents? medica\w+", r"accidents? du travail", r"mobilite reduite", r"sante de fer", r"sante (?:solide|robuste)", r"mal de dos", r"maux de dos", r"poids (?:maximum|maxi|max|inferieur)",
    r"fumeu(?:r|rs|se|ses)", r"seropositi\w+", r"arrets? (?:de )?(?:maladie|travail)", r"inaptes?", r"depressi\w+", r"diabetiques?", r"epilepti\w+", r"traitements? (?:medica\w+|lourds?)",
)  # fmt: skip
_BAN_HEALTH = words(r"pas d[e']?", r"sans", r"aucune?", "non", "ne", r"jamais", r"n' \w+")


def health(s: Sentence) -> Found:
    """State of health or disability is demanded or left out."""
    if s.says(LIFTED) or (s.says(WELCOMES) and not s.says(EXCLUDES)):
        return
    for match in s.all(_HEALTH):
        start, end = match.span()
        word, before, after = match[0], s.before(start, 6), s.after(end, 5)
        if (
            last(OBJECT, before) >= 0
            or (last(SERVED, before) >= 0 and not s.says(EXCLUDES))
            or has(
                words(
                    "financiere", "publique", "au travail", "mentale", "des sols", "redhibitoire", "de prix", "animale"
                ),
                after,
            )
        ):
            continue
        banned = has(_BAN_HEALTH, s.before(start, 4)) or s.says(EXCLUDES)
        asked = s.says(DEMAND) or has(
            words("vous", "tu", "etre", "avoir", r"candidat\w*", "jouir", r"personnes?", "en"), s.before(start, 4)
        )
        if word.startswith(
            (
                "handicap",
                "rqth",
                "cotorep",
                "maladie",
                "malade",
                "etat",
                "probleme",
                "ennui",
                "souci",
                "restriction",
                "arret",
                "inapte",
                "sero",
                "depress",
                "diabet",
                "epilep",
                "antecedent",
                "mal de",
                "accident",
                "mobilite",
                "maux",
                "traitement",
            )
        ):
            if word.startswith("etat"):
                if has(words("bon", "parfait", "excellent"), s.before(start, 2)):
                    yield start, end, True
            elif banned and not has(words("locaux", "risques?"), before):
                yield start, end, True
        elif word.startswith("poids"):
            if s.short and not s.says(words(r"charges?", r"colis", "port", r"vehicules?", r"camions?", "ptac")):
                yield start, end, False
        elif "sante" in word:
            if asked or s.short:
                yield start, end, True
        elif word.startswith("fumeu"):
            if (s.says(EXCLUDES) or s.says(DEMAND) or has(words("vous etes", "candidat"), before)) and not has(
                words("locaux", "espaces?", "chambres?", "gite", "interdit de fumer"), s.text
            ):
                yield start, end, False
        elif word.startswith("valide"):
            if has(words(r"personnes?", r"candidat\w*", "vous etes"), s.before(start, 2)) and s.says(DEMAND):
                yield start, end, True
        elif asked and s.says(words(r"exig\w+", r"obligatoir\w+", r"indispensabl\w+", r"imperati\w+")):
            yield start, end, False


_LOOKS = words(
    r"coiffures? (?:afro|africaines?|ethniques?)", r"coquet(?:te|tes|s)?", r"(?:bien|joliment) faites?", r"seduisant\w*", r"charmant(?:e|es|s)?", r"silhouettes?", r"minces?", r"surpoids", r"obeses?", r"gros(?:se|ses)?", r"(?:physique|apparence) (?:agreable|avantageu\w+|attrayant\w*|soigne\w*)", r"(?:belle|jolie|beau) (?:femme|fille|gueule|plastique|silhouette|garcon|physique|visage)", r"joli(?:e|s|es)?",
    r"taille (?:minimum|mini|minimale|maximum|de guepe|mannequin|\d+)", r"mesur(?:er|ez|ant) (?:au moins |plus d[e'] |minimum )?1", r"barbus?", r"barbe", r"tatouages?", r"tatoue\w*", r"piercings?", r"cheveux \w+", r"coupe afro", r"dreadlocks?", r"afro", r"tresses", r"1 ?m ?\d\d", r"corpulence", r"poids (?:proportionne\w*|ideal|sante)", r"physique d[e'] ?(?:mannequin|reve|star|athlete)",
)  # fmt: skip
_SOMEBODY = words(
    "vous", "soyez", r"candidat\w*", r"postulant\w*", r"hotesses?", r"serveuses?", r"vendeuses?", r"femmes?", r"filles?", r"personnes?", "profil", 
)  # fmt: skip
_FAITH = words(
    r"catholiques?", r"chretien(?:s|ne|nes)?", r"musulman(?:s|e|es)?", r"juifs?", r"juives?", r"protestant(?:s|e|es)?", r"athees?", r"croyant(?:s|e|es)?", r"pratiquant(?:s|e|es)?", r"voile(?:e|es|s)?", r"foulards?", r"religio\w+", r"convictions?", r"opinions?",
    r"politiques?", r"sympathisants?", r"militant\w*", r"de (?:gauche|droite)", r"encartes?", r"cegetistes?", r"cgt", r"cfdt", r"syndique\w*", r"syndicalistes?", r"syndica(?:l|le|ux|t|ts)", r"heterosexuel\w*", r"homosexuel\w*", r"gays?", r"lesbiennes?", r"hetero", r"transgenres?",
)  # fmt: skip


_HYGIENE = words("hygiene", "securite", "masques?", r"alimentaire\w*", "normes?", "haccp")


def beliefs(s: Sentence) -> Found:
    """Looks, faith, opinions, unions, orientation."""
    if s.says(LIFTED):
        return
    hygiene = s.says(_HYGIENE)
    for match in s.all(_LOOKS):
        start, end = match.span()
        word, before, after = match[0], s.before(start, 6), s.after(end, 5)
        if (
            hygiene
            or last(OBJECT, before) >= 0
            or has(OBJECT, after)
            or has(words("apparents?", "de haies", "de pierre", "de la", "en"), s.after(end, 1))
        ):
            continue
        banned = has(words("pas d[e']?", "sans", "aucune?", "ni", "non"), s.before(start, 4))
        if word.startswith(("coquet", "bien f", "joliment", "seduis", "charmant")):
            # Villages are charming and work is well done: only right behind a person are these a person's looks.
            if re.search(
                r" (?:etre|etes|soyez|candidates?|hotesses?|serveuses?|femmes?|personnes?)(?: \S+ et| tres| plutot)? $",
                s.before(start, 4),
            ) and (has(_SOMEBODY, s.text[:start]) or s.text.startswith(" etre ")):
                yield start, end, s.says(DEMAND) or s.says(EXCLUDES)
        elif word.startswith(("coiffure", "barb", "tatou", "piercing", "cheveux", "coupe", "dread", "afro", "tresses")):
            if banned or s.says(EXCLUDES):
                yield start, end, True
        elif word.startswith("gros") or word in ("joli", "jolie", "jolis", "jolies"):
            if (s.says(EXCLUDES) and s.says(CANDIDATE)) or has(
                words("silhouette", "femme", "fille", "visage", "personne", "hotesse"), after
            ):
                yield start, end, True
        elif word.startswith(("physique", "apparence", "belle", "beau", "joli")):
            yield start, end, True
        elif word.startswith("1"):
            if s.says(words("minimum", "mini", r"exig\w+", r"mesur\w+")) and not s.says(
                words("lineaire", r"haut\w*", r"large\w*", r"long\w*", r"profond\w*")
            ):
                yield start, end, False
        elif word.startswith(("taille", "mesur")):
            clothes = re.fullmatch(r"taille [345]\d", word) is not None and s.says(words("maximum", "maxi"))
            if (clothes or has(words("1", "m", "metre", r"cm"), word + after)) and (
                s.says(DEMAND) or s.says(CANDIDATE) or s.short
            ):
                yield start, end, True
        elif (
            s.says(DEMAND)
            or s.says(EXCLUDES)
            or has(PICKS, before)
            or has(words("etre", "vous etes", "avoir"), before)
            or (s.short and has(words("presentation", "elancee?s?", "fine?s?", "sveltes?", r"proportionne\w*"), s.text))
        ):
            yield start, end, True
    for match in s.all(_FAITH):
        start, end = match.span()
        word, before = match[0], s.before(start, 6)
        if (
            word.startswith(("politique", "religio", "syndica"))
            and not word.startswith(("syndicalist", "syndicat"))
            and not has(
                words(
                    r"opinions?",
                    r"convictions?",
                    r"engage\w*",
                    r"appartenance",
                    r"parti",
                    r"mandats?",
                    r"activites?",
                    r"pas de",
                    r"militant\w*",
                    r"pratique",
                    r"idees?",
                    r"etiquettes?",
                    r"delegues?",
                    r"passe",
                    r"affiliation",
                    r"carte",
                    r"adhesion",
                ),
                s.before(start, 2),
            )
        ):
            continue
        if word.startswith(("voile", "foulard")) and re.match(r" d[e'] ", s.after(end, 1)):
            # «voile de protection», «d'ombrage»
            continue
        if word.startswith("conviction") and not has(
            words(r"politiques?", r"religieus\w+", "nos", "de la maison"), s.around(start, end, 2)
        ):
            continue
        if word.startswith("politique") and has(words("pas de"), s.before(start, 2)):
            continue
        served = (
            last(SERVED, before) >= 0
            or last(OBJECT, before) >= 0
            or has(
                words(
                    r"assistant\w*", "groupe", "questions?", "sciences?", "elus?", "vie", "dialogue", "representation"
                ),
                before,
            )
        )
        if served and not s.says(EXCLUDES):
            continue
        banned = has(words("pas d[e']?", "sans", "aucune?", "non", "ni"), s.before(start, 4)) or s.says(EXCLUDES)
        person = has(
            words(
                "vous etes",
                "tu es",
                "etre",
                r"candidat\w*",
                r"profils?",
                r"personnes?",
                r"couples?",
                r"femmes?",
                "hommes?",
                "vous partagez",
                "partager",
                "vos",
                "tes",
                r"(?:adherer|souscrire|approuver|soutenir|partager) (?:a|aux?|les|nos|le|la)?",
                r"electeurs?",
                r"electrices?",
            ),
            s.before(start, 4),
        )
        marked = s.says(
            words(
                r"exig\w+",
                "uniquement",
                "exclusivement",
                "de preference",
                r"prefer\w+",
                r"souhait\w+",
                r"compatibles?",
                r"obligatoir\w+",
                r"imperati\w+",
                r"appreci\w+",
                "seulement",
                "seuls?",
                "seules?",
                "devront",
                "il faut",
                "devez",
                r"reserv\w+",
            )
        )
        if (
            banned
            or (
                person
                and (
                    marked
                    or word.startswith(
                        ("catho", "chret", "musul", "jui", "protes", "athe", "croy", "prati", "conviction", "hetero")
                    )
                )
            )
            or (marked and s.short)
        ):
            yield start, end, True


_NEUTRAL = words(
    r"motiv\w+",
    r"serieu\w+",
    r"experience\w*",
    r"debutant\w*",
    r"diplom\w+",
    r"permis",
    r"professionn\w+",
    r"vehicul\w+",
    r"disponib\w+",
    r"amateurs?",
    r"cabinets?",
    r"agences?",
    r"prestataires?",
    r"sous ?- ?traitants?",
    r"stagiaires?",
    r"touristes?",
    r"curieu\w+",
    r"dilettantes?",
    r"auto ?- ?entrepreneurs?",
    r"independants?",
    r"freelances?",
    r"alternan\w+",
    r"profil\w* ne correspond\w*",
    r"fantaisistes?",
    r"paresseu\w+",
    r"qualifi\w+",
    r"qualification",
    r"competen\w+",
    r"licence",
    r"caces",
    r"recruteurs?",
    r"sans \w+ requis\w*",
    r"ponctuel\w*",
    r"vertige",
    r"allergi\w+",
)
_OUT = words(r"s' abstenir", r"abstenez", r"passez votre (?:chemin|tour)", r"inutile de (?:postuler|candidater)")


def exclusion(s: Sentence) -> Found:
    """People who are told to stay away for what is no skill: somebody should look."""
    match = s.first(_OUT)
    if match is not None and not s.says(_NEUTRAL) and not s.says(LIFTED):
        yield match.start(), match.end(), False
