"""What the words around a stretch of a question say of it as a place: said to be one, listed, a département, a chip."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from services.offers.search.chips import Chip, ChipKind
from services.offers.search.ordinary import ORDINARY
from services.offers.search.place_words import AROUND, ARTICLES, AT, COMPASS, LEVELS, LISTING, WEAK_AT, WIDER
from services.offers.search.talk import asks
from services.offers.search.words import STOP, Word
from shared.reference.communes import Commune, Communes, department_of
from shared.reference.departments import DEPARTMENTS, departments_of
from shared.reference.text import folded, unaccented

LONGEST = 6
"""Words of a place."""
KNOWN_TOWN = 5_000
"""Inhabitants of a town that the first word of its name is enough for («brive», «chamonix»)."""
BY_NAME = {folded(name): code for code, name in DEPARTMENTS.items()}
CORSICA = "20"
"""A département until 1976, and two since."""
POSTCODE = re.compile(r"(?:0[1-9]|[1-8]\d|9[0-8])\d{3}")
_NUMBER = re.compile(r"0[1-9]|[1-8]\d|9[0-5]|2[ab]|97[1-46]")
_NORTH = "nord"
_COUNTED = frozenset(
    {"heure", "jour", "semaine", "annee", "euro", "eur", "min", "minute", "minimum", "net", "brut", "kilo"}
)
_FEW_NUMBERS = 3
"""More of them are no départements but a telephone's number."""


def stretches(count: int, free: frozenset[int]) -> Iterator[tuple[int, int]]:
    """Neighbouring words that no other filter took: where they begin and end."""
    for start in range(count):
        for end in range(start + 1, min(count, start + LONGEST) + 1):
            if end - 1 not in free:
                break
            yield start, end


def listed(words: Sequence[Word], one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether between two stretches nothing stands but words that list places."""
    first, last = sorted((one, other))
    return all(word.folded in LISTING for word in words[first[1] : last[0]])


def beside(words: Sequence[Word], one: tuple[int, int], others: Iterable[tuple[int, int]]) -> tuple[int, int] | None:
    """The stretch with which another one is listed."""
    return next((other for other in others if listed(words, one, other)), None)


def either(words: Sequence[Word], one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether «ou» or «et» stands between two stretches."""
    first, last = sorted((one, other))
    return any(word.folded in ("ou", "et") for word in words[first[1] : last[0]])


def as_department(chip: Chip) -> Chip:
    """The département of a chip that names a commune; a wider place as it is."""
    code = chip.parameters.get("commune")
    if not isinstance(code, str):
        return chip
    within = department_of(code)
    return replace(chip, label=f"{DEPARTMENTS[within]} ({within})", parameters={"territory": within})


def inside(word: Word, chip: Chip) -> bool:
    return chip.start <= word.start < chip.end


def where(parts: Sequence[str]) -> tuple[str, ...]:
    """The départements that a number, a name or a postcode says."""
    text = " ".join(parts)
    if len(parts) == 1 and (_NUMBER.fullmatch(text) or POSTCODE.fullmatch(text)):
        return departments_of(text)
    if text == "reunion":
        return (BY_NAME["la reunion"],)  # «Saint-Pierre Réunion»
    return (BY_NAME[text],) if text in BY_NAME else ()


def may_be(word: Word, commune: Commune) -> bool:
    """Whether one word with nothing before it is likely to be this place: «boulot», «mère», «logé» are communes too."""
    if asks(word.folded) or word.folded in STOP:
        return False
    if word.folded in ORDINARY and word.text.islower():
        return False
    if commune.population >= KNOWN_TOWN:
        return True
    if word.folded != folded(commune.name):
        return False
    # Who writes accents writes those of the name; a name in other letters stands for this one.
    written = word.text.isascii() or word.text.casefold() == commune.name.casefold()
    return written or unaccented(word.text) != word.folded


def joined_names(words: Sequence[Word], start: int, end: int) -> bool:
    """Whether they are written as names, one sign or space apart: «Saint-Dié»."""
    close = all(after.start - one.end == 1 for one, after in pairwise(words[start:end]))
    return close and len(words[end - 1].folded) > 2 and all(one.text[0].isupper() for one in words[start:end])


def a_name(words: Sequence[Word], at: int) -> bool:
    """Whether a word behind others is written as a name and they are not: «serveur Moulins»."""
    text = words[at].text
    if not (at and text[0].isupper() and text[1:].islower()) or words[at - 1].folded in STOP:
        return False
    return all(word.text.islower() or word.text.isupper() for word in words[1:at])


def said(words: Sequence[Word], start: int) -> bool:
    """Whether the words before say that a place follows."""
    before = start - 1
    while before > 0 and words[before].folded in WEAK_AT:
        before -= 1
    return (before >= 0 and words[before].folded in AT and words[before].folded != "a") or (
        start > 0 and words[start - 1].folded == "a"
    )


def department(text: str, words: Sequence[Word], start: int, end: int, said: bool) -> str | None:
    # «Dans la Creuse»: a commune has that name as well.
    bare = text.partition(" ")[2] if text.split()[0] in ("la", "le", "les", "l") else text
    followed = end < len(words) and words[end].folded in BY_NAME
    followed = followed or (start > 0 and words[start - 1].folded in BY_NAME)
    if bare == _NORTH and text == bare and (followed or (not said and len(words) > 1)):
        return None  # «limoges nord», «nord Ardèche»
    of = start - 1
    while of > 0 and words[of].folded in WEAK_AT:
        of -= 1
    if of >= 0 and words[of].folded in WIDER:
        return None
    if bare in BY_NAME:
        return BY_NAME[bare]
    if end - start == 1 and _NUMBER.fullmatch(text) and text != CORSICA:
        before = words[start - 1].folded if start else ""
        numbers = sum(word.folded.isdigit() for word in words)
        last = end == len(words) and not (
            before.isdigit() and numbers > _FEW_NUMBERS
        )  # a telephone number ends in any number
        ahead = not last and numbers <= _FEW_NUMBERS and all(asks(word.folded) for word in words[:start])
        named = len(words) == 1 or (last and before not in LEVELS and before != "") or before in ("dans", "le")
        if named or said or (ahead and _of_no_count(words[end].folded)):
            return text.upper()
    return None


def _of_no_count(behind: str) -> bool:
    """Whether a number before a word says where and not how many: «74 serveur», but not «12 mois», «15 serveurs»."""
    if behind in LISTING or _NUMBER.fullmatch(behind):
        return True
    return len(behind) > 2 and behind.isalpha() and behind[-1] not in "sx" and behind not in _COUNTED


def of_commune(words: Sequence[Word], start: int, end: int, commune: Commune) -> Chip:
    return chip(words, start, end, f"{commune.name} ({commune.department})", commune=commune.code)


def of_area(
    words: Sequence[Word], start: int, end: int, around: str | tuple[str, ...], communes: Communes
) -> Chip | None:
    """An old province's départements, or the commune around which a smaller area lies."""
    if isinstance(around, str):
        commune = communes.get(around)
        return None if commune is None else of_commune(words, start, end, commune)
    said = " ".join(word.text for word in words[start:end] if word.folded not in ARTICLES)
    label = f"{said[:1].upper()}{said[1:]} ({', '.join(around)})"
    return chip(words, start, end, label, territory=around[0] if len(around) == 1 else around)


def chip(words: Sequence[Word], start: int, end: int, label: str, **parameters: str | tuple[str, ...]) -> Chip:
    # «à», «près de», «et alentours» belong to what is taken off with the place.
    first = start
    while first > 0 and words[first - 1].folded in AT | WEAK_AT | COMPASS:
        first -= 1
    if first > 0 and words[first].folded == "ville" and words[first - 1].folded == "centre":
        first -= 1
    around = AROUND.match(" ".join(word.folded for word in words[end : end + 3]))
    last = end + (len(around[0].split()) if around else 0)
    return Chip(ChipKind.PLACE, label, words[first].start, words[last - 1].end, parameters)
