"""Which column of a table of offers is what, by the title that stands above it. Pure."""

# A pattern is read as one line: cutting it would hide what belongs together.
# ruff: noqa: E501
import re
from collections.abc import Sequence
from enum import StrEnum

from shared.reference.text import unaccented
from shared.tables.titles import bare_title


class Column(StrEnum):
    """What a column of a table of offers says."""

    REFERENCE = "reference"
    TITLE = "title"
    OCCUPATION = "occupation"
    PLACE = "place"
    ADDRESS = "address"
    POSTCODE = "postcode"
    COMMUNE_CODE = "commune_code"
    DEPARTMENT = "department"
    CONTRACT = "contract"
    DURATION = "duration"
    STARTS_ON = "starts_on"
    ENDS_ON = "ends_on"
    APPLY_BY = "apply_by"
    HOURS = "hours"
    SCHEDULE = "schedule"
    SALARY = "salary"
    SALARY_MAX = "salary_max"
    SALARY_PERIOD = "salary_period"
    DESCRIPTION = "description"
    EMPLOYER = "employer"
    SIRET = "siret"
    CONTACT = "contact"
    URL = "url"
    POSITIONS = "positions"
    EXPERIENCE = "experience"
    DIPLOMA = "diploma"
    LICENCE = "licence"
    VEHICLE = "vehicle"
    STATUS = "status"


SEVERAL = frozenset(
    {
        Column.PLACE, Column.ADDRESS, Column.CONTRACT, Column.DURATION, Column.HOURS, Column.SCHEDULE, Column.DESCRIPTION,
        Column.CONTACT, Column.EXPERIENCE, Column.DIPLOMA, Column.LICENCE,
    }
)  # fmt: skip
"""What may stand in several columns, which are read together; of all others the first counts."""
DAYS = frozenset({Column.STARTS_ON, Column.ENDS_ON, Column.APPLY_BY})
PLACES = frozenset({Column.PLACE, Column.ADDRESS, Column.POSTCODE, Column.COMMUNE_CODE})
"""Any of them says where."""
FRENCH = {
    Column.REFERENCE: "référence", Column.TITLE: "intitulé", Column.OCCUPATION: "métier (code ROME)", Column.PLACE: "lieu",
    Column.ADDRESS: "adresse", Column.POSTCODE: "code postal", Column.COMMUNE_CODE: "code INSEE",
    Column.DEPARTMENT: "département", Column.CONTRACT: "contrat", Column.DURATION: "durée du contrat",
    Column.STARTS_ON: "début", Column.ENDS_ON: "fin", Column.APPLY_BY: "date limite", Column.HOURS: "temps de travail",
    Column.SCHEDULE: "horaires", Column.SALARY: "salaire", Column.SALARY_MAX: "salaire maximal",
    Column.SALARY_PERIOD: "période du salaire",
    Column.DESCRIPTION: "description", Column.EMPLOYER: "employeur", Column.SIRET: "SIRET", Column.CONTACT: "contact",
    Column.URL: "lien", Column.POSITIONS: "nombre de postes", Column.EXPERIENCE: "expérience", Column.DIPLOMA: "diplôme",
    Column.LICENCE: "permis", Column.VEHICLE: "véhicule", Column.STATUS: "état de l'offre",
}  # fmt: skip

_POST = r"(?:offres?|postes?|emplois?|annonces?|metiers?|fonctions?|missions?)"
_NUMBERED = r"(?:ref|reference|n|no|num|numero|id|identifiant|code)"
_SAID = r"(?:proposee?s?|recherchee?s?|concernee?s?|vacante?s?|pourvoir|ouverte?s?|disponibles?|exercee?s?)"
_HOW_MANY = r"(?:nb|nbr|nbre|nombre|effectifs?|quantite|qte|combien)"
_WHERE = (
    r"(?:travail|missions?|postes?|exercice|intervention|affectation|emploi|prise|embauche|geographiques?|principale?|exact"
    r"|offre|chantier|site)"
)
_PAID = (
    r"(?:brute?s?|nets?|horaires?|mensuel(?:le)?s?|annuel(?:le)?s?|hebdo\w*|mois|heures?|h|ans?|annees?|proposee?|indicati\w+"
    r"|euros?|eur|base|poste|estimee?|offre|travail|min\w*|mini|fourchette|de)"
)
_TIMED = r"(?:h|heures?|semaines?|sem|hebdo\w*|mois|mensuel(?:le)?s?|travail\w*|contractuel\w*|jours?|an|annuel(?:le)?s?|horaires?|poste)"
_OF_APPLYING = (
    r"(?:candidatures?|depot|depots|reponses?|reception|validite|affichage|publication|offres?|annonces?|postuler)"
)
_BEGUN = r"(?:debut|demarrage|embauche|prise (?:postes?|fonctions?|service)|recrutement prevu|arrivee|disponibilite|entree(?: fonctions?)?|commencement|debute|commence|rentree|remplacement(?= prevu| souhaite))"
_BY_TITLE: tuple[tuple[Column, re.Pattern[str]], ...] = tuple(
    (column, re.compile(pattern))
    for column, pattern in (
        (Column.APPLY_BY, rf"(?:date )?(?:limite|cloture|butoir|fin|echeance)(?: {_OF_APPLYING})+|date (?:limite|cloture|butoir)"
         r"|cloture|date expiration|(?:postuler|candidater) avant(?: .*)?|(?:offre )?valable jusqu au|date validite"),
        (Column.POSITIONS, rf"{_HOW_MANY} (?:{_POST}|pers|personnes?|recrutements?|salaries?|embauches?|interimaires?|saisonniers?|apprentis?)(?: {_SAID})*(?: iae)?|effectifs?"
         r"|nombre|nb|nbre|quantite|qte|places|postes (?:libres|vacants|ouverts)(?: total)?|effectifs? recherches?"),
        (Column.REFERENCE, rf"(?:ref|reference|id|identifiant)(?: (?:interne|externe|client|unique))?|{_NUMBERED} {_POST}"
         rf"|{_POST} {_NUMBERED}|external id"),
        (Column.OCCUPATION, r"(?:code )?(?:metiers? )?rome(?: .*)?|code (?:metiers?|ogr)|.* rome"),
        (Column.COMMUNE_CODE, r"(?:code )?insee(?: commune)?|(?:code )?commune insee|code commune(?: insee)?"),
        # Together in one cell.
        (Column.PLACE, r"(?:code postal|cp|departement|dept|dpt) (?:ville|commune|lieu)|(?:ville|commune|lieu) (?:code postal|cp|departement|dept|dpt)"
         r"|(?:clients?|eu|entreprises?|etablissements?|employeurs?) (?:utilisatrice )?(?:lieu|ville|commune)"),
        (Column.POSTCODE, rf"(?:code )?postal(?: {_WHERE})*|cp(?: {_WHERE})*|codepostal|cpost(?:al)?"),
        (Column.DEPARTMENT, rf"(?:n |num(?:ero)? )?(?:departements?|dept|dpt|dep)(?: {_WHERE})*"),
        (Column.SIRET, r"(?:n |no |num(?:ero)? )?siret(?: .*)?"),
        (Column.URL, r"liens?(?: .*)?|urls?(?: .*)?|(?:site|page) (?:web|internet)(?: .*)?|adresse (?:web|internet)|lien"),
        (Column.CONTACT, r"candidatures?|postuler|(?:comment|pour|ou) postuler|modalites?(?: candidatures?| reponse| postuler)*"
         r"|.* (?:pour )?(?:postuler|candidater)|(?:contacts?|mails?|e ?mails?|courriels?|tel\w*|adresse (?:e ?)?mail) (?:pour |de )?candidat\w*"),
        (Column.ADDRESS, r"adresse(?: .*)?|rue"),
        (Column.EMPLOYER, r"(?:noms? |raison sociale )?(?:employeurs?|entreprises?|societes?|structures?|etablissements?|clients?"
         r"|organismes?|associations?|recruteurs?|collectivites?|enseignes?|magasins?|commanditaires?|exploitations?|fermes?|campings?)"
         r"(?: (?:utilisatrice|accueil|employeu(?:r|se)|clients?|recruteu(?:r|se)|nom|legale?))*|raison sociale|donneur ordres?|company(?: name)?|employer|chez qui"),
        (Column.SALARY, r"(?:salaires?|remunerations?|taux) min\w* max\w*"),
        (Column.SALARY_MAX, rf"(?:salaires?|remunerations?|taux)(?: {_PAID})* (?:max\w*|haut)"),
        (Column.SALARY, rf"(?:salaires?|remunerations?|remu|paies?|payes?|taux(?= horaire)|taux(?= brut)|taux(?= h\b)|tarifs?|traitement|sal)"
         rf"(?: {_PAID})*|(?:brut|net)(?: {_PAID})+|mensuel (?:brut|net)|(?:tranche|fourchette|niveau) (?:remuneration|salaires?)|combien (?:on )?paye?|(?:je|on|nous) (?:paie|paye|payons)|gains?|salary|wage|pay"),
        (Column.HOURS, rf"(?:{_HOW_MANY} |volume )?(?:heures?|hrs?|h)(?: {_TIMED})*|duree(?! mois$)(?: {_TIMED})+|(?:temps|volume|base|charge)"
         rf"(?: {_TIMED})+|quotites?(?: .*)?|etp|equivalent temps plein|temps(?: plein| partiel| complet| non complet| ou)*|tp tc|tc tnc|mi temps plein|dhs"
         r"|taux (?:emploi|activite|occupation)|h(?:eures?)? s|hebdo\w*|horaires? (?:hebdo\w*|semaine|mensuel\w*)|(?:weekly |working )hours"),
        (Column.CONTRACT, r"(?:(?:type|nature|forme|genre|statut|categorie) )?contrats?(?: (?:travail|proposee?|type|nature|duree))*"
         r"|cdi cdd(?: .*)?|cdd cdi(?: .*)?|type (?:emploi|recrutement|embauche)|contract(?: type)?"),
        (Column.DURATION, r"durees?(?: (?:contrats?|missions?|cdd|mois|engagement|prevue|emploi|poste))*|(?:nb|nbre|nombre) mois"),
        (Column.ENDS_ON, r"(?:date )?fin(?: (?:contrats?|missions?|prevue|postes?|cdd|previsionnelle))*|date fin|jusqu au"),
        (Column.STARTS_ON, rf"(?:date )?{_BEGUN}(?: prevue?)?(?: (?:contrats?|missions?|souhaitee|prevue|postes?|previsionnelle|travail|activite))*"
         r"|(?:a )?partir|pour quand|date souhaitee|pourvoir(?: .*)?|start(?: date)?"),
        (Column.SCHEDULE, r"(?:jours? )?horaires?(?: .*)?|plannings?|amplitudes?(?: .*)?|jours?(?: travail\w*)*|rythme(?: .*)?|roulements?(?: .*)?"
         r"|plages? horaires?|cycle(?: .*)?|organisation travail"),
        (Column.EXPERIENCE, r"exp|experiences?(?: .*)?|debutants?(?: .*)?|anciennete(?: .*)?"),
        (Column.DIPLOMA, r"diplomes?(?: .*)?|niveaux?(?: .*)?|formations?(?: .*)?|qualifications?(?: .*)?"),
        (Column.LICENCE, r"permis(?: .*)?"),
        (Column.VEHICLE, r"vehicules?(?: .*)?|voitures?|(?:moyen )?locomotion|vehiculee?"),
        (Column.STATUS, r"statuts?(?: (?:offres?|annonces?|postes?))*|etats?(?: (?:offres?|annonces?|avancement))*|pourvue?s?"
         r"|situation|avancement|suivi"),
        (Column.TITLE, rf"(?:intitules?|titres?|libelles?|designations?|noms? (?={_POST}))(?: {_POST})*(?: {_SAID})*"
         rf"|(?:poste|emploi|offre|fonction)(?: {_SAID})*|poste lib|(?:emploi|poste) (?:saison\w*|prepare)|offres? emplois?|annonces?|(?:job )?title|job"),
        (Column.DESCRIPTION, r"descri\w*(?: .*)?|missions?(?: .*)?|taches?(?: .*)?|activites?(?: .*)?|details?(?: .*)?|contenus?(?: .*)?"
         r"|textes?(?: .*)?|profils?(?: .*)?|competences?(?: .*)?|pre ?requis"
         r"|conditions?(?: .*)?|avantages?(?: .*)?|particularites?|savoirs?(?: .*)?"
         r"|exigences?|qualites?(?: .*)?|criteres?(?: .*)?"),
        (Column.PLACE, rf"(?:lieux?|communes?|villes?|villages?|localites?|localisations?)(?: {_WHERE})*|residence administrative|location|city|place"),
    )
)  # fmt: skip
_ALONE: tuple[tuple[Column, re.Pattern[str]], ...] = (
    # «Métier» is the title where no other column is; «Secteur» is as often that of an economy; «Postes» may be how many.
    (Column.TITLE, re.compile(rf"metiers?(?: {_SAID})*|postes?(?: {_SAID})*|emplois?(?: {_SAID})*|fonctions?|missions?|offres?|besoins?|qualifications?|qualif|quoi|travail|recherches?|(?:je|on|nous) (?:re)?(?:cherch|embauch|recrut)\w+")),
    (Column.TITLE, re.compile(r"profils?(?: recherches?)?|supports?")),
    (Column.TITLE, re.compile(r"chantiers?|ateliers?")),
    (Column.OCCUPATION, re.compile(rf"metiers?(?: {_SAID})*")),
    (Column.POSITIONS, re.compile(rf"postes(?: {_SAID})*")),
    (Column.SALARY, re.compile(r"taux|prix|montant|gages|fourchette|combien")),
    (Column.POSITIONS, re.compile(r"combien|vol(?:ume)?|reste")),
    (Column.EMPLOYER, re.compile(r"qui")),
    (Column.DURATION, re.compile(r"mois")),
    (Column.DURATION, re.compile(r"periodes?|dates")),
    (Column.STARTS_ON, re.compile(r"quand|disponibilite")),
    (Column.CONTRACT, re.compile(r"type|nature|forme")),
    (Column.HOURS, re.compile(r"base(?: h)?|h")),
    (Column.PLACE, re.compile(rf"secteurs?(?: {_WHERE})*|sites?(?: {_WHERE})*|zones?(?: {_WHERE})*|agences?|affectations?|ou")),
)  # fmt: skip
"""What says it only where no other column does."""
_OF_A_SITE = re.compile(
    r"(?:magasins?|boutiques?|agences?|sites?|chantiers?|stations?|etablissements?|residences?|structures?|ateliers?|antennes?|points? vente"
    r"|enseignes?|collectivites?|services?|exploitations?|domaines?|campings?|ehpad|ecoles?)(?: .{1,30})?"
)
"""What is named by where it is as often as by its name."""
_OF_A_PERIOD = re.compile(
    r"(?:(?:salaires?|salary|remu\w*|paies?|pay|taux) )?(?:periodes?|periodicites?|unites?|frequences?|period|unit)(?: (?:salaires?|remunerations?|paies?))?"
)
_INTERNAL = re.compile(
    r"contacts?(?: .*)?|(?:n |num(?:ero)? )?tel(?:ephone)?s?(?: .*)?|portable|(?:adresse )?(?:e ?)?mails?(?: .*)?|courriels?(?: .*)?"
    r"|interlocut\w+(?: .*)?|personne (?:a )?contacter|referente?s?(?: .*)?|responsable(?: .*)?|commentaires?(?: .*)?|remarques?"
    r"|obs(?:ervations?)?|rq|precisions?|notes?(?: .*)?|infos?(?: .*)?|informations?(?: .*)?"
)
"""Columns that whoever keeps the table may keep for themselves: people to call, and what is thought of them. None is published
unless the caller says that it is."""
_PERIODS = (
    ("horaire", re.compile(r"\bhoraires?\b|\bheures?\b|\bh\b")),
    ("mensuel", re.compile(r"\bmensuel|\bmois\b")),
    ("annuel", re.compile(r"\bannuel|\ban(?:nee)?s?\b")),
    ("par jour", re.compile(r"\bjour|\btjm\b|\bvacation")),
    ("par semaine", re.compile(r"\bsemaine|\bhebdo")),
)
_PERIOD_ALONE = re.compile(rf"(?:{_PAID}(?: {_PAID})*)?")
_OF_PROGRAMS = re.compile(r"^lieu travail (?=.*(?:postal|commune))| libelle(?: converti)?$| nom$")
_WITHIN = re.compile(r"(?<=[a-zé])(?=[A-Z][a-z])")
"""«dureeTravailLibelle»: exports write the names of fields."""
_SHORT_FOR = {
    "tx": "taux", "hor": "horaire", "mens": "mensuel", "ann": "annuel", "ctr": "contrat", "ctrt": "contrat", "quot": "quotite",
    "tps": "temps", "fct": "fonction", "recrut": "recrutement", "sal": "salaire", "rem": "remuneration", "remun": "remuneration",
    "dispo": "disponibilite", "emb": "embauche", "loc": "localisation", "etab": "etablissement", "ets": "etablissement",
    "entr": "entreprise", "deb": "debut", "dur": "duree", "hebdom": "hebdo", "adm": "administrative",
}  # fmt: skip
"""How titles of narrow columns are cut short."""
_ASKING = frozenset(("quel", "quelle", "quels", "quelles"))
_OF_A_SPAN = {"du": Column.STARTS_ON, "au": Column.ENDS_ON}
_SPANS = (("du", "au"), ("de", "a"), ("from", "to"))
"""Two titles of which each says little by itself."""
CONTRACT_NAMED = re.compile(
    r"\b(?:cdi|cddi?|saisonni(?:er|ère)s?|apprentis?|apprentissage|alternance|int[ée]rim(?:aires?)?)\b", re.IGNORECASE
)
_RATES = frozenset(("taux", "taux brut"))
"""Of an hour, where nothing else is said."""
_MONEY = re.compile(r"€|\beuros?\b", re.IGNORECASE)


def columns_of(titles: Sequence[str]) -> list[Column | None]:
    """What each title of a row of titles names, or None."""
    found = [_named(title) for title in titles]
    plain = [unaccented(title).strip(" :") for title in titles]
    for first, last in _SPANS:
        if first in plain and last in plain:
            found[plain.index(first)], found[plain.index(last)] = Column.STARTS_ON, Column.ENDS_ON
    return _with_alone(titles, found)


def _with_alone(titles: Sequence[str], found: list[Column | None]) -> list[Column | None]:
    for column, alone in _ALONE:
        if column not in found and not (column is Column.SALARY and Column.SALARY_MAX in found):
            at = next(
                (
                    at
                    for at, title in enumerate(titles)
                    if found[at] in (None, Column.DESCRIPTION, Column.DIPLOMA) and _fits(alone, title)
                ),
                None,
            )
            if at is not None:
                found[at] = column
    return found


def columns_formerly(titles: Sequence[str]) -> list[Column | None]:
    """The same without questions («Quelles heures») and spans («De», «À»), which no offer was known by when they were not read."""
    said = ["" if _ASKING & set(bare_title(title).split()) else title for title in titles]
    return _with_alone(said, [_named(title) for title in said])


def is_header(found: Sequence[Column | None]) -> bool:
    """Whether offers can be read below: what the work is, and something of it."""
    named = {one for one in found if one is not None}
    return bool(named & {Column.TITLE, Column.OCCUPATION}) and len(named) > 1


def is_internal(title: str) -> bool:
    """Whether a column that is not read may be meant for who keeps the table alone."""
    return _INTERNAL.fullmatch(_bare(title)) is not None


def is_of_a_site(title: str) -> bool:
    """Whether it names places of work by what they are: below «Magasin» stands «Aubusson» as well as «Chez Martin»."""
    return _fits(_OF_A_SITE, title)


def is_of_a_period(title: str) -> bool:
    """Whether it may say of what the pay beside it is: «sal_periode», «Unité»."""
    return _fits(_OF_A_PERIOD, title)


def period_in(title: str) -> str:
    """The period that a title of pay says, and that it is net: «Salaire brut mensuel» → ``mensuel``."""
    plain = f"{unaccented(title)} {_bare(title)}"
    period = next((name for name, pattern in _PERIODS if pattern.search(plain)), "")
    period = period or ("horaire" if _bare(title) in _RATES else "")
    net = re.search(r"\bnet\b", plain) and not re.search(r"\bbrut", plain)
    return f"{period} net".strip() if net else period


def _named(title: str) -> Column | None:
    if not title or len(title) > 80:
        return None
    if (alone := _OF_A_SPAN.get(title.strip(" :").lower())) is not None:
        return alone
    if _MONEY.search(title) and _PERIOD_ALONE.fullmatch(_bare(title)):
        return Column.SALARY
    # What stands in brackets may be part of it («Durée (h/semaine)») or beside it («Poste (H/F)»).
    forms = dict.fromkeys((_bare(re.sub(r"[()]", " ", title)), _bare(title), _OF_PROGRAMS.sub("", _bare(title))))
    found = next((column for form in forms if form for column, pattern in _BY_TITLE if pattern.fullmatch(form)), None)
    return found or next((one for one in Column if one.value == title.strip().lower() and not is_internal(title)), None)


def _fits(pattern: re.Pattern[str], title: str) -> bool:
    return pattern.fullmatch(_bare(title)) is not None


def _bare(title: str) -> str:
    words = bare_title(_WITHIN.sub(" ", title)).replace("+", " ").replace("_", " ").split()
    return " ".join(_SHORT_FOR.get(word, word) for word in words if word not in _ASKING)
