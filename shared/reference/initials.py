"""Abbreviations that are none of a contract's: those of the words in front of them, and a school's documentation centre."""

import re

from shared.reference.text import unaccented

_BRACKETED = re.compile(r"\(\s*((?:[^\W\d_]\.?){2,6})\s*\)")
_OF_A_SCHOOL = re.compile(
    r"\bcdi(?= (?:d[ue]s?|de l[a']|d'un|de l'|d'une) ?(?:lycees?|colleges?|ecoles?|cite scolaire|etablissement scolaire)\b)"
)
_WORD = re.compile(r"[^\W\d_]+")
_LINKS = frozenset(("d", "de", "du", "des", "l", "la", "le", "les", "et", "a", "au", "aux", "en", "pour", "par", "sur"))
_BODIES = frozenset(
    [
        "agence",
        "association",
        "atelier",
        "centre",
        "cercle",
        "club",
        "college",
        "comite",
        "commission",
        "confederation",
        "conseil",
        "coordination",
        "ecole",
        "entreprise",
        "espace",
        "institut",
        "plateforme",
        "pole",
        "service",
    ]
)
"""What has a name that is spelled so; of «Chef de dépôt industriel (CDI)» the letters fall together."""
_BEFORE = 12
"""Words in front of a bracket that may be spelled in it."""


def without_other_initials(text: str) -> str:
    """A text without «(CDI)» behind «Centre de Documentation et d'Information», and without «CDI du lycée»: no contracts.

    A contract's own words keep theirs: «contrat à durée indéterminée (CDI)»; a trade is no body that letters stand for.
    """
    if "(" in text:
        text = _BRACKETED.sub(_unless_a_contracts, text)
    plain = unaccented(text)
    if len(plain) != len(text):
        return text if _OF_A_SCHOOL.search(plain) is None else _OF_A_SCHOOL.sub("", plain)
    for found in reversed(list(_OF_A_SCHOOL.finditer(plain))):
        text = text[: found.start()] + text[found.end() :]
    return text


def _unless_a_contracts(found: re.Match[str]) -> str:
    words = _WORD.findall(unaccented(found.string[max(0, found.start() - 200) : found.start()]))[-_BEFORE:]
    heads = [word for word in words if word not in _LINKS]
    letters = unaccented(found[1]).replace(".", "")
    spelled = heads[-len(letters) :]
    if "".join(word[0] for word in spelled) != letters or spelled[0] not in _BODIES:
        return found[0]
    return ""
