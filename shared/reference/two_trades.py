"""Titles that name two trades: «Maçon coffreur», «Agent d'entretien / aide de cuisine», «Vendeur-livreur».

A title that the referential knows as a whole is one trade however many words it has («Secrétaire comptable»). Any other is looked
at in its parts: where two of them are titles of their own, and of different work, it names both. Without a sign between them
only what is done by hand or at a counter stands side by side: a «formateur soudeur» teaches, a «commercial électricien» sells.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from shared.reference.lexicon import RANKS
from shared.reference.occupations import Occupation, Occupations
from shared.reference.rungs import WORKER, rung_of
from shared.reference.titles import read, stems

_SIGNS = re.compile(r"/|\s[-–—]\s|[,;+&•|(]|\bet\s*/\s*ou\b|\bet\b|\bou\b", re.IGNORECASE)
_HYPHEN = re.compile(r"(?<=\w)-(?=\w)")
_SEXES = re.compile(r"\(?\b[hfm]\s*/\s*[hfmwx]\b\)?", re.IGNORECASE)
_OF_OTHERS = RANKS | {
    "acheteur", "animateur", "apprenti", "cadre", "commercial", "consultant", "controleur", "demi", "dessinateur", "directeur",
    "eleve", "enseignant", "expert", "formateur", "gerant", "ingenieur", "inspecteur", "instructeur", "metreur", "moniteur",
    "professeur", "recruteur", "secretaire", "second", "stagiaire", "technicocommercial",
}  # fmt: skip
"""Who deals with a trade that is named right behind, without doing it."""
_OBJECT = re.compile(r"-|\b(?:en|de|du|des|d'|d’|à|a|au|aux|pour|chez|sur)(?=\W)", re.IGNORECASE)
"""«Vendeur en charcuterie-traiteur» sells it."""
_BELIEVED = 0.5
"""Of a part, to be a trade by itself: a «monteur» puts together films, or anything."""
_MOST_WORDS = 5
"""Stems of a title without signs in which two trades are looked for."""
_REMEMBERED = 4_096


class TwoTrades(NamedTuple):
    """Codes of the two trades, in the order of the title."""

    first: str
    second: str


@lru_cache(maxsize=_REMEMBERED)
def two_trades(occupations: Occupations, title: str) -> TwoTrades | None:
    """The two trades that a title names; None where it names one, none, or somebody who leads."""
    if rung_of(title) != WORKER or occupations.titled(title):
        return None
    found: list[tuple[frozenset[str], str]] = []
    for words, code in _trades(occupations, title):
        # «Cuisinier / Cuisinière de collectivité» is one trade, said twice.
        if any(words <= other or other <= words or code == known for other, known in found):
            continue
        found.append((words, code))
        if len(found) == 2:
            return TwoTrades(found[0][1], found[1][1])
    return None


def both_first(occupations: Occupations, title: str, ranked: Sequence[tuple[str, float]]) -> list[tuple[str, float]]:
    """Proposed codes and their beliefs, with both trades of a title among the first: the likeliest stays where it is, and what is
    believed of the two is shared between them, since a title says as much the one as the other.
    """
    trades = two_trades(occupations, title) if ranked else None
    if trades is None:
        return list(ranked)
    believed = dict(ranked)
    either = sum(believed.get(code, 0.0) for code in trades) / 2
    both = sorted(trades, key=lambda code: -believed.get(code, 0.0))
    first = [] if ranked[0][0] in trades else [ranked[0]]
    rest = [one for one in ranked[len(first) :] if one[0] not in trades]
    return [*first, *((code, either) for code in both), *((code, min(other, either)) for code, other in rest)]


def beside_declared(occupations: Occupations, title: str, declared: str | None) -> str | None:
    """The trade that a title names beside the declared one; None where it names no two, or neither is near it."""
    own = occupations.get(declared) if declared else None
    trades = None if own is None else two_trades(occupations, title)
    if own is None or trades is None:
        return None
    first, second = (_of(occupations, own, code) for code in trades)
    if first == second:
        return None
    return trades.second if first > second else trades.first


def _of(occupations: Occupations, own: Occupation, code: str) -> int:
    """2 for the declared occupation, 1 for one of its family or branch."""
    other = occupations.get(code)
    if other is None or other.code == own.code:
        return 2 if other is not None else 0
    return int(other.family == own.family or other.code[:3] == own.code[:3])


def _trades(occupations: Occupations, title: str) -> Iterator[tuple[frozenset[str], str]]:
    parts = [stripped for part in _SIGNS.split(_SEXES.sub(" ", title)) if (stripped := part.strip())]
    if len(parts) > 1:
        for part in parts:
            yield from _known(occupations, part)
            yield from _side_by_side(occupations, part)
        return
    halves = _HYPHEN.split(title)
    if len(halves) == 2:
        for half in halves:
            yield from _known(occupations, half)
        return
    yield from _side_by_side(occupations, title)


def _known(occupations: Occupations, part: str) -> Iterator[tuple[frozenset[str], str]]:
    words = frozenset(stems(part))
    exact = occupations.exactly(part)
    if not exact or words <= RANKS:
        return
    code, belief = next(iter(occupations.meant(part, 1)), ("", 0.0))
    if code in exact and belief >= _BELIEVED:
        yield words, code


def _side_by_side(occupations: Occupations, title: str) -> Iterator[tuple[frozenset[str], str]]:
    """«maçon coffreur»: the first two known titles that make up all its known words, one behind the other."""
    if _OBJECT.search(title) or occupations.titled(title):
        return
    written = [word.text for part in read(title).parts for word in part if not word.added]
    words = [word for word in written if occupations.in_titles(word)]
    if not 2 <= len(words) <= _MOST_WORDS or words[0] in _OF_OTHERS:
        return
    for at in range(1, len(words)):
        pair = [[*_known(occupations, " ".join(part))] for part in (words[:at], words[at:])]
        if all(pair) and words[at] not in _OF_OTHERS and occupations.titled(" ".join(words[at:])):
            yield from (one for each in pair for one in each)
            return
