"""Employments of participants: who employs, where the work is done, who supplies and who supports; and what came after.

Three ways lead to hours: direct hire, workers supplied (ETTI, AI, GEIQ, agency), subcontract or joint contract (EI, ACI,
EA, ESAT). The legal employer, the place of work and the structure that supports the person may be three.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field

from services.clauses.domain.amounts import (
    CommuneCode,
    first_day,
    in_hours,
    last_day,
    month_of,
    months_after,
    months_worked,
)
from services.clauses.domain.errors import EmploymentNotCovering, EmploymentRefused, HoursOutsideEmployment
from services.clauses.domain.ledger import Author, Employment, EmploymentKind
from services.clauses.domain.reference import ParticipantId
from shared import civil
from shared.domain import Aggregate, Entity
from shared.errors import FieldError, refused, refused_field
from shared.kept_enum import StoredEnum
from shared.types import CivilDate, Identifier, Line
from shared.written import counted

LONGEST_YEARS = 45
"""No employment is longer than a working life."""
FURTHEST_AHEAD_DAYS = 366
"""An embauche is signed at most about a year before it begins."""


class SupplierKind(StoredEnum):
    """Structures and agencies through which the hours of a clause are done."""

    ETTI = "etti"
    AI = "ai"
    GEIQ = "geiq"
    EI = "ei"
    ACI = "aci"
    EA = "ea"
    EATT = "eatt"
    ESAT = "esat"
    TEMP_AGENCY = "temp_agency"


SUPPLIES = frozenset(
    {SupplierKind.ETTI, SupplierKind.AI, SupplierKind.GEIQ, SupplierKind.EATT, SupplierKind.TEMP_AGENCY}
)
"""Who puts workers at somebody's disposal; the others take a part of the contract (Observatoire de la commande publique)."""
SUBCONTRACTS = frozenset({SupplierKind.EI, SupplierKind.ACI, SupplierKind.EA, SupplierKind.ESAT})


class Supplier(Entity):
    """Who supplies the worker or does a part of the contract."""

    kind: SupplierKind
    name: Annotated[str, Line(200)]
    structure_id: Identifier | None = Field(
        default=None, description="In the directory of structures, where it is there"
    )


class EndReason(StoredEnum):
    """Why an employment ended."""

    END_OF_CONTRACT = "end_of_contract"
    HIRED_BY_EMPLOYER = "hired_by_employer"
    OTHER_JOB = "other_job"
    TRAINING = "training"
    RESIGNATION = "resignation"
    TRIAL_ENDED = "trial_ended"
    DISMISSAL = "dismissal"
    HEALTH = "health"
    OTHER = "other"


class ExitSituation(StoredEnum):
    """Where a participant is, one, three and six months after the end."""

    CDI = "cdi"
    LONG_CDD = "long_cdd"
    """Six months or more: with a CDI and self-employment what statistics call sustained employment."""
    SHORT_CDD = "short_cdd"
    TEMPORARY = "temporary"
    INSERTION = "insertion"
    """In a structure of the IAE or an adapted company."""
    SELF_EMPLOYED = "self_employed"
    TRAINING = "training"
    UNEMPLOYED = "unemployed"
    INACTIVE = "inactive"
    UNKNOWN = "unknown"


FOLLOWED_MONTHS = (1, 3, 6)


class Exit(Entity):
    """What was seen of a participant so many months after the end."""

    months: Literal[1, 3, 6]
    situation: ExitSituation
    seen_on: CivilDate


class EmploymentTerms(Entity):
    """What is said of an employment."""

    kind: EmploymentKind
    employer: Annotated[str, Line(200)] = Field(description="The legal employer")
    workplace: Annotated[str | None, Line(200)] = Field(
        default=None, description="Site or company where the work is done"
    )
    workplace_commune_code: CommuneCode | None = None
    supplier: Supplier | None = Field(default=None, description="Absent: hired directly by the contractor")
    support: Annotated[str | None, Line(200)] = Field(default=None, description="Structure that supports the person")
    starts_on: CivilDate
    ends_on: CivilDate | None = Field(default=None, description="Last day; absent while it is open")
    end_reason: EndReason | None = None


class EmploymentGiven(EmploymentTerms):
    """A new employment of a participant on a contract."""

    participant_id: ParticipantId
    contractor_id: Identifier | None = Field(
        default=None, description="Facilitator: of which contractor; else the caller's own"
    )


class EmploymentRecord(Aggregate):
    """An employment that began on a contract. Its hours may be done on others too, where the rule sets pool them."""

    contract_id: str
    participant_id: str
    contractor_id: str | None = None
    terms: EmploymentTerms
    exits: tuple[Exit, ...] = ()
    recorded_by: str

    @classmethod
    def begin(cls, id: str, contract: tuple[str, str], given: EmploymentGiven, author: Author, today: date) -> Self:
        """On ``contract`` (id, territory).

        Raises:
            EmploymentRefused: naming each field.
        """
        terms = EmploymentTerms(**{name: getattr(given, name) for name in EmploymentTerms.model_fields})
        check_employment(terms, today)
        made = cls(
            id=id,
            territory=contract[1],
            created_at=author.at,
            updated_at=author.at,
            contract_id=contract[0],
            participant_id=given.participant_id,
            contractor_id=given.contractor_id,
            terms=terms,
            recorded_by=author.user_id,
        )
        made.touch(author.at)
        return made

    def revise(self, terms: EmploymentTerms, months: tuple[str, str] | None, author: Author, today: date) -> bool:
        """New terms; ``months`` are the first and last with hours of it. False when nothing is different.

        What was seen after an end that it has no more is let go where it would be too early after the new one.

        Raises:
            EmploymentRefused: naming each field.
            HoursOutsideEmployment: hours were declared outside of the new dates.
        """
        check_employment(terms, today)
        if terms == self.terms:
            return False
        last = None if terms.ends_on is None else month_of(terms.ends_on)
        if months and (months[0] < month_of(terms.starts_on) or (last is not None and months[1] > last)):
            raise HoursOutsideEmployment(
                f"Des heures sont déclarées {months_worked(months)} : l'emploi doit couvrir ces mois.",
                first_month=months[0],
                last_month=months[1],
                allowed=[],
            )
        self.terms = terms
        self.exits = tuple(one for one in self.exits if _seen_in_time(one, terms.ends_on))
        self.touch(author.at)
        return True

    def follow(self, seen: Exit, author: Author, today: date) -> None:
        """Note where the person is; what was noted of the same month is replaced.

        Raises:
            EmploymentRefused: the employment has not ended, or the day of the look is before its end or after today, or months
                too early for what it is said to show.
        """
        ended = self.terms.ends_on
        if ended is None or ended > today:
            message = "L'emploi court encore : le suivi commence après sa fin."
            raise refused_field(EmploymentRefused, "months", "not-ended", message)
        if not ended <= seen.seen_on <= today:
            message = f"Le suivi est d'un jour entre la fin de l'emploi ({ended:%d/%m/%Y}) et aujourd'hui."
            raise refused_field(EmploymentRefused, "seen_on", "out-of-range", message)
        soonest = _soonest(seen, ended)
        if seen.seen_on < soonest:
            message = (
                f"Ce n'est pas encore {seen.months} mois après la fin : ce suivi est du {soonest:%d/%m/%Y} au plus tôt."
            )
            raise refused_field(EmploymentRefused, "seen_on", "too-early", message)
        kept = [one for one in self.exits if one.months != seen.months]
        self.exits = tuple(sorted((*kept, seen), key=lambda one: one.months))
        self.touch(author.at)

    @property
    def named(self) -> Employment:
        """As the ledger names it."""
        supplier = None if self.terms.supplier is None else self.terms.supplier.name
        return Employment(kind=self.terms.kind, employer=self.terms.employer, supplier=supplier, id=self.id)

    def meets(self, other: "EmploymentRecord") -> bool:
        """Whether they have a day in common."""
        ends, others = self.terms.ends_on or date.max, other.terms.ends_on or date.max
        return self.terms.starts_on <= others and other.terms.starts_on <= ends

    def covers(self, month: str) -> bool:
        """Whether the person was employed on a day of the month."""
        ends = self.terms.ends_on
        return last_day(month) >= self.terms.starts_on and (ends is None or first_day(month) <= ends)

    def check_month(self, month: str) -> None:
        """Raises EmploymentNotCovering unless the person was employed on a day of the month."""
        ends = self.terms.ends_on
        if not self.covers(month):
            until = "" if ends is None else f" au {ends:%d/%m/%Y}"
            message = f"Cet emploi court du {self.terms.starts_on:%d/%m/%Y}{until}."
            raise refused_field(EmploymentNotCovering, "month", "employment-not-covering", message)

    def check_hours(self, month: str, hours: Decimal) -> None:
        """Raises EmploymentNotCovering for more hours than its days of the month have, which it covers."""
        begun, ended = first_day(month), last_day(month)
        days = (min(ended, self.terms.ends_on or ended) - max(begun, self.terms.starts_on)).days + 1
        if hours > 24 * days:
            covered = f"{counted(days, 'jour', 'jours')} en {civil.month_in_words(month)}"
            message = f"Cet emploi couvre {covered} : {in_hours(Decimal(24 * days))} au plus."
            raise refused_field(EmploymentNotCovering, "hours", "more-than-its-days", message)


def _soonest(seen: Exit, ended: date) -> date:
    return months_after(ended, seen.months - 1)


def _seen_in_time(seen: Exit, ended: date | None) -> bool:
    """Whether what was seen is of so many months after this end."""
    return ended is not None and seen.seen_on >= _soonest(seen, ended)


def check_on_contract(terms: EmploymentTerms, starts_on: date, last_day: date) -> None:
    """Raises EmploymentRefused for an employment of which no day is one of the contract's: none of its hours could count."""
    until = f"Le marché court du {starts_on:%d/%m/%Y} au {last_day:%d/%m/%Y}."
    if terms.starts_on > last_day:
        raise refused_field(EmploymentRefused, "starts_on", "after-contract", until)
    if terms.ends_on is not None and terms.ends_on < starts_on:
        raise refused_field(EmploymentRefused, "ends_on", "before-contract", until)


def check_employment(terms: EmploymentTerms, today: date) -> None:
    """Raises EmploymentRefused naming every field that contradicts another."""
    errors = []
    if (terms.starts_on - today).days > FURTHEST_AHEAD_DAYS:
        errors.append(FieldError("starts_on", "too-far", "Une embauche se déclare au plus un an avant son début."))
    if terms.ends_on is not None:
        if terms.ends_on < terms.starts_on:
            errors.append(FieldError("ends_on", "before-start", "La fin précède le début."))
        elif terms.ends_on.year - terms.starts_on.year > LONGEST_YEARS:
            errors.append(FieldError("ends_on", "too-long", f"Un emploi dure {LONGEST_YEARS} ans au plus."))
    elif terms.end_reason is not None:
        errors.append(FieldError("end_reason", "no-end", "Un motif de fin demande le jour de la fin."))
    errors += _supplier(terms)
    if errors:
        raise refused(EmploymentRefused, errors)


def _supplier(terms: EmploymentTerms) -> list[FieldError]:
    kind = None if terms.supplier is None else terms.supplier.kind
    if terms.kind is EmploymentKind.SUPPLIED and kind not in SUPPLIES:
        message = "Une mise à disposition dit par qui : ETTI, AI, GEIQ, EATT ou agence d'intérim."
        return [FieldError("supplier", "required", message)]
    if terms.kind is EmploymentKind.SUBCONTRACTED and kind not in SUBCONTRACTS:
        message = "Une sous-traitance ou cotraitance dit à qui : EI, ACI, EA ou ESAT."
        return [FieldError("supplier", "required", message)]
    return []
