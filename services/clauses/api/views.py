"""What clauses takes and answers. Hours and euros are decimal strings; numbers are taken as well."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from services.clauses.domain.authority import Authority
from services.clauses.domain.contract import Contract, ContractStatus
from services.clauses.domain.course import Amendment, Suspension, Termination
from services.clauses.domain.ledger import Declaration, Evidence, HoursState
from services.clauses.domain.ledger import Employment as Employed
from services.clauses.domain.progress import Progress
from services.clauses.domain.rules import Rules, RuleSet
from services.clauses.domain.sizing import Sizing
from services.clauses.domain.terms import ContractTerms, Objective, Parameters, Placed
from shared.contracts.events.base import Territory
from shared.domain import Entity, made_of
from shared.http import Version
from shared.masking import shown
from shared.types import Hours, Identifier, Name, Prose

AuthorityName = Annotated[str, Name(200, min_length=2)]
Reason = Annotated[str, Prose(500, min_length=3)]


TAKE_SINGLE_MEMBERS = ("parameters",)
"""Objects of a contract of which a PATCH may send a part; any other field is replaced as a whole."""


class AuthorityCreate(Entity):
    """A new contracting authority. Without ``territory``, the token's only one."""

    name: AuthorityName
    territory: Territory | None = None


class AuthorityView(Entity):
    """A contracting authority; who acts for it is at its ``/users``."""

    id: str
    territory: str
    name: str
    created_at: datetime

    @classmethod
    def of(cls, authority: Authority) -> "AuthorityView":
        return cls(id=authority.id, territory=authority.territory, name=authority.name, created_at=authority.created_at)


class ContractCreate(ContractTerms, Placed):
    """A new contract or grant. The authority by id, or by name (it is made when the territory has none)."""

    territory: Territory | None = Field(default=None, description="Without it, the token's only one")
    contracting_authority_id: Identifier | None = None
    contracting_authority_name: AuthorityName | None = None
    objective: Sizing = Field(description="Hours by hand with a reason, or the inputs of a formula")
    rules: Rules = Field(default=Rules(), description="What is asked of participants, reports and evidence")

    def rule_set(self, by: str, at: datetime) -> RuleSet:
        """The first version of the rules."""
        return RuleSet(number=1, since=None, rules=self.rules, reason="Notification", by=by, at=at)

    def terms(self, defaults: Parameters) -> ContractTerms:
        """The terms, with the installation's parameters where the contract names none."""
        values = {name: getattr(self, name) for name in ContractTerms.model_fields}
        given = {name: getattr(self.parameters, name) for name in self.parameters.model_fields_set}
        values["parameters"] = defaults.model_copy(update=given)
        # These fields were held to the same rules when this was made.
        return made_of(ContractTerms, values)


class ContractRevision(ContractTerms, Placed):
    """What can be changed of a contract."""

    objective: Sizing

    def terms(self) -> ContractTerms:
        """The terms after the change."""
        return ContractTerms.model_construct(None, **{name: getattr(self, name) for name in ContractTerms.model_fields})


class AuthorityRef(Entity):
    """The buyer of a contract."""

    id: str
    name: str


class ContractView(ContractTerms, Placed):
    """A contract with its objective and totals."""

    id: str
    territory: str
    version: Version
    contracting_authority: AuthorityRef
    objective: Objective
    status: ContractStatus
    declared_hours: Decimal
    validated_hours: Decimal
    rules: Rules | None = Field(description="The latest version; null: recorded before there were any")
    amendments: tuple[Amendment, ...]
    suspensions: tuple[Suspension, ...]
    termination: Termination | None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, contract: Contract) -> "ContractView":
        shown = {
            **vars(contract.terms),
            "carrier": contract.carrier,
            "commune_code": contract.commune_code,
            "id": contract.id,
            "territory": contract.territory,
            "version": contract.version,
            "contracting_authority": AuthorityRef(id=contract.authority_id, name=contract.authority_name),
            "objective": contract.objective,
            "status": contract.status,
            "declared_hours": contract.declared_hours,
            "validated_hours": contract.validated_hours,
            "rules": contract.rule_sets[-1].rules if contract.rule_sets else None,
            "amendments": contract.amendments,
            "suspensions": contract.suspensions,
            "termination": contract.termination,
            "created_at": contract.created_at,
            "updated_at": contract.updated_at,
        }
        # What the domain has validated is not validated again to be shown.
        return made_of(cls, shown)


class ProgressView(Entity):
    """Where a contract stands. Hours have two decimals, shares four; both are strings."""

    contract_id: str
    objective_hours: Decimal
    declared_hours: Decimal = Field(description="Not rejected; includes the validated ones")
    validated_hours: Decimal
    remaining_hours: Decimal = Field(description="Objective less validated, 0 at least")
    validated_share: Decimal | None = Field(description="Validated / objective; null when nothing is owed")
    elapsed_share: Decimal = Field(description="Days begun / all days of the contract")
    expected_hours: Decimal = Field(description="Objective x elapsed share")
    forecast_hours: Decimal | None = Field(description="Declared / elapsed share; null before the first day")
    forecast_shortfall_hours: Decimal | None
    full_time_equivalents: Decimal = Field(description="Validated / hours of a full-time year")
    participants: int | None = Field(
        description="People with hours. As reports show counts of people, where others than the desk and the only contractor ask"
    )
    status: str
    as_of: datetime

    @classmethod
    def of(cls, contract_id: str, progress: Progress, now: datetime, *, exact: bool) -> "ProgressView":
        people = progress.participants if exact else shown(progress.participants)
        return cls(contract_id=contract_id, as_of=now, **vars(progress) | {"participants": people})


class HoursRejection(Entity):
    """Why the hours do not count."""

    reason: Reason


class HoursCorrection(Entity):
    """What the hours are in truth; 0 takes the declaration back."""

    hours: Hours = Field(le=744)
    reason: Reason
    evidence: tuple[Evidence, ...] = Field(default=(), max_length=20, description="Absent: that of the one corrected")


class HoursView(Entity):
    """A declaration with its present state."""

    id: str
    version: Version
    contract_id: str
    lot_id: str | None
    contractor_id: str | None
    participant_id: str
    employment: Employed
    month: str
    hours: Decimal
    evidence: tuple[Evidence, ...]
    state: HoursState
    eligibility_id: str | None = Field(description="The decision that covers the month")
    declared_by: str
    declared_role: str
    declared_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    replaces: str | None
    replaced_by: str | None
    reason: str | None = Field(description="Of the rejection, or of the correction that made it")

    @classmethod
    def of(cls, declaration: Declaration) -> "HoursView":
        hidden = {"slot", "territory", "created_at", "updated_at"}
        values = {name: getattr(declaration, name) for name in Declaration.model_fields if name not in hidden}
        return cls(**values, declared_at=declaration.created_at)
