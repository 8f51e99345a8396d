"""Contracts (and grants) with a social clause: what they owe, and the running fold of what was done."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from services.clauses.domain.amounts import ZERO, first_day, last_day, month_of, months_worked
from services.clauses.domain.course import (
    Amendment,
    AmendmentGiven,
    Suspension,
    Termination,
    check_covers,
    rest_throughout,
)
from services.clauses.domain.errors import (
    ContractNotRunning,
    ContractRefused,
    ContractSuspended,
    ContractTerminated,
    DatesLeaveHoursOut,
    HoursRefused,
)
from services.clauses.domain.ledger import Author, LedgerEntry
from services.clauses.domain.rules import Rules, RuleSet, next_version, rules_in
from services.clauses.domain.sizing import Sizing, hours_owed
from services.clauses.domain.terms import ContractTerms, Objective, check_terms
from shared import civil
from shared.contracts.events.clauses import ContractState
from shared.domain import Aggregate
from shared.errors import refused_field
from shared.kept_enum import StoredEnum

CREATED, UPDATED = "contract-created.v1", "contract-updated.v1"


class ContractStatus(StoredEnum):
    """Whether the last day has passed."""

    RUNNING = "running"
    ENDED = "ended"


class Contract(Aggregate):
    """A contract or grant with a clause. The two totals are folds of its ledger entries, kept in step with them."""

    terms: ContractTerms
    objective: Objective
    authority_id: str
    authority_name: str
    status: ContractStatus
    declared_hours: Decimal = ZERO
    validated_hours: Decimal = ZERO
    carrier: str | None = None
    commune_code: str | None = None
    folded: int | None = None
    """The version up to which the totals by month and by person are in step; another one's are folded anew."""
    rule_sets: tuple[RuleSet, ...] = ()
    followed_by: tuple[str, ...] | None = None
    """Facilitators who are told of it; None until somebody chose: whoever recorded it."""
    amendments: tuple[Amendment, ...] = ()
    suspensions: tuple[Suspension, ...] = ()
    termination: Termination | None = None

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
        rules: RuleSet | None = None,
    ) -> "Contract":
        """A new contract; ``authority`` is (id, name). Without ``rules`` nothing is asked of participants.

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
            status=ContractStatus.RUNNING,
            rule_sets=() if rules is None else (rules,),
        )
        contract.status = contract.status_on(today)
        contract.record(CREATED, now)
        return contract

    def place(self, carrier: str | None, commune_code: str | None, now: datetime) -> bool:
        """Whose desk follows it (several share a département), and where the work is done. False when nothing is different."""
        if (carrier, commune_code) == (self.carrier, self.commune_code):
            return False
        self.carrier, self.commune_code = carrier, commune_code
        self.touch(now)
        return True

    @property
    def followers(self) -> tuple[str, ...]:
        """Accounts of the facilitators who are told of it."""
        recorded = (self.rule_sets[0].by,) if self.rule_sets else ()
        return recorded if self.followed_by is None else self.followed_by

    def follow(self, user_id: str, now: datetime) -> None:
        """A facilitator wants to be told. Nothing happens to who is told already."""
        if user_id not in self.followers:
            self.followed_by = (*self.followers, user_id)
            self.touch(now)

    def unfollow(self, user_id: str, now: datetime) -> None:
        """An account is told no longer."""
        if user_id in self.followers:
            self.followed_by = tuple(one for one in self.followers if one != user_id)
            self.touch(now)

    @property
    def in_step(self) -> bool:
        """Whether the totals by month and person are those of the ledger, as far as this contract was read."""
        return self.folded == self.loaded_version

    @property
    def last_day(self) -> date:
        """The last day on which it runs: that of the terms, or of its termination."""
        return self.terms.ends_on if self.termination is None else min(self.terms.ends_on, self.termination.on)

    def rules_of(self, month: str) -> Rules:
        """The rules that a month is judged by."""
        return rules_in(self.rule_sets, month)

    def change_rules(self, rules: Rules, since: str, reason: str, author: Author) -> None:
        """A new version of the rules, for months from ``since`` on.

        Raises:
            RulesRefused: it would begin before the latest version.
            ContractTerminated: see the name.
        """
        self._check_lives()
        self.rule_sets = next_version(self.rule_sets, since, rules, reason, author.user_id, author.at)
        self.touch(author.at)

    def amend(
        self,
        given: AmendmentGiven,
        months: tuple[str, ...] | None,
        author: Author,
        today: date,
        publication: str | None = None,
    ) -> Amendment:
        """Record an amendment and what it changes. Raising the objective never changes what was done.

        ``publication``: the published modification that it was made of.

        Raises:
            ContractRefused, SizingRefused: naming the fields; nothing would change, or it would take effect outside.
            DatesLeaveHoursOut, ContractTerminated: see the names.
        """
        self._check_lives()
        terms = self.terms.model_copy(update=given.changed_terms)
        sizing = self.objective.sizing if given.objective is None else given.objective
        objective = Objective(hours=hours_owed(sizing), sizing=sizing)
        if (terms, objective) == (self.terms, self.objective):
            raise refused_field(ContractRefused, "objective", "nothing-changes", "Cet avenant ne change rien.")
        check_terms(terms, objective.hours)
        if not terms.starts_on <= given.effective_on <= max(terms.ends_on, self.terms.ends_on):
            message = "Un avenant prend effet pendant le contrat."
            raise refused_field(ContractRefused, "effective_on", "outside-contract", message)
        check_covers(terms, months)
        self._check_worked(months, {"terms": terms})
        before = (self.terms, self.objective)
        made = Amendment.of(len(self.amendments) + 1, given, before, (terms, objective), author, publication)
        self.terms, self.objective = terms, objective
        self.amendments = (*self.amendments, made)
        self.status = self.status_on(today)
        self.record(UPDATED, author.at)
        return made

    def suspend(
        self,
        since: date,
        reason: str,
        author: Author,
        months: tuple[str, ...] | None = None,
        until: date | None = None,
    ) -> None:
        """The contract rests from a day on, until it is resumed or, where that is known, until its last day of rest.

        Raises:
            ContractRefused: it rests already, or a day lies outside of it or within an earlier suspension.
            DatesLeaveHoursOut: hours were declared of a month that would be wholly within it.
            ContractTerminated: see the name.
        """
        self._check_lives()
        last = self.suspensions[-1] if self.suspensions else None
        if last is not None and last.until is None:
            raise refused_field(ContractRefused, "since", "suspended-already", "Ce marché est déjà suspendu.")
        if not self.terms.starts_on <= since <= self.terms.ends_on:
            raise refused_field(
                ContractRefused, "since", "outside-contract", "Une suspension commence pendant le contrat."
            )
        if last is not None and last.until is not None and since <= last.until:
            message = "Ce jour est dans une suspension précédente."
            raise refused_field(ContractRefused, "since", "overlaps", message)
        if until is not None and not since <= until <= self.terms.ends_on:
            message = "Le dernier jour d'une suspension n'en précède pas le premier, et tombe pendant le contrat."
            raise refused_field(ContractRefused, "until", "outside-contract", message)
        made = Suspension(since=since, until=until, reason=reason, by=author.user_id)
        suspensions = (*self.suspensions, made)
        self._check_worked(months, {"suspensions": suspensions})
        self.suspensions = suspensions
        self.record(UPDATED, author.at)

    def resume(self, on: date, author: Author) -> None:
        """It runs again from a day on; the day before is the last of the suspension.

        Raises:
            ContractRefused: it does not rest, or not before that day.
            ContractTerminated: see the name.
        """
        self._check_lives()
        last = self.suspensions[-1] if self.suspensions else None
        if last is None or last.until is not None:
            raise refused_field(ContractRefused, "on", "not-suspended", "Ce marché n'est pas suspendu.")
        if on <= last.since:
            raise refused_field(ContractRefused, "on", "before-start", "La reprise suit le début de la suspension.")
        ended = last.model_copy(update={"until": on - timedelta(days=1)})
        self.suspensions = (*self.suspensions[:-1], ended)
        self.record(UPDATED, author.at)

    def terminate(self, on: date, reason: str, months: tuple[str, ...] | None, author: Author, today: date) -> None:
        """It ends before its day; hours up to then are declared, validated and corrected as before.

        Raises:
            ContractRefused: that day lies outside of it.
            DatesLeaveHoursOut: hours were declared of later months.
            ContractTerminated: see the name.
        """
        self._check_lives()
        if not self.terms.starts_on <= on <= self.terms.ends_on:
            raise refused_field(ContractRefused, "on", "outside-contract", "Une résiliation tombe pendant le contrat.")
        if months and months[-1] > month_of(on):
            raise DatesLeaveHoursOut(
                f"Des heures sont déclarées jusqu'à {civil.month_in_words(months[-1])} : corrigez-les d'abord.",
                first_month=months[0],
                last_month=months[-1],
                allowed=[],
            )
        termination = Termination(on=on, reason=reason, by=author.user_id)
        self._check_worked(months, {"termination": termination})
        self.termination = termination
        self.status = self.status_on(today)
        self.record(UPDATED, author.at)

    def suspended_on(self, day: date) -> bool:
        """Whether it rests on a day."""
        return any(one.since <= day and (one.until is None or day <= one.until) for one in self.suspensions)

    def rests_throughout(self, first: date, last: date) -> bool:
        """Whether it rests on each day from one to another, in one suspension or in several that follow each other."""
        return rest_throughout(self.suspensions, first, last)

    def _check_lives(self) -> None:
        if self.termination is not None:
            message = f"Ce marché est résilié depuis le {self.termination.on:%d/%m/%Y}."
            raise ContractTerminated(message, state="terminated", allowed=[])

    def status_on(self, today: date) -> ContractStatus:
        """Running until the end of its last day."""
        return ContractStatus.ENDED if self.last_day < today else ContractStatus.RUNNING

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
        self, terms: ContractTerms, sizing: Sizing, months: tuple[str, ...] | None, today: date, now: datetime
    ) -> bool:
        """New terms and objective; ``months`` are those with hours, in order. False when nothing is different.

        Raises:
            ContractRefused, SizingRefused: naming the fields.
            DatesLeaveHoursOut: hours were declared outside of the new dates.
            ContractTerminated: see the name.
        """
        self._check_lives()
        objective = Objective(hours=hours_owed(sizing), sizing=sizing)
        check_terms(terms, objective.hours)
        if (terms, objective) == (self.terms, self.objective):
            return False
        check_covers(terms, months)
        self._check_worked(months, {"terms": terms})
        self.terms, self.objective = terms, objective
        self.status = self.status_on(today)
        self.record(UPDATED, now)
        return True

    def end(self, today: date, now: datetime) -> bool:
        """Note that the last day has passed; False when it has not or was noted."""
        if self.status is ContractStatus.ENDED or self.status_on(today) is ContractStatus.RUNNING:
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
            ContractNotRunning, ContractSuspended: the contract did not run then.
        """
        if first_day(month) > today:
            raise refused_field(HoursRefused, "month", "in-the-future", "Ce mois n'a pas commencé.")
        if last_day(month) < self.terms.starts_on or first_day(month) > self.last_day:
            raise refused_field(
                ContractNotRunning,
                "month",
                "contract-not-running",
                f"Le marché court du {self.terms.starts_on:%d/%m/%Y} au {self.last_day:%d/%m/%Y}.",
                starts_on=self.terms.starts_on.isoformat(),
                ends_on=self.last_day.isoformat(),
            )
        if self._rests_in(month):
            first = max(first_day(month), self.terms.starts_on)
            rest = max((one for one in self.suspensions if one.since <= first), key=lambda one: one.since)
            since = f"depuis le {rest.since:%d/%m/%Y}"
            if rest.until is not None:
                since = f"du {rest.since:%d/%m/%Y} au {rest.until:%d/%m/%Y}"
            message = f"Le marché est suspendu {since} : aucune heure n'est due ce mois."
            raise refused_field(ContractSuspended, "month", "contract-suspended", message)

    def _rests_in(self, month: str) -> bool:
        """Whether it rests on all of its days of a month."""
        first, last = max(first_day(month), self.terms.starts_on), min(last_day(month), self.last_day)
        return self.rests_throughout(first, last)

    def _check_worked(self, months: tuple[str, ...] | None, change: dict[str, Any]) -> None:
        """Raises DatesLeaveHoursOut: after the change the contract would rest on every day of months with hours."""
        changed = self.model_copy(update=change)
        resting = [month for month in months or () if changed._rests_in(month) and not self._rests_in(month)]
        if resting:
            raise DatesLeaveHoursOut(
                f"Des heures sont déclarées {months_worked(resting)}, où le marché serait suspendu : corrigez-les d'abord, "
                "ou suspendez-le d'autres jours (dites le dernier, s'il a repris depuis).",
                first_month=resting[0],
                last_month=resting[-1],
                allowed=[],
            )

    def check_lot(self, lot_id: str | None) -> None:
        """Raises HoursRefused for a lot that the contract does not have."""
        known = [lot.id for lot in self.terms.lots]
        if lot_id is not None and lot_id not in known:
            raise refused_field(HoursRefused, "lot_id", "unknown-lot", "Ce lot n'existe pas.", lots=known)
