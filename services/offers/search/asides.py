"""What people say that is no filter and no word of an offer either: of themselves, of where they are, of how hard work may be.

Read before the filters, so that «17 ans» is no length and «pas physique» denies nothing.
"""

import re

from services.offers.search.chips import ChipKind, Meaning

NEAR_ME = Meaning("Près de chez moi", {})
"""Where the caller is: no parameter says it unless they tell."""

OTHER_LICENCES = r"(?:am|be|ce?|c1|d1?|ec|pl|spl|poids?|moto)(?!\S)"
"""Behind «permis»: it is one of them, and not that of cars."""

_NEARNESS = (
    r"pres|proche|a cote|autour|aux? alentours?|a proximite|pas (?:trop |tres )?loin|non loin|aux? environs?|a deux pas"
)
_WHERE_I_AM = (
    r"moi|nous|mon domicile|domicile|ma maison|la maison|mon quartier|mon adresse|j habite|je (?:suis|vis|habite)|ici"
)
_MY = r"(?:mon|ma) (?:secteur|coin|quartier|ville|region|departement|village|commune|canton)"
_NEAR_ME = re.compile(
    rf"(?<!\S)(?:(?:tout |plus |le plus |au plus |juste )?(?:{_NEARNESS})(?: (?:de|d|du))* (?:chez |ou )?(?:{_WHERE_I_AM})|"
    rf"(?:dans|sur|pres de|autour de) {_MY}|(?:par|d) ici|"
    r"(?:a proximite|dans (?:le coin|les environs|les alentours)|(?:pas|non) (?:trop |tres )?loin)(?! (?:de|d|du|des)\b))(?!\S)"
)
_OWN = r"(?:permis|voiture|vehicule|scooter|mobylette)"
_AND_MORE = r"(?:(?: (?:et|plus|ou|le|la|mon|un|permis))* (?:be|c1?e?|d1?e?|a2?|am|bsr|remorque|moto|pl|spl)(?!\S))*"
"""Behind «permis B»: others that somebody has as well."""
HAS = re.compile(
    rf"(?<!\S)(?<!pas )(?<!sans )(?:(?:j ai|(?:il|elle) a|avec|ai|titulaire|possede|possedant)"
    rf"(?: (?:de|du|le|un|une|mon|ma|son|sa|la))* {_OWN}"
    rf"(?:(?: b){_AND_MORE})?(?! {OTHER_LICENCES})"
    rf"(?: (?:et|avec)(?: (?:une|la|ma|le|mon))? {_OWN})?|(?<!non )(?:vehiculee?|motorisee?))(?!\S)"
)
"""What somebody says that they have: nothing that an offer would have to say."""
_LACKS = re.compile(
    r"(?<!\S)(?:(?:je |j |n )*n?ai )?(?:sans|pas|aucun|ni)(?: (?:de|d|le|du|mon|encore))* "
    rf"permis {OTHER_LICENCES}(?: lourds?)?(?!\S)"
)
"""A licence that somebody has not beside that of cars: who drives something lighter asks so."""
_WHO = r"(?:seniors?|mineure?s?|retraitee?s?)"
_FOR_WHOM = r"(?:je suis|suis|pour|accessibles? aux?|reservee? aux?|jobs?|emplois?|travail|boulots?)"
_AT_WHOSE_CHARGE = (
    r"^(?:(?:pour|les?|au) )*rsa|(?:(?:je|suis|touche|touchant|percois|beneficiaires?|allocataires?|au|sous) "
    r"(?:(?:du|le|au|l) )*)+(?:rsa|ass|aah)|(?:(?:je|suis|etant) )*"
    r"(?:inscrite? (?:a|au|chez) (?:pole emploi|france travail|la mission locale)|"
    r"au chomage|chomeu(?:r|se)|demandeu(?:r|se) d emploi)"
)
"""What somebody lives on, or where they are registered. A counsellor's title ends in it: «conseiller rsa»."""
_DAYS = (
    r"(?:(?:le|les|tous les|mes) )*(?:(?:lundi|mardi|mercredi|jeudi|vendredi)s?(?: (?:et|ou)(?: le| les)?)? ?)+(?<! )"
)
_FREE = r"(?:libres?|off|de repos|de libre|de conge)"
_LIVES = (
    r"(?:(?:je|suis|un|une) )*(?:sors|sortante?s?|sortie?|sortir) d(?:e|u) (?:la |l )?(?:prison|detention|incarceration)|"
    r"(?:(?:je|suis|un|une) )*(?:ex|anciens?|anciennes?) detenue?s?|"
    r"(?:(?:je|suis|un|une) )*(?:mamans?|papas?|meres?|peres?|parents?) (?:seule?s?|solos?|isolee?s?|celibataires?|de famille)"
    r"(?:(?: (?:de|avec|et))* \d+ enfants?)?|(?:(?:j ai|avec) )*\d+ enfants? a (?:ma )?charge|"
    r"(?:(?:sans|pas|de|d) )+(?:mode|moyen) de garde"
)
"""Of where somebody comes from, or with whom they live."""
_ONESELF = re.compile(
    rf"(?<!\S)(?:(?:j ai|je suis|suis|agee? de|moi|de|plus de|a|pour|un|une|{_WHO}) )*\d\d ans(?! (?:d |de )?experience)"
    rf"(?: {_WHO})?(?!\S)|"
    rf"(?<!\S){_FOR_WHOM}(?: (?:pour|un|une|les?|des))* {_WHO}(?!\S)|"
    rf"(?<!\S)(?:{_AT_WHOSE_CHARGE})(?!\S)|"
    rf"(?<!\S)(?:{_DAYS}(?: (?:sont|est|doit etre|doivent etre))? {_FREE}|(?:off|de repos|de conge) {_DAYS})(?!\S)|"
    r"(?<!\S)(?:handicap |handicapee? )?rqth(?: handicap)?(?!\S)|"
    r"(?<!\S)(?:postes?|travail|emplois?|metiers?) (?:adaptee?s?|amenagee?s?)(?!\S)|"
    rf"(?<!\S)(?:{_LIVES})(?!\S)|"
    r"(?<!\S)(?:(?:je suis|suis|etant|personne|ayant|avec|une|la|ma|en) )*(?:reconnue? )?(?:(?:en )?qualite (?:de )?)?"
    r"(?:(?:travailleu(?:r|se)s? )handicapee?s?|rqth|(?<=suis )(?:en situation de )?handicap(?:ee?)?|reconnue? handicapee?)(?!\S)"
)
"""What somebody says of their age or health: it never filters and is no word that an offer would have."""
_EFFORT = re.compile(
    r"(?<!\S)(?:pas|peu|moins|non|ni)(?: (?:trop|tres|de|d|travail|poste))* (?:physiques?|fatigante?s?|penibles?|dure?s?|"
    r"difficiles?|stressante?s?|lourde?s?|complique?e?s?|effort physique|efforts physiques)(?!\S)|"
    r"(?<!\S)(?:travail|emploi|poste|boulot|job|metier)s?(?: (?:tres|assez|un peu))* physiques?(?!\S)|"
    r"(?<!\S)(?:sans|pas|peu|ni|aucun)(?: de)? port(?:er)?(?: de)? (?:(?:charges?|poids)(?: lourd(?:e?s?))?|lourd)(?!\S)|"
    r"(?<!\S)(?:(?:travail|travailler|postes?|emploi|en position|etre|rester) )?(?:assise?s?|debout)(?!\S)|"
    r"(?<!\S)(?:(?:avec|j ai|cause|a cause d|un|des|mon|du) )*(?:mal (?:au|de|du) dos|problemes? (?:de |au )?dos)(?!\S)"
)
"""How hard work may be: offers do not say it, and the word alone would find the hardest."""
_RELATIVE = (
    r"(?:fils|filles?|mari|conjointe?|compagn(?:on|e)|epou(?:x|se)|femme|copain|copine|amie?|freres?|soeurs?|neveux?|nieces?|"
    r"cousine?s?|pere|mere|maman|papa|voisine?|beau fils|belle fille)"
)
_FOR_OTHERS = re.compile(
    rf"(?<!\S)(?:(?:c est|ce serait|pour|avec) )*(?:(?:mon|ma|mes|notre|nos) {_RELATIVE}|pour une? {_RELATIVE}|"
    r"pour (?:mon|ma|mes|notre|nos) (?:enfants?|ados?|jeunes?|beneficiaires?))(?!\S)"
)
"""For whom somebody looks, a parent or a counsellor: «pour mon fils de 17 ans»."""
_NAMED = re.compile(
    r"(?<!\S)(?:pour|concernant) (?:madame|monsieur|mme|mlle|mr|m)"
    r"(?: [a-z](?!\S)| [a-z]+(?= (?:qui )?(?:cherche|recherche|souhaite|vise)))?(?!\S)"
)
"""A counsellor's client: «pour Madame D.»."""
_MOBILE = re.compile(
    r"(?<!\S)(?:(?:je )?suis (?:tres |assez )?mobile|"
    r"(?:(?:mais|avec|j ai|a|ai) )+(?:(?:un|une|mon|ma|son|sa) )?(?:scooter|mobylette))(?!\S)"
)
"""How somebody gets about, which no offer can be asked for."""
_START = re.compile(
    r"(?<!\S)(?:(?:libre|dispo\w*|debut|pour|a|des|en|avant|apres) )*"
    r"(?:(?:la )?rentree(?! (?:a|vers|avant|pour) \d)(?: (?:de|scolaire|en|septembre|prochaine|20\d\d))*|"
    r"dans (?:\d{1,2}|une|quelques) (?:jours?|semaines?|mois))(?!\S)"
)
"""When somebody may begin."""
_AT_HOME = re.compile(
    r"(?<!\S)(?:rentr\w+|dor[st]\w*|dormir|retourn\w+|revenir|reviens) "
    r"(?:(?:chez|a) (?:(?:la|moi|nous|mes|ma|mon) ?)+\w* )?(?:(?:tous|chaque|le|les) )+(?:soirs?|week ?ends?|nuits?)"
    r"(?: (?:chez|a|dans|aupres)(?: (?:la|moi|nous|mes|ma|mon|l))*(?: (?:maison|parents|famille|domicile))?)?(?!\S)|"
    r"(?<!\S)(?:(?:pas )?(?:des|a partir de|pour|commencer|embaucher) )*(?:demain|lundi|mardi|mercredi|jeudi|vendredi)"
    r" (?:matin|soir|apres midi)(?= (?:s il|si|meme|prochain|au plus tot|sans probleme)(?!\S))"
)
"""When somebody is at home, or may come once."""
_TRAVEL = re.compile(
    r"(?<!\S)(?:(?:pas|sans|ni|non)(?: (?:de|aux?))* (?:grands? )?deplacements?|"
    r"(?:grands? )?deplacements? (?:non|ok|oui|refuse\w*|accept\w+|possibles?|impossibles?)|"
    r"paniers?(?: repas)? (?:payes?|compris))(?!\S)"
)
"""Whether somebody travels for work, and is fed: no offer can be asked for it."""
_COURSE = re.compile(
    r"(?<!\S)(?:(?:en|une|ma|pour|projet|de|faire|je|suis|veux|voudrais|souhaite) )*"
    r"(?<!conseiller en )(?<!conseillere en )(?:reconversion(?: professionnelle)?|(?:changer|changement) de "
    r"(?:metiers?|voie|vie|branche|carriere|travail))(?!\S)|"
    r"(?<!\S)(?:(?:suite|a|un|mon|apres) )*licenciement(?: economique)?(?!\S)|"
    r"(?<!\S)(?:(?:je|suis) )*licenciee?(?: economique)?(?! en(?!\S))(?!\S)|"
    r"(?<!\S)apres \d{1,2} ans (?:d|de|dans|en|comme)(?!\S)|"
    r"(?<!\S)(?:etudiante?s?|lyceen(?:ne)?s?) en \w+(?= (?:re)?cherche)(?!.*(?:altern|apprenti|stage))|"
    r"(?<!\S)(?:(?:en|un|comme) )*complements? (?:de |d )(?:revenus?|salaires?|retraites?)(?!\S)|"
    r"(?<!\S)(?:je )?m appelle \w+|(?<!\S)mon (?:nom|prenom)(?: (?:est|c est))? \w+|"
    r"(?<!\S)(?:(?:je|suis) )*arrivee? en france(?: (?:il y a|depuis|en) \d+(?: ans?| mois)?)?(?!\S)|"
    r"(?:(?<=stage )|(?<=stages ))(?:(?:de|d|en) )*(?:3e|3eme|troisieme|seconde|2nde|observation|decouverte|college)(?!\S)"
)
"""Where somebody stands in their life: «en reconversion», «stage de 3e», «complément de revenu»."""
_LITTLE_FRENCH = re.compile(
    r"(?<!\S)(?:(?:je|ne|n|on|qui) )*(?:parl\w+|compren\w+|comprends?|lis|ecris|maitris\w+)"
    r"(?: (?:bien|encore|tres|du tout|vraiment|que))* (?:pas|mal|peu)(?: (?:bien|beaucoup|trop|encore|tres|du tout))*"
    r"(?: (?:le|la langue|de))? francais(?:e)?(?!\S)|"
    r"(?<!\S)(?:sans|pas)"
    r"(?: (?:parle|parler|comprend|savoir|maitriser|comprendre|lire|ecrire|bien|le|de|du))* francais(?: requis)?(?!\S)|"
    r"(?<!\S)(?:no|not|sans|(?:do not|dont|don t)(?: speak)?)(?: speak\w*)? french(?!\S)|"
    # Behind «looking» and «for» stands what they were translated to.
    r"(?<!\S)i (?:(?:am|m|would|like|need|have|cherche|travail|job|as|de|to|a|an|the|in) ?)+(?<! )(?!\S)|"
    r"(?<!\S)(?:english speak(?:ing|ers?)|speak(?:ing)? (?:only )?english)(?!\S)"
)
"""Who speaks little French looks for no teacher of it."""
_DICTATED = re.compile(
    r"(?<!\S)(?:virgule|points? d (?:interrogation|exclamation)|point final|"
    r"(?<!de )(?<!en )(?<!au )(?<!un )(?<!par )(?<!rond )(?<=\S )point$|(?:merci )?(?:d|par) avance)(?!\S)"
)
"""Signs that were said to a telephone, and how a letter ends."""
_WHO_WOULD = re.compile(
    r"(?<!\S)(?:qui (?:me |m |nous |le |la |l )(?:prend\w*|embauch\w*|recrut\w*|accept\w*|form\w+)|"
    r"(?:est ce )?(?:qu )?(?:il )?y aurait(?: il)?|"
    r"(?:(?:je|j|ne|n) )*sais pas(?: (?:trop|bien|encore))*(?: (?:quoi|ou|comment|vers quoi|ce que)(?: je)?"
    r"(?: (?:veux|peux|vais|pourrais))?(?: (?:faire|chercher|aller))?)?)(?!\S)"
)
"""Who is looked for as an employer, and that one does not know: «qui me prendrait», «je sais pas quoi faire»."""
_EARNS = re.compile(
    r"(?<!\S)(?:je (?:gagne|touche|gagnais|touchais)|(?:je )?suis payee?)"
    r"(?: (?:actuellement|aujourd hui|environ|a peu pres|que|deja))*(?: \d+)+(?: euros?)?"
    r"(?: (?:nets?|bruts?|par mois|mensuels?|de l heure|par an))*(?!\S)"
)
"""What somebody earns now, which is no least pay: «je gagne 1800 et je voudrais 2000»."""
_NEWEST = re.compile(
    r"(?<!\S)(?:offres?|annonces?|emplois?|jobs?)(?: d emplois?)? (?:du (?:jour|moment|mois)|de la semaine|d aujourd hui|"
    r"recentes?|nouvelles?)(?!\S)|(?<!\S)(?:(?:les|des) )*(?:dernieres?|nouvelles?) (?:offres?|annonces?)(?: d emplois?)?(?!\S)"
)
"""What is new is shown first anyway."""
_LASTING = re.compile(
    r"(?<!\S)(?:(?:de|en|a|sur) )*(?:longues?|courtes?|moyennes?) durees?(?!\S)|"
    r"(?<!\S)(?:(?:en|d|de|un|pour|suite|a) )*(?:conges? (?:mat|maternite|maladie|parental|paternite)|arrets? maladie)(?!\S)"
)
"""How long a contract lasts, and whom it replaces."""
_TRAINED = re.compile(
    r"(?<!\S)(?:avec (?:une )?formation(?: (?:en )?interne)?(?! (?:de|d|en|a|aux?|sur)(?!\S))|"
    r"formation (?:payee|assuree|remuneree|offerte|incluse|comprise|fournie|possible|prevue|(?:en )?interne))(?!\S)"
)
"""That one learns the work there: who trains others is not meant."""
_CENTRE = re.compile(r"(?<!\S)(?:(?:en|dans le|au|du|hyper) )?centre ville(?!\S)")
_SHIFTS = re.compile(
    r"(?<!\S)(?<!\d )(?:(?:en|de|des|du|les|le|poste|equipes?|horaires?|travail|rythme) )*"
    r"(?:[2-5] (?:x |fois )?8|(?:[2-5] )?equipes? (?:altern\w+|successives?|tournantes?))(?! (?:\d|h\b|heures?))(?!\S)"
)
"""Shifts of a day, as they are said and typed: «deux huit», «3*8». Offers have them too seldom to be asked for."""
_EVERYWHERE = re.compile(
    r"(?<!\S)(?:(?:dans|sur|en) )*(?:toute? (?:la )?france|france entiere|partout(?: en france)?|"
    r"(?:n importe|peu importe) ou)(?!\S)"
)
_PRICE = re.compile(r"(?<!\S)(?:(?:pas|moins|trop|peu|plus|tres|si) )+chere?s?(?!\S)")
"""What something costs: neither work nor the département."""

ASIDES = (
    (_PRICE, ChipKind.EXPERIENCE, None, ("cher",)),
    (
        _NEAR_ME,
        ChipKind.PLACE,
        NEAR_ME,
        ("alentour", "autour", "coin", "cote", "d ici", "deux pas", "environ", "loin", " ma ", " mon ", "par ici", "pres",
         "proche", "proximite"),
    ),
    (_EVERYWHERE, ChipKind.PLACE, None, ("france", "importe", "partout")),
    (_CENTRE, ChipKind.PLACE, None, ("centre",)),
    (_SHIFTS, ChipKind.SCHEDULE, None, (" 8", "equipe")),
    (_TRAINED, ChipKind.EXPERIENCE, None, ("formation",)),
    (HAS, ChipKind.LICENCE, None, ("mobylette", "motoris", "permis", "scooter", "vehicul", "voiture")),
    (_LACKS, ChipKind.LICENCE, None, ("permis",)),
    (
        _ONESELF,
        ChipKind.EXPERIENCE,
        None,
        (" ans", " ass", "aah", "adapte", "amenage", "celibataire", "chom", "conge", "de famille", "de garde", "demandeu",
         "detention", "detenu", "enfant", "handicap", "incarceration", "inscrit", "isole", "libre", "mineur", "off", "prison",
         "repos", "retraite", "rqth", "rsa", "senior", "seul", "solo"),
    ),
    (
        _FOR_OTHERS,
        ChipKind.EXPERIENCE,
        None,
        ("ado", "ami", "beneficiaire", "compagn", "conjoint", "copain", "copine", "cousin", "enfant", "epou", "femme", "fille",
         "fils", "frere", "jeune", "maman", "mari", "mere", "neveu", "niece", "papa", "pere", "soeur", "voisin"),
    ),
    (
        _COURSE,
        ChipKind.EXPERIENCE,
        None,
        ("appelle", "apres ", "arrive", "branche", "carriere", "complement", "etudiant", "licenci", "lyceen", "metier", "mon nom",
         "mon prenom", "reconversion", "stage", "travail", "vie", "voie"),
    ),
    (_NAMED, ChipKind.EXPERIENCE, None, ("concernant", "pour m")),
    (_MOBILE, ChipKind.LICENCE, None, ("mobile", "mobylette", "scooter")),
    (_START, ChipKind.EXPERIENCE, None, ("rentree", "dans ")),
    (_AT_HOME, ChipKind.SCHEDULE, None, ("rentr", "dor", "retourn", "revenir", "reviens", "demain", "di ")),
    (_TRAVEL, ChipKind.EXPERIENCE, None, ("deplacement", "panier")),
    (_LITTLE_FRENCH, ChipKind.EXPERIENCE, None, ("english", "francais", "french", "i ")),
    (_DICTATED, ChipKind.EXPERIENCE, None, ("avance", "point", "virgule")),
    (_WHO_WOULD, ChipKind.EXPERIENCE, None, (" pas", "aurait", "qui ")),
    (_EARNS, ChipKind.PAY, None, ("gagn", "paye", "touch")),
    (_NEWEST, ChipKind.EXPERIENCE, None, ("annonce", "emploi", "job", "offre")),
    (_LASTING, ChipKind.CONTRACT, None, ("arret", "conge", "duree")),
    (
        _EFFORT,
        ChipKind.EXPERIENCE,
        None,
        ("assis", "charge", "compliqu", "debout", "difficile", "dos", "dur", "effort", "fatigant", "lourd", "penible", "physique",
         "poids", "stressant"),
    ),
)  # fmt: skip
"""What comes before the rules; one of the last is in whatever each finds, as with those."""
