"""How people say the filters of the search, so that what they have begun to type can be finished.

Nothing here says what a phrase means: ``filters`` reads it, with the words that stand before it. A test asks that each is read
as a filter to its end, and that every filter of ``filters`` is said by one of them.
"""

import re
from collections.abc import Iterator

from services.offers.search.beginnings import Beginnings
from shared.reference.text import folded

SAID = (
    "CDI", "CDD", "intérim", "saisonnier", "job d'été", "alternance", "apprentissage", "contrat de professionnalisation",
    "contrat d'insertion", "chantier d'insertion", "bénévolat", "freelance", "auto-entrepreneur",
    "temps partiel", "mi-temps", "temps plein", "temps complet",
    "de nuit", "le matin", "l'après-midi", "le soir", "le week-end", "le samedi", "le dimanche", "en journée",
    "horaires de bureau", "horaires d'école", "du lundi au vendredi",
    "pas de nuit", "sans nuit", "pas le soir", "pas tôt le matin", "pas le week-end", "sans week-end", "pas le samedi",
    "pas le dimanche",
    "débutant accepté", "sans expérience", "premier emploi", "sans diplôme", "sans qualification", "sans permis",
    "sans voiture", "accessible en bus", "en transport en commun", "en bus", "en train", "à pied", "à vélo",
    "près de chez moi",
    "sans CDD", "sans intérim", "pas d'intérim", "sans alternance",
)  # fmt: skip
"""The commoner before the rarer, for filters of which there are equally many offers."""
WORDS = ("télétravail",)
"""Conditions of work that no filter of the search knows: offers must say the word."""
_NUMBERED = re.compile(r"(\d{1,4})\s?(.*)", re.DOTALL)
_OF_ONE, _OF_MANY = "{} an d'expérience", "{} ans d'expérience"
_BARE = (("{} h par semaine", 8, 39), ("{} km", 5, 100))
"""What a number alone may be about to say, from and to which."""
_AMOUNTS = (*(phrase for phrase, _, _ in _BARE), "{} € de l'heure", "{} € par mois")
_LATER_FROM = 3
"""Letters from which a later word of a phrase is looked for."""
_DENYING = ("pas ", "sans ")
_BEGINNINGS = Beginnings((*SAID, *WORDS), folded, in_one_word=True)


def begun(typed: str, *, nearly: bool = False) -> list[tuple[bool, str]]:
    """(whether by a later word, phrase) of phrases that begin with what was typed; ``nearly``: with typing errors."""
    if numbered := _NUMBERED.fullmatch(typed):
        return [(False, phrase) for phrase in _amounts(numbered[1], folded(numbered[2].replace("€", " euros ")))]
    key = folded(typed)
    keys = _BEGINNINGS.nearly(key) if nearly else [key] if key else []
    found = {number: later for one in keys for later, number in sorted(_BEGINNINGS.starting(one), reverse=True)}
    ranked = [
        (later, _BEGINNINGS.labels[number])
        for later, number in sorted((later, number) for number, later in found.items())
        if not (later and len(key) < _LATER_FROM)
    ]
    # «Altern» asks for nothing without it.
    said = [one for one in ranked if not (one[0] and one[1].startswith(_DENYING))]
    return said or ranked


def _amounts(number: str, unit: str) -> Iterator[str]:
    if not unit:
        yield from (phrase.format(number) for phrase, least, most in _BARE if least <= int(number) <= most)
        return
    for phrase in (*_AMOUNTS, _OF_ONE if int(number) == 1 else _OF_MANY):
        goes_on = folded(phrase.format("").replace("€", "euros"))
        if goes_on.startswith(unit) or goes_on.replace(" ", "").startswith(unit.replace(" ", "")):
            yield phrase.format(number)
