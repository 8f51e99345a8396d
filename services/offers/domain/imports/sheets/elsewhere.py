"""What a cell says of another field than its column's, and what the lines around a table say of all its rows. Pure.

«Temps partiel 50 %, permis B» below «Observations», «CDI» below «Fin», «EHPAD Les Genêts, 23230 Gouzon» below «Établissement»,
«Chantier d'insertion - CDDI 26 h» above the titles. A cell is parted where people part what they list, and a part counts only
where **all** of it says one thing: a sentence that speaks of a contract is no contract. Whatever is read so is to be confirmed.
"""

# A pattern is read as one line: cutting it would hide what belongs together.
# ruff: noqa: E501

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from services.offers.domain.imports.hours import clock_slots_in, flags_in
from services.offers.domain.imports.sheets.contents import PAID, SOON, TIMES, Known
from services.offers.domain.imports.sheets.titles import Column, is_internal
from shared.reference.initials import without_other_initials
from shared.reference.text import unaccented
from shared.tables.days import NAMES_OF_MONTHS


class Found(NamedTuple):
    """``text``: what the field would hold; ``where``: the column or line that says it, as its program shows it."""

    column: Column
    text: str
    where: str


_LONGEST, _LONGEST_PART, _MOST_PARTS = 400, 120, 20
_PARTS = re.compile(r"\s*(?:[;|\n•]|,(?!\d)|(?<=\D),|\s[-–—+/*]+\s|\s--\s|[()])\s*")
_MONTHS = r"(?:\d{1,2}|un|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze)"
_KIND = (
    r"(?:cdii?|cddi?|c\.d\.[di]\.(?:i\.)?|interim(?:aires?)?|saisonniers?|saisonnieres?|apprentis?|apprentissage|alternance|vacations?"
    r"|vacataires?|contrats? (?:pro|aides?|saisonniers?|d'apprentissage|de professionnalisation)|professionnalisation|cui|pec|cae"
    r"|duree (?:in)?determinee|titulaires?|contractuels?|service civique|stages?|benevol\w+)"
)
_LENGTH = rf"{_MONTHS} ?(?:mois|ans?|semaines?)"
_HOURS = (
    r"(?:\d{1,2}(?:[.,]\d{1,2})? ?h(?:eures?)?(?:\d{2})?(?: ?(?:/|par|la|de|a la)? ?(?:semaine|sem\b|hebdo\w*|s\b))?(?: annualise\w*)?"
    r"|(?:[1-9]\d|100) ?%|0[.,]\d{1,2} ?etp|1 ?etp)"
)
_FULL = r"(?:temps (?:plein|complet|partiel|non complet)|plein[ -]temps|mi[ -]temps|tc|tnc|tp)"
_WHOLE = r"(?:temps (?:plein|complet|partiel|non complet)|plein[ -]temps|mi[ -]temps)"
"""«TP» alone is public works as well."""
_FILL = r"(?:contrats?|postes?|emplois?|en|de|du|a|d'|renouvel\w*|possible\w*|evolutifs?|soit|puis|ou|base|tous|toutes|les|sont)"
_WISHED = r"(?:obligatoires?|exigee?s?|requis\w*|indispensables?|souhaite\w*|apprecie\w*|necessaires?|imperati\w+|valide|serait un plus|un plus)"
_DAY = (
    rf"(?:\d{{1,2}}[/.-]\d{{1,2}}(?:[/.-](?:\d{{4}}|\d{{2}}))?|(?:mi[ -]|debut |\d{{1,2}}(?:er)? ?)?(?:{NAMES_OF_MONTHS})\.?(?: (?:\d{{4}}|\d{{2}}))?"
    r"|semaine \d{1,2})"
)
"""Nothing but a day: behind «dispo» a telephone's number may stand."""
_ONLY_POSSIBLE = re.compile(rf"^(?:(?!\b{_KIND}\b).)*\b{_KIND} possibles?\b")
"""«Stage possible» beside whatever it is."""
# What may come again and again is atomic: «cdi-cdi-…» that ends in nothing was tried in each way that it can be parted, for ever.
_FORMS: tuple[tuple[Column, re.Pattern[str]], ...] = (
    (Column.CONTRACT, re.compile(rf"(?=.*\b{_KIND}\b)(?>(?:{_KIND}|{_LENGTH}|{_HOURS}|{_FULL}|{_FILL})\b ?|[:/-] ?)+")),
    (Column.HOURS, re.compile(rf"(?>(?:{_FULL}|base|duree hebdo\w*|horaire hebdo\w*|temps de travail|env\w*|a|de|:) ?)*{_HOURS}|{_WHOLE}")),
    (Column.DURATION, re.compile(rf"(?:(?:duree|contrat|mission|pour)(?: de)?:? ?)?{_MONTHS} ?(?:mois|semaines?)(?: renouvel\w*)?")),
    (Column.LICENCE, re.compile(rf"(?:titulaire du )?permis(?: de conduire)?(?: (?:[a-d]\d?e?|ce|be|pl|spl|vl|poids lourds?|et|ou|[+/&]))*(?: {_WISHED})?(?: (?:et|[+]) vehicule(?: {_WISHED})?)?")),
    (Column.EXPERIENCE, re.compile(
        rf"debutante?s?(?:[ (]*(?:accepte\w*|ok|bienvenue?s?|possible|motive\w*))?|sans experience|experience (?:exigee|souhaitee|obligatoire)"
        rf"|(?:exp\w*\.? ?:? ?)(?:de )?(?:min\w*)?{_LENGTH}(?: min\w*)?|{_LENGTH} (?:d'|d )?(?:exp\w*\.?|min\w*)(?: min\w*| exigee?s?)?")),
    (Column.SALARY, re.compile(
        rf"(?:salaire|remuneration|paie|taux(?: horaire)?)? ?:? ?(?:(?:de|entre|a partir de) )?{PAID} ?(?:€|euros?)?(?: ?(?:a|et|-|/) ?{PAID})?"
        r" ?(?:(?:€|euros?) ?)?(?:(?:bruts?|/ ?h\w*|de l'heure|/ ?mois|par mois|par heure|mensuels?|brut/mois|brut/h|brut mensuel|brut horaire) ?)+(?:mensuels?|horaires?)?"
        r"|smic(?: horaire| mensuel)?(?: ?\+ ?\d{1,2} ?%)?")),
    (Column.POSITIONS, re.compile(r"(?:nombre de postes?|nb postes?)? ?:? ?(?:x ?)?\d{1,3} (?:postes?|places?|personnes?)(?: (?:a pourvoir|disponibles?|ouverts?))?|x ?\d{1,2}|\d{1,2} ?x")),
    (Column.STARTS_ON, re.compile(
        r"(?:postes? )?(?:a (?:pourvoir|partir|compter)|des(?: le)?|debut(?: du contrat)?|demarrage|prise de (?:poste|fonctions?)|embauche"
        rf"|dispo(?:nible)?|date de debut|commence)(?: prevue?)?(?: (?:d[eu]s?|le|au|en|a partir du|a partir de))? ?:? ?{_DAY}")),
)  # fmt: skip
_POSTCODED = re.compile(
    r"(?:.*\W)?(?P<code>\d{5}) (?P<name>[^\W\d][^\d]{1,50})|(?P<named>[^\W\d][^\d(]{1,50}?) ?(?P<behind>\d{5})"
)
_BESIDE_THE_POST = re.compile(
    rf"(?>(?:{SOON.pattern}|tres|poste|travail|logee?s?|nourrie?s?|logement|repas|panier|paniers|primes?|mutuelle|tickets?|restaurant|cheques?|vacances"
    r"|indemnites?|kilometriques?|deplacements?|vehicule|voiture|de|du|service|fourni[es]*|possibles?|renouvelables?|a|en|et|ou|teletravail"
    r"|equipe|exterieur|interieur|debout|port|charges|lourdes|13e|mois|formation|assuree|interne|evolutif|annualise|permanent|gardes?|astreintes?|nuits?|jours?|soirs?|matins?|samedis?|dimanches?|feries|week-?ends?|vacant)\b ?)++"
)
"""Words that are of posts and of nobody."""
_BRACKETED = re.compile(r"\s*\((\d{5})\)")

_ORGANISATION = re.compile(
    r"(?:mairie|commune|ville|communaute|association|asso|entreprise|societe|sarl|sasu?|eurl|scop|gaec|earl|scea|ehpad|ehpa|hopital|clinique"
    r"|centre|agence|camping|hotel|restaurant|domaine|chateau|cave|etablissements?|ets|groupe|ferme|ei|aci|etti|eti|ai|regie|foyer|residence"
    r"|ccas|cias|syndicat|departement|conseil|lycee|college|ecole|cooperative|magasin|boulangerie|garage|maison|cfa|esat|ea)\b .{2,80}"
)
_ACTIVITIES = (
    r"environnement|tri|recycl\w+|ressourcerie|proprete|nettoyage|espaces verts|jardins?|maraichage|batiment|bois|textile|blanchisserie"
    r"|restauration|traiteur|demenagement|logistique|multi-?services?|services?|solidarit\w+|emplois?|travail"
)
"""What an enterprise of insertion is named by; behind the name of somebody «EI» is an entrepreneur's own firm."""
_INSERTION = re.compile(
    r"\b(?:siae|aci|eti?|ei|chantiers?|entreprises?|ateliers?|structures?)(?: et chantiers?)? d'? ?insertion\b|\bcddi\b|\baci\b|\bsiae\b"
    rf"|^ei (?:{_ACTIVITIES})\b"
)
_REACHED = re.compile(r"@|\d{2}[ .-]?\d{2}[ .-]?\d{2}|\b(?:Mme|Mr?|Mlle)\b")
"""A person, or how one is reached: no part of an employer's name."""
_FIVE = re.compile(r"\b\d{5}\b")
_OF_ALL = (
    (_INSERTION, "CDDI"),
    (re.compile(r"\bsaisons?\b(?! passee)|\bsaisonni\w+|\bjobs? d'ete\b|\bvendanges?\b"), "Saisonnier"),
    (re.compile(r"\b(?:agence|missions?|offres?|postes?|contrats?)\b.*\binterim\w*\b|\binterim\w* (?:agence|missions?|offres?)|\btravail temporaire\b|\bett\b"), "Intérim"),
    (re.compile(r"\b(?:postes?|offres?|contrats?|places?)\b.*\b(?:apprentissage|alternance|apprentis?)\b|^(?:apprentissage|alternance)\b"), "Apprentissage"),
    (re.compile(r"\b(?:postes?|offres?|contrats?|emplois?|recrutements?)\b.*\bcdd\b"), "CDD"),
    (re.compile(r"\b(?:postes?|offres?|contrats?|emplois?|recrutements?)\b.*\bcdi\b"), "CDI"),
)  # fmt: skip
"""What a line above a table says of the contract of its rows."""
_WHERE = re.compile(
    r"(?:(?:mairie|commune|ville|site|agence|antenne|secteur|chantier|bassin|etablissement|magasin|centre|hopital|ehpad|lieu(?: de travail)?)"
    r"s?(?: de la ville)?(?: :)? (?:de |du |d['’])?|[àa] )(?P<name>[^\d:()]{2,50})",
    re.IGNORECASE,
)
_DENIED = re.compile(r"\b(?:pas|aucune?s?|hors|sans|sauf|ni|jamais|hormis|excepte\w*|exclu\w*)\b")
"""A line that says what there is none of: which contract there is instead, nobody can tell from it."""
_EVERYONE = re.compile(r"\b(?:tous|toutes|ensemble des|chaque|chacun)\b")


_ANYTHING = re.compile(r"(?:divers|autres?|precisions?|particularites?|plus|a savoir|complements?)\b.*")


def speaks_of_anything(title: str) -> bool:
    """Whether below a title that no field has whatever is said of the post may stand; «Période d'essai» has its own matter."""
    return is_internal(title) or not title or _ANYTHING.match(unaccented(title)) is not None


def parts_of(text: str) -> list[str]:
    """What a cell lists."""
    plain = _BRACKETED.sub(r" \1", without_other_initials(text[:_LONGEST]))
    return [part for part in _PARTS.split(plain) if part and part.strip()][:_MOST_PARTS]


class Said(NamedTuple):
    """``facts``: what parts of a cell say, each as a whole; ``whole``: whether each of its parts says something of a post."""

    facts: dict[Column, str]
    whole: bool


def facts_in(text: str, known: Known) -> Said:
    """What the parts of a cell say; of one field the first counts. ``known``: whose communes places are."""
    found: dict[Column, str] = {}
    whole = True
    for part in parts_of(text):
        of_the_post = False
        for column, said in _said(part, known):
            of_the_post = True
            # Days and hours are said in parts: «7h-15h, du lundi au vendredi».
            if column is Column.SCHEDULE and column in found:
                said = f"{found[column]}, {said}"
                found[column] = said
            found.setdefault(column, said)
        whole = whole and (of_the_post or _BESIDE_THE_POST.fullmatch(_plain(part).rstrip(" !")) is not None)
    return Said(found, whole)


def _plain(part: str) -> str:
    return " ".join(unaccented(part).split()).strip(" .:*")


def _said(part: str, known: Known) -> Iterator[tuple[Column, str]]:
    plain = _plain(part)
    if not plain or len(plain) > _LONGEST_PART:
        return
    if (place := _postcoded(part, known)) is not None:
        yield Column.PLACE, place
        return
    for column, form in _FORMS:
        if form.fullmatch(plain) and not (column is Column.CONTRACT and _ONLY_POSSIBLE.search(plain)):
            yield column, part.strip(" .:*")
            return
    if TIMES.fullmatch(plain) and (flags_in([plain]) or clock_slots_in(plain)):
        yield Column.SCHEDULE, part.strip()


def _postcoded(part: str, known: Known) -> str | None:
    """A commune with its postcode: any other name beside five digits may be a person's."""
    place = _POSTCODED.fullmatch(part.strip())
    if place is None:
        return None
    code, name = (place["code"], place["name"]) if place["code"] else (place["behind"], place["named"])
    if not known.is_commune(name, code):
        return None
    return f"{code} {name}" if place["code"] else f"{name} {code}"


def missing_facts(
    values: Mapping[Column, str], cells: Iterable[tuple[str, Column | None, str]], seen: dict[str, Said], look_up: Known
) -> Iterator[Found]:
    """What the cells of a row say of fields that have none. ``cells``: (name of the column, its field, text); ``seen``: what cells
    of the same table were found to say, since most of them are written many times.
    """
    known = {column for column, text in values.items() if text.strip()}
    if known & {Column.ADDRESS, Column.POSTCODE, Column.COMMUNE_CODE}:
        known.add(Column.PLACE)
    for where, own, text in cells:
        if not text or own in _SAY_NOTHING_ELSE:
            continue
        if (said_there := seen.get(text)) is None:
            said_there = seen[text] = facts_in(text, look_up)
        facts = said_there.facts
        if own is Column.DESCRIPTION and 2 * len(facts) < len(parts_of(text)):
            # A text: what it says is asked of the employer with its sentence. «CDI, 20h, permis B» is a list.
            continue
        if own in _REMARKS and not said_there.whole:
            # «Enceinte, 7 mois», «candidat : Ahmed, débutant, 20h»: what stands beside words that are of no post may be of a person.
            facts = {column: said for column, said in facts.items() if column is Column.PLACE}
        for column, said in facts.items():
            if (
                column in known
                or column is own
                or _is_of(own, column)
                or (column is Column.EXPERIENCE and own in _LASTING and not _OF_EXPERIENCE.search(unaccented(said)))
                or (own in _PLACED and column is not Column.PLACE)
            ):
                continue
            known.add(column)
            yield Found(column, said, where)


_SAY_NOTHING_ELSE = frozenset(
    {Column.TITLE, Column.OCCUPATION, Column.REFERENCE, Column.URL, Column.CONTACT, Column.SIRET, Column.POSTCODE}
)


_REMARKS = frozenset({None, Column.DESCRIPTION})
"""Where anything stands, people's circumstances too."""
_PLACED = frozenset({Column.EMPLOYER, Column.ADDRESS, Column.PLACE, Column.DEPARTMENT})
"""Names and places, which say where the work is and nothing else of it."""


_LASTING = frozenset({Column.CONTRACT, Column.DURATION})
_OF_EXPERIENCE = re.compile(r"exp|debutant")
"""«6 mois min» below «Durée du contrat» is the contract's: of experience only what says so."""


def _is_of(own: Column | None, column: Column) -> bool:
    """Whether the reader of a field reads this of its cells already, or means something else by it."""
    return (own, column) in _OWN


_OWN = frozenset({
    (Column.CONTRACT, Column.DURATION), (Column.CONTRACT, Column.HOURS), (Column.DURATION, Column.HOURS),
    (Column.EXPERIENCE, Column.DURATION), (Column.SCHEDULE, Column.HOURS), (Column.HOURS, Column.SCHEDULE),
    (Column.STARTS_ON, Column.DURATION), (Column.APPLY_BY, Column.STARTS_ON), (Column.STATUS, Column.STARTS_ON),
    (Column.SALARY, Column.HOURS), (Column.VEHICLE, Column.LICENCE),
})  # fmt: skip


def facts_of_line(text: str, known: Known, *, of_all: bool = False) -> dict[Column, str]:
    """What a line above or between the rows says of those below it. ``of_all``: it must say that it is of all of them."""
    plain = unaccented(text[:_LONGEST])
    if of_all and not _EVERYONE.search(plain):
        return {}
    found: dict[Column, str] = {}
    for part in parts_of(text):
        bare = _without_everyone(part)
        for column, said in _said(bare, known):
            if column is not Column.POSITIONS:
                found.setdefault(column, said)
        if (named := _place_named(bare, known)) is not None:
            found.setdefault(Column.PLACE, named)
        doubtful = _REACHED.search(bare) or (_FIVE.search(bare) and _postcoded(bare, known) is None)
        if _ORGANISATION.fullmatch(unaccented(bare)) and not of_all and not doubtful:
            found.setdefault(Column.EMPLOYER, bare.strip())
    return found


def contract_implied(text: str) -> str | None:
    """The contract that a line implies and does not say: «Chantier d'insertion», «Emplois saison 2027»."""
    plain = unaccented(without_other_initials(text[:_LONGEST]))
    if _DENIED.search(plain):
        return None
    return next((said for pattern, said in _OF_ALL if pattern.search(plain)), None)


_EVERYONE_FIRST = re.compile(
    r"^[* ]*(?:nb ?:|n\.b\.? ?:)? ?(?:pour )?(?:tous|toutes|l'ensemble des?)(?: les| ces| nos)?(?: postes| contrats| offres| emplois)?"
    r"(?: ?:| sont en| en| sont| est en|) +",
    re.IGNORECASE,
)
_EVERYONE_LAST = re.compile(r" (?:pour|sur) (?:tous|toutes|l'ensemble des?|chacun)\b.*$", re.IGNORECASE)


def _without_everyone(part: str) -> str:
    """«Tous les postes sont en CDD 6 mois» without whom it is said of."""
    return _EVERYONE_LAST.sub("", _EVERYONE_FIRST.sub("", part.strip()))


def _place_named(part: str, known: Known) -> str | None:
    bare = part.strip(" .:*")
    if known.is_commune(bare):
        return bare
    named = _WHERE.fullmatch(bare)
    return named["name"].strip() if named is not None and known.is_commune(named["name"].strip()) else None
