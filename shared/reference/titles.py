"""A job title as a bag of weighted word stems: no gender, no contract, no number, the head first."""

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from shared.reference.beside import SIGNS, without_names, without_offer
from shared.reference.lexicon import ADDED, BESIDE, CANONICAL, NOISE, STOP
from shared.reference.text import folded, unaccented

_SEXES = re.compile(
    r"\(?\b[hfm]\s*[/.\-]\s*[hfmw]\b(?:\s*[/.\-]\s*(?:x|nb|d|n|i)\b)?\)?|\ball genders?\b",
)
_INCLUSIVE = re.compile(
    r"(?<=[a-z])\s?(?:\(\s?-?|/\s?-?|[·•∙.\-])\s?"
    r"(?:e|ne|se|use|euse|trice|rice|ice|iere|ere|ienne|enne|onne|fe|le|ve|ive|elle|esse|sse|te|eure|re)s?\b"
    r"(?:[)·•∙.\-]s\b|\)(?:\(s\))?)?"
)
"""Endings added for the other sex: «conseiller(ère)», «serveur/se», «chargé·e·s», «directeur-trice», «chauffeur(-euse)»."""

_DOTTED = re.compile(r"(?<![\w.(])(?:[a-z]\.)+[a-z]\b\.?")
"""«A.S.H.», «T.I.S.F», «infirmier D.E.»: each letter would be a word that says nothing. An ending is none: «infirmier.e.s»."""
_NUMBERED = re.compile(r"([a-z]{3,})(\d{1,2})")
"""«SSIAP2», «CACES3»: an abbreviation with its number, where the lexicon knows what stands before it."""
_COUNTED = re.compile(r"\d+(?:h\d*|x\d*|e|eme|er|k)?")
"""Numbers, hours and shifts: «35h», «8h30», «2x8», «3eme»."""

_LONGEST = 300
"""A long text pasted into the field is cut: a title has at most some hundred characters."""
_FOLDED = re.compile(r"[a-z0-9+# ]*")
_UNSIGNED = re.compile(r"[a-z0-9 ]*")
_SEGMENTS = re.compile(r"\s[-–—|•:]\s|:\s|[|;,(\[–—]")
_ASKS = re.compile(
    r"\b(?:recrut(?:e|ent|ons)|embauch(?:e|ent|ons)|cherch(?:e|ent|ons)|"
    r"recherch(?:e|ent|ons)(?= ?:| (?:une?|des|son|sa|ses|plusieurs)\b))\b(?=\W*\w)"
)
"""«Le garage Martin recrute un mécanicien»: who asks stands before whom."""
_ANNOUNCED = re.compile(
    r"\s*(?:recrutements?|offres? d'emploi|missions?(?: (?:d')?interim)?(?: (?:longue|courte) duree)?|(?:postes? )?a pourvoir"
    r"|nouveau|urgent)(?: ?[:!]| [-–—|])[\W\d]*(?=[a-z])"
)
"""«Recrutement : 3 agents de propreté», «Mission intérim longue durée : cariste»: said before what the work is."""
_ASKING = frozenset(
    f"{asks}{ending}" for asks in ("recrut", "embauch", "cherch", "recherch") for ending in ("e", "ent", "ons")
)
_SOUND = frozenset({"du", "de", "le", "image", "images", "lumiere", "et", "regie"})
FEMININE = (
    ("trice", "teur"),
    ("ueuse", "ueur"),
    ("euse", "eur"),
    ("eure", "eur"),
    ("ienne", "ien"),
    ("onne", "on"),
    ("iere", "ier"),
    ("ere", "er"),
    ("ee", "e"),
    ("ive", "if"),
    ("elle", "el"),
    ("ante", "ant"),
    ("ente", "ent"),
    ("ale", "al"),
    ("ffe", "f"),
    ("ine", "in"),
)
"""Endings of feminine and masculine titles, the longer ones first."""
_BOTH = (("eureuse", "eur"), ("eurice", "eur"), ("ierere", "ier"))
"""Endings of both sexes run together: «éducateurices», «serveureuse», «infirmierère»."""
_MASCULINE = dict((*FEMININE, *_BOTH))
_LENGTHS_OF_FEMININE = sorted({len(feminine) for feminine in _MASCULINE}, reverse=True)


_LENGTHS: dict[str, list[int]] = {}
"""How many words the abbreviations and names have that end with a word, the shortest first."""
for _name in sorted(ADDED, key=lambda name: name.count(" ")):
    _named = _name.split()
    if len(_named) not in _LENGTHS.setdefault(_named[-1], []):
        _LENGTHS[_named[-1]].append(len(_named))


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """Masculine singular, roughly: «conductrices» → «conducteur», «spéciaux» → «special». Input is folded."""
    if len(word) < 4:
        return word
    if word.endswith("eaux"):
        return word[:-1]
    if word.endswith("aux") and len(word) > 5:
        return word[:-3] + "al"
    if word.endswith("s") and not word.endswith("ss"):
        word = word[:-1]
    for length in _LENGTHS_OF_FEMININE if word.endswith("e") else ():
        masculine = _MASCULINE.get(word[-length:])
        if masculine is not None and len(word) >= length + 2:
            return word[:-length] + masculine
    return word


def feminines(masculine: str) -> Iterator[str]:
    """Words whose stem this is, as far as their ending says: «soignant» → «soignante», «vendeur» → «vendeuse», «vendeure»."""
    for feminine, ending in FEMININE:
        word = masculine.removesuffix(ending) + feminine
        if masculine.endswith(ending) and stem(word) == masculine:
            yield word


@dataclass(frozen=True, slots=True)
class Stem:
    """A word of a title; ``added``: it is not written there, an abbreviation stands for it; ``typed``: the stem of what is
    written where that is taken for a mistyped one."""

    text: str
    added: bool
    typed: str = ""


_DOERS = (
    ("nerie", ("",)),
    ("erture", ("reur",)),
    ("ection", ("ecteur",)),
    ("ation", ("ateur",)),
    ("aison", ("eur",)),
    ("ition", ("iteur",)),
    ("uction", ("ucteur",)),
    ("ement", ("ant", "eur")),
    ("erie", ("ier", "er", "eur", "")),
    ("ture", ("tre",)),
    ("uite", ("ucteur",)),
    ("ance", ("ant",)),
    ("age", ("eur", "ier", "iste", "ateur")),
    ("onte", ("ondeur",)),
    ("aille", ("ailleur",)),
    ("ente", ("endeur",)),
)
"""Endings of what is done and of who does it, of stems."""


def doers(word: str) -> Iterator[str]:
    """Stems of who may do what a stem names: «élagage» → «élagueur»; whether there is such a trade is not known here."""
    for doing, done in _DOERS:
        if word.endswith(doing) and len(word) > len(doing):
            root = word[: -len(doing)]
            yield from (root + who for who in done)
            if root.endswith(("g", "c")):
                yield root[:-1] + {"g": "gueur", "c": "queur"}[root[-1]]


@dataclass(frozen=True, slots=True)
class Text:
    """A free title, read once; what it holds is nobody's to change.

    ``parts``: those between dashes, commas and brackets, each as its distinct stems in order, empty ones left out; ``written``:
    all its folded words; ``telling``: those that may name a job.
    """

    parts: list[list[Stem]]
    written: list[str]
    telling: list[str]


@lru_cache(maxsize=1_024)
def read(title: str) -> Text:
    """Words that say nothing about the job are dropped, from the stems unless nothing else is left of the whole title.

    One question reads its title up to four times, and a third of the titles of offers were written before.
    """
    words = _words(title)
    seen: set[str] = set()
    kept = [_stems(part, seen, BESIDE) for part in words]
    if not any(kept):
        kept = [_stems(part, seen, frozenset()) for part in words]
    written = [word for part in words for word in part]
    return Text([part for part in kept if part], written, [word for word in written if word not in BESIDE])


def sexes(title: str) -> tuple[str, ...]:
    """Both forms of a title of the referential: «Agent / Agente de tri» is «Agent de tri» and «Agente de tri»."""
    masculine, slash, rest = title.partition(" / ")
    words = masculine.split()
    if not slash or " / " in rest:
        return ()
    tail = rest.split()
    return " ".join([*words, *tail[len(words) :]]), rest


def mended(words: Iterable[str], read_as: Iterable[Stem]) -> tuple[str, ...]:
    """Folded words as they are written, in the place of each mistyped one what it was read as."""
    meant = {word.typed: word.text for word in read_as if word.typed}
    return tuple(meant.get(stem(CANONICAL.get(word, word)), word) if meant else word for word in words)


def segments(title: str) -> list[list[str]]:
    """The parts of a title, the stems alone."""
    return [[stem.text for stem in part] for part in read(title).parts]


def telling(title: str) -> list[str]:
    """The folded words of a title that may name a job, as they are written: sexes, contract and hours left out."""
    return [word for word in in_full(title) if word not in BESIDE]


def in_full(title: str) -> list[str]:
    """All folded words of a title, sexes left out."""
    return [word for part in _words(title) for word in part]


def _words(title: str) -> list[list[str]]:
    """The folded words of each part of a title."""
    title = title[:_LONGEST]
    if _UNSIGNED.fullmatch(title):  # as questions come: all but the words would be looked for in vain
        words = title.split()
        if SIGNS.isdisjoint(words) and _ASKING.isdisjoint(words):
            return [[word for one in words for word in _unnumbered(one)]]
    if not _FOLDED.fullmatch(title):
        title = without_names(html.unescape(title))
        title = _DOTTED.sub(_undotted, _SEXES.sub(" ", unaccented(title)))
        title = _INCLUSIVE.sub("", title)
    title = without_offer(title)
    if announced := _ANNOUNCED.match(title):
        title = title[announced.end() :]
    asks = _ASKS.search(title)
    if asks is not None:
        title = f"{title[asks.end() :]} | {title[: asks.start()]}"
    return [[word for one in folded(part).split() for word in _unnumbered(one)] for part in _SEGMENTS.split(title)]


def _undotted(found: re.Match[str]) -> str:
    return found[0].replace(".", "") + " "


def _unnumbered(word: str) -> tuple[str, ...]:
    """An abbreviation apart from the number that is written behind it; any other word is itself."""
    numbered = _NUMBERED.fullmatch(word) if word[-1].isdigit() else None
    return (word,) if numbered is None or numbered[1] not in ADDED else (numbered[1], numbered[2])


def stems(title: str) -> list[str]:
    """All distinct stems of a title in order."""
    return [word for part in segments(title) for word in part]


def plain_stems(text: str) -> set[str]:
    """Distinct stems of running text, such as the label of a skill: no abbreviation is written out."""
    return set(running_stems(text))


def running_stems(text: str) -> list[str]:
    """The same in order, as often as they occur."""
    return [stem(CANONICAL.get(word, word)) for word in folded(text).split() if word not in STOP and word not in NOISE]


def _stems(words: list[str], seen: set[str], noise: frozenset[str]) -> list[Stem]:
    out: list[Stem] = []
    before = ""
    for word, added in _expanded(words):
        # «Technicien du son» is no technician of anything: the word is a trade behind these, else it says whose.
        sound = word == "son" and before in _SOUND
        before = word
        if (word in STOP and not sound) or word in noise or (word[0].isdigit() and _COUNTED.fullmatch(word)):
            continue
        root = stem(CANONICAL.get(word, word))
        if root not in seen:
            seen.add(root)
            out.append(Stem(root, added))
    return out


def _expanded(words: list[str]) -> Iterable[tuple[str, bool]]:
    """The words, and behind each abbreviation what it stands for."""
    for at, word in enumerate(words):
        yield word, False
        for length in _LENGTHS.get(word, ()):
            phrase = " ".join(words[at - length + 1 : at + 1]) if at >= length - 1 else ""
            if phrase in ADDED:
                yield from ((meant, True) for meant in ADDED[phrase].split())
