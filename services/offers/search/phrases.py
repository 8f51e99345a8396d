"""Several words that mean one thing: tasks («réparer des voitures»), papers («permis CE»), names of chains («burger king»).

Written by hand in folded words, the joining ones left out; forms are compared by their terms, so that «voiture» is «voitures».
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from services.offers.search.words import term_of

_TASKS: dict[str, str] = {
    # what is done, and to what → who does it
    "aider anciens": "auxiliaire vie",
    "aider personnes agees": "auxiliaire vie",
    "aide personne": "auxiliaire vie",
    "abattre arbres": "bucheron",
    "accompagner personnes agees": "auxiliaire vie",
    "charger camions": "manutentionnaire",
    "conduire bus": "conducteur autobus",
    "conduire bus scolaire": "conducteur car",
    "conduire camions": "conducteur poids lourd",
    "conduire camion benne": "conducteur benne ordures menageres",
    "conduire camion poubelle": "conducteur benne ordures menageres",
    "conduire car": "conducteur car",
    "conduire engins": "conducteur engins",
    "conduire pelle": "conducteur engins",
    "conduire taxi": "chauffeur taxi",
    "conduire tracteur": "conducteur engins agricoles",
    "couper arbres": "bucheron",
    "couper bois": "bucheron",
    "cueillette fruits": "cueilleur",
    "cueillir fruits": "cueilleur",
    "commis ferme": "ouvrier agricole",
    "dame cantine": "agent restauration",
    "dame compagnie": "auxiliaire vie",
    "dame pipi": "agent entretien",
    "dame service": "agent entretien",
    "fille ferme": "ouvrier agricole",
    "garcon cafe": "serveur",
    "garcon ferme": "ouvrier agricole",
    "homme peine": "manutentionnaire",
    "valet ferme": "ouvrier agricole",
    "decharger camions": "manutentionnaire",
    "entretenir jardins": "jardinier",
    "faire cuisine": "cuisinier",
    "faire gateaux": "patissier",
    "faire livraisons": "livreur",
    "faire pain": "boulanger",
    "faire pizzas": "pizzaiolo",
    "faire service": "serveur",
    "faire vaisselle": "plongeur",
    "garder animaux": "animalier",
    "garder enfants": "garde enfants",
    "laver vaisselle": "plongeur",
    "laver vitres": "laveur vitres",
    "livrer repas": "livreur",
    "mise pli": "conditionnement",
    "mettre rayon": "employe libre service",
    "monter meubles": "monteur meubles",
    "occuper anciens": "auxiliaire vie",
    "occuper enfants": "garde enfants",
    "occuper personnes agees": "auxiliaire vie",
    "porter colis": "manutentionnaire",
    "poser carrelage": "carreleur",
    "poser fenetres": "menuisier poseur",
    "poser parquet": "poseur sols",
    "poser placo": "plaquiste",
    "ramasser fruits": "cueilleur",
    "ramasser poubelles": "ripeur",
    "ranger rayons": "employe libre service",
    "remplir rayons": "employe libre service",
    "reparer engins": "mecanicien engins",
    "reparer ordinateurs": "technicien informatique",
    "reparer tracteurs": "mecanicien agricole",
    "reparer velos": "mecanicien cycles",
    "reparer voitures": "mecanicien automobile",
    "repondre telephone": "standardiste",
    "saisie donnees": "operateur saisie",
    "saisir donnees": "operateur saisie",
    "taille vigne": "ouvrier viticole",
    "tailler haies": "jardinier",
    "tailler vigne": "ouvrier viticole",
    "tenir caisse": "hote caisse",
    "tondre gazon": "jardinier",
    "tondre pelouses": "jardinier",
    "taille haies": "jardinier",
    "tonte gazon": "jardinier",
    "tonte haies": "jardinier",
    "tonte pelouses": "jardinier",
    "tonte pelouses haies": "jardinier",
    "accueillir clients": "agent accueil",
    "accueillir public": "agent accueil",
    "aide devoirs": "soutien scolaire",
    "aider devoirs": "soutien scolaire",
    "aider malades": "aide soignant",
    "arroser plantes": "jardinier",
    "assembler pieces": "monteur",
    "classer papiers": "secretaire",
    "conduire ambulance": "ambulancier",
    "conduire chariot": "cariste",
    "conduire grue": "grutier",
    "conduire pl": "conducteur poids lourd",
    "conduire train": "conducteur train",
    "construire maisons": "macon",
    "construire murs": "macon",
    "couper cheveux": "coiffeur",
    "couper viande": "boucher",
    "creer sites": "developpeur web",
    "cueillir champignons": "cueilleur",
    "cueillir legumes": "cueilleur",
    "cueillir pommes": "cueilleur",
    "debroussailler": "agent entretien espaces verts",
    "deboucher canalisations": "plombier",
    "demenager": "demenageur",
    "deneiger": "agent voirie",
    "desherber": "jardinier",
    "distribuer courrier": "facteur",
    "distribuer journaux": "distributeur journaux",
    "distribuer prospectus": "distributeur prospectus",
    "dresser chevaux": "cavalier soigneur",
    "elever animaux": "agent elevage",
    "enseigner": "professeur",
    "fabriquer fromage": "fromager",
    "fabriquer meubles": "menuisier",
    "fabriquer pain": "boulanger",
    "faire accueil": "agent accueil",
    "faire chambres": "femme chambre",
    "faire compta": "comptable",
    "faire comptabilite": "comptable",
    "faire courses": "auxiliaire vie",
    "faire fromage": "fromager",
    "faire lits": "femme chambre",
    "faire maconnerie": "macon",
    "faire manucure": "estheticien",
    "faire paies": "gestionnaire paie",
    "faire paie": "gestionnaire paie",
    "faire peinture": "peintre batiment",
    "faire plonge": "plongeur",
    "faire plomberie": "plombier",
    "faire repassage": "repasseur",
    "faire repas": "cuisinier",
    "faire terrassement": "conducteur engins",
    "faire toilettes": "aide soignant",
    "faire vendanges": "vendangeur",
    "garde bebe": "garde enfants",
    "garde bebes": "garde enfants",
    "garder bebe": "garde enfants",
    "garder chien": "animalier",
    "garder gosses": "garde enfants",
    "garder moutons": "berger",
    "garder petits": "garde enfants",
    "garder troupeau": "berger",
    "garder vieux": "auxiliaire vie",
    "installer chaudieres": "chauffagiste",
    "installer clim": "frigoriste",
    "installer cuisines": "installateur cuisines",
    "installer fibre": "technicien fibre",
    "installer panneaux solaires": "poseur panneaux photovoltaiques",
    "laver assiettes": "plongeur",
    "laver linge": "lingere",
    "laver verres": "plongeur",
    "laver voitures": "laveur automobile",
    "monter chapiteaux": "monteur structures",
    "monter echafaudages": "monteur echafaudage",
    "monter murs": "macon",
    "nettoyer bureaux": "agent nettoyage",
    "nettoyer chambres": "femme chambre",
    "nettoyer rues": "balayeur",
    "nettoyer vitres": "laveur vitres",
    "nettoyer voitures": "laveur automobile",
    "occuper bebes": "garde enfants",
    "occuper chevaux": "palefrenier",
    "occuper handicapes": "accompagnant educatif social",
    "occuper jardins": "jardinier",
    "occuper personnes handicapees": "accompagnant educatif social",
    "occuper vieux": "auxiliaire vie",
    "planter arbres": "ouvrier sylviculture",
    "preparer colis": "preparateur commandes",
    "preparer commandes": "preparateur commandes",
    "preparer repas": "cuisinier",
    "promener chiens": "animalier",
    "ramasser legumes": "cueilleur",
    "ramasser oeufs": "ouvrier avicole",
    "ramasser pommes": "cueilleur",
    "ramasser raisin": "vendangeur",
    "ramasser volailles": "ouvrier avicole",
    "reparer camions": "mecanicien poids lourds",
    "reparer machines": "technicien maintenance",
    "reparer motos": "mecanicien motocycles",
    "reparer telephones": "reparateur telephones",
    "repasser linge": "repasseur",
    "repasser": "repasseur",
    "scier bois": "scieur",
    "servir bar": "barman",
    "servir clients": "serveur",
    "servir repas": "serveur",
    "servir table": "serveur",
    "soigner animaux": "animalier",
    "soigner betes": "agent elevage",
    "soigner chevaux": "palefrenier",
    "surveiller cantine": "surveillant cantine",
    "surveiller enfants": "surveillant enfants",
    "surveiller magasin": "agent securite",
    "surveiller parking": "agent securite",
    "surveiller piscine": "surveillant baignade",
    "taper courrier": "secretaire",
    "tenir compta": "comptable",
    "tenir bar": "barman",
    "tirer cables": "electricien",
    "traire": "agent elevage",
    "trier colis": "agent tri",
    "trier courrier": "agent tri",
    "trier vetements": "agent tri",
    "vendre chaussures": "vendeur chaussures",
    "vendre fleurs": "fleuriste",
    "vendre fringues": "vendeur pret porter",
    "vendre maisons": "agent immobilier",
    "vendre pain": "vendeur boulangerie",
    "vendre vetements": "vendeur pret porter",
    "vendre voitures": "vendeur automobile",
    "travail maison": "teletravail",
    "travailler maison": "teletravail",
    "travailler vignes": "ouvrier viticole",
    "traire vaches": "agent elevage",
    "trier dechets": "agent tri",
    # a verb alone
    "balayer": "nettoyage",
    "bricoler": "agent entretien batiment",
    "carreler": "carreleur",
    "coiffer": "coiffeur",
    "conduire": "conducteur",
    "coudre": "couturier",
    "cuisiner": "cuisinier",
    "emballer": "conditionnement",
    "encaisser": "hote caisse",
    "jardiner": "jardinier",
    "livrer": "livreur",
    "nettoyer": "nettoyage",
    "peindre": "peintre",
    "souder": "soudeur",
    "surveiller": "surveillant",
    # slang and English of two words
    "bus driver": "conducteur autobus",
    "care worker": "auxiliaire vie",
    "construction worker": "ouvrier batiment",
    "cuistot": "cuisinier",
    "delivery driver": "livreur",
    "factory worker": "ouvrier production",
    "farm worker": "ouvrier agricole",
    "kitchen porter": "plongeur",
    "lorry driver": "conducteur poids lourd",
    "manut": "manutentionnaire",
    "perisco": "animateur periscolaire",
    "truck driver": "conducteur poids lourd",
    "warehouse worker": "magasinier",
    # papers, beside what the lexicon knows
    "caces engins": "conducteur engins",
    "caces grue": "grutier",
    "caces nacelle": "nacelle",
    "caces pelle": "conducteur engins",
    "caces r482": "conducteur engins",
    "caces r486": "nacelle",
    "caces r487": "grutier",
    "caces r490": "grue",
    "permis c": "poids lourd",
    "permis ce": "super lourd",
    "permis d": "conducteur car",
    "permis ec": "super lourd",
    # places of work that are called otherwise
    "auto ecole": "enseignant conduite",
    "moniteur auto ecole": "enseignant conduite",
    "moniteur conduite": "enseignant conduite",
}
_BY_LICENCE = ("a", "am", "b", "be", "c", "c1", "ce", "d", "d1", "de", "ec")
_SIDE_BY_SIDE = (
    *(f"permis {name}" for name in _BY_LICENCE),
    "13eme mois",
    "13e mois",
    "contrat aide",
    "contrats aides",
    "langue signes",
    "service civique",
    "treizieme mois",
)
"""Words that mean something else, or anything, where they do not stand together."""

_SHOP = ("D1505", "D1507", "D1106")
_FAST_FOOD = ("G1603",)
_CHAINS: dict[tuple[str, ...], tuple[str, ...]] = {
    _SHOP: ("aldi", "auchan", "biocoop", "carrefour", "colruyt", "cora", "franprix", "g20", "grand frais", "hyper u",
            "intermarche", "leclerc", "lidl", "monoprix", "netto", "picard surgeles", "spar", "super u", "u express",
            "vival"),
    _FAST_FOOD: ("buffalo grill", "burger king", "domino s", "dominos", "flunch", "kfc", "mac do", "macdo", "mc do", "mcdo",
                 "mcdonald", "mcdonald s", "mcdonalds", "o tacos", "quick", "starbucks", "subway"),
    ("D12",): ("brico cash", "brico depot", "bricomarche", "bricorama", "castorama", "conforama", "cultura", "darty", "decathlon",
               "fnac", "gamm vert", "gifi", "go sport", "ikea", "intersport", "jardiland", "kiabi", "leroy merlin",
               "mr bricolage", "nocibe", "point p", "sephora", "truffaut", "yves rocher", "zara"),
    ("D1102", "D1106"): ("marie blachere",),
    ("G1603", "G1606", "G1607"): ("api restauration", "elior", "sodexo"),
    ("I1604",): ("feu vert", "midas", "norauto", "point s", "speedy"),
    ("J1301", "J1501", "J1506", "K1306"): ("domusvi", "emeis", "korian", "orpea"),
    ("K1302", "K1304", "K1311"): ("adhap", "admr", "domidom", "shiva"),
    ("K2204", "K2205"): ("atalian", "gsf", "onet", "samsic"),
    ("K2303",): ("derichebourg", "suez", "veolia"),
    ("K2503",): ("prosegur", "securitas"),
    ("M1603", "N1103"): ("laposte",),
    ("N1103", "N1105"): ("amazon",),
    ("N4103", "N4109"): ("keolis", "transdev"),
    ("N4105",): ("chronopost", "colis prive", "deliveroo", "dpd", "uber eats"),
}  # fmt: skip
"""Chains that people name for the work that they offer, by the beginnings of its ROME codes."""


_HARVESTS = "castration cueillette cueillir eclaircissage ebourgeonnage plantation ramassage ramasser recolte recolter"
_CROPS = (
    "abricots agrumes ail amandes asperges bananes betteraves cannes carottes cassis cerises champignons chataignes "
    "choux citrons clementines concombres courges courgettes echalotes endives fraises framboises fruits haricots "
    "houblon kiwis lavande legumes mais melons mirabelles mures muguet myrtilles navets noisettes noix oignons olives "
    "patates peches poireaux poires pommes pruneaux prunes radis salades tabac tomates truffes"
)
_TASKS |= {f"{verb} {crop}": "cueilleur" for verb in _HARVESTS.split() for crop in _CROPS.split()}
"""Whoever harvests one thing can harvest another."""
_SORTED = ("textile", "textiles", "vetements", "papiers", "colis", "courrier", "dechets", "emballages")
_TASKS |= {f"tri {what}": "agent tri" for what in _SORTED}


def _terms(phrase: str) -> tuple[str, ...]:
    return tuple(term_of(word) for word in phrase.split())


_OF_ANY_WORK = frozenset({"aider", "charger", "occuper", "travailler"})
TASKS = {_terms(phrase): tuple(meaning.split()) for phrase, meaning in _TASKS.items()}
SIDE_BY_SIDE = frozenset(map(_terms, _SIDE_BY_SIDE))
CHAINS = {_terms(name): codes for codes, names in _CHAINS.items() for name in names}
VERBS = frozenset(
    verb for verb in (phrase.split()[0] for phrase in _TASKS) if verb.endswith("er") and verb not in _OF_ANY_WORK
)
"""What one does, as the tasks above begin; «aidé» is a contract, «chargé» a rank, and «travaillé» what was before."""
TOGETHER = frozenset({*TASKS, *SIDE_BY_SIDE})
LONGEST = max(map(len, (*TOGETHER, *CHAINS)))
_FIRST = frozenset(phrase[0] for phrase in (*TOGETHER, *CHAINS))
"""Words with which they begin: most questions have none."""


def stretches(folded: Sequence[str], known: Iterable[tuple[str, ...]]) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """(start, end, terms) of each of the known phrases among folded words, the longest at each place."""
    return _stretches(folded, known) if any(map(_begins, folded)) else iter(())


@lru_cache(maxsize=16_384)
def _begins(folded: str) -> bool:
    """Whether a phrase begins with a word: six times a question is looked through for phrases, and most have none."""
    return term_of(folded) in _FIRST


def _stretches(folded: Sequence[str], known: Iterable[tuple[str, ...]]) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    terms = [term_of(word) for word in folded]
    at = 0
    while at < len(terms):
        length = 0
        if terms[at] in _FIRST:
            lengths = range(min(LONGEST, len(terms) - at), 0, -1)
            length = next((n for n in lengths if tuple(terms[at : at + n]) in known), 0)
        if length:
            yield at, at + length, tuple(terms[at : at + length])
        at += length or 1


def named_trades(folded: Sequence[str]) -> list[str]:
    """The words with each task named as the trade that does it: «réparer des voitures» is «mécanicien automobile»."""
    found: list[str] = []
    at = 0
    for start, end, terms in stretches(folded, TASKS):
        found += (*folded[at:start], *TASKS[terms])
        at = end
    return [*found, *folded[at:]]
