"""Conditions on family and health; people who are told to stay away."""

# A pattern is read as one line: cutting it would hide what belongs together.
# ruff: noqa: E501
import re

from services.offers.domain.linter_clauses import Sentence
from services.offers.domain.linter_heads import any_of
from services.offers.domain.linter_words import (
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
    others,
    words,
)

_FAMILY = words(
    r"celibataires?", r"marie(?:e|s|es)?", r"divorce(?:e|s|es)?", r"pacse\w*", r"en couple", r"(?:sans|pas d'|pas d' |aucun) ?(?:jeunes? )?enfants?", r"enfants? (?:a charge|en bas age)", r"(?:sans|pas de|aucune|ni) personnes? a charge", r"enceintes?", r"grossesse\w*", r"bebe", r"maternite",
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


_THEIR_ROOMS = re.compile(
    r" (?:logements?|hebergements?|chambres?|studios?|residences?|appartements?) (?:\S+ )?(?:reserve|destine|adapte|prevu|propose)e?s? (?:\S+ ){0,6}$"
)
"""Whom rooms are kept for, not the post."""
_WORKS_WITH = re.compile(
    r" (?:vous|tu) (?!avez|aurez|envisag|prevoy|projet|attend|planif|etes|serez|souhait|compt|pens|voul|desir|declar|ne |n' )\w+(?:ez|es|s) (?:(?!si |votre |vos |une? projet)[^\s,;:.]+ ){0,8}$"
    r"|(?:^| )(?:vente|vend\w+|rayon|conseil\w*|fabrication|tenues?|vetements?|lingerie|suivis?|suivre|preparation|prevention|echographie|service|pole|unite|prime) (?:[^\s,;:.]+ ){0,5}(?:de |d' |des |la |les |a )$"
)
"""What whoever applies does, makes or sells: «vous vendez des tenues de grossesse»."""
_FIELD = words(
    r"situations? (?:familiales?|matrimoniales?|maritales?|de famille) :", r"statut marital :", r"(?:nombre d' )?enfants a charge :", r"nombre d' enfants :", r"nom de jeune fille :",
)  # fmt: skip
"""As on a form: asked of everybody."""


def family(s: Sentence) -> Found:
    """Couple, children, pregnancy."""
    if s.says(LIFTED):
        return
    for match in s.all(_FIELD):
        yield match.start(), match.end(), True
    for match in s.all(_FAMILY):
        start, end = match.span()
        word, before, after = match[0], s.before(start, 6), s.after(end, 6)
        if (
            word == "enceintes"
            and re.search(r" (?:les|des|aux|de) femmes $", before)
            and not has(words("pas", "sans", "ni", r"aucune?s?"), before)
            and not s.says(EXCLUDES)
            and not s.says(PICKS)
        ):
            continue  # «vous suivez les femmes enceintes»
        if word == "enceinte" and re.search(r" (?:l'|dans une|d' une) $", before):
            continue  # a place
        if _THEIR_ROOMS.search(s.text[:start]) is not None:
            continue
        if word.startswith(("grossesse", "maternite", "bebe")) and _WORKS_WITH.search(s.text[:start]) is not None:
            continue
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
            or s.says(words(r"precis\w+", r"indiqu\w+", "intention", r"envisag\w+"))
            or has(words("vous", "tu", r"candidat\w*", "non", "pas", ":"), s.before(start, 3))
        )
        if asked or word.startswith(("pas d", "sans", "aucun", "grossesse", "maternite", "ni ")):
            yield start, end, True


_HEALTH = words(
    r"(?:parfaite?|excellente?|bonne|tres bonne|pleine) (?:forme|sante|condition)(?: physique)?", r"(?:etat|problemes?|ennuis?|soucis?) de (?:sante|dos)", r"handicap\w*", r"rqth", r"cotorep", r"valides?", r"maladies?", r"malades?", r"restrictions? medicales?", r"antecedents? medica\w+", r"accidents? du travail", r"mobilite reduite", r"sante de fer", r"sante (?:solide|robuste|irreprochable|parfaite|excellente|sans faille)", r"mal de dos", r"maux de dos", r"poids (?:maximum|maxi|max|inferieur)",
    r"fumeu(?:r|rs|se|ses)", r"sero(?:posi|nega)ti\w+", r"arrets? (?:de )?(?:maladie|travail)", r"inaptes?", r"depressi\w+", r"diabetiques?", r"epilepti\w+", r"traitements? (?:medica\w+|lourds?)", r"begues?", r"begaie\w*", r"aveugles?", r"mal ?- ?(?:voyant|entendant)e?s?", r"sourde?s?", r"asthmatiques?", r"autistes?", r"cancers?",
)  # fmt: skip
_TESTS = words(
    r"(?:tests?|depistages?|serologies?|examens?)(?: \w+){0,3} (?:vih|sida|hiv|genetiques?|grossesse)", r"serologies?", r"groupes? sanguins?",
)  # fmt: skip
"""What nobody is asked of who applies: labour code L1132-1, L1225-1, L1141-1."""
_ASKED_OF_THEM = words(
    r"demand\w+", r"exig\w+", r"obligatoir\w+", r"requis\w*", r"(?:indiqu|precis|mentionn)\w+", r"negati\w+", r"a (?:fournir|joindre|presenter|passer)", r"(?:avant|a|lors de) l' embauche",
)  # fmt: skip
_BAN_HEALTH = words(r"pas d[e']?", r"sans", r"aucune?", "non", "ne", r"jamais", r"n' \w+")


def health(s: Sentence) -> Found:
    """State of health or disability is demanded or left out."""
    if s.says(LIFTED) or (s.says(WELCOMES) and not s.says(EXCLUDES)):
        return
    for match in s.all(_TESTS):
        if s.says(_ASKED_OF_THEM) and not others(s, match.start(), match.end()):
            yield match.start(), match.end(), True
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
        if word.startswith("seroneg") and (s.says(DEMAND) or s.short):
            yield start, end, True
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
                "beg",
                "aveugle",
                "mal",
                "sourd",
                "asthm",
                "autis",
                "cancer",
            )
        ):
            if word.startswith("etat"):
                if has(words("bon", "parfait", "excellent"), s.before(start, 2)):
                    yield start, end, True
            elif banned and not has(words("locaux", "risques?"), before):
                # Rooms may be out of reach, which is no word on who may apply.
                yield start, end, re.search(r" (?:accessib|adapte)\w* aux? ", before) is None
        elif word.startswith("poids"):
            if s.short and not s.says(words(r"charges?", r"colis", "port", r"vehicules?", r"camions?", "ptac")):
                yield start, end, False
        elif "sante" in word:
            if re.search(r" (?:gard|maint|rest|remett|preserv)\w*(?: \w+)? en $", s.before(start, 3)):
                continue  # «la garder en bonne santé»
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
_OUT = words(
    r"s' abstenir",
    r"abstenez",
    r"passez votre (?:chemin|tour)",
    r"inutile de (?:postuler|candidater)",
    r"n' est pas (?:fait |faite )?pour vous",
)


def exclusion(s: Sentence) -> Found:
    """People who are told to stay away for what is no skill: somebody should look."""
    match = s.first(_OUT)
    if match is None or s.says(LIFTED):
        return
    if match[0].startswith("n'") and (" : " not in s.text[: match.start()] or s.text.startswith(" si ")):
        return  # «si vous n'aimez pas le bruit, ce poste n'est pas pour vous»
    # Who stands before is who stays away: «aidants s'abstenir : disponibilité totale» is no word on who is disponible.
    named = match[0] == "s' abstenir" and re.search(r" \w{3,} ", s.before(match.start())) is not None
    if not has(_NEUTRAL, s.text[: match.start()] if named else s.text):
        yield match.start(), match.end(), False


FAMILY_SIGNS = any_of(_FAMILY, _FIELD)
HEALTH_SIGNS = any_of(_HEALTH, _TESTS)
EXCLUSION_SIGNS = _OUT.bit
