"""What an offer may not say, and what it had better not: patterns over the text without accents, in French.

Sources: labour code L1132-1 (protected criteria), L1142-1 (sex, family situation), L5321-2 (no offer refers to a
protected criterion), L5331-1 (nothing to pay), L5331-2 (upper age limits), L5331-4 (written in French).
Patterns meet folded text of the same length as the original, so that the words can be quoted as they were written.
"""

# A pattern is read as one line: cutting it would hide what belongs together.
# A pattern is read as one line: cutting it would hide what belongs together.
# ruff: noqa: E501
import re
from dataclasses import dataclass
from re import Pattern


@dataclass(frozen=True)
class Rule:
    """``hints``: one of them is in every text that the pattern meets, so that most texts need no pattern.

    ``refuses``: the law forbids it; otherwise a warning. ``unless`` near the words (same sentence) lifts the rule;
    ``exempt_with_basis``: a law or decree that imposes the condition turns the refusal into a warning."""

    name: str
    hints: tuple[str, ...]
    pattern: Pattern[str]
    message: str
    proposal: str
    law: str = ""
    refuses: bool = True
    unless: Pattern[str] | None = None
    title_only: bool = False
    exempt_with_basis: bool = False
    exempt_kinds: frozenset[str] = frozenset()


def _p(*alternatives: str) -> Pattern[str]:
    return re.compile("|".join(f"(?:{one})" for one in alternatives))


_AGE_PUBLICS = frozenset({"apprenticeship"})
# An age of a firm, of an experience, of other people served, or of the law's own schemes is no condition of age.
_NOT_A_CONDITION = _p(
    r"experience", r"existence", r"anciennete", r"depuis", r"savoir[- ]faire", r"expertise", r"histoire",
    r"(?:societe|entreprise|groupe|cabinet|agence|marque|maison|leader|reseau)\b", r"d'activite", r"d'exercice",
    r"enfants?\b", r"eleves?\b", r"adolescents?", r"patients?", r"residents?", r"clients?\b", r"public(?:s)? (?:age|accueilli|de)",
    r"mineurs?\b", r"jeunes (?:de|ages|accueillis|accompagnes|majeurs)", r"beneficiaires?", r"usagers?", r"personnes agees",
    r"apprenti", r"alternan", r"professionnalisation", r"service civique", r"contrat (?:engagement|aide|unique)", r"\bcej\b",
    r"\bpec\b", r"garanti", r"permis", r"vehicule", r"loi\b", r"code du travail", r"formation initiale", r"mutuelle",
    r"carte", r"retraite", r"diplome", r"etudes?\b", r"moyenne d'age", r"promotion", r"\d a \d+ ans,",
)  # fmt: skip

REFUSALS: tuple[Rule, ...] = (
    Rule(
        "age_limit",
        (" ans", "ans ", "age", "limite d",),
        _p(
            r"(?:moins|plus) de \d\d ans(?: (?:maximum|minimum))?",
            r"\d\d ?ans (?:maxi(?:mum)?|max|mini(?:mum)?|au plus|et plus|et moins)\b",
            r"(?:maxi(?:mum)?|max) \d\d ?ans\b",
            r"\bage(?:e|s|es)? (?:de |d'au (?:moins|plus) |entre |maxi(?:mum)? ?:? ?)(?:moins de |plus de )?\d\d",
            r"\bentre \d\d (?:et|a) \d\d ans\b",
            r"\bde \d\d a \d\d ans\b",
            r"\blimite d'age\b",
        ),
        "Une offre ne pose aucune condition d'âge.",
        "Décrivez l'expérience ou les compétences attendues (par exemple « débutant accepté »).",
        "L5321-2, L5331-2, L1132-1",
        unless=re.compile(_NOT_A_CONDITION.pattern + r"|18 ans|majeur"),
        exempt_with_basis=True,
        exempt_kinds=_AGE_PUBLICS,
    ),
    Rule(
        "age_limit",
        ("retraite",),
        _p(r"\bjeunes? retraite"),
        "Une offre ne pose aucune condition d'âge.",
        "Écrivez « temps partiel, quelques heures par semaine ».",
        "L5321-2, L1132-1",
    ),
    Rule(
        "sex",
        ("homme", "femme", "fille", "garcon", "dame", "messieurs", "masculin", "feminin", "sexe", "h uniq",),
        _p(
            r"\b(?:hommes?|femmes?) (?:uniquement|exclusivement|seulement|de preference|exige(?:e|s)?)",
            r"\b(?:uniquement|exclusivement|seulement|reserve(?:e)? aux?|de preference) (?:un |une |des |les )?(?:hommes?|femmes?|filles?|garcons?|messieurs|dames)\b(?! (?:de (?:menage|chambre)|et|ou|/))",
            r"\b(?:recherch\w+|recrut\w+|cherch\w+|embauch\w+) (?:un |une |des )?(?:jeunes? )?(?:hommes?|femmes?|filles?|garcons?|dames?)\b(?!,? (?:ou|et|/) ?(?:une? )?(?:femmes?|hommes?)| ?/|(?: toutes?)? ?(?:de (?:menage|chambre)))",
            r"\bprofil (?:masculin|feminin)\b",
            r"\bsexe ?: ?(?:masculin|feminin|homme|femme)\b",
            r"\bjeunes? (?:femmes?|filles?|hommes?)\b(?! (?:ou|et|/))",
            r"\b(?:poste|emploi) (?:convient|adapte|destine) (?:a|aux?) (?:un |une )?(?:hommes?|femmes?)\b",
            r"(?<!/)(?<!/ )\bh uniquement\b",
        ),
        "Une offre s'adresse aux femmes comme aux hommes.",
        "Écrivez « une personne » ou ajoutez « (H/F) ».",
        "L1142-1, L1132-1",
        unless=_p(r"accompagn\w+", r"accueil(?:le|lez|lons|lant|lir)\w*", r"heberg\w+", r"victimes?", r"toilette", r"vetements?", r"rayon", r"pret[- ]a[- ]porter", r"mode\b", r"coiffure", r"foyer", r"football", r"equipe de france", r"public"),
    ),
    Rule(
        "origin",
        ("nationalite", "citoyennete", "ressortissant", "souche", "type ", "etranger", "origine", "naissance", "uniquement", "exclusivement", "maternelle",),
        _p(
            r"\b(?:nationalite|citoyennete) (?:francaise|europeenne|d'un)",
            r"\bressortissant(?:e|s|es)? (?:francais|de l'union|europeen)",
            r"\bde souche\b",
            r"\btype (?:europeen|africain|maghrebin|asiatique|caucasien)\w*",
            r"\bpas d'etrangers?\b|\betrangers? s'abstenir",
            r"\borigine (?:francaise|europeenne|africaine|maghrebine)\b",
            r"\b(?:francais|francaise) (?:de naissance|uniquement|exclusivement)",
            r"\blangues? maternelles?\b(?! (?:ou|bilingue))",
        ),
        "Une offre ne pose aucune condition d'origine ni de nationalité.",
        "Demandez un niveau de langue (A1 à C2) ou une compétence; citez le texte si la loi réserve l'emploi.",
        "L1132-1, L5321-2",
        unless=_p(r"\bou\b.{0,40}\bbilingue", r"\bou niveau\b", r"\bou equivalent", r"sans (?:condition|distinction)", r"quelle que soit", r"egalite", r"discrimin\w+", r"diversite", r"n'est pas", r"non exige", r"habilitation", r"secret", r"defense", r"permis de travail", r"situation reguliere", r"titre de sejour"),
        exempt_with_basis=True,
    ),
    Rule(
        "residence",
        ("habit", "resid", "domicili", "logeant",),
        _p(
            r"\b(?:habitant|habiter|resident|resider|domicilie(?:e|s|es)?|logeant)(?: \w+ment)? (?:a proximite|pres|a moins de|dans un rayon|dans (?:le|la) (?:secteur|commune|ville|region|departement|quartier)|sur (?:le secteur|la commune|place|la ville)|proche|dans les environs|dans les alentours)",
            r"\b(?:vous|tu) (?:habitez|habites|residez|resides|etes domicilie\w*) (?:imperativement |obligatoirement |deja |a proximite|pres|proche|sur|dans|a moins)",
            r"\b(?:etre|doit|devez|devra) (?:imperativement |obligatoirement )?(?:habiter|resider|domicilie\w*)\b",
            r"\b(?:reserve|uniquement|exclusivement)\w* (?:aux? )?(?:habitants?|residents?) (?:de|du|des)\b",
            r"\blieu d'habitation (?:proche|a proximite|exige)",
        ),
        "Le lieu de résidence ne peut pas être une condition.",
        "Indiquez le lieu et les horaires de travail; la personne dira elle-même si elle peut venir.",
        "L1132-1",
        unless=_p(r"personnes? (?:agees?|handicapees?)", r"(?:clients?|residents?|patients?|beneficiaires?|usagers?|particuliers?|locataires?|familles?) (?:habitant|resident|domicilies|logeant)", r"si vous", r"que vous", r"logement (?:de fonction|fourni|propose)", r"nous (?:vous )?proposons"),
    ),
    Rule(
        "family",
        ("celibataire", "marie", "divorce", "sans ", "famille", "familiale", "matrimoniale", "enceinte",),
        _p(
            r"\b(?:celibataire|marie(?:e)?|divorce(?:e)?)s? (?:uniquement|de preference|exige\w*|sans enfants?)",
            r"\bsans (?:enfants?|charges? de famille|charges? familiales?)\b(?! (?:a|en) )",
            r"\b(?:mere|pere)s? de famille (?:de preference|uniquement|bienvenue|s'abstenir|acceptee?)",
            r"\bsituation (?:de famille|familiale|matrimoniale)\b ?:",
            r"\b(?:non|pas) enceinte\b|\bsans projet de grossesse",
        ),
        "La situation de famille ou la grossesse ne regardent pas l'employeur.",
        "Décrivez les horaires et les déplacements; retirez la condition.",
        "L1142-1, L1132-1",
    ),
    Rule(
        "health",
        ("sante", "sans ", "pas ", "handicap", "rqth",),
        _p(
            r"\bparfaite sante\b|\ben bonne sante\b|\bbon(?:ne)? etat de sante\b",
            r"\b(?:pas|sans) (?:de |d')?(?:handicap|maladie|probleme(?:s)? de (?:sante|dos)|restriction medicale)",
            r"\b(?:handicapes?|travailleurs? handicapes?|rqth) (?:s'abstenir|exclu\w*|non accepte\w*)",
            r"\bnon[- ]accessible aux (?:personnes )?handicap",
        ),
        "L'état de santé et le handicap ne peuvent pas être une condition: seul le médecin du travail juge de l'aptitude.",
        "Décrivez les gestes du poste (port de charges jusqu'à … kg, station debout).",
        "L1132-1",
        unless=_p(r"patients?", r"enfants?", r"residents?", r"beneficiaires?", r"animaux", r"cheptel", r"client", r"(?:entreprise|societe|groupe|structure|association)", r"sante (?:publique|mentale|au travail)"),
    ),
    Rule(
        "appearance_religion_union",
        ("voile", "foulard", "tatouage", "piercing", "barbe", "catholi", "chretien", "musulman", "juif", "protestant", "syndique", "belle", "jolie", "physique", "taille",),
        _p(
            r"\b(?:pas|sans) (?:de )?(?:voile|foulard|tatouages?|piercings?|barbe)\b(?! apparents?)",
            r"\b(?:catholique|chretien|musulman|juif|protestant)(?:ne|e|s)? (?:pratiquant|uniquement|de preference|exige)",
            r"\b(?:non|pas) syndique",
            r"\b(?:belle|jolie) (?:femme|fille|presentation)\b|\bphysique (?:agreable|avantageux|attrayant)\b",
            r"\btaille (?:minimum|mini|minimale) ?:? ?1 ?m",
        ),
        "L'apparence, la religion ou l'engagement syndical ne peuvent pas être une condition.",
        "Décrivez la tenue exigée par le poste et sa raison (hygiène, sécurité).",
        "L1132-1",
    ),
    Rule(
        "payment_asked",
        ("frais", "cheque", "089", "surtaxe",),
        _p(
            r"\bfrais (?:de dossier|d'inscription|de recrutement) (?:a (?:la )?charge|a regler|de \d)",
            r"\bcheque de \d+",
            r"\b089\d(?:[ .]?\d\d){3}\b",
            r"\bnumero surtaxe\b",
        ),
        "Personne ne paie pour postuler.",
        "Retirez les frais ou le numéro surtaxé.",
        "L5331-1",
    ),
)  # fmt: skip

WARNINGS: tuple[Rule, ...] = (
    Rule(
        "gendered_title",
        ("menage", "hotesse", "secretaire", "chambre", "euse", "iere", "esthetic", "nounou", "mains",),
        _p(
            r"\bfemme de menage\b", r"\bhotesses?\b", r"\bsecretaire\b.{0,30}\bconfirmee\b", r"\bfemme de chambre\b",
            r"\b(?:vendeuse|serveuse|coiffeuse|caissiere|infirmiere|cuisiniere|ouvriere|estheticienne|nounou)\b",
            r"\b(?:homme|femme) toutes? mains\b",
        ),
        "Le titre ne nomme qu'un sexe.",
        "Donnez les deux formes ou ajoutez « (H/F) » (par exemple « agent d'entretien (H/F) »).",
        "L1142-1",
        refuses=False,
        unless=_p(r"\bh ?[/.,-] ?f\b", r"\bf ?[/.,-] ?h\b", r"hotes?\b", r"valet", r"vendeur\b", r"serveur\b", r"coiffeur\b", r"caissier\b", r"infirmier\b", r"cuisinier\b", r"ouvrier\b", r"estheticien\b"),
        title_only=True,
    ),
    Rule(
        "young_stereotype",
        ("jeune", "digital",),
        _p(r"\bequipe jeune\b", r"\bjeune (?:equipe|et dynamique)\b", r"\bjeunes? diplomes?\b", r"\bdigital native\b", r"\besprit jeune\b", r"\bjeunes? talents?\b"),
        "Ces mots laissent croire que l'âge compte.",
        "Écrivez « équipe dynamique » ou « débutant accepté ».",
        "L1132-1",
        refuses=False,
    ),
    Rule(
        "appearance_stereotype",
        ("presentation", "physique", "constitution",),
        _p(r"\b(?:bonne|excellente|tres bonne) presentation\b", r"\bpresentation (?:soignee|irreprochable|impeccable)\b", r"\bphysique robuste\b|\bbonne condition physique\b|\bbonne constitution\b"),
        "Ces mots peuvent écarter sur l'apparence ou la santé.",
        "Décrivez la tenue ou les gestes du poste.",
        "L1132-1",
        refuses=False,
    ),
    Rule(
        "gender_stereotype",
        ("douceur", "main de fer", "virile", "fee du", "maitresse", "notre futur",),
        _p(r"\bdouceur feminine\b", r"\bmain de fer\b", r"\bforce virile\b", r"\bfee du logis\b", r"\bmaitresse de maison\b(?! \()", r"\bnotre future? (?:assistante|secretaire)\b"),
        "Ces mots attachent le métier à un sexe.",
        "Décrivez la compétence.",
        "L1142-1",
        refuses=False,
    ),
    Rule(
        "criminal_record",
        ("casier",),
        _p(r"\bcasier (?:judiciaire )?vierge\b"),
        "Le casier ne peut être demandé que là où un texte le prévoit.",
        "Citez le texte ou retirez la condition.",
        "",
        refuses=False,
    ),
)  # fmt: skip
