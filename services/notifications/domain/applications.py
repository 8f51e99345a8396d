"""What a seeker is told about their application, and how loudly."""

from datetime import datetime

from services.notifications.domain.matter import Category, Matter
from shared.contracts.events.offers import ApplicationState
from shared.contracts.vocabulary import ApplicationOrigin, ApplicationStatus

# Withdrawn is the seeker's own act.
_TOLD: dict[ApplicationStatus, str] = {
    ApplicationStatus.INVITED: "application_invited",
    ApplicationStatus.SUBMITTED: "application_submitted",
    ApplicationStatus.SEEN: "application_seen",
    ApplicationStatus.INTERVIEW: "application_interview",
    ApplicationStatus.PROPOSED: "application_proposed",
    ApplicationStatus.POSTPONED: "application_postponed",
    ApplicationStatus.HIRED: "application_hired",
    ApplicationStatus.REFUSED: "application_refused",
    ApplicationStatus.NO_ANSWER: "application_no_answer",
    ApplicationStatus.OBSOLETE: "application_obsolete",
}
_INTRODUCED = "application_introduced"
_HIRE_REPORTED = "application_hire_reported"
TEMPLATES = frozenset({*_TOLD.values(), _INTRODUCED, _HIRE_REPORTED})
"""Texts that steps of applications are told with."""
_QUIET = frozenset({ApplicationStatus.SEEN, ApplicationStatus.OBSOLETE})


def matter_of(
    application: ApplicationState, before: ApplicationStatus | None, key: str, event_id: str, happened_at: datetime
) -> Matter | None:
    """The matter of a new state; None when the status is as it was or is nothing to tell."""
    template = _TOLD.get(application.status)
    if template is None or application.status == before:
        return None
    if application.status is ApplicationStatus.INTERVIEW and application.appointment:
        return None  # told by a notice of its own, with the day and the hour
    if application.status is ApplicationStatus.PROPOSED and application.hire_reported:
        template = _HIRE_REPORTED  # the employer has said nothing yet
    quiet = application.status in _QUIET
    if application.status is ApplicationStatus.SUBMITTED:
        if application.origin is ApplicationOrigin.COUNSELLOR:
            template = _INTRODUCED
        else:
            quiet = True  # who has just applied, or accepted an invitation, knows
    return Matter(
        key=key,
        subject_id=application.profile_id,
        territory=application.territory,
        template=template,
        category=Category.APPLICATIONS,
        params={"application_id": application.application_id},
        offer_id=application.offer_id,
        quiet=quiet,
        caused_by=event_id,
        caused_at=happened_at,
    )
