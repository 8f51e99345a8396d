"""How a question was read, so that an answer can say it and a front-end can take each part back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from services.offers.search.facts import Criteria, Moment, WorkingTime
from services.offers.search.filters import ChipKind
from services.offers.search.index import Snapshot
from services.offers.search.intent import Chip, PlaceFinder, Understood, literally, understand
from services.offers.search.question import Question, Unit, units_of
from services.offers.search.trades import Trades
from services.offers.search.variants import variants_of
from services.offers.search.words import Word, plain
from shared.contracts.vocabulary import ContractKind

SOFT = (ChipKind.SCHEDULE, ChipKind.EXPERIENCE, ChipKind.WORKING_TIME, ChipKind.CONTRACT)
"""Filters that step back when nothing is left, in this order: what they ask is often not written in offers."""


@dataclass(frozen=True)
class Reading:
    """A question with its filters (``chips``), its words (``question``) and the corrected writing, if one is likely.

    ``blank``: something was typed, but nothing in it can be looked for. ``left_out``: filters that the caller took off;
    ``relaxed``: a part of the words was enough; ``stepped_back``: soft filters that would have left nothing.
    """

    q: str
    chips: tuple[Chip, ...]
    question: Question
    blank: bool = False
    did_you_mean: str | None = None
    left_out: frozenset[ChipKind] = field(default=frozenset())
    relaxed: bool = False
    stepped_back: frozenset[ChipKind] = field(default=frozenset())

    @property
    def applied(self) -> tuple[Chip, ...]:
        """Chips that filter."""
        without = self.left_out | self.stepped_back
        return tuple(chip for chip in self.chips if chip.kind not in without)

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
        question = replace(self.question, helpful=(*self.question.helpful, *words))
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
) -> Reading:
    """Read a question. ``place_given``: a place was given outright; one in the question then only raises offers."""
    q = plain(q)
    understood = literally(q) if literal else understand(q, find_place)
    if place_given:
        understood = _placeless(understood, q)
    must, helpful = understood.words, understood.helpful
    variants = variants_of(must, snapshot.known, snapshot.vocabulary, trades.vocabulary)
    meant_text = " ".join(variants.likeliest(word) for word in must)
    units = units_of(must, variants)
    question = Question(
        units,
        helpful,
        trades.meant(meant_text) if must and not literal else (),
        _sides(units, understood.either),
        understood.barred,
    )
    return Reading(
        q=q,
        chips=understood.chips,
        question=question,
        blank=not understood.words and not understood.chips,
        did_you_mean=_rewritten(q, must, variants.meant),
        left_out=without,
    )


def _sides(units: Sequence[Unit], either: Iterable[int]) -> tuple[int, ...]:
    """Numbers of the units that begin behind an «ou», which stands before these places (characters)."""
    found = {next((number for number, unit in enumerate(units) if unit.words[0].start >= place), 0) for place in either}
    return tuple(sorted(found - {0}))


def _placeless(understood: Understood, q: str) -> Understood:
    place = next((chip for chip in understood.chips if chip.kind is ChipKind.PLACE), None)
    if place is None:
        return understood
    chips = tuple(chip for chip in understood.chips if chip is not place)
    words = literally(q[place.start : place.end]).words
    if understood.words or chips:
        return replace(understood, chips=chips, helpful=(*understood.helpful, *words))
    return replace(understood, chips=chips, words=words)


def _rewritten(q: str, words: Iterable[Word], corrections: Mapping[str, str]) -> str | None:
    if not corrections:
        return None
    out, at = "", 0
    for word in sorted(words, key=lambda one: one.start):
        if word.folded in corrections:
            out += q[at : word.start] + corrections[word.folded]
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
            if name == "territory" and given.territory is None:
                criteria = replace(criteria, territory=one)
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
