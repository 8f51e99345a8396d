"""What the words around a filter deny: «pas de», «sauf», «ni» before it, «pas possible», «s'abstenir» behind it."""

import itertools
import re

FAR = 80
"""Characters before a filter in which its denial may stand."""
DENIES = re.compile(
    r"(?:^|(?<= ))(?:(?:je )?(?:ne )?(?:veux|cherche|souhaite) )?"
    r"(?P<word>pas|sans|sauf|hors|ni|non|jamais|aucune?s?|excepte|hormis|a part|a l exception|autres? que|plus|"
    r"evite[rz]?|refuse[rz]?|(?<!maison de )(?<!maisons de )(?<!centre de )repos)"
    r"(?P<only> (?:que|seulement|uniquement|forcement|obligatoirement|necessairement|juste|exclusivement))?"
    r"(?: (?:de|d|du|des|le|la|les|l|en|a|un|une|au|contrats?|postes?|offres?|emplois?|missions?|travail|travaille|travailler|"
    r"horaires?|equipes?|services?|creneaux?|nocturnes?|temps|faire|tout|envie|besoin|disponible|dispo|possible|interessee?|"
    r"par|pour|trop))* ?$"
)
"""Right before a filter: it is denied; ``only``: it is not the only one, which says nothing."""
_ONLY = re.compile(r"(?:que|seulement|uniquement|forcement|obligatoirement|necessairement|juste|exclusivement)(?!\S)")
"""How a filter's own stretch may begin: behind «pas» it says that there is more, and denies nothing."""
DENIED_BEHIND = re.compile(
    r" (?:non merci|(?P<rest>(?:(?:en|de|mon|comme) )?(?:repos|off))"
    r"|exclue?s?|refusee?s?|impossibles?|(?:s |m )?abstenir|non(?=$| merci)"
    r"|(?:(?:c |ce |ca |est |sont |serait |sera |me |moi |je |j |ne |n |y |ici ))*"
    r"(?:(?:peux|veux|pourrai|travaille|souhaite|suis|convient|interesse|fais|est|sont|serait|sera) )?(?:pas|non|jamais|point)"
    r"(?: (?:du tout|vraiment|trop|tres|mon|ma|mes|pour))*"
    r"(?: (?:possibles?|dispo\w*|souhait\w+|voulue?s?|accept\w+|autoris\w+|admise?s?|envisage\w*|desir\w+|recherche\w*|"
    r"interess\w+|compatibles?|moi|truc|travailler|bosser|faire|merci|ca)(?: (?:pour moi|travailler|faire|venir))*"
    r"|(?<=peux pas)|(?<=veux pas)|(?<=pourrai pas)|(?<=travaille pas)|(?<=convient pas))"
    r"|(?P<open>ou (?:pas|non)|(?:pas|non) (?:obligatoire|forcement|exige|requis|necessaire|indispensable|demande)\w*))(?!\S)"
)
DENIAL_NEAR = re.compile(
    r"(?: (?:c|ce|ca|est|sont|serait|sera|je|j|ne|n|me|m|moi|y|il|faut|surtout|vraiment|mais|suis|peux|veux|va|plait|dit))* "
    r"(?:pas|jamais|impossibles?|exclue?s?|abstenir)(?! (?:trop|beaucoup) d)(?! (?:tres |trop )?(?:loin|cher|que|seulement|"
    r"avant|apres))(?!\S)"
)
"""Behind a filter, and not understood: then the filter is neither meant nor denied."""
LEAVING_OUT = frozenset({"sans", "sauf", "hors", "excepte", "hormis", "a part"})
_LISTED_OUT = re.compile(
    r"(?:^| )(?P<word>sauf|hors|excepte|hormis)(?: (?P<article>de|d|du|des|le|la|les|l))?"
    r"(?: (?!ou(?!\S)|et(?!\S)|mais(?!\S)|en(?!\S)|avec(?!\S))\w+){1,4}? (?P<joining>(?:et|ou|ni) )?"
    r"(?P<own>(?:de|d|du|des|le|la|les|l) )?$"
)
"""Before a filter: a list of what is left out goes on with it, in the same shape («sauf le bâtiment et l'intérim», «hors ménage
et intérim», but «sauf restauration et en CDI»)."""
JOINS_ON = re.compile(
    r" ?(?:ou|ni|et (?:de|d|du|des|le|la|les|en|a|l))(?: (?:de|d|du|des|le|la|les|en|a|l|un|une|contrats?))* ?$"
)


def leaves_open(denied: str, said: str) -> bool:
    """Whether the filter's own stretch begins with what is denied: «pas» and «seulement le soir»."""
    return denied in ("pas", "non", "jamais") and _ONLY.match(said) is not None


def prefix(said: str) -> str:
    """The small words with which a filter's own stretch begins: «d interim»."""
    return " ".join(
        itertools.takewhile(
            lambda word: word in ("de", "d", "du", "des", "le", "la", "les", "en", "a", "l"), said.split()
        )
    )


def listed_out(joined: str, start: int, end: int, begin: int, *, contract: bool) -> str:
    """The word that leaves out a list, begun not before ``begin``, which goes on with the filter of this stretch. ``contract``:
    it is one, and no word of when («sauf la vente, le CDD», but «sauf la vente le soir»)."""
    own = prefix(joined[start:end])
    listed = _LISTED_OUT.search(joined[max(begin, start - FAR) : start] + f"{own} ".lstrip())
    if listed is None or bool(listed["article"]) != bool(listed["own"]) or "en" in own:
        return ""
    return listed["word"] if listed["joining"] or (contract and listed["own"]) else ""
