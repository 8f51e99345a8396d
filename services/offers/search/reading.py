"""How a question was read, so that an answer can say it and a front-end can take each part back."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from services.offers.search.facts import Criteria, Moment, WorkingTime
from services.offers.search.index import Snapshot
from services.offers.search.intent import Chip, ChipKind, PlaceFinder, Understood, literally, understand
from services.offers.search.question import Question, units_of
from services.offers.search.spelling import correction
from services.offers.search.trades import Trades
from services.offers.search.words import Word, plain

SOFT = frozenset({ChipKind.CONTRACT, ChipKind.SCHEDULE, ChipKind.EXPERIENCE, ChipKind.WORKING_TIME})
"""Filters that step back when nothing is left: what they ask is often not written in offers."""


@dataclass(frozen=True)
class Reading:
    """A question with its filters (``chips``), its words (``question``) and the corrected writing, if one is likely.

    ``blank``: something was typed, but nothing in it can be looked for. ``left_out``: filters that the caller took off;
    ``relaxed``: a part of the words was enough; ``stepped_back``: soft filters would have left nothing.
    """

    q: str
    chips: tuple[Chip, ...]
    question: Question
    blank: bool = False
    did_you_mean: str | None = None
    left_out: frozenset[ChipKind] = field(default=frozenset())
    relaxed: bool = False
    stepped_back: bool = False

    @property
    def applied(self) -> tuple[Chip, ...]:
        """Chips that filter."""
        without = self.left_out | SOFT if self.stepped_back else self.left_out
        return tuple(chip for chip in self.chips if chip.kind not in without)

    def stepping_back(self) -> "Reading":
        """The same reading without its soft filters."""
        return replace(self, stepped_back=True)


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
    corrections: dict[str, str] = {}
    for word in must:
        seen = snapshot.known(word.term)
        if seen == 0 and word.term in trades.vocabulary:
            continue
        meant = correction(word, seen, (snapshot.vocabulary, trades.vocabulary))
        if meant is not None:
            corrections[word.folded] = meant
    meant_text = " ".join(corrections.get(word.folded, word.folded) for word in must)
    question = Question(units_of(must, corrections), helpful, trades.meant(meant_text) if must and not literal else ())
    return Reading(
        q=q,
        chips=understood.chips,
        question=question,
        blank=not understood.words and not understood.chips,
        did_you_mean=_rewritten(q, must, corrections),
        left_out=without,
    )


def _placeless(understood: Understood, q: str) -> Understood:
    place = next((chip for chip in understood.chips if chip.kind is ChipKind.PLACE), None)
    if place is None:
        return understood
    chips = tuple(chip for chip in understood.chips if chip is not place)
    words = literally(q[place.start : place.end]).words
    if understood.words or chips:
        return Understood(chips, understood.words, (*understood.helpful, *words))
    return Understood(chips, words, understood.helpful)


def _rewritten(q: str, words: Iterable[Word], corrections: dict[str, str]) -> str | None:
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
    flags = dict(given.flags or {})
    criteria = given
    for chip in chips:
        for name, value in chip.parameters.items():
            one = value if isinstance(value, str) else value[0]
            if name == "contract_kind" and not given.contract:
                kinds = (value,) if isinstance(value, str) else value
                criteria = replace(criteria, contract=tuple(dict.fromkeys((*criteria.contract, *kinds))))
            elif name == "territory" and given.territory is None:
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
