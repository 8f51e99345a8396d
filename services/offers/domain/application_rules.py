"""The life of an application as tables: which step each state allows, and whose step it is."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from services.offers.domain.actors import Party
from shared.contracts.vocabulary import ApplicationStatus as S
from shared.kept_enum import Otherwise, no_steps

EMPLOYERS_SIDE = frozenset({Party.EMPLOYER, Party.MANAGER})
"""Whose words about an interview an employer reads."""
_EMPLOYER = frozenset({Party.EMPLOYER, Party.MANAGER, Party.COUNSELLOR})
_SEEKER = frozenset({Party.SEEKER, Party.COUNSELLOR})
_SYSTEM = frozenset({Party.SYSTEM})

_ANSWERS = frozenset({S.INTERVIEW, S.PROPOSED, S.POSTPONED, S.HIRED, S.REFUSED})

NEXT: dict[S, frozenset[S]] = Otherwise(
    {
        S.INVITED: frozenset({S.SUBMITTED, S.WITHDRAWN, S.REFUSED, S.OBSOLETE, S.NO_ANSWER}),
        S.SUBMITTED: _ANSWERS | {S.SEEN, S.WITHDRAWN, S.OBSOLETE, S.NO_ANSWER},
        S.SEEN: _ANSWERS | {S.WITHDRAWN, S.OBSOLETE, S.NO_ANSWER},
        S.INTERVIEW: _ANSWERS | {S.WITHDRAWN, S.OBSOLETE},
        S.PROPOSED: frozenset({S.HIRED, S.REFUSED, S.POSTPONED, S.WITHDRAWN, S.OBSOLETE}),
        S.POSTPONED: frozenset({S.INTERVIEW, S.PROPOSED, S.HIRED, S.REFUSED, S.WITHDRAWN, S.OBSOLETE}),
        # An employer who answers late still answers; the missed answer stays counted.
        S.NO_ANSWER: frozenset({S.INTERVIEW, S.PROPOSED, S.HIRED, S.REFUSED}),
        S.HIRED: frozenset(),
        S.REFUSED: frozenset(),
        S.WITHDRAWN: frozenset(),
        S.OBSOLETE: frozenset(),
    },
    no_steps,
)

WHO: dict[S, frozenset[Party]] = {
    S.SUBMITTED: _SEEKER,
    S.SEEN: _EMPLOYER,
    S.INTERVIEW: _EMPLOYER,
    S.PROPOSED: _EMPLOYER,
    S.POSTPONED: _EMPLOYER,
    # A counsellor's is a proposal; the platform's records one that nobody denied.
    S.HIRED: _EMPLOYER | _SYSTEM,
    S.REFUSED: _EMPLOYER | _SYSTEM,
    # The platform's: of somebody for whom no application may go on.
    S.WITHDRAWN: _SEEKER | _SYSTEM,
    S.OBSOLETE: _SYSTEM,
    S.NO_ANSWER: _SYSTEM,
}

SEEKERS_STEPS = frozenset({S.SUBMITTED, S.WITHDRAWN})
"""Steps on the seeker's side, whoever takes them."""

CLOSED = frozenset({S.HIRED, S.REFUSED, S.WITHDRAWN, S.OBSOLETE, S.NO_ANSWER})
OPEN = frozenset(S) - CLOSED
WAITING_FOR_EMPLOYER = frozenset({S.SUBMITTED, S.SEEN})
ANSWERS = _ANSWERS
# States in which the same person may apply to the same offer again.
LETS_REAPPLY = frozenset({S.WITHDRAWN, S.OBSOLETE})


class RefusalReason(StrEnum):
    """Why an employer refuses. No reason names a protected criterion."""

    PROFILE_MISMATCH = "profile_mismatch"
    EXPERIENCE = "experience"
    SKILL_MISSING = "skill_missing"
    LICENCE_MISSING = "licence_missing"
    SCHEDULE = "schedule"
    SALARY = "salary"
    NOT_REACHED = "not_reached"
    ABSENT_AT_INTERVIEW = "absent_at_interview"
    POSITION_FILLED = "position_filled"
    OFFER_CLOSED = "offer_closed"
    OTHER = "other"


class WithdrawalReason(StrEnum):
    """Why a seeker withdraws or declines: what is functional, never the private reason behind it."""

    FOUND_ELSEWHERE = "found_elsewhere"
    SCHEDULE = "schedule"
    DISTANCE = "distance"
    SALARY = "salary"
    CONTRACT = "contract"
    NOT_INTERESTED = "not_interested"
    NOT_AVAILABLE = "not_available"
    OTHER = "other"


@dataclass(frozen=True)
class ApplicationPolicy:
    """When silence is noticed (days), when a hire is followed up (months), and the limits against spam: a day (of each side
    for one application), and for good.
    """

    reminder_days: int = 15
    no_answer_days: int = 60
    follow_up_months: tuple[int, ...] = (1, 3, 6)
    per_person_a_day: int = 20
    invitations_per_offer_a_day: int = 30
    reply_rate_from: int = 5
    hire_proposal: timedelta = timedelta(days=7)
    messages_per_application_a_day: int = 20
    steps_per_application: int = 100
