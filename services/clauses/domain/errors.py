"""Refusals of the clauses service, named for the business fact; codes are stable."""

from typing import TypeVar

from shared.errors import (
    AlreadyExists,
    DomainError,
    NotFound,
    Refused,
    StateConflict,
    TransitionRefused,
    transition_refused,
)

D = TypeVar("D", bound=DomainError)


class ContractRefused(Refused):
    """What was said of the contract cannot be; ``errors`` name every field."""

    code = "contract-refused"


class SizingRefused(Refused):
    """The objective cannot be computed from these inputs."""

    code = "sizing-refused"


class AuthorityExists(AlreadyExists):
    """The territory has a contracting authority of this name."""

    code = "authority-exists"


class AuthorityUnknown(NotFound):
    """No such contracting authority, or none that the caller may know of."""

    code = "authority-unknown"


class ContractorUnknown(NotFound):
    """No contract of the territory names this contractor, or none that the caller may know of."""

    code = "contractor-unknown"


class ContractUnknown(NotFound):
    """No such contract, or none that the caller may know of."""

    code = "contract-unknown"


class DatesLeaveHoursOut(StateConflict):
    """The new dates would leave declared months outside of the contract."""

    code = "dates-leave-hours-out"


class LotsLeaveHoursOut(StateConflict):
    """The new lots would leave declared hours on one that is gone."""

    code = "lots-leave-hours-out"


class HoursUnknown(NotFound):
    """No such declaration, or none that the caller may know of."""

    code = "hours-unknown"


class HoursRefused(Refused):
    """The declaration breaks a rule of the ledger; ``errors`` name every field."""

    code = "hours-refused"


class ContractNotRunning(Refused):
    """The month lies outside of the contract."""

    code = "contract-not-running"


class MonthlyLimitExceeded(Refused):
    """Nobody works more than a legal month, all contracts together."""

    code = "monthly-limit-exceeded"


class ConsentRequired(Refused):
    """A profile is linked to a contract with the person's consent."""

    code = "consent-required"


class ParticipantNotAssigned(Refused):
    """Nobody linked this profile to the contract, or there is none: the two are not told apart."""

    code = "participant-not-assigned"


class ParticipantUnknown(NotFound):
    """Not on this contract, or erased."""

    code = "participant-unknown"


class ParticipantExists(AlreadyExists):
    """They are on this contract."""

    code = "participant-exists"


class RulesRefused(Refused):
    """The rule set cannot be so, or not from that month on."""

    code = "rules-refused"


class ContractSuspended(Refused):
    """The month lies in a suspension of the contract."""

    code = "contract-suspended"


class ContractTerminated(StateConflict):
    """The contract was terminated; nothing more changes but its hours up to that day."""

    code = "contract-terminated"


class PersonRefused(Refused):
    """What was said of a participant cannot be; ``errors`` name every field."""

    code = "person-refused"


class PersonUnknown(NotFound):
    """No such participant at this desk, or none that the caller may know of."""

    code = "person-unknown"


class PersonExists(AlreadyExists):
    """The desk has a record of this participant."""

    code = "person-exists"


class EligibilityRefused(Refused):
    """The decision cannot be taken so; ``errors`` name every field."""

    code = "eligibility-refused"


class EligibilityUnknown(NotFound):
    """No such decision or category, or none that the caller may know of."""

    code = "eligibility-unknown"


class DecisionWithdrawn(StateConflict):
    """The decision was withdrawn before."""

    code = "decision-withdrawn"


class CategoryExists(AlreadyExists):
    """The territory has a category of this code."""

    code = "category-exists"


class NotEligible(Refused):
    """No decision of eligibility covers the month, as the contract asks for; ``rule`` says what is missing."""

    code = "not-eligible"


class EmploymentRefused(Refused):
    """What was said of the employment cannot be; ``errors`` name every field."""

    code = "employment-refused"


class EmploymentExists(AlreadyExists):
    """The same employment is recorded: its hours would be counted twice."""

    code = "employment-exists"


class EmploymentUnknown(NotFound):
    """No such employment, or none that the caller may know of."""

    code = "employment-unknown"


class EmploymentNotCovering(Refused):
    """The employment does not cover the month."""

    code = "employment-not-covering"


class HireUnknown(NotFound):
    """No such hire, or none that the caller may know of."""

    code = "hire-unknown"


class HoursOutsideEmployment(StateConflict):
    """The new dates would leave declared months outside of the employment."""

    code = "hours-outside-employment"


class SheetRefused(Refused):
    """The file cannot be read as a sheet of hours."""

    code = "sheet-refused"


class ReportRefused(Refused):
    """The report cannot be asked for so."""

    code = "report-refused"


class CountedElsewhere(Refused):
    """The hours of this employment and month are declared on another contract, and the rules do not pool them."""

    code = "counted-elsewhere"


class DeclaredAlready(AlreadyExists):
    """This employment has a declaration for the month; a correction replaces it."""

    code = "declared-already"


def hire_decided(state: str) -> TransitionRefused:
    """A hire is recorded or dismissed once."""
    return transition_refused("cette embauche", state, "record", ())


class DraftUnknown(NotFound):
    """No such published contract, or none that the caller may know of."""

    code = "draft-unknown"


class DraftClosed(StateConflict):
    """The published contract was taken over or set aside."""

    code = "draft-closed"


class AmendmentDraftUnknown(NotFound):
    """No such published modification, or none that the caller may know of."""

    code = "amendment-draft-unknown"


class AmendmentDraftClosed(StateConflict):
    """The published modification was recorded, set aside or corrected."""

    code = "amendment-draft-closed"


class ImportRefused(Refused):
    """Nothing of a file can be used; ``errors`` say why."""

    code = "import-refused"


class DirectoryRefused(Refused):
    """A directory of structures is taken over whole or not at all; ``errors`` say which line or rule."""

    code = "directory-refused"
