"""The ledger's checks on hours that somebody declares, one after the other, with what is known of them."""

from dataclasses import dataclass, field
from typing import cast

from services.clauses.access import Actor, contractor_of
from services.clauses.commands.employed import mark_employments
from services.clauses.commands.totals import put_hours
from services.clauses.context import Context
from services.clauses.domain.amounts import first_day
from services.clauses.domain.contract import Contract
from services.clauses.domain.eligibility import Eligibility, EligibilityRule, Hired, check_eligible
from services.clauses.domain.employment import EmploymentRecord
from services.clauses.domain.errors import CountedElsewhere, DeclaredAlready, HoursRefused
from services.clauses.domain.holders import check_holder
from services.clauses.domain.ledger import (
    Declaration,
    Employment,
    HoursAsked,
    HoursGiven,
    LedgerEntry,
    slot_of,
)
from services.clauses.domain.participant import assigned_to, check_assigned
from services.clauses.domain.person_month import Declarer, PersonMonth, person_month_id
from services.clauses.domain.reference import is_profile
from services.clauses.domain.rules import Rules
from services.clauses.queries.known import Known, unnumbered_key
from shared.errors import refused_field
from shared.store import Work


@dataclass
class Declaring:
    """Hours that one actor declares on one contract; what they leaned on is in ``commit`` required to be unchanged."""

    context: Context
    contract: Contract
    actor: Actor
    known: Known
    declarations: list[Declaration] = field(default_factory=list)
    entries: list[LedgerEntry] = field(default_factory=list)
    persons: dict[str, PersonMonth] = field(default_factory=dict)
    leaned_on: dict[tuple[str, str], int] = field(default_factory=dict)

    def declare(self, asked: HoursAsked) -> Declaration:
        """Check and count one declaration. What is refused leaves nothing behind.

        Raises:
            Forbidden, HoursRefused, ContractNotRunning, ContractSuspended, EmploymentNotCovering, ParticipantNotAssigned,
            NotEligible, CountedElsewhere, MonthlyLimitExceeded, DeclaredAlready: the ledger's checks.
        """
        contract, now = self.contract, self.context.clock.now()
        contractor = contractor_of(contract, self.actor, asked.contractor_id, asked.lot_id)
        contract.check_lot(asked.lot_id)
        contract.check_month(asked.month, self.context.today(contract.territory))
        check_holder(contract, contractor, asked.month)
        rules = contract.rules_of(asked.month)
        record = self._recorded(contractor, asked, rules)
        if record is not None:
            record.check_hours(asked.month, asked.hours)
        given = asked.of(_employment(asked, record), contractor)
        if given.participant_id in self.known.erased and not is_profile(given.participant_id):
            message = "Cette référence n'est plus utilisée : demandez-en une autre au facilitateur."
            raise refused_field(HoursRefused, "participant_id", "reference-closed", message)
        for index, paper in enumerate(given.evidence):
            paper.check_dated(f"evidence.{index}.dated", self.context.today(contract.territory))
        assigned = self.known.assigned.get(given.participant_id)
        checked = rules.eligibility is not EligibilityRule.UNCHECKED
        if not checked and not self.actor.is_staff and not is_profile(given.participant_id):
            # Where anybody's reference is taken, whom the desk linked for another contractor is one as any.
            assigned = assigned if assigned_to(assigned, contractor) else None
        # Before it is said what is declared: of whom is another contractor's, nothing is.
        check_assigned(given.participant_id, assigned, contractor, always=checked)
        slot = self._free_slot(given)
        decision = eligible(self.known, given, record) if checked else None
        self._check_once(given)
        person = self.known.months[person_month_id(given.participant_id, given.month)]
        limit = contract.terms.parameters.monthly_limit_hours
        beside = self.actor.declaring_for(contractor, given.participant_id)
        person.take(given.hours, limit, now, Declarer(contractor, contract.territory), beside)
        author = self.actor.author(now)
        made = Declaration.declare(self.context.new_id(), (contract.id, contract.territory), given, author, slot=slot)
        made.eligibility_id = None if decision is None else decision.id
        self.declarations.append(made)
        self.entries.append(made.declared_entry(self.context.new_id(), author))
        self.persons[person.id] = person
        self.known.holders[slot] = made
        # Released, withdrawn, changed or erased meanwhile: the checks say so when they run again.
        for collection, one in (("participants", assigned), ("eligibilities", decision), ("employments", record)):
            if one is not None:
                self.leaned_on[collection, one.id] = one.version
        return made

    async def work(self) -> Work:
        """Everything that was declared, to be committed at once."""
        work = Work(self.context.new_id)
        self.contract.apply(self.entries, self.context.clock.now())
        store = self.context.store
        await put_hours(store, work, self.contract, self.declarations, self.entries, list(self.persons.values()))
        for (collection, id), version in self.leaned_on.items():
            work.touch(collection, id, version)
        mark_employments(work, [id for collection, id in self.leaned_on if collection == "employments"])
        return work

    def _recorded(self, contractor: str | None, asked: HoursAsked, rules: Rules) -> EmploymentRecord | None:
        """The recorded employment that the hours are of; None where one is named that is not, and the contract allows that."""
        if asked.employment_id is None:
            record = self._named(contractor, asked)
            if record is None and rules.employments_required:
                message = "Ce marché demande un emploi enregistré : déclarez l'embauche d'abord."
                raise refused_field(HoursRefused, "employment_id", "required", message)
            return record
        record = self.known.employments.get(asked.employment_id)
        whose = (asked.participant_id, contractor, self.contract.territory)
        theirs = record is not None and (record.participant_id, record.contractor_id, record.territory) == whose
        here = record is not None and (record.contract_id == self.contract.id or rules.pools_hours)
        if record is None or not theirs or not here:
            message = "Cet emploi n'est pas celui de cette personne sur ce marché."
            raise refused_field(HoursRefused, "employment_id", "unknown-employment", message)
        record.check_month(asked.month)
        return record

    def _named(self, contractor: str | None, asked: HoursAsked) -> EmploymentRecord | None:
        """The recorded employment that somebody names by kind and employer: so named and by its number it counts once.

        Raises:
            HoursRefused: several are named so in that month.
        """
        if asked.employment is None or asked.employment.id is not None:
            return None
        alike = self.known.recorded.get((asked.participant_id, unnumbered_key(asked.employment)), ())
        found = [one for one in alike if one.contractor_id == contractor and one.covers(asked.month)]
        if len(found) > 1:
            message = "Plusieurs emplois enregistrés portent ce nom ce mois-là : dites lequel par son numéro."
            raise refused_field(HoursRefused, "employment_id", "several-employments", message)
        return found[0] if found else None

    def _free_slot(self, given: HoursGiven) -> str:
        """Where the hours are counted. That another contractor declared the same is not theirs to know, neither one by one nor by
        the sheet: theirs stand beside it, and the validation takes one of the two.

        Raises:
            DeclaredAlready: by somebody of whom the caller knows.
        """
        unnumbered = given.model_copy(update={"employment": given.employment.model_copy(update={"id": None})})
        ways = (given, unnumbered) if given.employment.id in self.known.numbers else (given,)
        slots = [slot_of(self.contract.id, one, whose) for one in ways for whose in (None, given.contractor_id)]
        held = [holder for one in slots if (holder := self.known.holders.get(one)) is not None]
        for holder in held:
            if self.actor.is_staff or holder.contractor_id in self.actor.contractors:
                message = "Les heures de cet emploi sont déjà déclarées pour ce mois : corrigez-les."
                raise DeclaredAlready(message, hours_id=holder.id)
        own, beside = slots[0], slot_of(self.contract.id, given, given.contractor_id)
        return beside if own in self.known.holders else own

    def _check_once(self, given: HoursGiven) -> None:
        """Raises CountedElsewhere: the same declarer declared this employment's month on another contract.

        An employment is known again by its id. One that is only named may well be two: a person works on two sites of the
        same employer in a month, and only the legal month bounds their sum.
        """
        whose = (given.participant_id, given.contractor_id, self.contract.territory)
        for other in self.known.elsewhere.get((given.employment.id or "", given.month), ()):
            its = self.known.others.get(other.contract_id)
            pooled = its is not None and its.rules_of(given.month).pools_hours
            if (other.participant_id, other.contractor_id, other.territory) != whose:
                continue
            if not (pooled and self.contract.rules_of(given.month).pools_hours):
                message = "Les heures de cet emploi sont déclarées ce mois sur un autre marché, sans mutualisation."
                raise refused_field(CountedElsewhere, "employment", "counted-elsewhere", message, hours_id=other.id)


def eligible(known: Known, given: HoursGiven, record: EmploymentRecord | None) -> Eligibility | None:
    """The decision that covers the hours, as the contract's rules of that month ask for it.

    Raises:
        NotEligible: see ``check_eligible``.
    """
    rules = known.contract.rules_of(given.month)
    if record is not None:
        hired_on = max(record.terms.starts_on, known.contract.terms.starts_on)
    else:
        month = known.first_months.get((given.participant_id, given.employment.key), given.month)
        hired_on = first_day(min(month, given.month))
    first = min(known.first_hired.get(given.participant_id, hired_on), hired_on)
    hired = Hired(first_hired_on=first, kind=given.employment.kind, hired_on=hired_on)
    decisions = known.decisions.get(given.participant_id, [])
    return check_eligible(decisions, given.month, rules.eligibility, rules.validity, hired)


def _employment(asked: HoursAsked, record: EmploymentRecord | None) -> Employment:
    if (asked.employment_id is None) == (asked.employment is None):
        message = "Donnez l'emploi, soit par son numéro, soit par sa nature et son employeur."
        raise refused_field(HoursRefused, "employment", "required", message)
    return record.named if record is not None else cast(Employment, asked.employment)
