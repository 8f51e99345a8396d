"""What is said of a contract with a social clause: its terms, lots and parameters, and the objective that follows."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from services.clauses.domain.amounts import ZERO, CommuneCode, in_hours
from services.clauses.domain.errors import ContractRefused
from services.clauses.domain.sizing import Sizing
from shared.contracts.vocabulary import ClauseKind
from shared.domain import Entity, Value
from shared.errors import FieldError, refused
from shared.types import CivilDate, Euros, Hours, Identifier, Line, Name, Prose

LONGEST_YEARS = 30
"""Concessions and partnership contracts run this long; more is a mistyped year."""

LotCode = Annotated[str, Line(30)]


class Lot(Entity):
    """A part of a contract with contractors of its own; ``id`` is its number in the contract."""

    id: LotCode
    title: Annotated[str, Line(300, blank=True)] = ""
    contractor_ids: tuple[Identifier, ...] = Field(default=(), max_length=50)
    objective_hours: Hours | None = None


class Parameters(Value):
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
        message = f"Les lots doivent {in_hours(parts)} ensemble, le marché {in_hours(objective)}."
        errors.append(FieldError("lots", "above-objective", message))
    if errors:
        raise refused(ContractRefused, errors)


def _repeated(field: str, values: Iterable[str], suffix: str = "") -> list[FieldError]:
    seen: set[str] = set()
    errors = []
    for index, value in enumerate(values):
        if value in seen:
            errors.append(FieldError(f"{field}.{index}{suffix}", "duplicate", "Cette valeur est donnée deux fois."))
        seen.add(value)
    return errors


class Placed(Entity):
    """Whose desk follows a contract, and where its work is done."""

    carrier: Annotated[str | None, Line(200)] = Field(
        default=None, description="Structure whose facilitators follow it: several share a département"
    )
    commune_code: CommuneCode | None = Field(
        default=None, description="INSEE code of the site: its employment area and EPCI follow from it"
    )
