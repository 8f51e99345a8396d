"""French towns written as they sound, by ear («bonevile») or in Cyrillic and Arabic letters: «Гере», «Обюссоне», «غيريه».

Arabic writes few vowels and has no P, V and G of its own, Cyrillic knows no nasal ones: the keys that are compared keep what
both can write.
"""

import re
from collections.abc import Sequence
from functools import cache, lru_cache

from rapidfuzz.distance import OSA

from services.offers.search.place_words import ARTICLES, BEGINNINGS
from services.offers.search.sound import heard, sound
from services.offers.search.words import Word
from shared.reference.communes import Commune, Communes
from shared.reference.departments import DEPARTMENTS
from shared.reference.text import folded

_CYRILLIC = dict(zip("абвгґдеёєжзиіїйклмнопрстуўфхцчшщыэю", "abfggdiiijsiiiiklmnubrstuufksSSSiiu", strict=True)) | {
    "я": "a"
}
_ARABIC = dict(zip("اأآإبپتطثجچحخدضذرزژسصشغفڤقكکگلمنويىیئؤ", "aaaibbttsjSkkddsrsjssSgffkkkglmnuiiiiu", strict=True))
_LETTERS = str.maketrans(_CYRILLIC | _ARABIC | dict.fromkeys("ьъʼهةعء", ""))
_FRENCH = str.maketrans({"E": "i", "e": "i", "o": "u", "1": "in", "2": "an", "3": "un", "w": "u", "v": "f", "p": "b"})
_TWICE = re.compile(r"(.)\1+")
_VOWELS = re.compile("[aiu]")
_LEAST = 2_000
"""Inhabitants of a town that is known so."""
_KNOWN, _LONG = 10_000, 5
"""Inhabitants of a town that the first word of its name is enough for («Тонон»), and that word's letters."""
_TOWN = 5_000
"""The same in French letters."""
_TELLING = 3
"""Consonants from which on other vowels make no other name."""
_OTHER_VOWELS = 2
_ARTICLE = re.compile(r"(?:la|le|les|l) ")


@lru_cache(maxsize=4_096)
def town_heard(word: str) -> str | None:
    """The French name of a town or département for a folded word of another script; None where none sounds so."""
    # «In» a town it is declined: «в Обюссоне».
    for meant in (word, word[:-1]) if _VOWELS.fullmatch(word[-1:].translate(_LETTERS)) else (word,):
        key = _TWICE.sub(r"\1", meant.translate(_LETTERS))
        if not (key.isascii() and key.isalpha() and len(key) > _TELLING):
            continue
        bones = _VOWELS.sub("", key)
        apart = _OTHER_VOWELS if len(bones) >= _TELLING and not _ARABIC.keys().isdisjoint(word) else 0
        near = [
            (errors, rank, name)
            for rank, other, name in towns().get(bones, ())
            if (errors := OSA.distance(key, other, score_cutoff=apart)) <= apart
        ]
        if near:
            return min(near)[2]
    return None


def town_sounding(words: Sequence[Word]) -> str | None:
    """The French name of a town that sounds as these words are spelt: «bonevile», «thonnon»; None where none does."""
    known = _by_sound()
    if not words:
        return None
    begun = "".join(f"{sound(word.folded)} " for word in words[:-1])
    return next((known[begun + end] for end in heard(words[-1]) if begun + end in known), None)


@cache
def _by_sound() -> dict[str, str]:
    """Towns by how their whole name sounds, and its first word where that is enough; the most populous of those alike."""
    found: dict[str, str] = {}
    for one in _by_population():
        words = folded(one.name).split()
        bare = words[1:] if words[0] in ARTICLES else words
        spoken = {" ".join(map(sound, words)), " ".join(map(sound, bare))}
        if one.population >= _TOWN and len(bare) > 1 and len(bare[0]) >= _LONG and bare[0] not in BEGINNINGS:
            spoken.add(sound(bare[0]))
        for key in spoken:
            found.setdefault(key, one.name)
    return found


@cache
def _by_population() -> list[Commune]:
    return sorted((one for one in Communes.load() if one.population >= _LEAST), key=lambda one: -one.population)


@cache
def towns() -> dict[str, list[tuple[int, str, str]]]:
    """By consonants: (rank, key, name) of towns by their first or only word, the most populous first, and of départements."""
    towns = _by_population()
    found: dict[str, list[tuple[int, str, str]]] = {}
    for rank, name in enumerate([*(one.name for one in towns), *DEPARTMENTS.values()]):
        word, _, rest = _ARTICLE.sub("", folded(name)).partition(" ")
        known = rank < len(towns) and towns[rank].population >= _KNOWN and len(word) >= _LONG and word not in BEGINNINGS
        if known or not rest:
            key = _TWICE.sub(r"\1", sound(word).translate(_FRENCH))
            found.setdefault(_VOWELS.sub("", key), []).append((rank, key, name.casefold()))
    return found
