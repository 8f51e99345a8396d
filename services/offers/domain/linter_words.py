"""Words by which the linter tells whom a sentence speaks of, what demands, what leaves out and what takes back."""

# A pattern is read as one line: cutting it would hide what belongs together.
# ruff: noqa: E501
import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from services.offers.domain.linter_clauses import Sentence
from services.offers.domain.linter_heads import Words

Found = Iterator[tuple[int, int, bool]]
"""Start and end in a sentence's text of a condition, and whether it is certain (else in doubt)."""

Reader = Callable[[Sentence], Found]


@lru_cache(maxsize=512)
def words(*alternatives: str) -> Words:
    """Any of these, as whole words of a sentence's text."""
    return Words(*alternatives)


CANDIDATE = words(
    "vous", "tu", "candidat(?:e|s|es)?", "candidatures?", "postulant(?:e|s|es)?", "profils?", "personnes?", "quelqu' un", "gens",
    "personnel", "salarie(?:e|s|es)?", "collaborateurs?", "collaboratrices?", "recrues?", "interesse(?:e|s|es)?",
)  # fmt: skip
"""Who applies. «personnes» may be served as well: what serves them is looked for first."""

HIRING = words(
    r"(?:re)?cherch\w+", r"recrut\w+", r"embauch\w+", r"engageons", r"souhait(?:ons|e recruter)", r"demand(?:ons|e|ee|es|ees)",
    "prenons", "retenons", "aimerions", "desirons", "attendons", r"accept(?:ons|e|es|ee|ees)", "voulons", "besoin d'", "offre", "poste", "emploi", "travail", "metier",
)  # fmt: skip

PICKS = words(
    r"(?:re)?cherch\w+", r"recrut\w+", r"embauch\w+", r"engageons", r"souhaitons", r"demandons", "rech", r"prenons", r"besoin d'", "il nous faut",
)  # fmt: skip
"""What an employer does to people only."""

DEMAND = words(
    r"exig\w+", r"requis\w*", r"obligatoir\w+", r"imperati\w+", r"indispensabl\w+", r"necessaires?", r"souhait\w+", r"priorit\w+",
    r"privilegi\w+", r"prefer\w+", r"uniquement", r"exclusivement", r"seulement", "seuls?", "seules?", r"reserv(?:e|ee|es|ees)",
    r"appreci\w+", r"ideal\w*", r"plutot", r"doi(?:t|s|vent)", r"dev(?:ez|ra|rez|oir)", "il faut", r"pre ?- ?requis",
    r"convien\w+", r"destin\w+", r"fait pour", "maxi", "maximum", "mini", "minimum", "limite", "impose", r"rech", "bienvenu",
    "parfait pour", "ferait l' affaire", "serait un plus", r"limite(?:e|es|s)?", r"visee?s?", r"confie\w*", r"aim(?:ons|erions|erais)", r"attend(?:ons|u|ue|us|ues)", r"voul(?:ons|u|ue)", r"serai(?:t|ent) (?:parfait|bienvenu|un atout)\w*",
)  # fmt: skip

EXCLUDES = words(
    r"s' abstenir", r"abstenez", r"(?:ne|merci de ne) pas (?:postuler|candidater|vous presenter|se presenter)", r"inutile (?:de|d') \w+", r": non(?= $)",
    "nous evitons", r"exclu(?:s|e|es|ons)?", r"refus(?:ons|e|ee|es|ees)", r"non (?:accepte|admis|ouvert|retenu|recevable|accessible|souhaite|bienvenu|etudie|pris)\w*", r"incompatibl\w+",
    r"(?:ne|n') ?(?:sera|seront|sont|est|serons|etes|peu\w+|pourr\w+|doi\w+|correspond\w*|convien\w*|prenons|recrutons|retenons|embauchons|voulons|souhaitons|acceptons|etudions|recevons|gardons|veut|veulent|prend) (?:pas|plus|jamais|aucun\w*|guere|que)",
    r"interdit(?:s|e|es)?(?: aux?)?", "hors de question", r"(?:pas|n' est pas) (?:fait|faite|pour vous)", r"inadapte\w*", r"deconseill\w+", r"passez votre (?:chemin|tour)", r"passer votre (?:chemin|tour)", r"(?<!handicap )redhibitoires?", r"eliminatoires?", r"ecarte(?:s|e|es)?",
    r"pas (?:la bienvenue|les bienvenu\w*|bienvenu\w*)", r"les autres (?:non|s' abstenir)", r"n' insistez pas", r"ne (?:postulez|candidatez) pas", r"ne pas (?:deranger|insister|appeler)", r"ne pas etre (?:suivi|malade|sous|fiche|atteint)\w*", r"rejete(?:s|e|es)?", r"sauf", r"ne s' \w+ (?:pas|guere|jamais)", r"n' ?embauch\w+ (?:pas|aucun\w*)", r"pries de ne pas \w+", r"n' appart\w+ (?:pas|a aucun\w*)", r"de ne pas (?:tomber|etre|avoir)", r"ne pas avoir (?:eu|ete)",
)  # fmt: skip

_BARRIER = r"(?:besoin|obstacles?|freins?|motifs? de (?:refus|rejet)|criteres?|questions?|problemes?(?! (?:de|d'|aux?|a la) )|barrieres?|conditions?|obligation|obligatoires?|necessaires?|exige\w*|requis\w*|impose\w*|eliminatoires?|redhibitoires?|prerequis|importance|genant\w*|sujets?(?! (?:a|aux?) )|reserve\w*|metier d'|travail d')"

_TELLING = r"(?:indiqu|precis|mentionn|renseign|communiqu|declar|joign|joind|ecriv|ecr|fourniss|fourn|envoy|donn|transmett|di|detaill|parl)"
_NO_LETTER = (
    r"(?! (?:de |d' |votre |vos |un |le |la |l' )?(?:cv|candidatures?|dossiers?|lettres?|mails?)\b)(?! .* si vous)"
)
"""«N'indiquez pas votre âge»: what need not be told is no condition; whether one may write at all is."""

# What takes a condition back: nobody is left out by it.
LIFTED = words(
    r"(?:n' est|ne sont|n' etait|ne sera) (?:pas|ni) (?:\w+ )?(?:exige|requis|demande|obligatoire|necessaire|impose|un critere|une condition|pris en|prise en|prises en)\w*",
    r"non (?:exige|requis|obligatoire|demande)\w*", r"aucune? (?:\w+ ){1,3}?(?:(?:n' est|ne sera) )?(?:demande|exige|requis|impose)e?", "(?:aucune?|pas (?:d'|de)) (?:condition|limite|critere|exigence|distinction|discrimination)",
    r"sans (?:condition|distinction|limite|critere|consideration)\w*", r"(?:aucune?|nulle|pas (?:d'|de|la moindre)) (?:\w+ )?(?:difference|distinction|consideration)s?", r"sans (?:exclure|ecarter|oublier|exclusion d[e']|exclusive) ?(?:personne|quiconque|aucun\w*|qui que)?", r"ne regard\w+ ni", r"(?:ne|n') (?:\w+ ){1,2}?(?:pas|jamais|nullement|en rien) (?:exclu|ecarte|oublie|elimine|rejete)\w*", r"ne (?:doit|doivent|devrait|devra|devront) (?:pas|jamais|en rien) (?:vous |les )?(?:arret|reten|frein|empech|decourag)\w+", r"compatibles? avec (?:vos|votre|tes|ta|la vie)", r"sans (?:aucune )?discrimination(?: aucune)?(?! aucune| ,)", r"quel(?:le)?s? que (?:soi\w+)", "peu importe", r"n' importe",
    r"ne compte\w* pas", r"ne tenons compte", r"ni (?:l' |d' |la |le |les |de )?(?:age|sexe|origine|religion|opinions?|sante|handicap|nationalite|photos?|nom|adresse|situation)",
    "egalite", "diversite", r"(?<!sans )(?<!sans aucune )discrimin\w+", "mixite", "ouvert(?:e|s|es)? a (?:tous|toutes|l' ensemble)", "a tous les ages?",
    "tous les ages?", "toutes et tous", "tous profils", r"indifferen\w+", "(?<!si )possible", "ou que vous", "que vous soyez",
    r"pouv(?:ez|oir)(?: aussi| egalement| tout autant| bien) (?:habiter|resider|loger|vivre)", "avec ou sans", r"tout(?:e)? age", "de tout", "sans preference", r"(?:n' est|ne sont) pas (?:des?|un) (?:sujets?|criteres?)",
    r"(?:n' est|ne sont|n' etes|ne seront|ne serez) (?:pas|nullement|aucunement) (?:tenue?s?|obligee?s?|contrainte?s?)", r"n' (?:ecart|exclu|elimin|refus|oubli)\w+ personne", r"ne (?:rejet|laiss)\w+ personne", r"rien de (?:cela|tout cela|tout ca) ne", r"(?:cela|rien) ne nous (?:arrete|gene|regarde)", r"jeunes? (?:ou|et|comme) moins jeunes?",
    r"n' entr\w+ pas en (?:ligne de )?(?:compte|consideration)", r"n' (?:a|ont|aura|auront) (?:pas d'|aucune?) (?:importance|incidence|influence)", r"seule?s? (?:vos|les|tes|leurs?|la|le|l'|votre|ta) (?:\w+ ){1,3}compt\w+", r"seule?s? compt\w+", r"pas d' age (?:pour|requis)",
    rf"(?:n'|ne) {_TELLING}(?:ez|es|tes) (?:pas|ni|rien|jamais|aucune?|surtout pas){_NO_LETTER}", rf"(?:ne pas|inutile (?:de|d')|pas besoin (?:de|d')|(?:pas|rien) a|ni(?: de| d')?) {_TELLING}(?:er|r|re|ir|ire){_NO_LETTER}",
    rf"(?:n'|ne) (?:\w+ ){{1,2}}?(?:pas|nullement|aucunement|jamais|en rien|aucune?) (?:\w+'? ){{0,3}}?{_BARRIER}", r"(?:pas|nul|sans|aucune?) (?:\w+'? )?(?:besoin|obligation(?! (?:de famille|familia))|necessite|incidence|influence|importance)", r"sans (?:appartenance|condition|limite|niveau|religion|nationalite|residence)(?: \w+){0,2} (?:exige|requis|demande|obligatoire|impose)\w*", r"(?:de )?toutes? (?:les )?(?:nationalites?|origines?|confessions?|religions?)", r"tout le monde (?:peut|est|a)", "chacune?", "comme les autres", "de la meme facon", r"ne (?:nous|me|vous) (?:regard|derang|gen|concern)\w+ (?:pas|en rien|nullement)",
)  # fmt: skip

WELCOMES = words(
    r"bienvenu(?:e|s|es)?", r"encourag\w+", r"ouvert(?:e|s|es)?(?: \w+)? (?:a|aux?)", r"accessible(?:s)? (?:a|aux?)", r"favoris\w+", "comme aux?",
    r"handi ?- ?\w+", "bien vu", r"sont etudie\w*", r"temps pour (?:vos|votre|ses|leurs|sa)", "a competences? egales?", "obligation d' emploi",
)  # fmt: skip

ONLY = words(r"(?:uniquement|exclusivement|seulement)(?= (?:aux?|pour|a des|eux|elles|[.,!)]) | $)")
"""With it nobody else is welcome."""

# Who or what work is done for; and who employs.
SERVED = words(
    r"enfants?", r"bebes?", r"eleves?", r"adolescent\w*", r"ados?", r"mineurs?", r"patient(?:e|s|es)?", r"resident(?:e|s|es)", r"clients?", r"clientes?",
    r"clienteles?", r"publics?", r"beneficiaires?", r"usagers?", r"personnes? agee?s?", r"seniors en", r"familles?", r"parents?", r"locataires?", r"victimes?", r"refugie\w*", r"stagiaires?",
    r"apprenants?", r"adherents?", r"visiteurs?", r"vacanciers?", r"sportifs?", r"joueurs?", r"joueuses?", r"particuliers?", r"habitants accueillis",
    r"accompagn\w+", r"accueil\w*", r"heberg\w+", r"aupres", r"toilette", r"foyers?", r"creches?", r"garderies?", r"garde d[e']?", r"auxiliaires?", r"aidez", r"aide (?:a|au|aux)", r"soign\w+",
    r"ateliers?", r"animation", r"anim(?:ez|er)", r"club", r"internat", r"ecoles?", r"classes?", r"surveill\w+", r"encadr\w+", r"groupe de", r"sejours?", r"colonie", "ehpad", r"centre de loisirs",
    r"soutien\w*", r"portage", r"repas (?:a domicile|chauds?|pour les?)", r"souten\w+", r"soutiendr\w+", r"vers l' emploi", r"baby ?- ?sitting", r"maison de retraite", r"fauteuil", r"residences? (?:pour|services?|seniors?|autonomie)",
)  # fmt: skip
OBJECT = words(
    r"vehicules?", r"voitures?", r"camions?", r"tracteurs?", r"engins?", r"machines?", r"parc", r"maisons?", r"immeubles?", r"batiments?", r"entreprises?", r"societes?", r"groupe", r"cabinet", r"agences?",
    r"marques?", r"reseau", r"association", r"structure", r"etablissements?", r"experience\w*", r"existence", r"anciennete", r"savoir ?- ?faire", r"expertise", r"histoire", r"activite", r"exercice", r"depuis",
    r"diplomes?", r"etudes?", r"garanti\w*", r"bail", r"contrats?", r"cdi", r"cdd", r"leaders?", r"ferme", r"exploitation", r"domaine", r"restaurants?", r"hotels?", r"brasserie", r"whisk\w+", r"vins?", r"cave", r"vieilli\w*", r"arbres?", r"haies?", r"plants?", r"vignes?", r"chevaux", r"cheval",
    r"animaux", r"troupeau", r"vaches?", r"viandes?", r"bo(?:e)?ufs?", r"elevages?", r"fromages?", r"produits?", r"cuisine", r"sols?", r"vetements?", r"chaussures?", r"robes?", r"rayons?", r"mode", r"pret ?- ?a ?- ?porter", r"coiff\w+", r"barbier", r"salon", r"boutique",
    r"vente d[e']?", r"equipements?", r"materiel", r"prix", r"prets?", r"credits?", r"moyenne d' age", r"retraite complementaire", r"mutuelle", r"race \w+ ?e?s?", r"lait\w*", r"partenaires?", r"fournisseurs?", r"equipes?", r"locaux", r"football", r"rugby", r"handball",
    r"linge", r"journal", r"presse", r"cours d[e']?", r"langues?", r"professeurs?", r"litterature", r"bilan",
)  # fmt: skip

LAW = words(
    r"selon l[ea'] ?(?:loi|code|article|reglement\w*|decret|arrete)", r"loi", r"code d(?:u|e la?|e l')", r"articles?", r"decrets?", r"arrete du", r"igi", r"habilitations?", r"secret", r"legal\w*", r"reglement\w*", r"reglementaire\w*",
    r"alcool\w*", r"debit de boissons?", r"defense", r"fonction publique", r"(?:le|par|du) statut(?! (?:cadre|agent|etam))", r"titulaires(?= (?:[:,]|et |ou |de la fonction))", r"fonctionnaires?", r"militaires?", r"gendarmes?", r"policiers?", r"douaniers?", "souverainete", r"cadre d' emplois?", r"agents (?:titulaires|publics|contractuels)", "cgfp", "concours", r"penitentiaires?", r"art \. l ?\d+", r"armee", r"gendarmerie", r"police", r"douanes?",
)  # fmt: skip
SCHEMES = words(
    r"apprenti\w*", r"alternan\w+", r"professionnalisation", r"service civique", r"contrat (?:d' )?(?:engagement|aide|unique)", r"cej", r"pec", r"parcours emploi", r"emplois? (?:d' avenir|francs?)", r"volontariat", r"bourse",
    r"mission locale", r"insertion", r"iae", r"cui", r"cie", r"cae", r"contrats? jeunes?", r"emplois? aides?", r"contrat initiative",
)  # fmt: skip

STUDIES = words(r"stages?", r"stagiaires?", r"conventions?", r"gratifications?", r"cesure", r"memoire", r"these")
"""Who takes part in an internship is a pupil or a student (education code L124-1)."""
ROLES = words(
    r"figurant(?:e|s|es)?", r"figuration", r"comedien(?:s|ne|nes)?", r"acteurs?", r"actrices?", r"mannequins? (?:femmes?|hommes?|cabine)", r"modeles? (?:vivants?|photos?|masculins?|feminins?)", r"roles? (?:d[e'u]|principal)",
)  # fmt: skip
"""Who plays a part, shows clothes or poses may be wanted of one sex (labour code R1142-1), and of an age (L1133-1)."""
CIVIC = words(r"droits civi(?:ques|ls)", r"service national", "jdc", r"journee (?:de )?defense")
"""Words of the law on who serves in the forces or the public service: a condition beside them may be its own."""

APPLICANT = words("vous", "tu", "quelqu' un", r"candidat(?:e|s|es)?", r"candidatures?", r"profils?", r"postulant\w*")
NOBODY = words("pas d[e']?", "sans", "ni", r"aucune?", "jamais", "non", "ne")


_THEIRS = re.compile(
    r" (?:accompagn\w+|accueil\w*|heberg\w+|soign\w+|encadr\w+|surveill\w+|aid(?:e|er|ez|ant)|suivi|suivre|suivez|assist(?:er|ez|ance)|toilette|garde|prise en charge|prendre en charge|aupres|soins?|maintien|visites?|ecoute|services?|repas|logement)(?: a domicile| quotidien)? (?:a |de |d' |des |aux? |pour |avec )+(?:des |les )?(?:personnes?|gens)(?= )"
)


_SERVED_ARE = re.compile(
    r"^ (?:(?:nos|notre|les|le|la|leurs?|l') )?(?:clients?|clientes?|clientele|publics?|patients?|residents?|adherents?|usagers?|beneficiaires?|visiteurs?|vacanciers?|locataires?|eleves?|habitants|hotes|convives|lecteurs|lectorat|spectateurs|stagiaires)"
    r" (?:\S+ ){0,3}?(?:est|sont|etaient|vit|vivent|souffr\w+|se compose\w*|compte\w*|comprend|comprennent|regroupe\w*|vien(?:t|nent)|aime\w*|cherche\w*|reste\w*) "
)


_SHE_OR_HE = re.compile(
    r"^ (?:(?:notre|la|le|ce|cette) )?(?:madame|mme|monsieur|mademoiselle|vieille dame|vieux monsieur|personne accompagnee|personne aidee|beneficiaire|patient|patiente|usager|usagere)"
    r" (?:\S+ ){0,4}?(?:est|a|vit|souffre|reste|marche|dort|habite|attend) "
)
"""One person who is served: «Madame est enceinte et a besoin d'aide»."""


_SERVED_NAMED = re.compile(
    r"^ (?:types? d[e'] )?(?:publics?|usagers|residents|beneficiaires|patients|populations?|personnes accueillies|hebergement)(?: \w+){0,2} : "
)
"""«Public accueilli : hommes sortant de détention.»"""


def of_served(sentence: Sentence) -> bool:
    """Whether a sentence says who the clients, residents or pupils are, and nothing of who applies."""
    if sentence.says(APPLICANT) or sentence.says(EXCLUDES):
        return False
    if _SERVED_NAMED.match(sentence.text) is not None:
        return not sentence.says(PICKS)
    if _SERVED_ARE.match(sentence.text) is not None:
        return not sentence.says(PICKS)
    return _SHE_OR_HE.match(sentence.text) is not None and not sentence.says(DEMAND)


def has(pattern: Words, text: str) -> bool:
    """Whether the text, which need not be a whole sentence, has such a word."""
    return pattern.search(text) is not None


_FOR_THEM = re.compile(
    r" vous (?!etes|avez|aurez|devez|devrez|serez|postulez|candidatez|justifiez)\w+ez (?:\S+ ){0,8}?(?:pour|aux?|aupres|avec|envers)(?: d'| de)?"
    r" (?:(?:des|les) )?(?:personnes?|gens|jeunes|adultes|hommes|femmes|seniors|retraites)(?= )"
    r"| vous (?:suiv|recev|conseill|orient|inform|form|visit|ecout|prepar|transport|examin)(?:r)?ez (?:\S+ )?(?:des|les) (?:personnes?|gens|jeunes|adultes|hommes|femmes)(?= )"
)
"""What is done for people by whoever applies: «vous organisez des sorties pour des jeunes de moins de 25 ans»."""


_WHO_SEEKS = re.compile(
    r"^ (?:(?:une?|le|la|l'|jeune|vieux|vieille) ){0,2}(?:homme|femme|dame|monsieur|madame|couple|famille|personne|particulier|papa|maman|pere|mere|mamie|papi|retraitee?|etudiante?)"
    r" (?:\S+ ){0,12}?(?:re)?cherch(?:e|ent) (?!(?:un |du )?(?:emploi|travail|poste)|(?:par|en (?:cdi|cdd|interim)|dans|sur|immediatement|des|$)|(?:pour|afin|a|en) (?!(?:\S+ ){0,6}?(?:sa|son|ses|leurs?|notre|nos|mon|ma|mes|(?<!d' )une?) )|[,.;:(!])"
)


def for_them(sentence: Sentence, start: int) -> bool:
    """Whether what stands at ``start`` is said of people for whom whoever applies will work, and leaves nobody out: of those
    that something is done for, or of the household that seeks somebody («homme handicapé de 54 ans cherche auxiliaire»).
    """
    seeks = _WHO_SEEKS.match(sentence.text)
    if seeks is not None and start < seeks.end():
        return True
    return _FOR_THEM.search(sentence.before(start, 15)) is not None and not sentence.says(EXCLUDES)


def others(sentence: Sentence, start: int, end: int, *, left: int = 7, right: int = 4) -> bool:
    """Whether the words near ``start`` are about who is served, a thing or the employer."""
    # «Accompagnement de personnes de plus de 75 ans»: people that something is done for do not apply.
    if for_them(sentence, start):
        return True
    near = _THEIRS.sub(" aupres", sentence.before(start, left))
    served, thing = last(SERVED, near), last(OBJECT, near)
    nearest = max(served, thing)
    if nearest >= 0:
        # «Vous» or «candidat» between them and the words: the nearer one is meant.
        return last(CANDIDATE, near) <= nearest
    return has(OBJECT, sentence.after(end, right)) or has(SERVED, sentence.after(end, right))


def last(pattern: Words, text: str) -> int:
    """Where the last such word begins; -1 without one."""
    at = -1
    for match in pattern.finditer(text):
        at = match.start()
    return at


def free(sentence: Sentence) -> bool:
    """Whether the sentence takes conditions back or welcomes."""
    return sentence.says(LIFTED) or (
        sentence.says(WELCOMES) and not sentence.says(EXCLUDES) and not sentence.says(ONLY)
    )
