"""What happens to a contract after its conclusion: amendments, suspensions, termination. Each is kept as it was recorded."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Any

from pydantic import Field

from services.clauses.domain.amounts import month_of, months_worked
from services.clauses.domain.errors import DatesLeaveHoursOut, LotsLeaveHoursOut
from services.clauses.domain.ledger import Author
from services.clauses.domain.sizing import Sizing
from services.clauses.domain.terms import ContractTerms, Objective
from shared.domain import Entity
from shared.types import CivilDate, Euros, Hours, Identifier, Prose


class AmendmentGiven(Entity):
    """An avenant as it is recorded: at least one thing changes."""

    effective_on: CivilDate
    reason: Annotated[str, Prose(500, min_length=3)]
    objective: Sizing | None = None
    ends_on: CivilDate | None = None
    amount: Euros | None = Field(default=None, description="Euros without tax, after the amendment")
    contractor_ids: Annotated[tuple[Identifier, ...], Field(max_length=50)] | None = Field(
        default=None, description="Who holds the contract after the amendment; those of lots stay"
    )

    @property
    def changed_terms(self) -> dict[str, Any]:
        """What it says of the terms."""
        names = ("ends_on", "amount", "contractor_ids")
        return {name: value for name in names if (value := getattr(self, name)) is not None}


class Amendment(Entity):
    """An avenant: what it changed of the objective, the dates, the amount and the contractors, and from when."""

    number: int
    effective_on: CivilDate
    reason: Annotated[str, Prose(500, min_length=3)]
    objective_before: Hours
    objective_after: Hours
    ends_before: CivilDate
    ends_after: CivilDate
    amount_before: Euros | None = None
    amount_after: Euros | None = Field(default=None, description="Null: no amount, or recorded before this was kept")
    contractors_before: tuple[Identifier, ...] | None = None
    contractors_after: tuple[Identifier, ...] | None = Field(
        default=None, description="Null: recorded before this was kept"
    )
    publication: str | None = Field(default=None, description="The draft amendment that it was made of")
    by: str
    at: datetime

    @classmethod
    def of(
        cls,
        number: int,
        given: AmendmentGiven,
        before: tuple[ContractTerms, Objective],
        after: tuple[ContractTerms, Objective],
        author: Author,
        publication: str | None,
    ) -> "Amendment":
        """What is kept of one."""
        (terms, objective), (new_terms, new_objective) = before, after
        return cls(
            number=number,
            effective_on=given.effective_on,
            reason=given.reason,
            objective_before=objective.hours,
            objective_after=new_objective.hours,
            ends_before=terms.ends_on,
            ends_after=new_terms.ends_on,
            amount_before=terms.amount,
            amount_after=new_terms.amount,
            contractors_before=terms.contractor_ids,
            contractors_after=new_terms.contractor_ids,
            publication=publication,
            by=author.user_id,
            at=author.at,
        )


class Suspension(Entity):
    """Days on which the contract rests (ordre de service). No hours are owed or declared of months wholly within it."""

    since: CivilDate
    until: CivilDate | None = Field(default=None, description="Last day; null while it lasts")
    reason: Annotated[str, Prose(500, min_length=3)]
    by: str


class Termination(Entity):
    """The contract ended before its day (résiliation)."""

    on: CivilDate
    reason: Annotated[str, Prose(500, min_length=3)]
    by: str


def rest_throughout(suspensions: Sequence[Suspension], first: date, last: date) -> bool:
    """Whether each day from one to another lies in a suspension, or in several that follow each other."""
    for one in suspensions:
        until = one.until or date.max
        if one.since <= first <= until:
            if until >= last:
                return True
            first = until + timedelta(days=1)
    return False


def check_lots_stay(terms: ContractTerms, lots: Collection[str]) -> None:
    """Raises LotsLeaveHoursOut: hours that count were declared on one of ``lots`` that the contract would not have any more."""
    gone = sorted(set(lots) - {lot.id for lot in terms.lots})
    if gone:
        raise LotsLeaveHoursOut(
            f"Des heures sont déclarées sur un lot que le marché n'aurait plus ({', '.join(gone)}) : gardez-le, ou corrigez-les "
            "d'abord.",
            lots=gone,
            allowed=[],
        )


def check_covers(terms: ContractTerms, months: tuple[str, ...] | None) -> None:
    """Raises DatesLeaveHoursOut: hours were declared of months outside of the dates."""
    if months and (months[0] < month_of(terms.starts_on) or months[-1] > month_of(terms.ends_on)):
        raise DatesLeaveHoursOut(
            f"Des heures sont déclarées {months_worked(months)} : le contrat doit couvrir ces mois.",
            first_month=months[0],
            last_month=months[-1],
            allowed=[],
        )
