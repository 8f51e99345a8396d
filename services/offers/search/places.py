"""The place that a question names: «annecy», «à Mâcon», «près de Guéret», «23000», «(23)», «en Creuse»."""

import re
from collections.abc import Callable, Sequence

from services.offers.search.filters import ChipKind
from services.offers.search.intent import ASKING, Chip, PlaceFinder
from services.offers.search.trades import Trades
from services.offers.search.words import Word
from shared.reference.communes import Commune, Communes
from shared.reference.departments import DEPARTMENTS
from shared.reference.text import folded

_BEFORE_PLACES = (
    "a au aux sur vers pres proche autour environs secteur ville commune alentours cote region departement dept"
)
_AT = frozenset(_BEFORE_PLACES.split())
"""Words before a place."""
_WEAK_AT = frozenset({"dans", "en", "de", "d", "du", "le", "la", "les", "l"})
_BEFORE_LEVELS = (
    "24h 7j 24 caces bac niveau categorie cat classe r489 r482 r486 ssiap permis bts cap bep n no numero fimo"
)
_LEVELS = frozenset(_BEFORE_LEVELS.split())
"""Words before a number that is no département."""
_LONGEST = 6
_TOWN = 15_000
"""Inhabitants from which a town («Vienne») comes before a département of its name; «Creuse» has 250."""
_KNOWN_TOWN = 5_000
"""Inhabitants of a town that the first word of its name is enough for («brive», «chamonix»)."""
_BEGINNINGS = frozenset(
    {"saint", "sainte", "grand", "grande", "petit", "petite", "vieux", "haute", "haut", "basse", "bas"}
)
_BY_NAME = {folded(name): code for code, name in DEPARTMENTS.items()}
_POSTCODE = re.compile(r"(?:0[1-9]|[1-8]\d|9[0-8])\d{3}")
_NUMBER = re.compile(r"0[1-9]|[1-8]\d|9[0-5]|2[ab]|97[1-46]")

Counts = Callable[[str], tuple[int, int]]
"""In how many offers a term names the place, and in how many the employer."""


def place_finder(communes: Communes, trades: Trades, counts: Counts) -> PlaceFinder:
    """Finds places as INSEE names them. A word of job titles («Bar», «Port», «maçon») is one only behind «à»."""

    def find(words: Sequence[Word], free: frozenset[int]) -> Chip | None:
        best: tuple[tuple[int, int], Chip] | None = None
        for start in range(len(words)):
            for end in range(start + 1, min(len(words), start + _LONGEST) + 1):
                if not free.issuperset(range(start, end)):
                    break
                chip = _read(words, start, end)
                # The longest name, then the last: people write the place behind the trade.
                if chip is not None and (best is None or (end - start, start) > best[0]):
                    best = (end - start, start), chip
        return best[1] if best else None

    def _read(words: Sequence[Word], start: int, end: int) -> Chip | None:
        text = " ".join(word.folded for word in words[start:end])
        said = _said(words, start)
        code = _department(text, words, start, end, said)
        town = communes.named(text) if code is not None and not text.isdigit() else None
        if code is not None and (town is None or town.population < _TOWN or town.department == code):
            return _chip(words, start, end, f"{DEPARTMENTS[code]} ({code})", territory=code)
        commune = _commune(text, end - start, said, words, start)
        if commune is None:
            return None
        return _chip(words, start, end, f"{commune.name} ({commune.department})", commune=commune.code)

    def _commune(text: str, length: int, said: bool, words: Sequence[Word], start: int) -> Commune | None:
        if length == 1 and _POSTCODE.fullmatch(text):
            found = communes.search(text, 1)
            return found[0].commune if found else None
        if len(text) < 2 or text.isdigit():
            return None
        commune = communes.named(text) or (_begun(text) if length == 1 else None)
        if commune is None or said:
            return commune
        if length == 1 and not _may_be(words[start], commune):
            return None
        terms = [word.term for word in words[start : start + length]]
        whole = length > 1 and commune.population >= _TOWN
        if not whole and all(trades.known(term) or len(term) < 3 for term in terms):
            return None
        if length == 1:
            places, employers = counts(terms[0])
            if employers > places:
                return None
        return commune

    def _begun(text: str) -> Commune | None:
        if len(text) < 4 or text in _BEGINNINGS:
            return None
        commune = communes.named(text, begun=True)
        return commune if commune is not None and commune.population >= _KNOWN_TOWN else None

    return find


def _may_be(word: Word, commune: Commune) -> bool:
    """Whether one word with nothing before it is likely to be this place: «boulot», «mère», «logé» are communes too."""
    if word.folded in ASKING:
        return False
    if commune.population >= _KNOWN_TOWN:
        return True
    if word.folded != folded(commune.name):
        return False
    # Who writes accents writes those of the name.
    return word.text.isascii() or word.text.casefold() == commune.name.casefold()


def _said(words: Sequence[Word], start: int) -> bool:
    """Whether the words before say that a place follows."""
    before = start - 1
    while before > 0 and words[before].folded in _WEAK_AT:
        before -= 1
    return (before >= 0 and words[before].folded in _AT and words[before].folded != "a") or (
        start > 0 and words[start - 1].folded == "a"
    )


def _department(text: str, words: Sequence[Word], start: int, end: int, said: bool) -> str | None:
    # «Dans la Creuse»: a commune has that name as well.
    bare = text.partition(" ")[2] if text.split()[0] in ("la", "le", "les", "l") else text
    if bare in _BY_NAME:
        return _BY_NAME[bare]
    if end - start == 1 and _NUMBER.fullmatch(text):
        before = words[start - 1].folded if start else ""
        last = end == len(words) and not before.isdigit()  # a telephone number ends in any number
        if (last and before not in _LEVELS and before != "") or said or before in ("dans", "le"):
            return text.upper()
    return None


def _chip(words: Sequence[Word], start: int, end: int, label: str, **parameters: str) -> Chip:
    # «à», «près de» belong to what is taken off with the place.
    first = start
    while first > 0 and words[first - 1].folded in _AT | _WEAK_AT:
        first -= 1
    return Chip(ChipKind.PLACE, label, words[first].start, words[end - 1].end, parameters)
