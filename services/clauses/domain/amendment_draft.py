"""A published modification of a contract that was concluded here: it waits for a facilitator, who records it as an amendment
or sets it aside. What was published is kept as it was decided about; a correction of it is another one.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from services.clauses.domain.draft import Draft, DraftStatus
from services.clauses.domain.errors import AmendmentDraftClosed
from services.clauses.domain.published import State, each_told, held_after, matched
from shared.domain import Aggregate
from shared.ids import derived_id
from shared.types import Prose


class AmendmentDraftStatus(StrEnum):
    """Whether anybody has decided about it."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DISMISSED = "dismissed"
    REPLACED = "replaced"
    """A later publication corrected it before anybody decided."""


class AmendmentDraft(Aggregate):
    """A modification as published, of a contract of ours."""

    draft_id: str
    contract_id: str
    modification: State
    before: State
    """What held before it by the publications."""
    corrects: str | None = None
    """The one that this is the correction of."""
    status: AmendmentDraftStatus = AmendmentDraftStatus.OPEN
    amendment: int | None = None
    """Number of the contract's amendment that was made of it."""
    reason: Annotated[str | None, Prose(500)] = None
    decided_by: str | None = None
    decided_at: datetime | None = None

    def accept(self, amendment: int, by: str, now: datetime) -> None:
        """It was recorded as an amendment.

        Raises:
            AmendmentDraftClosed: it was decided about, or corrected meanwhile.
        """
        self.check_open()
        self.amendment = amendment
        self._decide(AmendmentDraftStatus.ACCEPTED, by, now)

    def dismiss(self, reason: str, by: str, now: datetime) -> None:
        """It changes nothing of the clause, or is recorded otherwise. Raises AmendmentDraftClosed as above."""
        self.check_open()
        self.reason = reason
        self._decide(AmendmentDraftStatus.DISMISSED, by, now)

    def replace(self, now: datetime) -> None:
        """A later publication corrected it."""
        self.status = AmendmentDraftStatus.REPLACED
        self.touch(now)

    def see(self, modification: State, before: State, now: datetime) -> bool:
        """The same content as it is published by now (numbered, say); False when nothing is different."""
        if (modification, before) == (self.modification, self.before):
            return False
        self.modification, self.before = modification, before
        self.touch(now)
        return True

    def _decide(self, status: AmendmentDraftStatus, by: str, now: datetime) -> None:
        self.status, self.decided_by, self.decided_at = status, by, now
        self.touch(now)

    def check_open(self) -> None:
        """Raises AmendmentDraftClosed when it was decided about or corrected."""
        messages = {
            AmendmentDraftStatus.ACCEPTED: "Cette modification est déjà inscrite comme avenant.",
            AmendmentDraftStatus.DISMISSED: "Cette modification a été écartée.",
            AmendmentDraftStatus.REPLACED: "Une publication a corrigé cette modification : décidez de la nouvelle.",
        }
        if self.status is not AmendmentDraftStatus.OPEN:
            raise AmendmentDraftClosed(
                messages[self.status], state=self.status.value, amendment=self.amendment, allowed=[]
            )

    @property
    def shown_name(self) -> str:
        """What an amendment that is made of it is called where the facilitator gives no reason."""
        number = f" n° {self.modification.number}" if self.modification.number is not None else ""
        return f"Modification{number} du {self.modification.on:%d/%m/%Y}, d'après les données publiées (DECP)"


def proposed(draft: Draft, known: Sequence[AmendmentDraft], now: datetime) -> list[AmendmentDraft]:
    """What a published contract's modifications add to the amendments that were proposed of it: new ones, and those that changed.

    Each is proposed once. One that the facilitator saw when they concluded the contract is none; one whose content was corrected
    is proposed anew, and an open one is replaced by its correction.
    """
    if draft.status is not DraftStatus.CONCLUDED or draft.contract_id is None:
        return []
    last, held = _last_of_each(known), held_after(draft.states)
    notification, *states = each_told(draft.states)
    concluded = each_told(draft.concluded_with or draft.states[:1])
    seen = matched(concluded, [notification, *states])[1:]
    which = matched([one.modification for one in last], states)
    found: list[AmendmentDraft] = []
    count = len(known)
    for before, state, index, was_seen in zip(held, states, which, seen, strict=False):
        latest = None if index is None else last[index]
        if latest is None and was_seen is not None and _is_as_seen(concluded[was_seen], state, was_seen):
            continue
        if latest is not None and latest.modification.content == state.content:
            if latest.status is AmendmentDraftStatus.OPEN and latest.see(state, before, now):
                found.append(latest)
            continue
        if latest is not None and latest.status is AmendmentDraftStatus.OPEN:
            latest.replace(now)
            found.append(latest)
        count += 1
        made = AmendmentDraft(
            id=derived_id("amendment-draft", draft.id, str(count)),
            territory=draft.territory,
            created_at=now,
            updated_at=now,
            draft_id=draft.id,
            contract_id=draft.contract_id,
            modification=state,
            before=before,
            corrects=None if latest is None else latest.id,
        )
        made.touch(now)
        found.append(made)
    return found


def _is_as_seen(seen: State, state: State, index: int) -> bool:
    """The notification that turned out to be a modification was concluded with as well."""
    return index == 0 or seen.content == state.content


def _last_of_each(known: Sequence[AmendmentDraft]) -> list[AmendmentDraft]:
    corrected = {one.corrects for one in known}
    return [one for one in known if one.id not in corrected]
