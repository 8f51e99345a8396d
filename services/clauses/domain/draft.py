"""A contract as a buyer published it (DECP), waiting for what the publication never says: its clause and its hours.

It is no contract yet: no report counts it, no event tells of it. A facilitator concludes it with a kind and an objective, or
sets it aside. Publications come again and again, with modifications; each is one state of a day, so that the same file twice
is the file once.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from services.clauses.domain.errors import DraftClosed
from services.clauses.domain.published import (
    FACTS,
    Facts,
    Published,
    Social,
    State,
    each_told,
    held_after,
    is_stale,
    last_day_after,
    matched,
    ordered,
    replaced,
    told,
)
from shared.contact_points import names_contact
from shared.contracts.vocabulary import ClauseKind
from shared.domain import Aggregate
from shared.kept_enum import StoredEnum
from shared.types import Prose

MOST_CORRECTED = 200

SUGGESTED = {Social.CLAUSE: ClauseKind.EXECUTION_CONDITION, Social.CRITERION: ClauseKind.AWARD_CRITERION}
"""A reserved contract may be reserved for three kinds of structure: nobody can tell which."""


class DraftStatus(StoredEnum):
    """Whether anybody has decided about it."""

    OPEN = "open"
    CONCLUDED = "concluded"
    DISMISSED = "dismissed"


class Change(StrEnum):
    """What a publication changed."""

    CREATED = "created"
    AMENDED = "amended"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


class Draft(Facts, Aggregate):
    """A published contract of a territory."""

    states: tuple[State, ...]
    corrected: tuple[State, ...] = ()
    """Modifications as they stood before a publication corrected them: an older file that comes late corrects nothing back."""
    concluded_with: tuple[State, ...] = ()
    """The states that the facilitator saw when they concluded it; what came since is proposed as amendments."""
    status: DraftStatus = DraftStatus.OPEN
    contract_id: str | None = None
    reason: Annotated[str | None, Prose(500)] = None
    decided_by: str | None = None

    @classmethod
    def of(cls, published: Published, now: datetime) -> "Draft":
        """A new one."""
        facts = {name: getattr(published, name) for name in (*FACTS, "buyer_siret", "number", "social", "states")}
        draft = cls(id=published.key, territory=published.territory, created_at=now, updated_at=now, **facts)
        draft.touch(now)
        return draft

    def take(self, published: Published, now: datetime) -> Change:
        """Another publication of it: what is newly said replaces, what is no longer said stays, what was published earlier than
        what is known changes nothing."""
        known, corrected, later = list(self.states), list(self.corrected), False
        held, before_told = held_after(self.states), each_told(self.states)
        former = {one.content for one in corrected}
        for state, index in zip(published.states, matched(self.states, published.states), strict=True):
            if index is None:
                known.append(state)
                later = later or state.number is not None or state.modifies or state.on > self.states[0].on
            elif is_stale(before := known[index], state):
                continue
            elif not index:
                known[index] = replaced(before, state)
            else:
                after = replaced(before, told(state, held[index - 1]))
                now_told = told(after, held[index - 1])
                if now_told.content != before_told[index].content:
                    if now_told.content in former and before.published_on == after.published_on:
                        continue
                    corrected.append(before_told[index])
                known[index] = after
        facts = {name: value for name in FACTS if (value := getattr(published, name)) is not None}
        if published.social:
            facts["social"] = published.social
        facts["states"], facts["corrected"] = ordered(known), tuple(corrected[-MOST_CORRECTED:])
        if all(getattr(self, name) == value for name, value in facts.items()):
            return Change.UNCHANGED
        for name, value in facts.items():
            setattr(self, name, value)
        self.touch(now)
        return Change.AMENDED if later else Change.UPDATED

    def conclude(self, contract_id: str, seen: tuple[State, ...], by: str, now: datetime) -> None:
        """A facilitator made a contract of it, by the states that they had ``seen``.

        Raises:
            DraftClosed: somebody did, or set it aside.
        """
        self.check_open()
        self.status, self.contract_id, self.decided_by = DraftStatus.CONCLUDED, contract_id, by
        self.concluded_with = seen
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
        return held_after(self.states)[-1]

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
