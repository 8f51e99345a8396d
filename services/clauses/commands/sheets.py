"""A contractor's monthly sheet: all of it or nothing, with a report line by line; the same sheet twice changes nothing."""

import asyncio
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from services.clauses.access import contractor_of, load
from services.clauses.commands.declaring import Declaring
from services.clauses.commands.hours import commit
from services.clauses.commands.participants import forget_if_erased
from services.clauses.context import Context
from services.clauses.domain.amounts import in_hours
from services.clauses.domain.errors import DeclaredAlready, SheetRefused
from services.clauses.domain.ledger import HoursState
from services.clauses.domain.participant import assigned_to
from services.clauses.queries.known import declared_elsewhere, known_of, participants_declared
from services.clauses.sheets.cells import outside_insertion
from services.clauses.sheets.lines import (
    Line,
    columns_unread,
    errors_of,
    holds_hours,
    name_lots,
    read_lines,
    refuse_other_spellings,
)
from shared.auth import Principal, Role
from shared.errors import DomainError, FieldError
from shared.tables import UnreadableSheet, read_sheet

_ELSEWHERE = (
    "Autant d'heures de cette personne sont déclarées ce mois-là sur un autre marché : est-ce la bonne feuille ?"
)
_ON_ANOTHER_LOT = (
    "Autant d'heures de cette personne sont déclarées ce mois-là sur un autre lot du marché, ou sans lot : les mêmes ?"
)
"""No refusal: somebody may work half of a month on each of two sites, under one employer."""


class Outcome(StrEnum):
    """What becomes of a line."""

    DECLARED = "declared"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True)
class LineResult:
    """A line of the report."""

    line: Line
    outcome: Outcome
    hours_id: str | None = None


@dataclass(frozen=True)
class SheetResult:
    """The report. ``applied``: the ledger holds it now."""

    lines: list[LineResult]
    notes: list[str]
    applied: bool

    @property
    def hours(self) -> Decimal:
        """Hours of the lines that are, or would be, declared."""
        declared = [one.line.asked for one in self.lines if one.outcome is Outcome.DECLARED and one.line.asked]
        return sum((asked.hours for asked in declared), Decimal("0.00"))


async def read_and_declare(
    context: Context,
    principal: Principal,
    contract_id: str,
    content: bytes,
    month: str | None,
    contractor_id: str | None,
    *,
    preview: bool,
) -> SheetResult:
    """Declare a sheet, or with ``preview`` say what would come of it. One refused line refuses all.

    Raises:
        ContractUnknown, Forbidden: not a contract on which the caller declares.
        SheetRefused: the file cannot be read.
    """
    contract, actor = await load(context.store, principal, contract_id)
    actor.must_be(Role.FACILITATOR, Role.CONTRACTOR)
    contractor = contractor_of(contract, actor, contractor_id, None)
    try:
        sheet = await asyncio.to_thread(read_sheet, content, holds_hours, passed_over=outside_insertion)
        lines = await asyncio.to_thread(read_lines, sheet, month, contractor)
    except UnreadableSheet as unreadable:
        raise SheetRefused(
            unreadable.message, errors=[FieldError("file", unreadable.rule, unreadable.message)]
        ) from None

    async def once() -> SheetResult:
        contract, actor = await load(context.store, principal, contract_id)
        asked = [line.asked for line in lines if line.asked is not None]
        known = await known_of(context, contract, asked, actor.declares_for(contractor))
        declaring = Declaring(context, contract, actor, known)
        fresh = [replace(line, errors=list(line.errors), notes=list(line.notes)) for line in lines]
        name_lots(fresh, (lot.id for lot in contract.terms.lots))
        spelled = await participants_declared(context.store, contract.id, contractor)
        refuse_other_spellings(
            fresh, {*spelled, *(who for who, one in known.assigned.items() if assigned_to(one, contractor))}
        )
        results = [_declared(declaring, line) for line in fresh]
        elsewhere = await declared_elsewhere(context.store, contract, contractor, asked)
        for line in (one.line for one in results if one.outcome is Outcome.DECLARED):
            if line.asked is not None:
                where = elsewhere.get((line.asked.participant_id, line.asked.month, line.asked.hours), set())
                here = {lot for of, lot in where if of == contract.id}
                line.notes += [_ON_ANOTHER_LOT] if here - {line.asked.lot_id} else []
                line.notes += [_ELSEWHERE] if any(of != contract.id for of, _ in where) else []
        applied = not preview and errors_of(fresh) == 0
        if applied and declaring.declarations:
            await commit(context, await declaring.work())
        return SheetResult(results, [*sheet.notes, *columns_unread(sheet)], applied)

    async with context.turns.of(contract_id):
        result = await context.store.retry_conflicts(once)
    if result.applied:
        people = {one.line.asked.participant_id for one in result.lines if one.line.asked is not None}
        await forget_if_erased(context, contract.territory, *people)
    return result


def _declared(declaring: Declaring, line: Line) -> LineResult:
    if line.asked is None:
        return LineResult(line, Outcome.REFUSED)
    try:
        made = declaring.declare(line.asked)
    except DeclaredAlready as already:
        return _already(declaring, line, already)
    except DomainError as refused:
        line.errors += refused.errors or [FieldError("line", refused.code, refused.detail)]
        return LineResult(line, Outcome.REFUSED)
    return LineResult(line, Outcome.DECLARED, made.id)


def _already(declaring: Declaring, line: Line, already: DeclaredAlready) -> LineResult:
    """The same hours again change nothing; others are a correction, which says why."""
    hours_id = str(already.extra["hours_id"])
    holder = declaring.known.stored.get(hours_id)
    if holder is None:
        message = "Cet emploi et ce mois sont déjà sur une autre ligne de cette feuille."
        line.errors.append(FieldError("line", "twice-in-sheet", message))
        return LineResult(line, Outcome.REFUSED)
    if line.asked is not None and holder.hours == line.asked.hours:
        return LineResult(line, Outcome.UNCHANGED, hours_id)
    seen = "déjà validées" if holder.state is HoursState.VALIDATED else "à valider"
    message = f"Déjà déclaré : {in_hours(holder.hours)} ({seen}). Corrigez cette déclaration, avec un motif."
    line.errors.append(FieldError("hours", "declared-already", message))
    return LineResult(line, Outcome.REFUSED, hours_id)
