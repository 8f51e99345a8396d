"""What is told of an offer's words, and stereotypes: patterns over the text without accents, in French.

Sources: labour code L1132-1 (protected criteria), L1142-1 (sex, family situation), L5321-2 (no offer refers to a
protected criterion), L5331-1 (nothing to pay), L5331-2 (upper age limits), L5331-4 (written in French).
What is a condition on people is decided by ``linter_kinds``; here stands what is said of it. Patterns meet folded text of
the same length as the original, so that the words can be quoted as they were written.
"""

# A pattern is read as one line: cutting it would hide what belongs together.
# ruff: noqa: E501
import re
from dataclasses import dataclass
from re import Pattern


@dataclass(frozen=True)
class Rule:
    """Words that had better not be there: a warning.

    ``hints``: one of them is in every text that the pattern meets, so that most texts need no pattern. ``unless`` in the
    same field lifts the rule."""

    name: str
    hints: tuple[str, ...]
    pattern: Pattern[str]
    message: str
    proposal: str
    law: str = ""
    unless: Pattern[str] | None = None
    title_only: bool = False


def _p(*alternatives: str) -> Pattern[str]:
    return re.compile("|".join(f"(?:{one})" for one in alternatives))


@dataclass(frozen=True)
class Criterion:
    """What is told of a condition on people. ``exempt_with_basis``: a text that imposes it turns the refusal into a warning."""

    message: str
    proposal: str
    law: str
    exempt_with_basis: bool = False
    exempt_kinds: frozenset[str] = frozenset()


CRITERIA: dict[str, Criterion] = {
    "age_limit": Criterion(
        "Une offre ne pose aucune condition d'âge.",
        "Retirez l'âge et dites l'expérience attendue (« débutant accepté », « deux ans de pratique »). Si une loi fixe un âge, citez l'article.",
        "L5321-2, L5331-2, L1132-1",
        exempt_with_basis=True,
        exempt_kinds=frozenset({"apprenticeship"}),
    ),
    "sex": Criterion(
        "Une offre s'adresse aux femmes comme aux hommes.",
        "Écrivez « une personne » ou les deux formes (« vendeur ou vendeuse »), et décrivez le travail : charges, gestes, horaires.",
        "L1142-1, L1132-1",
    ),
    "origin": Criterion(
        "Une offre ne pose aucune condition d'origine ni de nationalité.",
        "Retirez ces mots et demandez ce que le poste exige : un niveau de langue (A1 à C2), une compétence. Si une loi réserve l'emploi, citez l'article.",
        "L1132-1, L5321-2",
        exempt_with_basis=True,
    ),
    "residence": Criterion(
        "Le lieu de résidence ne peut pas être une condition.",
        "Retirez ces mots et indiquez le lieu et les horaires de travail : la personne dira elle-même si elle peut venir.",
        "L1132-1",
    ),
    "family": Criterion(
        "La situation de famille et la grossesse ne regardent pas l'employeur.",
        "Retirez ces mots et décrivez les horaires, les astreintes et les déplacements : chacun verra s'ils lui conviennent.",
        "L1142-1, L1132-1",
    ),
    "health": Criterion(
        "L'état de santé et le handicap ne peuvent pas être une condition : seul le médecin du travail juge de l'aptitude.",
        "Retirez ces mots et décrivez les gestes du poste (« port de charges jusqu'à 20 kg », « station debout »).",
        "L1132-1",
    ),
    "appearance_religion_union": Criterion(
        "L'apparence, la religion, les opinions, l'orientation ou l'engagement syndical ne peuvent pas être une condition.",
        "Retirez ces mots et dites ce que la personne fera. Si le poste impose une tenue, décrivez-la avec sa raison (hygiène, sécurité).",
        "L1132-1",
    ),
    "social_situation": Criterion(
        "Les ressources, le chômage ou la banque d'une personne ne peuvent pas être une condition.",
        "Retirez ces mots. Pour un contrat aidé ou d'insertion, choisissez ce contrat ; le RIB se demande après l'embauche.",
        "L1132-1",
    ),
    "payment_asked": Criterion(
        "Personne ne paie pour postuler ni pour commencer à travailler.",
        "Retirez les frais ou le numéro surtaxé, et donnez une adresse ou un numéro ordinaire.",
        "L5331-1",
    ),
    "exclusion": Criterion(
        "Ces mots écartent des personnes.", "Retirez-les et dites ce que le poste demande de savoir faire.", "L1132-1"
    ),
}
"""By the names of ``linter_kinds.READERS``."""

_NOT_OF_SERVED = "".join(
    rf"(?<!\b{who} )"
    for who in (
        "clientele",
        "patientele",
        "public",
        "auditoire",
        "lectorat",
        "audience",
        "population",
        "commune",
        "ville",
        "quartier",
    )
)
"""Who is served, or lives there, may be young and lively: whoever applies need not."""

STEREOTYPES: tuple[Rule, ...] = (
    Rule(
        "gendered_title",
        ("menage", "hotesse", "secretaire", "chambre", "euse", "iere", "esthetic", "nounou", "mains", "tout faire",),
        _p(
            r"\bfemme de menage\b", r"\bhotesses?\b", r"\bsecretaire\b.{0,30}\bconfirmee\b", r"\bfemme de chambre\b",
            r"\b(?:vendeuse|serveuse|coiffeuse|caissiere|infirmiere|cuisiniere|ouvriere|estheticienne|nounou)\b",
            r"\b(?:homme|femme) (?:toutes? mains|a tout faire)\b",
        ),
        "Le titre ne nomme qu'un sexe.",
        "Donnez les deux formes ou ajoutez « (H/F) » (par exemple « agent d'entretien (H/F) »).",
        "L1142-1",
        unless=_p(r"\bh ?[/.,-] ?f\b", r"\bf ?[/.,-] ?h\b", r"hotes?\b", r"valet", r"vendeur\b", r"serveur\b", r"coiffeur\b", r"caissier\b", r"infirmier\b", r"cuisinier\b", r"ouvrier\b", r"estheticien\b"),
        title_only=True,
    ),
    Rule(
        "young_stereotype",
        ("jeune", "digital",),
        _p(r"\bequipe jeune\b(?! public)", r"\bjeune equipe\b", rf"{_NOT_OF_SERVED}\bjeune et dynamique\b", r"\bdigital native\b", r"\besprit jeune\b", r"\bjeunes? talents?\b"),
        "Ces mots laissent croire que l'âge compte.",
        "Écrivez « équipe dynamique » ou « débutant accepté ».",
        "L1132-1",
    ),
    Rule(
        "young_stereotype",
        ("jeune",),
        _p(r"\bjeunes? diplomes?\b"),
        "Ces mots laissent croire que l'âge compte.",
        "Écrivez « débutant accepté », ou « débutant ou confirmé ».",
        "L1132-1",
        unless=_p(
            r"\bjeunes? diplome(?:\(e\)|\(es\)|[.·]e|e)?[.·]?(?:s|\(s\))?(?:,| ou| et| comme| ?/)(?: (?!pas|sans|ni|non)\w+){0,3}? \(?(?:experiment\w+|confirme\w*|seniors?|profils?|reconversion|tous|autodidactes?|experience|professionnel\w*)",
            r"\b(?:experiment\w+|confirme\w*|seniors?|reconversion|debutant\w*|professionnel\w*)(?:\(e\)|\(s\)|[.·]e)*(?:,| ou| et| comme| ?/)(?: \w+){0,2}? jeunes? diplome",
        ),
    ),
    Rule(
        "appearance_stereotype",
        ("presentation", "physique", "constitution",),
        _p(r"\b(?:bonne|excellente|tres bonne) presentation\b(?! (?:d[eu]s?|d\'|a l\'(?:oral|ecrit)|orale|ecrite|commerciale)\b)", r"\bpresentation (?:soignee|irreprochable|impeccable)\b", r"\bphysique robuste\b|\bbonne condition physique\b|\bbonne constitution\b"),
        "Ces mots peuvent écarter sur l'apparence ou la santé.",
        "Décrivez la tenue ou les gestes du poste.",
        "L1132-1",
    ),
    Rule(
        "photo_asked",
        ("photo", "portrait", "instagram", "facebook", "video"),
        _p(
            r"\b(?:cv|candidature|lettre|dossier)s?\b(?: (?:et|\+|,|de|lettre|motivation|complet)){0,5} (?:avec|\+|et|accompagnee? d\'une|muni d\'une) (?:une |votre |vos )?(?:photo(?:graphie)?s?)(?: d\'identite| recentes?)?\b(?! (?:de|du|des) (?:vos|ses|realisation|travaux|chantier|creation|ouvrage))",
            r"\bphoto(?:graphie)?s?(?: d\'identite| recentes?| en pied| de plain[ -]pied){0,2}(?: (?:est|sont|sur le cv|souriante))? (?:exigee?s?|obligatoires?|indispensables?|imperative?s?|demandee?s?|requises?|souhaitees?|appreciees?)\b(?! d(?:es?|u|\')\b)",
            r"\bphoto(?:graphie)?s?(?: d\'identite| recentes?| en pied| de plain[ -]pied| de face| (?:du|de votre|de) visage| portrait| couleur){0,3} (?:est |sont |sera |seront )?(?:a (?:joindre|fournir|envoyer|transmettre|ajouter|inserer|adresser)|jointes? (?:a|au|avec))\b",
            r"\b(?:joindre|ajouter|inserer|coller|mettre|adresser|transmettre|envoyer|agrafer)(?: une?| votre| vos){0,2} (?:photo(?:graphie)?|portrait)s?(?: \w+){0,2} (?:a|sur|dans|avec|en haut de) (?:la |le |l\')?(?:votre |ton )?(?:dossier|candidature|cv|lettre)\b",
            r"\b(?:dossier|candidature|lettre|cv|diplomes?)\b[^.!?\n]{0,80}\bphotograph(?:ie|ies) d\'identite\b",
            r"\b(?:lien|profil|compte)s? (?:instagram|facebook)\b[^.!?\n]{0,20}\b(?:exige|public|obligatoire|a joindre|a fournir|demande)",
            r"\bvideo\b[^.!?\n]{0,60}\b(?:visage decouvert|votre visage|tenue de soiree|votre allure|l\'allure|en pied)\b",
            r"\bcv sans photo (?:\w+ ){0,3}(?:refuse|rejete|ignore|ecarte|non|ne |pas |inutile|s\'abstenir)",
            r"\bsans photo\b[^.!?\n]{0,40}?\b(?:ecart\w+|refus\w+|rejet\w+|ignor\w+|elimin\w+|(?:ne|non|pas) (?:\w+ )?(?:pas )?(?:etudi|trait|lu|retenu|examin|consider|accept)\w*)",
            r"\b(?:photos? (?:de vous|de votre visage|portrait|de face)\b|portraits? (?:photo|recent)[^.!?\n]{0,40}\b(?:joindre|fournir|glisser|exige\w*|demande\w*|obligatoire))",
            r"\b(?:joindre|joignez|envoy(?:er|ez)|transmett(?:re|ez)|fournir|ajouter|avec)(?: (?:une|votre|vos|un|cv|et|lettre|\+|,)){0,5} photo(?:graphie)?s?\b(?: d\'identite| recentes?)?(?= (?:a|au|avec|et|par|dans|sur|de vous|svp|s\'il)\b| ?[.,;!)]|$)",
        ),
        "Une photo ne dit rien des compétences, et fait juger sur l'apparence.",
        "Ne demandez pas de photo.",
        "L1221-6, L1132-1",
        unless=_p(r"\b(?:pas|sans|aucune|ni|inutile de joindre une|facultative|interdite?) (?:de )?photos?\b(?!,? (?:\w+ ){0,3}(?:refuse|rejete|ignore|ecarte|elimine|non|ne |pas |s\'abstenir))", r"\bphotos? (?:facultative|non |n\'est pas|interdite)"),
    ),
    Rule(
        "gender_stereotype",
        ("douceur", "main de fer", "virile", "fee du", "maitresse", "notre futur",),
        _p(r"\bdouceur feminine\b", r"\bmain de fer\b", r"\bforce virile\b", r"\bfee du logis\b", r"\bmaitresse de maison\b(?! \()", r"\bnotre future? (?:assistante|secretaire)\b"),
        "Ces mots attachent le métier à un sexe.",
        "Décrivez la compétence.",
        "L1142-1",
    ),
    Rule(
        "unpaid_trial",
        ("essai", "test"),
        _p(
            r"\b(?:essais?|tests?)\b(?: (?:d\'|de |sur )?\w+){0,6} (?:non (?:remunere|paye)e?s?|pas (?:remunere|paye)e?s?|gratuits?|benevoles?|sans (?:remuneration|salaire|paie))\b",
            r"\bessai (?:gratuit|benevole)\b",
        ),
        "Tout travail se paie, l'essai aussi.",
        "Proposez une période d'essai payée, ou une immersion professionnelle avec la mission locale ou France Travail.",
        "L1221-19, L3211-1",
        unless=_p(r"\b(?:immersions?|pmsmp|mise en situation)\b", r"\b(?:essais?|tests?) (?:d[ues]*|de nos|de votre|d\'un) (?:logiciels?|produits?|machines?|applications?|jeux)\b", r"\b(?:logiciel|produits?|abonnement|seance|cours|clients?)\b[^.]{0,40}\bessai"),
    ),
    Rule(
        "criminal_record",
        ("casier",),
        _p(r"\bcasier (?:judiciaire )?vierge\b(?![^.!?]{0,200}\b(?:loi|articles?|code (?:de|du)|decret|l\.? ?\d{3}|mineurs|enfants|creche|securite privee|cnaps|bulletin)\b)"),
        "Le casier ne peut être demandé que là où un texte le prévoit.",
        "Citez le texte ou retirez la condition.",
        "",
    ),
)  # fmt: skip

SEEMS = "Cette phrase semble"
"""With it begins what is told of a sentence that only resembles a condition."""
_SEEMS: dict[str, str] = {
    "age_limit": "poser une condition d'âge",
    "sex": "s'adresser à un seul sexe",
    "origin": "poser une condition d'origine, de langue maternelle ou de nationalité",
    "residence": "poser une condition sur le lieu où l'on habite",
    "family": "poser une condition sur la situation de famille ou la grossesse",
    "health": "poser une condition sur la santé ou le handicap",
    "appearance_religion_union": "poser une condition sur l'apparence, les croyances, les opinions ou la vie privée",
    "social_situation": "poser une condition sur les ressources, le chômage ou la banque",
    "payment_asked": "demander de l'argent ou un travail non payé",
    "photo_asked": "demander une photo",
}
DOUBTED: dict[str, Criterion] = {
    name: Criterion(
        f"{SEEMS} {what} ; si elle parle d'autre chose, laissez-la.",
        told.proposal,
        told.law,
        exempt_kinds=CRITERIA[name].exempt_kinds if name in CRITERIA else frozenset(),
    )
    for name, what in _SEEMS.items()
    for told in (CRITERIA.get(name) or next(rule for rule in STEREOTYPES if rule.name == name),)
}
"""What is told of doubt that was learnt (``linter_learnt``), by the rule that the sentence may break."""
