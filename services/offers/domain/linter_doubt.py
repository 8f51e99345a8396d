"""What no reader is certain of: a protected ground, a person who is hired, and words that demand or leave out.

The readers know how conditions are usually written. This net is wider and only ever warns: the grounds are those of the
labour code (L1132-1), each with the words that name it however the sentence goes on; whom they speak of and what the
sentence wants decide whether somebody should look at it.
"""

# A list of words is read as one line.
# ruff: noqa: E501
import re
from typing import NamedTuple

from services.offers.domain.linter_clauses import Sentence
from services.offers.domain.linter_heads import Words, any_of
from services.offers.domain.linter_words import (
    DEMAND,
    EXCLUDES,
    LAW,
    LIFTED,
    OBJECT,
    SCHEMES,
    SERVED,
    WELCOMES,
    for_them,
    has,
    others,
    words,
)

_LEAVES_OUT = words(
    r"(?:n' ont|n' a) (?:pas|rien|aucune?) \w+",
    r"(?:ne|n') (?:peu\w+|saur\w+|pourr\w+) (?:pretendre|postuler|candidater|convenir|etre (?:recrut|embauch|retenu|admis)\w*)",
    r"mal (?:vu|venu|percu|adapte|indique)\w*",
    r"peu (?:adapte|indique|fait|conseille)\w*",
    r"deconseill\w+",
    r"redhibitoires?",
    r"non (?:accept|admis|retenu|souhait)\w*",
    r"(?:ne|n') \w+ (?:pas|plus|jamais|guere|aucun\w*|ni)",
    r"(?:ne|n') \w+ \w+ (?:pas|plus|aucun\w*)",
    r"passer? (?:votre|leur|son|ton) (?:chemin|tour)",
    r"attendr\w+",
    r"tant pis",
    r"evit\w+",
    r"ecart\w+",
    r"exclu\w*",
    r"refus\w+",
    r"s' abstenir",
    r"non merci",
    r"dispens\w+",
    r"sans",
    r"pas d[e']",
    r"pas de",
    "ni",
    r"aucune?s?",
    r"plus (?:tres |tout )?jeunes?",
    r"trop",
    r"hors de question",
    r"pas question",
    r"s' adresser ailleurs",
    r"ou rien",
    r"peu compatibles?",
    r"pose\w* probleme",
    r"inutile\w*",
    r"a proscrire",
    r"libre de",
    r"decourag\w+",
    r"gen(?:e|ant|erait)\w*",
    r"un frein",
    r"risqu\w+ de ne pas",
    r"sauf",
    r"debarrass\w+",
    r"pas (?:fait|faite|pour)",
    r"passeront apres",
    r"en dernier",
    r"preferons eviter",
    r"(?:du|beaucoup de|bien du) mal a",
    r"ne pas \w+",
    r"mefi\w+",
    r"distances? avec",
    r"inutile d[e']",
    r"handicap pour",
    r"tres peu pour (?:nous|moi)",
    r"proscri\w+",
    r"banni\w*",
    r"interdit\w*",
    r"n' insistez",
    r"ailleurs",
    r"jamais",
)
_WANTS = words(
    r"doi\w+", r"devr\w+", r"condition", r"sine qua non", r"de rigueur", r"(?:on|nous) (?:prefer\w+|voul\w+|voudr\w+|cherch\w+|recherch\w+|aim\w+|pren\w+|recrut\w+|attend\w+)", r"ouvert(?:e|s)? a (?:un|une|des)", r"100 %", r"rien que", r"que des", r"avant tout", r"d' abord", r"de preference",
    r"prefer\w+", r"exig\w+", r"imperati\w+", r"obligatoir\w+", r"indispensabl\w+", r"uniquement", r"exclusivement", r"reserv(?:e|ee|es|ees)", r"seul(?:e|s|es)?(?= )", r"privilegi\w+", r"priorit\w+", r"plutot", r"ideal\w*", r"souhait\w+", r"conviend\w+", r"convien\w+", r"fait(?:e|s)? pour",
    r"parfait(?:e|s)? pour", r"apprecie\w*", r"il (?:faut|faudra)", r"rech(?:erche)?", r"cherch\w+", r"demand\w+", r"requis\w*", r"a choisir", r"un (?:plus|atout)", r"bien vu", r"accept(?:e|er|era)", r"valoris\w+", r"plaira\w*", r"correspond\w*", r"destine\w*", r"compter? parmi", r"vaut mieux",
    r"mieux vaut", r"preferable\w*", r"mieux", r"visons", r"ciblons", r"figur\w+", r"revien\w+", r"incomb\w+", r"s' adresse", r"importe", r"compte pour nous", r"confi\w+", r"attendu\w*", r"partag\w+",
)  # fmt: skip
_TELL = words(
    r"joindre", r"join(?:dre|s|t)", r"fournir", r"communiqu\w+", r"indiqu\w+", r"precis\w+", r"mentionn\w+", r"renseign\w+", r"envoy\w+", r"justifi\w+", r"declar\w+", "dites", r"tre[s]? \w+ demande",
)  # fmt: skip
"""What asks somebody to say it of themselves."""

_PERSON = words(
    r"vous", r"votre", r"vos", "tu", "ton", r"candidat\w*", r"candidatures?", r"postul\w+", r"profils?", r"personnes?", r"quelqu' un", r"gens", r"personnel", r"recru\w+", r"embauch\w+", r"engag\w+", r"poste", r"emploi", r"metier", r"equipe", r"salarie\w*", r"collabora\w+", r"dossier", r"cv",
    r"travailler avec", r"etre originaire", r"cherch\w+", "on", "nous", r"les autres",
)  # fmt: skip


class _Ground(NamedTuple):
    criterion: str
    named: Words
    wants: bool
    """Whether a demand for it is a condition (leaving it out always is)."""
    tells: bool = False
    """Whether asking about it is one already."""


_GROUNDS: tuple[_Ground, ...] = (
    _Ground("age_limit", words(
        r"(?:vigueur|fougue|energie|insouciance|force) de la jeunesse", r"debuts? de vie active", r"fins? de carriere", r"proches? de la retraite", r"(?:plus de \d\d|moins de (?:19|[2-9]\d)) ans", r"dans la force de l' age", r"jeunes? (?:gens|hommes?|femmes?|filles?|garcons?|retraites?)",
        r"generation [xyz](?= )", r"millennials?", r"(?:trop|plus) (?:jeunes?|vieux|vieilles?|agee?s?)", r"anciens?(?= (?:s' abst|exclu|ne))", r"(?:la|les) (?:vingt|trent|quarant|cinquant|soixant)\w+", r"votre age", r"date de naissance", r"annee de naissance", r"quinquas?", r"sang neuf", r"(?:du|de) (?:meme|notre|leur) (?:tranche d' )?age", r"d' age mur", r"sortie? (?:d' ecole|des etudes|de l' ecole)"), wants=True, tells=True),
    _Ground("age_limit", words(r"(?<!des )(?<!aux )seniors?", r"(?<!des )(?<!aux )(?<!de )retraites?", r"etudiant\w*", r"vieux", r"ancienne generation", r"jeunes"), wants=False),
    _Ground("age_limit", words(r"annee de naissance", r"date de naissance", r"passes? \d\d ans", r"generation z"), wants=True),
    _Ground("sex", words(
        r"garcons?", r"gars", r"filles?", r"dames?", r"messieurs", r"demoiselles?", r"mecs?", r"nanas?", r"(?<!l' )hommes?", r"femmes?", r"masculin\w*", r"feminin\w*", r"virils?", r"gent (?:masculine|feminine)", r"sexe (?:fort|faible|masculin|feminin|oppose)", r"maman", r"secretaires? feminin\w*", r"(?:un|d' un) monsieur", "bonhomme"), wants=True),
    _Ground("family", words(
        r"(?:votre|leur|son|le|un) (?:mari|conjoint|epoux|compagnon)", r"(?:votre|leur|une|la) (?:epouse|conjointe|compagne|femme)", r"conjoint\w*", r"futures? (?:mamans?|meres?)", r"jeunes? (?:mamans?|mariee?s?|parents?)", r"(?:mamans?|papas?) solos?", r"enceintes?", r"grossesse", r"conges? (?:maternite|parental|paternite)", r"charges? de famille", r"vie de famille", r"vos enfants", r"celibataires?", r"projet d' enfant", r"(?:ayant|avec|avoir) des enfants", r"enfants? (?:scolarises?|a charge)", r"garde alternee", r"(?:parents?|familles?) (?:isole|monoparenta)\w*", r"situation (?:matrimoniale|maritale|familiale|de famille)", r"marie(?:s|e|es)"), wants=True, tells=True),
    _Ground("origin", words(
        r"primo ?- ?arrivant\w*", r"demandeurs? d' asile", r"refugie\w*", r"originaires? (?:du|de la|de l'|des) \w+", r"d' origine(?! (?:controlee|animale|vegetale|protegee))", r"immigr\w+", r"(?:profils?|candidats?|serveu(?:rs?|ses?)|vendeu(?:rs?|ses?)|hotesses?) bbr", r"etrang(?:er|ere|ers|eres)", r"accents?", r"passeports? (?:francais|europeens?)", r"nationalite", r"ethni\w+", r"racial\w*", r"consonance", r"couleur de peau", r"peau (?:claire|noire|blanche|mate)", r"gens du voyage", r"roms?", r"tsigan\w+", r"gitans?", r"maghreb\w*", r"africain\w*", r"arabes?", r"asiatiques?", r"noirs", r"francais(?:e|es)? (?:de souche|d' abord|uniquement|seulement|pur\w*)", r"non (?:francophones? )?europeen\w*", r"caucasien\w*", r"type (?:europeen|africain|asiatique|mediterraneen|caucasien)\w*", r"nom de famille", r"(?:pre)?noms? (?:bien |tres |plutot )?(?:francais|chretien|facile|simple|europeen)", r"francais(?:e|es)? de naissance", r"parents (?:francais|nes)", r"ne(?:e|s|es)? en (?:france|europe|afrique)", r"outre ?- ?mer", r"des iles", r"type occidental", r"(?:franco|anglo|germano|hispano|luso)phones? (?:de naissance|nati(?:f|fs|ve|ves))"), wants=True),
    _Ground("origin", words(r"(?:pays|lieu|ville|departement) de naissance", r"pays d' origine", r"date et lieu de naissance"), wants=False, tells=True),
    _Ground("origin", words(r"(?<!sans )(?:permis|titres?|cartes?) de sejour(?! (?:valide|valable|en cours|autorisant))"), wants=False),
    _Ground("residence", words(
        r"(?:vous |tu )?(?:habit(?:ez|er|es|ant)|resid(?:ez|er|es|ant)|viv(?:ez|re|ant)(?= (?:a|dans|en|pres|proche|sur|moins|hors|ici|deja))|demeur(?:ez|er|ant)|log(?:ez|eant))", r"domicil(?:e|ie|iee|ies)(?= (?:a|dans|sur|fixe|proche|pres))", r"(?<!s' )adresse (?:dans|a|en|locale)", r"codes? posta(?:l|ux) \d+", r"quartiers? (?:prioritaires?|difficiles?|nord|sensibles?)", r"(?:gens|personnes|candidats?|habitants) (?:du (?:coin|cru|pays|village|bourg|secteur|departement)|d' ici|de la (?:commune|ville|region|vallee)|des environs)", r"des cites", r"(?:gens|personnes?|quelqu' un|candidats?) de chez nous", r"(?:residents?|habitants?) (?:du|de la|des) (?:quartier|cite|zup|hlm)\w*", r"etre d' ici", r"enfants? du pays"), wants=True, tells=False),
    _Ground("health", words(
        r"antecedents? medica\w+", r"(?:dos|sante|coeur|genoux?) fragiles?", r"fragilites?", r"travailleurs? handicapes?", r"handicap\w*", r"rqth", r"invalid\w+", r"maladies? chroniques?", r"malad(?:es?|ies)", r"(?:traitements?|suivis?) (?:medica(?:l|ux)|psychiatriques?|medicamenteux)", r"suivie?s? par (?:un|une) psy\w*", r"(?:etat|probleme|ennui|souci|pepin)s? de sante", r"(?:dossier|casier) medical", r"bonne sante", r"burn ?- ?out", r"antecedents (?:de|d') \w+", r"depressi\w+", r"addict\w+", r"seropositi\w+", r"en fauteuil", r"sourd\w*", r"malentendant\w*", r"malvoyant\w*", r"daltonien\w*", r"surpoids", r"arrets? maladie", r"cancer", r"restrictions? (?:medicales?|d' aptitude)", r"(?<!en )perte d' autonomie", r"(?:tests?|caracteristiques?|maladies?) genetiques?", r"mi ?- ?temps therapeutique"), wants=False, tells=True),
    _Ground("appearance_religion_union", words(
        r"personnes? (?:trop )?(?:rondes?|grosses?|fortes|maigres?)", r"minces?", r"elance\w*", r"corpulen\w+", r"obeses?", r"rondeurs?", r"(?:belle|beau|joli\w*) (?:allure|prestance|plastique|femme|fille|garcon|homme|visage|gueule)", r"charme", r"seduis\w+", r"sexy", r"physique (?:agreable|avantageux|plaisant|de)", r"photo(?:graphie)?s? (?:en pied|recente|d' identite)", r"talons", r"maquill\w+", r"tatou\w+", r"piercings?", r"barbus?", r"crane rase", r"cheveux (?:longs|crepus|afro|colores)",
        r"chretien\w*", r"catholiques?", r"musulman\w*", r"islam\w*", r"juifs?", r"juives?", r"notre foi", r"votre (?:foi|religion|eglise|culte)", r"prieres?", r"(?:frequent\w+|all\w+) (?:a )?(?:l' |la |une )(?:eglise|mosquee|synagogue|messe)", r"messe", r"ramadan", r"kippa", r"signes? religieux", r"croyan(?:t|te|ts|tes)", r"bapteme", r"baptises?e?s?", r"religi(?:on|ons|euses?|eux)", r"voilees?", r"(?:port du|un|le) voile(?! d)",
        r"syndicats?", r"syndica(?:l|le|les|ux|liste|listes)", r"syndique\w*", r"grevistes?", r"greves?", r"delegues? (?:du personnel|syndica(?:l|ux))", r"militan\w+", r"parti politique", r"votez (?:comme nous|a (?:gauche|droite))", r"opinions? (?:politiques?|religieuses?|syndicales?|dans votre)", r"gauchistes?", r"elus? (?:locaux|local|municipaux|municipal)", r"mandat (?:electif|local|syndical)", r"lanceurs? d' alerte", r"prud ' ?hom\w+", r"gilets? jaunes?", r"idees? politiques?", r"de (?:gauche|droite)",
        r"homosexuel\w*", r"heterosexuel\w*", r"gays?", r"lesbienne\w*", r"trans(?:genres?|sexuel\w*)?", r"lgbt\w*", r"effemine\w*", r"orientation sexuelle", r"bonnes? moeurs", r"identite de genre"), wants=True, tells=True),
    _Ground("social_situation", words(
        r"(?:beneficiaires? (?:du|d' un|de l') )?(?:rsa|ass|aah)", r"chom(?:eur|euse|eurs|euses|age)", r"sans ?- ?emploi", r"(?<!- )sdf", r"surendett\w+", r"interdits? bancaires?", r"huissiers?", r"saisie sur salaire", r"assistes?", r"allocataires?", r"minima sociaux", r"cas soc\w*", r"compte (?:bancaire )?(?:en france|francais|dans une banque)", r"(?:votre|vos|derniers?) releves? (?:de compte|bancaires?)", r"banque francaise", r"(?:numero de )?carte (?:bancaire|bleue)", r"precaires?", r"pauvres?", r"sans domicile", r"heberge(?:es?|s)?(?= (?:chez|par|s'|ne|non|exclu))", r"logement stable", r"credits? en cours"), wants=False, tells=True),
    _Ground("social_situation", words(r"situations? (?:bancaires?|financieres?) (?:saines?|stables?|irreprochables?|a jour)"), wants=True),
    _Ground("payment_asked", words(
        r"cheque de (?:garantie|caution|depot)", r"depot de garantie", r"carte (?:bancaire|bleue)", r"coordonnees bancaires", r"(?:un|votre) acompte", r"avance de frais", r"frais (?:d' inscription|de dossier|de formation|de candidature)", r"numero (?:de carte|payant|surtaxe)", r"mandat cash", r"achat du (?:kit|stock|materiel)"), wants=True, tells=True),
)  # fmt: skip
_NAMED = any_of(*(ground.named for ground in _GROUNDS))
_PLAIN = words(
    r"annee de naissance", r"date de naissance", r"votre age", r"passes? \d\d ans", r"generation z", r"millennials?", r"enceintes?", r"futures? (?:mamans?|meres?)", r"charges? de famille", r"projet d' enfant", r"vos (?:grossesses?|enfants)", r"celibataires?", r"votre (?:mari|conjoint\w*|epoux|epouse|compagn\w+)",
    r"nom de famille", r"votre prenom", r"prenoms? (?:bien |tres |plutot )francais", r"(?:profils?|candidats?|serveu(?:rs?|ses?)|vendeu(?:rs?|ses?)|hotesses?) bbr", r"prenom (?:facile|simple) a", r"francais(?:e|es)? de naissance", r"etre d' ici", r"votez (?:comme nous|a (?:gauche|droite))", r"couleur de peau", r"peau (?:claire|noire|blanche|mate)", r"cheveux (?:crepus|afro)", r"immigr(?:e|es|ee|ees|ation)", r"maghrebin\w*", r"gens du voyage", r"roms?", r"gitans?", r"francais(?:e|es)? de souche", r"accent etranger", r"passeport (?:francais|europeen)",
    r"homosexuel\w*", r"heterosexuel\w*", r"lesbiennes?", r"transsexuel\w*", r"effemine\w*", r"baptises?e?s?", r"chretien(?:ne)?s? pratiquants?", r"delegues? syndica(?:l|ux)", r"grevistes?", r"syndique(?:e|s|es)?", r"encartes?", r"antecedents? (?:medica\w+|psychia\w+)", r"casier medical", r"orientation sexuelle (?:classique|normale|traditionnelle)", r"depressi(?:f|ve|fs|ves)", r"seropositi\w+", r"epilepti\w+", r"maladies? chroniques?", r"(?<!en )perte d' autonomie",
    r"surpoids", r"obeses?", r"sexy", r"assistes?(?= (?:\?|s'|ne|pas|de))", r"cas soc\w*", r"chomeurs?", r"(?<!- )sdf", r"surendett\w+", r"interdits? bancaires?", r"gens (?:du (?:cru|coin|pays)|d' ici|de chez nous)", r"(?:residents?|habitants?) (?:du|de la|des) (?:quartier|cite|zup|hlm)\w*",
)  # fmt: skip
"""Words that an offer has no business with, whatever the rest of the sentence says of who is hired."""
_NOT_THE_OTHER_SEX = re.compile(
    r" un (\w{4})\w* ?,? (?:pas|et non|mais pas|surtout pas) une \1\w* | une (\w{4})\w* ?,? (?:pas|et non|mais pas|surtout pas) un \2\w* "
)
_APPLIES = words(
    r"candidat\w*", r"profils?", r"postul\w+", r"recrues?", r"ne (?:sera|seront) (?:pas|plus|jamais) (?:retenu|recu|recrut|embauch|etudi)\w*",
    r"inutile d[e'] (?:ecrire|postuler|candidater|appeler|se presenter|envoyer|insister)", r"votre (?:religion|foi|confession|orientation|origine|nationalite)", r"prenoms? (?:bien |tres |plutot )?francais",
)  # fmt: skip
_BOTH = re.compile(
    r" (?:hommes?|garcons?|messieurs|gars) .{0,25}(?:femmes?|filles?|dames?) | (?:femmes?|filles?|dames?|mesdames) .{0,25}(?:hommes?|garcons?|messieurs|gars) "
)
_THINGS = words(
    r"atelier\w*", r"animation\w*", r"rayons?", r"vetements?", r"vente d[e']?", r"toilettes?", r"vestiaires?", r"coiff\w+", r"salons?", r"chaussures?", r"couples?", r"chez (?:des|les|un|une)", r"clients?", r"clientele", r"public", r"publics", r"patients?", r"residents?", r"beneficiaires?",
    r"usagers?", r"eleves?", r"enfants? (?:de|en)", r"foyers?", r"hebergement\w*", r"etablissements?", r"service", r"structure", r"association", r"mutuelle", r"prevoyance", r"gestion des?", r"gerez", r"formations?", r"(?<!en )cours", r"theatre", r"football", r"club", r"equipe (?:feminine|masculine)",
    r"lutte contre", r"prevention", r"egalite", r"loi", r"code", r"reglement\w*", r"contrats?", r"prime\w*", r"avantages?", r"conges? (?:payes|supplementaires|enfant)", r"creche", r"indemni\w+", r"droit", r"droits", r"respect\w*", r"dialogue", r"negocia\w+", r"comite", r"accueil de", r"accueill\w+",
    r"accompagn\w+", r"aupres", r"concili\w+", r"diplomes?", r"statisti\w+", r"etudes", r"donnees", r"handi\w*phob\w*", r"diversit\w*", r"equilibre", r"chorales?", r"choeurs?", r"troupe", r"majuscules?", r"clavier", r"orthograph\w+", r"des menages", r"distribu\w+", r"maraudes?", r"domiciliation", r"visit\w+", r"remplac\w+", r"suivi (?:\w+ )?des?", r"controle(?:r|z|s)?", r"soutien", r"insertion", r"politique (?:d[e']|rh|salariale|commerciale|qualite|familiale)",
)  # fmt: skip
"""Beside whose neighbourhood the words speak of somebody or something else."""


_BY_OTHERS = re.compile(
    r" par (?:notre|nos|la|les|le|certains) client\w+| (?:la|notre|nos|les) client\w+ (?=prefer|attend|souhait|veu|voul|appreci|exig|n')| (?:pas|plus|jamais) accueillir| (?:une|notre|l'|des) equipes?(?= )"
)
"""Who minds, what the employer does to those who are hired: neither serves anybody."""
_ON_SUCH_TERMS = re.compile(r"(?<= )en (?:cdi|cdd|interim|alternance) ")
"""What is offered, and nothing that an age or a language might be said of."""
_TRADES = re.compile(
    r" (?:femmes?|valets?|hommes?|filles?|dames?|garcons?) (?:de|d'|toutes?) (?:chambres?|menages?|mains?|salle|cafe|compagnie|cuisine|etages?)"
)
_SPOKEN = words(r"parl\w+", r"langues?", r"bilingue\w*", "lu", r"ecrit\w*", r"traduc\w+", r"interpret\w+", r"niveau")
_HARD = words(r"exig\w+", r"imperati\w+", r"obligatoir\w+", r"indispensabl\w+", r"requis\w*")
_QUESTION = 4
_WHOLE = 22
"""A sentence of so many words is read as one; in a longer one only what stands near."""


_HANDED = (
    r"(?:demand(?:e|ee|es|ees)|exig(?:e|ee|es|ees|ible|ibles)|obligatoires?|requis(?:e|es)?|necessaires?|indispensables?|souhaite(?:e|es|s)?"
    r"|a (?:joindre|fournir|produire|envoyer|transmettre|apporter|presenter|remettre))"
)
_HAND = r"(?:joindre|joignez|fournir|fournissez|apporter|apportez|envoyer|envoyez|transmettre|transmettez|produire|presenter|remettre|munis? d[e'])"
_PAPERS: tuple[tuple[str, str], ...] = (
    (
        "social_situation",
        r"(?:releves? (?:bancaires?|de comptes?)|avis d' impo(?:sition|ts?)|justificatifs? de ressources|attestations? (?:caf|(?:de la )?banque de france))",
    ),
    ("family", r"(?:livrets? de famille|actes? de mariage|jugement de divorce|tests? de grossesse)"),
    (
        "health",
        r"(?:carnets? de sante|dossiers? medica(?:l|ux)|(?:bilan|analyses?) (?:de sante|de sang|sanguin\w*)|ordonnances? medicales?)",
    ),
)
"""Papers that say nothing of what somebody can do (labour code L1221-6). A bank's «relevé» may be meant for the RIB, a family's
book for the mutuelle once somebody is hired: somebody should look, whoever is asked for it."""
_ASKED_PAPERS = tuple(
    (criterion, re.compile(
        rf"^ (?:(?!vous |nous |saisi|traite|control|verifi|rapproch|etabli|gestion|class)\S+ (?:\S+ ){{0,4}}(?:et|,|ou|\+|:) (?:(?:un|une|vos?|votre|les?|des?|d') )?|(?:(?:un|une|vos?|votre|les?|des) )?)(?P<first>{papers})(?: (?!par )\S+){{0,6}}? {_HANDED}(?! par )(?= )"
        rf"|(?:^|[:,]| merci de| veuillez| devrez| devez| pensez a| il faut| faudra| a) {_HAND} (?:(?!clients?|au |aux )\S+ ){{0,5}}?(?P<then>{papers})(?= )"
    ))
    for criterion, papers in _PAPERS
)  # fmt: skip
_PAPERS_NAMED = words(*(papers for _, papers in _PAPERS))
_NOT_ASKED = words(r"aucune?", r"pas", r"sans", r"non", r"jamais", r"inutile", r"ni")
_OF_OTHERS = words(
    r"locataires?", r"emprunteurs?", r"adherents?", r"assures?", r"demandeurs?", r"salaries", r"clients?", r"clientele", r"usagers?", r"patients?", r"familles", r"residents?", r"beneficiaires?", r"eleves?", r"enfants?", r"allocataires?",
)  # fmt: skip
_NATIONS = r"(?:europe|franc|maghreb|afric|asiat|portug|ital|espagn|tur[cq]|arab|alger|maroc|tunis|polon|roum|antill|slav|chinois|viet|indien|bresil|etrang|occident|nord|sub|ultramar|caucas|gauloi)\w*"
_PREFERRED = r"(?:de preference|par preference|preferablement|idealement|plutot|si possible|souhaitee?s?|appreciee?s?|privilegiee?s?|exigee?s?|obligatoires?|imperative\w*|uniquement|exclusivement|seulement)"
_ORIGIN_ALONE = re.compile(
    rf"^ (?:{_PREFERRED} ,? ?)?(?:(?:personnes?|profils?|candidat\w*|quelqu' un) )?(?P<of>(?:d' )?origines? (?:nord |sud |sub - |nord - )?{_NATIONS}(?: (?:ou|et) {_NATIONS})?|(?:de )?type {_NATIONS}|(?:europeen|maghrebin|african|africain|asiatique|occidental)\w*)(?: ,? ?{_PREFERRED})? $"
)
"""Where a sentence is nothing but a wished origin, it may be somebody's as well as a product's of the sentence before."""


_WITHOUT_ACCENT = re.compile(
    r" (?:parl\w+|francais\w*|langue|elocution|diction|voix|candidat\w*|vous|personnes?) (?:\S+ ){0,4}?(?P<said>(?:sans|pas d'|aucun|ni) (?:trop d' )?accents?)(?! (?:graves?|aigus?|circonflexes?))(?= )"
)
"""How somebody speaks tells where they come from; signs over letters do not."""


def _standing_alone(s: Sentence) -> list[tuple[str, int, int]]:
    """What is wished or asked without a word of whom: an origin, papers."""
    found = []
    alone = _ORIGIN_ALONE.match(s.text)
    if alone is not None and re.search(_PREFERRED, s.text):
        found.append(("origin", *alone.span("of")))
    accent = _WITHOUT_ACCENT.search(s.text) if "accent" in s.text else None
    if accent is not None and not s.says(LIFTED):
        found.append(("origin", *accent.span("said")))
    if s.may(_PAPERS_NAMED) and not s.says(_NOT_ASKED) and not s.says(_OF_OTHERS):
        for criterion, asked in _ASKED_PAPERS:
            for match in asked.finditer(s.text):
                found.append((criterion, *match.span("first" if match["first"] else "then")))
    return found


_ALONE = any_of(
    _PAPERS_NAMED,
    words("accents?", "origines?", "type", r"europeen\w*", r"maghrebin\w*", r"african\w*", r"africain\w*", r"asiatique\w*", r"occidental\w*"),
)  # fmt: skip
"""The bits of what stands in each sentence that ``_standing_alone`` finds something in."""
SIGNS = _NAMED | _ALONE | words("une").bit
"""The bits of what is in every sentence with a doubt: a ground, a paper, a way to speak, an origin alone, one form and not the
other («un … pas une …»).
"""


def doubts(s: Sentence) -> list[tuple[str, int, int]]:
    """Criterion, start and end in the sentence's text of what somebody should look at."""
    if s.says(LIFTED) or s.says(SCHEMES) or s.says(LAW):
        return []
    found = []
    if " un " in s.text and " une " in s.text:
        found = [("sex", *match.span()) for match in _NOT_THE_OTHER_SEX.finditer(s.text)]
    bits = s.bits
    alone = _standing_alone(s) if bits & _ALONE else []
    found += alone
    if not bits & _NAMED:
        return found
    grounds = [ground for ground in _GROUNDS if bits & ground.named.bit]
    told = {criterion for criterion, _, _ in alone}
    welcomed = s.says(WELCOMES) and not s.says(EXCLUDES)
    for ground in grounds:
        # Who is welcomed is not left out, but one sex alone is.
        if (welcomed and ground.criterion != "sex") or ground.criterion in told:
            continue
        for match in s.all(ground.named):
            if ground.criterion == "origin" and s.says(_SPOKEN):
                continue
            if match[0].strip().endswith(_OF_SEX) and both_sexes(s):
                continue
            if _condition(s, ground, *match.span()):
                found.append((ground.criterion, *match.span()))
                break
    return found


def both_sexes(s: Sentence) -> bool:
    """Whether a sentence names both, or a trade that is called by one («femme de chambre»)."""
    return _BOTH.search(s.text) is not None or _TRADES.search(s.text) is not None


_OF_SEX = ("homme", "hommes", "femme", "femmes", "garcon", "garcons", "fille", "filles", "dame", "dames", "messieurs")


def _condition(s: Sentence, ground: _Ground, start: int, end: int) -> bool:
    near = s.text if len(s.tokens) <= _WHOLE else s.around(start, end, 8)
    if for_them(s, start):
        return False
    plain = _ON_SUCH_TERMS.sub("", _BY_OTHERS.sub(" ", near.replace(s.text[start:end], "-")))
    if not has(_APPLIES, near) and (
        has(_THINGS, plain) or (others(s, start, end) and has(SERVED, plain) | has(OBJECT, plain))
    ):
        return False
    if _PLAIN.match(s.text, start):
        return True
    # What the whole sentence cannot have is not near, either.
    leaves_out = s.may(_LEAVES_OUT) and has(_LEAVES_OUT, near)
    out = leaves_out or (s.may(EXCLUDES) and has(EXCLUDES, near))
    wants = ground.wants and ((s.may(_WANTS) and has(_WANTS, near)) or (s.may(DEMAND) and has(DEMAND, near)))
    tells = ground.tells and s.may(_TELL) and has(_TELL, near)
    if (
        s.asked
        and len(s.tokens) <= _QUESTION
        and ground.criterion in ("age_limit", "sex", "family", "social_situation")
    ):
        # «Senior ?» with the answer in the next sentence.
        return True
    if ground.criterion == "payment_asked":
        # «Aucun acompte demandé» is no condition.
        return (wants or tells) and not leaves_out
    return (out or wants or tells) and (out or s.says(_PERSON) or s.says(_HARD))
