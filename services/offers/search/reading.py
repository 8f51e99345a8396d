"""How a question was read, so that an answer can say it and a front-end can take each part back."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from services.offers.search.chips import Chip, ChipKind
from services.offers.search.facts import Criteria, Moment, WorkingTime
from services.offers.search.filters import matches
from services.offers.search.foreign import french_of
from services.offers.search.index import Snapshot
from services.offers.search.intent import Understood, literally, typed, understand
from services.offers.search.left_out import PlaceFinder
from services.offers.search.phrases import CHAINS, named_trades, stretches
from services.offers.search.place_words import ABROAD
from services.offers.search.places import NOWHERE, Home
from services.offers.search.querying import query_of_word
from services.offers.search.question import Question, Unit, fields_named, units_of
from services.offers.search.spelling import as_typed
from services.offers.search.talk import asks, asks_mistyped, spelt
from services.offers.search.trades import EVERYDAY, Trade, Trades
from services.offers.search.unspaced import Apart
from services.offers.search.variants import Variants, variants_of
from services.offers.search.words import Word, plain
from shared.contracts.vocabulary import ContractKind
from shared.reference.communes import department_of

SOFT = (
    ChipKind.SCHEDULE,
    ChipKind.EXPERIENCE,
    ChipKind.WORKING_TIME,
    ChipKind.CONTRACT,
    ChipKind.ACCESS,
    ChipKind.DIPLOMA,
    ChipKind.PAY,
)
"""Filters that step back when nothing is left, in this order: what they ask is often not written in offers."""

ENOUGH_OF_A_CHAIN = 5
"""Where fewer offers name the chain that was asked for, or a place is asked for, like work will do as well."""
_WHOEVER = frozenset({"etudiant", "etudiante", "etudiantes", "etudiants"})
"""Who looks for work, beside a chain."""
_SURELY = 0.9
"""Belief from which an occupation is left out as a whole."""
_SLIPS = 2
"""So many offers may have a word that is none."""


@dataclass(frozen=True)
class Reading:
    """A question with its filters (``chips``), its words (``question``) and the corrected writing, if one is likely.

    ``blank``: something was typed, but nothing in it can be looked for. ``left_out``: filters that the caller took off;
    ``relaxed``: a part of the words was enough; ``stepped_back``: soft filters that would have left
    nothing (a time of day: too little, since most offers leave it unsaid); ``unheard``: some words are of no offer, and were
    not looked for; ``far``: the work that is asked for is offered nowhere around, so it is shown where it is.
    """

    q: str
    chips: tuple[Chip, ...]
    question: Question
    blank: bool = False
    did_you_mean: str | None = None
    left_out: frozenset[ChipKind] = field(default=frozenset())
    relaxed: bool = False
    stepped_back: frozenset[ChipKind] = field(default=frozenset())
    unheard: bool = False
    far: bool = False

    @property
    def applied(self) -> tuple[Chip, ...]:
        """Chips that filter."""
        without = self.left_out | self.stepped_back
        # «Près de chez moi» is no filter while nobody says where that is.
        return tuple(chip for chip in self.chips if chip.kind not in without and chip.parameters)

    @property
    def seldom_said(self) -> bool:
        """Whether it asks for a time of day, which most offers leave unsaid: few answers are no reason to show only them."""
        return any(
            chip.kind is ChipKind.SCHEDULE and "moment" in chip.parameters and not chip.bars for chip in self.applied
        )

    @property
    def soft(self) -> tuple[ChipKind, ...]:
        """Kinds of its filters that may step back, the first to go first."""
        kinds = {chip.kind for chip in self.applied}
        return tuple(kind for kind in SOFT if kind in kinds)

    def stepping_back(self, kinds: Iterable[ChipKind]) -> "Reading":
        """The same reading without filters of these kinds: their words only raise the offers that have them."""
        gone = frozenset(kinds)
        words = [
            word
            for chip in self.applied
            # The words of «pas de nuit» would raise what is not wanted.
            if chip.kind in gone and not chip.bars
            for word in literally(self.q[chip.start : chip.end]).words
        ]
        raised = [
            f"f:at_{chip.parameters['moment']}"
            for chip in self.applied
            if chip.kind in gone and not chip.bars and "moment" in chip.parameters
        ]
        question = replace(
            self.question,
            helpful=(*self.question.helpful, *words),
            raised=tuple(dict.fromkeys((*self.question.raised, *raised))),
        )
        if not question.units and not question.barred and not any(chip.kind not in gone for chip in self.applied):
            # Nothing else was asked: everything is no answer, offers that say the words are.
            question = replace(question, helpful=(), units=units_of(words, Variants()))
        return replace(self, stepped_back=self.stepped_back | gone, question=question)


def read(
    q: str,
    snapshot: Snapshot,
    trades: Trades,
    find_place: PlaceFinder,
    *,
    place_given: bool,
    literal: bool,
    without: frozenset[ChipKind],
    home: Home = NOWHERE,
    apart: Apart = lambda word: (word,),
) -> Reading:
    """Read a question. ``place_given``: a place was given outright; one in the question then only raises offers, and so
    does one outside the départements that were. ``home``: where the caller is, for «près de chez moi»;
    ``apart``: the words that were typed as one."""
    q = plain(q)
    understood = literally(q) if literal else understand(q, find_place, apart, lambda text: bool(trades.meant(text)))
    if place_given:
        understood = _placeless(understood, q, ())
    elif home.asked:
        understood = _placeless(understood, q, home.departments)
    if home.point is not None:
        understood = replace(understood, chips=tuple(_located(chip, home.point) for chip in understood.chips))
    must, helpful = understood.words, understood.helpful
    if not literal:
        must = _without_mistyped_talk(must, understood, snapshot, trades)
        if any(chip.kind is ChipKind.PLACE for chip in understood.chips):
            # «Entre Annecy et Genève»: what lies beyond the border is looked around by the place on this side.
            helpful = (*helpful, *(word for word in must if word.folded in ABROAD))
            must = tuple(word for word in must if word.folded not in ABROAD)
    chained = () if literal else _chained(must)
    if chained and all(word in chained or word.folded in _WHOEVER for word in must):
        # «McDo étudiant»: whose work it is counts, and who looks for it raises.
        helpful = (*helpful, *(word for word in must if word not in chained))
        must = chained
    elif chained and len(chained) < len(must):
        # «Leclerc drive»: the work counts, and whose it is raises it.
        helpful = (*helpful, *chained)
        must = tuple(word for word in must if word not in chained)
        chained = ()
    variants = variants_of(
        tuple(word for word in must if word not in chained),
        snapshot.known,
        snapshot.vocabulary,
        trades.vocabulary,
        snapshot.written,
        trades.together,
    )
    unheard = False
    if variants.unheard and not literal:
        # What no offer has asks in vain to be met: «kelkoun menage» is housework. Alone it is an honest nothing.
        told = tuple(word for word in must if word.folded not in variants.unheard)
        unheard = 0 < len(told) < len(must)
        must = told if unheard else must
    # An employer's name is no mistyped trade: «carrefour».
    naming = [word for word in must if trades.known(word.term) or not snapshot.names_employers(word.term)]
    meant_text = " ".join(named_trades([variants.likeliest(word) for word in naming if word not in chained]))
    placed = place_given or any(chip.kind is ChipKind.PLACE for chip in understood.chips)
    few = placed or any(snapshot.known(word.term) < ENOUGH_OF_A_CHAIN for word in chained)
    units = units_of(must, variants, alike=few)
    vague = [unit.vague for unit in units]
    # «Agent de cantine» is not any agent.
    heads = [at for at, unit in enumerate(units) if (not vague[at] or all(vague)) and unit.begins(trades.heads)]
    named = () if literal or all(asks(word.folded) for word in naming) else trades.meant(meant_text)
    named, refused = _without_barred(named, understood.barred, trades)
    if not heads and (fields := fields_named(units)):
        # «Hôtellerie» is no hospital, though its cleaners are called so.
        named = tuple(trade for trade in named if trade.code.startswith(fields))
    question = Question(
        units,
        helpful,
        named,
        _sides(units, understood.either),
        understood.barred,
        (*_unwanted(understood.barred, trades, {trade.code for trade in named}), *refused),
        tuple(heads),
    )
    return Reading(
        q=q,
        chips=understood.chips,
        question=question,
        blank=not (understood.words or understood.chips or understood.barred or understood.told),
        did_you_mean=_rewritten(q, must, variants.meant, literal=literal),
        left_out=without,
        unheard=unheard,
    )


def _without_barred(
    named: tuple[Trade, ...], barred: Iterable[Sequence[Word]], trades: Trades
) -> tuple[tuple[Trade, ...], tuple[str, ...]]:
    """The meant occupations but for those that are left out by name («chauffeur sauf poids lourd»), where others are meant; and
    the codes of all where none is, and what is left out names them more surely than what is asked for."""
    left_out = [trade for words in barred for trade in trades.meant(" ".join(word.folded for word in words))[:1]]
    codes = {trade.code for trade in left_out}
    others = tuple(trade for trade in named if trade.code not in codes)
    if others or not named:
        return others, ()
    if max(trade.belief for trade in left_out) < _SURELY or named[0].belief >= _SURELY:
        return named, ()
    return (), tuple(dict.fromkeys(code for trade in named for code in trade.codes))


def _unwanted(barred: Iterable[Sequence[Word]], trades: Trades, wanted: Container[str]) -> Iterator[str]:
    """Codes of the occupations whose titles somebody leaves out («sauf développeur»), but for those that they ask for."""
    for words in barred:
        if any(word.term in trades.heads for word in words):
            meant = trades.meant(" ".join(word.folded for word in words))
            yield from (trade.code for trade in meant if trade.belief >= _SURELY and trade.code not in wanted)


def learn(words: Iterable[str]) -> None:
    """Remember of folded words what is remembered of each that was asked: whoever is the first to ask with them waits no longer
    than the next.
    """
    for word in words:
        asks(word)
        asks_mistyped(word)
        french_of(word)
        matches(spelt(word))
        query_of_word(word, body=word not in EVERYDAY)


def _chained(must: tuple[Word, ...]) -> tuple[Word, ...]:
    """The words that name chains: «burger king»."""
    found = stretches([word.folded for word in must], CHAINS)
    return tuple(word for start, end, _ in found for word in must[start:end])


def _located(chip: Chip, here: tuple[float, float]) -> Chip:
    if chip.kind is not ChipKind.PLACE or chip.parameters:
        return chip
    return replace(chip, parameters={"near": f"{here[0]:g},{here[1]:g}"})


def _without_mistyped_talk(
    must: tuple[Word, ...], understood: Understood, snapshot: Snapshot, trades: Trades
) -> tuple[Word, ...]:
    """Words that no title and no offer has, and that are one error away from one with which people ask, are that one."""
    kept = tuple(
        word
        for word in must
        if not asks_mistyped(word.folded)
        or trades.known(word.term)
        or snapshot.known(word.term) > _SLIPS
        or snapshot.written(word.folded) > _SLIPS
    )
    return kept if kept or understood.chips or understood.barred else must


def _sides(units: Sequence[Unit], either: Iterable[int]) -> tuple[int, ...]:
    """Numbers of the units that begin behind an «ou», which stands before these places (characters)."""
    found = {next((number for number, unit in enumerate(units) if unit.words[0].start >= place), 0) for place in either}
    return tuple(sorted(found - {0}))


def _placeless(understood: Understood, q: str, within: Sequence[str]) -> Understood:
    """The question without its places, but for communes and «près de chez moi» in the départements ``within``."""
    places = tuple(
        chip for chip in understood.chips if chip.kind is ChipKind.PLACE and not (within and _lies_in(chip, within))
    )
    if not places:
        return understood
    chips = tuple(chip for chip in understood.chips if chip not in places)
    # «Près de chez moi» is said by what was given.
    words = tuple(word for place in places if place.parameters for word in literally(q[place.start : place.end]).words)
    if understood.words or chips or not words:
        return replace(understood, chips=chips, helpful=(*understood.helpful, *words))
    return replace(understood, chips=chips, words=words)


def _lies_in(chip: Chip, departments: Sequence[str]) -> bool:
    code = chip.parameters.get("commune")
    return not chip.parameters or (isinstance(code, str) and department_of(code) in departments)


def _rewritten(q: str, words: Iterable[Word], corrections: Mapping[str, str], *, literal: bool) -> str | None:
    """The question with the words that were meant; None where it is what was typed."""
    french = [] if literal else [(word, french_of(word.folded)) for word in typed(q)]
    meant = {word.start: (word, meaning) for word, meaning in french if meaning is not None}
    for word in words:
        if word.folded in corrections and word.start not in meant:
            meant[word.start] = word, as_typed(word.folded, corrections[word.folded])
    if not meant:
        return None
    out, at = "", 0
    for start, (word, meaning) in sorted(meant.items()):
        out += q[at:start] + meaning
        at = word.end
    return out + q[at:]


def merged(given: Criteria, chips: Iterable[Chip]) -> Criteria:
    """The criteria given outright, and those of the chips where nothing was given."""
    if not (chips := tuple(chips)):
        return given
    flags = dict(given.flags or {})
    criteria = given if given.contract else replace(given, contract=_contracts(chips))
    for chip in chips:
        for name, value in chip.parameters.items():
            one = value if isinstance(value, str) else value[0]
            if name == "territory" and not given.territory:
                codes = (value,) if isinstance(value, str) else value
                criteria = replace(criteria, territory=tuple(dict.fromkeys((*criteria.territory, *codes))))
            elif name == "hourly_min" and given.hourly_min is None:
                criteria = replace(criteria, hourly_min=float(one))
            elif name == "no_diploma":
                criteria = replace(criteria, no_diploma=True)
            elif name == "accessible_without_car":
                flags.setdefault("car_free", True)
            elif name == "working_time" and given.working_time is None:
                criteria = replace(criteria, working_time=WorkingTime(one))
            elif name == "weekly_hours" and given.weekly_hours is None:
                criteria = replace(criteria, weekly_hours=float(one))
            elif name == "moment" and not given.moments:
                criteria = replace(criteria, moments=(*criteria.moments, Moment(one)))
            elif name == "experience_months_max" and given.experience_months_max is None:
                criteria = replace(criteria, experience_months_max=int(one))
            elif name == "beginner" and given.experience_months_max is None:
                criteria = replace(criteria, experience_months_max=0)
            elif name == "no_licence":
                flags.setdefault(name, True)
            elif name.startswith("no_"):
                flags.setdefault(name.removeprefix("no_"), False)
    return replace(criteria, flags=flags)


def _contracts(chips: Iterable[Chip]) -> tuple[str, ...]:
    """The contracts that are left: any of those named, without those denied: «cdi ou cdd sans intérim»."""
    wanted: dict[str, None] = {}
    left: list[set[str]] = []
    for chip in chips:
        value = chip.parameters.get("contract_kind")
        if value is None:
            continue
        kinds = (value,) if isinstance(value, str) else value
        if chip.bars:
            left.append(set(kinds))
        else:
            wanted |= dict.fromkeys(kinds)
    every = tuple(wanted) or tuple(ContractKind) if left else tuple(wanted)
    kept = tuple(kind for kind in every if all(kind in others for others in left))
    # Who wants and denies the same has taken something back: what was named stands.
    return kept or tuple(wanted)
