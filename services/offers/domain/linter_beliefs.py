"""Conditions on looks, faith, opinions, unions and orientation."""

# A pattern is read as one line: cutting it would hide what belongs together.
# ruff: noqa: E501
import re

from services.offers.domain.linter_clauses import Sentence
from services.offers.domain.linter_heads import any_of
from services.offers.domain.linter_words import (
    APPLICANT,
    CANDIDATE,
    DEMAND,
    EXCLUDES,
    LIFTED,
    OBJECT,
    PICKS,
    SERVED,
    Found,
    has,
    last,
    words,
)

_LOOKS = words(
    r"coiffures? (?:afro|africaines?|ethniques?)", r"coquet(?:te|tes|s)?", r"(?:bien|joliment) faites?", r"seduisant\w*", r"charmant(?:e|es|s)?", r"silhouettes?", r"minces?", r"surpoids", r"obeses?", r"gros(?:se|ses)?", r"(?:physique|apparence) (?:agreable|avantageu\w+|attrayant\w*|soigne\w*)", r"(?:belle|jolie|beau) (?:femme|fille|gueule|plastique|silhouette|garcon|physique|visage)", r"joli(?:e|s|es)?",
    r"taille (?:minimum|mini|minimale|maximum|de guepe|mannequin|\d+)", r"mesur(?:er|ez|ant) (?:au moins |plus d[e'] |moins d[e'] |minimum |maximum |entre |environ )?1", r"barbus?", r"barbe", r"tatouages?", r"tatoue\w*", r"piercings?", r"cheveux \w+", r"coupe afro", r"dreadlocks?", r"afro", r"tresses", r"1 ?m ?\d\d", r"corpulence", r"poids (?:proportionne\w*|ideal|sante)", r"physique d[e'] ?(?:mannequin|reve|star|athlete)", r"mensurations?", r"photos? en pied",
    r"(?:presentation|allure) (?:feminine|masculine)", r"jupes?(?: \w+){0,2} (?:obligatoires?|exige\w*|impose\w*|requis\w*)", r"talons?(?: hauts?)? (?:obligatoires?|exige\w*|impose\w*|requis)",
)  # fmt: skip
_SOMEBODY = words(
    "vous", "soyez", r"candidat\w*", r"postulant\w*", r"hotesses?", r"serveuses?", r"vendeuses?", r"femmes?", r"filles?", r"personnes?", "profil", 
)  # fmt: skip
_FAITH = words(
    r"catholiques?", r"chretien(?:s|ne|nes)?", r"musulman(?:s|e|es)?", r"juifs?", r"juives?", r"protestant(?:s|e|es)?", r"athees?", r"croyant(?:s|e|es)?", r"pratiquant(?:s|e|es)?", r"voile(?:e|es|s)?", r"foulards?", r"religio\w+", r"convictions?", r"opinions?",
    r"politiques?", r"sympathisants?", r"militant\w*", r"de (?:gauche|droite)", r"encarte(?:e|s|es)?", r"cegetistes?", r"cgt", r"cfdt", r"syndique\w*", r"syndicalistes?", r"syndica(?:l|le|ux|t|ts)", r"heterosexuel\w*", r"homosexuel\w*", r"gays?", r"lesbiennes?", r"hetero", r"transgenres?", r"transsexuel\w*", r"bisexuel\w*", r"grevistes?", r"fait (?:la |une )?greve",
)  # fmt: skip


_FIELD = words(
    r"(?:orientations? sexuelles?|religions?|confessions? religieuses?|confessions?|opinions? politiques?|(?:appartenances?|affiliations?) (?:syndicales?|politiques?|religieuses?)|mensurations?|couleurs? (?:des yeux|des cheveux|de (?:la )?peau)|tour de (?:taille|poitrine|hanches)) :"
)
"""As on a form: asked of everybody, whether or not something stands behind."""
_CLOTHES_SIZE = words(r"tailles? (?:3[2-9]|4[0-8])(?: ?(?:-|/|a|ou|et) ?(?:3[2-9]|4[0-8]))?(?! d[e' ])")
_LETTER_SIZE = words(r"tailles? (?:xs|s|m|l|xl|small|medium)(?: (?:a|ou|et|/|-) (?:xs|s|m|l|xl|small|medium))?")
_A_FIELD = 6
_WEARS = re.compile(
    r" \|$| (?:.* )?(?:vous (?:faites|portez|mettez|etes)(?: une)?|(?:faire|porter|mettre|faisant|portant)(?: une| du)?|de|:|,|-|profil|une) \|$"
)
"""«Taille 36-38», «vous faites une taille 38»: at the beginning or of whoever applies."""
_GARMENTS = words(
    r"retouch\w+", r"jupes?", r"pantalons?", r"robes?", r"vestes?", r"patrons?", r"chaussures?", r"bottes", r"disponibles?", r"rayons?", r"stocks?", r"reprises?", r"mannequins?", r"ourlets?", r"couture", r"articles?", r"fourni\w*", r"vente",
)  # fmt: skip
_TO_WEAR = words(r"(?:pour|afin de) (?:porter|mettre|essayer|presenter|enfiler|rentrer dans)")
_SOUGHT_BELIEVER = re.compile(
    r" (?:(?:re)?cherch\w+|recrut\w+|embauch\w+|engageons|besoin d') (?:une? |des |d' une? )?(?!ecoles?|etabliss|colleges?|lycees?|ensembles?|institu|associa|paroisse|maisons?|communaut|organis|radio|journal|revue|structure|centre)\w+ (?P<said>(?:catholiques?|chretien(?:s|ne|nes)?|musulman(?:s|e|es)?|juifs?|juives?|protestant(?:s|e|es)?|croyant(?:s|e|es)?|pratiquant(?:s|e|es)?|voilee?s?|athees?)(?: pratiquant\w*)?)(?= )"
)
"""«Nounou catholique»: the adjective of who is sought; a Catholic school may seek a cook."""


_INSTITUTION = r"(?:ecole|etablissement|college|lycee|ensemble|institut|institution|association|paroisse|maison|communaute|organisme|organisation|radio|journal|revue|structure|centre|clinique|hopital|foyer|oeuvre|mouvement|cimetiere|culte|librairie|federation|enseignement|aumonerie|mutuelle|boucherie|restaurant)s?"
_AN_INSTITUTION = re.compile(
    rf" {_INSTITUTION}(?: (?:prive|privee|scolaire|scout|de jeunesse|d' inspiration|d' accueil)e?s?)? $"
)
"""Whose faith it is: «le lycée protestant recrute»."""
_OF_FAITH = words(
    r"politiques?",
    r"religieus\w+",
    r"catholiques?",
    r"chretien\w*",
    r"musulman\w*",
    r"foi",
    r"de (?:gauche|droite)",
    r"syndica\w+",
)
_TIED_HAIR = r"cheveux (?:attache|noue|couvert|protege|tire)\w*"
_HYGIENE = words("hygiene", "securite", "masques?", r"alimentaire\w*", "normes?", "haccp")


def beliefs(s: Sentence) -> Found:
    """Looks, faith, opinions, unions, orientation."""
    if s.says(LIFTED):
        return
    for match in s.all(_FIELD):
        # «Couleur des cheveux : techniques de coloration» is what a hairdresser learns.
        if not match[0].startswith(("couleur", "tour")) or len(s.tokens) <= _A_FIELD:
            yield match.start(), match.end(), True
    for match in s.all(_LETTER_SIZE):
        if (s.says(DEMAND) or s.says(_TO_WEAR)) and not s.says(_GARMENTS):
            yield match.start(), match.end(), False
    for match in s.all(_CLOTHES_SIZE):
        if _WEARS.match(s.text[: match.start()] + "|") and not s.says(_GARMENTS):
            yield match.start(), match.end(), s.says(DEMAND) or s.says(_TO_WEAR)
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
        elif word.startswith(("mensuration", "photo")):
            yield start, end, False
        elif re.fullmatch(_TIED_HAIR, word) is not None:
            continue  # a rule of safety and hygiene, which L1121-1 allows
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
    for match in _SOUGHT_BELIEVER.finditer(s.text) if s.may(_FAITH) else ():
        yield *match.span("said"), True
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
        if _AN_INSTITUTION.search(before):
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
                r"(?:indiqu|precis|mentionn)(?:er|ez)",
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
            # A conviction may be on anything, unless it is named.
            yield start, end, not word.startswith("conviction") or s.says(_OF_FAITH)
        elif s.asked and s.says(APPLICANT):
            yield start, end, False  # L1221-6: asked of who applies, who need not answer


BELIEF_SIGNS = any_of(_LOOKS, _FAITH, _FIELD, _CLOTHES_SIZE, _LETTER_SIZE)
