"""A published modification of a contract that was concluded here: it waits for a facilitator, who records it as an amendment
or sets it aside. What was published is kept as it was decided about; a correction of it is another one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from services.clauses.domain.draft import Draft, DraftStatus
from services.clauses.domain.errors import AmendmentDraftClosed
from services.clauses.domain.published import State, each_told, held_after, matched
from shared.domain import Aggregate
from shared.ids import derived_id
from shared.kept_enum import StoredEnum
from shared.types import Prose


class AmendmentDraftStatus(StoredEnum):
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
    rectifies: bool = False
    """The notification itself was published anew with another amount or duration: no modification says so."""
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
        what = "Rectification de la notification" if self.rectifies else f"Modification{number}"
        return f"{what} du {self.modification.on:%d/%m/%Y}, d'après les données publiées (DECP)"


def proposed(draft: Draft, known: Sequence[AmendmentDraft], now: datetime) -> list[AmendmentDraft]:
    """What a published contract's modifications add to the amendments that were proposed of it: new ones, and those that changed.

    Each is proposed once. One that the facilitator saw when they concluded the contract is none; one whose content was corrected
    is proposed anew, and an open one is replaced by its correction.
    """
    if draft.status is not DraftStatus.CONCLUDED or draft.contract_id is None:
        return []
    last, held = _last_of_each(known), held_after(draft.states)
    rectified = next((one for one in last if one.rectifies), None)
    last = [one for one in last if not one.rectifies]
    notification, *states = each_told(draft.states)
    concluded = each_told(draft.concluded_with or draft.states[:1])
    seen = matched(concluded, [notification, *states])[1:]
    which = matched([one.modification for one in last], states)
    changed: list[AmendmentDraft] = []
    made = _Making(draft, draft.contract_id, len(known), now)
    if (anew := _rectification(concluded[0], notification, rectified)) is not None:
        changed += made.after(rectified, anew, concluded[0], rectifies=True)
    for before, state, index, was_seen in zip(held, states, which, seen, strict=False):
        latest = None if index is None else last[index]
        if latest is not None or was_seen is None or not _is_as_seen(concluded[was_seen], state, was_seen):
            changed += made.after(latest, state, before)
    return changed


@dataclass
class _Making:
    """Makes the proposals of one published contract; ``count``: how many there are."""

    draft: Draft
    contract_id: str
    count: int
    now: datetime

    def after(
        self, latest: AmendmentDraft | None, state: State, before: State, *, rectifies: bool = False
    ) -> list[AmendmentDraft]:
        """What changes when a publication says ``state``; ``latest``: what was proposed of it before."""
        changed = []
        if latest is not None and latest.modification.content == state.content:
            waits = latest.status is AmendmentDraftStatus.OPEN
            return [latest] if waits and latest.see(state, before, self.now) else []
        if latest is not None and latest.status is AmendmentDraftStatus.OPEN:
            latest.replace(self.now)
            changed.append(latest)
        self.count += 1
        made = AmendmentDraft(
            id=derived_id("amendment-draft", self.draft.id, str(self.count)),
            territory=self.draft.territory,
            created_at=self.now,
            updated_at=self.now,
            draft_id=self.draft.id,
            contract_id=self.contract_id,
            modification=state,
            before=before,
            rectifies=rectifies,
            corrects=None if latest is None else latest.id,
        )
        made.touch(self.now)
        return [*changed, made]


def _rectification(seen: State, found: State, latest: AmendmentDraft | None) -> State | None:
    """Amount and duration of the notification where they are others than those that it was concluded with. Holders are none of
    it: a file with some lines of a group names some of them."""
    if found.on != seen.on:
        return None
    said = {name: value for name in ("amount", "months") if (value := getattr(found, name)) is not None}
    before = None if latest is None else latest.modification
    told = {
        name: value
        for name, value in said.items()
        if value != getattr(seen, name) or (before is not None and getattr(before, name) is not None)
    }
    return State(on=found.on, modifies=True, **told) if told else None


def _is_as_seen(seen: State, state: State, index: int) -> bool:
    """The notification that turned out to be a modification was concluded with as well."""
    return index == 0 or seen.content == state.content


def _last_of_each(known: Sequence[AmendmentDraft]) -> list[AmendmentDraft]:
    corrected = {one.corrects for one in known}
    return [one for one in known if one.id not in corrected]
