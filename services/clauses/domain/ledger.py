"""The hours ledger: append-only entries whose sums are the balances, and the present state of each declaration.

An entry is never changed or deleted. A declaration counts as declared at once; its validation counts it as validated,
its rejection takes it back, a correction reverses it and declares anew.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, Field

from services.clauses.domain.amounts import ZERO, Month
from services.clauses.domain.errors import HoursRefused
from services.clauses.domain.person_month import Declarer
from services.clauses.domain.reference import ParticipantId
from shared.domain import Aggregate, Entity
from shared.errors import refused_field, transition_refused
from shared.kept_enum import Otherwise, StoredEnum, no_steps
from shared.reference.text import words_of
from shared.types import CivilDate, Hours, Identifier, Line


class EmploymentKind(StoredEnum):
    """How the person is employed: hired directly, supplied by a structure or agency, or through a subcontract."""

    CDI = "cdi"
    CDD = "cdd"
    APPRENTICESHIP = "apprenticeship"
    PROFESSIONALISATION = "professionalisation"
    TEMPORARY = "temporary"
    SUPPLIED = "supplied"
    SUBCONTRACTED = "subcontracted"


class Employment(Entity):
    """The employment under which the hours were worked. The legal employer is not always where the work is done."""

    kind: EmploymentKind
    employer: Annotated[str, Line(200)] = Field(description="The legal employer")
    supplier: Annotated[str | None, Line(200)] = Field(
        default=None, description="ETTI, AI, GEIQ or agency that supplies"
    )
    id: Identifier | None = Field(default=None, description="The declarer's own number, where a person has two alike")

    @property
    def key(self) -> str:
        """What makes two declarations be of the same employment."""
        return employment_key(self.kind, self.employer, self.id)


def employment_key(kind: str, employer: str, id: str | None) -> str:
    """By the declarer's own number, else by the kind and the employer's name, whatever its accents and signs."""
    return f"id:{id}" if id else f"{kind}:{words_of(employer) or employer.casefold()}"


class EvidenceKind(StoredEnum):
    """What was seen, never its content."""

    TIMESHEET = "timesheet"
    PAYSLIP = "payslip"
    INVOICE = "invoice"
    ATTESTATION = "attestation"
    OTHER = "other"


class Evidence(Entity):
    """A paper that shows the hours."""

    kind: EvidenceKind
    dated: CivilDate | None = None
    reference: Annotated[str | None, Line(100)] = None

    def check_dated(self, field: str, today: date) -> None:
        """Raises HoursRefused for a paper of a day that has not come."""
        if self.dated is not None and self.dated > today:
            raise refused_field(HoursRefused, field, "in-the-future", "Ce justificatif n'existe pas encore.")


class HoursState(StoredEnum):
    """State of a declaration. ``corrected``: another one has replaced it."""

    DECLARED = "declared"
    VALIDATED = "validated"
    REJECTED = "rejected"
    CORRECTED = "corrected"


ALLOWED = Otherwise(
    {
        HoursState.DECLARED: frozenset({"validate", "reject", "correct"}),
        HoursState.VALIDATED: frozenset({"correct"}),
        HoursState.REJECTED: frozenset[str](),
        HoursState.CORRECTED: frozenset[str](),
    },
    no_steps,
)
"""Commands by state; a 409 lists them. A rejected declaration frees its month for a new one."""


class EntryKind(StoredEnum):
    """What an entry records."""

    DECLARATION = "declaration"
    VALIDATION = "validation"
    REJECTION = "rejection"
    REVERSAL = "reversal"


class LedgerEntry(BaseModel):
    """One line of the ledger. The sums of the two deltas over any set of lines are its balances."""

    id: str
    contract_id: str
    territory: str
    declaration_id: str
    kind: EntryKind
    participant_id: str
    month: Month
    declared_delta: Decimal = ZERO
    validated_delta: Decimal = ZERO
    at: datetime
    by: str
    role: str
    reason: str | None = None


class Author(BaseModel):
    """Who writes into the ledger, and when."""

    user_id: str
    role: str
    at: datetime


class _Hours(Entity):
    participant_id: ParticipantId = Field(description="Profile id or the desk's own reference; no name or number")
    month: Month = Field(description="YYYY-MM")
    hours: Hours = Field(le=744, description="Two decimals at most; a string keeps them exact")
    lot_id: Annotated[str | None, Line(30)] = None
    contractor_id: Identifier | None = Field(
        default=None, description="Facilitator: for which contractor; else the caller's own"
    )
    evidence: tuple[Evidence, ...] = Field(default=(), max_length=20)


class HoursGiven(_Hours):
    """Hours as the ledger takes them."""

    employment: Employment


class HoursAsked(_Hours):
    """Hours as somebody declares them: of a recorded employment by its id, else of one that is named."""

    employment: Employment | None = Field(default=None, description="Where the employment is not recorded")
    employment_id: Identifier | None = Field(default=None, description="A recorded employment of this participant")

    def of(self, employment: Employment, contractor_id: str | None) -> HoursGiven:
        """As the ledger takes them."""
        named = {name: getattr(self, name) for name in _Hours.model_fields}
        return HoursGiven(**named | {"contractor_id": contractor_id, "employment": employment})


class Declaration(Aggregate):
    """A declaration with its present state; the entries that made it so are in the ledger.

    ``slot`` is unique while the declaration counts: one per employment and month, and one beside it by another contractor who
    says the same of it. Which of the two is right is decided at the validation, where somebody has the papers of both.
    """

    contract_id: str
    lot_id: str | None
    contractor_id: str | None
    participant_id: str
    employment: Employment
    month: Month
    hours: Decimal
    evidence: tuple[Evidence, ...] = ()
    state: HoursState = HoursState.DECLARED
    slot: str | None
    declared_by: str
    declared_role: str
    eligibility_id: str | None = None
    """The decision on which they were declared, else validated."""
    replaces: str | None = None
    replaced_by: str | None = None
    reason: str | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None

    @classmethod
    def declare(
        cls,
        id: str,
        contract: tuple[str, str],
        given: HoursGiven,
        author: Author,
        *,
        slot: str | None = None,
        replaces: str | None = None,
        reason: str | None = None,
    ) -> "Declaration":
        """A new declaration on ``contract`` (id, territory); ``slot``: another than the employment's own."""
        declaration = cls(
            id=id,
            territory=contract[1],
            created_at=author.at,
            updated_at=author.at,
            contract_id=contract[0],
            lot_id=given.lot_id,
            contractor_id=given.contractor_id,
            participant_id=given.participant_id,
            employment=given.employment,
            month=given.month,
            hours=given.hours,
            evidence=given.evidence,
            slot=slot or slot_of(contract[0], given),
            declared_by=author.user_id,
            declared_role=author.role,
            replaces=replaces,
            reason=reason,
        )
        declaration.touch(author.at)
        return declaration

    def declared_entry(self, id: str, author: Author) -> LedgerEntry:
        """The entry that counts the hours as declared."""
        return self._entry(id, EntryKind.DECLARATION, author, declared=self.hours, reason=self.reason)

    def validate_hours(self, entry_id: str, author: Author) -> LedgerEntry:
        """The facilitator has seen the evidence.

        Raises:
            TransitionRefused: it is not waiting for that.
        """
        self.check("validate")
        self._decide(HoursState.VALIDATED, author)
        return self._entry(entry_id, EntryKind.VALIDATION, author, validated=self.hours)

    def reject(self, entry_id: str, reason: str, author: Author) -> LedgerEntry:
        """The hours do not count; the month is free for a new declaration.

        Raises:
            TransitionRefused: it was decided on before.
        """
        self.check("reject")
        self._decide(HoursState.REJECTED, author)
        self.slot, self.reason = None, reason
        return self._entry(entry_id, EntryKind.REJECTION, author, declared=-self.hours, reason=reason)

    def correct(
        self, ids: tuple[str, str, str], hours: Decimal, evidence: tuple[Evidence, ...], reason: str, author: Author
    ) -> tuple["Declaration", tuple[LedgerEntry, LedgerEntry]]:
        """Reverse this one and declare ``hours`` in its place, to be validated anew.

        ``ids`` are those of the new declaration, of the reversal and of its entry.

        Raises:
            TransitionRefused: it was rejected or corrected before.
        """
        self.check("correct")
        validated = self.hours if self.state is HoursState.VALIDATED else ZERO
        reversal = self._entry(
            ids[1], EntryKind.REVERSAL, author, declared=-self.hours, validated=-validated, reason=reason
        )
        # Taken over as it was accepted, whatever would be refused today.
        given = HoursGiven.model_construct(
            participant_id=self.participant_id,
            employment=self.employment,
            month=self.month,
            hours=hours,
            lot_id=self.lot_id,
            contractor_id=self.contractor_id,
            evidence=evidence or self.evidence,
        )
        replacement = Declaration.declare(
            ids[0], (self.contract_id, self.territory), given, author, slot=self.slot, replaces=self.id, reason=reason
        )
        # What was declared while the contract checks is checked again when its correction is validated.
        replacement.eligibility_id = self.eligibility_id
        self._decide(HoursState.CORRECTED, author)
        self.slot, self.replaced_by = None, replacement.id
        return replacement, (reversal, replacement.declared_entry(ids[2], author))

    @property
    def declarer(self) -> Declarer:
        """Who answers for these hours."""
        return Declarer(self.contractor_id, self.territory)

    def check(self, command: str) -> None:
        """Raises TransitionRefused: it is in no state for that, whatever else there is to say of it."""
        if command not in ALLOWED[self.state]:
            raise transition_refused("ces heures", self.state, command, ALLOWED[self.state])

    def _decide(self, state: HoursState, author: Author) -> None:
        self.state = state
        self.decided_by, self.decided_at = author.user_id, author.at
        self.touch(author.at)

    def _entry(
        self,
        id: str,
        kind: EntryKind,
        author: Author,
        *,
        declared: Decimal = ZERO,
        validated: Decimal = ZERO,
        reason: str | None = None,
    ) -> LedgerEntry:
        return LedgerEntry(
            id=id,
            contract_id=self.contract_id,
            territory=self.territory,
            declaration_id=self.id,
            kind=kind,
            participant_id=self.participant_id,
            month=self.month,
            declared_delta=declared,
            validated_delta=validated,
            at=author.at,
            by=author.user_id,
            role=author.role,
            reason=reason,
        )


def slot_of(contract_id: str, given: HoursGiven, beside: str | None = None) -> str:
    """One declaration per contract (or lot), person, employment and month; ``beside``: a contractor's, where another has that."""
    parts = (contract_id, given.lot_id or "", given.participant_id, given.employment.key, given.month)
    return "\x1f".join(parts if beside is None else (*parts, beside))
