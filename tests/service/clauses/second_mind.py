"""The rules of the ledger written a second time, from what they say and not from how the service does it: who is refused, what
counts, what is owed, late, elapsed and forecast. Slow and plain on purpose; nothing of the service is asked.
"""

import calendar
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

ZERO = Decimal("0.00")


def days_of(month: str) -> list[date]:
    year, number = int(month[:4]), int(month[5:])
    return [date(year, number, day) for day in range(1, calendar.monthrange(year, number)[1] + 1)]


def month_of(day: date) -> str:
    return f"{day:%Y-%m}"


def later(day: date, months: int) -> date:
    """The same day so many months later, or that month's last."""
    year, number = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, number + 1, min(day.day, calendar.monthrange(year, number + 1)[1]))


def cents(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


@dataclass
class Decision:
    person: str
    valid_from: date
    valid_until: date | None
    decided_on: date
    withdrawn: bool = False
    id: str = ""


@dataclass
class Job:
    """A recorded employment."""

    id: str
    person: str
    contract: "Contract"
    contractor: str
    kind: str
    employer: str
    starts: date
    ends: date | None

    def days(self, month: str) -> list[date]:
        return [day for day in days_of(month) if self.starts <= day and (self.ends is None or day <= self.ends)]


@dataclass(eq=False)
class Contract:
    id: str
    kind: str
    authority: str
    starts: date
    ends: date
    objective: Decimal
    contractors: list[str]
    cdi_months: int = 48
    rules: list[tuple[str, str, int, bool]] = field(default_factory=list)
    """Versions: month since which, how eligibility is asked, months that it holds, whether hours are pooled."""
    limit: Decimal = Decimal("220.00")
    jobs_required: bool = False
    terminated: date | None = None
    rests: list[tuple[date, date | None]] = field(default_factory=list)
    assigned: dict[str, str | None] = field(default_factory=dict)
    transfers: list[tuple[date, list[str], list[str]]] = field(default_factory=list)
    """Day, who held it and who holds it, in the order in which they were recorded."""

    def rules_in(self, month: str) -> tuple[str, int, bool]:
        """Of the version that was added last of those that had begun."""
        return [(how, months, pools) for since, how, months, pools in self.rules if since <= month][-1]

    @property
    def last_day(self) -> date:
        return min(self.ends, self.terminated or self.ends)

    def runs(self, day: date) -> bool:
        return self.starts <= day <= self.last_day

    def holders(self, day: date) -> list[str]:
        """Who holds it on a day, as the amendment says that was recorded last of those in effect."""
        held = self.transfers[0][1] if self.transfers else self.contractors
        for since, _, after in self.transfers:
            if since <= day:
                held = after
        return held

    def rests_on(self, day: date) -> bool:
        return any(since <= day and (until is None or day <= until) for since, until in self.rests)


@dataclass(eq=False)
class Said:
    """A declaration."""

    id: str
    contract: Contract
    contractor: str
    person: str
    job: Job | None
    kind: str
    employer: str
    month: str
    hours: Decimal
    lot: str | None = None
    state: str = "declared"
    checked: bool = False

    @property
    def counts(self) -> bool:
        return self.state in ("declared", "validated")

    def same(self, other: "Said") -> bool:
        """Whether both are of one employment and month on one contract: known by its number, or by what it is called."""
        if (self.contract, self.lot, self.person, self.month) != (other.contract, other.lot, other.person, other.month):
            return False
        if self.job is not None and other.job is not None:
            return self.job is other.job
        return (self.kind, self.employer) == (other.kind, other.employer)


@dataclass
class Ledger:
    """All that was said."""

    contracts: list[Contract] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)

    def counting(self) -> list[Said]:
        return [one for one in self.said if one.counts]

    def first_hired(self, person: str) -> date | None:
        """On a clause: with the employment, where the contract ran already, or the first month with hours."""
        days = [max(job.starts, job.contract.starts) for job in self.jobs if job.person == person]
        days += [days_of(one.month)[0] for one in self.counting() if one.person == person]
        return min(days, default=None)

    def why_not(self, one: Said, today: date) -> set[str]:
        """Codes of everything that stands against a declaration."""
        why: set[str] = set()
        contract, days = one.contract, days_of(one.month)
        if days[0] > today:
            why.add("hours-refused")
        running = [day for day in days if contract.runs(day)]
        if not running:
            why.add("contract-not-running")
        elif all(contract.rests_on(day) for day in running):
            why.add("contract-suspended")
        if one.job is None and contract.jobs_required:
            why.add("hours-refused")
        if one.job is not None:
            covered = one.job.days(one.month)
            if not covered or one.hours > 24 * len(covered):
                why.add("employment-not-covering")
        how, _, pools = contract.rules_in(one.month)
        asked = how != "unchecked" or one.person in contract.assigned
        if asked and contract.assigned.get(one.person, "nobody") not in (None, one.contractor):
            why.add("participant-not-assigned")
        if how != "unchecked" and not self.eligible(one):
            why.add("not-eligible")
        if any(other.same(one) and other.contractor == one.contractor for other in self.counting()):
            why.add("declared-already")
        for other in self.counting():
            theirs = one.job is not None and other.job is one.job and other.month == one.month
            if theirs and other.contract is not contract and not (pools and other.contract.rules_in(one.month)[2]):
                why.add("counted-elsewhere")
        own = [
            x for x in self.counting() if (x.person, x.month, x.contractor) == (one.person, one.month, one.contractor)
        ]
        if sum((x.hours for x in own), one.hours) > contract.limit:
            why.add("monthly-limit-exceeded")
        return why

    def why_not_valid(self, one: Said) -> set[str]:
        """Codes of everything that stands against a validation."""
        why: set[str] = set()
        if one.state != "declared":
            return {"transition-refused"}
        if one.person in one.contract.assigned and one.contract.assigned[one.person] not in (None, one.contractor):
            why.add("participant-not-assigned")
        sure = [other for other in self.said if other.state == "validated"]
        if any(other.same(one) and other.contractor != one.contractor for other in sure):
            why.add("declared-already")
        if one.checked and not self.eligible(one):
            why.add("not-eligible")
        month = [other.hours for other in sure if (other.person, other.month) == (one.person, one.month)]
        if sum(month, one.hours) > one.contract.limit:
            why.add("monthly-limit-exceeded")
        return why

    def eligible(self, one: Said) -> bool:
        """Whether a decision that stands holds on a day of the month, as long as the contract says; before the hire where it asks
        so.
        """
        contract = one.contract
        how, months, _ = contract.rules_in(one.month)
        if one.job is not None:
            hired = max(one.job.starts, contract.starts)
        else:
            others = [
                x.month
                for x in self.counting()
                if (x.contract, x.person, x.kind, x.employer) == (contract, one.person, one.kind, one.employer)
                and x.job is None
            ]
            hired = days_of(min([one.month, *others]))[0]
        first = min(hired, self.first_hired(one.person) or hired)
        held, now = [], []
        for decision in self.decisions:
            if decision.person != one.person or decision.withdrawn:
                continue
            last = decision.valid_until
            if last is None:
                begins = first
                if later(first, months) <= decision.valid_from:
                    begins = decision.valid_from
                last = later(begins, months) - timedelta(days=1)
                if one.kind == "cdi" and hired <= last:
                    last = later(begins, contract.cdi_months) - timedelta(days=1)
            if any(decision.valid_from <= day <= last for day in days_of(one.month)):
                now.append(decision)
            if decision.valid_from <= hired <= last:
                held.append(decision)
        if how == "before_hire" and not any(x.decided_on <= hired for x in (*held, *now)):
            return False
        return bool(now)

    def late(self, contract: Contract, today: date) -> dict[date, set[tuple[str, str]]]:
        """(employment, month) without hours, by the last day of the period in which the month ends."""
        ends = {contract.last_day}
        for year in range(contract.starts.year, contract.last_day.year + 1):
            ends |= {date(year, 3, 31), date(year, 6, 30), date(year, 9, 30), date(year, 12, 31)}
        spans = sorted(day for day in ends if contract.starts <= day <= contract.last_day)
        found: dict[date, set[tuple[str, str]]] = {day: set() for day in spans}
        for job in self.jobs:
            if job.contract is not contract:
                continue
            done = {one.month for one in self.counting() if one.contract is contract and self._of(one, job)}
            day = contract.starts
            months = set()
            while day <= contract.last_day:
                months.add(month_of(day))
                day += timedelta(days=1)
            for month in months - done:
                worked = [day for day in job.days(month) if contract.runs(day)]
                if not worked or days_of(month)[-1] >= today or all(contract.rests_on(day) for day in worked):
                    continue
                if not any(job.contractor in contract.holders(day) for day in worked):
                    continue
                at = min(days_of(month)[-1], contract.last_day)
                found[next(span for span in spans if at <= span)].add((job.id, month))
        return found

    def _of(self, one: Said, job: Job) -> bool:
        return one.job is job or (
            one.job is None
            and (one.person, one.contractor, one.kind, one.employer)
            == (job.person, job.contractor, job.kind, job.employer)
        )

    def stands(self, contract: Contract, today: date) -> dict[str, Decimal | int | None]:
        """Progress."""
        own = [one for one in self.counting() if one.contract is contract]
        declared, validated = sums(own)
        run = [contract.starts + timedelta(days=n) for n in range((contract.last_day - contract.starts).days + 1)]
        # Of a suspension that lasts, the days to come may well be worked.
        open_ends = [(since, until or today) for since, until in contract.rests]
        counted = [day for day in run if not any(since <= day <= until for since, until in open_ends)]
        begun, days = sum(day <= today for day in counted), len(counted)
        if not days:
            begun, days = 1, 1
        forecast = cents(declared * days / begun) if begun else None
        return {
            "objective_hours": contract.objective,
            "declared_hours": declared,
            "validated_hours": validated,
            "remaining_hours": max(ZERO, contract.objective - validated),
            "expected_hours": cents(contract.objective * begun / days),
            "forecast_hours": forecast,
            "forecast_shortfall_hours": None if forecast is None else max(ZERO, contract.objective - forecast),
            "full_time_equivalents": cents(validated / 1607),
            "participants": len({one.person for one in own if one.hours}),
        }

    def expected(self, contract: Contract, today: date, first: str | None, last: str | None) -> Decimal:
        """The part of the objective that falls on the days of a period that have begun."""
        run = [contract.starts + timedelta(days=n) for n in range((contract.last_day - contract.starts).days + 1)]
        open_ends = [(since, until or today) for since, until in contract.rests]
        counted = [day for day in run if not any(since <= day <= until for since, until in open_ends)]
        if not counted:
            return contract.objective
        inside = [
            day
            for day in counted
            if day <= today and (first is None or month_of(day) >= first) and (last is None or month_of(day) <= last)
        ]
        return cents(contract.objective * len(inside) / len(counted))


def sums(declarations: list[Said]) -> tuple[Decimal, Decimal]:
    """Declared and validated hours."""
    validated = sum((one.hours for one in declarations if one.state == "validated"), ZERO)
    return sum((one.hours for one in declarations), ZERO), validated
