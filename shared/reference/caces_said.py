"""Which CACES a sentence names: «CACES R489 cat. 3», «CACES 1, 3, 5», «nacelle 3B», «R372/9».

A figure alone is a category of whatever machine the sentence, the title or the text speaks of; where none does, or two do, it is
not said which, and nothing is guessed. «Ou» between them: one is enough.
"""

# A pattern is read as one line: cutting it would hide what belongs together.
# ruff: noqa: E501
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from shared.contracts.vocabulary import Caces
from shared.reference.caces import RENAMED, SUCCESSORS

_MACHINES: tuple[tuple[Caces, re.Pattern[str]], ...] = tuple(
    (family, re.compile(rf"(?<![a-z])(?:{pattern})"))
    for family, pattern in (
        (Caces.R490, r"grues? (?:auxiliaires?|de chargement)|bras de grue"),
        (Caces.R487, r"grues? a tours?"),
        (Caces.R483, r"grues? mobiles?"),
        (Caces.R484, r"ponts? (?:roulants?|et portiques?)"),
        (Caces.R485, r"gerbeurs? (?:a (?:conducteur )?)?accompagn\w+"),
        (Caces.R486, r"nacelles?|pemp(?![a-z])|plates?-?formes? elevatrices?"),
        (
            Caces.R482,
            r"engins?(?! de (?:manutention|levage))|tracto-?pelles?|pelles?(?![a-z])|mini-?pelles?|chargeuses?|bouteurs?|bulldozers?"
            r"|niveleuses?|compacteurs?|tombereaux?|dumpers?|terrassement",
        ),
        (
            Caces.R489,
            r"chariots?|caristes?|transpalettes?|fenwicks?|magasinie\w+|prepara\w+ (?:/ preparatrice )?de commandes?|logisti\w+|entrepots?|manutention\w*|palettes?",
        ),
    )
)
_NUMBER = r"r ?-?\.? ?(?P<number>4(?:8[2-79]|90)|3(?:72|77|83|86|89|90)) ?m?(?![a-z0-9])"
_CATEGORY = r"(?:10|[1-9][ab]?|[abc][123]|[a-g])(?![a-z0-9'%])(?! ?(?:ans?|annees?|mois|jours?|postes?|h|heures?|semaines?|euros?|km|tonnes?|jour|minimum d)(?![a-z]))"
_BETWEEN = r"(?:[ ,/&+;.()-]|\bet\b|\bou\b|\bcat(?:egories?)?\b\.?)+"
_NAMED = re.compile(
    rf"(?:{_NUMBER}|(?<![a-z])caces(?![a-z]))(?P<words>(?: (?:de |a )?(?:type|categories?|cat|niveau|no?|les|chariots?|nacelles?|pemp|engins?|de chantiers?|grue))*)"
    rf"[ ,:.°/(-]*(?:cat(?:egories?)?\.? ?)?(?P<listed>(?:{_CATEGORY}(?:{_BETWEEN}(?={_CATEGORY}))?)*)"
)
_MACHINE_FIRST = re.compile(
    rf"(?<![a-z])(?:nacelles?|pemp)[ :(]*(?P<listed>[123][ab](?:{_BETWEEN}[123][ab])*)(?![a-z0-9])"
)
_EACH = re.compile(r"(?<![a-z0-9])(?:10|[1-9][ab]?|[abc][123]|[a-g])(?![a-z0-9])")
_OR = re.compile(r"(?<![a-z])ou(?![a-z])")
_OF_WORKS = re.compile(r"[abc][123]")
_OWN: dict[str, frozenset[str]] = {}
for _one in Caces:
    _OWN.setdefault(_one.partition("-")[0], frozenset())
    _OWN[_one.partition("-")[0]] |= {_one.partition("-")[2]} - {""}


@dataclass(frozen=True, slots=True)
class Named:
    """``needed``: all of them; ``one_of``: any of them. Recommendations alone: some category of them."""

    needed: frozenset[Caces] = frozenset()
    one_of: frozenset[Caces] = frozenset()

    @property
    def codes(self) -> tuple[Caces, ...]:
        """All that are named, in the order of the enumeration."""
        return tuple(one for one in Caces if one in self.needed or one in self.one_of)


NOTHING = Named()


def caces_in(sentence: str, beside: Callable[[], Caces | None] = lambda: None) -> Named:
    """What a folded sentence names. ``beside``: the machine that is spoken of where it stands (``machine_in``), if it speaks of
    none itself.
    """
    found: dict[Caces, None] = {}
    machine = machine_in(sentence, beside=beside)
    lists = list(_lists(sentence))
    numbered = any(number for number, _ in lists)
    for number, listed in lists:
        family = SUCCESSORS.get(number) or (Caces(number) if number else machine)
        categories = _EACH.findall(listed)
        if not number and categories and all(map(_OF_WORKS.fullmatch, categories)):
            family = Caces.R482
        if family is None:
            continue
        read = [one for category in categories if (one := _category(family, number, category.upper())) is not None]
        found |= dict.fromkeys(read or ([family] if number or (not numbered and _speaks_of(sentence, family)) else []))
    # «CACES R489 … cat. 3»: the recommendation is named twice, and once with its category.
    exact = {one.partition("-")[0] for one in found if "-" in one}
    codes = frozenset(one for one in found if "-" in one or one not in exact)
    if len(codes) > 1 and _OR.search(_told(sentence)):
        return Named(one_of=codes)
    return Named(needed=codes)


def _lists(sentence: str) -> Iterator[tuple[str, str]]:
    """The recommendation («R482» or nothing) and the categories, as often as a sentence names any."""
    for match in _NAMED.finditer(sentence):
        yield f"R{match['number']}" if match["number"] else "", match["listed"]
    for match in _MACHINE_FIRST.finditer(sentence):
        yield "R386", match["listed"]


def _told(sentence: str) -> str:
    """From the first to the last of what is named."""
    matches = [match for match in _NAMED.finditer(sentence) if match["listed"] or match["number"]]
    return sentence[matches[0].start() : matches[-1].end()] if matches else ""


def _speaks_of(sentence: str, family: Caces) -> bool:
    return any(family is one and pattern.search(sentence) for one, pattern in _MACHINES)


def machine_in(*texts: str, beside: Callable[[], Caces | None] = lambda: None) -> Caces | None:
    """The one kind of machine of which the first of these folded texts that speaks of any does; what is ``beside`` if none does."""
    for text in texts:
        found = {family for family, pattern in _MACHINES if pattern.search(text)}
        if found:
            return found.pop() if len(found) == 1 else None
    return beside()


def _category(family: Caces, number: str, category: str) -> Caces | None:
    """A category by its present or its former name; None for one that the recommendation does not have."""
    former = RENAMED.get(number) if number else None
    if former is None and category in _OWN[family]:
        return Caces(f"{family}-{category}")
    before = former or next((names for old, names in RENAMED.items() if SUCCESSORS[old] is family), {})
    return before.get(category)
