"""Who somebody is, right beside the name of a job: «boucher de confession musulmane», «secrétaire, divorcée de préférence».

``linter_frames`` needs a word that wants or leaves out. Here the sentence begins with the job that is offered (or with who
seeks it), and what stands in its apposition is said of whoever applies: the same adjective of a school, a kitchen or a street
is not. Somebody should look; nothing is refused for it. Where belief is what the work is about (a chaplain, a sacristan) it may
be asked for (labour code L1133-1).
"""

# A pattern is read as one line: cutting it would hide what belongs together.
# ruff: noqa: E501
import re
from collections.abc import Iterator

from services.offers.domain.linter_clauses import Sentence
from services.offers.domain.linter_heads import Words, any_of
from services.offers.domain.linter_words import LAW, LIFTED, ROLES, words

_NO_JOB = (
    r"(?!(?:\w*teneur|ailleurs|plusieurs|meilleure?|honneur|bonheur|valeur|coeur|fleur|couleur|chaleur|douceur|ampleur|hauteur|longueur|largeur|rigueur|vigueur|erreur|ardeur|faveur|secteur|moteur|tracteur|interieur|exterieur|superieur|inferieur|majeur|mineur|leur"
    r"|atelier|chantier|quartier|metier|papier|courrier|dossier|calendrier|escalier|foyer|premier|dernier|particulier|regulier|entier|mobilier|immobilier|janvier|fevrier|bien|rien|lien|maintien|entretien|soutien|combien|quotidien|ancien|chien"
    r"|premiere|derniere|maniere|matiere|lumiere|filiere|carriere|barriere|riviere|frontiere|reguliere|particuliere|entiere|ancienne|quotidienne|italienne|norvegienne|serieuse|nombreuse|rigoureuse|soigneuse|curieuse|\w+ieuse|\w+reuse|liste|piste|artiste)s? )"
)
_FEMALE_JOB = (
    r"(?:\w{2,}(?:euse|trice|iere|ienne)|hotesse|nounou|nourrice|(?:jeune |brave )?femme d(?:e |')(?:menage|chambre|service|charge|entretien)|dame de compagnie|aide (?:- )?(?:soignante|menagere|cuisiniere)"
    r"|(?:assist|surveill|gouvern|interven|consult|represent|etudi|aid)ante|adjointe|employee|commerciale|avocate|agente|chargee de \w+|lyceenne|retraitee|bonne a tout faire)"
)
_JOB = (
    rf"(?:{_NO_JOB}(?:{_FEMALE_JOB}|\w{{2,}}(?:eur|ier|yer|ien|iste)|hote|agente?|aide (?:a domicile|- soignant|soignant|menager)|aide|auxiliaire(?: de vie)?|assistant|adjoint|employe|ouvrier|commis|chef|cheffe|cadre|secretaire|comptable|gestionnaire|macon|barman|barmaid|apprentie?|mano(?:e)?uvre"
    r"|berger|vacher|boucher|boulanger|horloger|fromager|maraicher|garde|gardien|guide|vigile|pizzaiolo|gerante?|surveillant|intervenant|consultant|representant|commercial|responsable|moniteur|coach|artisan|valet|veilleur|garcon de salle|gouvernante|medecin|avocat|charge|alternante?|stagiaire|garde d' enfants|baby (?:- )?sitter)s?)"
)
_BOTH = r"(?: (?:\( )?(?:h / f(?: / x)?|f / h(?: / x)?)(?: \))?)"
_LEAD = (
    r"^ (?:[-*•] )?(?:(?:[^\s,;:.]+ ){0,4}?(?:(?:re)?cherch(?:e|ons|ent)|rech|recrut(?:e|ons|ent)|embauch(?:e|ons|ent)|engage(?:ons)?|prenons|besoin d'|(?:nous|me) faut|(?:poste|emploi|place) d[e']|(?:clients?|clientele|familles?|parents|residents?|patients?|usagers?|convives|habitants|beneficiaires?|donneur d' ordres?) (?:(?:ne|n'|nous|me|final|finaux) ){0,2}(?:souhait|veu|voul|exig|prefer|reclam|demand|attend|refus)(?!\w*[st]? - )\w*(?: (?:pas|plus|que) d['e])?)(?: :)? )?"
    r"(?:(?:une?|des|notre|nos|un ou une|deux|trois|\d+|jeunes?|bon|bonne|gentil|gentille|futur|future) ){0,2}"
)
# «Hôte / hôtesse de caisse», «secrétaire comptable»: what belongs to the job's own name.
_PAIR = r"(?: / (?:\w+))?"
_RIGHT_BESIDE = re.compile(rf"{_LEAD}{_JOB}{_PAIR}{_BOTH}?(?: ,)? $")
_ADVERB = r"(?:(?:plutot|idealement|de preference|si possible|imperativement|obligatoirement|exclusivement|uniquement|forcement|en priorite|souhaitee?s?|tres|assez|toujours|une?) )"
_IN_APPOSITION = re.compile(
    rf"{_LEAD}{_JOB}(?: (?!pour |chez |aupres |pas |sans |ni |nos |votre |vos )[^\s,;:]+){{0,6}} [,:(–-] {_ADVERB}{{0,2}}(?:(?!\w+ment )[a-z]{{4,}} (?:et|,|ou) )?{_ADVERB}?$"
)
_ITS_COMPLEMENT = re.compile(
    rf"{_LEAD}{_JOB}{_PAIR}(?: (?!pour |chez |aupres |pas |sans |ni |et |ou |nos |votre |vos )[^\s,;:]+){{0,4}}?{_BOTH}?(?: ,)? $"
)
_SAID_OF_THEM = re.compile(
    rf" (?:vous etes|soyez|etre|candidate?s?|profil|personne|quelqu' un de) {_ADVERB}{{0,2}}(?:(?!\w+ment )[a-z]{{4,}} (?:et|,|ou) )?$"
)
_PART_ENDS = re.compile(
    r" (?:(?:pratiquante?s?|affirmee?s?|assumee?s?|convaincue?s?) )?(?:$|[,;:.)!–-] |(?:et|ou|mais|pour|de preference|si possible|idealement|exige\w*|obligatoire\w*|souhait\w+|apprecie\w*|bienvenu\w*|recherche\w*|demande\w*|uniquement|exclusivement|seulement|imperati\w+|s' abstenir) )"
)
_WANTED = re.compile(
    r" (?:(?:ou|et|,|/) \w+ )?(?:recherche(?:e|s|es)?|demande(?:e|s|es)|souhaite(?:e|s|es)?|cherchee?s?|exigee?s?|bienvenue?s?)(?= (?:$|pour |par |en |a |dans |sur |des |de suite|[,;.!(]))"
)
_RATHER = (
    r"(?:de preference|preferablement|idealement|si possible|plutot|exclusivement|uniquement|imperativement|forcement)"
)
_RATHER_BEFORE = re.compile(rf"(?:^|[,:;(–-]) (?:[a-z]+ (?:et|,) )?{_RATHER} $")
_RATHER_AFTER = re.compile(rf" (?:(?:ou|et|/) \w+ )?(?:, )?(?:{_RATHER}|bienvenue?s? et eux seuls)(?= )")
_A_LANGUAGE = words(
    r"parl\w+",
    r"langues?",
    r"bilingues?",
    "lu",
    r"ecrite?s?",
    r"traduc\w+",
    r"interpret\w+",
    r"niveau",
    r"courants?",
    r"couramment",
    r"cours",
    r"linguisti\w+",
    r"lv\d",
    r"toeic",
    r"anglophone\w*",
)
_COOKS = re.compile(r" (?:cuisini\w+|chefs?|commis|pizzaiolo|traiteur|second|sommelier|sushi\w*|restaurat\w+) ")
_CARES_FOR = re.compile(
    r" (?:animat\w+|educat\w+|format\w+|monit\w+|surveill\w+|accompagn\w+|encadr\w+|entraineu\w+|coach|garde|professeur|enseignant|auxiliaire|aide) "
)
_SELLS = re.compile(
    r" (?:vend\w+|coiff\w+|esthetic\w+|retouch\w+|couturi\w+|conseill\w+|barbier|styliste|modeliste|coach|entraineu\w+|foot\w*|joueu\w+) "
)
_OF_BELIEF = words(
    r"aumoni\w+", r"sacristain\w*", r"pretres?", r"pasteure?s?", r"rabbins?", r"imams?", r"diacres?", r"catechis?t\w*", r"pastora\w+", r"dioces\w+", r"paroiss\w+", r"chapelain\w*", r"cultuel\w*", r"culte", r"congregation\w*", r"consistoire", r"evech\w+", r"eglise", r"mosquee", r"synagogue", r"organiste", r"cachere?", r"casher", r"halal", r"bedeau",
)  # fmt: skip
"""Where belief may be part of the work."""

_NEVER_A_LANGUAGE = r"(?:algerien|marocain|tunisien|africain|maghrebin|europeen|asiatique|senegalais|malien|comorien|antillais|ivoirien|camerounais|congolais|haitien|bresilien|syrien|libanais|pakistanais|afghan|tzigane|tsigane|guyanais|reunionnais|mauricien|malgache|latino|nordique|slave|occidental|mediterraneen)(?:ne|e)?s?"
_OF_A_WOMAN = r"(?:portugaise|espagnole|italienne|polonaise|roumaine|turque|chinoise|francaise|anglaise|allemande|ukrainienne|bulgare|philippine|thailandaise|vietnamienne)s?|(?:portugais|polonais|roumains|turcs|chinois|francais|bulgares|espagnols|italiens|ukrainiens)(?= (?:ou|et) \w+ de preference| de preference| bienvenus)"
_OF_FAITH = r"(?:catholique|chretien(?:ne)?|musulmane?|jui(?:f|ve)|protestante?|croyante?|pratiquante?|athee|evangelique|bouddhiste|israelite|voilee|baptisee?)s?"

_NATIONS = words(
    rf"(?:d' origine|de type|d' ascendance) {_NEVER_A_LANGUAGE}",
    rf"(?:d' origine|de type) {_OF_A_WOMAN}",
    _NEVER_A_LANGUAGE,
    _OF_A_WOMAN,
    r"(?:portugais|polonais|roumain|espagnol|italien|turc|russe|bulgare|ukrainien|chinois|arabe|anglais|allemand|francais)s?",
)
_BELIEFS = words(
    rf"(?:de (?:confession|religion|foi|culture|tradition) )?{_OF_FAITH}", r"de (?:confession|religion|foi) \w+", r"homosexuel(?:le)?s?", r"heterosexuel(?:le)?s?", r"heteros?", r"gays?", r"lesbiennes?", r"bisexuel(?:le)?s?", r"transgenres?", r"de (?:gauche|droite)", r"d' extreme (?:gauche|droite)", r"syndiquee?s?", r"encartee?s?", r"apolitiques?",
)  # fmt: skip
_LOOKS = words(
    r"jolie?s?", r"belles?", r"mignon(?:ne)?s?", r"minces?", r"sveltes?", r"elancee?s?", r"seduisante?s?", r"charmante?s?", r"attirante?s?", r"sexy", r"coquettes?", r"ravissante?s?", r"bien faite?s?", r"blonde?s?", r"brunes?", r"(?:au |avec un |bon |beau |joli )physique(?: agreable| avantageux)?", r"(?:joli|beau) (?:visage|minois|sourire)", r"(?:jolie|belle) (?:silhouette|plastique|allure)",
)  # fmt: skip
_FAMILIES = words(
    r"celibataires?", r"divorcee?s?", r"veu(?:f|ve|fs|ves)", r"mariee?s?", r"en couple", r"sans (?:enfants?|attaches?|charges? de famille|vie de famille)", r"peres? de famille", r"meres? de famille",
)  # fmt: skip
_SEXES = words(r"hommes?", r"femmes?", r"monsieur", r"dames?", r"masculine?s?", r"feminine?s?")
_AGES = words(
    r"jeune(?: et \w+)?(?= (?:[,;.)]|de preference|et|pour|si possible)| $)",
    r"d' age mur",
    r"(?:la |d' une )(?:vingtaine|trentaine|quarantaine|cinquantaine)",
)
_YEARS = words("ans")
_RANGE = re.compile(
    r"(?<= )(?:de |entre )?(?:1[89]|[2-6]\d) (?:ans )?(?:-|/|a|et|–) [2-7]\d ans(?: max\w*| environ)?(?= )"
)
"""What few sentences have beside a word that all of them have: years."""
_ADULTS = re.compile(r"(?:de |entre )?(?:19|[2-6]\d) ")
"""From sixteen or eighteen on may be the public's age."""
_BORN = words(
    r"originaires? (?:de l'|de la|des?|du|d') \w+(?: (?:ou|et) (?:de l' |de la |des? |du |d' )?\w+)?", r"nati(?:f|ve)s? (?:des?|du|d') \w+", r"nee?s? (?:au|aux|en) \w+(?: (?:ou|et) (?:au|aux|en) \w+)?",
    r"nee?s? (?:de parents \w+|en (?:france|europe|metropole)|ici)", r"(?:anglo|franco|hispano|germano|luso|arabo|italo|russo)phones? (?:de naissance|nati(?:f|ve|fs|ves))",
)  # fmt: skip
_ONE_OF_A_FAITH = words(rf"de (?:confession|religion|foi) (?:{_OF_FAITH}|\w+)")
_HEIGHT = r"(?:1 m [5-9]\d|1 [,.] [5-9]\d ?m(?:etres?)?|1[5-9]\d cm|2 m(?: 0\d)?)"
_ABOUT = r"(?:minimum|mini|min|maximum|maxi|au moins|au plus|et plus|exigee?|requise?|demandee?|souhaitee?)"
_BODY = words(
    rf"{_HEIGHT}(?: (?:et|,|/|a|-|pour) (?:{_HEIGHT}|\d\d\d? (?:kg|kilos?)))?(?: {_ABOUT})?",
    rf"\d\d\d? (?:kg|kilos?) (?:et|,|/|pour) {_HEIGHT}(?: {_ABOUT})?",
)
_MEASURED = re.compile(rf"(?: (?:taille|mesurant|mesurer|gabarit|:|{_ABOUT}|entre|de|d'|a partir)){{1,4}} $")
_FEATURES = words(
    r"(?:(?:jolie?s?|belles?|beaux?|bel|bon|tres) ){0,2}(?:visages?|minois|silhouettes?|physiques?|plastiques?|corps|jambes?|yeux|traits)(?: (?:bien |tres )?\w+)?",
    r"(?:jolie?s?|belles?|beaux?|bel) (?:sourires?|allures?|prestances?|tailles?|teints?)(?: \w+)?",
)
"""Of somebody's body, behind «avec» or «au»: what is done for bodies stands behind the name of the work."""
_WITH = re.compile(
    r"(?: (?:avec|ayant|aux?|a la|dotee?s? (?:de|d')|,))(?: (?:une?|de|des|d'|le|la|les))?(?: \S+ \S+ et (?:une?|de|des|d'))? $"
)
_TRAITS = (
    ("origin", _NATIONS),
    ("origin", _BORN),
    ("appearance_religion_union", _BELIEFS),
    ("appearance_religion_union", _LOOKS),
    ("appearance_religion_union", _ONE_OF_A_FAITH),
    ("appearance_religion_union", _BODY),
    ("appearance_religion_union", _FEATURES),
    ("family", _FAMILIES),
    ("sex", _SEXES),
    ("age_limit", _AGES),
)
_ALSO_PEOPLE = re.compile(rf"(?:{_NEVER_A_LANGUAGE}|{_OF_A_WOMAN})(?= |$)")
_SIGNED = tuple((named.bit | (_YEARS.bit if named is _AGES else 0), criterion, named) for criterion, named in _TRAITS)
SIGNS = any_of(_YEARS, *(named for _, named in _TRAITS))
"""The bits of the traits, without one of which nothing is found."""

Beside = tuple[str, int, int]
"""Criterion, start and end in the sentence's text."""


def beside(s: Sentence) -> Iterator[Beside]:
    """Traits in the apposition of the job that is offered, or wished of nobody by name («plutôt européenne»)."""
    if s.says(LIFTED) or s.says(ROLES):
        return
    bits = s.bits
    for criterion, named in [(criterion, named) for signs, criterion, named in _SIGNED if bits & signs]:
        years = _RANGE.finditer(s.text) if named is _AGES and s.may(_YEARS) else ()
        for match in (*s.all(named), *years):
            if _of_whoever_applies(s, criterion, named, match):
                yield criterion, *match.span()
                break


def _of_whoever_applies(s: Sentence, criterion: str, named: Words, match: re.Match[str]) -> bool:
    before, after = s.text[: match.start()], s.text[match.end() :]
    direct = _RIGHT_BESIDE.match(before) is not None
    if named is _NATIONS:
        return _national(s, match, before, after, direct=direct)
    if named in (_BELIEFS, _ONE_OF_A_FAITH) and s.says(_OF_BELIEF):
        return False
    if named is _FEATURES:
        having = _WITH.search(before)
        return having is not None and _whoever(f"{before[: having.start()]} ")
    if _PART_ENDS.match(after) is None:
        return False
    if named is _BODY:
        measured = _MEASURED.search(before)
        return _whoever(f"{before[: measured.start()]} " if measured else before)
    if named is _ONE_OF_A_FAITH:
        return _whoever(before)
    if criterion == "age_limit":
        if _CARES_FOR.search(before):
            return False
        return (
            direct
            or _IN_APPOSITION.match(before) is not None
            or (_ADULTS.match(match[0]) is not None and _ITS_COMPLEMENT.match(before) is not None)
        )
    if named is _LOOKS:
        # «Serveuse jolie» is said of her, «chef, belle carte» of the card: what ends the item behind it decides.
        return _IN_APPOSITION.match(before) is not None or _SAID_OF_THEM.search(before) is not None
    if criterion == "sex":
        if _SELLS.search(before) or _OF_ONE_SEX.search(before) or _EITHER_SEX.search(s.text):
            return False
        return _whoever(before)
    return direct or _IN_APPOSITION.match(before) is not None


def _whoever(before: str) -> bool:
    """Whether a sentence that goes on so says of the job that is offered who does it."""
    return any(one.match(before) for one in (_RIGHT_BESIDE, _ITS_COMPLEMENT, _IN_APPOSITION))


_OF_ONE_SEX = re.compile(
    r" (?:rayons?|univers|modes?|collections?|lignes?|vetements?|textiles?|pret - a - porter|chaussures?|parfums?|equipes?|sections?|stands?|corners?|boutiques?|magasins?|salons?|foyers?|centres?|clubs?|vestiaires?|tenues?|soins?|championnats?|ligues?|categories?) "
)
_EITHER_SEX = re.compile(
    r" (?:hommes?|monsieur|messieurs) .*?(?:femmes?|dames?) | (?:femmes?|dames?) .*?(?:hommes?|monsieur|messieurs) "
)


def _national(s: Sentence, match: re.Match[str], before: str, after: str, *, direct: bool) -> bool:
    if s.says(_A_LANGUAGE) or s.says(LAW):
        return False
    if _RATHER_BEFORE.search(before) is not None or _RATHER_AFTER.match(after) is not None:
        return _of_people(_WISH.sub(" ", before))
    wanted = _WANTED.match(after) is not None
    if wanted and (before == " " or direct):
        return True
    people = _ALSO_PEOPLE.search(match[0]) is not None
    if not people or (_COOKS.search(before) and not wanted):
        return False
    if direct:
        return _PART_ENDS.match(after) is not None
    return _IN_APPOSITION.match(before) is not None and _PART_ENDS.match(after) is not None


_WISH = re.compile(rf"(?: ,)?(?: (?:[a-z]+ (?:et|,) )?{_RATHER})? $")


def _of_people(before: str) -> bool:
    """Whether nobody but whoever applies can be meant by what stands behind: nothing is named before, or the job, or a candidate."""
    return before == " " or any(
        one.search(before) for one in (_RIGHT_BESIDE, _IN_APPOSITION, _SAID_OF_THEM, _ITS_COMPLEMENT)
    )


_WISHED_WOMAN = re.compile(
    rf"^ (?:[-*•] )?(?:(?:une|notre|bonne|jeune|gentille) ){{0,2}}(?P<said>{_NO_JOB}{_FEMALE_JOB})s?(?: (?!ou |/ |et \w+(?:eur|ier|ien|ant) )[^\s,;:/]+){{0,6}}? ,? ?(?:recherchee|demandee|souhaitee|exigee|cherchee|embauchee|engagee|attendue|desiree|voulue|bienvenue)s?(?= )"
    rf"|^ (?:[-*•] )?(?:une )?(?P<alone>{_NO_JOB}{_FEMALE_JOB})s?(?: (?!ou |/ |et )[^\s,;:/]+){{0,3}}? (?:seulement|uniquement|exclusivement)(?= (?:[,.;:)!]|$))"
)
_SOUGHT = re.compile(
    rf"(?<! la)(?<! de)(?<! en)(?<! d')(?<! une)(?<! notre)(?<! votre)(?<! leur) (?:(?:re)?cherch(?:e|ons|ent)|rech|recrut(?:e|ons|ent)|embauch(?:e|ons|ent)|engage(?:ons)?|besoin d'|(?:nous|me) faut)(?: (?:une|notre|des|sa|leur))?(?: (?:jeune|gentille|bonne|future))? (?P<said>{_NO_JOB}{_FEMALE_JOB})s?(?= (?!/|ou |et \w+(?:eur|ier|ien|ant) |- ))"
)
_EPICENE = re.compile(
    r"^ (?:[-*•] )?(?:une )?(?P<said>secretaire|comptable|gestionnaire|standardiste|receptionniste|responsable|auxiliaire(?: de vie)?|fleuriste|libraire)s? (?:(?!ou |/ )\w+ (?:et )?){0,4}?(?:recherchee|demandee|souhaitee|exigee|cherchee)(?= )"
)
_BOTH_NAMED = re.compile(r" (?:h [/.,-] f|f [/.,-] h|hommes?|valets?|(?:un|le) (?:ou|/|et) une) ")
_PAIRED = re.compile(r" [a-z]+ / [a-z]+")
_MEN = {
    "euse": ("eur", "eux"),
    "trice": ("teur",),
    "iere": ("ier",),
    "ienne": ("ien",),
    "ante": ("ant",),
    "esse": ("e",),
    "ee": ("e",),
}
_ASKED_ALONE = words(
    "seulement", "uniquement", "exclusivement", r"recherchees?", r"demandees?", r"souhaitees?", r"exigees?", r"cherchees?", r"embauchees?", r"engagees?", r"attendues?", r"desirees?", r"voulues?", r"bienvenues?",
    r"(?:(?:re)?cherch(?:e|ons|ent)|rech|recrut(?:e|ons|ent)|embauch(?:e|ons|ent)|engage(?:ons)?|besoin d'|faut) (?:une|notre|des|sa|leur) \w+",
    r"(?:serv|vend|coiff|employ|balay|cultiv|march|brod|repass|nettoy|livr|trav|menag|danc|mass|accord)euses?", r"(?:anima|educa|conduc|forma|institu|direc|accompagna|agricul|media)trices?",
    r"(?:caiss|cuisin|infirm|ouvr|coutur|bouch|charcut|patiss|boulang|ferm|lav|costum|gard|hotel|romanc|concierg|crep|poissonn|jardin)ieres?", r"(?:esthetic|magic|music|pharmac|electric|techn|mecan)iennes?", r"hotesses?", r"nounous?", r"nourrices?", r"femmes? d(?:e|') (?:menage|chambre|service)", r"dames? de compagnie", r"(?:etudi|assist|surveill|gouvern)antes?", r"retraitees?",
)  # fmt: skip
FEMALE_SIGNS = _ASKED_ALONE.bit


def in_feminine(s: Sentence) -> Iterator[tuple[int, int]]:
    """Only the women of a trade are sought: «cherche serveuse souriante», «hôtesse d'accueil recherchée». The participle's own
    form says that the other was not thought of.
    """
    if not s.may(_ASKED_ALONE) or _BOTH_NAMED.search(s.text):
        return
    for pattern in (_WISHED_WOMAN, _SOUGHT, _EPICENE):
        for match in pattern.finditer(s.text):
            if _PAIRED.search(s.text, 0, match.end()):
                continue
            name = "alone" if match.groupdict().get("alone") else "said"
            said = match[name]
            root, ends = next(
                ((said.removesuffix(end), men) for end, men in _MEN.items() if said.endswith(end)), (said, ())
            )
            if not any(f" {root}{end} " in s.text or f" {root}{end}s " in s.text for end in ends):
                yield match.span(name)
