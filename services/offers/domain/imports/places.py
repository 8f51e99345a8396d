"""Where a row says that the work is: a code, a postcode, a label, a point and, last, the text.

What is written out wins over a number that contradicts it: a CEDEX is nobody's postcode and may be another commune's
INSEE code. A place that only the text names is taken when its name, its postcode and the row's département agree, with
a warning that quotes the sentence; else it is proposed in the refusal.
"""

import re
from dataclasses import dataclass, replace
from itertools import islice

from services.offers.domain.content import PlaceInput
from services.offers.domain.imports.fields import Fields
from services.offers.domain.imports.rows import SearchableGazetteer, Warned, refuse
from shared.contracts.events.base import Point
from shared.geo import distance_km, in_france, swapped
from shared.reference.departments import department_named, departments_of, is_region
from shared.reference.gazetteer import CommuneFacts
from shared.reference.places import Query, likeness_of, place_key, without_areas

_NEAR_KM = 40.0
_EXACT = 0.95
"""Score of a present or former name that is written as it is."""

_ALIKE = 76.0
_TOWNS = {"75056": "75000", "69123": "69000", "13055": "13000"}
"""Paris, Lyon, Marseille: one code for what twenty, nine and sixteen arrondissements have of their own, and the number that is
written for all of them, nobody's postcode."""

_POSTCODE = re.compile(r"\d{5}")
_CEDEX = re.compile(r"\bc[eé]dex\b", re.IGNORECASE)
_DEPT = re.compile(r"\(\s*dept\.?\s*\)|\bd[ée]partement\b", re.IGNORECASE)
# «à Annecy (74000)», «sur Guéret (23)», «74000 Annecy».
_BIG = r"[A-ZÀ-Þ][\wÀ-ÿ'’-]*"
_NAME = rf"{_BIG}(?:[ -](?:{_BIG}|(?:en|de|du|des|la|le|les|sur|sous|lès|lez|et|d|l|aux|saint|st|ste)\b['’]?)){{0,6}}"
_IN_TEXT = re.compile(
    rf"(?P<name>{_NAME})\s*\(\s*(?P<code>\d{{5}}|\d{{2,3}}|2[AB])\s*\)|\b(?P<before>\d{{5}})\s+(?P<after>{_NAME})"
)
_AT_WORK = re.compile(
    rf"\b(?i:magasin|boutique|atelier|site|agence|établissement|usine|restaurant|résidence|ehpad|école|cabinet|chantier|dépôt"
    rf"|basée?|située?|poste|travail|intervention)s? (?i:de |d['’]|à |sur )(?P<name>{_NAME})"
)
_MOST_NAMED = 20
# «Guéret et environs», «Secteur d'Aubusson», «Autour de Guéret»: near it, which is no other commune.
_AROUND_AFTER = re.compile(
    r"\s*(?:,|-|\bet|\bou|&)?\s*\b(?:(?:et|ou) )?(?:ses |les |aux )?"
    r"(?:environs?|alentours?|agglomération|agglo|périphérie|communes? voisines?|rayon de \d+ ?km)\b\.?",
    re.IGNORECASE,
)
_AROUND_BEFORE = re.compile(
    r"(?<![\w-])(?:secteurs?|région|bassin|agglomération|agglo|alentours|environs|périphérie|autour|proche|près|à proximité)"
    r"(?: d'emploi)? ?(?:de |du |d['’]|: ?)\s*",
    re.IGNORECASE,
)
# «23 GUERET»: a département before a name, unless it is a street's number (then there is a postcode).
_DEPARTMENT_FIRST = re.compile(r"^\s*(\d{2}|97\d|2[ab])\s+(?=[^\W\d])(?!.*\b\d{5}\b)", re.IGNORECASE)
_TITLE_PARTS = re.compile(r"\s[-\u2010-\u2015]\s|[/(),|:]|\s(?:à|sur)\s")
_SENTENCE = re.compile(r"[.!?\n]")


@dataclass(frozen=True)
class _Said:
    """What the fields say, taken apart. ``name`` is empty where the label names no commune (a département, a region);
    ``near``: the label without the words that say the surroundings of a commune, ``around``: whether it had any.
    """

    label: str
    name: str
    departments: tuple[str, ...]
    postcode: str
    near: str
    around: bool


def read_place(row: Fields, text: str, communes: SearchableGazetteer, warnings: list[Warned]) -> PlaceInput:
    """The place of a row.

    Raises:
        RowRefused: nothing names a commune or a point; the text's proposal is in the message.
    """
    where = row.part("lieuTravail")
    code = _five(where.code("commune") or row.code("code_insee"))
    label, given = where.line("libelle") or row.line("nom_commune"), where.code("codePostal") or row.code("code_postal")
    said = _said(label, _five(given))
    if said.name and said.postcode not in given and not _fitting(said, communes):
        said = _said(label, "")  # «1200 Genève», or «2300 Guéret», which lacks another figure
    commune = _by_code(code, said, communes, warnings) or _by_words(said, communes, warnings)
    if commune is not None and said.around and not code:
        message = f"« {said.label[:60]} » dit les environs : {commune.name} est retenu, à confirmer."
        warnings.append(Warned("lieuTravail.libelle", "place_around", message))
    point = _point(where, commune, warnings)
    if commune is None and point is None:
        commune = _from_text(text, said, communes, warnings)
    if commune is not None and commune.code in _TOWNS:
        commune = _arrondissement(commune, said.postcode, communes)
    postcode = (
        said.postcode if commune is None or said.postcode in commune.postcodes or _CEDEX.search(said.label) else ""
    )
    return PlaceInput(
        commune_code=commune.code if commune else None,
        point=Point(lat=point[0], lon=point[1]) if point else None,
        postcode=postcode or None,
    )


def _five(code: str) -> str:
    """A code as a table or a program that takes it for a number left it: «1000» of 01000, «23000.0»."""
    digits = code.strip().removesuffix(".0")
    return digits.zfill(5) if len(digits) == 4 and digits.isdecimal() else digits


def _said(label: str, postcode: str) -> _Said:
    written = _DEPARTMENT_FIRST.sub(r"\1 - ", without_areas(_DEPT.sub(" ", label)[:120]))
    nearer = _AROUND_AFTER.sub(" ", _AROUND_BEFORE.sub(" ", written))
    query = Query.parse(nearer)
    bare = re.sub(r"^\s*\w{1,3}\s*[-\u2010-\u2015]\s*", "", label)
    names_area = (
        bool(_DEPT.search(label)) or is_region(bare) or (department_named(bare) is not None and not _is_town(bare))
    )
    postcode = postcode.strip() or query.digits
    postcode = postcode if _POSTCODE.fullmatch(postcode) else ""
    departments = query.departments or departments_of(postcode)
    return _Said(label, "" if names_area else query.key, departments, postcode, nearer, nearer != written)


def _is_town(name: str) -> bool:
    # «75 - PARIS 15» is a town; only Paris is one by the name of its département alone, and feeds mark that one.
    return place_key(name).startswith("paris")


def _by_code(code: str, said: _Said, communes: SearchableGazetteer, warnings: list[Warned]) -> CommuneFacts | None:
    if not code:
        return None
    commune = communes.get(code[:5])
    if commune is None:
        warnings.append(Warned("lieuTravail.commune", "commune_unknown", f"Le code commune {code[:10]} n'existe pas."))
        return None
    if not said.name or likeness_of(said.name, place_key(commune.name)) >= _ALIKE:
        return commune
    named = [
        hit.commune for hit in communes.search(said.near, 5, commune.department, similar=False) if hit.score >= _EXACT
    ]
    if not named or any(one.code == commune.code for one in named):
        return commune
    warnings.append(
        Warned(
            "lieuTravail.commune",
            "commune_contradicted",
            f"Le code {code} est celui de {commune.name}, le lieu dit {named[0].name} : {named[0].name} est retenu.",
        )
    )
    return named[0]


def _by_words(said: _Said, communes: SearchableGazetteer, warnings: list[Warned]) -> CommuneFacts | None:
    if said.name and said.departments:
        exact = _named(said, communes)
        if len(exact) == 1:
            return exact[0]
        if exact and said.postcode:
            # Two of one name in a département: the postcode knows which.
            return next((one for one in exact if said.postcode in one.postcodes), None)
    if said.postcode:
        return _by_postcode(said, communes, warnings)
    if said.name and not said.departments:
        everywhere = [hit.commune for hit in communes.search(said.near, 5, similar=False) if hit.score >= _EXACT]
        if department_named(said.name) is None:
            # «Crocq» is Crocq before it is Le Crocq, or what was called so once; «Creuse» is more than a village.
            everywhere = [one for one in everywhere if place_key(one.name) == said.name] or everywhere
        if len(everywhere) == 1:
            return _told(everywhere[0], said, warnings)
        if everywhere:
            return None
    return _abridged(said, communes, warnings) if said.name else None


def _told(found: CommuneFacts, said: _Said, warnings: list[Warned]) -> CommuneFacts:
    message = f"« {said.label[:60]} » est lu comme {found.name} ({found.department})."
    warnings.append(Warned("lieuTravail.libelle", "place_by_name", message))
    return found


def _abridged(said: _Said, communes: SearchableGazetteer, warnings: list[Warned]) -> CommuneFacts | None:
    """The one commune whose name begins so: «Romorantin», «Évaux» in the Creuse."""
    begun = {
        hit.commune.code: hit.commune
        for department in said.departments or (None,)
        for hit in communes.search(said.name, 5, department, similar=False)
        if len(said.name) > 2 and place_key(hit.commune.name).startswith(f"{said.name} ")
    }
    return _told(next(iter(begun.values())), said, warnings) if len(begun) == 1 else None


def _named(said: _Said, communes: SearchableGazetteer) -> list[CommuneFacts]:
    found: dict[str, CommuneFacts] = {}
    for department in said.departments:
        for hit in communes.search(said.name, 5, department, similar=False):
            if hit.score >= _EXACT:
                found[hit.commune.code] = hit.commune
    present = [one for one in found.values() if place_key(one.name) == said.name]
    return present or list(found.values())


def _by_postcode(said: _Said, communes: SearchableGazetteer, warnings: list[Warned]) -> CommuneFacts | None:
    if alike := _fitting(said, communes):
        return max(alike, key=lambda one: likeness_of(said.name, place_key(one.name)))
    there = _at(said.postcode, communes)
    if said.name and said.postcode in _TOWNS.values():
        return None  # «75000 Vincennes»
    if len(there) == 1:
        return there[0]
    if there:
        message = f"Le code postal {said.postcode} a plusieurs communes : {there[0].name} est retenue, à confirmer."
        warnings.append(Warned("lieuTravail.codePostal", "postcode_ambiguous", message))
        return there[0]
    return None


def _at(postcode: str, communes: SearchableGazetteer) -> list[CommuneFacts]:
    return [
        hit.commune
        for hit in communes.search(postcode, 50)
        if postcode in hit.commune.postcodes or postcode == _TOWNS.get(hit.commune.code)
    ]


def _fitting(said: _Said, communes: SearchableGazetteer) -> list[CommuneFacts]:
    """The communes of the postcode whose name is like what is said."""
    there = _at(said.postcode, communes)
    return [one for one in there if said.name and likeness_of(said.name, place_key(one.name)) >= _ALIKE]


def _arrondissement(town: CommuneFacts, postcode: str, communes: SearchableGazetteer) -> CommuneFacts:
    if not postcode:
        return town
    inside = [hit.commune for hit in communes.search(postcode, 5) if postcode in hit.commune.postcodes]
    return next((one for one in inside if one.code not in _TOWNS), town)


def _point(where: Fields, commune: CommuneFacts | None, warnings: list[Warned]) -> tuple[float, float] | None:
    lat, lon = where.number("latitude"), where.number("longitude")
    if lat is None or lon is None or abs(lat) > 180 or abs(lon) > 180 or (lat, lon) == (0.0, 0.0):
        return None
    if swapped(lat, lon):
        lat, lon = lon, lat
        warnings.append(Warned("lieuTravail", "point_swapped", "Latitude et longitude étaient échangées."))
    if not in_france(lat, lon):
        message = "Le point n'est pas en France : il est ignoré."
        warnings.append(Warned("lieuTravail", "point_outside_france", message))
        return None
    if commune is not None and distance_km(lat, lon, commune.lat, commune.lon) > _NEAR_KM:
        message = f"Le point est loin de {commune.name} : il est ignoré."
        warnings.append(Warned("lieuTravail", "point_far_from_commune", message))
        return None
    return lat, lon


def _from_text(text: str, said: _Said, communes: SearchableGazetteer, warnings: list[Warned]) -> CommuneFacts:
    """The commune that the text names, when everything agrees; else a refusal, with the proposal if there is one."""
    title, _, _ = text.partition("\n")
    proposals: dict[str, tuple[CommuneFacts, str]] = {
        one.code: (one, title[:120]) for one in _in_title(title, said.departments, communes)
    }
    for match in _IN_TEXT.finditer(text):
        name, digits = match["name"] or match["after"], match["code"] or match["before"]
        commune = _written(name, digits, communes)
        if commune is not None:
            proposals.setdefault(commune.code, (commune, _sentence(text, match.start(), match.end())))
    label = f"« {said.label[:60]} »" if said.label else "Le lieu"
    vague = f"{label} ne désigne ni une commune ni un point."
    if len(several := _of_that_name(said, communes)) > 1:
        vague = f"{label} : plusieurs communes s'appellent ainsi ({', '.join(several)}), donnez le code postal."
    if not proposals:
        workplace = _workplace(text, said.departments, communes)
        if workplace is None:
            raise refuse("lieuTravail", "place_too_vague", vague)
        # Without its postcode a name is too little to be taken: it is proposed.
        proposals[workplace[0].code] = workplace
        said = replace(said, departments=())
    agreeing = [one for one in proposals.values() if one[0].department in said.departments]
    if len(agreeing) == 1:
        commune, sentence = agreeing[0]
        message = f"{vague} Le texte dit « {sentence} » : {commune.name} est retenu, à confirmer."
        warnings.append(Warned("lieuTravail", "place_from_text", message))
        return commune
    commune, sentence = next(iter(agreeing or proposals.values()))
    proposed = f"Le texte dit « {sentence} » : {commune.name} ({commune.code}) ?"
    raise refuse("lieuTravail", "place_too_vague", f"{vague} {proposed}")


def _workplace(
    text: str, departments: tuple[str, ...], communes: SearchableGazetteer
) -> tuple[CommuneFacts, str] | None:
    """The one commune of the row's département that the text names as where the work is: «notre magasin d'Aubusson»."""
    found: dict[str, tuple[CommuneFacts, str]] = {}
    for match in islice(_AT_WORK.finditer(text), _MOST_NAMED):
        words = match["name"].split()
        for length in range(len(words), 0, -1):
            name = " ".join(words[:length]).strip(" .,")
            named = [
                hit.commune
                for department in departments
                for hit in communes.search(name, 1, department, similar=False)
                if place_key(hit.commune.name) == place_key(name)
            ]
            if named:
                found[named[0].code] = (named[0], _sentence(text, match.start(), match.end()))
                break
    return next(iter(found.values())) if len(found) == 1 else None


def _of_that_name(said: _Said, communes: SearchableGazetteer) -> list[str]:
    """The départements that have a commune of this name, where the row says none."""
    if not said.name or said.departments:
        return []
    hits = communes.search(said.near, 6, similar=False)
    return sorted(
        {hit.commune.department for hit in hits if hit.score >= _EXACT and place_key(hit.commune.name) == said.name}
    )


def _in_title(title: str, departments: tuple[str, ...], communes: SearchableGazetteer) -> list[CommuneFacts]:
    """Communes of the row's own départements that stand by themselves in its title: «Data engineer - Nantes (H/F)»."""
    parts = [part.strip() for part in _TITLE_PARTS.split(title) if len(part.strip()) > 2]
    return [
        hit.commune
        for part in parts
        for department in departments
        for hit in communes.search(part, 1, department, similar=False)
        if hit.score >= _EXACT and place_key(hit.commune.name) == place_key(part)
    ]


def _written(name: str, digits: str, communes: SearchableGazetteer) -> CommuneFacts | None:
    """A commune whose name and postcode (or département) were written together."""
    words = name.split()
    # «Notre agence d'Annecy (74000)» begins before the name: the longest ending that is a commune's name counts.
    for start in range(len(words)):
        key = " ".join(words[start:])
        for department in departments_of(digits):
            for hit in communes.search(key, 3, department, similar=False):
                if hit.score >= _EXACT and (len(digits) < 5 or digits in hit.commune.postcodes):
                    return hit.commune
    return None


def _sentence(text: str, start: int, end: int) -> str:
    left = max(
        (match.end() for match in _SENTENCE.finditer(text, max(0, start - 120), start)), default=max(0, start - 60)
    )
    stop = _SENTENCE.search(text, end)
    right = min(stop.start() if stop else len(text), end + 60)
    return " ".join(text[left:right].split())
