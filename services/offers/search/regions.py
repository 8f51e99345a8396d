"""Places that no register of communes has: old provinces, islands and coasts, what communes call what they do together, quarters
of large towns, stations and sites of work.

The names of EPCI come from the register (INSEE, ``communes.csv.gz``); the others are written by hand in folded words. Names of
one word are often ordinary words or a village's: they count only where somebody says that a place follows («dans le Perche») or
writes them as a name («ouvrier Beauce»).
"""

import re
from collections.abc import Sequence
from functools import cache

from services.offers.search.ordinary import ORDINARY
from services.offers.search.place_words import ARTICLES, AT, WEAK_AT
from services.offers.search.words import Word
from shared.reference.communes import Commune, Communes
from shared.reference.departments import is_region, was_region
from shared.reference.text import folded

_PROVINCES = {
    "03": "bourbonnais", "03 23": "combrailles bourbonnaises", "04 13 83 84": "provence", 
    "11": "pays cathare, corbieres", "11 34": "minervois", "11 30 34 48": "languedoc", "11 81": "montagne noire",
    "12": "segala", "13 83 06": "cote mediterraneenne", "14 61": "suisse normande", "16": "angoumois, charente limousine",
    "17": "aunis, cote charentaise", "18 36": "berry", "20": "ile de beaute", "21 71": "cote de beaune, cote viticole",
    "25 39": "haut doubs", "26 38 05": "dauphine", "28 41 45": "beauce", "28 61 41": "perche", "29": "leon, pays du leon",
    "32": "armagnac, gers gascon", "32 40 47 65": "gascogne", "37": "touraine",
    "37 41 45 49": "val de loire, chateaux de la loire",
    "40": "chalosse, cote landaise, landes de gascogne", "45 77": "gatinais", "49": "anjou, mauges", "51 10": "champagne",
    "53 72": "maine", "54 55": "woevre, cotes de meuse", "55 51 08": "argonne",
    "56": "bretagne sud, sud bretagne, pays de vannes",
    "57 67": "vosges du nord", "58": "nivernais", "59": "flandre, flandres, hainaut", "59 62": "bassin minier", "62": "artois",
    "64 40": "cote basque landaise", "65": "bigorre, hautes pyrenees", "66": "roussillon, catalogne nord, pays catalan",
    "67 68": "route des vins d alsace", "68": "florival", "69": "monts du lyonnais", "71": "maconnais", "71 01": "bresse",
    "73 74": "pays de savoie, les savoie, alpes du nord", "75 92 93 94": "grand paris, petite couronne",
    "76 27": "vallee de la seine", "77": "brie", "77 78 91 95": "grande couronne", "79 86 85": "poitou",
    "80": "vimeu, ponthieu",
    "81": "pays de cocagne", "82": "bas quercy", "84": "comtat venaissin, comtat", "85": "bocage vendeen, cote vendeenne",
    "88": "hautes vosges", "91": "hurepoix", "971 972": "antilles",
}  # fmt: skip
PROVINCES = {name: tuple(codes.split()) for codes, names in _PROVINCES.items() for name in names.split(", ")}
"""Folded names → the départements in which they lie."""
_SITES = {
    # islands, coasts, peninsulas
    "2B050": "balagne, la balagne", "14220": "cote fleurie", "14488": "cote de nacre", "22168": "cote de granit rose",
    "29042": "presqu ile de crozon", "35288": "cote d emeraude", "44043": "vignoble nantais", "44069": "presqu ile guerandaise",
    "44184": "cote d amour, briere", "50353": "baie du mont saint michel", "56152": "belle ile, belle ile en mer",
    "56186": "presqu ile de quiberon", "83069": "porquerolles, presqu ile de giens, giens", "85047": "marais breton",
    "85163": "ile de noirmoutier, noirmoutier", "85194": "les sables", "07019": "ardeche meridionale",
    "12145": "grands causses", "26220": "drome provencale", "25462": "haut doubs frontalier",
    # around Paris
    "77111": "disneyland, disneyland paris, disney, val d europe, marne la vallee", "91534": "plateau de saclay, paris saclay",
    "92062": "la defense, paris la defense", "93066": "plaine saint denis, la plaine saint denis",
    "95527": "roissy, roissy cdg, roissy charles de gaulle, aeroport cdg, aeroport charles de gaulle",
    # stations that are called by another town's name
    "75112": "gare de lyon, paris gare de lyon, bercy", "75110": "gare du nord, gare de l est",
    "75108": "gare saint lazare, saint lazare, champs elysees", "75113": "gare d austerlitz, bibliotheque francois mitterrand",
    "75115": "gare montparnasse, porte de versailles", "75114": "montparnasse",
    # quarters of large towns
    "75104": "le marais", "75105": "quartier latin", "75106": "saint germain des pres", "75109": "pigalle", "75111": "bastille",
    "75118": "montmartre, barbes", "75119": "la villette, porte de la villette", "75120": "menilmontant",
    "69382": "confluence, perrache, bellecour", "69383": "part dieu, la part dieu, gare de lyon part dieu, montchat",
    "69384": "croix rousse, la croix rousse",
    "69385": "vieux lyon, fourviere", "69386": "brotteaux, les brotteaux", "69387": "guillotiere, la guillotiere, gerland",
    "69388": "mermoz, monplaisir", "69389": "vaise, la duchere", "69266": "gratte ciel",
    "13201": "vieux port, la canebiere", "13202": "la joliette, joliette, le panier, euromediterranee",
    "13203": "belle de mai, la belle de mai", "13205": "la timone", "13208": "prado, bonneveine",
    "13209": "luminy", "13211": "la valentine", "13216": "l estaque, estaque",
    "31555": "compans caffarelli, le mirail, mirail, rangueil, purpan, basso cambo, montaudran, les carmes",
    "33063": "chartrons, les chartrons, bacalan, meriadeck, cauderan, bassins a flot, bordeaux lac",
    "44109": "ile de nantes, chantenay, doulon, dervallieres, bouffay",
    "59350": "wazemmes, euralille, vieux lille, fives, euratechnologies",
    "67482": "neudorf, krutenau, cronenbourg, hautepierre, meinau, la meinau, robertsau, koenigshoffen, port du rhin",
    "06088": "vieux nice, cimiez, l ariane, promenade des anglais, l arenas",
    "34172": "odysseum, la paillade, port marianne, celleneuve, mosson, la mosson",
    "35238": "villejean, le blosne, cleunay, brequigny", "38185": "europole, teisseire",
    "21231": "fontaine d ouche, toison d or",
    "63113": "la pardieu, jaude", "42218": "chateaucreux", "83137": "mourillon", "37261": "les deux lions, tours nord",
    "45234": "orleans la source", "57463": "borny, queuleu", "54395": "haut du lievre", "68224": "bourtzwiller, dornach",
    "25056": "planoise", "29019": "recouvrance, lambezellec", "49007": "belle beille", "80021": "etouvie",
}  # fmt: skip
SITES = {name: code for code, names in _SITES.items() for name in names.split(", ")}
"""Folded names → the code of the commune (of Paris, Lyon and Marseille of the arrondissement) in which they lie."""
_KIND = re.compile(
    r"^(?:communaute (?:de communes|d agglomeration|urbaine)|eurometropole|metropole|interco(?:mmunalite)?) |"
    r"(?: |^)(?:communaute(?: de communes| d agglomeration)?|agglomeration|agglo|metropole|intercommunalite|interco)(?= |$)"
)
_JOINING = re.compile(r"^(?:(?:de|du|des|d|la|le|les|l) )+")
_NOTHING = (
    "altitude ambition bas canton cantons centre coeur communes confluence confluences cote cotes entre est "
    "estuaire foret forets grand grande grands haut haute horizon ile iles interco lac lacs mer mers monts nord "
    "ouest pays plaine plaines plateau porte portes region rives sud terre terres territoire territoires val vallee "
    "vallees vallons vals villages"
)
_GENERIC = frozenset(_NOTHING.split())
"""Words of such names that name nothing by themselves."""
_SHORTEST = 6
_INTO = frozenset({"dans", "en", "quartier", "ile", "gare", "zone", "site"})
"""Words before an area."""


@cache
def intercommunalities() -> dict[str, str]:
    """Folded names of EPCI («vallée de l'Hérault», «pays de Bitche») → the code of the most populous of their communes; without
    those that are a commune's or a region's name, or that only generic words make."""
    communes = Communes.load()
    seats: dict[str, Commune] = {}
    for one in communes:
        if one.epci_name is not None and not one.parent:
            known = seats.get(one.epci_name)
            seats[one.epci_name] = one if known is None or one.population > known.population else known
    found: dict[str, str] = {}
    for name, seat in seats.items():
        bare = _JOINING.sub("", " ".join(_KIND.sub(" ", f"{folded(name)} ").split()))
        if bare.startswith("pays ") and communes.named(_JOINING.sub("", bare.removeprefix("pays "))) is not None:
            continue  # «pays de Bitche» is around Bitche, as whoever reads places knows
        telling = [word for word in bare.split() if word not in _GENERIC and word not in ORDINARY and len(word) > 2]
        if (
            len(bare) >= _SHORTEST
            and telling
            and communes.named(bare) is None
            and not (is_region(bare) or was_region(bare))
        ):
            found.setdefault(bare, seat.code)
    return found


@cache
def area_words() -> frozenset[str]:
    """Words of all these names."""
    return frozenset(word for name in (*PROVINCES, *SITES, *intercommunalities()) for word in name.split())


def area(words: Sequence[Word], start: int, end: int) -> str | tuple[str, ...] | None:
    """The commune or the départements that a stretch of a question names as an area; None where it is none, or only a word."""
    text = " ".join(word.folded for word in words[start:end])
    bare = text.partition(" ")[2] if words[start].folded in ARTICLES and end > start + 1 else text
    wide = PROVINCES.get(text) or PROVINCES.get(bare)
    found = wide or SITES.get(text) or SITES.get(bare) or intercommunalities().get(bare)
    if found is None or (" " not in bare and not _named(words, start, end, wide=wide is not None)):
        return None
    return found


def _named(words: Sequence[Word], start: int, end: int, *, wide: bool) -> bool:
    """Whether somebody says that one word is a place, or writes it as a name. «À Champagne» is a village."""
    before = start - 1
    while before >= 0 and words[before].folded in WEAK_AT - {"dans", "en"}:
        before -= 1
    said = words[before].folded if before >= 0 else ""
    if wide and said in ("a", "au", "aux"):
        return False
    own = words[end - 1].text
    if own[-1] == "é":
        return False  # «Beaucé», «Champagné»
    plain = not all(word.text.isupper() for word in words)
    return said in _INTO or said in AT or (plain and own[0].isupper() and end > 1)
