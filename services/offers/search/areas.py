"""Valleys, massifs, old provinces, resorts and short names that no register of communes has, by the commune in whose
midst or before which they lie, or which has them.

Written by hand in folded words. Around that commune is looked for: «vallée verte», «pays de Gex», «Combrailles».
"""

_AREAS = {
    "01004": "bugey", "01173": "pays de gex", "01283": "haut bugey", "01426": "revermont", "01443": "dombes",
    "02381": "thierache", "04019": "ubaye", "05065": "queyras", "06088": "cote d azur", "07010": "haut vivarais",
    "07064": "boutieres", "07186": "vivarais", "07330": "gorges de l ardeche", "09261": "couserans",
    "11076": "lauragais", "12145": "larzac", "12202": "rouergue", "13004": "camargue", "13100": "alpilles",
    "14047": "bessin", "14366": "pays d auge", "15001": "cezallier", "16102": "cognacais", "17306": "royannais",
    "17369": "ile de re", "17385": "ile d oleron, oleron", "17415": "saintonge", "18241": "sancerrois",
    "19010": "xaintrie", "19028": "artense", "19136": "plateau de millevaches, plateau millevaches",
    "19269": "monedieres", "19275": "haute correze", "21603": "auxois", "22113": "tregor", "23013": "combraille",
    "23176": "pays sostranien", "24037": "perigord pourpre", "24311": "perigord vert",
    "24322": "perigord blanc, perigord", "24520": "perigord noir", "26113": "diois", "26220": "baronnies",
    "26235": "tricastin", "27284": "vexin", "29024": "poher", "29220": "pays bigouden", "29232": "cornouaille",
    "30007": "cevennes", "31483": "comminges", "33009": "bassin d arcachon", "33140": "entre deux mers",
    "33240": "medoc", "33243": "libournais", "36018": "brenne", "36046": "boischaut", "38052": "oisans",
    "38053": "nord isere", "38140": "gresivaudan", "38226": "trieves", "38269": "matheysine", "38412": "chartreuse",
    "38548": "vercors", "38563": "voironnais", "41194": "sologne", "42023": "pilat", "42147": "forez",
    "43157": "velay", "44087": "pays de retz", "46042": "quercy", "48009": "aubrac", "48092": "gevaudan",
    "48140": "margeride", "49099": "choletais", "49328": "saumurois", "50129": "cotentin",
    "56260": "golfe du morbihan", "57132": "saulnois", "58062": "morvan", "59036": "avesnois",
    "62160": "boulonnais, cote d opale", "62765": "audomarois", "63003": "livradois", "63300": "limagne",
    "63338": "combrailles", "64102": "pays basque, cote basque", "64445": "bearn", "66008": "cote vermeille",
    "66049": "vallespir", "66124": "cerdagne", "66149": "conflent", "67495": "kochersberg", "68004": "sundgau",
    "69019": "val de saone", "69264": "beaujolais", "71106": "charolais", "71133": "brionnais",
    "73034": "beaufortain, areches", "73081": "bauges", "73181": "tarentaise, vallee de la tarentaise",
    "73248": "maurienne, vallee de la maurienne", "73303": "val d arly", "74001": "val d abondance",
    "74010": "semnoz, grand annecy", "74012": "genevois francais, grand geneve", "74037": "vallee verte",
    "74042": "faucigny", "74056": "vallee de chamonix, cham", "74081": "vallee de l arve, vallee arve",
    "74105": "bas chablais", "74191": "haut chablais, avoriaz, morzine avoriaz", "74225": "albanais", "74243": "genevois",
    "74256": "pays du mont blanc", "74276": "haut giffre, praz de lys", "74280": "aravis", "74281": "chablais",
    "76462": "pays de bray", "76758": "pays de caux", "80001": "baie de somme", "80620": "santerre",
    "84003": "luberon", "85092": "marais poitevin", "87011": "basse marche", "89344": "puisaye", "97124": "haut jura",
    # ski and seaside resorts
    "04226": "pra loup", "05096": "orcieres merlette, merlette", "05133": "serre chevalier, serre che",
    "05139": "superdevoluy, super devoluy", "06004": "juan les pins", "06073": "isola 2000",
    "15101": "le lioran, lioran, super lioran",
    "31042": "superbagneres, luchon", "33236": "cap ferret, le cap ferret", "33529": "le pyla, pyla, pyla sur mer",
    "34003": "cap d agde, le cap d agde", "38191": "alpe d huez, l alpe d huez", "38253": "2 alpes, les 2 alpes, deux alpes",
    "40304": "hossegor", "63038": "super besse, superbesse", "64040": "pierre saint martin", "64204": "gourette",
    "65017": "piau engaly", "65059": "la mongie", "73015": "meribel, meribel mottaret", "73024": "valmorel",
    "73054": "les arcs 1800, arc 1600, arc 1800, arc 1950, arc 2000", "73116": "la toussuire, toussuire",
    "73132": "les saisies", "73150": "la plagne, plagne bellecote, plagne centre", "73227": "la tania",
    "73257": "val thorens, les menuires, menuires, saint martin de belleville", "73318": "le corbier",
    "74014": "flaine, les carroz, les carroz d araches", "83068": "port grimaud",
    # as people call it for short
    "31555": "tls", "33063": "bdx", "34172": "mtp, montpel",
}  # fmt: skip
AREAS = {name: code for code, names in _AREAS.items() for name in names.split(", ")}
"""Folded names → the code of a commune."""
