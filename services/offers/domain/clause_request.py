"""An offer that a clauses desk wishes for: a draft that waits until a facilitator or manager completes and confirms it.

The offer that is made of it is reserved to the clause's public and has the request's id, so that saying yes twice makes one
offer and a hire on it is known at the desk.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field

from services.offers.domain.content import OfferInput, PlaceInput
from services.offers.domain.errors import OfferIncomplete
from shared import civil
from shared.contracts.events.base import OccupationCode
from shared.contracts.events.clauses import OfferRequestState
from shared.contracts.vocabulary import ContractKind, ReservedPublic
from shared.domain import Aggregate, Entity
from shared.errors import refused_field, transition_refused
from shared.kept_enum import StoredEnum
from shared.types import CivilDate, Identifier, Name, Prose

LONGEST_TITLE = 200


class RequestStatus(StoredEnum):
    """What became of the wish."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    """The desk wishes for it no longer."""


class Confirmation(Entity):
    """What whoever confirms says of the job; absent: as the desk's wish has it."""

    company_id: Identifier | None = Field(
        default=None, description="Employer; absent: the contract's only contractor that is an employer here"
    )
    title: Annotated[str | None, Name(LONGEST_TITLE, min_length=3)] = None
    description: Annotated[str | None, Prose(10_000)] = None
    occupation_code: OccupationCode | None = None
    commune_code: Annotated[str | None, Field(max_length=5)] = Field(default=None, description="INSEE code")
    contract_kind: ContractKind = ContractKind.CDD
    duration_months: float | None = Field(default=None, ge=0, le=120)
    weekly_hours: float | None = Field(default=None, ge=0, le=60)
    positions_total: int | None = Field(default=None, ge=1, le=1000)
    starts_on: CivilDate | None = None
    apply_by: CivilDate | None = None


class ClauseRequest(Aggregate):
    """The wish as it was heard last, and what was decided here. ``heard`` is the sequence of the event that it stands at."""

    heard: int
    contract_id: str
    contract_title: str
    positions: int
    missing_hours: Decimal
    ends_on: date
    commune_code: str | None = None
    contractor_ids: tuple[str, ...] = ()
    status: RequestStatus = RequestStatus.OPEN
    decided_by: str | None = None
    decided_at: datetime | None = None
    reason: str | None = None

    @classmethod
    def of(cls, state: OfferRequestState, sequence: int, now: datetime) -> Self:
        """Heard for the first time."""
        made = cls(
            id=state.request_id,
            territory=state.territory,
            created_at=now,
            updated_at=now,
            heard=-1,
            **{name: getattr(state, name) for name in _TAKEN},
        )
        made.hear(state, sequence, now)
        return made

    def hear(self, state: OfferRequestState, sequence: int, now: datetime) -> bool:
        """A newer state of the wish; what was decided here stays. False for one that is no news."""
        if sequence <= self.heard:
            return False
        for name in _TAKEN:
            setattr(self, name, getattr(state, name))
        self.heard = sequence
        if self.status is RequestStatus.OPEN and not state.wanted:
            self.status = RequestStatus.WITHDRAWN
        elif self.status is RequestStatus.WITHDRAWN and state.wanted:
            self.status = RequestStatus.OPEN
        self.touch(now)
        return True

    def confirm(self, by: str, now: datetime) -> None:
        """Somebody says yes.

        Raises:
            TransitionRefused: it was declined, or is wished for no longer.
        """
        self._check("confirm", RequestStatus.CONFIRMED, by, now)

    def decline(self, by: str, reason: str, now: datetime) -> None:
        """Somebody says no.

        Raises:
            TransitionRefused: it was decided on, or is wished for no longer.
        """
        self._check("decline", RequestStatus.DECLINED, by, now)
        self.reason = reason

    def _check(self, asked: str, to: RequestStatus, by: str, now: datetime) -> None:
        if self.status is not RequestStatus.OPEN:
            raise transition_refused("cette demande", self.status, asked, ())
        self.status, self.decided_by, self.decided_at = to, by, now
        self.touch(now)

    def offer(self, given: Confirmation) -> OfferInput:
        """The offer that is made of it.

        Raises:
            OfferIncomplete: nobody said where the work is.
        """
        commune = given.commune_code or self.commune_code
        if commune is None:
            message = "Le marché n'a pas de commune : dites où est le poste."
            raise refused_field(OfferIncomplete, "commune_code", "required", message)
        until = civil.day_in_words(self.ends_on)
        description = f"Heures d'insertion du marché « {self.contract_title} », jusqu'au {until}."
        own = ("occupation_code", "contract_kind", "duration_months", "weekly_hours", "starts_on", "apply_by")
        return OfferInput(
            title=given.title or f"Emploi d'insertion : {self.contract_title}"[:LONGEST_TITLE],
            description=given.description or description,
            positions_total=given.positions_total or self.positions,
            reserved_publics=(ReservedPublic.CLAUSE,),
            place=PlaceInput(commune_code=commune),
            **{name: getattr(given, name) for name in own},
        )


_TAKEN = ("contract_id", "contract_title", "positions", "missing_hours", "ends_on", "commune_code", "contractor_ids")
