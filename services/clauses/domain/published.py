"""What publications of the DECP say of a contract: facts, and one state for its notification and for each modification.

Publications come again, late and out of order, from several programs. A modification is known by its number and day, by its day
where a table has no number, by its number where a later publication corrects the day.
"""

from calendar import monthrange
from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import date, timedelta
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, Field

from services.clauses.domain.amounts import CommuneCode
from shared.domain import Entity
from shared.ids import derived_id
from shared.kept_enum import StoredEnum
from shared.refusals import shaped
from shared.types import CivilDate, Euros, Line

K = TypeVar("K", bound=Hashable)

Siret = Annotated[str, Field(pattern=shaped(r"^[0-9]{14}$", "Un SIRET a quatorze chiffres."))]
MOST_HOLDERS = 100
MOST_STATES = 200
LONGEST_WORDS = 1_000


class Social(StoredEnum):
    """What the publication says of social considerations (DECP v2, ``considerationsSociales``)."""

    CLAUSE = "clause"
    CRITERION = "criterion"
    RESERVED = "reserved"
    NONE = "none"


class Holder(Entity):
    """Who holds the contract, as published; ``siret`` where the publication has a right one."""

    siret: Siret | None = None
    name: Annotated[str, Line(200, blank=True)] = ""

    @property
    def key(self) -> str:
        """What makes two lines one holder."""
        return self.siret or self.name


class State(Entity):
    """The contract as of a day: its notification, then each modification. What a modification does not name stays."""

    on: CivilDate
    number: Annotated[int | None, Field(ge=1, le=1_000_000)] = None
    amount: Euros | None = Field(default=None, description="Euros without tax")
    months: Annotated[int | None, Field(ge=1, le=360)] = None
    holders: Annotated[tuple[Holder, ...], Field(max_length=MOST_HOLDERS)] = ()
    modifies: bool = Field(
        default=False, description="Published as a modification, which names what it changes; else it names everything"
    )
    published_on: CivilDate | None = Field(default=None, description="When the modification was published")
    words: Annotated[str | None, Line(LONGEST_WORDS)] = Field(
        default=None, description="What the publication says of it (elder forms only)"
    )

    @property
    def content(self) -> tuple[Any, ...]:
        """What it says, however often and by whatever program it is published."""
        return (self.on, self.amount, self.months, tuple(sorted(one.key for one in self.holders)), self.words)

    @property
    def order(self) -> tuple[date, int]:
        """Modifications follow each other by day, those of a day by number."""
        return (self.on, self.number or 0)


class Facts(BaseModel):
    """What a publication says of a contract whatever its states."""

    buyer_siret: Siret
    number: Annotated[str, Line(80)]
    buyer_name: Annotated[str | None, Line(200)] = None
    title: Annotated[str | None, Line(300)] = None
    cpv: Annotated[str | None, Line(10)] = None
    procedure: Annotated[str | None, Line(120)] = None
    commune_code: CommuneCode | None = None
    social: tuple[Social, ...] = ()


FACTS = ("buyer_name", "title", "cpv", "procedure", "commune_code")


class Published(Facts, Entity):
    """What one or several lines of a file say of a contract."""

    territory: str
    states: Annotated[tuple[State, ...], Field(min_length=1, max_length=MOST_STATES)]

    @property
    def key(self) -> str:
        """Its identity: buyer's SIRET and the number that the buyer gave it, within a territory."""
        return derived_id("contract-draft", self.territory, self.buyer_siret, self.number)


def joined(one: Published, other: Published) -> Published:
    """Two lines of one file about the same contract: other holders, or a modification. Which comes first does not matter
    for what both say, the first names the rest."""
    facts = {name: getattr(one, name) if getattr(one, name) is not None else getattr(other, name) for name in FACTS}
    social = tuple(sorted({*one.social, *other.social}))
    return one.model_copy(update={**facts, "social": social, "states": _together(one.states, other.states)})


def joined_all(lines: Sequence[Published]) -> Published:
    """All lines of one file about the same contract, in their order; two by two, so that thousands cost no more than each."""
    while len(lines) > 1:
        pairs = [joined(*lines[at : at + 2]) for at in range(0, len(lines) - 1, 2)]
        lines = [*pairs, lines[-1]] if len(lines) % 2 else pairs
    return lines[0]


def _together(some: Sequence[State], others: Sequence[State]) -> tuple[State, ...]:
    """One number on two days is two modifications: some programs number each of them 1."""
    found = list(some)
    for state, index in zip(others, matched(some, others, corrected=False), strict=True):
        if index is None:
            found.append(state)
        else:
            found[index] = _both(found[index], state)
    return ordered(found)


def distinct(states: Sequence[State]) -> tuple[State, ...]:
    """The states of one record, in order, each once."""
    found: dict[Any, State] = {}
    for state in states:
        known = found.get((state.modifies, *state.order))
        found[state.modifies, *state.order] = state if known is None else _both(known, state)
    return ordered(tuple(found.values()))


def ordered(states: Sequence[State]) -> tuple[State, ...]:
    """The notification, then the modifications by day, whatever day a modification is dated."""
    plain = [one for one in states if not one.modifies and one.number is None]
    first = min(plain or states, key=lambda one: one.order)
    rest = sorted((one for one in states if one is not first), key=lambda one: one.order)
    return (first, *rest[1 - MOST_STATES :])


def matched(known: Sequence[State], found: Sequence[State], *, corrected: bool = True) -> list[int | None]:
    """Which of the known each one is, by index; each is one at most.

    The same number and day; the same day, where one of them has no number (tables name the day only), rather with the same
    content; with ``corrected`` the same number of another day, where it is one of a kind on both sides.
    """
    # Lines of a table come one by one: only what can match is looked at.
    wanted_days, wanted_numbers = {one.on for one in found}, {one.number for one in found} - {None}
    likely = [at for at, one in enumerate(known) if one.on in wanted_days or one.number in wanted_numbers]
    exact, days = _by(known, likely, _exact), _by(known, likely, lambda one: one.on)
    numbers, own = _by(known, likely, _number), _by(found, range(len(found)), _number)
    taken: set[int] = set()
    result: list[int | None] = [None] * len(found)

    def settle(candidates: Callable[[State], Iterable[int]]) -> None:
        for at, state in enumerate(found):
            if result[at] is None:
                free = [index for index in candidates(state) if index not in taken]
                if free:
                    result[at] = free[-1]
                    taken.add(free[-1])

    def of_day(state: State) -> list[int]:
        return [index for index in days.get(state.on, ()) if None in (known[index].number, state.number)]

    def renumbered(state: State) -> Iterable[int]:
        alike = numbers.get(state.number, ())
        return alike if state.number is not None and len(alike) == len(own[state.number]) == 1 else ()

    settle(lambda state: exact.get(_exact(state), ()))
    settle(lambda state: [index for index in of_day(state) if known[index].content == state.content])
    settle(of_day)
    if corrected:
        settle(renumbered)
    return result


def _exact(state: State) -> tuple[date, int | None, bool]:
    """A modification of the notification's day is not the notification."""
    return (state.on, state.number, state.number is None and state.modifies)


def _number(state: State) -> int | None:
    return state.number


def _by(states: Sequence[State], indices: Iterable[int], key: Callable[[State], K]) -> dict[K, list[int]]:
    found: dict[K, list[int]] = {}
    for index in indices:
        found.setdefault(key(states[index]), []).append(index)
    return found


def _both(one: State, other: State) -> State:
    """Of one day. Holders of a group have a line each; where amounts differ the larger one is the group's. A modification that
    was published anew is what it was published as last."""
    if one.published_on and other.published_on and one.published_on != other.published_on:
        return max(one, other, key=lambda state: state.published_on or date.min)
    holders = {holder.key: holder for holder in (*other.holders, *one.holders)}
    largest = {
        name: max((value for value in (getattr(one, name), getattr(other, name)) if value is not None), default=None)
        for name in ("number", "amount", "months", "published_on", "words")
    }
    group = tuple(holders[key] for key in sorted(holders))[:MOST_HOLDERS]
    return State(on=one.on, holders=group, modifies=one.modifies or other.modifies, **largest)


def is_stale(known: State, found: State) -> bool:
    """Whether this was published before what is known."""
    return known.published_on is not None and found.published_on is not None and found.published_on < known.published_on


def replaced(before: State, after: State) -> State:
    """What is newly said replaces, what is no longer said stays; unless the modification itself was published anew, or is told by
    a record for the first time after tables."""
    number = after.number if after.number is not None else before.number
    modifies = before.modifies or after.modifies
    anew = before.published_on and after.published_on and after.published_on > before.published_on
    if anew or (after.modifies and not before.modifies):
        return after.model_copy(update={"number": number, "modifies": modifies})
    said = {
        name: value
        for name in ("amount", "months", "published_on", "words")
        if (value := getattr(after, name)) is not None
    }
    if after.holders and {one.key for one in after.holders} != {one.key for one in before.holders}:
        said["holders"] = after.holders
    return before.model_copy(update={"on": after.on, "number": number, "modifies": modifies, **said})


def held_after(states: Sequence[State]) -> list[State]:
    """What holds after each: what it says, with what earlier ones said and it does not."""
    found = [states[0]]
    for state in states[1:]:
        before = found[-1]
        said = {name: value for name in ("amount", "months") if (value := getattr(state, name)) is not None}
        holders = state.holders or before.holders
        found.append(before.model_copy(update={"on": state.on, "number": state.number, "holders": holders, **said}))
    return found


def each_told(states: Sequence[State]) -> list[State]:
    """The notification, and what each modification changes of what held before."""
    return [states[0], *(told(state, before) for state, before in zip(states[1:], held_after(states), strict=False))]


def told(state: State, before: State) -> State:
    """What a modification changes of what held before. A record names what it changes, a line of a table repeats everything."""
    if state.modifies:
        return state
    same: dict[str, Any] = {
        name: None for name in ("amount", "months") if getattr(state, name) == getattr(before, name)
    }
    if {one.key for one in state.holders} == {one.key for one in before.holders}:
        same["holders"] = ()
    return state.model_copy(update=same)


def last_day_after(start: date, months: int) -> date:
    """The last of so many months that begin on a day: 12 from 2025-01-01 end on 2025-12-31."""
    index = start.year * 12 + start.month - 1 + months
    year, month = divmod(index, 12)
    if year > 2100:
        return date(2100, 12, 31)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1])) - timedelta(days=1)
