"""What a question asks beside words: contract, hours, schedule, experience, licence, radius, place.

«serveuse cdi annecy» is the word «serveuse» with two filters. Each recognised part says where in the question it stands
and which parameters say the same, so that a front-end shows it as a chip that can be taken off.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise

from services.offers.search.chips import Chip, ChipKind
from services.offers.search.filters import matches
from services.offers.search.foreign import translated
from services.offers.search.former import former
from services.offers.search.insertion import with_structures
from services.offers.search.left_out import BARRING, LEAVING, PlaceFinder, bars, goes_on, left_out_of
from services.offers.search.numerals import SINGLE, with_decimals, with_numerals
from services.offers.search.optional import optional
from services.offers.search.phrases import TASKS, TOGETHER, VERBS, stretches
from services.offers.search.story import Story, looked_for, story_of
from services.offers.search.talk import ASKING, MONTHS, OURSELVES, WEEKDAYS, asks, spelt_together
from services.offers.search.unspaced import Apart
from services.offers.search.words import LA_POSTE, STOP, Word, words_of
from shared.reference.lexicon import ADDED, BESIDE

NamesWork = Callable[[str], bool]
"""Whether folded words, joined by spaces, name an occupation."""


@dataclass(frozen=True, slots=True)
class Understood:
    """A question taken apart: filters, the words that must be met, and those that only help."""

    chips: tuple[Chip, ...] = ()
    words: tuple[Word, ...] = ()
    helpful: tuple[Word, ...] = field(default=())
    either: tuple[int, ...] = field(default=())
    """Places (characters) of each «ou»."""
    barred: tuple[tuple[Word, ...], ...] = field(default=())
    """Words that are not wanted: «sauf boulangerie»."""
    told: bool = field(default=False)
    """Whether something was said that no offer can be asked for: «j'ai 17 ans»."""


_ANY = frozenset({"petit", "petite", "petites", "petits", "bon", "bonne", "bons", "bonnes"})
"""Words that say nothing of work, not even alone."""
_HELPFUL = (
    BESIDE
    | OURSELVES
    | MONTHS
    | _ANY
    | {"qualifie", "qualifiee", "frontalier", "frontaliere"}
    | {"manuel", "manuelle", "manuels", "manuelles", "metier", "metiers"}
    | {"profil", "public", "compatible", "compatibles", "renfort", "renforts"}
    | {"noel", "toussaint", "paques", "ascension", "pentecote", "soldes"}
    | {"2x8", "3x8", "4x8", "5x8", "vsd"}
    | {"remplacant", "remplacante", "remplacants", "vacataires", "extra", "extras", "mission", "missions"}
) - ASKING
"""Words that raise an offer but do not have to be there."""

_RAISING = frozenset(f"{day}{end}" for day in WEEKDAYS | {"samedi", "dimanche"} for end in ("", "s")) | {
    "confirme", "confirmee", "experimente", "experimentee", "junior",
}  # fmt: skip
"""Words of what is shown and filters nothing that raise the offers that have them."""


_OF_ONESELF = (ChipKind.EXPERIENCE, ChipKind.LICENCE)
"""Of these what cannot be filtered by is what somebody says of themselves: «j'ai 17 ans», «véhiculée», «mal de dos»."""
_TOLD_OF_WHAT_WAS = (ChipKind.SCHEDULE, ChipKind.WORKING_TIME, ChipKind.CONTRACT, ChipKind.PAY)
"""Of these nothing filters that is said of what was or of others."""
_OPERATORS = {"AND": "et", "OR": "ou", "NOT": "sauf"}
"""Words that other searches know."""
_REMOTE = frozenset({("full", "remote"), ("home", "office")})
"""Said for «télétravail», as which offers write it."""
_ROME_CODE = re.compile(r"[a-n]\d{2}(?:\d{2})?")
_TRADES_OF_TWO = frozenset({("sage", "femme"), ("jeune", "fille"), ("pere", "noel"), ("peres", "noel")})
"""Trades in which a word counts that elsewhere tells nothing."""
_STUDIED = frozenset({"bac", "bac+"})
"""Before a number they say how long somebody studied: «bac +2»."""
_LICENCES = frozenset({"c", "ce", "d", "de"})
_YEAR = re.compile(r"20\d\d")
_QUARTERS = frozenset({"quartier", "hameau"})
_UNITS = frozenset(["jour", "jours", "semaine", "semaines", "mois", "an", "ans", "annee", "annees"])
"""Behind a number they say how long, which titles seldom do: «cdd 6 mois»."""


@lru_cache(maxsize=256)
def typed(text: str) -> tuple[Word, ...]:
    """The words of a question, which several look at."""
    return tuple(words_of(text))


def understand(
    text: str, find_place: PlaceFinder | None, apart: Apart = lambda word: (word,), names_work: NamesWork = bool
) -> Understood:
    """Take a question apart. Pure; never fails. ``find_place`` None: the place is known already; ``apart``: the words that
    were typed as one."""
    words = with_decimals(text, with_numerals(text, [one for word in typed(text) for one in apart(word)]))
    words = translated(_with_signs(text, [_infinitive(word) for word in with_structures(text, words, names_work)]))
    story = story_of(text, words)
    joined, starts = _joined(words)
    taken: set[int] = set()
    chips: list[Chip] = []
    open_: set[int] = set()
    told: set[int] = set()
    raising: list[Word] = []
    for match in matches(joined):
        numbers = {at for at, start in enumerate(starts) if match.start <= start < match.end}
        if not numbers or numbers & taken:
            continue
        taken |= numbers
        meaning = match.meaning
        if (
            story is not None
            and match.kind in _TOLD_OF_WHAT_WAS
            and story.background(min(numbers))
            and not match.denied
        ):
            meaning = None  # «mon mari travaille de nuit»
        if meaning is None:
            open_ |= numbers
            told |= numbers if match.kind in _OF_ONESELF else set()
        if meaning is None or any(
            chip.parameters == meaning.parameters
            and chip.kind is match.kind
            and (chip.parameters or chip.label == meaning.label)
            for chip in chips
        ):
            continue
        where = words[min(numbers)].start, words[max(numbers)].end
        chips.append(Chip(match.kind, meaning.label, *where, meaning.parameters, bool(match.denied)))
        if not meaning.parameters and not match.denied:
            raising += [words[at] for at in sorted(numbers) if words[at].folded in _RAISING]
    barred: list[tuple[Word, ...]] = []
    for left_out in left_out_of(words, taken, find_place):
        barred.append(tuple(words[at] for at in left_out))
        taken |= set(range(left_out[0], left_out[-1] + 1))
        # With the word that leaves them out: «sauf» is not looked for.
        before = left_out[0] - 1
        while not bars(words, before):
            before -= 1
        taken |= set(range(before, left_out[0]))
    if find_place is not None:
        free = frozenset(range(len(words))) - taken
        wished = free if story is None else frozenset(at for at in free if not story.background(at))
        for place in find_place(words, wished) or (find_place(words, free) if wished != free else ()):
            if not any(chip.parameters == place.parameters for chip in chips if chip.kind is place.kind):
                chips.append(place)
            taken |= {at for at, word in enumerate(words) if place.start <= word.start < place.end}
    if not chips and not barred and not told and len(open_) == len(words):
        taken -= open_  # nothing else is asked: «smic», «à partir de 14h»
    rest = _rest(
        words,
        taken,
        tuple(sorted(chips, key=lambda chip: chip.start)),
        told=bool(barred or told),
        barred=bool(barred),
        story=story,
        names_work=names_work,
    )
    only_liked = optional(text, words, rest.words, names_work)
    return replace(
        rest,
        words=tuple(word for word in rest.words if word not in only_liked),
        helpful=(*rest.helpful, *only_liked, *raising),
        either=tuple(word.start for at, word in enumerate(words) if _or(words, at) and at not in taken),
        barred=(*barred, *rest.barred),
        told=bool(told) or rest.told,
    )


def _infinitive(word: Word) -> Word:
    """What is done for what somebody has done: «soudé», «promené les chiens» are «souder», «promener»."""
    if word.folded[-1] == "e" and word.text[-1] in "éÉ" and (done := f"{word.folded}r") in VERBS:
        return replace(word, folded=done)
    return word


def _or(words: Sequence[Word], at: int) -> bool:
    """Whether what follows would do as well: «ou», «sinon», «à défaut»."""
    return words[at].folded in ("ou", "sinon") or (
        at > 0 and (words[at - 1].folded, words[at].folded) == ("a", "defaut")
    )


def _with_signs(text: str, words: list[Word]) -> list[Word]:
    """The words with «sauf» where a minus stands before one, as in other searches: «cuisinier -nuit», but not «mi-temps»
    nor «serveur - Annecy»; and «la poste» as the one word that it is."""
    found: list[Word] = []
    loud = text.isupper()
    for at, word in enumerate(words):
        if at and (words[at - 1].folded, word.folded) in LEAVING and not goes_on(words, at):
            word = replace(word, folded="sauf")  # «à part l'usine», «à l'exception du ménage»
        minus = word.start - 1
        if at and text[minus] == "-" and text[minus - 1 : minus].isspace():
            found.append(Word("-", "sauf", minus, word.start))
        if found and word.folded == "poste" and found[-1].folded == "la":
            before = found.pop()  # work is «le poste»
            word = Word(text[before.start : word.end], LA_POSTE, before.start, word.end)
        if found and (found[-1].folded, word.folded) in _REMOTE:
            before = found.pop()
            word = Word(text[before.start : word.end], "teletravail", before.start, word.end)
        elif word.folded == "remote":
            word = replace(word, folded="teletravail")
        operator = None if loud else _OPERATORS.get(word.text)
        found.append(word if operator is None else replace(word, folded=operator))
    return found


def literally(text: str) -> Understood:
    """The question as nothing but words."""
    words = typed(text)
    telling = [word for at, word in enumerate(words) if not _joining(words, at)]
    distinct = {word.term: word for word in reversed(telling or words)}
    return Understood((), tuple(reversed(distinct.values())))


def _rest(
    words: Sequence[Word],
    taken: set[int],
    chips: tuple[Chip, ...],
    *,
    told: bool,
    barred: bool = False,
    story: Story | None = None,
    names_work: NamesWork = bool,
) -> Understood:
    left = [word for at, word in enumerate(words) if at not in taken and not _joining(words, at)]
    left = [word for at, word in enumerate(left) if not _announces_code(left, at)]
    done = {
        left[at].start for start, end, _ in stretches([word.folded for word in left], TASKS) for at in range(start, end)
    }
    telling = [word for word in left if not asks(word.folded) or word.start in done]
    telling = [word for word in telling if word.folded != "defaut" or not _or(words, words.index(word))]
    # «Chargé de recherche»; but «je trouve pas de travail dans la vente».
    titled = [word for word in left if asks(word.folded) and _of_title(words, word, taken)]
    asking = [word for word in left if word in telling or (word in titled and not (telling and _lacking(words, word)))]
    asking, aside = (asking, []) if story is None else looked_for(story, words, asking, names_work)
    lasting = _lasting(words)
    # Where no commune is meant: «quartier Novel», «vallée du Rhône».
    folded = [word.folded for word in left]
    if not _QUARTERS.isdisjoint(folded) and any(chip.kind is ChipKind.PLACE for chip in chips):
        lasting |= {
            word.start
            for at, word in enumerate(left)
            if word.folded in _QUARTERS or (at and left[at - 1].folded in _QUARTERS)
        }
    if "vallee" in folded:
        lasting |= {
            word.start for at, word in enumerate(left) if "vallee" in (word.folded, left[at - 1].folded if at else "")
        }
    raising = {word.start for word in asking if word.folded in _HELPFUL or word.start in lasting}
    if raising:
        raising -= {two.start for one, two in pairwise(words) if (one.folded, two.folded) in _TRADES_OF_TWO}
        raising -= _one_thing(left)
    before = former(words, asking, barred=barred)
    raising |= {word.start for word in before.words}
    must = [word for word in asking if word.start not in raising]
    helpful = [word for word in asking if word.start in raising and not (before.left and word in before.words)]
    told = told or before.left
    if not must and not chips and not told:
        # Nothing but words that usually say little: then they are what is asked. «Petits boulots» are any.
        must, helpful = [word for word in asking if word.folded not in _ANY], []
    distinct = {word.term: word for word in reversed(must)}
    # «Travail urgent»: any work will do.
    return Understood(
        chips,
        tuple(reversed(distinct.values())),
        (*helpful, *aside),
        barred=before.barred,
        told=before.left or bool(left and not must and not helpful),
    )


def _lasting(words: Sequence[Word]) -> set[int]:
    """Where the numbers stand that say how long or when: «6 mois», «2026», «bac +2». Most questions have no number."""
    if not any(word.folded.isdigit() for word in words):
        return set()
    found = {one.start for one, unit in pairwise(words) if one.folded.isdigit() and unit.folded in _UNITS}
    found |= {word.start for at, word in enumerate(words) if _lone_number(words, at)}
    found |= {word.start for word in words if _YEAR.fullmatch(word.folded)}
    return found | {two.start for one, two in pairwise(words) if one.folded in _STUDIED and two.folded.isdigit()}


def _one_thing(words: Sequence[Word]) -> set[int]:
    """Where the words stand that mean one thing together: «petite enfance», «13e mois»."""
    folded = [word.folded for word in words]
    pairs = {(at, at + 2) for at, pair in enumerate(pairwise(folded)) if " ".join(pair) in ADDED}
    pairs |= {(start, end) for start, end, _ in stretches(folded, TOGETHER) if end > start + 1}
    return {word.start for start, end in pairs for word in words[start:end]}


def _lone_number(words: Sequence[Word], at: int) -> bool:
    """Whether a short number belongs to no word before it, as in «caces 3», and to no number: «1 semaine sur 2»."""
    if not (words[at].folded.isdigit() and len(words[at].folded) <= 2):
        return False
    before = words[at - 1].folded if at else ""
    behind = words[at + 1].folded if at + 1 < len(words) else ""
    return not behind.isdigit() and (not before or before in STOP or asks(before)) and len(words) > 1


def _announces_code(words: Sequence[Word], at: int) -> bool:
    """«Code ROME K1304»: the code says it all."""
    if words[at].folded not in ("code", "rome"):
        return False
    return any(_ROME_CODE.fullmatch(word.folded) for word in words[at + 1 : at + 3])


def _of_title(words: Sequence[Word], word: Word, taken: set[int]) -> bool:
    """Whether a word that asks belongs to a title here: «chargé de recherche», but not «offre d'emploi», «cdi de préférence»."""
    at = words.index(word)
    return (
        word.folded != "preference"
        and at > 1
        and at - 2 not in taken
        and words[at - 1].folded in ("de", "d", "en")
        and words[at - 2].folded not in ASKING
    )


def _lacking(words: Sequence[Word], word: Word) -> bool:
    """Whether somebody says that they have none: «pas de travail»."""
    at = words.index(word)
    return at > 1 and words[at - 2].folded in BARRING


def _joining(words: Sequence[Word], at: int) -> bool:
    """Whether a word only joins others. «AS» and «AI» are trades unless somebody says «j'ai», «tu as»."""
    word = words[at]
    if word.folded == "mais":
        return "ï" not in word.text.casefold()
    if at and words[at - 1].folded == "permis":
        return word.folded in STOP and word.folded not in _LICENCES  # «permis c», but «sans permis et en CDI»
    if word.folded in ("as", "ai", "si"):
        before = words[at - 1].folded if at else ""
        return before in ("j", "je", "tu", "qui", "n", "m") or (word.folded == "si" and not word.text.isupper())
    return word.folded in STOP


def _joined(words: Sequence[Word]) -> tuple[str, list[int]]:
    """The words as filters are read in them, and where each begins."""
    together = spelt_together([word.folded for word in words])
    written = [SINGLE.get(word.folded) or said for word, said in zip(words, together, strict=True)]
    starts: list[int] = []
    at = 0
    for word in written:
        starts.append(at)
        at += len(word) + 1
    return " ".join(written), starts
