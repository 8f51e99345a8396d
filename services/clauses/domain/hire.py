"""A hire on an offer that a contract wished for: proposed until a facilitator records the employment with consent.

The offers service tells ids and states. What is kept of an application is a hire on an offer of ours and nothing else: who
applied, and who was refused, is not the desk's.
"""

from datetime import date, datetime
from typing import Annotated

from pydantic import AliasChoices, Field

from services.clauses.domain.amounts import CommuneCode
from services.clauses.domain.employment import EmploymentGiven, Supplier
from services.clauses.domain.errors import EmploymentRefused
from services.clauses.domain.ledger import EmploymentKind
from shared.contracts.vocabulary import ContractKind
from shared.domain import Entity
from shared.errors import refused_field
from shared.kept_enum import StoredEnum
from shared.types import CivilDate, Identifier, Line

KINDS = {
    ContractKind.CDI: EmploymentKind.CDI,
    ContractKind.CDD: EmploymentKind.CDD,
    ContractKind.SEASONAL: EmploymentKind.CDD,
    ContractKind.CDDI: EmploymentKind.CDD,
    ContractKind.TEMPORARY: EmploymentKind.TEMPORARY,
    ContractKind.APPRENTICESHIP: EmploymentKind.APPRENTICESHIP,
    ContractKind.PROFESSIONALISATION: EmploymentKind.PROFESSIONALISATION,
}
"""What an employer calls a contract, as the ledger does; for others the facilitator says which it is."""


class HireState(StoredEnum):
    """What became of a hire."""

    PROPOSED = "proposed"
    RECORDED = "recorded"
    DISMISSED = "dismissed"
    """The facilitator says that it is none of the clause's, or the person does not agree."""


class Hire(Entity):
    """What is known of a hire; ``id`` is the application's."""

    id: str = Field(validation_alias=AliasChoices("id", "_id"))
    contract_id: str
    territory: str
    participant_id: str
    contract_kind: ContractKind | None = None
    starts_on: date | None = None
    hired_at: datetime
    state: HireState = HireState.PROPOSED


class HireRecorded(Entity):
    """What the facilitator adds to a hire: the person's consent, and what offers does not tell."""

    consented_on: CivilDate = Field(description="When the person agreed that their profile is linked to the contract")
    employer: Annotated[str, Line(200)] = Field(description="The legal employer")
    contractor_id: Identifier | None = Field(default=None, description="Who declares the hours; absent: the desk")
    kind: EmploymentKind | None = Field(default=None, description="Absent: as the employer said in the hire")
    supplier: Supplier | None = None
    support: Annotated[str | None, Line(200)] = None
    workplace_commune_code: CommuneCode | None = None
    starts_on: CivilDate | None = Field(default=None, description="Absent: as the employer said in the hire")
    ends_on: CivilDate | None = None

    def employment(self, hire: Hire) -> EmploymentGiven:
        """The employment that is begun.

        Raises:
            EmploymentRefused: the hire does not say what is absent here.
        """
        kind = self.kind or (KINDS.get(hire.contract_kind) if hire.contract_kind else None)
        if kind is None:
            message = "Dites quel contrat de travail c'est : l'embauche ne le dit pas."
            raise refused_field(EmploymentRefused, "kind", "required", message)
        starts_on = self.starts_on or hire.starts_on
        if starts_on is None:
            message = "Dites quand l'emploi commence : l'embauche ne le dit pas."
            raise refused_field(EmploymentRefused, "starts_on", "required", message)
        own = {name: getattr(self, name) for name in type(self).model_fields if name in EmploymentGiven.model_fields}
        return EmploymentGiven(**own | {"participant_id": hire.participant_id, "kind": kind, "starts_on": starts_on})
