"""What stands in a title beside the work: how it is offered, whose it is, and where.

«Maçon SARL Boulanger à La Souterraine» is no baker and nothing underground. Names are known by what stands before them (the
form of a company, the kind of a house, an article where none belongs) and by how they are written; no list of communes is
looked into, since «Bois», «Bus» and «Tri» are communes too.
"""

import re

_OFFERED = re.compile(
    r"\bpermis b\b|\b1\de(?:me)? mois\b|\bde suite\b|(?<!energie )(?<!energies )\brenouvelables?\b"
    r"|\b(?:entreprise|societe|pme)s? familiales?\b|\bhors vacances(?: scolaires)?\b|(?<!de )(?<!du )\bsecteur\b"
    r"|\bpersonnes? (?:serieuse|motivee|dynamique|volontaire|de confiance)s?\b"
    r"|\b(?:recrutements?|recrutons) en cours\b"
    r"|\b(?:voir|lire)(?: (?:l['’]|notre |la |le )?(?:annonce|descriptif|detail|fiche)s?\b| ci-dessous\b)"
    r"|\b(?:contrat|emploi)s? aides?\b"
    r"|\bsuper\b(?=[\s!,-]*(?:jobs?|postes?|equipes?|opportunite|ambiance|missions?|boulots?)\b)"
    r"|\b(?:pl|poids lourds?)\b(?= (?:spl|super lourds?|semi(?:[ -]remorques?)?)\b)"
    r"|\bfaisant fonctions?\b(?= (?:de? |d['’])?(?!aides?\b|as\b)\w)"
    r"|\b(?:saint|sainte|st|ste)[ -][\w'-]+|\b[\w']+-(?:sur|sous|les|lez|le|la)-[\w'-]+"
)
"""Words that are of a job elsewhere, in phrases that say how one is offered, and names of places that show as such."""
_ASKING = r"\b(?:[Rr]ecrut|[Rr]echerch|[Cc]herch|[Ee]mbauch)"
_WORD = rf" (?!{_ASKING})[^\s|,;:()\[–—-][^\s|,;:()\[]*"
_PARTED = rf"(?=\s*(?:\s[-–—]\s|[|,;:()\[]|{_ASKING}))"
_ENDED = rf"(?=\s*(?:$|\s[-–—]\s|[|,;:()\[]|{_ASKING}))"
_FARMED = (
    r" (?:(?:en|de) )?(?:vaches?|bovins?|veaux|brebis|ovins?|chevres?|caprins?|porcs?|porcins?|truies|volailles?|lait|laitiere?s?"
    r"|elevages?|cereales|polyculture|maraichage|vignes?)\b"
)
_COMPANY = rf"(?:\b(?:sarl|sasu?|eurl|scop|snc|ets|etablissements)\b|\b(?:earl|gaec|scea)\b(?!{_FARMED}))\.?(?:{_WORD}){{1,5}}?"
_FIRM = re.compile(rf"{_COMPANY}{_PARTED}|(?<=[^\s|:] ){_COMPANY}{_ENDED}")
"""«SARL Boulanger». Where nothing stands before, what follows may be the work unless something parts them; and «salarié GAEC
vaches laitières» says what is farmed."""
_TOWN = re.compile(
    r"\b(?:(?P<kept>commune)|ville|communaute (?:de communes|d'agglomeration|urbaine)"
    r"|conseil departemental|(?<!de )departement(?= d[eu']))"
    rf"(?: (?:de la|de|du|des)(?= )| (?=[dl]'))?(?:{_WORD}){{1,5}}?{_ENDED}"
)
"""«Commune de Bussière»: how it is called says nothing."""
_HOUSE = re.compile(
    r"(?P<kept>\b(?:ehpad|residence|hotel|garage|restaurant|pharmacie|camping|auberge|clinique|brasserie))"
    rf" (?:du|de la|des|de(?= l'))(?! person| aine| jeune| etudiant)(?:{_WORD}){{1,4}}?{_ENDED}"
)
"""«Garage du Lac», «Hôtel de la Poste»."""

_NAME = r"[A-ZÀ-Ý][\w'’-]+"
_ARTICLE = r"(?:(?:L[ae]|Les|LA|LES?) |L['’])"
_NO_NAME = "Domicile|Temps|Mi|Distance|Façon|Bois|Bord|Pied|Main|Base|Direction|Personne|Commande|Carte|Ferme|Clientèle"
_ASKED_FOR = "".join(
    rf"(?<!\b(?i:{word}))" for word in ("de", "à", "a", "et", "en", "sur", "par", "dans", "pour", "avec", "chez")
)
_WHERE = re.compile(
    rf" [àÀ] (?!{_ARTICLE}?(?:{_NO_NAME})\b){_ARTICLE}?{_NAME}(?:[ -](?:(?:sur|sous|en|de|du|des|la|le|les|lès)[ -])*{_NAME})*"
    rf"|{_ASKED_FOR} {_ARTICLE}{_NAME}(?:{_WORD})*{_ENDED}"
    rf"|\b[A-ZÀ-Ý][\w'’]+-en-{_NAME}"
    rf"|\b\d{{5}} {_NAME}(?:[ -]{_NAME})*"
)
"""«À La Souterraine», «EHPAD Les Jardins», «23000 GUERET»: names by their capital letters, where a title has small ones."""
_HOMES = re.compile(r"\b(?:maisons? de retraite|foyers?[ -]logements?)\b")
"""Homes of the old: «maison» alone is somebody's household, and a cook there was an employee of one."""
_MENAGE = re.compile(r"\bmenages?\b")
_PREMISES = re.compile(
    r"\b(?:ecoles?|mairies?|communa(?:le?s?|ux)|salles? (?:des fetes|polyvalentes?)|cabinets?|locaux|magasins?|creches?"
    r"|gymnases?|parties communes|immeubles?|usines?)\b"
)
_HOUSEHOLDS = re.compile(r"\b(?:domiciles?|particuliers?|famill\w+|repassage)\b")
"""«Ménage» is of a household unless premises are named beside it, and no household: «ménage école et mairie» is what cleaners of
premises do. Of offices known titles say it themselves."""
_SPELT_OUT = {
    "bom": "benne a ordures",
    "irve": "bornes de recharge electriques",
    "vl": "automobile",
    "om": "benne a ordures",
}
_SHORT = re.compile(
    r"\b(?:bom|irve|(?<=controleur technique )vl|(?<=controleuse technique )vl|(?<=controle technique )vl"
    r"|(?<=conducteur )om|(?<=conductrice )om|(?<=chauffeur )om|(?<=chauffeuse )om)\b"
)
"""Abbreviations of one meaning in titles, which the referential spells out: what the lexicon adds to a word counts less."""
_TELLING = (
    "sarl sas sasu eurl earl gaec scea scop snc ets etablissements commune ville communaute conseil departement "
    "ehpad residence hotel garage restaurant pharmacie camping auberge clinique brasserie "
    "permis mois suite faisant renouvelable renouvelables familiale familiales vacances secteur personne personnes "
    "recrutement recrutements recrutons voir lire contrat contrats emploi emplois super pl poids bom irve vl om "
    "saint sainte st ste maison maisons foyer foyers menage menages"
)
SIGNS = frozenset(_TELLING.split())
"""Of words without signs: only beside one of these stands anything that ``without_offer`` changes."""


def without_names(title: str) -> str:
    """A title as it was written, without the names of places and houses that show by their capital letters."""
    return title if title.isupper() or title.islower() else _WHERE.sub(" ", title)


def without_offer(title: str) -> str:
    """A title without accents and capitals, without what is said of the contract, the employer's name, the place; homes of the
    old and the cleaning of premises as the referential calls them."""
    title = " ".join(title.split())
    for names in (_FIRM, _TOWN, _HOUSE):
        title = names.sub(lambda found: found.groupdict().get("kept") or " ", title)
    title = _HOMES.sub("ehpad", _OFFERED.sub(" ", title))
    title = _SHORT.sub(lambda found: _SPELT_OUT[found[0]], title)
    if _MENAGE.search(title) and _PREMISES.search(title) and not _HOUSEHOLDS.search(title):
        title = _MENAGE.sub("nettoyage", title)
    return title
