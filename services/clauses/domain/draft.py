"""A contract as a buyer published it (DECP), waiting for what the publication never says: its clause and its hours.

It is no contract yet: no report counts it, no event tells of it. A facilitator concludes it with a kind and an objective, or
sets it aside. Publications come again and again, with modifications; each is one state of a day, so that the same file twice
is the file once.
"""

from calendar import monthrange
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, Field

from services.clauses.domain.amounts import CommuneCode
from services.clauses.domain.errors import DraftClosed
from shared.contact_points import names_contact
from shared.contracts.vocabulary import ClauseKind
from shared.domain import Aggregate, Entity
from shared.ids import derived_id
from shared.types import CivilDate, Euros, Line, Prose

Siret = Annotated[str, Field(pattern=r"^[0-9]{14}$")]
MOST_HOLDERS = 100
MOST_STATES = 200


class Social(StrEnum):
    """What the publication says of social considerations (DECP v2, ``considerationsSociales``)."""

    CLAUSE = "clause"
    CRITERION = "criterion"
    RESERVED = "reserved"
    NONE = "none"


SUGGESTED = {Social.CLAUSE: ClauseKind.EXECUTION_CONDITION, Social.CRITERION: ClauseKind.AWARD_CRITERION}
"""A reserved contract may be reserved for three kinds of structure: nobody can tell which."""


class DraftStatus(StrEnum):
    """Whether anybody has decided about it."""

    OPEN = "open"
    CONCLUDED = "concluded"
    DISMISSED = "dismissed"


class Holder(Entity):
    """Who holds the contract, as published; ``siret`` where the publication has a right one."""

    siret: Siret | None = None
    name: Annotated[str, Line(200, blank=True)] = ""


class State(Entity):
    """The contract as of a day: its notification, then each modification. What a modification does not name stays."""

    on: CivilDate
    number: Annotated[int | None, Field(ge=1, le=1_000_000)] = None
    amount: Euros | None = Field(default=None, description="Euros without tax")
    months: Annotated[int | None, Field(ge=1, le=360)] = None
    holders: Annotated[tuple[Holder, ...], Field(max_length=MOST_HOLDERS)] = ()


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


class Published(Facts, Entity):
    """What one or several lines of a file say of a contract."""

    territory: str
    states: Annotated[tuple[State, ...], Field(min_length=1, max_length=MOST_STATES)]

    @property
    def key(self) -> str:
        """Its identity: buyer's SIRET and the number that the buyer gave it, within a territory."""
        return derived_id("contract-draft", self.territory, self.buyer_siret, self.number)


_FACTS = ("buyer_name", "title", "cpv", "procedure", "commune_code")


def joined(one: Published, other: Published) -> Published:
    """Two lines of one file about the same contract: other holders, or a modification. Which comes first does not matter
    for what both say, the first names the rest."""
    facts = {name: getattr(one, name) if getattr(one, name) is not None else getattr(other, name) for name in _FACTS}
    social = tuple(sorted({*one.social, *other.social}))
    return one.model_copy(update={**facts, "social": social, "states": _together(one.states, other.states)})


def _together(some: tuple[State, ...], others: tuple[State, ...]) -> tuple[State, ...]:
    found = {state.on: state for state in some}
    for state in others:
        known = found.get(state.on)
        found[state.on] = state if known is None else _both(known, state)
    return tuple(found[day] for day in sorted(found))[:MOST_STATES]


def _both(one: State, other: State) -> State:
    """Of one day. Holders of a group have a line each; where amounts differ the larger one is the group's."""
    holders = {(holder.siret or holder.name): holder for holder in (*other.holders, *one.holders)}
    largest = {
        name: max((value for value in (getattr(one, name), getattr(other, name)) if value is not None), default=None)
        for name in ("number", "amount", "months")
    }
    return State(on=one.on, holders=tuple(holders[key] for key in sorted(holders))[:MOST_HOLDERS], **largest)


class Change(StrEnum):
    """What a publication changed."""

    CREATED = "created"
    AMENDED = "amended"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


class Draft(Facts, Aggregate):
    """A published contract of a territory."""

    states: tuple[State, ...]
    status: DraftStatus = DraftStatus.OPEN
    contract_id: str | None = None
    reason: Annotated[str | None, Prose(500)] = None
    decided_by: str | None = None

    @classmethod
    def of(cls, published: Published, now: datetime) -> "Draft":
        """A new one."""
        facts = {name: getattr(published, name) for name in (*_FACTS, "buyer_siret", "number", "social", "states")}
        draft = cls(id=published.key, territory=published.territory, created_at=now, updated_at=now, **facts)
        draft.touch(now)
        return draft

    def take(self, published: Published, now: datetime) -> Change:
        """Another publication of it: what is newly said replaces, what is no longer said stays."""
        known = {state.on: state for state in self.states}
        later = any(state.on not in known and state.on > self.states[0].on for state in published.states)
        for state in published.states:
            before = known.get(state.on)
            known[state.on] = state if before is None else _replaced(before, state)
        facts = {name: value for name in _FACTS if (value := getattr(published, name)) is not None}
        if published.social:
            facts["social"] = published.social
        facts["states"] = tuple(known[day] for day in sorted(known))[:MOST_STATES]
        if all(getattr(self, name) == value for name, value in facts.items()):
            return Change.UNCHANGED
        for name, value in facts.items():
            setattr(self, name, value)
        self.touch(now)
        return Change.AMENDED if later else Change.UPDATED

    def conclude(self, contract_id: str, by: str, now: datetime) -> None:
        """A facilitator made a contract of it.

        Raises:
            DraftClosed: somebody did, or set it aside.
        """
        self.check_open()
        self.status, self.contract_id, self.decided_by = DraftStatus.CONCLUDED, contract_id, by
        self.touch(now)

    def dismiss(self, reason: str, by: str, now: datetime) -> None:
        """It owes no hours, and is not asked about again.

        Raises:
            DraftClosed: as above.
        """
        self.check_open()
        self.status, self.reason, self.decided_by = DraftStatus.DISMISSED, reason, by
        self.touch(now)

    def check_open(self) -> None:
        """Raises DraftClosed when it was decided about."""
        if self.status is not DraftStatus.OPEN:
            message = "Ce marché publié a déjà été repris." if self.contract_id else "Ce marché publié a été écarté."
            raise DraftClosed(message, state=self.status.value, contract_id=self.contract_id, allowed=[])

    @property
    def shown_title(self) -> str:
        """What it is about. Tables have no object; one with a link or a number to call is no name of a contract."""
        by_number = f"Marché {self.number}" + (f" (CPV {self.cpv})" if self.cpv else "")
        fitting = (text for text in (self.title, by_number) if text and len(text) >= 3 and not names_contact(text))
        return next(fitting, "Marché publié")

    @property
    def buyer(self) -> str | None:
        """The buyer's name where it can be an authority's."""
        name = self.buyer_name
        return None if name is None or len(name) < 2 or names_contact(name) else name

    @property
    def starts_on(self) -> date:
        """Notification."""
        return self.states[0].on

    @property
    def latest(self) -> State:
        """What holds now: the last state, with what earlier ones said and it does not."""
        found = self.states[0]
        for state in self.states[1:]:
            found = _replaced(found, state)
        return found

    @property
    def ends_on(self) -> date | None:
        """Its last day by its months; None where no publication names them."""
        months = self.latest.months
        return None if months is None else last_day_after(self.starts_on, months)

    @property
    def suggested_kind(self) -> ClauseKind | None:
        """The clause that the publication speaks of, where it can be only one."""
        told = [one for one in self.social if one is not Social.NONE]
        return SUGGESTED.get(told[0]) if len(told) == 1 else None


def _replaced(before: State, after: State) -> State:
    said = {name: value for name in ("number", "amount", "months") if (value := getattr(after, name)) is not None}
    return before.model_copy(update={"on": after.on, **said, **({"holders": after.holders} if after.holders else {})})


def last_day_after(start: date, months: int) -> date:
    """The last of so many months that begin on a day: 12 from 2025-01-01 end on 2025-12-31."""
    index = start.year * 12 + start.month - 1 + months
    year, month = divmod(index, 12)
    if year > 2100:
        return date(2100, 12, 31)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1])) - timedelta(days=1)
