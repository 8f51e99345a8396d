"""How a French word sounds, so that words spelt by ear are known: «manutansionaire», «masson», «karist».

A key, no transcription: what people mix up is one sign in it, and endings that nobody hears are gone.
"""

import re
from functools import lru_cache

from services.offers.search.words import Word

_RULES = tuple(
    (re.compile(pattern), made)
    for pattern, made in (
        # folded words have lost the cedilla: «macon», «lecon», «garcon», «francais»
        (r"(?<=^ma|^le|^fa)c(?=on)|(?<=^gar)c(?=on)|(?<=^fa)c(?=ad)|(?<=^fran)c(?=ai)|(?<=^rempla)c(?=a)", "s"),
        (r"sch|ch(?![rl])|sh", "S"),
        (r"ph", "f"),
        (r"h", ""),
        (r"gn", "ni"),
        (r"t(?=ion)", "s"),
        (r"gu(?=[eiy])", "G"),
        (r"g(?=[eiy])", "j"),
        (r"(?<=j)e(?=[ao])", ""),
        (r"s?c(?=[eiy])", "s"),
        (r"qu?|ck|c", "k"),
        (r"G", "g"),
        (r"(.)\1+", r"\1"),
        (r"(?:er|ez|et|ed|ee)s?$", "E"),
        (r"eau|au", "o"),
        (r"oeu|eu|oe", "e"),
        (r"oi|oy", "wa"),
        (r"ou", "u"),
        (r"(?:ain|ein|aim|in|im|yn|un)(?![aeiouymn])", "1"),
        (r"(?:an|am|en|em)(?![aeiouymn])", "2"),
        (r"(?:on|om)(?![aeiouymn])", "3"),
        (r"ai|ei|ay|ey", "e"),
        (r"y", "i"),
        (r"[dtpsxz]+$", ""),
        (r"(?<=.)es?$", ""),
        (r"z", "s"),
        (r"(?<=[^aeiou])eri$", "ri"),
        (r"(.)\1+", r"\1"),
    )
)


SHORTEST = 5
"""Letters of a word that may be meant by one that sounds like it: of shorter ones too many do."""


def heard(word: Word) -> tuple[str, ...]:
    """Keys of a word as it may have been meant: «karist» has an end that is heard, «jardinié» one that is written otherwise,
    and «serveuz» is a woman."""
    if word.text.casefold().endswith("é"):
        return sound(word.folded), sound(word.folded + "r")
    if word.folded.endswith("euz"):
        return (sound(word.folded + "e"),)
    if word.folded[-1] in "aeiouy":
        return (sound(word.folded),)
    return sound(word.folded), sound(word.folded + "e")


@lru_cache(maxsize=16_384)
def sound(folded: str) -> str:
    """The key of a folded word."""
    for pattern, made in _RULES:
        folded = pattern.sub(made, folded)
    return folded
