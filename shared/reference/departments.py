"""Départements and regions of France by code and name (INSEE, official geographic code), as people write them."""

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
    "Alsace|Aquitaine|Auvergne|Basse-Normandie|Bourgogne|Champagne-Ardenne|Franche-Comté|Haute-Normandie|"
    "Languedoc-Roussillon|Limousin|Lorraine|Midi-Pyrénées|Nord-Pas-de-Calais|Picardie|Poitou-Charentes|Rhône-Alpes|PACA"
)
"""Regions until 2015, which people go on naming."""
_SMALL = frozenset({"d", "de", "des", "du", "et", "l", "la", "le", "les", "dept", "departement", "region"})


def area_key(name: str) -> str:
    """«Savoie (Haute)», «Haute-Savoie» and «HAUTE SAVOIE» have one; articles and the order of words do not matter."""
    return " ".join(sorted(word for word in folded(name).split() if word not in _SMALL))


_DEPARTMENT_KEYS = {area_key(name): code for code, name in DEPARTMENTS.items()}
_REGION_KEYS = frozenset(map(area_key, (*REGIONS, "France", "France entière", "France métropolitaine")))
_ONCE_REGION_KEYS = frozenset(map(area_key, _ONCE_REGIONS.split("|")))


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
