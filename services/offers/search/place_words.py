"""Words with which people speak of places: before one, between two, behind one; and what is none."""

import re

_BEFORE_PLACES = (
    "a au aux sur vers pres proche autour environs coin secteur ville commune alentours cote region departement dept pays bassin "
    "canton agglo agglomeration metropole banlieue peripherie"
)
AT = frozenset(_BEFORE_PLACES.split())
"""Words before a place."""
COMPASS = frozenset({"nord", "sud", "est", "ouest"})
"""Before a département: a part of it."""
WIDER = frozenset({"vallee", "massif", "monts"})
"""Of something that is wider than, or other than, the département of the name: «vallée du Rhône»."""
LOOSE = frozenset({"a", "au", "aux", "sur", "vers", "la", "le", "les", "l"})
"""Words before a place that stand as well before what is worked with."""
WEAK_AT = frozenset({"dans", "en", "de", "d", "du", "le", "la", "les", "l"})
_BEFORE_LEVELS = (
    "24h 7j 24 caces bac niveau categorie cat classe r489 r482 r486 ssiap permis bts cap bep n no numero fimo"
)
LEVELS = frozenset(_BEFORE_LEVELS.split())
"""Words before a number that is no département."""
BEGINNINGS = frozenset(
    {"saint", "sainte", "grand", "grande", "petit", "petite", "vieux", "haute", "haut", "basse", "bas"}
)
_OF_TOWNS = {
    "aixoise": "aix en provence", "amienoise": "amiens", "angevine": "angers", "annecienne": "annecy", "annoneenne": "annonay",
    "avignonnaise": "avignon", "bisontine": "besancon", "blesoise": "blois", "bordelaise": "bordeaux", "brestoise": "brest",
    "briviste": "brive la gaillarde", "caennaise": "caen", "cannoise": "cannes", "chamberienne": "chambery",
    "clermontoise": "clermont ferrand", "dijonnaise": "dijon", "grenobloise": "grenoble", "havraise": "le havre",
    "lilloise": "lille", "limougeaude": "limoges", "lyonnaise": "lyon", "mancelle": "le mans", "marseillaise": "marseille",
    "messine": "metz", "montpellieraine": "montpellier", "mulhousienne": "mulhouse", "nanceienne": "nancy",
    "nantaise": "nantes", "nicoise": "nice", "nimoise": "nimes", "orleanaise": "orleans", "paloise": "pau",
    "perpignanaise": "perpignan", "poitevine": "poitiers", "remoise": "reims", "rennaise": "rennes", "rochelaise": "la rochelle",
    "rouennaise": "rouen", "stephanoise": "saint etienne", "strasbourgeoise": "strasbourg", "toulonnaise": "toulon",
    "toulousaine": "toulouse", "tourangelle": "tours", "tulliste": "tulle", "valentinoise": "valence",
    "versaillaise": "versailles",
}  # fmt: skip
OF_TOWNS = _OF_TOWNS | {word[: -2 if word.endswith("enne") else -1]: town for word, town in _OF_TOWNS.items()}
"""«La région nantaise», «le bassin annécien»: what is around a town, by the town."""
CEDEX = frozenset({"cedex", "cdx"})
LISTING = frozenset({"ou", "et", "a", "de", "d", "sur", "vers", "la", "le", "les", "l", "au", "soit", "en", "dans"})
_COUNTRIES = (
    "algerie allemagne angleterre autriche belgique canada chine espagne europe geneve irlande italie lausanne luxembourg maroc "
    "pologne portugal roumanie suisse tunisie turquie ukraine"
)
ABROAD = frozenset(_COUNTRIES.split())
"""Countries and towns beyond the border that are a village's name in France as well."""
ARTICLES = frozenset({"l", "la", "le", "les"})
INDEFINITE = frozenset({"un", "une"})
"""Behind these stands no place: «dans un bouchon lyonnais»."""
AROUND = re.compile(
    r"(?:(?:et|ou|plus) )?(?:(?:ses|son|sa|les|la|l|le|tout) )?"
    r"(?:alentours?|environs?|autours?|nord|sud|est|ouest|centre(?: ville)?|peripherie|agglo(?:meration)?|couronne|banlieue|"
    r"region)(?!\S)"
)
"""Behind a place: what is near counts as well, as it does anyway."""
