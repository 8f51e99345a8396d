"""Conditions on what people live on, and money that is asked of them."""

# A pattern is read as one line: cutting it would hide what belongs together.
# ruff: noqa: E501
import re

from services.offers.domain.linter_clauses import Sentence
from services.offers.domain.linter_heads import any_of
from services.offers.domain.linter_words import (
    DEMAND,
    EXCLUDES,
    LIFTED,
    WELCOMES,
    Found,
    has,
    words,
)

_POOR = words(
    r"rsa", r"rmi", r"eremistes?", r"chomeurs?", r"chomeuses?", r"chomage", r"demandeurs? d' emploi", r"interdits? bancaires?", r"surendett\w+", r"comptes? (?:bancaires?|en banque|courant)", r"sdf", r"sans domicile", r"sans ?- ?abris?", r"(?:heberge\w*) en foyer", r"en foyer", r"fiche\w* (?:bancaire|banque de france)",
    r"allocataires?", r"cas social", r"cas sociaux", r"sans emploi", r"(?:anciens?|anciennes?|ex ?-?) ?detenue?s?", r"sortant(?:s|e|es)? de prison",
)  # fmt: skip


_BARRED = re.compile(r"(?<!etre )interdit(?=s? bancaires?)")
"""A word on the bank, by which nobody is left out."""


def situation(s: Sentence) -> Found:
    """What people live on, and their bank: L1132-1 names economic vulnerability and the place of the account."""
    if s.says(LIFTED) or (s.says(WELCOMES) and not s.says(EXCLUDES)):
        return
    for match in s.all(_POOR):
        start, end = match.span()
        # «Interdit» of «interdit bancaire» leaves nobody out.
        banned = (s.says(EXCLUDES) and has(EXCLUDES, _BARRED.sub("", s.text))) or has(
            words("pas d[e']?", "sans", "ni", "aucune?"), s.before(start, 3)
        )
        bank = (
            match[0].startswith("compte")
            and (s.says(DEMAND) or has(words("avoir", "disposer", "posseder", "depuis"), s.text))
            and has(words("depuis", "en france", "francais", r"domicilie\w*"), s.after(end, 6))
        )
        if (banned and match[0] != "sans domicile") or bank:
            yield start, end, True


_PAY = words(
    r"frais", r"cheque d[e']", r"mandat d[e']", r"virements?", r"a vos frais", r"caution", r"kit", r"droits? d' inscription", r"(?:vers|regl|pay)(?:er|ez|erez|eriez)", r"a regler", r"a payer", r"a verser", r"a votre charge", r"acompte", r"participation", r"(?:achet|financ)(?:er|ez|erez)", r"(?:a )?vos frais", r"depots? d[e'] (?:garantie|\d+)", r"vir(?:er|ez|erez)", r"somme d[e']", r"versements? d[e']", r"(?:sera|seront|est|sont) demande(?:e|s|es)?(?= \d)", r"achats? (?:de la |du |de l' |d' une? |de votre )?(?:tenue|kit|materiel|uniforme|equipement|outillage|badge)", r"(?:coupons?|recharges?|tickets?|codes?) (?:pcs|transcash|neosurf|toneo)", r"pcs",
)  # fmt: skip
_MONEY = words(r"\d+(?: \d+)? ?(?:€|euros?)")
_BEFORE_HIRE = words(
    r"avant (?:l' |la |le |toute |une |votre )?(?:embauche|l' embauche|signature|de commencer|le debut)",
    r"pour (?:acceder|bloquer|obtenir|postuler|candidater|reserver|valider|s' inscrire)",
    r"dossier",
    r"inscription",
    r"recrutement",
    r"a votre charge",
    r"a (?:la )?charge d[ue]s? (?:candidats?|salaries?|stagiaires?)",
    r"votre poste",
    "vous verserez",
    r"a (?:joindre|regler|envoyer)",
    r"caution (?:\S+ ){0,4}(?:est |sera |vous sera )?(?:demandee|exigee|requise|versee)",
    r"kit (?:de )?(?:demarrage|depart|vente)",
    r"par vos soins",
    "candidature",
    r"a la (?:signature|prise de poste)",
)
_THEY_PAY = words(
    r"(?:a (?:payer|regler|verser|acquitter|financer)|payee?s?|reglee?s?|a la charge|supportee?s?) (?:par|d[ue]s?|de l[a']) ?(?:les? |la |l' )?(?:candidat\w*|postulant\w*|stagiaires?|nouve\w+ (?:embauche\w*|salarie\w*|recrue\w*)|recrues?|interesse\w*)",
    r"(?:offert\w*|gratuit\w*) contre (?:une? |le )?(?:cheque|caution|depot|versement|acompte|paiement)",
)
"""Who applies, in so many words: then no «gratuit» of the same sentence counts."""
_FREE = words(
    r"aucuns? frais", r"(?:sans|pas de|zero|0) frais", r"rembours\w+", r"pris(?:e|es)? en charge", r"gratuit\w*", r"a la charge de l' (?:entreprise|employeur)", r"nous (?:payons|reglons|prenons)", r"offert\w*", r"interdit\w*", r"non surtaxe", r"prime\w*", r"tickets?", r"cheques? ?- ?(?:cadeaux?|vacances|dejeuner|restaurant)|cheques? cadeaux?", "pour l' equipe", r"logements?", r"loyers?", "(?:des|aux) (?:clients?|locataires|adherents|usagers|visiteurs|familles|eleves)", r"factur\w+", r"(?:encaiss|percev|collect|recouvr)\w+", "salons?", "par mois", r"paye\w* par",
)  # fmt: skip
_TAKEN = words(
    r"(?:vous|leur) (?:sera|seront|est|sont) (?:factur|retenu|preleve|dedui|decompte)\w*",
    r"(?:prelev|retien|dedui)\w* (?:\S+ ){0,3}?(?:%|€|euros?) (?:de|sur) (?:votre|vos|le|la|leur) (?:premiere? )?(?:salaires?|paies?|payes?|mois)",
    r"factur\w+ (?:\S+ ){0,5}?aux? (?:candidat\w*|stagiaires|nouveaux|recrues)",
    r"(?:apport|investissement) (?:personnel|initial|de depart)",
    r"(?:stock|kit|materiel|tenues?|echantillons|valise|carton)(?: de (?:depart|demarrage|vente|demonstration))? (?:est |reste |restent |sont )?a la charge d(?:u|e la|es|e l') (?!entreprise|societe|employeur|maison|client|agence|locataire|association|structure)\w+",
    r"(?:annonces|offres) (?:\S+ ){0,6}?membres premium",
    r"(?:depots?|cautions?) (?:de |d' )?\d+ ?(?:€|euros?) (?:\S+ )?(?:pour|sur) (?:les? |la |l' |votre |vos )?(?:clefs?|cles?|badges?|tenues?|materiel|tablette|telephone|outillage|fourgon|camion)",
)
"""Money that is taken from whoever begins to work; who runs a branch of their own brings some (``_OWN_BUSINESS``)."""
_OWN_BUSINESS = words(
    r"franchis\w+",
    r"gerance",
    r"gerants?",
    r"independants?",
    r"auto - ?entrepreneur\w*",
    r"associes?",
    r"agences?",
    r"reprise",
    r"reprendre",
    r"vdi",
    r"mandataires?",
    r"concession\w*",
)
_YOURS = words("vous", "vos", "votre", r"candidat\w*", r"inscription", r"a joindre", r"a regler", r"a payer", r"avant")
_NOTHING = words(r"aucune?s?", r"pas", r"rien", r"zero", r"0", r"sans", r"rembours\w+")
_LENDS = words(r"avanc(?:er|ez|erez)", r"(?:pai|pay|financ)er(?:a|ez|ont)")
_ADVANCED = re.compile(
    r" (?P<said>avanc(?:er|ez|erez) (?:\d+(?: \d+)? ?(?:€|euros?)|le prix|le cout|l' achat)) (?:pour|d[e']|du) (?:votre |vos |la |le |les |l' )?(?:tenues?|formations?|materiel|kit|outillage|equipement|badge)"
    r"| (?:candidat\w*|postulant\w*|salarie\w*|stagiaire|recrue|vous) (?P<paid>(?:pai|pay|financ)er(?:a|ez|ont) (?:sa|son|ses|votre|vos|leur|leurs) (?:propre )?(?:formation|tenue|materiel|outillage|equipement|badge|uniforme|kit))"
)
"""Paid back or not: who begins to work lends nothing to who employs, and pays no training or clothes."""
_DEAR = re.compile(r" 0 ?8 ?9 ?\d(?: ?\.? ?\d){6}| 0 ?89\d(?: ?\.? ?\d\d){3} ")
_NOUGHT = words(r"0 ?8\w*")
"""With it such a number begins."""
_SURTAXED = words(r"numeros? surtaxes?", r"numero payant")


def payment(s: Sentence) -> Found:
    """Somebody pays to apply or to begin."""
    for match in _DEAR.finditer(s.text):
        yield match.start() + 1, match.end(), True
    for match in _ADVANCED.finditer(s.text) if s.may(_LENDS) else ():
        yield *match.span("said" if match["said"] else "paid"), False
    for match in s.all(_THEY_PAY):
        if s.says(_MONEY) and not s.says(_NOTHING):
            yield match.start(), match.end(), True
            return
    if s.says(_FREE):
        yield from _taken(s)
        return
    for match in s.all(_SURTAXED):
        yield match.start(), match.end(), not match[0].endswith("s")
    for match in s.all(_PAY):
        money = s.says(_MONEY)
        if s.says(_BEFORE_HIRE) and (money or match[0] in ("frais", "a vos frais")):
            # Fees without a sum may be anybody's.
            yield match.start(), match.end(), money or match[0] == "a vos frais" or s.says(_YOURS)
            return
    yield from _taken(s)


def _taken(s: Sentence) -> Found:
    """Taken from whoever begins, or asked in other words: somebody should look."""
    if s.says(_NOTHING) or s.says(LIFTED):
        return
    for match in s.all(_TAKEN):
        if not (match[0].startswith(("apport", "investi")) and s.says(_OWN_BUSINESS)):
            yield match.start(), match.end(), False
            return


SITUATION_SIGNS = _POOR.bit
PAYMENT_SIGNS = any_of(_TAKEN, _NOUGHT, _SURTAXED, _PAY, _LENDS, _THEY_PAY)
