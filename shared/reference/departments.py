"""Départements and regions of France by code and name (INSEE, official geographic code), as people write them."""

from functools import lru_cache

from shared.reference.text import folded

_NAMES = (
    "01 Ain|02 Aisne|03 Allier|04 Alpes-de-Haute-Provence|05 Hautes-Alpes|06 Alpes-Maritimes|07 Ardèche|08 Ardennes|09 Ariège|"
    "10 Aube|11 Aude|12 Aveyron|13 Bouches-du-Rhône|14 Calvados|15 Cantal|16 Charente|17 Charente-Maritime|18 Cher|19 Corrèze|"
    "2A Corse-du-Sud|2B Haute-Corse|21 Côte-d'Or|22 Côtes-d'Armor|23 Creuse|24 Dordogne|25 Doubs|26 Drôme|27 Eure|"
    "28 Eure-et-Loir|29 Finistère|30 Gard|31 Haute-Garonne|32 Gers|33 Gironde|34 Hérault|35 Ille-et-Vilaine|36 Indre|"
    "37 Indre-et-Loire|38 Isère|39 Jura|40 Landes|41 Loir-et-Cher|42 Loire|43 Haute-Loire|44 Loire-Atlantique|45 Loiret|46 Lot|"
    "47 Lot-et-Garonne|48 Lozère|49 Maine-et-Loire|50 Manche|51 Marne|52 Haute-Marne|53 Mayenne|54 Meurthe-et-Moselle|55 Meuse|"
    "56 Morbihan|57 Moselle|58 Nièvre|59 Nord|60 Oise|61 Orne|62 Pas-de-Calais|63 Puy-de-Dôme|64 Pyrénées-Atlantiques|"
    "65 Hautes-Pyrénées|66 Pyrénées-Orientales|67 Bas-Rhin|68 Haut-Rhin|69 Rhône|70 Haute-Saône|71 Saône-et-Loire|72 Sarthe|"
    "73 Savoie|74 Haute-Savoie|75 Paris|76 Seine-Maritime|77 Seine-et-Marne|78 Yvelines|79 Deux-Sèvres|80 Somme|81 Tarn|"
    "82 Tarn-et-Garonne|83 Var|84 Vaucluse|85 Vendée|86 Vienne|87 Haute-Vienne|88 Vosges|89 Yonne|90 Territoire de Belfort|"
    "91 Essonne|92 Hauts-de-Seine|93 Seine-Saint-Denis|94 Val-de-Marne|95 Val-d'Oise|971 Guadeloupe|972 Martinique|973 Guyane|"
    "974 La Réunion|976 Mayotte"
)
DEPARTMENTS: dict[str, str] = {code: name for code, _, name in (one.partition(" ") for one in _NAMES.split("|"))}
"""Code → name."""

REGIONS: tuple[str, ...] = (
    "Guadeloupe",
    "Martinique",
    "Guyane",
    "La Réunion",
    "Mayotte",
    "Île-de-France",
    "Centre-Val de Loire",
    "Bourgogne-Franche-Comté",
    "Normandie",
    "Hauts-de-France",
    "Grand Est",
    "Pays de la Loire",
    "Bretagne",
    "Nouvelle-Aquitaine",
    "Occitanie",
    "Auvergne-Rhône-Alpes",
    "Provence-Alpes-Côte d'Azur",
    "Corse",
)
_ONCE_REGIONS = (
    "Alsace 67 68|Aquitaine 24 33 40 47 64|Auvergne 03 15 43 63|Basse-Normandie 14 50 61|Bourgogne 21 58 71 89|"
    "Champagne-Ardenne 08 10 51 52|Franche-Comté 25 39 70 90|Haute-Normandie 27 76|Languedoc-Roussillon 11 30 34 48 66|"
    "Limousin 19 23 87|Lorraine 54 55 57 88|Midi-Pyrénées 09 12 31 32 46 65 81 82|Nord-Pas-de-Calais 59 62|Picardie 02 60 80|"
    "Poitou-Charentes 16 17 79 86|Rhône-Alpes 01 07 26 38 42 69 73 74|PACA 04 05 06 13 83 84"
)
"""Regions until 2015, which people go on naming, with their départements."""
_REGIONS_NOW = (
    "Île-de-France 75 77 78 91 92 93 94 95|Centre-Val de Loire 18 28 36 37 41 45|"
    "Bourgogne-Franche-Comté 21 25 39 58 70 71 89 90|Normandie 14 27 50 61 76|Hauts-de-France 02 59 60 62 80|"
    "Grand Est 08 10 51 52 54 55 57 67 68 88|Pays de la Loire 44 49 53 72 85|Bretagne 22 29 35 56|"
    "Nouvelle-Aquitaine 16 17 19 23 24 33 40 47 64 79 86 87|Occitanie 09 11 12 30 31 32 34 46 48 65 66 81 82|"
    "Auvergne-Rhône-Alpes 01 03 07 15 26 38 42 43 63 69 73 74|Provence-Alpes-Côte d'Azur 04 05 06 13 83 84|Corse 2A 2B"
)
_SMALL = frozenset({"d", "de", "des", "du", "et", "l", "la", "le", "les", "dept", "departement", "region"})


@lru_cache(maxsize=16_384)
def area_key(name: str) -> str:
    """«Savoie (Haute)», «Haute-Savoie» and «HAUTE SAVOIE» have one; articles and the order of words do not matter."""
    return " ".join(sorted(word for word in folded(name).split() if word not in _SMALL))


_DEPARTMENT_KEYS = {area_key(name): code for code, name in DEPARTMENTS.items()}
_REGION_KEYS = frozenset(map(area_key, (*REGIONS, "France", "France entière", "France métropolitaine")))


def _with_departments(regions: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for region in regions.split("|"):
        words = region.split()
        first = next(at for at, word in enumerate(words) if word[0].isdigit())
        found[" ".join(words[:first])] = tuple(words[first:])
    return found


_ONCE = _with_departments(_ONCE_REGIONS)
_ONCE_REGION_KEYS = frozenset(map(area_key, _ONCE))
_REGION_BY_NAME = {folded(name): (name, codes) for name, codes in (_with_departments(_REGIONS_NOW) | _ONCE).items()}
_CLIPPED_REGIONS = {
    "aura": "auvergne rhone alpes",
    "hdf": "hauts de france",
    "idf": "ile de france",
    "paca": "provence alpes cote d azur",
}
_REGION_BY_NAME |= {clipped: _REGION_BY_NAME[name] for clipped, name in _CLIPPED_REGIONS.items()}

REGION_KEYS = tuple(_REGION_BY_NAME)
"""The folded names that ``region_named`` knows."""


def region_named(name: str) -> tuple[str, tuple[str, ...]] | None:
    """A region's name and its départements, for a folded name of today or until 2015; None for anything else.

    The overseas regions are one département each, and are found by its name.
    """
    return _REGION_BY_NAME.get(name)


def with_name(code: str) -> str:
    """«Creuse (23)»; a code alone where it is none of a département."""
    return f"{DEPARTMENTS[code]} ({code})" if code in DEPARTMENTS else code


def department_named(name: str) -> str | None:
    """The code of the département with this name."""
    return _DEPARTMENT_KEYS.get(area_key(name))


def is_region(name: str) -> bool:
    """Whether this is the name of a region or of the country."""
    return area_key(name) in _REGION_KEYS


def was_region(name: str) -> bool:
    """Whether this was the name of a region until 2015."""
    return area_key(name) in _ONCE_REGION_KEYS


def departments_of(digits: str) -> tuple[str, ...]:
    """The départements that a postcode, an INSEE code or a département number stands for; Corsica has two for 20.

    Empty for anything else.
    """
    digits = digits.strip().upper()
    head = digits[:3] if digits.startswith(("97", "98")) else digits[:2]
    if head == "20":
        return ("2A", "2B")
    if len(digits) == 1:
        head = digits.zfill(2)
    return (head,) if head in DEPARTMENTS else ()
