"""Plays a plan through the commands of the clauses service on a real MongoDB: each figure comes out of ledger entries."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count

from deploy.published.balances import Balance, Part, Worked, plan
from services.clauses.commands import contracts, employments, hours, participants, persons
from services.clauses.context import Context
from services.clauses.domain.amounts import last_day
from services.clauses.domain.eligibility import EligibilityGiven, EvidenceSeen
from services.clauses.domain.employment import EmploymentGiven, Supplier, SupplierKind
from services.clauses.domain.ledger import EmploymentKind, HoursAsked
from services.clauses.domain.participant import ParticipantGiven
from services.clauses.domain.person import PersonGiven, Sex
from services.clauses.domain.rules import Rules, RuleSet
from services.clauses.domain.sizing import Manual
from services.clauses.domain.terms import ContractTerms, Placed
from shared.auth import Principal, Role
from shared.contracts.vocabulary import ClauseKind
from shared.reference.publics import EvidenceOf

_SUPPLIERS = {
    ClauseKind.EXECUTION_CONDITION: (EmploymentKind.SUPPLIED, SupplierKind.ETTI, "ETTI du département"),
    ClauseKind.RESERVED_IAE: (EmploymentKind.SUBCONTRACTED, SupplierKind.ACI, "Chantier d'insertion"),
    ClauseKind.RESERVED_DISABILITY: (EmploymentKind.SUBCONTRACTED, SupplierKind.ESAT, "ESAT du département"),
}
_CONTRACTOR = "titulaire"
_AT_ONCE = 4


@dataclass(frozen=True)
class Player:
    """A facilitator of the territory who records a year."""

    context: Context
    balance: Balance
    told: Callable[[], None]

    @property
    def facilitator(self) -> Principal:
        """Whoever writes."""
        territory = frozenset({self.balance.territory})
        return Principal(subject="facilitatrice-1", roles=frozenset({Role.FACILITATOR}), territories=territory)

    async def play(self) -> None:
        """Everything of the year; ``told`` is called after each person."""
        number = count()
        for seed, part in enumerate(self.balance.parts):
            ids = [await self._contract(part, next(number)) for _ in range(part.contracts)]
            waiting = list(plan(part, seed))
            for start in range(0, len(waiting), _AT_ONCE):
                await asyncio.gather(*(self._person(part, ids, one) for one in waiting[start : start + _AT_ONCE]))

    async def _contract(self, part: Part, number: int) -> str:
        year = self.balance.year
        communes = self.context.communes.by_department(self.balance.territory)
        owed = (part.hours / part.contracts * Decimal("1.1")).quantize(Decimal(1))
        made = await contracts.conclude(
            self.context,
            self.balance.territory,
            ContractTerms(
                reference=f"{year}-{number + 1:03}",
                title=f"Marché {number + 1:03} ({part.kind.value.replace('_', ' ')})",
                kind=part.kind,
                starts_on=date(year, 1, 1),
                ends_on=date(year, 12, 31),
                contractor_ids=(_CONTRACTOR,),
            ),
            Manual(rule="manual", hours=owed, reason="Objectif du cahier des charges"),
            None,
            f"Maître d'ouvrage {number % self.balance.authorities + 1:02}",
            RuleSet(
                number=1,
                since=None,
                rules=Rules(employments_required=True),
                reason="Notification",
                by="facilitatrice-1",
                at=self.context.clock.now(),
            ),
            Placed(commune_code=communes[number * 7 % len(communes)].code),
        )
        return made.id

    async def _person(self, part: Part, ids: list[str], worked: Worked) -> None:
        year, who = self.balance.year, self.facilitator
        first, last = min(worked.months), max(worked.months)
        sex = Sex.FEMALE if worked.woman else Sex.MALE
        contract = ids[worked.contract]
        given = PersonGiven(
            participant_id=worked.person, sex=sex, birth_year=year - 20 - len(worked.person) % 7 - 3 * first
        )
        person = await persons.enter(self.context, who, self.balance.territory, given)
        category, paper = (
            ("rsa", EvidenceOf.CAF_STATEMENT)
            if worked.rsa
            else ("long_term_unemployed", EvidenceOf.REGISTRATION_HISTORY)
        )
        seen = EvidenceSeen(kind=paper, dated=date(year - 1, 12, 15))
        decision = EligibilityGiven(categories=(category,), evidence=(seen,), valid_from=date(year, 1, 1))
        await persons.decide(self.context, who, person, decision)
        await participants.assign(self.context, who, contract, ParticipantGiven(participant_id=worked.person))
        kind, supplier, name = _SUPPLIERS[part.kind]
        job, _ = await employments.begin(
            self.context,
            who,
            contract,
            EmploymentGiven(
                participant_id=worked.person,
                contractor_id=_CONTRACTOR,
                kind=kind,
                employer=name,
                supplier=Supplier(kind=supplier, name=name),
                starts_on=date(year, first, 1),
                ends_on=last_day(f"{year}-{last:02}"),
            ),
        )
        for month, amount in worked.months.items():
            asked = HoursAsked(
                participant_id=worked.person,
                employment_id=job.id,
                month=f"{year}-{month:02}",
                hours=amount,
                contractor_id=_CONTRACTOR,
            )
            declared = await hours.declare(self.context, who, contract, asked)
            await hours.validate(self.context, who, declared.id)
        self.told()


def year_is_over(balance: Balance) -> datetime:
    """The morning on which the balance is drawn."""
    return datetime(balance.year + 1, 1, 20, 8, tzinfo=UTC)
