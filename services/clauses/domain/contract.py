"""Contracts (and grants) with a social clause: what they owe, and the running fold of what was done."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, Field

from services.clauses.domain.amounts import ZERO, first_day, last_day, month_of
from services.clauses.domain.errors import (
    ContractNotRunning,
    ContractRefused,
    DatesLeaveHoursOut,
    HoursRefused,
    refused,
    refused_field,
)
from services.clauses.domain.ledger import LedgerEntry
from services.clauses.domain.sizing import Sizing, hours_owed
from shared.contracts.events.clauses import ContractState
from shared.contracts.vocabulary import ClauseKind
from shared.domain import Aggregate, Entity
from shared.errors import FieldError
from shared.types import CivilDate, Euros, Hours, Identifier, Line, Name, Prose

CREATED, UPDATED = "contract-created.v1", "contract-updated.v1"
LONGEST_YEARS = 30
"""Concessions and partnership contracts run this long; more is a mistyped year."""

LotCode = Annotated[str, Line(30)]


class ContractStatus(StrEnum):
    """Whether the last day has passed."""

    RUNNING = "running"
    ENDED = "ended"


class Lot(Entity):
    """A part of a contract with contractors of its own; ``id`` is its number in the contract."""

    id: LotCode
    title: Annotated[str, Line(300, blank=True)] = ""
    contractor_ids: tuple[Identifier, ...] = Field(default=(), max_length=50)
    objective_hours: Hours | None = None


class Parameters(Entity):
    """What differs from contract to contract."""

    monthly_limit_hours: Hours = Field(
        default=Decimal("220.00"), gt=0, le=744, description="A person's hours in a month, all contracts together"
    )
    fte_hours: Hours = Field(
        default=Decimal("1607.00"), ge=1, le=10_000, description="Hours of a full-time year; IAE: 1820, 1505, 1600"
    )


class ContractTerms(Entity):
    """What the facilitator says of a contract."""

    reference: Annotated[str | None, Line(100)] = Field(default=None, description="Number at the contracting authority")
    title: Annotated[str, Name(300, min_length=3)]
    kind: ClauseKind
    starts_on: CivilDate = Field(description="Notification")
    ends_on: CivilDate
    amount: Euros | None = Field(default=None, description="Euros without tax")
    contractor_ids: tuple[Identifier, ...] = Field(
        default=(), max_length=50, description="Organisations that declare hours, as their users' tokens name them"
    )
    lots: tuple[Lot, ...] = Field(default=(), max_length=200)
    parameters: Parameters = Parameters()
    derogation_reason: Annotated[str | None, Prose(1_000)] = Field(
        default=None, description="Above the EU thresholds, why there is no social condition"
    )


class Objective(Entity):
    """Hours owed, and how they were computed."""

    hours: Hours
    sizing: Sizing


class Contract(Aggregate):
    """A contract or grant with a clause. The two totals are folds of its ledger entries, kept in step with them."""

    terms: ContractTerms
    objective: Objective
    authority_id: str
    authority_name: str
    status: ContractStatus
    declared_hours: Decimal = ZERO
    validated_hours: Decimal = ZERO

    @classmethod
    def conclude(
        cls,
        id: str,
        territory: str,
        terms: ContractTerms,
        sizing: Sizing,
        authority: tuple[str, str],
        today: date,
        now: datetime,
    ) -> "Contract":
        """A new contract; ``authority`` is (id, name).

        Raises:
            ContractRefused, SizingRefused: naming the fields.
        """
        objective = Objective(hours=hours_owed(sizing), sizing=sizing)
        check_terms(terms, objective.hours)
        contract = cls(
            id=id,
            territory=territory,
            created_at=now,
            updated_at=now,
            terms=terms,
            objective=objective,
            authority_id=authority[0],
            authority_name=authority[1],
            status=status_on(terms, today),
        )
        contract.record(CREATED, now)
        return contract

    @property
    def contractors(self) -> frozenset[str]:
        """Organisations that may declare hours on the contract or one of its lots."""
        return frozenset(self.terms.contractor_ids).union(*(lot.contractor_ids for lot in self.terms.lots))

    def event_data(self, event_type: str) -> BaseModel:
        if event_type not in (CREATED, UPDATED):
            return super().event_data(event_type)
        return ContractState(
            contract_id=self.id,
            territory=self.territory,
            kind=self.terms.kind,
            title=self.terms.title,
            contracting_authority_id=self.authority_id,
            contracting_authority_name=self.authority_name,
            objective_hours=self.objective.hours,
            declared_hours=self.declared_hours,
            validated_hours=self.validated_hours,
            starts_on=self.terms.starts_on,
            ends_on=self.terms.ends_on,
            status=self.status.value,
        )

    def revise(
        self, terms: ContractTerms, sizing: Sizing, months: tuple[str, str] | None, today: date, now: datetime
    ) -> bool:
        """New terms and objective; ``months`` are the first and last with hours. False when nothing is different.

        Raises:
            ContractRefused, SizingRefused: naming the fields.
            DatesLeaveHoursOut: hours were declared outside of the new dates.
        """
        objective = Objective(hours=hours_owed(sizing), sizing=sizing)
        check_terms(terms, objective.hours)
        if (terms, objective) == (self.terms, self.objective):
            return False
        if months and (months[0] < month_of(terms.starts_on) or months[1] > month_of(terms.ends_on)):
            raise DatesLeaveHoursOut(
                f"Des heures sont déclarées de {months[0]} à {months[1]} : le contrat doit couvrir ces mois.",
                first_month=months[0],
                last_month=months[1],
                allowed=[],
            )
        self.terms, self.objective = terms, objective
        self.status = status_on(terms, today)
        self.record(UPDATED, now)
        return True

    def end(self, today: date, now: datetime) -> bool:
        """Note that the last day has passed; False when it has not or was noted."""
        if self.status is ContractStatus.ENDED or status_on(self.terms, today) is ContractStatus.RUNNING:
            return False
        self.status = ContractStatus.ENDED
        self.record(UPDATED, now)
        return True

    def apply(self, entries: Sequence[LedgerEntry], now: datetime) -> None:
        """Fold new ledger entries into the totals and tell of the progress."""
        self.declared_hours = sum((entry.declared_delta for entry in entries), self.declared_hours)
        self.validated_hours = sum((entry.validated_delta for entry in entries), self.validated_hours)
        self.record(UPDATED, now)

    def check_month(self, month: str, today: date) -> None:
        """Hours are of a month that has begun and that the contract covers at least in part.

        Raises:
            HoursRefused: the month is in the future.
            ContractNotRunning: the contract did not run then.
        """
        if first_day(month) > today:
            raise refused_field(HoursRefused, "month", "in-the-future", "Ce mois n'a pas commencé.")
        if last_day(month) < self.terms.starts_on or first_day(month) > self.terms.ends_on:
            raise refused_field(
                ContractNotRunning,
                "month",
                "contract-not-running",
                f"Le contrat court du {self.terms.starts_on} au {self.terms.ends_on}.",
                starts_on=self.terms.starts_on.isoformat(),
                ends_on=self.terms.ends_on.isoformat(),
            )

    def check_lot(self, lot_id: str | None) -> None:
        """Raises HoursRefused for a lot that the contract does not have."""
        known = [lot.id for lot in self.terms.lots]
        if lot_id is not None and lot_id not in known:
            raise refused_field(HoursRefused, "lot_id", "unknown-lot", "Ce lot n'existe pas.", lots=known)


def status_on(terms: ContractTerms, today: date) -> ContractStatus:
    """Running until the end of the last day."""
    return ContractStatus.ENDED if terms.ends_on < today else ContractStatus.RUNNING


def check_terms(terms: ContractTerms, objective: Decimal) -> None:
    """Raises ContractRefused naming every field that contradicts another."""
    errors = []
    if terms.ends_on < terms.starts_on:
        errors.append(FieldError("ends_on", "before-start", "La fin précède le début."))
    elif terms.ends_on.year - terms.starts_on.year > LONGEST_YEARS:
        errors.append(FieldError("ends_on", "too-long", f"Un contrat dure {LONGEST_YEARS} ans au plus."))
    errors += _repeated("contractor_ids", terms.contractor_ids)
    errors += _repeated("lots", (lot.id for lot in terms.lots), ".id")
    for index, lot in enumerate(terms.lots):
        errors += _repeated(f"lots.{index}.contractor_ids", lot.contractor_ids)
    parts = sum((lot.objective_hours or ZERO for lot in terms.lots), ZERO)
    if parts > objective:
        message = f"Les lots doivent {parts} h ensemble, le contrat {objective} h."
        errors.append(FieldError("lots", "above-objective", message))
    if errors:
        raise refused(ContractRefused, errors)


def _repeated(field: str, values: Iterable[str], suffix: str = "") -> list[FieldError]:
    seen: set[str] = set()
    errors = []
    for index, value in enumerate(values):
        if value in seen:
            errors.append(FieldError(f"{field}.{index}{suffix}", "duplicate", f"«{value}» est donné deux fois."))
        seen.add(value)
    return errors
