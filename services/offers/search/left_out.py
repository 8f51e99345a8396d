"""What somebody leaves out in their own words: «sauf restauration et ménage», «pas de porte à porte», «à part l'usine».

What follows is one thing up to the next word that joins, and lists go on: «tout sauf le ménage et l'aide à la personne».
"""

import re
from collections.abc import Callable, Sequence

from services.offers.search.chips import Chip
from services.offers.search.talk import WEEKDAYS, asks
from services.offers.search.words import STOP, Word
from shared.reference.departments import DEPARTMENTS
from shared.reference.text import folded

PlaceFinder = Callable[[Sequence[Word], frozenset[int]], Sequence[Chip]]
"""Finds the places that a question names among the words of a text that no other filter took (their numbers)."""

BARRING = frozenset({"pas", "sauf", "hors", "ni", "sans", "rien", "excepte", "hormis"})
_WANTING = frozenset({"aime", "peux", "souhaite", "supporte", "veut", "veux"})
_FINDING = frozenset({"trouve", "trouver", "trouves", "ai", "a", "y", "avons"})
_MORE = frozenset({"que", "tard", "tot", "pres", "loin"})
_LISTING = frozenset({"sauf", "hors", "excepte", "hormis"})
"""Behind these «et» goes on with what is left out."""
LEAVING = frozenset({("a", "part"), ("l", "exception"), ("l", "exclusion"), ("autre", "que"), ("autres", "que")})
"""Two words that leave out what follows."""
_NOT_BARRED = frozenset({"loin", "cher", "trop", "grave", "mal", "besoin", "obligatoire", "exige", "requis"})
"""Words behind «pas» that bar nothing: «pas loin de Guéret»."""
_MOST_BARRED = 4
_NAMES = tuple(
    tuple(words[at:])
    for words in (re.split(r"[-' ]", folded(name)) for name in DEPARTMENTS.values())
    for at, word in enumerate(words)
    if word in BARRING
)
"""What départements are called from such a word on: «Pas-de-Calais» leaves nothing out."""
_OF = frozenset({"de", "d", "du", "des"})


def left_out_of(words: Sequence[Word], taken: set[int], find_place: PlaceFinder | None) -> list[tuple[int, ...]]:
    """Numbers of the words that «pas», «sauf», «hors» leave out: what follows, up to the next word that joins."""
    found: list[tuple[int, ...]] = []
    for at, word in enumerate(words):
        if not bars(words, at):
            continue
        start = at + 1
        if at in taken:
            # «Sauf intérim et nettoyage»: behind a filter that is left out
            while start in taken:
                start += 1
            if not (word.folded in _LISTING and start < len(words) and words[start].folded in ("et", "ou")):
                continue
            start += 1
        lacking = word.folded == "pas" and at > 0 and words[at - 1].folded in _FINDING
        while True:
            start, end = _left_out(words, taken, start, find_place)
            # «Je trouve pas de travail», but «pas le mercredi»
            if lacking and start < end and asks(words[start].folded):
                break  # «je trouve pas de travail à la montagne»
            talks = all(asks(one := words[number].folded) and one not in WEEKDAYS for number in range(start, end))
            if talks and start < end and _refused(words, at):
                start = end  # «je ne veux plus travailler en usine»
                continue
            if start == end or words[start].folded in _NOT_BARRED or talks:
                break
            told = [number for number in range(start, end) if words[number].folded not in STOP]
            telling = tuple(number for number in told if not asks(words[number].folded)) or tuple(told)
            found.append(_without_place(words, telling, find_place))
            # «Sauf restauration et bâtiment» leaves out both.
            if not (word.folded in _LISTING and end < len(words) and words[end].folded in ("et", "ou")):
                break
            start = end + 1
    return found


def bars(words: Sequence[Word], at: int) -> bool:
    """Whether a word leaves out what follows; «plus» does where something is not wanted any more: «veux plus de caisse»."""
    if words[at].folded == "plus":
        behind = words[at + 1].folded if at + 1 < len(words) else ""
        never = at > 1 and words[at - 2].folded in ("ne", "n")
        return _refused(words, at) and behind not in _MORE and (never or behind not in _OF)
    return words[at].folded in BARRING and not any(
        tuple(word.folded for word in words[at : at + len(name)]) == name for name in _NAMES
    )


def _refused(words: Sequence[Word], at: int) -> bool:
    """Whether somebody says here that they do not want or cannot."""
    return at > 0 and words[at - 1].folded in _WANTING


def _without_place(words: Sequence[Word], left_out: tuple[int, ...], find_place: PlaceFinder | None) -> tuple[int, ...]:
    """The same without the place with which it ends: «rien dans la restauration Aubenas»."""
    if find_place is None or len(left_out) < 2:
        return left_out
    found = find_place(words, frozenset(left_out[1:]))
    starts = [words[at].start for at in left_out]
    first = min((place.start for place in found if place.end >= words[left_out[-1]].end), default=None)
    return left_out if first is None else tuple(at for at, start in zip(left_out, starts, strict=True) if start < first)


def _left_out(words: Sequence[Word], taken: set[int], start: int, find_place: PlaceFinder | None) -> tuple[int, int]:
    """Where the next thing begins and ends that may be left out."""
    while start < len(words) and words[start].folded in STOP and words[start].folded not in BARRING:
        start += 1
    end, most = start, min(start + _MOST_BARRED, len(words))
    while end < most and end not in taken and words[end].folded not in BARRING:
        # «Sans port de charges» is one thing, and «pas de porte à porte».
        goes_on = end > start and end + 1 < len(words) and end + 1 not in taken
        twice = goes_on and words[end].folded == "a" and words[end - 1].folded == words[end + 1].folded
        one_thing = goes_on and (words[end].folded in _OF or twice)
        most = end + 2 if twice else most  # «pas de porte à porte commercial»
        if words[end].folded == "a" and not one_thing and _at_what(words, taken, end, find_place):
            end += 1 + (
                words[end + 1].folded in ("la", "l")
            )  # «sauf aide à la personne», «pas de travail à la chaîne», but «sauf restauration à la Rochelle»
            most = max(most, end + 1)
            continue
        if words[end].folded in STOP and not one_thing:
            break
        end += 1
    return start, end


def _at_what(words: Sequence[Word], taken: set[int], at: int, find_place: PlaceFinder | None) -> bool:
    """Whether «à la», «à l'» goes on here with what is done, and names no place."""
    if at + 1 < len(words) and words[at + 1].folded in ("domicile", "distance"):
        return True
    if at + 2 >= len(words) or words[at + 1].folded not in ("la", "l") or not taken.isdisjoint(range(at, at + 3)):
        return False
    free = frozenset(range(at + 1, min(at + 5, len(words)))) - taken
    return find_place is None or all(place.start > words[at + 1].start for place in find_place(words, free))


def goes_on(words: Sequence[Word], at: int) -> bool:
    """Whether «à part» is that of «à part entière»."""
    return at + 1 < len(words) and words[at + 1].folded.startswith("entier")
