"""What a desk, a contractor or a buyer is told without asking: pure findings of a day, and what was told of them before.

A finding is made of facts. Each is told once; what is told again holds a fact that was not there the last time, because it is
new or because it went and came back. Facts name months, days and steps; whom they are about is kept beside them, so that an
erasure can take it, and leaves this service never.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_CEILING, Decimal
from typing import NamedTuple, Self

from pydantic import Field

from services.clauses.domain.amounts import ZERO, last_day, month_of
from services.clauses.domain.contract import Contract
from services.clauses.domain.eligibility import Eligibility, EligibilityRule, Hired, last_eligible_day
from services.clauses.domain.employment import EmploymentRecord
from services.clauses.domain.holders import held
from services.clauses.domain.ledger import EmploymentKind
from services.clauses.domain.participant import Participant, was_forgotten
from services.clauses.domain.progress import elapsed
from services.clauses.domain.reporting import Period, periods
from services.clauses.domain.rules import Rules
from shared import civil
from shared.domain import Aggregate, Entity
from shared.kept_enum import StoredEnum

STEP_PERCENT = 10
"""A forecast that has fallen by so many more per cent of the objective is news."""
ENDED_AGO_DAYS = 31
"""An eligibility that ended longer ago is no news: who declares hours is told so by the refusal."""


SOON_DAYS = 7
"""An eligibility that ends within so many days is told once more, and at once: a new decision takes that long."""


LATE_SINCE_DAYS = 366
"""Hours that were due longer ago are for a report: a contract that is entered years later is not told of day by day."""


class AlertKind(StoredEnum):
    """What is told."""

    HOURS_DUE = "hours_due"
    """A day of reporting is near, and hours of its period are not declared (contractor)."""
    HOURS_LATE = "hours_late"
    """That day has passed (contractor and facilitator)."""
    SHORTFALL = "shortfall"
    """At the pace so far the objective will not be reached (facilitator, contractor, buyer)."""
    ELIGIBILITY_ENDING = "eligibility_ending"
    """Participants' eligibility ends before the contract (facilitator)."""
    SILENT = "silent"
    """Participants without hours for the weeks that the contract's rules say (facilitator)."""
    AMENDMENTS = "amendments"
    """Published modifications wait to be recorded as amendments, or set aside (facilitator)."""


class Fact(Entity):
    """One thing that a finding is made of; ``participant_id`` where it is about somebody."""

    what: str
    participant_id: str | None = None

    @property
    def key(self) -> tuple[str, str]:
        """What makes two facts one."""
        return (self.participant_id or "", self.what)


class Known(NamedTuple):
    """What a day's findings of a contract are made of."""

    employments: Sequence[EmploymentRecord]
    declared: AbstractSet[tuple[str, str]]
    """(recorded employment, month) of hours that count."""
    declared_by: AbstractSet[tuple[str | None, str]]
    """(contractor, month) of hours that count."""
    hours: Mapping[str, Decimal]
    """Declared hours by month."""
    participants: Sequence[Participant]
    last_months: Mapping[str, str]
    """Last month with hours on this contract, by participant."""
    decisions: Mapping[str, Sequence[Eligibility]]
    first_hired: Mapping[str, date]
    modifications: Sequence[str] = ()
    """Draft amendments that wait."""


@dataclass(frozen=True)
class Finding:
    """What there is to tell of a kind (and contractor) today; ``says`` fills the text and names nobody."""

    kind: AlertKind
    facts: tuple[Fact, ...]
    contractor_id: str | None = None
    says: Mapping[str, str] = field(default_factory=dict)


class Alert(Aggregate):
    """What was found of a contract, and when it was told last. One for each kind and contractor."""

    contract_id: str
    kind: AlertKind
    contractor_id: str | None = None
    facts: tuple[Fact, ...] = ()
    says: dict[str, str] = Field(default_factory=dict)
    awaited_by: tuple[str, ...] = ()
    """Accounts of facilitators whose next digest tells of it."""
    told_at: datetime | None = None
    over_at: datetime | None = None

    @classmethod
    def begin(cls, contract: Contract, finding: Finding, now: datetime) -> Self:
        """One that nothing was found of before."""
        return cls(
            id=alert_key(contract.id, finding.kind, finding.contractor_id),
            territory=contract.territory,
            created_at=now,
            updated_at=now,
            contract_id=contract.id,
            kind=finding.kind,
            contractor_id=finding.contractor_id,
        )

    def see(self, finding: Finding, now: datetime) -> bool:
        """Take over today's facts; True when one of them is new, which is then told."""
        before, found = {one.key for one in self.facts}, {one.key for one in finding.facts}
        if before == found and self.over_at is None:
            return False
        self.facts, self.says, self.over_at = finding.facts, dict(finding.says), None
        fresh = bool(found - before)
        if fresh:
            self.told_at = now
        self.touch(now)
        return fresh

    def news_in(self, finding: Finding) -> tuple[Fact, ...]:
        """Facts that were not there the last time, before they are taken over."""
        known = {one.key for one in self.facts}
        return tuple(one for one in finding.facts if one.key not in known)

    def wait_for(self, user_ids: Iterable[str]) -> None:
        """Their next digest tells of it; written with the facts that are told."""
        self.awaited_by = tuple(sorted({*self.awaited_by, *user_ids}))

    def told_at_once(self) -> None:
        """All of it was told just now: no digest repeats it."""
        self.awaited_by = ()

    def digested(self, user_id: str, now: datetime) -> None:
        """A digest told them."""
        self.awaited_by = tuple(one for one in self.awaited_by if one != user_id)
        self.touch(now)

    def end(self, now: datetime) -> bool:
        """Nothing is found of it any more; False when that was noted."""
        if self.over_at is not None:
            return False
        self.facts, self.over_at, self.awaited_by = (), now, ()
        self.touch(now)
        return True


def alert_key(contract_id: str, kind: AlertKind, contractor_id: str | None) -> str:
    """One document per contract, kind and contractor."""
    return "|".join((contract_id, kind.value, contractor_id or ""))


def findings(contract: Contract, known: Known, today: date) -> list[Finding]:
    """Everything that there is to tell of a contract on a day."""
    rules = contract.rules_of(month_of(today))
    here = [one for one in known.employments if not was_forgotten(one.participant_id)]
    found = list(_declarations(contract, rules, here, known, today))
    found += _modified(known)
    rests = today <= contract.last_day and contract.suspended_on(today)
    if not rests:
        # Nobody can make up for hours while it rests, and no offer would be one for them.
        found += _shortfall(contract, rules, known, today)
    if today <= contract.last_day and not rests:
        people = [one for one in known.participants if not was_forgotten(one.participant_id)]
        found += _ending(contract, rules, people, here, known, today)
        found += _silent(contract, rules, people, here, known, today)
    return found


def _declarations(
    contract: Contract, rules: Rules, here: Sequence[EmploymentRecord], known: Known, today: date
) -> Iterable[Finding]:
    """What is due soon and what is late, contractor by contractor. The desk answers for hours without a contractor, and for
    what is left to declare of one that the contract was taken from.
    """
    spans = periods(contract, here, known.declared, today)
    left = {one.contractor_id for one in here if one.contractor_id is not None} - contract.contractors
    whose: list[str | None] = [*sorted(contract.contractors), *sorted(left)]
    if not contract.contractors or any(one.contractor_id is None for one in here):
        whose.append(None)
    for contractor in whose:
        near, late = [], []
        begins = contract.terms.starts_on
        for period in spans:
            facts = tuple(_undeclared(contract, period, begins, here, known, contractor))
            begins = period.ends_on + timedelta(days=1)
            if not facts or period.ends_on >= today:
                continue
            if today > period.due_on + timedelta(days=LATE_SINCE_DAYS):
                continue
            if today > period.due_on:
                late += [(period, facts)]
            elif (period.due_on - today).days <= rules.due_notice_days:
                near += [(period, facts)]
        if near:
            period, _ = near[-1]
            told = (Fact(what=f"period:{period.ends_on}"),)
            yield Finding(AlertKind.HOURS_DUE, told, contractor, _by_when(period))
        if late:
            period, _ = late[0]
            missing = tuple(fact for _, facts in late for fact in facts)
            yield Finding(AlertKind.HOURS_LATE, missing, contractor, _by_when(period))


def _undeclared(
    contract: Contract,
    period: Period,
    begins: date,
    here: Sequence[EmploymentRecord],
    known: Known,
    contractor: str | None,
) -> Iterable[Fact]:
    """Months of recorded employments; of a contractor that recorded none, the period where it declared nothing at all."""
    own = [one for one in here if one.contractor_id == contractor]
    if own:
        for one in period.missing:
            if one.contractor_id == contractor:
                yield Fact(what=f"{one.employment_id}|{one.month}")
        return
    months = {month for who, month in known.declared_by if who in (contractor, None)}
    spoken = any(month_of(begins) <= month <= month_of(period.ends_on) for month in months)
    rested = contract.rests_throughout(begins, period.ends_on)
    holds = contractor is None or held(contract, contractor, begins, period.ends_on)
    if not spoken and not rested and holds and contract.objective.hours:
        yield Fact(what=f"period:{period.ends_on}")


def _by_when(period: Period) -> dict[str, str]:
    return {"period_end": period.ends_on.isoformat(), "due_on": period.due_on.isoformat()}


def _shortfall(contract: Contract, rules: Rules, known: Known, today: date) -> Iterable[Finding]:
    """The forecast of the last period whose hours are due: between two of them hours are not yet declared, and every
    contract would seem to fall behind.
    """
    objective = contract.objective.hours
    on = _last_due(contract, today)
    passed = elapsed(contract, on)
    if not passed.begun or not objective or today > contract.last_day + timedelta(days=LATE_SINCE_DAYS):
        return
    declared = sum((hours for month, hours in known.hours.items() if month <= month_of(on)), ZERO)
    missing = objective - passed.whole(declared)
    percent = missing * 100 / objective
    if percent < rules.shortfall_percent or missing <= 0:
        return
    steps = int(percent) // STEP_PERCENT
    facts = tuple(Fact(what=f"below:{step * STEP_PERCENT}") for step in range(steps + 1))
    whole = missing.quantize(Decimal(1), ROUND_CEILING)
    yield Finding(AlertKind.SHORTFALL, facts, says={"missing_hours": str(whole), "as_of": on.isoformat()})


def _last_due(contract: Contract, today: date) -> date:
    """The last day of which hours are due by now; the day before the contract where there is none."""
    due = [one.ends_on for one in periods(contract, (), frozenset(), today) if today > one.due_on]
    return max(due, default=contract.terms.starts_on - timedelta(days=1))


def _modified(known: Known) -> Iterable[Finding]:
    facts = tuple(Fact(what=f"modification:{one}") for one in known.modifications)
    if facts:
        yield Finding(AlertKind.AMENDMENTS, facts, says={"count": str(len(facts))})


def _ending(
    contract: Contract,
    rules: Rules,
    people: Sequence[Participant],
    here: Sequence[EmploymentRecord],
    known: Known,
    today: date,
) -> Iterable[Finding]:
    if rules.eligibility is EligibilityRule.UNCHECKED:
        return
    facts, days = [], []
    until = min(today + timedelta(weeks=rules.ending_weeks), contract.last_day - timedelta(days=1))
    for one in people:
        decisions = [decision for decision in known.decisions.get(one.participant_id, ()) if decision.stands]
        last = _last_day(decisions, rules, one.participant_id, here, known, today)
        if last is not None and today - timedelta(days=ENDED_AGO_DAYS) <= last <= until:
            facts.append(Fact(what=f"until:{last}", participant_id=one.participant_id))
            if last <= today + timedelta(days=SOON_DAYS):
                facts.append(Fact(what=f"soon:{last}", participant_id=one.participant_id))
            days.append(last)
    if facts:
        says = {"count": str(len(days)), "first_day": min(days).isoformat()}
        yield Finding(AlertKind.ELIGIBILITY_ENDING, tuple(facts), says=says)


def _last_day(
    decisions: Sequence[Eligibility],
    rules: Rules,
    participant_id: str,
    here: Sequence[EmploymentRecord],
    known: Known,
    today: date,
) -> date | None:
    """The last day on which hours of somebody count; None while nothing ends, because they were never hired on a clause."""
    running = [one for one in here if one.participant_id == participant_id and _runs(one, today)]
    permanent = any(one.terms.kind is EmploymentKind.CDI for one in running)
    first = known.first_hired.get(participant_id)
    days = []
    for decision in decisions:
        if decision.valid_until is None and first is None:
            return None
        on = first or today
        kind = EmploymentKind.CDI if permanent else EmploymentKind.CDD
        days.append(last_eligible_day(decision, rules.validity, Hired(on, kind, on)))
    return max(days, default=None)


def _silent(
    contract: Contract,
    rules: Rules,
    people: Sequence[Participant],
    here: Sequence[EmploymentRecord],
    known: Known,
    today: date,
) -> Iterable[Finding]:
    """Counted until the day up to which it is known who worked: where hours are declared once in a quarter, everybody would be
    silent in the middle of it.
    """
    facts = []
    due = _last_due(contract, today)
    for one in people:
        own = [record for record in here if record.participant_id == one.participant_id]
        running = [record for record in own if _runs(record, today)]
        if own and not running:
            continue
        month = known.last_months.get(one.participant_id)
        since = [record.terms.starts_on for record in running] or [civil.today(contract.territory, one.created_at)]
        last = min(since) if month is None else max(last_day(month), min(since))
        spoken = [month for who, month in known.declared_by if one.contractor_id in (who, None)]
        until = max((due, *(last_day(month) for month in spoken)))
        if (min(until, today) - last).days >= rules.silent_weeks * 7:
            facts.append(Fact(what=f"since:{last}", participant_id=one.participant_id))
    if facts:
        says = {"count": str(len(facts)), "weeks": str(rules.silent_weeks)}
        yield Finding(AlertKind.SILENT, tuple(facts), says=says)


def _runs(record: EmploymentRecord, today: date) -> bool:
    return record.terms.ends_on is None or record.terms.ends_on >= today
