"""Départements whose name is an everyday word or a first name as well: «Cher», «Lot», «Nord», «Aude».

A place is a hard filter, so such a word is one only where something says so: an article as départements have it («dans le
Cher»), its number («Lot (46)»), another département beside it, the writing as a name («serveur Cher»), the end behind who works
(«serveur lot»), or that nothing else is asked. Otherwise it stays a word.
"""

from collections.abc import Callable, Sequence

from services.offers.search.ordinary import ORDINARY
from services.offers.search.place_parts import BY_NAME, a_name
from services.offers.search.place_words import ARTICLES
from services.offers.search.talk import asks
from services.offers.search.words import STOP, Word

EVERYDAY = frozenset({"lot", "manche", "aube", "allier", "aude"}).union(name for name in BY_NAME if name in ORDINARY)
"""Folded names that French dictionaries have as a noun or a verb, or that people are called; «creuse» and «landes», which are
seldom said otherwise among questions for work, are none."""
_OF = frozenset({"de", "d", "du", "des"})
_ANNOUNCED = frozenset({"departement", "dept", "departements"})
_EITHER = frozenset({"ou", "et", "soit"})
_WITH_ARTICLE = ARTICLES | {"du"}


def evident(words: Sequence[Word], start: int, end: int, works: Callable[[Word], bool]) -> bool:
    """Whether the everyday word that ends the stretch stands for the département. ``works``: who works."""
    at = end - 1
    word, code = words[at], BY_NAME[words[at].folded].lower()
    before = words[at - 1] if at else None
    behind = words[end] if end < len(words) else None
    if end - start == len(words):
        return True
    if code in (before.folded if before else "", behind.folded if behind else ""):
        return True
    if behind is not None and (behind.folded[0].isdigit() or _goes_on(words, end)):
        return False  # «lot 4», «nord de la Creuse», «somme des heures»
    article = before is not None and before.folded in _WITH_ARTICLE
    first = at - 1
    while first >= 0 and words[first].folded in _WITH_ARTICLE | {"de", "d"}:
        first -= 1
    introduces = words[first].folded if first >= 0 else ""
    if introduces in _ANNOUNCED or (article and introduces == "dans"):
        return True
    if _listed(words, at):
        return True
    if not (word.text[0].isupper() and word.text[1:].islower()):
        last = behind is None and before is not None and before.folded not in STOP
        return last and word.folded not in ORDINARY and before is not None and (works(before) or asks(before.folded))
    if behind is not None and behind.text[0].isupper():
        return False  # «Aude Martin», «Cher Monsieur»
    if article or introduces == "en" or (before is not None and before.folded == "en"):
        # «Serveuse de la Manche», but «Au Nord», «La Somme»
        return at > 1 and words[at - 2].folded != "a" and any(one.text.islower() and len(one.text) > 2 for one in words)
    return behind is None and a_name(words, at)


def _goes_on(words: Sequence[Word], end: int) -> bool:
    """Whether «de» follows with what it is of, and not when: «dans le Cher de 8h à 12h», «dans le Cher de nuit»."""
    if words[end].folded not in _OF or end + 1 == len(words):
        return False
    further = words[end + 1].folded
    return not (further[0].isdigit() or further in ("nuit", "jour", "preference"))


def _listed(words: Sequence[Word], at: int) -> bool:
    """Whether another département stands right beside it, or behind «ou», «et»: «Cher ou Indre»."""
    for step in (-1, 1):
        near = at + step
        while 0 <= near < len(words) and words[near].folded in _EITHER | _WITH_ARTICLE:
            near += step
        between = words[min(at, near) + 1 : max(at, near)]
        joined = not between or any(word.folded in _EITHER for word in between)
        if joined and 0 <= near < len(words) and words[near].folded in BY_NAME:
            return words[at].folded != "nord" or bool(between)  # «nord Ardèche» is a part of it
    return False
